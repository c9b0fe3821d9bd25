# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The base of the tests in the lab VM: a QEMU that runs inside, with the small
guest, and is reached from here."""
import json
import os
import re
import socket
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'qemu'))

from qemu_harness import SANDBOX, SLOW_S, Pattern, Process, Qemu, step, until  # noqa: E402

LABVM = os.path.join(HERE, 'labvm')
OURS = '/opt/osvdi'


def inside(*argv):
    """The output of a command in the VM, which must succeed."""
    done = subprocess.run([LABVM, 'run', *map(str, argv)], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    assert done.returncode == 0, f'{argv} ended with {done.returncode}: {done.stderr.decode()}'
    return done.stdout.decode().strip()


def port(name):
    return int(subprocess.run([LABVM, 'port', name], check=True,
                              stdout=subprocess.PIPE).stdout)


def kernel_log():
    return inside('dmesg')


def blob():
    """A virtio-gpu whose scanouts are udmabufs of guest memory."""
    return ['-object', 'memory-backend-memfd,id=memory,size=64M,share=on',
            '-machine', 'memory-backend=memory', '-device', 'virtio-gpu-pci,blob=on']


class InnerQemu(Qemu):
    """As tests/qemu's, but in the VM. The guest is up when this returns."""

    def __init__(self, *options, spice='accel=on', name='qemu', machine='q35', words='', env=None):
        self.port = port('spice')
        settings = {'QEMU_MODULE_DIR': OURS, 'LIBVA_DRIVERS_PATH': OURS, **(env or {})}
        argv = ['env', *(f'{key}={value}' for key, value in settings.items()),
                'qemu-system-x86_64', *SANDBOX, '-nodefaults', '-no-user-config', '-vga', 'none',
                '-M', machine, '-accel', 'tcg', '-m', '64', '-display', 'none', '-S',
                '-pidfile', '/run/qemu.pid',
                '-qmp', 'tcp:0.0.0.0:5901,server=on,wait=off',
                '-serial', 'tcp:0.0.0.0:5902,server=on,wait=off',
                '-spice', 'addr=0.0.0.0,port=5900,disable-ticketing=on,accel-config=,'
                f'accel-fps=10,{spice}',
                '-kernel', OURS + '/guest.elf', '-append', 'guest ' + words, *options]
        Process.__init__(self, name, [LABVM, 'run', *argv])
        self.qmp_socket = until('QMP', self.connect_qmp)
        self.qmp('qmp_capabilities')
        s = socket.create_connection(('127.0.0.1', port('serial')), SLOW_S)
        self.serial = s.makefile('rw', newline='\n')
        self.qmp('cont')
        self.wait_guest()

    def connect_qmp(self):
        """The VM's ports always answer; QMP's greeting tells that QEMU did."""
        assert self.alive(), 'QEMU ended: ' + self.output()
        try:
            s = socket.create_connection(('127.0.0.1', port('qmp')), SLOW_S)
            self.monitor = s.makefile('rw')
            line = self.monitor.readline()
        except OSError:
            return None
        return s if line and json.loads(line) else None

    def pid(self):
        return inside('cat', '/run/qemu.pid')

    def descriptors(self):
        return int(inside('sh', '-c', f'ls /proc/{self.pid()}/fd | wc -l'))

    def stop(self, *_):
        if self.alive():
            subprocess.run([LABVM, 'run', 'sh', '-c', 'kill -9 $(cat /run/qemu.pid)'], check=False,
                           stderr=subprocess.DEVNULL)
        return super().stop()

    def says(self, pattern):
        """QEMU's own words, waited for."""
        until(f'"{pattern}" in the log', lambda: re.search(pattern, self.output()))

    def count(self, pattern):
        return len(re.findall(pattern, self.output()))

    def encoder(self):
        return self.status()['displays'][0]['encoder']


def start_again(qemu, viewer, width=800, height=600):
    step('the guest starts again')
    qemu.qmp('system_reset')
    qemu.wait_guest()
    pattern = Pattern(width, height, 3)
    qemu.guest(pattern.command())
    viewer.expect(pattern)


def many_modes(qemu, viewer, kept=1):
    """QEMU may keep so many descriptors for a while; the last pattern."""
    step('modes come and go, descriptors do not stay')
    before = qemu.descriptors()
    for i in range(12):
        pattern = Pattern(640 + 16 * i, 480, i % 4)
        qemu.guest(pattern.command())
    viewer.expect(pattern)
    assert qemu.descriptors() <= before + kept, (before, qemu.descriptors())
    return pattern
