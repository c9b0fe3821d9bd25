# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A portal with a configuration, keys and a record of its own, and a browser that has
no scripts."""
import configparser
import html.parser
import http.client
import json
import os
import re
import secrets
import shutil
import sys
import tempfile
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "lib"), os.path.join(HERE, "..", "broker", "clouds")]
import statecloud  # noqa: E402
from harness import Failed, Processes, wait_for  # noqa: E402
from ports import free_port  # noqa: E402

ORIGIN = "https://desktops.example"
SESSION, VISIT = "__Host-osvdi-session", "__Host-osvdi-visit"
# How Nova answers where it names the address of a SPICE server.
DIRECT = {"host": "10.1.2.3", "port": 5901, "tls_port": 5902}
OFF = {"status": "SHUTOFF", "OS-EXT-STS:power_state": 4}


def check(condition, what):
    if not condition:
        raise Failed(what)
    print("ok:", what, flush=True)


class Portal:
    """One portal. Use it in a "with"."""

    def __init__(self, program, cloud, limits="", gateway="plain=true", keys=None, port=None,
                 oidc=None, **settings):
        self.program = os.path.abspath(program)
        self.dir = tempfile.mkdtemp(prefix="osvdi-portal.")
        self.procs = Processes()
        self.port = port or free_port()
        self.cloud = cloud
        with open(self.file("keys"), "w") as f:
            os.chmod(self.file("keys"), 0o600)
            f.write(keys or "k1 " + secrets.token_hex(32) + "\n")
        values = {"listen": f"127.0.0.1:{self.port}", "origin": ORIGIN,
                  "audit": self.file("audit"), **settings}
        self.origin = values["origin"]
        with open(self.file("conf"), "w") as f:
            f.write("[portal]\n")
            for k, v in values.items():
                f.write(f"{k.replace('_', '-')}={v}\n")
            f.write(f"[cloud]\nauth_url={cloud.url}\n[gateway]\nkeys={self.file('keys')}\n"
                    f"{gateway}\n[limits]\n{limits}\n")
            if oidc:
                f.write(self.oidc(dict(oidc)))
        self.start()

    def oidc(self, values):
        """The group of a provider, and the file of our secret there."""
        with open(self.file("oidc-secret"), "w") as f:
            os.chmod(self.file("oidc-secret"), 0o600)
            f.write(values.pop("client-secret") + "\n")
        values["client-secret-file"] = self.file("oidc-secret")
        return "[oidc]\n" + "".join(f"{k}={v}\n" for k, v in values.items())

    def __enter__(self):
        return self

    def __exit__(self, kind, *rest):
        if kind:
            for name in ("log", "audit"):
                if os.path.exists(self.file(name)):
                    print(f"--- {name}\n" + self.read(name)[-4000:])
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)
        self.procs.stop()
        said = self.read("log")
        shutil.rmtree(self.dir, ignore_errors=True)
        if not kind and (self.process.returncode or "runtime error" in said or "Sanitizer" in said):
            raise Failed(f"the portal ended with {self.process.returncode}: {said[-6000:]}")

    def start(self):
        with open(self.file("log"), "ab") as log:
            self.process = self.procs.start([self.program, "serve", self.file("conf")],
                                            stdout=log, stderr=log)

        def ready():
            if self.process.poll() is not None:
                raise Failed("the portal ended: " + self.read("log"))
            return "Listening" in self.read("log")
        wait_for(ready, 20, "the portal listens")

    def file(self, name):
        return os.path.join(self.dir, name)

    def read(self, name):
        with open(self.file(name), errors="replace") as f:
            return f.read()

    def audit(self, event):
        if not os.path.exists(self.file("audit")):
            return []
        lines = [json.loads(x) for x in self.read("audit").splitlines(keepends=True)
                 if x.endswith("\n")]
        return [x for x in lines if x["event"] == event]

    def noted(self, event):
        return wait_for(lambda: self.audit(event), 10, f"{event} in the record")


class Forms(html.parser.HTMLParser):
    """The forms of a page: {action: {field: value}}, its links, and its text."""

    def __init__(self, text):
        super().__init__()
        self.forms, self.links, self.words, self.action = {}, [], "", None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self.action = attributes["action"]
            self.forms.setdefault(self.action, [])
            self.forms[self.action].append({})
        elif tag == "a":
            self.links.append(attributes["href"])
        elif tag in ("input", "button") and self.action and attributes.get("name"):
            self.forms[self.action][-1][attributes["name"]] = attributes.get("value", "")

    def handle_endtag(self, tag):
        if tag == "form":
            self.action = None

    def handle_data(self, data):
        self.words += data


class Page:
    def __init__(self, status, headers, raw, path):
        self.status, self.headers, self.raw, self.path = status, headers, raw, path
        self.text = text = "" if "content-encoding" in headers else raw.decode()
        self.parsed = Forms(text if "html" in headers.get("content-type", "") else "")
        self.words, self.links, self.forms = self.parsed.words, self.parsed.links, self.parsed.forms


class Browser:
    """Follows redirects, keeps cookies, sends forms as they stand in the page."""

    def __init__(self, portal, language="en", **headers):
        self.portal = portal
        self.cookies = {}
        self.headers = {"Accept-Language": language, **headers}
        self.page = None
        self.asked = []  # paths, as an address bar and a log would have them

    def ask(self, method, path, body=None, follow=True, **headers):
        headers = {**self.headers, **{k.replace("_", "-"): v for k, v in headers.items()
                                      if v is not None}}
        if self.cookies:
            headers.setdefault("Cookie", "; ".join(f"{k}={v}" for k, v in self.cookies.items()))
        self.asked.append(path)
        connection = http.client.HTTPConnection("127.0.0.1", self.portal.port, timeout=60)
        connection.request(method, path, body, headers)
        reply = connection.getresponse()
        for name, value in reply.getheaders():
            if name.lower() == "set-cookie":
                self.keep(value)
        lower = {k.lower(): v for k, v in reply.getheaders()}
        self.page = Page(reply.status, lower, reply.read(), path)
        connection.close()
        if follow and reply.status == 303:
            return self.ask("GET", lower["location"])
        return self.page

    def keep(self, line):
        name, value = line.split(";")[0].split("=", 1)
        for word in ("Path=/", "Secure", "HttpOnly", "SameSite=Lax"):
            if word not in line:
                raise Failed(f"a cookie without {word}: {line}")
        if "Max-Age=0" in line:
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value

    def get(self, path, **headers):
        return self.ask("GET", path, **headers)

    def post(self, path, fields, follow=True, origin="", site=None):
        return self.ask("POST", path, urllib.parse.urlencode(fields), follow=follow,
                        Origin=self.portal.origin if origin == "" else origin, Sec_Fetch_Site=site,
                        Content_Type="application/x-www-form-urlencoded")

    def submit(self, action, number=0, follow=True, **fields):
        """Send a form of the page, filled in."""
        if action not in self.page.forms:
            raise Failed(f"no form {action} at {self.page.path}: {self.page.status} "
                         f"{self.page.words}")
        return self.post(action, {**self.page.forms[action][number], **fields}, follow=follow)

    def log_in(self, name="alice", secret="a-word-of-hers"):
        self.get("/login")
        return self.submit("/login", name=name, secret=secret)

    def desktop(self, name):
        """The id of a desktop in the list."""
        found = re.search(rf"<bdi>{re.escape(name)}</bdi>.*?/desktop/([\w-]+)/",
                          self.page.text, re.S)
        if not found:
            raise Failed(f"no desktop {name} in the list: {self.page.words}")
        return found[1]

    def file(self, name):
        """The connection file of a desktop in the list, as {group: {name: value}}."""
        self.submit(f"/desktop/{self.desktop(name)}/open")
        page = self.until_done()
        if "url=" not in page.headers.get("refresh", ""):
            raise Failed(f"no file: {page.status} {page.words}")
        vv = configparser.ConfigParser(interpolation=None)
        vv.read_string(self.get(page.headers["refresh"].split("url=")[1]).text)
        return vv

    def until_done(self):
        """Look again as the page's header says."""
        def over():
            if "refresh" in self.page.headers and "url=" not in self.page.headers["refresh"]:
                self.ask("GET", self.page.path)
                return False
            return True
        wait_for(over, 30, "the task ends", step=0.2)
        return self.page


def cloud(**scenario):
    return statecloud.StateCloud({"direct": DIRECT, **scenario})


def run(names, doc):
    """PROGRAM [TEST...] of a module's names: all of them where none is named."""
    tests = {name[5:].replace("_", "-"): value for name, value in names.items()
             if name.startswith("test_")}
    if len(sys.argv) < 2:
        print(doc)
        sys.exit(2)
    for name in sys.argv[2:] or tests:
        print(f"== {name}", flush=True)
        start = time.monotonic()
        tests[name](sys.argv[1])
        print(f"   {time.monotonic() - start:.1f} s", flush=True)
