#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each pixel of scanouts in DMA-BUFs in osvdi-viewer, which runs outside: text that is
typed, also beside a video that plays; a page that scrolls; small changes; other modes.
The guest draws by rules that are known here, too."""
import os
import sys

from inside import InnerQemu, blob, inside
from qemu_harness import Pattern, Process, Xvfb, rgb, skip, step, until

PROGRAM = os.environ.get('OSVDI_VIEWER')
if not PROGRAM:
    skip('osvdi-viewer is not built (OSVDI_VIEWER)')
SIZE = 800, 600
VIDEO = 560, 16, 192, 128
PAGE = 16, 224, 480, 256
LETTER = 12, 18
BLACK, WHITE = bytes(3), b'\xff\xff\xff'


class Canvas:
    """The picture that the guest has, by the commands that it got."""

    def __init__(self, width, height):
        self.width, self.height = width, height
        self.rows = [bytearray(width * 3) for _ in range(height)]

    def fill(self, x, y, w, h, colour):
        for row in self.rows[y:y + h]:
            row[x * 3:(x + w) * 3] = bytes(rgb(colour)) * w

    def show(self, pattern):
        w, h = self.width // 2, self.height // 2
        for i, colour in enumerate(pattern.colours):
            self.fill(i % 2 * w, i // 2 * h, self.width - w if i % 2 else w,
                      self.height - h if i // 2 else h, colour)

    def noise(self, x, y, w, h, seed):
        for row in self.rows[y:y + h]:
            pixels = []
            for _ in range(w):
                seed ^= seed << 13 & 0xffffffff
                seed ^= seed >> 17
                seed ^= seed << 5 & 0xffffffff
                pixels.append(WHITE if seed & 1 else BLACK)
            row[x * 3:(x + w) * 3] = b''.join(pixels)

    def scroll(self, x, y, w, h, n):
        for i in range(y, y + h - n):
            self.rows[i][x * 3:(x + w) * 3] = self.rows[i + n][x * 3:(x + w) * 3]

    def video(self, x0, y0, w, h, n):
        for y in range(h):
            self.rows[y0 + y][x0 * 3:(x0 + w) * 3] = b''.join(
                bytes(((x + 5 * n) & 255, (y + 3 * n) & 255, (x ^ y) & 255)) for x in range(w))

    def differing(self, picture, without=None):
        """Bytes that are not the picture's, a rectangle aside; None: another size."""
        if (picture.width, picture.height) != (self.width, self.height):
            return None
        count, stride = 0, self.width * 3
        for y, row in enumerate(self.rows):
            shown = bytearray(picture.data[y * stride:(y + 1) * stride])
            if without and without[1] <= y < without[1] + without[3]:
                hole = slice(without[0] * 3, (without[0] + without[2]) * 3)
                shown[hole] = row[hole]
            if shown != row:
                count += sum(a != b for a, b in zip(shown, row))
        return count


class Stage:
    """A guest's display, its picture as it has to be, and a viewer."""

    def __init__(self, x, name, qemu):
        self.x, self.name, self.qemu = x, name, qemu
        self.canvas = Canvas(*SIZE)
        self.pattern(0)
        x.do('mousemove', SIZE[0] - 1, SIZE[1] - 1)
        self.viewer = Process('viewer-' + name, [PROGRAM, '--kiosk', '--auto-resize=never',
                                                 f'spice://127.0.0.1:{qemu.port}'], env=x.env)

    def draw(self, command, *numbers):
        """A command of the guest, and the same here. Colours are hexadecimal for the guest."""
        words = [f'{numbers[-1]:x}' if command == 'fill' else str(numbers[-1])]
        self.qemu.guest(' '.join([command, '0', *map(str, numbers[:-1]), *words]))
        if command in ('fill', 'noise', 'scroll'):
            getattr(self.canvas, command)(*numbers)

    def pattern(self, colours):
        pattern = Pattern(*SIZE, colours)
        self.qemu.guest(pattern.command())
        self.canvas.show(pattern)

    def stop_video(self):
        n = int(self.qemu.guest('stop 0')[-1], 16)
        self.canvas.video(*VIDEO, n)

    def display(self):
        return self.qemu.status()['displays'][0]

    def expect(self, what, without=None):
        seen = []

        def same():
            assert self.viewer.alive(), 'the viewer ended: ' + self.viewer.output()
            seen[:] = [self.canvas.differing(self.x.picture(), without)]
            return seen[0] == 0
        try:
            until(f'{what}, each pixel', same)
        except AssertionError as error:
            self.x.save('differs-' + self.name)
            raise AssertionError(f'{error}: {seen[0]} samples differ, {self.display()}') from None
        print(f'   {what}: each pixel', flush=True)


def type_text(stage, n, y):
    for i in range(n):
        stage.draw('noise', 24 + i * 14, y, *LETTER, 1000 * y + i + 1)


def run(x, name, spice, *options, words=''):
    """At rest nothing but pixels differs; beside the video, its rectangle aside."""
    print('== ' + name, flush=True)
    qemu = InnerQemu(*options, name='qemu-' + name, words=words,
                     spice='accel=on,accel-encoder=x264' + spice)
    stage = Stage(x, name, qemu)
    step('the picture at rest')
    stage.expect('four colours')
    until('tiles', lambda: stage.display()['tiles'] > 0)

    step('text is typed')
    type_text(stage, 12, 64)
    stage.expect('a line')

    step('beside a video')
    stage.draw('play', *VIDEO)
    frames = stage.display()['frames']
    until('motion', lambda: stage.display()['frames'] > frames + 3)
    type_text(stage, 8, 96)
    stage.expect('a line', without=VIDEO)
    assert stage.display()['frames'] > frames + 3
    stage.stop_video()
    stage.expect('the end of the video')

    step('a page scrolls')
    stage.draw('noise', *PAGE, 77)
    stage.expect('the page')
    for i in range(6):
        stage.draw('scroll', *PAGE, 16)
        stage.draw('noise', PAGE[0], PAGE[1] + PAGE[3] - 16, PAGE[2], 16, 500 + i)
    stage.expect('the page, scrolled')

    step('all of it')
    stage.pattern(1)
    stage.expect('four other colours')
    until('the server knows', lambda: stage.display()['exact'])
    d = stage.display()
    print(f"   {d['frames']} frames, {d['tiles']} messages of tiles, {d['moves']} moves, "
          f"{d['bytes'] + d['tile_bytes']} bytes, {d['read_bytes']} bytes of pixels read",
          flush=True)
    stage.viewer.stop()
    qemu.quit()


def vgpu(*words):
    return ['-device', f'vfio-pci,sysfsdev={inside("lab", "mdev", *words)},display=on']


screen = Xvfb(size=SIZE)
gl = ',gl=on,rendernode=' + inside('lab', 'gpu')
for case in sys.argv[1:] or ['udmabuf', 'mappable', 'unmappable', '2d', '3d']:
    if case == 'udmabuf':
        run(screen, case, '', *blob())
    elif case == 'mappable':
        run(screen, case, '', *vgpu('mappable'))
    elif case == 'unmappable':
        run(screen, case, gl, *vgpu())
    else:
        run(screen, case, gl, '-device', 'virtio-gpu-gl-pci', words=case if case == '3d' else '')
