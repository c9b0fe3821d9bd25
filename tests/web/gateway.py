#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The page through osvdi-gateway: a ticket, a takeover, a revocation.

  gateway.py --build DIR --wasm FILE TEST
"""
import os
import sys

from browser import HERE, Browser, PageServer
from desk import SIZE, check, main, wait_says, wait_state

sys.path.insert(0, os.path.join(HERE, "..", "gateway"))
from gate import Gate  # noqa: E402


def ticket(rig):
    """Each end of a session has its words, and its way back."""
    _, port = rig.serve("-s", "pattern:idle", "-S", "800x600", "-o", "encoder=x264",
                        "--status", "1")
    pages = PageServer(port, rig.wasm)
    with Gate(rig.path("gateway", "osvdi-gateway"),
              origins=f"http://localhost:{pages.port}") as gate:
        def open_page(browser, secret):
            browser.window(*SIZE)
            browser.open("about:blank")
            browser.open(f"http://localhost:{pages.port}/index.html?port={gate.port}&path=gw"
                         f"#ticket={secret}")
        browser = Browser(rig)
        open_page(browser, gate.ticket(port))
        wait_state(browser, "connected")
        check("ticket" not in browser.run("location.href"),
              "a ticket opens the desktop and leaves the address line")
        other = Browser(rig, f"--user-data-dir={rig.file('chromium-2')}")
        open_page(other, gate.ticket(port))
        wait_state(other, "connected")
        wait_state(browser, "taken")
        check(other.state() == "connected", "who opens it elsewhere keeps it")
        gate.admin("revoke", "user", "alice")
        wait_state(other, "failed")
        wait_says(other, "This session was ended by who runs the gateway")
        open_page(browser, "forged")
        wait_state(browser, "failed")
        wait_says(browser, "Nothing answers there")


if __name__ == "__main__":
    main({"ticket": ticket}, __doc__)
