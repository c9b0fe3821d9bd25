# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The lab's cloud for tests: starting it, and REST calls beside the broker."""
import base64
import json
import os
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(HERE, '..', '..', 'lib'))
from ports import is_free, reserve  # noqa: E402

SCRIPT = os.path.join(HERE, '..', '..', 'openstack', 'openstack-lab')
SKIP = 77


def free_block(base):
    """Whether the lab's ports from base on are free, and no other test's."""
    return all(map(is_free, [*range(base, base + 19), base + 100])) and reserve(f'cloud-{base}')


class Cloud:
    def __init__(self, state, **settings):
        self.env = dict(os.environ, LAB_DIR=os.path.abspath(state))
        for name in list(self.env):
            if name.startswith('OS_') or name.lower().endswith('_proxy'):
                del self.env[name]
        self.env.update(settings)
        self.tokens = {}

    def script(self, *args, check=True):
        return subprocess.run((SCRIPT,) + args, env=self.env, check=check,
                              stdout=subprocess.PIPE, text=True)

    def start(self):
        # The same ports each time, where they are free: the databases are
        # then copied instead of made.
        for base in range(23500, 33500, 1000):
            if free_block(base):
                self.env['LAB_BASE_PORT'] = str(base)
                break
        self.stop()
        self.script('start')
        with open(os.path.join(self.env['LAB_DIR'], 'lab.json')) as f:
            self.facts = json.load(f)

    def stop(self):
        self.script('stop', check=False)

    def openrc(self, user):
        """OS_* of a user as a dictionary."""
        text = self.script('env', user).stdout
        pairs = [line[len('export '):].split('=', 1)
                 for line in text.splitlines()]
        return {k: v.strip("'") for k, v in pairs if k.startswith('OS_')}

    def password(self, user):
        return self.openrc(user)['OS_PASSWORD']

    def pid(self, service):
        with open(os.path.join(self.env['LAB_DIR'], 'run',
                               service + '.pid')) as f:
            return int(f.read().split()[0])

    # ------------------------------------------------------------------ REST
    def request(self, method, url, body=None, token=None, version=None,
                form=None, authorization=None):
        headers = {'Content-Type': 'application/json' if form is None
                   else 'application/x-www-form-urlencoded'}
        if authorization:
            headers['Authorization'] = authorization
        if token:
            headers['X-Auth-Token'] = token
        if version:
            headers['OpenStack-API-Version'] = 'compute ' + version
        context = ssl.create_default_context(cafile=self.facts['ca'])
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPSHandler(context=context))
        data = None if body is None else json.dumps(body).encode()
        if form is not None:
            data = urllib.parse.urlencode(form).encode()
        req = urllib.request.Request(url, data, headers, method=method)
        try:
            r = opener.open(req, timeout=120)
        except urllib.error.HTTPError as e:
            r = e
        with r:
            text = r.read()
            return r.code, r.headers, json.loads(text) if text else None

    def token(self, user, password=None, project='desktops'):
        key = (user, project)
        if key not in self.tokens:
            status, headers, body = self.request(
                'POST', self.facts['auth_url'] + '/auth/tokens', {'auth': {
                    'identity': {'methods': ['password'], 'password': {
                        'user': {'name': user, 'domain': {'id': 'default'},
                                 'password': password or self.password(user)
                                 }}},
                    'scope': {'project': {'name': project, 'domain': {
                        'id': 'default'}}}}})
            assert status == 201, body
            self.tokens[key] = headers['X-Subject-Token']
        return self.tokens[key]

    def access_token(self, env):
        """An access token of the OpenID provider, for a federated user's OS_*."""
        _, _, found = self.request('GET', env['OS_DISCOVERY_ENDPOINT'])
        basic = base64.b64encode(('%s:%s' % (
            env['OS_CLIENT_ID'], env['OS_CLIENT_SECRET'])).encode()).decode()
        form = {'grant_type': 'password', 'username': env['OS_USERNAME'],
                'password': env['OS_PASSWORD']}
        status, _, answer = self.request(
            'POST', found['token_endpoint'], form=form,
            authorization='Basic ' + basic)
        assert status == 200, answer
        return answer['access_token']

    def nova(self, method, path, body=None, user='alice', version='2.93'):
        return self.request(
            method, self.facts['urls']['nova'] + '/v2.1' + path, body,
            self.token(user), version)

    def keystone(self, method, path, body=None):
        status, _, answer = self.request(
            method, self.facts['auth_url'] + path, body, self.token('admin'))
        assert status < 300, (path, answer)
        return answer

    def server(self, server_id):
        status, _, body = self.nova('GET', '/servers/' + server_id)
        assert status == 200, body
        return body['server']

    def action(self, server_id, body, user='alice', expect=202):
        status, _, answer = self.nova(
            'POST', '/servers/%s/action' % server_id, body, user)
        assert status == expect, (status, answer)

    def wait(self, server_id, status, seconds=120):
        end = time.time() + seconds
        while time.time() < end:
            s = self.server(server_id)
            if s['status'] == status and not s['OS-EXT-STS:task_state']:
                return
            time.sleep(0.2)
        raise AssertionError('%s is %s, not %s' % (
            server_id, s['status'], status))

    def put(self, server_id, status):
        """Bring a running server into a state."""
        verb = {'PAUSED': 'pause', 'SUSPENDED': 'suspend',
                'SHUTOFF': 'os-stop', 'SHELVED_OFFLOADED': 'shelve'}
        if status == 'ERROR':
            self.action(server_id, {'os-resetState': {'state': 'error'}},
                        'admin')
        elif status != 'ACTIVE':
            self.action(server_id, {verb[status]: None})
        self.wait(server_id, status)

    def add_user(self, name, password, project):
        user = self.keystone('POST', '/users', {'user': {
            'name': name, 'password': password, 'domain_id': 'default'}})
        role = self.keystone('GET', '/roles?name=member')['roles'][0]
        self.keystone('PUT', '/projects/%s/users/%s/roles/%s' % (
            project, user['user']['id'], role['id']))
        return user['user']['id']

    def add_project(self, name):
        return self.keystone('POST', '/projects', {'project': {
            'name': name, 'domain_id': 'default'}})['project']['id']


def require(root=None):
    """Ends the test as skipped where the lab cannot run."""
    if os.geteuid():
        print('SKIP: the lab wants root', file=sys.stderr)
        sys.exit(SKIP)
    if root:
        if not os.path.exists(root + '/usr/lib/python3/dist-packages/blazar'):
            print('SKIP: no Debian 13 root at %s: see run-debian13' % root,
                  file=sys.stderr)
            sys.exit(SKIP)
        return
    probe = subprocess.run(
        ['/usr/bin/python3', '-c', 'import nova, keystone, placement, glance, '
         'libvirt, cryptography'], stderr=subprocess.DEVNULL, env=dict(
             os.environ, SETUPTOOLS_USE_DISTUTILS='stdlib'))
    if probe.returncode:
        print('SKIP: the lab\'s packages are missing: run "%s install" as root'
              % os.path.relpath(SCRIPT), file=sys.stderr)
        sys.exit(SKIP)
