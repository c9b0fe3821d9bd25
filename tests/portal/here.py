#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Desktops in the browser: a real Chromium at the portal, behind the shipped HAProxy files,
judged by its pixels and words.

  here.py --build DIR --wasm FILE TEST
"""
import base64
import contextlib
import hashlib
import os
import subprocess
import sys

from portal import HERE, Portal, cloud
from ports import free_port

sys.path[:0] = [os.path.join(HERE, "..", name) for name in ("gateway", "web")]
from browser import Browser, page_folder  # noqa: E402
from desk import SIZE, check, main, wait_equal, wait_for, wait_says, wait_state, \
    window_on  # noqa: E402
from test_haproxy import Front  # noqa: E402


def key_digest(certificate):
    """How Chromium's option names a key that it is to trust."""
    key = subprocess.run(["openssl", "x509", "-in", certificate, "-pubkey", "-noout"], check=True,
                         capture_output=True).stdout
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "der"], input=key, check=True,
                         capture_output=True).stdout
    return base64.b64encode(hashlib.sha256(der).digest()).decode()


@contextlib.contextmanager
def everything(rig, port, **scenario):
    """(portal, front, a browser at the login)"""
    direct = {"host": "127.0.0.1", "port": port, "tls_port": None}
    place = free_port()
    with Front(rig.path("gateway", "osvdi-gateway"), portal=place) as front, \
            contextlib.closing(cloud(direct=direct, **scenario)) as c:
        gate = front.gates[0]
        with open(gate.key_file) as f:
            keys = f.read()
        with Portal(rig.path("portal", "osvdi-portal"), c, keys=keys, port=place,
                    gateway=f"plain=true\nadmin=unix:{gate.admin_path}", origin=front.origin,
                    proxies="127.0.0.1", page=page_folder(rig, rig.wasm)) as portal:
            browser = Browser(rig, "--ignore-certificate-errors-spki-list=" +
                              key_digest(front.file("cert.pem")))
            browser.window(*SIZE)
            browser.open(front.origin + "/login")
            yield portal, front, browser


def wait_path(browser, path):
    wait_for(lambda: browser.run("document.readyState === 'complete' && location.pathname") == path,
             20, path)


def submit(browser, action, **fields):
    """Send a form of the page, filled in."""
    for name, value in fields.items():
        browser.run(f"document.querySelector('form[action=\"{action}\"] input[name={name}]')"
                    f".value = '{value}'")
    browser.run(f"document.querySelector('form[action$=\"{action}\"]').requestSubmit()")


def log_in(browser):
    wait_path(browser, "/login")
    submit(browser, "/login", name="alice", secret="a-word-of-hers")
    wait_path(browser, "/desktops")


def open_here(browser):
    log_in(browser)
    submit(browser, "/here")
    wait_state(browser, "connected")


def secrets_in(browser):
    """The address, the history, and what the page has kept."""
    return browser.run("location.href + JSON.stringify([localStorage, sessionStorage, "
                       "history.state, document.cookie, document.referrer])")


def pixels(rig):
    """A desktop that is off is woken, and shown pixel for pixel; no address holds a ticket."""
    rig.start_x()
    window_on(rig)
    _, port = rig.serve("-s", "x11:" + rig.env["DISPLAY"], "-o", "encoder=x264", "--status", "1")
    off = {"status": "SHUTOFF", "OS-EXT-STS:power_state": 4}
    with everything(rig, port, servers=[off]) as (portal, front, browser):
        open_here(browser)
        wait_equal(rig, browser, "the picture is the guest's, pixel for pixel")
        check(browser.run("performance.getEntriesByType('navigation')[0].nextHopProtocol") == "h2",
              "the page came by HTTP/2")
        check("osvdi1." not in secrets_in(browser) + front.read_log() + portal.read("log") +
              portal.read("audit"), "the ticket is in no address, store or log")
        check(portal.noted("ticket")[0]["session"] == front.gates[0].noted("opened")[0]["session"],
              "both records name the same session")
        check(not browser.problems(), "no script failed and the policy blocked nothing")


def ends(rig):
    """A session that ends leads back by a new ticket, for as long as the login lasts."""
    _, port = rig.serve("-s", "pattern:idle", "-S", "800x600", "-o", "encoder=x264", "--status",
                        "1")
    with everything(rig, port) as (portal, front, browser):
        open_here(browser)
        front.gates[0].admin("revoke", "session", portal.noted("ticket")[0]["session"])
        wait_state(browser, "failed")
        wait_says(browser, "This session was ended by who runs the gateway")
        browser.run("document.getElementById('again').click()")
        wait_state(browser, "connected")
        check(len(portal.noted("ticket")) == 2, "a new ticket opens the desktop again")
        # The same browser's second tab.
        csrf = browser.run("fetch('/desktops').then((r) => r.text()).then((t) => "
                           "new DOMParser().parseFromString(t, 'text/html')"
                           ".querySelector('form[action=\"/logout\"] input').value)")
        browser.run("fetch('/logout', {method: 'POST', body: "
                    f"new URLSearchParams({{csrf: '{csrf}'}})}}).then((r) => r.status)")
        wait_for(lambda: browser.state() == "failed", 2, "the picture goes")
        check(True, "logging out ends the picture within two seconds")
        browser.run("document.getElementById('again').click()")
        wait_says(browser, "You are not logged in any more")
        check(browser.run("document.getElementById('back').getClientRects().length") == 1,
              "the page shows the way to the list")
        browser.run("document.getElementById('back').click()")
        wait_path(browser, "/login")


if __name__ == "__main__":
    main({"pixels": pixels, "ends": ends}, __doc__)
