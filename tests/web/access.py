#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether everybody can use the page: names, headings, contrast, small windows and the keyboard,
in a real Chromium, light and dark, English and German.

  access.py --build DIR --wasm FILE english|german
"""
import os

from browser import Browser, PageServer
from desk import check, main, wait_state
from harness import free_port, wait_for  # found by desk
from judge import look, walk


def keep(rig, browser, name):
    """A picture of each state to look at, where somebody wants one."""
    folder = os.environ.get("OSVDI_SCREENSHOTS")
    if folder:
        with open(os.path.join(folder, f"{name}.png"), "wb") as f:
            f.write(browser.png())


def state(rig, browser, name):
    look(browser, name)
    for width, height, kind in ((1100, 700, "large"), (390, 780, "small")):
        browser.window(width, height, mobile=kind == "small")
        keep(rig, browser, f"{name}-{kind}".replace(" ", "-"))
    browser.window(1100, 700)


def tour(rig, language):
    with open(rig.file("secret"), "w") as f:
        f.write("good word\n")
    _, port = rig.serve("-s", "pattern:idle", "-S", "800x600", "-o", "encoder=x264", "--heads", "2",
                        "--password-file", rig.file("secret"))
    server = PageServer(port, rig.wasm)
    browser = Browser(rig, language=language)
    browser.window(1100, 700)
    browser.open(f"http://localhost:{server.port}/index.html?port={free_port()}")
    wait_state(browser, "failed")
    check(browser.run("document.documentElement.lang") == language, "the language: " + language)
    state(rig, browser, "a desktop that is not there")
    browser.click(2, 2)  # Tab begins there
    walk(browser, "a desktop that is not there")
    browser.open(f"http://localhost:{server.port}/index.html")
    wait_state(browser, "password")
    state(rig, browser, "the password")
    browser.click(2, 2)
    walk(browser, "the password")
    browser.run("document.getElementById('password').focus()")
    browser.call("Input.insertText", text="good word")
    browser.run("document.querySelector('#login button').click()")
    wait_state(browser, "connected")
    look(browser, "the desktop")
    for what in ("key-bar", "statistics"):
        browser.run(f"document.getElementById('{what}').click()")
    wait_for(lambda: browser.run("document.getElementById('figures').innerText"), 20, "figures")
    browser.run("document.getElementById('text-field').click()")
    browser.call("Input.insertText", text="日本")  # which the desktop cannot take
    wait_for(lambda: browser.run("document.getElementById('note').innerText"), 20, "a note")
    browser.run("document.getElementById('menu').open = true")
    state(rig, browser, "the menu, the bar and a note")
    server.refusing = True
    server.cut()
    wait_state(browser, "lost")
    state(rig, browser, "a connection that broke")
    check(not browser.problems(), "no script failed")


if __name__ == "__main__":
    main({"english": lambda rig: tour(rig, "en"), "german": lambda rig: tour(rig, "de")},
         __doc__)
