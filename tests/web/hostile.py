#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The page against servers that speak no SPICE, or speak it wrong: it says so, and goes
on living.

  hostile.py --build DIR --wasm FILE TEST
"""
import random
import socket
import struct
import threading

from browser import PageServer
from harness import exactly, wait_for
from desk import EXPOSE, PAGE, check, main, start, wait_says, wait_state

MAIN, DISPLAY, INPUTS, CURSOR, PORT = 1, 2, 3, 4, 10
# The public half of an RSA key of 1024 bits; nobody has the other: any password is taken.
KEY = bytes.fromhex(
    "30819f300d06092a864886f70d010101050003818d0030818902818100b4e4eee03e2ed9bdf0265b8ce3999d94"
    "54c0ed166111a31485"
    "4c0e3baf4492117674ea0583e6375bbc1dfa2e98677a1f5167fb0320db86e0c7de93ea39be59484df473f8ed1c"
    "9aa70056306f312bc1"
    "447609989e9c33acfd1af9c7d197c04acb458548a7285733bb74beb36b541cd239f14ca279bbaffea3f4e86149"
    "892fe57f0203010001")
SURFACE = struct.pack("<HI5I", 314, 20, 0, 64, 64, 32, 1)
PORT_NAME = b"org.osvdi.accel.0\0"


class Server:
    """Takes connections; each in a thread of its own runs serve(socket)."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.open = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            s, _ = self.listener.accept()
            self.open.append(s)
            threading.Thread(target=self.run, args=(s,), daemon=True).start()

    def run(self, s):
        try:
            self.serve(s)
        except (OSError, EOFError):
            s.close()


class Says(Server):
    """Says so many bytes to whoever has said something, and no more."""

    def __init__(self, data, hang_up=False):
        self.data = data
        self.hang_up = hang_up
        super().__init__()

    def serve(self, s):
        s.recv(1)
        s.sendall(self.data)
        if self.hang_up:
            s.close()


class Spice(Server):
    """A SPICE server up to the login, whose channels then say what `says` has for their type."""

    def __init__(self, says):
        self.says = says
        super().__init__()

    def serve(self, s):
        head = exactly(s, 16)
        link = exactly(s, struct.unpack("<I", head[12:])[0])
        reply = struct.pack("<I", 0) + KEY + struct.pack("<IIIII", 1, 1, 178, 0b1011, 0)
        s.sendall(b"REDQ" + struct.pack("<III", 2, 2, len(reply)) + reply)
        exactly(s, 132)  # the ticket
        s.sendall(struct.pack("<I", 0))
        s.sendall(b"".join(self.says.get(link[4], [])))
        while s.recv(4096):
            pass


def message(kind, payload=b""):
    return struct.pack("<HI", kind, len(payload)) + payload


def main_says(channels=((DISPLAY, 0), (INPUTS, 0), (CURSOR, 0), (PORT, 0))):
    return [message(103, struct.pack("<8I", 7, 1, 3, 2, 0, 0, 0, 0)),
            message(104, struct.pack("<I", len(channels)) + b"".join(bytes(c) for c in channels))]


def stream_says(*units):
    create = struct.pack("<IIBBQIIII4iB", 0, 1, 0, 3, 0, 64, 64, 64, 64, 0, 0, 64, 64, 0)
    return [message(122, create),
            *(message(123, struct.pack("<III", 1, 0, len(u)) + u) for u in units)]


def port_says(*messages):
    init = message(201, struct.pack("<IIB", len(PORT_NAME), 9, 1) + PORT_NAME)
    hello = struct.pack("<IHH", 24, 129, 0) + struct.pack("<IIIIQ", 1, 3, 60000, 0, 5)
    return [init, *(message(101, m) for m in (hello, *messages))]


def fails(rig, server, words):
    proxy, browser = start(rig, server.port)
    wait_state(browser, "failed", seconds=40)
    wait_says(browser, words)
    return proxy, browser


def strangers(rig):
    """The server that answers speaks no SPICE, or is another one's."""
    _, browser = fails(rig, Says(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "does not speak SPICE")
    for data, words in ((b"REDQ" + struct.pack("<III", 1, 0, 178) + bytes(178),
                         "a version of SPICE"),
                        (b"REDQ" + struct.pack("<III", 2, 2, 4) + struct.pack("<I", 5),
                         "wants encrypted connections"),
                        (b"REDQ" + struct.pack("<III", 2, 2, 4) + struct.pack("<I", 9),
                         "refuses this session"),
                        (b"REDQ" + struct.pack("<III", 2, 2, 0xffffffff),
                         "something that cannot be"),
                        (b"REDQ" + struct.pack("<III", 2, 2, 182) + struct.pack("<I", 0) +
                         bytes(162) + struct.pack("<IIII", 1, 0, 178, 0xb),
                         "something that cannot be")):
        _, browser = again(rig, browser, Says(data), words)
    again(rig, browser, Says(b"", hang_up=True), "The server hung up")


def again(rig, browser, server, words):
    """Another server in the same browser."""
    proxy = PageServer(server.port, rig.wasm)
    browser.open(f"http://localhost:{proxy.port}/index.html")
    wait_for(lambda: browser.run("location.port") == str(proxy.port) and browser.state() ==
             "failed", 40, words)
    wait_says(browser, words)
    return proxy, browser


def silence(rig):
    """A server that takes connections and says nothing."""
    fails(rig, Says(b""), "takes the connection and says nothing")


def messages(rig):
    """A server that logs us in and then sends what cannot be."""
    _, browser = fails(rig, Spice({MAIN: [message(103, bytes(5))]}), "something that cannot be")
    for says, words in (({MAIN: main_says(((INPUTS, 0),))}, "has no display"),
                        ({MAIN: [*main_says()[:1], message(104, struct.pack("<I", 4000))]},
                         "something that cannot be"),
                        ({MAIN: main_says(), DISPLAY: [message(302, bytes(20))]},
                         "something that cannot be"),
                        ({MAIN: main_says(), DISPLAY: [SURFACE, *[message(311, bytes(21))] * 4]},
                         "draws in a way")):
        again(rig, browser, Spice(says), words)
    check(not [e for e in browser.problems() if e["method"] == "Runtime.exceptionThrown"],
          "no script failed")


LATE = """
addEventListener("message", async ({ data }) => {
	for (const type of data.type === "late" ? ["opened", "first", "late"] : [])
		(await head).tell({ type });
});
"""


def late(rig):
    """Words of a worker, of a session that is over, change nothing: they may be under way."""
    server = Spice({MAIN: main_says(), INPUTS: [message(101, b"")] * 9})
    _, browser = start(rig, server.port, more={"src/head.js": LATE, "src/page.js": EXPOSE})
    wait_state(browser, "failed", seconds=40)
    browser.run(f"""new Promise((done) => {{
        {PAGE}.head.addEventListener("message",
            ({{ data }}) => data.type === "late" && setTimeout(done));
        {PAGE}.head.postMessage({{ type: "late" }});
    }})""")
    check(browser.state() == "failed", f"the page still says so: {browser.says()}")
    check(browser.run(PAGE + ".session.witness === null"), "and opens nothing")


def junk(rig):
    """Noise on each channel: the page says something of it or waits, and answers."""
    random.seed(7)
    browser = None
    sps = bytes.fromhex("00000001676400 28acd9407802 27e5c04400000300040000030 0f03c60c658"
                        .replace(" ", ""))
    kinds = {MAIN: [103, 104, 105, 109, 113, 114, 115],
             DISPLAY: [101, 104, 122, 123, 125, 302, 304, 306, 311, 314, 315, 316, 317],
             INPUTS: [101, 102, 111], CURSOR: [101, 102, 103, 105, 107, 108], PORT: [101, 201, 202]}

    def noise(kind):
        return [message(random.choice(kinds[kind]),
                        random.randbytes(random.choice((0, 1, 4, 17, 60, 400)))) for _ in range(40)]
    for number in range(10):
        units = [sps + b"\0\0\1\x65" + random.randbytes(300) for _ in range(3)]
        tiles = struct.pack("<IHH", 60, 131, 0) + random.randbytes(60)
        says = {MAIN: main_says() + (noise(MAIN) if number % 3 == 2 else []),
                DISPLAY: stream_says(*units) + noise(DISPLAY) if number % 2 else noise(DISPLAY),
                INPUTS: noise(INPUTS), CURSOR: noise(CURSOR), PORT: port_says(tiles) + noise(PORT)}
        server = Spice(says)
        if browser is None:
            _, browser = start(rig, server.port)
        else:
            browser.open(f"http://localhost:{PageServer(server.port, rig.wasm).port}/index.html")
        wait_state(browser, "connected", "failed", seconds=40)
        said = " ".join(browser.says().split())
        check(browser.run("1 + 1") == 2, f"noise {number}: {browser.state()}: {said}")
    check(not [e for e in browser.problems() if e["method"] == "Runtime.exceptionThrown"],
          "no script failed")


if __name__ == "__main__":
    main({f.__name__: f for f in (strangers, silence, messages, late, junk)}, __doc__)
