#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A display mdev (vfio-pci) as GVT-g's: planes in DMA-BUFs that QEMU polls,
which the processor may map or may not; the firmware's picture before; the
pointer's plane."""
import sys

from inside import InnerQemu, inside, many_modes, start_again
from qemu_harness import Pattern, Viewer, Xvfb, near, rgb, step, until

CURSOR_AT = 12 << 20  # where the guest draws it


def vgpu(path, ramfb=True):
    kind = 'vfio-pci-nohotplug,ramfb=on' if ramfb else 'vfio-pci'
    return ['-device', f'{kind},sysfsdev={path},display=on']


def cursor_of(viewer, text):
    """The pointer as the viewer has it: WxH, hot spot, first pixel."""
    until('the pointer ' + text,
          lambda: viewer.output().rsplit('\ncursor ', 1)[-1].startswith(text))


def show_modes(qemu, viewer):
    for i, (width, height) in enumerate([(800, 600), (1024, 768), (640, 480), (1280, 720)]):
        pattern = Pattern(width, height, i)
        qemu.guest(pattern.command())
        viewer.expect(pattern, save=f'mdev-{width}x{height}')
    return pattern


def pointer(qemu, viewer):
    qemu.guest('cursor 0 16 3 5 ff20c040')
    for name, value in ('hot_x', 3), ('hot_y', 5), ('x', 40), ('y', 50):
        inside('lab', 'set', 'cursor_' + name, value)
    inside('lab', 'set', 'cursor', CURSOR_AT)
    cursor_of(viewer, '64 64 3 5 ff20c040')
    qemu.guest('cursor 0 16 3 5 ffc02040')
    cursor_of(viewer, '64 64 3 5 ffc02040')


def firmware(qemu, viewer, x, size=None):
    """The picture before the guest's own: ramfb. Its size."""
    step('the firmware')
    until('a picture', lambda: viewer.boxes() and size in (None, viewer.boxes()[0][2:]))
    until('its text', lambda: 0.001 < x.picture().lit(viewer.boxes()[0]) < 0.9)
    x.save('firmware')
    return viewer.boxes()[0][2:]


def off_and_on(qemu, viewer, x, pattern):
    step('off, which is dark, and on in the same mode')
    qemu.guest('off 0')
    until('no picture', lambda: x.picture().lit(viewer.boxes()[0]) < 0.1)
    qemu.guest(pattern.command())
    viewer.expect(pattern)


def run(x, name):
    """Mappable planes have ramfb before and after them, unmappable ones a reset
    that is waited for (ramfb's firmware draws slowly)."""
    mappable = name == 'mappable'
    node = inside('lab', 'gpu')
    path = inside('lab', 'mdev', *(['mappable'] if mappable else []))
    spice = 'accel=on,accel-encoder=x264'
    if not mappable:
        spice += ',gl=on,rendernode=' + node
    qemu = InnerQemu(*vgpu(path, ramfb=mappable), spice=spice, name='qemu-' + name)
    viewer = Viewer(qemu, x, name='viewer-' + name)
    size = firmware(qemu, viewer, x) if mappable else None

    step("the guest's own picture, in modes")
    pattern = show_modes(qemu, viewer)
    # opened once, not for each mode
    assert qemu.count("reading DMA-BUFs through OpenGL") == (not mappable), qemu.output()

    step('a change of a part')
    qemu.guest('fill 0 96 96 32 32 ff0000')
    until('the red square', lambda: near(x.picture().at(112, 112), rgb(0xff0000), 20))
    step("the pointer's plane")
    pointer(qemu, viewer)
    if mappable:
        off_and_on(qemu, viewer, x, pattern)
    else:
        start_again(qemu, viewer, 1024, 768)
    pattern = many_modes(qemu, viewer, kept=12)  # the last planes, in case they come again
    step('another client')
    viewer.kill()
    viewer = Viewer(qemu, x, name='again-' + name)
    viewer.expect(pattern)
    if mappable:
        qemu.qmp('system_reset')
        assert firmware(qemu, viewer, x, size) == size
    viewer.stop()
    qemu.quit()


screen = Xvfb()
for kind in sys.argv[1:] or ['mappable', 'unmappable']:
    print('== planes that are ' + kind, flush=True)
    run(screen, kind)
