#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The page in place of spice-html5: Nova's console proxy gives the page to a real Chromium,
at the addresses that Nova makes, before a desktop of a real OpenStack.

  console.py --build DIR --wasm FILE proxy
"""
import os
import subprocess
import sys

from browser import HERE, Browser, page_folder
from desk import check, main, wait_says, wait_state
from harness import Failed, wait_for  # found by browser

sys.path.append(os.path.join(HERE, "..", "broker", "clouds"))
from cloud import Cloud, require  # noqa: E402

SIZE = (720, 400)  # of a firmware's text
MENU = (310, 0, 100, 34)
CURSOR = 40  # pixels of a text cursor, which blinks


def console(cloud):
    """(address for a browser, address without a proxy) of a desktop's console."""
    desktop = cloud.facts["servers"]["alice-desktop"]
    status, _, made = cloud.nova("POST", f"/servers/{desktop}/remote-consoles", {
        "remote_console": {"protocol": "spice", "type": "spice-html5"}})
    check(status == 200, "Nova makes an address for spice-html5")
    url = made["remote_console"]["url"]
    token = url.partition("?token=")[2]
    status, _, found = cloud.nova("GET", "/os-console-auth-tokens/" + token, user="admin")
    check(status == 200, "whose token is known")
    return url, "spice://{host}:{port}".format(**found["console"])


def rows(pixels):
    """Rows of BGR of a picture, without the page's menu."""
    width, height, data = pixels
    if (width, height) != SIZE:
        return None
    left, top, w, h = MENU
    made = [bytearray(data[4 * y * width:4 * (y + 1) * width]) for y in range(height)]
    for row in made:
        row[3::4] = bytes(width)
    for row in made[top:top + h]:
        row[4 * left:4 * (left + w)] = bytes(4 * w)
    return made


def direct(rig, address):
    """The console as another client sees it without any proxy."""
    path = rig.file("direct.ppm")
    subprocess.run(["spicy-screenshot", "--uri=" + address, "--out-file=" + path], check=True,
                   env={**os.environ, "HOME": rig.dir}, capture_output=True, timeout=60)
    out = subprocess.run(["convert", path, "-depth", "8", "bgra:-"], capture_output=True,
                         check=True).stdout
    return rows((*SIZE, out)) if len(out) == 4 * SIZE[0] * SIZE[1] else None


def difference(one, other):
    """Pixels that differ; all where a picture has another size."""
    if not one or not other:
        return SIZE[0] * SIZE[1]
    return sum(a[4 * x:4 * x + 4] != b[4 * x:4 * x + 4] for a, b in zip(one, other) if a != b
               for x in range(SIZE[0]))


def wait_rest(look, what):
    """The picture that five looks in a row agree on but for the cursor."""
    looks = []

    def settled():
        looks.append(look())
        last = looks[-5:]
        return len(last) == 5 and all(difference(last[0], one) <= CURSOR for one in last) and \
            last[-1]
    return wait_for(settled, 120, what, 2)


def last_screen(rig, address):
    """The console once the firmware has written its last line."""
    return wait_rest(lambda: direct(rig, address), "the guest's screen rests")


def wait_same(browser, real, what):
    try:
        wait_for(lambda: difference(rows(browser.pixels()), real) <= CURSOR, 60, what, 0.5)
    except Failed as e:
        raise Failed(f"{e}: {difference(rows(browser.pixels()), real)} pixels differ")
    check(True, what)


def show(rig, cloud):
    url, address = console(cloud)
    real = last_screen(rig, address)
    check(len({bytes(row) for row in real}) > 2, "there is text on it")
    browser = Browser(rig, "--ignore-certificate-errors")
    browser.window(*SIZE)
    browser.open(url)
    wait_state(browser, "connected", seconds=60)
    wait_same(browser, real, "the page shows the desktop's console")
    check("token" not in browser.run("location.href"), "the token has left the address line")
    check(browser.run("document.title").startswith("instance-"),
          "the page has the desktop's name: " + browser.run("document.title"))

    browser.run("document.getElementById('send-cad').click()")
    wait_for(lambda: difference(rows(browser.pixels()), real) > CURSOR, 60,
             "another screen after Ctrl+Alt+Del")
    check(True, "keys reach the desktop: it starts anew")
    # A qxl device in VGA mode may lose lines of text for whoever looked on while the guest
    # started anew; the page has to show what another client is given then, no more and no less.
    shown = wait_rest(lambda: rows(browser.pixels()), "the page rests")
    check(not browser.problems(), "no script failed and the policy blocked nothing")
    differ = difference(shown, last_screen(rig, address))
    check(differ <= CURSOR, f"the page shows what another client sees: {differ} pixels differ")

    bad = url.partition("?token=")[0] + "?token=00000000-0000-4000-8000-000000000000"
    browser.open(bad)
    wait_says(browser, "The address has expired", seconds=60)


def proxy(rig):
    require()
    cloud = Cloud(rig.path("tests", "web", "openstack-state"), LAB_TLS="1",
                  LAB_WEB=page_folder(rig, rig.wasm))
    try:
        cloud.start()
        show(rig, cloud)
    finally:
        cloud.stop()


if __name__ == "__main__":
    main({"proxy": proxy}, __doc__)
