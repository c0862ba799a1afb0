#!/usr/bin/env python3
"""Writes lines of stdin as a table: catalogue.py ENCODING DELIMITER < rows, fields parted by '|' there, '\\n' for a line break in a cell."""
import csv
import io
import sys

encoding, delimiter = sys.argv[1:]
out = io.StringIO(newline="")
rows = csv.writer(out, delimiter=delimiter)
for line in io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8"):
    rows.writerow([cell.replace("\\n", "\n") for cell in line.rstrip("\n").split("|")])
sys.stdout.buffer.write(out.getvalue().encode(encoding))
