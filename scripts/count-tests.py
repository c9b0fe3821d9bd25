#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Count the results in meson's testlog.json: prints "PASSED FAILED SKIPPED",
and on standard error the names of the tests that failed or were skipped, those
that failed with the last lines of what they said."""

import json
import sys

PASSED = {'OK', 'EXPECTEDFAIL'}
SKIPPED = {'SKIP'}
LAST_LINES = 20


def last_lines(entry):
    """The end of what a test wrote, indented."""
    text = (entry.get('stdout') or '') + '\n' + (entry.get('stderr') or '')
    lines = [line for line in text.splitlines() if line.strip()]
    return ''.join(f'\n    {line}' for line in lines[-LAST_LINES:])


def count(lines):
    """Names by outcome: passed, failed, skipped. What is unknown has failed."""
    passed, failed, skipped = [], [], []
    for line in lines:
        if not line.strip():
            continue
        entry = json.loads(line)
        name = f"{entry['name']} ({entry['result']}, {entry.get('duration', 0):.1f} s)"
        if entry['result'] in PASSED:
            passed.append(name)
        elif entry['result'] in SKIPPED:
            skipped.append(name)
        else:
            failed.append(name + last_lines(entry))
    return passed, failed, skipped


def main():
    if len(sys.argv) != 2:
        sys.exit('usage: count-tests.py testlog.json')
    with open(sys.argv[1], encoding='utf-8') as file:
        passed, failed, skipped = count(file)
    for name in skipped:
        print(f'  skipped: {name}', file=sys.stderr)
    for name in failed:
        print(f'  FAILED:  {name}', file=sys.stderr)
    print(len(passed), len(failed), len(skipped))


if __name__ == '__main__':
    main()
