#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The page in a real Firefox on an X display of its own: pixels, keys, a network that breaks,
and a second display.

  firefox.py --build DIR --wasm FILE TEST
"""
import os
import shutil
import sys

from browser import PageServer
from harness import Rig, wait_for
from desk import MENU, SIZE, check, keys, main, wait_keys, window_on

PREFERENCES = {"datareporting.policy.dataSubmissionEnabled": False,
               "browser.aboutwelcome.enabled": False,
               "browser.shell.checkDefaultBrowser": False, "gfx.color_management.mode": 0,
               "browser.tabs.warnOnClose": False, "app.update.enabled": False,
               "network.captive-portal-service.enabled": False,
               "network.connectivity-service.enabled": False, "extensions.update.enabled": False}


def firefox(rig, screen, url):
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    if not program:
        sys.exit(77)
    profile = screen.file("profile")
    os.mkdir(profile)
    with open(os.path.join(profile, "user.js"), "w") as f:
        for name, value in PREFERENCES.items():
            f.write(f'user_pref("{name}", {str(value).lower()});\n')
    with screen.log("firefox.log") as log:
        screen.procs.start([program, "--no-remote", "--profile", profile, "--kiosk", url],
                           env={**screen.env, "LIBGL_ALWAYS_SOFTWARE": "1"}, stdout=log, stderr=log)


def differing(rig, screen):
    """Rows that are not the same on both X displays."""
    n = 0
    left, top, width, height = MENU
    for y in range(SIZE[1]):
        a, b = bytearray(screen.fb.row(y, 0, SIZE[0])), bytearray(rig.fb.row(y, 0, SIZE[0]))
        if y < top + height:
            a[4 * left:4 * (left + width)] = b[4 * left:4 * (left + width)]
        n += any(a[c::4] != b[c::4] for c in range(3))
    return n


def desktop(rig):
    """At rest each pixel is the guest's; keys arrive; the picture comes back."""
    rig.start_x()
    window = window_on(rig)
    _, port = rig.serve("-s", "x11:" + rig.env["DISPLAY"], "-o", "encoder=x264", "-v",
                        "--status", "1", "--heads", "2")
    server = PageServer(port, rig.wasm)
    with Rig(rig.build, size="%dx%d" % SIZE) as screen:
        screen.start_x()
        screen.xdo("mousemove", MENU[0] + 40, 5)
        firefox(rig, screen, f"http://localhost:{server.port}/index.html")
        wait_for(lambda: differing(rig, screen) == 0, 60, "the guest's picture", 0.3)
        check(True, "the picture is the guest's, pixel for pixel")
        for step in range(8):
            rig.xdo("windowmove", window, 100 + 20 * step, 60 + 10 * step)
        wait_for(lambda: differing(rig, screen) == 0, 30, "the picture after a move", 0.3)
        check(rig.status()["displays"][0]["tiles"] > 0, "so it is when a window has moved")
        before = len(keys(rig))
        screen.xdo("key", "a")
        screen.xdo("key", "F5")
        wait_keys(rig, before, ["1e down", "1e up", "3f down", "3f up"], "keys arrive")
        server.cut()
        wait_for(lambda: differing(rig, screen) > 100, 20, "a grey picture", 0.05)
        wait_for(lambda: differing(rig, screen) == 0, 30, "the picture again", 0.3)
        check(True, "a broken connection comes back")
        screen.xdo("key", "ctrl+shift+F12")
        wait_for(lambda: differing(rig, screen) > 100, 20, "the menu", 0.1)
        screen.xdo("key", "Tab", "Return")
        wait_for(lambda: rig.status()["displays"][1].get("exact"), 60, "the second display", 0.3)
        wait_for(lambda: differing(rig, screen) == 0, 60, "its window, as large as the screen", 0.3)
        before = len(keys(rig))
        screen.xdo("key", "b")
        wait_keys(rig, before, ["30 down", "30 up"], "a second display has a window with keys")


if __name__ == "__main__":
    main({"desktop": desktop}, __doc__)
