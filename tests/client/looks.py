#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Test the dialogs of osvdi-viewer, as people read and use them.

  looks.py --build DIR TEST
"""
import json
import os
import subprocess
import time

from access import read, start_bus
from viewer import RED, check, free_port, main, wait_for


def clipboard(rig):
    return subprocess.run(["xclip", "-selection", "clipboard", "-o"], env=rig.env,
                          capture_output=True, text=True).stdout


def failures(rig, args):
    """A failure tells all that helps, its text can be taken along, and there is a way on."""
    rig.start_x()
    port = free_port()
    path = rig.write_vv(f"host=127.0.0.1\nport={port}\npassword=tell-nobody\n", "my desk.vv")
    v = rig.viewer(path)
    dialog = rig.wait_window(f"127.0.0.1:{port}")
    rig.xdo("windowfocus", "--sync", dialog, "key", "alt+o")
    details = wait_for(lambda: clipboard(rig), 10, "the details on the clipboard")
    for part in ("osvdi-viewer ", f"127.0.0.1:{port}", path, "Cannot connect", "refused"):
        check(part in details, f"the copied details tell {part}")
    check("tell-nobody" not in details, "and no password")
    rig.qemu(port=port)
    rig.xdo("key", "alt+t")
    rig.wait_desk()
    check(True, "Try again brings the desktop")
    rig.procs.end(v)
    v = rig.viewer("--broker", "/nonexistent/broker")
    chooser = rig.wait_window("Connect to a desktop")
    gone = f"127.0.0.1:{free_port()}"
    rig.xdo("windowfocus", "--sync", chooser, "type", f"spice://{gone}")
    rig.xdo("key", "Return")
    rig.xdo("windowfocus", "--sync", rig.wait_window(gone), "key", "alt+b")
    chooser = rig.wait_window("Connect to a desktop")
    rig.xdo("windowfocus", "--sync", chooser, "type", f"spice://127.0.0.1:{port}")
    rig.xdo("key", "Return")
    rig.wait_desk()
    check(True, "Back leads to the list, from which another desktop opens")
    v.terminate()
    check(v.wait(10) == 0, "and ends as usual")
    with open(rig.file("config/osvdi-viewer/settings")) as f:
        kept = f.read()
    check(f":{port}" in kept and gone not in kept,
          "only the address that was reached is remembered")


def chooser(rig, args):
    """The first page helps; the list of desktops is readable; an entry is forgotten by its
    button."""
    start_bus(rig)
    broker = rig.file("broker")

    def answer(text):
        with open(broker, "w") as f:
            f.write("#!/bin/sh\n" + text)
        os.chmod(broker, 0o700)

    def shown(*wanted):
        def there():
            names = {n["name"] for n in read(rig) if "showing" in n["states"]}
            return set(wanted) <= names and names
        return wait_for(there, 30, f"{wanted}", 0.5)

    def start(*argv):
        v = rig.viewer(*argv)
        rig.xdo("windowfocus", "--sync", rig.wait_window("Connect to a desktop"))
        return v
    example = "For example spice://host:5900, or a desktop's name in your cloud"
    v = start("--broker", "/nonexistent/broker")
    seen = shown("Welcome", example,
                 "The desktops of a cloud appear here when osvdi-broker is installed.")
    check("Recent connections" not in seen,
          "a first start: welcome, example, a calm line, no empty heading")
    rig.procs.end(v)
    answer("echo 'osvdi-broker: OS_AUTH_URL is not set (auth_url in clouds.yaml)' >&2\nexit 2\n")
    v = start("--broker", broker)
    shown("Your desktops",
          "Tell osvdi-broker of your cloud to see your desktops here: see “man osvdi-broker”.",
          "OS_AUTH_URL is not set (auth_url in clouds.yaml)")
    check(True, "a broker without a cloud: what to do, and its words only below")
    answer("echo 'osvdi-broker: the cloud is away' >&2\nexit 6\n")
    rig.xdo("key", "alt+l")
    shown("Your desktops cannot be listed.", "the cloud is away")
    check(True, "a failure says so")
    desktops = [("one", "ACTIVE"), ("two", "SHUTOFF"), ("three", "SHELVED_OFFLOADED"),
                ("four", "ODD")]
    rows = [{"id": f"id-{name}", "name": name, "status": status} for name, status in desktops]
    answer(f"echo '{json.dumps(rows)}'\n")
    rig.xdo("key", "alt+l")
    shown("one Running", "two Off", "three Shelved", "four ODD")
    wait_for(lambda: not {"Welcome", "Looking for your desktops…"} & shown("one Running"), 10,
             "the greeting goes", 0.5)
    check(True, "then the desktops, with states in words")
    rig.procs.end(v)
    answer("sleep 60\n")
    os.makedirs(rig.file("config/osvdi-viewer"))
    with open(rig.file("config/osvdi-viewer/settings"), "w") as f:
        f.write("[viewer]\nrecent=spice://a:1;spice://b:2;\n")
    v = start("--broker", broker)
    seen = shown("Looking for your desktops…", "Recent connections", "spice://a:1", example)
    check("Welcome" not in seen, "who has been here before is not greeted")
    for address, left in (("spice://a:1", True), ("spice://b:2", False)):
        button = next(n for n in read(rig) if n["name"] == f"Forget {address}" and
                      "showing" in n["states"])
        x, y, w, h = button["box"]
        at = rig.geometry(rig.wait_window("Connect to a desktop"))
        rig.xdo("mousemove", at[0] + x + w // 2, at[1] + y + h // 2, "click", "1")
        wait_for(lambda: address not in {n["name"] for n in read(rig)}, 10,
                 f"{address} is forgotten")
        check(("Recent connections" in {n["name"] for n in read(rig)
                                        if "showing" in n["states"]}) == left,
              f"{address} is gone" + ("" if left else ", and the heading with the last"))
    rig.xdo("key", "Escape")
    check(v.wait(10) == 0, "Escape leaves")


def items(rig):
    """{name: [states]} of what can be seen in menus."""
    wanted = {"menu", "menu item", "check menu item", "radio menu item"}
    return {n["name"]: n["states"] for n in read(rig) if n["role"] in wanted and
            "showing" in n["states"]}


def open_menu(rig, window, *letters):
    rig.xdo("windowfocus", "--sync", window, "key", "ctrl+shift+F12")
    wait_for(lambda: items(rig), 20, "the menu")
    for letter in letters:
        before = set(items(rig))
        rig.xdo("key", letter)
        wait_for(lambda: set(items(rig)) != before, 20, f"what {letter} opens")
    return items(rig)


def close_menu(rig):
    def closed():
        rig.xdo("key", "Escape")
        return not items(rig)
    wait_for(closed, 20, "the menu is closed", 0.5)


def menu(rig, args):
    """The menu tells keys, states, and why something cannot be done."""
    start_bus(rig)
    server, port = rig.qemu()
    v = rig.viewer(
        "--hotkeys=show-menu=ctrl+shift+f12,release-cursor=ctrl+alt,toggle-fullscreen=F8",
                   f"spice://127.0.0.1:{port}")
    window = rig.wait_desk()
    seen = open_menu(rig, window)
    check("sensitive" not in seen["Send files… – no agent in the desktop"],
          "no files without an agent, and why")
    check("sensitive" in seen["USB devices…"], "USB devices, as the desktop takes them")
    check("Release the pointer (Ctrl+Alt)" in seen, "keys that are modifiers alone are named")
    check("Insert smartcard" not in seen, "nothing about smartcards where there is none")
    check("checked" in seen["Share the clipboard"] and "checked" not in seen["Full screen"],
          "ticks are as things are")
    close_menu(rig)
    seen = open_menu(rig, window, "z")
    check("checked" in seen["Fit the window"] and "checked" not in seen["150 %"],
          "the zoom that is, is marked")
    # from Zoom in to 125 %
    rig.xdo("key", "Down", "Down", "Down", "Down", "Down", "Down", "Return")
    seen = open_menu(rig, window, "z")
    check("Zoom: 125 %" in seen and "checked" in seen["125 %"] and
          "checked" not in seen["Fit the window"],
          "another zoom is marked then, and named in the menu")
    close_menu(rig)
    rig.xdo("key", "F8")
    wait_for(lambda: rig.geometry(window)[2:] == (1920, 1080), 10, "full screen")
    check("checked" in open_menu(rig, window)["Full screen"], "full screen by its key is ticked")
    close_menu(rig)
    rig.xdo("key", "F8")
    wait_for(lambda: rig.geometry(window)[2] < 1920, 10, "the window again")
    wm_state(rig, window, "add")
    wait_for(lambda: rig.geometry(window)[2:] == (1920, 1080), 10,
             "full screen by the window manager")
    wait_for(lambda: "Leave full screen" in {n["name"] for n in read(rig)
                                             if "showing" in n["states"]}, 10, "the bar")
    check("checked" in open_menu(rig, window)["Full screen"], "and by the window manager")
    close_menu(rig)
    rig.xdo("key", "F8")
    wait_for(lambda: rig.geometry(window)[2] < 1920, 10, "the window again")
    open_menu(rig, window, "h")
    rig.xdo("key", "k")
    rig.wait_window("Keyboard shortcuts")
    shown = {n["name"] for n in read(rig) if "showing" in n["states"]}
    check({"Ctrl+Shift+F12", "Shift+Ctrl+F12"} & shown and {"F8", "Ctrl+Alt", "no key"} <= shown,
          "all keys in a list")
    rig.xdo("key", "Escape")
    open_menu(rig, window)
    rig.xdo("key", "o")
    rig.wait_window("Connect to a desktop")
    check(v.poll() is None and not rig.windows("red desk"), "Disconnect leads to the list")


def preferences(rig, args):
    """A tick in the preferences counts at once, or the next time, and is kept."""
    start_bus(rig)
    _, port = rig.qemu()
    uri = f"spice://127.0.0.1:{port}"
    v = rig.viewer(uri)
    window = rig.wait_desk()
    open_menu(rig, window)
    rig.xdo("key", "e")
    dialog = rig.wait_window("Preferences")
    wanted = {"Copied here, it can be pasted in the desktop": True,
              "Copied in the desktop, it can be pasted here": True,
              "Resize the desktop with the window": True,
              "Fit the picture to the window (else 100 %)": True,
              "Open in full screen mode": False,
              "Keep Caps Lock and Num Lock alike here and there": True,
              "Play the desktop's sound (from the next connection on)": True}
    found = {n["name"]: "checked" in n["states"] for n in read(rig) if n["role"] == "check box"}
    check(found == wanted, f"{len(wanted)} choices, as they are at first")
    rig.xdo("windowfocus", "--sync", dialog, "key", "alt+f", "key", "alt+r", "key", "alt+p",
            "key", "alt+c")
    rig.xdo("key", "Escape")
    wait_for(lambda: not rig.windows("Preferences"), 10, "Escape closes")
    seen = open_menu(rig, window)
    check("checked" not in seen["Resize the desktop with the window"] and "Zoom: 100 %" in seen,
          "two count at once")
    close_menu(rig)
    v.terminate()
    check(v.wait(10) == 0, "ends")
    with open(rig.file("config/osvdi-viewer/settings")) as f:
        kept = f.read()
    check({"auto-resize=false", "fit=false", "fullscreen=true", "sync-locks=false"} <=
          set(kept.split("\n")), "all are kept")
    v = rig.viewer(uri)
    rig.wait_colour(960, 540, RED)
    window = rig.wait_window("red desk")
    wait_for(lambda: rig.geometry(window)[2:] == (1920, 1080), 10, "full screen by the preference")
    seen = open_menu(rig, window)
    check("Zoom: 100 %" in seen and "checked" in seen["Full screen"],
          "100 % and full screen the next time")
    close_menu(rig)
    rig.procs.end(v)
    rig.viewer(rig.write_vv(f"host=127.0.0.1\nport={port}\nfullscreen=0\n"))
    window = rig.wait_desk()
    check(rig.geometry(window)[2] < 1920, "a file that says otherwise goes before the preference")


def password(rig, args):
    """The dialog names the desktop, and says why it asks again; the keyboard is in the field."""
    start_bus(rig)
    port = free_port()
    rig.qemu(f"port={port},addr=127.0.0.1,password=on")  # none was set: none is right
    v = rig.viewer("-t", "my desk", f"spice://127.0.0.1:{port}")

    def shown(*wanted):
        def there():
            found = read(rig)
            return set(wanted) <= {n["name"] for n in found if "showing" in n["states"]} and found
        return wait_for(there, 30, f"{wanted}", 0.5)
    refused = "The password was not accepted."
    found = shown("my desk asks for its password.")
    check(refused not in {n["name"] for n in found},
          "the desktop is named, and nothing blamed at first")
    check(any(n["role"] == "password text" and n["focused"] for n in found),
          "what is typed goes into the field")
    rig.xdo("windowfocus", "--sync", rig.wait_window("my desk"), "type", "wrong")
    rig.xdo("key", "Return")
    shown("my desk asks for its password.", refused)
    check(True, "asked again, with the reason")
    rig.xdo("windowfocus", "--sync", rig.wait_window("my desk"), "key", "Escape")
    check(v.wait(10) == 0, "Escape leaves")


def wm_state(rig, window, what):
    """Make a window full screen as a window manager's own key does."""
    subprocess.run(["/usr/bin/python3", "-c", f"""
import gi
gi.require_version("Gdk", "3.0"); gi.require_version("GdkX11", "3.0")
from gi.repository import Gdk, GdkX11
display = Gdk.Display.get_default()
window = GdkX11.X11Window.foreign_new_for_display(display, {window})
(window.fullscreen if "{what}" == "add" else window.unfullscreen)()
display.sync()
"""], env=rig.env, check=True)


def full_screen(rig, args):
    """The bar of full screen: shown at first, gone, and back for who rests at the top edge."""
    start_bus(rig)
    _, port = rig.qemu()

    def bar():
        found = {n["name"] for n in read(rig) if "showing" in n["states"]}
        return found if "Leave full screen" in found else None
    v = rig.viewer("-f", "--hotkeys=toggle-fullscreen=ctrl+F9", "-t", "my desk",
                   f"spice://127.0.0.1:{port}")
    seen = wait_for(bar, 20, "the bar at the start", 0.1)
    check({"my desk", "Menu", "Minimise", "Close"} <= seen,
          "the bar has the desktop's name and what can be done")
    check(any(n.startswith("Ctrl+F9 leaves") for n in seen),
          "and tells the key that leaves, as it is set")
    rig.wait_colour(960, 540, RED)
    window = rig.wait_window("my desk")
    wait_for(lambda: not bar(), 20, "the bar goes away")
    rig.xdo("mousemove", 100, 300, "mousemove", 100, 0)

    def at_edge():  # a nudge now and then: unused, the bar goes after 1.5 s
        rig.xdo("mousemove_relative", 1, 0)
        return bar()
    wait_for(at_edge, 10, "the bar when the pointer rests at the left of the top edge")
    rig.xdo("mousemove", 960, 500, "mousemove", 962, 500)
    wait_for(lambda: not bar(), 20, "the bar goes away")
    rig.xdo("mousemove", 100, 0, "mousemove", 100, 300)
    time.sleep(1)  # nothing is to happen
    check(not bar(), "a pointer that only passes by brings no bar")
    rig.xdo("mousemove", 960, 0)
    wait_for(bar, 10, "the bar once more")
    leave = next(n for n in read(rig) if n["name"] == "Leave full screen" and
                 "showing" in n["states"])
    x, y, w, h = leave["box"]
    rig.xdo("mousemove", x + w // 2, y + h // 2, "click", "1")
    wait_for(lambda: rig.geometry(window)[2] < 1920, 10, "the window again, by the bar")
    rig.procs.end(v)
    v = rig.viewer("--kiosk", "--zoom=100", f"spice://127.0.0.1:{port}")
    rig.wait_colour(960, 540, RED)
    rig.xdo("mousemove", 960, 300, "mousemove", 960, 0)
    time.sleep(1)  # nothing is to happen
    check(not bar(), "no bar in kiosk mode")
    check(rig.fb.pixel(20, 1000) == (0, 0, 0),
          "around a picture that is smaller than the screen it is black")


def grab(rig, args):
    """Who gave the pointer to the desktop is told how to get it back."""
    rig.start_x()
    port = free_port()
    rig.qemu(port=port, tablet=False)
    v = rig.viewer("--hotkeys=release-cursor=ctrl+F7,toggle-fullscreen=F8",
                   f"spice://127.0.0.1:{port}")
    window = rig.wait_desk()
    x, y, w, h = rig.geometry(window)
    told = "red desk – Press Ctrl.F7 to release the pointer"

    def click():
        rig.xdo("windowfocus", "--sync", window, "mousemove", x + w // 2, y + h // 2, "click", "1")
        return rig.windows(told)
    wait_for(click, 20, "the title tells the key", 1)
    check(rig.windows(told) == [window],
          "the title tells the key that releases the pointer, as it is set")
    rig.xdo("key", "ctrl+F7")
    wait_for(lambda: rig.windows("^red desk$") == [window], 10, "the title is the name again")
    check(v.poll() is None, "and the hint is gone with the grab")


if __name__ == "__main__":
    main({"chooser": chooser, "failures": failures, "menu": menu, "password": password,
          "preferences": preferences, "full-screen": full_screen, "grab": grab}, __doc__)
