#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""debian/ knows each part of the tree: build dependencies, programs, services."""
import glob
import os
import re
import sys
import unittest

TOP = os.path.abspath(sys.argv.pop(1))
PARTS = 'accel', 'client', 'host', 'broker', 'gateway', 'portal', 'web'


def read(name):
    with open(os.path.join(TOP, name)) as f:
        return f.read()


def stanzas():
    text = re.sub(r'^#.*\n', '', read('debian/control'), flags=re.M)
    for stanza in text.strip().split('\n\n'):
        fields = re.findall(r'^([\w-]+):((?:.*\n?)(?:^[ \t].*\n?)*)', stanza, re.M)
        yield {name: value.strip() for name, value in fields}


class Control(unittest.TestCase):
    def setUp(self):
        self.source, *rest = stanzas()
        self.packages = {s['Package']: s for s in rest}
        self.assertGreater(len(self.packages), 8)

    def test_build_dependencies(self):
        """Headers that scripts/packages.txt names for a part are there for its package."""
        known = set(re.findall(r'[a-z0-9.+-]+-dev\b', self.source['Build-Depends']))
        parts = dict(line.split(':', 1) for line in read('scripts/packages.txt').splitlines()
                     if line and not line.startswith('#'))
        for part in PARTS:
            headers = {name for name in parts[part].split() if name.endswith('-dev')}
            self.assertEqual(headers - known - {'dpkg-dev'}, set(), part)

    def test_services(self):
        """Each service and timer is installed, and services of their own have packages."""
        rules = read('debian/rules')
        units = glob.glob(os.path.join(TOP, '*/data/*.service')) + \
            glob.glob(os.path.join(TOP, '*/data/*.timer'))
        self.assertGreaterEqual(len(units), 4)
        for unit in map(os.path.basename, units):
            name = re.sub(r'@?\.(service|timer)$', '', unit)
            with self.subTest(unit=unit):
                self.assertIn('/' + unit + ' ', rules.replace('\\\n', ''))
                if '@' in unit:
                    self.assertIn('--name=%s@ ' % name, rules)
                    continue
                self.assertIn(name, list(self.packages))
                self.assertIn('-p' + name, rules)
                files = read('debian/%s.install' % name)
                self.assertIn('usr/bin/' + name, files)
                self.assertIn('man8/%s.8' % name, files)

    def test_examples(self):
        """Settings that a part installs as examples are in its package."""
        for part in 'gateway', 'portal':
            files = read('debian/osvdi-%s.install' % part)
            found = re.findall(r"'data/[\w-]+(\.conf|\.cfg)'", read(part + '/meson.build'))
            self.assertGreaterEqual(len(found), 2)
            for ending in found:
                self.assertIn('usr/share/doc/osvdi-%s/*%s ' % (part, ending), files)

    def test_opened_libraries(self):
        """dpkg-shlibdeps does not see what programs open by name."""
        found = re.findall(r'"lib(ical)\.so\.3"', read('broker/plan/ical.c'))
        self.assertEqual(found, ['ical'])
        self.assertIn('libical3t64 | libical3', self.packages['osvdi-broker']['Recommends'])


if __name__ == '__main__':
    unittest.main()
