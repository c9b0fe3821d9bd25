#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""osvdi-host check with a host that is right, and with one thing of it broken at a
time: the check names exactly that thing, and a command."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

HOST = os.path.abspath(sys.argv.pop(1))
STAMP = 'qemu_stamp_' + '0123456789abcdef' * 2 + '01234567'
OTHER = 'qemu_stamp_' + 'fedcba9876543210' * 2 + '01234567'
MODULE = 'usr/lib/x86_64-linux-gnu/qemu/ui-spice-core.so'
CERTIFICATES = 'etc/pki/libvirt-spice'
TYPE = 'sys/class/mdev_bus/0000:00:02.0/mdev_supported_types/i915-GVTg_V5_4'
PROBE = '#!/bin/sh\necho "Render nodes:"\necho "$5"\necho "  driver: test"\n'

FILES = {
    'usr/bin/qemu-system-x86_64': 'ELF ' + STAMP + '\0',
    MODULE: 'ELF ' + STAMP + '\0spice_accel_server_create\0',
    'usr/lib/x86_64-linux-gnu/libspice-accel.so.0': '',
    'etc/spice-accel.conf': '[spice-accel]\nmode=auto\n[displays]\nheads=2\n',
    'etc/osvdi/host.conf': '[flavor gpu-*]\nmode=on\nvgpu=auto\n',
    'etc/apparmor.d/abstractions/libvirt-qemu':
        '  include if exists <abstractions/libvirt-qemu.d>\n',
    'etc/apparmor.d/abstractions/libvirt-qemu.d/osvdi':
        '  /etc/spice-accel.conf r,\n  @{run}/osvdi/guests/*.conf r,\n',
    'etc/passwd': 'root:x:0:0::/root:/bin/sh\nlibvirt-qemu:x:64055:994::/:/usr/sbin/nologin\n',
    'etc/group': 'render:x:%d:libvirt-qemu\n' % os.getegid(),
    'etc/libvirt/qemu.conf': '# comment\ncgroup_device_acl = [\n    "/dev/null",\n'
                             '    "/dev/dri/renderD128"\n]\nspice_tls = 1\n',
    'etc/nova/nova.conf': '[DEFAULT]\ndebug = false\n'
                          '[spice]\nenabled = true\nagent_enabled = true\n'
                          '[devices]\nenabled_mdev_types = i915-GVTg_V5_4\n',
    'dev/dri/renderD128': '',
    TYPE + '/available_instances': '1\n',
    'probe': PROBE,
}


def openssl(*words):
    subprocess.run(['openssl', *words], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Check(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.keys = tempfile.TemporaryDirectory(prefix='osvdi-check-keys.')
        for name, days in (('server', '30'), ('stranger', '30')):
            cls.issue(name, days)

    @classmethod
    def tearDownClass(cls):
        cls.keys.cleanup()

    @classmethod
    def issue(cls, name, days):
        """NAME.pem and NAME.key, signed by an authority of their own, NAME-ca.pem."""
        base = os.path.join(cls.keys.name, name)
        openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj',
                '/CN=%s authority' % name, '-days', days,
                '-keyout', base + '-ca.key', '-out', base + '-ca.pem')
        openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=' + name,
                '-keyout', base + '.key',
                '-out', base + '.csr')
        openssl('x509', '-req', '-in', base + '.csr', '-CA', base + '-ca.pem',
                '-CAkey', base + '-ca.key',
                '-set_serial', '1', '-days', days, '-out', base + '.pem')

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix='osvdi-check.')
        self.root = self.folder.name
        for path, text in FILES.items():
            self.write(path, text)
        self.chmod('probe', 0o755)
        self.chmod('dev/dri/renderD128', 0o660)
        self.write('usr/sbin/osvdi-libvirt-hook', '#!/bin/sh\n')
        self.chmod('usr/sbin/osvdi-libvirt-hook', 0o755)
        os.makedirs(self.path('etc/libvirt/hooks/qemu.d'))
        os.symlink(self.path('usr/sbin/osvdi-libvirt-hook'),
                   self.path('etc/libvirt/hooks/qemu.d/osvdi'))
        self.use('server-ca.pem', 'ca-cert.pem')
        self.use('server.pem', 'server-cert.pem')
        self.use('server.key', 'server-key.pem')
        self.chmod(CERTIFICATES + '/server-key.pem', 0o640)

    def tearDown(self):
        self.folder.cleanup()

    def path(self, name):
        return os.path.join(self.root, name)

    def write(self, path, text):
        os.makedirs(os.path.dirname(self.path(path)), exist_ok=True)
        with open(self.path(path), 'w') as f:
            f.write(text)
        self.chmod(path, 0o644)

    def chmod(self, path, mode):
        os.chmod(self.path(path), mode)

    def replace(self, path, old, new):
        with open(self.path(path)) as f:
            text = f.read()
        self.assertIn(old, text)
        with open(self.path(path), 'w') as f:
            f.write(text.replace(old, new))

    def use(self, name, as_name):
        with open(os.path.join(self.keys.name, name)) as f:
            self.write(os.path.join(CERTIFICATES, as_name), f.read())

    def run_check(self, *words):
        env = dict(os.environ, OSVDI_PROBE=self.path('probe'), LC_ALL='C')
        return subprocess.run([HOST, 'check', '--root', self.root, *words], env=env,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=60, check=False)

    def assert_wrong(self, check, text):
        done = self.run_check('--json')
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        report = json.loads(done.stdout)
        wrong = [c for c in report['checks'] if c['state'] == 'wrong']
        self.assertEqual([c['check'] for c in wrong], [check], done.stdout)
        self.assertEqual(report['wrong'], 1)
        self.assertIn(text, wrong[0]['text'])
        self.assertTrue(wrong[0]['remedy'])
        plain = self.run_check().stdout
        self.assertIn('WRONG  %-16s %s' % (check, wrong[0]['text']), plain)
        self.assertIn(wrong[0]['remedy'], plain)

    def test_right(self):
        done = self.run_check('--json')
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        states = {c['check']: c['state'] for c in json.loads(done.stdout)['checks']}
        self.assertEqual(set(states.values()), {'right'}, done.stdout)
        self.assertEqual(len(states), 13)
        self.assertNotIn('WRONG', self.run_check().stdout)

    def test_nothing_there(self):
        """A host without libvirt, Nova, GPU and TLS: only QEMU counts."""
        with tempfile.TemporaryDirectory(prefix='osvdi-check.') as self.root:
            report = json.loads(self.run_check('--json').stdout)
        wrong = {c['check'] for c in report['checks'] if c['state'] == 'wrong'}
        self.assertEqual(wrong, {'module', 'library'})

    def test_arguments(self):
        for words in ([], ['mend'], ['check', '--nonsense'], ['check', 'twice']):
            done = subprocess.run([HOST, *words], stderr=subprocess.DEVNULL, check=False)
            self.assertEqual(done.returncode, 2, words)

    def test_stamp(self):
        self.replace(MODULE, STAMP, OTHER)
        self.assert_wrong('module', 'of another build')

    def test_stock_module(self):
        self.replace(MODULE, 'spice_accel_server_create', 'spice_server_new')
        self.assert_wrong('module', 'the distribution\'s')

    def test_no_module(self):
        os.remove(self.path(MODULE))
        self.assert_wrong('module', 'no SPICE module')

    def test_library(self):
        os.remove(self.path('usr/lib/x86_64-linux-gnu/libspice-accel.so.0'))
        self.assert_wrong('library', 'libspice-accel.so.0')

    def test_key_file_mode(self):
        self.chmod('etc/spice-accel.conf', 0o600)
        self.assert_wrong('key-file', 'mode 0600')

    def test_key_file_setting(self):
        self.replace('etc/spice-accel.conf', 'mode=auto', 'mode=perhaps')
        self.assert_wrong('key-file', 'mode')

    def test_key_file_displays(self):
        self.replace('etc/spice-accel.conf', 'heads=2', 'heads=99')
        self.assert_wrong('key-file', 'heads=99')

    def test_flavors(self):
        self.replace('etc/osvdi/host.conf', 'vgpu=auto', 'fps=many')
        self.assert_wrong('flavors', 'fps')

    def test_hook_missing(self):
        os.remove(self.path('etc/libvirt/hooks/qemu.d/osvdi'))
        self.assert_wrong('hook', 'is missing')

    def test_hook_no_program(self):
        self.chmod('usr/sbin/osvdi-libvirt-hook', 0o644)
        self.assert_wrong('hook', 'is no program')

    def test_apparmor(self):
        self.replace('etc/apparmor.d/abstractions/libvirt-qemu.d/osvdi',
                     '  /etc/spice', '  # /etc/spice')
        self.assert_wrong('apparmor', '/etc/spice-accel.conf r,')

    def test_apparmor_12(self):
        """Debian 12 does not read the folder."""
        self.write('etc/apparmor.d/abstractions/libvirt-qemu',
                   '  include <local/abstractions/libvirt-qemu>\n')
        self.assert_wrong('apparmor', '/etc/spice-accel.conf r,')
        self.write('etc/apparmor.d/local/abstractions/libvirt-qemu',
                   '/etc/spice-accel.conf r,\n/run/osvdi/guests/*.conf r,\n')
        self.assertEqual(self.run_check().returncode, 0)

    def test_render_group(self):
        self.chmod('dev/dri/renderD128', 0o600)
        self.assert_wrong('render-node', 'user libvirt-qemu may not open it')

    def test_render_acl(self):
        self.replace('etc/libvirt/qemu.conf', 'renderD128', 'renderD129')
        self.assert_wrong('render-node', 'cgroup_device_acl')

    def test_va(self):
        self.write('probe',
                   PROBE + 'echo "  hint: this driver does not encode H.264 on this GPU."\n')
        self.chmod('probe', 0o755)
        self.assert_wrong('va', 'does not encode H.264')

    def test_mdev(self):
        os.remove(self.path(TYPE + '/available_instances'))
        os.rmdir(self.path(TYPE))
        self.replace('etc/nova/nova.conf', 'enabled_mdev_types', '#enabled_mdev_types')
        self.assert_wrong('mdev', 'no type')

    def test_nova_spice(self):
        self.replace('etc/nova/nova.conf', 'enabled = true\nagent', 'enabled = false\nagent')
        self.assert_wrong('nova-spice', '[spice] enabled')

    def test_nova_agent(self):
        self.replace('etc/nova/nova.conf', 'agent_enabled = true', 'agent_enabled = False')
        self.assert_wrong('nova-spice', 'agent_enabled')

    def test_nova_types(self):
        self.replace('etc/nova/nova.conf', 'GVTg_V5_4', 'GVTg_V5_8')
        self.assert_wrong('nova-devices', 'GVTg_V5_8')

    def test_certificate_expired(self):
        base = os.path.join(self.keys.name, 'server')
        openssl('x509', '-req', '-in', base + '.csr', '-CA', base + '-ca.pem',
                '-CAkey', base + '-ca.key',
                '-set_serial', '2', '-days', '-1',
                '-out', os.path.join(self.keys.name, 'expired.pem'))
        self.use('expired.pem', 'server-cert.pem')
        self.assert_wrong('certificates', 'not valid at this time')

    def test_certificate_of_others(self):
        self.use('stranger.pem', 'server-cert.pem')
        self.assert_wrong('certificates', 'not signed by')

    def test_key_of_others(self):
        self.use('stranger.key', 'server-key.pem')
        self.chmod(CERTIFICATES + '/server-key.pem', 0o640)
        self.assert_wrong('certificates', 'not the key')

    def test_key_open(self):
        self.chmod(CERTIFICATES + '/server-key.pem', 0o644)
        self.assert_wrong('certificate-key', 'readable for everybody')

    def test_key_closed(self):
        self.chmod(CERTIFICATES + '/server-key.pem', 0o600)
        self.assert_wrong('certificate-key', 'may not open it')


if __name__ == '__main__':
    unittest.main()
