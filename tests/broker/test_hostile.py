# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""osvdi-broker over real sockets against a cloud that lies, and one that logs in
by OpenID Connect. Needs no OpenStack."""
import base64
import json
import os
import sys
import unittest
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                'clouds'))
from broker import AUTH, SERVICE, USAGE, Broker           # noqa: E402
from scripted import Case, Cloud, raw                     # noqa: E402


class Hostile(Case):
    def listing(self, act):
        self.cloud.acts['GET', '/servers/detail'] = act

    def check(self, act, *words):
        self.listing(act)
        err = self.alice.fails(SERVICE, '--request-timeout', '3', 'list').err
        lines = err.splitlines()
        self.assertEqual(len(lines), 1, err)
        self.assertIn('compute', lines[0])
        for word in words:
            self.assertIn(word, lines[0])

    def test_good_first(self):
        self.assertEqual(self.alice.ok('list', '-f', 'value', '-c',
                                       'name').out, 'desk\n')

    def test_truncated(self):
        self.check(raw(b'HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n'
                       b'{"servers":['))

    def test_no_answer(self):
        self.check(raw(b''))

    def test_not_http(self):
        self.check(raw(b'SSH-2.0-OpenSSH_9.2\r\n'))

    def test_html(self):
        self.check(lambda h, t: h.answer(200, b'<html>Sign in</html>',
                                         'text/html'),
                   'text/html', 'proxy')

    def test_html_error(self):
        self.check(lambda h, t: h.answer(502, b'<html>Bad</html>',
                                         'text/html'), '502 Bad Gateway')

    def test_endless(self):
        def act(h, _):
            h.send_response(200)
            h.end_headers()
            try:
                while True:
                    h.wfile.write(b'[' * 65536)
            except OSError:
                pass
        self.check(act, 'too large')

    def test_endless_headers(self):
        def act(h, _):
            h.wfile.write(b'HTTP/1.1 200 OK\r\n')
            try:
                for i in range(10000):
                    h.wfile.write(b'X-%d: %s\r\n' % (i, b'y' * 1000))
            except OSError:
                pass
        self.check(act)

    def test_slow(self):
        self.check(raw(b'HTTP/1.1 200 OK\r\n', wait=8), '--request-timeout')

    def test_deep(self):
        self.check(lambda h, t: h.answer(200, b'[' * 1000000))

    def test_wrong_types(self):
        for body in (b'[]', b'5', b'null', b'{"servers":{}}',
                     b'{"servers":[null]}', b'{"servers":[{"id":7}]}'):
            self.check(lambda h, t, b=body: h.answer(200, b))

    def test_redirect_is_not_followed(self):
        other = Cloud()
        self.addCleanup(other.close)
        self.check(lambda h, t: h.answer(302, {}, headers=[
            ('Location', other.url + '/')]), 'to ' + other.url,
            'redirects are not followed')
        self.assertEqual(other.asked, [])

    def test_terminal_escapes(self):
        self.listing(lambda h, t: h.answer(200, {'servers': [
            self.cloud.server(name='a\x1b]0;owned\x07b\nc')]}))
        out = self.alice.ok('list').out
        self.assertNotIn('\x1b', out)
        self.assertIn('a?]0;owned?b c', out)
        self.listing(lambda h, t: h.answer(400, {'badRequest': {
            'message': 'x\x1b[2J\nosvdi-broker: all is well'}}))
        err = self.alice.fails(SERVICE, 'list').err
        self.assertNotIn('\x1b', err)
        self.assertEqual(len(err.splitlines()), 1)

    def test_token_with_line_break(self):
        self.cloud.acts['POST', '/v3/auth/tokens'] = raw(
            b'HTTP/1.1 201 Created\r\nX-Subject-Token: a\rX-Evil: 1\r\n'
            b'Content-Length: 2\r\n\r\n{}')
        self.alice.fails(SERVICE, 'list')

    def test_login_answers(self):
        for status, code in ((401, AUTH), (403, AUTH), (500, SERVICE),
                             (300, SERVICE), (404, SERVICE)):
            self.cloud.acts['POST', '/v3/auth/tokens'] = (
                lambda h, t, s=status: h.answer(s, {'error': {
                    'message': 'because'}}))
            err = self.alice.fails(code, 'list').err
            self.assertIn('identity', err)
            self.assertIn(str(status), err)
            self.assertNotIn('a-word-of-hers', err)

    def test_unknown_credential(self):
        """Keystone's 404 for what is not there is a login refused."""
        for words in ('Could not find Application Credential: ffff.',
                      'Could not recognize Fernet token'):
            self.cloud.acts['POST', '/v3/auth/tokens'] = (
                lambda h, t, w=words: h.answer(404, {'error': {
                    'code': 404, 'message': w}}))
            err = self.alice.fails(AUTH, 'list').err
            self.assertIn('login refused (404): Could not', err)

    def test_console_urls(self):
        for url in ('file:///etc/passwd?token=x', 'http://h/', '', 'x' * 9000,
                    'http://h/?token=a%0D%0Ab', 'http://a@h/?token=x'):
            self.cloud.acts['POST', '/remote-consoles'] = (
                lambda h, t, u=url: h.answer(
                    200, {'remote_console': {'url': u}}))
            self.alice.fails(SERVICE, 'resolve')

    def test_resolve(self):
        address = self.alice.resolve()
        self.assertEqual(address['ws_url'], 'ws://p:6082/websockify?token=tk')
        self.assertIn('not encrypted', address['warnings'][0])

    def test_full_disk(self):
        """A failed write is an error, not a success."""
        with open('/dev/full', 'w') as full:
            import subprocess
            p = subprocess.run([*Broker.wrapper, Broker.program, 'list'],
                               env=self.alice.env, stdout=full,
                               stderr=subprocess.PIPE, text=True)
        self.assertEqual(p.returncode, 1)
        self.assertIn('standard output', p.stderr)


class Words(Case):
    """The messages for a person who got something wrong."""
    def test_options(self):
        err = self.alice.fails(USAGE, 'resolve', '--foo').err
        self.assertIn('see osvdi-broker resolve --help', err)
        err = self.alice.fails(USAGE, '--foo', 'list').err
        self.assertIn('see osvdi-broker --help', err)
        err = self.alice.fails(USAGE, 'list', '-c', 'colour').err
        self.assertIn('"colour"; known: id, name, status', err)
        err = self.alice.fails(USAGE, 'wait', '--for', 'RUNNING').err
        self.assertIn('ACTIVE, SHUTOFF', err)

    def test_help_as_a_word(self):
        for words, option in ((('help',), ('--help',)),
                              (('help', 'list'), ('list', '--help'))):
            self.assertEqual(self.alice.ok(*words).out,
                             self.alice.ok(*option).out)

    def test_table_of_one(self):
        """Lists get a line for each of their elements."""
        out = self.alice.ok('resolve', '-f', 'value').out
        self.assertIn('\nways via=direct taken=False reason=', out)
        self.assertIn('\nways via=websocket taken=True\n', out)

    def test_owners_where_others_are(self):
        self.assertNotIn('User ID', self.alice.ok('list').out)
        self.assertIn('User ID', self.alice.ok('list', '--all').out)
        self.cloud.acts['GET', '/servers/detail'] = (
            lambda h, t: h.answer(200, {'servers': [
                self.cloud.server(user_id='u2')]}))
        self.assertEqual(self.alice.ok('list', '-f', 'value').out, '')
        self.assertIn('u2', self.alice.ok('list', '--all-projects').out)
        # --user is never overruled
        self.assertNotIn('u2', self.alice.ok(
            'list', '--all', '--user', 'alice').out)

    def test_nothing_to_show(self):
        self.cloud.acts['GET', '/servers/detail'] = (
            lambda h, t: h.answer(200, {'servers': []}))
        code, shown = self.alice.on_terminal('list')
        self.assertEqual(code, 0, shown)
        self.assertIn('there is no desktop to show; see create', shown)
        self.assertEqual(self.alice.ok('list').err, '')


class Memory(Case):
    LIMIT_KIB = 15 * 1000 * 1000 // 1024

    def test_resolve_is_small(self):
        """The largest resident set, up to the last request."""
        with open(Broker.program, 'rb') as f:
            if b'__asan_init' in f.read() or Broker.wrapper:
                self.skipTest('a checker of memory takes its own')
        seen = {}

        def console(h, _):
            with open('/proc/%d/status' % self.process.pid) as f:
                seen.update(line.split(':', 1) for line in f)
            h.answer(200, {'remote_console': {
                'url': 'http://p:6082/spice_auto.html?token=tk'}})
        self.cloud.acts['POST', '/remote-consoles'] = console
        self.process = self.alice.popen('resolve')
        out, err = self.process.communicate(timeout=60)
        self.assertIn('spice+ws://', out, err)
        self.assertEqual(seen['Name'].strip(), 'osvdi-broker')
        peak = int(seen['VmHWM'].split()[0])
        print('peak %d KiB' % peak)
        self.assertLess(peak, self.LIMIT_KIB)


class Oidc(Case):
    def setUp(self):
        super().setUp()
        self.alice.env.update({
            'OS_AUTH_TYPE': 'v3oidcpassword', 'OS_IDENTITY_PROVIDER': 'campus',
            'OS_PROTOCOL': 'openid', 'OS_CLIENT_ID': 'broker',
            'OS_CLIENT_SECRET': 'c-secret',
            'OS_DISCOVERY_ENDPOINT': self.cloud.url + '/.well-known/openid'})
        self.cloud.acts.update({
            ('GET', '/.well-known/openid'): lambda h, t: h.answer(200, {
                'token_endpoint': self.cloud.url + '/idp/token'}),
            ('POST', '/idp/token'): self.idp,
            ('POST', '/protocols/openid/auth'): self.federation,
            ('POST', '/v3/auth/tokens'): self.scope,
        })

    def idp(self, h, text):
        form = urllib.parse.parse_qs(text)
        basic = base64.b64encode(b'broker:c-secret').decode()
        if (h.headers['Authorization'] != 'Basic ' + basic
                or form['username'] != ['alice']
                or form['grant_type'] != ['password']
                or form['password'] != ['a-word-of-hers']):
            return h.answer(401, {'error': 'invalid_grant',
                                  'error_description': 'bad word'})
        return h.answer(200, {'access_token': 'at-5678'})

    def federation(self, h, text):
        if '/identity_providers/campus/' not in h.path:
            return h.answer(404, {})
        if h.headers['Authorization'] != 'Bearer at-5678':
            return h.answer(401, {})
        return h.answer(201, {}, headers=[('X-Subject-Token', 'unscoped')])

    def scope(self, h, text):
        auth = json.loads(text)['auth']
        ok = auth['identity'] == {'methods': ['token'],
                                  'token': {'id': 'unscoped'}}
        ok = ok and auth['scope']['project']['name'] == 'p'
        return h.answer(201 if ok else 401, self.cloud.token(),
                        headers=[('X-Subject-Token', 'tok-1234')])

    def test_password(self):
        self.assertIn('desk', self.alice.ok('list').out)
        # kept: no second login
        self.cloud.asked.clear()
        self.alice.ok('list')
        self.assertNotIn('POST', [a[0] for a in self.cloud.asked])

    def test_wrong_password(self):
        err = self.alice.fails(AUTH, 'list', env={'OS_PASSWORD': 'no'}).err
        self.assertIn('bad word', err)

    def test_access_token(self):
        env = {'OS_AUTH_TYPE': 'v3oidcaccesstoken', 'OS_PASSWORD': None}
        self.assertIn('desk', self.alice.ok(
            'list', env=dict(env, OS_ACCESS_TOKEN='at-5678')).out)
        self.alice.forget()
        self.alice.fails(AUTH, 'list', env=dict(env, OS_ACCESS_TOKEN='no'))
        self.alice.fails(USAGE, 'list', env=env)

    def test_not_set_up(self):
        err = self.alice.fails(SERVICE, 'list',
                               env={'OS_IDENTITY_PROVIDER': 'mars'}).err
        self.assertIn('OS_IDENTITY_PROVIDER', err)

    def test_secrets_stay(self):
        err = self.alice.ok('-vv', 'list').err
        for secret in ('a-word-of-hers', 'c-secret', 'at-5678', 'unscoped',
                       'tok-1234'):
            self.assertNotIn(secret, err)


if __name__ == '__main__':
    Broker.program = os.path.abspath(os.environ['OSVDI_BROKER'])
    Broker.wrapper = tuple(os.environ.get('OSVDI_BROKER_WRAPPER', '').split())
    unittest.main(verbosity=2)
