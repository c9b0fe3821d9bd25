#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""People's viewers through the gateway, judged by the pixels that they show.

  viewers.py --build DIR TEST
"""
import os
import shutil
import subprocess
import sys
import time

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "client")]
from gwlab import DESKTOP, Gate, wait_for  # noqa: E402
from test_haproxy import Front  # noqa: E402
from takeover import Viewer, quiet  # noqa: E402
from viewer import RED, check, check_quarters, main, serve_still  # noqa: E402


def gateway(lab, **settings):
    return Gate(lab.path("gateway", "osvdi-gateway"), **settings)


def web_file(lab, gate, ticket, name="desk.vv", more=""):
    """The viewer's own form; the ticket is the login of the address."""
    return lab.write_vv(f"[osvdi]\nurl=spice+ws://t:{ticket}@127.0.0.1:{gate.port}/gw\nserver-uuid={DESKTOP}\n{more}", name)


def proxy_file(lab, gate, ticket, name="desk.vv"):
    """What stock viewers understand."""
    return lab.write_vv(f"host={DESKTOP}\nport=5900\nproxy=http://t:{ticket}@127.0.0.1:{gate.port}\n", name)


def web(lab, args):
    """osvdi-viewer by WebSocket, with the ticket as the address's login: our server's picture."""
    lab.start_x()
    quarters = serve_still(lab, 640, 480)
    with gateway(lab) as gate:
        lab.viewer("-f", lab.write_vv(f"[osvdi]\nurl=spice+ws://t:{gate.ticket(lab.port)}@127.0.0.1:{gate.port}/gw\n"))
        check_quarters(lab, (240, 0, 1440, 1080), quarters, "all four colours")
        check(len(gate.audit("channel")) >= 4, f"{len(gate.audit('channel'))} channels")
        check("osvdi1." not in lab.read_log("client.log"), "the ticket is in no log of the viewer")


def web_query(lab, args):
    """The same with the ticket in the query, as for Nova, where the site allows that."""
    lab.start_x()
    quarters = serve_still(lab, 640, 480)
    with gateway(lab, ticket_in_url="true") as gate:
        lab.viewer("-f", f"spice+ws://127.0.0.1:{gate.port}/gw?token={gate.ticket(lab.port)}")
        check_quarters(lab, (240, 0, 1440, 1080), quarters, "all four colours")


def stock_desktop(lab, args):
    """osvdi-viewer by WebSocket and by CONNECT to the distribution's QEMU."""
    lab.start_x()
    _, port = lab.qemu()
    with gateway(lab) as gate:
        v = lab.viewer("-f", web_file(lab, gate, gate.ticket(port)))
        lab.wait_colour(960, 540, RED)
        check(True, "by WebSocket, and it is the desktop that the file names")
        lab.procs.end(v)
    _, port = lab.qemu()
    with gateway(lab) as gate:
        lab.viewer("-f", proxy_file(lab, gate, gate.ticket(port)))
        lab.wait_colour(960, 540, RED)
        check(gate.audit("opened")[0]["by"] == "connect", "by CONNECT")


def remote_viewer(lab, args):
    """Stock remote-viewer by its proxy=, with channels that its ticket does not name."""
    if not shutil.which("remote-viewer"):
        print("skipped: remote-viewer is not installed")
        sys.exit(77)
    lab.start_x()
    _, port = lab.qemu()
    with gateway(lab) as gate:
        path = proxy_file(lab, gate, gate.ticket(port, "--channels", "main,display,inputs,cursor"))
        with lab.log("rv.log") as log:
            lab.procs.start(["remote-viewer", "-f", path], env=lab.env, stdout=log, stderr=log)
        lab.wait_colour(960, 540, RED)
        check(True, "the picture is there")
        wait_for(lambda: gate.audit("channel-refused", channel="usbredir"), 20, "usbredir is refused")
        time.sleep(2)
        check(gate.metric("channels") >= 4 and gate.audit("opened")[0]["by"] == "connect", "and the session runs on")


def spicy(lab, args):
    """Another stock client."""
    if not shutil.which("spicy"):
        print("skipped: spicy is not installed")
        sys.exit(77)
    lab.start_x()
    _, port = lab.qemu()
    with gateway(lab) as gate:
        proxy = f"http://t:{gate.ticket(port)}@127.0.0.1:{gate.port}"
        with lab.log("spicy.log") as log:
            lab.procs.start(["spicy", "-f", "-h", DESKTOP, "-p", "5900"], env={**lab.env, "SPICE_PROXY": proxy}, stdout=log, stderr=log)
        lab.wait_colour(960, 540, RED)
        check(True, "the picture is there")


def behind_haproxy(lab, args):
    """osvdi-viewer by wss and stock remote-viewer by an https proxy, both through the HAProxy that we ship."""
    if not shutil.which("haproxy"):
        print("skipped: haproxy is not installed")
        sys.exit(77)
    lab.start_x()
    _, port = lab.qemu()
    with Front(lab.path("gateway", "osvdi-gateway")) as front:
        gate = front.gates[0]
        with open(front.file("cert.pem")) as f:
            ca = f.read().replace("\n", "\\n")
        url = f"spice+wss://t:{gate.ticket(port)}@127.0.0.1:{front.port}/gw"
        v = lab.viewer("-f", lab.write_vv(f"[osvdi]\nurl={url}\nserver-uuid={DESKTOP}\nca={ca}\n"))
        lab.wait_colour(960, 540, RED)
        check(gate.audit("opened")[0]["by"] == "websocket", "osvdi-viewer by wss")
        lab.procs.end(v)
        check("osvdi1." not in front.read_log() and "osvdi1." not in lab.read_log("client.log"), "no ticket in the logs")
        _, port = lab.qemu()
        path = lab.write_vv(f"host={DESKTOP}\nport=5900\nproxy=https://t:{gate.ticket(port)}@127.0.0.1:{front.port}\n")
        remote = trusting(front.file("cert.pem"), ["remote-viewer", "-f", path])
        if not remote or not shutil.which("remote-viewer"):
            print("remote-viewer is not tested here: the system's authorities cannot be replaced for one program")
            return
        with lab.log("rv.log") as log:
            lab.procs.start(remote, env=lab.env, stdout=log, stderr=log)
        lab.wait_colour(960, 540, RED)
        check(gate.audit("opened")[-1]["by"] == "connect", "remote-viewer by CONNECT in TLS")


def trusting(certificate, argv):
    """The command with a certificate in place of the system's authorities (GIO asks only those about a proxy); or None."""
    bind = ["unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/ssl/certs/ca-certificates.crt && exec "$@"', certificate]
    return [*bind, *argv] if subprocess.run([*bind, "true"], capture_output=True).returncode == 0 else None


def takeover(lab, args):
    """Two viewers of two users: the newer keeps the desktop, the older is told and does not come back."""
    lab.start_x()
    lab.serve("-s", "pattern:typing", "-S", "640x480", "-v")
    with gateway(lab) as gate:
        def open_as(user, name):
            url = f"spice+ws://t:{gate.ticket(lab.port, user=user)}@127.0.0.1:{gate.port}/gw"
            return Viewer(lab, lab.write_vv(f"[osvdi]\nurl={url}\n", name))
        a = open_as("alice", "a.vv").wait_picture()
        b = open_as("bob", "b.vv").wait_picture()
        a.wait_taken()
        quiet([a, b])
        check([v.events("connected") for v in (a, b)] == [1, 1] and b.process.poll() is None, "the newer keeps the desktop")
        check(gate.audit("ended", user="alice", cause="taken"), "the record has it")


def revoked(lab, args):
    """A session that is revoked ends at the viewer too, and the viewer does not knock for ever."""
    lab.start_x()
    lab.serve("-s", "pattern:typing", "-S", "640x480", "-v")
    with gateway(lab) as gate:
        url = f"spice+ws://t:{gate.ticket(lab.port)}@127.0.0.1:{gate.port}/gw"
        v = Viewer(lab, lab.write_vv(f"[osvdi]\nurl={url}\n")).wait_picture()
        gate.admin("revoke", "session", gate.audit("opened")[0]["session"])
        wait_for(lambda: v.events("disconnected"), 10, "the viewer notices")
        wait_for(lambda: gate.audit("refused", reason="revoked"), 10, "a try to come back is refused")
        wait_for(lambda: v.said("has expired") or v.said("has ended"), 60, "and the viewer gives up")
        quiet([v])


if __name__ == "__main__":
    main({"web": web, "web-query": web_query, "stock-desktop": stock_desktop, "remote-viewer": remote_viewer, "spicy": spicy, "behind-haproxy": behind_haproxy,
          "takeover": takeover, "revoked": revoked}, __doc__)
