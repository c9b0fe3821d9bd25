# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Limits of desktops for users and groups, at a cloud with a memory."""
import os
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, 'clouds'), os.path.join(HERE, '..', 'lib')]
from broker import NOT_READY, SERVICE, USAGE  # noqa: E402
from statecloud import Rule  # noqa: E402
from test_plan import Case, start_broker  # noqa: E402

POOL = {'osvdi:pool': 'desks'}
MINE = ['osvdi-user:u-alice']


class Limits(Case):
    def setUp(self):
        self.start()

    def desk(self, note=None, tags=(), **more):
        metadata = dict(POOL, **({'osvdi:limit.0': note} if note else {}))
        return self.cloud.add(metadata=metadata, tags=list(tags), **more)

    def groups(self, *users, ids=('g1',)):
        self.cloud.rules = [
            Rule({'path_end': '/users/u-alice/groups', 'status': 200, 'body': {
                'groups': [{'id': i, 'name': 'students'} for i in ids]}}),
            Rule({'path_end': '/groups/g1/users', 'status': 200, 'body': {
                'users': [{'id': u} for u in users]}})]

    def given(self, code, err=''):
        result = self.broker.run('assign', 'desks')
        self.assertEqual(result.code, code, result)
        self.assertIn(err, result.err)

    def test_flavor(self):
        self.desk('most=1&flavor=gpu')
        own = self.cloud.add(flavor={'original_name': 'gpu'})
        self.given(NOT_READY, 'each user may have 1 desktop of the flavor "gpu" awake at once; '
                              'shelve or release')
        self.assertEqual(self.cloud.requests('PUT'), [])
        own['status'] = 'SHELVED_OFFLOADED'
        self.given(0)

    def test_below(self):
        self.desk('most=2&flavor=gpu')
        self.cloud.add(flavor={'original_name': 'gpu'})
        self.cloud.add(flavor={'original_name': 'gpu'}, user_id='u-bob')
        self.given(0)

    def test_held_already(self):
        """The desktop that the user has is no new one."""
        self.desk('most=1&pool=desks', MINE)
        self.desk('most=1&pool=desks')
        self.given(0)

    def test_group(self):
        self.desk('most=1&flavor=gpu&group=students')
        self.cloud.add(flavor={'original_name': 'gpu'})
        self.groups(ids=())
        self.given(0)
        self.cloud.listed[0]['tags'].clear()
        self.groups()
        self.given(NOT_READY, 'each user')

    def test_together(self):
        self.desk('most=2&of=all&flavor=gpu&group=students')
        for user in ('u-bob', 'u-carol', 'u-dave'):
            self.cloud.add(flavor={'original_name': 'gpu'}, user_id=user)
        self.groups('u-alice', 'u-bob')
        self.given(0)
        self.cloud.listed[0]['tags'].clear()
        self.groups('u-alice', 'u-bob', 'u-carol')
        self.given(NOT_READY, 'the group "students" together may have 2 desktops')

    def test_silent_keystone(self):
        """A Keystone that does not tell the groups opens nothing."""
        self.desk('most=9&flavor=gpu&group=students')
        self.given(SERVICE, '/groups')

    def test_not_understood(self):
        for note in ('most=0&flavor=gpu', 'most=1', 'most=1&flavor=a&pool=b', 'what', '',
                     'most=1&flavor=gpu&of=all', 'most=1&flavor=gpu&flavour=x'):
            self.start()
            self.desk().get('metadata')['osvdi:limit.0'] = note
            self.given(NOT_READY, 'not understood')

    def test_wake(self):
        asleep = self.desk('most=1&pool=desks', MINE, status='SHUTOFF')
        other = self.desk(tags=MINE)
        for words in (('resolve', asleep['id']), ('start', asleep['id'])):
            result = self.broker.run(*words)
            self.assertEqual(result.code, NOT_READY, result)
            self.assertIn('of the pool "desks" awake', result.err)
        self.assertEqual(self.cloud.requests('POST', '/action'), [])
        other['status'] = 'SHELVED_OFFLOADED'
        self.assertEqual(self.broker.run('start', asleep['id']).code, 0)

    def test_running(self):
        """A desktop that runs may be opened: it is no further one."""
        desk = self.desk('most=1&pool=desks', MINE)
        self.desk(tags=MINE)
        self.assertEqual(self.broker.run('resolve', desk['id']).code, 0)

    def test_two_at_once(self):
        """A desktop that another broker of the user has taken meanwhile is seen."""
        self.desk('most=1&flavor=gpu')
        taken = []

        def take(number):
            if self.cloud.requests('PUT', '/tags/') and not taken:
                taken.append(self.cloud.add(flavor={'original_name': 'gpu'}))
        self.cloud.after = take
        self.given(NOT_READY, 'awake at once')
        self.assertEqual(self.cloud.listed[0]['tags'], [])


class Notes(Case):
    PLAN = '''zone: UTC
defaults: {image: cad, flavor: gpu, count: 1, spares: 0}
classes:
- {id: cad, when: %s}
limits:
- {pool: cad, user: 1}
- {flavor: gpu, user: 1}
'''

    def write(self, text):
        self.plan = os.path.join(self.broker.home, 'plan.yaml')
        with open(self.plan, 'w', encoding='utf-8') as f:
            f.write(text)

    def test_noted(self):
        """A class is a booking: of limits only those of its own pool are its."""
        self.start()
        begin, end = (time.gmtime(time.time() + s) for s in (1200, 4800))
        self.write(self.PLAN % (time.strftime('%Y-%m-%d %H:%M', begin) +
                                time.strftime('-%H:%M', end)))
        self.assertEqual(self.broker.run('plan', 'apply', self.plan).code, 0)
        notes = [{k: v for k, v in s['metadata'].items() if 'limit' in k}
                 for s in self.cloud.listed]
        self.assertEqual(notes, [{'osvdi:limit.0': 'most=1&pool=cad'}])

    def test_bad(self):
        self.start()
        for limits, why in (
                ('- {pool: a}', '2 (pool): a limit says how many'),
                ('- {user: 1}', '2 (user): a limit is for'),
                ('- {pool: a, flavor: b, user: 1}', 'a limit is for'),
                ('- {pool: a, user: none}', '2 (user): is no number'),
                ('- {pool: a, together: 3}', '2 (together): needs a group'),
                ('- {pool: a, usr: 3}', '2 (usr): this key is not known'),
                ('- {pool: a, user: 3}\n- {pool: a, user: 4}', '3 ('), ('- x', 'no mapping')):
            self.write('limits:\n%s\nidle: []\n' % limits)
            result = self.broker.run('plan', 'apply', self.plan)
            self.assertEqual(result.code, USAGE, result)
            self.assertIn('plan.yaml', result.err)
            self.assertIn(why, result.err)
        self.assertEqual(self.cloud.requests(), [])


def main():
    start_broker()
    unittest.main(verbosity=2)


if __name__ == '__main__':
    main()
