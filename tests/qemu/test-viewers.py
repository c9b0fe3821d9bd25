#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Clients that are killed again and again leave nothing behind in QEMU; two at
a time see the same.

usage: test-viewers.py [COUNT]     kills COUNT clients (default: 12, or
                                   $OSVDI_TEST_RECONNECTS)
"""
import os
import sys
import time

from qemu_harness import Pattern, Qemu, Viewer, Xvfb, step, until

count = int(sys.argv[1] if len(sys.argv) > 1 else os.environ.get('OSVDI_TEST_RECONNECTS', 12))
WARM_UP = 4  # what libraries allocate once is allocated by then

x = Xvfb(size=(1664, 1024))
qemu = Qemu('-device', 'virtio-tablet-pci')
qemu.wait_guest()
pattern = Pattern(800, 600)
qemu.guest(pattern.command())
qemu.guest('animate 0')


def measure():
    """Once the last client's threads and sockets are gone."""
    until('no client', lambda: not qemu.qmp('query-spice')['channels'])
    last = None

    def steady():
        nonlocal last
        before, last = last, (qemu.descriptors(), qemu.threads())
        time.sleep(0.3)
        return before == last
    until('steady', steady)
    return qemu.descriptors(), qemu.threads(), qemu.rss_kib()


step(f'{count} clients are killed')
base = None
for i in range(count):
    if i == WARM_UP:
        base = measure()
        print(f'   after {i}: {base[0]} descriptors, {base[1]} threads, {base[2]} KiB')
    viewer = Viewer(qemu, x, name=f'viewer{i}')
    until('a moving picture', lambda: viewer.boxes() and x.picture().lit(viewer.boxes()[0]) > 0.5)
    viewer.kill()
end = measure()
print(f'   after {count}: {end[0]} descriptors, {end[1]} threads, {end[2]} KiB')
if base:
    assert end[0] <= base[0], 'descriptors leak'
    assert end[1] <= base[1], 'threads leak'
    growth = (end[2] - base[2]) / (count - WARM_UP)
    print(f'   {growth:.0f} KiB a client')
    # noise of the allocator is a few hundred KiB in all
    assert end[2] - base[2] < max(3000, 24 * (count - WARM_UP)), 'memory leaks'
qemu.quit()

step('two viewers at a time')
qemu = Qemu('-device', 'virtio-tablet-pci', name='two', env={'SPICE_DEBUG_ALLOW_MC': '1'})
qemu.wait_guest()
qemu.guest(pattern.command())
one = Viewer(qemu, x, name='one')
one.expect(pattern)
y = Xvfb(name='xvfb-second')
two = Viewer(qemu, y, name='two-second')
two.expect(pattern)
one.expect(pattern)
other = Pattern(800, 600, 2)
qemu.guest(other.command())
one.expect(other)
two.expect(other)
one.kill()
qemu.guest(pattern.command())
two.expect(pattern)
qemu.quit()
