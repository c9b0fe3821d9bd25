#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The VA encoder, on the software VA driver, imports real DMA-BUFs: no
processor maps a pixel by the driver's count. Buffers that it refuses are read
back through OpenGL."""
import json
import os

from inside import InnerQemu, blob, inside
from qemu_harness import Pattern, Viewer, Xvfb, near, rgb, step, until

STATS = '/tmp/va-stats.json'


def start(name, options, soft='log', gl=None):
    """gl: the node whose OpenGL reads textures and unmappable buffers."""
    inside('rm', '-f', STATS)
    spice = 'accel=on,accel-encoder=va,accel-render-node=' + inside('lab', 'render')
    if gl:
        spice += ',gl=on,rendernode=' + gl
    return InnerQemu(*options, name='qemu-' + name, spice=spice,
                     env={'LIBVA_DRIVER_NAME': 'soft', 'SOFT_VA_STATS': STATS, 'SOFT_VA': soft,
                          # a software encoder on an emulated processor
                          'SPICE_ACCEL_VA_LIMIT_MS': '30000'})


def show(qemu, x, name):
    """Only the guest's pictures: QEMU's own text would be copied. Bytes that were read."""
    viewer = None
    for i, (width, height) in enumerate([(800, 600), (1024, 768), (642, 482)]):
        pattern = Pattern(width, height, i)
        qemu.guest(pattern.command())
        viewer = viewer or Viewer(qemu, x, name='viewer-' + name)
        viewer.expect(pattern, save=f'va-{name}-{width}x{height}')
    qemu.guest('fill 0 96 96 32 32 ff0000')
    until('the red square', lambda: near(x.picture().at(112, 112), rgb(0xff0000), 20))
    assert qemu.encoder() == 'va', qemu.encoder()
    viewer.stop()
    return qemu.status()['displays'][0]['read_bytes']


def finish(qemu):
    """The driver's counters."""
    qemu.quit()
    counters = json.loads(inside('cat', STATS))
    print('   ' + ', '.join(f'{key} {value}' for key, value in counters.items() if value),
          flush=True)
    return counters


def imported(x, name, options, **more):
    step(name)
    qemu = start(name, options, **more)
    read_bytes = show(qemu, x, name)
    counters = finish(qemu)
    assert read_bytes == 0, read_bytes
    assert counters['imports_prime1'] + counters['imports_prime2'] >= 3, counters
    assert counters['cpu_pixel_maps'] == 0, counters
    assert counters['imports_refused'] == 0, counters
    assert 'copying it instead' not in qemu.output(), qemu.output()


def refused(x, name, options, **more):
    step(name)
    qemu = start(name, options, soft='refuse-import', **more)
    assert show(qemu, x, name) > 0
    counters = finish(qemu)
    assert counters['faults'] > 0 and counters['cpu_pixel_maps'] > 0, counters
    qemu.says('cannot import the guest')
    qemu.says('reading DMA-BUFs through OpenGL')


def mdev(*words):
    return ['-device', f'vfio-pci,sysfsdev={inside("lab", "mdev", *words)},display=on']


screen = Xvfb()
node = inside('lab', 'gpu')
for case in os.environ.get('OSVDI_LAB_CASES',
                           'udmabuf mappable unmappable texture refused').split():
    if case == 'udmabuf':
        imported(screen, 'udmabuf', blob())
    elif case == 'mappable':
        imported(screen, 'mappable', mdev('mappable'))
    elif case == 'unmappable':  # by the processor; the driver reaches it by its device
        imported(screen, 'unmappable', mdev())
    elif case == 'texture':
        imported(screen, 'texture', ['-device', 'virtio-gpu-gl-pci'], gl=node)
    elif case == 'refused':
        refused(screen, 'refused', mdev(), gl=node)
