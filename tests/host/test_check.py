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

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'lib'))
from harness import said_on_terminal  # noqa: E402

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
        '  /etc/spice-accel.conf r,\n  @{run}/osvdi/guests/*.conf r,\n'
        '  @{run}/osvdi/status/*.json w,\n',
    'etc/passwd': 'root:x:0:0::/root:/bin/sh\nlibvirt-qemu:x:64055:994::/:/usr/sbin/nologin\n',
    'etc/group': 'render:x:%d:libvirt-qemu\n' % os.getegid(),
    'etc/libvirt/qemu.conf': '# comment\ncgroup_device_acl = [ # devices\n    "/dev/null",\n'
                             '    "/dev/dri/renderD128" # the GPU\n]\nspice_tls = 1 # yes\n'
                             'user = "libvirt-qemu" # not "root"\n',
    'etc/nova/nova.conf': '[DEFAULT]\ndebug = false\n'
                          '[spice]\nenabled = true\nagent_enabled = true\n'
                          '[devices]\nenabled_mdev_types = i915-GVTg_V5_4\n',
    'dev/dri/renderD128': '',
    TYPE + '/available_instances': '1\n',
    'probe': PROBE,
}


QEMU_CONF = FILES['etc/libvirt/qemu.conf']
NOVA, HOST_CONF, ACCEL = 'etc/nova/nova.conf', 'etc/osvdi/host.conf', 'etc/spice-accel.conf'
ABSTRACTION = 'etc/apparmor.d/abstractions/libvirt-qemu'
DISPLAYS = '[spice-accel]\nmode=auto\n[displays]\n'
NO_TLS = QEMU_CONF.replace('spice_tls = 1', 'spice_tls = 0')
# Files that differ on a host (None removes a file), then a check, its state and words of it
STATES = (
    ({ABSTRACTION: None}, 'apparmor', 'unused', 'AppArmor does not confine'),
    ({ABSTRACTION + '.d/osvdi': None}, 'apparmor', 'wrong', 'no rule /etc/spice-accel.conf r,'),
    ({ACCEL: None}, 'key-file', 'unused', 'only guests whose command line asks'),
    ({ACCEL: '[spice-accel\n'}, 'key-file', 'wrong', 'spice-accel.conf'),
    ({ACCEL: DISPLAYS + 'heads=16\nvgpu=off\n'}, 'key-file', 'right', ''),
    ({ACCEL: DISPLAYS + 'heads=17\n'}, 'key-file', 'wrong', 'a number from 0 to 16'),
    ({ACCEL: DISPLAYS + 'heads=-1\n'}, 'key-file', 'wrong', 'a number from 0 to 16'),
    ({ACCEL: DISPLAYS + 'heads=\n'}, 'key-file', 'wrong', 'a number from 0 to 16'),
    ({ACCEL: DISPLAYS + 'vgpu=perhaps\n'}, 'key-file', 'wrong', 'off, auto or on'),
    ({ACCEL: DISPLAYS + 'mode=auto\n'}, 'key-file', 'wrong', '[displays] has no setting mode'),
    ({ACCEL: '[spice-accel]\nencoder=x264\n'}, 'render-node', 'unused', 'without GPU'),
    ({ACCEL: '[spice-accel]\nencoder=x264\n'}, 'va', 'unused', 'without GPU'),
    ({HOST_CONF: None}, 'flavors', 'unused', "by the flavor's name"),
    ({HOST_CONF: '[gpu-*]\nmode=on\n'}, 'flavors', 'wrong', '[gpu-*] is not [flavor PATTERN]'),
    ({HOST_CONF: 'mode=on\n'}, 'flavors', 'wrong', 'host.conf'),
    ({HOST_CONF: '[flavor a]\nheads=99\n'}, 'flavors', 'wrong', 'heads=99'),
    ({HOST_CONF: '[flavor a]\nspeed=1\n'}, 'flavors', 'wrong', 'speed'),
    ({'usr/bin/qemu-system-x86_64': None}, 'module', 'wrong', 'QEMU is not installed'),
    ({'usr/bin/qemu-system-x86_64': 'ELF'}, 'module', 'wrong', 'loads no modules'),
    ({'usr/bin/qemu-system-x86_64': 'ELF ' + STAMP[:-1]}, 'module', 'wrong', 'loads no modules'),
    ({MODULE: None}, 'module', 'wrong', 'QEMU has no SPICE module'),
    ({'etc/libvirt/qemu.conf': NO_TLS}, 'certificates', 'unused', 'in the clear'),
    ({'etc/libvirt/qemu.conf': NO_TLS}, 'certificate-key', 'unused', 'no spice_tls = 1'),
    ({'etc/libvirt/qemu.conf': QEMU_CONF + 'spice_tls = 0\n'}, 'certificates', 'right', ''),
    ({'etc/libvirt/qemu.conf': QEMU_CONF + 'spice_tls_x509_cert_dir = "/other" # x\n'},
     'certificates', 'wrong', '/other/ca-cert.pem is missing or no certificate'),
    ({CERTIFICATES + '/ca-cert.pem': None}, 'certificates', 'wrong', 'ca-cert.pem is missing'),
    ({CERTIFICATES + '/server-cert.pem': 'x'}, 'certificates', 'wrong', 'server-cert.pem is'),
    ({CERTIFICATES + '/server-key.pem': None}, 'certificates', 'wrong', 'server-key.pem is'),
    ({CERTIFICATES + '/server-key.pem': None}, 'certificate-key', 'unused', 'is missing'),
    ({'etc/libvirt/qemu.conf': QEMU_CONF.replace('"libvirt-qemu"', '"root"')},
     'certificate-key', 'right', ''),
    ({'etc/libvirt/qemu.conf': QEMU_CONF.replace('"libvirt-qemu"', "'nobody-here'")},
     'render-node', 'wrong', 'there is no user nobody-here'),
    ({'etc/libvirt/qemu.conf': QEMU_CONF.replace('    "/dev/dri', '    # "/dev/dri')},
     'render-node', 'wrong', 'is not in cgroup_device_acl'),
    ({'etc/libvirt/qemu.conf': QEMU_CONF.replace('cgroup', 'my_cgroup')},
     'render-node', 'wrong', 'is not in cgroup_device_acl'),
    ({'dev/dri/renderD128': None}, 'render-node', 'unused', 'the processor encodes'),
    ({'probe': PROBE + 'echo "  not usable: no driver"\n'}, 'va', 'wrong', 'no driver'),
    ({'probe': None}, 'va', 'wrong', 'probe'),
    ({NOVA: None}, 'nova-spice', 'unused', 'no compute node of Nova'),
    ({NOVA: None}, 'nova-devices', 'unused', 'no compute node of Nova'),
    ({NOVA: '[spice]\nenabled = true\n'}, 'nova-devices', 'unused', 'enables no type'),
    ({NOVA: '[spice]\nenabled = Yes\n'}, 'nova-spice', 'right', ''),
    ({NOVA: '[vnc]\nenabled = true\n'}, 'nova-spice', 'wrong', '[spice] enabled'),
    ({NOVA: '[spice]\nenabled = true\n[devices]\nenabled_vgpu_types = i915-GVTg_V5_9\n'},
     'nova-devices', 'wrong', 'i915-GVTg_V5_9'),
    ({NOVA: '[spice]\nenabled = true\n[devices]\nenabled_mdev_types = , i915-GVTg_V5_4\n'},
     'nova-devices', 'right', ''),
    ({'etc/nova/nova-compute.conf': '[spice]\nenabled = false\n'}, 'nova-spice', 'wrong',
     '[spice] enabled'),
    ({TYPE + '/available_instances': None, NOVA: None, ACCEL: DISPLAYS + 'vgpu=on\n'}, 'mdev',
     'wrong', 'offers no type'),
)


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

    def change(self, path, text):
        """A file as it was, with another text; None: no file."""
        mode = os.stat(self.path(path)).st_mode if os.path.exists(self.path(path)) else 0o644
        os.remove(self.path(path)) if os.path.exists(self.path(path)) else None
        if text is None:
            if not os.listdir(os.path.dirname(self.path(path))):
                os.rmdir(os.path.dirname(self.path(path)))
            return
        self.write(path, text)
        self.chmod(path, mode)

    def test_states(self):
        for changes, check, state, words in STATES:
            with self.subTest(changes=changes, check=check):
                self.tearDown()
                self.setUp()
                for path, text in changes.items():
                    self.change(path, text)
                done = self.run_check('--json')
                found = {c['check']: c for c in json.loads(done.stdout)['checks']}
                self.assertEqual(found[check]['state'], state, done.stdout)
                self.assertIn(words, found[check]['text'])
                self.assertEqual(bool(found[check]['remedy']), state == 'wrong')
                wrong = any(c['state'] == 'wrong' for c in found.values())
                self.assertEqual(done.returncode, wrong)
    def test_user_missing(self):
        """No remedy gives anything to a user who does not exist."""
        self.change('etc/libvirt/qemu.conf', QEMU_CONF.replace('"libvirt-qemu"', '"nobody-here"'))
        checks = json.loads(self.run_check('--json').stdout)['checks']
        missing = [c for c in checks if 'there is no user nobody-here' in c['text']]
        self.assertEqual({c['check'] for c in missing}, {'render-node', 'certificate-key'})
        for c in missing:
            self.assertEqual(c['remedy'], 'editor /etc/libvirt/qemu.conf')

    def test_full_disk(self):
        """Half a report is told to be one."""
        for words in (['check'], ['check', '--json'], ['metrics'], ['--version']):
            env = dict(os.environ, OSVDI_PROBE=self.path('probe'), LC_ALL='C')
            with open('/dev/full', 'w') as full:
                done = subprocess.run([HOST, '--root', self.root, *words], env=env, stdout=full,
                                      stderr=subprocess.PIPE, text=True, check=False)
            self.assertEqual(done.returncode, 1, words)
            self.assertIn('No space left', done.stderr)

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
        report = json.loads(self.run_check('--json').stdout)
        remedy = [c['remedy'] for c in report['checks'] if c['check'] == 'apparmor'][0]
        remedy = remedy.replace('/etc/apparmor.d/', self.path('etc/apparmor.d/'))
        subprocess.run(['sh', '-c', remedy], check=True)
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

    def test_key_locked(self):
        """A key with a pass phrase is wrong; nobody is asked for the phrase."""
        base = os.path.join(self.keys.name, 'server')
        openssl('rsa', '-aes128', '-passout', 'pass:word', '-in', base + '.key',
                '-out', base + '-locked.key')
        self.use('server-locked.key', 'server-key.pem')
        self.chmod(CERTIFICATES + '/server-key.pem', 0o640)
        self.assert_wrong('certificates', 'no key without password')
        said = self.run_on_terminal()
        self.assertIn('no key without password', said)

    def run_on_terminal(self):
        """All that the program says on a terminal, which a question ends."""
        return said_on_terminal([HOST, 'check', '--root', self.root], 'pass phrase',
                                dict(os.environ, OSVDI_PROBE=self.path('probe'), LC_ALL='C'))

    def test_key_open(self):
        self.chmod(CERTIFICATES + '/server-key.pem', 0o644)
        self.assert_wrong('certificate-key', 'readable for everybody')

    def test_key_closed(self):
        self.chmod(CERTIFICATES + '/server-key.pem', 0o600)
        self.assert_wrong('certificate-key', 'may not open it')


if __name__ == '__main__':
    unittest.main()
