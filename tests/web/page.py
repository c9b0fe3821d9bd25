#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The page's picture in a real Chromium against spice-accel-serve, by its pixels and figures.

  page.py --build DIR --wasm FILE TEST
"""
import os
import re
import time

from desk import check, differing, main, memory_kb, start, start_desktop, start_pattern, \
    wait_equal, wait_state, window_on
from harness import wait_for  # found by desk
from wsproxy import ChannelRelay


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


def late_display(rig):
    """Tiles that come by the port before the display's channel has said anything are on the
    picture in the end."""
    rig.start_x()
    window_on(rig)
    _, port = rig.serve("-s", "x11:" + rig.env["DISPLAY"], "-o", "encoder=x264", "--status", "1")
    relay = ChannelRelay(port)
    relay.behind.add("display")
    _, browser = start(rig, relay.port)
    wait_for(lambda: rig.status()["displays"][0]["exact"], 30, "all tiles sent")
    relay.free()
    wait_equal(rig, browser, "the picture is the guest's, pixel for pixel")


def statistics(rig):
    """The figures over the picture agree with the server's."""
    _, port = rig.serve("-s", "pattern:pan", "-S", "640x480", "-f", "20", "-o", "encoder=x264",
                        "--status", "1")
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
        """Both count whole seconds, but not the same ones; a slow browser drops some."""
        found, there = figures(), rig.status()["displays"][0]["fps"]
        return found and found[0] > 0 and there > 2 and \
            abs(found[0] + found[1] - there) <= max(3, there / 3) and found
    fps, _, mbit, decode, _, latency, trip = wait_for(
        agree, 30, "the pictures of a second as the server has them")
    check(mbit > 0 and decode > 0, f"{fps} pictures/s, {mbit} Mbit/s, {decode} ms to decode one")
    # A median beside a mean: none must be above the other on a busy machine.
    check(latency > 0 and trip >= 0, f"{latency} ms from the source, {trip} ms there and back")
    browser.run("document.getElementById('statistics').click()")
    check(browser.run("document.getElementById('figures').hidden"), "the menu takes them away")
    check(not browser.problems(), "no script failed")


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
    before = max(memory_kb(rig, "RssShmem"))
    pictures(360)
    after = max(memory_kb(rig, "RssShmem"))
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
    server.more["src/soft.js"] = "SoftCanvas.fits = () => false;\n"
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


if __name__ == "__main__":
    main({f.__name__.replace("_", "-"): f for f in (
        picture, late_display, statistics, memory, cursor, gpu, hidden, resize)}, __doc__)
