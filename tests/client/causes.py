#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Connections that cannot come about: each cause by its own name, and soon.

  causes.py --build DIR TEST
"""
import base64
import hashlib
import re
import socket
import ssl
import subprocess
import threading
import time

from viewer import check, main, wait_for
from wsproxy import GUID, WebSocketProxy


class Greeter:
    """Says something to whoever comes, by TLS or not, and listens on."""

    def __init__(self, greeting=b"", tls=None, answer=b""):
        self.greeting, self.tls, self.answer = greeting, tls, answer
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            s, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(s,), daemon=True).start()

    def serve(self, s):
        try:
            if self.tls:
                s = self.tls.wrap_socket(s, server_side=True)
            s.sendall(self.greeting)
            while s.recv(4096):
                if self.answer:
                    s.sendall(self.answer)
                    return
        except OSError:
            pass
        finally:
            s.close()


def run_viewer(rig, *argv):
    """(seconds, what it said)"""
    open(rig.file("client.log"), "w").close()
    start = time.monotonic()
    v = rig.viewer("--no-reconnect", *argv)
    check(v.wait(40) == 1, f"{argv[-1]}: ends")
    return time.monotonic() - start, rig.read_log("client.log")


def services(rig, args):
    """Another service on the port is named within some seconds."""
    rig.start_x()
    for what, server, words in (
            ("VNC", Greeter(b"RFB 003.008\n"), "VNC viewer"),
            ("SSH", Greeter(b"SSH-2.0-OpenSSH_9.2\r\n"), "SPICE"),
            ("mail", Greeter(b"220 lab\r\n"), "mail or FTP"),
            ("unknown", Greeter(b"\x01\x02"), "another protocol"),
            ("HTTP", Greeter(answer=b"HTTP/1.1 400 Bad Request\r\n\r\n"), "SPICE")):
        took, said = run_viewer(rig, f"spice://127.0.0.1:{server.port}")
        check(words in said and took < 8,
              f"{what}: {took:.1f} s, {said.strip().splitlines()[-1][:90]}")
    # by TLS there is nothing that could be heard, and the answer is no certificate
    took, said = run_viewer(
        rig, f"spice+tls://127.0.0.1:{Greeter(bytes(b'RFB 003.008') + bytes([10])).port}")
    check("TLS" in said or "VNC" in said, "VNC at the TLS port")


def openssl(rig, *words):
    subprocess.run(["openssl", *words], cwd=rig.dir, check=True, capture_output=True)


def make_pki(rig):
    """Two authorities, and certificates of the first; contexts by name."""
    for ca in ("ca", "other"):
        openssl(rig, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "9", "-keyout",
                ca + ".key", "-out", ca + ".pem",
                "-subj", f"/CN={ca}")
    contexts = {}
    for name, subject, alt, days in (("good", "/O=Lab/CN=desk", "IP:127.0.0.1", "9"),
                                     ("old", "/O=Lab/CN=desk", "IP:127.0.0.1", "-1"),
                                     ("named", "/O=Lab/CN=elsewhere", "DNS:elsewhere", "9")):
        with open(rig.file("ext"), "w") as f:
            f.write("subjectAltName=" + alt + "\n")
        openssl(rig, "req", "-newkey", "rsa:2048", "-nodes", "-keyout", name + ".key", "-out",
                name + ".csr", "-subj", subject)
        openssl(rig, "x509", "-req", "-in", name + ".csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                "-CAcreateserial", "-days", days,
                "-extfile", "ext", "-out", name + ".pem")
        contexts[name] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        contexts[name].load_cert_chain(rig.file(name + ".pem"), rig.file(name + ".key"))
    return contexts


def certificates(rig, args):
    """The viewer says what is wrong with a certificate, and what to do."""
    rig.start_x()
    contexts = make_pki(rig)
    pem = {}
    for ca in ("ca", "other"):
        with open(rig.file(ca + ".pem")) as f:
            pem[ca] = f.read().replace("\n", "\\n")
    right = "host-subject=O=Lab,CN=desk\n"
    for what, server, lines, words in (
            ("expired", "old", f"ca={pem['ca']}\n" + right, "has expired ("),
            ("another authority", "good", f"ca={pem['other']}\n" + right,
             "an authority that is not the given one"),
            ("another subject", "good", f"ca={pem['ca']}\nhost-subject=O=Lab,CN=mallory\n",
             "CN=mallory” was expected"),
            ("another name", "named", f"ca={pem['ca']}\n", "not to 127.0.0.1"),
            ("no TLS", None, f"ca={pem['ca']}\n" + right, "does not speak TLS"),
            ("a broken authority", "good", "ca=nonsense\n" + right,
             "authority that was given cannot be read")):
        greeter = Greeter(tls=contexts[server]) if server else Greeter(answer=b"REDQ" + b"\0" * 30)
        _, said = run_viewer(rig, rig.write_vv(f"host=127.0.0.1\ntls-port={greeter.port}\n{lines}"))
        check(words in said, f"{what}: {said.strip().splitlines()[-1][:150]}")
    _, said = run_viewer(rig, "--spice-secure-channels=main", f"spice://127.0.0.1:{Greeter().port}")
    check("there is no port for them" in said, "secure channels without a port for them")


class Answering(WebSocketProxy):
    """Answers a handshake with a status; without the subprotocol "binary" it may be content."""

    def __init__(self, port, status, content_without=False):
        self.status, self.content_without = status, content_without
        super().__init__(port, {"t"})

    def greet(self, s):
        head = b""
        while b"\r\n\r\n" not in head:
            head += s.recv(4096)
        self.headers.append(head)
        if self.content_without and b"sec-websocket-protocol" not in head.lower():
            key = re.search(rb"(?i)sec-websocket-key: (\S+)", head)[1]
            accept = base64.b64encode(hashlib.sha1(key + GUID).digest()).decode()
            s.sendall(("HTTP/1.1 101 Switching Protocols\r\n"
                       "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                       f"Sec-WebSocket-Accept: {accept}\r\n\r\n").encode())
            return s
        s.sendall(f"HTTP/1.1 {self.status} No\r\nContent-Type: text/html\r\n"
                  f"Content-Length: 2\r\n\r\nno".encode())
        s.close()
        return None


def handshakes(rig, args):
    """The viewer says what a WebSocket proxy answered, and leaves "binary" out where the proxy
    does not want that word."""
    rig.start_x()
    rig.serve("-s", "pattern:idle", "-S", "640x480", "-v")
    for status in (200, 400, 401, 403, 404, 407, 502, 503):
        proxy = Answering(rig.port, status)
        _, said = run_viewer(rig, f"spice+ws://127.0.0.1:{proxy.port}/?token=t")
        check(f"HTTP {status} (" in said and "text/html" in said,
              f"{status}: {said.strip().splitlines()[-1][:120]}")
    proxy = Answering(rig.port, 400, content_without=True)
    rig.viewer(f"spice+ws://127.0.0.1:{proxy.port}/?token=t")
    wait_for(lambda: rig.events("first-picture"), 30, "a picture without the subprotocol")
    check(any(b"binary" in h for h in proxy.headers), "with it was tried before")


def password(rig, args):
    """A wrong password is called wrong."""
    rig.start_x()
    with open(rig.file("word"), "w") as f:
        f.write("right\n")
    rig.serve("-s", "pattern:idle", "-S", "640x480", "-v", "--password-file", rig.file("word"))
    rig.viewer("-t", "locked", f"spice://127.0.0.1:{rig.port}")
    dialog = rig.wait_window("^locked$")
    rig.xdo("windowfocus", "--sync", dialog, "type", "bad")
    rig.xdo("key", "Return")
    wait_for(lambda: "it was not accepted" in rig.read_log("client.log"), 20,
             "said that it was wrong")
    dialog = rig.wait_window("^locked$")
    rig.xdo("windowfocus", "--sync", dialog, "type", "right")
    rig.xdo("key", "Return")
    wait_for(lambda: rig.events("connected"), 20, "connected by the right one")


if __name__ == "__main__":
    main({"services": services, "certificates": certificates, "password": password,
          "handshakes": handshakes}, __doc__)
