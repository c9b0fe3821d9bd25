# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""osvdi-broker against a real OpenStack with real QEMU behind it."""
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
import unittest

import lab_case
from lab_case import LabCase, TOKEN_TTL
from broker import (AUTH, FAILED, NOT_FOUND, NOT_READY, OK, SERVICE, USAGE,
                    Broker)
from lab_secrets import Z9Secrets         # noqa: F401: runs last
import spice


class A0First(LabCase):
    """What the last tests need from the beginning."""
    def test_console_token(self):
        LabCase.old = self.alice.resolve('alice-desktop')
        LabCase.old_since = time.time()
        self.assertEqual(spice.machine_at(LabCase.old), self.desk)


class A1List(LabCase):
    def test_table_shows_only_own(self):
        out = self.alice.ok('list').out
        self.assertIn('| alice-desktop |', out)
        self.assertNotIn('bob-desktop', out)
        self.assertIn('| tiny  | desktop |', out)

    def test_json(self):
        rows = self.alice.ok('list', '-f', 'json').json
        self.assertEqual([r['name'] for r in rows],
                         ['alice-desktop', 'alice-off'])
        desk = rows[0]
        self.assertEqual(desk['id'], self.desk)
        self.assertEqual(desk['status'], 'ACTIVE')
        self.assertEqual(desk['power_state'], 'running')
        self.assertEqual(desk['user_id'], self.cloud.facts['users']['alice'])
        self.assertEqual(set(desk), {
            'id', 'name', 'status', 'task_state', 'power_state', 'image',
            'flavor', 'host', 'lease', 'lease_end', 'pool', 'assigned',
            'default', 'locked', 'user_id', 'project_id'})

    def test_csv_value_columns(self):
        out = self.alice.ok('list', '-f', 'csv', '-c', 'Name,status').out
        self.assertEqual(out.splitlines()[:2],
                         ['"Name","Status"', '"alice-desktop","ACTIVE"'])
        out = self.alice.ok('list', '-f', 'value', '-c', 'name').out
        self.assertEqual(out, 'alice-desktop\nalice-off\n')
        self.alice.fails(USAGE, 'list', '-c', 'nonsense')
        self.alice.fails(USAGE, 'list', '-f', 'xml')

    def test_admin_sees_host_and_all(self):
        rows = self.admin.ok('list', '--all', '-f', 'json').json
        self.assertEqual({r['name'] for r in rows},
                         {'alice-desktop', 'alice-off', 'bob-desktop'})
        self.assertEqual(rows[0]['host'], 'lab')
        rows = self.admin.ok('list', '--user', 'bob', '-f', 'json').json
        self.assertEqual([r['name'] for r in rows], ['bob-desktop'])

    def test_no_pools_uses_novas_filter(self):
        rows = self.alice.ok('list', '--no-pools', '-f', 'json').json
        self.assertEqual(len(rows), 2)


class A2Resolve(LabCase):
    def check(self, address):
        self.assertEqual(address['server_uuid'], self.desk)
        self.assertEqual(spice.machine_at(address), self.desk)

    def test_websocket_is_real(self):
        address = self.alice.resolve('alice-desktop')
        self.assertEqual(address['via'], 'websocket')
        self.assertTrue(address['uri'].startswith('spice+ws://127.0.0.1:'))
        self.assertEqual(address['woken'], [])
        self.assertTrue(address['token_expires_assumed'])
        self.check(address)

    def test_direct_is_real(self):
        address = self.admin.resolve('--any-owner', self.desk)
        self.assertEqual(address['via'], 'direct')
        self.assertEqual(address['uri'], 'spice://%s:%d' % (
            address['host'], address['port']))
        self.assertIsNone(address['token_expires'])
        self.check(address)

    def test_why_not(self):
        ways = {w['via']: w for w in self.alice.resolve(self.desk)['ways']}
        self.assertIn('administrators', ways['direct']['reason'])
        self.assertIn('2.99', ways['spice-direct']['reason'])
        self.assertTrue(ways['websocket']['taken'])
        err = self.alice.ok('-v', 'resolve', 'alice-desktop').err
        self.assertIn('not direct: ', err)

    def test_forced_ways(self):
        self.check(self.admin.resolve('--any-owner', '--via', 'websocket',
                                      self.desk))
        err = self.alice.fails(AUTH, 'resolve', '--via', 'direct',
                               self.desk).err
        self.assertIn('403', err)
        self.alice.fails(SERVICE, 'resolve', '--via', 'spice-direct',
                         self.desk)
        self.alice.fails(USAGE, 'resolve', '--via', 'carrier-pigeon')

    def test_warm_cost(self):
        self.alice.resolve('alice-desktop')
        for name in ('alice-desktop', self.desk):
            err = self.alice.ok('-v', 'resolve', name).err
            line = [x for x in err.splitlines() if ' requests over ' in x][0]
            requests, connections = (int(line.split()[i]) for i in (1, 4))
            self.assertLessEqual(requests, 3, line)
            self.assertEqual(connections, 1, line)
        self.admin.resolve('--any-owner', self.desk)
        err = self.admin.ok('-v', 'resolve', '--any-owner', self.desk).err
        self.assertIn(' 3 requests over 1 connections', err)

    def test_which(self):
        err = self.alice.fails(USAGE, 'resolve').err
        self.assertIn('which desktop?', err)
        self.assertIn('alice-off', err)
        config = os.path.join(self.alice.home, 'broker.yaml')
        with open(config, 'w') as f:
            f.write('desktop: alice-desktop\n')
        self.check(self.alice.resolve('--config', config))
        self.assertEqual(self.bob.resolve()['name'], 'bob-desktop')
        status, _, _ = self.cloud.nova(
            'POST', '/servers/%s/metadata' % self.desk,
            {'metadata': {'osvdi:default': 'true'}})
        self.assertEqual(status, 200)
        self.check(self.alice.resolve())
        self.cloud.nova('DELETE',
                        '/servers/%s/metadata/osvdi:default' % self.desk)

    def test_vnc(self):
        address = self.alice.resolve('--protocol', 'vnc', 'alice-desktop')
        self.assertTrue(address['uri'].startswith('vnc+ws://'))
        stream = spice.WebSocket(address['ws_url'])
        self.assertEqual(stream.read(4), b'RFB ')
        stream.close()
        address = self.admin.resolve('--any-owner', '--protocol', 'vnc',
                                     self.desk)
        self.assertTrue(address['uri'].startswith('vnc://127.0.0.1:'))

    def test_legacy_address_forms(self):
        """auth_url without /v3, interface as adminURL."""
        url = self.alice.env['OS_AUTH_URL']
        b = self.broker('alice', OS_AUTH_URL=url[:-len('/v3')],
                        OS_INTERFACE='publicURL')
        self.check(b.resolve('alice-desktop'))


class A3Vv(LabCase):
    def read(self, text):
        import configparser
        c = configparser.RawConfigParser()
        c.read_string(text)
        return c

    def test_websocket_file(self):
        path = os.path.join(self.alice.home, 'desk.vv')
        os.symlink('/nonexistent/elsewhere', path)
        out = self.alice.ok('resolve', '--vv', path, 'alice-desktop').out
        self.assertEqual(out, '')
        self.assertEqual(stat.S_IMODE(os.lstat(path).st_mode), 0o600)
        self.assertTrue(stat.S_ISREG(os.lstat(path).st_mode))
        self.assertEqual(os.listdir(self.alice.home).count('desk.vv'), 1)
        with open(path) as f:
            c = self.read(f.read())
        self.assertEqual(c['virt-viewer']['type'], 'spice')
        self.assertEqual(c['virt-viewer']['delete-this-file'], '1')
        self.assertEqual(c['osvdi']['server-uuid'], self.desk)
        url = c['osvdi']['url'].replace('spice+', '')
        self.assertEqual(spice.machine(spice.WebSocket(url)), self.desk)

    def test_direct_to_stdout(self):
        c = self.read(self.admin.ok('resolve', '--any-owner', '--vv', '-',
                                    self.desk).out)
        v = c['virt-viewer']
        self.assertEqual(v['delete-this-file'], '0')
        self.assertEqual(spice.machine_at({
            'ws_url': None, 'password': None, 'host': v['host'],
            'port': int(v['port']), 'tls_port': None}), self.desk)

    def test_unwritable(self):
        self.alice.fails(FAILED, 'resolve', '--vv', '/proc/nowhere/x.vv',
                         'alice-desktop')


class A4Wake(LabCase):
    def setUp(self):
        super().setUp()
        self.alice.ok('start', '--repair', 'alice-desktop')

    def check(self, state, woken, *options):
        self.cloud.put(self.desk, state)
        self.alice.fails(NOT_READY, 'resolve', '--no-wake', 'alice-desktop')
        address = self.alice.resolve(*options, 'alice-desktop')
        self.assertEqual(address['woken'], woken)
        self.assertEqual(address['status'], 'ACTIVE')
        self.assertEqual(spice.machine_at(address), self.desk)

    def test_paused(self):
        self.check('PAUSED', ['unpause'])

    def test_suspended(self):
        self.check('SUSPENDED', ['resume'])

    def test_shutoff(self):
        self.check('SHUTOFF', ['os-start'])

    def test_shelved_offloaded(self):
        self.check('SHELVED_OFFLOADED', ['unshelve'])

    def test_error(self):
        self.cloud.put(self.desk, 'ERROR')
        err = self.alice.fails(NOT_READY, 'resolve', 'alice-desktop').err
        self.assertIn('--repair', err)
        self.assertEqual(self.cloud.server(self.desk)['status'], 'ERROR')
        self.check('ERROR', ['reboot'], '--repair')

    def test_lost_race(self):
        """Three brokers wake one desktop at once: all get it."""
        self.cloud.put(self.desk, 'SHUTOFF')
        running = [self.alice.popen('resolve', '-f', 'json', 'alice-desktop')
                   for _ in range(3)]
        for p in running:
            out, err = p.communicate(timeout=100)
            self.assertEqual(self.alice.finish(p, out, err).code, OK, err)
            self.assertEqual(spice.machine_at(json.loads(out)), self.desk)

    def test_locked(self):
        self.cloud.put(self.desk, 'SHUTOFF')
        self.cloud.action(self.desk, {'lock': {'locked_reason': 'inventory'}})
        try:
            err = self.alice.fails(NOT_READY, 'resolve', 'alice-desktop').err
            self.assertIn('locked: inventory', err)
            row = [r for r in self.alice.ok('list', '-f', 'json').json
                   if r['id'] == self.desk][0]
            self.assertTrue(row['locked'])
        finally:
            self.cloud.action(self.desk, {'unlock': None})
        self.alice.ok('start', 'alice-desktop')

    def test_timeout(self):
        self.cloud.put(self.desk, 'SHUTOFF')
        err = self.alice.fails(NOT_READY, 'resolve', '--timeout', '0',
                               'alice-desktop').err
        self.assertIn('--timeout', err)
        self.alice.ok('start', 'alice-desktop')
        self.alice.fails(USAGE, 'resolve', '--timeout', 'soon')


class A5Power(LabCase):
    def test_verbs(self):
        for verb, status in (('stop', 'SHUTOFF'), ('start', 'ACTIVE'),
                             ('suspend', 'SUSPENDED'), ('resume', 'ACTIVE'),
                             ('shelve', 'SHELVED_OFFLOADED'),
                             ('unshelve', 'ACTIVE'), ('reboot', 'ACTIVE')):
            args = ('--hard',) if verb == 'reboot' else ()
            out = self.alice.ok(verb, *args, 'alice-desktop').out
            self.assertEqual(out, 'alice-desktop %s\n' % status)
            self.assertEqual(self.cloud.server(self.desk)['status'], status)
            if not args:
                # once more: the goal is reached
                self.alice.ok(verb, 'alice-desktop')

    def test_impossible(self):
        self.cloud.put(self.desk, 'SUSPENDED')
        err = self.alice.fails(NOT_READY, 'stop', 'alice-desktop').err
        self.assertIn('resume it first', err)
        self.alice.ok('resume', 'alice-desktop')

    def test_wait(self):
        self.alice.ok('wait', '--for', 'active', 'alice-desktop')
        self.alice.fails(NOT_READY, 'wait', '--for', 'SHUTOFF', '--timeout',
                         '1', 'alice-desktop')
        p = self.alice.popen('wait', '--for', 'SHUTOFF', 'alice-desktop')
        self.cloud.put(self.desk, 'SHUTOFF')
        out, err = p.communicate(timeout=60)
        self.assertEqual(self.alice.finish(p, out, err).code, OK)
        self.alice.ok('start', 'alice-desktop')

    def test_progress_on_a_terminal(self):
        self.cloud.put(self.desk, 'SHUTOFF')
        code, shown = self.alice.on_terminal('start', 'alice-desktop')
        self.assertEqual(code, OK, shown)
        self.assertIn('"alice-desktop" is ', shown)


class A6Others(LabCase):
    def test_not_found(self):
        err = self.alice.fails(NOT_FOUND, 'resolve', 'nonsense').err
        self.assertIn('no desktop "nonsense"', err)
        self.alice.fails(NOT_FOUND, 'resolve',
                         '00000000-0000-4000-8000-000000000000')

    def test_a_colleagues(self):
        bobs = self.cloud.facts['servers']['bob-desktop']
        self.alice.fails(NOT_FOUND, 'resolve', 'bob-desktop')
        self.alice.fails(NOT_FOUND, 'resolve', bobs)
        address = self.alice.resolve('--any-owner', bobs)
        self.assertEqual(spice.machine_at(address), bobs)

    def test_another_projects(self):
        project = self.cloud.add_project('elsewhere')
        self.cloud.add_user('eve', 'eves-word-17', project)
        eve = self.broker('alice', OS_USERNAME='eve',
                          OS_PASSWORD='eves-word-17',
                          OS_PROJECT_NAME='elsewhere')
        self.assertEqual(eve.ok('list', '--all', '-f', 'json').json, [])
        for extra in ((), ('--any-owner',)):
            eve.fails(NOT_FOUND, 'resolve', *extra, self.desk)
            eve.fails(NOT_FOUND, 'resolve', *extra, 'alice-desktop')
            eve.fails(NOT_FOUND, 'stop', *extra, self.desk)


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


class A8Trouble(LabCase):
    def test_service_down(self):
        b = self.broker('alice', OS_AUTH_URL='http://127.0.0.1:9/v3')
        err = b.fails(SERVICE, 'list').err
        self.assertIn('identity (http://127.0.0.1:9/v3)', err)
        b = self.broker('alice',
                        OS_COMPUTE_ENDPOINT_OVERRIDE='http://127.0.0.1:9/v2.1')
        self.assertIn('compute (', b.fails(SERVICE, 'list').err)

    def test_service_hangs(self):
        self.alice.ok('list')
        pid = self.cloud.pid('nova')
        os.kill(pid, signal.SIGSTOP)
        try:
            start = time.time()
            err = self.alice.fails(SERVICE, '--request-timeout', '2',
                                   'list').err
            self.assertLess(time.time() - start, 60)
            self.assertIn('--request-timeout', err)
        finally:
            os.kill(pid, signal.SIGCONT)
        self.alice.ok('list')

    def test_wrong_region_and_interface(self):
        b = self.broker('alice', OS_REGION_NAME='Mars')
        self.assertIn('region Mars', b.fails(SERVICE, 'list').err)

    def test_usage(self):
        for args in ((), ('fly',), ('resolve', 'a', 'b'), ('list', 'x'),
                     ('assign',), ('--nonsense',), ('leases', 'eat', 'x')):
            self.alice.fails(USAGE, *args)
        self.assertIn('Usage:', self.alice.ok('--help').out)
        self.assertIn('--via', self.alice.ok('resolve', '--help').out)

    def test_no_blazar_here(self):
        err = self.alice.fails(SERVICE, 'leases').err
        self.assertIn('no reservation service', err)


class B1Create(LabCase):
    def test_create(self):
        config = os.path.join(self.alice.home, 'broker.yaml')
        user_data = os.path.join(self.alice.home, 'init.sh')
        with open(user_data, 'w') as f:
            f.write('#!/bin/sh\n')
        with open(config, 'w') as f:
            f.write('profiles:\n  small:\n    image: tiny\n'
                    '    flavor: desktop\n    networks: [none]\n'
                    '    user-data: %s\n'
                    '    metadata: {course: "101"}\n' % user_data)
        out = self.alice.ok('create', '--config', config, '--profile',
                            'small', '--property', 'seat=7', 'new-desk').out
        new, status = out.split()
        self.assertEqual(status, 'ACTIVE')
        server = self.cloud.server(new)
        self.assertEqual(server['metadata'], {'course': '101', 'seat': '7'})
        self.assertEqual(spice.machine_at(self.alice.resolve('new-desk')),
                         new)
        self.cloud.nova('DELETE', '/servers/' + new)

    def test_refused(self):
        base = ('create', '--network', 'none')
        self.alice.fails(USAGE, *base, 'x')
        self.alice.fails(NOT_FOUND, *base, '--image', 'no', '--flavor',
                         'desktop', 'x')
        self.alice.fails(NOT_FOUND, *base, '--image', 'tiny', '--flavor',
                         'no', 'x')
        self.alice.fails(NOT_FOUND, 'create', '--network', 'lan', '--image',
                         'tiny', '--flavor', 'desktop', 'x')
        self.alice.fails(USAGE, 'create', '--profile', 'none-such', 'x')


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
        read, write = os.pipe()
        x = subprocess.Popen(['Xvfb', '-displayfd', str(write), '-screen', '0',
                              '1024x768x24', '-nolisten', 'tcp'],
                             pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        self.addCleanup(x.wait)
        self.addCleanup(x.terminate)
        with os.fdopen(read) as f:
            return ':' + f.readline().strip()

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


class Z8ConsoleTokens(LabCase):
    def test_expire(self):
        """A token ends; a new resolve gives one that works."""
        left = LabCase.old_since + TOKEN_TTL + 2 - time.time()
        time.sleep(max(0, left))
        with self.assertRaises(spice.Refused):
            spice.machine_at(LabCase.old)
        self.assertEqual(spice.machine_at(self.alice.resolve(
            'alice-desktop')), self.desk)


if __name__ == '__main__':
    sys.modules['test_lab'] = sys.modules['__main__']
    lab_case.main('__main__')
