#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Keys of osvdi-viewer as the guest gets them: scan codes of spice-accel-serve -v.

  keyboard.py --build DIR TEST
"""
import os
import re
import subprocess

from viewer import Failed, check, main, wait_for

# The keys that carry symbols, by their X keycodes (evdev: scan code + 8).
SYMBOLS = [*range(10, 22), *range(24, 36), *range(38, 50), *range(51, 62), 94]
ALTGR, LEFT_SHIFT, LEFT_CTRL = 108, 50, 37
LAST, LAST_CODE = 74, "42"  # F8: what came before it has all come when it does


def keys(rig):
    """["1e down", "e0 38 up", ...]"""
    return re.findall(r"^key ((?:e0 )?[0-9a-f]{2} (?:down|up))$", rig.read_log("server.log"), re.M)


def start(rig, *options):
    rig.start_x()
    rig.serve("-s", "pattern:idle", "-S", "800x600", "-v")
    rig.viewer(*options, "--auto-resize=never", f"spice://127.0.0.1:{rig.port}")
    window = rig.wait_window("accel|^127")
    wait_for(lambda: rig.events("first-picture"), 40, "a picture")
    focus(rig, window)
    return window


def focus(rig, window):
    rig.xdo("windowfocus", "--sync", window)


def layout(rig, name):
    subprocess.run(["setxkbmap", name], env=rig.env, check=True)


def all_since(rig, before, what):
    """All scan codes after so many: what F8, pressed now, comes after."""
    rig.xdo("key", LAST)
    try:
        wait_for(lambda: keys(rig)[before:][-2:] == click(LAST_CODE), 15, what)
    except Failed:
        raise Failed(f"{what}: got {keys(rig)[before:]}, and F8 did not come")
    return keys(rig)[before:-2]


def expect(rig, before, wanted, what):
    """Just these scan codes, in this order, come after so many."""
    got = all_since(rig, before, what)
    if got != wanted:
        raise Failed(f"{what}: wanted {wanted}, got {got}")
    check(True, what + (": " + " ".join(got) if len(got) < 20 else ""))


def click(code):
    return [f"{code} down", f"{code} up"]


def layouts(rig, args):
    """Each symbol key, AltGr and dead keys are the guest's to interpret, whatever the layout
    here."""
    start(rig)
    for name in ("us", "de", "fr"):
        layout(rig, name)
        before = len(keys(rig))
        rig.xdo("key", "--delay", "30", *SYMBOLS)
        wanted = [x for k in SYMBOLS for x in click(f"{k - 8:02x}")]
        expect(rig, before, wanted, f"{name}: {len(SYMBOLS)} keys")
    layout(rig, "de")
    before = len(keys(rig))
    rig.xdo("keydown", ALTGR, "key", 24, "key", 26, "keyup", ALTGR)  # @ and the euro sign
    expect(rig, before, ["e0 38 down", *click("10"), *click("12"), "e0 38 up"], "de: AltGr")
    before = len(keys(rig))
    rig.xdo("key", "dead_acute", "key", "e")
    expect(rig, before, click("0d") + click("12"), "de: a dead accent is not swallowed")
    layout(rig, "fr")
    before = len(keys(rig))
    rig.xdo("key", "dead_circumflex", "key", "e")
    expect(rig, before, click("1a") + click("12"), "fr: a dead circumflex")
    before = len(keys(rig))
    rig.xdo("keydown", ALTGR, "key", 19, "keyup", ALTGR)
    expect(rig, before, ["e0 38 down", *click("0b"), "e0 38 up"], "fr: AltGr and 0")
    before = len(keys(rig))
    rig.xdo("key", "KP_Enter", "key", "Delete", "key", "Right", "key", "Super_L", "key", "Menu")
    expect(rig, before, [x for c in ("e0 1c", "e0 53", "e0 4d", "e0 5b", "e0 5d")
                         for x in click(c)], "extended keys")


def locks(rig, args):
    """Caps and Num lock are the same at both ends, whoever turned them where."""
    window = start(rig)
    before = len(keys(rig))
    rig.xdo("key", "Caps_Lock")
    expect(rig, before, click("3a"), "Caps lock in the desktop is one press")
    rig.xdo("key", "Caps_Lock")
    with rig.log("xev.log") as log:
        rig.procs.start(["xev", "-name", "elsewhere"], env=rig.env, stdout=log, stderr=log)
    other = rig.wait_window("^elsewhere$")
    for name, code in (("Caps_Lock", "3a"), ("Num_Lock", "45")):
        for turn in ("on", "off"):
            focus(rig, other)
            before = len(keys(rig))
            rig.xdo("key", name)
            focus(rig, window)
            rig.xdo("key", 38)
            wait_for(lambda: "1e up" in keys(rig)[before:], 10, "a key")
            presses = keys(rig)[before:].count(f"{code} down")
            check(presses == 1, f"{name} {turn} elsewhere: {presses} press of it here")


def locks_apart(rig, args):
    """By the option or the preference each end keeps its locks: what is turned elsewhere sends
    nothing."""
    rig.start_x()
    rig.serve("-s", "pattern:idle", "-S", "800x600", "-v")
    os.makedirs(rig.file("config/osvdi-viewer"))
    with rig.log("xev.log") as log:
        rig.procs.start(["xev", "-name", "elsewhere"], env=rig.env, stdout=log, stderr=log)
    other = rig.wait_window("^elsewhere$")
    for kept, option, wanted in (("", "--sync-locks=never", 0),
                                 ("sync-locks=false", "--sync-locks=always", 1),
                                 ("sync-locks=false", "--auto-resize=never", 0)):
        with open(rig.file("config/osvdi-viewer/settings"), "w") as f:
            f.write(f"[desktop *]\n{kept}\n")
        pictures = len(rig.events("first-picture"))
        v = rig.viewer(option, f"spice://127.0.0.1:{rig.port}")
        wait_for(lambda: len(rig.events("first-picture")) > pictures, 40, "a picture")
        focus(rig, other)
        before = len(keys(rig))
        rig.xdo("key", "Caps_Lock")
        focus(rig, rig.wait_window("accel|127"))
        rig.xdo("key", 38)
        wait_for(lambda: "1e up" in keys(rig)[before:], 10, "a key")
        presses = keys(rig)[before:].count("3a down")
        check(presses == wanted,
              f"{kept or 'nothing kept'}, {option}: {presses} presses of Caps lock")
        rig.procs.end(v)
        focus(rig, other)
        rig.xdo("key", "Caps_Lock")


def focus_loss(rig, args):
    """A key that is held when another window gets the keyboard is up for the guest."""
    window = start(rig)
    with rig.log("xev.log") as log:
        rig.procs.start(["xev", "-name", "elsewhere"], env=rig.env, stdout=log, stderr=log)
    other = rig.wait_window("^elsewhere$")
    focus(rig, window)
    before = len(keys(rig))
    rig.xdo("keydown", LEFT_CTRL, "keydown", LEFT_SHIFT)
    wait_for(lambda: len(keys(rig)) >= before + 2, 10, "keys that are held")
    focus(rig, other)
    try:
        wait_for(lambda: {"1d up", "2a up"} <= set(keys(rig)[before:]), 10, "released")
        check(True, "held keys are released when another window gets the keyboard")
    finally:
        rig.xdo("keyup", LEFT_SHIFT, "keyup", LEFT_CTRL)
    focus(rig, window)
    before = len(keys(rig))
    rig.xdo("key", 38)
    expect(rig, before, click("1e"), "back again, with no modifier left over")


def hot_keys(rig, args):
    """Hot keys are ours, all else is the guest's; the key map and the menu send what they say."""
    window = start(
        rig,
        "--hotkeys=toggle-fullscreen=ctrl+plus,show-menu=ctrl+shift+f12,secure-attention=shift+F9",
                   "--keymap=F1=SHIFT+CTRL+F2,F3=Void,F4=")
    before = len(keys(rig))
    rig.xdo("key", "F12", "keydown", LEFT_SHIFT, "key", "F11", "keyup", LEFT_SHIFT)
    expect(rig, before, [*click("58"), "2a down", *click("57"), "2a up"], "keys without an action")
    before = len(keys(rig))
    rig.xdo("keydown", LEFT_CTRL, "keydown", LEFT_SHIFT, "key", 21, "keyup", LEFT_SHIFT,
            "keyup", LEFT_CTRL)
    wait_for(lambda: rig.geometry(window)[2:] == (1920, 1080), 10, "full screen by ctrl and +")
    got = all_since(rig, before, "ctrl and +")
    check(not [k for k in got if k.startswith("0d")],
          f"ctrl and + (with shift on this layout): {' '.join(got)}")
    check(got.count("1d down") == got.count("1d up") and got.count("2a down") == got.count("2a up"),
          "nothing is left held")
    rig.xdo("keydown", LEFT_CTRL, "keydown", LEFT_SHIFT, "key", 21, "keyup", LEFT_SHIFT,
            "keyup", LEFT_CTRL)
    wait_for(lambda: rig.geometry(window)[2] < 1900, 10, "the window again")
    focus(rig, window)
    before = len(keys(rig))
    rig.xdo("key", "F1")
    expect(rig, before, ["2a down", "1d down", "3c down", "3c up", "1d up", "2a up"],
           "a key that is mapped")
    before = len(keys(rig))
    rig.xdo("key", "F3", "key", "F4", "key", 38)
    expect(rig, before, click("1e"), "keys that are blocked")
    secure = {"1d down", "38 down", "e0 53 down", "e0 53 up", "38 up", "1d up"}
    before = len(keys(rig))
    rig.xdo("key", "shift+F9")
    wait_for(lambda: secure <= set(keys(rig)[before:]), 10, "ctrl+alt+del by its hot key")
    check("43 down" not in keys(rig)[before:], "and its own key is not sent")


def send_keys_menu(rig, args):
    """The menu, without a pointer: opened by its hot key, gone through by letters and arrows."""
    window = start(rig)
    for where in ("in a window", "in full screen"):
        before = len(keys(rig))
        rig.open_menu(window)
        sent = len(keys(rig))
        menus = rig.shown()
        rig.xdo("key", "k")  # Send _keys
        wait_for(lambda: rig.shown() - menus, 20, "the menu of keys")
        rig.xdo("key", "Return")
        secure = {"1d down", "38 down", "e0 53 down", "e0 53 up", "38 up", "1d up"}
        wait_for(lambda: secure <= set(keys(rig)[before:]), 10,
                 f"ctrl+alt+del by the menu, {where}")
        got = keys(rig)[sent:]
        check("25 down" not in got and "1c down" not in got,
              f"the menu's own keys are not sent, {where}: {' '.join(got)}")
        before = len(keys(rig))
        rig.xdo("key", 38)
        expect(rig, before, click("1e"), f"the desktop has the keyboard again, {where}")
        if where == "in a window":
            rig.xdo("key", "shift+F11")
            wait_for(lambda: rig.geometry(window)[2:] == (1920, 1080), 10, "full screen")


if __name__ == "__main__":
    main({"layouts": layouts, "locks": locks, "locks-apart": locks_apart, "focus-loss": focus_loss,
          "hot-keys": hot_keys,
          "send-keys-menu": send_keys_menu}, __doc__)
