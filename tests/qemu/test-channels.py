#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Channels in the clear: none where the main channel needs TLS, those that the
command line leaves plain where channels are mixed, all on a plain server."""
import os
import socket
import ssl
import struct
import subprocess

from qemu_harness import FOLDER, Qemu, Viewer, Xvfb, need, step, until
from harness import exactly
from ports import free_port

need('openssl')
NAMES = {1: 'main', 2: 'display', 3: 'inputs', 4: 'cursor', 5: 'playback', 6: 'record',
         8: 'smartcard', 9: 'usbredir', 10: 'port', 11: 'webdav', 99: 'of the future'}
NOVA = [NAMES[n] for n in (1, 2, 3, 4, 5, 6, 8, 9)]  # what its require_secure names
HERE = ('main', 'display', 'inputs', 'cursor')
OK, NEED_SECURED = 0, 5  # SPICE_LINK_ERR_*
SUBJECT = 'CN=guest'


def make_certificate():
    folder = os.path.join(FOLDER, 'tls')
    os.mkdir(folder)
    path = folder + '/server-'
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2',
                    '-subj', '/' + SUBJECT,
                    '-keyout', path + 'key.pem', '-out', path + 'cert.pem'], check=True,
                   stderr=subprocess.DEVNULL)
    os.link(path + 'cert.pem', folder + '/ca-cert.pem')
    return folder


def ask(port, kind, tls):
    """The server's answer to a client that wants a channel of this kind."""
    message = struct.pack('<IBBIII', 0, kind, 0, 0, 0, 18)
    with socket.create_connection(('127.0.0.1', port), 30) as s:
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            s = context.wrap_socket(s)
        s.sendall(b'REDQ' + struct.pack('<III', 2, 2, len(message)) + message)
        try:
            header = exactly(s, 20)
        except EOFError:  # as where the guest has no such channel
            return None
    assert header[:4] == b'REDQ'
    return struct.unpack('<I', header[16:])[0]


def expect(port, tls, refused=()):
    """The server refuses these channels, for want of TLS, and takes those of the
    others that this guest has."""
    for kind, name in NAMES.items():
        answer = ask(port, kind, tls)
        wanted = [NEED_SECURED] if name in refused else [OK] if name in HERE else [OK, None]
        assert answer in wanted, (name, 'TLS' if tls else 'plain', answer)


folder = make_certificate()


def start(name, channels, accel='accel=on'):
    tls_port = free_port()
    qemu = Qemu(spice=f'tls-port={tls_port},x509-dir={folder}{channels},{accel}', guest=False,
                name=name)
    return qemu, tls_port


def tls_channels(names):
    return ''.join(',tls-channel=' + name for name in names)


step('as Nova with require_secure: nothing in the clear')
qemu, tls_port = start('nova', tls_channels(NOVA))
expect(qemu.port, tls=False, refused=NAMES.values())
expect(tls_port, tls=True)
assert ask(tls_port, 10, tls=True) == OK
assert 'need TLS' in qemu.output(), qemu.output()

step('a stock client that knows both ports gets its picture')
x = Xvfb()
viewer = Viewer(qemu, x, tls=(tls_port, folder + '/ca-cert.pem', SUBJECT))
until('pictures', lambda: qemu.status()['displays'][0]['frames'] > 0)
viewer.stop()
qemu.quit()

step('TLS for all by its own name')
qemu, tls_port = start('default', tls_channels(['default']))
expect(qemu.port, tls=False, refused=NAMES.values())
expect(tls_port, tls=True)
qemu.quit()

step('mixed: what is named plain stays plain')
qemu, tls_port = start('mixed', tls_channels(['main', 'inputs']) + ',plaintext-channel=playback')
expect(qemu.port, tls=False, refused=set(NAMES.values()) - {'playback'})
qemu.quit()

step('mixed: the port follows the display')
qemu, tls_port = start('display', tls_channels(['display']))
expect(qemu.port, tls=False, refused=('display', 'port'))
expect(tls_port, tls=True)
qemu.quit()
qemu, tls_port = start('rest', tls_channels(['main', 'display']) + ',plaintext-channel=default')
expect(qemu.port, tls=False, refused=('main', 'display', 'port'))
qemu.quit()
qemu, tls_port = start('plain-port', tls_channels(['display']) + ',plaintext-channel=port')
expect(qemu.port, tls=False, refused=('display',))
assert 'plaintext-channel=port' in qemu.output(), qemu.output()
qemu.quit()

step('plain, and not accelerated: as ever')
qemu, tls_port = start('plain', '')
expect(qemu.port, tls=False)
expect(tls_port, tls=True)
qemu.quit()
qemu, tls_port = start('classic', tls_channels(NOVA), accel='accel=off')
expect(qemu.port, tls=False, refused=NOVA)
qemu.quit()
