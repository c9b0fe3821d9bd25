# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Comments that make no sense without the text above them, by their first word."""

import re

FIRST = r'(?:It|They|Those|What|Of)\b(?!\')'

# The files with comments, by the mark of a comment that takes one line.
SLASHES = re.compile(r'\.(c|h|h\.in|S|js|mjs|ts|css)$')
NO_COMMENTS = re.compile(r'\.(md|po|svg|json|vv|xml|html)$|(^|/)corpus/|^LICENSES/')

BLOCK = re.compile(r'/\*\*?<?[ \t]*(?:\n[ \t]*\*)?[ \t]+(' + FIRST + ')')
DOCSTRING = re.compile(r'^[ \t]*"""(' + FIRST + ')', re.M)


def lines_of(mark):
    """A comment's first line, when the comment begins with such a word."""
    return re.compile(r'(?:^|[ \t])' + mark + r'[ \t]+(' + FIRST + ')')


LINE = {'//': lines_of('//'), '#': lines_of('#')}


def continues(lines, number, mark):
    """Whether a line goes on with the comment that the line above began."""
    above = lines[number - 1].strip() if number else ''
    return lines[number].lstrip().startswith(mark) and above.startswith(mark) and \
        above.strip(mark + '! ') != '' and 'SPDX-' not in above


def first_words(name, text):
    """Yield (line, word) for each comment of a file that begins with such a word."""
    mark = '//' if SLASHES.search(name) else '#'
    lines = text.split('\n')
    for number, line in enumerate(lines):
        found = LINE[mark].search(line)
        if found and not continues(lines, number, mark):
            yield number + 1, found[1]
    for pattern in (BLOCK,) if mark == '//' else (DOCSTRING,):
        for found in pattern.finditer(text):
            yield text.count('\n', 0, found.start(1)) + 1, found[1]


def check(files):
    """Yield what is wrong with the comments of the tree."""
    for name, text in files.items():
        if text and not NO_COMMENTS.search(name):
            for number, word in first_words(name, text):
                yield f'{name}:{number}: a comment begins with "{word}": name the thing'
