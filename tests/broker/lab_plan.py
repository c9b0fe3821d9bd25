# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A class on a real Nova: made, seen, taken, saved and deleted."""
import os
import signal
import time

import calendar_plan
from broker import NOT_READY
from calendar_plan import at
from lab_case import LabCase
import spice

#: what one pass of "plan apply" may take, and a class of four on a busy machine
LIMIT_S = 600


class C1Plan(LabCase):
    """Four desktops whose screens show text, so that "ready: text" is what fits."""

    def setUp(self):
        super().setUp()
        self.plan = os.path.join(self.admin.home, 'plan.ics')
        self.begin = int(time.time()) // 60 * 60 + 1800
        self.write()

    def write(self):
        calendar_plan.write(self.plan, self.begin, 30, {
            'id': 'course', 'flavor': 'desktop', 'image': 'tiny', 'networks': 'none',
            'count': 3, 'spares': 1, 'ready': 'text', 'boot': '4m', 'open': '1h',
            'grace': '1m'})

    def servers(self):
        status, _, body = self.cloud.nova('GET', '/servers/detail')
        self.assertEqual(status, 200)
        return [s for s in body['servers'] if s['metadata'].get('osvdi:class') == 'course']

    def apply(self):
        return self.admin.ok('plan', 'apply', self.plan, '-f', 'json').json

    def until(self, reached):
        """Apply the plan, as a timer does, until a state is reached."""
        end = time.time() + LIMIT_S
        servers = self.servers()
        while not reached(servers):
            self.assertLess(time.time(), end, servers)
            self.apply()
            # Each list is work for the process that makes the desktops.
            time.sleep(2)
            servers = self.servers()
            self.assertLessEqual(len(servers), 4)

    def die_at_work(self):
        """A run that is killed after it has made its first desktop."""
        running = self.admin.popen('plan', 'apply', self.plan)
        end = time.time() + LIMIT_S
        while not self.servers() and running.poll() is None:
            self.assertLess(time.time(), end)
            time.sleep(0.3)
        running.send_signal(signal.SIGKILL)
        running.communicate()
        self.assertEqual(running.returncode, -signal.SIGKILL)

    def drop_lock(self):
        """A dead run's lock is held for 50 s; the test need not wait for the end of it."""
        _, _, body = self.cloud.nova('GET', '/os-keypairs', user='admin')
        for pair in body['keypairs']:
            name = pair['keypair']['name']
            self.assertTrue(name.startswith('osvdi-plan-'), name)
            self.cloud.nova('DELETE', '/os-keypairs/' + name, user='admin')

    def take(self, broker):
        """A desktop of the class, and its screen is that desktop's."""
        one = broker.ok('assign', 'course').out.split()[0]
        address = broker.resolve(one)
        self.assertEqual(address['class_end'], at(self.begin + 1800))
        self.assertEqual(spice.machine_at(address), one)
        return one

    def someone(self):
        """A user of the project who has no desktop."""
        word = 'word-of-dora-in-the-plan'
        self.cloud.add_user('dora', word, self.cloud.facts['project_id'])
        return self.broker('alice', OS_USERNAME='dora', OS_PASSWORD=word)

    def let_time_pass(self, seconds):
        """Move the class instead of the clock: its plan, and its desktops' notes."""
        self.begin -= seconds
        self.write()
        notes = {'osvdi:session': at(self.begin), 'osvdi:until': at(self.begin + 1800)}
        for s in self.servers():
            status, _, answer = self.cloud.nova(
                'POST', '/servers/%s/metadata' % s['id'], {'metadata': notes}, user='admin')
            self.assertEqual(status, 200, answer)

    def test_life_of_a_class(self):
        self.die_at_work()
        self.drop_lock()
        self.until(lambda all: sum('osvdi-ready' in s['tags'] for s in all) == 4)
        self.assertLess(time.time(), self.begin)
        taken = [self.take(broker) for broker in (self.alice, self.bob)]
        self.assertEqual(len(set(taken)), 2)
        report = self.admin.ok('plan', 'report', self.plan, '-f', 'json').json['sessions']
        self.assertEqual([(r['ready'], r['used'], r['idle']) for r in report], [(4, 2, 2)])

        self.let_time_pass(3 * 3600)
        self.assertIn('is over', self.someone().fails(NOT_READY, 'assign', 'course').err)
        self.until(lambda all: sorted(s['id'] for s in all) == sorted(taken) and all_saved(all))
        for one in taken:
            self.cloud.nova('DELETE', '/servers/' + one, user='admin')


def all_saved(servers):
    return all(s['status'] == 'SHELVED_OFFLOADED' for s in servers)
