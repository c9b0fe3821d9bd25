# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The broker tells what this machine alone knows before the first request: nothing is
woken, made or leased, and nobody logs in, for a command that cannot succeed."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                'clouds'))
from cases import CaseTable, case, main        # noqa: E402

ASLEEP = {'servers': [{'name': 'desk', 'status': 'SHUTOFF'}]}
# A policy that lets members look console tokens up, and one that does not.
OPEN = {'servers': ASLEEP['servers'], 'direct': {
    'host': '192.0.2.7', 'port': 5900, 'tls_port': None,
    'internal_access_path': None}}
PROGRAM = '#!/bin/sh\ncat "$1" > shown\n'
PROFILE = '''profiles:
  small: {image: i, flavor: f, user-data: @HOME@/missing}
  half: {image: i}
  mine: {image: i, flavor: f, user-data: ~/absent}
'''
ALL = ('list', 'resolve', 'connect', 'start', 'stop', 'suspend', 'resume',
       'shelve', 'unshelve', 'reboot', 'wait', 'assign lab', 'release',
       'reserve r --for 1h --flavor f', 'leases',
       'create c --image i --flavor f')
TIMED = tuple(c for c in ALL if c not in ('list', 'leases'))
NAMED = ('resolve', 'connect', 'start', 'stop', 'suspend', 'resume', 'shelve',
         'unshelve', 'reboot', 'wait', 'assign', 'release',
         'reserve --for 1h --flavor f', 'leases show', 'leases delete -y',
         'leases extend --by 1h', 'create --image i --flavor f')
SHAPED = ('list', 'resolve', 'assign lab', 'reserve r --for 1h --flavor f',
          'leases')
RESERVE, CREATE = 'reserve r --for 1h ', 'create c --image i '


def early(command, code, err, **more):
    """Fails so, and nothing was asked of the cloud."""
    return case(command, code, ASLEEP, err=err, unseen='', **more)


class Every(CaseTable):
    """Faults that are the same in all subcommands."""
    cases = {}
    for c in ALL:
        cases['no such option ' + c] = early(c + ' --foo', 2, '--foo')
        cases['configuration missing ' + c] = early(
            '--config missing.yaml ' + c, 2, 'missing.yaml')
        cases['configuration damaged ' + c] = early(
            '--config c.yaml ' + c, 2, 'desktopp', files={
                'c.yaml': 'desktopp: x\n'})
        cases['configuration empty word ' + c] = early(
            c + " --config ''", 2, '--config is empty')
        cases['clouds.yaml missing ' + c] = early(
            '--os-cloud none ' + c, 2, 'none')
        cases['authority missing ' + c] = early(
            'OS_CACERT=missing.pem ' + c, 2, 'missing.pem')
        for t in '0', '-5', '999999', 'x':
            cases['request timeout %s %s' % (t, c)] = early(
                '%s --request-timeout %s' % (c, t), 2, 'request-timeout')
    for c in TIMED:
        for t in "''", 'x', '-1', '10y', "'5 m'", '1.5':
            cases['timeout %s %s' % (t, c)] = early(
                '%s --timeout %s' % (c, t), 2, '--timeout')
    for c in NAMED:
        cases['empty name ' + c] = early(c + " ''", 2, 'is empty')
    for c in SHAPED:
        cases['format ' + c] = early(c + ' -f xml', 2, '--format')
    for c in 'list', 'leases':
        cases['column ' + c] = early(c + ' -c colour', 2, 'known: id, name')


class Access(CaseTable):
    cases = {
        'directory missing': early('resolve --vv no/x.vv', 1, 'no/x.vv'),
        'no viewer of that name': early(
            'connect --viewer no-such', 1, 'no-such is not installed'),
        'no viewer at that path': early(
            'connect --viewer /no/such', 1, '/no/such is not installed'),
        'viewer not executable': early(
            'connect --viewer @HOME@/v', 1, 'no program', files={'v': 'x'}),
        'viewer a directory': early(
            'connect --viewer @HOME@', 1, 'no program'),
        'viewer empty': early("connect --viewer ''", 2, '--viewer is empty'),
        'viewer of the environment': early(
            'OSVDI_VIEWER=no-such connect', 1, 'no-such is not installed'),
        'viewer of the configuration': early(
            '--config c.yaml connect', 1, 'no-such is not installed',
            files={'c.yaml': 'viewer: no-such\n'}),
        'no viewer at all': early('PATH=/nowhere connect', 1, 'no viewer'),
        'way': early('resolve --via udp', 2, '--via'),
        'way of connect': early('connect --via udp', 2, '--via'),
        'protocol': early('resolve --protocol rdp', 2, '--protocol'),
        'way without VNC': early(
            'resolve --protocol vnc --via spice-direct', 2, 'not for VNC'),
        'authority of spice missing': early(
            '--config c.yaml resolve', 2, 'missing.pem',
            files={'c.yaml': 'spice: {ca: @HOME@/missing.pem}\n'}),
        'authority of spice none': early(
            '--config c.yaml connect --viewer true', 2, 'PEM',
            files={'c.yaml': 'spice: {ca: @HOME@/x.pem}\n', 'x.pem': 'x'}),
        'one output for two': early('resolve --vv - -f json', 2, '--vv -'),
    }


def viewer(self, name):
    """A viewer of that name, first in the path."""
    path = self.write('bin/' + name, PROGRAM)
    os.chmod(path, 0o755)
    return {'PATH': os.path.dirname(path) + ':' + os.environ['PATH']}


class Viewers(CaseTable):
    """Viewers that cannot open what is asked."""
    def connect(self, cloud, name, code, *args):
        self.start(cloud)
        alice = self.broker()
        result = alice.run('connect', *args, env=viewer(self, name))
        self.assertEqual(result.code, code, result)
        return result

    def test_websocket_forced(self):
        err = self.connect(ASLEEP, 'remote-viewer', 2, '--viewer',
                           'remote-viewer', '--via', 'websocket').err
        self.assertIn('cannot use a WebSocket', err)
        self.assertEqual(self.cloud.requests(), [])

    def test_websocket_only(self):
        """The policy leaves nothing else: nothing is woken for that."""
        err = self.connect(dict(ASLEEP, minor=93), 'remote-viewer', 1,
                           '--viewer', 'remote-viewer').err
        self.assertIn('install osvdi-viewer', err)
        self.assertEqual(self.cloud.requests('POST /nova'), [])

    def test_direct(self):
        self.connect(dict(OPEN, minor=93), 'remote-viewer', 0, '--viewer',
                     'remote-viewer')
        with open(self.home + '/shown') as f:
            self.assertIn('host=192.0.2.7', f.read())

    def test_vnc(self):
        err = self.connect(ASLEEP, 'osvdi-viewer', 2, '--viewer',
                           'osvdi-viewer', '--protocol', 'vnc').err
        self.assertIn('shows no VNC', err)
        self.assertEqual(self.cloud.requests(), [])

    def test_websocket(self):
        self.connect(ASLEEP, 'osvdi-viewer', 0)
        with open(self.home + '/shown') as f:
            self.assertIn('url=spice+wss://', f.read())


class Reserve(CaseTable):
    cases = {
        'no end': early('reserve r --flavor f', 2, 'when it ends'),
        'two ends': early(RESERVE + '--flavor f --until "2099-01-01 00:00"',
                          2, 'one of the two'),
        'length': early('reserve r --for x --flavor f', 2, 'not a time'),
        'no length': early('reserve r --for 0 --flavor f', 2, 'not a time'),
        'moment': early('reserve r --until x --flavor f', 2, 'not a time'),
        'past': early('reserve r --until "2020-01-01 00:00" --flavor f', 2,
                      'has passed'),
        'start': early(RESERVE + '--flavor f --from x', 2, '--from'),
        'end before start': early(
            'reserve r --until "2098-01-01 00:00" --flavor f '
            '--from "2099-01-01 00:00"', 2, 'before it starts'),
        'no size': early(RESERVE, 2, 'how large'),
        'half a size': early(RESERVE + '--vcpus 2', 2, 'how large'),
        'two sizes': early(RESERVE + '--flavor f --vcpus 2', 2, 'how large'),
        'amount': early(RESERVE + '--flavor f --amount 0', 2, '--amount'),
        'extend without an end': early('leases extend l', 2, 'when it ends'),
        'extend by what': early('leases extend l --by x', 2, 'not a time'),
        'extend to the past': early(
            'leases extend l --until "2020-01-01 00:00"', 2, 'has passed'),
        'verb': early('leases rename l', 2, 'leases: list'),
        'no lease': early('leases show', 2, 'leases: list'),
        'an end for show': early('leases show l --by 1h', 2, 'for extend'),
        'yes for show': early('leases show l --yes', 2, 'for delete'),
        'columns of one': early('leases show l -c id', 2, 'for list'),
    }

    def test_nobody_to_ask(self):
        """delete asks at the terminal, so there has to be one."""
        self.start()
        alice = self.broker()
        p = alice.popen('leases', 'delete', 'l', start_new_session=True)
        out, err = p.communicate(timeout=60)
        self.assertEqual(p.returncode, 2, err)
        self.assertIn('--yes', err)
        self.assertEqual(self.cloud.requests(), [])


class Create(CaseTable):
    cases = {
        'no image': early('create c --flavor f', 2, '--image and --flavor'),
        'no flavor': early(CREATE, 2, '--image and --flavor'),
        'no profile': early('create c --profile big', 2, 'no profile "big"'),
        'half a profile': early('--config c.yaml create c --profile half', 2,
                                '--image and --flavor',
                                files={'c.yaml': PROFILE}),
        'user data of the profile': early(
            '--config c.yaml create c --profile small', 2, 'missing',
            files={'c.yaml': PROFILE}),
        'user data in the home directory': early(
            '--config c.yaml create c --profile mine', 2, '@HOME@/absent',
            files={'c.yaml': PROFILE}),
        'user data': early(CREATE + '--flavor f --user-data no', 2, 'no'),
        'large user data': early(
            CREATE + '--flavor f --user-data u', 2, 'too large',
            files={'u': 'x' * 49150}),
        'property': early(CREATE + '--flavor f --property a', 2, 'KEY=VALUE'),
        'networks': early(CREATE + '--flavor f --network none --network n', 2,
                          'stand alone'),
        'empty network': early(CREATE + "--flavor f --network ''", 2,
                               '--network is empty'),
        'empty pool': early(CREATE + "--flavor f --pool ''", 2,
                            '--pool is empty'),
    }


class Other(CaseTable):
    cases = {
        'wait for what': early('wait --for RUNNING', 2, 'ACTIVE, SHUTOFF'),
        'empty user': early("list --user ''", 2, '--user is empty'),
        'empty pool': early("list --pool ''", 2, '--pool is empty'),
        'no pool': early('assign', 2, 'something is missing'),
        'too many names': early('start a b', 2, 'too many'),
    }


if __name__ == '__main__':
    main()
