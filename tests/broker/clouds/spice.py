# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A SPICE client that opens the main channel and reads which machine it is at:
over TCP, over TLS with a host subject, or through a WebSocket."""
import base64
import hashlib
import os
import socket
import ssl
import struct
import urllib.parse
import uuid

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import load_der_public_key

TIMEOUT = 20
COMMON_CAPS = 0b1011          # AUTH_SELECTION, AUTH_SPICE, MINI_HEADER
MAIN_CAPS = 0b10              # NAME_AND_UUID
MSG_MAIN_UUID = 114


class Refused(Exception):
    """The server ended the connection or gave a link error."""


class Stream:
    """Bytes over a socket."""
    def __init__(self, sock):
        self.sock = sock
        self.sock.settimeout(TIMEOUT)

    def send(self, data):
        self.sock.sendall(data)

    def read(self, n):
        out = b''
        while len(out) < n:
            try:
                data = self.sock.recv(n - len(out))
            except ConnectionError as e:
                raise Refused(str(e)) from e
            if not data:
                raise Refused('connection closed')
            out += data
        return out

    def close(self):
        self.sock.close()


class WebSocket(Stream):
    """Bytes in binary WebSocket frames (RFC 6455)."""
    def __init__(self, url, ca=None):
        u = urllib.parse.urlparse(url)
        port = u.port or (443 if u.scheme == 'wss' else 80)
        sock = socket.create_connection((u.hostname, port), TIMEOUT)
        if u.scheme == 'wss':
            context = ssl.create_default_context(cadata=ca)
            sock = context.wrap_socket(sock, server_hostname=u.hostname)
        super().__init__(sock)
        self.data = b''
        self.handshake(u, port)

    def handshake(self, u, port):
        key = base64.b64encode(os.urandom(16)).decode()
        super().send((
            'GET %s?%s HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\n'
            'Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n'
            'Sec-WebSocket-Key: %s\r\nSec-WebSocket-Protocol: binary\r\n\r\n'
            % (u.path, u.query, u.hostname, port, key)).encode())
        head = b''
        while not head.endswith(b'\r\n\r\n'):
            head += super().read(1)
        want = base64.b64encode(hashlib.sha1((
            key + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').encode()).digest())
        if b' 101 ' not in head.split(b'\r\n')[0] or want not in head:
            raise Refused(head.split(b'\r\n')[0].decode(errors='replace'))

    def send(self, data):
        mask = os.urandom(4)
        if len(data) < 126:
            head = bytes([0x82, 0x80 | len(data)])
        else:
            head = bytes([0x82, 0xfe]) + struct.pack('>H', len(data))
        super().send(head + mask + bytes(
            b ^ mask[i % 4] for i, b in enumerate(data)))

    def frame(self):
        op, n = super().read(2)
        n &= 127
        if n == 126:
            n, = struct.unpack('>H', super().read(2))
        elif n == 127:
            n, = struct.unpack('>Q', super().read(8))
        return op & 15, super().read(n)

    def read(self, n):
        while len(self.data) < n:
            op, payload = self.frame()
            if op in (0, 1, 2):
                self.data += payload
            elif op == 8:
                raise Refused('WebSocket closed: %r' % payload)
        out, self.data = self.data[:n], self.data[n:]
        return out


def open_tls(host, port, ca, subject):
    """TLS verified by the CA and by the subject, in place of the host name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(cadata=ca)
    sock = context.wrap_socket(socket.create_connection((host, port), TIMEOUT))
    short = {'organizationName': 'O', 'commonName': 'CN'}
    got = ','.join('%s=%s' % (short.get(k, k), v) for rdn in
                   sock.getpeercert()['subject'] for k, v in rdn)
    if got != subject:
        raise Refused('subject %s is not %s' % (got, subject))
    return Stream(sock)


def link(stream, password=''):
    """The link stage of the main channel, to an authenticated end."""
    body = struct.pack('<IBBIII', 0, 1, 0, 1, 1, 18) + struct.pack(
        '<II', COMMON_CAPS, MAIN_CAPS)
    stream.send(b'REDQ' + struct.pack('<III', 2, 2, len(body)) + body)
    magic, _, _, size = struct.unpack('<4sIII', stream.read(16))
    if magic != b'REDQ':
        raise Refused('not SPICE: %r' % magic)
    reply = stream.read(size)
    error, = struct.unpack('<I', reply[:4])
    if error:
        raise Refused('link error %d' % error)
    stream.send(struct.pack('<I', 1))
    key = load_der_public_key(reply[4:166])
    stream.send(key.encrypt(password.encode() + b'\0', padding.OAEP(
        padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)))
    result, = struct.unpack('<I', stream.read(4))
    if result:
        raise Refused('authentication refused: %d' % result)


def machine(stream, password=''):
    """The id that the server says it is, from SPICE_MSG_MAIN_UUID."""
    try:
        link(stream, password)
        while True:
            kind, size = struct.unpack('<HI', stream.read(6))
            data = stream.read(size)
            if kind == MSG_MAIN_UUID:
                return str(uuid.UUID(bytes=data))
    finally:
        stream.close()


def machine_at(address, way=None):
    """Opens what `resolve -f json` printed; way: tcp, tls or None for any."""
    password = address['password'] or ''
    if address['ws_url']:
        return machine(WebSocket(address['ws_url'], address['ws_ca']))
    if address['tls_port'] and way != 'tcp':
        return machine(open_tls(address['host'], address['tls_port'],
                                address['ca'], address['host_subject']),
                       password)
    return machine(Stream(socket.create_connection(
        (address['host'], address['port']), TIMEOUT)), password)
