# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Names of the code in the documents: `file.c`, `file.c:name`, and headings in links."""

import os
import re

# Documents about the code. Those for users name files of other projects too.
ABOUT_CODE = re.compile(r'^(docs/developer/.*|CONTRIBUTING|([\w-]+/)*README)\.md$')
FILE = re.compile(r'`((?:[\w.+-]+/)*[\w.+-]+\.(?:c|h|py))(?::(\w+))?`')
PATH = re.compile(r'`((?:broker|broker-cli|client|demo|docs|gateway|host|portal|qemu-patches|'
                  r'scripts|spice-accel|subprojects|tests|web)/[\w./+-]*)[`: ]')
LINK = re.compile(r'\]\(([^)\s#]*)#([^)\s]+)\)')


def has_name(text, name):
    """Whether C or Python text defines or declares a name. A call does not count: it is
    indented, or it ends a line at the left edge nowhere in this tree."""
    n = re.escape(name)
    return any(re.search(pattern, text, re.M) for pattern in (
        rf'^(?![\s*/])[^\n;(]*\b{n}\(',             # a function
        rf'\b(?:struct|enum|union)\s+{n}\s*\{{',    # a type
        rf'^\s*#\s*define\s+{n}\b',                 # a macro
        rf'^(?![\s*/])[^\n(;]*\b{n}(?:\[[^\n]*\])*\s*(?:=|;)',  # a variable
        rf'^\s+{n}\s*(?:,|=)',                      # an enumerator
        rf'\(\*(?:const )?{n}\)\(',                 # a member of a table of functions
        rf'^\s*(?:def|class) {n}\b',                # Python
    ))


def owners(files, path):
    """The files of the tree that a document means by a path or the end of one."""
    return [name for name in files if name == path or name.endswith('/' + path)]


def check_files(files):
    """Each `file.c` exists, and each `file.c:name` has that name."""
    for document, text in files.items():
        if text is None or not ABOUT_CODE.match(document):
            continue
        for path, name in sorted(set(FILE.findall(text))):
            if 'NAME' in path: # for the reader to fill in
                continue
            found = owners(files, path)
            if not found:
                yield f'{document}: no such file: {path}'
            elif name and not any(has_name(files[f] or '', name) for f in found):
                yield f'{document}: {path} has no {name}'


def check_paths(files):
    """Each path in the tree exists: a file, a folder, or a file without its ending. A path
    starts at the top or at the document's own folder."""
    for document, text in files.items():
        if text is None or not ABOUT_CODE.match(document):
            continue
        for path in sorted(set(PATH.findall(text))):
            places = [path, os.path.normpath(os.path.join(os.path.dirname(document), path))]
            if 'NAME' not in path and \
                    not any(name == place or name.startswith((place.rstrip('/') + '/', place + '.'))
                                              for place in places for name in files):
                yield f'{document}: no such path: {path}'


def slug(heading):
    """The name that a heading has in links."""
    heading = re.sub(r'\[([^\]]*)\]\([^)]*\)', r'\1', heading).strip().lower()
    return re.sub(r'[^\w\- ]', '', heading).replace(' ', '-')


def headings(text):
    """The headings of a document, as links name them."""
    text = re.sub(r'^```.*?^```', '', text, flags=re.M | re.S)
    return {slug(line) for line in re.findall(r'^#+ (.*)$', text, re.M)}


def check_headings(files):
    """Links to a heading lead to one that exists."""
    for document, text in files.items():
        if text is None or not document.endswith('.md'):
            continue
        for target, heading in LINK.findall(text):
            if re.match(r'[a-z+]+:', target):
                continue
            path = os.path.normpath(os.path.join(os.path.dirname(document),
                                                 target)) if target else document
            if path.endswith('.md') and files.get(path) and heading not in headings(files[path]):
                yield f'{document}: no such heading: {target}#{heading}'


def check(files):
    """All names in documents that nothing has."""
    yield from check_files(files)
    yield from check_paths(files)
    yield from check_headings(files)
