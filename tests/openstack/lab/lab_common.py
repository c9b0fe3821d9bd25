# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""openstack-lab: where things are, and small helpers."""
import base64
import os
import sys
import time

D = os.environ['LAB_DIR']
HOST = '127.0.0.1'
BASE = int(os.environ['LAB_BASE_PORT'])
VIRT = os.environ['LAB_VIRT']
TLS = os.environ.get('LAB_TLS', '0') == '1'
SECURE = os.environ.get('LAB_SPICE_SECURE', '0') == '1'
BLAZAR = os.environ.get('LAB_BLAZAR', '0') == '1'
VNC = os.environ.get('LAB_VNC', '0') == '1'
WEB = os.environ.get('LAB_WEB', '')
NAMES = ('keystone', 'placement', 'glance', 'network', 'nova', 'spice', 'vv',
         'blazar', 'idp')
PORTS = {n: BASE + i for i, n in enumerate(NAMES)}
URL = {n: 'http://%s:%d' % (HOST, p) for n, p in PORTS.items()}
# The addresses that users are told: the same, or its TLS front (port + 10).
TLS_NAMES = ('keystone', 'glance', 'nova', 'spice', 'vv', 'blazar', 'idp')
PUBLIC = {n: ('https://%s:%d' % (HOST, p + 10)
              if TLS and n in TLS_NAMES else URL[n])
          for n, p in PORTS.items()}
SUBJECT = 'O=openstack-lab,CN=127.0.0.1'
T0 = time.time()


def p(*a):
    return os.path.join(D, *a)


def log(msg):
    sys.stderr.write('[lab %6.2f] %s\n' % (time.time() - T0, msg))
    sys.stderr.flush()


def write(path, text, mode=0o644):
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(fd, 'w') as f:
        f.write(text)


def secret(name):
    path = p('secrets', name)
    try:
        with open(path) as f:
            return f.read().strip()
    except FileNotFoundError:
        value = base64.b32encode(os.urandom(15)).decode().lower()
        write(path, value + '\n', 0o600)
        return value
