#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""osvdi-viewer for people who do not see it, or not well: names for screen readers
(AT-SPI), in two languages, and the dark theme.

  access.py --build DIR TEST
"""
import json
import os
import subprocess
import sys

from viewer import Failed, check, main, wait_for

READER = """
import json, sys
import gi
gi.require_version("Atspi", "2.0")
from gi.repository import Atspi
Atspi.init()
found = []
def walk(node, depth=0):
    if node is None or depth > 40:
        return
    labels = [r.get_target(i).get_name() for r in node.get_relation_set()
              if r.get_relation_type() == Atspi.RelationType.LABELLED_BY
              for i in range(r.get_n_targets())]
    states = node.get_state_set()
    part = node.get_component_iface()
    r = part.get_extents(Atspi.CoordType.WINDOW) if part else None
    found.append({"role": node.get_role_name(), "name": node.get_name() or "", "labels": labels,
                  "states": [s.value_nick for s in states.get_states()],
                  "showing": states.contains(Atspi.StateType.SHOWING),
                  "focused": states.contains(Atspi.StateType.FOCUSED),
                  "box": [r.x, r.y, r.width, r.height] if r else None})
    for i in range(node.get_child_count()):
        walk(node.get_child_at_index(i), depth + 1)
desktop = Atspi.get_desktop(0)
for i in range(desktop.get_child_count()):
    app = desktop.get_child_at_index(i)
    if app and app.get_name() == "osvdi-viewer":
        walk(app)
print(json.dumps(found))
"""
NAMED = {"push button", "toggle button", "text", "password text", "combo box", "menu item",
         "check menu item", "menu",
         "check box", "list item", "frame", "dialog", "alert"}


def start_bus(rig):
    """A session bus with AT-SPI of its own."""
    probe = subprocess.run(["/usr/bin/python3", "-c",
                            "import gi; gi.require_version('Atspi', '2.0')"], capture_output=True)
    if probe.returncode or not os.path.exists("/usr/share/dbus-1/services/org.a11y.Bus.service"):
        print("skipped: at-spi2-core or gir1.2-atspi-2.0 is not installed")
        sys.exit(77)
    rig.start_x()
    path = rig.file("session-bus")
    rig.procs.start(["dbus-daemon", "--session", "--nofork", "--address=unix:path=" + path],
                    env=rig.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(lambda: os.path.exists(path), 10, "a bus")
    rig.env.update(DBUS_SESSION_BUS_ADDRESS="unix:path=" + path)
    rig.env.pop("NO_AT_BRIDGE")
    rig.env.pop("GTK_A11Y", None)


def read(rig):
    out = subprocess.run(["/usr/bin/python3", "-c", READER], env=rig.env, capture_output=True,
                         text=True, timeout=60)
    if out.returncode:
        raise Failed(out.stderr[-500:])
    return json.loads(out.stdout)


def check_names(rig, where, wanted, roles):
    """All that can be used has a name, and these names are among them."""
    def there():
        found = read(rig)
        return set(wanted) <= {n["name"] for n in found} and found
    try:
        found = wait_for(there, 30, f"{where}: {wanted}", 1)
    except Failed as e:
        raise Failed(f"{e}; there is {sorted({n['name'] for n in read(rig)})}")
    used = [n for n in found if n["role"] in NAMED and n["showing"]]
    nameless = [n for n in used if not n["name"].strip() and not any(n["labels"])]
    check(not nameless, f"{where}: {len(used)} things to use, all with names" +
          (f": {nameless}" if nameless else ""))
    check(set(roles) <= {n["role"] for n in used}, f"{where}: {', '.join(roles)}")


def names(rig, args):
    """Each thing to use says what it is."""
    start_bus(rig)
    _, port = rig.qemu()
    broker = rig.file("broker")
    with open(broker, "w") as f:
        f.write('#!/bin/sh\necho \'[{"id": "id-1", "name": "alice, desk", "status": "ACTIVE"}]\'\n')
    os.chmod(broker, 0o700)
    v = rig.viewer("--broker", broker)
    rig.wait_window("Connect to a desktop")
    check_names(rig, "chooser", ["Connect", "Open file…", "alice, desk Running"],
                ["push button", "text", "list item"])
    rig.procs.end(v)
    v = rig.viewer(f"spice://127.0.0.1:{port}")
    window = rig.wait_window("red desk")
    check_names(rig, "window", ["Menu", "Full screen", "red desk"], ["toggle button", "frame"])
    rig.xdo("windowfocus", "--sync", window, "key", "ctrl+shift+F12")
    check_names(rig, "menu", ["Send keys", "USB devices…", "Quit", "Share the clipboard"],
                ["menu item", "check menu item"])
    rig.xdo("key", "u")
    check_names(rig, "USB devices", ["USB devices", "Share a CD image…"], ["combo box", "dialog"])
    rig.procs.end(v)
    v = rig.viewer(f"spice://127.0.0.1:{port}", env={
        "LC_ALL": "C.UTF-8", "LANGUAGE": "de", "OSVDI_LOCALEDIR": rig.path("client", "po")})
    rig.wait_window("red desk")
    check_names(rig, "in German", ["Menü", "Vollbild"], ["toggle button"])


def dark(rig, args):
    """A dark theme makes all of it dark, with text that stands out."""
    rig.start_x()
    for theme, is_dark in (("Adwaita", False), ("Adwaita:dark", True)):
        v = rig.viewer("--broker", "/nonexistent", env={"GTK_THEME": theme})
        window = rig.wait_window("Connect to a desktop")
        x, y, w, h = rig.geometry(window)

        def greys():
            return sorted(sum(rig.fb.pixel(px, py)) // 3 for py in range(y + 10, y + h - 40, 3)
                          for px in range(x + 8, x + w - 8, 3))

        def right():
            seen[:] = greys()
            background = seen[len(seen) // 2]
            return (background < 80) == is_dark and (background > 180) != is_dark and \
                seen[-1] - seen[0] > 120
        seen = []
        try:
            wait_for(right, 20, f"{theme}: colours", 0.2)
        except Failed as e:
            raise Failed(f"{e}; background {seen[len(seen) // 2]}, text from {seen[0]} to "
                         f"{seen[-1]}")
        check(True,
              f"{theme}: background {seen[len(seen) // 2]}, text from {seen[0]} to {seen[-1]}")
        rig.procs.end(v)


if __name__ == "__main__":
    main({"names": names, "dark": dark}, __doc__)
