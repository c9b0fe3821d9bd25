#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""What people meet in osvdi-viewer: dialogs, as they read and use them.

  looks.py --build DIR TEST
"""
import subprocess

from viewer import check, free_port, main, wait_for


def clipboard(lab):
    return subprocess.run(["xclip", "-selection", "clipboard", "-o"], env=lab.env, capture_output=True, text=True).stdout


def failures(lab, args):
    """A failure tells all that helps, its text can be taken along, and there is a way on."""
    lab.start_x()
    port = free_port()
    path = lab.write_vv(f"host=127.0.0.1\nport={port}\npassword=tell-nobody\n", "my desk.vv")
    v = lab.viewer(path)
    dialog = lab.wait_window(f"127.0.0.1:{port}")
    lab.xdo("windowfocus", "--sync", dialog, "key", "alt+o")
    details = wait_for(lambda: clipboard(lab), 10, "the details on the clipboard")
    for part in ("osvdi-viewer ", f"127.0.0.1:{port}", path, "Cannot connect", "refused"):
        check(part in details, f"the copied details tell {part}")
    check("tell-nobody" not in details, "and no password")
    lab.qemu(port=port)
    lab.xdo("key", "alt+t")
    lab.wait_desk()
    check(True, "Try again brings the desktop")
    lab.procs.end(v)
    v = lab.viewer("--broker", "/nonexistent/broker")
    chooser = lab.wait_window("Connect to a desktop")
    gone = f"127.0.0.1:{free_port()}"
    lab.xdo("windowfocus", "--sync", chooser, "type", f"spice://{gone}")
    lab.xdo("key", "Return")
    lab.xdo("windowfocus", "--sync", lab.wait_window(gone), "key", "alt+b")
    chooser = lab.wait_window("Connect to a desktop")
    lab.xdo("windowfocus", "--sync", chooser, "type", f"spice://127.0.0.1:{port}")
    lab.xdo("key", "Return")
    lab.wait_desk()
    check(True, "Back leads to the list, from which another desktop opens")
    v.terminate()
    check(v.wait(10) == 0, "and ends as usual")
    with open(lab.file("config/osvdi-viewer/settings")) as f:
        kept = f.read()
    check(f":{port}" in kept and gone not in kept, "only the address that was reached is remembered")


if __name__ == "__main__":
    main({"failures": failures}, __doc__)
