# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Logins: who is let in, and what is kept of it."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                'lab'))
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
