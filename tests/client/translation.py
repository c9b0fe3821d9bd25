#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The viewer's translations: complete, well formed, and used.

  translation.py SOURCE BUILD VIEWER
"""
import glob
import os
import re
import shutil
import subprocess
import sys


def run(*argv, **kw):
    return subprocess.run(argv, check=True, capture_output=True, text=True, **kw).stdout


def messages(po):
    """{msgid: (msgstr, is fuzzy)} of a catalogue's text."""
    found = {}
    for block in re.split(r"\n\s*\n", po):
        match = re.search(r'^msgid (.*?)^msgstr (.*)', block, re.M | re.S)
        if match:
            key, value = ("".join(re.findall(r'^(?:msg\w+ )?"(.*)"$', part, re.M))
                          for part in match.groups())
            found[key] = value, bool(re.search(r"^#,.*\bfuzzy\b", block, re.M))
    found.pop("", None)
    return found


def mnemonic(text):
    found = re.search(r"(?<!_)_(\w)", text)
    return found[1].lower() if found else None


def read_menus(path):
    """{menu: its messages that have a letter}, of the menu and its submenus."""
    with open(path) as f:
        text = f.read()
    menus = {}
    for name in ("zoom", "help"):  # a table, and what the function of that name adds
        parts = [r"%s_items\[\] = \{.*?^\};" % name, r"^static GMenu \*%s_menu\(.*?^\}" % name]
        found = [m[0] for part in parts if (m := re.search(part, text, re.M | re.S))]
        menus[name + " menu"] = "".join(found)
        for part in found:
            text = text.replace(part, "")
    # the other of its two labels stays
    menus["menu"] = text.replace('_("_Zoom: fits the window")', "")
    return {k: [x for x in re.findall(r'N?_\("([^"]+)"\)', v) if mnemonic(x)]
            for k, v in menus.items()}


def main(source, build, viewer):
    client = os.path.join(source, "client")
    failures = []
    with open(os.path.join(client, "po", "POTFILES")) as f:
        files = [x for x in f.read().split("\n") if x and not x.startswith("#")]
    for path in glob.glob(client + "/**/*.c", recursive=True):
        with open(path) as f:
            if re.search(r'(?<![\w])N?_\("', f.read()) and \
                    os.path.relpath(path, source) not in files:
                failures.append(f"{path} has messages and is not in POTFILES")
    code = [x for x in files if x.endswith(".c")]
    template = messages(run("xgettext", "-k_", "-kN_", "--from-code=UTF-8", "--no-wrap", "-o", "-",
                            *code, cwd=source))
    menus = read_menus(os.path.join(client, "window", "menu.c"))
    assert len(template) > 150 and len(menus["menu"]) > 15 and all(menus.values()), \
        "the source was not read"
    with open(os.path.join(client, "po", "LINGUAS")) as f:
        languages = [x for x in f.read().split("\n") if x and not x.startswith("#")]
    for language in ["", *languages]:
        catalogue = {}
        if language:
            path = os.path.join(client, "po", language + ".po")
            run("msgfmt", "--check", "-o", "/dev/null", path)
            catalogue = messages(run("msgcat", "--no-wrap", path))
        for message in template if language else ():
            text, fuzzy = catalogue.get(message, ("", False))
            if not text or fuzzy:
                failures.append(f"{language}: {'fuzzy' if fuzzy else 'not translated'}: {message}")
            elif bool(mnemonic(message)) != bool(mnemonic(text)):
                failures.append(f"{language}: one has a mnemonic and one has not: {message}")
        for name, menu in menus.items():
            letters = {}
            for message in menu:
                letters.setdefault(mnemonic(catalogue.get(message, (message,))[0]),
                                   []).append(message)
            failures += [f"{language or 'original'}: the {name}'s letter {k} is there twice: {v}"
                         for k, v in letters.items() if len(v) > 1]
    environment = dict(os.environ, LC_ALL="C.UTF-8",
                       OSVDI_LOCALEDIR=os.path.join(build, "client", "po"))
    for language in languages:
        with open(os.path.join(client, "po", language + ".po")) as f:
            wanted = messages(f.read())["Set the window title"][0]
        if wanted not in run(viewer, "--help", env=dict(environment, LANGUAGE=language)):
            failures.append(f"{language}: the viewer speaks English")
    print("\n".join(failures) if failures else
          f"{len(template)} messages in: {', '.join(languages)}")
    return 1 if failures else 0


if __name__ == "__main__":
    for tool in ("xgettext", "msgfmt", "msgcat"):
        if not shutil.which(tool):
            print(f"skipped: {tool} is not installed (package gettext)")
            sys.exit(77)
    sys.exit(main(*sys.argv[1:]))
