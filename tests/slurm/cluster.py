"""A real Slurm on this machine: munged, slurmctld and some slurmd, all in one folder, on loopback.

    with Cluster(nodes=2, cpus=2) as cluster:
        subprocess.run([...], env=cluster.environment)

By hand: python3 tests/slurm/cluster.py FOLDER starts one, prints what to export, and keeps it until Enter.
"""
import glob
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

NEEDED = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "scontrol", "sinfo")
CONFIG = """\
ClusterName=redcorpustest
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={home}/munge.sock
StateSaveLocation={home}/state
SlurmdSpoolDir={home}/spool/%n
SlurmctldPidFile={home}/slurmctld.pid
SlurmdPidFile={home}/slurmd-%n.pid
SlurmctldLogFile={home}/slurmctld.log
SlurmdLogFile={home}/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SchedulerParameters=sched_interval=1,batch_sched_delay=0
ReturnToService=2
KillWait=5
SlurmdTimeout=10
MinJobAge=60
MaxArraySize=101
"""


def missing():
    """Why there can be no cluster here, or None."""
    absent = [name for name in NEEDED if not find(name)]
    if absent:
        return "no " + absent[0] + " (Debian: slurm-wlm, munge)"
    return None if os.geteuid() == 0 else "not root"


def find(name):
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def free_ports(n):
    sockets = [socket.socket() for _ in range(n)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


class Cluster:
    def __init__(self, nodes=2, cpus=2, home=None):
        self.home = home or tempfile.mkdtemp(prefix="rc-slurm-", dir="/tmp")
        self.own = home is None
        os.chmod(self.home, 0o755)
        self.names = ["n%d" % (i + 1) for i in range(nodes)]
        self.config = os.path.join(self.home, "slurm.conf")
        self.environment = dict(os.environ, SLURM_CONF=self.config)
        ports = free_ports(nodes + 1)
        host = socket.gethostname().split(".")[0]
        os.makedirs(os.path.join(self.home, "state"), exist_ok=True)
        with open(self.config, "w", encoding="ascii") as f:
            f.write(CONFIG.format(host=host, port=ports[0], home=self.home))
            for name, port in zip(self.names, ports[1:]):
                f.write(f"NodeName={name} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} CPUs={cpus} RealMemory=8000 State=UNKNOWN\n")
            f.write("PartitionName=main Nodes=ALL Default=YES MaxTime=60 State=UP\n")

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.__exit__()
            raise

    def start(self):
        key = os.path.join(self.home, "munge.key")
        with open(os.open(key, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as f:
            f.write(os.urandom(1024))
        self.call("munged", "--force", f"--key-file={key}", f"--socket={self.home}/munge.sock", f"--pid-file={self.home}/munged.pid",
                  f"--log-file={self.home}/munged.log", f"--seed-file={self.home}/munged.seed")
        self.call("slurmctld", "-f", self.config)
        for name in self.names:
            os.makedirs(os.path.join(self.home, "spool", name), exist_ok=True)
            self.start_node(name)
        self.until(lambda: self.call("sinfo", "--noheader", "--format=%t").split() == ["idle"], "idle nodes")
        return self

    def __exit__(self, *_):
        if os.path.exists(os.path.join(self.home, "slurmctld.pid")):
            self.call("scancel", "--user=root", check=False)
        for path in sorted(glob.glob(os.path.join(self.home, "slurmd-*.pid"))) + ["slurmctld.pid", "munged.pid"]:
            self.kill(path)
        if self.own:
            shutil.rmtree(self.home, ignore_errors=True)

    def call(self, name, *args, check=True):
        r = subprocess.run([find(name), *args], env=self.environment, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
        if check and r.returncode != 0:
            raise RuntimeError(f"{name} {' '.join(args)}: {r.stderr.strip() or r.stdout.strip()}")
        return r.stdout

    def until(self, true, what, seconds=60):
        end = time.monotonic() + seconds
        while not true():
            if time.monotonic() > end:
                raise RuntimeError("waited in vain for " + what)
            time.sleep(0.3)

    def start_node(self, name):
        self.call("slurmd", "-f", self.config, "-N", name)

    def kill(self, pid_file):
        try:
            with open(os.path.join(self.home, pid_file), encoding="ascii") as f:
                os.kill(int(f.read()), signal.SIGKILL)
        except (OSError, ValueError):
            pass

    def break_node(self, name):
        """The machine loses its power: its slurmd and all that runs on it are gone at once."""
        self.kill(f"slurmd-{name}.pid")
        for environ in glob.glob("/proc/[0-9]*/environ"):
            try:
                with open(environ, "rb") as f:
                    there = f.read()
                if b"SLURMD_NODENAME=" + name.encode() + b"\0" in there and self.config.encode() in there:
                    os.kill(int(environ.split("/")[2]), signal.SIGKILL)
            except (OSError, ValueError):
                pass

    def tasks(self, state="RUNNING"):
        """["12_0", ...] of our user in that state."""
        return self.call("squeue", "--noheader", "--array", f"--states={state}", "--format=%F_%K").split()


if __name__ == "__main__":
    why = missing()
    if why or len(sys.argv) != 2:
        sys.exit(why or __doc__)
    os.makedirs(sys.argv[1], exist_ok=True)
    with Cluster(home=os.path.abspath(sys.argv[1])) as running:
        input(f"export SLURM_CONF={running.config}\nEnter ends it. ")
