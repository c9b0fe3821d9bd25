# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Proxies for tests: one that cuts connections, and one that speaks WebSocket
as nova's spicehtml5proxy does (takes any path, drops a bad token after 101)."""
import base64
import contextlib
import ctypes
import hashlib
import os
import socket
import ssl
import struct
import threading
import urllib.parse

from harness import exactly

CHANNELS = {1: "main", 2: "display", 3: "inputs", 4: "cursor", 5: "playback", 6: "record",
            9: "usbredir", 10: "port"}
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def connect(target):
    """A connection to a port of this machine, or to a Unix socket by its path."""
    if isinstance(target, int):
        return socket.create_connection(("127.0.0.1", target))
    s = socket.socket(socket.AF_UNIX)
    s.connect(target)
    return s


class CutProxy:
    """TCP to a port or to a Unix socket; cut() breaks what runs, refuse() takes no more for now.
    refusing: hangs up on newcomers; holding: never answers them."""

    def __init__(self, port, tls=None):
        self.target = port
        self.tls = tls
        self.open = []
        self.lock = threading.Lock()
        self.refusing = self.holding = False
        self.held = []
        self.place = self.bind(0)  # nobody else gets the port while nobody listens
        self.port = self.place.getsockname()[1]
        self.listen()

    def bind(self, port):
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        s.bind(("127.0.0.1", port))
        return s

    def listen(self):
        self.listener = self.bind(self.port)
        self.listener.listen()
        threading.Thread(target=self.accept, daemon=True).start()

    def refuse(self):
        self.listener.shutdown(socket.SHUT_RDWR)  # accept() would hold it open
        self.listener.close()

    def accept(self):
        while True:
            try:
                s, _ = self.listener.accept()
            except OSError:
                return
            if self.refusing:
                s.close()
            elif self.holding:
                self.held.append(s)
            else:
                threading.Thread(target=self.serve, args=(s,), daemon=True).start()

    def greet(self, s):
        return s

    def serve(self, s):
        try:
            if self.tls:
                s = self.tls.wrap_socket(s, server_side=True)
            s = self.greet(s)
            if s is None:
                return
            t = connect(self.target)
        except OSError:
            s.close()
            return
        with self.lock:
            self.open += [s, t]
        threading.Thread(target=self.pump, args=(s, t, self.down), daemon=True).start()
        self.pump(t, s, self.up)

    def down(self, s, t):
        data = s.recv(65536)
        t.sendall(data)
        return len(data)

    up = down

    def pump(self, s, t, move):
        try:
            while move(s, t):
                pass
        except (OSError, EOFError, ValueError):
            pass
        for x in (s, t):
            try:
                x.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def cut(self):
        with self.lock:
            for s in self.open:
                try:
                    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    s.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
            self.open = []

    def close(self):
        self.refuse()
        self.cut()


class ChannelRelay(CutProxy):
    """A TCP relay that knows which channel a connection is."""

    TICKET = 4 + 128  # after the link message: mechanism and encrypted password

    def __init__(self, port):
        self.channels = {}  # name -> the viewer's and the server's sockets, of the latest
        self.asked = {}  # of the server's socket: the channel's name, bytes until its messages
        self.behind = set()  # names of channels whose messages of the server wait
        self.freed = threading.Condition()
        super().__init__(port)

    def down(self, s, t):
        data = s.recv(65536)
        if t not in self.asked and data[:4] == b"REDQ" and len(data) > 20:
            name = CHANNELS.get(data[20])
            link = 16 + struct.unpack_from("<I", data, 12)[0]
            self.asked[t] = [name, link + self.TICKET]
            self.channels[name] = (s, t)
        if t in self.asked:
            self.asked[t][1] -= len(data)
        t.sendall(data)
        return len(data)

    def up(self, t, s):
        data = t.recv(65536)
        name, left = self.asked.get(t, (None, 1))
        with self.freed:
            self.freed.wait_for(lambda: left > 0 or name not in self.behind)
        s.sendall(data)
        return len(data)

    def free(self):
        """Lets go on those that wait."""
        with self.freed:
            self.behind.clear()
            self.freed.notify_all()

    def end(self, name, reset):
        for s in self.channels.pop(name):
            if reset:  # connect() to nowhere resets at once, though another thread reads
                ctypes.CDLL(None).connect(s.fileno(), b"\0" * 16, 16)
            else:
                with contextlib.suppress(OSError):  # the thread that copies may have been faster
                    s.shutdown(2)


class WebSocketProxy(CutProxy):
    """tokens: those that are good now."""

    def __init__(self, port, tokens, tls=None):
        self.tokens = tokens
        self.headers = []
        self.paths = []
        self.pings = {}  # of each connection
        super().__init__(port, tls)

    def read_head(self, s):
        head = b""
        while b"\r\n\r\n" not in head:
            data = s.recv(4096)
            if not data:
                raise OSError("closed")
            head += data
        return head

    def greet(self, s):
        return self.upgrade(s, self.read_head(s))

    def upgrade(self, s, head):
        lines = head.decode().split("\r\n")
        h = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines[1:] if line)}
        self.headers.append(h)
        self.paths.append(lines[0].split()[1])
        accept = \
            base64.b64encode(hashlib.sha1(h["sec-websocket-key"].encode() + GUID).digest()).decode()
        s.sendall((f"HTTP/1.1 101 Switching Protocols\r\n"
                   f"Upgrade: websocket\r\nConnection: Upgrade\r\n"
                   f"Sec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: "
                   f"binary\r\n\r\n").encode())
        if self.token_of(lines[0].split()[1], h) not in self.tokens:
            s.close()
            return None
        return s

    def token_of(self, path, headers):
        return urllib.parse.parse_qs(urllib.parse.urlparse(path).query).get("token", [""])[0]

    def down(self, s, t):
        first, second = exactly(s, 2)
        n = second & 127
        if n == 126:
            n = struct.unpack(">H", exactly(s, 2))[0]
        elif n == 127:
            n = struct.unpack(">Q", exactly(s, 8))[0]
        mask = exactly(s, 4)
        data = exactly(s, n)
        if first & 15 == 8:
            return 0
        if first & 15 >= 9:  # ping and pong are between the viewer and us
            self.pings[s] = self.pings.get(s, 0) + 1
            return 1
        key = int.from_bytes(mask * (n // 4 + 1), "big") >> (8 * (4 * (n // 4 + 1) - n))
        t.sendall((int.from_bytes(data, "big") ^ key).to_bytes(n, "big"))
        return 1

    def up(self, t, s):
        data = t.recv(65536)
        n = len(data)
        if not n:
            return 0
        head = bytes([0x82, n]) if n < 126 else \
            struct.pack(">BBH", 0x82, 126, n) if n < 65536 else \
            struct.pack(">BBQ", 0x82, 127, n)
        s.sendall(head + data)
        return 1


def server_tls(directory):
    """(context, certificate path) of a server at 127.0.0.1 nobody vouches for; None without
    openssl."""
    import subprocess
    cert, key = os.path.join(directory, "cert.pem"), os.path.join(directory, "key.pem")
    try:
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                        "-keyout", key,
                        "-out", cert, "-subj", "/CN=127.0.0.1", "-addext",
                        "subjectAltName=IP:127.0.0.1"],
                       check=True, capture_output=True)
    except FileNotFoundError:
        return None, None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context, cert
