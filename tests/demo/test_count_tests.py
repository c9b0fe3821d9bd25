#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of scripts/count-tests.py."""

import json
import tempfile
import unittest

import scripts


class Count(unittest.TestCase):
    def count(self, *results):
        with tempfile.NamedTemporaryFile('w') as file:
            for number, result in enumerate(results):
                file.write(json.dumps({'name': f't{number}', 'result': result,
                                       'duration': 1.0}) + '\n')
            file.flush()
            return scripts.run(scripts.path('scripts', 'count-tests.py'), file.name)

    def test_results(self):
        done = self.count('OK', 'OK', 'EXPECTEDFAIL', 'SKIP', 'FAIL', 'TIMEOUT', 'ERROR',
                          'INTERRUPT', 'UNEXPECTEDPASS')
        self.assertEqual(done.stdout, '3 5 1\n')
        self.assertIn('skipped: t3', done.stderr)
        self.assertIn('FAILED:  t5 (TIMEOUT', done.stderr)

    def test_unknown_results_fail(self):
        self.assertEqual(self.count('SPLENDID').stdout, '0 1 0\n')

    def test_what_a_failed_test_said(self):
        with tempfile.NamedTemporaryFile('w') as file:
            for result in ('OK', 'FAIL'):
                said = '\n'.join(f'{result} line {n}' for n in range(100))
                file.write(json.dumps({'name': 't', 'result': result, 'stdout': said,
                                       'stderr': f'{result} error'}) + '\n')
            file.flush()
            done = scripts.run(scripts.path('scripts', 'count-tests.py'), file.name)
        self.assertEqual(done.stdout, '1 1 0\n')
        self.assertIn('    FAIL line 99\n    FAIL error\n', done.stderr)
        self.assertNotIn('FAIL line 50\n', done.stderr)
        self.assertNotIn('OK', done.stderr)

    def test_nothing(self):
        self.assertEqual(self.count().stdout, '0 0 0\n')

    def test_no_file(self):
        done = scripts.run(scripts.path('scripts', 'count-tests.py'), '/nonexistent/log')
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(done.stdout, '')


if __name__ == '__main__':
    unittest.main()
