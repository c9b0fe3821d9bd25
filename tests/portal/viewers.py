#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""People's viewers with the portal's file, through the shipped HAProxy configuration and
the gateway to the distribution's QEMU, judged by the pixels that they show.

  viewers.py --build DIR TEST
"""
import contextlib
import os
import shutil
import sys

from portal import HERE, Browser, Portal, cloud
from ports import free_port

sys.path[:0] = [os.path.join(HERE, "..", name) for name in ("gateway", "client")]
from gate import DESKTOP  # noqa: E402
from test_haproxy import Front, trusting  # noqa: E402
from viewer import RED, check, main, wait_for  # noqa: E402


@contextlib.contextmanager
def everything(rig, port, **settings):
    """(browser that is logged in, front): the desktop "desk0" is at the port."""
    direct = {"host": "127.0.0.1", "port": port, "tls_port": None}
    place = free_port()
    with Front(rig.path("gateway", "osvdi-gateway"), portal=place) as front, \
            contextlib.closing(cloud(direct=direct, servers=[{"id": DESKTOP}])) as c:
        gate = front.gates[0]
        with open(gate.key_file) as f:
            keys = f.read()
        with Portal(rig.path("portal", "osvdi-portal"), c, keys=keys, port=place,
                    gateway=f"plain=true\nadmin=unix:{gate.admin_path}", origin=front.origin,
                    proxies="127.0.0.1", **settings) as portal:
            yield Browser(portal), front


def open_file(rig, browser, name="desk.vv"):
    """The path of the portal's file for the desktop, saved as a browser saves it."""
    browser.log_in()
    vv = browser.file("desk0")
    path = rig.file(name)
    with open(path, "w") as f:
        os.chmod(path, 0o600)
        vv.write(f, space_around_delimiters=False)
    return path


def start(rig, front, *argv):
    """A viewer that trusts HAProxy's certificate as if it were an authority's."""
    command = trusting(front.file("cert.pem"), argv)
    if not command or not shutil.which(argv[0]):
        print("skipped: no", argv[0], "or the system's authorities cannot be replaced for one "
              "program")
        sys.exit(77)
    with rig.log("viewer.log") as log:
        return rig.procs.start(command, env=rig.env, stdout=log, stderr=log)


def show(rig, argv, by):
    rig.start_x()
    _, port = rig.qemu()
    with everything(rig, port) as (browser, front):
        path = open_file(rig, browser)
        start(rig, front, *argv, path)
        rig.wait_colour(960, 540, RED)
        opened = front.gates[0].noted("opened")
        check({line["by"] for line in opened} == {by}, f"the desktop's picture, by {by}")
        check(opened[0]["user"] == "alice", "the gateway knows the user")
        wait_for(lambda: not os.path.exists(path), 20, "the viewer deletes the file")
        check("osvdi1." not in front.read_log() + rig.read_log("viewer.log"),
              "no ticket in the logs")
        browser.get("/desktops")
        browser.submit("/logout")
        wait_for(lambda: front.gates[0].audit("ended", cause="revoked"), 2, "logging out ends it")
        check(True, "logging out ends the session within two seconds")


def osvdi_viewer(rig, args):
    """The file has a proxy for stock viewers too: osvdi-viewer comes by WebSocket alone."""
    show(rig, [rig.path("client", "osvdi-viewer"), "-v", "-f"], "websocket")


def remote_viewer(rig, args):
    show(rig, ["remote-viewer", "-f"], "connect")


if __name__ == "__main__":
    main({"osvdi-viewer": osvdi_viewer, "remote-viewer": remote_viewer}, __doc__)
