#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Logging in by a provider of identities, OpenID Connect: one that is as it should be, and
one that lies. usage: test_provider.py PORTAL [TEST...]"""
import base64
import contextlib
import hashlib
import hmac
import http.client
import os
import re
import subprocess
import time
import urllib.parse

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from portal import ORIGIN, SESSION, VISIT, Browser, Portal, check, cloud, run, wait_for
from provider import CLIENT, SECRET, Key, Provider, b64


@contextlib.contextmanager
def everything(program, limits="logins-per-address=1000", cloud_members=None, oidc=None):
    """A provider, a cloud that knows its access tokens, and a portal between the two."""
    with contextlib.closing(Provider()) as provider, \
            contextlib.closing(cloud(**(cloud_members or {}))) as c, \
            Portal(program, c, limits=limits, oidc={
                "issuer": provider.url, "name": "Campus", "client-id": CLIENT,
                "client-secret": SECRET, "identity-provider": "campus", **(oidc or {})}) as portal:
        yield provider, c, portal


def way_in(browser):
    """Press the button: the address at the provider that the page leads on to."""
    browser.get("/login")
    page = browser.submit("/login/provider")
    return page.headers.get("refresh", "; url=").split("url=")[1]


def log_in(browser, provider):
    url = way_in(browser)
    if not url:
        return browser.page
    return browser.get(provider.go(url).removeprefix(ORIGIN))


def asked(url):
    return dict(urllib.parse.parse_qsl(url.partition("?")[2]))


def test_login(program):
    """The whole way, by each of the algorithms; and no secret where it does not belong."""
    with everything(program) as (provider, c, portal):
        for algorithm in ("RS256", "PS256", "ES256"):
            provider.key = Key("k-" + algorithm, algorithm)
            provider.published.append(provider.key.public())
            wait_for(lambda: log_in(Browser(portal), provider).path == "/desktops", 60,
                     f"a login by {algorithm}", step=0.5)
        browser = Browser(portal)
        page = browser.get("/login")
        check("With your account at Campus" in page.words, "the page offers the provider")
        url = way_in(browser)
        sent = asked(url)
        check(url.startswith(provider.url + "/authorize?") and url in browser.page.links,
              "a page leads there, by itself and by a link")
        check(len(sent["state"]) == 43 and len(sent["nonce"]) == 43, "state and nonce are random")
        check(sent["redirect_uri"] == ORIGIN + "/login/back", "and come back to our own page")
        check(SESSION not in browser.cookies, "nobody is logged in yet")
        visit = browser.cookies[VISIT]
        check(visit not in url, "no cookie is in an address")
        page = browser.get(provider.go(url).removeprefix(ORIGIN))
        check(page.path == "/desktops" and "desk0" in page.words, "back, they see their desktops")
        check("Logged in as alice" in page.words, "by the name that the cloud has for them")
        check(browser.asked[-3:-1] == ["/", "/projects"], "the address with the code is left")
        check([x for x in c.requests("POST", "OS-FEDERATION") if
               "/v3/OS-FEDERATION/identity_providers/campus/protocols/openid/auth" in x],
              "Keystone's federation was asked")
        token = [x for x in provider.asked if x[1] == "/token"][-1]
        check(SECRET not in token[2] and "client_id" not in token[2], "our secret is in a header")
        record = portal.noted("login")[-1]
        check(record["subject"] == "id-of-alice" and record["user"] == "alice", "the record: who")
        texts = portal.read("log") + portal.read("audit") + "".join(browser.asked)
        for what, word in (("secret", SECRET), ("access token", "at-alice"),
                           ("code", token[2].split("code=")[1][:20]), ("cookie", visit)):
            check(word not in portal.read("log") + portal.read("audit"), f"no {what} in a log")
        check("eyJ" not in texts, "and no ID token anywhere")


def test_logout(program):
    """Ends the session, the token at the cloud, and the login at the provider."""
    with everything(program) as (provider, c, portal):
        browser = Browser(portal)
        log_in(browser, provider)
        cookies = dict(browser.cookies)
        page = browser.submit("/logout")
        url = page.headers["refresh"].split("url=")[1]
        check(url.startswith(provider.url + "/end?"), "a page leads to the provider's end")
        check(asked(url) == {"client_id": CLIENT, "post_logout_redirect_uri": ORIGIN + "/login"},
              "without a token in the address")
        check("Logged in as" not in page.words and SESSION not in browser.cookies,
              "nobody is logged in here")
        wait_for(lambda: len(c.revoked) >= 2, 20, "the cloud's tokens are revoked")
        check(provider.go(url) == ORIGIN + "/login", "and back to the log-in page")
        browser.cookies = cookies
        check(browser.get("/desktops").path == "/login", "the old cookie is nobody")
        other = Browser(portal)
        other.log_in()
        check(other.submit("/logout").path == "/login", "who has a password stays with us")
    with everything(program, oidc={"end-session": "false"}) as (provider, c, portal):
        browser = Browser(portal)
        log_in(browser, provider)
        check(browser.submit("/logout").path == "/login", "a site may leave the provider alone")


def test_without(program):
    """A portal without a provider has none of its pages."""
    with contextlib.closing(cloud()) as c, Portal(program, c) as portal:
        browser = Browser(portal)
        page = browser.get("/login")
        check("/login/provider" not in page.forms, "no button")
        token = page.forms["/login"][0]["csrf"]
        check(browser.post("/login/provider", {"csrf": token}).status == 404, "no way in")
        check(browser.get("/login/back?code=a&state=b").status == 404, "no way back")
        check(browser.get("/login/trouble/state").status == 404, "no page of its troubles")


def lies():
    """Changes of an ID token that make it a lie, by name."""
    stranger = Key("first")

    def head(**members):
        return lambda token: token.head.update(members)

    def claims(**members):
        def change(token):
            token.claims.update(members)
            token.claims = {k: v for k, v in token.claims.items() if v is not None}
        return change

    def secret(key):
        def change(token):
            token.head["alg"] = "HS256"
            word = key if isinstance(key, bytes) else key(token)
            token.sign = lambda data: hmac.digest(word, data, hashlib.sha256)
        return change

    def pem(token):
        return token.key.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def none(token):
        token.head = {"alg": "none"}
        token.sign = lambda data: b""

    def signed_by(key):
        def change(token):
            token.sign = key.sign
        return change

    def der(token):
        key = ec.generate_private_key(ec.SECP256R1())
        token.head["alg"] = "ES256"
        token.sign = lambda data: key.sign(data, ec.ECDSA(hashes.SHA256()))

    def after(change):
        def put(token):
            token.after = change
        return put

    def other_claims(text):
        first, second, third = text.split(".")
        pad = base64.urlsafe_b64decode(second + "==").replace(b"id-of-alice", b"id-of-admin")
        return ".".join((first, b64(pad), third))

    return {
        "alg none": none, "alg None": head(alg="None"), "no alg": head(alg=None),
        "HS256 with our secret": secret(SECRET.encode()), "HS256 with the public key": secret(pem),
        "RS384": head(alg="RS384"), "PS256 by a key for RS256": head(alg="PS256"),
        "ES256 by an RSA key": head(alg="ES256"), "a signature of DER": der,
        "another's key": signed_by(stranger),
        "a key nobody knows": head(kid="unknown"), "an extension": head(crit=["x"], x=1),
        "claims changed later": after(other_claims), "no signature": after(
            lambda text: text.rsplit(".", 1)[0] + "."),
        "two parts": after(lambda text: text.rsplit(".", 1)[0]),
        "four parts": after(lambda text: text + ".x"), "padding": after(lambda text: text + "=="),
        "too long": claims(more="x" * 20000),
        "another issuer": claims(iss="https://evil.example"), "no issuer": claims(iss=None),
        "for another client": claims(aud="other"), "for others": claims(aud=["a", "b"]),
        "given to another client": claims(azp="other"),
        "for several, given to nobody": claims(aud=[CLIENT, "other"]),
        "of another login": claims(nonce="x" * 43), "of no login": claims(nonce=None),
        "beside another access token": claims(at_hash=b64(b"x" * 16)),
        "of nobody": claims(sub=None), "of a number": claims(sub=7),
        "without an end": claims(exp=None), "no time": claims(iat="now"),
    }


def test_forged(program):
    """No lie about who somebody is gets as far as the cloud."""
    with everything(program) as (provider, c, portal):
        for name, twist in lies().items():
            provider.twist = twist
            browser = Browser(portal)
            page = log_in(browser, provider)
            check(page.status == 502 and SESSION not in browser.cookies and
                  ("cannot be trusted" in page.words or name == "too long"), name)
        check(not c.requests("OS-FEDERATION"), "Keystone was not asked")
        check(all(x["reason"] in ("proof", "provider") for x in portal.noted("login-refused")),
              "all are in the record")
        provider.twist = lambda token: token.claims.update(aud=[CLIENT, "other"], azp=CLIENT,
                                                           iat=time.time() - 0.5)
        check(log_in(Browser(portal), provider).path == "/desktops",
              "several who may read it, given to us")


def test_clock(program):
    with everything(program) as (provider, c, portal):
        for name, members in (("it has ended", {"exp": -90}), ("it begins later", {"iat": 90}),
                              ("not before later", {"nbf": 90})):
            provider.twist = lambda token, m=members: token.claims.update(
                {k: int(time.time()) + v for k, v in m.items()})
            page = log_in(Browser(portal), provider)
            check(page.status == 502 and "The clocks of this portal" in page.words, name)
            reference = re.search(r"help desk: ([0-9a-f]{8})", page.words)[1]
            check(re.search(reference + ": ID token: it .* by our clock", portal.read("log")),
                  "and the log says by how much")
        provider.twist = lambda token: token.claims.update(exp=int(time.time()) - 1,
                                                           iat=int(time.time()) + 1)
        check(log_in(Browser(portal), provider).path == "/desktops", "a little is allowed")


def test_state(program):
    """Each way back is good once, in the browser that it began in."""
    with everything(program) as (provider, c, portal):
        def refused(page, what):
            check(page.status == 403 and "Begin again" in page.words and
                  page.path == "/login/trouble/state", what)
        browser = Browser(portal)
        back = provider.go(way_in(browser)).removeprefix(ORIGIN)
        refused(Browser(portal).get(back), "a browser without a cookie")
        other = Browser(portal)
        other.get("/login")
        refused(other.get(back), "another browser")
        refused(browser.get(back + "&state=x"), "two states")
        refused(browser.get(re.sub("state=[^&]*", "state=" + "x" * 43, back)), "a state of nobody")
        refused(browser.get(back.split("?")[0]), "nothing at all")
        check(provider.count("/token") == 0, "the provider was asked for no token")
        page = browser.get(back)
        check(page.path == "/desktops", "the right browser comes in")
        check(browser.get(back).path == "/desktops", "and stays in, if the address is asked again")
        cookie = browser.cookies.pop(SESSION)
        refused(browser.get(back), "the same address a second time")
        check(provider.count("/token") == 1, "is not even asked about")
        browser.cookies[SESSION] = cookie
        browser.submit("/logout") if "/logout" in browser.page.forms else None
        two = Browser(portal)
        first, second = way_in(two), way_in(two)
        check(asked(first)["state"] != asked(second)["state"], "two tabs are two ways")
        check(two.get(provider.go(first).removeprefix(ORIGIN)).path == "/desktops",
              "of which each leads in")


def test_consent(program):
    with everything(program) as (provider, c, portal):
        provider.back = {"code": None, "error": "access_denied", "error_description": "<b>x"}
        page = log_in(Browser(portal), provider)
        check(page.status == 403 and "you did not agree" in page.words, "who says no is told so")
        check(page.path == "/login/trouble/consent", "at an address without a code")
        check(portal.noted("login-refused")[0]["reason"] == "consent", "the record says so")
        provider.back = {"code": None, "error": "server_error"}
        page = log_in(Browser(portal), provider)
        check("log-in service does not answer" in page.words and
              "with an error: server_error" in portal.read("log"), "the provider's own trouble")
        provider.back = {"code": None, "error": "<script>"}
        check(log_in(Browser(portal), provider).status == 502 and
              "<script>" not in portal.read("log"), "a word that is none")
        provider.back = {"code": None}
        check(log_in(Browser(portal), provider).status == 502, "no code")
        check(provider.count("/token") == 0, "no token was asked for")


def test_document(program):
    """A provider's document is checked before anything is sent."""
    cases = {
        "another issuer": {"issuer": "https://evil.example"}, "no issuer": {"issuer": None},
        "no way in": {"authorization_endpoint": None},
        "tokens in the clear": {"token_endpoint": "http://provider.example/token"},
        "keys in the clear": {"jwks_uri": "http://provider.example/keys"},
        "a file": {"jwks_uri": "file:///etc/passwd"}, "a user": {
            "token_endpoint": "https://a@provider.example/"},
        "a script": {"end_session_endpoint": "javascript:alert(1)"},
        "no codes": {"response_types_supported": ["id_token"]},
        "no S256": {"code_challenge_methods_supported": ["plain"]},
    }
    for name, document in cases.items():
        with everything(program) as (provider, c, portal):
            provider.document = document
            page = log_in(Browser(portal), provider)
            check(page.status == 502 and "log-in service does not answer" in page.words and
                  provider.count("/authorize") == 0, name)


def test_answers(program):
    """Answers that make no sense, and none at all, in the middle."""
    with everything(program, "logins-per-address=1000\nrequest-seconds=3") as (provider, c, portal):
        def act(status, body, **more):
            return lambda h, text: h.answer(status, body, **more)
        elsewhere = provider.url + "/elsewhere"
        cases = {
            "no JSON": act(200, b"<html>"), "a list": act(200, []), "nothing": act(200, b""),
            "no ID token": act(200, {"access_token": "a", "token_type": "Bearer"}),
            "another type": act(200, {"access_token": "a", "id_token": "b", "token_type": "mac"}),
            "a line end": act(200, {"access_token": "a\r\nX: y", "id_token": "b",
                                    "token_type": "Bearer"}),
            "deep": act(200, b"[" * 200000), "endless": act(200, b'{"a":"' + b"x" * 400000),
            "a redirect": act(302, b"", headers=[("Location", elsewhere)]),
            "an error": act(500, {"error": "server_error"}),
            "a code that it does not know": act(400, {"error": "invalid_grant"}),
            "a client that it does not know": act(401, {"error": "invalid_client"}),
        }
        for name, answer in cases.items():
            provider.acts = {"/token": answer}
            page = log_in(Browser(portal), provider)
            check(page.status == 502 and "log-in service does not answer" in page.words, name)
        check(provider.count("/elsewhere") == 0, "no redirect is followed")
        check("token endpoint: 400 invalid_grant" in portal.read("log"), "the log has the reason")
        hold = {"/token": lambda h, text: time.sleep(60)}
        provider.acts = hold
        start = time.monotonic()
        check(log_in(Browser(portal), provider).status == 502 and time.monotonic() - start < 40,
              "no answer is waited for without end")
        check(not c.requests("OS-FEDERATION"), "Keystone was not asked")
        provider.acts = {}
        check(log_in(Browser(portal), provider).path == "/desktops", "then all is well again")


def test_down(program):
    """A provider that is down holds up nobody who has a password."""
    with everything(program) as (provider, c, portal):
        provider.acts = {"/.well-known/openid-configuration": lambda h, text: h.answer(503, b"")}
        page = log_in(Browser(portal), provider)
        check(page.status == 502 and "Try again in some minutes" in page.words, "the page says so")
        asked_before = provider.count("/.well-known/openid-configuration")
        for _ in range(3):
            log_in(Browser(portal), provider)
        check(provider.count("/.well-known/openid-configuration") <= asked_before + 2,
              "a provider in trouble is not asked by everybody")
        check(Browser(portal).log_in().path == "/desktops", "a password still does")
        provider.acts = {}
        wait_for(lambda: log_in(Browser(portal), provider).path == "/desktops", 60,
                 "the provider is up again", step=1)
    with everything(program) as (provider, c, portal):
        provider.close()
        check(log_in(Browser(portal), provider).status == 502, "nobody listens there")


def test_ends(program):
    """Whoever waits for a silent provider does not hold up the portal's end."""
    with everything(program, "request-seconds=300") as (provider, c, portal):
        provider.acts = {"/.well-known/openid-configuration": lambda h, text: time.sleep(100)}
        browser = Browser(portal)
        browser.get("/login")
        page = browser.page.forms["/login/provider"][0]
        import threading
        waiting = threading.Thread(target=browser.post, args=("/login/provider", page))
        waiting.start()
        wait_for(lambda: provider.asked, 20, "somebody waits")
        start = time.monotonic()
        portal.process.terminate()
        portal.process.wait(60)
        check(time.monotonic() - start < 30, "the portal ends")
        waiting.join()


def test_late(program):
    """Who asks on an open connection while the portal ends is told that much is going on."""
    rules = [{"method": "DELETE", "path": "/auth/tokens", "hang": 3}]
    with everything(program, "logins-per-address=1000",
                    cloud_members={"rules": rules}) as (provider, c, portal):
        browser = Browser(portal)
        browser.get("/login")
        form = urllib.parse.urlencode(browser.page.forms["/login/provider"][0])
        cookies = "; ".join(f"{k}={v}" for k, v in browser.cookies.items())
        headers = {"Cookie": cookies, "Origin": portal.origin,
                   "Content-Type": "application/x-www-form-urlencoded"}
        kept = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=60)
        kept.connect()
        other = Browser(portal)
        check(other.log_in().path == "/desktops", "somebody is logged in")
        other.submit("/logout")
        wait_for(lambda: c.requests("DELETE", "/auth/tokens"), 20, "the cloud is slow to log out")
        portal.process.terminate()
        answers = set()
        with contextlib.suppress(ConnectionError, http.client.RemoteDisconnected):
            while portal.process.poll() is None:
                kept.request("POST", "/login/provider", form, headers)
                reply = kept.getresponse()
                reply.read()
                answers.add(reply.status)
        check(portal.process.wait(60) == 0, "the portal ends well")
        check(503 in answers, f"too much is going on: {answers}")


def test_cloud(program):
    """Whom the provider knows and the cloud does not; and a cloud that is down."""
    with everything(program) as (provider, c, portal):
        provider.access_token = "at-nobody"
        page = log_in(Browser(portal), provider)
        check(page.status == 403 and "the cloud does not" in page.words, "a user of nobody's")
        record = portal.noted("login-refused")[0]
        check(record["reason"] == "unknown" and record["subject"] == "id-of-alice" and
              record["user"] == "alice@campus", "the record says whom the cloud does not know")
    rules = [{"path": "OS-FEDERATION", "status": 503, "times": 3}]
    with everything(program, cloud_members={"rules": rules}) as (provider, c, portal):
        page = log_in(Browser(portal), provider)
        check(page.status == 502 and "The cloud does not answer" in page.words,
              "Keystone is down in the middle")
        check("at-alice" not in portal.read("log") + portal.read("audit"), "and no log has a token")
        check(log_in(Browser(portal), provider).path == "/desktops", "up again, all is well")


def test_rates(program):
    with everything(program, "logins-per-address=2") as (provider, c, portal):
        for _ in range(2):
            log_in(Browser(portal), provider)
        known = len(provider.asked)
        browser = Browser(portal)
        browser.get("/login")
        page = browser.submit("/login/provider")
        check(page.status == 429 and int(page.headers["retry-after"]) > 0, "the third is too many")
        check(len(provider.asked) == known, "and the provider is not asked")
        check(portal.noted("login-rate"), "the record says so")


def test_forms(program):
    """Another site does not begin a login."""
    with everything(program) as (provider, c, portal):
        browser = Browser(portal)
        browser.get("/login")
        form = browser.page.forms["/login/provider"][0]
        check(browser.post("/login/provider", form, origin="https://evil.example").status == 403,
              "from another site")
        check(browser.post("/login/provider", {"csrf": "x"}).status == 403, "without a token")
        check(browser.get("/login/provider").status == 405, "by a link")
        check(not provider.asked, "the provider was not asked")
        for name in ("state-<b>", "nonsense", "state-123", "state-0123456G"):
            check(browser.get("/login/trouble/" + name).status == 404, f"no trouble {name}")


def test_keys(program):
    """The provider takes another key; the old one is gone."""
    with everything(program) as (provider, c, portal):
        check(log_in(Browser(portal), provider).path == "/desktops", "the first key")
        provider.key = Key("second", "ES256")
        provider.published = [{"kty": "oct", "k": "AA"}, {"kty": "RSA"}, provider.key.public()]
        wait_for(lambda: log_in(Browser(portal), provider).path == "/desktops", 60,
                 "the second, of another kind", step=0.5)
        provider.key = Key("first")
        check("cannot be trusted" in log_in(Browser(portal), provider).words, "not the old one")
        provider.key = Key("weak", bits=1024)
        provider.published.append(provider.key.public())
        before = provider.count("/keys")
        wait_for(lambda: "cannot be trusted" in log_in(Browser(portal), provider).words and
                 provider.count("/keys") > before, 60, "keys are asked for again", step=0.5)
        check("cannot be trusted" in log_in(Browser(portal), provider).words, "nor a weak one")
        for i in range(10):
            log_in(Browser(portal), provider)
        check(provider.count("/keys") < 12, "keys are not asked for each time")


def test_mixed(program):
    """The provider's name beside the code (RFC 9207), and our secret in the form."""
    with everything(program) as (provider, c, portal):
        provider.document = {
            "authorization_response_iss_parameter_supported": True,
            "token_endpoint_auth_methods_supported": ["client_secret_post"]}
        page = log_in(Browser(portal), provider)
        check("cannot be trusted" in page.words, "a code without the name that was promised")
        provider.back = {"iss": "https://evil.example"}
        check("cannot be trusted" in log_in(Browser(portal), provider).words, "another's code")
        check(provider.count("/token") == 0, "went nowhere")
        provider.back = {"iss": provider.url}
        check(log_in(Browser(portal), provider).path == "/desktops", "its own, and by a form")


def test_configuration(program):
    """A setting that is not understood stops the start, by name."""
    with everything(program) as (provider, c, portal):
        good = portal.read("conf")
        secret = portal.file("oidc-secret")
        cases = [
            ("issuer", "http://provider.example"), ("issuer", "https://"),
            ("issuer", "https://a@b/"), ("issuer", "https://a/?x"), ("issuer", None),
            ("client-id", None), ("name", None), ("identity-provider", None),
            ("scopes", "profile"), ("client-secret-file", "/nowhere/secret"),
            ("clock-skew-seconds", "-1"), ("end-session", "yes"), ("issuers", "x"),
            ("ca", "/nowhere/ca.pem"),
        ]

        def run_check(text):
            with open(portal.file("bad"), "w") as f:
                f.write(text)
            return subprocess.run([program, "check", portal.file("bad")], text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for name, value in cases:
            text = re.sub(rf"^{name}=.*\n", "", good, flags=re.M)
            if value is not None:
                text = text.replace("[oidc]\n", f"[oidc]\n{name}={value}\n")
            done = run_check(text)
            check(done.returncode == 1 and (name in done.stderr or (value or "?") in done.stderr),
                  f"{name}={value}: {done.stderr.strip()}")
        check(run_check(good).returncode == 0, "the good one is good")
        for mode, content in ((0o644, SECRET), (0o600, ""), (0o600, "a\nb"), (0o600, "x" * 2000)):
            with open(secret, "w") as f:
                f.write(content)
            os.chmod(secret, mode)
            done = run_check(good)
            check(done.returncode == 1 and secret in done.stderr and SECRET not in done.stderr,
                  done.stderr.strip())


def test_alone(program):
    """A portal where the provider is the only way in."""
    with contextlib.closing(Provider()) as provider, contextlib.closing(cloud()) as c, \
            Portal(program, c, login_by_password="false", login_by_credential="false", oidc={
                "issuer": provider.url, "name": "Hochschule <1>", "client-id": CLIENT,
                "client-secret": SECRET, "identity-provider": "campus"}) as portal:
        browser = Browser(portal, language="de")
        page = browser.get("/login")
        check(list(page.forms) == ["/language", "/login/provider"], "no other form is there")
        check("Mit Ihrem Konto bei Hochschule <1>" in page.words, "in German, and names are text")
        check(log_in(browser, provider).path == "/desktops", "and leads in")


run(globals(), __doc__)
