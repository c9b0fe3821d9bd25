#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Channels that end alone, and proxies that cut what is quiet.

  quiet.py --build DIR TEST
"""
import os
import select

from viewer import check, main, sanitizers, wait_for
from wsproxy import ChannelRelay, WebSocketProxy


class IdleProxy(WebSocketProxy):
    """Ends each connection over which nothing came for some seconds, as proxies do. It counts
    its own looks, not the clock's seconds: a machine that holds the viewer up holds it up too."""

    LOOK_S = 0.1

    def __init__(self, port, tokens, seconds):
        self.looks = round(seconds / self.LOOK_S)
        self.silent = {}  # of each connection: looks at which neither end had said a word
        super().__init__(port, tokens)

    def pump(self, s, t, move):
        connection = frozenset((s, t))

        def watched(a, b):
            while not select.select([a], [], [], self.LOOK_S)[0]:
                self.silent[connection] = self.silent.get(connection, 0) + 1
                if self.silent[connection] > 2 * self.looks:  # two threads look
                    print("cut for silence")
                    return 0
            self.silent[connection] = 0
            return move(a, b)
        super().pump(s, t, watched)


def ready(rig):
    return rig.read_log("client.log").count("Extension port ready")


def witnesses(rig):
    return rig.read_log("client.log").count("Witness: there")


def alone(rig, args):
    """A channel that ends alone, by whatever end: the session is back, or the user is told."""
    rig.start_x()
    rig.serve("-s", "pattern:typing", "-S", "640x480", "-v")
    relay = ChannelRelay(rig.port)
    rig.viewer("--auto-resize=never", f"spice://127.0.0.1:{relay.port}")
    n = 1
    wait_for(lambda: ready(rig) == n, 40, "all channels")
    for name in ("inputs", "display", "cursor", "port", "main"):
        for reset in (False, True):
            wait_for(lambda: name in relay.channels and witnesses(rig) >= n, 20,
                     name + " and the witness")
            if name == "main" and not reset:
                continue
            relay.end(name, reset)
            n += 1
            wait_for(lambda: ready(rig) == n, 10, f"back after the end of {name}")
            check(True, f"{name} ended by {'RST' if reset else 'FIN'}: back")
    wait_for(lambda: witnesses(rig) >= n, 20, "the witness")
    relay.end("main", False)
    wait_for(lambda: "opened elsewhere" in rig.read_log("client.log"), 20, "main's end is told")


def extra(rig, args):
    """Without USB the session goes on, and the user is told."""
    rig.start_x()
    _, port = rig.qemu()
    relay = ChannelRelay(port)
    for n, reset in enumerate((False, True), 1):
        v = rig.viewer("--auto-resize=never", f"spice://127.0.0.1:{relay.port}")
        rig.wait_desk()
        wait_for(lambda: "usbredir" in relay.channels and witnesses(rig) >= n, 20,
                 "USB and the witness")
        relay.end("usbredir", reset)
        wait_for(lambda: rig.read_log("client.log").count("USB devices were lost") == n, 20,
                 "the user is told")
        check(len(rig.events("connected")) == n,
              f"the user is told, and the session goes on ({'RST' if reset else 'FIN'})")
        rig.procs.end(v)


def idle(rig, args):
    """Nobody touches anything for longer than the proxy waits. Pings come ten times as often
    here as at a user's, and the proxy waits a tenth of the half minute that others wait."""
    rig.start_x()
    rig.serve("-s", "pattern:idle", "-S", "640x480", "-v")
    proxy = IdleProxy(rig.port, {"t"}, 3)
    program = os.environ.get("OSVDI_VIEWER") or rig.path("client", "osvdi-viewer")
    rig.viewer("--auto-resize=never", f"spice+ws://127.0.0.1:{proxy.port}/?token=t",
               env={"LD_PRELOAD": ":".join(sanitizers(program) +
                                           [rig.path("tests", "client", "libfast-seconds.so")])})
    wait_for(lambda: ready(rig) == 1, 40, "all channels")
    wait_for(lambda: len(proxy.pings) >= 6 and min(proxy.pings.values()) >= 3, 40,
             "three pings on each connection")
    check(len(rig.events("connected")) == 1 and "ended" not in rig.read_log("client.log"),
          f"pings on each of {len(proxy.pings)} connections, and all channels live")


if __name__ == "__main__":
    main({"alone": alone, "extra": extra, "idle": idle}, __doc__)
