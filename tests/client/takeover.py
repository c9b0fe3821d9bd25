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
from lab import free_port, steady
from wsproxy import CutProxy, WebSocketProxy, server_tls


class Viewer:
    """One of several: events and log of its own."""
    number = 0

    def __init__(self, lab, *argv, **kw):
        Viewer.number += 1
        self.lab, self.name = lab, f"desk{Viewer.number}"
        self.stats = lab.file(self.name + ".jsonl")
        with lab.log(self.name + ".log") as log:
            self.process = lab.procs.start(
                [lab.path("client", "osvdi-viewer"), "-v", "--stats-file", self.stats, "--title", self.name,
                 "--auto-resize=never", *argv], env={**lab.env, **kw.get("env", {})}, stdout=log, stderr=log)

    def events(self, name):
        if not os.path.exists(self.stats):
            return 0
        with open(self.stats) as f:
            return sum(json.loads(line).get("event") == name for line in f if line.endswith("\n"))

    def count(self, words):
        return self.lab.read_log(self.name + ".log").count(words)

    def said(self, words):
        return self.count(words) > 0

    def wait_picture(self, n=1):
        wait_for(lambda: self.events("connected") >= n and self.lab.windows("^" + self.name), 60, f"{self.name} connected")
        wait_for(lambda: self.count("Witness: there") >= n, 20, f"the witness of {self.name}")
        steady(lambda: connections(self.process.pid), 0.5)  # channels that open late
        return self

    def wait_taken(self):
        wait_for(lambda: self.said("was opened elsewhere"), 30, f"{self.name} says that it was opened elsewhere")

    def window(self):
        return self.lab.wait_window("^" + self.name)


def connections(pid):
    """How many connections a program has, by the sockets that it holds."""
    out = subprocess.run(["ss", "-tnpH", "state", "established"], capture_output=True, text=True).stdout
    return out.count(f"pid={pid},")


def quiet(viewers, seconds=4):
    """Nobody connects for some time: what fights does so many times a second."""
    before = [v.events("connecting") for v in viewers]
    time.sleep(seconds)  # nothing is to happen
    check([v.events("connecting") for v in viewers] == before, f"nobody tries again ({before})")


def serve(lab, *options):
    lab.start_x()
    lab.serve("-s", "pattern:typing", "-S", "640x480", "-v", *options)
    return f"spice://127.0.0.1:{lab.port}"


def press(lab, viewer, *keys):
    lab.xdo("windowfocus", "--sync", viewer.window(), "key", *keys)


def two(lab, uris, *options):
    """The newer keeps the desktop, the older can take it back."""
    a = Viewer(lab, *options, uris[0]).wait_picture()
    b = Viewer(lab, *options, uris[1]).wait_picture()
    a.wait_taken()
    quiet([a, b])
    check([v.events("connected") for v in (a, b)] == [1, 1] and b.process.poll() is None, "the newer keeps the desktop")
    return a, b


def ours(lab, args):
    """Ours and ours; taken back with the keyboard, and taken back again."""
    uri = serve(lab)
    a, b = two(lab, [uri, uri])
    press(lab, a, "Tab", "Return")
    b.wait_taken()
    wait_for(lambda: a.events("connected") == 2, 20, "the older took it back")
    quiet([a, b])
    c = Viewer(lab, uri).wait_picture()
    wait_for(lambda: a.events("disconnected") == 2, 20, "a third one")
    quiet([a, b, c])
    check([v.events("connected") for v in (a, b, c)] == [2, 1, 1], "each was there as often as it was asked for")


def stock_server(lab, args):
    """The distribution's QEMU."""
    lab.start_x()
    _, port = lab.qemu()
    a = Viewer(lab, f"spice://127.0.0.1:{port}").wait_picture()
    lab.wait_colour(*middle(lab, a), (0xaa, 0, 0))
    b = Viewer(lab, f"spice://127.0.0.1:{port}").wait_picture()
    a.wait_taken()
    quiet([a, b])
    check([v.events("connected") for v in (a, b)] == [1, 1], "the newer keeps the desktop")


def middle(lab, viewer):
    x, y, w, h = lab.geometry(viewer.window())
    return x + w // 2, y + h // 4


def tls(lab, args):
    """By the TLS port of the distribution's QEMU."""
    context, cert = server_tls(lab.dir)
    for name, of in (("ca-cert", "cert"), ("server-cert", "cert"), ("server-key", "key")):
        shutil.copy(lab.file(of + ".pem"), lab.file(name + ".pem"))
    lab.start_x()
    port, secure = free_port(), free_port()
    lab.qemu(f"port={port},tls-port={secure},addr=127.0.0.1,disable-ticketing=on,x509-dir={lab.dir}")
    with open(cert) as f:
        ca = f.read().replace("\n", "\\n")
    vv = lab.write_vv(f"host=127.0.0.1\ntls-port={secure}\nca={ca}\nhost-subject=CN=127.0.0.1\n")
    two(lab, [vv, vv])


def ticket(lab, args):
    """With a password."""
    with open(lab.file("word"), "w") as f:
        f.write("secret\n")
    uri = serve(lab, "--password-file", lab.file("word"))
    vv = lab.write_vv(uri.replace("spice://127.0.0.1:", "host=127.0.0.1\nport=") + "\npassword=secret\n")
    two(lab, [vv, vv])


def websocket(lab, args):
    """By a WebSocket proxy, which passes ends on as well as it can."""
    serve(lab)
    proxy = WebSocketProxy(lab.port, {"t"})
    two(lab, [f"spice+ws://127.0.0.1:{proxy.port}/?token=t"] * 2)


def relay(lab, args):
    """By a relay that a network has somewhere; and a break of it is still a break."""
    serve(lab)
    proxy = CutProxy(lab.port)
    a, b = two(lab, [f"spice://127.0.0.1:{proxy.port}"] * 2)
    proxy.cut()
    wait_for(lambda: b.events("connected") == 2, 20, "the newer is back after a cut")
    quiet([a, b])


def kiosk(lab, args):
    """Kiosks wait for a person too."""
    uri = serve(lab)
    two(lab, [uri, uri], "--kiosk")


def no_reconnect(lab, args):
    """Without reconnecting the older ends, with the cause."""
    uri = serve(lab)
    a = Viewer(lab, "--no-reconnect", uri).wait_picture()
    b = Viewer(lab, uri).wait_picture()
    check(a.process.wait(20) == 1 and a.said("was opened elsewhere"), "ends with 1 and says why")
    quiet([b])
    check(b.events("connected") == 1, "the newer keeps the desktop")


def remote_viewer(lab, args):
    """remote-viewer and ours, in either order."""
    if not shutil.which("remote-viewer"):
        print("skipped: remote-viewer is not installed")
        sys.exit(77)
    uri = serve(lab)
    a = Viewer(lab, uri).wait_picture()
    with lab.log("rv.log") as log:
        rv = lab.procs.start(["remote-viewer", "--title=other", uri], env=lab.env, stdout=log, stderr=log)
    a.wait_taken()
    quiet([a])
    check(rv.poll() is None, "remote-viewer keeps the desktop")
    b = Viewer(lab, uri).wait_picture()
    quiet([a, b])
    check(b.events("connected") == 1, "and so do we after it")


def ended(lab, args):
    """A server that has gone is looked for a while, and then not any more."""
    lab.start_x()
    server, port = lab.qemu()
    v = Viewer(lab, f"spice://127.0.0.1:{port}").wait_picture()
    lab.wait_colour(*middle(lab, v), (0xaa, 0, 0))
    server.terminate()
    server.wait(20)
    wait_for(lambda: v.said("has ended"), 40, "the end is told")
    check(v.events("connecting") > 5, f"after {v.events('connecting')} tries")
    quiet([v], 6)  # the longest pause between two tries is 5 s
    lab.qemu(port=port)
    press(lab, v, "Tab", "Return")
    wait_for(lambda: v.events("connected") == 2, 20, "connected again by the button")


if __name__ == "__main__":
    main({"ours": ours, "stock-server": stock_server, "tls": tls, "ticket": ticket, "websocket": websocket, "relay": relay,
          "kiosk": kiosk, "no-reconnect": no_reconnect, "remote-viewer": remote_viewer, "ended": ended}, __doc__)
