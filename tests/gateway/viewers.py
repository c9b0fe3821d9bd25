#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""People's viewers through the gateway, judged by the pixels that they show.

  viewers.py --build DIR TEST
"""
import os
import shutil
import sys
import time

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "client")]
from gate import DESKTOP, Gate, wait_for  # noqa: E402
from test_haproxy import Front, trusting  # noqa: E402
from takeover import Viewer, quiet  # noqa: E402
from viewer import RED, check, check_quarters, main, serve_still  # noqa: E402


def gateway(rig, **settings):
    return Gate(rig.path("gateway", "osvdi-gateway"), **settings)


def web_file(rig, gate, ticket, name="desk.vv", more=""):
    """The viewer's own form; the ticket is the login of the address."""
    return rig.write_vv(f"[osvdi]\nurl=spice+ws://t:{ticket}@127.0.0.1:{gate.port}/gw\n"
                        f"server-uuid={DESKTOP}\n{more}", name)


def proxy_file(rig, gate, ticket, name="desk.vv"):
    """A connection file that stock viewers understand."""
    return rig.write_vv(
        f"host={DESKTOP}\nport=5900\nproxy=http://t:{ticket}@127.0.0.1:{gate.port}\n", name)


def web(rig, args):
    """osvdi-viewer by WebSocket, with the ticket as the address's login: our server's picture."""
    rig.start_x()
    quarters = serve_still(rig, 640, 480)
    with gateway(rig) as gate:
        rig.viewer("-f", rig.write_vv(
            f"[osvdi]\nurl=spice+ws://t:{gate.ticket(rig.port)}@127.0.0.1:{gate.port}/gw\n"))
        check_quarters(rig, (240, 0, 1440, 1080), quarters, "all four colours")
        check(len(gate.audit("channel")) >= 4, f"{len(gate.audit('channel'))} channels")
        check("osvdi1." not in rig.read_log("client.log"), "the ticket is in no log of the viewer")


def web_query(rig, args):
    """The same with the ticket in the query, as for Nova, where the site allows that."""
    rig.start_x()
    quarters = serve_still(rig, 640, 480)
    with gateway(rig, ticket_in_url="true") as gate:
        rig.viewer("-f", f"spice+ws://127.0.0.1:{gate.port}/gw?token={gate.ticket(rig.port)}")
        check_quarters(rig, (240, 0, 1440, 1080), quarters, "all four colours")


def stock_desktop(rig, args):
    """osvdi-viewer by WebSocket and by CONNECT to the distribution's QEMU."""
    rig.start_x()
    _, port = rig.qemu()
    with gateway(rig) as gate:
        v = rig.viewer("-f", web_file(rig, gate, gate.ticket(port)))
        rig.wait_colour(960, 540, RED)
        check(True, "by WebSocket, and it is the desktop that the file names")
        rig.procs.end(v)
    _, port = rig.qemu()
    with gateway(rig) as gate:
        rig.viewer("-f", proxy_file(rig, gate, gate.ticket(port)))
        rig.wait_colour(960, 540, RED)
        check(gate.noted("opened")[0]["by"] == "connect", "by CONNECT")


def remote_viewer(rig, args):
    """Stock remote-viewer by its proxy=, with channels that its ticket does not name."""
    if not shutil.which("remote-viewer"):
        print("skipped: remote-viewer is not installed")
        sys.exit(77)
    rig.start_x()
    _, port = rig.qemu()
    with gateway(rig) as gate:
        path = proxy_file(rig, gate, gate.ticket(port, "--channels", "main,display,inputs,cursor"))
        with rig.log("rv.log") as log:
            rig.procs.start(["remote-viewer", "-f", path], env=rig.env, stdout=log, stderr=log)
        rig.wait_colour(960, 540, RED)
        check(True, "the picture is there")
        wait_for(lambda: gate.audit("channel-refused", channel="usbredir"), 20,
                 "usbredir is refused")
        time.sleep(2)
        check(gate.metric("channels") >= 4 and gate.noted("opened")[0]["by"] == "connect",
              "and the session runs on")


def spicy(rig, args):
    """Another stock client."""
    if not shutil.which("spicy"):
        print("skipped: spicy is not installed")
        sys.exit(77)
    rig.start_x()
    _, port = rig.qemu()
    with gateway(rig) as gate:
        proxy = f"http://t:{gate.ticket(port)}@127.0.0.1:{gate.port}"
        with rig.log("spicy.log") as log:
            rig.procs.start(["spicy", "-f", "-h", DESKTOP, "-p", "5900"],
                            env={**rig.env, "SPICE_PROXY": proxy}, stdout=log, stderr=log)
        rig.wait_colour(960, 540, RED)
        check(True, "the picture is there")


def behind_haproxy(rig, args):
    """osvdi-viewer by wss and stock remote-viewer by an https proxy, both through the HAProxy
    that we ship."""
    if not shutil.which("haproxy"):
        print("skipped: haproxy is not installed")
        sys.exit(77)
    rig.start_x()
    _, port = rig.qemu()
    with Front(rig.path("gateway", "osvdi-gateway")) as front:
        gate = front.gates[0]
        with open(front.file("cert.pem")) as f:
            ca = f.read().replace("\n", "\\n")
        url = f"spice+wss://t:{gate.ticket(port)}@127.0.0.1:{front.port}/gw"
        v = rig.viewer("-f", rig.write_vv(f"[osvdi]\nurl={url}\nserver-uuid={DESKTOP}\nca={ca}\n"))
        rig.wait_colour(960, 540, RED)
        check(gate.noted("opened")[0]["by"] == "websocket", "osvdi-viewer by wss")
        rig.procs.end(v)
        check("osvdi1." not in front.read_log() and "osvdi1." not in rig.read_log("client.log"),
              "no ticket in the logs")
        _, port = rig.qemu()
        path = rig.write_vv(f"host={DESKTOP}\nport=5900\n"
                            f"proxy=https://t:{gate.ticket(port)}@127.0.0.1:{front.port}\n")
        remote = trusting(front.file("cert.pem"), ["remote-viewer", "-f", path])
        if not remote or not shutil.which("remote-viewer"):
            print("remote-viewer is not tested here: the system's authorities cannot be replaced "
                  "for one program")
            return
        with rig.log("rv.log") as log:
            rig.procs.start(remote, env=rig.env, stdout=log, stderr=log)
        rig.wait_colour(960, 540, RED)
        check(gate.noted("opened")[-1]["by"] == "connect", "remote-viewer by CONNECT in TLS")


def takeover(rig, args):
    """Two viewers of two users: the newer keeps the desktop, the older is told and does not
    come back."""
    rig.start_x()
    rig.serve("-s", "pattern:typing", "-S", "640x480", "-v")
    with gateway(rig) as gate:
        def open_as(user, name):
            url = f"spice+ws://t:{gate.ticket(rig.port, user=user)}@127.0.0.1:{gate.port}/gw"
            return Viewer(rig, rig.write_vv(f"[osvdi]\nurl={url}\n", name))
        a = open_as("alice", "a.vv").wait_picture()
        b = open_as("bob", "b.vv").wait_picture()
        a.wait_taken()
        quiet([a, b])
        check([v.events("connected") for v in (a, b)] == [1, 1] and b.process.poll() is None,
              "the newer keeps the desktop")
        check(gate.noted("ended", user="alice", cause="taken"), "the record has it")


def revoked(rig, args):
    """A session that is revoked ends at the viewer too, and the viewer does not knock for ever."""
    rig.start_x()
    rig.serve("-s", "pattern:typing", "-S", "640x480", "-v")
    with gateway(rig) as gate:
        url = f"spice+ws://t:{gate.ticket(rig.port)}@127.0.0.1:{gate.port}/gw"
        v = Viewer(rig, rig.write_vv(f"[osvdi]\nurl={url}\n")).wait_picture()
        gate.admin("revoke", "session", gate.noted("opened")[0]["session"])
        wait_for(lambda: v.events("disconnected"), 10, "the viewer notices")
        wait_for(lambda: gate.audit("refused", reason="revoked"), 10,
                 "a try to come back is refused")
        wait_for(lambda: v.said("has expired") or v.said("has ended"), 60,
                 "and the viewer gives up")
        quiet([v])


if __name__ == "__main__":
    main({"web": web, "web-query": web_query, "stock-desktop": stock_desktop,
          "remote-viewer": remote_viewer, "spicy": spicy, "behind-haproxy": behind_haproxy,
          "takeover": takeover, "revoked": revoked}, __doc__)
