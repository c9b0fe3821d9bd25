#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Channels that end alone, and proxies that cut what is quiet.

  quiet.py --build DIR TEST
"""
import contextlib
import ctypes
import select
import time

from viewer import check, main, wait_for
from wsproxy import CutProxy, WebSocketProxy

CHANNELS = {1: "main", 2: "display", 3: "inputs", 4: "cursor", 5: "playback", 6: "record", 9: "usbredir", 10: "port"}


class ChannelRelay(CutProxy):
    """A TCP relay that knows which channel a connection is."""

    def __init__(self, port):
        self.channels = {}  # name -> the viewer's and the server's sockets, of the latest
        self.known = set()
        super().__init__(port)

    def down(self, s, t):
        data = s.recv(65536)
        if s not in self.known and data[:4] == b"REDQ" and len(data) > 20:
            self.known.add(s)
            self.channels[CHANNELS.get(data[20])] = (s, t)
        t.sendall(data)
        return len(data)

    def end(self, name, reset):
        for s in self.channels.pop(name):
            if reset:  # connect() to nowhere resets at once, though another thread reads
                ctypes.CDLL(None).connect(s.fileno(), b"\0" * 16, 16)
            else:
                with contextlib.suppress(OSError):  # the thread that copies may have been faster
                    s.shutdown(2)


class IdleProxy(WebSocketProxy):
    """Ends each connection over which nothing came for some seconds, as proxies do."""

    def __init__(self, port, tokens, seconds):
        self.seconds = seconds
        self.heard = {}
        super().__init__(port, tokens)

    def pump(self, s, t, move):
        def watched(a, b):
            while not select.select([a], [], [], 0.1)[0]:
                if time.monotonic() - self.heard.setdefault(frozenset((a, b)), time.monotonic()) > self.seconds:
                    print("cut for silence")
                    return 0
            self.heard[frozenset((a, b))] = time.monotonic()
            return move(a, b)
        super().pump(s, t, watched)


def ready(lab):
    return lab.read_log("client.log").count("Extension port ready")


def alone(lab, args):
    """A channel that ends alone, by whatever end: the session is back, or the user is told."""
    lab.start_x()
    lab.serve("-s", "pattern:typing", "-S", "640x480", "-v")
    relay = ChannelRelay(lab.port)
    lab.viewer("--auto-resize=never", f"spice://127.0.0.1:{relay.port}")
    n = 1
    wait_for(lambda: ready(lab) == n, 40, "all channels")
    for name in ("inputs", "display", "cursor", "port", "main"):
        for reset in (False, True):
            wait_for(lambda: name in relay.channels, 20, name)
            time.sleep(1)  # the witness is there
            if name == "main" and not reset:
                continue
            start = time.monotonic()
            relay.end(name, reset)
            n += 1
            wait_for(lambda: ready(lab) == n, 30, f"back after the end of {name}")
            check(time.monotonic() - start < 10, f"{name} ended by {'RST' if reset else 'FIN'}: "
                  f"back in {time.monotonic() - start:.1f} s")
    time.sleep(1)
    relay.end("main", False)
    wait_for(lambda: "opened elsewhere" in lab.read_log("client.log"), 20, "main's end is told")


def extra(lab, args):
    """Without USB the session goes on, and the user is told."""
    lab.start_x()
    _, port = lab.qemu()
    relay = ChannelRelay(port)
    for n, reset in enumerate((False, True), 1):
        v = lab.viewer("--auto-resize=never", f"spice://127.0.0.1:{relay.port}")
        lab.wait_desk()
        wait_for(lambda: "usbredir" in relay.channels, 20, "USB")
        time.sleep(1)
        relay.end("usbredir", reset)
        wait_for(lambda: lab.read_log("client.log").count("USB devices were lost") == n, 20, "the user is told")
        check(len(lab.events("connected")) == n, f"the user is told, and the session goes on ({'RST' if reset else 'FIN'})")
        lab.procs.end(v)


def idle(lab, args):
    """Nobody touches anything for longer than the proxy waits."""
    lab.start_x()
    lab.serve("-s", "pattern:idle", "-S", "640x480", "-v")
    proxy = IdleProxy(lab.port, {"t"}, 30)
    lab.viewer("--auto-resize=never", f"spice+ws://127.0.0.1:{proxy.port}/?token=t")
    wait_for(lambda: ready(lab) == 1, 40, "all channels")
    time.sleep(75)
    check(len(lab.events("connected")) == 1 and "ended" not in lab.read_log("client.log"), "all channels live")
    check(len(proxy.pings) >= 6 and min(proxy.pings.values()) >= 3, f"pings on each of {len(proxy.pings)} connections")


if __name__ == "__main__":
    main({"alone": alone, "extra": extra, "idle": idle}, __doc__)
