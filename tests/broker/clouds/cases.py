# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables of cases for osvdi-broker, one line a case.

    class Login(CaseTable):
        cases = {
            'wrong password': case(
                'OS_PASSWORD=wrong list', 3, err='login refused'),
        }

Each case gets a cloud of its own and an empty home directory. A command is a
line as one would type it, variables first and osvdi-broker left out; a list of
lines is run one after the other, exits being a list then. "@URL@" (the cloud),
"@PORT@", "@CA@" (the authority of tls=True), "@HOME@" are filled in commands,
files and environment; "@URL@" in scenarios too.

  cloud     a scenario: a dictionary or the name of a file in cases/
  env       variables; None unsets (also a default one)
  clouds, secure, vendors
            text or name of a file in cases/: clouds.yaml and its like. With
            clouds no OS_* variables are set but those of env
  files     path below the home: text
  host, tls where the cloud is, and whether it speaks TLS
  out, err  words that must be in the last command's output
  no_out, no_err
            words that must not
  seen      requests ("METHOD PATH BODY", a part) that must have been made; a
            dictionary says how often
  unseen    requests that must not
  then      function(self, cloud, broker, results) for what no word says
"""
import json
import os
import re
import shlex
import shutil
import sys
import tempfile
import unittest

from authority import Authority
from broker import Broker
from statecloud import StateCloud

DIRECTORY = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..',
                         'cases')
LOGIN = {'OS_AUTH_URL': '@URL@/v3', 'OS_USERNAME': 'alice',
         'OS_PASSWORD': 'a-word-of-hers', 'OS_PROJECT_NAME': 'p'}
FILES = {'clouds': 'OS_CLIENT_CONFIG_FILE', 'secure': 'OS_CLIENT_SECURE_FILE',
         'vendors': 'OS_CLIENT_VENDOR_FILE'}
KNOWN = {'cloud', 'env', 'files', 'host', 'tls', 'out', 'err', 'no_out',
         'no_err', 'seen', 'unseen', 'then', 'timeout', *FILES}


def case(command, exits=0, cloud=None, **members):
    unknown = set(members) - KNOWN
    assert not unknown, 'no part of a case: %s' % unknown
    return dict(members, command=command, exits=exits, cloud=cloud)


def words(value):
    return [value] if isinstance(value, str) else value or ()


def read(name):
    with open(os.path.join(DIRECTORY, name), encoding='utf-8') as f:
        return f.read()


def scenario(value):
    return json.loads(read(value)) if isinstance(value, str) else value or {}


def method_name(name):
    return 'test_' + re.sub(r'\W+', '_', name).strip('_')


class CaseTable(unittest.TestCase):
    """Subclasses have a table `cases`, each line of which is a test."""
    cases = {}
    maxDiff = None
    authority = None
    cloud_class = StateCloud

    def __init_subclass__(cls, **more):
        super().__init_subclass__(**more)
        for name, members in cls.cases.items():
            assert not hasattr(cls, method_name(name)), name
            setattr(cls, method_name(name),
                    lambda self, m=members: self.run_case(m))

    def tls_context(self):
        if not CaseTable.authority:
            CaseTable.authority = Authority()
            unittest.addModuleCleanup(CaseTable.forget_authority)
            CaseTable.context = CaseTable.authority.context()
        return CaseTable.context

    @staticmethod
    def forget_authority():
        CaseTable.authority.remove()
        CaseTable.authority = None

    def start(self, cloud=None, host='127.0.0.1', tls=False):
        """A cloud and an empty home; self.fill() knows both."""
        context = self.tls_context() if tls else None
        self.cloud = self.cloud_class(scenario(cloud), host, context)
        self.addCleanup(self.cloud.close)
        self.home = tempfile.mkdtemp(prefix='osvdi-case-')
        self.addCleanup(shutil.rmtree, self.home)
        return self.cloud

    def fill(self, text):
        ca = self.authority.path('ca.pem') if self.authority else ''
        for mark, value in (('@URL@', self.cloud.url), ('@HOME@', self.home),
                            ('@PORT@', str(self.cloud.httpd.server_port)),
                            ('@CA@', ca)):
            text = text.replace(mark, value)
        return text

    def write(self, path, text):
        path = os.path.join(self.home, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w', encoding='utf-8', newline='') as f:
            f.write(self.fill(text))
        return path

    def broker(self, members=None):
        """alice's osvdi-broker, with the files and variables of a case."""
        m = members or {}
        env = {} if m.get('clouds') else dict(LOGIN)
        for name, variable in FILES.items():
            if m.get(name):
                text = m[name] if '\n' in m[name] else read(m[name])
                env[variable] = self.write(name + '.yaml', text)
        for path, text in m.get('files', {}).items():
            self.write(path, text)
        env.update(m.get('env', {}))
        return Broker(self.home, {k: self.fill(v) for k, v in env.items()
                                  if v is not None})

    def line(self, broker, text, **more):
        """Run one line as one would type it."""
        args, env = shlex.split(self.fill(text)), {}
        while args and re.match(r'[A-Za-z_]+=', args[0]):
            name, env[name] = args[0].split('=', 1)[0], args[0].split('=', 1)[1]
            args.pop(0)
        return broker.run(*args, env=env, **more)

    def run_case(self, m):
        cloud = self.start(m['cloud'], m.get('host', '127.0.0.1'),
                           m.get('tls', False))
        broker = self.broker(m)
        lines = words(m['command'])
        exits = m['exits'] if isinstance(m['exits'], list) else \
            [m['exits']] * len(lines)
        self.assertEqual(len(exits), len(lines))
        results = []
        for text, code in zip(lines, exits):
            results.append(self.line(broker, text,
                                     timeout=m.get('timeout', 60)))
            self.assertEqual(results[-1].code, code,
                             '%s\n%s' % (text, results[-1]))
        self.check(m, results[-1])
        if 'then' in m:
            m['then'](self, cloud, broker, results)

    def check(self, m, result):
        for key, where in (('out', result.out), ('err', result.err)):
            for word in words(m.get(key)):
                self.assertIn(self.fill(word), where)
            for word in words(m.get('no_' + key)):
                self.assertNotIn(self.fill(word), where)
        asked = '\n'.join(self.cloud.requests())
        seen = m.get('seen') or ()
        for word in words(seen):
            n = len(self.cloud.requests(self.fill(word)))
            self.assertTrue(n, '%s\nnot in\n%s' % (word, asked))
            if isinstance(seen, dict):
                self.assertEqual(n, seen[word], '%s\nin\n%s' % (word, asked))
        for word in words(m.get('unseen')):
            self.assertEqual(self.cloud.requests(self.fill(word)), [], asked)


def main():
    Broker.program = os.path.abspath(os.environ['OSVDI_BROKER'])
    Broker.wrapper = tuple(os.environ.get('OSVDI_BROKER_WRAPPER', '').split())
    if not shutil.which('openssl'):
        print('SKIP: openssl is not installed', file=sys.stderr)
        sys.exit(77)
    unittest.main(verbosity=2)
