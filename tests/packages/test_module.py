#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""osvdi-qemu-module and the package's scripts, triggers and dpkg hooks, in a root of
their own with the real dpkg and a QEMU of a few lines that looks for its module as the
real one does. Whatever dpkg does, a guest with SPICE can start."""
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest

TOP = os.path.abspath(sys.argv.pop(1))
TOOL = os.path.join(TOP, 'qemu-patches', 'osvdi-qemu-module')
DEBIAN = os.path.join(TOP, 'debian')
FOLDER = 'usr/lib/x86_64-linux-gnu/qemu'
MODULE = 'ui-spice-core.so'
OTHERS = 'ui-opengl.so', 'chardev-spice.so', 'hw-display-virtio-vga.so'

# Looks where util/module.c looks: the first folder that has the file counts. As QEMU's own,
# the module for SPICE is not loaded without that for OpenGL, and a guest needs its devices.
# Libvirt's QEMU may read *.so of QEMU's folder only (AppArmor's abstractions/libvirt-qemu),
# by the file's name when links have been followed.
QEMU = """#!/bin/sh
# qemu_stamp_%(stamp)s
load() {
	for dir in ${QEMU_MODULE_DIR-} %(root)s/%(folder)s %(root)s/run/qemu/%(canonical)s; do
		file=$dir/$1
		{ text=$(cat "$file"); } 2>/dev/null || continue
		real=$(readlink -f "$file") || continue
		case ${QEMU_MODULE_DIR+trial}$real in
		trial* | %(root)s/%(folder)s/*.so) ;;
		*) echo "AppArmor denies $real" >&2; exit 1 ;;
		esac
		case ${real#%(root)s/%(folder)s/} in
		*/*) [ "${QEMU_MODULE_DIR+trial}" ] || exit 1 ;;
		esac
		case $text in
		*broken*) echo "failed to open module: $file" >&2; exit 1 ;;
		*qemu_stamp_%(stamp)s*) return ;;
		*) echo "Only modules from the same build can be loaded: $file" >&2; exit 1 ;;
		esac
	done
	echo "$1: not found" >&2
	exit 1
}
for name in %(others)s %(module)s; do
	load $name
done
echo "  port=<num>"
case $text in
*spice_accel_server_create*) echo "  accel=<str>" ;;
esac
"""
# Each step of dpkg notes whether a guest can start.
CHECK = """#!/bin/sh
%(root)s/check "$DPKG_MAINTSCRIPT_PACKAGE $DPKG_MAINTSCRIPT_NAME $*"
"""


def stamp(version):
    return hashlib.sha1(version.encode()).hexdigest()


def stock_module(version):
    return 'qemu_stamp_%s the distribution\'s %s\n' % (stamp(version), version)


def our_module(*versions, extra=''):
    stamps = ''.join('qemu_stamp_%s\n' % stamp(v) for v in versions)
    return stamps + 'spice_accel_server_create %s\n' % extra


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as f:
        f.write(text)
    os.chmod(path, mode)


OLD, NEW = '1:7.2+dfsg-7+deb12u18', '1:7.2+dfsg-7+deb12u18+b3'


class Root(unittest.TestCase):
    def setUp(self):
        if os.geteuid() != 0:
            self.skipTest('dpkg needs root')
        self.folder = tempfile.TemporaryDirectory(prefix='osvdi-packages.')
        self.root = os.path.join(self.folder.name, 'root')
        self.checks = os.path.join(self.folder.name, 'checks')
        for name in ('var/lib/dpkg/info', 'var/lib/dpkg/updates', 'var/lib/dpkg/triggers',
                     'usr/bin', 'run', 'tmp'):
            os.makedirs(os.path.join(self.root, name))
        for name in ('status', 'available'):
            write(os.path.join(self.root, 'var/lib/dpkg', name), '')
        write(os.path.join(self.root, 'check'), '''#!/bin/sh
out=$(%s/usr/bin/qemu-system-x86_64 -spice help 2>&1) && case $out in
*accel=*) state=accel ;;
*) state=stock ;;
esac || state=none
echo "$state $1" >>%s
''' % (self.root, self.checks), 0o755)

    def tearDown(self):
        if hasattr(self, 'folder'):
            self.folder.cleanup()

    def path(self, name):
        return os.path.join(self.root, name)

    def archive(self, name, version, files, scripts=None, control=''):
        tree = tempfile.mkdtemp(dir=self.folder.name)
        write(os.path.join(tree, 'DEBIAN/control'), '''Package: %s
Version: %s
Architecture: amd64
Maintainer: Nobody <nobody@example.org>
%sDescription: test
''' % (name, version, control))
        for path, (text, mode) in files.items():
            write(os.path.join(tree, path), text, mode)
        for path, text in (scripts or {}).items():
            write(os.path.join(tree, 'DEBIAN', path), text, 0o644 if path == 'triggers' else 0o755)
        name = '%s_%s_amd64.deb' % (name, version.replace(':', '%3a'))
        out = os.path.join(self.folder.name, name)
        subprocess.run(['dpkg-deb', '--root-owner-group', '-Znone', '-b', tree, out],
                       check=True, stdout=subprocess.DEVNULL)
        shutil.rmtree(tree)
        return out

    def qemu(self, version):
        """The two archives of QEMU: the modules and the program."""
        words = {'root': self.root, 'folder': FOLDER, 'module': MODULE, 'stamp': stamp(version),
                 'others': ' '.join(OTHERS),
                 'canonical': 'Debian_' + version.replace(':', '_')}
        check = CHECK % words
        scripts = {name: check for name in ('preinst', 'postinst', 'prerm', 'postrm')}
        modules = {FOLDER + '/' + name: (stock_module(version), 0o644)
                   for name in (MODULE, *OTHERS)}
        common = self.archive('qemu-system-common', version, modules, scripts)
        x86 = self.archive('qemu-system-x86', version,
                           {'usr/bin/qemu-system-x86_64': (QEMU % words, 0o755)}, scripts)
        return [common, x86]

    def ours(self, builds, version='0.1'):
        with open(TOOL) as f:
            files = {'usr/sbin/osvdi-qemu-module': (f.read(), 0o755)}
        for name, text in builds.items():
            files['usr/lib/osvdi/qemu/builds/%s/%s' % (name, MODULE)] = (text, 0o644)
        scripts = {}
        for name in ('postinst', 'prerm', 'postrm', 'triggers'):
            with open(os.path.join(DEBIAN, 'osvdi-qemu-module.' + name)) as f:
                scripts[name] = f.read()
        return self.archive('osvdi-qemu-module', version, files, scripts)

    def hooks(self):
        with open(os.path.join(DEBIAN, 'etc/dpkg/dpkg.cfg.d/osvdi-qemu-module')) as f:
            return ['--' + line.strip().replace('/usr/sbin/', self.root + '/usr/sbin/')
                    for line in f if not line.startswith('#')]

    def dpkg(self, *words, status=0):
        env = dict(os.environ, DPKG_ROOT=self.root, PATH='/usr/sbin:/usr/bin:/sbin:/bin')
        env.pop('DPKG_HOOK_ACTION', None)
        log = os.path.join(self.folder.name, 'log')
        options = ['--root=' + self.root, '--force-script-chrootless', '--force-depends',
                   '--force-unsafe-io', '--log=' + log]
        done = subprocess.run(['dpkg'] + options + self.hooks() + list(words),
                              env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=300, check=False)
        if status is not None:
            self.assertEqual(done.returncode, status, done.stdout)
        return done.stdout

    def start(self):
        """accel, stock or none: what a guest that starts now gets."""
        done = subprocess.run([self.path('usr/bin/qemu-system-x86_64'), '-spice', 'help'],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                              check=False)
        if done.returncode:
            return 'none'
        return 'accel' if 'accel=' in done.stdout else 'stock'

    def states(self):
        """Guests' states in dpkg's steps since the last call."""
        if not os.path.exists(self.checks):
            return []
        with open(self.checks) as f:
            lines = f.read().splitlines()
        os.remove(self.checks)
        return lines

    def assert_started(self, lines, at_least=1):
        self.assertGreaterEqual(len(lines), at_least)
        self.assertEqual([line for line in lines if line.startswith('none')], [])

    def assert_clean(self):
        """Nothing of an upgrade is left."""
        names = os.listdir(self.path(FOLDER))
        used = os.readlink(self.path(FOLDER + '/' + MODULE))
        self.assertEqual([n for n in names if n.startswith('osvdi-') and n != used], [])
        self.assertFalse(os.path.exists(self.path('usr/lib/osvdi/qemu/new')))
        versions = self.path('run/qemu')
        self.assertEqual(os.listdir(versions) if os.path.exists(versions) else [], [])

    def install_old(self, builds):
        self.dpkg('-i', *self.qemu(OLD))
        self.states()
        return self.dpkg('-i', self.ours(builds))

    def as_apt_does(self, archives):
        """A folder of links, unpacked in the order of their names; then configured."""
        folder = tempfile.mkdtemp(dir=self.folder.name)
        for i, archive in enumerate(archives):
            os.symlink(archive, os.path.join(folder, '%d-%s' % (i, os.path.basename(archive))))
        text = self.dpkg('--no-triggers', '--unpack', '--recursive', folder)
        return text + self.dpkg('--configure', '--pending')

    def poll(self, work):
        """Starts guests all the time meanwhile."""
        done = threading.Event()
        failed = []

        def run():
            while not done.is_set():
                if self.start() == 'none':
                    failed.append(os.listdir(self.path(FOLDER)))

        thread = threading.Thread(target=run)
        thread.start()
        try:
            work()
        finally:
            done.set()
            thread.join()
        self.assertEqual(failed, [])


class Choice(Root):
    def test_fits(self):
        self.install_old({'a': our_module(NEW), 'b': our_module(OLD)})
        self.assertEqual(self.start(), 'accel')
        self.assertTrue(os.path.samefile(self.path(FOLDER + '/' + MODULE), self.path(
            'usr/lib/osvdi/qemu/builds/b/' + MODULE)))
        self.assert_clean()

    def test_none_fits(self):
        text = self.install_old({'a': our_module('other')})
        self.assertEqual(self.start(), 'stock')
        self.assertIn('no accelerated module here is for QEMU ' + OLD, text)
        self.assert_clean()

    def test_does_not_load(self):
        text = self.install_old({'a': our_module(OLD, extra='broken')})
        self.assertEqual(self.start(), 'stock')
        self.assertIn('QEMU does not load', text)

    def test_several_builds(self):
        self.install_old({'a': our_module(OLD, NEW)})
        self.dpkg('-i', *self.qemu(NEW))
        self.assertEqual(self.start(), 'accel')

    def test_before_qemu(self):
        self.dpkg('-i', self.ours({'a': our_module(OLD)}))
        self.dpkg('-i', *self.qemu(OLD))
        self.assertEqual(self.start(), 'accel')

    def test_status(self):
        def status():
            return subprocess.run([TOOL, 'status'], env=dict(os.environ, DPKG_ROOT=self.root),
                                  stdout=subprocess.PIPE, text=True, check=False)
        self.install_old({'a': our_module(OLD)})
        self.assertEqual(status().returncode, 0)
        self.assertIn('accelerated', status().stdout)
        os.unlink(self.path(FOLDER + '/' + MODULE))
        self.assertEqual(status().returncode, 2)

    def test_add(self):
        def add(file):
            return subprocess.run([TOOL, 'add', file], env=dict(os.environ, DPKG_ROOT=self.root),
                                  stderr=subprocess.PIPE, text=True, check=False)
        self.install_old({})
        file = os.path.join(self.folder.name, 'built.so')
        write(file, our_module('other'))
        refused = add(file)
        self.assertEqual(refused.returncode, 1)
        self.assertIn('was not built for the installed QEMU', refused.stderr)
        self.assertEqual(self.start(), 'stock')
        write(file, our_module(OLD))
        self.assertEqual(add(file).returncode, 0)
        self.assertEqual(self.start(), 'accel')


class Upgrade(Root):
    """QEMU is upgraded from OLD to NEW; each case in both orders of its two packages."""

    def check(self, builds, end, states, way):
        for order in (1, -1):
            with self.subTest(order=order):
                self.tearDown()
                self.setUp()
                self.install_old(builds)
                archives = self.qemu(NEW)[::order]
                self.poll(lambda archives=archives: way(archives))
                lines = self.states()
                self.assert_started(lines, 8)
                self.assertEqual({line.split()[0] for line in lines}, states)
                self.assertEqual(self.start(), end)
                self.assert_clean()

    def together(self, archives):
        self.dpkg('-i', *archives)

    def test_both_fit(self):
        for way in (self.as_apt_does, self.together):
            self.check({'a': our_module(OLD), 'b': our_module(NEW)}, 'accel', {'accel'}, way)

    def test_old_fits(self):
        for way in (self.as_apt_does, self.together):
            self.check({'a': our_module(OLD)}, 'stock', {'accel', 'stock'}, way)

    def test_new_fits(self):
        for way in (self.as_apt_does, self.together):
            self.check({'b': our_module(NEW)}, 'accel', {'stock', 'accel'}, way)

    def test_none_fits(self):
        for way in (self.as_apt_does, self.together):
            self.check({}, 'stock', {'stock'}, way)


class Broken(Root):
    """Upgrades in parts, and such that do not end."""

    def test_one_by_one(self):
        """dpkg -i of the modules, then of the program: two runs."""
        self.install_old({'a': our_module(OLD)})
        common, x86 = self.qemu(NEW)
        self.poll(lambda: (self.dpkg('-i', common), self.dpkg('-i', x86)))
        self.assert_started(self.states())
        self.assertEqual(self.start(), 'stock')
        self.assert_clean()

    def test_breaks_off(self):
        """The program's archive is damaged: the old QEMU starts, and later the new one."""
        self.install_old({'a': our_module(OLD)})
        common, x86 = self.qemu(NEW)
        with open(x86, 'rb') as f:
            whole = f.read()
        with open(x86, 'wb') as f:
            f.write(whole[:-200])
        self.poll(lambda: self.dpkg('-i', common, x86, status=1))
        self.assertEqual(self.start(), 'accel')
        with open(x86, 'wb') as f:
            f.write(whole)
        self.poll(lambda: self.dpkg('-i', x86))
        self.assertEqual(self.start(), 'stock')
        self.assert_clean()

    def test_power_failure(self):
        """/run is empty after it: the service's command mends what is left."""
        self.install_old({'a': our_module(OLD)})
        for name in (MODULE, *OTHERS):
            os.unlink(self.path(FOLDER + '/' + name))
        self.assertEqual(self.start(), 'none')
        subprocess.run([TOOL, 'select'], env=dict(os.environ, DPKG_ROOT=self.root), check=True)
        self.assertEqual(self.start(), 'accel')

    def test_other_packages(self):
        """A run of dpkg without QEMU changes nothing."""
        self.install_old({'a': our_module(OLD)})
        other = self.archive('other', '1', {'usr/share/other': ('', 0o644)},
                             {'preinst': CHECK % {'root': self.root}})
        before = os.lstat(self.path(FOLDER + '/' + MODULE)).st_ino
        self.dpkg('-i', other)
        self.assertEqual(os.lstat(self.path(FOLDER + '/' + MODULE)).st_ino, before)
        self.assertEqual([line.split()[0] for line in self.states()], ['accel'])


class FullDisk(Root):
    """The disk is full when QEMU is upgraded; nothing is lost, and with room it goes on."""

    def setUp(self):
        super().setUp()
        self.kept = tempfile.TemporaryDirectory(prefix='osvdi-packages-kept.')
        shutil.copytree(self.root, os.path.join(self.kept.name, 'root'))
        done = subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', self.root],
                              stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            self.kept.cleanup()
            self.folder.cleanup()
            self.skipTest(done.stderr.strip())
        shutil.copytree(os.path.join(self.kept.name, 'root'), self.root, dirs_exist_ok=True)

    def tearDown(self):
        subprocess.run(['umount', self.root], check=True)
        self.kept.cleanup()
        super().tearDown()

    def fill(self, room):
        """Leaves so many bytes of the disk free."""
        state = os.statvfs(self.root)
        with open(self.path('filling'), 'wb') as f:
            f.write(b'x' * (state.f_bavail * state.f_bsize - room))

    def upgrade(self, builds, room, end):
        self.install_old(builds)
        before = self.start()
        archives = self.qemu(NEW)
        self.fill(room)
        text = self.dpkg('-i', *archives, status=None)
        self.assertIn('No space left on device', text)
        self.assertEqual(self.start(), before, text)
        os.remove(self.path('filling'))
        self.dpkg('-i', *archives)
        self.assertEqual(self.start(), end)
        self.assert_clean()

    def test_no_room_at_all(self):
        self.upgrade({'a': our_module(OLD)}, 0, 'stock')

    def test_little_room(self):
        """The module's package fits, the program's does not."""
        for room in range(8192, 131072, 32768):
            with self.subTest(room=room):
                self.install_old({'a': our_module(OLD), 'b': our_module(NEW)})
                archives = self.qemu(NEW)
                self.fill(room)
                self.dpkg('-i', *archives, status=None)
                self.assertEqual(self.start(), 'accel')
                os.remove(self.path('filling'))
                self.dpkg('-i', *archives)
                self.assertEqual(self.start(), 'accel')
                self.tearDown()
                self.setUp()


class Life(Root):
    """The package itself comes, changes and goes."""

    def tree(self):
        found = {}
        for base, folders, files in os.walk(self.root):
            if base.startswith(self.path('var/lib/dpkg')):
                folders.clear()
                continue
            for name in folders + files:
                path = os.path.join(base, name)
                if os.path.islink(path):
                    found[path] = os.readlink(path)
                else:
                    found[path] = (os.stat(path).st_mode,
                                   os.path.isfile(path) and os.stat(path).st_ino)
        return found

    def test_purge(self):
        self.dpkg('-i', *self.qemu(OLD))
        before = self.tree()
        self.dpkg('-i', self.ours({'a': our_module(OLD)}))
        self.assertEqual(self.start(), 'accel')
        self.dpkg('--purge', 'osvdi-qemu-module')
        self.assertEqual(self.start(), 'stock')
        after = self.tree()
        for name in ('run/qemu', 'usr/sbin'):  # the root had no other files there
            after.pop(self.path(name), None)
        self.assertEqual(before, after)
        self.assertEqual(subprocess.run(['dpkg-divert', '--root', self.root, '--list'],
                                        stdout=subprocess.PIPE, check=True).stdout, b'')

    def test_upgrade_takes_more_places(self):
        """An earlier version of the package diverted the module for SPICE only."""
        self.install_old({'a': our_module(OLD)})
        for name in OTHERS:
            place = '/%s/%s' % (FOLDER, name)
            os.unlink(self.root + place)
            subprocess.run(['dpkg-divert', '--quiet', '--root', self.root, '--rename',
                            '--package', 'osvdi-qemu-module', '--remove', place], check=True)
        self.assertEqual(self.start(), 'accel')
        self.dpkg('-i', self.ours({'a': our_module(OLD)}, '0.2'))
        self.assertTrue(all(os.path.islink(self.path(FOLDER + '/' + name)) for name in OTHERS))
        self.assertEqual(self.start(), 'accel')
        self.assert_clean()

    def test_diverted_by_others(self):
        """A place that another has already stays that other's."""
        self.dpkg('-i', *self.qemu(OLD))
        name = '/%s/%s' % (FOLDER, OTHERS[0])
        subprocess.run(['dpkg-divert', '--quiet', '--root', self.root, '--local', '--no-rename',
                        '--divert', name + '.mine', '--add', name], check=True)
        text = self.dpkg('-i', self.ours({'a': our_module(OLD)}))
        self.assertIn('%s has a diversion already' % OTHERS[0], text)
        self.assertEqual(self.start(), 'accel')
        self.dpkg('--purge', 'osvdi-qemu-module')
        self.assertEqual(self.start(), 'stock')
        self.assertFalse(os.path.islink(self.root + name))

    def test_upgrade_that_drops_a_build(self):
        self.install_old({'a': our_module(OLD)})
        self.dpkg('-i', self.ours({'b': our_module(NEW)}, '0.2'))
        self.assertEqual(self.start(), 'accel')
        self.dpkg('-i', *self.qemu(NEW))
        self.assertEqual(self.start(), 'accel')
        self.assert_clean()

    def test_takes_over(self):
        """install-module's diversion becomes the package's, its module stays."""
        self.dpkg('-i', *self.qemu(OLD))
        place = self.path(FOLDER + '/' + MODULE)
        name = '/%s/%s' % (FOLDER, MODULE)
        subprocess.run(['dpkg-divert', '--quiet', '--root', self.root, '--local', '--rename',
                        '--divert', name + '.distrib', '--add', name], check=True)
        write(place, our_module(OLD))
        write(self.path('etc/apt/apt.conf.d/90osvdi-qemu-module'), '')
        self.dpkg('-i', self.ours({}))
        self.assertEqual(self.start(), 'accel')
        self.assertFalse(os.path.exists(self.path('etc/apt/apt.conf.d/90osvdi-qemu-module')))
        self.dpkg('-i', *self.qemu(NEW))
        self.assertEqual(self.start(), 'stock')


if __name__ == '__main__':
    unittest.main()
