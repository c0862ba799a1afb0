#!/usr/bin/env python3
"""run.py BINARY SCRATCH FOLDER: a folder of broken and odd files as one batch.

The supervisor lives; every file ends as pages, in quarantine or ignored; the counts add up; records are
valid; and a second batch over the same files gives the same answer.
"""
import json
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "crash"))
from lib import Tally, differences, run, tree_digest  # noqa: E402

SETTINGS = ["--set", "rights.training=allowed", "--set", "run.max_failed=1", "--set", "corpus.version=1.0.0",
            "--set", "corpus.name=hostile", "--set", "run.page_seconds=60", "--set", "ocr.effort=plain"]


def main():
    binary, scratch, folder = os.path.abspath(sys.argv[1]), sys.argv[2], os.path.abspath(sys.argv[3])
    tally = Tally()
    shutil.rmtree(scratch, ignore_errors=True)
    os.makedirs(scratch)
    files = sum(len(names) for _, _, names in os.walk(folder))
    batches, answers = [], []
    for number in (1, 2):
        batch = os.path.join(scratch, f"hostile{number}")
        batches.append(batch)
        result = run(binary, "run", batch, folder, "--quiet", *SETTINGS)
        tally.check(result.returncode in (0, 1), f"run {number}: exit {result.returncode}: {result.stderr[-400:]}")
        status = json.loads(run(binary, "status", batch, "--json").stdout)
        print(json.dumps({k: status[k] for k in ("pages", "files", "reasons")}))
        del status["batch"], status["seconds_per_page"]
        answers.append(status)
        tally.check(status["pages"]["pending"] == 0, "no page is left pending")
        tally.check(status["files"]["total"] == files, f"files: {status['files']} of {files}")
        told = status["files"]["with_pages"] + status["files"]["failed"] + status["files"]["ignored"]
        tally.check(told == files, f"{told} of {files} files are told: {status['files']}")
    valid = run(binary, "validate", batches[0])
    tally.check(valid.returncode == 0, f"validate: {valid.stdout[-500:]}")
    tally.check(answers[0] == answers[1], "the two runs have the same counts, reasons and quarantine")
    wrong = list(differences(tree_digest(batches[0]), tree_digest(batches[1])))
    tally.check(not wrong, f"two runs differ: {wrong[:5]}")
    sys.exit(tally.finish())


if __name__ == "__main__":
    main()
