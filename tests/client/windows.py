#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""osvdi-viewer's windows: what stands in them, their sizes, how they come and go.

  windows.py --build DIR TEST
"""
import os
import re
import signal
import socket
import subprocess
import time

from access import read, start_bus
from harness import steady
from modeguest import TEXT, ModeGuest
from monitorproxy import MonitorProxy
from viewer import RED, CutProxy, Failed, check, check_quarters, main, serve_still, wait_for


def inside(inner, outer):
    return (inner[0] >= outer[0] and inner[1] >= outer[1] and
            inner[0] + inner[2] <= outer[0] + outer[2] and inner[1] + inner[3] <= outer[1] +
            outer[3])


def banner(rig, args):
    """The words about a break are whole in each window, with buttons for the keyboard."""
    start_bus(rig)
    _, port = rig.qemu()
    proxy = CutProxy(port)
    v = rig.viewer(f"spice://127.0.0.1:{proxy.port}")
    window = rig.wait_desk()

    def one(nodes, role, name="", focused=False):
        found = [n for n in nodes if n["role"] == role and name in n["name"] and
                 n["showing"] and (n["focused"] or not focused)]
        return found[0] if found else None
    rig.xdo("windowfocus", "--sync", window)
    proxy.holding = True  # a desktop that does not answer is knocked at for ever
    proxy.cut()
    alert = wait_for(lambda: one(read(rig), "alert", "firewall"), 20, "an alert", 0.3)
    check(f"127.0.0.1:{proxy.port}" in alert["name"] and "Connecting again…" in alert["name"],
          f"what happened and what to do: {alert['name']!r}")
    for width, height in ((900, 620), (420, 340), (300, 240)):
        rig.xdo("windowsize", "--sync", window, width, height)

        def whole():
            nodes = read(rig)  # all from one reading: the words change with each attempt
            found = [one(nodes, "frame"), one(nodes, "alert"), one(nodes, "label", "firewall")]
            if not all(found):
                return None
            frame, alert, text = (n["box"] for n in found)
            left, right = alert[0], alert[0] + alert[2]
            if inside(alert, [0, 0, *frame[2:]]) and left <= text[0] and text[0] + text[2] <= right:
                return frame, alert, text
            return None
        frame, alert, text = wait_for(whole, 20, f"a banner within {width}x{height}", 0.3)
        print(f"{width}x{height}: banner {alert}, text {text}")
    for name in ("Try again", "Close"):
        rig.xdo("key", "Tab")

        def reached():
            nodes = read(rig)
            button, alert = one(nodes, "push button", name, focused=True), one(nodes, "alert")
            return button and alert and inside(button["box"], alert["box"])
        wait_for(reached, 20, f"Tab comes to {name!r}, all of which is to be seen", 0.3)
        check(True, f"Tab comes to {name!r}, all of which is to be seen")
    rig.xdo("key", "Return")
    check(v.wait(10) == 0, "Close ends the viewer")


def in_group(group):
    """The processes of a group that run."""
    out = subprocess.run(["ps", "-e", "-o", "pgid=,stat=,pid="], capture_output=True,
                         text=True).stdout
    rows = [line.split() for line in out.splitlines()]
    return [row[2] for row in rows if row[0] == str(group) and not row[1].startswith("Z")]


WAYS_OUT = {
    "Escape": lambda rig, window: rig.xdo("windowfocus", "--sync", window, "key", "Escape"),
    "the window's closing": lambda rig, window: rig.close_window(window),
    "its button": lambda rig, window: rig.xdo("windowfocus", "--sync", window, "key", "Return"),
}


def waiting(rig, args):
    """Who waits for a desktop sees so, and can stop it; nothing goes on behind that."""
    rig.start_x()
    with socket.socket() as s:  # takes connections, and says nothing
        s.bind(("127.0.0.1", 0))
        s.listen(9)
        for name, leave in WAYS_OUT.items():
            v = rig.viewer("-t", "slow", f"spice://127.0.0.1:{s.getsockname()[1]}")
            leave(rig, rig.wait_window("^osvdi-viewer$"))
            check(v.wait(10) == 0, f"while connecting, {name} ends the viewer")
    broker, pid = rig.file("broker"), rig.file("pid")
    for deaf in ("", "trap '' TERM"):
        with open(broker, "w") as f:
            f.write(f"#!/bin/sh\n{deaf}\nsleep 1000 &\necho $$ >{pid}.new; mv {pid}.new "
                    f"{pid}\nsleep 1000; sleep 1000\n")
        os.chmod(broker, 0o700)
        for name, leave in {**WAYS_OUT, "SIGTERM": lambda rig, window: v.terminate(),
                            "SIGHUP": lambda rig, window: v.send_signal(1)}.items():
            v = rig.viewer("--broker", broker, "sleepy")
            window = rig.wait_window("^osvdi-viewer$")
            wait_for(lambda: os.path.exists(pid), 10, "the broker")
            with open(pid) as f:
                group = int(f.read())
            os.unlink(pid)
            check(len(in_group(group)) >= 2, "the broker and its child run")
            leave(rig, window)
            check(v.wait(10) == 0 and not in_group(group),
                  f"while the broker works, {name} ends all of it" +
                  (" though it does not listen" if deaf else ""))


class Frame:
    """The borders of a viewer's window, told by a picture of a known size."""

    def __init__(self, rig, window, width, height):
        def is_there():
            w, h = rig.geometry(window)[2:]
            return 0 <= w - width <= 60 and 30 <= h - height <= 110 and (w - width, h - height)
        self.rig, self.window = rig, window
        self.around = wait_for(is_there, 20, f"a window around {width}x{height}")

    def content(self):
        return self.content_of(self.window)

    def content_of(self, window):
        width, height = self.rig.geometry(window)[2:]
        return width - self.around[0], height - self.around[1]

    def wait(self, size, what):
        try:
            wait_for(lambda: self.content() == size, 10, f"{what}: {size}")
        except Failed as e:
            raise Failed(f"{e}; it is {self.content()}")
        check(True, f"{what}: {size[0]}x{size[1]}")


def boot(rig, args):
    """A guest that starts goes through modes: the window takes each until the user gives it a
    size."""
    rig.start_x()
    modes = [(640, 480), (1024, 768), TEXT, (16, 16), (1280, 800), (1360, 768), (2560, 1440),
             (800, 600), (1024, 768)]
    guest = ModeGuest(rig, modes)
    uri = f"spice://127.0.0.1:{guest.port}"
    v = rig.viewer("-t", "boot", uri)
    window = rig.wait_window("^boot$")
    frame = Frame(rig, window, *TEXT)
    for _ in range(6):
        width, height = guest.next()
        frame.wait((max(width, 320), max(height, 200)), "the window takes")
    big = guest.next()
    wait_for(lambda: frame.content()[0] > 1500, 10, "a large window")
    w, h = frame.content()
    x, y, whole_w, whole_h = rig.geometry(window)
    check(abs(w / h - big[0] / big[1]) < 0.01 and x >= 0 and y >= 0 and x + whole_w <= 1920 and
          y + whole_h <= 1080,
          f"{big[0]}x{big[1]} keeps its shape within the screen: {w}x{h} at {x},{y}, in all "
          f"{whole_w}x{whole_h}")
    frame.wait(guest.next(), "the window takes")
    check("size leads" not in rig.read_log("client.log"), "all that time the guest leads")
    rig.xdo("windowsize", "--sync", window, 900, 700)
    wait_for(lambda: "size leads" in rig.read_log("client.log"), 10, "the window leads")
    mine = frame.content()
    guest.next()
    wait_for(lambda: "the guest is 1024x768" in rig.read_log("client.log"), 10, "another mode")
    frame.wait(mine, "the user's size stays")
    v.terminate()
    v.wait(10)


def displays(rig, args):
    """Closing a window hides its display, the menu brings it back, only the last one ends the
    session."""
    rig.start_x()
    rig.serve("-s", "pattern:idle", "-S", "400x300", "--heads", "2")
    proxy = CutProxy(rig.port)
    shown = lambda: sorted(rig.windows("^two"))  # noqa: E731
    for first, second in (("^two$", r"^two \(2\)"), (r"^two \(2\)", "^two$")):
        v = rig.viewer("-t", "two", f"spice://127.0.0.1:{proxy.port}")
        wait_for(lambda: len(shown()) == 2, 20, "two windows")
        keeps, closes = rig.windows(first)[0], rig.windows(second)[0]
        both = shown()
        rig.close_window(closes)
        wait_for(lambda: shown() == [keeps], 10, f"{first} stays alone")
        before = len(rig.events("connected"))
        proxy.cut()
        wait_for(lambda: len(rig.events("connected")) > before, 20, "connected again")
        check(shown() == [keeps] and v.poll() is None, f"{first} stays alone, after a break too")
        rig.xdo("windowfocus", "--sync", keeps)

        rig.open_menu(keeps, "y")
        rig.xdo("key", *(["Down"] if second != "^two$" else ["Home"]), "key", "Return")
        wait_for(lambda: shown() == both, 20, f"the menu brings {second} back")
        check(True, f"the menu brings {second} back")
        for window, left in ((keeps, 1), (closes, 0)):
            rig.close_window(window)
            wait_for(lambda: len(shown()) == left, 10, f"{left} windows")
        check(v.wait(10) == 0, "closing the last one ends the session")


# A server's words on its monitors, on a surface of 1280x800: [(id, x, y, width, height)];
# the windows then
MONITORS = (
    ("the surface is 8 rows higher", [(0, 0, 0, 1280, 792)], {"^m$": (1280, 792)}),
    ("all of the surface", [(0, 0, 0, 1280, 800)], {"^m$": (1280, 800)}),
    ("two beside each other", [(0, 0, 0, 640, 800), (1, 640, 0, 640, 800)],
     {"^m$": (640, 800), r"^m \(2\)": (640, 800)}),
    ("of other sizes", [(0, 0, 0, 800, 600), (1, 800, 0, 480, 800)],
     {"^m$": (800, 600), r"^m \(2\)": (480, 800)}),
    ("none for a moment", [], {"^m$": (800, 600), r"^m \(2\)": (480, 800)}),
    ("the second went", [(0, 0, 0, 1280, 800)], {"^m$": (1280, 800)}),
    ("it came back", [(0, 0, 0, 640, 800), (1, 640, 0, 640, 800)],
     {"^m$": (640, 800), r"^m \(2\)": (640, 800)}),
    ("the first went", [(1, 640, 0, 640, 800)], {r"^m \(2\)": (640, 800)}),
    ("the second is off", [(0, 0, 0, 1280, 800), (1, 0, 0, 0, 0)], {"^m$": (1280, 800)}),
    ("three", [(0, 0, 0, 400, 800), (1, 400, 0, 400, 800), (2, 800, 0, 480, 800)],
     {"^m$": (400, 800), r"^m \(2\)": (400, 800), r"^m \(3\)": (480, 800)}),
    ("all but one", [(0, 0, 0, 1280, 800)], {"^m$": (1280, 800)}),
)


def monitors_of_surface(rig, args):
    """Monitors on one surface come, change and go: each has a window of its size, none shows an
    old picture."""
    rig.start_x()
    guest = ModeGuest(rig, [(1280, 800)], name="m")
    proxy = MonitorProxy(guest.port)
    v = rig.viewer("-t", "m", "--auto-resize=never", f"spice://127.0.0.1:{proxy.port}")
    window = rig.wait_window("^m$")
    frame = Frame(rig, window, *TEXT)
    guest.next()
    frame.wait((1280, 800), "the surface")
    for what, monitors, windows in MONITORS:
        proxy.say(monitors)

        def right():
            shown = rig.windows("^m")
            if len(shown) != len(windows):
                return False
            return all(rig.windows(name) and frame.content_of(rig.windows(name)[0]) == size
                       for name, size in windows.items())
        try:
            wait_for(right, 10, what)
        except Failed as e:
            raise Failed(f"{e}: {[(rig.geometry(w), frame.around) for w in rig.windows('^m')]}")
        check(True, f"{what}: {len(windows)} windows of their sizes")
    check(v.poll() is None, "the viewer goes on")


def asks(rig, args):
    """The guest is asked for the sizes that the user chose, and for no others."""
    rig.start_x()
    rig.serve("-s", "pattern:idle", "-S", "800x600", "-v")

    def asked():
        return re.findall(r"^monitor 0 of 1: (\d+)x(\d+)", rig.read_log("server.log"), re.M)

    def number():  # of requests, once there are no more
        return steady(lambda: len(asked()))
    v = rig.viewer("-t", "asks", f"spice://127.0.0.1:{rig.port}")
    window = rig.wait_window("^asks$")
    frame = Frame(rig, window, 800, 600)
    wait_for(lambda: "port ready" in rig.read_log("client.log"), 20, "the extension port")
    check(number() == 0, "a guest that leads is asked for nothing")
    for n in range(60):
        rig.xdo("windowsize", window, 700 + 7 * n, 500 + 4 * n)
        time.sleep(0.1)  # as a hand drags a corner
    wait_for(asked, 20, "a request")
    check(number() <= 6, f"60 sizes in a row: {len(asked())} requests")
    width, height = frame.content()
    check(asked()[-1] == (str(width & ~1), str(height & ~1)),
          f"the last one is right: {asked()[-1]}")
    before = number()
    rig.xdo("windowfocus", "--sync", window, "key", "shift+F11")
    wait_for(lambda: asked()[-1] == ("1920", "1080"), 20, "full screen's size")
    wait_for(lambda: rig.geometry(window)[2:] == (1920, 1080), 20, "full screen")
    number()  # the window takes keys once nothing changes any more
    rig.xdo("key", "shift+F11")
    wait_for(lambda: asked()[-1] == (str(width & ~1), str(height & ~1)), 20,
             "the window's size again")
    check(number() <= before + 4, f"full screen and back: {len(asked()) - before} requests")
    rig.procs.end(v)
    open(rig.file("server.log"), "w").close()
    v = rig.viewer("-f", "-t", "asks", f"spice://127.0.0.1:{rig.port}")
    wait_for(lambda: asked() and asked()[-1] == ("1920", "1080"), 20,
             "full screen's size, from the start")
    check(True, "full screen asks from the start")
    rig.procs.end(v)


def signals(rig, args):
    """SIGTERM, SIGINT and SIGHUP end the viewer, also inside the main loop of a library."""
    rig.start_x()
    _, port = rig.qemu()
    mark = rig.file("nested")
    nested = {"GTK_MODULES": rig.path("tests", "client", "libnested-loop.so"), "NESTED_MARK": mark}
    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        for env in ({}, nested):
            v = rig.viewer(f"spice://127.0.0.1:{port}", env=env)
            rig.wait_desk()
            if env:
                wait_for(lambda: os.path.exists(mark), 20, "the other main loop")
                os.unlink(mark)
            before = time.monotonic()
            v.send_signal(getattr(signal, name))
            status = v.wait(10)
            check(status == 0, f"{name}{' in another main loop' if env else ''}: ended after "
                  f"{time.monotonic() - before:.2f} s")


PRESENTERS = ("x11", "cairo", "gl")


def natural(rig, args):
    """A picture nearly as large as its place keeps its pixels, and the pointer knows."""
    rig.start_x()
    quarters = serve_still(rig, 1912, 1074)
    left, top = (1920 - 1912) // 2, (1080 - 1074) // 2
    for way in PRESENTERS:
        v = rig.viewer("-f", "--auto-resize=never", f"--present={way}",
                       f"spice://127.0.0.1:{rig.port}")
        check_quarters(rig, (left, top, 1912, 1074), quarters, way)
        middle = left + 1912 // 2
        for x, colour in ((left - 1, (0, 0, 0)), (left, quarters[0]), (middle - 1, quarters[0]),
                          (middle, quarters[1]),
                          (left + 1911, quarters[1]), (left + 1912, (0, 0, 0))):
            rig.wait_colour(x, 300, colour, 10, f"{way}: column {x}")
        for gx, gy in ((0, 0), (500, 700), (1911, 1073)):
            def there():
                if f"pointer 0: {gx},{gy} " in rig.read_log("server.log").splitlines()[-1]:
                    return True
                rig.xdo("mousemove", 900, 500)
                rig.xdo("mousemove", left + gx, top + gy)
                return False
            wait_for(there, 10, f"the pointer at {gx},{gy}", 0.2)
        check(True, f"{way}: sharp, with a surround, pointer exact")
        rig.procs.end(v)
        rig.xdo("mousemove", 3, 1076)


def strips(rig, args):
    """After a reconnect to a smaller picture nothing of the old one stays around it, or above."""
    rig.start_x()

    def high():
        quarters = serve_still(rig, 1000, 900)
        return rig.port, (360, 0, 1200, 1080), quarters

    def classic():  # drawn by another presenter than video, when it is a still picture
        return rig.qemu()[1], (0, 0, 1920, 1080), [RED] * 4
    for way, first in [(way, first) for way in PRESENTERS for first in (high, classic)]:
        what = f"{way}, {first.__name__}"
        port, box, colours = first()
        proxy = CutProxy(port)
        v = rig.viewer("-f", "--auto-resize=never", f"--present={way}",
                       f"spice://127.0.0.1:{proxy.port}")
        check_quarters(rig, box, colours, f"{what}: a picture")
        proxy.holding = True
        proxy.cut()
        wait_for(lambda: len(set(rig.fb.pixel(600, 100))) == 1, 10, "the grey picture")
        flat = serve_still(rig, 1600, 400)
        proxy.target = rig.port
        proxy.holding = False
        check_quarters(rig, (0, 300, 1920, 480), flat, f"{what}: a flat picture")
        for x, y in ((600, 20), (960, 150), (1400, 280), (600, 800), (1400, 1060)):
            rig.wait_colour(x, y, (0, 0, 0), 10, f"{what}: black at {x},{y}")
        check(True, f"{what}: black around it")
        rig.procs.end(v)


TESTS = {"asks": asks, "banner": banner, "boot": boot, "displays": displays,
         "monitors": monitors_of_surface, "natural": natural, "signals": signals, "strips": strips,
         "waiting": waiting}

if __name__ == "__main__":
    main(TESTS, __doc__)
