#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The HAProxy configuration that we ship, in front of gateways.

  test_haproxy.py PROGRAM [TEST...]
"""
import base64
import os
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import tempfile

from gate import DESKTOP, Desktop, Gate, Web, check, exactly, free_port, link_raw, read_head, \
    run, wait_for
from harness import Processes, listens

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
CONFIG = os.path.join(TOP, "gateway", "data", "haproxy.cfg")
PORTAL_CONFIG = os.path.join(TOP, "portal", "data", "haproxy-portal.cfg")
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0"  # and empty settings
ENABLE_CONNECT_PROTOCOL = 8


class Front:
    """The shipped file with this machine's places in it; its log, and gateways behind."""

    def __init__(self, program, gateways=1, without=None, portal=None):
        """portal: the port of one behind all that is not the gateways'."""
        self.procs = Processes()
        self.dir = tempfile.mkdtemp(prefix="osvdi-haproxy.")
        self.port = free_port()
        self.origin = f"https://127.0.0.1:{self.port}"
        self.gates = [Gate(program, proxy_protocol="true", ticket_in_url="true",
                           origins=self.origin) for _ in range(gateways)]
        changes = {"log /dev/log local0": "log stdout format raw local0",
                   "bind :443": f"bind 127.0.0.1:{self.port}",
                   "/etc/haproxy/desktops.pem": self.make_certificate(),
                   "    server gateway1 127.0.0.1:8444 send-proxy-v2 check\n": "".join(
                       f"    server gateway{n} 127.0.0.1:{g.port} send-proxy-v2 check\n"
                       for n, g in enumerate(self.gates))}
        if without:
            changes[without] = ""
        if portal:
            changes["default_backend nothing"] = "default_backend portal"
            self.take(PORTAL_CONFIG, {"127.0.0.1:8445": f"127.0.0.1:{portal}"})
        self.take(CONFIG, changes)
        self.start("haproxy.cfg", *(["haproxy-portal.cfg"] if portal else []))

    def take(self, path, changes):
        """A shipped file, for the places of this machine."""
        with open(path) as f:
            text = f.read()
        for old, new in changes.items():
            if old not in text:
                raise AssertionError(f"the shipped file has no {old!r}")
            text = text.replace(old, new)
        with open(self.file(os.path.basename(path)), "w") as f:
            f.write(text)

    def start(self, *names):
        files = [word for name in names for word in ("-f", self.file(name))]
        subprocess.run(["haproxy", "-c", "-q", *files], check=True)
        with open(self.file("log"), "ab") as log:
            self.procs.start(["haproxy", "-db", *files], stdout=log, stderr=log)
        wait_for(lambda: listens(self.port), 20, "HAProxy listens")

    def __enter__(self):
        return self

    def __exit__(self, kind, *rest):
        if kind:
            print(self.read_log())
        self.procs.stop()
        for gate in self.gates:
            gate.__exit__(kind, *rest)
        shutil.rmtree(self.dir, ignore_errors=True)

    def file(self, name):
        return os.path.join(self.dir, name)

    def read_log(self):
        with open(self.file("log"), errors="replace") as f:
            return f.read()

    def make_certificate(self):
        key, cert = self.file("key.pem"), self.file("cert.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                        "-keyout", key, "-out", cert,
                        "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
                       check=True, capture_output=True)
        with open(self.file("both.pem"), "wb") as out:
            for name in (cert, key):
                with open(name, "rb") as f:
                    out.write(f.read())
        return self.file("both.pem")

    def tls(self, *protocols):
        context = ssl.create_default_context(cafile=self.file("cert.pem"))
        if protocols:
            context.set_alpn_protocols(list(protocols))
        s = context.wrap_socket(socket.create_connection(("127.0.0.1", self.port)),
                                server_hostname="127.0.0.1")
        s.settimeout(60)
        return s

    def ask(self, data):
        s = self.tls()
        s.sendall(data)
        return read_head(s)[0], s

    def first_gate(self, desk):
        """(the first gateway, a ticket for the desk), once HAProxy sends viewers there."""
        gate = self.gates[0]
        t = gate.ticket(desk.port)
        wait_for(lambda: self.ask(gate.web_head(t))[0] == 101, 20,
                 "HAProxy knows that the gateway lives")
        return gate, t


def trusting(certificate, argv):
    """The command with a certificate in place of the system's authorities (GIO asks only those
    about a proxy); or None."""
    bind = ["unshare", "--mount", "sh", "-c",
            'mount --bind "$0" /etc/ssl/certs/ca-certificates.crt && exec "$@"', certificate]
    return [*bind, *argv] if subprocess.run([*bind, "true"],
                                            capture_output=True).returncode == 0 else None


def passes(program):
    """WebSockets and CONNECT through TLS; the record knows the client; the log no ticket."""
    desk = Desktop()
    with Front(program) as front:
        gate, t = front.first_gate(desk)
        status, s = front.ask(gate.web_head(t))
        web = Web(s)
        check(status == 101 and web.link() == 0, "a WebSocket")
        data = os.urandom(200000)
        web.send(data)
        check(web.data(len(data)) == data, "its bytes")
        address, port = s.getsockname()
        check(gate.audit("opened", **{"from": f"{address} {port}"}),
              "the record has the client's own address")
        login = base64.b64encode(b"s:" + t.encode()).decode()
        for minor in (0, 1):
            head = (f"CONNECT {DESKTOP}:5900 HTTP/1.{minor}\r\nHost: "
                    f"{DESKTOP}:5900\r\nProxy-Connection: keep-alive\r\n"
                    f"User-Agent: GLib/2.74\r\nProxy-Authorization: Basic {login}\r\n\r\n").encode()
            status, s = front.ask(head)
            check(status == 200 and link_raw(s) == 0, f"CONNECT of HTTP/1.{minor}")
            s.sendall(b"hello")
            check(exactly(s, 5) == b"hello", "its bytes")
        status, _ = front.ask(gate.web_head(path="/gw?token=" + t))
        check(status == 101, "a ticket in the address, where that is on")
        for data, status in ((gate.web_head(t[:-4]), 403), (gate.web_head(), 401),
                             (gate.web_head(t, path="/other"), 404),
                             (head.replace(DESKTOP.encode(), b"10.0.0.1"), 403)):
            check(front.ask(data)[0] == status, f"refused by {status}")
        refused = len(gate.audit("refused"))
        check(refused == 3, f"the gateway has refused three, HAProxy one ({refused})")
        wait_for(lambda: " 404 " in front.read_log(), 10, "the log is written")
        check("osvdi1." not in front.read_log() and login[:40] not in front.read_log() and
              "token=" not in front.read_log(),
              "no ticket is in its log")


def settings_of(s):
    """The identifiers of the first SETTINGS frame that have a value other than 0."""
    s.sendall(PREFACE)
    head = exactly(s, 9)
    body = exactly(s, int.from_bytes(head[:3], "big"))
    if head[3] != 4:
        raise AssertionError("no SETTINGS frame")
    return {i for i, value in struct.iter_unpack(">HI", body) if value}


def http2(program):
    """Pages may come by HTTP/2, WebSockets must not: each channel has a connection of its own."""
    with Front(program) as front:
        s = front.tls("h2", "http/1.1")
        check(s.selected_alpn_protocol() == "h2", "HTTP/2 is offered")
        check(ENABLE_CONNECT_PROTOCOL not in settings_of(s), "without WebSockets in it")
    with Front(program, without="    h2-workaround-bogus-websocket-clients\n") as front:
        check(ENABLE_CONNECT_PROTOCOL in settings_of(front.tls("h2")),
              "which is the doing of one line of the file")


def spreads(program):
    """All channels of a ticket reach the same gateway; tickets spread over all."""
    desk = Desktop()
    with Front(program, gateways=2) as front:
        a, b = front.gates
        shutil.copy(a.key_file, b.key_file)
        b.process.send_signal(1)
        wait_for(lambda: "read again" in b.read("log"), 10, "both have the same key")
        wait_for(lambda: front.ask(a.web_head(a.ticket(desk.port)))[0] == 101, 20,
                 "HAProxy knows that they live")
        for n in range(24):
            t = a.ticket(desk.port, desktop=f"d{n}")
            by = "protocol" if n % 2 else "bearer"
            headers = [f"Authorization: Bearer {t}"] if by == "bearer" else []
            protocols = f"binary, osvdi.ticket.{t}" if by == "protocol" else "binary"
            webs = [front.ask(a.web_head(protocols=protocols, headers=headers))[0]
                    for _ in range(3)]
            check(webs == [101] * 3, f"three channels of ticket {n}") if n in (0, 23) else None
        places = [(len(a.audit("opened", desktop=f"d{n}")), len(b.audit("opened", desktop=f"d{n}")))
                  for n in range(24)]
        check(set(places) == {(3, 0), (0, 3)}, f"each at one place, both places used: {places}")


def guessing(program):
    """Who tries tickets is shut out, with a right one too."""
    desk = Desktop()
    with Front(program) as front:
        gate, t = front.first_gate(desk)
        tries = 0
        while front.ask(gate.web_head(t[:-1]))[0] == 403:
            tries += 1
            if tries > 400:
                raise AssertionError("guessing is never stopped")
        check(100 <= tries <= 250, f"after {tries} tries")
        check(front.ask(gate.web_head(t))[0] == 429, "for all requests of this address")


def smuggling(program):
    """A request that HAProxy and the gateway could read in two ways reaches no desktop."""
    desk = Desktop()
    with Front(program) as front:
        gate, t = front.first_gate(desk)
        opened = len(gate.audit("opened"))
        inner = gate.web_head(t)
        outer = gate.web_head().replace(b"Host: gateway\r\n", b"Host: gateway\r\n%s")
        for fields in (b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n" % len(inner),
                       b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
                       b"Transfer-Encoding: xchunked\r\n", b"Content-Length: %d\r\n" % len(inner),
                       b"Content-Length: 0\r\nContent-Length: %d\r\n" % len(inner)):
            s = front.tls()
            s.sendall(outer % fields + inner)
            try:
                status = read_head(s)[0]
            except (EOFError, ConnectionError, ssl.SSLError):
                status = 0
            s.close()
            check(status != 101, f"{fields[:40]}: {status}")
        check(len(gate.audit("opened")) == opened, "the request inside was never one")


if __name__ == "__main__":
    if not shutil.which("haproxy") or not shutil.which("openssl"):
        print("skipped: haproxy or openssl is not installed")
        sys.exit(77)
    run({"passes": passes, "http2": http2, "spreads": spreads, "guessing": guessing,
         "smuggling": smuggling}, __doc__)
