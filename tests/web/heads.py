#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Two displays of a desktop in two windows of a real Chromium, by their pixels.

  heads.py --build DIR --wasm FILE TEST
"""
import re

from desk import SIZE, check, keys, main, start_desktop, wait_equal, wait_keys, wait_state
from hands import tap
from harness import wait_for  # found by desk


def sizes(rig):
    """(display, displays, size) of each wish of the page's."""
    return re.findall(r"^monitor (\d) of (\d): (\d+x\d+)$", rig.read_log("server.log"), re.M)


def pressed(browser):
    return browser.run("document.getElementById('second').ariaPressed") == "true"


def open_second(browser):
    """Opens the second window by the menu; the sessions of both."""
    first = browser.session
    browser.run("document.getElementById('menu').open = true")
    tap(browser, "#second")
    other = wait_for(lambda: browser.other_window("/second.html"), 20, "a second window")
    browser.session = other
    for domain in ("Page", "Runtime", "Log"):
        browser.call(domain + ".enable")
    browser.window(*SIZE)
    return first, other


def second(rig):
    """Each window shows its display, pixel for pixel, also after a break."""
    server, browser, window = start_desktop(rig, "--heads", "2")
    wait_equal(rig, browser, "the first display is the guest's, pixel for pixel")
    first, other = open_second(browser)
    wait_state(browser, "connected")
    check("second display" in browser.run("document.title"), "the window says which display it is")
    wait_equal(rig, browser, "so is the second one")
    rig.xdo("windowmove", window, 300, 120)
    wait_equal(rig, browser, "when a window has moved, too")
    wait_for(lambda: rig.status()["displays"][1]["tiles"] > 0 and
             rig.status()["displays"][1]["exact"], 20, "tiles of the second display")
    check(True, "lossless tiles of the second display were acknowledged")
    browser.session = first
    wait_equal(rig, browser, "and the first")
    server.refusing = True
    server.cut()
    browser.session = other
    wait_state(browser, "lost")
    check("broke" in browser.run("document.getElementById('what').innerText"),
          "a break is to be seen in both windows")
    server.refusing = False
    browser.session = first
    browser.run("dispatchEvent(new Event('online'))")
    wait_state(browser, "connected")
    rig.xdo("windowmove", window, 100, 60)
    wait_equal(rig, browser, "the first display is back")
    browser.session = other
    wait_state(browser, "connected")
    wait_equal(rig, browser, "and the second one")
    check(not browser.problems(), "no script failed and the policy blocked nothing")


def second_hands(rig):
    """Keys and the pointer of the second window; its size, and its end."""
    _, browser, _ = start_desktop(rig, "--heads", "2")
    browser.run("document.getElementById('second').click()")  # no hand did that
    wait_for(lambda: "opens no window" in browser.run("document.getElementById('note').innerText"),
             20, "that the browser opens no window")
    check(not pressed(browser), "a browser that opens no window is named")
    first, other = open_second(browser)
    wait_state(browser, "connected")
    wait_for(lambda: sizes(rig)[-2:] == [("0", "2", "%dx%d" % SIZE), ("1", "2", "%dx%d" % SIZE)],
             20, "both sizes")
    check(True, "the guest is told the sizes of both windows")
    browser.window(800, 500)
    wait_for(lambda: sizes(rig)[-1] == ("1", "2", "800x500"), 20, "another size")
    check(sizes(rig)[-2] == ("0", "2", "%dx%d" % SIZE), "the second one's has changed")
    browser.window(*SIZE)
    before = len(keys(rig))
    browser.press("KeyA")
    wait_keys(rig, before, ["1e down", "1e up"], "keys of the second window arrive")

    def said():
        return re.findall(r"^pointer (\d): (\d+),(\d+) buttons (\w+)$",
                          rig.read_log("server.log"), re.M)
    browser.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    browser.click(300, 200)
    wait_for(lambda: said()[-2:] == [("1", "300", "200", "1"), ("1", "300", "200", "0")], 10,
             "a click on the second display")
    check(True, "a click arrives on the second display")
    browser.session = first
    check(pressed(browser), "the menu says that the window is there")
    browser.call("Target.closeTarget", targetId=next(
        t["targetId"] for t in browser.call("Target.getTargets")["targetInfos"]
        if t["url"].endswith("/second.html")))
    wait_for(lambda: not pressed(browser), 20, "the menu says that the window is gone")
    wait_for(lambda: sizes(rig)[-1] == ("1", "2", "0x0") or
             sizes(rig)[-1] == ("0", "1", "%dx%d" % SIZE), 20, "a display that is off")
    check(True, "a window that is closed switches its display off")
    check(browser.state() == "connected" and not browser.problems(), "the session goes on")


if __name__ == "__main__":
    main({f.__name__.replace("_", "-"): f for f in (second, second_hands)}, __doc__)
