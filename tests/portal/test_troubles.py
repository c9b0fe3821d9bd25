#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A cloud that fails in the middle: a clear page each time, and nothing is lost.
usage: test_troubles.py PORTAL [TEST...]"""
import contextlib

from portal import OFF, Browser, Portal, check, cloud, run, statecloud, wait_for


def cloud_of(**scenario):
    return contextlib.closing(cloud(**scenario))


def ail(c, *rules):
    """From now on requests that fit go wrong; without rules the cloud is well again."""
    with c.changed:
        c.rules = [statecloud.Rule(rule) for rule in rules]


def says_cloud_is_down(page):
    return page.status == 502 and "The cloud does not answer as it should" in page.words


def test_keystone_down(program):
    """At the login: no session begins, and the same form serves when Keystone is back."""
    with cloud_of() as c, Portal(program, c) as portal:
        browser = Browser(portal)
        for name, rule in {"an error": {"status": 503}, "a proxy's page": {
                "status": 200, "text": "<h1>hello</h1>"}, "no answer": {"reset": True}}.items():
            ail(c, {"path": "auth/tokens", **rule})
            check(says_cloud_is_down(browser.log_in()), name)
            check(browser.get("/desktops").path == "/login", "nobody is logged in")
        ail(c)
        check(browser.log_in().path == "/desktops", "the login works when Keystone is back")


def test_nova_down(program):
    """In the list: the login stays, and the list comes back."""
    with cloud_of() as c, Portal(program, c) as portal:
        browser = Browser(portal)
        browser.log_in()
        for name, rule in {"an error": {"status": 500}, "no answer": {"reset": True},
                           "half an answer": {"status": 200, "text": '{"servers": [{"id":'}
                           }.items():
            ail(c, {"path": "servers", **rule})
            page = browser.get("/desktops")
            check(says_cloud_is_down(page) and "127.0.0.1" not in page.text, name)
        ail(c)
        check("desk0" in browser.get("/desktops").words, "the list is there again")


def test_nova_restarts(program):
    """While a desktop is woken: the page waits, and the desktop opens in the end."""
    with cloud_of(servers=[OFF], verb_s=None) as c, Portal(program, c) as portal:
        browser = Browser(portal)
        browser.log_in()
        desk = browser.desktop("desk0")
        browser.submit(f"/desktop/{desk}/open")
        wait_for(lambda: c.running, 20, "the desktop is woken")
        ail(c, {"path": "servers", "status": 503, "times": 2})
        wait_for(lambda: not c.rules[0].left, 20, "Nova has failed twice")
        c.finish(desk)
        page = browser.until_done()
        check("url=/task/" in page.headers.get("refresh", ""), f"it opens: {page.words}")


def test_token_gone(program):
    """The cloud forgets a login before its time: the page says so, and leads to the login."""
    with cloud_of() as c, Portal(program, c) as portal:
        browser = Browser(portal)
        browser.log_in()
        ail(c, {"path": "servers", "status": 401})
        page = browser.get("/desktops")
        check(page.status == 403 and "does not allow this" in page.words,
              "a service alone that takes nobody ends no login")
        ail(c, {"path": "servers", "status": 401}, {"path": "/v3", "status": 401})
        page = browser.get("/desktops")
        check(page.status == 403 and "Your login has ended" in page.words, "the page says so")
        check(browser.get("/").path == "/login", "and leads to the login")
        check(len(portal.noted("session-ended")) == 1, "the record says so")
        ail(c)
        check("desk0" in browser.log_in().words, "a new login has the desktops")


def test_token_ends(program):
    """A login that ends while a desktop is woken: the desktop goes on."""
    with cloud_of(servers=[OFF], verb_s=None, token_life=4) as c, Portal(program, c) as portal:
        browser = Browser(portal)
        browser.log_in()
        desk = browser.desktop("desk0")
        browser.submit(f"/desktop/{desk}/open")
        task = browser.page.path
        wait_for(lambda: c.running, 20, "the desktop is woken")
        portal.noted("session-ended")
        check(browser.get(task).path == "/login", "the page that waited leads to the login")
        c.finish(desk)
        check("Runs" in browser.log_in().words, "the desktop was woken all the same")


run(globals(), __doc__)
