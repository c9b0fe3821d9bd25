#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether everybody can use the portal's pages: names, headings, contrast, small windows and
the keyboard, in a real Chromium without scripts, light and dark, English and German.

  access.py PORTAL
"""
import contextlib
import subprocess
import sys

from portal import HERE, OFF, Portal, cloud, free_port, wait_for

sys.path.insert(0, HERE + "/../web")
from browser import Browser  # noqa: E402
from harness import Rig  # noqa: E402
from here import key_digest, submit  # noqa: E402
from judge import look, walk  # noqa: E402

def wait_page(browser, path, words=""):
    wait_for(lambda: browser.run("document.readyState === 'complete' && "
                                 f"location.pathname.startsWith('{path}') && "
                                 f"document.body.innerText.includes('{words}')"), 20,
             f"{path} {words}")


def tour(browser, portal):
    browser.open(portal.origin + "/login")
    wait_page(browser, "/login")
    if browser.run("document.documentElement.lang") != portal.language:
        browser.run("document.querySelector('form[action=\"/language\"] button').click()")
    wait_for(lambda: browser.run("document.readyState === 'complete' && "
                                 "document.documentElement.lang") == portal.language, 20,
             portal.language)
    look(browser, "the login")
    walk(browser, "the login", "skip")
    submit(browser, "/login", name="alice", secret="wrong")
    wait_page(browser, "/login", portal.words)
    look(browser, "a login that is refused")
    submit(browser, "/login", name="alice", secret="a-word-of-hers")
    wait_page(browser, "/passcode")
    look(browser, "the second factor")
    submit(browser, "/passcode", passcode="123456")
    wait_page(browser, "/projects")
    look(browser, "the projects")
    browser.run("document.querySelector('form[action=\"/project\"] button').click()")
    wait_page(browser, "/desktops")
    browser.run("document.querySelectorAll('details').forEach((e) => { e.open = true; })")
    look(browser, "the desktops")
    walk(browser, "the desktops", "skip")
    submit(browser, "/open")
    wait_page(browser, "/task/")
    look(browser, "a desktop that is woken")
    browser.open(portal.origin + "/nothing")
    wait_page(browser, "/nothing")
    look(browser, "a page that says what went wrong")


def certificate(portal_dir):
    key, cert = portal_dir + "/tls.key", portal_dir + "/tls.crt"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                    "-keyout", key, "-out", cert, "-subj", "/CN=127.0.0.1", "-addext",
                    "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    return key, cert


def main():
    pool = {"name": "seat", "user_id": "u-admin", "metadata": {"osvdi:pool": "Room 7"}}
    scenario = {"servers": [OFF, {**OFF, "name": "second"}, pool], "verb_s": None,
                "totp": {"alice": "123456"},
                "projects": [{"id": "p1", "name": "Physics"}, {"id": "p2", "name": "Chemistry"}]}
    for language, words in (("en", "is wrong"), ("de", "ist falsch")):
        with Rig(".") as rig, contextlib.closing(cloud(**scenario)) as c:
            key, cert = certificate(rig.dir)
            port = free_port()
            with Portal(sys.argv[1], c, port=port, origin=f"https://127.0.0.1:{port}",
                        tls_cert=cert, tls_key=key) as portal:
                portal.language, portal.words = language, words
                browser = Browser(rig, "--ignore-certificate-errors-spki-list=" + key_digest(cert))
                print("==", language)
                tour(browser, portal)


if __name__ == "__main__":
    main()
