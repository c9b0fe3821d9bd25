#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A server without our module, in a real Chromium: the page draws what QEMU's screen has.

  stock.py --build DIR --wasm FILE TEST
"""
import base64
import subprocess

from desk import check, main, start, wait_state
from harness import free_port, listens, qmp, wait_for  # found by desk


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


if __name__ == "__main__":
    main({"classic": classic}, __doc__)
