# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Logging in to a real Keystone, by all methods, and the login that is kept."""
import json
import os
import stat

from broker import AUTH, NOT_FOUND, OK, USAGE, Broker
from lab_case import LabCase
import spice


class A7Login(LabCase):
    def clouds(self, broker, secure=True):
        rc = self.environment('alice')
        d = broker.home + '/config/openstack'
        os.makedirs(d)
        with open(d + '/clouds.yaml', 'w') as f:
            f.write('clouds:\n  lab:\n    auth: &a\n'
                    '      auth_url: %s\n      username: alice\n'
                    '      project_name: desktops\n'
                    '      user_domain_name: Default\n'
                    '      project_domain_name: Default\n'
                    '    region_name: RegionOne\n'
                    '  broken:\n    auth:\n      <<: *a\n'
                    '      username: nobody\n' % rc['OS_AUTH_URL'])
        if secure:
            with open(d + '/secure.yaml', 'w') as f:
                os.fchmod(f.fileno(), 0o600)
                f.write('clouds:\n  lab:\n    auth:\n      password: "%s"\n'
                        '  broken:\n    auth:\n      password: x\n'
                        % rc['OS_PASSWORD'])

    def bare(self, **env):
        b = self.broker('alice')
        for k in list(b.env):
            if k.startswith('OS_'):
                del b.env[k]
        b.env.update(env)
        return b

    def test_clouds_yaml(self):
        b = self.bare()
        self.clouds(b)
        self.assertIn('alice-off', b.ok('--os-cloud', 'lab', 'list').out)
        self.assertIn('alice-off', b.ok('list', '--os-cloud', 'lab').out)
        self.assertIn('alice-off', b.ok('list', env={'OS_CLOUD': 'lab'}).out)
        b.fails(USAGE, 'list')
        b.fails(USAGE, '--os-cloud', 'moon', 'list')
        b.fails(AUTH, '--os-cloud', 'broken', 'list')
        # the environment is stronger than the file
        b.fails(AUTH, '--os-cloud', 'lab', 'list',
                env={'OS_USERNAME': 'nobody'})

    def test_config_is_named_when_bad(self):
        b = self.bare()
        self.clouds(b)
        with open(b.home + '/config/openstack/clouds.yaml', 'a') as f:
            f.write('  - [\n')
        err = b.fails(USAGE, '--os-cloud', 'lab', 'list').err
        self.assertIn('clouds.yaml: line ', err)

    def test_wrong_password(self):
        b = self.broker('alice', OS_PASSWORD='not-it')
        err = b.fails(AUTH, 'list').err
        self.assertIn('login refused (401)', err)
        self.assertEqual(b.cache_files(), [])

    def test_application_credential(self):
        c = self.cloud.facts['application_credential']
        b = self.bare(OS_AUTH_TYPE='v3applicationcredential',
                      OS_AUTH_URL=self.alice.env['OS_AUTH_URL'],
                      OS_APPLICATION_CREDENTIAL_ID=c['id'],
                      OS_APPLICATION_CREDENTIAL_SECRET=c['secret'])
        Broker.watch.add(c['secret'])
        self.assertEqual(spice.machine_at(b.resolve('alice-desktop')),
                         self.desk)
        b = self.bare(OS_AUTH_URL=self.alice.env['OS_AUTH_URL'],
                      OS_USERNAME='alice',
                      OS_APPLICATION_CREDENTIAL_NAME='lab',
                      OS_APPLICATION_CREDENTIAL_SECRET=c['secret'])
        self.assertIn('alice-off', b.ok('list').out)

    def test_federated(self):
        """Keystone's own federation, by the provider's password and token."""
        carol = self.broker('carol')
        Broker.watch.add(carol.env['OS_CLIENT_SECRET'])
        self.assertEqual(carol.ok('list', '-f', 'json').json, [])
        new = carol.ok('create', '--image', 'tiny', '--flavor', 'desktop',
                       '--network', 'none', 'carols').out.split()[0]
        address = carol.resolve()
        self.assertEqual(address['id'], new)
        self.assertEqual(spice.machine_at(address), new)
        self.alice.fails(NOT_FOUND, 'resolve', 'carols')
        err = carol.fails(AUTH, '--no-cache', 'list',
                          env={'OS_PASSWORD': 'not-it'}).err
        self.assertIn('Invalid user credentials', err)
        token = self.cloud.access_token(carol.env)
        Broker.watch.add(token)
        by_token = {'OS_AUTH_TYPE': 'v3oidcaccesstoken', 'OS_PASSWORD': None,
                    'OS_CLIENT_SECRET': None, 'OS_ACCESS_TOKEN': token}
        self.assertIn('carols', carol.ok('--no-cache', 'list',
                                         env=by_token).out)
        by_token['OS_ACCESS_TOKEN'] = token[:-1]
        carol.fails(AUTH, '--no-cache', 'list', env=by_token)
        self.cloud.nova('DELETE', '/servers/' + new)

    def test_token(self):
        b = self.bare(OS_AUTH_TYPE='v3token', OS_PROJECT_NAME='desktops',
                      OS_AUTH_URL=self.alice.env['OS_AUTH_URL'],
                      OS_TOKEN=self.cloud.token('alice'))
        self.assertIn('alice-off', b.ok('list').out)

    def test_token_is_kept(self):
        self.alice.ok('list')
        files = self.alice.cache_files()
        self.assertEqual(len(files), 1)
        self.assertEqual(stat.S_IMODE(os.stat(files[0]).st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(os.stat(
            os.path.dirname(files[0])).st_mode), 0o700)
        err = self.alice.ok('-vv', 'list').err
        self.assertNotIn('/auth/tokens', err)
        err = self.alice.ok('-vv', '--no-cache', 'list').err
        self.assertIn('/auth/tokens', err)

    def test_kept_token_refused(self):
        """Revoked since: one new login, and it works."""
        self.alice.ok('list')
        with open(self.alice.cache_files()[0]) as f:
            token = json.load(f)['id']
        url = self.cloud.facts['auth_url'] + '/auth/tokens'
        import urllib.request
        req = urllib.request.Request(url, method='DELETE', headers={
            'X-Auth-Token': token, 'X-Subject-Token': token})
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(req)
        # nova's own cache of valid tokens may be older than the revocation
        self.spoil_token()
        err = self.alice.ok('-v', 'list').err
        self.assertIn('logging in again', err)
        # and with a password that is wrong by now: refused, once
        self.spoil_token()
        err = self.alice.fails(AUTH, '-vv', 'list',
                               env={'OS_PASSWORD': 'old'}).err
        self.assertEqual(err.count('POST '), 1)

    def spoil_token(self):
        path = self.alice.cache_files()[0]
        with open(path) as f:
            kept = json.load(f)
        kept['id'] = 'gAAAAAB' + 'x' * 150
        with open(path, 'w') as f:
            json.dump(kept, f)

    def test_expired_token_is_not_used(self):
        self.alice.ok('list')
        path = self.alice.cache_files()[0]
        with open(path) as f:
            kept = json.load(f)
        kept['answer']['token']['expires_at'] = '2020-01-01T00:00:00.000000Z'
        with open(path, 'w') as f:
            json.dump(kept, f)
        err = self.alice.ok('-vv', 'list').err
        self.assertEqual(err.count('POST '), 1)
        self.assertNotIn(': 401 ', err)

    def test_bad_cache_is_ignored(self):
        self.alice.ok('list')
        path = self.alice.cache_files()[0]
        for text in ('', '{', '[]', '{"version":1,"id":5,"answer":{}}',
                     '[' * 100000):
            with open(path, 'w') as f:
                f.write(text)
            self.alice.ok('list')
        os.chmod(path, 0o644)
        self.assertIn('/auth/tokens', self.alice.ok('-vv', 'list').err)
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)

    def test_prompt(self):
        password = self.alice.env['OS_PASSWORD']
        code, shown = self.alice.on_terminal(
            'list', typed=password.encode() + b'\n', env={'OS_PASSWORD': None})
        self.assertEqual(code, OK, shown)
        self.assertIn('Password of alice: ', shown)
        self.assertNotIn(password, shown)
        self.alice.forget()
        err = self.alice.fails(USAGE, 'list', env={'OS_PASSWORD': None}).err
        self.assertIn('OS_PASSWORD', err)

    def test_no_secret_options(self):
        err = self.alice.fails(USAGE, '--os-password', 'x', 'list').err
        self.assertIn('can be read by every user', err)
