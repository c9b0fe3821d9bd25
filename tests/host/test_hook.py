#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""osvdi-libvirt-hook with the XML of guests as Nova 26, 31 and 32 make them, and with
all that could go wrong: the status is 0, whatever happens."""
import os
import pwd
import resource
import signal
import stat
import subprocess
import sys
import tempfile
import unittest

HOOK = os.path.abspath(sys.argv.pop(1))
INPUTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'inputs')
UUID = '6d2a2c1e-0b6f-4a8a-9a3f-1f7c8f4c2e0'
CONFIG = """
[flavor gpu-small]
mode=auto
bitrate=8000

[flavor gpu-*]
mode=on
heads=4
vgpu=auto
"""


def xml(name):
    with open(os.path.join(INPUTS, name + '.xml'), 'rb') as f:
        return f.read()


class Hook(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix='osvdi-hook.')
        self.guests = os.path.join(self.folder.name, 'run', 'guests')
        self.config = os.path.join(self.folder.name, 'host.conf')
        self.status = os.path.join(self.folder.name, 'run', 'status')
        self.libvirt = os.path.join(self.folder.name, 'qemu.conf')
        with open(self.libvirt, 'w') as f:
            f.write('user = "+%d"\n' % os.geteuid())
        with open(self.config, 'w') as f:
            f.write(CONFIG)

    def tearDown(self):
        self.folder.cleanup()

    def call(self, *words, data=b'', **kw):
        env = {'OSVDI_HOST_CONFIG': self.config, 'OSVDI_GUESTS': self.guests,
               'OSVDI_STATUS': self.status, 'OSVDI_LIBVIRT_CONFIG': self.libvirt}
        done = subprocess.run([HOOK, *words], input=data, env=env, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=60, check=False, **kw)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, b'')  # libvirt would take it for XML
        return done.stderr.decode()

    def prepare(self, data, name='guest'):
        return self.call(name, 'prepare', 'begin', '-', data=data)

    def release(self, data):
        return self.call('guest', 'release', 'end', '-', data=data)

    @staticmethod
    def system_call(pid):
        """"read" of the standard input, on x86_64; or a number."""
        with open(f'/proc/{pid}/syscall') as f:
            number, *arguments = f.read().split()
        return 'read' if (number, arguments[:1]) == ('0', ['0x0']) else number

    def files(self):
        return sorted(os.listdir(self.guests)) if os.path.isdir(self.guests) else []

    def text(self, n):
        with open(os.path.join(self.guests, f'{UUID}{n}.conf')) as f:
            return [line for line in f.read().splitlines() if not line.startswith('#')]

    def test_nova_26_and_31_have_names_of_flavors(self):
        self.assertEqual(self.prepare(xml('nova-26')), '')
        self.assertEqual(self.text(1), ['[spice-accel]', 'bitrate=8000', 'mode=auto', '[displays]'])
        self.assertEqual(self.prepare(xml('nova-31')), '')
        self.assertEqual(self.text(2),
                         ['[spice-accel]', 'mode=on', '[displays]', 'heads=4', 'vgpu=auto'])

    def test_nova_32_has_extra_specs(self):
        """Extra specs win over the flavor's name; an image's properties, of users, say nothing."""
        self.assertEqual(self.prepare(xml('nova-32')), '')
        self.assertEqual(self.text(3), ['[spice-accel]', 'bitrate=20000', 'mode=on', '[displays]',
                                        'heads=2', 'vgpu=on'])

    def test_file_is_readable_by_all_and_writable_by_none(self):
        os.umask(0o077)
        try:
            self.prepare(xml('nova-32'))
        finally:
            os.umask(0o022)
        st = os.stat(os.path.join(self.guests, UUID + '3.conf'))
        self.assertEqual(stat.S_IMODE(st.st_mode), 0o644)
        self.assertEqual(self.files(), [UUID + '3.conf'])

    def test_gone_at_release(self):
        self.prepare(xml('nova-26'))
        self.prepare(xml('nova-32'))
        self.assertEqual(self.release(xml('nova-32')), '')
        self.assertEqual(self.files(), [UUID + '1.conf'])
        self.assertEqual(self.release(xml('nova-32')), '')

    def test_status_is_of_the_user_of_qemu(self):
        user = 'nobody' if os.geteuid() == 0 else str(os.geteuid())
        with open(self.libvirt, 'w') as f:
            f.write('# user = "root"\nuser = "%s" # not "root"\n' % user)
        for name, n in (('nova-32', 3), ('plain', 4)):  # with settings and without
            self.assertEqual(self.prepare(xml(name)), '')
            path = os.path.join(self.status, '%s%d.json' % (UUID, n))
            st = os.stat(path)
            self.assertEqual(stat.S_IMODE(st.st_mode), 0o600)
            self.assertEqual(st.st_size, 0)
            if os.geteuid() == 0:
                self.assertEqual(st.st_uid, pwd.getpwnam('nobody').pw_uid)
            with open(path, 'w') as f:
                f.write('{}')
            self.prepare(xml(name))  # nothing of an earlier start stays
            self.assertEqual(os.stat(path).st_size, 0)
            self.release(xml(name))
            self.assertFalse(os.path.exists(path))

    def test_status_without_a_user(self):
        with open(self.libvirt, 'w') as f:
            f.write('user = "no-such-user"\n')
        self.assertIn('no-such-user', self.prepare(xml('nova-32')))
        self.assertEqual(self.files(), [UUID + '3.conf'])

    def test_status_is_no_link(self):
        victim = os.path.join(self.folder.name, 'victim')
        os.makedirs(self.status)
        os.symlink(victim, os.path.join(self.status, UUID + '3.json'))
        self.assertEqual(self.prepare(xml('nova-32')), '')
        self.assertFalse(os.path.exists(victim))

    def test_other_operations_do_nothing(self):
        for words in (('prepare', 'end'), ('start', 'begin'), ('started', 'begin'),
                      ('stopped', 'end'), ('reconnect', 'begin'), ('migrate', 'begin'),
                      ('restore', 'begin'), ('attach', 'begin')):
            self.assertEqual(self.call('guest', *words, '-', data=xml('nova-32')), '')
        self.assertEqual(self.files(), [])
        self.assertIn('libvirt calls this program', self.call())

    def test_guests_of_others_have_no_file(self):
        self.assertEqual(self.prepare(xml('plain')), '')
        self.assertEqual(self.files(), [])

    def test_what_was_there_goes_with_the_settings(self):
        """A flavor that lost its settings, and one with an error: never those of before."""
        for change in (b'osvdi:', b'other:'), (b'>2<', b'>2&#10;mode=off<'):
            self.prepare(xml('nova-32'))
            with open(self.config, 'w') as f:
                f.write('')
            error = self.prepare(xml('nova-32').replace(*change))
            self.assertEqual(self.files(), [])
            self.assertEqual('heads' in error, change[0] == b'>2<', error)

    def test_odd_names_and_values(self):
        for name, value in (('He', '1'), ('a=b', '1'), ('../x', '1'), ('', '1'), ('a' * 33, '1'),
                            ('heads', ''), ('heads', 'x' * 257), ('heads', '1&#10;[displays]')):
            with self.subTest(name=name, value=value):
                spec = f'<nova:extraSpec name="osvdi:{name}">{value}</nova:extraSpec>'.encode()
                data = xml('nova-32').replace(b'<nova:extraSpecs>', b'<nova:extraSpecs>' + spec)
                self.assertIn('extra specs of flavor gpu-large', self.prepare(data))
                self.assertEqual(self.files(), [])

    def test_backslash(self):
        data = xml('nova-32').replace(b'>on<', rb'>o\n<')
        self.prepare(data)
        self.assertIn(r'vgpu=o\\n', self.text(3))

    def test_uuids_that_are_paths(self):
        for uuid in b'../../../../../../../../etc/passwd00', \
            b'6d2a2c1e-0b6f-4a8a-9a3f-1f7c8f4c2e0/', b'', b'..':
            data = xml('nova-26').replace(b'<uuid>' + UUID.encode() + b'1</uuid>',
                                          b'<uuid>' + uuid + b'</uuid>')
            self.assertIn('the domain has no UUID', self.prepare(data))
        self.assertEqual(self.files(), [])

    def test_broken_xml(self):
        bomb = b'<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
        file = b'<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
        for data, text in ((b'', 'no XML'), (xml('nova-26')[:-20], 'not well-formed'),
                           (b'\0' * 100, 'not well-formed'),
                           (bomb + xml('nova-26'), 'document type'),
                           (file + xml('nova-26'), 'document type'),
                           (b'<a/>', 'no domain'), (b'<domain/>', 'no UUID'),
                           (xml('nova-26') + b'<!--' + b'x' * (1 << 20) + b'-->',
                            'longer than 1 MiB'),
                           (b'<domain>' * 100000, 'not well-formed'),
                           (b'<domain>\xff\xfe</domain>', 'not well-formed')):
            with self.subTest(text=text, data=data[:40]):
                self.assertIn(text, self.prepare(data))
        self.assertEqual(self.files(), [])

    def test_config_with_an_error(self):
        for text in '[flavor gpu-small]\nNAME=1\n', '[flavor gpu-small\n', \
            '[flavor gpu-small]\nmode=\n':
            with open(self.config, 'w') as f:
                f.write(text)
            self.assertIn('host.conf', self.prepare(xml('nova-26')))
            self.assertEqual(self.files(), [])

    def test_links_are_not_followed(self):
        victim = os.path.join(self.folder.name, 'victim')
        os.makedirs(self.guests)
        for name in f'{UUID}1.conf', f'.{UUID}1.new':
            os.symlink(victim, os.path.join(self.guests, name))
        self.assertEqual(self.prepare(xml('nova-26')), '')
        self.assertFalse(os.path.exists(victim))
        self.assertEqual(self.files(), [UUID + '1.conf'])

    def test_folder_of_others(self):
        os.makedirs(self.guests)
        os.chmod(self.guests, 0o777)
        self.assertIn(self.guests, self.prepare(xml('nova-26')))
        self.assertEqual(self.files(), [])

    def test_names_of_guests_are_no_options(self):
        for name in '--help', '../x', 'a\nb', '%s%n':
            self.call(name, 'prepare', 'begin', '-', data=b'<')
        self.assertEqual(self.files(), [])

    def test_input_that_does_not_come(self):
        """libvirt is not kept waiting."""
        read, write = os.pipe()
        try:
            done = subprocess.run([HOOK, 'guest', 'prepare', 'begin', '-'], stdin=read, timeout=60,
                                  check=False,
                                  env={'OSVDI_GUESTS': self.guests}, stderr=subprocess.PIPE)
        finally:
            os.close(read)
            os.close(write)
        self.assertEqual(done.returncode, 0)
        self.assertIn(b'gave up', done.stderr)

    @unittest.skipUnless(os.uname().machine == 'x86_64', 'system calls have other numbers')
    def test_crashes(self):
        """The hook dies of signals as a mistake of ours would send them, and the guest starts."""
        for number in signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGTERM:
            with subprocess.Popen([HOOK, 'guest', 'prepare', 'begin', '-'], stdin=subprocess.PIPE,
                                  stderr=subprocess.PIPE) as hook:
                while self.system_call(hook.pid) != 'read':
                    pass
                hook.send_signal(number)
                self.assertIn(b'gave up', hook.stderr.read())
                self.assertEqual(hook.wait(60), 0)

    def test_time(self):
        """Processor time: the least of several calls, as the machine may be busy."""
        least = 1e9
        for _ in range(20):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            self.prepare(xml('nova-32'))
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            least = min(least, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        print(f'processor time of a call: {least * 1000:.1f} ms')
        self.assertLess(least, 0.030 if os.environ.get('ASAN_OPTIONS') else 0.010)


unittest.main()
