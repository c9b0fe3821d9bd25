# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The parts that the page's tests share: a page before a server, and what to wait for."""
import argparse
import os
import re
import subprocess
import sys

from browser import Browser, PageServer
from harness import Failed, Rig, wait_for

SIZE = (1278, 718)  # no whole macroblocks
# The menu's handle lies over the picture; the X server's own pointer is put behind it.
MENU = (590, 0, 100, 34)
# With this behind page.js, tests look into the page by a name.
PAGE = "globalThis.osvdiPage"
EXPOSE = "const told = Page.prototype.connect;\nPage.prototype.connect = function () {\n" \
         "\tglobalThis.osvdiPage = this;\n\ttold.call(this);\n};\n"


def check(condition, what):
    if not condition:
        raise Failed(what)
    print("ok:", what, flush=True)


def differing(rig, browser, size=SIZE):
    """Pixels of the browser's window that are not those of the X display."""
    width, height, pixels = browser.pixels()
    if (width, height) != size:
        raise Failed(f"the window is {width}x{height}")
    n = 0
    left, top, w, h = MENU
    for y in range(height):
        row, source = bytearray(pixels[y * width * 4:(y + 1) * width * 4]), \
            bytearray(rig.fb.row(y, 0, width))
        row[3::4] = source[3::4]
        if y < top + h:
            row[left * 4:(left + w) * 4] = source[left * 4:(left + w) * 4]
        if row != source:
            n += sum(row[4 * x:4 * x + 4] != source[4 * x:4 * x + 4] for x in range(width))
    return n


def wait_equal(rig, browser, what):
    try:
        wait_for(lambda: differing(rig, browser) == 0, 20, what, 0.2)
    except Failed as e:
        raise Failed(f"{e}; {differing(rig, browser)} pixels differ")
    check(True, what)


def wait_state(browser, *states, seconds=20):
    try:
        wait_for(lambda: browser.state() in states, seconds, " or ".join(states))
    except Failed as e:
        raise Failed(f"{e}: it is {browser.state()}, and says: {browser.says()}")


def wait_says(browser, words, seconds=20):
    try:
        wait_for(lambda: words in browser.says(), seconds, words)
    except Failed as e:
        raise Failed(f"{e}; it says: {browser.says()}")
    check(True, words)


def window_on(rig):
    """Something to look at on the lab's X display; its id."""
    subprocess.run(["xsetroot", "-solid", "#336699"], env=rig.env, check=True)
    rig.procs.start(["display", "-immutable", "-title", "wizard", "logo:"], env=rig.env)
    found = wait_for(lambda: subprocess.run(["xdotool", "search", "--onlyvisible", "--name",
                                             "wizard"], env=rig.env,
                                            capture_output=True, text=True).stdout.split(), 20,
                     "a window on the X display")
    rig.xdo("mousemove", MENU[0] + 40, 5)
    return found[0]


def start(rig, port, *options, query="", tokens=("",), size=SIZE, more=None, env=None):
    server = PageServer(port, rig.wasm, tokens)
    server.more.update(more or {})
    browser = Browser(rig, *options, env=env)
    browser.window(*size)
    browser.open(f"http://localhost:{server.port}/index.html{query}")
    return server, browser


def start_desktop(rig, *options):
    """A desktop of X, and the page that shows it."""
    rig.start_x()
    window = window_on(rig)
    _, port = rig.serve("-s", "x11:" + rig.env["DISPLAY"], "-o", "encoder=x264", "-v", "--status",
                        "1", *options)
    server, browser = start(rig, port)
    wait_state(browser, "connected")
    return server, browser, window


def start_pattern(rig, *options, query="", **kw):
    _, port = rig.serve("-s", "pattern:idle", "-S", "1278x718", "-o", "encoder=x264", "-v",
                        "--status", "1", *options)
    return start(rig, port, query=query, **kw)


def keys(rig):
    return re.findall(r"^key ((?:e0 )?[0-9a-f]{2} (?:down|up))$", rig.read_log("server.log"), re.M)


def wait_keys(rig, before, wanted, what):
    try:
        wait_for(lambda: keys(rig)[before:] == wanted, 10, what)
    except Failed as e:
        raise Failed(f"{e}; got {keys(rig)[before:]}")
    check(True, what)


def memory_kb(rig, kind):
    """Memory of a kind (as /proc has it) of each process of the browser."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as f, open(f"/proc/{pid}/status") as status:
                if rig.file("chromium").encode() in f.read():
                    found += [int(line.split()[1]) for line in status if line.startswith(kind)]
        except OSError:
            continue  # it has ended
    return found


def main(tests, description):
    parser = argparse.ArgumentParser(description=description,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build")
    parser.add_argument("--wasm", required=True)
    parser.add_argument("--screenshot", help="keep a picture of the X display at the end")
    parser.add_argument("test", choices=tests)
    args = parser.parse_args()
    with Rig(args.build, size="%dx%d" % SIZE) as rig:
        rig.wasm = os.path.abspath(args.wasm)
        try:
            tests[args.test](rig)
        except Failed as e:
            print("failed:", e)
            for name in ("server.log", "chromium.log"):
                if os.path.exists(rig.file(name)):
                    print(f"-- {name}", rig.read_log(name)[-2000:], sep="\n")
            sys.exit(1)
