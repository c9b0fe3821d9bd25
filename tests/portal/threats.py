#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Check docs/security.md: each test that its table of threats names exists, and Meson runs it;
each case of the tests that are about attacks has a row.

  threats.py SOURCE-ROOT
"""
import os
import re
import sys

root = sys.argv[1]


def read(name):
    with open(os.path.join(root, name)) as f:
        return f.read()


def cases_of(program):
    """The cases as arguments: functions of the module that Meson names as strings."""
    named = set(re.findall(r"'([a-z0-9-]+)'", read(os.path.dirname(program) + "/meson.build")))
    functions = re.findall(r"^def (?:test_)?(\w+)\(program\)", read(program), re.M)
    return {x.replace("_", "-") for x in functions} & named


# Cases of commands for administrators.
NO_THREATS = {"revocation", "commands"}
rows = re.findall(r"^\|.*\| `(tests/[\w/.]+\.py)` \| (`[^|]+) \|$", read("docs/security.md"), re.M)
assert len(rows) > 20, "the table is not understood"
shown = {}
for program, text in rows:
    for case in re.findall(r"`([\w-]+)`", text):
        assert case in cases_of(program), f"{program} has no case {case} that Meson runs"
        shown.setdefault(program, set()).add(case)
for program in ("tests/portal/test_security.py", "tests/gateway/test_security.py"):
    missing = cases_of(program) - shown[program] - NO_THREATS
    assert not missing, f"docs/security.md does not name {program}: {missing}"
print(f"{len(rows)} threats have their tests")
