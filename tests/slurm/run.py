#!/usr/bin/env python3
"""run.py BINARY [SOURCE...]: a batch read by a real Slurm is the same to the byte as one read here, whatever happens to the cluster.

Without sources: samples/. Each check makes a batch of its own, does something bad while tasks run, and compares records and corpus with those
of a local run. The last line is "N passed, M failed[, K skipped]".
"""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(ROOT, "tests", "crash")]
import cluster as slurm     # noqa: E402
from lib import Tally, differences, left_overs, tree_digest     # noqa: E402

SETTINGS = ["ocr.effort=plain", "rights.training=allowed", "package.shards=text,pages", "curate.max_error=1", "curate.min_confidence=0"]
CLUSTER = ["slurm.cpus=1", "slurm.memory=1000", "slurm.poll_seconds=1", "slurm.task_minutes=1"]
MINUTES = 10


class Checks:
    def __init__(self, binary, sources, scratch, cluster):
        self.binary, self.sources, self.scratch, self.cluster = os.path.abspath(binary), sources, scratch, cluster
        self.tally = Tally()
        self.n = 0
        local = subprocess.run(self.command("local", []), capture_output=True, text=True, check=False)
        assert local.returncode in (0, 1), local.stderr
        self.status, self.want = local.returncode, tree_digest(os.path.join(scratch, "local"))

    def command(self, batch, settings, engine="local"):
        sets = [word for s in SETTINGS + settings for word in ("--set", s)]
        return [self.binary, "run", os.path.join(self.scratch, batch), *self.sources, "--engine", engine, *sets]

    def start(self, batch, *settings):
        return subprocess.Popen(self.command(batch, CLUSTER + list(settings), "slurm"), env=self.cluster.environment, text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def finish(self, process):
        try:
            return process.communicate(timeout=MINUTES * 60)[1]
        except subprocess.TimeoutExpired:
            process.kill()
            return f"still running after {MINUTES} minutes\n" + process.communicate()[1]

    def wait_for_work(self, process, pages=1):
        """Until some answers of this batch lie on disk; false when the run was faster than we."""
        batch = process.args[2]
        while process.poll() is None:
            folder = os.path.join(batch, ".redcorpus", "slurm")
            sizes = [os.path.getsize(os.path.join(top, n)) for top, _, names in os.walk(folder) for n in names if n.endswith(".answers")]
            if sum(size > 400 for size in sizes) >= pages:
                return True
            time.sleep(0.05)
        return False

    def compare(self, name, process, said):
        """The run ended as the local one did, with the same bytes, and left nothing behind."""
        batch = process.args[2]
        wrong = list(differences(self.want, tree_digest(batch))) + list(left_overs(batch))
        plans = [d for d in os.listdir(os.path.join(batch, ".redcorpus", "slurm")) if d.isdigit()]
        if process.returncode != self.status:
            wrong.append(f"exit {process.returncode}, not {self.status}: {said[-600:]}")
        if plans:
            wrong.append(f"plans {plans} are still there")
        if wrong:
            wrong = wrong[:5] + [said[-1500:]]
        if self.tally.check(not wrong, f"{name}: " + "; ".join(wrong)):
            print("ok:", name, flush=True)
        shutil.rmtree(batch, ignore_errors=True)

    def run_with(self, name, harm, *settings):
        self.n += 1
        process = self.start(f"b{self.n}", *settings)
        if harm and self.wait_for_work(process):
            harm()
        self.compare(name, process, self.finish(process))

    # ---- what may happen -------------------------------------------------------------------------------------------

    def kill_a_task(self):
        for task in self.cluster.tasks()[:1]:
            self.cluster.call("scancel", "--signal=KILL", "--full", task, check=False)

    def cancel_all_tasks(self):
        for task in self.cluster.tasks() + self.cluster.tasks("PENDING"):
            self.cluster.call("scancel", task, check=False)

    def preempt(self):
        for task in self.cluster.tasks():
            self.cluster.call("scontrol", "requeue", task, check=False)

    def lose_a_node(self):
        self.cluster.break_node(self.cluster.names[-1])

    def wrapper(self, body):
        """The program as the nodes see it: a script that does `body` first."""
        path = os.path.join(self.scratch, f"wrapper{self.n}")
        with open(path, "w", encoding="utf-8") as f:
            f.write(f"#!/bin/bash\n{body}\nexec {self.binary} \"$@\"\n")
        os.chmod(path, 0o755)
        return "slurm.program=" + path

    def kill_the_coordinator(self):
        self.n += 1
        process = self.start(f"b{self.n}")
        if not self.wait_for_work(process):
            return self.tally.skip("coordinator: the run was over before it could be killed")
        process.send_signal(signal.SIGKILL)
        process.communicate()
        time.sleep(2)
        jobs = len(self.cluster.tasks()) + len(self.cluster.tasks("PENDING"))
        process = self.start(f"b{self.n}")
        said = self.finish(process)
        self.compare(f"a coordinator that was killed finds its {jobs} tasks again", process, said)
        return None

    def leave_and_come_back(self):
        self.n += 1
        process = self.start(f"b{self.n}")
        if not self.wait_for_work(process):
            return self.tally.skip("stop: the run was over before it could be stopped")
        process.send_signal(signal.SIGTERM)
        said = process.communicate()[1]
        self.tally.check(process.returncode == 4 and "tasks go on without this program" in said, f"stopped: exit {process.returncode}: {said[-400:]}")
        process = self.start(f"b{self.n}")
        said = self.finish(process)
        self.compare("tasks that were left go on, and the next run takes them", process, said)
        return None

    def cancel_and_come_back(self):
        self.n += 1
        process = self.start(f"b{self.n}", "slurm.on_stop=cancel")
        if not self.wait_for_work(process):
            return self.tally.skip("cancel: the run was over before it could be stopped")
        process.send_signal(signal.SIGTERM)
        process.communicate()
        self.cluster.until(lambda: not self.cluster.tasks() + self.cluster.tasks("PENDING"), "cancelled tasks to go")
        self.tally.check(process.returncode == 4, f"cancelled: exit {process.returncode}")
        process = self.start(f"b{self.n}")
        self.compare("tasks that were cancelled are planned again", process, self.finish(process))
        return None

    def a_cluster_where_nothing_works(self):
        self.n += 1
        process = self.start(f"b{self.n}", self.wrapper("echo no such library >&2; exit 127"))
        said = self.finish(process)
        if self.tally.check(process.returncode == 3 and "no such library" in said, f"nothing works: exit {process.returncode}: {said[-400:]}"):
            print("ok: a cluster where nothing works is given up, with the last words of a task", flush=True)

    def all(self):
        n2 = '[ "$SLURMD_NODENAME" = n2 ]'
        self.run_with("the same bytes as a local run", None)
        self.run_with("a task is killed", self.kill_a_task)
        self.run_with("all tasks are cancelled by somebody", self.cancel_all_tasks)
        self.run_with("all tasks are preempted and start again", self.preempt)
        self.kill_the_coordinator()
        self.leave_and_come_back()
        self.cancel_and_come_back()
        self.run_with("a node without the program is left alone", None, self.wrapper(n2 + " && exit 127"))
        self.run_with("a node whose disk is full", None, self.wrapper(n2 + " && ulimit -S -f 4"))
        self.run_with("a node whose workers may not write a whole result", None, self.wrapper(n2 + " && ulimit -f 4"))
        self.a_cluster_where_nothing_works()
        self.run_with("a node loses its power", self.lose_a_node)
        return self.tally.finish()


def main():
    why = slurm.missing()
    if why:
        print(f"skipped: engine slurm: {why}\n0 passed, 0 failed, 1 skipped")
        return 0
    try:
        cluster = slurm.Cluster(nodes=2, cpus=2).__enter__()
    except (RuntimeError, OSError, subprocess.TimeoutExpired) as why:
        print(f"skipped: engine slurm: no cluster can be started here: {why}\n0 passed, 0 failed, 1 skipped")
        return 0
    samples = [os.path.join(ROOT, "samples", n) for n in ("box", "handbills-gbk.zip")]
    scratch = tempfile.mkdtemp(prefix="rc-slurm-batches-")
    try:
        return Checks(sys.argv[1], sys.argv[2:] or samples, scratch, cluster).all()
    finally:
        cluster.__exit__()
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
