#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A tab that is open for long, in a real Chromium: what it keeps of what is over.

  long.py --build DIR --wasm FILE reconnects|scenes

OSVDI_LONG_COUNT: breaks of the network (200). OSVDI_LONG_MINUTES: of mixed scenes (30).
"""
import os
import time

from desk import check, main, memory_kb, start_desktop, wait_equal, wait_state
from harness import wait_for  # found by desk

# The first breaks fill caches of the browser's, which stay.
WARM = 20
HEAP_KB = 1000
RESIDENT_KB = 40000


def used_kb(rig, browser):
    """(the page's own heap, anonymous memory of all processes) without garbage, in kB."""
    browser.call("HeapProfiler.collectGarbage")
    heap = browser.call("Runtime.getHeapUsage")["usedSize"] // 1000
    return heap, sum(memory_kb(rig, "RssAnon"))


def judge(rig, browser, before, what):
    """Growth that stays, once the browser has had time to give back what it does not need."""
    seen = []

    def small():
        seen.append(used_kb(rig, browser))
        return seen[-1][0] - before[0] < HEAP_KB and seen[-1][1] - before[1] < RESIDENT_KB
    try:
        wait_for(small, 60, "memory that is given back", 2)
    finally:
        print(f"{what}: heap {before[0]} -> {seen[-1][0]} kB, "
              f"browser {before[1]} -> {seen[-1][1]} kB")
    check(True, "the tab has not grown")


def reconnects(rig):
    """Breaks of the network leave nothing behind."""
    count = int(os.environ.get("OSVDI_LONG_COUNT", "200"))
    server, browser, _ = start_desktop(rig)
    wait_equal(rig, browser, "a picture")
    before, took = None, []
    for n in range(count):
        if n == WARM:
            before = used_kb(rig, browser)
        server.refusing = True
        server.cut()
        wait_state(browser, "lost")
        server.refusing = False
        began = time.monotonic()
        browser.run("dispatchEvent(new Event('online'))")
        wait_state(browser, "connected")
        took.append(time.monotonic() - began)
    took.sort()
    print(f"{count} breaks; from the network to the desktop p50 {took[len(took) // 2]:.2f} s, "
          f"max {took[-1]:.2f} s")
    wait_equal(rig, browser, "the picture is the guest's, pixel for pixel")
    judge(rig, browser, before, f"{count - WARM} breaks")
    check(not browser.problems(), "no script failed")


def scenes(rig):
    """Windows that move, come, go and change the picture's size."""
    end = time.monotonic() + 60 * float(os.environ.get("OSVDI_LONG_MINUTES", "30"))
    _, browser, window = start_desktop(rig)
    wait_equal(rig, browser, "a picture")
    before, rounds = None, 0
    while time.monotonic() < end:
        for step in range(40):
            rig.xdo("windowmove", window, 60 + 15 * step, 40 + 7 * (step % 20))
        rig.xdo("windowminimize", window)
        rig.xdo("windowmap", window)
        browser.press("KeyA", "F11")
        browser.mouse("mouseMoved", 300 + rounds % 100, 300)
        rounds += 1
        if rounds == WARM:
            before = used_kb(rig, browser)
    wait_equal(rig, browser, f"{rounds} rounds later the picture is the guest's, pixel for pixel")
    judge(rig, browser, before, f"{rounds - WARM} rounds")
    check(not browser.problems(), "no script failed")


if __name__ == "__main__":
    main({"reconnects": reconnects, "scenes": scenes}, __doc__)
