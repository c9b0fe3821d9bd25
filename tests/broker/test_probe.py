# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The probe of a picture at a real QEMU: a firmware's text, a black screen, a picture;
with a password and over TLS; and at servers that are none."""
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'lib'))
from ports import free_port  # noqa: E402

PROBE = os.environ['OSVDI_TEST_PROBE']
# A boot sector: mode 13h, 320x200 with 256 colours.
BLACK = bytes.fromhex('b81300cd10') + bytes.fromhex('ebfe')
# The same, and colour (x + 320 y) % 256 in each pixel.
COLOURS = bytes.fromhex('b81300cd10' 'b800a08ec0' '31ff' 'b900fa' '89f8aae2fb' 'ebfe')


def wait_for(what, limit=60):
    end = time.monotonic() + limit
    while time.monotonic() < end:
        seen = what()
        if seen:
            return seen
        time.sleep(0.1)
    raise AssertionError('not within %d s' % limit)


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def probe(self, port, tls_port=0, ca='', subject='', password=''):
        done = subprocess.run([PROBE, '127.0.0.1', str(port), str(tls_port), ca, subject],
                              input=password + '\n', text=True, stdout=subprocess.PIPE,
                              timeout=60)
        self.assertIn(done.returncode, (0, 1), done.stdout)
        return done.stdout.strip()


class Qemu(Case):
    def boot(self, sector, *options, spice='disable-ticketing=on'):
        with open(self.path('disk'), 'wb') as f:
            f.write(sector.ljust(510, b'\0') + b'\x55\xaa' if sector else bytes(512))
        port = free_port()
        process = subprocess.Popen([
            'qemu-system-x86_64', '-nodefaults', '-no-user-config', '-accel', 'tcg',
            '-m', '16', '-vga', 'std', '-nic', 'none', '-display', 'none',
            '-drive', 'file=%s,format=raw,if=ide' % self.path('disk'),
            '-spice', 'port=%d,addr=127.0.0.1,%s' % (port, spice), *options],
            stdin=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return port

    def sees(self, pattern, port, **how):
        return wait_for(lambda: re.search(pattern, self.probe(port, **how)))

    def test_text(self):
        """SeaBIOS finds no system, and says so."""
        port = self.boot(b'')
        seen = self.sees(r'720x400 colours=(\d+) seen=1 lit=1 graphic=0', port)
        self.assertLessEqual(int(seen[1]), 16)

    def test_black(self):
        self.sees('640x400 colours=1 seen=1 lit=0 graphic=0', self.boot(BLACK))

    def test_picture(self):
        port = self.boot(COLOURS)
        self.sees('640x400 colours=32 seen=1 lit=1 graphic=1 .*agent=0', port)
        self.assertIn('graphic=1', self.probe(port), 'a second look')

    def test_password(self):
        port = self.boot(COLOURS, '-object', 'secret,id=ticket,data=fish',
                         spice='password-secret=ticket')
        self.sees('graphic=1', port, password='fish')
        self.assertEqual(self.probe(port, password='bird'),
                         'error: the SPICE server wants another password')

    def certify(self):
        def run(*words):
            subprocess.run(['openssl', *words], check=True, cwd=self.folder,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for name in ('ca', 'other'):
            run('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj',
                '/CN=' + name, '-keyout', name + '-key.pem', '-out', name + '-cert.pem')
        run('req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/O=site, inc/CN=host',
            '-keyout', 'server-key.pem', '-out', 'request.pem')
        run('x509', '-req', '-days', '2', '-in', 'request.pem', '-CA', 'ca-cert.pem',
            '-CAkey', 'ca-key.pem', '-CAcreateserial', '-out', 'server-cert.pem')

    def test_tls(self):
        self.certify()
        tls = free_port()
        port = self.boot(COLOURS, spice='disable-ticketing=on,tls-port=%d,x509-dir=%s,'
                                        'tls-channel=main' % (tls, self.folder))
        ca = self.path('ca-cert.pem')
        self.sees('graphic=1', 0, tls_port=tls, ca=ca, subject='O=site\\, inc,CN=host')
        for how, word in (
                ({'ca': ca, 'subject': 'O=site,CN=host'}, 'another subject'),
                ({'ca': ca}, 'IP address mismatch|mismatch'),
                ({'ca': self.path('other-cert.pem'), 'subject': 'O=site\\, inc,CN=host'},
                 'unable to get local issuer|certificate'),
                ({'ca': ca, 'subject': 'nonsense'}, 'no subject'),
                ({}, 'needs the authority')):
            self.assertRegex(self.probe(0, tls_port=tls, **how), 'error: .*(%s)' % word)
        self.assertEqual(self.probe(port), 'error: the SPICE server wants TLS for this channel')


class Odd(Case):
    """Servers that are none."""
    def serve(self, act):
        listener = socket.create_server(('127.0.0.1', 0))
        self.addCleanup(listener.close)

        def loop():
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                with client:
                    try:
                        act(client)
                    except OSError:
                        pass
        threading.Thread(target=loop, daemon=True).start()
        return listener.getsockname()[1]

    def test_refused(self):
        self.assertIn('refused', self.probe(free_port()))

    def test_closes(self):
        self.assertRegex(self.probe(self.serve(lambda s: s.recv(1))), 'closed|reset')

    def test_not_spice(self):
        port = self.serve(lambda s: s.sendall(b'HTTP/1.1 400 Bad Request\r\n\r\n') or s.recv(999))
        self.assertEqual(self.probe(port), 'error: the SPICE server does not speak SPICE')

    def test_silent(self):
        """A server that says nothing costs the time of a look, and shows no picture."""
        def silent(s):
            while s.recv(4096):
                pass
        self.assertIn('0x0 colours=0 seen=0', self.probe(self.serve(silent)))


if __name__ == '__main__':
    unittest.main(verbosity=2)
