# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""That osvdi-broker keeps secrets: on command lines, in what it says, in files.
The secrets are those of the whole run: passwords, tokens, console tokens."""
import os
import subprocess
import sys
import time

from broker import OK, Broker, exposed_files
from lab_case import LabCase


class Z9Secrets(LabCase):
    """Runs last: looks over all that the others left."""
    def loud(self, broker, *args, codes=(OK,), env=None):
        result = broker.run('-vv', *args, env=env)
        self.assertIn(result.code, codes, result)
        for secret in Broker.watch.secrets:
            self.assertNotIn(secret, result.err)
        return result

    def test_log_of_everything(self):
        """-vv of every command, with a login and with a kept one."""
        for b in self.alice, self.admin:
            for args in (('--no-cache', 'list'), ('list',), ('list', '-a'),
                         ('resolve', '--any-owner', self.desk),
                         ('resolve', '--any-owner', '--protocol', 'vnc',
                          self.desk),
                         ('resolve', '--any-owner', '--via', 'websocket',
                          '--vv', '-', self.desk),
                         ('wait', '--any-owner', self.desk)):
                self.loud(b, *args)
        self.assertIn('os-console-auth-tokens/***', self.loud(
            self.admin, 'resolve', '--any-owner', self.desk).err)
        for verb in 'suspend', 'resume', 'stop', 'start':
            self.loud(self.alice, verb, 'alice-desktop')
        one = self.loud(self.alice, 'create', '--image', 'tiny', '--flavor',
                        'desktop', '--network', 'none', '--pool', 'quiet',
                        'quiet-1').out.split()[0]
        self.loud(self.alice, 'assign', 'quiet')
        self.loud(self.alice, 'release', one)
        self.cloud.nova('DELETE', '/servers/' + one)
        self.loud(self.alice, 'leases', codes=(OK, 6))

    def test_log_of_failures(self):
        password = 'almost-her-password'
        Broker.watch.add(password)
        self.loud(self.alice, '--no-cache', 'list', codes=(3,),
                  env={'OS_PASSWORD': password})
        c = self.cloud.facts['application_credential']
        Broker.watch.add(c['secret'])
        self.loud(self.alice, '--no-cache', 'list', codes=(3,), env={
            'OS_AUTH_TYPE': 'v3applicationcredential',
            'OS_APPLICATION_CREDENTIAL_ID': 'f' * 32,
            'OS_APPLICATION_CREDENTIAL_SECRET': c['secret']})
        self.loud(self.alice, '--no-cache', 'list', codes=(3,), env={
            'OS_AUTH_TYPE': 'v3token', 'OS_TOKEN': 'gAAAAA' + 'q' * 100})

    def test_messages(self):
        self.assertGreater(len(Broker.messages), 20)
        self.assertGreater(len(Broker.watch.secrets), 5)
        for err in Broker.messages:
            for secret in Broker.watch.secrets:
                self.assertNotIn(secret, err)

    def test_command_lines(self):
        self.assertGreater(Broker.watch.looks, 100)
        self.assertEqual(Broker.watch.found, [])

    def test_the_watch_sees(self):
        """The watch would have found a secret."""
        Broker.watch.add('canary-4711')
        p = subprocess.Popen([sys.executable, '-c',
                              'import time; time.sleep(60)', 'canary-4711'])
        end = time.monotonic() + 50
        while not (seen := [f for f in Broker.watch.found
                            if f[1] == 'canary-4711']):
            self.assertLess(time.monotonic(), end, 'not seen')
            time.sleep(0.05)
        p.kill()
        p.wait()
        Broker.watch.secrets.discard('canary-4711')
        Broker.watch.found = [f for f in Broker.watch.found
                              if f[1] != 'canary-4711']
        self.assertTrue(seen)

    def test_files(self):
        """None that others may read, whatever the umask (it was 0)."""
        canary = os.path.join(self.scratch, 'canary')
        with open(canary, 'w') as f:
            f.write('x' + self.alice.env['OS_PASSWORD'])
        os.chmod(canary, 0o640)
        self.assertEqual(exposed_files(self.scratch, Broker.watch), [canary])
        os.unlink(canary)
        self.assertEqual(exposed_files(self.scratch, Broker.watch), [])
