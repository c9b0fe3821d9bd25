# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A provider of identities (OpenID Connect) on loopback that is as it should be, until a
test has it lie: by its attributes, or by `twist`, which changes an ID token."""
import base64
import hashlib
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "broker", "clouds")]
import scripted  # noqa: E402
from cryptography.hazmat.primitives import hashes  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils  # noqa: E402

CLIENT, SECRET = "portal:1", "s3cret/+of ours"
PSS = padding.PSS(padding.MGF1(hashes.SHA256()), 32)


def b64(data):
    if isinstance(data, dict):
        data = json.dumps(data).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(n, size=None):
    return b64(n.to_bytes(size or (n.bit_length() + 7) // 8, "big"))


class Key:
    """A key, and the algorithm that it signs by."""

    def __init__(self, kid, algorithm="RS256", bits=2048):
        self.kid, self.algorithm = kid, algorithm
        self.key = (ec.generate_private_key(ec.SECP256R1()) if algorithm == "ES256" else
                    rsa.generate_private_key(65537, bits))

    def public(self):
        n = self.key.public_key().public_numbers()
        both = {"kid": self.kid, "use": "sig", "alg": self.algorithm}
        if self.algorithm == "ES256":
            return {**both, "kty": "EC", "crv": "P-256", "x": number(n.x, 32), "y": number(n.y, 32)}
        return {**both, "kty": "RSA", "n": number(n.n), "e": number(n.e)}

    def sign(self, data):
        if self.algorithm == "ES256":
            r, s = utils.decode_dss_signature(self.key.sign(data, ec.ECDSA(hashes.SHA256())))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return self.key.sign(data, PSS if self.algorithm == "PS256" else padding.PKCS1v15(),
                             hashes.SHA256())


class Token:
    """An ID token before it is signed, for tests to change."""

    def __init__(self, key, claims):
        self.key, self.claims = key, claims
        self.head = {"alg": key.algorithm, "kid": key.kid, "typ": "JWT"}
        self.sign = key.sign
        self.after = lambda text: text

    def text(self):
        body = b64(self.head) + "." + b64(self.claims)
        return self.after(body + "." + b64(self.sign(body.encode())))


class Handler(scripted.Handler):
    def handle_any(self):
        provider = self.server.cloud
        text = self.body().decode()
        path, _, query = self.path.partition("?")
        provider.asked.append((self.command, self.path, text, dict(self.headers)))
        if path in provider.acts:
            return provider.acts[path](self, text)
        name = path.strip("/").replace(".well-known/openid-configuration", "document")
        if name not in ("document", "keys", "authorize", "token", "end"):
            return self.answer(404, {"error": "not_found"})
        return getattr(provider, "do_" + name)(self, dict(urllib.parse.parse_qsl(query or text)))

    do_GET = do_POST = handle_any


class Provider(scripted.Cloud):
    handler = Handler

    def __init__(self):
        super().__init__()
        self.httpd.handle_error = lambda *args: None
        self.acts = {}
        self.key = Key("first")
        self.published = [self.key.public()]
        self.document = {}  # what differs in the discovery document; None takes a member away
        self.back = {}  # the same for the way back
        self.twist = lambda token: None
        self.access_token = "at-alice"
        self.grants = {}

    def count(self, path):
        return len([x for x in self.asked if x[1].split("?")[0] == path])

    def go(self, url):
        """Go there as a browser without scripts, whose user agrees: the address that the
        browser is sent back to."""
        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *args):
                return None
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), Stay)
        try:
            reply = opener.open(url, timeout=60)
        except urllib.error.HTTPError as e:
            reply = e
        with reply:
            assert reply.status == 302, (reply.status, reply.read())
            return reply.headers["Location"]

    def do_document(self, h, _):
        h.answer(200, {k: v for k, v in {
            "issuer": self.url, "authorization_endpoint": self.url + "/authorize",
            "token_endpoint": self.url + "/token", "jwks_uri": self.url + "/keys",
            "end_session_endpoint": self.url + "/end", "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["plain", "S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            **self.document}.items() if v is not None})

    def do_keys(self, h, _):
        h.answer(200, {"keys": self.published})

    def do_authorize(self, h, asked):
        assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
        assert asked["client_id"] == CLIENT and "openid" in asked["scope"].split()
        code = b64(os.urandom(16))
        self.grants[code] = asked
        back = {"code": code, "state": asked["state"], **self.back}
        query = urllib.parse.urlencode({k: v for k, v in back.items() if v is not None})
        h.answer(302, b"", headers=[("Location", asked["redirect_uri"] + "?" + query)])

    def client_fits(self, h, form):
        if self.document.get("token_endpoint_auth_methods_supported") == ["client_secret_post"]:
            return (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
        kind, _, value = h.headers.get("Authorization", "").partition(" ")
        pair = base64.b64decode(value).decode().split(":")
        return kind == "Basic" and [urllib.parse.unquote(x) for x in pair] == [CLIENT, SECRET]

    def do_token(self, h, form):
        asked = self.grants.pop(form.get("code"), None)
        if not self.client_fits(h, form):
            return h.answer(401, {"error": "invalid_client"})
        proof = b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if not asked or proof != asked["code_challenge"] or \
                form["redirect_uri"] != asked["redirect_uri"]:
            return h.answer(400, {"error": "invalid_grant", "error_description": "<b>no"})
        now = int(time.time())
        token = Token(self.key, {
            "iss": self.url, "sub": "id-of-alice", "aud": CLIENT, "nonce": asked["nonce"],
            "iat": now, "exp": now + 300, "preferred_username": "alice@campus",
            "at_hash": b64(hashlib.sha256(self.access_token.encode()).digest()[:16])})
        self.twist(token)
        return h.answer(200, {"access_token": self.access_token, "token_type": "bearer",
                              "expires_in": 300, "id_token": token.text()})

    def do_end(self, h, asked):
        h.answer(302, b"", headers=[("Location", asked["post_logout_redirect_uri"])])
