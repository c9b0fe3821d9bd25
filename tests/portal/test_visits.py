#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The steps of people at the portal, without scripts, against a cloud that remembers.
usage: test_visits.py PORTAL [TEST...]"""
import configparser

from portal import OFF, ORIGIN, SESSION, Browser, Portal, check, cloud, run, wait_for


def test_open(program):
    """From the name to the connection file; a desktop that sleeps is woken."""
    with cloud_of(servers=[OFF]) as c, Portal(program, c) as portal:
        browser = Browser(portal)
        page = browser.log_in()
        check(page.path == "/desktops" and page.status == 200,
              "a login leads to the desktops of the only project")
        check("desk0" in page.words and "Is off" in page.words,
              "the list shows the desktop and its state")
        browser.submit(f"/desktop/{browser.desktop('desk0')}/open")
        check("desk0 is being made ready" in browser.page.words, "waking shows a page that waits")
        page = browser.until_done()
        check("url=/task/" in page.headers["refresh"], "the file comes by itself")
        file = browser.get(page.headers["refresh"].split("url=")[1])
        check(file.headers["content-type"] == "application/x-virt-viewer",
              "the type of connection files")
        check("attachment" in file.headers["content-disposition"], "it is saved, not shown")
        vv = configparser.ConfigParser(interpolation=None)
        vv.read_string(file.text)
        ticket = vv["virt-viewer"]["proxy"].split(":", 2)[2].split("@")[0]
        check(ticket.startswith("osvdi1.k1."), "a ticket of the gateway's is in it")
        check(vv["osvdi"]["url"] == f"spice+wss://t:{ticket}@desktops.example/gw",
              "osvdi-viewer comes by WebSocket")
        check(vv["virt-viewer"]["host"] == vv["osvdi"]["server-uuid"],
              "the host is the desktop, not the compute")
        check("10.1.2.3" not in file.text, "the compute's address stays inside")
        check(vv["virt-viewer"]["delete-this-file"] == "1", "viewers delete the file")
        line = portal.noted("ticket")[0]
        check(line["user"] == "alice" and line["client"] == "127.0.0.1" and
              len(line["session"]) == 32,
              "the record says who, from where, which session")
        check(ticket not in portal.read("audit") + portal.read("log"), "and holds no ticket")


def test_refused(program):
    with cloud_of() as c, Portal(program, c) as portal:
        browser = Browser(portal)
        page = browser.log_in(secret="wrong")
        check(page.status == 403 and "The name or the password is wrong" in page.words,
              "a wrong password")
        check(SESSION not in browser.cookies, "is no login")
        check("wrong" not in portal.read("log") + portal.read("audit"), "and in no log")
        check(portal.noted("login-refused")[0]["user"] == "alice", "the record says so")
        check(browser.log_in().path == "/desktops", "the right one is")


def test_passcode(program):
    """Two steps; the cookie of the first opens nothing, and is another one after the second."""
    with cloud_of(totp={"alice": "123456"}) as c, Portal(program, c) as portal:
        browser = Browser(portal)
        page = browser.log_in()
        check(page.path == "/passcode", "Keystone wants a code")
        first = browser.cookies[SESSION]
        check(browser.get("/desktops").path == "/passcode", "the first step opens no desktops")
        browser.get("/passcode")
        page = browser.submit("/passcode", passcode="000000")
        check(page.status == 403 and "not taken" in page.words, "a wrong code")
        page = browser.submit("/passcode", passcode="123456")
        check(page.path == "/desktops", "the right one")
        check(browser.cookies[SESSION] != first, "a new cookie")
        old = Browser(portal)
        old.cookies[SESSION] = first
        check(old.get("/desktops").path == "/login", "the old one is nobody")


def test_credential(program):
    with cloud_of() as c, Portal(program, c) as portal:
        browser = Browser(portal)
        browser.get("/login")
        page = browser.submit("/login", number=1, name="0123abcd", secret="good")
        check(page.path == "/desktops", "an application credential brings its project")


def test_projects(program):
    projects = [{"id": "p1", "name": "Physik <b>"}, {"id": "p2", "name": "Chemie"}]
    with cloud_of(projects=projects) as c, Portal(program, c) as portal:
        browser = Browser(portal, language="de-AT,en;q=0.5")
        page = browser.log_in()
        check(page.path == "/projects" and "Projekt wählen" in page.words,
              "who has two projects chooses, in German")
        check("<b>" not in page.text and "Physik &lt;b&gt;" in page.text, "names are text")
        page = browser.submit("/project", number=1, project="p1")
        check(page.path == "/desktops" and "Projekt: Physik <b>" in page.words, "and is in it")
        check(len([x for x in c.requests("POST", "/auth/tokens") if "a-word-of-hers" in x]) == 1,
              "Keystone gets the password once")


def test_changes(program):
    with cloud_of() as c, Portal(program, c) as portal:
        browser = Browser(portal)
        browser.log_in()
        for verb, state in (("suspend", "Sleeps"), ("start", "Runs"), ("stop", "Is off"),
                            ("start", "Runs"), ("shelve", "Is put aside")):
            browser.get("/desktops")
            browser.submit(f"/desktop/{browser.desktop('desk0')}/{verb}")
            page = browser.until_done()
            check(page.path == "/desktops" and state in page.words, f"{verb}: {state}")
            check(portal.noted(verb), f"{verb} is in the record")


def test_pool(program):
    """A free desktop of a pool, opened and given back."""
    seat = {"name": "seat <1>", "user_id": "u-admin", "metadata": {"osvdi:pool": "Room & 7"}}
    taken = {**seat, "name": "seat 2", "tags": ["osvdi-user:u-bob"]}
    with cloud_of(servers=[seat, taken]) as c, Portal(program, c) as portal:
        browser = Browser(portal)
        page = browser.log_in()
        check("You have no desktop" in page.words and "Room & 7" in page.words and
              "1 free" in page.words,
              "a pool is shown")
        browser.submit("/pool")
        page = browser.until_done()
        check(page.path == "/desktops" and "seat <1>" in page.words and
              "You have one" in page.words,
              "its desktop is alice's")
        desk = browser.desktop("seat &lt;1&gt;")
        check(portal.noted("assign")[0]["pool"] == "Room & 7", "the record says so")
        browser.submit(f"/desktop/{desk}/open")
        check("url=" in browser.until_done().headers["refresh"], "it opens")
        browser.get("/desktops")
        browser.submit(f"/desktop/{desk}/release")
        check("1 free" in browser.until_done().words, "given back")
        token = browser.page.forms["/logout"][0]["csrf"]
        check(browser.post("/pool", {"csrf": token, "pool": "none"}).status in (200, 404),
              "a pool that is not there")
        check(browser.until_done().status == 404, "is said to be none")


def test_cancel(program):
    """Who logs out waits no more, and the cloud forgets the tokens."""
    with cloud_of(servers=[OFF], verb_s=None) as c, Portal(program, c) as portal:
        browser = Browser(portal)
        browser.log_in()
        browser.submit(f"/desktop/{browser.desktop('desk0')}/open")
        task = browser.page
        cookies = dict(browser.cookies)
        c.until(lambda: c.running)
        check(browser.submit("/logout").path == "/login", "logging out")
        browser.cookies = cookies
        check(browser.get(task.path).path == "/login", "ends the session at once")
        wait_for(lambda: len(c.revoked) == 2, 10, "both tokens are revoked")
        check(portal.noted("logout") and portal.noted("session-ended"), "and is in the record")


def test_language(program):
    with cloud_of() as c, Portal(program, c) as portal:
        browser = Browser(portal)
        check("Log in" in browser.get("/login").words, "English by the header")
        check("Anmelden" in browser.submit("/language").words, "German by the button")
        check("Anmelden" in browser.get("/login").words, "and from then on")


def cloud_of(**scenario):
    import contextlib
    return contextlib.closing(cloud(**scenario))


run(globals(), __doc__)
