# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Which file includes which, held against scripts/layers.txt."""

import os
import re

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([^"]+)"', re.M)


def read_table(text):
    """The rows of layers.txt: {component: {folder: folders it may include}}, and
    {component: {folder of another component: headers it may include}}."""
    table, borrowed = {}, {}
    for line in text.split('\n'):
        if line.strip() and not line.startswith('#'):
            name, allowed = line.split(':')
            component, *rest = name.split()
            rows = borrowed if rest[0] == 'from' else table
            rows.setdefault(component, {})[rest[-1]] = allowed.split()
    return table, borrowed


def included(files, name, roots):
    """The files of the tree that a file includes. A path starts at the file's
    own folder, or at one of the roots."""
    for path in INCLUDE.findall(files[name] or ''):
        for root in [os.path.dirname(name), *roots]:
            found = os.path.normpath(os.path.join(root, path))
            if found in files:
                yield found
                break


def arrows(files, component):
    """{(folder, included folder): the first file that does it}. Files of the
    component outside any folder count for nothing when they include a folder."""
    found = {}
    for name in files:
        if not name.startswith(component + '/') or not name.endswith(('.c', '.h')):
            continue
        folder = os.path.relpath(os.path.dirname(name), component)
        for other in included(files, name, [component]):
            if other.startswith(component + '/'):
                target = os.path.relpath(os.path.dirname(other), component)
                if folder not in ('.', target):
                    found.setdefault((folder, target), name)
    return found


def folders(files, component):
    """The folders of a component that hold C."""
    return {os.path.relpath(os.path.dirname(name), component) for name in files
            if name.startswith(component + '/') and name.endswith(('.c', '.h'))} - {'.'}


def check_component(files, component, rows):
    """Yield what is wrong with the arrows of one component."""
    found = arrows(files, component)
    there = folders(files, component)
    for folder in sorted(there ^ set(rows)):
        yield f'{component}/{folder}: ' + ('no row in scripts/layers.txt' if folder in there else
                                           'a row in scripts/layers.txt, but no such folder with C')
    above = []
    for folder, allowed in rows.items():
        for target in allowed:
            if target not in above:
                yield f'{component} {folder}: {target} has no row above this row'
            if folder in there and (folder, target) not in found:
                yield (f'{component} {folder}: no file there includes {target}; '
                       f'remove it from the row')
        above.append(folder)
    for (folder, target), name in sorted(found.items()):
        if target not in rows.get(folder, []):
            yield f'{name}: {component}/{folder} may not include {target} (scripts/layers.txt)'


def check_borrowed(files, component, rows):
    """Yield what is wrong with the headers that a component has from others."""
    others = sorted({folder.split('/')[0] for folder in rows})
    found = {}
    for name in files:
        if name.startswith(component + '/') and name.endswith(('.c', '.h')):
            for other in included(files, name, [component, *others]):
                if other.split('/')[0] in others:
                    found.setdefault(other, name)
    allowed = {f'{folder}/{header}' for folder, headers in rows.items() for header in headers}
    for header in sorted(set(found) - allowed):
        yield f'{found[header]}: {component} may not include {header} (scripts/layers.txt)'
    for header in sorted(allowed - set(found)):
        yield f'{component}: no file there includes {header}; remove it from the row'


def cycles(files):
    """Headers that include themselves by way of others, each circle once."""
    roots = sorted({os.path.dirname(name) for name in files if name.endswith('.h')})
    headers = {}
    for name in files:
        if name.endswith('.h'):
            part = name.split('/')[0] + '/' # a name that two components use means the nearer file
            near = sorted(roots, key=lambda root: not (root + '/').startswith(part))
            headers[name] = list(included(files, name, near))
    state, stack = {}, []

    def walk(name):
        state[name] = 'open'
        stack.append(name)
        for other in headers[name]:
            if state.get(other) == 'open':
                yield ' -> '.join([*stack[stack.index(other):], other])
            elif other in headers and other not in state:
                yield from walk(other)
        stack.pop()
        state[name] = 'done'

    for name in sorted(headers):
        if name not in state:
            yield from walk(name)


def check(files):
    """All that is wrong with who includes whom."""
    table, borrowed = read_table(files.get('scripts/layers.txt') or '')
    for component, rows in table.items():
        yield from check_component(files, component, rows)
    for component, rows in borrowed.items():
        yield from check_borrowed(files, component, rows)
    for circle in cycles(files):
        yield f'includes run in a circle: {circle}'
