#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A display mdev that goes away while it shows something: taken away by the
host with the guest's consent, and lost without a word."""
from inside import LABVM, InnerQemu, inside
from qemu_harness import Pattern, Process, Viewer, Xvfb, step, until

SLOT = 5

x = Xvfb()
path = inside('lab', 'mdev', 'mappable')
# the machine whose PCI slots can be emptied without a bridge
qemu = InnerQemu('-device', f'vfio-pci,id=vgpu,addr={SLOT},sysfsdev={path},display=on',
                 machine='pc', spice='accel=on,accel-encoder=x264')
viewer = Viewer(qemu, x)
pattern = Pattern(800, 600)
qemu.guest(pattern.command())
viewer.expect(pattern)

step('lost: every call fails')
inside('lab', 'set', 'lost', 'Y')
viewer.kill()
viewer = Viewer(qemu, x, name='lost')
viewer.expect(pattern)  # the last picture stays
assert qemu.qmp('query-status')['running']
inside('lab', 'set', 'lost', 'N')
pattern = Pattern(640, 480, 1)
qemu.guest(pattern.command())
viewer.expect(pattern)

step('the host takes it away')
remove = Process('remove', [LABVM, 'run', 'sh', '-c', f'echo 1 > {path}/remove'])
inside('sleep', '2')
qemu.guest(f'eject {SLOT}')
until('it is gone', lambda: not remove.alive())
assert remove.popen.returncode == 0, remove.output()
assert inside('sh', '-c', f'ls -d {path} 2> /dev/null || echo gone') == 'gone'
qemu.says('spice-accel: the device of display 0 was removed')
until('another picture', lambda: pattern.mismatch(x.picture(), viewer.boxes()[0]))
x.save('removed')
assert qemu.qmp('query-status')['running']

step('another client')
viewer.kill()
viewer = Viewer(qemu, x, name='after')
until('a picture', lambda: viewer.boxes())
viewer.stop()
qemu.quit()
