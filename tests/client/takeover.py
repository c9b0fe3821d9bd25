#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Two and more viewers of one desktop: the newer keeps it, nobody is thrown out
again and again.

  takeover.py --build DIR TEST
"""
import json
import os
import shutil
import subprocess
import sys
import time

from viewer import check, main, wait_for
from harness import free_port, steady
from wsproxy import CutProxy, WebSocketProxy, server_tls


class Viewer:
    """One of several: events and log of its own."""
    number = 0

    def __init__(self, rig, *argv, **kw):
        Viewer.number += 1
        self.rig, self.name = rig, f"desk{Viewer.number}"
        self.stats = rig.file(self.name + ".jsonl")
        with rig.log(self.name + ".log") as log:
            self.process = rig.procs.start(
                [rig.path("client", "osvdi-viewer"), "-v", "--stats-file", self.stats, "--title",
                 self.name,
                 "--auto-resize=never", *argv], env={**rig.env, **kw.get("env", {})}, stdout=log,
                stderr=log)

    def events(self, name):
        if not os.path.exists(self.stats):
            return 0
        with open(self.stats) as f:
            return sum(json.loads(line).get("event") == name for line in f if line.endswith("\n"))

    def count(self, words):
        return self.rig.read_log(self.name + ".log").count(words)

    def said(self, words):
        return self.count(words) > 0

    def wait_picture(self, n=1):
        wait_for(lambda: self.events("connected") >= n and self.rig.windows("^" + self.name), 60,
                 f"{self.name} connected")
        wait_for(lambda: self.count("Witness: there") >= n, 20, f"the witness of {self.name}")
        steady(lambda: connections(self.process.pid), 0.5)  # channels that open late
        return self

    def wait_taken(self):
        wait_for(lambda: self.said("was opened elsewhere"), 30,
                 f"{self.name} says that it was opened elsewhere")

    def window(self):
        return self.rig.wait_window("^" + self.name)


def connections(pid):
    """How many connections a program has, by the sockets that it holds."""
    out = subprocess.run(["ss", "-tnpH", "state", "established"], capture_output=True,
                         text=True).stdout
    return out.count(f"pid={pid},")


def quiet(viewers, seconds=4):
    """Nobody connects for some time: what fights does so many times a second."""
    before = [v.events("connecting") for v in viewers]
    time.sleep(seconds)  # nothing is to happen
    check([v.events("connecting") for v in viewers] == before, f"nobody tries again ({before})")


def serve(rig, *options):
    rig.start_x()
    rig.serve("-s", "pattern:typing", "-S", "640x480", "-v", *options)
    return f"spice://127.0.0.1:{rig.port}"


def press(rig, viewer, *keys):
    rig.xdo("windowfocus", "--sync", viewer.window(), "key", *keys)


def two(rig, uris, *options):
    """The newer keeps the desktop, the older can take it back."""
    a = Viewer(rig, *options, uris[0]).wait_picture()
    b = Viewer(rig, *options, uris[1]).wait_picture()
    a.wait_taken()
    quiet([a, b])
    check([v.events("connected") for v in (a, b)] == [1, 1] and b.process.poll() is None,
          "the newer keeps the desktop")
    return a, b


def ours(rig, args):
    """Ours and ours; taken back with the keyboard, and taken back again."""
    uri = serve(rig)
    a, b = two(rig, [uri, uri])
    press(rig, a, "Tab", "Return")
    b.wait_taken()
    wait_for(lambda: a.events("connected") == 2, 20, "the older took it back")
    quiet([a, b])
    c = Viewer(rig, uri).wait_picture()
    wait_for(lambda: a.events("disconnected") == 2, 20, "a third one")
    quiet([a, b, c])
    check([v.events("connected") for v in (a, b, c)] == [2, 1, 1],
          "each was there as often as it was asked for")


def stock_server(rig, args):
    """The distribution's QEMU."""
    rig.start_x()
    _, port = rig.qemu()
    a = Viewer(rig, f"spice://127.0.0.1:{port}").wait_picture()
    rig.wait_colour(*middle(rig, a), (0xaa, 0, 0))
    b = Viewer(rig, f"spice://127.0.0.1:{port}").wait_picture()
    a.wait_taken()
    quiet([a, b])
    check([v.events("connected") for v in (a, b)] == [1, 1], "the newer keeps the desktop")


def middle(rig, viewer):
    x, y, w, h = rig.geometry(viewer.window())
    return x + w // 2, y + h // 4


def tls(rig, args):
    """By the TLS port of the distribution's QEMU."""
    context, cert = server_tls(rig.dir)
    for name, of in (("ca-cert", "cert"), ("server-cert", "cert"), ("server-key", "key")):
        shutil.copy(rig.file(of + ".pem"), rig.file(name + ".pem"))
    rig.start_x()
    port, secure = free_port(), free_port()
    rig.qemu(
        f"port={port},tls-port={secure},addr=127.0.0.1,disable-ticketing=on,x509-dir={rig.dir}")
    with open(cert) as f:
        ca = f.read().replace("\n", "\\n")
    vv = rig.write_vv(f"host=127.0.0.1\ntls-port={secure}\nca={ca}\nhost-subject=CN=127.0.0.1\n")
    two(rig, [vv, vv])


def ticket(rig, args):
    """With a password."""
    with open(rig.file("word"), "w") as f:
        f.write("secret\n")
    uri = serve(rig, "--password-file", rig.file("word"))
    vv = rig.write_vv(uri.replace("spice://127.0.0.1:", "host=127.0.0.1\nport=") +
                      "\npassword=secret\n")
    two(rig, [vv, vv])


def websocket(rig, args):
    """By a WebSocket proxy, which passes ends on as well as it can."""
    serve(rig)
    proxy = WebSocketProxy(rig.port, {"t"})
    two(rig, [f"spice+ws://127.0.0.1:{proxy.port}/?token=t"] * 2)


def relay(rig, args):
    """By a relay that a network has somewhere; and a break of it is still a break."""
    serve(rig)
    proxy = CutProxy(rig.port)
    a, b = two(rig, [f"spice://127.0.0.1:{proxy.port}"] * 2)
    proxy.cut()
    wait_for(lambda: b.events("connected") == 2, 20, "the newer is back after a cut")
    quiet([a, b])


def kiosk(rig, args):
    """Kiosks wait for a person too."""
    uri = serve(rig)
    two(rig, [uri, uri], "--kiosk")


def no_reconnect(rig, args):
    """Without reconnecting the older ends, with the cause."""
    uri = serve(rig)
    a = Viewer(rig, "--no-reconnect", uri).wait_picture()
    b = Viewer(rig, uri).wait_picture()
    check(a.process.wait(20) == 1 and a.said("was opened elsewhere"), "ends with 1 and says why")
    quiet([b])
    check(b.events("connected") == 1, "the newer keeps the desktop")


def remote_viewer(rig, args):
    """remote-viewer and ours, in either order."""
    if not shutil.which("remote-viewer"):
        print("skipped: remote-viewer is not installed")
        sys.exit(77)
    uri = serve(rig)
    a = Viewer(rig, uri).wait_picture()
    with rig.log("rv.log") as log:
        rv = rig.procs.start(["remote-viewer", "--title=other", uri], env=rig.env, stdout=log,
                             stderr=log)
    a.wait_taken()
    quiet([a])
    check(rv.poll() is None, "remote-viewer keeps the desktop")
    b = Viewer(rig, uri).wait_picture()
    quiet([a, b])
    check(b.events("connected") == 1, "and so do we after it")


def ended(rig, args):
    """A server that has gone is looked for a while, and then not any more."""
    rig.start_x()
    server, port = rig.qemu()
    v = Viewer(rig, f"spice://127.0.0.1:{port}").wait_picture()
    rig.wait_colour(*middle(rig, v), (0xaa, 0, 0))
    server.terminate()
    server.wait(20)
    wait_for(lambda: v.said("has ended"), 40, "the end is told")
    check(v.events("connecting") > 5, f"after {v.events('connecting')} tries")
    quiet([v], 6)  # the longest pause between two tries is 5 s
    rig.qemu(port=port)
    press(rig, v, "Tab", "Return")
    wait_for(lambda: v.events("connected") == 2, 20, "connected again by the button")


if __name__ == "__main__":
    main({"ours": ours, "stock-server": stock_server, "tls": tls, "ticket": ticket,
          "websocket": websocket, "relay": relay,
          "kiosk": kiosk, "no-reconnect": no_reconnect, "remote-viewer": remote_viewer,
          "ended": ended}, __doc__)
