#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""From the portal's file through osvdi-gateway to a desktop that is a script.
usage: test_gateway.py PORTAL GATEWAY [TEST...]"""
import contextlib
import os
import sys
import tempfile

from portal import HERE, SESSION, Browser, Portal, check, cloud, run, wait_for

sys.path.insert(0, os.path.join(HERE, "..", "gateway"))
from gate import DISPLAY, Desktop, Gate, link_raw  # noqa: E402

GATEWAY = sys.argv.pop(2)


@contextlib.contextmanager
def everything(program, gateway="plain=true", admin=True, page=None, **scenario):
    """(browser that is logged in, gate, desktop)"""
    desktop = Desktop()
    direct = {"host": "127.0.0.1", "port": desktop.port, "tls_port": None}
    with Gate(GATEWAY) as gate, contextlib.closing(cloud(**{"direct": direct, **scenario})) as c:
        with open(gate.key_file) as f:
            keys = f.read()
        if admin:
            gateway += f"\nadmin=unix:{gate.admin_path}"
        settings = {"page": page} if page else {}
        with Portal(program, c, keys=keys, gateway=gateway, **settings) as portal:
            browser = Browser(portal)
            browser.log_in()
            yield browser, gate, desktop
    desktop.close()


def ticket_of(vv):
    return vv["virt-viewer"]["proxy"].split(":", 2)[2].split("@")[0]


def test_stock(program):
    """remote-viewer's way: CONNECT to the desktop's id."""
    with everything(program) as (browser, gate, desktop):
        vv = browser.file("desk0")
        s = gate.connect(ticket_of(vv), host=vv["virt-viewer"]["host"])
        check(link_raw(s) == 0, "the desktop answers through the gateway")
        check(desktop.links, "and was reached")
        opened = gate.noted("opened")[0]
        noted = browser.portal.noted("ticket")[0]
        check(opened["session"] == noted["session"] and opened["user"] == "alice" == noted["user"],
              "both records name the same session and user")


def test_web(program):
    """osvdi-viewer's way."""
    with everything(program) as (browser, gate, desktop):
        check(gate.web(ticket_of(browser.file("desk0"))).link() == 0,
              "the desktop answers through a WebSocket")


def test_here(program):
    """The page in the browser: its ticket is good beside this browser's cookie alone."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        os.mkdir(os.path.join(folder, "src"))
        with open(os.path.join(folder, "index.html"), "w") as f:
            f.write("page")
        browser, gate, _ = stack.enter_context(everything(program, page=folder))
        desk = browser.desktop("desk0")
        ask = f"/desktop/{desk}/ticket"
        wait_for(lambda: browser.post(ask, {"a": ""}).status == 200, 20, "a ticket")
        ticket = browser.page.text.removeprefix("ticket=")
        mine = f"{SESSION}={browser.cookies[SESSION]}"
        other = Browser(browser.portal)
        other.log_in()
        for name, cookie in {"no cookie": None, "another login's": other.cookies[SESSION],
                             "another name's": "x" + browser.cookies[SESSION]}.items():
            headers = [f"Cookie: {SESSION}={cookie}"] if cookie else []
            check(gate.ask_web(ticket, headers=headers)[0] == 403, name)
        check(gate.ask_connect(ticket, host=desk)[0] == 403, "no viewer either")
        check(len(gate.audit("refused", reason="browser")) == 4, "the record says why")
        check(gate.web(ticket, headers=[f"Cookie: a=b; {mine}"]).link() == 0,
              "the browser that asked")


def test_channels(program):
    with everything(program, gateway="plain=true\nchannels=main,inputs") as (browser, gate, _):
        ticket = ticket_of(browser.file("desk0"))
        check(gate.web(ticket).link() == 0, "a channel that is allowed")
        check(gate.web(ticket).link(DISPLAY, 1) != 0, "one that is not")


def test_takeover(program):
    """A second file takes the session over."""
    with everything(program) as (browser, gate, desktop):
        first = gate.web(ticket_of(browser.file("desk0")))
        first.link()
        browser.get("/desktops")
        second = gate.web(ticket_of(browser.file("desk0")))
        second.link()
        check(first.close_code() == 4001, "the first session ends with 4001")


def test_logout(program):
    """Ends what was opened, for good; another user's session goes on."""
    servers = [{}, {"name": "bobs", "user_id": "u-bob"}]
    with everything(program, servers=servers) as (browser, gate, desktop):
        ticket = ticket_of(browser.file("desk0"))
        mine = gate.web(ticket)
        mine.link()
        bob = Browser(browser.portal)
        bob.log_in("bob", "a-word-of-his")
        other = gate.web(ticket_of(bob.file("bobs")))
        other.link()
        browser.get("/desktops")
        browser.submit("/logout")
        check(mine.close_code() == 4003, "the open session ends with 4003")
        check(gate.ask_web(ticket)[0] == 403, "its ticket lets nobody in again")
        other.send(b"still here")
        check(other.data(10) == b"still here", "another user's session goes on")


def test_no_gateway(program):
    """A gateway that is not there is named in the log, and holds up nobody."""
    with everything(program, admin=False,
                    gateway="plain=true\nadmin=unix:/nowhere/admin") as (browser, _, _):
        browser.file("desk0")
        browser.get("/desktops")
        check(browser.submit("/logout").path == "/login", "logged out")
        wait_for(lambda: "/nowhere/admin" in browser.portal.read("log"), 10,
                 "the log names the gateway")


run(globals(), __doc__)
