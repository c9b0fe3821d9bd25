#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Scanouts that are OpenGL textures (virtio-gpu-gl): made by 2D commands and as
a 3D driver makes them, which differ in which row is the top one; exported from
a software renderer."""
from inside import InnerQemu, inside, many_modes, start_again
from qemu_harness import Pattern, Viewer, Xvfb, near, rgb, step, until


def run(x, words, node):
    name = words or '2d'
    qemu = InnerQemu('-device', 'virtio-gpu-gl-pci', words=words, name='qemu-' + name,
                     spice='accel=on,accel-encoder=x264,gl=on,rendernode=' + node)
    viewer = Viewer(qemu, x, name='viewer-' + name)
    step('pictures in modes')
    for i, (width, height) in enumerate([(800, 600), (1024, 768), (640, 480)]):
        pattern = Pattern(width, height, i)
        qemu.guest(pattern.command())
        viewer.expect(pattern, save=f'texture-{name}-{width}x{height}')

    step('a change of a part, at its place')
    qemu.guest('fill 0 96 64 32 32 ff0000')
    until('the red square', lambda: near(x.picture().at(112, 80), rgb(0xff0000), 20))

    step('the pointer')
    qemu.guest('cursor 0 16 3 5 ff20c040')
    until('its shape', lambda: '\ncursor 64 64 3 5 ff20c040' in viewer.output())

    start_again(qemu, viewer)
    many_modes(qemu, viewer)
    assert not qemu.count('cannot export'), qemu.output()
    viewer.stop()
    qemu.quit()


screen = Xvfb()
for kind in '', '3d':
    print('== a texture by ' + (kind or '2d') + ' commands', flush=True)
    run(screen, kind, inside('lab', 'gpu'))
