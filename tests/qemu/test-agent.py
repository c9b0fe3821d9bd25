#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The pointer goes over to the guest's own agent (the distribution's
spice-vdagentd) when it comes, and back when it goes, with a client that stays
connected."""
import os

from qemu_harness import Pattern, Process, Qemu, Viewer, Xvfb, step, until

AGENT = 'spice_vdagent_tablet'

x = Xvfb()
qemu = Qemu('-device', 'virtio-tablet-pci', '-device', 'virtio-serial-pci',
            '-chardev', 'spicevmc,id=vdagent,name=vdagent',
            '-device', 'virtserialport,chardev=vdagent,name=com.redhat.spice.0')
viewer = Viewer(qemu, x)
qemu.wait_guest()
pattern = Pattern(800, 600)
qemu.guest(pattern.command())
viewer.expect(pattern)
until('absolute mode', lambda: qemu.mouse_mode() == 'client')


def moved_devices(px, py):
    """Moves the pointer; the devices of the guest that say so."""
    qemu.guest('events')  # opens new devices, drops what is old
    found = {}

    def look():
        # a device that the guest gets meanwhile has not been opened: its event is lost,
        # and the same position again makes none
        x.do('mousemove', px + 3, py, 'mousemove', px, py)
        for line in qemu.guest('events')[:-1]:
            words = line.split()
            if words[0] == 'abs':
                found.setdefault(words[1], {})[words[2]] = int(words[3]) / int(words[4])
        return any(len(axes) == 2 for axes in found.values())
    until(f'the pointer at {px}, {py}', look, 30)
    return found


def expect_only(device_part, px, py):
    def right():
        # a position away from the last: the same again makes no event
        moved_devices(px + 40, py + 40)
        found = moved_devices(px, py)
        good = [name for name in found if device_part.lower() in name.lower()]
        if len(good) != 1 or len(found) != 1:
            return False
        axes = found[good[0]]
        return abs(axes['X'] - px / 800) < 0.01 and abs(axes['Y'] - py / 600) < 0.01
    until(f'{device_part} alone at {px}, {py}', right)


step('without an agent: the tablet')
expect_only('virtio_tablet', 200, 150)

for turn in 1, 2:
    step(f'the agent comes ({turn})')
    qemu.guest('agent 800 600')
    until('the guest has an agent', lambda: qemu.status()['guest_agent'])
    assert qemu.mouse_mode() == 'client'
    expect_only(AGENT, 600, 450)

    step(f'the agent goes ({turn})')
    qemu.guest('agent stop')
    until('the guest has no agent', lambda: not qemu.status()['guest_agent'])
    until('still absolute', lambda: qemu.mouse_mode() == 'client', 20)
    expect_only('virtio_tablet', 100, 300)
    viewer.expect(pattern)

step('reset while the agent runs')
qemu.guest('agent 800 600')
until('the guest has an agent', lambda: qemu.status()['guest_agent'])
qemu.qmp('system_reset')
until('the guest has no agent', lambda: not qemu.status()['guest_agent'])
qemu.wait_guest()
qemu.guest(pattern.command())
viewer.expect(pattern)
expect_only('virtio_tablet', 300, 200)

step('a client that comes while the agent runs')
qemu.guest('agent 800 600')
until('the guest has an agent', lambda: qemu.status()['guest_agent'])
viewer.stop()
viewer = Viewer(qemu, x, name='viewer2')
viewer.expect(pattern)
expect_only(AGENT, 500, 100)
viewer.stop()

program = os.environ.get('OSVDI_VIEWER')
if program:
    # spice-vdagentd 0.22 refuses what spice-gtk 0.42 tells it of monitors
    step("osvdi-viewer's window size, whatever the agent understands")
    assert qemu.status()['guest_agent']
    own = Process('osvdi-viewer', [program, '--kiosk', f'spice://127.0.0.1:{qemu.port}'], env=x.env)
    until('a display of 1280x1024', lambda: any(line.split()[2:4] == ['on', '1280x1024']
                                                for line in qemu.guest('heads')[:-1]))
    own.stop()
qemu.quit()
