#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Test what osvdi-viewer does and tells for connection files and addresses.

  files.py --build DIR TEST
"""
import base64
import http.server
import os
import re
import shutil
import ssl
import threading
import time

from everyday import make_ca, settings, steady
from keyboard import keys
from network import ConnectProxy
from viewer import RED, Failed, check, free_port, main, wait_for
from wsproxy import WebSocketProxy

SECRET = "tell-nobody"
NOBODY = ("--broker", "/nonexistent/broker")


class ToDesk(ConnectProxy):
    """Leads each CONNECT to the desktop, whatever its host is, as Proxmox's proxy does."""

    def do_CONNECT(self):
        self.server.hosts.append(self.path)
        if self.server.desk:
            self.path = f"127.0.0.1:{self.server.desk}"
        super().do_CONNECT()


def start_proxy(desk=None, wants=None):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), ToDesk)
    server.asked, server.hosts, server.desk, server.wants = [], [], desk, wants
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def said(rig, v, seconds=30):
    v.wait(seconds)
    return rig.read_log("client.log")


def bypass(rig, args):
    """A proxy that cannot be used is not passed by, and what is secret in its address is not
    said."""
    rig.start_x()
    _, port = rig.qemu()
    for proxy, words in ((f"http://127.0.0.1:8000/websockify?token={SECRET}",
                          "not understood: http://127.0.0.1:8000. .*spice\\+wss"),
                         (f"socks5://user:{SECRET}@127.0.0.1:1080",
                          "not understood: socks5://127.0.0.1:1080"),
                         ("http://127.0.0.1:99999", "port"), ("http://[::1", "brackets")):
        for where in ("file", "SPICE_PROXY"):
            open(rig.file("client.log"), "w").close()
            text = f"host=127.0.0.1\nport={port}\n"
            if where == "file":
                text += f"proxy={proxy}\n"
            v = rig.viewer("--no-reconnect", rig.write_vv(text),
                           env={"SPICE_PROXY": proxy if where != "file" else ""})
            log = said(rig, v)
            check(v.returncode == 1 and re.search(words, log),
                  f"{where}, {proxy.split(':')[0]}: {log.strip().splitlines()[-1]}")
            check(SECRET not in log and not rig.events("connecting"),
                  "nothing else is done or said")
    v = rig.viewer(rig.write_vv(f"host=127.0.0.1\nport={port}\nproxy=http://127.0.0.1:1/x\n"))
    rig.wait_window("osvdi-viewer")
    check(not rig.events("connecting"), "the user is told in a window")
    rig.procs.end(v)


def type_logins(rig, proxy):
    """Types a wrong login into the dialog of a proxy, and the right one when asked again."""
    for password in ("wrong", f"p@{SECRET}"):
        asked = len(proxy.asked)
        dialog = rig.wait_window("^behind a proxy$")
        rig.xdo("windowfocus", "--sync", dialog, "key", "ctrl+a", "type", "user")
        rig.xdo("key", "Tab", "type", password)
        rig.xdo("key", "Return")
        wait_for(lambda: len(proxy.asked) > asked, 20, "the proxy is asked again")
        if password == "wrong":
            wait_for(lambda: rig.windows("^behind a proxy$") not in ([], [dialog]), 20,
                     "asked again")


def proxy_login(rig, args):
    """A proxy that wants a login is asked for one, until it is right."""
    rig.start_x()
    wanted = "Basic " + base64.b64encode(f"user:p@{SECRET}".encode()).decode()
    _, port = rig.qemu()
    proxy = start_proxy(wants=wanted)
    text = (f"host=127.0.0.1\nport={port}\nfullscreen=1\ntitle=behind a proxy\n"
            f"proxy=http://127.0.0.1:{proxy.server_port}\n")
    v = rig.viewer(rig.write_vv(text))
    type_logins(rig, proxy)
    rig.wait_colour(960, 540, RED)
    check(proxy.asked[-1][1] == wanted, "in with the login that was typed")
    rig.procs.end(v)
    check(SECRET not in settings(rig) + rig.read_log("client.log"), "which is kept nowhere")
    v = rig.viewer("--debug", rig.write_vv(text.replace("http://", f"http://user:p%40{SECRET}@")))
    rig.wait_colour(960, 540, RED)
    rig.procs.end(v)
    check(SECRET not in rig.read_log("client.log"),
          "nor in a log for debugging, when the file has it")


def proxy_login_websocket(rig, args):
    """A proxy of the environment that wants a login on the way to a WebSocket is asked for one;
    an address that only answers as such a proxy would gets no login."""
    rig.start_x()
    ca = make_ca(rig.file("pki"))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(rig.file("pki/server-cert.pem"), rig.file("pki/server-key.pem"))
    _, port = rig.qemu()
    desk = WebSocketProxy(port, {"good"}, tls)
    wanted = "Basic " + base64.b64encode(f"user:p@{SECRET}".encode()).decode()
    proxy = start_proxy(desk=desk.port, wants=wanted)
    env = {"https_proxy": f"http://127.0.0.1:{proxy.server_port}"}
    path = rig.write_vv(f"fullscreen=1\ntitle=behind a proxy\n[osvdi]\nca={ca}\n"
                        f"url=spice+wss://desk:{desk.port}/?token=good\n")
    v = rig.viewer("--debug", path, env=env)
    type_logins(rig, proxy)
    rig.wait_colour(960, 540, RED)
    check(proxy.asked[-1][1] == wanted and len(desk.paths) >= 3, "in with the login typed")
    rig.procs.end(v)
    check(SECRET not in settings(rig) + rig.read_log("client.log"), "which is kept nowhere")
    v = rig.viewer("--no-reconnect", path, env=env)
    check(v.wait(60) == 1 and f"127.0.0.1:{proxy.server_port} asks for a login" in
          rig.read_log("client.log"), "who does not want to be asked is told")
    imitates = start_proxy(wants=wanted)
    v = rig.viewer(f"spice+ws://127.0.0.1:{imitates.server_port}/?token=good")
    wait_for(lambda: "407" in rig.read_log("client.log"), 20, "the answer is told")
    check(not any(login for _, login in imitates.asked), "no login for an address")
    rig.procs.end(v)


def ticket(rig, args):
    """Proxmox's host is a ticket: the desktop has its title's name, and its settings are found
    again."""
    rig.start_x()
    _, port = rig.qemu()
    proxy = start_proxy(desk=port)
    signatures = ("0f5b1d9c7a3e42868d0c1e5f9a7b3d2c4e6f8a01",
                  "9d2c4e6f8a010f5b1d9c7a3e42868d0c1e5f9a7b")
    os.makedirs(rig.file("config/osvdi-viewer"))
    with open(rig.file("config/osvdi-viewer/settings"), "w") as f:
        f.write(f"[desktop pvespiceproxy:67a00000:112:node-a:61001::{signatures[0]}:61001]\n"
                f"window-1=1;2;300;400;\n")
    text = f"host=pvespiceproxy:67a1b2c3:112:node-a:61001::{{}}\nport=61001\n" \
           f"proxy=http://127.0.0.1:{proxy.server_port}\n" \
           "title=VM 112 - lehrsaal-07\ndelete-this-file=1\n"
    places = []
    for signature in signatures:
        path = rig.write_vv(text.format(signature))
        v = rig.viewer("--auto-resize=never", path)
        window = rig.wait_window("VM 112 - lehrsaal-07")
        x, y, w, h = rig.geometry(window)
        rig.wait_colour(x + w // 2, y + h // 2, RED)
        if not places:
            rig.xdo("windowmove", window, 333, 222, "windowsize", window, 700, 500)
        places.append(steady(lambda: rig.geometry(window), 1))
        v.terminate()
        v.wait(10)
        check(not os.path.exists(path), "the file is gone")
    check(all(abs(a - b) <= 2 for a, b in zip(*places)),
          f"the second session is at the place of the first: {places}")
    check("pvespiceproxy" not in settings(rig) and
          "[desktop VM 112 - lehrsaal-07]" in settings(rig), "no ticket in the settings")
    check(all(h.startswith("pvespiceproxy:67a1b2c3:112:node-a") for h in proxy.hosts),
          "the proxy got it")
    open(rig.file("client.log"), "w").close()
    proxy.shutdown()
    proxy.server_close()
    v = rig.viewer("--no-reconnect", rig.write_vv(text.format(signatures[0])))
    log = said(rig, v)
    check(signatures[0] not in log and "VM 112 - lehrsaal-07" in log and "proxy" in log,
          f"told without it: {log.strip().splitlines()[-1]}")


def notes(rig, args):
    """A window tells which lines of a file are not understood; its other hot keys work, and the
    default ones."""
    rig.start_x()
    rig.serve("-s", "pattern:idle", "-S", "800x600", "-v")
    v = rig.viewer("--auto-resize=never", rig.write_vv(
        f"host=127.0.0.1\nport={rig.port}\ntitle=lab-1:%d - "
        f"x\nsecure-attention=Ctrl+Alt+Ins\nrelease-cursor=ctrl+alt+foo\n"))
    rig.wait_window("Parts of the connection file are ignored")
    window = rig.wait_window("lab-1:1 - x")
    check("release-cursor" in rig.read_log("client.log"), "which key is not understood")
    rig.xdo("key", "Escape")
    wait_for(lambda: not rig.windows("Parts of the connection file are ignored"), 10,
             "the note is gone")
    rig.xdo("windowfocus", "--sync", window)
    before = len(keys(rig))
    rig.xdo("key", "ctrl+alt+Insert")
    wait_for(lambda: {"1d down", "38 down", "e0 53 down", "e0 53 up"} <= set(keys(rig)[before:]),
             10, "Ctrl+Alt+Del arrives")
    check("e0 52 down" not in keys(rig)[before:], "and Insert does not")
    rig.xdo("key", "shift+F11")
    wait_for(lambda: rig.geometry(window)[2:] == (1920, 1080), 10, "a default hot key works too")
    rig.procs.end(v)


def ending(rig, args):
    """The user is told that the time for the desktop runs out; what is typed still arrives."""
    rig.start_x()
    rig.serve("-s", "pattern:idle", "-S", "800x600", "-v")
    ends = int(time.time()) + 500
    v = rig.viewer(rig.write_vv(
        f"host=127.0.0.1\nport={rig.port}\ntitle=class\n[osvdi]\nends={ends}\n"))
    window = rig.wait_window("class")
    rig.xdo("windowfocus", "--sync", window)
    wait_for(lambda: "This desktop is yours until" in rig.read_log("client.log"), 20, "told")
    rig.xdo("key", "x")
    wait_for(lambda: {"2d down", "2d up"} <= set(keys(rig)), 10, "a key reaches the desktop")
    rig.procs.end(v)


def titles(rig, args):
    """"%d" in a title is the number of the display, and all else stands as it is."""
    rig.start_x()
    rig.serve("-s", "pattern:idle", "-S", "640x480", "--heads", "2")
    for title, names in (("sekretariat-3:%d", ("sekretariat-3:1", "sekretariat-3:2")),
                         ("100%d%s%n%%", ("1001%s%n%%", "1002%s%n%%")),
                         ("plain", ("plain", r"plain \(2\)"))):
        v = rig.viewer("--auto-resize=never",
                       rig.write_vv(f"host=127.0.0.1\nport={rig.port}\ntitle={title}\n"))
        for name in names:
            rig.wait_window(f"^{name}$")
            check(True, name)
        rig.procs.end(v)


def subject(rig, args):
    """A comma in a subject, as proxies write it, matches the certificate, and only that one."""
    if not shutil.which("openssl"):
        raise Failed("openssl is not installed")
    rig.start_x()
    ca = make_ca(rig.file("pki"), "/C=AU/O=Falcon, Inc/CN=console proxy")
    plain, secure = free_port(), free_port()
    rig.qemu(f"port={plain},tls-port={secure},addr=127.0.0.1,disable-ticketing=on,"
             f"x509-dir={rig.file('pki')}")
    text = (f"host=127.0.0.1\nfullscreen=1\ntls-port={secure}\nca={ca}\n"
            f"host-subject=C=AU,O=Falcon%s Inc,CN=console proxy\n")
    for comma in ("\\,", "\\\\,"):
        v = rig.viewer(rig.write_vv(text % comma))
        rig.wait_colour(960, 540, RED)
        check(True, f"Falcon{comma} Inc")
        rig.procs.end(v)
    open(rig.file("client.log"), "w").close()
    v = rig.viewer("--no-reconnect", rig.write_vv(text % "\\, Other"))
    check("No secure connection" in said(rig, v), "another subject is refused")


def typed(rig, args):
    """HOST:PORT is an address; one that leads nowhere is not remembered."""
    rig.start_x()
    _, port = rig.qemu()

    def choose(text):
        v = rig.viewer(*NOBODY)
        chooser = rig.wait_window("Connect to a desktop")
        rig.xdo("windowfocus", "--sync", chooser, "key", "ctrl+a", "type", "--delay", "20", text)
        rig.xdo("key", "Return")
        return v
    v = choose(f"127.0.0.1:{free_port()}")
    wait_for(lambda: "Nothing answers" in rig.read_log("client.log"), 20,
             "told that nothing answers")
    rig.procs.end(v)
    open(rig.file("client.log"), "w").close()
    v = rig.viewer("--no-reconnect", rig.write_vv(f"host=127.0.0.1\nport={free_port()}\n"))
    check("tunnel" in said(rig, v),
          "a file that says this computer may have been made for a tunnel")
    v = choose(f" 127.0.0.1:{port} ")
    rig.wait_desk()
    v.terminate()
    v.wait(10)
    check(re.search(r"^recent=(.*)", settings(rig), re.M)[1] == f"127.0.0.1:{port};",
          "only the one that was there is kept")
    for text, words in (("spice://::1:5930", "brackets"), ("127.0.0.1", "port"),
                        ("spice:///?socket=/x", "spice\\+unix"),
                        (f"https://cloud.example/spice_auto.html?token={SECRET}", "spice\\+wss")):
        open(rig.file("client.log"), "w").close()
        v = rig.viewer("--no-reconnect", text)
        log = said(rig, v)
        check(v.returncode == 1 and re.search(words, log) and SECRET not in log,
              f"{text[:30]}: {log.strip().splitlines()[-1]}")


if __name__ == "__main__":
    main({"bypass": bypass, "proxy-login": proxy_login,
          "proxy-login-websocket": proxy_login_websocket, "ticket": ticket, "notes": notes,
          "ending": ending,
          "subject": subject, "titles": titles, "typed": typed}, __doc__)
