#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""spice-accel-probe and spice-accel-bench on the software VA driver and without one.

test-probe.py PROBE BENCH DISPLAY-SHIM
"""
import os
import re
import subprocess
import sys
import tempfile

PROBE, BENCH, SHIM = sys.argv[1:4]


def probe(*args, program=PROBE, shim=True, **env):
    environment = dict(os.environ, **env)
    if shim:
        environment["LD_PRELOAD"] = SHIM
    return subprocess.run([program, *args], env=environment, stdout=subprocess.PIPE,
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
      r"(?m)^    format +linear +X +Y +Yf +4 +kernel's$", r"(?m)^    RG16( +yes){4} +- +yes$",
      r"used, as fixed function leaves", r"used when the one before fails",
      r"rate: the driver's VBR", r"conversion: the video processor",
      r"wait for the GPU +p50 +[0-9.]+ ms +p99 +[0-9.]+ ms", r"by modifier, by the kernel's tiling")
check(probe(*NODE, "-n", "0", SOFT_VA="rc=cqp,no-vpp,no-slice",
            SOFT_VA_VENDOR="Intel iHD driver for Intel(R) Kaby Lake - 23.1.1 ()"), 0,
      r"rate control: CQP\n", r"intel-media-va-driver-non-free has it", r"by modifier")
check(probe(*NODE, "-n", "0", SOFT_VA="rc=cqp,no-vpp,no-slice"), 0,
      r"ours for each picture, in fine steps by regions, as the driver controls none",
      r"hint: no video processor")
check(probe(*NODE, "-n", "0",
            SOFT_VA="no-lp,no-roi,no-packed-headers,refuse-modifier=0x100000000000002",
            SPICE_ACCEL_VA_RC="cqp"), 0,
      r"used, as this driver has no EncSliceLP", r"(?m)^    XR24( +yes){2} +- +yes +- +yes$",
      r"ours for each picture, in whole steps\n", r"headers: the driver's")
check(probe(*NODE, "-n", "0", SOFT_VA_VENDOR="Intel i965 driver for Intel(R) Broxton - 2.4.1"), 0,
      r"used, as EncSliceLP is left alone, see quirks", r"quirks: intel-vaapi-driver issue 163")


def hint_of_huc(enable_guc):
    """With constant quantisers only on i915: does the firmware get a hint?"""
    with tempfile.TemporaryDirectory() as sysfs:
        os.makedirs(f"{sysfs}/class/drm/null/device")
        os.symlink("../../../bus/pci/drivers/i915", f"{sysfs}/class/drm/null/device/driver")
        os.makedirs(f"{sysfs}/module/i915/parameters")
        with open(f"{sysfs}/module/i915/parameters/enable_guc", "w", encoding="ascii") as file:
            file.write(f"{enable_guc}\n")
        done = probe(*NODE, "-n", "0", SPICE_ACCEL_SYSFS=sysfs, SOFT_VA="rc=cqp,no-slice",
                     SOFT_VA_VENDOR="Intel iHD driver for Intel(R) Coffee Lake - 23.1.1 ()")
        check(done, 0, r"kernel driver: i915\n")
        return "i915.enable_guc=2" in done.stdout


if not hint_of_huc(0) or hint_of_huc(2) or hint_of_huc(3):
    sys.exit("the hint to HuC is there when it must not be, or not when it must")
check(probe(*NODE, "-n", "0", SOFT_VA="no-encode"), 0,
      r"va +H.264 +does not work here: .* does not encode H.264",
      r"hint: this driver does not encode")
check(probe(*NODE, "-n", "0", shim=False), 0, r"/dev/null is not a DRM node")
check(probe("-r", "/dev/none", "-n", "0"), 0, r"/dev/none cannot be opened")
check(probe("-S", "33x1"), 2)
check(probe("extra"), 2)

TWO = r" +[0-9.]+/ *[0-9.]+"
BENCH_ON = {"program": BENCH, "SPICE_ACCEL_RENDER_NODE": "/dev/null",
            "SPICE_ACCEL_VA_LIMIT_MS": "60000"}
check(probe("-S", "320x240", "-n", "5", "-e", "va", "-s", "pan", **BENCH_ON), 0,
      r"encoder +scene +frames +convert +encode +enc. CPU +GPU wait +hand-over +total",
      r"(?m)^/dev/null, OSVDI software VA driver", rf"(?m)^va +scroll +GPU{TWO * 6}",
      rf"(?m)^va +pan +whole{TWO * 6}")
done = probe("-S", "320x240", "-n", "5", "-e", "va", "-s", "pan", "--csv", **BENCH_ON)
check(done, 0, r"(?m)^va,scroll,GPU,0(,\d+){8}$")
if len(re.findall(r"(?m)^va,scroll,GPU,", done.stdout)) != 5:
    sys.exit(f"not 5 frames of the GPU:\n{done.stdout}")
