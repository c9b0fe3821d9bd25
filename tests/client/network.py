#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""osvdi-viewer and a network that goes and comes back.

  network.py --build DIR TEST [--count N]
"""
import http.server
import os
import random
import select
import shutil
import socket
import subprocess
import sys
import threading
import time

from viewer import RED, Failed, check, main, sanitized, wait_for
from harness import descriptors, psnr, resident_kb
from wsproxy import ChannelRelay, CutProxy, WebSocketProxy


def skip(why):
    print("skipped:", why)
    sys.exit(77)


def reach(rig, options=()):
    """Our server behind a proxy that can be cut, and the viewer at it."""
    rig.start_x()
    rig.serve("-s", "pattern:idle", "-S", "800x600", "-v")
    proxy = CutProxy(rig.port)
    v = rig.viewer(*options, "--auto-resize=never", f"spice://127.0.0.1:{proxy.port}")
    rig.wait_window("accel|^127")
    wait_for(lambda: rig.events("first-picture") and ready(rig), 40, "a picture and all channels")
    return proxy, v


def ready(rig):
    """How many connections were complete: cutting others would time another thing."""
    return rig.read_log("client.log").count("Extension port ready")


def tries(rig):
    return len(rig.events("connecting"))


def wait_connected(rig, n):
    """Until the n-th connection is complete."""
    wait_for(lambda: len(rig.events("connected")) >= n and ready(rig) >= n, 30,
             f"all channels of connection {n}")


def refused(rig, args):
    """A server that is gone for a while: the first try that finds it again is the one that
    connects, however many were refused before. client-retry has the pauses between tries."""
    proxy, v = reach(rig)
    for n, refusals in enumerate((1, 2, 3, 5, 8), 2):
        before = tries(rig)
        proxy.refuse()
        proxy.cut()
        wait_for(lambda: tries(rig) >= before + refusals, 30, f"{refusals} tries")
        proxy.listen()
        before = tries(rig)  # the latest of them may be under way
        wait_connected(rig, n)
        check(tries(rig) <= before + 1,
              f"after {refusals} tries or more that were refused: the next one connects")


def silent(rig, args):
    """A network that swallows packets: the viewer does not wait for the kernel's repeats."""
    if os.geteuid():
        skip("a link of its own needs root")
    rig.start_x()
    rig.start_link(50, 5)
    rig.serve("-s", "pattern:idle", "-S", "800x600", "-v")

    def network(there):
        """Without its address the server's end drops what comes, without a word."""
        subprocess.run([*rig.at(0), "ip", "addr", "add" if there else "del", "10.77.0.1/24", "dev",
                        "lk0"], check=True)
    with rig.log("client.log") as log:
        rig.procs.start([*rig.at(1), rig.path("client", "osvdi-viewer"), "-v", "--stats-file",
                         rig.file("stats.jsonl"),
                         "--auto-resize=never", f"spice://{rig.address}:{rig.port}"], env=rig.env,
                        stdout=log, stderr=log)
    wait_for(lambda: rig.events("first-picture") and ready(rig), 40, "a picture and all channels")
    for n, more in enumerate((2, 4, 6), 2):
        before, broken = tries(rig), len(rig.events("disconnected"))
        network(False)
        wait_for(lambda: len(rig.events("disconnected")) > broken, 40, "noticed")
        wait_for(lambda: tries(rig) >= before + more, 40, f"{more} tries into the silence")
        network(True)
        before = tries(rig)  # the latest of them may wait for the kernel's repeat
        wait_connected(rig, n)
        check(tries(rig) <= before + 2, "the network is back: the next try connects")


def suspend(rig, args):
    """After a suspend (logind's signal) the connection is made anew at once."""
    if not shutil.which("dbus-daemon"):
        skip("dbus-daemon is not installed")
    with open(rig.file("bus.conf"), "w") as f:
        f.write(f"""<busconfig><type>system</type><listen>unix:path={rig.file('bus')}</listen>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/>
<allow user="*"/></policy></busconfig>""")
    rig.procs.start(["dbus-daemon", "--nofork", "--config-file", rig.file("bus.conf")])
    wait_for(lambda: os.path.exists(rig.file("bus")), 10, "a bus")
    os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = "unix:path=" + rig.file("bus")
    logind = subprocess.Popen(["/usr/bin/python3", "-c", LOGIND], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True)
    rig.procs.all.append(logind)
    if logind.stdout.readline().strip() != "owned":
        raise Failed("the bus gives no name")
    reach(rig)
    window = rig.windows("accel|127")
    for before in ("true", "false"):
        n = len(rig.events("connected"))
        logind.stdin.write(before + "\n")
        logind.stdin.flush()
        if before == "true":
            time.sleep(1)  # nothing is to happen
            check(len(rig.events("disconnected")) == 0, "nothing happens before the sleep")
            continue
        before = tries(rig)
        wait_for(lambda: len(rig.events("connected")) > n, 20, "connected again")
        check(tries(rig) <= before + 1, "after waking: by the first try")
    check(rig.windows("accel|127") == window, "to the same window")
    check("The computer slept" in rig.read_log("client.log"), "and says why")


LOGIND = """
import sys
from gi.repository import Gio, GLib
bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)
bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus",
              "org.freedesktop.DBus", "RequestName",
              GLib.Variant("(su)", ("org.freedesktop.login1", 0)), None, 0, -1, None)
print("owned", flush=True)
for line in sys.stdin:
    bus.emit_signal(None, "/org/freedesktop/login1", "org.freedesktop.login1.Manager",
                    "PrepareForSleep",
                    GLib.Variant("(b)", (line.strip() == "true",)))
    bus.flush_sync()
"""


class ConnectProxy(http.server.BaseHTTPRequestHandler):
    """CONNECT and nothing else, with or without a password."""

    def do_GET(self):  # a web server that answers as a proxy would
        self.do_CONNECT()

    def do_CONNECT(self):
        server = self.server
        server.asked.append((self.path, self.headers.get("Proxy-Authorization")))
        if server.wants and self.headers.get("Proxy-Authorization") != server.wants:
            self.send_response(407)
            self.send_header("Proxy-Authenticate", 'Basic realm="proxy"')
            self.end_headers()
            return
        host, _, port = self.path.rpartition(":")
        try:
            far = socket.create_connection((host.strip("[]"), int(port)))
        except OSError:
            self.send_error(502)
            return
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        pair = {self.connection: far, far: self.connection}
        while True:
            for s in select.select(list(pair), [], [])[0]:
                try:
                    data = s.recv(65536)
                except OSError:
                    data = b""
                if not data:
                    far.close()
                    return
                pair[s].sendall(data)

    def log_message(self, *words):
        pass


def proxy(rig, args):
    """Each channel goes through the HTTP proxy of the connection file."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), ConnectProxy)
    server.asked, server.wants = [], None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    rig.start_x()
    qemu, port = rig.qemu()
    text = (f"host=127.0.0.1\nport={port}\nfullscreen=1\n"
            f"proxy=http://{{}}127.0.0.1:{server.server_port}\n")
    v = rig.viewer(rig.write_vv(text.format("")))
    rig.wait_colour(960, 540, RED)
    check(len(server.asked) >= 3 and {p for p, _ in server.asked} == {f"127.0.0.1:{port}"},
          f"{len(server.asked)} channels through the proxy")
    rig.procs.end(v)
    server.wants, server.asked[:] = "Basic dXNlcjp3b3Jk", []  # user:word
    v = rig.viewer(rig.write_vv(text.format("user:word@")))
    rig.wait_colour(960, 540, RED)
    check(server.asked and server.asked[-1][1] == server.wants, "with the user's name and password")
    rig.procs.end(v)
    check("word" not in rig.read_log("client.log"), "which are in no log")
    v = rig.viewer("--no-reconnect", rig.write_vv(text.format("")))
    check(v.wait(60) == 1 and "proxy" in rig.read_log("client.log").lower(),
          "a proxy that refuses is named")


class SlowProxy(WebSocketProxy):
    """Holds the first connection until a moment that is named in a file; paths has it, and
    those that come when it is through. (While it waits, the viewer listens for a second
    whether another service is there.)"""

    def __init__(self, port, tokens, moment):
        self.moment, self.first, self.through = moment, None, False
        super().__init__(port, tokens)

    def greet(self, s):
        head = self.read_head(s)
        self.first = self.first or s
        if self.first is not s and not self.through:
            raise OSError("only listens")
        if self.first is s:
            with open(self.moment) as f:
                time.sleep(max(0, int(f.read()) - time.time()))
            self.through = True
        return self.upgrade(s, head)


def late_channels(rig, args):
    """A channel that opens after its token ran out gets a fresh one."""
    rig.start_x()
    _, port = rig.qemu()
    broker, asked, moment = rig.file("broker"), rig.file("asked"), rig.file("moment")
    slow = SlowProxy(port, {"first", "second"}, moment)
    # The viewer uses a token until ten seconds before the token's end. So the main channel has ten
    # seconds to begin once the broker has answered, and waits for as long as it may: 15 seconds
    # are its limit.
    with open(broker, "w") as f:
        f.write(f"""#!/bin/sh
printf '[virt-viewer]\\ntype=spice\\nfullscreen=1\\n[osvdi]\\nname=desk\\n'
if [ -e {asked} ]; then
    printf 'url=spice+ws://127.0.0.1:{slow.port}/?token=second\\n'
else
    now=$(date +%s)
    echo $((now + 12)) > {moment}
    printf 'url=spice+ws://127.0.0.1:{slow.port}/?token=first\\n'
    printf 'expires=%s\\n' $((now + 20))
fi
echo asked >> {asked}
""")
    os.chmod(broker, 0o700)
    rig.viewer("--broker", broker, "desk")
    rig.wait_colour(960, 540, RED)
    tokens = [x.rpartition("token=")[2] for x in slow.paths]
    check(tokens[0] == "first" and len(tokens) >= 3 and set(tokens[1:]) == {"second"},
          f"main by the first token, {len(tokens) - 1} channels by the second: {tokens}")
    with open(asked) as f:
        check(len(f.readlines()) == 2, "the broker was asked once more, for all of them")


def late_display(rig, args):
    """A display channel whose bytes stay behind those of the extension port: the lossless tiles
    that came before the window are on the picture in the end."""
    rig.start_x()
    width, height = 640, 480
    picture = random.Random(1).randbytes(4 * width * height // 8) * 8
    with open(rig.file("still.raw"), "wb") as f:
        f.write(picture)
    rig.serve("-s", "raw:" + rig.file("still.raw"), "-S", f"{width}x{height}", "--status", "1")
    relay = ChannelRelay(rig.port)
    relay.behind.add("display")
    rig.viewer("-f", "--zoom=100", "--auto-resize=never", f"spice://127.0.0.1:{relay.port}")
    wait_for(lambda: rig.status()["displays"][0]["exact"], 30, "all tiles sent")
    relay.free()
    x, y = (1920 - width) // 2, (1080 - height) // 2
    wait_for(lambda: psnr(rig.fb, x, y, picture, width, height) == 99, 30,
             "a picture that is exact", 0.2)
    check(True, "each pixel is the desktop's")


def growth(rig, args):
    """Reconnects to our server, again and again: neither memory nor descriptors grow."""
    proxy, v = reach(rig)
    sizes = []
    for n in range(args.count):
        before, pictures = ready(rig), len(rig.frames())
        proxy.cut()
        wait_for(lambda: ready(rig) > before, 30, "all channels again", 0.02)
        wait_for(lambda: len(rig.frames()) > pictures, 30, "a picture again", 0.02)
        if n >= 10 or n >= args.count // 2:
            sizes.append((descriptors(v.pid), resident_kb(v.pid)))
    half = len(sizes) // 2
    print(f"{args.count} reconnects: descriptors {sizes[0][0]} -> {sizes[-1][0]}, memory "
          f"{sizes[0][1]} -> "
          f"{sizes[half][1]} -> {sizes[-1][1]} KiB")
    check(max(s[0] for s in sizes[half:]) <= max(s[0] for s in sizes[:half + 1]) + 2,
          "descriptors do not grow")
    check(sanitized(v.pid) or sizes[-1][1] - sizes[0][1] < 20000 + 16 * len(sizes),
          "memory does not grow with them")


if __name__ == "__main__":
    main({"refused": refused, "silent": silent, "suspend": suspend, "proxy": proxy,
          "late-channels": late_channels, "late-display": late_display, "growth": growth}, __doc__)
