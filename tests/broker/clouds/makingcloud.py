# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A cloud in which users make desktops, and leases of Blazar's.

Beside the members of StateCloud's scenarios:

  flavors, networks
                id: name, of Nova and of a Networking API in the catalog
  leases        members that differ from those of lease()
  lease_states  what a new lease shows, one state for each look (ACTIVE)
"""
import json
import re
import time
import urllib.parse

from statecloud import StateCloud, server

RESERVATION = 'fa1aafaa-0000-4000-8000-%012d'


def at(seconds):
    """A moment as Blazar writes it, so many seconds from now."""
    return time.strftime('%Y-%m-%dT%H:%M:00.000000', time.gmtime(time.time() + seconds))


def lease(number=0, **members):
    return dict({'id': '1ea5e000-0000-4000-8000-%012d' % number, 'name': 'lease%d' % number,
                 'status': 'ACTIVE', 'start_date': at(-3600), 'end_date': at(7200),
                 'reservations': [{'id': RESERVATION % number}]}, **members)


class MakingCloud(StateCloud):
    def fill(self):
        super().fill()
        self.leases = [lease(i, **m) for i, m in enumerate(self.scenario.get('leases', []))]
        self.states = list(self.scenario.get('lease_states', []))
        self.made = []

    def catalog(self):
        def service(kind, path):
            return {'type': kind, 'name': kind, 'endpoints': [
                {'interface': 'public', 'region_id': 'R', 'url': self.url + path}]}
        return super().catalog() + [service('network', '/neutron'),
                                    service('reservation', '/blazar/v1')]

    def answer(self, h, text):
        path = urllib.parse.urlsplit(h.path).path
        if h.headers['X-Auth-Token'] not in self.issued:
            return super().answer(h, text)
        if path.startswith('/blazar/v1/leases'):
            with self.changed:
                return self.blazar(h, path[len('/blazar/v1/leases'):].strip('/'), text)
        if path == '/neutron/v2.0/networks':
            return self.names(h, 'networks')
        return super().answer(h, text)

    def names(self, h, kind):
        return h.say(200, {kind: [{'id': i, 'name': n}
                                  for i, n in self.scenario.get(kind, {}).items()]})

    def nova(self, h, place, path, text):
        bare = re.sub(r'^/(p1|[0-9a-f-]{32,36})/', '/', path)
        if bare == '/flavors':
            return self.names(h, 'flavors')
        if bare == '/servers' and h.command == 'POST':
            with self.changed:
                return self.create(h, json.loads(text)['server'])
        return super().nova(h, place, path, text)

    def create(self, h, wanted):
        self.made.append(wanted)
        new = server(500 + len(self.made), name=wanted['name'], status='BUILD',
                     metadata=wanted.get('metadata', {}), flavor={
                         'original_name': wanted['flavorRef'], 'vcpus': 1, 'ram': 1},
                     **{'OS-EXT-STS:task_state': 'spawning', 'OS-EXT-STS:power_state': 0})
        self.servers[new['id']] = new
        self.listed.append(new)
        self.begin(new, 'ACTIVE', 1)
        return h.say(202, {'server': {'id': new['id']}})

    def blazar(self, h, name, text):
        if not name and h.command == 'GET':
            return h.say(200, {'leases': self.leases})
        if not name:
            new = lease(500 + len(self.leases), **json.loads(text))
            new.update(reservations=[{'id': RESERVATION % 500}], status='PENDING')
            self.leases.append(new)
        else:
            new = next((x for x in self.leases if x['id'] == name), None)
        if not new:
            return h.refuse(404, 'error', 'lease not found')
        if h.command == 'DELETE':
            self.leases.remove(new)
            return h.say(200, {})
        if h.command == 'PUT':
            new.update(json.loads(text))
        else:
            new['status'] = self.states.pop(0) if self.states else 'ACTIVE'
        for key in 'start_date', 'end_date':
            if new[key] == 'now':
                new[key] = at(0)
            new[key] = re.sub(r'^(.{10}) (.{5})$', r'\1T\2:00.000000', new[key])
        return h.say(200, {'lease': new})
