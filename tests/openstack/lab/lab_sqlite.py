# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""openstack-lab: SQLite files as OpenStack's databases."""
import contextlib
import sqlite3

from lab_common import p


def sqlite_url(name):
    return 'sqlite:///' + p('db', name)          # D is absolute: four slashes


def sqlite_copy(src, dst):
    with contextlib.closing(sqlite3.connect(src)) as s, \
            contextlib.closing(sqlite3.connect(dst)) as d:
        s.backup(d)
        d.execute('PRAGMA journal_mode=WAL')


def sqlite_new(name):
    with contextlib.closing(sqlite3.connect(p('db', name))) as c:
        c.execute('PRAGMA journal_mode=WAL')
