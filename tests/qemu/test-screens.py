#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest's screens from power-on to its own picture, as a stock client sees
them: text mode, frame buffer console, graphics, mode changes, small changes,
stop and go on, reset, a client that comes again."""
from qemu_harness import Pattern, Qemu, RemoteViewer, Viewer, Xvfb, near, rgb, step, until

x = Xvfb()
qemu = Qemu()
viewer = Viewer(qemu, x)

step('text of the firmware or the kernel')
until('any display', lambda: viewer.boxes())
until('lit pixels', lambda: 0.001 < x.picture().lit(viewer.boxes()[0]) < 0.9)
x.save('boot')
qemu.wait_guest()

step("the kernel's console")
for _ in range(40):
    qemu.guest('say ' + '#' * 90)
until('a screen full of text', lambda: x.picture().lit(viewer.boxes()[0]) > 0.1)
x.save('console')

step('graphics, and modes of other shapes')
for i, (width, height) in enumerate([(800, 600), (640, 480), (1024, 768), (1280, 720), (801, 603),
                                     (800, 600)]):
    pattern = Pattern(width, height, i % 4)
    qemu.guest(pattern.command())
    # 4:2:0 has no odd sizes: a column and a row are added
    pattern.width += pattern.width % 2
    pattern.height += pattern.height % 2
    viewer.expect(pattern, save=f'mode-{width}x{height}')
assert qemu.status(), 'no status'

step('a small change')
qemu.guest('fill 0 96 96 32 32 ff0000')
until('the red square', lambda: near(x.picture().at(112, 112), rgb(0xff0000), 20))
viewer_box = viewer.boxes()[0]

step('stop and go on')
qemu.qmp('stop')
qemu.qmp('cont')
pattern = Pattern(800, 600, 2)
qemu.guest(pattern.command())
viewer.expect(pattern)

step('a client that comes while the guest is stopped')
viewer.stop()
qemu.qmp('stop')
viewer = Viewer(qemu, x, name='viewer2')
viewer.expect(pattern, save='stopped')
qemu.qmp('cont')

step('killed, and again')
for i in range(3):
    viewer.kill()
    viewer = Viewer(qemu, x, name=f'again{i}')
    viewer.expect(pattern)

step('remote-viewer')
viewer.stop()
remote = RemoteViewer(qemu, x)
remote.expect(pattern)
remote.stop()
viewer = Viewer(qemu, x, name='after-remote')
viewer.expect(pattern)

step('reset')
qemu.qmp('system_reset')
until('another size', lambda: viewer.boxes()[0][2:] != (800, 600))
qemu.wait_guest()
pattern = Pattern(1024, 768, 3)
qemu.guest(pattern.command())
viewer.expect(pattern, save='after-reset')

step('a clean end, with a client')
qemu.quit()
