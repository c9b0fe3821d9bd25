# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A cloud of scripted answers over real sockets: one that is as it should be,
until a test has it lie."""
import http.server
import json
import shutil
import socket
import tempfile
import threading
import time
import unittest

from broker import Broker

ID = '05c7863a-3c5c-4d0e-8bd4-d8e1dbb1f2c4'


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *args):
        pass

    def body(self):
        return self.rfile.read(int(self.headers.get('Content-Length') or 0))

    def answer(self, status, body, kind='application/json', headers=()):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(data)))
        for k, v in headers:
            self.send_header(k, v)
        self.end_headers()
        self.wfile.write(data)

    def handle_any(self):
        text = self.body().decode()
        cloud = self.server.cloud
        cloud.asked.append((self.command, self.path, dict(self.headers),
                            text))
        path = self.path.split('?')[0]
        for (method, end), act in cloud.acts.items():
            if self.command == method and path.endswith(end):
                return act(self, text)
        return self.answer(404, {'itemNotFound': {'message': 'no'}})

    do_GET = do_POST = do_PUT = do_DELETE = handle_any


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


class Server6(Server):
    address_family = socket.AF_INET6


class Cloud:
    """A cloud of scripted acts; by default one desktop of alice's."""
    handler = Handler

    def __init__(self, host='127.0.0.1'):
        self.httpd = (Server6 if ':' in host else Server)((host, 0),
                                                          self.handler)
        self.httpd.cloud = self
        self.url = 'http://%s:%d' % ('[%s]' % host if ':' in host else host,
                                     self.httpd.server_port)
        self.asked = []
        self.acts = {
            ('POST', '/v3/auth/tokens'): lambda h, t: h.answer(
                201, self.token(), headers=[('X-Subject-Token', 'tok-1234')]),
            ('GET', '/v2.1/'): lambda h, t: h.answer(
                200, {'version': {'id': 'v2.1', 'version': '2.93'}}),
            ('GET', '/servers/detail'): lambda h, t: h.answer(
                200, {'servers': [self.server()]}),
            ('POST', '/remote-consoles'): lambda h, t: h.answer(
                200, {'remote_console': {
                    'url': 'http://p:6082/spice_auto.html?token=tk'}}),
        }
        threading.Thread(target=self.httpd.serve_forever, args=(0.02,),
                         daemon=True).start()

    def token(self):
        return {'token': {
            'expires_at': '2099-01-01T00:00:00.000000Z',
            'user': {'id': 'u1', 'name': 'alice'},
            'project': {'id': 'p1', 'name': 'p'}, 'roles': [],
            'catalog': [{'type': 'compute', 'endpoints': [{
                'interface': 'public', 'region_id': 'R',
                'url': self.url + '/nova/v2.1'}]}]}}

    @staticmethod
    def server(**more):
        return dict({'id': ID, 'name': 'desk', 'status': 'ACTIVE',
                     'OS-EXT-STS:task_state': None, 'user_id': 'u1'}, **more)

    def wrap(self, context):
        """TLS on every connection from now on."""
        self.httpd.handle_error = lambda *args: None
        take = self.httpd.get_request

        def get_request():
            sock, address = take()
            # The handshake is done by the connection's own thread.
            return context.wrap_socket(sock, server_side=True,
                                       do_handshake_on_connect=False), address
        self.httpd.get_request = get_request
        self.url = self.url.replace('http:', 'https:')

    def close(self):
        self.httpd.shutdown()
        self.httpd.server_close()


def raw(data, wait=0):
    """An act that sends bytes as they are and hangs up."""
    def act(handler, _):
        handler.wfile.write(data)
        handler.wfile.flush()
        time.sleep(wait)
        handler.close_connection = True
    return act


class Case(unittest.TestCase):
    def setUp(self):
        self.cloud = Cloud()
        self.addCleanup(self.cloud.close)
        self.home = tempfile.mkdtemp(prefix='osvdi-hostile-')
        self.addCleanup(shutil.rmtree, self.home)
        self.alice = Broker(self.home, {
            'OS_AUTH_URL': self.cloud.url, 'OS_USERNAME': 'alice',
            'OS_PASSWORD': 'a-word-of-hers', 'OS_PROJECT_NAME': 'p'})
