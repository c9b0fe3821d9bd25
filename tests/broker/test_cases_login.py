# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Logins: who is let in, and what is kept of it."""
import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                'clouds'))
from cases import CaseTable, case, main        # noqa: E402

NAMES = 'list -f value -c name'


class Login(CaseTable):
    cases = {
        'password': case(NAMES, 0, 'plain.json', out='desk\n',
                         no_out='desk-of-bob', seen={'POST /v3/auth': 1}),
        'wrong password': case('OS_PASSWORD=wrong list', 3,
                               err='login refused (401)'),
        'over TLS': case(NAMES, 0, 'plain.json', tls=True,
                         env={'OS_CACERT': '@CA@'}, out='desk'),
        'TLS of a stranger': case(NAMES, 6, tls=True, err='--os-cacert',
                                  unseen='POST'),
        'IPv6': case(NAMES, 0, 'plain.json', host='::1', out='desk'),
        'clouds.yaml': case('--os-cloud here ' + NAMES, 0, 'plain.json',
                            clouds='''clouds:
  here:
    auth: {auth_url: "@URL@/v3", username: bob, password: a-word-of-his,
           project_name: p}
''', out='desk-of-bob'),
    }


OIDC = {'OS_AUTH_TYPE': 'v3oidcaccesstoken', 'OS_IDENTITY_PROVIDER': 'campus',
        'OS_PROTOCOL': 'openid', 'OS_USERNAME': None, 'OS_PASSWORD': None}
TOKEN = {'OS_AUTH_TYPE': 'v3token', 'OS_USERNAME': None, 'OS_PASSWORD': None}
CREDENTIAL = {'OS_AUTH_TYPE': 'v3applicationcredential', 'OS_USERNAME': None,
              'OS_PASSWORD': None, 'OS_APPLICATION_CREDENTIAL_ID': 'c1'}
LOGINS = {'POST /v3/auth/tokens': 1}


def two_files(self, cloud, broker, results):
    self.assertEqual(len(broker.cache_files()), 2)


def no_files(self, cloud, broker, results):
    self.assertEqual(broker.cache_files(), [])


class Kept(CaseTable):
    """A kept login is found by all that made it, and by nothing less."""
    cases = {
        'is found again': case(
            [NAMES, NAMES], 0, 'plain.json', seen=LOGINS, out='desk\n'),
        'not by a wrong password': case(
            [NAMES, 'OS_PASSWORD=wrong ' + NAMES], [0, 3], 'plain.json',
            err='login refused (401)', no_out='desk'),
        'not a wrong password before': case(
            ['OS_PASSWORD=wrong ' + NAMES, NAMES, 'OS_PASSWORD=wrong stop'],
            [3, 0, 3], 'plain.json', unseen='os-stop'),
        'not by another token': case(
            ['OS_TOKEN=tok-alice ' + NAMES, 'OS_TOKEN=tok-bob ' + NAMES], 0,
            'plain.json', env=TOKEN, out='desk-of-bob', no_out='desk\n',
            then=two_files),
        'not by a refused token': case(
            ['OS_TOKEN=tok-bob list', 'OS_TOKEN=tok-old list'], [0, 3],
            'plain.json', env=TOKEN),
        'not by another access token': case(
            ['OS_ACCESS_TOKEN=at-alice ' + NAMES,
             'OS_ACCESS_TOKEN=at-bob ' + NAMES], 0, 'plain.json', env=OIDC,
            out='desk-of-bob', no_out='desk\n'),
        'not by a revoked access token': case(
            ['OS_ACCESS_TOKEN=at-alice list', 'OS_ACCESS_TOKEN=at-x list'],
            [0, 3], 'plain.json', env=OIDC),
        'not by another secret': case(
            ['OS_APPLICATION_CREDENTIAL_SECRET=good list',
             'OS_APPLICATION_CREDENTIAL_SECRET=revoked list'], [0, 3],
            'plain.json', env=CREDENTIAL),
        'not by another user': case(
            [NAMES, 'OS_USERNAME=bob OS_PASSWORD=a-word-of-his ' + NAMES], 0,
            'plain.json', out='desk-of-bob', no_out='desk\n'),
        'not by another project': case(
            ['list', 'OS_PROJECT_NAME=q list'], 0, 'plain.json',
            seen={'POST /v3/auth/tokens': 2}),
        'not by another domain': case(
            ['list', 'OS_USER_DOMAIN_NAME=d list'], 0, 'plain.json',
            seen={'POST /v3/auth/tokens': 2}),
        # The catalog of an impostor would be kept.
        'not made without a check of certificates': case(
            ['--insecure list', 'list'], 0, 'plain.json', tls=True,
            env={'OS_CACERT': '@CA@'}, seen={'POST /v3/auth/tokens': 2}),
        'another region is no other login': case(
            ['list', 'OS_REGION_NAME=R list'], 0, 'plain.json', seen=LOGINS),
        'not of the next field': case(
            ['OS_USERNAME=alice OS_USER_ID= list',
             'OS_USERNAME= OS_USER_ID=alice list'], [0, 3], 'plain.json'),
        'not with --no-cache': case(
            ['list', '--no-cache list'], 0, 'plain.json',
            seen={'POST /v3/auth/tokens': 2}),
    }

    def test_without_the_key(self):
        """Without the random bytes a name says nothing, and is not found."""
        self.start('plain.json')
        broker = self.broker()
        broker.ok('list')
        key = self.home + '/cache/osvdi-broker/key'
        self.assertEqual(os.stat(key).st_mode & 0o777, 0o600)
        before = broker.cache_files()
        os.unlink(key)
        broker.ok('list')
        self.assertEqual(len(set(broker.cache_files()) - set(before)), 1)
        for text in b'', b'x' * 47, b'x' * 49:
            with open(key, 'wb') as f:
                f.write(text)
            broker.ok('list')
            self.assertEqual(os.stat(key).st_size, 48)

    def test_two_first_runs(self):
        """Two that make the key at once agree on it."""
        self.start('plain.json')
        broker = self.broker()
        runs = [broker.popen('list') for _ in range(6)]
        for run in runs:
            broker.finish(run, *run.communicate(timeout=60))
        self.assertEqual(len(broker.cache_files()), 1)

    def test_typed_password(self):
        """Typed once, it is found by who gives none, and by no wrong one."""
        self.start('plain.json')
        broker = self.broker({'env': {'OS_PASSWORD': None}})
        code, shown = broker.on_terminal('list', typed=b'a-word-of-hers\n')
        self.assertEqual(code, 0, shown)
        broker.ok('list')
        broker.fails(3, 'list', env={'OS_PASSWORD': 'wrong'})
        self.assertEqual(len(self.cloud.requests('POST /v3/auth')), 2)

    def test_ended_logins_are_removed(self):
        self.start({'token_life': 200})
        broker = self.broker()
        broker.ok('list')
        old, = broker.cache_files()
        os.utime(old, (1, 1))
        half = old + '.abcdef'
        with open(half, 'w'):
            pass
        os.utime(half, (1, 1))
        broker.ok('list', env={'OS_PROJECT_NAME': 'q'})
        self.assertEqual(len(broker.cache_files()), 1)
        self.assertNotIn(old, broker.cache_files())

    def test_time_of_the_file(self):
        self.start({'token_life': 1000})
        broker = self.broker()
        broker.ok('list')
        ends = os.stat(broker.cache_files()[0]).st_mtime
        self.assertLess(abs(ends - time.time() - 1000), 60)


class Facts(CaseTable):
    cases = {
        'of another region': case(
            ['OS_REGION_NAME=%s list' % r for r in ('R', 'west', 'R')], 0,
            {'regions': ['R', 'west'], 'minors': {'nova-west': 30}},
            seen={'GET /nova/v2.1/ ': 1, 'GET /nova-west/v2.1/ ': 1,
                  'POST /v3/auth/tokens': 1}),
        'of another endpoint': case(
            ['list', 'OS_COMPUTE_ENDPOINT_OVERRIDE=@URL@/nova-old/v2.1 '
             + NAMES], 0, {'minors': {'nova-old': 30}}, out='desk0'),
    }

    def test_406_has_it_look_anew(self):
        for minor in 30, 2:
            self.start()
            broker = self.broker()
            broker.ok('list')
            self.cloud.scenario['minor'] = minor
            broker.ok('list')
            self.assertEqual(len(self.cloud.requests('GET /nova/v2.1/ ')), 2)
            self.cloud.scenario['minor'] = 1
            # below 2.6 consoles are asked for by an action
            err = broker.run('resolve').err
            self.assertNotIn('406', err)
            self.assertEqual(len(self.cloud.requests('os-getSPICEConsole')), 1)

    def test_406_for_ever(self):
        self.start({'rules': [{'path': '/servers', 'status': 406, 'body': {
            'computeFault': {'message': 'never'}}}]})
        err = self.broker().fails(6, 'list').err
        self.assertIn('never', err)
        self.assertEqual(len(self.cloud.requests('/servers')), 2)


class Logout(CaseTable):
    cases = {
        'drops and revokes': case(
            ['list', 'logout', 'list'], 0, 'plain.json',
            seen={'POST /v3/auth/tokens': 2, 'DELETE /v3/auth/tokens': 1}),
        'says so': case(['list', 'logout'], 0, out=(
            'alice, project p, at @URL@/v3: dropped and revoked\n'),
            then=no_files),
        'nothing to drop': case('logout', 0, out='no login was kept\n',
                                unseen='/v3'),
        'of this user only': case(
            ['list', 'OS_USERNAME=bob OS_PASSWORD=a-word-of-his list',
             'OS_USERNAME=bob logout'], 0, no_out='alice', out='bob, '),
        'whatever the password': case(
            ['list', 'OS_PASSWORD=other logout'], 0, out='alice',
            then=no_files),
        'of all': case(
            ['list', 'OS_USERNAME=bob OS_PASSWORD=a-word-of-his list',
             'logout --all'], 0, out=['alice', 'bob'], then=no_files),
        'without a cloud of all': case(
            ['list', 'OS_AUTH_URL= logout'], 0, out='alice', then=no_files),
        'not of another cloud': case(
            ['list', 'OS_AUTH_URL=http://127.0.0.1:9/v3 logout'], 0,
            out='no login', unseen='DELETE'),
        'that Keystone does not answer': case(
            ['list', 'logout'], 0, {'rules': [
                {'method': 'DELETE', 'path': '/auth/tokens', 'status': 503}]},
            out=': dropped\n', err='Keystone was not told (503', then=no_files),
        'over TLS, by the authority of then': case(
            ['OS_CACERT=@CA@ list', 'logout'], 0, tls=True,
            out='dropped and revoked'),
    }

    def test_token_is_revoked(self):
        self.start()
        broker = self.broker()
        broker.ok('list')
        with open(broker.cache_files()[0]) as f:
            kept = json.load(f)['id']
        result = broker.ok('-vv', 'logout')
        self.assertEqual(self.cloud.revoked, [kept])
        self.assertNotIn(kept, result.out + result.err)


class Clocks(CaseTable):
    """Clocks that differ, and tokens that live for a moment."""
    cases = {
        name: case('resolve', 0, dict(cloud, **more), seen=LOGINS)
        for more in [{'servers': [{'status': 'SHUTOFF'}], 'verb_s': 2}]
        for name, cloud in {
            'as ours': {},
            'an hour behind ours': {'clock': -3600},
            'a day behind ours': {'clock': -86400},
            'an hour ahead of ours': {'clock': 3600},
            'tokens of 50 s': {'token_life': 50},
            'tokens of 5 s': {'token_life': 5},
            'tokens of 50 s and an hour behind':
                {'token_life': 50, 'clock': -3600},
            'no time of issue': {'clock': -3600, 'token': {'issued_at': None}},
            'a token that has ended by any clock':
                {'token_life': -100, 'token': {'issued_at': None}},
        }.items()
    }

    def test_kept_with_another_clock(self):
        for clock in -7200, 0, 7200:
            self.start({'clock': clock})
            broker = self.broker()
            broker.ok('list')
            broker.ok('list')
            self.assertEqual(len(self.cloud.requests('POST /v3')), 1, clock)

    def test_short_ones_are_not_kept(self):
        self.start({'token_life': 30})
        broker = self.broker()
        broker.ok('list')
        broker.ok('list')
        self.assertEqual(len(self.cloud.requests('POST /v3')), 2)


class Double(CaseTable):
    """The cloud of these tables does what it says."""
    cases = {
        'verbs take their time': case(
            ['stop', 'resolve'], 0, {'verb_s': 0.1},
            seen={'"os-stop"': 1, '"os-start"': 1}, out='wss://'),
        'pages': case(NAMES, 0, {'n': 25, 'limit': 10}, out='desk0',
                      seen={'GET /nova/v2.1/servers/detail': 3}),
        'rules': case(NAMES, 6, {'rules': [
            {'path': '/servers', 'status': 500, 'body': {
                'computeFault': {'message': 'tea is out'}}}]},
            err='tea is out'),
    }


if __name__ == '__main__':
    main()
