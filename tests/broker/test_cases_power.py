# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Power: what means "wait", and that nobody's session is ended twice."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                'clouds'))
from cases import CaseTable, case, main        # noqa: E402
from statecloud import server                  # noqa: E402

ID = server()['id']
TASK = 'OS-EXT-STS:task_state'
HARMLESS = ('image_snapshot', 'image_snapshot_pending', 'image_pending_upload',
            'image_uploading', 'image_backup', 'updating_password',
            'of_a_newer_nova')
DISTURBING = ('deleting', 'soft-deleting', 'migrating', 'powering-off',
              'suspending', 'pausing', 'shelving', 'shelving_image_uploading',
              'rebuild_spawning', 'rescuing', 'resize_prep')
REST = {'stop': ('os-stop', 'powering-off', 'SHUTOFF', 'powering-on'),
        'suspend': ('suspend', 'suspending', 'SUSPENDED', 'resuming'),
        'shelve': ('shelve', 'shelving', 'SHELVED_OFFLOADED', 'spawning')}


def one(status='ACTIVE', task=None, **more):
    return dict({'servers': [{'status': status, TASK: task}]}, **more)


class Tasks(CaseTable):
    cases = {
        **{'resolve while ' + t: case('resolve --timeout 2', 0, one(task=t),
                                      out='wss://') for t in HARMLESS},
        **{'no wake while ' + t: case('resolve --no-wake', 0, one(task=t),
                                      out='wss://') for t in HARMLESS[:4]},
        **{'wait while ' + t: case('resolve --timeout 1', 5, one(task=t),
                                   err=t, unseen='remote-consoles')
           for t in DISTURBING},
        # Nova refuses every verb then.
        'start waits for a snapshot': case(
            'start --timeout 1', 5, one('SHUTOFF', 'image_uploading'),
            err='image_uploading', unseen='/action'),
        'stop waits for a snapshot': case(
            'stop --timeout 1', 5, one(task='image_uploading'),
            unseen='/action'),
        'stopped is stopped': case(
            'stop --timeout 1', 0, one('SHUTOFF', 'image_uploading'),
            out='SHUTOFF'),
        'started is started': case(
            'start --timeout 1', 0, one(task='image_uploading')),
        'wait waits': case('wait --timeout 1', 5, one(task='image_uploading')),
    }


class NoAnswer(CaseTable):
    """Nova hung up, and may have done it: nothing is asked for a second time."""
    cases = {verb: case(verb, 6, one(rules=[{'method': 'POST', 'path_end': '/action',
                                             'reset': True}]),
                        seen={action: 1}, err='compute')
             for verb, action in (('stop', 'os-stop'), ('suspend', 'suspend'),
                                  ('shelve', 'shelve'), ('reboot', 'reboot'))}


class NoEffect(CaseTable):
    cases = {
        'start is tried again': case(
            'start', 5, one('SHUTOFF', no_effect=True), seen={'os-start': 3},
            err='nothing came of it'),
        **{verb + ' is not': case(
            verb, 5, one(no_effect=True), seen={words[0]: 1},
            err='it is not sent again') for verb, words in REST.items()},
        **{verb + ' goes to ERROR': case(
            verb, 5, one(goes_error='no disk'), seen={words[0]: 1},
            err='no disk') for verb, words in REST.items()},
        'two verbs, each once': case(
            'suspend', 0, one('PAUSED', verb_s=0.1),
            seen={'unpause': 1, '"suspend"': 1}, out='SUSPENDED'),
    }


class Turned(CaseTable):
    """Somebody wakes a desktop while another puts it to rest."""
    def begin(self, *args, **cloud):
        self.start(dict(one(verb_s=None), **cloud))
        self.alice = self.broker()
        self.process = self.alice.popen(*args)

    def under_way(self):
        self.cloud.until(lambda: ID in self.cloud.running)

    def sent(self, verb):
        return len(self.cloud.requests('/action', '"%s"' % verb))

    def end(self, code, process=None):
        process = process or self.process
        result = self.alice.finish(process, *process.communicate(timeout=60))
        self.assertEqual(result.code, code, result)
        return result

    def test_woken_again(self):
        for command, (verb, _, status, task) in REST.items():
            self.begin(command)
            self.under_way()
            self.cloud.set(ID, status=status, **{TASK: task})
            result = self.end(0)
            self.assertIn('somebody has woken the desktop again', result.err)
            self.assertEqual(self.sent(verb), 1)

    def test_woken_again_unseen(self):
        """ACTIVE again between two looks: it may be in use."""
        for command, (verb, _, _, _) in REST.items():
            self.begin(command)
            self.under_way()
            self.cloud.set(ID, status='ACTIVE', **{TASK: None})
            self.assertIn('it is not sent again', self.end(5).err)
            self.assertEqual(self.sent(verb), 1)

    def test_woken_again_after_another_stopped_it(self):
        for command, (verb, going, status, task) in REST.items():
            self.begin(command, servers=[{TASK: going}])
            self.cloud.until(lambda: self.cloud.requests('/servers/' + ID))
            self.cloud.set(ID, status=status, **{TASK: task})
            self.end(0)
            self.assertEqual(self.sent(verb), 0)

    def test_stopped_while_it_starts(self):
        """Whoever waits for it is told; nobody fights."""
        for command in 'start', 'resolve':
            self.begin(command, servers=[{'status': 'SHUTOFF'}])
            self.under_way()
            self.cloud.set(ID, status='ACTIVE', **{TASK: 'powering-off'})
            self.assertIn('somebody else', self.end(5).err)
            self.assertEqual(self.sent('os-start'), 1)

    def test_comes_back_while_it_stops(self):
        """The whole of it, at several paces."""
        for pace in 0.05, 0.3, 0.9, 1.7:
            self.begin('stop')
            self.under_way()
            self.cloud.let_go(ID, pace)
            back = self.alice.popen('resolve')
            self.assertIn('wss://', self.end(0, back).out)
            self.assertIn(self.process.wait(timeout=60), (0, 5))
            self.process.communicate()
            self.assertEqual(self.sent('os-stop'), 1)
            self.assertEqual(self.cloud.servers[ID]['status'], 'ACTIVE')

    def test_stopped_while_somebody_comes(self):
        for pace in 0.05, 0.3, 0.9, 1.7:
            self.begin('resolve', servers=[{'status': 'SHUTOFF'}])
            self.under_way()
            self.cloud.let_go(ID, pace)
            stop = self.alice.popen('stop')
            for process in stop, self.process:
                process.communicate(timeout=60)
                self.assertIn(process.returncode, (0, 5))
            self.assertEqual(self.sent('os-stop'), 1)

    def test_two_stop_at_once(self):
        self.begin('stop', verb_s=0.5)
        others = [self.alice.popen('stop') for _ in range(3)]
        for process in [self.process] + others:
            self.end(0, process)
        self.assertEqual(self.cloud.servers[ID]['status'], 'SHUTOFF')

    def test_reboot_waits_for_a_snapshot(self):
        """A refusal is no reboot."""
        self.begin('reboot', servers=[{TASK: 'image_uploading'}], verb_s=0.1)
        self.cloud.until(lambda: self.cloud.requests('GET', ID))
        self.cloud.set(ID, **{TASK: None})
        self.end(0)
        self.assertEqual(self.sent('reboot'), 2)

    def test_reboot_and_somebody_stops_it(self):
        self.begin('reboot', '--hard')
        self.under_way()
        self.cloud.set(ID, status='SHUTOFF', **{TASK: None})
        self.assertIn('somebody has put it to rest', self.end(5).err)
        self.assertEqual(self.sent('os-start'), 0)

    def test_release_keeps_what_is_in_use(self):
        self.begin('release', '--stop', servers=[{
            'metadata': {'osvdi:pool': 'p'}, 'tags': ['osvdi-user:u-alice']}])
        self.under_way()
        self.cloud.set(ID, status='SHUTOFF', **{TASK: 'powering-on'})
        self.assertIn('somebody has woken it again', self.end(5).err)
        self.assertEqual(self.cloud.servers[ID]['tags'],
                         ['osvdi-user:u-alice'])


if __name__ == '__main__':
    main()
