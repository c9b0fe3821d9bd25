#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Displays that a device gives as DMA-BUFs: shown without gl=on, flipped from
one buffer to the next, upside down, changed in part, off and on;
the device is never blocked and no descriptor stays behind."""
import os

from gpu import Buffer, Gpu
from qemu_harness import FOLDER, LOSS, Pattern, Qemu, Viewer, Xvfb, near, rgb, skip, step, until

x = Xvfb()
path = os.path.join(FOLDER, 'gpu.sock')
gpu = Gpu(path)
try:
    qemu = Qemu('-object', 'memory-backend-memfd,id=m,size=384M,share=on',
                '-machine', 'memory-backend=m', '-chardev', f'socket,id=gpu,path={path}',
                spice='accel=on,accel-encoder=x264',
                video=['-device', 'vhost-user-vga,chardev=gpu'])
except (AssertionError, OSError):
    with open(os.path.join(FOLDER, 'qemu.log')) as log:
        if 'requires kvm' in log.read():
            skip('vhost-user of this QEMU (before 8.0) needs KVM')
    raise
viewer = Viewer(qemu, x)
until("the guest's driver", gpu.ready.is_set)

step('a buffer')
pattern = Pattern(800, 600, 0)
first = Buffer(800, 600)
first.show(pattern)
gpu.scanout(first, 0, 0, 800, 600)
viewer.expect(pattern, save='dmabuf')

step('a change of a part, after which the device may go on')
first.fill(96, 96, 32, 32, 0xff0000)
done = gpu.updates_done
gpu.update(96, 96, 32, 32)
until('the red square', lambda: near(x.picture().at(112, 112), rgb(0xff0000), 20))
until('the device may go on', lambda: gpu.updates_done > done)

step('another buffer, with a stride')
pattern = Pattern(640, 480, 1)
second = Buffer(640, 480, stride=640 * 4 + 256)
second.show(pattern)
gpu.scanout(second, 0, 0, 640, 480)
viewer.expect(pattern)

step('upside down')
pattern = Pattern(640, 480, 2)
third = Buffer(640, 480)
third.show(pattern, flipped=True)
gpu.scanout(third, 0, 0, 640, 480, flipped=True)
viewer.expect(pattern)

step('flips back and forth')
descriptors = None
for i in range(40):
    if i == 8:
        descriptors = qemu.descriptors()
    pattern = Pattern(640, 480, i % 3)
    buffer = Buffer(640, 480)
    buffer.show(pattern)
    gpu.scanout(buffer, 0, 0, 640, 480)
    done = gpu.updates_done
    gpu.update(0, 0, 640, 480)
    until('the device may go on', lambda: gpu.updates_done > done)
    os.close(buffer.fd)
viewer.expect(pattern)
assert qemu.descriptors() <= descriptors + 1, (descriptors, qemu.descriptors())

step('a client that comes again')
viewer.kill()
viewer = Viewer(qemu, x, name='again')
viewer.expect(pattern)

step('a buffer that is shorter than it claims')
short = Buffer(640, 480)
os.ftruncate(short.fd, 4096)
gpu.scanout(short, 0, 0, 640, 480)
gpu.update(0, 0, 640, 480)
gpu.scanout(first, 0, 0, 800, 600)
pattern = Pattern(800, 600, 3)
first.show(pattern)
gpu.update(0, 0, 800, 600)
viewer.expect(pattern)

step('off')
gpu.off()
until('no picture of it', lambda: not near(x.picture().at(200, 150), rgb(pattern.colours[0]), LOSS))
status = qemu.status()['displays'][0]
assert status['encoder'] == 'x264', status

step('and on again')
gpu.scanout(first, 0, 0, 800, 600)
viewer.expect(pattern)
qemu.quit()
