#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The base of the tests of the scripts."""

import os
import subprocess

TOP = os.environ.get('OSVDI_TOP') or os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))


def path(*names):
    return os.path.join(TOP, *names)


def run(*command, env=None, **options):
    """Run a program to its end; its output is text."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith('OSVDI_')}
    environment.update(env or {}, LC_ALL='C')
    return subprocess.run(command, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          timeout=60, check=False, **options)
