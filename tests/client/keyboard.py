#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Keys of osvdi-viewer as the guest gets them: scan codes of spice-accel-serve -v.

  keyboard.py --build DIR TEST
"""
import os
import re
import subprocess

from viewer import LabError, check, main, wait_for

# The keys that carry symbols, by their X keycodes (evdev: scan code + 8).
SYMBOLS = [*range(10, 22), *range(24, 36), *range(38, 50), *range(51, 62), 94]
ALTGR, LEFT_SHIFT, LEFT_CTRL = 108, 50, 37
LAST, LAST_CODE = 74, "42"  # F8: what came before it has all come when it does


def keys(lab):
    """["1e down", "e0 38 up", ...]"""
    return re.findall(r"^key ((?:e0 )?[0-9a-f]{2} (?:down|up))$", lab.read_log("server.log"), re.M)


def start(lab, *options):
    lab.start_x()
    lab.serve("-s", "pattern:idle", "-S", "800x600", "-v")
    lab.viewer(*options, "--auto-resize=never", f"spice://127.0.0.1:{lab.port}")
    window = lab.wait_window("accel|^127")
    wait_for(lambda: lab.events("first-picture"), 40, "a picture")
    focus(lab, window)
    return window


def focus(lab, window):
    lab.xdo("windowfocus", "--sync", window)


def layout(lab, name):
    subprocess.run(["setxkbmap", name], env=lab.env, check=True)


def all_since(lab, before, what):
    """All scan codes after so many: what F8, pressed now, comes after."""
    lab.xdo("key", LAST)
    try:
        wait_for(lambda: keys(lab)[before:][-2:] == click(LAST_CODE), 15, what)
    except LabError:
        raise LabError(f"{what}: got {keys(lab)[before:]}, and F8 did not come")
    return keys(lab)[before:-2]


def expect(lab, before, wanted, what):
    """Just these scan codes, in this order, come after so many."""
    got = all_since(lab, before, what)
    if got != wanted:
        raise LabError(f"{what}: wanted {wanted}, got {got}")
    check(True, what + (": " + " ".join(got) if len(got) < 20 else ""))


def click(code):
    return [f"{code} down", f"{code} up"]


def layouts(lab, args):
    """Each symbol key, AltGr and dead keys are the guest's to interpret, whatever the layout here."""
    start(lab)
    for name in ("us", "de", "fr"):
        layout(lab, name)
        before = len(keys(lab))
        lab.xdo("key", "--delay", "30", *SYMBOLS)
        wanted = [x for k in SYMBOLS for x in click(f"{k - 8:02x}")]
        expect(lab, before, wanted, f"{name}: {len(SYMBOLS)} keys")
    layout(lab, "de")
    before = len(keys(lab))
    lab.xdo("keydown", ALTGR, "key", 24, "key", 26, "keyup", ALTGR)  # @ and the euro sign
    expect(lab, before, ["e0 38 down", *click("10"), *click("12"), "e0 38 up"], "de: AltGr")
    before = len(keys(lab))
    lab.xdo("key", "dead_acute", "key", "e")
    expect(lab, before, click("0d") + click("12"), "de: a dead accent is not swallowed")
    layout(lab, "fr")
    before = len(keys(lab))
    lab.xdo("key", "dead_circumflex", "key", "e")
    expect(lab, before, click("1a") + click("12"), "fr: a dead circumflex")
    before = len(keys(lab))
    lab.xdo("keydown", ALTGR, "key", 19, "keyup", ALTGR)
    expect(lab, before, ["e0 38 down", *click("0b"), "e0 38 up"], "fr: AltGr and 0")
    before = len(keys(lab))
    lab.xdo("key", "KP_Enter", "key", "Delete", "key", "Right", "key", "Super_L", "key", "Menu")
    expect(lab, before, [x for c in ("e0 1c", "e0 53", "e0 4d", "e0 5b", "e0 5d") for x in click(c)], "extended keys")


def locks(lab, args):
    """Caps and Num lock are the same at both ends, whoever turned them where."""
    window = start(lab)
    before = len(keys(lab))
    lab.xdo("key", "Caps_Lock")
    expect(lab, before, click("3a"), "Caps lock in the desktop is one press")
    lab.xdo("key", "Caps_Lock")
    with lab.log("xev.log") as log:
        lab.procs.start(["xev", "-name", "elsewhere"], env=lab.env, stdout=log, stderr=log)
    other = lab.wait_window("^elsewhere$")
    for name, code in (("Caps_Lock", "3a"), ("Num_Lock", "45")):
        for turn in ("on", "off"):
            focus(lab, other)
            before = len(keys(lab))
            lab.xdo("key", name)
            focus(lab, window)
            lab.xdo("key", 38)
            wait_for(lambda: "1e up" in keys(lab)[before:], 10, "a key")
            presses = keys(lab)[before:].count(f"{code} down")
            check(presses == 1, f"{name} {turn} elsewhere: {presses} press of it here")


def locks_apart(lab, args):
    """By the option or the preference each end keeps its locks: what is turned elsewhere sends nothing."""
    lab.start_x()
    lab.serve("-s", "pattern:idle", "-S", "800x600", "-v")
    os.makedirs(lab.file("config/osvdi-viewer"))
    with lab.log("xev.log") as log:
        lab.procs.start(["xev", "-name", "elsewhere"], env=lab.env, stdout=log, stderr=log)
    other = lab.wait_window("^elsewhere$")
    for kept, option, wanted in (("", "--sync-locks=never", 0), ("sync-locks=false", "--sync-locks=always", 1),
                                 ("sync-locks=false", "--auto-resize=never", 0)):
        with open(lab.file("config/osvdi-viewer/settings"), "w") as f:
            f.write(f"[desktop *]\n{kept}\n")
        pictures = len(lab.events("first-picture"))
        v = lab.viewer(option, f"spice://127.0.0.1:{lab.port}")
        wait_for(lambda: len(lab.events("first-picture")) > pictures, 40, "a picture")
        focus(lab, other)
        before = len(keys(lab))
        lab.xdo("key", "Caps_Lock")
        focus(lab, lab.wait_window("accel|127"))
        lab.xdo("key", 38)
        wait_for(lambda: "1e up" in keys(lab)[before:], 10, "a key")
        presses = keys(lab)[before:].count("3a down")
        check(presses == wanted, f"{kept or 'nothing kept'}, {option}: {presses} presses of Caps lock")
        lab.procs.end(v)
        focus(lab, other)
        lab.xdo("key", "Caps_Lock")


def focus_loss(lab, args):
    """A key that is held when another window gets the keyboard is up for the guest."""
    window = start(lab)
    with lab.log("xev.log") as log:
        lab.procs.start(["xev", "-name", "elsewhere"], env=lab.env, stdout=log, stderr=log)
    other = lab.wait_window("^elsewhere$")
    focus(lab, window)
    before = len(keys(lab))
    lab.xdo("keydown", LEFT_CTRL, "keydown", LEFT_SHIFT)
    wait_for(lambda: len(keys(lab)) >= before + 2, 10, "keys that are held")
    focus(lab, other)
    try:
        wait_for(lambda: {"1d up", "2a up"} <= set(keys(lab)[before:]), 10, "released")
        check(True, "held keys are released when another window gets the keyboard")
    finally:
        lab.xdo("keyup", LEFT_SHIFT, "keyup", LEFT_CTRL)
    focus(lab, window)
    before = len(keys(lab))
    lab.xdo("key", 38)
    expect(lab, before, click("1e"), "back again, with no modifier left over")


def hot_keys(lab, args):
    """Hot keys are ours, all else is the guest's; the key map and the menu send what they say."""
    window = start(lab, "--hotkeys=toggle-fullscreen=ctrl+plus,show-menu=ctrl+shift+f12,secure-attention=shift+F9",
                   "--keymap=F1=SHIFT+CTRL+F2,F3=Void,F4=")
    before = len(keys(lab))
    lab.xdo("key", "F12", "keydown", LEFT_SHIFT, "key", "F11", "keyup", LEFT_SHIFT)
    expect(lab, before, [*click("58"), "2a down", *click("57"), "2a up"], "keys without an action")
    before = len(keys(lab))
    lab.xdo("keydown", LEFT_CTRL, "keydown", LEFT_SHIFT, "key", 21, "keyup", LEFT_SHIFT, "keyup", LEFT_CTRL)
    wait_for(lambda: lab.geometry(window)[2:] == (1920, 1080), 10, "full screen by ctrl and +")
    got = all_since(lab, before, "ctrl and +")
    check(not [k for k in got if k.startswith("0d")], f"ctrl and + (with shift on this layout): {' '.join(got)}")
    check(got.count("1d down") == got.count("1d up") and got.count("2a down") == got.count("2a up"), "nothing is left held")
    lab.xdo("keydown", LEFT_CTRL, "keydown", LEFT_SHIFT, "key", 21, "keyup", LEFT_SHIFT, "keyup", LEFT_CTRL)
    wait_for(lambda: lab.geometry(window)[2] < 1900, 10, "the window again")
    focus(lab, window)
    before = len(keys(lab))
    lab.xdo("key", "F1")
    expect(lab, before, ["2a down", "1d down", "3c down", "3c up", "1d up", "2a up"], "a key that is mapped")
    before = len(keys(lab))
    lab.xdo("key", "F3", "key", "F4", "key", 38)
    expect(lab, before, click("1e"), "keys that are blocked")
    secure = {"1d down", "38 down", "e0 53 down", "e0 53 up", "38 up", "1d up"}
    before = len(keys(lab))
    lab.xdo("key", "shift+F9")
    wait_for(lambda: secure <= set(keys(lab)[before:]), 10, "ctrl+alt+del by its hot key")
    check("43 down" not in keys(lab)[before:], "and its own key is not sent")


def send_keys_menu(lab, args):
    """The menu, without a pointer: opened by its hot key, gone through by letters and arrows."""
    window = start(lab)
    for where in ("in a window", "in full screen"):
        before = len(keys(lab))
        lab.open_menu(window)
        sent = len(keys(lab))
        menus = lab.shown()
        lab.xdo("key", "k")  # Send _keys
        wait_for(lambda: lab.shown() - menus, 20, "the menu of keys")
        lab.xdo("key", "Return")
        secure = {"1d down", "38 down", "e0 53 down", "e0 53 up", "38 up", "1d up"}
        wait_for(lambda: secure <= set(keys(lab)[before:]), 10, f"ctrl+alt+del by the menu, {where}")
        got = keys(lab)[sent:]
        check("25 down" not in got and "1c down" not in got, f"the menu's own keys are not sent, {where}: {' '.join(got)}")
        before = len(keys(lab))
        lab.xdo("key", 38)
        expect(lab, before, click("1e"), f"the desktop has the keyboard again, {where}")
        if where == "in a window":
            lab.xdo("key", "shift+F11")
            wait_for(lambda: lab.geometry(window)[2:] == (1920, 1080), 10, "full screen")


if __name__ == "__main__":
    main({"layouts": layouts, "locks": locks, "locks-apart": locks_apart, "focus-loss": focus_loss, "hot-keys": hot_keys,
          "send-keys-menu": send_keys_menu}, __doc__)
