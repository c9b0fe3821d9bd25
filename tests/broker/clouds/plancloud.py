# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A cloud in which plans make desktops: key pairs, flavors, new servers, direct consoles."""
import json
import re
import urllib.parse

from statecloud import Handler, StateCloud, server

IMAGE = 'aa0e4c1d-2b3f-4a5c-9d6e-7f8091a2b3c4'


class PlanHandler(Handler):
    """Calls cloud.before(n) and cloud.after(n) around the n-th request that counts."""
    def handle_any(self):
        cloud = self.server.cloud
        with cloud.changed:
            cloud.number += 1
            cloud.busy += 1
            number = cloud.number
        try:
            cloud.before(number)
            super().handle_any()
            cloud.after(number)
        finally:
            with cloud.changed:
                cloud.busy -= 1
                cloud.changed.notify_all()

    do_GET = do_POST = do_PUT = do_DELETE = handle_any


class PlanCloud(StateCloud):
    """screen: the (host, port) of every desktop's SPICE server. most: the most desktops
    that there were at one time."""
    handler = PlanHandler

    def __init__(self, scenario=None, screen=('127.0.0.1', 1)):
        self.keys, self.screen, self.made, self.most, self.number = [], screen, 0, 0, 0
        self.busy = 0  # requests that are being answered
        self.before = self.after = lambda number: None
        super().__init__(dict({'servers': [], 'images': {IMAGE: 'cad'}}, **(scenario or {})))

    def settle(self):
        """Waits until all requests are answered, also those whose sender is gone."""
        with self.changed:
            assert self.changed.wait_for(lambda: not self.busy, 60), 'a request takes 60 s'

    def add(self, **members):
        with self.changed:
            self.made += 1
            new = server(self.made, **dict({'user_id': 'u-alice'}, **members))
            self.servers[new['id']] = new
            self.listed.append(new)
            self.most = max(self.most, len(self.listed))
            return new

    def come_up(self, age=100):
        """All that is in BUILD runs, and has done so for a while."""
        with self.changed:
            for s in self.listed:
                s['created'] = self.time(-age)
                if s['status'] == 'BUILD':
                    s.update({'status': 'ACTIVE', 'OS-EXT-STS:task_state': None})

    def nova(self, h, place, path, text):
        path = re.sub(r'^/(p1|[0-9a-f-]{32,36})/', '/', path)
        if path.startswith('/os-keypairs'):
            return self.key_pairs(h, urllib.parse.unquote(path[len('/os-keypairs/'):]), text)
        if path == '/flavors':
            return h.say(200, {'flavors': [{'id': 'f1', 'name': 'gpu'}]})
        if path == '/servers' and h.command == 'POST':
            return self.create(h, json.loads(text)['server'])
        gone = re.fullmatch('/servers/([^/]+)', path)
        if gone and h.command == 'DELETE':
            return self.delete(h, gone[1])
        return super().nova(h, place, path, text)

    def key_pairs(self, h, name, text):
        with self.changed:
            if h.command == 'POST':
                self.keys.append(json.loads(text)['keypair']['name'])
                return h.say(201, {'keypair': {'name': self.keys[-1]}})
            if h.command == 'GET':
                return h.say(200, {'keypairs': [{'keypair': {'name': k}} for k in self.keys]})
            if name not in self.keys:
                return h.refuse(404, 'itemNotFound', 'no such key pair')
            self.keys.remove(name)
            return h.say(204)

    def create(self, h, wanted):
        if wanted.get('key_name') not in self.keys:
            return h.refuse(400, 'badRequest', 'Invalid key_name provided.')
        new = self.add(name=wanted['name'], metadata=wanted['metadata'], status='BUILD',
                       created=self.time(0), **{'OS-EXT-STS:task_state': 'spawning'})
        return h.say(202, {'server': {'id': new['id']}})

    def delete(self, h, name):
        with self.changed:
            if name not in self.servers:
                return h.refuse(404, 'itemNotFound', 'no such server')
            self.listed.remove(self.servers.pop(name))
            return h.say(204)

    def look_up(self, h):
        return h.say(200, {'console': {'host': self.screen[0], 'port': self.screen[1],
                                       'tls_port': None}})
