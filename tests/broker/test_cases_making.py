# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""osvdi-broker create, reserve and leases against a scripted cloud: what is asked of Nova
and Blazar, and what a user reads when they refuse, are slow, or answer nonsense."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                'clouds'))
from cases import CaseTable, case, main        # noqa: E402
from makingcloud import RESERVATION, MakingCloud, at, lease  # noqa: E402

IMAGE, NET = 'aa0e4c1d-2b3f-4a5c-9d6e-7f8091a2b3c4', 'bb0e4c1d-2b3f-4a5c-9d6e-7f8091a2b3c4'
CLOUD = {'servers': [], 'images': {IMAGE: 'debian'}, 'networks': {NET: 'lan'},
         'flavors': {'f1': 'small', 'f2': 'gpu', 'f3': 'gpu'}}
CREATE = 'create c --image debian --flavor small '
PROFILE = '''profiles:
  desk:
    image: debian
    flavor: small
    networks: [lan]
    security-groups: [web, ssh]
    key-name: hers
    availability-zone: az
    config-drive: yes
    pool: lab
    metadata: {course: cad, osvdi:default: "false"}
'''
# A lease with a desktop in it; and leases of one name, and a lease that is not there yet.
HELD = {**CLOUD, 'leases': [{'name': 'exam'}], 'servers': [
    {'name': 'desk', 'flavor': {'original_name': 'reservation:' + RESERVATION % 0,
                                'vcpus': 1, 'ram': 1}}, {'name': 'other'}]}
TWO = {**CLOUD, 'leases': [{'name': 'exam'}, {'name': 'exam'}, {'name': 'late', 'reservations': [],
                                                               'status': 'PENDING'}]}


def rule(path, method='GET', cloud=CLOUD, **does):
    """The cloud, and a rule for requests of that method whose path ends so."""
    return {**cloud, 'rules': [{'method': method, 'path_end': path, **does}]}


def refused(status, message):
    return {'status': status, 'body': {'badRequest': {'code': status, 'message': message}}}


def body(wanted, kind='server'):
    """The one request that made something has these members."""
    def then(self, cloud, _, __):
        asked = [json.loads(text) for method, path, text in cloud.asked if method == 'POST'
                 and path.split('?')[0].endswith({'server': '/servers', 'lease': '/leases'}[kind])]
        self.assertEqual(len(asked), 1)
        got = asked[0].get(kind, asked[0])
        self.assertEqual({k: got.get(k) for k in wanted}, wanted)
    return then


class Making(CaseTable):
    cloud_class = MakingCloud


class Create(Making):
    cases = {
        'by names': case(
            CREATE, 0, CLOUD, out=' ACTIVE\n', seen=['name=debian', 'GET /nova/v2.1/flavors'],
            then=body({'imageRef': IMAGE, 'flavorRef': 'f1', 'networks': 'auto', 'metadata': None,
                       'user_data': None, 'config_drive': None, 'security_groups': None})),
        'by ids': case('create c --image %s --flavor f2' % IMAGE, 0, CLOUD, unseen='GET /image',
                       then=body({'imageRef': IMAGE, 'flavorRef': 'f2'})),
        'with all': case(
            CREATE + '--network lan --key-name hers --availability-zone az --config-drive '
            '--security-group web --security-group ssh --property a=b=c --property d= --pool lab '
            '--default --user-data u', 0, CLOUD, files={'u': '#!/bin/sh\n'},
            then=body({'networks': [{'uuid': NET}], 'key_name': 'hers', 'availability_zone': 'az',
                       'config_drive': True,
                       'security_groups': [{'name': 'web'}, {'name': 'ssh'}],
                       'user_data': 'IyEvYmluL3NoCg==',
                       'metadata': {'a': 'b=c', 'd': '', 'osvdi:pool': 'lab',
                                    'osvdi:default': 'true'}})),
        'by a profile': case(
            '--config c.yaml create c --profile desk', 0, CLOUD, files={'c.yaml': PROFILE},
            then=body({'networks': [{'uuid': NET}], 'key_name': 'hers', 'availability_zone': 'az',
                       'config_drive': True, 'metadata': {
                           'course': 'cad', 'osvdi:default': 'false', 'osvdi:pool': 'lab'},
                       'security_groups': [{'name': 'web'}, {'name': 'ssh'}]})),
        'options before the profile': case(
            '--config c.yaml create c --profile desk --flavor f2 --network none --pool p '
            '--property course=x', 0, CLOUD, files={'c.yaml': PROFILE},
            then=body({'flavorRef': 'f2', 'networks': 'none', 'metadata': {
                'course': 'x', 'osvdi:default': 'false', 'osvdi:pool': 'p'}})),
        'no wait': case(CREATE + '--no-wait', 0, {**CLOUD, 'verb_s': None}, out=' BUILD\n'),
        'ends in an error': case(CREATE, 5, {**CLOUD, 'goes_error': 'No valid host was found.'},
                                 err=['ERROR', 'No valid host was found.']),
        'is slow': case(CREATE + '--timeout 1', 5, {**CLOUD, 'verb_s': None}, err='BUILD'),
        'image': case('create c --image x --flavor small', 4, CLOUD, err='there is no image "x"',
                      unseen='POST /nova'),
        'flavor': case('create c --image debian --flavor x', 4, CLOUD,
                       err='there is no flavor "x"', unseen='POST /nova'),
        'flavors of one name': case('create c --image debian --flavor gpu', 2, CLOUD,
                                    err='several flavors are named "gpu": give the id',
                                    unseen='POST /nova'),
        'network': case(CREATE + '--network x', 4, CLOUD, err='there is no network "x"',
                        unseen='POST /nova'),
        'quota': case(CREATE, 3, rule('/servers', 'POST', **refused(403, 'Quota exceeded')),
                      err=['403', 'Quota exceeded']),
        'no answer is tried once': case(
            CREATE, 6, rule('/servers', 'POST', reset=True), err='compute',
            seen={'POST /nova/v2.1/servers': 1}),
        'busy is tried once': case(
            CREATE, 6, rule('/servers', 'POST', status=503), err='503',
            seen={'POST /nova/v2.1/servers': 1}),
        'no server in the answer': case(
            CREATE, 6, rule('/servers', 'POST', status=202, body={'server': {'id': 'x'}}),
            err='names no server'),
        'a path in the answer': case(
            CREATE, 6, rule('/servers', 'POST', status=202, body={'server': {
                'id': '../../os-services/' + IMAGE}}), err='names no server'),
        'images are nonsense': case(CREATE, 6, rule('/images', status=200, text='[1]'),
                                    err='image: GET /images: the answer is no list',
                                    unseen='POST /nova'),
        'flavors are none': case(CREATE, 6, rule('/flavors', status=200, body={'flavors': 1}),
                                 err='the answer is no list', unseen='POST /nova'),
        'flavors are nonsense': case(CREATE, 6, rule('/flavors', status=200, text='{"x'),
                                     err='compute', unseen='POST /nova'),
        'flavors without ids': case(
            CREATE, 4, rule('/flavors', status=200, body={'flavors': [{'name': 'small'}, 3]}),
            err='there is no flavor "small"', unseen='POST /nova'),
        'a lease': case('create c --image debian --lease exam', 0, HELD,
                        err='this desktop is deleted when the lease "exam" ends',
                        then=body({'flavorRef': RESERVATION % 0})),
        'no such lease': case('create c --image debian --lease x', 4, HELD,
                              err='there is no lease "x"', unseen='POST /nova'),
        'a lease to come': case('create c --image debian --lease late', 5, TWO,
                                err=['PENDING', 'reserve --wait'], unseen='POST /nova'),
        'leases of one name': case('create c --image debian --lease exam', 2, TWO,
                                   err='several leases are named "exam": give the id',
                                   unseen='POST /nova'),
    }


class Reserve(Making):
    cases = {
        'flavor': case(
            'reserve r --for 2h --flavor small --amount 3 -f json', 0, CLOUD,
            err=['when this lease ends', 'its desktops are deleted'],
            then=body({'name': 'r', 'start_date': 'now', 'reservations': [
                {'amount': 3, 'affinity': None, 'resource_type': 'flavor:instance',
                 'flavor_id': 'f1'}]}, 'lease')),
        'size': case(
            'reserve r --until "2099-01-01 10:00" --vcpus 2 --memory 512', 0, CLOUD,
            out='2099-01-01T10:00:00Z',
            then=body({'end_date': '2099-01-01 10:00', 'reservations': [
                {'amount': 1, 'affinity': None, 'resource_type': 'virtual:instance', 'vcpus': 2,
                 'memory_mb': 512, 'disk_gb': 0, 'resource_properties': ''}]}, 'lease')),
        'later': case(
            'reserve r --from "2099-01-01 10:00" --for 90m --flavor f2', 0, CLOUD,
            then=body({'start_date': '2099-01-01 10:00', 'end_date': '2099-01-01 11:30'},
                      'lease')),
        'waited for': case('reserve r --for 2h --flavor f1 --wait -f json', 0,
                           {**CLOUD, 'lease_states': ['PENDING', 'STARTING', 'ACTIVE']},
                           then=lambda self, _, __, results: self.assertEqual(
                               results[-1].json['status'], 'ACTIVE')),
        'waited for in vain': case('reserve r --for 2h --flavor f1 --wait', 5,
                                   {**CLOUD, 'lease_states': ['PENDING', 'ERROR']},
                                   err='the lease is ERROR'),
        'slow': case('reserve r --for 2h --flavor f1 --wait --timeout 1', 5,
                     {**CLOUD, 'lease_states': ['PENDING'] * 9},
                     err='the lease is still PENDING; try again later'),
        'flavor that is not': case('reserve r --for 2h --flavor x', 4, CLOUD,
                                   err='there is no flavor "x"', unseen='POST /blazar'),
        'no room': case('reserve r --for 2h --flavor f1', 6, rule(
            '/leases', 'POST', **refused(400, 'Not enough resources available')),
            err='Not enough resources available'),
        'no answer is tried once': case('reserve r --for 2h --flavor f1', 6, rule(
            '/leases', 'POST', reset=True), seen={'POST /blazar/v1/leases': 1}),
        'busy is tried once': case('reserve r --for 2h --flavor f1', 6, rule(
            '/leases', 'POST', status=503), seen={'POST /blazar/v1/leases': 1}, err='503'),
        'no lease in the answer': case('reserve r --for 2h --flavor f1', 6, rule(
            '/leases', 'POST', status=200, body={'lease': {'id': 'x'}}),
            err='the answer is no lease'),
    }


class Leases(Making):
    cases = {
        'list': case('leases', 0, TWO, out=['exam', 'late', 'PENDING']),
        'columns': case('leases -c name,status -f value', 0, TWO,
                        out='exam ACTIVE\nexam ACTIVE\nlate PENDING\n'),
        'none': case('leases -f json', 0, CLOUD, out='[]'),
        'odd ones are left out': case(
            'leases -c name -f value', 0, {**CLOUD, 'leases': [
                {'id': 'x'}, {'name': None}, {'end_date': 'soon'}, {'name': 'good'}]},
            then=lambda self, _, __, results: self.assertEqual(results[-1].out, 'good\n')),
        'no list': case('leases', 6, rule('/leases', status=200, body={}), err='no list'),
        'not JSON': case('leases', 6, rule('/leases', status=200, text='<html>'),
                         err='reservation'),
        'show': case('leases show exam', 0, HELD, out=[lease()['id'], RESERVATION % 0]),
        'show by id': case('leases show %s -f json' % lease()['id'].upper(), 0, HELD, out='exam'),
        'no such lease': case('leases show x', 4, HELD, err='there is no lease "x"'),
        'several': case('leases show exam', 2, TWO, err='give the id'),
        'extend by': case('leases extend exam --by 1h', 0, HELD, seen='PUT /blazar/v1/leases/',
                          err='its desktops are deleted'),
        'extend until': case(
            'leases extend exam --until "2099-01-01 00:00" -f json', 0, HELD,
            seen='{"end_date":"2099-01-01 00:00"}', out='2099-01-01T00:00:00Z'),
        'extend what is gone': case('leases extend exam --by 1h', 4, rule(
            lease()['id'], 'PUT', HELD, **refused(404, 'lease not found')), err='404'),
        'delete': case(
            'leases delete exam --yes', 0, HELD, out=lease()['id'] + ' deleted',
            err=['these desktops are deleted, with all that is on them: desk'], no_err='other',
            seen='DELETE /blazar/v1/leases/' + lease()['id']),
        'delete while desktops are unknown': case(
            'leases delete exam --yes', 6, rule('/servers/detail', 'GET', HELD, status=500),
            err='500', unseen='DELETE'),
        'delete is refused': case('leases delete exam --yes', 5, rule(
            lease()['id'], 'DELETE', HELD, **refused(409, 'in use')), err='in use',
            no_out='deleted'),
    }

    def asked(self, typed):
        """The question at the terminal, answered so; whether the lease is still there."""
        self.start(HELD)
        code, said = self.broker().on_terminal('leases', 'delete', 'exam', typed=typed)
        self.assertIn('Delete the lease "exam"? [y/N]', said)
        self.assertEqual(bool(code), bool(self.cloud.leases), said)
        return bool(self.cloud.leases)

    def test_asked(self):
        for typed, stays in ((b'y\n', False), (b'YES\n', False), (b'n\n', True), (b'\n', True),
                             (b'yess\n', True), (b'\x04', True)):
            with self.subTest(typed=typed):
                self.assertEqual(self.asked(typed), stays)


class Told(Making):
    """The end of a lease, where its desktops are."""
    def test_list(self):
        self.start(HELD)
        rows = {r['name']: r for r in self.broker().ok('list', '-f', 'json').json}
        self.assertEqual((rows['desk']['lease'], rows['other']['lease']), ('exam', None))
        self.assertEqual(rows['desk']['lease_end'][:16], at(7200)[:16])

    def test_blazar_is_down(self):
        """Nobody is kept from a desktop by a service beside."""
        self.start(rule('/leases', 'GET', HELD, status=500))
        result = self.broker().ok('list', '-f', 'json')
        self.assertIn('when the leases end cannot be learned', result.err)
        self.assertIsNone(result.json[0]['lease'])

    def test_soon(self):
        """resolve warns of an end within lease-warning."""
        near = {**HELD, 'leases': [{'name': 'exam', 'end_date': at(600)}]}
        for seconds, warned in (('5m', False), ('30m', True)):
            self.start(near)
            self.write('c.yaml', 'lease-warning: %s\n' % seconds)
            err = self.broker().ok('--config', 'c.yaml', 'resolve', 'desk').err
            self.assertEqual('exam' in err, warned, err)


if __name__ == '__main__':
    main()
