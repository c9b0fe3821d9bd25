#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""spice-accel-probe on the software VA driver and without one.

test-probe.py PROBE DISPLAY-SHIM
"""
import os
import re
import subprocess
import sys

PROBE, SHIM = sys.argv[1:3]


def probe(*args, shim=True, **env):
    environment = dict(os.environ, **env)
    if shim:
        environment["LD_PRELOAD"] = SHIM
    return subprocess.run([PROBE, *args], env=environment, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=120, check=False, text=True)


def check(done, status, *patterns):
    if done.returncode != status:
        sys.exit(f"exits {done.returncode}, not {status}:\n{done.stdout}")
    for pattern in patterns:
        if not re.search(pattern, done.stdout):
            sys.exit(f"no {pattern!r} in:\n{done.stdout}")


NODE = ["-r", "/dev/null", "-S", "320x240"]
check(probe(*NODE, "-n", "10", SPICE_ACCEL_VA_LIMIT_MS="60000"), 0,
      r"va +H.264 +works", r"a picture from memory +p50", r"OSVDI software VA driver",
      r"rate control: CQP CBR VBR QVBR", r"EncSliceLP .*High", r"EncSlice .*High",
      r"wait for the GPU +p50 +[0-9.]+ ms +p99 +[0-9.]+ ms", r"by modifier, by the kernel's tiling")
check(probe(*NODE, "-n", "0", SOFT_VA="rc=cqp,no-vpp,no-slice",
            SOFT_VA_VENDOR="Intel iHD driver for Intel(R) Kaby Lake - 23.1.1 ()"), 0,
      r"rate control: CQP\n", r"intel-media-va-driver-non-free has it", r"by modifier")
check(probe(*NODE, "-n", "0", SOFT_VA="no-encode"), 0,
      r"va +H.264 +does not work here: .* does not encode H.264", r"hint: this driver does not encode")
check(probe(*NODE, "-n", "0", shim=False), 0, r"/dev/null is not a DRM node")
check(probe("-r", "/dev/none", "-n", "0"), 0, r"/dev/none cannot be opened")
check(probe("-S", "33x1"), 2)
check(probe("extra"), 2)
