# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A cloud that remembers (statecloud.py), and in which a portal makes leases (Blazar)
and new desktops."""
import json
import re
import uuid

import statecloud

FLAVOR = 'f1a9c0de-0000-4000-8000-000000000001'


class PortalCloud(statecloud.StateCloud):
    def __init__(self, scenario=None):
        self.leases = {}
        super().__init__({'images': {statecloud.IMAGE: 'tiny'}, **(scenario or {})})

    def catalog(self):
        return super().catalog() + [{'type': 'reservation', 'name': 'blazar', 'endpoints': [
            {'interface': 'public', 'region': 'R', 'region_id': 'R',
             'url': self.url + '/blazar/v1'}]}]

    def answer(self, h, text):
        if '/blazar/v1/leases' in h.path and h.headers['X-Auth-Token'] in self.issued:
            with self.changed:
                return self.blazar(h, h.path.split('/leases')[1].strip('/'), text)
        return super().answer(h, text)

    def nova(self, h, place, path, text):
        if path.endswith('/flavors'):
            return h.say(200, {'flavors': [{'id': FLAVOR, 'name': 'desktop'}]})
        if h.command == 'POST' and path.endswith('/servers'):
            with self.changed:
                return self.boot(h, json.loads(text)['server'])
        return super().nova(h, place, path, text)

    def one(self, h, s, rest, text):
        if rest == '/action' and '"SOFT"' in text and s['status'] != 'ACTIVE':
            return h.refuse(409, 'conflictingRequest', "Cannot 'reboot' instance %s while it is "
                            'in vm_state %s' % (s['id'], s['status'].lower()))
        return super().one(h, s, rest, text)

    def boot(self, h, wanted):
        """A new server: Nova builds it, which takes as long as a verb."""
        number = 2000 + len(self.servers)
        s = statecloud.server(number, name=wanted['name'], status='BUILD',
                              metadata=wanted.get('metadata', {}))
        if wanted['flavorRef'] != FLAVOR:
            s['flavor'] = {'original_name': 'reservation:' + wanted['flavorRef']}
        s['OS-EXT-STS:task_state'] = 'spawning'
        self.servers[s['id']] = s
        self.listed.append(s)
        self.begin(s, 'ACTIVE', 1)
        return h.say(202, {'server': {'id': s['id']}})

    def blazar(self, h, key, text):
        if h.command == 'POST':
            return self.reserve(h, json.loads(text))
        if not key:
            return h.say(200, {'leases': list(self.leases.values())})
        if key not in self.leases:
            return h.refuse(404, 'error', 'Lease not found')
        lease = self.leases[key]
        if h.command == 'DELETE':
            del self.leases[key]
            return h.say(204)
        if h.command == 'PUT':
            lease.update(json.loads(text))
        else:
            lease['status'] = 'ACTIVE'  # begins between two looks
        return h.say(200, {'lease': lease})

    def reserve(self, h, wanted):
        for word in ('start_date', 'end_date'):
            assert re.fullmatch(r'now|\d{4}-\d\d-\d\d \d\d:\d\d', wanted[word]), wanted
        lease = {**wanted, 'id': str(uuid.uuid4()), 'status': 'PENDING',
                 'start_date': '2030-01-01 00:00',
                 'reservations': [{'id': str(uuid.uuid4())} for _ in wanted['reservations']]}
        self.leases[lease['id']] = lease
        return h.say(201, {'lease': lease})
