#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of the demo's scripts that need neither a guest nor a build."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import scripts


def gone(pid):
    """Whether a process has ended (or is a zombie that nobody waits for)."""
    try:
        with open(f'/proc/{pid}/stat', encoding='ascii') as file:
            return file.read().rpartition(')')[2].split()[0] == 'Z'
    except FileNotFoundError:
        return True


def runs(pid, name):
    """Whether a process runs the program of that name."""
    try:
        with open(f'/proc/{pid}/comm', encoding='ascii') as file:
            return file.read() == name + '\n'
    except FileNotFoundError:
        return False


def wait_for(condition):
    for _ in range(300):
        if condition():
            return True
        time.sleep(0.1)
    return False


class Children(unittest.TestCase):
    """lib.sh: nothing outlives the script that started it."""

    def start(self, script):
        """A bash script using lib.sh; its process and the numbers it printed."""
        text = f'set -euo pipefail; . {scripts.path("demo", "lib.sh")}; {script}'
        process = subprocess.Popen(['bash', '-c', text], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process, [int(n) for n in process.stdout.readline().split()]

    def test_killed_script(self):
        process, (child,) = self.start('start /dev/null sleep 1000; echo $last_child; sleep 1000')
        self.assertTrue(wait_for(lambda: runs(child, 'sleep')))
        process.kill()
        self.assertTrue(wait_for(lambda: gone(child)))

    def test_stop_takes_grandchildren(self):
        with tempfile.TemporaryDirectory() as folder:
            inner = f'{folder}/pid'
            script = (f'start /dev/null bash -c "sleep 1000 & echo \\$! > {inner}; wait"; '
                      f'while ! [ -s {inner} ]; do sleep 0.1; done; '
                      'trap "stop_children; exit 3" TERM; '
                      f'echo $last_child $(cat {inner}); while :; do sleep 0.1; done')
            process, pids = self.start(script)
            self.assertEqual(len(pids), 2)
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(30), 3)
            self.assertTrue(wait_for(lambda: all(gone(p) for p in pids)))

    def test_stop_does_not_ask_for_ever(self):
        script = ('start /dev/null bash -c "trap : TERM; while :; do sleep 1; done"; '
                  'sleep 0.5; echo $last_child; stop_group $last_child 1; echo stopped')
        process, (child,) = self.start(script)
        self.assertEqual(process.stdout.readline(), 'stopped\n')
        self.assertTrue(wait_for(lambda: gone(child)))

    def test_logged_shows_what_failed(self):
        with tempfile.TemporaryDirectory() as folder:
            process, _ = self.start(f'echo; logged {folder}/log bash -c "echo why; exit 4"; echo '
                                    f'not reached')
            out, err = process.communicate()
            self.assertEqual(process.returncode, 1)
            self.assertEqual(out, '')
            self.assertIn('why\n', err)
            self.assertIn(f'{folder}/log', err)


class Recipe(unittest.TestCase):
    """build-guest: another recipe is another guest."""

    def guest_dir(self, folder):
        done = scripts.run(os.path.join(folder, 'build-guest'), '--cache', '/cache', '--print-dir')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r'^/cache/guest-[a-z]+-[0-9a-f]{12}\n$')
        return done.stdout

    def test_identity(self):
        with tempfile.TemporaryDirectory() as temporary:
            folder = os.path.join(temporary, 'demo')
            shutil.copytree(scripts.path('demo'), folder)
            first = self.guest_dir(folder)
            self.assertEqual(self.guest_dir(folder), first)
            with open(os.path.join(folder, 'guest', 'packages.txt'), 'a', encoding='utf-8') as file:
                file.write('vim\n')
            second = self.guest_dir(folder)
            self.assertNotEqual(second, first)
            os.chmod(os.path.join(folder, 'guest', 'setup'), 0o644)
            self.assertNotEqual(self.guest_dir(folder), second)

    def test_usage(self):
        for script in ('build-guest', 'run', 'probe-kvm'):
            done = scripts.run(scripts.path('demo', script), '--frobnicate')
            self.assertEqual(done.returncode, 2, script)
            self.assertIn('Usage:', done.stdout + done.stderr)
            self.assertEqual(scripts.run(scripts.path('demo', script), '--help').returncode, 0)

    def test_unreadable_image(self):
        done = scripts.run(scripts.path('demo', 'run'), '--image', '/nonexistent.qcow2')
        self.assertEqual(done.returncode, 1)
        self.assertIn('cannot read /nonexistent.qcow2', done.stderr)


if __name__ == '__main__':
    unittest.main()
