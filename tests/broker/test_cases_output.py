# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The output of osvdi-broker: files, devices, pipes, descriptors."""
import json
import os
import socket
import stat
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                'clouds'))
from broker import Broker                      # noqa: E402
from cases import CaseTable, case, main        # noqa: E402

ASLEEP = {'servers': [{'name': 'desk', 'status': 'SHUTOFF'}]}
ODD = {'servers': [{'name': 'B\u00fcro \u2013 S\u00fcd \U0001f5a5'}]}
POOL = {'servers': [{'name': 'p\u00f6\u00f6l', 'user_id': 'u-nobody',
                     'metadata': {'osvdi:pool': 'lab'}}]}
STEERING = {'servers': [{
    'name': 'a\u009b2J\u202eb\u2066c\u2028d\x7fe\x1bf\U000e0041g\ufeffh'}]}
# All that shows a name, in a locale without a character set of its own.
PLAIN = ({'LC_ALL': 'C'}, {'LANG': 'C', 'LC_ALL': None}, {'LC_ALL': 'POSIX'})


class Names(CaseTable):
    """One name in every command and locale."""
    cases = {
        '%s %s' % (command.split()[0], env): case(
            command, 0, cloud, env=env, out=word)
        for env in PLAIN
        for command, cloud, word in (
            ('list', ODD, 'B\u00fcro \u2013 S\u00fcd \U0001f5a5'),
            ('start', ODD, 'B\u00fcro \u2013 S\u00fcd \U0001f5a5 ACTIVE'),
            ('stop', ODD, 'B\u00fcro \u2013 S\u00fcd \U0001f5a5 SHUTOFF'),
            ('reboot', ODD, 'B\u00fcro \u2013 S\u00fcd \U0001f5a5 ACTIVE'),
            ('wait', ODD, 'B\u00fcro \u2013 S\u00fcd \U0001f5a5 ACTIVE'),
            ('resolve --vv -', ODD, 'title=B\u00fcro \u2013 S\u00fcd'),
            ('assign lab', POOL, 'p\u00f6\u00f6l'))}
    cases['JSON escapes what steers'] = case(
        'list -f json', 0, STEERING, no_out=list(
            '\u009b\u202e\u2066\u2028\x7f\x1b\U000e0041\ufeff'),
        out=['\\u009b2J\\u202eb\\u2066c\\u2028d', '\\udb40\\udc41g\\ufeffh'],
        then=lambda self, cloud, broker, results: self.assertEqual(
            results[-1].json[0]['name'], STEERING['servers'][0]['name']))
    cases['JSON of resolve'] = case(
        'resolve -f json', 0, STEERING, no_out=['\u009b', '\u202e'])
    cases['JSON keeps letters'] = case(
        'list -f json', 0, ODD, out='B\u00fcro \u2013 S\u00fcd \U0001f5a5')


class Streams(CaseTable):
    """Standard descriptors that are closed, full or a pipe."""
    PRINTING = (('list',), ('list', '-f', 'json'), ('resolve',),
                ('resolve', '-f', 'json'), ('resolve', '--vv', '-'),
                ('resolve', '--vv', '/dev/stdout'), ('start',), ('stop',),
                ('reboot',), ('wait',), ('assign', 'lab'), ('--version',),
                ('list', '--version'), ('--help',), ('help',),
                ('list', '--help'), ('help', 'create'), ('leases',),
                ('release', 'nothing'), ('create', 'x', '--image', 'i',
                                         '--flavor', 'f'),
                ('reserve', 'x', '--for', '1h', '--flavor', 'f'),
                ('leases', 'delete', 'x', '--yes'),
                ('leases', 'extend', 'x', '--by', '1h'))
    ASKS = ('start', 'stop', 'reboot', 'wait', 'assign')

    def shell(self, text, args):
        """Run it by a shell, which closes and redirects."""
        return subprocess.run(
            ['sh', '-c', '"$@" ' + text, 'sh', *Broker.wrapper,
             Broker.program, *args], env=self.alice.env, cwd=self.home,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, timeout=60)

    def setUp(self):
        self.start(POOL)
        self.alice = self.broker()

    def test_closed_output(self):
        """Known before anything is asked of the cloud."""
        for args in self.PRINTING:
            for text in '>&-', '<&- >&-', '>/dev/null 1</dev/null':
                with self.subTest(args=args, text=text):
                    p = self.shell(text, args)
                    self.assertEqual(p.returncode, 1, p.stderr)
                    self.assertIn('standard output' if args[-1][0] != '/'
                                  else '/dev/stdout', p.stderr)
                    self.assertEqual(self.cloud.requests(), [])

    def test_full_output(self):
        for args in self.PRINTING[:15]:
            with self.subTest(args=args):
                p = self.shell('>/dev/full', args)
                if args[0] in ('list', '--help', '--version', 'help',
                               'assign'):
                    self.assertEqual(p.returncode, 1, p.stderr)
                    self.assertIn('No space left', p.stderr)
                self.assertNotEqual(p.returncode, 0)

    def test_no_descriptor_is_a_connection(self):
        """With all three closed nothing of ours is written to the cloud."""
        for text in ('<&- >&- 2>&-', '2>&-', '<&- 2>&-'):
            for args in (('-vv', 'list'), ('-vv', 'resolve', 'no'),
                         ('-vv', 'resolve', '--vv', self.home + '/x.vv')):
                self.shell(text, args)
        self.assertEqual(self.cloud.requests('JUNK'), [])
        self.assertTrue(self.cloud.requests('GET'))

    def test_closed_error_output(self):
        p = self.shell('2>&-', ('list', '--pool', 'lab'))
        self.assertEqual(p.returncode, 0)
        self.assertIn('p\u00f6\u00f6l', p.stdout)

    def test_file_needs_no_output(self):
        for server in list(self.cloud.servers):
            self.cloud.set(server, user_id='u-alice', metadata={})
        p = self.shell('<&- >&-', ('resolve', '--vv', 'x.vv'))
        self.assertEqual(p.returncode, 0, p.stderr)
        self.assertTrue(os.path.isfile(self.home + '/x.vv'))

    def test_reader_that_leaves(self):
        """As with other programs: ended by the signal."""
        p = self.alice.popen('list', '--all', '-f', 'json')
        p.stdout.close()
        self.assertEqual(p.wait(60), -13)
        p.stderr.close()


class Targets(CaseTable):
    """resolve --vv FILE, for files of all kinds."""
    def setUp(self):
        self.start(ASLEEP)
        self.alice = self.broker()
        self.assertEqual(os.listdir(self.home), ['tmp'])

    def path(self, name):
        return os.path.join(self.home, name)

    def left(self, *names):
        """Nothing else is in the home directory."""
        here = set(os.listdir(self.home)) - {'tmp', 'cache', 'config'}
        self.assertEqual(here, set(names))

    def check_text(self, text, deleted):
        self.assertTrue(text.startswith('[virt-viewer]\n'), text)
        self.assertIn('\ndelete-this-file=%d\n' % deleted, text)
        self.assertEqual(text.count('[osvdi]'), 1)

    def check_file(self, path, mode=0o600):
        with open(path) as f:
            self.check_text(f.read(), 1)
        state = os.lstat(path)
        self.assertTrue(stat.S_ISREG(state.st_mode))
        self.assertEqual(stat.S_IMODE(state.st_mode), mode)

    def test_new_file(self):
        for mask in (0, 0o22, 0o777):
            p = subprocess.run([*Broker.wrapper, Broker.program, 'resolve',
                                '--vv', 'x.vv'], env=self.alice.env,
                               cwd=self.home, umask=mask)
            self.assertEqual(p.returncode, 0)
            self.check_file(self.path('x.vv'))
        self.left('x.vv')

    def test_file_of_others_eyes(self):
        with open(self.path('x.vv'), 'w') as f:
            f.write('old' * 10000)
        os.chmod(self.path('x.vv'), 0o644)
        with open(self.path('x.vv')) as old:
            self.alice.ok('resolve', '--vv', 'x.vv')
            self.assertEqual(len(old.read()), 30000)
        self.check_file(self.path('x.vv'))
        self.left('x.vv')

    def test_links(self):
        """To a file or nothing: replaced. To a device: written to."""
        with open(self.path('precious'), 'w') as f:
            f.write('mine')
        os.symlink('precious', self.path('to-file'))
        os.symlink('nothing', self.path('to-nothing'))
        os.symlink('/dev/null', self.path('to-null'))
        os.symlink('to-null', self.path('to-link'))
        for name in 'to-file', 'to-nothing', 'to-null', 'to-link':
            self.alice.ok('resolve', '--vv', name)
        self.check_file(self.path('to-file'))
        self.check_file(self.path('to-nothing'))
        self.assertEqual(os.readlink(self.path('to-null')), '/dev/null')
        self.assertEqual(os.readlink(self.path('to-link')), 'to-null')
        with open(self.path('precious')) as f:
            self.assertEqual(f.read(), 'mine')
        self.left('precious', 'to-file', 'to-nothing', 'to-null', 'to-link')

    def test_devices(self):
        before = {p: os.lstat(p) for p in ('/dev/null', '/dev/full')}
        self.alice.ok('resolve', '--vv', '/dev/null')
        err = self.alice.fails(1, 'resolve', '--vv', '/dev/full').err
        self.assertIn('/dev/full: No space left', err)
        for path, state in before.items():
            now = os.lstat(path)
            self.assertEqual((now.st_mode, now.st_rdev, now.st_ino),
                             (state.st_mode, state.st_rdev, state.st_ino))

    def test_device_node_of_ones_own(self):
        """A device node: a program with the rights to replace it must not."""
        try:
            os.mknod(self.path('null'), stat.S_IFCHR | 0o666, os.makedev(1, 3))
            with open(self.path('null'), 'wb') as f:
                f.write(b'x')
        except PermissionError:
            self.skipTest('only root makes devices')
        self.alice.ok('resolve', '--vv', 'null')
        self.assertTrue(stat.S_ISCHR(os.lstat(self.path('null')).st_mode))

    def test_pipe(self):
        os.mkfifo(self.path('pipe'))
        seen = []

        def read():
            with open(self.path('pipe')) as f:
                seen.append(f.read())
        reader = threading.Thread(target=read)
        reader.start()
        self.alice.ok('resolve', '--vv', 'pipe')
        reader.join(30)
        self.check_text(seen[0], 0)
        self.assertTrue(stat.S_ISFIFO(os.lstat(self.path('pipe')).st_mode))
        self.left('pipe')

    def test_standard_output_by_name(self):
        for name in ('/dev/stdout', '/dev/fd/1', '/proc/self/fd/1',
                     '/proc/thread-self/fd/1'):
            self.check_text(self.alice.ok('resolve', '--vv', name).out, 0)
        self.left()

    def test_output_in_a_file(self):
        """A name of a descriptor that is a regular file replaces nothing."""
        for name, mode in (('/dev/stdout', 'w'), ('/proc/self/fd/1', 'a'),
                           ('/dev/fd/1', 'a')):
            with open(self.path('out'), mode) as f:
                f.write('before\n')
                f.flush()
                p = subprocess.run(
                    [*Broker.wrapper, Broker.program, 'resolve', '--vv', name],
                    env=self.alice.env, cwd=self.home, stdout=f)
            self.assertEqual(p.returncode, 0)
            self.assertTrue(os.path.exists('/dev/stdout'))
        with open(self.path('out')) as f:
            text = f.read()
        self.assertEqual(text.count('before\n[virt-viewer]'), 3)
        self.left('out')

    def run_with(self, fd, path):
        p = self.alice.popen('resolve', '--vv', path, pass_fds=[fd])
        out, err = p.communicate(timeout=60)
        return self.alice.finish(p, out, err)

    def test_descriptors(self):
        """Pipes and sockets that the caller opened."""
        ours, theirs = os.pipe()
        for fd, read in ((theirs, lambda: os.read(ours, 65536)),):
            for name in '/dev/fd/%d', '/proc/self/fd/%d':
                self.assertEqual(self.run_with(fd, name % fd).code, 0)
                self.check_text(read().decode(), 0)
        os.close(ours)
        os.close(theirs)
        a, b = socket.socketpair()
        self.assertEqual(self.run_with(
            b.fileno(), '/dev/fd/%d' % b.fileno()).code, 0)
        self.check_text(a.recv(65536).decode(), 0)
        a.close()
        b.close()

    def test_not_to_be_written(self):
        """Said before the desktop is woken, and before the login."""
        os.mkdir(self.path('directory'))
        os.mkdir(self.path('locked'), 0o500)
        with open(self.path('file'), 'w') as f:
            f.write('x')
        with socket.socket(socket.AF_UNIX) as s:
            s.bind(self.path('socket'))
        os.symlink('loop', self.path('loop'))
        cases = {
            'missing/x.vv': 'No such file', 'directory': 'Is a directory',
            'directory/': 'Is a directory', 'missing/': 'Is a directory',
            'file/x.vv': 'Not a directory', 'x' * 255: 'name too long',
            'x' * 5000: 'name too long', 'socket': 'socket', '.': 'directory',
            '/': 'directory', '/proc/x.vv': '/proc/x.vv',
            '/dev/fd/97': 'not open for writing',
            '/proc/self/fd/5': 'not open for writing'}
        if os.geteuid():
            cases['locked/x.vv'] = 'Permission denied'
        for path, word in cases.items():
            with self.subTest(path=path[:40]):
                err = self.alice.fails(1, 'resolve', '--vv', path).err
                self.assertIn(word, err)
                self.assertEqual(len(err.splitlines()), 1, err)
        self.assertEqual(self.cloud.requests(), [])
        self.assertEqual(os.listdir(self.path('directory')), [])
        self.left('directory', 'locked', 'file', 'socket', 'loop')

    def test_interrupted(self):
        """A signal at any time leaves no temporary file."""
        for _ in range(20):
            p = self.alice.popen('resolve', '--vv', 'x.vv')
            self.cloud.until(lambda: self.cloud.requests('remote-consoles'))
            p.terminate()
            p.communicate(timeout=60)
            self.cloud.asked.clear()
            self.assertFalse([n for n in os.listdir(self.home)
                              if n.startswith('x.vv.')])

    def test_json_beside(self):
        out = self.alice.ok('resolve', '--vv', 'x.vv', '-f', 'json').out
        self.assertEqual(json.loads(out)['name'], 'desk')
        self.check_file(self.path('x.vv'))
        err = self.alice.fails(2, 'resolve', '--vv', '-', '-f', 'json').err
        self.assertIn('standard output takes one', err)


if __name__ == '__main__':
    main()
