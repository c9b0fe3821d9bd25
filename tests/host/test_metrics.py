#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""osvdi-host metrics: Prometheus' text of status files, of good ones and of those that a
guest wrote who had broken out of QEMU."""
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import unittest

HOST = os.path.abspath(sys.argv.pop(1))
UUID = '6d2a2c1e-0b6f-4a8a-9a3f-1f7c8f4c2e0'
DISPLAY = {'streaming': True, 'width': 1920, 'height': 1080, 'codec': 'h264', 'encoder': 'x264',
           'frames': 2 ** 53 - 1, 'bytes': 1000, 'tile_bytes': 7, 'encoder_failures': 0,
           'fps': 59.94, 'kbps': 8000.5, 'target_kbps': 9000, 'encode_ms_p50': 2.5,
           'encode_ms_p99': 10, 'capture_to_wire_ms_p50': 4, 'capture_to_wire_ms_p99': 9,
           'ack_ms_p50': 1.25, 'ack_ms_p99': 20}
STATUS = {'version': '0.1.0', 'running': True, 'viewers': 2, 'last_input': 1795888000.25,
          'displays': [DISPLAY]}
NAME = r'osvdi_(?:guest|display)_[a-z_]+'
LABEL = r'[a-z]+="[^"\\\n]*"'
SAMPLE = re.compile(r'(%s)\{(%s(?:,%s)*)\} (-?[0-9][0-9.e+-]*)' % (NAME, LABEL, LABEL))


class Metrics(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix='osvdi-metrics.')
        self.status = os.path.join(self.folder.name, 'run/osvdi/status')
        os.makedirs(self.status)

    def tearDown(self):
        self.folder.cleanup()

    def write(self, n, text, name='%s%d.json'):
        with open(os.path.join(self.status, name % (UUID, n)), 'wb') as f:
            f.write(text if isinstance(text, bytes) else json.dumps(text).encode())

    def run_host(self):
        return subprocess.run([HOST, 'metrics', '--root', self.folder.name], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)

    def read(self, errors=''):
        """The samples by name and labels; the text is as Prometheus reads it."""
        done = self.run_host()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(errors, done.stderr)
        self.assertEqual(bool(errors), bool(done.stderr), done.stderr)
        samples, types, last = {}, {}, None
        for line in done.stdout.splitlines():
            if line.startswith('# HELP '):
                last = line.split()[2]
                self.assertNotIn(last, types)
            elif line.startswith('# TYPE '):
                self.assertEqual(line.split()[2], last)
                types[last] = line.split()[3]
            else:
                match = SAMPLE.fullmatch(line)
                self.assertTrue(match, line)
                self.assertEqual(match[1], last)
                self.assertNotIn((match[1], match[2]), samples)
                self.assertEqual(types[last] == 'counter', last.endswith('_total'))
                samples[match[1], match[2]] = float(match[3])
        return samples

    def test_two_guests(self):
        self.write(1, STATUS)
        self.write(2, dict(STATUS, running=False, viewers=0, displays=[DISPLAY, DISPLAY]))
        samples = self.read()
        one, two = ('guest="%s%d"' % (UUID, n) for n in (1, 2))
        self.assertEqual(samples['osvdi_guest_viewers', one], 2)
        self.assertEqual(samples['osvdi_guest_running', one], 1)
        self.assertEqual(samples['osvdi_guest_running', two], 0)
        self.assertEqual(samples['osvdi_guest_last_input_timestamp_seconds', one], 1795888000.25)
        self.assertLess(samples['osvdi_guest_status_age_seconds', one], 300)
        head = one + ',head="0"'
        self.assertEqual(samples['osvdi_display_frames_total', head], 2 ** 53 - 1)
        self.assertEqual(samples['osvdi_display_frames_per_second', head], 59.94)
        self.assertEqual(samples['osvdi_display_bits_per_second', head], 8000500)
        self.assertEqual(
            samples['osvdi_display_encoder_info', head + ',encoder="x264",codec="h264"'], 1)
        self.assertEqual(
            samples['osvdi_display_round_trip_seconds', head + ',quantile="0.5"'], 0.00125)
        self.assertEqual(
            samples['osvdi_display_round_trip_seconds', head + ',quantile="0.99"'], 0.02)
        self.assertIn(('osvdi_display_streaming', two + ',head="1"'), samples)

    def test_without_guests(self):
        self.assertEqual(self.read(), {})
        os.rmdir(self.status)
        self.assertEqual(self.read(), {})

    def test_locale(self):
        self.write(1, STATUS)
        os.environ['LC_ALL'] = 'de_DE.UTF-8'
        try:
            self.assertIn(59.94, self.read().values())
        finally:
            del os.environ['LC_ALL']

    def test_nothing_written_yet(self):
        self.write(1, b'')
        self.write(2, STATUS)
        self.assertEqual({labels[:len('guest="') + 36] for _, labels in self.read()},
                         {'guest="%s2' % UUID})

    def test_other_names(self):
        for name in ('%s%d', '%s%d.conf', 'x%s%d.json', '.json', '%s%d"} 1.json'):
            with open(os.path.join(self.status, name % ((UUID, 1) if '%d' in name else ())),
                      'w') as f:
                f.write(json.dumps(STATUS))
        self.assertEqual(self.read(), {})

    def test_words_of_a_hostile_guest(self):
        evil = 'x"} 1\nosvdi_guest_viewers{guest="other"} 99\n\\' + 'y' * 1000
        self.write(1, dict(STATUS, viewers=evil, running={'a': 1}, last_input=[1],
                           displays=[dict(DISPLAY, encoder=evil, fps=evil), 7, None, [DISPLAY]]))
        samples = self.read()
        self.assertEqual({k[1].split(',')[0] for k in samples}, {'guest="%s1"' % UUID})
        self.assertFalse([k for k in samples if k[0] == 'osvdi_guest_viewers'])
        self.assertFalse([k for k in samples if k[0] == 'osvdi_display_frames_per_second'])

    def test_files_that_are_no_status(self):
        deep = b'[' * 30000
        for text in (b'{', b'null', b'[]', b'"x"', b'\xff\xfe{}', b'\0' * 10, deep,
                     b'{"a":' * 9000, json.dumps(STATUS).encode() + b' ' * 70000,
                     b'{"viewers": 1e999}', b'{"displays": 3}', b'{}'):
            with self.subTest(text=text[:20]):
                self.write(1, text)
                self.write(2, STATUS)
                done = self.run_host()
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn('osvdi_guest_viewers{guest="%s2"} 2' % UUID, done.stdout)
                self.assertNotIn('inf', done.stdout.lower().replace('_info', ''))

    def test_links_and_pipes(self):
        secret = os.path.join(self.folder.name, 'secret')
        with open(secret, 'w') as f:
            json.dump(STATUS, f)
        os.symlink(secret, os.path.join(self.status, UUID + '1.json'))
        os.mkfifo(os.path.join(self.status, UUID + '2.json'))
        os.mkdir(os.path.join(self.status, UUID + '3.json'))
        self.assertEqual(self.read(errors='no status of a guest'), {})

    def test_while_it_is_written(self):
        """QEMU writes longer and shorter texts into the same file."""
        texts = [json.dumps(dict(STATUS, displays=[DISPLAY] * n)).encode() for n in (1, 16)]
        ended = threading.Event()
        fd = os.open(os.path.join(self.status, UUID + '1.json'), os.O_WRONLY | os.O_CREAT)

        def write():
            while not ended.is_set():
                for text in texts:
                    os.pwrite(fd, text, 0)
                    os.ftruncate(fd, len(text))
                    ended.wait(0.001)

        os.pwrite(fd, texts[0], 0)
        writer = threading.Thread(target=write)
        writer.start()
        try:
            for _ in range(20):
                samples = self.read()
                self.assertEqual(samples['osvdi_guest_viewers', 'guest="%s1"' % UUID], 2)
        finally:
            ended.set()
            writer.join()
            os.close(fd)


if __name__ == '__main__':
    unittest.main()
