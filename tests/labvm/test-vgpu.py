#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A vGPU as libvirt gives it to QEMU: "display":"off" on the command line, which the
settings of the host make a display of, or do not."""
from inside import InnerQemu, inside
from qemu_harness import Pattern, Viewer, Xvfb, step

SWITCHED = r'spice-accel: vfio-pci has display=%s, by vgpu=%s'


def start(name, spice):
    device = f'vfio-pci,sysfsdev={path},display=off'
    return InnerQemu('-device', device, spice='accel=on,accel-encoder=x264' + spice,
                     name='qemu-' + name)


path = inside('lab', 'mdev', 'mappable')
x = Xvfb()
for name, spice, display in ('auto', '', 'auto'), ('on', ',accel-vgpu=on', 'on'):
    step(f'vgpu={name}')
    qemu = start(name, spice)
    qemu.says(SWITCHED % (display, name))
    viewer = Viewer(qemu, x, name='viewer-' + name)
    for i, (width, height) in enumerate([(800, 600), (1024, 768)]):
        pattern = Pattern(width, height, i)
        qemu.guest(pattern.command())
        viewer.expect(pattern, save=f'vgpu-{name}-{width}x{height}')
    viewer.stop()
    qemu.quit()

step('vgpu=off')
qemu = start('off', ',accel-vgpu=off')
assert qemu.status()['displays'] == [], qemu.status()
assert 'by vgpu' not in qemu.output(), qemu.output()
qemu.quit()
