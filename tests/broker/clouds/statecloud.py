# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A cloud that remembers: logins are checked, verbs take their time and change
servers, lists have pages, and rules make any request go wrong.

A scenario is a dictionary (a file of cases/ or a line of a table):

  catalog       of the token, "@URL@" being this cloud's address
                (identity at @URL@/v3 and compute at @URL@/nova/v2.1)
  regions       one compute endpoint for each, instead: R is at /nova, others
                at /nova-NAME
  servers       members that differ from those of server(); with "bare" an
                entry is taken as it stands
  n             so many more servers, of other users
  limit         servers in a page (1000)
  minor         newest microversion 2.N (96); minors: {"nova-west": 30}
  passwords     user: password (alice, bob)
  tokens        token: user ("tok-alice": alice, "tok-bob": bob)
  access        access token of OpenID: user ("at-alice", "at-bob")
  secrets       secret of an application credential: user ("good": alice)
  totp          user: passcode, which a password login wants besides
  projects      that a login may be for ([{"id": "p1", "name": "p"}])
  token         members put into the answer to a login; null takes one away
  token_life    seconds (3600)
  clock         seconds that the cloud's clock is ahead of ours (0)
  verb_s        seconds that a verb takes (0.2); null: until finish() or let_go()
  goes_error    what a verb ends in, a message of Nova's
  no_effect     true: verbs are taken, and nothing happens
  images        id: name, of a Glance in the catalog
  console       address of consoles, the token is added
  direct        what os-console-auth-tokens answers (403 without)
  rules         the first that fits answers instead, see Rule
"""
import copy
import json
import re
import socket
import struct
import threading
import time
import urllib.parse
import uuid

import scripted

VERBS = {  # from, to, task meanwhile, power state
    'os-start': (('SHUTOFF',), 'ACTIVE', 'powering-on', 1),
    'os-stop': (('ACTIVE', 'ERROR'), 'SHUTOFF', 'powering-off', 4),
    'resume': (('SUSPENDED',), 'ACTIVE', 'resuming', 1),
    'suspend': (('ACTIVE',), 'SUSPENDED', 'suspending', 4),
    'unpause': (('PAUSED',), 'ACTIVE', 'unpausing', 1),
    'unshelve': (('SHELVED', 'SHELVED_OFFLOADED'), 'ACTIVE', 'spawning', 1),
    'shelve': (('ACTIVE', 'SHUTOFF', 'PAUSED', 'SUSPENDED'),
               'SHELVED_OFFLOADED', 'shelving', 4),
    'reboot': (('ACTIVE', 'SHUTOFF', 'ERROR'), 'ACTIVE', 'rebooting_hard', 1),
    'rebuild': (('ACTIVE', 'SHUTOFF'), 'ACTIVE', 'rebuilding', 1),
}
# nova/compute/task_states.py, ALLOW_REBOOT; all other verbs want no task.
ALLOW_REBOOT = ('rebooting', 'reboot_pending', 'reboot_started', 'resuming',
                'rebooting_hard', 'unpausing', 'pausing', 'suspending')
IMAGE = 'aa0e4c1d-2b3f-4a5c-9d6e-7f8091a2b3c4'


def server(number=0, **members):
    """A server as Nova shows it, alice's by default."""
    if members.pop('bare', False):
        return members
    return dict({
        'id': str(uuid.UUID(int=(0xabc << 84) + number)),
        'name': 'desk%d' % number, 'status': 'ACTIVE', 'user_id': 'u-alice',
        'tenant_id': 'p1', 'OS-EXT-STS:task_state': None,
        'OS-EXT-STS:power_state': 1, 'metadata': {}, 'tags': [],
        'locked': False, 'image': {'id': IMAGE},
        'flavor': {'original_name': 'desktop.large', 'vcpus': 4, 'ram': 8192},
    }, **members)


class Rule:
    """A rule: what to do to requests that fit.

    Fits: method, path (a part of it), path_end, if and unless (words of path
    and body, as text); skip: not to the first so many; times: then only so
    often. Does: delay (s), hang (s, then hangs up), reset, or answers status
    with body or text, type, headers. How: slow (bytes/s), cut (after so many
    bytes), chunked; without status the cloud's own answer is sent so."""
    def __init__(self, members):
        self.m = dict(members)
        self.left = self.m.get('times', -1)
        self.skip = self.m.get('skip', 0)

    def fits(self, method, path, body):
        m, bare = self.m, path.split('?')[0]
        text = path + ' ' + body
        if m.get('method', method) != method or m.get('path', '') not in path:
            return False
        if not bare.endswith(m.get('path_end', '')):
            return False
        if m.get('if', '') not in text or m.get('unless', '\0') in text:
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.left == 0:
            return False
        self.left -= 1
        return True


class Handler(scripted.Handler):
    def send_error(self, *args, **more):
        self.server.cloud.asked.append(('JUNK', repr(self.raw_requestline), ''))
        super().send_error(*args, **more)

    def date_time_string(self, timestamp=None):
        ahead = self.server.cloud.scenario.get('clock', 0)
        return super().date_time_string((timestamp or time.time()) + ahead)

    def handle_any(self):
        cloud = self.server.cloud
        text = self.body().decode(errors='replace')
        cloud.asked.append((self.command, self.path, text))
        with cloud.changed:
            rule = next((r.m for r in cloud.rules if r.fits(
                self.command, self.path, text)), {})
            cloud.changed.notify_all()
        self.how = rule
        time.sleep(rule.get('delay', 0))
        if 'hang' in rule:
            cloud.closing.wait(rule['hang'])
            self.close_connection = True
        elif rule.get('reset'):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                       struct.pack('ii', 1, 0))
            self.close_connection = True
            self.connection.close()
        elif 'status' in rule:
            self.say(rule['status'], rule.get('body', {}), rule.get('text'),
                     rule.get('type', 'application/json'),
                     rule.get('headers', {}).items())
        else:
            cloud.answer(self, text)

    do_GET = do_POST = do_PUT = do_DELETE = handle_any

    def say(self, status, body=None, text=None, kind='application/json',
            headers=()):
        data = text.encode('latin-1') if text is not None else \
            b'' if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header('Content-Type', kind)
        chunked = self.how.get('chunked')
        if chunked:
            self.send_header('Transfer-Encoding', 'chunked')
        else:
            self.send_header('Content-Length', str(len(data)))
        for k, v in headers:
            self.send_header(k, v)
        self.end_headers()
        if 'cut' in self.how:
            self.wfile.write(data[:self.how['cut']])
            self.close_connection = True
        elif chunked:
            for i in range(0, len(data), 7):
                part = data[i:i + 7]
                self.wfile.write(b'%x\r\n%s\r\n' % (len(part), part))
            self.wfile.write(b'0\r\n\r\n')
        else:
            self.drip(data, self.how.get('slow'))

    def drip(self, data, slow):
        if not slow:
            self.wfile.write(data)
            return
        for i in range(len(data)):
            self.wfile.write(data[i:i + 1])
            self.wfile.flush()
            time.sleep(1 / slow)

    def refuse(self, status, name, message):
        self.say(status, {name: {'code': status, 'message': message}})


class StateCloud(scripted.Cloud):
    handler = Handler

    def __init__(self, scenario=None, host='127.0.0.1', tls=None):
        self.scenario = copy.deepcopy(scenario or {})
        self.changed = threading.Condition(threading.RLock())
        self.closing = threading.Event()
        self.issued, self.revoked, self.running = {}, [], {}
        super().__init__(host)
        self.httpd.handle_error = lambda *args: None
        if tls:
            self.wrap(tls)
        self.fill()

    def fill(self):
        s = self.scenario = json.loads(
            json.dumps(self.scenario).replace('@URL@', self.url))
        all_servers = [server(i, **m)
                       for i, m in enumerate(s.get('servers', [{}]))]
        all_servers += [server(1000 + i, user_id='u-%d' % (i % 500))
                        for i in range(s.get('n', 0))]
        self.listed = all_servers
        self.servers = {m['id']: m for m in all_servers
                        if isinstance(m.get('id'), str)}
        self.rules = [Rule(r) for r in s.get('rules', [])]

    def close(self):
        self.closing.set()
        super().close()

    # Questions and acts of tests

    def requests(self, *words):
        """The requests with all these words, as "METHOD PATH BODY"."""
        lines = [' '.join(a) for a in list(self.asked)]
        return [line for line in lines if all(w in line for w in words)]

    def until(self, predicate, timeout=30):
        """Wait for a state, not for a time."""
        with self.changed:
            assert self.changed.wait_for(predicate, timeout), self.asked

    def set(self, server_id, **members):
        with self.changed:
            self.servers[server_id].update(members)
            self.changed.notify_all()

    def finish(self, server_id):
        """End the verb that is under way."""
        with self.changed:
            self.running.pop(server_id)()
            self.changed.notify_all()

    def let_go(self, server_id, seconds):
        """A verb held by "verb_s": null ends so much later, and others take that long."""
        with self.changed:
            self.scenario['verb_s'] = seconds
            self.finish_later(server_id)

    def finish_later(self, server_id):
        seconds = self.scenario.get('verb_s', 0.2)
        done = self.running[server_id]
        if seconds is None:
            return

        def later():
            with self.changed:
                # Another verb may have taken this one's place.
                if self.running.get(server_id) is done:
                    self.finish(server_id)
        timer = threading.Timer(seconds, later)
        timer.daemon = True
        timer.start()

    # Keystone

    def catalog(self):
        s = self.scenario
        if 'catalog' in s:
            return s['catalog']

        def service(kind, *urls):
            return {'type': kind, 'name': kind, 'endpoints': [
                {'interface': 'public', 'region': r, 'region_id': r, 'url': u}
                for r, u in urls]}
        out = [service('identity', ('R', self.url + '/v3')),
               service('compute', *[
                   (r, self.url + '/nova%s/v2.1' % ('' if r == 'R'
                                                    else '-' + r))
                   for r in s.get('regions', ['R'])])]
        if 'images' in s:
            out.append(service('image', ('R', self.url + '/image')))
        return out

    def who(self, identity):
        """The user that this login is, or None."""
        s = self.scenario
        method = identity['methods'][0]
        if method == 'password':
            user = identity['password']['user']
            name = user.get('name') or user.get('id', '')[2:]
            word = s.get('passwords', {'alice': 'a-word-of-hers',
                                       'bob': 'a-word-of-his'}).get(name)
            return name if word == user.get('password') else None
        if method == 'token':
            token = identity['token']['id']
            return s.get('tokens', {'tok-alice': 'alice', 'tok-bob': 'bob'}
                         ).get(token, self.issued.get(token))
        if method == 'totp':
            user = identity['totp']['user']['id'][2:]
            code = s.get('totp', {}).get(user)
            return user if code == identity['totp']['user']['passcode'] else None
        if method == 'application_credential':
            secret = identity['application_credential']['secret']
            return s.get('secrets', {'good': 'alice'}).get(secret)
        return None

    def time(self, seconds):
        return time.strftime('%Y-%m-%dT%H:%M:%S.000000Z', time.gmtime(
            time.time() + self.scenario.get('clock', 0) + seconds))

    def log_in(self, h, text):
        identity = json.loads(text)['auth']['identity']
        who = self.who(identity)
        if not who:
            return h.refuse(401, 'error', 'The request you have made requires '
                            'authentication.')
        if 'password' in identity['methods'] and who in self.scenario.get('totp', {}):
            return self.want_passcode(h, who)
        if 'totp' in identity['methods'] and \
                h.headers['Openstack-Auth-Receipt'] != 'R-' + who:
            return h.refuse(401, 'error', 'Receipt is wrong')
        token = {'issued_at': self.time(0),
                 'expires_at': self.time(self.scenario.get('token_life', 3600)),
                 'methods': identity['methods'],
                 'user': {'id': 'u-' + who, 'name': who},
                 'project': self.project(json.loads(text)['auth'].get('scope')),
                 'roles': [{'id': 'r', 'name': 'member'}],
                 'catalog': self.catalog(), **self.scenario.get('token', {})}
        if not token.get('project'):
            token['catalog'] = token['roles'] = None
        return self.issue(h, who, {k: v for k, v in token.items()
                                   if v is not None})

    def projects(self):
        return self.scenario.get('projects', [{'id': 'p1', 'name': 'p'}])

    def project(self, scope):
        """The project of a token of that scope; None: the token is for none."""
        if scope == 'unscoped':
            return None
        wanted = (scope or {}).get('project', {}).get('id')
        return next((p for p in self.projects() if p['id'] == wanted),
                    {'id': 'p1', 'name': 'p'})

    def want_passcode(self, h, who):
        h.say(401, {'receipt': {'user': {'id': 'u-' + who, 'name': who},
                                'methods': ['password']},
                    'required_auth_methods': [['password', 'totp']]},
              headers=[('Openstack-Auth-Receipt', 'R-' + who)])

    def issue(self, h, who, token):
        key = 'K-%s-%s' % (who, uuid.uuid4().hex)
        self.issued[key] = who
        h.say(201, {'token': token}, headers=[('X-Subject-Token', key)])

    def federation(self, h):
        bearer = (h.headers['Authorization'] or '').split(' ')[-1]
        who = self.scenario.get('access', {'at-alice': 'alice',
                                           'at-bob': 'bob'}).get(bearer)
        if not who:
            return h.refuse(401, 'error', 'Unauthorized')
        return self.issue(h, who, {
            'expires_at': self.time(3600), 'methods': ['openid'],
            'user': {'id': 'u-' + who, 'name': who}})

    def revoke(self, h):
        subject = h.headers['X-Subject-Token']
        if subject not in self.issued:
            return h.refuse(404, 'error', 'Could not find token')
        del self.issued[subject]
        self.revoked.append(subject)
        return h.say(204)

    # Nova

    def answer(self, h, text):
        path = urllib.parse.urlsplit(h.path).path
        if path.endswith('/v3/auth/tokens') and h.command == 'POST':
            return self.log_in(h, text)
        if '/OS-FEDERATION/' in path:
            return self.federation(h)
        if h.headers['X-Auth-Token'] not in self.issued:
            return h.refuse(401, 'error', 'The request you have made requires '
                            'authentication.')
        if path.endswith('/v3/auth/tokens') and h.command == 'DELETE':
            return self.revoke(h)
        if path.endswith('/v3/auth/projects'):
            return h.say(200, {'projects': [
                {'domain_id': 'default', 'enabled': True, **p}
                for p in self.projects()]})
        if path == '/image/v2/images':
            return h.say(200, {'images': [
                {'id': i, 'name': n}
                for i, n in self.scenario['images'].items()]})
        if '/v2.1' in path and '(' not in path:
            return self.nova(h, *path.split('/v2.1', 1), text)
        return h.refuse(404, 'itemNotFound', 'The resource could not be found.')

    def nova(self, h, place, path, text):
        s = self.scenario
        minor = s.get('minors', {}).get(place.strip('/'), s.get('minor', 96))
        if path in ('', '/'):
            return h.say(200, {'version': {
                'id': 'v2.1', 'status': 'CURRENT', 'min_version': '2.1',
                'version': '2.%d' % minor}})
        wanted = (h.headers['OpenStack-API-Version'] or 'compute 2.1')
        if int(wanted.split('.')[1]) > minor:
            return h.refuse(406, 'computeFault', 'Version %s is not supported '
                            'by the API. Minimum is 2.1 and maximum is 2.%d.'
                            % (wanted.split()[1], minor))
        # Nova's own routes take a project of hex digits and dashes
        path = re.sub(r'^/(p1|[0-9a-f-]{32,36})/', '/', path)
        if path == '/servers/detail':
            return self.list(h, minor)
        m = re.fullmatch(r'/servers/([^/]+)(/.*)?', path)
        with self.changed:
            if m and m[1] in self.servers:
                return self.one(h, self.servers[m[1]], m[2] or '', text)
        if path.startswith('/os-console-auth-tokens/'):
            return self.look_up(h)
        return h.refuse(404, 'itemNotFound', 'The resource could not be found.')

    def list(self, h, minor):
        query = dict(urllib.parse.parse_qsl(
            urllib.parse.urlsplit(h.path).query))
        out = list(self.listed)
        if 'name' in query:
            out = [m for m in out
                   if re.search(query['name'], m.get('name') or '')]
        if 'user_id' in query and minor >= 83:
            out = [m for m in out if m.get('user_id') == query['user_id']]
        if 'marker' in query:
            ids = [m.get('id') for m in out]
            out = out[ids.index(query['marker']) + 1:]
        limit = self.scenario.get('limit', 1000)
        body = {'servers': out[:limit]}
        if len(out) > limit:
            body['servers_links'] = [{'rel': 'next', 'href': 'http://evil/'}]
        return h.say(200, body)

    def one(self, h, s, rest, text):
        if not rest:
            return h.say(200, {'server': s})
        if rest.startswith('/tags'):
            return self.tags(h, s, urllib.parse.unquote(rest[6:]))
        if rest == '/action':
            return self.action(h, s, next(iter(json.loads(text))))
        if rest == '/remote-consoles':
            task = s.get('OS-EXT-STS:task_state')
            if s['status'] != 'ACTIVE' or task in ('deleting', 'migrating'):
                return h.refuse(409, 'conflictingRequest',
                                'Instance not yet ready')
            url = self.scenario.get(
                'console', 'https://proxy.example:6082/spice_auto.html?token=')
            return h.say(200, {'remote_console': {
                'protocol': 'spice', 'type': 'spice-html5',
                'url': url + str(uuid.uuid4())}})
        return h.refuse(404, 'itemNotFound', 'The resource could not be found.')

    def tags(self, h, s, tag):
        if not tag:
            return h.say(200, {'tags': s['tags']})
        if h.command == 'PUT':
            new = tag not in s['tags']
            s['tags'] += [tag] * new
            return h.say(201 if new else 204)
        if tag not in s['tags']:
            return h.refuse(404, 'itemNotFound', 'no such tag')
        s['tags'].remove(tag)
        return h.say(204)

    def action(self, h, s, verb):
        if verb not in VERBS:
            return h.refuse(400, 'badRequest', 'There is no such action')
        where, to, task, power = VERBS[verb]
        now = s['OS-EXT-STS:task_state']
        if s['locked']:
            return h.refuse(409, 'conflictingRequest',
                            'Instance %s is locked' % s['id'])
        if now and (verb != 'reboot' or now not in ALLOW_REBOOT):
            return h.refuse(409, 'conflictingRequest', "Cannot '%s' instance "
                            '%s while it is in task_state %s'
                            % (verb, s['id'], now))
        if s['status'] not in where:
            return h.refuse(409, 'conflictingRequest', "Cannot '%s' instance "
                            '%s while it is in vm_state %s'
                            % (verb, s['id'], s['status'].lower()))
        s['OS-EXT-STS:task_state'] = task
        self.begin(s, to, power)
        return h.say(202)

    def begin(self, s, to, power):
        def done():
            s['OS-EXT-STS:task_state'] = None
            if self.scenario.get('goes_error'):
                s.update(status='ERROR', fault={
                    'code': 500, 'message': self.scenario['goes_error']})
            elif not self.scenario.get('no_effect'):
                s.update({'status': to, 'OS-EXT-STS:power_state': power})

        self.running[s['id']] = done
        self.changed.notify_all()
        self.finish_later(s['id'])

    def look_up(self, h):
        if 'direct' in self.scenario:
            return h.say(200, {'console': self.scenario['direct']})
        return h.refuse(403, 'forbidden', "Policy doesn't allow this")
