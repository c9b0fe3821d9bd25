#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Two heads of one card: each its own stream, the pointer across them; the
guest follows the client's window sizes."""
from qemu_harness import Pattern, Qemu, Viewer, Xvfb, step, until

x = Xvfb(size=(1920, 1024))
qemu = Qemu('-device', 'virtio-tablet-pci', video=['-device', 'virtio-vga,max_outputs=2'])
viewer = Viewer(qemu, x, windows=2)
qemu.wait_guest()


def heads():
    found = {}
    for line in qemu.guest('heads')[:-1]:
        _, number, state, size = line.split()
        found[int(number)] = (state, size)
    return found


step('the first head alone')
first = Pattern(800, 600, 0)
qemu.guest(first.command(0))
viewer.expect(first, 0)
assert heads()[1][0] == 'off', heads()

step("the client's window size reaches the guest")
viewer.command('resize 0 0 0 1032 774')
until('1032x774', lambda: heads()[0] == ('on', '1032x774'))
viewer.command('resize 0 0 0 800 600')
until('800x600', lambda: heads()[0] == ('on', '800x600'))
assert len(qemu.status()['displays']) == 2, qemu.status()

step('the client turns the second head on')
viewer.command('resize 1 800 0 640 480')
until('a second head', lambda: heads()[1] == ('on', '640x480'))
second = Pattern(640, 480, 1)
qemu.guest(second.command(1))
viewer.expect(second, 1)
viewer.expect(first, 0, save='two-heads')

step('modes change apart from each other')
second = Pattern(1024, 768, 2)
qemu.guest(second.command(1))
viewer.expect(second, 1)
viewer.expect(first, 0)
first = Pattern(640, 480, 3)
qemu.guest(first.command(0))
viewer.expect(first, 0)
viewer.expect(second, 1)

step('a client that comes again sees both')
viewer.kill()
viewer = Viewer(qemu, x, windows=2, name='viewer2')
viewer.expect(first, 0)
viewer.expect(second, 1)

step('the client turns the second head off')
qemu.guest('off 1')
viewer.command('resize 0 0 0 640 480')
viewer.command('disable 1')
until('one head', lambda: heads()[1][0] == 'off')
viewer.expect(first, 0)
qemu.quit()
