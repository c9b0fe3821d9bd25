# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""osvdi-broker against Nova 31 (Debian 13) in a root of its own: TLS everywhere,
spice-direct, reservations."""
import os
import sys
import time

import lab_case
from lab_case import LabCase
# No lab_plan: there a plan's look would need the SPICE servers' authority in broker.yaml.
from lab_secrets import Z9Secrets         # noqa: F401: runs last
from broker import NOT_FOUND, NOT_READY, SERVICE, USAGE
import spice

ROOT = os.environ.get('OSVDI_LAB_ROOT', '/var/tmp/osvdi-lab-trixie')


class A1Tls(LabCase):
    def test_verified_by_default(self):
        b = self.broker('alice', OS_CACERT='/etc/ssl/certs/ca-certificates.crt')
        err = b.fails(SERVICE, 'list').err
        self.assertIn('--os-cacert', err)
        err = b.ok('--insecure', 'list').err
        self.assertIn('not verified', err)
        self.alice.ok('list')

    def test_bad_ca_file(self):
        b = self.broker('alice', OS_CACERT='/nonexistent.pem')
        b.fails(USAGE, 'list')


class A2Ways(LabCase):
    def test_spice_direct(self):
        address = self.alice.resolve('alice-desktop')
        self.assertEqual(address['via'], 'spice-direct')
        self.assertTrue(address['ca'].startswith('-----BEGIN CERTIFICATE'))
        self.assertEqual(address['host_subject'],
                         self.cloud.facts['spice_host_subject'])
        self.assertIn('tls-port=%d' % address['tls_port'], address['uri'])
        for way in 'tls', 'tcp':
            self.assertEqual(spice.machine_at(address, way), self.desk)

    def test_wrong_subject_is_noticed(self):
        """The check of the test's own client can fail."""
        address = self.alice.resolve('alice-desktop')
        address['host_subject'] = 'O=elsewhere,CN=127.0.0.1'
        with self.assertRaises(spice.Refused):
            spice.machine_at(address, 'tls')

    def test_websocket_over_tls(self):
        address = self.alice.resolve('--via', 'websocket', 'alice-desktop')
        self.assertTrue(address['uri'].startswith('spice+wss://'))
        self.assertEqual(spice.machine_at(address), self.desk)

    def test_direct_over_tls(self):
        config = os.path.join(self.admin.home, 'broker.yaml')
        with open(config, 'w') as f:
            f.write('spice:\n  ca: %s\n  host-subject: %s\n' % (
                self.cloud.facts['ca'],
                self.cloud.facts['spice_host_subject']))
        address = self.admin.resolve('--config', config, '--any-owner',
                                     self.desk)
        self.assertEqual(address['via'], 'direct')
        self.assertEqual(spice.machine_at(address, 'tls'), self.desk)
        vv = self.admin.ok('resolve', '--config', config, '--any-owner',
                           '--vv', '-', self.desk).out
        self.assertIn('\nsecure-channels=all\n', vv)

    def test_warm_cost(self):
        self.alice.resolve('alice-desktop')
        err = self.alice.ok('-v', 'resolve', 'alice-desktop').err
        self.assertIn(' 3 requests over 2 connections', err)


class A3Wake(LabCase):
    def check(self, state, woken, *options):
        self.cloud.put(self.desk, state)
        address = self.alice.resolve(*options, 'alice-desktop')
        self.assertEqual(address['woken'], woken)
        self.assertEqual(spice.machine_at(address), self.desk)

    def test_states(self):
        self.check('PAUSED', ['unpause'])
        self.check('SUSPENDED', ['resume'])
        self.check('SHUTOFF', ['os-start'])
        self.check('SHELVED_OFFLOADED', ['unshelve'])
        self.check('ERROR', ['reboot'], '--repair')

    def test_pool(self):
        one = self.alice.ok('create', '--image', 'tiny', '--flavor', 'desktop',
                            '--network', 'none', '--pool', 'p',
                            'p-1').out.split()[0]
        running = [b.popen('assign', 'p') for b in (self.alice, self.bob)]
        codes = []
        for p in running:
            p.communicate(timeout=100)
            codes.append(p.returncode)
        self.assertEqual(codes.count(0), 1, codes)
        self.cloud.nova('DELETE', '/servers/' + one)


class B1Leases(LabCase):
    def servers_of(self, broker):
        return {r['name']: r for r in broker.ok('list', '-f', 'json').json}

    def gone(self, broker, name):
        end = time.time() + 60
        while name in self.servers_of(broker):
            self.assertLess(time.time(), end)
            time.sleep(1)

    def test_refused(self):
        self.alice.fails(USAGE, 'reserve', 'x', '--for', '2h')
        self.alice.fails(USAGE, 'reserve', 'x', '--vcpus', '1', '--memory',
                         '64')
        self.alice.fails(USAGE, 'reserve', 'x', '--flavor', 'desktop',
                         '--for', 'ever')
        self.alice.fails(NOT_FOUND, 'leases', 'show', 'none-such')

    def test_life(self):
        result = self.alice.ok(
            'reserve', 'exam', '--vcpus', '1', '--memory', '64', '--disk', '1',
            '--for', '2h', '--wait', '--timeout', '2m', '-f', 'json')
        lease = result.json
        self.assertIn('deleted', result.err)
        self.assertEqual(lease['status'], 'ACTIVE')
        row, = self.alice.ok('leases', '-f', 'json').json
        self.assertEqual(row['id'], lease['id'])
        longer = self.alice.ok('leases', 'extend', 'exam', '--by', '1h', '-f',
                               'json').json
        self.assertGreater(longer['end'], lease['end'])
        make = ('create', '--image', 'tiny', '--network', 'none', '--lease',
                'exam')
        self.alice.ok(*make, 'exam-1')
        desk = self.servers_of(self.alice)['exam-1']
        self.assertEqual(desk['lease'], 'exam')
        self.assertEqual(desk['lease_end'], longer['end'])
        # the lease is for one
        err = self.alice.fails(NOT_READY, *make, 'exam-2').err
        self.assertIn('ERROR', err)
        config = os.path.join(self.alice.home, 'broker.yaml')
        with open(config, 'w') as f:
            f.write('lease-warning: 1d\n')
        address = self.alice.resolve('--config', config, 'exam-1')
        self.assertEqual(spice.machine_at(address), desk['id'])
        self.assertEqual(address['lease_end'], longer['end'])
        self.assertIn('deleted', address['warnings'][0])
        err = self.alice.fails(USAGE, 'leases', 'delete', 'exam').err
        self.assertIn('exam-1', err)
        self.alice.ok('leases', 'delete', 'exam', '--yes')
        self.gone(self.alice, 'exam-1')
        self.assertEqual(self.alice.ok('leases', '-f', 'json').json, [])

    def test_by_flavor(self):
        lease = self.alice.ok('reserve', 'lab', '--flavor', 'desktop', '--for',
                              '1h', '--wait', '--timeout', '2m', '-f',
                              'json').json
        out = self.alice.ok('create', '--image', 'tiny', '--network', 'none',
                            '--lease', lease['id'], 'lab-1').out
        self.assertIn('ACTIVE', out)
        self.assertEqual(self.servers_of(self.alice)['lab-1']['lease'], 'lab')
        self.alice.ok('leases', 'delete', 'lab', '--yes')
        self.gone(self.alice, 'lab-1')


if __name__ == '__main__':
    sys.modules['test_debian13'] = sys.modules['__main__']
    lab_case.main('__main__', LAB_ROOT=ROOT, LAB_SUITE='trixie', LAB_TLS='1',
                  LAB_BLAZAR='1')
