# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""No message shows a secret, wherever it comes from and however it is written."""
import os
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                'clouds'))
from cases import CaseTable, case, main        # noqa: E402

WORD = 'p%w/"x y&z=1'
LOGIN = {'passwords': {'alice': WORD}}
HERS = {'OS_PASSWORD': WORD}
FORMS = [WORD, urllib.parse.quote(WORD, safe=''),
         urllib.parse.quote(WORD), WORD.replace('"', '\\"')]


def says(text, path='/servers', status=500):
    """A service whose message has this text."""
    return dict(LOGIN, rules=[{'path': path, 'status': status, 'body': {
        'computeFault': {'message': 'it broke: %s.' % text}}}])


def no_token(self, cloud, broker, results):
    for token in cloud.issued:
        for r in results:
            self.assertNotIn(token, r.err)


class Secrets(CaseTable):
    cases = {
        'said back %d' % i: case(
            '-v -v list', 6, says(form), env=HERS, no_err=FORMS,
            err='it broke: ***.', then=no_token)
        for i, form in enumerate(FORMS)
    }
    cases.update({
        'said back by Keystone': case(
            '-v -v list', 6, {'rules': [{'path': '/auth/tokens', 'status': 400,
                                         'body': {'error': {'message': WORD}}}]},
            env=HERS, no_err=FORMS),
        'login in the address': case(
            '-v -v list', 6, {'rules': [{'path': '/auth', 'status': 400}]},
            env={'OS_AUTH_URL': 'http://carol:deep-word@127.0.0.1:@PORT@/v3'},
            no_err='deep-word'),
        'login of a proxy': case(
            '-v -v list', 6, env={'http_proxy': 'carol:deep-word@127.0.0.1:9'},
            no_err='deep-word'),
        'console': case(
            '-v -v resolve -f json', 6,
            {'console': 'ftp://carol:deep-word@h/x?t=deep-token&token='},
            no_err=['deep-word', 'deep-token']),
        'reason in the JSON': case(
            'resolve -f json', 0, {'rules': [
                {'path': '/os-console-auth-tokens', 'status': 500, 'body': {
                    'computeFault': {'message': 'broke: a-word-of-hers.'}}}]},
            out='broke: ***.', no_out='a-word-of-hers'),
    })


if __name__ == '__main__':
    main()
