# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""osvdi-broker against a real OpenStack with real QEMU behind it."""
import json
import os
import signal
import stat
import sys
import time

import lab_case
from lab_case import LabCase, TOKEN_TTL
from broker import AUTH, FAILED, NOT_FOUND, NOT_READY, OK, SERVICE, USAGE
from lab_connect import B3Connect         # noqa: F401
from lab_plan import C1Plan               # noqa: F401
from lab_login import A7Login             # noqa: F401
from lab_pools import B2Pools             # noqa: F401
from lab_secrets import Z9Secrets         # noqa: F401: runs last
import spice


class A0First(LabCase):
    """Preparations for the last tests."""
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
            'flavor', 'host', 'lease', 'lease_end', 'class_end', 'rest_at', 'pool',
            'assigned', 'default', 'locked', 'user_id', 'project_id'})

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
        self.assertIn('region Mars', b.fails(USAGE, 'list').err)

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
