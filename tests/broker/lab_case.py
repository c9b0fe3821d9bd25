# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The base of the tests against the lab: one cloud for all of them."""
import os
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                'clouds'))
from broker import Broker, Watch          # noqa: E402
from cloud import Cloud, require          # noqa: E402

#: seconds a console token lives in the lab
TOKEN_TTL = 45


class LabCase(unittest.TestCase):
    cloud = None
    maxDiff = None
    settings = {}

    @classmethod
    def environment(cls, user):
        return cls.cloud.openrc(user)

    @classmethod
    def broker(cls, user, **environment):
        env = cls.environment(user)
        env.update(environment)
        if Broker.watch:
            Broker.watch.add(env.get('OS_PASSWORD'))
        return Broker(tempfile.mkdtemp(prefix=user + '-', dir=cls.scratch),
                      env)

    def setUp(self):
        self.alice = self.broker('alice')
        self.bob = self.broker('bob')
        self.admin = self.broker('admin')
        self.desk = self.cloud.facts['servers']['alice-desktop']


def main(test_module, **settings):
    """Start the lab, run the tests of a module, stop the lab."""
    require(settings.get('LAB_ROOT'))
    state = os.environ.get('OSVDI_LAB_STATE', '/tmp/osvdi-broker-lab')
    state += '-13' if 'LAB_ROOT' in settings else ''
    Broker.program = os.path.abspath(os.environ['OSVDI_BROKER'])
    Broker.wrapper = tuple(os.environ.get('OSVDI_BROKER_WRAPPER', '').split())
    scratch = tempfile.mkdtemp(prefix='osvdi-broker-test-')
    cloud = Cloud(state, LAB_VNC='1', LAB_TOKEN_TTL=str(TOKEN_TTL), **settings)
    LabCase.cloud, LabCase.scratch = cloud, scratch
    Broker.watch = Watch()
    try:
        cloud.start()
        Broker.watch.start()
        suite = unittest.defaultTestLoader.loadTestsFromModule(
            sys.modules[test_module])
        only = os.environ.get('OSVDI_TEST')
        if only:
            suite = unittest.defaultTestLoader.loadTestsFromNames(
                only.split(), sys.modules[test_module])
        result = unittest.TextTestRunner(verbosity=2).run(suite)
        ok = result.wasSuccessful() and result.testsRun
    finally:
        Broker.watch.done.set()
        if not os.environ.get('OSVDI_LAB_KEEP'):
            cloud.stop()
        shutil.rmtree(scratch, ignore_errors=True)
    sys.exit(0 if ok else 1)
