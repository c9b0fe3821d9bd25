# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""osvdi-broker plan check, simulate and snapshot, as their user types them: answers from a
file of what the cloud had, and all that is wrong with options and files. No case but the last
asks a cloud, for none has to."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                'clouds'))
from cases import CaseTable, case, main        # noqa: E402


def host(name, gpus, used=0):
    """A host of 160 processors, and the provider of its vGPUs, of which some are used."""
    def provider(resources, parent=None):
        return {'resources': {k: {'capacity': v, 'used': used if parent else 0}
                              for k, v in resources.items()},
                'traits': [], 'parent_provider_uuid': parent, 'root_provider_uuid': name}
    return {name: provider({'VCPU': 160, 'MEMORY_MB': 400000}),
            name + '-g': provider({'VGPU': gpus}, name)}


def flavor(name, number, **specs):
    return {'id': number, 'name': name, 'vcpus': 4, 'ram': 8192, 'disk': 0, 'extra_specs': specs}


def held(**desktop):
    return json.dumps({**SNAPSHOT, 'desktops': [desktop],
                       'provider_summaries': {**host('h1', 20, 20), **host('h2', 20)}})


SNAPSHOT = {'provider_summaries': {**host('h1', 20), **host('h2', 20)},
            'flavors': [flavor('gpu', '1', **{'resources:VGPU': '1'}),
                        flavor('odd', '2', **{'hw:numa_nodes': '2'})]}
EVENING = '2026-10-13T18:00:00Z'
PLAN = '''zone: Europe/Berlin
classes:
- {id: cad, flavor: gpu, image: cad, count: 30, when: "Tue 10:00-12:00", from: 2026-10-13, weeks: 2}
'''
FILES = {
    'cloud.json': json.dumps(SNAPSHOT),
    # twenty vGPUs of the first host are taken up to the evening of 13 October
    'held.json': held(until=EVENING, allocations={'h1-g': {'resources': {'VGPU': 20}}}),
    'plan.yaml': PLAN,
    'other.yaml': PLAN.replace('flavor: gpu', 'flavor: cpu'),
    'odd.yaml': PLAN.replace('flavor: gpu', 'flavor: odd'),
    'bad.yaml': PLAN.replace('count: 30', 'count: 2001'),
    'large.yaml': '#' * (1024 * 1024 + 1),
    'not.json': '{', 'list.json': '[]',
    'no-flavors.json': json.dumps({'provider_summaries': host('h', 1)}),
    'no-name.json': json.dumps({**SNAPSHOT, 'flavors': [{'id': '1'}]}),
    'lost.json': held(until=EVENING, allocations={'h9': {'resources': {'VGPU': 1}}}),
    'less.json': held(until=EVENING, allocations={'h1-g': {'resources': {'VGPU': -1}}}),
    'bare.json': held(until=EVENING, allocations={'h1-g': {}}),
    'endless.json': held(allocations={}),
}
TUESDAY = '"Tue 10:00-12:00" '
BARE = 'plan check --zone Europe/Berlin --from 2026-10-05 '
CHECK = BARE + '--snapshot cloud.json --flavor gpu '
ONE = CHECK + '--count 1 '
HELD = CHECK.replace('cloud.json', 'held.json')
DAYS = 'plan simulate --from 2026-10-12 '
SIMULATE = DAYS + '--until 2026-10-22 --snapshot cloud.json '


def offline(command, exits=0, **members):
    """Nothing is asked of the cloud."""
    return case(command, exits, files=FILES, unseen='', **members)


def shown(**wanted):
    """The answer as JSON has these members."""
    def then(self, _, __, results):
        got = results[-1].json
        self.assertEqual({k: got[k] for k in wanted}, wanted)
    return then


def sessions(**wanted):
    """Each of the plan's two sessions has these members."""
    def then(self, _, __, results):
        got = results[-1].json['sessions']
        self.assertEqual([{k: s[k] for k in wanted} for s in got], [wanted] * 2, results[-1])
    return then


def same(self, _, __, results):
    self.assertEqual(results[0].out, results[1].out)


def window(start, end):
    return {'start': start, 'end': end, 'missing': 0}


class Check(CaseTable):
    cases = {
        'fits': offline(CHECK + '--count 40 ' + TUESDAY, out='it fits: 1 times 40 desktops\n'),
        'one too many': offline(
            CHECK + '--count 41 ' + TUESDAY, 5,
            out=['Tue 2026-10-06 10:00: 1 of 41 desktops are missing'],
            no_out='it fits', err='1 desktops are missing'),
        'spares count': offline(CHECK + '--count 40 --spares 1 ' + TUESDAY, 5,
                                out='1 of 41 desktops are missing'),
        'each week': offline(CHECK + '--count 40 --weekly 3 ' + TUESDAY,
                             out='it fits: 3 times 40 desktops'),
        'beside the plan': offline(
            CHECK + '--plan plan.yaml --count 20 --weekly 2 ' + TUESDAY, 5,
            out=['Tue 2026-10-13 10:00: 12 of 20', 'short of VGPU', 'it fits from '],
            no_out='Tue 2026-10-06 10:00: '),
        'beside the plan as JSON': offline(
            CHECK + '-f json --plan plan.yaml --count 8 --weekly 2 ' + TUESDAY,
            then=shown(fits=True, seats=40, short_of=None, nearest=[],
                       windows=[window('2026-10-06T08:00:00Z', '2026-10-06T10:00:00Z'),
                                window('2026-10-13T08:00:00Z', '2026-10-13T10:00:00Z')])),
        'missing as JSON': offline(
            CHECK + '-f json --plan plan.yaml --count 9 "2026-10-13 10:00-12:00"', 5,
            then=shown(fits=False, seats=40, short_of='VGPU')),
        'beside what is there': offline(HELD + '--count 21 "2026-10-13 10:00-12:00"', 5,
                                        out='1 of 21 desktops'),
        'after what is there': offline(HELD + '--count 40 "2026-10-14 10:00-12:00"',
                                       out='it fits'),
        'in winter': offline(
            ONE + '-f json "2026-12-01 10:00-12:00"',
            then=shown(windows=[window('2026-12-01T09:00:00Z', '2026-12-01T11:00:00Z')])),
        'by the id': offline(CHECK.replace('gpu', '1') + '--count 40 ' + TUESDAY, out='it fits'),
        'at this place': offline(
            'TZ=Asia/Tokyo ' + ONE.replace('--zone Europe/Berlin ', '')
            + '-f json "2026-12-01 10:00-12:00"', out='2026-12-01T01:00:00Z'),
        'the most that a class may have': offline(
            CHECK + '--count 2000 --spares 2000 ' + TUESDAY, 5, out='3960 of 4000 desktops'),
    }


class Refused(CaseTable):
    """Each message names the option or the file."""
    cases = {
        'no verb': offline('plan', 2, err='something is missing'),
        'verb': offline('plan show x', 2, err='plan knows "check WHEN"'),
        'no time': offline('plan check', 2, err='plan knows "check WHEN"'),
        'no plan': offline('plan simulate', 2, err='plan knows'),
        'too much': offline('plan snapshot x', 2, err='plan knows'),
        'two times': offline(ONE + 'Tue 10:00-12:00', 2, err='too many'),
        'flavor left out': offline(BARE + '--count 1 ' + TUESDAY, 2, err='--flavor'),
        'count left out': offline(CHECK + TUESDAY, 2, err='--count from 1 to 2000'),
        'count of none': offline(CHECK + '--count 0 ' + TUESDAY, 2, err='--count from 1'),
        'count below': offline(CHECK + '--count -1 ' + TUESDAY, 2, err='--count from 1'),
        'count beyond': offline(CHECK + '--count 2001 ' + TUESDAY, 2, err='--count from 1'),
        'counts that overflow': offline(CHECK + '--count 2000000000 --spares 2000000000 ' + TUESDAY,
                                        2, err='--count from 1'),
        'spares below': offline(ONE + '--spares -1 ' + TUESDAY, 2, err='--spares'),
        'spares beyond': offline(ONE + '--spares 2001 ' + TUESDAY, 2, err='--spares'),
        'weeks below': offline(ONE + '--weekly -1 ' + TUESDAY, 2, err='--weekly'),
        'weeks beyond': offline(ONE + '--weekly 521 ' + TUESDAY, 2, err='--weekly'),
        'zone': offline(ONE.replace('Berlin', 'Bonn') + TUESDAY, 2,
                        err=['no time zone "Europe/Bonn"', 'Europe/Berlin']),
        'first day': offline(ONE.replace('2026-10-05', 'today') + TUESDAY, 2,
                             err='--from is no date such as 2026-10-13'),
        'time': offline(ONE + 'Tue', 2, err='no day and hours'),
        'hours': offline(ONE + '"Tue 12:00"', 2, err='10:00-12:00'),
        'day': offline(ONE + '"Tuesd 10:00-12:00"', 2, err='the day is none'),
        'day of no month': offline(ONE + '"2026-02-30 10:00-12:00"', 2, err='the day is none'),
        'past': offline(ONE + '"2026-10-01 10:00-12:00"', 2, err='this time is over'),
        'flavor': offline(ONE.replace('gpu', 'cpu') + TUESDAY, 4, err='there is no flavor "cpu"'),
        'flavor that is odd': offline(ONE.replace('gpu', 'odd') + TUESDAY, 2,
                                      err='the flavor "odd" chooses hosts'),
        'plan missing': offline(ONE + '--plan no.yaml ' + TUESDAY, 2, err='no.yaml'),
        'plan damaged': offline(ONE + '--plan bad.yaml ' + TUESDAY, 2,
                                err=['bad.yaml', 'is no number from 1 to 2000']),
        'plan large': offline(ONE + '--plan large.yaml ' + TUESDAY, 2,
                              err='large.yaml is too large'),
        'flavor of the plan': offline(ONE + '--plan other.yaml ' + TUESDAY, 4,
                                      err=['other.yaml', 'there is no flavor "cpu"']),
        'flavor of the plan that is odd': offline(ONE + '--plan odd.yaml ' + TUESDAY, 2,
                                                  err=['odd.yaml', '"odd" chooses']),
        'plan a folder': offline('plan simulate .', 2, err='directory'),
        'format': offline(ONE + '-f xml ' + TUESDAY, 2, err='--format'),
    }
    for name, code, words in (
            ('no.json', 2, ''), ('not.json', 6, 'not.json: '),
            ('list.json', 6, 'the snapshot is not whole: it has no provider_summaries'),
            ('no-flavors.json', 6, 'it has no flavors'),
            ('no-name.json', 6, 'a flavor has no name or no id'),
            ('lost.json', 6, 'a provider that is not there'),
            ('less.json', 6, 'a provider that is not there'),
            ('bare.json', 6, "a desktop's allocation has no resources"),
            ('endless.json', 6, 'a desktop has no end')):
        cases['snapshot ' + name] = offline(ONE.replace('cloud.json', name) + TUESDAY, code,
                                            err=[name, words])


class Simulate(CaseTable):
    cases = {
        'all come up': offline(SIMULATE + 'plan.yaml', then=sessions(planned=30)),
        'none do': offline(SIMULATE + '--boot-failures 100 plan.yaml', out='"failures"'),
        'a host is lost': offline(SIMULATE + '--lose-host 2026-10-13T08:30:00Z plan.yaml',
                                  then=sessions(planned=30)),
        'the same chances': offline([SIMULATE + '--boot-failures 30 --seed 7 plan.yaml'] * 2,
                                    then=same),
        'day': offline('plan simulate --from x plan.yaml', 2, err='--from is no date'),
        'last day': offline(DAYS + '--until x plan.yaml', 2, err='--until is no date'),
        'last day before the first': offline(
            DAYS + '--until 2026-10-12 plan.yaml', 2,
            err='--until is not within a year after --from'),
        'more than a year': offline(DAYS + '--until 2027-10-14 plan.yaml', 2, err='--until'),
        'failures below': offline(DAYS + '--boot-failures -1 plan.yaml', 2,
                                  err='--boot-failures is no percentage'),
        'failures beyond': offline(DAYS + '--boot-failures 101 plan.yaml', 2,
                                   err='--boot-failures'),
        'time of the loss': offline(DAYS + '--lose-host noon plan.yaml', 2,
                                    err='--lose-host is no time'),
        'plan missing': offline('plan simulate no.yaml', 2, err='no.yaml'),
        'flavor': offline(SIMULATE + 'other.yaml', 4, err='there is no flavor "cpu"'),
    }


class Asked(CaseTable):
    """Without a file the cloud is asked; here it has no Placement."""
    cases = {
        command: case(command, 6, files=FILES, err='placement')
        for command in ('plan snapshot', BARE + '--flavor gpu --count 1 ' + TUESDAY,
                        'plan simulate plan.yaml')
    }

    def test_full_disk(self):
        self.start()
        for name, text in FILES.items():
            self.write(name, text)
        for line in (ONE + TUESDAY, CHECK + '--count 41 ' + TUESDAY, ONE + '-f json ' + TUESDAY,
                     SIMULATE + 'plan.yaml'):
            with open('/dev/full', 'w', encoding='utf-8') as full:
                result = self.line(self.broker(), line, stdout=full)
            self.assertEqual(result.code, 1, result)
            self.assertIn('standard output', result.err)


if __name__ == '__main__':
    main()
