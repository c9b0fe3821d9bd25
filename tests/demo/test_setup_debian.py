#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of scripts/setup-debian, none of which installs anything."""

import os
import shutil
import sys
import tempfile
import unittest

import scripts

MISSING = 'osvdi-there-is-no-such-package'


@unittest.skipUnless(shutil.which('dpkg-query'), 'no Debian')
class Setup(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.script = os.path.join(self.folder.name, 'setup-debian')
        shutil.copy(scripts.path('scripts', 'setup-debian'), self.script)
        self.write('packages.txt', '# a comment\n'
                   'here: dpkg bash\n'
                   f'gone: dpkg {MISSING}\n'
                   'provided: awk\n')

    def write(self, name, text):
        name = os.path.join(self.folder.name, name)
        with open(name, 'w', encoding='utf-8') as file:
            file.write(text)
        return name

    def setup(self, *arguments):
        return scripts.run(self.script, *arguments, env={'OSVDI_NO_INSTALL': '1'})

    def test_nothing_missing(self):
        done = self.setup('here')
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, '', ''))

    def test_a_provided_name_is_there(self):
        self.assertEqual(self.setup('provided').returncode, 0)

    def test_missing_is_named(self):
        for parts in (['gone'], ['here', 'gone'], ['all']):
            done = self.setup(*parts)
            self.assertEqual(done.returncode, 1, parts)
            self.assertTrue(done.stderr.endswith(f'--no-install-recommends {MISSING}\n'),
                            done.stderr)

    def test_print(self):
        done = self.setup('--print', 'gone')
        self.assertEqual(done.returncode, 0)
        self.assertEqual(done.stdout, f'apt-get install --no-install-recommends {MISSING}\n')

    def test_from_file(self):
        name = self.write('list', f'dpkg # not {MISSING}-2\n\n  bash\t{MISSING}\n')
        done = self.setup('--print', '--from', name)
        self.assertEqual(done.stdout.split()[3:], [MISSING])

    def test_usage(self):
        for arguments in ([], ['nothing-like-it'], ['--frobnicate'], ['--from', '/nonexistent']):
            done = self.setup(*arguments)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertIn('--help', done.stderr)
        self.assertEqual(self.setup('--help').returncode, 0)
        self.assertEqual(self.setup('--list').stdout.split(), ['here', 'gone', 'provided'])

    def test_the_real_list_reads(self):
        done = scripts.run(scripts.path('scripts', 'setup-debian'), '--list')
        for part in ('base', 'accel', 'client', 'broker', 'gateway', 'qemu-module', 'demo', 'tests',
                     'check', 'ci'):
            self.assertIn(part, done.stdout.split())


if __name__ == '__main__':
    unittest.main() if shutil.which('dpkg-query') else sys.exit(77)
