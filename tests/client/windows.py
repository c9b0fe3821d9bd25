#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""osvdi-viewer's windows: what stands in them, their sizes, how they come and go.

  windows.py --build DIR TEST
"""
import os
import socket
import subprocess

from access import read, start_bus
from viewer import CutProxy, check, main, wait_for


def inside(inner, outer):
    return (inner[0] >= outer[0] and inner[1] >= outer[1] and
            inner[0] + inner[2] <= outer[0] + outer[2] and inner[1] + inner[3] <= outer[1] + outer[3])


def banner(lab, args):
    """What a break says is whole in each window, with buttons for the keyboard."""
    start_bus(lab)
    _, port = lab.qemu()
    proxy = CutProxy(port)
    v = lab.viewer(f"spice://127.0.0.1:{proxy.port}")
    window = lab.wait_desk()

    def one(role, name="", focused=False):
        found = [n for n in read(lab) if n["role"] == role and name in n["name"] and n["showing"] and
                 (n["focused"] or not focused)]
        return found[0] if found else None
    lab.xdo("windowfocus", "--sync", window)
    proxy.refusing = True
    proxy.cut()
    alert = wait_for(lambda: one("alert", "Connecting again…"), 20, "an alert", 0.3)
    check(f"127.0.0.1:{proxy.port}" in alert["name"] and "tls-port" in alert["name"],
          f"what happened and what to do: {alert['name']!r}")
    for width, height in ((900, 620), (420, 340), (300, 240)):
        lab.xdo("windowsize", "--sync", window, width, height)

        def whole():
            frame, alert, text = one("frame"), one("alert"), one("label", "tls-port")
            found = frame and alert and text and [n["box"] for n in (frame, alert, text)]
            return found and inside(found[1], [0, 0, *found[0][2:]]) and \
                found[1][0] <= found[2][0] and found[2][0] + found[2][2] <= found[1][0] + found[1][2] and found
        frame, alert, text = wait_for(whole, 10, f"a banner within {width}x{height}", 0.3)
        print(f"{width}x{height}: banner {alert}, text {text}")
    for name in ("Try again", "Close"):
        lab.xdo("key", "Tab")

        def reached():
            button = one("push button", name, focused=True)
            return button and inside(button["box"], one("alert")["box"])
        wait_for(reached, 10, f"Tab comes to {name!r}, all of which is to be seen", 0.3)
        check(True, f"Tab comes to {name!r}, all of which is to be seen")
    lab.xdo("key", "Return")
    check(v.wait(10) == 0, "Close ends the viewer")


def in_group(group):
    """The processes of a group that run."""
    out = subprocess.run(["ps", "-e", "-o", "pgid=,stat=,pid="], capture_output=True, text=True).stdout
    rows = [line.split() for line in out.splitlines()]
    return [row[2] for row in rows if row[0] == str(group) and not row[1].startswith("Z")]


WAYS_OUT = {
    "Escape": lambda lab, window: lab.xdo("windowfocus", "--sync", window, "key", "Escape"),
    "the window's closing": lambda lab, window: lab.xdo("windowfocus", "--sync", window, "key", "alt+F4"),
    "its button": lambda lab, window: lab.xdo("windowfocus", "--sync", window, "key", "Return"),
}


def waiting(lab, args):
    """Who waits for a desktop sees so, and can stop it; nothing goes on behind that."""
    lab.start_x()
    with socket.socket() as s:  # takes connections, and says nothing
        s.bind(("127.0.0.1", 0))
        s.listen(9)
        for name, leave in WAYS_OUT.items():
            v = lab.viewer("-t", "slow", f"spice://127.0.0.1:{s.getsockname()[1]}")
            leave(lab, lab.wait_window("Connecting to slow"))
            check(v.wait(10) == 0, f"while connecting, {name} ends the viewer")
    broker, pid = lab.file("broker"), lab.file("pid")
    for deaf in ("", "trap '' TERM"):
        with open(broker, "w") as f:
            f.write(f"#!/bin/sh\n{deaf}\nsleep 1000 &\necho $$ >{pid}.new; mv {pid}.new {pid}\nsleep 1000; sleep 1000\n")
        os.chmod(broker, 0o700)
        for name, leave in {**WAYS_OUT, "SIGTERM": lambda lab, window: v.terminate(),
                            "SIGHUP": lambda lab, window: v.send_signal(1)}.items():
            v = lab.viewer("--broker", broker, "sleepy")
            window = lab.wait_window("Getting sleepy ready")
            wait_for(lambda: os.path.exists(pid), 10, "the broker")
            with open(pid) as f:
                group = int(f.read())
            os.unlink(pid)
            check(len(in_group(group)) >= 2, "the broker and its child run")
            leave(lab, window)
            check(v.wait(10) == 0 and not in_group(group),
                  f"while the broker works, {name} ends all of it" + (" though it does not listen" if deaf else ""))


TESTS = {"banner": banner, "waiting": waiting}

if __name__ == "__main__":
    main(TESTS, __doc__)
