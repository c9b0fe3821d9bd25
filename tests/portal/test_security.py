#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The attempts of an auditor at the portal. usage: test_security.py PORTAL [TEST...]"""
import contextlib
import gzip
import os
import re
import subprocess
import tempfile
import time

from portal import ORIGIN, SESSION, VISIT, Browser, Portal, check, cloud, run, wait_for


def cloud_of(**scenario):
    return contextlib.closing(cloud(**scenario))


def test_forms(program):
    """Forms from elsewhere, without a token, or with another browser's."""
    with cloud_of() as c, Portal(program, c) as portal:
        browser = Browser(portal)
        browser.get("/login")
        form = {**browser.page.forms["/login"][0], "name": "alice", "secret": "a-word-of-hers"}
        other = Browser(portal)
        other.get("/login")
        cases = {
            "another origin": dict(origin="https://evil.example"),
            "no origin": dict(origin=None),
            "the origin null": dict(origin="null"),
            "another site": dict(site="cross-site"),
            "another host of the site": dict(site="same-site"),
        }
        for name, case in cases.items():
            check(browser.post("/login", form, **case).status == 403, name)
        check(browser.post("/login", {**form, "csrf": ""}).status == 403, "no token")
        others = other.page.forms["/login"][0]["csrf"]
        check(browser.post("/login", {**form, "csrf": others}).status == 403,
              "another browser's token")
        check(not c.requests("auth/tokens"), "Keystone was not asked")
        check(browser.post("/login", form, origin=None, site="same-origin").path == "/desktops",
              "a browser that says the site, and no origin")
        token = browser.page.forms["/logout"][0]["csrf"]
        check(token != form["csrf"], "the token after the login is another one")
        check(browser.post("/logout", {"csrf": form["csrf"]}, follow=False).status == 403,
              "the one before does not serve")
        check(len(portal.audit("form-refused")) == 8, "all are in the record")


def test_methods(program):
    with cloud_of() as c, Portal(program, c) as portal:
        browser = Browser(portal)
        browser.log_in()
        desk = browser.desktop("desk0")
        for path in ("/logout", "/project", f"/desktop/{desk}/stop", f"/desktop/{desk}/open"):
            check(browser.get(path, follow=False).status == 405, f"GET {path} changes nothing")
        check(not c.requests("POST", "/action"), "Nova was not asked")
        check(browser.ask("DELETE", "/desktops").status in (404, 405), "no other method")
        for path in ("/desktop/../stop", "/desktop/%2e%2e/stop", "/desktops/", "//",
                     "/task/x/../y"):
            check(browser.get(path, follow=False).status in (404, 405), f"{path} is no page")
        reply = browser.ask("POST", "/logout", '{"csrf": 1}', Content_Type="application/json",
                            Origin=ORIGIN)
        check(reply.status == 403, "JSON is no form")
        reply = browser.ask("POST", "/login", "a=" + "x" * 20000, Origin=ORIGIN,
                            Content_Type="application/x-www-form-urlencoded")
        check(reply.status == 413, "a long form")


def test_headers(program):
    with cloud_of() as c, Portal(program, c) as portal:
        browser = Browser(portal)
        pages = [browser.get("/login"), browser.get("/nothing"), browser.log_in()]
        browser.submit(f"/desktop/{browser.desktop('desk0')}/open")
        done = browser.until_done()
        pages += [done, browser.get(done.headers["refresh"].split("url=")[1])]
        for page in pages:
            h = page.headers
            check("default-src 'none'" in h["content-security-policy"] and
                  "frame-ancestors 'none'" in h["content-security-policy"] and
                  "unsafe" not in h["content-security-policy"], f"{page.path}: the policy")
            check(h["cache-control"] == "no-store" and
                  h["x-content-type-options"] == "nosniff" and
                  h["referrer-policy"] == "same-origin" and
                  "max-age" in h["strict-transport-security"],
                  f"{page.path}: the other headers")
            check("<script" not in page.text and " style=" not in page.text and " on" not in
                  " ".join(re.findall(r"<[^>]*>", page.text)),
                  f"{page.path}: no script, no style inside")
        style = re.search(r'href="(/style/\w+)"', pages[0].text)[1]
        check("immutable" in browser.get(style).headers["cache-control"], "the style sheet stays")


def test_names(program):
    """Names that users choose are text, whatever they hold."""
    name = '"><script>alert(1)</script>\u202e&amp;\'\r\nSet-Cookie: a=b'
    with cloud_of(servers=[{"name": name}]) as c, Portal(program, c) as portal:
        browser = Browser(portal)
        page = browser.log_in()
        check("<script" not in page.text and "\u202e" not in page.text, "in the list")
        check("alert(1)" in page.words, "and it is shown")
        desk = re.search(r"/desktop/([\w-]+)/open", page.text)[1]
        browser.submit(f"/desktop/{desk}/open")
        done = browser.until_done()
        check("<script" not in done.text, "in the page that waits")
        file = browser.get(done.headers["refresh"].split("url=")[1])
        check("a" not in browser.cookies and
              file.headers["content-disposition"] == 'attachment; filename="desktop.vv"',
              "not in a header")
        check(len([x for x in file.text.splitlines() if x.startswith("title=")]) == 1 and
              "\nSet-Cookie" not in file.text, "one line of the file")


def test_rates(program):
    limits = "logins-per-name=3\nlogins-per-address=5"
    with cloud_of() as c, Portal(program, c, limits=limits, proxies="127.0.0.1") as portal:
        browser = Browser(portal)
        browser.headers["X-Forwarded-For"] = "192.0.2.1"
        for _ in range(3):
            check(browser.log_in(secret="x").status == 403, "a guess")
        page = browser.log_in()
        check(page.status == 429 and int(page.headers["retry-after"]) > 0,
              "the fourth is refused, even if right")
        check(len(c.requests("POST", "auth/tokens")) == 3, "before Keystone is asked")
        other = Browser(portal)
        other.headers["X-Forwarded-For"] = "192.0.2.2"
        check(other.log_in(name="ALICE").status == 429, "from anywhere, however it is written")
        check(other.log_in(name="bob", secret="a-word-of-his").path == "/desktops",
              "another user may come in")
        for i in range(4):
            other.cookies = {}
            other.headers["X-Forwarded-For"] = f"198.51.100.{i}, 192.0.2.2"
            other.log_in(name=f"u{i}", secret="x")
        check(other.page.status == 429, "an address that invents others is one address")
        check({x["client"] for x in portal.audit("login-rate")} == {"192.0.2.1", "192.0.2.2"},
              "the record names it")


def test_forwarded(program):
    """Without a proxy in the configuration nobody's word counts."""
    with cloud_of() as c, Portal(program, c) as portal:
        browser = Browser(portal)
        browser.headers["X-Forwarded-For"] = "192.0.2.1"
        browser.log_in()
        check(portal.noted("login")[0]["client"] == "127.0.0.1", "the peer is the client")


def test_sessions(program):
    with cloud_of() as c, Portal(program, c, limits="idle-seconds=2") as portal:
        browser = Browser(portal)
        browser.cookies[SESSION] = "A" * 43
        browser.log_in()
        check(browser.cookies[SESSION] != "A" * 43, "a cookie that somebody chose is not taken")
        check(browser.get("/desktops").path == "/desktops", "logged in")
        for name in (VISIT, SESSION):
            check(re.fullmatch(r"[\w-]{43}", browser.cookies.get(name, "x" * 43)),
                  f"{name} has 256 bits")
        portal.noted("session-ended")
        check(browser.get("/desktops").path == "/login", "an idle session ends by itself")


def test_others(program):
    """Nobody sees or touches what belongs to others."""
    servers = [{}, {"name": "bobs", "user_id": "u-bob"}]
    with cloud_of(servers=servers) as c, Portal(program, c) as portal:
        alice, bob = Browser(portal), Browser(portal)
        alice.log_in()
        bob.log_in("bob", "a-word-of-his")
        check("bobs" not in alice.page.words and "desk0" not in bob.page.words, "lists are apart")
        desk = bob.desktop("bobs")
        token = alice.page.forms["/logout"][0]["csrf"]
        alice.post(f"/desktop/{desk}/stop", {"csrf": token})
        page = alice.until_done()
        check(page.status in (403, 404), "another's desktop is not there")
        check(not c.requests("POST", "/action"), "and not stopped")
        bob.submit(f"/desktop/{desk}/open")
        done = bob.until_done()
        check(alice.get(done.path).status == 404, "another's task is not there")
        check(alice.get(done.path + "/desktop.vv").status == 404, "nor the file")
        check(bob.get(done.path + "/desktop.vv", Sec_Fetch_Site="cross-site").status == 404,
              "not for another site either")


def test_secrets(program):
    """Secrets are in no address, log, record or command line, and end with the login."""
    with cloud_of() as c, Portal(program, c) as portal:
        browser = Browser(portal)
        browser.get("/login")
        secrets = {"the cookie before": browser.cookies[VISIT],
                   "a form's token": browser.page.forms["/login"][0]["csrf"],
                   "a wrong password": "a-word-of-nobody", "the password": "a-word-of-hers"}
        browser.log_in(secret=secrets["a wrong password"])
        browser.log_in()
        secrets["the cookie"] = cookie = browser.cookies[SESSION]
        vv = browser.file("desk0")
        secrets["the ticket"] = vv["virt-viewer"]["proxy"].split(":", 2)[2].split("@")[0]
        browser.get("/desktops")
        browser.submit("/logout")
        wait_for(lambda: len(c.revoked) == 2, 10, "Keystone forgets both tokens")
        for i, token in enumerate(c.revoked):
            secrets[f"token {i} of Keystone"] = token
        check(len(secrets) > 6, "there is something to look for")
        with open(f"/proc/{portal.process.pid}/cmdline") as f:
            command = f.read()
        for name, secret in secrets.items():
            check(secret not in portal.read("log") + portal.read("audit") + command +
                  "".join(browser.asked), name + " is in none of them")
        browser.cookies[SESSION] = cookie
        check(browser.get("/desktops").path == "/login", "the cookie is worth nothing any more")


def test_tickets(program):
    """A ticket for the page in the browser: for our own page, and who is logged in."""
    with cloud_of() as c, tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "src"))
        for name in ("index.html", "src/page.js", "secret.txt"):
            with open(os.path.join(folder, name), "w") as f:
                f.write(name)
        with Portal(program, c, page=folder) as portal:
            browser = Browser(portal)
            browser.log_in()
            desk = browser.desktop("desk0")
            ask = f"/desktop/{desk}/ticket"
            for name, case in {"another origin": dict(origin="https://evil.example"),
                               "no origin": dict(origin=None),
                               "another site": dict(site="cross-site")}.items():
                check(browser.post(ask, {"a": ""}, **case).status == 403, name)
            check(browser.get(ask).status == 405, "not by GET")
            check(Browser(portal).post(ask, {"a": ""}).status == 403, "nobody without a login")
            check(not portal.audit("ticket"), "none was given")
            browser.get("/desktops")
            browser.submit(f"/desktop/{desk}/here", follow=False)
            page = browser.get(browser.page.headers["location"], follow=False)
            wait_for(lambda: browser.get(page.path, follow=False).status == 303, 20, "it is ready")
            place = browser.page.headers["location"]
            check("osvdi1." not in place and place.endswith("ticket-from=" + ask),
                  "the address of the page holds no ticket")
            reply = browser.post(ask, {"a": ""})
            check(reply.status == 200 and reply.text.startswith("ticket=osvdi1.k1.") and
                  reply.headers["cache-control"] == "no-store", "our own page gets one")
            packed = browser.get(place.split("?")[0], Accept_Encoding="br, GZIP;q=0.5")
            check(packed.headers["content-encoding"] == "gzip" and
                  gzip.decompress(packed.raw) == b"index.html" and
                  packed.headers["vary"] == "Accept-Encoding", "packed for who takes that")
            reply = browser.get(place.split("?")[0], Accept_Encoding="gzip;q=0.0, br")
            check("content-encoding" not in reply.headers, "and for nobody else")
            check(reply.text == "index.html" and
                  "frame-ancestors 'none'" in reply.headers["content-security-policy"] and
                  "connect-src 'self' wss://desktops.example;" in
                  reply.headers["content-security-policy"], "its policy names our host alone")
            check("microphone" not in reply.headers["permissions-policy"] and
                  "microphone=()" in browser.get("/desktops").headers["permissions-policy"],
                  "that page alone may ask for the microphone")
            version = place.split("/")[2]
            for name in ("secret.txt", "../conf", "src/../index.html", "src/", "src/page.js/"):
                check(browser.get(f"/desk/{version}/{name}").status == 404, f"no file {name}")


def check_file(program, path):
    return subprocess.run([program, "check", path], capture_output=True, text=True)


def test_configuration(program):
    """A setting that is not understood stops the start, by name."""
    cases = [
        ("portal", "colour=red", "colour"), ("portal", "origin=http://a", "origin"),
        ("cloud", "password=x", "password"), ("cloud", "auth_urll=x", "auth_urll"),
        ("limits", "visitors=0", "visitors"), ("portal", "tls-cert=/x", "tls-key"),
        ("portal", "proxies=elsewhere", "proxies"), ("gateway", "channels=main,tv", "channels"),
        ("gateway", "keys=/nowhere/keys", "/nowhere/keys"), ("portal", "page=/nowhere", "page"),
    ]
    with cloud_of() as c, Portal(program, c) as portal:
        good = portal.read("conf")
        path = portal.file("bad")
        for group, line, word in cases:
            name = line.split("=")[0]
            text = re.sub(rf"^{name}=.*\n", "", good, flags=re.M)
            with open(path, "w") as f:
                f.write(text.replace(f"[{group}]\n", f"[{group}]\n{line}\n"))
            done = check_file(program, path)
            check(done.returncode == 1 and word in done.stderr, f"{line}: {done.stderr.strip()}")
        done = check_file(program, portal.file("conf"))
        check(done.returncode == 0 and not done.stderr, "the good one is good")
        os.chmod(portal.file("keys"), 0o644)
        done = check_file(program, portal.file("conf"))
        check(done.returncode == 1, "keys that everybody can read")


def test_silent_cloud(program):
    """A cloud that does not answer holds up nobody else, and not the end."""
    with cloud_of(rules=[{"path": "servers", "hang": 60}]) as c, \
            Portal(program, c, limits="request-seconds=2") as portal:
        browser = Browser(portal)
        page = browser.log_in()
        check(page.status == 502 and "does not answer as it should" in page.words,
              "the page says so")
        check(re.search(r"For your help desk: [0-9a-f]{8}", page.words), "with a reference")
        reference = re.search(r"help desk: ([0-9a-f]{8})", page.words)[1]
        check(reference in portal.read("log"), "that the log has")
        check("127.0.0.1" not in page.text, "and no address of the cloud")
        check(Browser(portal).get("/health").text == "ok\n", "others are served")
        start = time.monotonic()
    check(time.monotonic() - start < 30, "the portal ends")


run(globals(), __doc__)
