#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The pointer without any agent in the guest: absolute with a tablet from
power-on, relative with a mouse, changing while a client is connected; buttons,
wheel and keys."""
from qemu_harness import Pattern, Qemu, Viewer, Xvfb, step, until

SERVER, CLIENT = 'server', 'client'  # of query-spice: relative, absolute

x = Xvfb()


def events(qemu, *start):
    return [e.split() for e in qemu.guest('events')[:-1] if e.startswith(start)]


def last(found, key, axis):
    values = [int(e[3]) for e in found if e[0] == key and e[2] == axis]
    return values[-1] if values else None


def expect_position(qemu, x_share, y_share):
    """The tablet is at that share of the screen."""
    state = {}

    def there():
        found = events(qemu, 'abs')
        for axis in 'XY':
            value = last(found, 'abs', axis)
            if value is not None:
                state[axis] = value / 32767
        return len(state) == 2 and abs(state['X'] - x_share) < 0.01 and \
            abs(state['Y'] - y_share) < 0.01
    until(f'tablet at {x_share}, {y_share}: {state}', there, 30)


step('a tablet: absolute')
qemu = Qemu('-device', 'usb-ehci', '-device', 'usb-tablet,id=tablet')
viewer = Viewer(qemu, x)
qemu.wait_guest()
pattern = Pattern(800, 600)
qemu.guest(pattern.command())
viewer.expect(pattern)
until('absolute mode', lambda: qemu.mouse_mode() == CLIENT)
qemu.guest('events')
for px, py in (200, 150), (600, 450), (799, 599), (0, 0), (400, 300):
    x.do('mousemove', px, py)
    expect_position(qemu, px / 800, py / 600)

step('buttons and wheel')
x.do('click', '1')
until('left button', lambda: ['272'] == [e[2] for e in events(qemu, 'key') if e[3] == '1'], 20)
x.do('click', '3')
until('right button', lambda: ['273'] == [e[2] for e in events(qemu, 'key') if e[3] == '1'], 20)
seen = []
x.do('click', '4')
until('wheel', lambda: seen.extend(events(qemu, 'rel')) or seen, 20)
assert [e[2:] for e in seen] == [['WHEEL', '1']], seen

step('keys')
x.do('key', 'a')
until('key a', lambda: [e[2:] for e in events(qemu, 'key')] == [['30', '1'], ['30', '0']], 20)

step('the tablet goes: relative, with the same client')
qemu.qmp('device_del', id='tablet')
until('relative mode', lambda: qemu.mouse_mode() == SERVER)
until('the client is told', lambda: viewer.output().rstrip().endswith('mouse-mode 1') or
      'mouse-mode 1' in viewer.output().rsplit('mouse-mode 2', 1)[-1])
viewer.stop()
qemu.quit()

step('a mouse only: relative')
qemu = Qemu(name='mouse')
viewer = Viewer(qemu, x, name='viewer-mouse')
qemu.wait_guest()
qemu.guest(pattern.command())
viewer.expect(pattern)
assert qemu.mouse_mode() == SERVER
x.do('mousemove', 400, 300)
x.do('click', '1')  # the widget grabs the pointer
until('the grab', lambda: 'grab 0' in viewer.output(), 20)
qemu.guest('events')
moved = []


def motion():
    x.do('mousemove_relative', '--', 7, 0)
    moved.extend(e for e in events(qemu, 'rel') if e[2] == 'X' and int(e[3]) > 0)
    return moved


until('motion', motion, 30)
qemu.quit()
