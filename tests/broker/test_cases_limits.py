# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Limits of time and size, and what is said once."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                'clouds'))
from cases import CaseTable, case, main        # noqa: E402

NAMES = 'list -f value -c name'
ASLEEP = [{'name': 'desk', 'status': 'SHUTOFF'}]


def once(word):
    """Said in one line of the last command's messages."""
    def then(self, cloud, broker, results):
        self.assertEqual(results[-1].err.count(word), 1, results[-1])
    return then


def held(path, method='GET', **more):
    """A cloud that holds each request to that path for a minute."""
    return {'servers': ASLEEP, 'verb_s': 0.1,
            'rules': [dict(more, method=method, path=path, hang=60)]}


class Time(CaseTable):
    """--timeout is for the whole command, whatever takes the time."""
    cases = {
        'held ' + name: case(
            command + ' --timeout 2', 5, held(path, method),
            err=['in time', '--timeout'])
        for name, command, path, method in (
            ('login', 'resolve', '/auth/tokens', 'POST'),
            ('version', 'start', '/nova/v2.1/', 'GET'),
            ('list', 'resolve', '/servers/detail', 'GET'),
            ('verb', 'resolve', '/action', 'POST'),
            ('look', 'wait', '/servers/0', 'GET'),
            ('console', 'resolve --via websocket', '/remote-consoles', 'POST'))}
    cases['list has its own limit'] = case(
        'list --request-timeout 2', 6, held('/servers/detail'),
        err='--request-timeout')
    slow = {'rules': [{'method': 'GET', 'path': '/servers/detail', 'delay': 4}]}
    impatient = ('clouds: {mine: {api_timeout: 2, auth: {auth_url: "@URL@/v3", '
                 'username: alice, password: a-word-of-hers, project_name: p}}}\n')
    cases['the limit of clouds.yaml'] = case(
        '--os-cloud mine ' + NAMES, 6, slow, clouds=impatient, err='timed out')
    cases['an option goes before it'] = case(
        '--os-cloud mine --request-timeout 60 ' + NAMES, 0, slow,
        clouds=impatient)
    cases['not in time is not undone'] = case(
        'start --timeout 0', 5, {'servers': ASLEEP, 'verb_s': None},
        err='in time')

    def run_case(self, members):
        start = time.monotonic()
        super().run_case(members)
        # Two seconds, two more for what is undone, and a slow machine.
        self.assertLess(time.monotonic() - start, 25)


class Once(CaseTable):
    cases = {
        'no place to keep the login': case(
            NAMES, 0, env={'XDG_CACHE_HOME': '/proc/none'},
            then=once('the login is not kept')),
        'the place is no directory': case(
            'resolve', 0, files={'file': ''}, env={
                'XDG_CACHE_HOME': '@HOME@/file'},
            then=once('the login is not kept')),
    }


class Typed(CaseTable):
    """A password that somebody types, or a program at a terminal."""
    def type(self, password, right):
        self.start({'passwords': {'alice': right}})
        return self.broker().on_terminal(
            'list', typed=password.encode() + b'\n',
            env={'OS_PASSWORD': None})

    def test_lengths(self):
        for n in 1, 1022, 1023, 1024, 1100, 4094:
            word = ''.join(chr(33 + i % 90) for i in range(n))
            with self.subTest(n=n):
                code, shown = self.type(word, word)
                self.assertEqual(code, 0, shown)
                self.assertIn('desk0', shown)

    def test_too_long(self):
        """A terminal cuts a line; the rest is not taken for the password."""
        for n in 4095, 4096, 5000:
            with self.subTest(n=n):
                code, shown = self.type('x' * n, 'x' * 4094)
                self.assertEqual(code, 2, shown)
                self.assertIn('too long for a terminal', shown)
                self.assertEqual(self.cloud.requests(), [])


if __name__ == '__main__':
    main()
