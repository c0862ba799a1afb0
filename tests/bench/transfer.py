#!/usr/bin/env python3
"""transfer.py BINARY SCRATCH [--rounds N] [--small N] [--large MB]: speed of publish and pull on loopback, beside rclone and curl.

Every program talks to the same strict server (tests/s3) in a process of its own, in turns within each round; medians and ratios come
out as a table. The server is Python and shares the cores, so only ratios within one run mean something. Also: most requests in
flight and peak memory while many small objects go, and whether --bwlimit 10M holds.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "s3")]
from corpus import make  # noqa: E402

CLEAN = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}


class Server:
    """server.py as a process; env is what a client needs."""

    def __init__(self, folder, log):
        self.process = subprocess.Popen([sys.executable, os.path.join(HERE, "..", "s3", "server.py"), "--public", "--folder", folder, "--log", log],
                                        stdout=subprocess.PIPE, text=True, env=CLEAN)
        self.env = dict(CLEAN)
        for line in self.process.stdout:
            if not line.startswith("export "):
                break
            name, _, value = line[7:].strip().partition("=")
            self.env[name] = value.strip("'")

    def stop(self):
        self.process.terminate()
        self.process.wait()


PEAK = {}       # {program: MB}


def timed(command, env):
    """Seconds; notes the peak memory."""
    began = time.monotonic()
    result = subprocess.run(["/usr/bin/time", "-f", "%M", *command], env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    seconds = time.monotonic() - began
    if result.returncode:
        sys.exit(f"{command[:3]}: exit {result.returncode}: {result.stderr[-500:]}")
    name = os.path.basename(command[0])
    PEAK[name] = max(PEAK.get(name, 0), int(result.stderr.split()[-1]) / 1024)
    return seconds


def most_in_flight(log):
    """Of requests, by the server's log."""
    events = []
    with open(log, encoding="utf-8") as f:
        for e in map(json.loads, f):
            events += [(e["at"], 1), (e["at"] + e["seconds"], -1)]
    most = now = 0
    for _, step in sorted(events):
        now += step
        most = max(most, now)
    return most


def rclone(env):
    return ":s3,provider=Other,env_auth=true,force_path_style=true,list_version=2,no_check_bucket=true,endpoint='%s',region='us-east-1':" % env["AWS_ENDPOINT_URL"]


def measure(binary, scratch, name, source, rounds):
    """{what: [seconds]}"""
    times = {}
    log = os.path.join(scratch, "log")
    files = [os.path.relpath(os.path.join(t, n), source) for t, _, names in os.walk(source) for n in names]
    for n in range(rounds):
        server = Server(os.path.join(scratch, f"server{n}"), log)
        env, here = server.env, os.path.join(scratch, "here")
        base = f"{env['AWS_ENDPOINT_URL']}/corpora/ours/"
        config = os.path.join(scratch, "curl")
        with open(config, "w") as f:
            f.writelines(f'url = "{base}{p}"\noutput = "{here}/curl/{p}"\n' for p in files)
        jobs = [
            ("publish, redcorpus", [binary, "publish", source, "s3://corpora/ours", "--quiet"]),
            ("publish, rclone", ["rclone", "--config", "/dev/null", "--transfers", "16", "copy", source, rclone(env) + "corpora/theirs"]),
            ("pull, redcorpus", [binary, "pull", "s3://corpora/ours", here + "/ours", "--quiet"]),
            ("pull, rclone", ["rclone", "--config", "/dev/null", "--transfers", "16", "copy", rclone(env) + "corpora/ours", here + "/rclone"]),
            ("pull, curl", ["curl", "-sS", "-Z", "--parallel-max", "16", "--create-dirs", "-K", config]),
        ]
        if n % 2:
            jobs = [jobs[1], jobs[0], *reversed(jobs[2:])]
        for what, command in jobs:
            if shutil.which(command[0]):
                times.setdefault(what, []).append(timed(command, env))
        server.stop()
        shutil.rmtree(os.path.join(scratch, f"server{n}"))
        shutil.rmtree(here, ignore_errors=True)
    size = sum(os.path.getsize(os.path.join(source, p)) for p in files)
    print(f"\n{name}: {len(files)} files, {size / 1e6:.1f} MB, {rounds} rounds")
    for what, seconds in sorted(times.items()):
        median = statistics.median(seconds)
        ours = statistics.median(times[what.partition(",")[0] + ", redcorpus"])
        print(f"  {what:20} {median:7.2f} s {size / 1e6 / median:8.1f} MB/s {len(files) / median:8.0f} files/s   redcorpus is {median / ours:.2f} times as fast")
    return times


def limited(binary, scratch):
    source = make(os.path.join(scratch, "limited"), small=2, large=(100000000,))
    server = Server(os.path.join(scratch, "limit-server"), os.path.join(scratch, "log"))
    for command in (["publish", source, "s3://corpora/limited"], ["pull", "s3://corpora/limited", os.path.join(scratch, "limit-here")]):
        seconds = timed([binary, *command, "--bwlimit", "10M", "--quiet"], server.env)
        print(f"  {command[0]} of 100 MB with --bwlimit 10M: {seconds:.2f} s, {100 / seconds:.2f} MB/s")
    server.stop()


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("binary")
    args.add_argument("scratch")
    args.add_argument("--rounds", type=int, default=5)
    args.add_argument("--small", type=int, default=10000, help="small objects, 2 kB on average")
    args.add_argument("--large", type=int, default=256, help="MB of each of two large files")
    a = args.parse_args()
    binary, scratch = os.path.abspath(a.binary), os.path.abspath(a.scratch)
    shutil.rmtree(scratch, ignore_errors=True)
    os.makedirs(scratch)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; " + subprocess.run(["rclone", "version"], capture_output=True, text=True).stdout.partition("\n")[0])
    measure(binary, scratch, "large", make(os.path.join(scratch, "large"), small=2, large=(a.large * 1000000,) * 2), a.rounds)
    measure(binary, scratch, "small", make(os.path.join(scratch, "small"), small=a.small, most=4000), a.rounds)
    print("  peak memory: " + ", ".join(f"{name} {mb:.0f} MB" for name, mb in PEAK.items()))
    print(f"  most requests in flight, of any of them: {most_in_flight(os.path.join(scratch, 'log'))}")
    print("\nlimited")
    limited(binary, scratch)


if __name__ == "__main__":
    main()
