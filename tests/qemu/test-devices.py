#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Outputs of virtio GPUs by the settings of host, guest and command line, whatever
max_outputs libvirt writes. (vGPUs: tests/labvm.)"""
import os
import uuid

from qemu_harness import FOLDER, Pattern, Qemu, Viewer, Xvfb, step

CARD = ['-device', 'virtio-vga,id=card,max_outputs=1']


def key_file(name, text):
    path = os.path.join(FOLDER, name)
    with open(path, 'w') as f:
        f.write(text)
    return path


def outputs(name, spice, *options, video=None, accelerated=True):
    """max_outputs of the card, which makes so many displays."""
    qemu = Qemu(*options, spice=spice, guest=False, name=name, video=video or CARD)
    n = qemu.qmp('qom-get', path='/machine/peripheral/card', property='max_outputs')
    assert not accelerated or len(qemu.status()['displays']) == n, qemu.status()
    assert (f'max_outputs={n}, by heads={n}' in qemu.output()) == (n > 1), qemu.output()
    qemu.quit()
    return n


step('a guest with two monitors')
x = Xvfb(size=(1920, 1024))
qemu = Qemu(spice='accel=on,accel-heads=2', video=CARD)
viewer = Viewer(qemu, x, windows=2)
qemu.wait_guest()
assert len(qemu.guest('heads')) == 3, qemu.guest('heads')
viewer.command('resize 1 800 0 640 480')
for head, pattern in enumerate((Pattern(800, 600, 0), Pattern(640, 480, 1))):
    qemu.guest(pattern.command(head))
    viewer.expect(pattern, head)
viewer.stop()
qemu.quit()

step('the command line')
assert outputs('none', 'accel=on') == 1
assert outputs('auto', 'accel=auto,accel-heads=4') == 4
assert outputs('off', 'accel=off,accel-heads=4', accelerated=False) == 1
for card in 'virtio-gpu-pci', 'virtio-gpu':
    assert outputs(card, 'accel=on,accel-heads=3',
                   video=['-device', card + ',id=card,max_outputs=1']) == 3

step('files of the host and of the guest')
host = key_file('host', '[spice-accel]\nmode=on\n[displays]\nheads=4\nvgpu=off\n')
guest = key_file('guest', '[spice-accel]\n[displays]\nheads=2\n')
assert outputs('host', 'accel-config=' + host) == 4
assert outputs('guest', f'accel-config={host},accel-guest-config={guest}') == 2
assert outputs('line', f'accel-config={host},accel-guest-config={guest},accel-heads=3') == 3

if os.geteuid() == 0:
    step('the file that libvirt\'s hook writes')
    name = str(uuid.uuid4())
    path = f'/run/osvdi/guests/{name}.conf'
    os.makedirs(os.path.dirname(path), exist_ok=True)
    try:
        with open(path, 'w') as f:
            f.write('[spice-accel]\nmode=on\n[displays]\nheads=2\n')
        assert outputs('hook', 'accel-config=', '-uuid', name) == 2
        assert outputs('other', f'accel-config={host}', '-uuid', str(uuid.uuid4())) == 4
        with open(path, 'w') as f:
            f.write('[spice-accel]\nmode=on\n[displays]\nheads=many\n')
        # its error keeps no guest from starting
        assert outputs('bad', 'playback-compression=on', '-uuid', name, accelerated=False) == 1
    finally:
        os.unlink(path)
