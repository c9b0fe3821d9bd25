#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Test what happens to channels that are open.

  test_relay.py PROGRAM [TEST...]
"""
import os
import resource
import signal
import socket
import subprocess
import threading
import time
import urllib.request

from gate import (DISPLAY, MAIN, Desktop, Gate, Web, check, exactly, free_port, is_closed,
                  link_message, link_raw, link_reply, run, wait_for)
from harness import descriptors as open_files
from harness import resident_kb, steady


def takeover(program):
    """The newer viewer has the desktop; the older is told so, and may see that the desktop
    lives."""
    desk = Desktop()
    with Gate(program) as gate:
        old = [gate.web(gate.ticket(desk.port)) for _ in range(3)]
        old[0].link()
        old[1].link(DISPLAY, 5)  # the third says nothing
        denied = Desktop(result=7)
        web = gate.web(gate.ticket(denied.port))
        check(web.link() == 0, "a newcomer whose password is wrong")
        denied.cut()
        web.close_code()
        for w in old[:2]:
            w.send(b"here")
            check(w.data(4) == b"here", "ends nobody")
        new = gate.web(gate.ticket(desk.port, user="bob"))
        new.link()
        check([w.close_code() for w in old[:2]] == [4001, 4001],
              "a newcomer whom the desktop accepts ends the older with 4001")
        check(all(is_closed(w.s) for w in old[:2]), "whose connections end")
        old[2].link(DISPLAY, 5)
        old[2].send(b"alive")
        check(old[2].data(5) == b"alive", "the silent one is still there, and can ask")
        new.send(b"mine")
        check(new.data(4) == b"mine", "the newcomer works")
        check(len(gate.audit("ended", cause="taken", user="alice")) == 2, "the record has it")
        again = gate.web(gate.ticket(desk.port, user="bob"))
        again.link()
        check(new.close_code() == 4001, "and back again")
        late = gate.web(gate.ticket(desk.port, user="bob"))
        late.link(DISPLAY, 9)
        again.send(b"x")
        check(again.data(1) == b"x", "a further channel of a session ends nothing")
        other = gate.web(gate.ticket(desk.port, desktop="other"))
        other.link()
        again.send(b"y")
        check(again.data(1) == b"y", "nor does another desktop's viewer")


def server_takes(program):
    """A desktop that hangs up on the older before it answers the newer."""
    desk = Desktop(answer=False)
    with Gate(program) as gate:
        old = gate.web(gate.ticket(desk.port))
        old.send(link_message(MAIN))
        wait_for(lambda: len(desk.sockets) == 1, 10, "the desktop sees it")
        first = desk.sockets[0]
        first.sendall(link_reply() + b"\0" * 4)
        old.data(16 + 178 + 4)
        new = gate.web(gate.ticket(desk.port))
        new.send(link_message(MAIN))
        wait_for(lambda: len(gate.audit("channel")) == 2, 10, "the newcomer has asked")
        first.shutdown(socket.SHUT_RDWR)
        check(old.close_code() == 4001, "is told the same way")
        desk.sockets[1].shutdown(socket.SHUT_RDWR)
        check(new.close_code() == 1000, "an end for no reason that is known is a plain end")


class Flood(Desktop):
    """Sends without end after the link message; counts what the network took."""
    def serve(self, s):
        self.sockets.append(s)
        self.sent = 0
        block = bytes(range(256)) * 256
        try:
            s.recv(4096)
            s.sendall(link_reply() + b"\0" * 4)
            while True:
                at = self.sent % len(block)
                self.sent += s.send(block[at:])
        except OSError:
            pass


def slow_reader(program):
    """A client that reads nothing stops its desktop, and nobody else."""
    for way in ("websocket", "connect"):
        desk, other = Flood(), Desktop()
        with Gate(program, "stall-seconds=600") as gate:
            before = resident_kb(gate.process.pid)
            t = gate.ticket(desk.port)
            s = gate.web(t).s if way == "websocket" else gate.connect(t)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
            if way == "websocket":
                web = Web(s)
                web.send(link_message())
            else:
                s.sendall(link_message())
            wait_for(lambda: getattr(desk, "sent", 0), 10, "the desktop sends")
            stopped = steady(lambda: desk.sent)
            grown = resident_kb(gate.process.pid) - before
            check(stopped < 24 << 20 and grown < 2048, f"{way}: the desktop stopped after "
                  f"{stopped >> 10} KiB, the gateway grew by {grown} KiB")
            quick = gate.web(gate.ticket(other.port, desktop="other"))
            quick.link()
            quick.send(b"quick")
            check(quick.data(5) == b"quick", "another channel passes meanwhile")
            check(gate.metric("paused_total") > 0, "the pause is counted")
            if way == "websocket":
                web.data(16 + 178 + 4)
                got = web.data(8 << 20)
            else:
                exactly(s, 16 + 178 + 4)
                got = b"".join(exactly(s, 65536) for _ in range(128))
            check(got == bytes(range(256)) * (len(got) // 256),
                  "all comes, in order, once it reads")
            check(desk.sent > stopped, "and the desktop goes on")
            s.close()
            wait_for(lambda: gate.metric("channels") == 1, 20, "its end is noticed")


def slow_desktop(program):
    """The same the other way, and the end of what takes nothing for too long."""
    class Deaf(Desktop):
        def serve(self, s):
            s.recv(4096)
            s.sendall(link_reply() + b"\0" * 4)
            self.sockets.append(s)
    desk = Deaf()
    with Gate(program, "stall-seconds=2\nping-seconds=1") as gate:
        web = gate.web(gate.ticket(desk.port))
        web.link()
        sent, before = [0], resident_kb(gate.process.pid, "VmHWM:")

        def send():
            block = b"\x82\xff" + (1 << 40).to_bytes(8, "big") + b"\0" * 4 + b"x" * 65536
            try:
                while True:
                    sent[0] += web.s.send(block if not sent[0] else b"x" * 65536)
            except OSError:
                pass
        threading.Thread(target=send, daemon=True).start()
        check(wait_for(lambda: gate.audit("ended"), 30, "it ends")[0]["cause"] == "stalled",
              "a desktop that takes nothing")
        grown = resident_kb(gate.process.pid, "VmHWM:") - before
        check(sent[0] > 1 << 20 and grown < 4096,
              f"after {sent[0] >> 10} KiB, all but {grown} KiB of them in the kernel's buffers")


def quiet(program):
    """Quiet channels are pinged and stay; a peer that answers none is dead."""
    desk = Desktop()
    with Gate(program, "ping-seconds=1") as gate:
        web = gate.web(gate.ticket(desk.port))
        web.link()
        for _ in range(4):
            opcode, payload = web.frame()
            check(opcode == 9, "a ping")
            web.send(payload, opcode=10)
        web.send(b"still here")
        check(web.data(10) == b"still here", "a quiet channel stays")
        check(web.close_code() == 1001, "one that answers no ping ends")
        check(gate.noted("ended")[0]["cause"] == "dead", "as dead")
        s = gate.connect(gate.ticket(desk.port))
        link_raw(s)

        def kept():
            return subprocess.run(["ss", "-tnoH", "sport", "=", f":{gate.port}"],
                                  capture_output=True, text=True).stdout.count("keepalive")
        wait_for(lambda: kept() == 1, 20, "TCP's own keepalive looks after CONNECT")


def desktop_ends(program):
    """A desktop that goes is told at once, on silent channels too."""
    desk = Desktop()
    with Gate(program) as gate:
        t = gate.ticket(desk.port)
        webs = [gate.web(t), gate.web(t)]
        webs[0].link()
        s = gate.connect(t)
        link_raw(s, DISPLAY, 3)
        wait_for(lambda: len(desk.sockets) == 3, 10, "three connections")
        desk.cut()
        check([w.close_code() for w in webs] == [1000, 1000] and is_closed(s), "all three end")
        wait_for(lambda: gate.metric("connections") == 0, 10, "nothing is left")


def desktop_speaks(program):
    """A server that speaks before the client does is no SPICE server."""
    class Early(Desktop):
        def serve(self, s):
            s.sendall(b"SSH-2.0-OpenSSH\r\n")
            self.sockets.append(s)
    with Gate(program) as gate:
        web = gate.web(gate.ticket(Early().port))
        check(web.close_code() == 1008 and not web.rest, "its words do not reach the client")


def drain(program):
    """Asked to end, the gateway lets nobody in and gives those inside some time."""
    desk = Desktop()
    with Gate(program, "drain-seconds=2") as gate:
        web = gate.web(gate.ticket(desk.port))
        web.link()
        gate.process.terminate()

        def refused():
            try:
                gate.socket().close()
            except ConnectionRefusedError:
                return True
            return False
        wait_for(refused, 10, "no new connection is taken")
        web.send(b"on")
        check(web.data(2) == b"on", "an open channel goes on")
        check(web.close_code() == 1001 and is_closed(web.s), "and is told the end")
        check(gate.process.wait(20) == 0, "the gateway ends in order")
    with Gate(program) as gate:
        gate.process.send_signal(signal.SIGSTOP)
        gate.process.terminate()
        waiting = socket.create_connection(("127.0.0.1", gate.port))
        gate.process.send_signal(signal.SIGCONT)
        check(is_closed(waiting) and gate.process.wait(20) == 0,
              "a connection that comes with the signal is harmless")
    with Gate(program, "drain-seconds=600") as gate:
        web = gate.web(gate.ticket(desk.port))
        web.link()
        gate.admin("drain")
        check(gate.metric("draining") == 1, "by command")
        web.s.close()
        check(gate.process.wait(20) == 0, "it ends when the last channel has gone")


def metrics(program):
    """Prometheus can read them, and nothing else is there."""
    desk = Desktop()
    port = free_port()
    with Gate(program, metrics=f"127.0.0.1:{port}") as gate:
        web = gate.web(gate.ticket(desk.port))
        web.link()
        web.send(b"x" * 1000)
        web.data(1000)
        text = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
        values = dict(x.rsplit(" ", 1) for x in text.splitlines() if not x.startswith("#"))
        check(values['osvdi_gateway_opened_total{by="websocket"}'] == "1" and
              values["osvdi_gateway_channels"] == "1", "one channel")
        check(int(values['osvdi_gateway_bytes_total{to="desktop"}']) == 1000 + len(link_message()),
              "its bytes")
        check(all(f"# TYPE {x.split('{')[0]} " in text for x in values), "each has its type")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/")
            check(False, "another path")
        except urllib.error.HTTPError as e:
            check(e.code == 404, "another path is not found")


def many(program):
    """Hundreds of channels that come and go leave nothing behind."""
    desk = Desktop()
    with Gate(program) as gate:
        tickets = [gate.ticket(desk.port, "--max-channels", 256, desktop=f"d{n}") for n in range(4)]

        def one(n):
            web = gate.web(tickets[n % 4])
            web.send(link_message(DISPLAY, 1))
            web.data(198)
            if n % 3:
                web.s.close()
            return web
        at_rest = open_files(gate.process.pid)
        sizes = []
        for _ in range(6):
            webs = [one(n) for n in range(200)]
            for web in webs:
                web.s.close()
            wait_for(lambda: gate.metric("connections") == 0, 20, "all have gone")
            # The question for the metrics is a connection, too: the gateway closes it after.
            wait_for(lambda: open_files(gate.process.pid) <= at_rest, 20, "no descriptor is left")
            sizes.append(resident_kb(gate.process.pid))
        with open(f"/proc/{gate.process.pid}/maps") as f:
            # it keeps freed memory for a while, and finds leaks itself
            keeps = "libasan" in f.read()
        check(keeps or sizes[-1] - sizes[1] < 1024, f"kB of memory: {sizes}")


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as f:
        return sum(int(x)
                   for x in f.read().rpartition(")")[2].split()[11:13]) / os.sysconf("SC_CLK_TCK")


def descriptors(program):
    """Without descriptors the gateway waits for some, and lets people in again."""
    desk = Desktop()
    with Gate(program) as gate:
        web = gate.web(gate.ticket(desk.port))
        web.link()
        used = open_files(gate.process.pid)
        resource.prlimit(gate.process.pid, resource.RLIMIT_NOFILE, (used + 4, used + 4))
        sockets = [gate.socket() for _ in range(12)]
        wait_for(lambda: "No descriptor is left" in gate.read("log"), 10, "it is told")
        before = cpu_seconds(gate.process.pid)
        time.sleep(2)
        check(cpu_seconds(gate.process.pid) - before < 0.5, "it does not spin")
        web.send(b"on")
        check(web.data(2) == b"on", "what is open passes")
        for s in sockets:
            s.close()
        other = gate.web(gate.ticket(desk.port, desktop="other"))
        check(other.link() == 0, "then others get in")


if __name__ == "__main__":
    run({"takeover": takeover, "server-takes": server_takes, "slow-reader": slow_reader,
         "slow-desktop": slow_desktop, "quiet": quiet,
         "desktop-ends": desktop_ends, "desktop-speaks": desktop_speaks, "drain": drain,
         "metrics": metrics, "many": many,
         "descriptors": descriptors}, __doc__)
