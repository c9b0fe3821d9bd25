# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Certificates for tests, made anew each time: no key is in the tree."""
import os
import shutil
import ssl
import subprocess
import tempfile


class Authority:
    """Certificates in a directory, signed by one that nobody else knows."""
    def __init__(self, directory=None):
        self.directory = directory or tempfile.mkdtemp(prefix='osvdi-tls-')
        self.openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days',
                     '2', '-keyout', self.path('ca.key'), '-out',
                     self.path('ca.pem'), '-subj', '/CN=test authority')

    def path(self, name):
        return os.path.join(self.directory, name)

    @staticmethod
    def openssl(*args):
        subprocess.run(('openssl',) + args, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def certificate(self, name, names):
        self.openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout',
                     self.path(name + '.key'), '-out', self.path(name + '.req'),
                     '-subj', '/CN=' + name)
        with open(self.path(name + '.ext'), 'w') as f:
            f.write('subjectAltName=%s\n' % names)
        self.openssl('x509', '-req', '-days', '2', '-in',
                     self.path(name + '.req'), '-CA', self.path('ca.pem'),
                     '-CAkey', self.path('ca.key'), '-CAcreateserial',
                     '-extfile', self.path(name + '.ext'), '-out',
                     self.path(name + '.pem'))
        return self.path(name + '.pem'), self.path(name + '.key')

    def context(self, name='here', names='IP:127.0.0.1,IP:::1,DNS:localhost'):
        """The TLS context of a server that has one of these certificates."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.certificate(name, names))
        return context

    def remove(self):
        shutil.rmtree(self.directory)
