#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Check what the broker's library keeps, calls and shows, by its archives and sources.
usage: test_symbols.py BASE-ARCHIVE ARCHIVE SOURCE-DIRECTORY"""
import glob
import os
import re
import subprocess
import sys
import unittest

*ARCHIVES, SOURCES = sys.argv[1:]

# Names that belong to the program: its environment, terminal, end, and what all
# threads share.
FORBIDDEN = re.compile(
    r'(secure_)?getenv|environ|g_(get|set|unset)env|g_get_environ|g_get_(user|home|tmp)_\w+|'
    r'std(in|out|err)|_?exit|abort|isatty|g_print\w*|printf|puts|umask|sigprocmask|signal|'
    r'sigaction|chdir|setlocale|curl_global_\w+|getpwnam|getpwuid|strtok|localtime|gmtime')
# The one file with variables: the functions of a library, found once by whichever thread
# comes first.
TABLES = 'plan_ical.c.o]'
# Sections of variables. Constants that hold addresses are in .data.rel.ro.
VARIABLES = re.compile(r'\.(data|bss|tdata|tbss)(\.(?!rel\.ro).*)?$')


def readelf(*options):
    return subprocess.run(['readelf', '-W', *options, *ARCHIVES], check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def symbols():
    """(file, size, kind, binding, visibility, section's name, name) of each symbol."""
    file, sections = None, {}
    for line in readelf('-S', '-s').splitlines():
        if line.startswith('File: '):
            file, sections = line[len('File: '):], {}
        section = re.match(r'\s*\[\s*(\d+)\]\s+(\S+)\s', line)
        if section:
            sections[section[1]] = section[2]
        words = line.split()
        if len(words) == 8 and re.match(r'\d+:$', words[0]):
            yield (file, int(words[2], 0), words[3], words[4], words[5],
                   sections.get(words[6], words[6]), words[7])


class Archive(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.symbols = list(symbols())
        if any(re.match(r'__(asan|tsan|gcov)', s[-1]) for s in cls.symbols):
            raise unittest.SkipTest('a sanitizer adds symbols of its own')

    def test_reads_the_archive(self):
        names = {s[-1] for s in self.symbols}
        self.assertLessEqual({'osvdi_broker_create', 'redact_text'}, names)

    def test_no_variables(self):
        found = [f'{s[0]}: {s[-1]}' for s in self.symbols
                 if s[2] in ('OBJECT', 'TLS', 'COMMON') and s[1] and
                 (VARIABLES.match(s[5]) or s[5] == 'COM') and not s[0].endswith(TABLES)]
        self.assertEqual(found, [])

    def test_calls_nothing_of_the_program(self):
        found = sorted({f'{s[0]}: {s[-1]}' for s in self.symbols
                        if s[5] == 'UND' and FORBIDDEN.fullmatch(s[-1])})
        self.assertEqual(found, [])

    def test_shows_the_face_alone(self):
        """All else is hidden, so that a shared library that takes the archive in
        does not show it either. A static archive can do no more."""
        shown = {s[-1] for s in self.symbols if s[3] == 'GLOBAL' and s[4] == 'DEFAULT' and
                 s[5] != 'UND'}
        with open(os.path.join(SOURCES, 'include', 'osvdi-broker.h')) as file:
            face = set(re.findall(r'\b(osvdi_broker_\w+)\(', file.read()))
        self.assertEqual(shown, face)


class Sources(unittest.TestCase):
    def test_messages_name_no_option(self):
        found, files = [], glob.glob(os.path.join(SOURCES, '*', '*.c'))
        self.assertGreater(len(files), 30)
        for name in files:
            with open(name) as file:
                for text in re.findall(r'"((?:[^"\\\n]|\\.)*)"', file.read()):
                    if re.search(r'(^|[\s(])--[a-z]', text):
                        found.append(f'{name}: {text}')
        self.assertEqual(found, [])


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])
