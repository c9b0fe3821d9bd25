#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Check the page's files: each is installed, nothing comes from elsewhere, and the
policy allows no more than the page needs.

  files.py FOLDER
"""
import os
import re
import sys

folder = sys.argv[1]


def read(name):
    with open(os.path.join(folder, name)) as f:
        return f.read()


modules = {"src/" + name for name in os.listdir(os.path.join(folder, "src"))}
installed = set(re.findall(r"'([\w/.-]+\.(?:js|html|css))'", read("meson.build")))
whole = modules | {"index.html", "second.html", "style.css"}
assert installed == whole, installed ^ whole


def policy_of(page):
    return dict(part.strip().partition(" ")[::2] for part in
                re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1].split(";"))


policy = policy_of(read("index.html"))
assert policy == {"default-src": "'none'", "script-src": "'self' 'wasm-unsafe-eval'",
                  "style-src": "'self'",
                  "img-src": "data:", "connect-src": "'self' ws: wss:", "worker-src": "'self'",
                  "base-uri": "'none'",
                  "form-action": "'none'"}, policy
policy = policy_of(read("second.html"))
assert policy == {"default-src": "'none'", "style-src": "'self'", "img-src": "data:",
                  "base-uri": "'none'", "form-action": "'none'"}, policy
assert "<script" not in read("second.html"), "a window without scripts"
for name in ("index.html", "second.html"):
    assert not re.search(r"<script(?![^>]*\bsrc=)|\bstyle=|\bon\w+=", read(name)), \
        "what the policy forbids"

for name in sorted(whole):
    text = re.sub(r"/\*.*?\*/", "", read(name), flags=re.S)
    text = text.replace("http://www.w3.org/2000/svg", "")  # a name, which nothing fetches
    assert not re.search(r"https?://|\bimport\(|\beval\(|innerHTML|document\.write|localStorage",
                         text), name
    for target in re.findall(r'from "([^"]+)"', text):
        assert os.path.normpath("src/" + target) in modules, f"{name}: {target}"
    assert text.count("\n") < 500, f"{name} is long"
print("each file is installed, and nothing comes from elsewhere")
