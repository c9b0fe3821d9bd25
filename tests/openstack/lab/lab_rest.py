# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""openstack-lab: a REST client that needs nothing but Python."""
import json
import urllib.error
import urllib.request

from lab_common import URL, secret


def call(method, url, body=None, token=None, version=None, raw=None):
    headers = {'Accept': 'application/json'}
    if token:
        headers['X-Auth-Token'] = token
    if version:
        headers['OpenStack-API-Version'] = 'compute ' + version
    data = raw
    if raw is not None:
        headers['Content-Type'] = 'application/octet-stream'
    elif body is not None:
        headers['Content-Type'] = 'application/json'
        data = json.dumps(body).encode()
    req = urllib.request.Request(url, data=data, headers=headers,
                                 method=method)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        r = opener.open(req, timeout=60)
    except urllib.error.HTTPError as e:
        r = e
    with r:
        text = r.read()
        status = r.status if hasattr(r, 'status') else r.code
        try:
            parsed = json.loads(text) if text else None
        except ValueError:
            parsed = text.decode(errors='replace')
        return status, r.headers, parsed


def want(codes, result):
    if result[0] not in codes:
        raise SystemExit('unexpected answer %s: %s' % (result[0], result[2]))
    return result[2]


def auth(user, project='desktops', base=None):
    status, headers, body = call(
        'POST', (base or URL['keystone']) + '/v3/auth/tokens', {'auth': {
            'identity': {'methods': ['password'], 'password': {'user': {
                'name': user, 'domain': {'id': 'default'},
                'password': secret(user)}}},
            'scope': {'project': {'name': project,
                                  'domain': {'id': 'default'}}}}})
    want((201,), (status, headers, body))
    return headers['X-Subject-Token'], body['token']
