# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""openstack-lab: the Python side. Runs the distribution's own Keystone,
Placement, Glance and Nova; started by the openstack-lab script."""
import importlib
import os
import sys

from lab_common import p

COMMANDS = {
    'config': 'lab_config', 'probe': 'lab_serve', 'env': 'lab_seed',
    'servers': 'lab_seed', 'populate': 'lab_seed', 'serve_tls': 'lab_tls',
    'serve_identity': 'lab_serve', 'serve_glance': 'lab_serve',
    'serve_nova': 'lab_serve', 'serve_blazar': 'lab_serve',
    'db_keystone': 'lab_db', 'db_placement': 'lab_db', 'db_glance': 'lab_db',
    'db_nova': 'lab_db', 'seed_save': 'lab_db', 'seed_load': 'lab_db',
}

if __name__ == '__main__':
    # Keystone's own links are the public ones; some services follow them.
    os.environ['REQUESTS_CA_BUNDLE'] = p('tls', 'ca-cert.pem')
    name = sys.argv[1]
    getattr(importlib.import_module(COMMANDS[name]), 'cmd_' + name)()
