# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""plan apply and plan report at a cloud with a memory, and at a real QEMU's screen."""
import os
import shutil
import signal
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, 'clouds'), os.path.join(HERE, '..', 'lib')]
from broker import Broker  # noqa: E402
import calendar_plan  # noqa: E402
from calendar_plan import at  # noqa: E402
import colour_screen  # noqa: E402
from plancloud import PlanCloud  # noqa: E402
from ports import free_port  # noqa: E402
from statecloud import Rule  # noqa: E402

CLASS = {'osvdi:class': 'cad', 'osvdi:pool': 'cad'}


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix='osvdi-plan-')
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        qemu, cls.port = colour_screen.start(cls.folder)
        cls.addClassCleanup(qemu.wait)
        cls.addClassCleanup(qemu.kill)

    def start(self, minutes=20, length=60, screen=True, **keys):
        """A plan of one class that begins in so many minutes, and a cloud for it."""
        self.cloud = PlanCloud(screen=('127.0.0.1', self.port if screen else free_port()))
        self.addCleanup(self.cloud.close)
        self.begin = int(time.time()) // 60 * 60 + 60 * minutes
        home = tempfile.mkdtemp(prefix='home-', dir=self.folder)
        self.plan = os.path.join(home, 'plan.ics')
        calendar_plan.write(self.plan, self.begin, length, {
            'id': 'cad', 'flavor': 'gpu', 'image': 'cad', 'count': 2, 'spares': 0, **keys})
        self.broker = Broker(home, {
            'OS_AUTH_URL': self.cloud.url + '/v3', 'OS_USERNAME': 'alice',
            'OS_PASSWORD': 'a-word-of-hers', 'OS_PROJECT_NAME': 'p'})

    def made(self, **members):
        """A desktop of the session that is there already."""
        return self.cloud.add(**dict({
            'metadata': dict(CLASS, **{'osvdi:session': at(self.begin),
                                       'osvdi:until': at(self.begin + 3600)}),
            'created': at(time.time() - 300)}, **members))

    def apply(self, code=0):
        result = self.broker.run('-v', 'plan', 'apply', self.plan, '-f', 'json')
        self.assertEqual(result.code, code, result)
        return result.json if result.out.startswith('{') else None


    def report(self, of='sessions'):
        return self.broker.run('plan', 'report', self.plan, '-f', 'json').json[of]


class Life(Case):
    def test_from_nothing_to_ready(self):
        self.start()
        self.assertEqual(self.apply()['created'], 2)
        self.assertEqual([s['metadata'] for s in self.cloud.listed], 2 * [dict(CLASS, **{
            'osvdi:session': at(self.begin), 'osvdi:until': at(self.begin + 3600),
            'osvdi:opens': at(self.begin - 600)})])
        self.assertEqual(self.cloud.keys, [])
        self.assertEqual(self.apply()['created'], 0)
        self.cloud.come_up()
        for _ in range(30): # until QEMU has drawn
            self.apply()
            if all('osvdi-ready' in s['tags'] for s in self.cloud.listed):
                break
        # A look asks for the address alone, and not whether the policy lets it ask.
        self.assertEqual(len(self.cloud.requests('os-console-auth-tokens')),
                         len(self.cloud.requests('remote-consoles')))
        asked = len(self.cloud.requests())
        result = self.apply()
        self.assertEqual((result['desktops'], result['created'], result['deleted']), (2, 0, 0))
        self.assertLessEqual(len(self.cloud.requests()) - asked, 8)
        report = self.report()
        self.assertEqual([(r['class'], r['planned'], r['ready'], r['used'], r['idle'])
                          for r in report], [('cad', 2, 2, 0, 2)])

    def test_not_yet(self):
        self.start(minutes=120)
        self.assertEqual(self.apply()['created'], 0)

    def test_end(self):
        """Desktops of nobody are deleted, those of users shelved after the grace."""
        self.start(minutes=-62, grace='1m')
        free, used = self.made(), self.made(tags=['osvdi-user:u-bob'])
        foreign = self.cloud.add(name='foreign')
        result = self.apply()
        self.assertEqual((result['deleted'], result['saved']), (1, 1))
        self.assertNotIn(free['id'], self.cloud.servers)
        self.assertIn(foreign['id'], self.cloud.servers)
        self.cloud.until(lambda: used['status'] == 'SHELVED_OFFLOADED')

    def test_failed(self):
        self.start()
        self.made(tags=['osvdi-ready'])
        bad = self.made(status='ERROR', fault={'code': 500, 'message': 'No valid host'})
        report = self.report()
        self.assertEqual((report[0]['failed'], report[0]['reasons']), (1, ['No valid host']))
        self.assertEqual(self.apply()['deleted'], 1)
        self.assertNotIn(bad['id'], self.cloud.servers)
        self.assertEqual(len(self.cloud.listed), 2)


class Viewers(Case):
    """after: delete, and what Prometheus tells of a desktop whose user has left or not."""
    def finish(self, answer, over=20):
        """The class is over for so many minutes. Two desktops are held."""
        self.start(minutes=-60 - over, after='delete', grace='1m')
        notes = dict(CLASS, **{'osvdi:session': at(self.begin), 'osvdi:after': 'delete',
                               'osvdi:until': at(self.begin + 3600)})
        self.held = [self.made(metadata=notes, tags=['osvdi-user:u-alice', 'osvdi-ready'])
                     for _ in range(2)]
        self.cloud.rules = [Rule(dict(path='/federate', **answer(*[s['id'] for s in self.held])))]
        with open(os.path.join(self.broker.home, 'broker.yaml'), 'w', encoding='utf-8') as f:
            f.write('plan:\n  viewers: %s/federate\n' % self.cloud.url)

    def apply(self, code=0):
        return self.broker.run('-v', 'plan', 'apply', '-f', 'json', '--config',
                               os.path.join(self.broker.home, 'broker.yaml'), self.plan)

    @staticmethod
    def one_is_there(first, second):
        return {'status': 200, 'type': 'text/plain', 'text': ''.join(
            'osvdi_guest_viewers{guest="%s",instance="h"} %d\n'
            'osvdi_guest_status_age_seconds{guest="%s",instance="h"} 3\n'
            % (guest, n, guest) for guest, n in ((first, 0), (second, 1))) +
            'node_textfile_mtime_seconds{file="/v/osvdi.prom",instance="h"} %d\n' % time.time()}

    def test_delete(self):
        self.finish(self.one_is_there)
        result = self.apply()
        self.assertEqual((result.json['deleted'], result.json['saved']), (1, 1), result)
        self.assertEqual(list(self.cloud.servers), [self.held[1]['id']])
        self.cloud.until(lambda: self.held[1]['status'] == 'SHELVED_OFFLOADED')
        self.assertEqual(len(self.cloud.requests('/federate')), 1)

    def test_silence(self):
        """Nobody tells of viewers: all are saved, and why is said."""
        self.finish(lambda first, second: {'status': 503})
        result = self.apply()
        self.assertEqual((result.json['deleted'], result.json['saved']), (0, 2), result)
        self.assertIn('viewers of desktops', result.err)

    def test_at_the_end(self):
        """Before the grace is over nothing is done, and nobody can open what is deleted."""
        self.finish(self.one_is_there, over=0)
        self.assertEqual(self.apply().json['deleted'], 0)
        self.assertIn('its class is over',
                      self.broker.run('resolve', self.held[0]['id']).err)

    def test_bad_address(self):
        for address in 'prometheus:9090', 'http://me:word@p/', '[1]', '[]x':
            self.finish(self.one_is_there)
            with open(os.path.join(self.broker.home, 'broker.yaml'), 'w', encoding='utf-8') as f:
                f.write('plan:\n  viewers: %s\n' % address)
            self.assertEqual(self.apply().code, 2, address)
            self.assertEqual(self.cloud.requests(), [])


class Idle(Case):
    """Desktops of a pool that nobody uses; plan files of rules alone."""
    RULES = 'idle:\n- {id: desks, pool: desks, after: 1h, grace: 5m}\n'

    def setUp(self):
        self.start()
        self.viewers, self.input = 0, time.time() - 7200
        self.desk = self.cloud.add(metadata={'osvdi:pool': 'desks'},
                                   tags=['osvdi-user:u-alice'])
        self.foreign = self.cloud.add(name='foreign')
        self.write(self.RULES)

    def write(self, rules, config=True):
        self.plan = os.path.join(self.broker.home, 'plan.yaml')
        for name, text in (('plan.yaml', rules), ('broker.yaml', config and (
                'plan:\n  viewers: %s/federate\n' % self.cloud.url))):
            with open(os.path.join(self.broker.home, name), 'w', encoding='utf-8') as f:
                f.write(text or '')

    def run_plan(self, *words):
        self.cloud.rules = [Rule({
            'path': '/federate', 'status': 200, 'type': 'text/plain', 'text': ''.join(
                'osvdi_guest_%s{guest="%s",instance="h"} %f\n' % (name, self.desk['id'], n)
                for name, n in (('viewers', self.viewers), ('status_age_seconds', 3),
                                ('last_input_timestamp_seconds', self.input))) +
            'node_textfile_mtime_seconds{file="/v/osvdi.prom",instance="h"} %d\n'
            % time.time()})]
        return self.broker.run('-v', 'plan', *words, '-f', 'json', '--config',
                               os.path.join(self.broker.home, 'broker.yaml'), self.plan)

    def apply(self, code=0):
        result = self.run_plan('apply')
        self.assertEqual(result.code, code, result)
        return result.json

    def rest_tags(self):
        return [t for t in self.desk['tags'] if t.startswith('osvdi-rest')]

    def announce(self, seconds):
        self.desk['tags'].append('osvdi-rest:' + at(time.time() + seconds))

    def test_life(self):
        self.assertEqual(self.apply()['rest_announced'], 1)
        told = self.rest_tags()
        self.assertEqual(len(told), 1)
        listed = self.broker.run('list', '-f', 'json').json
        self.assertEqual(['osvdi-rest:' + d['rest_at'] for d in listed if d['rest_at']], told)
        self.assertEqual(self.apply()['rest_announced'], 0)
        self.desk['tags'].remove(told[0])
        self.announce(-10)
        self.assertEqual(self.apply()['rested'], 1)
        self.cloud.until(lambda: self.desk['status'] == 'SHELVED_OFFLOADED')
        self.assertEqual(self.apply()['rested'], 0)
        self.assertEqual(len(self.cloud.requests('POST', '/action')), 1)
        self.assertEqual(self.foreign['status'], 'ACTIVE')

    def test_used(self):
        """A viewer, or input, takes the announcement away."""
        for self.viewers, self.input in ((1, 0), (0, time.time() - 60)):
            self.announce(-10)
            self.assertEqual(self.apply()['rest_cancelled'], 1)
            self.assertEqual(self.rest_tags(), [])

    def test_silence(self):
        """Silence of the hosts counts as use."""
        self.input = -1
        self.announce(-10)
        self.assertEqual(self.apply()['rested'], 0)

    def test_opened(self):
        """Whoever opens the desktop calls the announcement off."""
        self.announce(300)
        address = self.broker.run('resolve', '-f', 'json', self.desk['id'])
        self.assertEqual(address.code, 0, address)
        self.assertIsNone(address.json['rest_at'])
        self.assertIn('was to be put to rest', ''.join(address.json['warnings']))
        self.assertEqual(self.desk['tags'], ['osvdi-user:u-alice'])

    def test_opened_against_the_cloud(self):
        """Where Nova refuses, the viewer gets to know when it ends."""
        self.announce(300)
        self.cloud.rules = [Rule({'method': 'PUT', 'status': 403, 'body': {}})]
        out = self.broker.run('resolve', '--vv', '-', self.desk['id']).out
        self.assertIn('\nends=%s\n' % self.rest_tags()[0][len('osvdi-rest:'):], out)

    def test_report(self):
        self.announce(300)
        report = self.run_plan('report').json['idle']
        self.assertEqual([(r['rule'], r['desktops'], r['unused'], r['announced'])
                          for r in report], [('desks', 1, 1, 1)])

    def test_bad_rules(self):
        for rules, why in (
                ('idle:\n- {id: a, after: 1m}\n', 'plan.yaml:2 (after)'),
                ('idle:\n- {id: a, after: 1h, grace: 1m}\n', 'plan.yaml:2 (grace)'),
                ('idle:\n- id: a\n  after: 1h\n  do: kill\n', 'plan.yaml:4 (do)'),
                ('idle:\n- {id: a, after: 1h}\n- {id: a, after: 2h}\n', 'plan.yaml:3 (id)'),
                ('idle:\n- {id: never, after: 1h}\n', 'plan.yaml:2 (id)'),
                ('idle:\n- {id: a, after: 1h, pol: x}\n', 'plan.yaml:2 (pol)'),
                ('idle: {id: a}\n', 'plan.yaml:1 (idle)'), ('idle: [x]\n', 'no mapping')):
            self.write(rules)
            result = self.run_plan('apply')
            self.assertEqual(result.code, 2, result)
            self.assertIn(why, result.err)
        self.write(self.RULES, config=False)
        self.assertIn('plan: viewers:', self.run_plan('apply').err)
        self.assertEqual(self.cloud.requests(), [])


class Assign(Case):
    def given(self, code, out='', err='', **notes):
        self.start()
        self.cloud.rules = [Rule(r) for r in notes.pop('rules', [])]
        metadata = dict(CLASS, **{'osvdi:until': at(time.time() + 600),
                                  'osvdi:opens': at(time.time() - 600)})
        metadata.update({'osvdi:' + k: v for k, v in notes.items() if k != 'tags'})
        self.made(metadata=metadata, tags=notes.get('tags', ['osvdi-ready']))
        result = self.broker.run('assign', 'cad')
        self.assertEqual(result.code, code, result)
        self.assertIn(err, result.err)
        tags = self.cloud.listed[0]['tags']
        self.assertEqual('osvdi-user:u-alice' in tags, not code)

    def test_ready(self):
        self.given(0)
        listed = self.broker.run('list', '-f', 'json').json
        end = listed[0]['class_end']
        self.assertEqual(end[-1], 'Z')
        self.assertIn('\nends=%s\n' % end, self.broker.ok('resolve', '--vv', '-').out)

    def test_not_ready(self):
        self.given(5, err='starting', tags=[])

    def test_early(self):
        self.given(5, err='opens at', opens=at(time.time() + 60))

    def test_over(self):
        self.given(5, err='is over', until=at(time.time() - 60))

    def test_no_opening_time(self):
        self.given(5, err='opens at no time', opens='soon')

    def test_listed(self):
        self.given(0, **{'users.0': 'carol,dave', 'users.1': 'bob,alice'})

    def test_not_listed(self):
        self.given(5, err='other users', **{'users.0': 'alicea,bob'})

    def test_unknown_group(self):
        """A Keystone that does not tell the groups opens nothing."""
        self.given(6, err='/groups', group='students')

    def test_group(self):
        for name, code in (('students', 0), ('teachers', 5)):
            self.given(code, group=name, rules=[{'path_end': '/groups', 'status': 200, 'body': {
                'groups': [{'id': 'g1', 'name': 'students'}]}}])


class Doubt(Case):
    def test_no_screen(self):
        """When no screen can be asked nothing is taken for broken."""
        self.start(screen=False)
        for _ in range(2):
            self.made(created=at(time.time() - 3600))
        self.assertEqual(self.apply(6)['not_seen'], 1) # one a run, while none is ready
        self.assertEqual(self.cloud.requests('DELETE'), [])
        self.assertEqual(self.cloud.requests('POST', '/servers '), [])

    def test_taken(self):
        """A desktop that somebody has is never looked at: a look sends viewers away."""
        self.start()
        for _ in range(2):
            self.made(tags=['osvdi-user:u-bob'])
        self.assertEqual(self.apply()['looked_at'], 0)
        self.assertEqual(self.cloud.requests('remote-consoles'), [])

    def test_half_an_answer(self):
        self.start()
        self.made(status='ERROR', created=at(time.time() - 3600))
        self.cloud.add(bare=True, id='00000000-0000-4000-8000-000000000001', status='UNKNOWN')
        self.apply(6)
        self.assertEqual(self.cloud.requests('DELETE'), [])
        self.assertEqual(self.cloud.requests('POST', '/servers '), [])

    def test_bad_plan(self):
        self.start(count='many')
        result = self.broker.run('plan', 'apply', self.plan)
        self.assertEqual(result.code, 2)
        self.assertIn('is no number', result.err)
        self.assertEqual(self.cloud.requests(), [])

    def test_another_user(self):
        self.start()
        self.made(user_id='u-bob')
        self.assertIn('another user', self.broker.run('plan', 'apply', self.plan).err)
        self.assertEqual(self.cloud.requests('POST', '/servers '), [])


class Killed(Case):
    def kill_at(self, number, after):
        """Whether there was such a request."""
        self.start()
        process = self.broker.popen('plan', 'apply', self.plan)

        def kill(n):
            if n == number:
                process.send_signal(signal.SIGKILL)
                process.wait()
        setattr(self.cloud, 'after' if after else 'before', kill)
        process.communicate(timeout=120)
        self.cloud.settle()
        self.cloud.before = self.cloud.after = lambda n: None
        # A dead run's lock is not held for long; here it is over at once.
        self.cloud.keys.clear()
        for _ in range(3):
            if self.apply()['created'] == 0:
                break
        self.assertEqual((len(self.cloud.listed), self.cloud.most), (2, 2), number)
        return process.returncode == -signal.SIGKILL

    def test_each_request(self):
        for after in (False, True):
            number = 1
            while self.kill_at(number, after):
                number += 1
            self.assertGreater(number, 6)


def start_broker():
    Broker.program = os.path.abspath(os.environ['OSVDI_BROKER'])
    Broker.wrapper = tuple(os.environ.get('OSVDI_BROKER_WRAPPER', '').split())


def main():
    start_broker()
    unittest.main(verbosity=2)


if __name__ == '__main__':
    main()
