#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The parts of a guest beside its screen, in a real Chromium: clipboard and sound.

  parts.py --build DIR --wasm FILE TEST
"""
import itertools
import os
import re
import socket
import struct
import threading
import zlib

from browser import PageServer
from desk import EXPOSE, PAGE, SIZE, check, keys, main, start, wait_keys, wait_state
from harness import steady, wait_for  # found by desk
from sound import RATE, Sound, tone, tone_of

SIZES, DATA, CAPABILITIES, GRAB, REQUEST = 2, 4, 6, 7, 8
FILE_START, FILE_STATUS, FILE_DATA = 10, 11, 12
TEXT, PNG = 1, 2
BY_DEMAND, SELECTION, CRLF = 1 << 5, 1 << 6, 1 << 9


class GuestAgent:
    """The agent of the guest, at the guest's end of its port."""

    def __init__(self, rig, caps=BY_DEMAND | SELECTION):
        self.path = rig.file("agent.sock")
        self.caps = caps
        self.said = []  # (type, data) of the viewer's messages
        self.clipboard = {}  # kind: bytes
        self.asked = []  # kinds
        self.files = {}  # number: [name, size, bytes]
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen(1)
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        self.s, _ = self.listener.accept()
        stream = self.s.makefile("rb")
        message = b""
        while True:
            head = stream.read(8)
            if len(head) < 8:
                return
            message += stream.read(struct.unpack("<II", head)[1])
            while len(message) >= 20 and \
                    len(message) >= 20 + struct.unpack_from("<I", message, 16)[0]:
                kind, size = struct.unpack_from("<I8xI", message, 4)
                self.heard(kind, message[20:20 + size])
                message = message[20 + size:]

    def say(self, kind, data):
        message = struct.pack("<IIQI", 1, kind, 0, len(data)) + data
        for at in range(0, len(message), 2048):
            chunk = message[at:at + 2048]
            self.s.sendall(struct.pack("<II", 1, len(chunk)) + chunk)

    def heard(self, kind, data):
        if kind == CAPABILITIES and struct.unpack_from("<I", data)[0]:
            self.say(CAPABILITIES, struct.pack("<II", 0, self.caps))
        elif kind == REQUEST:
            self.asked.append(struct.unpack_from("<I", data, 4)[0])
            self.say(DATA, data[:8] + self.clipboard[self.asked[-1]])
        elif kind in (FILE_START, FILE_DATA):
            self.file(kind, data)
        self.said.append((kind, data))

    def file(self, kind, data):
        """Takes files, but for those with "no" in their names."""
        number = data[:4]
        if kind == FILE_START:
            name = re.search(rb"\nname=(.*)\nsize=(\d+)\n", data)
            self.files[number] = [name[1].decode(), int(name[2]), b""]
            refused = b"no" in name[1]
            self.say(FILE_STATUS, number + struct.pack("<I", 4 if refused else 0))
            return
        entry = self.files[number]
        size, = struct.unpack_from("<Q", data, 4)
        entry[2] += data[12:12 + size]
        if len(entry[2]) >= entry[1]:
            self.say(FILE_STATUS, number + struct.pack("<I", 3))

    def copy(self, **kinds):
        """As the guest's user does."""
        self.clipboard = {TEXT if name == "text" else PNG: data for name, data in kinds.items()}
        self.say(GRAB, struct.pack("<I", 0) + b"".join(struct.pack("<I", kind)
                                                       for kind in self.clipboard))

    def all(self, kind):
        return [data for k, data in self.said if k == kind]

    def size(self):
        """(width, height) that the viewer wished for last."""
        data = self.all(SIZES)[-1]
        return struct.unpack_from("<II", data, 8)[::-1]

    def paste(self, kind):
        """The viewer's data of a kind."""
        before = len(self.all(DATA))
        self.say(REQUEST, struct.pack("<II", 0, kind))
        data = wait_for(lambda: self.all(DATA)[before:], 20, "the viewer's data")[0]
        return struct.unpack_from("<I", data, 4)[0], data[8:]


def png(width, height, colour):
    """An image of one colour."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + \
            struct.pack(">I", zlib.crc32(kind + data))
    rows = (b"\0" + bytes(colour) * width) * height
    return (b"\x89PNG\r\n\x1a\n" +
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def with_guest(rig, **what):
    """The environment of a server whose guest has more than a screen."""
    return {**os.environ, "LD_PRELOAD": rig.path("tests", "web", "libguest-double.so"), **what}


REPORT = PAGE + ".speaker.report"


def start_guest(rig, *options, query="", env=None, browser_env=None):
    _, port = rig.serve("-s", "pattern:idle", "-S", "%dx%d" % SIZE, "-o", "encoder=x264", "-v",
                        "--status", "1", env=env)
    server, browser = start(rig, port, *options, query=query, more={"src/page.js": EXPOSE},
                            env=browser_env)
    wait_state(browser, "connected")
    return server, browser


def allow(browser, *permissions):
    browser.call("Browser.grantPermissions", permissions=list(permissions),
                 origin=browser.run("location.origin"))


READ_IMAGE = """(async () => {
	const [item] = await navigator.clipboard.read();
	if (!item.types.includes("image/png"))
		return item.types;
	const image = await createImageBitmap(await item.getType("image/png"));
	const canvas = new OffscreenCanvas(image.width, image.height);
	canvas.getContext("2d").drawImage(image, 0, 0);
	return [image.width, image.height,
		...canvas.getContext("2d").getImageData(1, 1, 1, 1).data];
})()"""


def press_paste(browser):
    browser.key("ControlLeft", True)
    browser.call("Input.dispatchKeyEvent", type="rawKeyDown", code="KeyV", key="v", modifiers=2,
                 commands=["paste"])
    browser.key("KeyV", False)
    browser.key("ControlLeft", False)


def write(browser, text):
    browser.run(f"navigator.clipboard.writeText({text!r})")


def clipboard(rig):
    """Text and images, both ways, and only where the policy lets them."""
    guest = GuestAgent(rig, BY_DEMAND | SELECTION)
    server, browser = start_guest(rig, env=with_guest(rig, OSVDI_GUEST_AGENT=guest.path))
    allow(browser, "clipboardReadWrite", "clipboardSanitizedWrite")
    browser.run("document.getElementById('screen').focus()")
    wait_for(lambda: guest.all(CAPABILITIES), 20, "the page's capabilities")
    words = "Grüße, 東京 🎉\nzwei"
    guest.copy(text=words.encode())
    wait_for(lambda: browser.run("navigator.clipboard.readText()") == words, 20, "the guest's text")
    check(True, "text that was copied in the guest is in the browser's clipboard")
    long = "0123456789abcdef" * 20000
    guest.copy(text=long.encode())
    wait_for(lambda: browser.run("navigator.clipboard.readText()") == long, 20, "a long text")
    check(True, f"also {len(long)} bytes of it")
    guest.copy(png=png(5, 3, (10, 200, 30)))
    wait_for(lambda: browser.run(READ_IMAGE) == [5, 3, 10, 200, 30, 255], 20, "an image")
    check(True, "and an image")

    check(not guest.all(GRAB), "what came from the guest is not offered to the guest")
    before = len(keys(rig))
    write(browser, "von außen 🎉")
    press_paste(browser)
    wait_for(lambda: guest.all(GRAB), 20, "an offer")
    check(guest.all(GRAB)[-1] == struct.pack("<II", 0, TEXT), "a paste offers text")
    wait_keys(rig, before, ["1d down", "2f down", "2f up", "1d up"], "and the guest gets the keys")
    check(guest.paste(TEXT) == (TEXT, "von außen 🎉".encode()), "the guest gets the text")
    check(guest.paste(PNG) == (0, b""), "and nothing that is not there")
    write(browser, long)
    press_paste(browser)
    wait_for(lambda: len(guest.all(GRAB)) == 2, 20, "another offer")
    check(guest.paste(TEXT) == (TEXT, long.encode()), "a long text, too")
    press_paste(browser)
    wait_for(lambda: len(keys(rig)) >= before + 12, 20, "the keys")
    check(len(guest.all(GRAB)) == 2, "what the guest has is not offered again")

    before = len(keys(rig))
    browser.run("document.getElementById('text-field').click()")
    browser.call("Input.insertText", text="日本")
    wait_for(lambda: len(guest.all(GRAB)) == 3, 20, "an offer")
    wait_keys(rig, before, ["1d down", "2f down", "2f up", "1d up"], "text without keys is pasted")
    check(guest.paste(TEXT) == (TEXT, "日本".encode()), "and is what an input method gave")

    windows = itertools.cycle(((SIZE[0] - 100, SIZE[1] - 100), SIZE))
    for policy, out, into in (("to-guest", False, True), ("from-guest", True, False),
                              ("none", False, False), ("nonsense", False, False)):
        announced = len(guest.all(CAPABILITIES))
        browser.open(f"http://localhost:{server.port}/index.html?clipboard={policy}")
        wait_for(lambda: browser.run("location.search").endswith(policy) and
                 browser.state() == "connected", 20, policy)
        wait_for(lambda: len(guest.all(CAPABILITIES)) > announced, 20, "capabilities")
        write(browser, "outside " + policy)
        browser.run("document.getElementById('screen').focus()")
        asked, grabs, before = len(guest.asked), len(guest.all(GRAB)), len(keys(rig))
        press_paste(browser)
        wait_keys(rig, before, ["1d down", "2f down", "2f up", "1d up"],
                  f"{policy}: the keys arrive")
        check((len(guest.all(GRAB)) > grabs) == into,
              f"{policy}: {'an' if into else 'no'} offer to the guest")
        guest.copy(text=b"inside " + policy.encode())
        if out:
            wait_for(lambda: browser.run("navigator.clipboard.readText()") == "inside " + policy,
                     20, "the guest's text")
        else:  # a message of the page's that comes behind whatever the grab led to
            window = next(windows)
            browser.window(*window)
            wait_for(lambda: guest.size() == window, 20, "the size of the window")
        check((len(guest.asked) > asked) == out,
              f"{policy}: the guest's text is {'asked for' if out else 'left there'}")
    check(not browser.problems(), "no script failed")


def files(rig):
    """Files that the user chooses are in the guest, or the page says why not."""
    guest = GuestAgent(rig)
    server, browser = start_guest(rig, env=with_guest(rig, OSVDI_GUEST_AGENT=guest.path))
    wait_for(lambda: guest.all(CAPABILITIES), 20, "the page's capabilities")
    contents = {"large ü.bin": os.urandom(1000000), "empty": b"", "no room": b"x" * 10}
    for name, data in contents.items():
        with open(rig.file(name), "wb") as f:
            f.write(data)

    def choose(*names):
        root = browser.call("DOM.getDocument")["root"]["nodeId"]
        node = browser.call("DOM.querySelector", nodeId=root, selector="#files")["nodeId"]
        browser.call("DOM.setFileInputFiles", nodeId=node, files=[rig.file(n) for n in names])

    def note():
        return browser.run("document.getElementById('note').innerText")
    choose("large ü.bin", "empty")
    wait_for(lambda: "empty is in the desktop" in note(), 60, "two files in the guest")
    check([(name, data) for name, _, data in guest.files.values()] ==
          [(name, contents[name]) for name in ("large ü.bin", "empty")],
          "a file of a million bytes and an empty one arrive")
    choose("no room", "empty")
    wait_for(lambda: "no room was not sent: the desktop has no room" in note(), 20, "the cause")
    check(len(guest.files) == 3, "and those behind it are not sent")
    browser.open(f"http://localhost:{server.port}/index.html?files=none")
    wait_for(lambda: browser.run("location.search") == "?files=none" and
             browser.state() == "connected", 20, "no files")
    choose("empty")
    wait_for(lambda: "empty was not sent" in note(), 20, "the cause")
    check(len(guest.files) == 3, "an address can take files away")
    check(not browser.problems(), "no script failed")


def usb(rig):
    """A guest that takes USB devices: the page says what can give them."""
    _, browser = start_guest(rig, env=with_guest(rig, OSVDI_GUEST_USB="1"))
    browser.run("document.getElementById('menu').open = true")
    check(not browser.run("document.getElementById('usb').hidden"), "the menu has an entry")
    browser.run("document.getElementById('usb').click()")
    wait_for(lambda: "osvdi-viewer" in browser.run("document.getElementById('note').innerText"),
             20, "a way that can")
    check(True, "the page names the viewer")
    _, port = rig.serve("-s", "pattern:idle", "-S", "640x480", "-o", "encoder=x264")
    other = PageServer(port, rig.wasm)
    browser.open(f"http://localhost:{other.port}/index.html")
    wait_for(lambda: browser.run("location.port") == str(other.port) and
             browser.state() == "connected", 20, "another desktop")
    check(browser.run("document.getElementById('usb').hidden"), "without USB there is no entry")


def sound(rig):
    """A tone that the guest plays comes out of the speaker without a gap, as Opus and raw."""
    rig.env = dict(os.environ)
    speaker = Sound(rig)
    server, browser = start_guest(rig, env=with_guest(rig, OSVDI_GUEST_SOUND="440"),
                                  browser_env=speaker.env)
    wait_for(lambda: browser.run(PAGE + ".speaker.context?.state") == "suspended", 20,
             "a page that may not be heard")
    check(True, "before the user has done anything nothing is heard")
    browser.click(300, 300)
    for name, mode in (("Opus", 3), ("raw", 1)):
        if mode == 1:
            server.more["src/sound.js"] = \
                "AudioDecoder.isConfigSupported = async () => ({ supported: false });\n"
            browser.open(f"http://localhost:{server.port}/index.html?raw")
            wait_for(lambda: browser.run("location.search") == "?raw" and
                     browser.state() == "connected", 20, "raw sound")
            browser.click(300, 300)
        wait_for(lambda: tone_of(speaker.hear(1))[0] > 0.9, 20, "a tone")
        check(browser.run(PAGE + ".session.sound.mode") == mode, f"the sound comes as {name}")

        def whole():
            """Five seconds without a gap: a machine with other work stumbles at times."""
            before = browser.run(REPORT)
            seconds, hz = tone_of(speaker.hear(5))
            after = browser.run(REPORT)
            return abs(hz - 440) <= 20 and seconds >= 4.5 and \
                all(before[what] == after[what] for what in ("gaps", "skipped"))
        wait_for(whole, 60, "five seconds of 440 Hz, no gap in them and nothing skipped")
        check(True, f"{name} plays for 5 s without a gap")
    browser.open(f"http://localhost:{server.port}/index.html?sound=none")
    wait_for(lambda: browser.run("location.search") == "?sound=none" and
             browser.state() == "connected", 20, "no sound")
    browser.click(300, 300)
    check(tone_of(speaker.hear(1))[0] == 0, "an address can ask for silence")
    check(not browser.problems(), "no script failed")


def microphone(rig):
    """The guest hears the user's microphone when the user opens it, and not before."""
    rig.env = dict(os.environ)
    devices = Sound(rig)
    heard = rig.file("heard.raw")
    server, browser = start_guest(rig, "--use-fake-ui-for-media-stream", browser_env=devices.env,
                                  env=with_guest(rig, OSVDI_GUEST_HEARS=heard))

    def last_second():
        """(seconds of sound, Hz) of the last second that the guest heard."""
        with open(heard, "rb") as f:
            samples = f.read()
        first = max(0, len(samples) - 4 * RATE) // 4 * 4
        return tone_of(b"".join(samples[at:at + 2] for at in range(first, len(samples), 4)))
    second = tone(600, 1)
    speech = devices.speak(second * 600)
    wait_for(lambda: browser.run("!document.getElementById('microphone').hidden"), 20,
             "the menu's entry")
    check(os.path.getsize(heard) == 0, "the guest hears nothing by itself")
    browser.click(300, 300)
    browser.run("document.getElementById('microphone').click()")
    wait_for(lambda: last_second()[0] > 0.8, 30, "the microphone in the guest", 0.3)
    check(abs(last_second()[1] - 600) <= 20, f"{last_second()[1]} Hz")
    check(browser.run("document.getElementById('microphone').ariaPressed") == "true",
          "the menu says so")
    browser.run("document.getElementById('microphone').click()")
    wait_for(lambda: browser.run(PAGE + ".microphone.stream === null"), 10, "a closed microphone")
    size = steady(lambda: os.path.getsize(heard), 1)
    check(speech.poll() is None, "while there is something to hear")
    check(os.path.getsize(heard) == size, "the guest hears no more")
    browser.run("document.getElementById('microphone').click()")
    wait_for(lambda: browser.run(PAGE + ".microphone.stream !== null"), 10, "open once more")
    browser.run(PAGE + ".session.finish('denied')")
    check(browser.state() == "password", "the page asks for a password")
    check(browser.run(PAGE + ".microphone.stream === null"), "with the microphone closed")
    browser.open(f"http://localhost:{server.port}/index.html?microphone=none")
    wait_for(lambda: browser.run("location.search") == "?microphone=none" and
             browser.state() == "connected", 20, "none")
    check(browser.run("document.getElementById('microphone').hidden"),
          "an address can take the microphone away")
    check(not browser.problems(), "no script failed")


if __name__ == "__main__":
    main({f.__name__: f for f in (clipboard, files, usb, sound, microphone)}, __doc__)
