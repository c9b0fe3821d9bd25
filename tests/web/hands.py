#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A user's hands in a real Chromium: keys, the pointer, the page's controls.

  hands.py --build DIR --wasm FILE TEST
"""
import re

from desk import EXPOSE, PAGE, SIZE, check, keys, main, start_pattern, wait_keys, wait_state
from harness import wait_for  # found by desk


def keyboard(rig):
    """Keys by their place; what is held is let go when the keyboard goes elsewhere."""
    _, browser = start_pattern(rig)
    wait_state(browser, "connected")
    before = len(keys(rig))
    browser.press("KeyA")
    browser.press("ShiftLeft", "KeyZ")
    wait_keys(rig, before, ["1e down", "1e up", "2a down", "2c down", "2c up", "2a up"],
              "letters arrive")
    before = len(keys(rig))
    for code in ("F5", "F11", "Tab", "Escape", "ArrowUp", "NumpadEnter", "MetaRight"):
        browser.press(code)
    wait_keys(rig, before,
              [f"{code} {way}" for code in ("3f", "57", "0f", "01", "e0 48", "e0 1c", "e0 5c")
               for way in ("down", "up")],
              "keys that a browser has a use for arrive, too")
    before = len(keys(rig))
    browser.key("ControlLeft", True)
    browser.key("KeyC", True)
    browser.run("document.getElementById('screen').blur()")
    wait_keys(rig, before, ["1d down", "2e down", "1d up", "2e up"],
              "no key stays down when the focus is lost")
    browser.key("KeyC", False)
    browser.run("document.getElementById('screen').focus()")
    browser.run("document.getElementById('menu').open = true")
    browser.run("document.getElementById('send-cad').click()")
    wait_keys(rig, before + 4, ["1d down", "38 down", "e0 53 down", "e0 53 up", "38 up", "1d up"],
              "Ctrl+Alt+Del from the menu")


def rectangle(browser, selector):
    return browser.run("(({x, y, width, height}) => [x, y, width, height])"
                       f"(document.querySelector({selector!r}).getBoundingClientRect())")


def tap(browser, selector):
    x, y, width, height = rectangle(browser, selector)
    browser.click(x + width / 2, y + height / 2)


def controls(rig):
    """Keys that the browser keeps, from the menu; modifiers of a bar; all without a pointer."""
    _, browser = start_pattern(rig)
    wait_state(browser, "connected")

    def focused():
        return browser.run("document.activeElement.dataset.keys ?? document.activeElement.id")

    def tab():
        browser.call("Input.dispatchKeyEvent", type="rawKeyDown", code="Tab", key="Tab",
                     windowsVirtualKeyCode=9)
        browser.call("Input.dispatchKeyEvent", type="keyUp", code="Tab", key="Tab",
                     windowsVirtualKeyCode=9)

    def enter():
        browser.call("Input.dispatchKeyEvent", type="keyDown", code="Enter", key="Enter", text="\r",
                     windowsVirtualKeyCode=13)
        browser.call("Input.dispatchKeyEvent", type="keyUp", code="Enter", key="Enter",
                     windowsVirtualKeyCode=13)
    browser.key("ControlLeft", True, modifiers=2)
    browser.key("ShiftLeft", True, modifiers=10)
    browser.key("F12", True, modifiers=10)
    wait_for(lambda: focused() == "full-screen", 20, "the menu has the keyboard")
    wait_keys(rig, 0, ["1d down", "2a down", "1d up", "2a up"],
              "Ctrl+Shift+F12 opens the menu, and nothing stays down")
    for key in ("F12", "ShiftLeft", "ControlLeft"):
        browser.key(key, False)
    while focused() != "AltLeft F4":
        tab()
    before = len(keys(rig))
    enter()
    wait_keys(rig, before, ["38 down", "3e down", "3e up", "38 up"],
              "Alt+F4 from the menu, by the keyboard")
    check(focused() == "screen" and not browser.run("document.getElementById('menu').open"),
          "the desktop has the keyboard again")

    check(browser.run("document.getElementById('bar').hidden"), "with a mouse there is no bar")
    browser.run("document.getElementById('menu').open = true")
    tap(browser, "#key-bar")
    wait_for(lambda: not browser.run("document.getElementById('bar').hidden"), 10, "the bar")
    before = len(keys(rig))
    tap(browser, "[data-hold=ControlLeft]")
    tap(browser, "[data-hold=AltRight]")
    wait_keys(rig, before, ["1d down", "e0 38 down"], "a bar's modifiers go down")
    check(browser.run("document.querySelector('[data-hold=AltRight]').ariaPressed") == "true",
          "and look so")
    browser.press("KeyQ")
    wait_keys(rig, before + 2, ["10 down", "10 up", "1d up", "e0 38 up"],
              "with the next key they go up")
    check(browser.run("document.querySelector('[data-hold=AltRight]').ariaPressed") == "false",
          "and look so")
    before = len(keys(rig))
    tap(browser, "#bar [data-keys=Escape]")
    wait_keys(rig, before, ["01 down", "01 up"], "a key of the bar")
    browser.run("document.querySelector('[data-hold=ShiftLeft]').focus()")
    browser.key("ArrowRight", True)
    check(browser.run("document.activeElement.dataset.hold") == "MetaLeft",
          "arrows walk along the bar")
    browser.run("document.getElementById('screen').focus()")
    before = len(keys(rig))
    browser.key("BracketLeft", True, key="Dead")
    browser.key("BracketLeft", False, key="Dead")
    wait_keys(rig, before, ["1a down", "1a up"], "a dead key is the guest's")
    check(not browser.problems(), "no script failed")


def text(rig):
    """Text without keys, as a phone's keyboard and an input method give it."""
    _, browser = start_pattern(rig, query="?keymap=de")
    wait_state(browser, "connected")

    def focused():
        return browser.run("document.activeElement.id")

    def choose():
        browser.run("document.getElementById('menu').open = true")
        tap(browser, "#text-field")
    choose()
    wait_for(lambda: focused() == "text", 10, "the field has the keyboard")
    before = len(keys(rig))
    browser.call("Input.insertText", text="zY@")
    wait_keys(rig, before, ["15 down", "15 up", "2a down", "2c down", "2c up", "2a up",
                            "e0 38 down", "10 down", "10 up", "e0 38 up"],
              "letters arrive as the keys of the guest's layout")
    before = len(keys(rig))
    browser.call("Input.imeSetComposition", text="日", selectionStart=1, selectionEnd=1)
    wait_for(lambda: browser.run("document.getElementById('text').className") == "composing", 10,
             "what is being composed is to be seen")
    browser.call("Input.insertText", text="日本")
    wait_for(lambda: "日本" in browser.run("document.getElementById('note').innerText"), 10,
             "that the guest has no way to take this")
    browser.press("KeyA")
    wait_keys(rig, before, ["1e down", "1e up"], "keys go on as they are")
    before = len(keys(rig))
    browser.call("Input.dispatchKeyEvent", type="keyDown", key="Backspace",
                 windowsVirtualKeyCode=8, commands=["deleteBackward"])
    wait_keys(rig, before, ["0e down", "0e up"], "a phone takes letters away")
    browser.click(300, 300)
    check(focused() == "text", "a click leaves the keyboard there")
    choose()
    wait_for(lambda: focused() == "screen", 10, "the desktop has the keyboard again")
    check(not browser.problems(), "no script failed")


def pointer(rig):
    """The pointer's place in the guest's pixels, also when the picture is scaled."""
    _, browser = start_pattern(rig)
    wait_state(browser, "connected")

    def said():
        return re.findall(r"^pointer 0: (\d+),(\d+) buttons (\w+)$", rig.read_log("server.log"),
                          re.M)
    browser.click(300, 200)
    wait_for(lambda: said()[-2:] == [("300", "200", "1"), ("300", "200", "0")], 10, "a click")
    check(True, "a click arrives where it was made")
    before = len(said())
    browser.mouse("mouseWheel", 400, 300, deltaX=0, deltaY=120)
    wait_for(lambda: len({s[2] for s in said()[before:]}) >= 2, 10, "the wheel")
    check(True, "the wheel arrives")
    # A phone's window does not resize the guest.
    browser.window(400, 700, mobile=True)
    browser.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    box = browser.run("(({x, y, width, height}) => [x, y, width, height])"
                      "(document.getElementById('screen').getBoundingClientRect())")
    check(abs(box[2] - 400) < 1 and abs(box[3] - 400 * 718 / 1278) < 2,
          "the whole picture fits on a phone")
    browser.call("Input.dispatchTouchEvent", type="touchStart",
                 touchPoints=[{"x": 200, "y": box[1] + box[3] / 2}])
    browser.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
    wait_for(lambda: any(abs(int(x) - 639) <= 4 and abs(int(y) - 359) <= 4 and b == "1"
                         for x, y, b in said()[before:]),
             10, "a tap")
    check(True, "a tap is a click")


def touch(rig):
    """A screen as a trackpad, and its pointer; a dense screen's two sizes."""
    _, browser = start_pattern(rig, more={"src/page.js": EXPOSE})
    wait_state(browser, "connected")

    def said():
        return re.findall(r"^pointer 0: (\d+),(\d+) buttons (\w+)$", rig.read_log("server.log"),
                          re.M)

    def sizes():
        return re.findall(r"^monitor 0 of 1: (\d+x\d+)$", rig.read_log("server.log"), re.M)

    def finger(kind, *places):
        browser.call("Input.dispatchTouchEvent", type=kind,
                     touchPoints=[{"x": x, "y": y} for x, y in places])
    browser.window(639, 359, scale=2)
    wait_for(lambda: sizes()[-1:] == ["1278x718"], 20, "a dense screen's pixels")
    browser.run("document.getElementById('large').click()")
    wait_for(lambda: sizes()[-1] == "639x359" and browser.run(PAGE + ".size.width") == 640, 20,
             "a screen of half the size, in even pixels")
    check(True, "on a dense screen the guest's screen can be small")
    browser.run("document.getElementById('large').click()")
    wait_for(lambda: browser.run(PAGE + ".size.width") == 1278, 20, "the dense screen again")
    browser.call("Emulation.setTouchEmulationEnabled", enabled=True)
    browser.run("document.getElementById('trackpad').click()")
    finger("touchStart", (50, 50))
    finger("touchMove", (150, 100))
    finger("touchEnd")
    wait_for(lambda: said()[-1:] == [("200", "100", "0")], 10, "a pointer that has moved")
    mark = browser.run("(({left, top, backgroundImage}) => [left, top, backgroundImage])"
                       "(getComputedStyle(document.getElementById('mark')))")
    check(mark[:2] == ["99px", "49px"] and mark[2].startswith("url"), f"the page draws it: {mark}")
    finger("touchStart", (20, 20))
    finger("touchEnd")
    wait_for(lambda: said()[-2:] == [("200", "100", "1"), ("200", "100", "0")], 10, "a click")
    finger("touchStart", (20, 20), (60, 20))
    finger("touchEnd")
    wait_for(lambda: said()[-2:] == [("200", "100", "4"), ("200", "100", "0")], 10,
             "a click of the right button")
    check(True, "taps click where the pointer is")
    check(not browser.problems(), "no script failed")


def relative(rig):
    """A guest that takes no places gets motion, once a click has given it the pointer."""
    _, browser = start_pattern(rig, "--relative")
    wait_state(browser, "connected")

    def said():
        return re.findall(r"^motion (-?\d+),(-?\d+) buttons (\w+)$", rig.read_log("server.log"),
                          re.M)
    browser.click(300, 300)
    wait_for(lambda: browser.run("document.pointerLockElement?.id") == "screen", 10,
             "the pointer is the guest's")
    check(not said(), "the click that gives it away is not the guest's")
    browser.mouse("mouseMoved", 310, 295)
    browser.mouse("mouseMoved", 330, 280)
    wait_for(lambda: len(said()) >= 2 and
             sum(int(x) for x, _, _ in said()) > 0 > sum(int(y) for _, y, _ in said()), 10,
             "motion")
    browser.mouse("mousePressed", 330, 280, "right", 2)
    browser.mouse("mouseReleased", 330, 280, "right")
    wait_for(lambda: said()[-1][2] == "0" and any(b == "4" for _, _, b in said()), 10, "a button")
    check(True, "motion and buttons arrive")


WATCH_WAKE = """
globalThis.awake = [];
const { request } = WakeLock.prototype;
WakeLock.prototype.request = async function (kind) {
	const lock = await request.call(this, kind);
	awake.push(lock);
	return lock;
};
undefined"""


def full_screen(rig):
    """From the menu, and back."""
    _, browser = start_pattern(rig)
    wait_state(browser, "connected")

    def choose():
        browser.click(SIZE[0] // 2, 8)
        wait_for(lambda: browser.run("document.getElementById('menu').open"), 10, "the menu")
        x, y = browser.run("(({x, y, width, height}) => [x + width / 2, y + height / 2])"
                           "(document.getElementById('full-screen').getBoundingClientRect())")
        browser.click(x, y)
    browser.run(WATCH_WAKE)
    choose()
    wait_for(lambda: browser.run("document.fullscreenElement?.id") == "stage", 10, "full screen")
    wait_for(lambda: browser.run("awake.map((lock) => lock.released).join()") == "false", 10,
             "a lock that keeps the screen on")
    before = len(keys(rig))
    browser.press("KeyA")
    wait_keys(rig, before, ["1e down", "1e up"], "in full screen the desktop has the keyboard")
    choose()
    wait_for(lambda: not browser.run("document.fullscreenElement"), 10, "the window again")
    wait_for(lambda: browser.run("awake.map((lock) => lock.released).join()") == "true", 10,
             "the screen may go dark")
    check(not browser.problems(), "no script failed")


if __name__ == "__main__":
    main({f.__name__.replace("_", "-"): f
          for f in (keyboard, controls, text, pointer, touch, relative, full_screen)}, __doc__)
