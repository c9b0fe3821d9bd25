#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The page in a real Chromium against spice-accel-serve, and against servers that it
does not get on with: judged by its pixels, its words, and the server's log.

  page.py --build DIR --wasm FILE TEST
"""
import argparse
import base64
import os
import re
import subprocess
import sys
import time

from browser import Browser, PageServer
from harness import Failed, Rig, free_port, listens, qmp, wait_for
from wsproxy import server_tls

# The menu's handle lies over the picture; the X server's own pointer is put behind it.
CONNECTIONS = 6  # of a session: four channels, the port, and the witness
MENU = (590, 0, 100, 34)
SIZE = (1278, 718)  # no whole macroblocks


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


# ---- what works -------------------------------------------------------------

def picture(rig):
    """At rest each pixel is the guest's: after video, tiles and moves."""
    _, browser, window = start_desktop(rig)
    wait_equal(rig, browser, "the picture is the guest's, pixel for pixel")
    for step in range(12):
        rig.xdo("windowmove", window, 100 + 20 * step, 60 + 10 * step)
        time.sleep(0.1)  # a pace that a hand has
    wait_equal(rig, browser, "so it is when a window has moved")
    rig.xdo("windowminimize", window)
    wait_equal(rig, browser, "and when it is gone")
    status = rig.status()["displays"][0]
    check(status["extension"] and status["tiles"] > 0 and status["exact"],
          "lossless tiles were acknowledged")
    check(status["moves"] > 0, f"{status['moves']} moves were copied")
    check(not browser.problems(), "no script failed and the policy blocked nothing")


def keys(rig):
    return re.findall(r"^key ((?:e0 )?[0-9a-f]{2} (?:down|up))$", rig.read_log("server.log"), re.M)


def wait_keys(rig, before, wanted, what):
    try:
        wait_for(lambda: keys(rig)[before:] == wanted, 10, what)
    except Failed as e:
        raise Failed(f"{e}; got {keys(rig)[before:]}")
    check(True, what)


def statistics(rig):
    """The figures over the picture agree with the server's."""
    _, port = rig.serve("-s", "pattern:pan", "-S", "640x480", "-o", "encoder=x264", "--status", "1")
    _, browser = start(rig, port)
    wait_state(browser, "connected")
    check(not browser.run("document.getElementById('figures').innerText"),
          "nothing lies over the picture")
    browser.key("F11", True, modifiers=10)

    def figures():
        found = re.search(r"^\d+×\d+  avc1\.\w+ .*\n"
                          r"([\d.]+) pictures/s, ([\d.]+) dropped, ([\d.]+) Mbit/s\n"
                          r"decode ([\d.]+) ms, show ([\d.]+) ms.*\n"
                          r"source to browser ([\d.]+) ms, .* ([\d.]+) ms\n",
                          browser.run("document.getElementById('figures').innerText"))
        return found and [float(x) for x in found.groups()]
    def agree():
        """Both count whole seconds, but not the same ones."""
        found, there = figures(), rig.status()["displays"][0]["fps"]
        return found and there > 2 and abs(found[0] - there) <= max(3, there / 3) and found
    fps, _, mbit, decode, _, latency, trip = wait_for(
        agree, 30, "the pictures of a second as the server has them")
    check(mbit > 0 and decode > 0, f"{fps} pictures/s, {mbit} Mbit/s, {decode} ms to decode one")
    check(latency > decode and trip >= 0, f"{latency} ms from the source, {trip} ms there and back")
    browser.run("document.getElementById('statistics').click()")
    check(browser.run("document.getElementById('figures').hidden"), "the menu takes them away")
    check(not browser.problems(), "no script failed")


def shared_kb(rig):
    """Memory that processes of the browser share, of the process that has most of it."""
    most = 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as f, open(f"/proc/{pid}/status") as status:
                if rig.file("chromium").encode() in f.read():
                    most = max(most, *(int(line.split()[1]) for line in status
                                       if line.startswith("RssShmem")), 0)
        except (OSError, TypeError):
            continue  # it has ended
    return most


def memory(rig):
    """Pictures leave nothing behind, also in a Chromium without a GPU."""
    _, port = rig.serve("-s", "pattern:pan", "-S", "1278x718", "-o", "encoder=x264", "--status",
                        "1")
    _, browser = start(rig, port)
    wait_state(browser, "connected")

    def pictures(n):
        wait_for(lambda: browser.run("performance.now()") and
                 rig.status()["displays"][0]["frames"] >= n, 60, f"{n} pictures", 0.3)
    pictures(60)
    before = shared_kb(rig)
    pictures(360)
    after = shared_kb(rig)
    check(after - before < 30000, f"{before} kB before and {after} kB after 300 pictures")


LOSE = """
addEventListener("message", async ({ data }) => {
	const extension = data.type === "lose" &&
		(await head).canvas.gl.getExtension("WEBGL_lose_context");
	if (data.type === "restore")
		globalThis.lost.restoreContext();
	else if (extension)
		(globalThis.lost = extension).loseContext();
});
const { contextLost } = Head.prototype;
Head.prototype.contextLost = function () {
	contextLost.call(this);
	this.tell({ type: "lost" });
};
"""


def gpu(rig):
    """A graphics driver that starts afresh: the picture comes back."""
    server, browser, window = start_desktop(rig)
    server.more["src/head.js"] = LOSE
    browser.call("Page.addScriptToEvaluateOnNewDocument",
                 source="window.Worker = class extends Worker {"
                 " constructor(...all) { super(...all); window.head = this;"
                 " this.addEventListener('message', ({ data }) => { window.said = data.type; "
                 "}); } };")
    browser.open(f"http://localhost:{server.port}/index.html")
    wait_for(lambda: browser.run("!!window.head"), 20, "the page again")
    wait_state(browser, "connected")
    wait_equal(rig, browser, "a picture")
    browser.run("head.postMessage({ type: 'lose' })")
    wait_for(lambda: browser.run("window.said") == "lost", 20, "the context is lost")
    rig.xdo("windowmove", window, 100, 100)
    wait_for(lambda: differing(rig, browser) > 1000, 20, "the picture stays behind")
    browser.run("head.postMessage({ type: 'restore' })")
    wait_equal(rig, browser, "the picture is back when the context is")
    check(browser.state() == "connected" and not browser.problems(), "and the session went on")


def hidden(rig):
    """A page that nobody sees asks for a picture a second."""
    _, port = rig.serve("-s", "pattern:pan", "-S", "640x480", "-o", "encoder=x264", "--status", "1")
    _, browser = start(rig, port)
    wait_state(browser, "connected")
    wait_for(lambda: rig.status()["displays"][0]["fps"] > 5, 20, "pictures")

    def show(state):
        browser.run(f"Object.defineProperty(document, 'visibilityState', {{ value: '{state}', "
                    f"configurable: true }}); "
                    "document.dispatchEvent(new Event('visibilitychange'))")
    show("hidden")
    wait_for(lambda: rig.status()["displays"][0]["fps"] < 2, 30, "hardly any")
    check(True, "hidden: one picture a second")
    show("visible")
    wait_for(lambda: rig.status()["displays"][0]["fps"] > 5, 20, "pictures again")
    check(True, "seen again: all of them")


def tls(rig):
    """By https, with a certificate that the browser was told to take."""
    context, _ = server_tls(rig.dir)
    _, port = rig.serve("-s", "pattern:idle", "-S", "800x600", "-o", "encoder=x264")
    server = PageServer(port, rig.wasm, ["secret"], context)
    browser = Browser(rig, "--ignore-certificate-errors")
    browser.window(*SIZE)
    browser.open(f"https://localhost:{server.port}/index.html?token=secret")
    wait_state(browser, "connected")
    cookie = browser.call("Network.getCookies")["cookies"][0]
    check(cookie["secure"] and cookie["sameSite"] == "Strict",
          "the cookie goes by https only, and to no other site's page")
    browser.open(f"https://localhost:{server.port}/index.html?port={free_port()}")
    wait_for(lambda: "does not trust the certificate" in browser.says(), 20,
             "the certificate as a possible cause")
    check(True, "the certificate is named as a possible cause")


CURSOR_SCRIPT = """(async () => {
	const { Cursor } = await import("/src/cursor.js");
	const shapes = [];
	const cursor = Object.assign(Object.create(Cursor.prototype), {
		cache: new Map(), listener: { shape: (css) => shapes.push(css) } });
	const say = (type, bytes) =>
		cursor.message(type, new DataView(new Uint8Array(bytes).buffer));
	const head = (flags, type, width, height) => [0, 0, 0, 0, 1, flags, 0, 7, 0, 0, 0, 0, 0, 0,
		0, type, width, 0, height, 0, 1, 0, 0, 0];
	// half a red, an opaque colour; the page keeps this cursor
	say(103, [...head(2, 0, 2, 1), 0, 0, 128, 128, 1, 2, 3, 255]);
	// white, nothing, what turns
	say(103, [...head(0, 1, 3, 1), 0b01100000, 0b10100000]);
	say(103, [...head(0, 6, 2, 1), 9, 8, 7, 0, 6, 5, 4, 0, 0b01000000]);
	say(103, head(4, 0, 2, 1)); // the cursor that was kept
	say(105, []);
	say(103, [...head(0, 0, 200, 200), ...new Array(160000).fill(255)]);
	say(103, [0, 0, 0, 0, 1, 1, 0]);
	const colours = async (css) => {
		const image = new Image();
		image.src = css.split('"')[1] ?? css.match(/url\\((.*?)\\)/)[1];
		await image.decode();
		const canvas = document.createElement("canvas");
		canvas.width = image.width;
		canvas.height = image.height;
		const context = canvas.getContext("2d");
		context.drawImage(image, 0, 0);
		return [...context.getImageData(0, 0, image.width, image.height).data];
	};
	return Promise.all(shapes.map((css) => css.startsWith("url") ? colours(css) : css));
})()"""


def cursor(rig):
    """The guest's cursor is the page's, whatever kind it is of."""
    rig.start_x()
    _, port = rig.serve("-s", "x11:" + rig.env["DISPLAY"], "-o", "encoder=x264", "-v")
    _, browser = start(rig, port)
    wait_state(browser, "connected")
    wait_for(lambda: "url(" in browser.run("document.getElementById('screen').style.cursor"), 20,
             "a cursor of the guest's")
    check(True, "the guest's arrow")
    got = browser.run(CURSOR_SCRIPT)
    alpha = [255, 0, 0, 128, 3, 2, 1, 255]
    wanted = [alpha, [255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 255], [7, 8, 9, 255, 0, 0, 0, 0],
              alpha,
              "none", "default", "default"]
    check(got == wanted,
          f"cursors of each kind, kept ones, none, and one that browsers do not take: {got}")


def resize(rig):
    """The guest takes the size of the window, in pixels of the screen."""
    _, browser = start_pattern(rig)
    wait_state(browser, "connected")
    for width, height, scale in ((1024, 640, 1), (600, 500, 2)):
        browser.window(width, height, scale)
        wanted = {"width": width * scale, "height": height * scale}
        wait_for(lambda: wanted.items() <= rig.status()["displays"][0].items(), 20, f"{wanted}")
        wait_for(lambda: browser.run("[screen.width, screen.height].join()", ) and browser.run(
            "(({width, height}) => [width, "
            "height].join())(document.getElementById('screen').getBoundingClientRect())")
            == f"{width},{height}", 20, "the picture fills the window")
        check(True, f"{width}x{height}, {scale} pixels each: the guest follows")


def grey(browser):
    """Whether the picture has no colour, and is no single colour."""
    width, height, p = browser.pixels()
    rows = [p[y * width * 4:(y + 1) * width * 4] for y in range(40, height, 40)]
    return all(max(abs(b - g), abs(g - r)) <= 2 for row in rows[-4:] for b, g, r in
               zip(row[0:800:4], row[1:800:4], row[2:800:4])) and len(set(p[4::4096])) > 3


def reconnect(rig):
    """A network that breaks: the last picture in grey, then the desktop again."""
    server, browser, _ = start_desktop(rig)
    wait_equal(rig, browser, "a picture")
    check(not grey(browser), "it has colours")
    for _ in range(3):
        server.refusing = True
        server.cut()
        wait_state(browser, "lost")
        check("Trying again" in browser.says(), "the page says that it tries again")
        wait_for(lambda: grey(browser), 10, "the last picture in grey")
        server.refusing = False
        browser.run("dispatchEvent(new Event('online'))")
        wait_state(browser, "connected")
        wait_equal(rig, browser, "the picture is back, pixel for pixel")
    channels = server.connections
    for _ in range(3):
        server.cut()  # a proxy that starts afresh
        wait_state(browser, "lost")
        wait_state(browser, "connected")
        channels = wait_for(lambda: server.connections >= channels + CONNECTIONS and
                            server.connections, 20, "a new witness")
    check(True, "no proxy that starts afresh is taken for another viewer")
    check(not browser.problems(), "no script failed")


def password(rig):
    """Asked for, wrong, right; in the address line no longer than it takes to read."""
    with open(rig.file("secret"), "w") as f:
        f.write("good word\n")
    server, browser = start_pattern(rig, "--password-file", rig.file("secret"))
    wait_state(browser, "password")
    check("wants a password" in browser.says() and "not right" not in browser.says(),
          "it is asked for")

    def give(word):
        browser.run("document.getElementById('password').focus()")
        browser.call("Input.insertText", text=word)
        browser.run("document.querySelector('#login button').click()")
    give("bad")
    wait_says(browser, "This password is not right")
    give("good word")
    wait_state(browser, "connected")
    check(True, "the right one opens the desktop")
    browser.open(f"http://localhost:{server.port}/index.html?title=Desk&password=good+word")
    wait_for(lambda: browser.run("document.title") == "Desk", 20, "the page again")
    wait_state(browser, "connected")
    check(browser.run("location.href").endswith("/index.html?title=Desk"),
          "the password has left the address line")
    check(not any("good" in path for path in server.paths), "and was in no address of a WebSocket")


def token(rig):
    """As a console of Nova: the token of the address becomes a cookie for the proxy."""
    server, browser = start_pattern(rig, query="?token=8a1f0b2c-0000", tokens=["8a1f0b2c-0000"])
    wait_state(browser, "connected")
    check(all("token=8a1f0b2c-0000" in h.get("cookie", "") for h in server.headers),
          "each channel brings the cookie")
    check("8a1f" not in browser.run("location.href") and not any("8a1f" in p for p in server.paths),
          "the token is in no other address")
    server.tokens = {"another"}
    browser.open(f"http://localhost:{server.port}/index.html?token=expired")
    wait_state(browser, "failed")
    wait_says(browser, "The address has expired")


def takeover(rig):
    """Who opens a desktop elsewhere keeps it, until its user takes it back."""
    server, browser = start_pattern(rig)
    wait_state(browser, "connected")
    other = Browser(rig, f"--user-data-dir={rig.file('chromium-2')}")
    other.window(*SIZE)
    other.open(f"http://localhost:{server.port}/index.html")
    wait_state(other, "connected")
    wait_state(browser, "taken")
    check("was opened elsewhere" in browser.says(), "the first page says so")
    before = server.connections
    other.press("KeyQ")
    wait_for(lambda: "10 up" in keys(rig), 10, "a key")
    check(browser.state() == "taken" and other.state() == "connected" and
          server.connections == before,
          "and does not fight for it")
    browser.run("document.getElementById('again').click()")
    wait_state(browser, "connected")
    wait_state(other, "taken")
    check(True, "its button takes the desktop back")


def unwitnessed(rig):
    """Where nobody knows why a session ended, two pages do not throw each other out for ever."""
    server, browser = start_pattern(rig)
    server.more["src/witness.js"] = 'Witness.prototype.state = () => "none";\n'
    browser.open(f"http://localhost:{server.port}/index.html?again")
    wait_for(lambda: browser.run("location.search") == "?again" and browser.state() == "connected",
             20, "the first page")
    other = Browser(rig, f"--user-data-dir={rig.file('chromium-2')}")
    other.window(*SIZE)
    other.open(f"http://localhost:{server.port}/index.html")
    wait_for(lambda: {browser.state(), other.state()} == {"connected", "taken"}, 40,
             "one has the desktop, the other rests")
    before = server.connections
    (browser if browser.state() == "connected" else other).press("KeyQ")
    wait_for(lambda: "10 up" in keys(rig), 10, "a key")
    check(server.connections == before, "one has the desktop, the other rests")


def leave(rig):
    """The menu's end of a session, and the way back."""
    _, browser = start_pattern(rig)
    wait_state(browser, "connected")
    browser.run("document.getElementById('disconnect').click()")
    wait_state(browser, "ended")
    wait_for(lambda: rig.status()["viewers"] == 0, 20, "the server's last viewer goes")
    check("goes on running" in browser.says(), "the session ends, the desktop goes on")
    browser.run("document.getElementById('again').click()")
    wait_state(browser, "connected")
    check(True, "and is there again")


# ---- what does not ------------------------------------------------------------

def boot(rig, code, name="boot.img"):
    """A QEMU of the distribution whose guest is a boot sector; the port, the monitor's socket."""
    with open(rig.file(name), "wb") as f:
        f.write(bytes.fromhex(code).ljust(510, b"\0") + b"\x55\xaa")
    port, monitor = free_port(), rig.file(name + ".qmp")
    with rig.log("server.log") as log:
        rig.procs.start(["qemu-system-x86_64", "-accel", "tcg", "-m", "32", "-nodefaults",
                         "-vga", "qxl", "-display", "none",
                         "-drive", f"file={rig.file(name)},format=raw,if=ide,snapshot=on",
                         "-qmp", f"unix:{monitor},server=on,wait=off",
                         "-spice", f"port={port},addr=127.0.0.1,disable-ticketing=on"],
                        stdout=log, stderr=log)
    wait_for(lambda: listens(port), 40, "QEMU listens")
    return port, monitor


def screendump(rig, monitor):
    """(width, height, BGRA bytes) of the guest's screen as QEMU has it."""
    qmp(monitor, "screendump", filename=rig.file("screen.ppm"))
    out = subprocess.run(["convert", rig.file("screen.ppm"), "-depth", "8", "bgra:-"],
                         capture_output=True, check=True).stdout
    width, height = subprocess.run(["identify", "-format", "%w %h", rig.file("screen.ppm")],
                                   capture_output=True,
                                   check=True, text=True).stdout.split()
    return int(width), int(height), out


CANVAS = """(async () => {
	const canvas = document.getElementById("screen");
	const bitmap = await createImageBitmap(canvas);
	const copy = new OffscreenCanvas(bitmap.width, bitmap.height);
	const context = copy.getContext("2d");
	context.drawImage(bitmap, 0, 0);
	const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
	let text = "";
	for (let i = 0; i < data.length; i += 32768)
		text += String.fromCharCode(...data.subarray(i, i + 32768));
	return [bitmap.width, bitmap.height, btoa(text)];
})()"""


def as_drawn(rig, browser, monitor):
    """Whether the canvas is the guest's screen, pixel for pixel."""
    width, height, data = browser.run(CANVAS)
    there = screendump(rig, monitor)
    pixels = bytearray(base64.b64decode(data))
    pixels[0::4], pixels[2::4] = pixels[2::4], pixels[0::4]
    return (width, height) == there[:2] and bytes(pixels) == there[2]


# mov ax,13h; int 10h: 320x200; each pixel of the memory at a000: the low byte of its
# address, then waits for a key, and fills the screen with red
PICTURE_THEN_RED = "b81300cd10b800a08ec031ff89f8aa81ff00fa72f830e4cd1631ffb004b900faf3aaf4ebfd"


def classic(rig):
    """A server that draws: a boot screen of any QEMU, pixel for pixel."""
    port, monitor = boot(rig, PICTURE_THEN_RED)
    server, browser = start(rig, port)
    wait_state(browser, "connected", seconds=40)
    wait_for(lambda: screendump(rig, monitor)[2][400:440] != bytes(40), 20,
             "a picture in the guest")
    wait_for(lambda: as_drawn(rig, browser, monitor), 40, "the guest's screen", 0.5)
    check(True, "the page has the guest's screen, pixel for pixel")
    browser.press("KeyA")
    wait_for(lambda: set(screendump(rig, monitor)[2][:-256000:-4]) == {255} and
             screendump(rig, monitor)[2][-4:-1] == bytes((0, 0, 168)), 20, "a red screen", 0.5)
    wait_for(lambda: as_drawn(rig, browser, monitor), 40, "the guest's screen", 0.5)
    check(True, "a key arrives, and what it changes is there")
    server.cut()
    wait_state(browser, "lost")
    wait_state(browser, "connected")
    wait_for(lambda: as_drawn(rig, browser, monitor), 40, "the guest's screen", 0.5)
    check(True, "a broken connection comes back")
    check(not browser.problems(), "no script failed")


def nobody(rig):
    """No server, a server that hangs up."""
    server, browser = start(rig, free_port())
    wait_state(browser, "failed")
    wait_says(browser, "The server hung up")
    port = free_port()
    browser.open(f"http://localhost:{server.port}/index.html?host=localhost&port={port}")
    wait_for(lambda: str(port) in browser.says(), 20, "the other address")
    wait_state(browser, "failed")
    wait_says(browser, "Nothing answers there")
    browser.run("document.getElementById('again').click()")
    wait_state(browser, "failed")
    check(True, "and the button tries again")


def main(tests, description=__doc__):
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


TESTS = {f.__name__.replace("_", "-"): f for f in (
    picture, statistics, memory, cursor, gpu, hidden, tls, resize, reconnect, password, token,
    takeover, unwitnessed, leave, classic, nobody)}

if __name__ == "__main__":
    main(TESTS)
