# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""openstack-lab: federated logins. An OpenID Connect provider with one user, and
what stands before Keystone where a site has Apache with mod_auth_openidc: it asks
the provider about the bearer token and hands its claims to Keystone, whose own
federation does the rest."""
import base64
import hmac
import os
import re
import time
import urllib.parse

from lab_common import PUBLIC, URL, secret
from lab_rest import call, want
from lab_standins import reply

IDP, PROTOCOL, CLIENT, USER = 'campus', 'openid', 'osvdi', 'carol'
ISSUER = PUBLIC['idp']
DISCOVERY = ISSUER + '/.well-known/openid-configuration'
AUTH = re.compile(r'/v3/OS-FEDERATION/identity_providers/[^/]+/protocols/'
                  r'[^/]+/auth/?$')
LIFE = 300
tokens = {}                    # access token -> claims


def same(a, b):
    return hmac.compare_digest(a.encode(), b.encode())


def client_is_known(environ):
    kind, _, value = environ.get('HTTP_AUTHORIZATION', '').partition(' ')
    if kind.lower() != 'basic':
        return False
    try:
        pair = base64.b64decode(value).decode()
    except ValueError:
        return False
    return same(pair, CLIENT + ':' + secret('oidc-client'))


def give_token(form):
    token = base64.urlsafe_b64encode(os.urandom(30)).decode()
    tokens[token] = {'iss': ISSUER, 'sub': 'id-of-' + USER,
                     'preferred_username': USER, 'exp': time.time() + LIFE}
    return {'access_token': token, 'token_type': 'Bearer', 'expires_in': LIFE,
            'scope': form.get('scope', '')}


def idp_app(environ, start_response):
    path = environ.get('PATH_INFO', '')
    if path == '/.well-known/openid-configuration':
        return reply(start_response, '200 OK', {
            'issuer': ISSUER, 'token_endpoint': ISSUER + '/token',
            'grant_types_supported': ['password']})
    if path != '/token' or environ['REQUEST_METHOD'] != 'POST':
        return reply(start_response, '404 Not Found', {'error': 'not_found'})
    size = min(int(environ.get('CONTENT_LENGTH') or 0), 65536)
    form = dict(urllib.parse.parse_qsl(
        environ['wsgi.input'].read(size).decode(errors='replace')))
    if not client_is_known(environ):
        return reply(start_response, '401 Unauthorized',
                     {'error': 'invalid_client'})
    if (form.get('grant_type') != 'password' or form.get('username') != USER
            or not same(form.get('password', ''), secret(USER))):
        return reply(start_response, '400 Bad Request', {
            'error': 'invalid_grant',
            'error_description': 'Invalid user credentials'})
    return reply(start_response, '200 OK', give_token(form))


def before_keystone(app):
    def front(environ, start_response):
        if not AUTH.match(environ.get('PATH_INFO', '')):
            return app(environ, start_response)
        kind, _, token = environ.get('HTTP_AUTHORIZATION', '').partition(' ')
        claims = tokens.get(token) if kind.lower() == 'bearer' else None
        if not claims or claims['exp'] < time.time():
            return reply(start_response, '401 Unauthorized',
                         {'error': 'invalid_token'})
        for name in 'iss', 'sub', 'preferred_username':
            environ['OIDC-' + name] = claims[name]
        return app(environ, start_response)
    return front


def populate(admin, project):
    """Who the provider's users are to Keystone: members of the project."""
    v3 = URL['keystone'] + '/v3'
    federation = v3 + '/OS-FEDERATION'
    group = want((201,), call('POST', v3 + '/groups', {'group': {
        'name': IDP, 'domain_id': 'default'}}, admin))['group']['id']
    role = want((200,), call('GET', v3 + '/roles?name=member',
                             token=admin))['roles'][0]['id']
    want((204,), call('PUT', '%s/projects/%s/groups/%s/roles/%s' % (
        v3, project, group, role), token=admin))
    provider = '%s/identity_providers/%s' % (federation, IDP)
    want((201,), call('PUT', provider, {'identity_provider': {
        'enabled': True, 'remote_ids': [ISSUER]}}, admin))
    want((201,), call('PUT', federation + '/mappings/' + IDP, {'mapping': {
        'rules': [{'local': [{'user': {'name': '{0}'}},
                             {'group': {'id': group}}],
                   'remote': [{'type': 'OIDC-preferred_username'}]}]}}, admin))
    want((201,), call('PUT', provider + '/protocols/' + PROTOCOL, {
        'protocol': {'mapping_id': IDP, 'remote_id_attribute': 'OIDC-iss'}},
        admin))


def environment():
    """OS_* of the provider's user."""
    return [('OS_AUTH_TYPE', 'v3oidcpassword'), ('OS_USERNAME', USER),
            ('OS_PASSWORD', secret(USER)), ('OS_IDENTITY_PROVIDER', IDP),
            ('OS_PROTOCOL', PROTOCOL), ('OS_CLIENT_ID', CLIENT),
            ('OS_CLIENT_SECRET', secret('oidc-client')),
            ('OS_DISCOVERY_ENDPOINT', DISCOVERY)]
