#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each pixel of a real guest's screen in osvdi-viewer: the kernel's console, text
that scrolls there, a picture after motion, small changes, other modes."""
import os

from qemu_harness import FOLDER, Pattern, Picture, Process, Qemu, Xvfb, skip, step, until

program = os.environ.get('OSVDI_VIEWER')
if not program:
    skip('osvdi-viewer is not built (OSVDI_VIEWER)')
SIZE = 1280, 800
x = Xvfb(size=SIZE)
qemu = Qemu()
qemu.wait_guest()


def screen():
    """The picture of the guest's display, by QEMU itself."""
    path = os.path.join(FOLDER, 'screen.ppm')
    qemu.qmp('screendump', filename=path)
    with open(path, 'rb') as file:
        return Picture(file.read())


def differing():
    """Pixels that are not the guest's, the pointer's corner aside; None: another size."""
    guest, shown = screen(), x.picture()
    if (guest.width, guest.height) != (shown.width, shown.height):
        return None
    count = 0
    for y in range(guest.height - 32):
        row = slice(y * guest.width * 3, (y + 1) * guest.width * 3)
        if guest.data[row] != shown.data[row]:
            count += sum(a != b for a, b in zip(guest.data[row], shown.data[row]))
    return count


def expect_exact(what):
    seen = []

    def same():
        assert viewer.alive(), 'the viewer ended: ' + viewer.output()
        seen[:] = [differing()]
        return seen[0] == 0
    try:
        until(f'{what}, each pixel', same)
    except AssertionError as error:
        x.save('differs')
        raise AssertionError(f'{error}: {seen[0]} samples differ') from None
    print(f'   {what}: each of {SIZE[0]}x{SIZE[1]} pixels', flush=True)


step('the picture at rest')
x.do('mousemove', SIZE[0] - 1, SIZE[1] - 1)
viewer = Process('viewer', [program, '--kiosk', '--auto-resize=never',
                            f'spice://127.0.0.1:{qemu.port}'], env=x.env)
pattern = Pattern(*SIZE)
qemu.guest(pattern.command())
expect_exact('four colours')
assert until('tiles', lambda: qemu.status()['displays'][0]['tiles']) > 0

step('after motion')
qemu.guest('animate 0')
frames = qemu.status()['displays'][0]['frames']
until('motion', lambda: qemu.status()['displays'][0]['frames'] +
      qemu.status()['displays'][0]['tiles'] > frames + 30)
qemu.guest('animate -1')
expect_exact('the end of motion')

step('small changes')
for i in range(12):
    qemu.guest(f'fill 0 {40 + 57 * i} {33 + 41 * i} {5 + 3 * i} {7 + i} '
               f'{0x123456 * (i + 1) & 0xffffff:x}')
expect_exact('twelve squares')
until('the server knows', lambda: qemu.status()['displays'][0]['exact'])

step("the kernel's console, scrolling")
qemu.guest('text')
for i in range(60):
    qemu.guest(f'say {i} ' + 'The quick brown fox jumps over the lazy dog. ' * 2)
expect_exact('a console that scrolled')

status = qemu.status()['displays'][0]
print(f"   {status['frames']} frames, {status['tiles']} messages of tiles, {status['moves']} "
      f"moves,",
      f"{status['bytes'] + status['tile_bytes']} bytes")
viewer.stop()
qemu.quit()
