# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Pools on a real Nova, and races for their desktops."""
from broker import NOT_FOUND, NOT_READY, OK
from lab_case import LabCase
import spice


class B2Pools(LabCase):
    def make(self, pool, n):
        return {self.alice.ok(
            'create', '--image', 'tiny', '--flavor', 'desktop', '--network',
            'none', '--pool', pool, '%s-%d' % (pool, i)).out.split()[0]
            for i in range(n)}

    def delete(self, servers):
        for s in servers:
            self.cloud.nova('DELETE', '/servers/' + s)

    def assigned(self, brokers, pool):
        """Let all assign at once; user number -> server, of the winners."""
        for b in brokers:
            b.ok('list')                 # logged in, so that they start level
        running = [b.popen('assign', pool) for b in brokers]
        got = {}
        for i, (b, p) in enumerate(zip(brokers, running)):
            out, err = p.communicate(timeout=120)
            result = b.finish(p, out, err)
            if result.code == OK:
                got[i] = out.split()[0]
            else:
                self.assertIn(result.code, (NOT_FOUND, NOT_READY), err)
        return got

    def test_one_user(self):
        servers = self.make('solo', 1)
        one, = servers
        self.assertEqual(self.alice.fails(NOT_FOUND, 'resolve', one).out, '')
        self.assertEqual(self.bob.ok('assign', 'solo').out.split()[0], one)
        self.assertEqual(self.bob.ok('assign', 'solo').out.split()[0], one)
        tags = self.cloud.server(one)['tags']
        self.assertEqual(tags, ['osvdi-user:'
                                + self.cloud.facts['users']['bob']])
        self.alice.fails(NOT_FOUND, 'assign', 'solo')
        self.alice.fails(NOT_FOUND, 'resolve', one)
        self.assertEqual(spice.machine_at(self.bob.resolve('solo-0')), one)
        row, = self.alice.ok('list', '--pool', 'solo', '-f', 'json').json
        self.assertEqual(row['assigned'], self.cloud.facts['users']['bob'])
        self.alice.fails(NOT_FOUND, 'release', one)
        self.bob.ok('release', '--rebuild', one)
        self.bob.fails(NOT_FOUND, 'resolve', one)
        # a shelved one is brought back on the way
        self.cloud.put(one, 'SHELVED_OFFLOADED')
        self.assertEqual(self.alice.ok('assign', 'solo').out.split()[0], one)
        # for another user, by an administrator
        self.alice.ok('release', one)
        self.admin.ok('assign', '--user', 'bob', 'solo')
        self.assertEqual(self.bob.resolve('solo-0')['id'], one)
        self.admin.ok('release', '--any-owner', one)
        self.assertEqual(self.cloud.server(one)['tags'], [])
        self.alice.fails(NOT_FOUND, 'assign', 'no-such-pool')
        self.delete(servers)

    def test_two_users_one_desktop(self):
        """The race: never both, and one of them in the end."""
        servers = self.make('duel', 1)
        one, = servers
        for _ in range(4):
            got = self.assigned([self.alice, self.bob], 'duel')
            self.assertEqual(len(got), 1, got)
            winner = (self.alice, self.bob)[list(got)[0]]
            self.assertEqual(len(self.cloud.server(one)['tags']), 1)
            winner.ok('release', one)
        self.delete(servers)

    def test_many_users_few_desktops(self):
        servers = self.make('many', 3)
        project = self.cloud.facts['project_id']
        brokers = []
        for i in range(5):
            name = 'user%d' % i
            self.cloud.add_user(name, 'word-%d-of-user' % i, project)
            brokers.append(self.broker('alice', OS_USERNAME=name,
                                       OS_PASSWORD='word-%d-of-user' % i))
        got = self.assigned(brokers, 'many')
        self.assertEqual(len(set(got.values())), len(got), got)
        self.assertEqual(set(got.values()), servers)
        for i, s in got.items():
            self.assertEqual(brokers[i].ok('list', '-f', 'value', '-c',
                                           'id').out.strip(), s)
            brokers[i].ok('release', s)
        self.delete(servers)
