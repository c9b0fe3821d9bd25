#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The status in a file: whole at each moment, with viewers and the time of the last input."""
import json
import os
import stat
import time

from qemu_harness import FOLDER, Qemu, Viewer, Xvfb, step, until

path = os.path.join(FOLDER, 'status.json')
os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))  # as osvdi-libvirt-hook makes it
made = os.stat(path)
lengths = set()


def read():
    """The file's status; a text that is no JSON object fails the test."""
    with open(path) as f:
        text = f.read()
    status = json.loads(text)
    assert isinstance(status, dict), text
    lengths.add(len(text.rstrip()))
    return status


def written():
    """A status that QEMU writes from now on"""
    before = os.stat(path).st_mtime_ns
    until('a new status', lambda: read() and os.stat(path).st_mtime_ns != before)
    return read()


step('QEMU starts')
qemu = Qemu(spice=f'accel=on,accel-status-file={path}', guest=False)
status = read()
assert status['last_input'] == 0, status
assert status.get('viewers', 0) == 0, status
assert len(written()['displays']) == 1, read()
descriptors = qemu.descriptors()

step('a viewer and its keys')
x = Xvfb()
viewer = Viewer(qemu, x)
until('the viewer is counted', lambda: read().get('viewers') == 1)
until('the picture', lambda: viewer.boxes())
assert read()['last_input'] == 0, read()
before = time.time()


def press():
    x.do('mousemove', 100, 100, 'key', 'a')  # keys go to the window below the pointer
    return read()['last_input'] != 0


until('the key is seen', press)
assert before <= read()['last_input'] <= time.time(), (before, read())

step('the mouse, later')
before = time.time()


def move():
    x.do('mousemove', 100 + time.monotonic_ns() % 100, 100)
    x.do('click', '1')
    return read()['last_input'] >= before


until('the mouse is seen', move)

step('the viewer goes')
viewer.stop()
until('no viewer is counted', lambda: read()['viewers'] == 0)
until('its descriptors are closed', lambda: qemu.descriptors() <= descriptors)
assert written().keys() == qemu.status().keys(), read()
assert len(lengths) > 1, 'the status never changed its length'
now = os.stat(path)
assert (now.st_ino, stat.S_IMODE(now.st_mode)) == (made.st_ino, 0o600), now
qemu.quit()
assert read()['viewers'] == 0

step('nobody asked for a file')
qemu = Qemu(spice='accel=on,accel-status-file=', guest=False, name='none')
assert qemu.status()['last_input'] == 0
qemu.quit()
