# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""openstack-lab: what stands in for services that no desktop needs whole."""
import json
import urllib.parse

from lab_common import SUBJECT, URL, p
from lab_rest import auth, call


def reply(start_response, status, body, kind='application/json'):
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    start_response(status, [('Content-Type', kind),
                            ('Content-Length', str(len(body)))])
    return [body]


def network_app(environ, start_response):
    """Just enough of the Networking API for servers without a network."""
    path = environ.get('PATH_INFO', '').rstrip('/')
    last = path.rsplit('/', 1)[-1]
    if environ['REQUEST_METHOD'] == 'GET':
        if not path:
            return reply(start_response, '200 OK', {'versions': [{
                'id': 'v2.0', 'status': 'CURRENT', 'links': [{
                    'rel': 'self', 'href': URL['network'] + '/v2.0/'}]}]})
        if '/quotas/' in path:
            return reply(start_response, '200 OK', {'quota': {}})
        if last in ('ports', 'networks', 'extensions', 'floatingips',
                    'security-groups', 'subnets'):
            return reply(start_response, '200 OK',
                         {last.replace('-', '_'): []})
    return reply(start_response, '404 Not Found', {'NeutronError': {
        'type': 'NotFound', 'message': 'lab stub', 'detail': ''}})


def vv_app(environ, start_response):
    """The place that a spice-direct console URL leads to: exchange the console token,
    as the administrator, for a virt-viewer file. Stands where a site runs a
    native SPICE proxy; the file leads straight to the hypervisor."""
    query = urllib.parse.parse_qs(environ.get('QUERY_STRING', ''))
    token = query.get('token', [''])[0]
    if environ.get('PATH_INFO') != '/nova-console.vv':
        return reply(start_response, '404 Not Found', {'error': 'no such path'})
    if not token:
        return reply(start_response, '401 Unauthorized',
                     {'error': 'token absent'})
    admin = auth('admin', base=URL['keystone'])
    status, _, body = None, None, None
    for version in ('2.99', '2.31'):
        status, _, body = call(
            'GET', URL['nova'] + '/v2.1/os-console-auth-tokens/'
            + urllib.parse.quote(token, safe=''), token=admin[0],
            version=version)
        if status != 406:
            break
    if status != 200:
        return reply(start_response, '404 Not Found',
                     {'error': 'nova token not found'})
    c = body['console']
    lines = ['[virt-viewer]', 'type=spice', 'host=%s' % c['host'],
             'port=%s' % c['port']]
    if c.get('tls_port'):
        with open(p('tls', 'ca-cert.pem')) as f:
            ca = f.read().replace('\n', '\\n')
        lines += ['tls-port=%s' % c['tls_port'], 'ca=' + ca,
                  'host-subject=' + SUBJECT]
    lines += ['title=%s' % c['instance_uuid'], 'delete-this-file=1', '']
    return reply(start_response, '200 OK', '\n'.join(lines).encode(),
                 'application/x-virt-viewer;charset=UTF-8')
