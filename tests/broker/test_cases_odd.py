# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""One odd entry, or a side service in trouble, spoils nothing else; and what goes
wrong is told by what was asked, in the service's own words."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                'clouds'))
from cases import CaseTable, case, main        # noqa: E402
from statecloud import IMAGE                  # noqa: E402

NAMES = 'list -f value -c name'
DOWN = {'bare': True, 'id': '6f0a1b2c-4d5e-4f60-8a7b-9c8d7e6f5a4b',
        'status': 'UNKNOWN', 'tenant_id': 'p1', 'links': []}
ODD = [{'bare': True, 'id': 7}, {'bare': True, 'id': '../x', 'name': 'n'},
       {'bare': True}]
HALF = {'name': None, 'status': None, 'flavor': 'x', 'image': [], 'tags': 7,
        'metadata': 'm', 'OS-EXT-STS:power_state': 'on'}
IMAGES = {IMAGE: 'debian'}


def servers(*more, **members):
    return dict({'servers': [{}, *more]}, **members)


def rule(path, status=None, message='', times=None, **members):
    out = dict(members, path=path)
    if status:
        out.update(status=status, body={'error': {'message': message}})
    if times:
        out['times'] = times
    return {'rules': [out]}


class Cells(CaseTable):
    MISSING = 'does not reach 1 of the servers now'
    cases = {
        'list': case(NAMES, 0, servers(DOWN), out='desk0\n', err=MISSING),
        'list all': case('list --all -f json', 0, servers(DOWN),
                         out=['desk0', DOWN['id'], 'UNKNOWN']),
        'resolve': case('resolve', 0, servers(DOWN), out='wss://',
                        err=MISSING),
        'by name': case('resolve desk0', 0, servers(DOWN), out='wss://'),
        'the one that is down': case(
            'resolve ' + DOWN['id'], 5, servers(DOWN),
            err='the cloud does not reach'),
        'also for support': case(
            'resolve --any-owner ' + DOWN['id'], 5, servers(DOWN),
            err='the cloud does not reach'),
        'stop of it': case('stop ' + DOWN['id'], 5, servers(DOWN),
                           err='the cloud does not reach', unseen='/action'),
        'none is not said of half a list': case(
            'resolve', 5, {'servers': [DOWN]}, err='the list is not whole'),
        'nor of a name': case('resolve gone', 4, servers(), err='"gone"'),
        'all down': case(NAMES, 0, {'servers': [DOWN]}, err=MISSING),
        'in pages': case(NAMES, 0, dict(servers(DOWN, {}), limit=1),
                         out='desk0\ndesk2\n', err=MISSING),
    }


class Entries(CaseTable):
    cases = {
        'junk beside a desktop': case(
            NAMES, 0, servers(*ODD), out='desk0\n',
            err='3 entries of the list of servers are not understood'),
        'resolve beside junk': case('resolve', 0, servers(*ODD), out='wss://'),
        'junk alone': case(NAMES, 6, {'servers': ODD},
                           err='no entry of its list is a server'),
        'half an entry': case('list -f json', 0, servers(HALF), out='desk0'),
        'resolve beside half of one': case('resolve desk0', 0, servers(HALF),
                                           out='wss://'),
    }


class Aside(CaseTable):
    """Glance and its like: short patience, no new login, no failure."""
    cases = {
        'names': case('list -f json', 0, servers(images=IMAGES), out='debian',
                      no_err='warning'),
        **{'Glance answers %d' % n: case(
            NAMES, 0, servers(images=IMAGES, **rule('/image', n)),
            out='desk0\n', seen={'/image/': 1, 'POST /v3/auth/tokens': 1})
           for n in (300, 401, 403, 404, 429, 500, 503)},
        'Glance hangs': case(
            NAMES, 0, servers(images=IMAGES, **rule('/image', hang=60)),
            out='desk0\n', err='names of images', timeout=30),
        'Glance drips': case(
            NAMES, 0, servers(images=IMAGES, **rule('/image', slow=1)),
            out='desk0\n', err='names of images', timeout=30),
        'Glance hangs up': case(
            NAMES, 0, servers(images=IMAGES, **rule('/image', reset=True)),
            out='desk0\n', err='names of images'),
        **{'Glance says ' + n: case(NAMES, 0, servers(images=IMAGES, rules=[
            {'path': '/image', 'status': 200, 'text': t}]), out='desk0\n')
           for n, t in {'html': '<html>', 'nothing': '', 'an array': '[]',
                        'junk': '{"images": [7, null, {"id": 5}]}'}.items()},
    }


class Said(CaseTable):
    """Exit code and remedy by what was asked."""
    cases = {
        'a list that is not there': case(
            'list', 6, rule('/servers/detail', 404, 'Not Found'),
            err=['404', '@URL@/nova/v2.1', 'address']),
        'a desktop that is not there': case(
            'resolve ' + DOWN['id'], 4, err='there is no desktop'),
        'password expired': case(
            'list', 3, rule('/auth', 401, 'The password is expired and needs '
                            'to be changed for user: u1.'),
            err=['The password is expired', 'change it']),
        'account locked': case(
            'list', 3, rule('/auth', 401, 'The account is locked for user: u.'),
            err=['The account is locked', 'administrator']),
        'account disabled': case(
            'list', 3, rule('/auth', 401, 'The account is disabled for user: '
                            'u.'), err=['is disabled', 'enable it']),
        'Keystone busy once': case(
            'list', 0, rule('/auth', 503, times=1), seen={'POST /v3/auth': 2}),
        'Keystone busy twice': case(
            'list', 0, rule('/auth', 429, times=2, headers={
                'Retry-After': '1'}), err='trying again in 1 s',
            seen={'POST /v3/auth': 3}),
        'Keystone busy for ever': case(
            'list', 6, rule('/auth', 503, 'full'), seen={'POST /v3/auth': 3},
            err=['503', 'full', 'busy'], no_err='OS_AUTH_URL'),
        'Keystone busy for long': case(
            'list', 6, rule('/auth', 429, headers={'Retry-After': '900'}),
            seen={'POST /v3/auth': 1}, err='asks to wait 900 s'),
        'Keystone hangs up once': case(
            'list', 0, rule('/auth', reset=True, times=1)),
        'Keystone cut off once': case('list', 0,
                                      rule('/auth', cut=20, times=1)),
        'Nova busy once': case('list', 0, rule('/servers', 429, times=1)),
        'Nova cut off once': case('list', 0, rule('/servers', cut=9, times=1)),
        'Nova busy for long': case(
            'list', 6, rule('/servers', 429, headers={'Retry-After': '99'}),
            err='99 s'),
        'a wrong password is tried once': case(
            'OS_PASSWORD=wrong list', 3, seen={'POST /v3/auth': 1}),
        'login moved': case(
            'list', 6, rule('/auth', 301, headers={
                'Location': 'https://new.example/v3/auth/tokens'}),
            err='to https://new.example/v3;', seen={'POST': 1}),
        'Nova moved': case(
            'list', 6, rule('/servers', 302, headers={
                'Location': 'https://new.example/'}),
            err='to https://new.example/'),
        'a dead proxy': case(
            'http_proxy=http://u:secret@127.0.0.1:9/ list', 6,
            err='the proxy 127.0.0.1:9 (http_proxy)', no_err='secret'),
        'a dead proxy for TLS': case(
            'https_proxy=127.0.0.1:9 list', 6, tls=True,
            err='the proxy 127.0.0.1:9 (https_proxy)'),
        'a proxy that is not used': case(
            'http_proxy=http://127.0.0.1:9/ no_proxy=127.0.0.1 list', 0),
        'VNC only': case(
            'resolve', 6, rule('/remote-consoles', 400, 'Unavailable console '
                               'type spice-html5.', unless='novnc'),
            err='--protocol vnc', seen={'/remote-consoles': 1}),
    }

    def test_vnc_only_is_said_once(self):
        self.start(rule('/remote-consoles', 400, 'Unavailable console type.'))
        err = self.broker().fails(6, 'resolve').err
        self.assertEqual(err.count('Unavailable'), 1, err)


if __name__ == '__main__':
    main()
