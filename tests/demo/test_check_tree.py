#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of scripts/check-tree, on small repositories of their own."""

import os
import shutil
import sys
import tempfile
import unittest

import scripts

HEADER = ('# SPDX-FileCopyrightText: 2026 OSVDI contributors\n'
          '# SPDX-License-Identifier: GPL-2.0-or-later\n')
GOOD = {
    'LICENSES/GPL-2.0-or-later.txt': 'text\n',
    'README.md': 'See [the news](NEWS.md).\n\n```sh\nmake check  # all\n```\n',
    'NEWS.md': 'none\n',
    'Makefile': HEADER + 'check:\n\ttrue\n',
    '.ci/run': '#!/bin/sh\n' + HEADER + 'exec make check\n',
    'tests/part/meson.build': HEADER + "test('a', executable('a', 'a.c'))\n",
    'tests/part/a.c': HEADER.replace('#', '//') + 'int main(void) { return 0; }\n',
}


@unittest.skipUnless(shutil.which('git'), 'no git')
class CheckTree(unittest.TestCase):
    def check(self, **changes):
        """Run it on the good tree with changes (name=text with __ for /, ~ for .)."""
        files = dict(GOOD)
        files.update({k.replace('__', '/').replace('_dot_', '.'): v for k, v in changes.items()})
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                name = os.path.join(folder, name)
                os.makedirs(os.path.dirname(name), exist_ok=True)
                with open(name, 'w', encoding='utf-8') as file:
                    file.write(text)
            os.makedirs(os.path.join(folder, 'scripts'), exist_ok=True)
            script = os.path.join(folder, 'scripts', 'check-tree')
            for name in ('check-tree', 'comments.py', 'docnames.py', 'layers.py'):
                shutil.copy(scripts.path('scripts', name), script.replace('check-tree', name))
            for command in (['init', '-q'], ['add', '-A']):
                scripts.run('git', '-C', folder, *command)
            return scripts.run(script)

    def assert_found(self, what, **changes):
        done = self.check(**changes)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn(what, done.stdout)
        self.assertRegex(done.stdout, r'\n\d+ passed, 1 failed\n$')

    def test_good(self):
        done = self.check()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r'\n\d+ passed, 0 failed\n$')

    def test_licence(self):
        self.assert_found('x.c: no SPDX-License-Identifier', x_dot_c='int x;\n')
        self.assert_found('tool: no SPDX', tool='#!/bin/sh\ntrue\n')
        self.assert_found('LICENSES/MIT.txt is missing',
                          x_dot_c=HEADER.replace('#', '//').replace('GPL-2.0-or-later', 'MIT'))

    def test_strings(self):
        self.assert_found('NEWS.md:2: a path of some machine', NEWS_dot_md='a\nin /wor' 'k/main\n')
        self.assert_found('a path outside', NEWS_dot_md='see ..' '/shared/x\n')
        self.assert_found('the name of a mirror', NEWS_dot_md='http://deb.debian' '.org/\n')
        self.assert_found('a private key', NEWS_dot_md='-----BEGIN PRIVATE KE' 'Y-----\n')
        self.assertEqual(self.check(NEWS_dot_md='$dir/wor' 'k/x ./wor' 'k/y\n').returncode, 0)

    def test_unregistered(self):
        c = HEADER.replace('#', '//')
        what = 'no meson.build has it, and nothing in tests/ uses it'
        self.assert_found('tests/part/b.c: ' + what, tests__part__b_dot_c=c)
        # the name stands elsewhere, but nothing builds or runs the file
        self.assert_found('tests/part/test-b.py: ' + what, **{'tests__part__test-b_dot_py': HEADER},
                          tests__part__a_dot_c=c + '/* as b does */\n')
        self.assert_found('tests/part/b.c: ' + what, tests__part__b_dot_c=c,
                          tests__other__meson_dot_build=HEADER + "foreach name : ['b']\n")
        for build in ("test('b', executable('b', 'b.c'))", "foreach name : ['a', 'b']"):
            done = self.check(tests__part__b_dot_c=c,
                              tests__part__meson_dot_build=HEADER + build + "\n'a.c'\n")
            self.assertEqual(done.returncode, 0, done.stdout)
        done = self.check(tests__part__b_dot_py=HEADER,
                          tests__part__a_dot_c=c + '/* runs b.py */\n')
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_scripts(self):
        self.assert_found('tool:', tool='#!/bin/sh\n' + HEADER + 'if\n')
        self.assert_found('tool.py:3:', tool_dot_py=HEADER + 'def\n')

    def test_links(self):
        self.assert_found('no such file: gone.md', NEWS_dot_md='[x](gone.md#part)\n')
        self.assertEqual(
            self.check(NEWS_dot_md='[x](https://example.org/) [y](README.md)\n').returncode, 0)

    def test_names(self):
        c = HEADER.replace('#', '//') + 'static int\nwalk(int x)\n{\n\treturn x;\n}\n' \
            'struct leg {\n\tint x;\n};\n\nint run(void)\n{\n\treturn jump();\n}\n'
        page = '# Go\n`part/b.c`, `b.c:walk`, `b.c:leg` and [go](#go)\n'
        self.assertEqual(self.check(part__b_dot_c=c, docs__developer__x_dot_md=page).returncode, 0)
        self.assert_found('docs/developer/x.md: no such file: part/b.c',
                          docs__developer__x_dot_md='`part/b.c`')
        self.assert_found('docs/developer/x.md: b.c has no jump', part__b_dot_c=c,
                          docs__developer__x_dot_md='`b.c:jump`')
        self.assert_found('README.md: b.c has no fly', part__b_dot_c=c,
                          README_dot_md=GOOD['README.md'] + '`b.c:fly`')
        self.assert_found('README.md: no such path: tests/gone',
                          README_dot_md=GOOD['README.md'] + '`tests/part/`, `tests/gone`')
        self.assert_found('NEWS.md: no such heading: README.md#away',
                          README_dot_md=GOOD['README.md'] + '# Home\n',
                          NEWS_dot_md='[a](README.md#away) [b](README.md#home)')

    def test_widths(self):
        c = HEADER.replace('#', '//')
        self.assert_found('README.md:7: 101 columns', README_dot_md=GOOD['README.md'] +
                          '\n' + 'x' * 101)
        self.assert_found('spice-accel/x.c:3: 104 columns', **{
            'LICENSES/LGPL-2.1-or-later.txt': 'text\n',
            'spice-accel/x_dot_c': c.replace('GPL-2.0', 'LGPL-2.1') + '\t' + 'x' * 96})
        self.assert_found('part/x.js:1: 101 columns', part__x_dot_js='x' * 101 + '\n')
        self.assert_found('tool:4: 101 columns', tool='#!/bin/sh\n' + HEADER + ': ' + 'x' * 99)
        self.assertEqual(self.check(README_dot_md=GOOD['README.md'] + '\n|' + 'x' * 100 +
                                    '|\n', web__src__texts_dot_js='x' * 101).returncode, 0)

    def test_comments(self):
        c = HEADER.replace('#', '//')
        for number, text in ((3, '/* It is odd. */\n'), (4, '/**\n * What is odd.\n */\n'),
                             (3, '// Of oddities.\n'), (3, 'int x; /* They are odd. */\n')):
            self.assert_found(f'part/x.c:{number}: a comment begins with', part__x_dot_c=c + text)
        self.assert_found('x.py:3: a comment begins with "Those"', x_dot_py=HEADER + '# Those\n')
        self.assert_found('x.py:4: a comment begins with "What"',
                          x_dot_py=HEADER + 'def f():\n    \"\"\"What it is.\"\"\"\n')
        for text in ('// A line that goes on:\n// It is right.\n', '/* Often, Its, What\'s */\n',
                     '/* Text.\n * It goes on. */\n', 'char *x = "# It";\n'):
            done = self.check(part__x_dot_c=c + text)
            self.assertEqual(done.returncode, 0, done.stdout)

    def test_borrowed(self):
        c = HEADER.replace('#', '//')
        tree = {'lib__in__a_dot_h': c, 'lib__in__b_dot_h': c,
                'tool__x_dot_c': c + '#include "in/a.h"\n',
                'scripts__layers_dot_txt': 'lib in:\ntool from lib/in: a.h\n'}
        self.assertEqual(self.check(**tree).returncode, 0)
        self.assert_found('tool/y.c: tool may not include lib/in/b.h',
                          **tree, tool__y_dot_c=c + '#include "in/b.h"\n')
        tree['scripts__layers_dot_txt'] += 'tool from lib/in: a.h b.h\n'
        self.assert_found('tool: no file there includes lib/in/b.h', **tree)

    def test_commands(self):
        readme = GOOD['README.md']
        self.assert_found('no make target demo',
                          README_dot_md=readme.replace('make check', 'make check\nmake demo'))
        self.assert_found('no such script',
                          README_dot_md=readme.replace('make check', 'make check\nscripts/gone x'))
        self.assert_found('does not tell to run make check', README_dot_md='nothing\n')
        self.assert_found('.ci/run: does not run',
                          **{'_dot_ci__run': '#!/bin/sh\n' + HEADER + 'true\n'})

    def test_variables(self):
        code = HEADER.replace('#', '//') + 'char *x(void) { return getenv("OSVDI_X"); }\n'
        self.assert_found('tells about OSVDI_X', client__x_dot_c=code)
        self.assertEqual(self.check(client__x_dot_c=code,
                                    docs__env_dot_md='`OSVDI_X`\n').returncode, 0)


if __name__ == '__main__':
    unittest.main() if shutil.which('git') else sys.exit(77)
