#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest moves to another QEMU, and its client follows; then its state is kept for a
while. (Through sockets: a QEMU in libvirt's sandbox starts no "exec:" program.)"""
import os
import socket
import threading

from qemu_harness import FOLDER, Pattern, Qemu, Viewer, Xvfb, free_port, step, until

DEVICES = '-device', 'virtio-tablet-pci'


def wait_migration(qemu):
    def done():
        status = qemu.qmp('query-migrate').get('status')
        assert status not in ('failed', 'cancelled'), qemu.qmp('query-migrate')
        return status == 'completed'
    until('the end of the migration', done)


def save(qemu, path):
    """The state of the guest, which goes to a socket."""
    state = []

    def take(listener):
        peer, _ = listener.accept()
        with peer, peer.makefile('rb') as stream:
            state.append(stream.read())
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        reader = threading.Thread(target=take, args=[listener], daemon=True)
        reader.start()
        qemu.qmp('migrate', uri='unix:' + path)
        wait_migration(qemu)
        qemu.quit()
        reader.join()
    return state[0]


def send(state, path):
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(path)
        s.sendall(state)


x = Xvfb()
source = Qemu(*DEVICES, name='source')
viewer = Viewer(source, x)
source.wait_guest()
pattern = Pattern(800, 600)
source.guest(pattern.command())
viewer.expect(pattern)

step('with a client connected')
port = free_port()
target = Qemu(*DEVICES, '-incoming', f'tcp:127.0.0.1:{port}', name='target')
source.qmp('client_migrate_info', protocol='spice', hostname='127.0.0.1', port=target.port)
source.qmp('migrate', uri=f'tcp:127.0.0.1:{port}')
wait_migration(source)
until('the guest runs there', lambda: target.qmp('query-status')['running'])
until('the client is there', lambda: target.qmp('query-spice')['channels'])
source.quit()
other = Pattern(640, 480, 2)
target.guest(other.command())
viewer.expect(other, save='migrated')
viewer.stop()

step('saved and restored')
state = save(target, os.path.join(FOLDER, 'save'))
path = os.path.join(FOLDER, 'restore')
restored = Qemu(*DEVICES, '-incoming', 'unix:' + path, name='restored')
send(state, path)
until('the guest runs', lambda: restored.qmp('query-status')['running'])
viewer = Viewer(restored, x, name='viewer2')
viewer.expect(other)
restored.guest(pattern.command())
viewer.expect(pattern)
restored.quit()
