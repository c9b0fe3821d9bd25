#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""How a session begins and ends in a real Chromium: passwords, tickets, breaks, takeovers.

  ways.py --build DIR --wasm FILE TEST
"""
from browser import Browser, PageServer
from desk import SIZE, check, keys, main, start, start_desktop, start_pattern, wait_equal, \
    wait_says, wait_state
from harness import free_port, wait_for  # found by browser
from wsproxy import server_tls

CONNECTIONS = 6  # of a session: four channels, the port, and the witness


def tls(rig):
    """By https, with a certificate that the browser was told to take."""
    context, _ = server_tls(rig.dir)
    _, port = rig.serve("-s", "pattern:idle", "-S", "800x600", "-o", "encoder=x264")
    server = PageServer(port, rig.wasm, ["secret"], context)
    browser = Browser(rig, "--ignore-certificate-errors")
    browser.window(*SIZE)
    browser.open(f"https://localhost:{server.port}/index.html?token=secret")
    wait_state(browser, "connected")
    cookie = browser.call("Network.getCookies")["cookies"][0]
    check(cookie["secure"] and cookie["sameSite"] == "Strict",
          "the cookie goes by https only, and to no other site's page")
    browser.open(f"https://localhost:{server.port}/index.html?port={free_port()}")
    wait_for(lambda: "does not trust the certificate" in browser.says(), 20,
             "the certificate as a possible cause")
    check(True, "the certificate is named as a possible cause")


def grey(browser):
    """Whether the picture has no colour, and is no single colour."""
    width, height, p = browser.pixels()
    rows = [p[y * width * 4:(y + 1) * width * 4] for y in range(40, height, 40)]
    return all(max(abs(b - g), abs(g - r)) <= 2 for row in rows[-4:] for b, g, r in
               zip(row[0:800:4], row[1:800:4], row[2:800:4])) and len(set(p[4::4096])) > 3


def reconnect(rig):
    """A network that breaks: the last picture in grey, then the desktop again."""
    server, browser, _ = start_desktop(rig)
    wait_equal(rig, browser, "a picture")
    check(not grey(browser), "it has colours")
    for _ in range(3):
        server.refusing = True
        server.cut()
        wait_state(browser, "lost")
        check("Trying again" in browser.says(), "the page says that it tries again")
        wait_for(lambda: grey(browser), 10, "the last picture in grey")
        server.refusing = False
        browser.run("dispatchEvent(new Event('online'))")
        wait_state(browser, "connected")
        wait_equal(rig, browser, "the picture is back, pixel for pixel")
    channels = server.connections
    for _ in range(3):
        server.cut()  # a proxy that starts afresh
        wait_state(browser, "lost")
        wait_state(browser, "connected")
        channels = wait_for(lambda: server.connections >= channels + CONNECTIONS and
                            server.connections, 20, "a new witness")
    check(True, "no proxy that starts afresh is taken for another viewer")
    check(not browser.problems(), "no script failed")


def password(rig):
    """Asked for, wrong, right; in the address line no longer than it takes to read."""
    with open(rig.file("secret"), "w") as f:
        f.write("good word\n")
    server, browser = start_pattern(rig, "--password-file", rig.file("secret"))
    wait_state(browser, "password")
    check("wants a password" in browser.says() and "not right" not in browser.says(),
          "it is asked for")

    def give(word):
        browser.run("document.getElementById('password').focus()")
        browser.call("Input.insertText", text=word)
        browser.run("document.querySelector('#login button').click()")
    give("bad")
    wait_says(browser, "This password is not right")
    give("good word")
    wait_state(browser, "connected")
    check(True, "the right one opens the desktop")
    browser.open(f"http://localhost:{server.port}/index.html?title=Desk&password=good+word")
    wait_for(lambda: browser.run("document.title") == "Desk", 20, "the page again")
    wait_state(browser, "connected")
    check(browser.run("location.href").endswith("/index.html?title=Desk"),
          "the password has left the address line")
    check(not any("good" in path for path in server.paths), "and was in no address of a WebSocket")


def token(rig):
    """As a console of Nova: the token of the address becomes a cookie for the proxy."""
    server, browser = start_pattern(rig, query="?token=8a1f0b2c-0000", tokens=["8a1f0b2c-0000"])
    wait_state(browser, "connected")
    check(all("token=8a1f0b2c-0000" in h.get("cookie", "") for h in server.headers),
          "each channel brings the cookie")
    check("8a1f" not in browser.run("location.href") and not any("8a1f" in p for p in server.paths),
          "the token is in no other address")
    server.tokens = {"another"}
    browser.open(f"http://localhost:{server.port}/index.html?token=expired")
    wait_state(browser, "failed")
    wait_says(browser, "The address has expired")


def takeover(rig):
    """Who opens a desktop elsewhere keeps it, until its user takes it back."""
    server, browser = start_pattern(rig)
    wait_state(browser, "connected")
    other = Browser(rig, f"--user-data-dir={rig.file('chromium-2')}")
    other.window(*SIZE)
    other.open(f"http://localhost:{server.port}/index.html")
    wait_state(other, "connected")
    wait_state(browser, "taken")
    check("was opened elsewhere" in browser.says(), "the first page says so")
    before = server.connections
    other.press("KeyQ")
    wait_for(lambda: "10 up" in keys(rig), 10, "a key")
    check(browser.state() == "taken" and other.state() == "connected" and
          server.connections == before,
          "and does not fight for it")
    browser.run("document.getElementById('again').click()")
    wait_state(browser, "connected")
    wait_state(other, "taken")
    check(True, "its button takes the desktop back")


def unwitnessed(rig):
    """Where nobody knows why a session ended, two pages do not throw each other out for ever."""
    server, browser = start_pattern(rig)
    server.more["src/witness.js"] = 'Witness.prototype.state = () => "none";\n'
    browser.open(f"http://localhost:{server.port}/index.html?again")
    wait_for(lambda: browser.run("location.search") == "?again" and browser.state() == "connected",
             20, "the first page")
    other = Browser(rig, f"--user-data-dir={rig.file('chromium-2')}")
    other.window(*SIZE)
    other.open(f"http://localhost:{server.port}/index.html")
    # A page that was thrown out before it had the desktop does not come back by itself.
    wait_for(lambda: {browser.state(), other.state()} in ({"connected", "taken"},
                                                         {"connected", "failed"}), 40,
             lambda: f"one has the desktop, the other rests: {browser.state()}, {other.state()}")
    before = server.connections
    (browser if browser.state() == "connected" else other).press("KeyQ")
    wait_for(lambda: "10 up" in keys(rig), 10, "a key")
    check(server.connections == before, "one has the desktop, the other rests")


def leave(rig):
    """The menu's end of a session, and the way back."""
    _, browser = start_pattern(rig)
    wait_state(browser, "connected")
    browser.run("document.getElementById('disconnect').click()")
    wait_state(browser, "ended")
    wait_for(lambda: rig.status()["viewers"] == 0, 20, "the server's last viewer goes")
    check("goes on running" in browser.says(), "the session ends, the desktop goes on")
    browser.run("document.getElementById('again').click()")
    wait_state(browser, "connected")
    check(True, "and is there again")


def nobody(rig):
    """No server, a server that hangs up."""
    server, browser = start(rig, free_port())
    wait_state(browser, "failed")
    wait_says(browser, "The server hung up")
    port = free_port()
    browser.open(f"http://localhost:{server.port}/index.html?host=localhost&port={port}")
    wait_for(lambda: str(port) in browser.says(), 20, "the other address")
    wait_state(browser, "failed")
    wait_says(browser, "Nothing answers there")
    browser.run("document.getElementById('again').click()")
    wait_state(browser, "failed")
    check(True, "and the button tries again")


if __name__ == "__main__":
    main({f.__name__.replace("_", "-"): f for f in (
        tls, reconnect, password, token, takeover, unwitnessed, leave, nobody)}, __doc__)
