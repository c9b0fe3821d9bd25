#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of scripts/run-tests, with a meson that does as a script says."""

import json
import os
import tempfile
import unittest

import scripts

# A meson whose tests give the results in the file "script": {name: [first, second, ...]}.
MESON = '''#!/usr/bin/env python3
import json, os, sys
here = os.path.dirname(os.path.abspath(__file__))
with open(here + '/script') as f:
    script = json.load(f)
folder, base = sys.argv[sys.argv.index('-C') + 1], sys.argv[sys.argv.index('--logbase') + 1]
names = sys.argv[sys.argv.index('--') + 1:] if '--' in sys.argv else list(script)
with open(here + '/asked', 'a') as f:
    f.write(' '.join(sys.argv[1:]) + '\\n')
os.makedirs(folder + '/meson-logs', exist_ok=True)
with open(f'{folder}/meson-logs/{base}.json', 'w') as f:
    for name in names:
        result = script[name].pop(0)
        json.dump({'name': 'p:suite / ' + name, 'result': result, 'duration': 1.0,
                   'stdout': ''.join(f'{name} {result} line {n}\\n' for n in range(100))}, f)
        f.write('\\n')
with open(here + '/script', 'w') as f:
    json.dump(script, f)
'''


class RunTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.write('meson', MESON)
        os.chmod(self.file('meson'), 0o755)

    def file(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.file(name), 'w', encoding='utf-8') as file:
            file.write(text)

    def call(self, *words, **env):
        path = self.folder + ':' + os.environ['PATH']
        return scripts.run(scripts.path('scripts', 'run-tests'), *words,
                           env={'CI': '', 'PATH': path, **env})

    def run_script(self, *options, **script):
        self.write('script', json.dumps(script))
        return self.call('run', self.file('results'), self.file('build'), *options)

    def count(self):
        return self.call('count', self.file('results')).stdout.strip()

    def judge(self):
        return self.call('judge', self.file('results'), self.file('record'))

    def flaky_run(self, *names):
        """A whole run in which these were flaky; how it was judged."""
        if os.path.exists(self.file('results')):
            os.unlink(self.file('results'))
        self.run_script(good=['OK'], **{name: ['FAIL', 'OK'] for name in names})
        return self.judge()

    def test_all_pass(self):
        done = self.run_script(a=['OK'], b=['EXPECTEDFAIL'], c=['SKIP'])
        self.assertEqual((done.returncode, self.count()), (0, '2 0 1'))
        self.assertIn('skipped: c (SKIP', done.stdout)

    def test_ci_skips_only_what_is_named(self):
        self.write('may-skip', '# tests\na  # no GPU\n')
        self.write('script', json.dumps({'a': ['SKIP'], 'b': ['OK']}))
        ci = {'CI': 'true', 'OSVDI_MAY_SKIP': self.file('may-skip')}
        done = self.call('run', self.file('results'), self.file('build'), **ci)
        self.assertEqual((done.returncode, self.count()), (0, '1 0 1'))
        self.write('script', json.dumps({'a': ['OK'], 'b': ['SKIP']}))
        done = self.call('run', self.file('results'), self.file('build'), **ci)
        self.assertEqual((done.returncode, self.count()), (1, '1 1 0'))
        self.assertIn('FAILED:  b (SKIP', done.stdout)

    def test_each_kind_of_failure_fails(self):
        for result in 'FAIL', 'TIMEOUT', 'ERROR', 'INTERRUPT', 'UNEXPECTEDPASS', 'SPLENDID':
            done = self.run_script(a=['OK'], b=[result, result])
            self.assertEqual((done.returncode, self.count()), (1, '1 1 0'), result)
            self.assertIn(f'FAILED:  b ({result}', done.stdout)

    def test_flaky_passes_and_is_told(self):
        done = self.run_script('--num-processes', '3', '--suite', 'unit', a=['OK'],
                               b=['FAIL', 'OK'])
        self.assertEqual((done.returncode, self.count()), (0, '2 0 0'))
        self.assertIn('  flaky:   b (FAIL, 1.0 s)\n', done.stdout)
        self.assertIn('    b FAIL line 99\n', done.stdout)
        self.assertNotIn('b FAIL line 50\n', done.stdout)
        with open(self.file('asked'), encoding='utf-8') as file:
            asked = file.read().splitlines()
        self.assertEqual(len(asked), 2)
        self.assertTrue(asked[1].endswith('--num-processes 1 --suite unit -- b'), asked[1])
        self.assertIn('b (FAIL, 1.0 s) had failed with: b FAIL line 99', self.judge().stdout)

    def test_skipped_the_second_time_has_failed(self):
        self.assertEqual(self.run_script(a=['FAIL', 'SKIP']).returncode, 1)

    def test_a_broken_build_is_not_repeated(self):
        script = {f't{n}': ['FAIL', 'OK'] for n in range(9)}
        done = self.run_script(**script)
        self.assertEqual((done.returncode, self.count()), (1, '0 9 0'))

    def test_no_test(self):
        done = self.run_script()
        self.assertEqual((done.returncode, self.count()), (1, '0 0 0'))

    def test_no_meson(self):
        self.write('meson', '#!/bin/sh\nexit 1\n')
        self.assertEqual(self.call('run', self.file('results'), self.file('build')).returncode, 1)
        self.assertEqual(self.count(), '0 0 0')

    def test_three_flaky_tests_pass_and_four_fail(self):
        self.assertEqual(self.flaky_run('a', 'b', 'c').returncode, 0)
        done = self.flaky_run('d', 'e', 'f', 'g')
        self.assertEqual(done.returncode, 1)
        self.assertIn('failed: 4 tests were flaky in this run', done.stdout)

    def test_flaky_twice_fails(self):
        self.assertEqual(self.flaky_run('a').returncode, 0)
        self.assertEqual(self.flaky_run('b').returncode, 0)
        done = self.flaky_run('a')
        self.assertEqual(done.returncode, 1)
        self.assertIn('failed: a: flaky in 2 of the last 3 runs', done.stdout)

    def test_long_ago_is_forgiven(self):
        self.flaky_run('a')
        for _ in range(4):
            self.assertEqual(self.flaky_run().returncode, 0)
        self.assertEqual(self.flaky_run('a').returncode, 0)

    def test_flaky_in_two_folders_of_one_run_fails(self):
        for _ in range(2):
            self.run_script(good=['OK'], a=['FAIL', 'OK'])
        self.assertEqual(self.judge().returncode, 1)

    def test_damaged_record(self):
        self.write('record', 'junk\n{"flaky": ["a"]}\n7\n')
        done = self.flaky_run('a')
        self.assertEqual(done.returncode, 1)
        self.assertIn('a line is damaged', done.stdout)

    def test_usage(self):
        self.assertEqual(self.call().returncode, 2)
        self.assertEqual(self.call('run', 'x').returncode, 2)
        self.assertEqual(self.call('--help').returncode, 0)


if __name__ == '__main__':
    unittest.main()
