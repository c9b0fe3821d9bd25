#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of demo/summary.py."""

import json
import tempfile
import unittest

import scripts


def frame(number, latency_us, **changes):
    """A frame at 100 per second whose picture was on the screen latency_us after capture."""
    capture = 1_000_000 + number * 10_000
    values = {'display': 0, 'frame': number, 'capture_us': capture, 'received_us': capture + 1000,
              'decoded_us': capture + 3000, 'presented_us': capture + latency_us, 'bytes': 1250,
              'width': 640, 'height': 480, 'clock_offset_us': 0}
    values.update(changes)
    return values


def tiles(number, latency_us, **changes):
    """A lossless update at the same times."""
    values = {**frame(number, latency_us), 'tiles': number, 'change': True, 'exact': True,
              'rects': 1, 'pixels': 256}
    del values['frame'], values['decoded_us']
    values.update(changes)
    return values


class Summaries(unittest.TestCase):
    def summarise(self, lines, *options):
        with tempfile.NamedTemporaryFile('w', suffix='.jsonl') as file:
            for line in lines:
                file.write((line if isinstance(line, str) else json.dumps(line)) + '\n')
            file.flush()
            return scripts.run(scripts.path('demo', 'summary.py'), *options, file.name)

    def row(self, done, name):
        for line in done.stdout.split('\n'):
            if line.startswith(name):
                return line[len(name):].split()
        self.fail(f'no {name} in {done.stdout!r}, {done.stderr!r}')


class Viewer(Summaries):
    """osvdi-viewer's times, a line a frame."""

    def test_percentiles(self):
        done = self.summarise([frame(i, (i + 1) * 1000) for i in range(100)])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.row(done, 'source to presented'), ['50.0', '95.0', '99.0', '100.0'])
        self.assertEqual(self.row(done, 'received to presented'), ['49.0', '94.0', '98.0', '99.0'])
        self.assertEqual(self.row(done, 'decoding'), ['2.0'] * 4)
        self.assertIn('picture                  640x480', done.stdout)

    def test_rates(self):
        done = self.summarise([frame(i, 5000) for i in range(101)])
        self.assertIn('over                     1.0 s: 100.0 frames/s, 0.0 lossless updates/s, '
                      '1.01 Mbit/s', done.stdout)

    def test_clock_offset(self):
        done = self.summarise([frame(i, 5000, clock_offset_us=2000) for i in range(10)])
        self.assertEqual(self.row(done, 'source to presented')[0], '7.0')
        done = self.summarise([frame(i, 5000, clock_offset_us=None) for i in range(10)])
        self.assertEqual(self.row(done, 'source to presented')[0], '5.0')

    def test_dropped_frames_count_as_received_only(self):
        done = self.summarise([frame(i, 5000, presented_us=0 if i % 2 else 1_000_000 + i)
                               for i in range(10)])
        self.assertIn('frames presented         5 of 10 received', done.stdout)

    def test_no_capture_time_is_not_known(self):
        done = self.summarise([frame(i, 5000, capture_us=0) for i in range(10)])
        self.assertEqual(self.row(done, 'source to presented'), ['not', 'known'])
        self.assertEqual(self.row(done, 'decoding')[0] != 'not', True)

    def test_events_and_bad_lines(self):
        bad = ['', '{', '[1]', '"x"', 'null', '{"event": "start", "time_us": 1}',
               '{"frame": 1, "presented_us": true}', '{"presented_us": "soon"}']
        done = self.summarise(bad + [frame(i, 5000) for i in range(10)])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('frames presented         10 of 12 received', done.stdout)
        self.assertIn('unreadable lines         5', done.stdout)

    def test_skipped_lines(self):
        lines = [frame(i, 90000) for i in range(5)] + [frame(i, 5000) for i in range(5)]
        done = self.summarise(lines, '--skip-lines', '5')
        self.assertEqual(self.row(done, 'source to presented'), ['5.0'] * 4)

    def test_lossless_updates(self):
        # a picture of video, exact from 0.25 s on but for a tenth after a frame
        lines = [frame(0, 5000), tiles(25, 1000, change=False), tiles(30, 1000), frame(80, 5000),
                 tiles(90, 1000, change=False), tiles(100, 5000)]
        done = self.summarise(lines, '--min-frames', '4')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('frames presented         2 of 2 received', done.stdout)
        self.assertIn('over                     1.0 s: 1.0 frames/s, 2.0 lossless updates/s',
                      done.stdout)
        self.assertIn('pixel-exact              66 % of the time', done.stdout)
        self.assertEqual(self.row(done, '  of lossless updates')[:1], ['1.0'])
        self.assertEqual(self.row(done, 'source to presented')[-1], '5.0')
        self.assertEqual(self.summarise(lines, '--min-frames', '5').returncode, 1)

    def test_too_few_frames_fail(self):
        done = self.summarise([frame(0, 5000)], '--min-frames', '2')
        self.assertEqual(done.returncode, 1)
        self.assertIn('only 1 frames were presented', done.stderr)
        done = self.summarise([], '--min-frames', '1')
        self.assertEqual(done.returncode, 1)

    def test_no_file(self):
        done = scripts.run(scripts.path('demo', 'summary.py'), '/nonexistent/frames')
        self.assertEqual(done.returncode, 1)
        self.assertIn('No such file', done.stderr)
        self.assertNotIn('Traceback', done.stderr)


class Page(Summaries):
    """The page's figures, a line a second."""

    def second(self, n, **changes):
        return {'type': 'statistics', 'fps': 20, 'dropped': 1, 'mbit': 2.5, 'decode': 4,
                'present': 2, 'latency': n + 1, 'trip': 0.4, 'tiles': 10, 'exact': n % 2 == 0,
                'total': 20 * (n + 1), 'width': 1280, 'height': 800, 'codec': 'avc1.640028',
                **changes}

    def test_seconds(self):
        done = self.summarise([self.second(n) for n in range(100)], '--page', '--min-frames', '2')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.row(done, 'source to browser'), ['50.0', '95.0', '99.0', '100.0'])
        self.assertEqual(self.row(done, 'decoding'), ['4.0'] * 4)
        self.assertIn('100 of 100: 20.0 pictures/s, 1.0 dropped, 10.0 lossless updates/s, '
                      '2.50 Mbit/s', done.stdout)
        self.assertIn('at the end of 50 seconds', done.stdout)
        self.assertIn('1280x800, avc1.640028', done.stdout)

    def test_seconds_at_rest_count_for_nothing_else(self):
        rest = {'fps': 0, 'tiles': 0, 'latency': -1, 'decode': -1, 'present': -1}
        done = self.summarise([self.second(0), *(self.second(2, **rest) for _ in range(9))],
                              '--page')
        self.assertIn('1 of 10: 20.0 pictures/s', done.stdout)
        self.assertEqual(self.row(done, 'source to browser'), ['1.0'] * 4)

    def test_nothing_shown(self):
        done = self.summarise([self.second(0, total=0, fps=0, tiles=0)], '--page',
                              '--min-frames', '2')
        self.assertNotEqual(done.returncode, 0)
        self.assertIn('only 0 frames', done.stderr)


if __name__ == '__main__':
    unittest.main()
