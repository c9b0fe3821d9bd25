# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""How osvdi-broker checks whom it talks to, and shows who it is itself: TLS with
good, wrong and missing certificates. Needs no OpenStack."""
import os
import shutil
import ssl
import sys
import unittest
import warnings

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                'clouds'))
from authority import Authority                # noqa: E402
from broker import SERVICE, USAGE, Broker      # noqa: E402
from scripted import Case                      # noqa: E402


class TlsCase(Case):
    @classmethod
    def setUpClass(cls):
        cls.ca = Authority()
        cls.addClassCleanup(cls.ca.remove)
        cls.here = cls.ca.certificate('here', 'IP:127.0.0.1')
        cls.elsewhere = cls.ca.certificate('elsewhere', 'DNS:elsewhere')

    def serve(self, certificate, clients=False, version=None):
        """The cloud behind TLS from now on."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        if clients:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.ca.path('ca.pem'))
        if version:
            context.set_ciphers('ALL:@SECLEVEL=0')
            with warnings.catch_warnings():
                warnings.simplefilter('ignore', DeprecationWarning)
                context.minimum_version = ssl.TLSVersion.TLSv1
                context.maximum_version = version
        self.cloud.wrap(context)
        self.alice.env['OS_AUTH_URL'] = self.cloud.url

    def trust(self):
        self.alice.env['OS_CACERT'] = self.ca.path('ca.pem')


class Server(TlsCase):
    def test_verified_by_default(self):
        self.serve(self.here)
        err = self.alice.fails(SERVICE, 'list').err
        self.assertIn('--os-cacert', err)
        self.assertEqual(self.cloud.asked, [])
        self.assertIn('desk', self.alice.ok(
            '--os-cacert', self.ca.path('ca.pem'), 'list').out)

    def test_insecure_warns_each_time(self):
        self.serve(self.here)
        for _ in range(2):
            result = self.alice.ok('--insecure', 'list')
            self.assertIn('desk', result.out)
            self.assertIn('warning: services are not verified', result.err)
        self.alice.fails(SERVICE, 'list')

    def test_wrong_name(self):
        self.trust()
        self.serve(self.elsewhere)
        self.alice.fails(SERVICE, 'list')
        self.assertEqual(self.cloud.asked, [])

    def test_old_protocol(self):
        self.trust()
        self.serve(self.here, version=ssl.TLSVersion.TLSv1_1)
        err = self.alice.fails(SERVICE, 'list').err
        self.assertEqual(len(err.splitlines()), 1)
        self.assertEqual(self.cloud.asked, [])

    def test_no_tls_there(self):
        self.alice.env['OS_AUTH_URL'] = self.cloud.url.replace('http',
                                                               'https')
        err = self.alice.fails(SERVICE, 'list').err
        self.assertIn('does this address speak TLS', err)

    def test_files_are_named(self):
        self.serve(self.here)
        for name in 'OS_CACERT', 'OS_CERT', 'OS_KEY':
            env = {'OS_CERT': self.here[0], name: '/nonexistent.pem'}
            err = self.alice.fails(USAGE, 'list', env=env).err
            self.assertIn(name, err)
            self.assertIn('/nonexistent.pem', err)

    def authority_forms(self):
        """Each form in which the authority of this cloud is given."""
        pem = open(self.ca.path('ca.pem'), 'rb').read()
        other = Authority()
        self.addCleanup(other.remove)
        der = self.ca.path('ca.der')
        self.ca.openssl('x509', '-in', self.ca.path('ca.pem'),
                               '-outform', 'DER', '-out', der)
        yield 'latin', 'Universit\xe4t\n'.encode('latin-1') + pem
        yield 'crlf', pem.replace(b'\n', b'\r\n')
        yield 'several', open(other.path('ca.pem'), 'rb').read() + b'x\n' + pem
        yield 'key', open(self.here[1], 'rb').read() + pem

    def test_one_reader(self):
        """A certificate that one command takes, the next takes."""
        self.serve(self.here)
        for name, data in self.authority_forms():
            path = self.ca.path(name + '.pem')
            with open(path, 'wb') as f:
                f.write(data)
            for command in 'list', 'resolve':
                with self.subTest(name=name, command=command):
                    self.alice.ok(command, env={'OS_CACERT': path})
            self.assertNotIn('PRIVATE', self.alice.ok(
                'resolve', '--vv', '-', env={'OS_CACERT': path}).out)
        der = self.ca.path('ca.der')
        for command in 'list', 'resolve':
            err = self.alice.fails(USAGE, command, env={'OS_CACERT': der}).err
            self.assertIn('OS_CACERT: %s: is DER' % der, err)

    def test_directory(self):
        self.serve(self.here)
        for rehash in False, True:
            directory = self.ca.path('dir%d' % rehash)
            os.mkdir(directory)
            self.alice.fails(USAGE, 'list', env={'OS_CACERT': directory})
            shutil.copy(self.ca.path('ca.pem'), directory)
            if rehash:
                self.ca.openssl('rehash', directory)
            for command in 'list', 'resolve':
                self.alice.ok(command, env={'OS_CACERT': directory})

    def test_alone(self):
        """An authority that is named replaces the system's."""
        self.serve(self.here)
        other = Authority()
        self.addCleanup(other.remove)
        self.alice.fails(SERVICE, 'list', env={
            'OS_CACERT': other.path('ca.pem'),
            'SSL_CERT_FILE': self.ca.path('ca.pem'),
            'SSL_CERT_DIR': self.ca.directory})
        self.assertEqual(self.cloud.asked, [])


class Client(TlsCase):
    """The service wants to know who calls (OS_CERT, OS_KEY)."""
    def setUp(self):
        super().setUp()
        self.trust()
        self.serve(self.here, clients=True)

    def test_without(self):
        err = self.alice.fails(SERVICE, 'list').err
        self.assertIn('certificate', err)
        self.assertEqual(self.cloud.asked, [])

    def test_with(self):
        cert, key = self.elsewhere
        self.alice.env.update(OS_CERT=cert, OS_KEY=key)
        self.assertIn('desk', self.alice.ok('list').out)
        self.alice.forget()
        for name in 'OS_CERT', 'OS_KEY':
            del self.alice.env[name]
        self.assertIn('desk', self.alice.ok(
            '--os-cert', cert, '--os-key', key, 'list').out)

    def test_files_that_do_not_serve(self):
        cert, key = self.elsewhere
        locked = self.ca.path('locked.key')
        self.ca.openssl('pkey', '-in', key, '-aes256', '-passout',
                               'pass:word', '-out', locked)
        for env, words in (
                ({'OS_KEY': key}, 'needs the certificate'),
                ({'OS_CERT': cert}, 'no PEM private key'),
                ({'OS_CERT': cert, 'OS_KEY': locked}, 'pass phrase'),
                ({'OS_CERT': cert, 'OS_KEY': cert}, 'no PEM private key'),
                ({'OS_CERT': cert, 'OS_KEY': self.here[1]},
                 'belong together')):
            with self.subTest(words=words):
                self.assertIn(words, self.alice.fails(USAGE, 'list',
                                                      env=env).err)
        both = self.ca.path('both.pem')
        with open(both, 'w') as f:
            f.write(open(cert).read() + open(key).read())
        self.alice.ok('list', env={'OS_CERT': both})

    def test_of_another_authority(self):
        other = Authority()
        self.addCleanup(other.remove)
        cert, key = other.certificate('stranger', 'DNS:stranger')
        self.alice.fails(SERVICE, 'list', env={'OS_CERT': cert,
                                               'OS_KEY': key})
        self.assertEqual(self.cloud.asked, [])


if __name__ == '__main__':
    if not shutil.which('openssl'):
        print('SKIP: openssl is not installed', file=sys.stderr)
        sys.exit(77)
    Broker.program = os.path.abspath(os.environ['OSVDI_BROKER'])
    Broker.wrapper = tuple(os.environ.get('OSVDI_BROKER_WRAPPER', '').split())
    unittest.main(verbosity=2)
