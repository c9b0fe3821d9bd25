#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The ways in and out: what passes, and what each way must look like.

  test_ways.py PROGRAM [TEST...]
"""
import os
import socket
import ssl
import struct
import subprocess
import threading

from gate import (DESKTOP, DISPLAY, MAIN, USBREDIR, PERMISSION_DENIED, Desktop, Gate, Web, check,
                  exactly, is_closed,
                   link_message, link_raw, read_head, run, wait_for)
from harness import said_on_terminal
from ports import free_port
from wsproxy import WebSocketProxy


def websocket(program):
    """Bytes pass both ways, in frames of all sizes."""
    desk = Desktop()
    with Gate(program) as gate:
        web = gate.web(gate.ticket(desk.port))
        check(web.link() == 0, "the desktop accepts the channel")
        for n in (1, 125, 126, 65535, 65536, 300000):
            data = os.urandom(n)
            web.send(data)
            check(web.data(n) == data, f"{n} bytes come back")
        web.send(b"ab", fin=False)
        web.send(b"x", opcode=9)
        web.send(b"cd", opcode=0)
        got = [web.frame() for _ in range(3)]
        check((10, b"x") in got and b"".join(d for o, d in got if o == 2) == b"abcd",
              "parts, with a ping between")
        web.send(struct.pack(">H", 1000), opcode=8)
        check(web.close_code() == 1000 and is_closed(web.s), "closed in order")
        wait_for(lambda: gate.audit("ended", cause="client", channel="main"), 10,
                 "the record has it")
        line = gate.noted("opened")[0]
        check((line["user"], line["desktop"], line["by"]) == ("alice", DESKTOP, "websocket"),
              f"{line}")


def tickets_places(program):
    """Where a WebSocket's ticket may be."""
    desk = Desktop()
    with Gate(program, origins="https://desk.example") as gate:
        t = gate.ticket(desk.port)
        origin = ["Origin: https://desk.example"]
        status, headers, _ = gate.ask_web(t, by="protocol", headers=origin)
        check((status, headers["sec-websocket-protocol"]) == (101, "binary"),
              "a browser's subprotocol, which is not told back")
        check(gate.ask_web(t)[0] == 101, "Authorization: Bearer")
        status, headers, _ = gate.ask_web()
        check(status == 401 and headers["www-authenticate"].startswith("Basic"),
              "without a ticket a login is asked for")
        check(gate.ask_web(path="/gw?token=" + t)[0] == 401, "not in the address")
    with Gate(program, ticket_in_url="true") as gate:
        check(gate.ask_web(path="/gw?token=" + gate.ticket(desk.port))[0] == 101,
              "in the address where the site wants that")
        check(not any("osvdi1." in gate.read(name) for name in ("log", "audit")), "and in no log")


def connect(program):
    """CONNECT, as GLib and as others write it."""
    desk = Desktop()
    with Gate(program) as gate:
        t = gate.ticket(desk.port)
        for minor in (0, 1):
            status, _, s = gate.ask_connect(t, minor=minor)
            check(status == 200 and link_raw(s) == 0, f"HTTP/1.{minor}")
            s.sendall(b"hello")
            check(exactly(s, 5) == b"hello", "bytes pass")
        status, headers, _ = gate.ask_connect()
        check(status == 407 and headers["proxy-authenticate"].startswith("Basic"),
              "without a ticket")
        check(gate.ask_connect(t, host="10.0.0.1")[0] == 403,
              "another host than the ticket's desktop")
        check(gate.noted("refused", reason="desktop"), "with its reason in the record")


def early_bytes(program):
    """A client that does not wait for the answer."""
    desk = Desktop()
    with Gate(program) as gate:
        s = gate.socket()
        s.sendall(gate.web_head(gate.ticket(desk.port)))
        web = Web(s)
        web.send(link_message(DISPLAY, 7))
        check(read_head(s)[0] == 101 and web.data(16 + 178)[:4] == b"REDQ",
              "the link message came with the head")
        check(struct.unpack("<IB", desk.links[0][:5]) == (7, DISPLAY),
              "and reached the desktop whole")
        web = gate.web(gate.ticket(desk.port))
        for byte in link_message(MAIN):
            web.send(bytes([byte]))
        check(web.data(16 + 178)[:4] == b"REDQ", "byte by byte")


def make_certificates(folder):
    """An authority, and a desktop's certificate of it."""
    def openssl(*words):
        subprocess.run(["openssl", *words], check=True, capture_output=True, cwd=folder)
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", "ca.key",
            "-out", "ca.pem", "-subj", "/CN=lab")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "csr.pem",
            "-subj", "/O=lab/CN=compute1")
    with open(os.path.join(folder, "ext"), "w") as f:
        f.write("subjectAltName=IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", "csr.pem", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-CAcreateserial", "-days", "2",
            "-extfile", "ext", "-out", "cert.pem")
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", "other.key",
            "-out", "other.pem", "-subj", "/CN=other")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem"))
    return context


def locked_key(program):
    """A key with a pass phrase is named; nobody is asked for the phrase."""
    import tempfile
    with tempfile.TemporaryDirectory() as folder:
        make_certificates(folder)
        path = lambda name: os.path.join(folder, name)
        subprocess.run(["openssl", "rsa", "-aes256", "-in", path("key.pem"), "-out",
                        path("locked.pem"), "-passout", "pass:fish"],
                       check=True, capture_output=True)
        with Gate(program) as gate, open(path("conf"), "w") as f:
            f.write(f"[gateway]\nlisten=127.0.0.1:{free_port()}\nkeys={gate.key_file}\n"
                    f"targets=127.0.0.0/8\nadmin=unix:{path('admin')}\naudit={path('audit')}\n"
                    f"tls-cert={path('cert.pem')}\ntls-key={path('locked.pem')}\n")
            f.flush()
            said = said_on_terminal([gate.program, "serve", f.name], "Enter ")
        check(f"key {path('locked.pem')} has a pass phrase" in said and "openssl pkey" in said,
              "the key is named, and what to do")
        check("Enter " not in said, "and nobody is asked")


def tls(program):
    """TLS to the desktop: its authority and its subject; and our own port's."""
    import tempfile
    with tempfile.TemporaryDirectory() as folder:
        desk = Desktop(tls=make_certificates(folder))
        path = lambda name: os.path.join(folder, name)
        with Gate(program, authorities={"lab": path("ca.pem"), "other": path("other.pem")},
                  tls_cert=path("cert.pem"), tls_key=path("key.pem")) as gate:
            client = ssl.create_default_context(cafile=path("ca.pem"))
            plain = gate.socket
            gate.socket = lambda: client.wrap_socket(plain(), server_hostname="127.0.0.1")

            def ask(*options):
                return gate.ask_web(gate.ticket(desk.port, *options, way="tls"))[0]
            web = gate.web(gate.ticket(desk.port, "--authority", "lab", "--subject",
                                       "O=lab, CN=compute1", way="tls"))
            check(web.link() == 0, "by TLS on both sides")
            data = os.urandom(1 << 20)
            sender = threading.Thread(target=web.send, args=(data,))
            sender.start()
            check(web.data(len(data)) == data, "a megabyte comes back")
            sender.join()
            check(ask("--authority", "lab") == 101, "without a subject the host counts")
            check(ask("--authority", "lab", "--subject", "O=lab,CN=compute2") == 502,
                  "another subject")
            check(ask("--authority", "lab", "--subject", "CN=compute1,O=lab") == 502,
                  "another order")
            check(ask("--authority", "other", "--subject", "O=lab,CN=compute1") == 502,
                  "another authority")
            check(ask("--authority", "nobody", "--subject", "O=lab,CN=compute1") == 403,
                  "an authority that the gateway has not")
            check(len(gate.audit("refused", reason="untrusted")) == 3,
                  "three of them untrusted in the record")
            old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
            old.minimum_version = ssl.TLSVersion.TLSv1
            old.maximum_version = ssl.TLSVersion.TLSv1_1
            try:
                old.wrap_socket(plain())
                check(False, "TLS 1.1 is refused")
            except (ssl.SSLError, OSError):
                check(True, "TLS 1.1 is refused")


def html5proxy(program):
    """A WebSocket to nova's spicehtml5proxy, whose token no client sees."""
    desk = Desktop()
    proxy = WebSocketProxy(desk.port, {"inside"})
    with Gate(program) as gate:
        with open(gate.file("path"), "w") as f:
            f.write("/websockify?token=inside\n")
        web = gate.web(gate.ticket(proxy.port, "--path-file", gate.file("path"), way="ws"))
        check(web.link() == 0, "through the WebSocket behind")
        for n in (1, 126, 70000):
            data = os.urandom(n)
            web.send(data)
            check(web.data(n) == data, f"{n} bytes come back")
        s = gate.connect(gate.ticket(proxy.port, "--path-file", gate.file("path"), way="ws"))
        check(link_raw(s) == 0, "from CONNECT to the WebSocket")
        check(proxy.headers[0]["sec-websocket-protocol"] == "binary" and
              "origin" not in proxy.headers[0], "as Nova wants it")
        with open(gate.file("path"), "w") as f:
            f.write("/websockify?token=bad\n")
        web = gate.web(gate.ticket(proxy.port, "--path-file", gate.file("path"), way="ws"))
        web.send(link_message())
        check(web.close_code() in (1000, 1011), "a token that Nova drops ends the channel")
        check(not any("inside" in gate.read(name) for name in ("log", "audit")),
              "the token is in no log")


def not_a_websocket(program):
    """A server that answers otherwise there is no desktop."""
    server = socket.create_server(("127.0.0.1", 0))

    def answer():
        while True:
            s, _ = server.accept()
            s.recv(4096)
            s.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            s.close()
    threading.Thread(target=answer, daemon=True).start()
    with Gate(program) as gate:
        with open(gate.file("path"), "w") as f:
            f.write("/\n")
        t = gate.ticket(server.getsockname()[1], "--path-file", gate.file("path"), way="ws")
        check(gate.ask_web(t)[0] == 502, "an answer of 200 is no WebSocket")


def policy(program):
    """Channels that the ticket does not name get SPICE's own refusal."""
    desk = Desktop()
    with Gate(program) as gate:
        t = gate.ticket(desk.port, "--channels", "main,display,inputs,cursor")
        check(gate.web(t).link(MAIN) == 0, "main may pass")
        web = gate.web(t)
        check(web.link(USBREDIR, 1) == PERMISSION_DENIED, "usbredir gets an answer")
        check(web.close_code() == 1008 and is_closed(web.s), "and its end")
        s = gate.connect(t)
        check(link_raw(s, 77, 1) == PERMISSION_DENIED and is_closed(s),
              "a type that nobody knows, by CONNECT")
        check(len(desk.links) == 1, "the desktop has seen none of them")
        check(gate.noted("channel-refused", channel="usbredir"), "the record has it")


def proxy_protocol(program):
    """A balancer tells who its client is; without it nobody is let in."""
    desk = Desktop()
    with Gate(program, proxy_protocol="true") as gate:
        s = gate.socket()
        s.sendall(b"\r\n\r\n\0\r\nQUIT\n" + bytes([0x21, 0x11]) + struct.pack(">H", 12) +
                  bytes([192, 0, 2, 7, 192, 0, 2, 1]) + struct.pack(">HH", 4711, 443))
        s.sendall(gate.web_head(gate.ticket(desk.port)))
        check(read_head(s)[0] == 101, "a WebSocket behind the header")
        check(gate.noted("opened")[0]["from"] == "192.0.2.7 4711",
              "the record has the client's address")
        s = gate.socket()
        s.sendall(gate.web_head(gate.ticket(desk.port)))
        check(is_closed(s), "without the header the connection ends")


def unix_socket(program):
    """Listening at a Unix socket, beside a port."""
    desk = Desktop()
    from gate import free_port
    import tempfile
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "gw")
        with Gate(program, listen=f"unix:{path};127.0.0.1:{free_port()}") as gate:
            s = socket.socket(socket.AF_UNIX)
            s.connect(path)
            s.sendall(gate.web_head(gate.ticket(desk.port)))
            check(read_head(s)[0] == 101, "a WebSocket by a Unix socket")
            check(gate.noted("opened")[0]["from"] == "unix", "the record tells so")


if __name__ == "__main__":
    run({"websocket": websocket, "tickets-places": tickets_places, "connect": connect,
         "early-bytes": early_bytes, "locked-key": locked_key, "tls": tls,
         "html5proxy": html5proxy, "not-a-websocket": not_a_websocket, "policy": policy,
         "proxy-protocol": proxy_protocol,
         "unix-socket": unix_socket}, __doc__)
