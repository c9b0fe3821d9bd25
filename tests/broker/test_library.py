#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The library by its public header (library.c and its neighbours), against clouds that
remember."""
import base64
import json
import os
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), 'clouds'))
import portalcloud
import statecloud

OFF = {'status': 'SHUTOFF', 'OS-EXT-STS:power_state': 4}


def pool(name, *holders):
    return [{'name': 'seat', 'user_id': 'u-admin', 'metadata': {'osvdi:pool': name},
             'tags': ['osvdi-user:' + h] if h else []} for h in holders]


class Library(unittest.TestCase):
    def cloud(self, **scenario):
        cloud = statecloud.StateCloud(scenario)
        self.addCleanup(cloud.close)
        return cloud

    def test_users_side_by_side(self):
        a = self.cloud(passwords={'alice': 'wonderland-7'}, verb_s=None,
                       servers=[OFF, {**OFF, 'name': 'rests'}])
        b = self.cloud(passwords={'bob': 'builder-42'}, verb_s=0.5,
                       servers=[{**OFF, 'user_id': 'u-bob'}])
        silent = self.cloud(rules=[{'hang': 60}])
        with tempfile.TemporaryDirectory() as cache:
            os.chmod(cache, 0o700)
            done = subprocess.run(
                [os.environ['OSVDI_TEST_LIBRARY'], a.url, b.url, silent.url, cache],
                timeout=120)
            self.assertEqual(done.returncode, 0)
            # Each login is kept by itself, and found again.
            kept = [n for n in os.listdir(cache) if n.startswith('token-')]
            self.assertEqual(len(kept), 2, kept)
        for cloud in a, b:
            self.assertEqual(len(cloud.requests('POST', '/auth/tokens')), 1)
        self.assertFalse([line for line in a.requests() if 'bob' in line])
        self.assertFalse([line for line in b.requests() if 'alice' in line])

    def test_calls(self):
        cloud = portalcloud.PortalCloud({'servers': [
            {**OFF, 'name': 'off'}, {'name': 'broken', 'status': 'ERROR'},
            {'name': 'shared', 'user_id': 'u-admin', 'metadata': {'osvdi:pool': 'pool'}}]})
        self.addCleanup(cloud.close)
        done = subprocess.run([os.environ['OSVDI_TEST_LIBRARY_CALLS'], cloud.url], timeout=120,
                              stdout=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 0, done.stdout)
        # The pool's desktop is free again.
        self.assertEqual(cloud.servers[cloud.listed[2]['id']]['tags'], [])
        lease, = cloud.requests('POST', '/leases')
        reserved, = json.loads(lease.split(' ', 2)[2])['reservations']
        self.assertEqual((reserved['flavor_id'], reserved['amount']), (portalcloud.FLAVOR, 1))
        first, second = (json.loads(r.split(' ', 2)[2])['server'] for r in
                         cloud.requests('POST /nova/v2.1/servers {'))
        self.assertEqual(
            [first[k] for k in ('name', 'imageRef', 'flavorRef', 'networks', 'metadata')],
            ['new', statecloud.IMAGE, portalcloud.FLAVOR, 'none', {'course': 'maths'}])
        self.assertEqual(first['security_groups'], [{'name': 'web'}])
        self.assertTrue(first['config_drive'])
        self.assertEqual(base64.b64decode(first['user_data']), b'#!/bin/sh\n')
        self.assertNotIn(second['flavorRef'], ('', portalcloud.FLAVOR))

    def test_facts(self):
        cloud = self.cloud(images={statecloud.IMAGE: 'tiny'}, rules=[
            {'method': 'DELETE', 'path': '/auth/tokens', 'skip': 1, 'status': 503}])
        with tempfile.TemporaryDirectory() as cache:
            os.chmod(cache, 0o700)
            done = subprocess.run([os.environ['OSVDI_TEST_LIBRARY_FACTS'], cloud.url, cache],
                                  timeout=120, stdout=subprocess.PIPE, text=True)
            self.assertEqual(done.returncode, 0, done.stdout)
            self.assertFalse([n for n in os.listdir(cache) if n.startswith('token-')])
        # The login that could not be revoked is the cloud's still.
        self.assertEqual(len(cloud.revoked), 1)

    def test_logins(self):
        """A program that keeps logins: two factors, projects, one login for all calls."""
        cloud = self.cloud(
            passwords={'alice': 'wonderland-7', 'bob': 'builder-42'},
            totp={'alice': '123456'}, direct={'host': '10.1.2.3', 'port': 5901,
                                              'tls_port': 5902},
            servers=[{}, *pool('b', 'u-alice'), *pool('a', None, 'u-bob'),
                     {**pool('a', None)[0], 'status': 'ERROR'}],
            projects=[{'id': 'p2', 'name': 'z'}, {'id': 'p1', 'name': 'p'},
                      {'id': 'p3', 'name': 'off', 'enabled': False}])
        done = subprocess.run([os.environ['OSVDI_TEST_LOGINS'], cloud.url], timeout=120)
        self.assertEqual(done.returncode, 0)
        posts = cloud.requests('POST', '/auth/tokens')
        self.assertEqual(len([p for p in posts if '"totp"' in p]), 2, posts)
        # After the passcode only tokens go to Keystone.
        first = next(i for i, p in enumerate(posts) if '123456' in p)
        self.assertFalse([p for p in posts[first:] if 'wonderland-7' in p], posts)
        self.assertEqual(len(cloud.revoked), 1)


if __name__ == '__main__':
    unittest.main()
