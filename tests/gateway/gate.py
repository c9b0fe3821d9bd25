# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A gateway with a key and a record of its own, desktops that are scripts, and
clients that speak byte by byte."""
import base64
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "lib"), os.path.join(HERE, "..", "client")]
from harness import Failed, Processes, exactly, wait_for  # noqa: E402
from ports import free_port  # noqa: E402

DESKTOP = "05c7863a-0000-4000-8000-000000000001"
MAIN, DISPLAY, INPUTS, CURSOR, PLAYBACK, RECORD, USBREDIR, PORT, WEBDAV = 1, 2, 3, 4, \
    5, 6, 9, 10, 11
PERMISSION_DENIED = 7


def check(condition, what):
    if not condition:
        raise Failed(what)
    print("ok:", what, flush=True)


def link_message(channel=MAIN, connection=0, number=0):
    """The first words of a SPICE client."""
    caps = struct.pack("<I", 0b1011)
    mess = struct.pack("<IBBIII", connection, channel, number, 1, 0, 18) + caps
    return b"REDQ" + struct.pack("<III", 2, 2, len(mess)) + mess


def link_reply(error=0):
    body = struct.pack("<I", error) + b"\0" * 162 + struct.pack("<III", 0, 0, 178)
    return b"REDQ" + struct.pack("<III", 2, 2, len(body)) + body


class Desktop:
    """A SPICE server as far as a gateway sees one: it answers the link message, then
    sends back what it gets. Every connection is kept in .sockets."""

    def __init__(self, tls=None, answer=True, result=0):
        self.tls, self.answer, self.result = tls, answer, result
        self.sockets, self.links = [], []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                s, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(s,), daemon=True).start()

    def serve(self, s):
        try:
            if self.tls:
                s = self.tls.wrap_socket(s, server_side=True)
            self.sockets.append(s)
            if not self.answer:
                return
            head = exactly(s, 16)
            self.links.append(exactly(s, struct.unpack("<I", head[12:])[0]))
            s.sendall(link_reply() + struct.pack("<I", self.result))
            while True:
                data = s.recv(65536)
                if not data:
                    break
                s.sendall(data)
        except (OSError, EOFError):
            pass
        s.close()

    def cut(self):
        for s in self.sockets:
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def read_head(s):
    """(status, {name: value}) of an answer, byte by byte: what follows stays."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        part = s.recv(1)
        if not part:
            raise EOFError(head.decode(errors="replace"))
        head += part
    lines = head.decode().split("\r\n")
    return int(lines[0].split()[1]), \
        {k.lower(): v for k, _, v in (x.partition(": ") for x in lines[1:] if x)}


class Web:
    """A WebSocket client."""

    def __init__(self, s):
        self.s = s
        self.rest = b""

    def send(self, data, opcode=2, fin=True, mask=b"\1\2\3\4"):
        n = len(data)
        head = bytes([(0x80 if fin else 0) | opcode])
        head += bytes([0x80 | n]) if n < 126 else struct.pack(">BH", 0xfe, n) if n < 65536 else \
            struct.pack(">BQ", 0xff, n)
        key = int.from_bytes((mask * (n // 4 + 1))[:n], "big")
        self.s.sendall(head + mask + (int.from_bytes(data, "big") ^ key).to_bytes(n, "big"))

    def frame(self):
        """(opcode, payload) of the next frame."""
        first, n = exactly(self.s, 2)
        if n & 0x80:
            raise Failed("a server's frame is masked")
        if n == 126:
            n = struct.unpack(">H", exactly(self.s, 2))[0]
        elif n == 127:
            n = struct.unpack(">Q", exactly(self.s, 8))[0]
        return first & 15, exactly(self.s, n)

    def data(self, n):
        """So many bytes of binary frames."""
        while len(self.rest) < n:
            opcode, payload = self.frame()
            if opcode == 2:
                self.rest += payload
            elif opcode == 8:
                raise Failed(f"closed: {payload}")
        out, self.rest = self.rest[:n], self.rest[n:]
        return out

    def close_code(self):
        """The code that the gateway closes with, after whatever comes before it."""
        while True:
            opcode, payload = self.frame()
            if opcode == 8:
                return struct.unpack(">H", payload[:2])[0]

    def link(self, channel=MAIN, connection=0, number=0):
        """Links a channel; its answer's error code."""
        self.send(link_message(channel, connection, number))
        reply = self.data(16 + 178)
        error = struct.unpack("<I", reply[16:20])[0]
        if not error:
            self.data(4)
        return error


class Gate:
    """One gateway. Use it in a "with"."""

    def __init__(self, program, limits="", listen=None, key=None, **settings):
        self.program = os.path.abspath(program)
        self.dir = tempfile.mkdtemp(prefix="osvdi-gateway.")
        self.procs = Processes()
        self.port = free_port()
        self.admin_path, self.key_file = self.file("admin"), key or self.file("keys")
        if not key:
            self.new_key("k1")
        values = {"listen": listen or f"127.0.0.1:{self.port}", "keys": self.key_file,
                  "targets": "127.0.0.0/8",
                  "admin": "unix:" + self.admin_path, "audit": self.file("audit"), **settings}
        self.authorities = values.pop("authorities", {})
        with open(self.file("conf"), "w") as f:
            f.write("[gateway]\n" + "".join(f"{k.replace('_', '-')}={v}\n"
                                            for k, v in values.items()))
            f.write("[limits]\n" + limits + "\n[authorities]\n")
            f.write("".join(f"{k}={v}\n" for k, v in self.authorities.items()))
        self.start()

    def __enter__(self):
        return self

    def __exit__(self, kind, *rest):
        if kind:
            for name in ("log", "audit"):
                if os.path.exists(self.file(name)):
                    print(f"--- {name}\n" + self.read(name)[-4000:])
        self.stop()
        self.procs.stop()
        said = self.read("log")
        shutil.rmtree(self.dir, ignore_errors=True)
        if not kind and (self.process.returncode or "runtime error" in said or "Sanitizer" in said):
            raise Failed(f"the gateway ended with {self.process.returncode}: {said[-6000:]}")

    def start(self):
        with open(self.file("log"), "ab") as log:
            self.process = self.procs.start([self.program, "serve", self.file("conf")], stdout=log,
                                            stderr=log)

        def ready():
            if self.process.poll() is not None:
                raise Failed("the gateway ended: " + self.read("log"))
            return os.path.exists(self.admin_path) and "Listening" in self.read("log")
        wait_for(ready, 20, "the gateway listens")

    def stop(self):
        """At once: the second signal does not let it drain."""
        for _ in range(2):
            if self.process.poll() is None:
                self.process.terminate()
                time.sleep(0.05)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            raise Failed("the gateway does not end") from None

    def file(self, name):
        return os.path.join(self.dir, name)

    def read(self, name):
        with open(self.file(name), errors="replace") as f:
            return f.read()

    def new_key(self, name, first=False):
        line = subprocess.run([self.program, "new-key", name], check=True, capture_output=True,
                              text=True).stdout
        old = ""
        if os.path.exists(self.key_file):
            with open(self.key_file) as f:
                old = f.read()
        with open(self.key_file, "w") as f:
            os.chmod(self.key_file, 0o600)
            f.write(line + old if first else old + line)

    def ticket(self, port, *options, key_file=None, way="tcp", host="127.0.0.1", desktop=DESKTOP,
               user="alice"):
        return subprocess.run([self.program, "ticket", "--keys", key_file or self.key_file,
                               "--desktop", desktop, "--user", user,
                               "--way", way, "--host", host, "--port", str(port),
                               *map(str, options)],
                              check=True, capture_output=True, text=True).stdout.strip()

    def admin(self, *words):
        done = subprocess.run([self.program, "admin", self.admin_path, *words], capture_output=True,
                              text=True)
        if done.returncode:
            raise Failed(done.stderr)
        return done.stdout

    def metric(self, name):
        for line in self.admin("metrics").splitlines():
            if line.startswith(f"osvdi_gateway_{name} "):
                return int(line.split()[1])
        raise Failed(f"no metric {name}")

    def audit(self, event=None, **fields):
        """Lines of the record that have these values."""
        if not os.path.exists(self.file("audit")):
            return []
        lines = [json.loads(x) for x in self.read("audit").splitlines(keepends=True)
                 if x.endswith("\n")]
        wanted = {**({"event": event} if event else {}), **fields}
        return [x for x in lines if all(x.get(k) == v for k, v in wanted.items())]

    def noted(self, event, **fields):
        """The same, once there is one: the record is written after the client has its answer."""
        return wait_for(lambda: self.audit(event, **fields), 10, f"{event} in the record")

    def socket(self):
        s = socket.create_connection(("127.0.0.1", self.port))
        s.settimeout(60)
        return s

    def web_head(self, ticket=None, path="/gw", protocols="binary", headers=(), by="bearer"):
        lines = [f"GET {path} HTTP/1.1", "Host: gateway", "Upgrade: websocket",
                 "Connection: keep-alive, Upgrade",
                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13"]
        if ticket and by == "protocol":
            protocols = f"{protocols}, osvdi.ticket.{ticket}"
        if protocols:
            lines.append("Sec-WebSocket-Protocol: " + protocols)
        if ticket and by == "bearer":
            lines.append("Authorization: Bearer " + ticket)
        return ("\r\n".join([*lines, *headers]) + "\r\n\r\n").encode()

    def ask_web(self, *args, **kw):
        """(status, headers, socket)"""
        s = self.socket()
        s.sendall(self.web_head(*args, **kw))
        return (*read_head(s), s)

    def web(self, ticket, **kw):
        status, headers, s = self.ask_web(ticket, **kw)
        if status != 101:
            raise Failed(f"status {status}")
        if headers["sec-websocket-accept"] != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=":
            raise Failed("a wrong Sec-WebSocket-Accept")
        return Web(s)

    def ask_connect(self, ticket=None, host=DESKTOP, minor=0, headers=()):
        s = self.socket()
        lines = [f"CONNECT {host}:5900 HTTP/1.{minor}", f"Host: {host}:5900",
                 "Proxy-Connection: keep-alive"]
        if ticket:
            lines.append("Proxy-Authorization: Basic " +
                         base64.b64encode(b"s:" + ticket.encode()).decode())
        s.sendall(("\r\n".join([*lines, *headers]) + "\r\n\r\n").encode())
        return (*read_head(s), s)

    def connect(self, ticket, host=DESKTOP):
        status, _, s = self.ask_connect(ticket, host=host)
        if status != 200:
            raise Failed(f"status {status}")
        return s


def link_raw(s, channel=MAIN, connection=0):
    s.sendall(link_message(channel, connection))
    reply = exactly(s, 16 + 178)
    error = struct.unpack("<I", reply[16:20])[0]
    if not error:
        exactly(s, 4)
    return error


def is_closed(s):
    """Waits for the end of a connection."""
    try:
        while s.recv(65536):
            pass
    except ConnectionResetError:
        pass
    return True


def run(tests, doc):
    """PROGRAM [TEST...]: all of them where none is named."""
    if len(sys.argv) < 2:
        print(doc)
        sys.exit(2)
    for name in sys.argv[2:] or tests:
        print(f"== {name}", flush=True)
        start = time.monotonic()
        tests[name](sys.argv[1])
        print(f"   {time.monotonic() - start:.1f} s", flush=True)


