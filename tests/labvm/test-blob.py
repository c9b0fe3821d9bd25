#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""virtio-gpu scanouts in guest memory (blob): real udmabufs."""
from inside import InnerQemu, blob, many_modes, start_again
from qemu_harness import Pattern, Viewer, Xvfb, near, rgb, step, until

x = Xvfb()
qemu = InnerQemu(*blob())
viewer = Viewer(qemu, x)

step('a picture')
pattern = Pattern(800, 600)
qemu.guest(pattern.command())
viewer.expect(pattern, save='blob')

step('a change of a part')
qemu.guest('fill 0 96 96 32 32 ff0000')
until('the red square', lambda: near(x.picture().at(112, 112), rgb(0xff0000), 20))

step('other modes')
for i, (width, height) in enumerate([(1024, 768), (640, 480), (802, 602)]):
    pattern = Pattern(width, height, i)
    qemu.guest(pattern.command())
    viewer.expect(pattern)

start_again(qemu, viewer)
pattern = many_modes(qemu, viewer)

step('another client')
viewer.kill()
viewer = Viewer(qemu, x, name='again')
viewer.expect(pattern)
assert qemu.encoder() == 'x264', qemu.encoder()
qemu.quit()
