#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each encoder under the sandbox that libvirt starts QEMU with: a viewer gets its
pictures, none of which takes a process, a priority or a scheduler."""
import os
import signal
import subprocess
import sys

from qemu_harness import Qemu, Viewer, Xvfb, step, until
from refuse import KNOWN, refuse_loudly

# Nothing is left of an earlier start, and nothing can be written.
NOWHERE = {'HOME': '/nonexistent', 'XDG_CACHE_HOME': '/nonexistent',
           'XDG_RUNTIME_DIR': '/nonexistent',
           'GST_REGISTRY': '/nonexistent/registry', 'MESA_SHADER_CACHE_DIR': '/nonexistent'}
CASES = {
    'x264': {},
    'mjpeg': {},
    'gst with x264enc': {'SPICE_ACCEL_GST_ENCODER': 'x264enc'},
    'gst with openh264enc': {'SPICE_ACCEL_GST_ENCODER': 'openh264enc'},
}
if 'OSVDI_SOFT_VA' in os.environ:
    CASES['va'] = {'LD_PRELOAD': os.environ['OSVDI_SOFT_VA_DISPLAY'], 'LIBVA_DRIVER_NAME': 'soft',
                   'LIBVA_DRIVERS_PATH': os.environ['OSVDI_SOFT_VA'], 'LIBVA_MESSAGING_LEVEL': '1',
                   'SPICE_ACCEL_VA_LIMIT_MS': '60000'}



def python(line):
    """How Python ends when it obeys under the tests' own filter."""
    return subprocess.run([sys.executable, '-c', 'import os; ' + line],
                          preexec_fn=refuse_loudly).returncode


step("the tests' own filter")
for line in 'os.setpriority(os.PRIO_PROCESS, 0, 19)', 'os.sched_setaffinity(0, {0})', \
        'os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))':
    assert python(line) == (-signal.SIGSYS if KNOWN else 0), line
assert python('os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))') == 0

x = Xvfb()
for case, env in CASES.items():
    step(case)
    encoder = case.split()[0]
    name = case.replace(' ', '-')
    node = ',accel-render-node=/dev/null' if encoder == 'va' else ''
    qemu = Qemu(spice=f'accel=on,accel-encoder={encoder}{node}', guest=False, name=name,
                env={**NOWHERE, 'SPICE_ACCEL_GST_TIMEOUT_MS': '30000', **env})
    viewer = Viewer(qemu, x, name='viewer-' + name)

    def display():
        assert qemu.alive(), f'QEMU ended with {qemu.popen.returncode}: {qemu.output()}'
        return qemu.status()['displays'][0]
    until('pictures', lambda: display()['frames'] >= 3)
    assert display()['encoder'].startswith(encoder), display()
    qemu.check_sandbox()
    viewer.stop()
    qemu.quit()
