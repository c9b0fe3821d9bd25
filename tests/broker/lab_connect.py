# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""connect: what a viewer gets, and that viewers open it."""
import json
import os
import shutil
import subprocess
import time

from broker import FAILED
from harness import start_xvfb
from lab_case import LabCase


class B3Connect(LabCase):
    VIEWER = ('#!/usr/bin/python3\n'
              'import json, os, sys\n'
              'read = lambda: open(sys.argv[-1]).read()\n'
              'try:\n'
              '    open(sys.argv[-1], "w").write("x"); wrote = True\n'
              'except OSError:\n'
              '    wrote = False\n'
              'json.dump({"argv": sys.argv, "first": read(), '
              '"again": read(), "wrote": wrote, '
              '"cmdline": open("/proc/self/cmdline").read(), '
              '"link": os.readlink(sys.argv[-1]), '
              '"env": dict(os.environ)}, open(os.environ["SEEN"], "w"))\n'
              'sys.exit(7)\n')

    def viewer(self, name, broker):
        path = os.path.join(broker.home, name)
        with open(path, 'w') as f:
            f.write(self.VIEWER)
        os.chmod(path, 0o755)
        broker.env['SEEN'] = os.path.join(broker.home, 'seen')
        broker.env['PATH'] = broker.home + ':' + broker.env['PATH']
        return path

    def seen(self, broker):
        with open(broker.env['SEEN']) as f:
            seen = json.load(f)
        os.unlink(broker.env['SEEN'])
        return seen

    def run_viewer(self, broker, *args):
        p = broker.popen('connect', *args)
        p.communicate(timeout=100)
        self.assertEqual(p.returncode, 7)     # the viewer's own
        return self.seen(broker)

    def test_own_viewer(self):
        self.viewer('osvdi-viewer', self.alice)
        seen = self.run_viewer(self.alice, 'alice-desktop', '--', '--full')
        self.assertEqual(seen['argv'][1], '--full')
        self.assertEqual(seen['first'], seen['again'])
        self.assertFalse(seen['wrote'])
        self.assertIn('memfd:', seen['link'])
        self.assertIn('server-uuid=' + self.desk, seen['first'])
        self.assertNotIn('token', seen['cmdline'])
        self.assertNotIn(self.alice.env['OS_PASSWORD'], seen['cmdline'])
        # it will ask the broker for new tokens
        self.assertEqual(seen['env']['OS_PASSWORD'],
                         self.alice.env['OS_PASSWORD'])
        self.assertEqual(os.listdir(self.alice.home).count('seen'), 0)

    def test_other_viewer_gets_no_login(self):
        path = self.viewer('some-viewer', self.admin)
        seen = self.run_viewer(self.admin, '--any-owner', '--viewer', path,
                               self.desk)
        self.assertNotIn('OS_PASSWORD', seen['env'])
        self.assertIn('host=127.0.0.1', seen['first'])

    def display(self, *tools):
        """An X server of the test's own; its name."""
        for tool in ('Xvfb', 'xdotool') + tools:
            if not shutil.which(tool):
                self.skipTest(tool + ' is not installed')
        x, display = start_xvfb(subprocess.Popen, '1024x768',
                                stderr=subprocess.DEVNULL)
        self.addCleanup(x.wait)
        self.addCleanup(x.terminate)
        return display

    def until(self, what, viewer):
        """Wait until it is true, as long as the viewer lives."""
        end = time.time() + 150
        while not what():
            self.assertIsNone(viewer.poll())
            self.assertLess(time.time(), end)
            time.sleep(0.5)

    def connect(self, broker, display, *args):
        """Starts a viewer, and waits for the desktop's window."""
        env = {'DISPLAY': display, 'NO_AT_BRIDGE': '1', 'GDK_BACKEND': 'x11'}
        viewer = broker.popen('connect', *args, env=env)
        self.addCleanup(viewer.communicate)
        self.addCleanup(viewer.kill)
        self.until(lambda: not subprocess.run(
            ['xdotool', 'search', '--name', '^alice-desktop'],
            env=dict(os.environ, DISPLAY=display), stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL).returncode, viewer)
        return viewer

    def test_stock_viewer_opens_it(self):
        """remote-viewer reads the memory file and shows the desktop."""
        self.connect(self.admin, self.display('remote-viewer'), '--any-owner',
                     '--viewer', 'remote-viewer', self.desk)

    def test_own_viewer_shows_it(self):
        """From alice's login to the guest's text in osvdi-viewer's window,
        through Nova's WebSocket proxy."""
        built = os.environ.get('OSVDI_TEST_VIEWER')
        if not built:
            self.skipTest('osvdi-viewer is not part of this build')
        display = self.display('import', 'convert')
        os.symlink(built, os.path.join(self.alice.home, 'osvdi-viewer'))
        self.alice.env['PATH'] = (self.alice.home + ':'
                                  + self.alice.env['PATH'])
        viewer = self.connect(self.alice, display, 'alice-desktop')

        def light():
            """How much of the guest's first lines is light: text is some."""
            shot = os.path.join(self.alice.home, 'window.png')
            subprocess.run(['import', '-window', 'root', shot], check=True,
                           env=dict(os.environ, DISPLAY=display))
            out = subprocess.run(
                ['convert', shot, '-crop', '600x200+20+80', '-colorspace',
                 'gray', '-threshold', '40%', '-format', '%[fx:mean]',
                 'info:'], check=True, stdout=subprocess.PIPE)
            return float(out.stdout)
        self.until(lambda: 0.002 < light() < 0.3, viewer)

    def test_stock_viewer_needs_direct(self):
        path = self.viewer('remote-viewer', self.alice)
        err = self.alice.fails(FAILED, 'connect', '--viewer', path,
                               'alice-desktop').err
        self.assertIn('osvdi-viewer', err)
        self.alice.fails(FAILED, 'connect', '--viewer', 'no-such-program',
                         'alice-desktop')
