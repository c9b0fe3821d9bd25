#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The library by its public header (library.c), against clouds that remember."""
import os
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), 'clouds'))
import statecloud

OFF = {'status': 'SHUTOFF', 'OS-EXT-STS:power_state': 4}


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


if __name__ == '__main__':
    unittest.main()
