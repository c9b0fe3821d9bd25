#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""osvdi-viewer as its user meets it: under Xvfb, against the distribution's
QEMU and against spice-accel-serve, judged by pixels, windows and server logs.

  viewer.py --build DIR TEST [--count N] [--screenshot FILE]
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "lib")]
# noqa: E402
from harness import Failed, Rig, descriptors, free_port, listens, near, qmp, resident_kb, wait_for
from wsproxy import CutProxy, WebSocketProxy, server_tls  # noqa: E402

RED = (0xaa, 0, 0)  # colour 4 of the VGA palette


def check(condition, what):
    if not condition:
        raise Failed(what)
    print("ok:", what, flush=True)


def sanitized(pid):
    """AddressSanitizer keeps freed memory for a while."""
    with open(f"/proc/{pid}/maps") as f:
        return "libasan" in f.read()


def sanitizers(program):
    """The libraries that want to be first of what is preloaded into it."""
    libraries = subprocess.run(["ldd", program], capture_output=True, text=True).stdout
    return re.findall(r"=> (\S*/libasan\S*)", libraries)


def is_ours(report):
    """Whether a sanitizer's report is about the viewer: leaks count where a function
    of it is on the stack, not those of libraries among themselves; warnings about the
    coroutines of spice-glib never."""
    if "ERROR: LeakSanitizer" in report:
        loop = r"#\d+ \S+ in (?:main|app_run|warm_up) .*"  # on the stack of all and sundry
        return any("../client/" in re.sub(loop, "", block) for block in report.split("\n\n")
                   if "leak of" in block)
    return bool(re.search(r"ERROR:|runtime error", report))


class Case(Rig):
    """A rig with the viewer in it."""

    def start_x(self):
        super().start_x()
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):  # of a build with sanitizers
            self.env[name] = f"{os.environ.get(name, '')}:log_path={self.file('sanitizer')}"
        self.xdo("mousemove", 3, 1076)  # Xvfb paints its pointer into the picture

    def viewer(self, *argv, **kw):
        program = os.environ.get("OSVDI_VIEWER") or self.path("client", "osvdi-viewer")
        if "--present=gl" in argv:
            # Mesa's compiler registers its code with libgcc under a lock that unwinding takes too:
            # AddressSanitizer must not unwind its allocations that way.
            kw["env"] = {"ASAN_OPTIONS": self.env["ASAN_OPTIONS"] +
                         ":fast_unwind_on_malloc=1:detect_leaks=0", **kw.get("env", {})}
        with self.log("client.log") as log:
            return self.procs.start([program, "-v", "--stats-file", self.file("stats.jsonl"),
                                     *argv],
                                    env={**self.env, **kw.pop("env", {})}, stdout=log,
                                    stderr=log, **kw)

    def sanitizer_reports(self):
        """The findings of the sanitizers, once all processes have ended."""
        self.procs.stop()
        reports = [self.read_log(name) for name in sorted(os.listdir(self.dir))
                   if name.startswith("sanitizer.")]
        return [r for r in reports if is_ours(r)]

    def events(self, name):
        if not os.path.exists(self.file("stats.jsonl")):
            return []
        with open(self.file("stats.jsonl")) as f:
            lines = [json.loads(x) for x in f if x.endswith("\n")]
        return [x["time_us"] for x in lines if x.get("event") == name]

    def frames(self):
        with open(self.file("stats.jsonl")) as f:
            return [x for x in (json.loads(line) for line in f if line.endswith("\n"))
                    if "frame" in x]

    def windows(self, name):
        out = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", name], env=self.env,
                             capture_output=True, text=True).stdout
        return out.split()

    def shown(self):
        """All windows of viewers, menus among them."""
        out = subprocess.run(["xdotool", "search", "--onlyvisible", "--class", "osvdi-viewer"],
                             env=self.env, capture_output=True, text=True).stdout
        return set(out.split())

    def open_menu(self, window, *letters):
        """Opens the window's menu by its key, and submenus by their letters; the last one's
        windows."""
        self.xdo("windowfocus", "--sync", window)
        for key in ("ctrl+shift+F12", *letters):
            before = self.shown()
            self.xdo("key", key)
            menu = wait_for(lambda: self.shown() - before, 20, f"a menu by {key}")
        return menu

    def menu(self, window, *letters):
        """Takes an entry of the window's menu by its letter; before that the letters of
        submenus."""
        menu = self.open_menu(window, *letters[:-1])
        self.xdo("key", letters[-1])
        wait_for(lambda: not menu & self.shown(), 20, "the menu closes")

    def close_window(self, window):
        """Closes it by the window manager's key, which takes effect on the window that the
        window manager, not the X server alone, knows to have the keyboard."""
        self.xdo("windowactivate", "--sync", window, "key", "alt+F4")

    def geometry(self, window):
        out = subprocess.run(["xdotool", "getwindowgeometry", "--shell", window], env=self.env,
                             capture_output=True, text=True, check=True).stdout
        v = dict(line.split("=") for line in out.split())
        return int(v["X"]), int(v["Y"]), int(v["WIDTH"]), int(v["HEIGHT"])

    def wait_window(self, name, seconds=30):
        return wait_for(lambda: self.windows(name), seconds, f"a window called {name}")[0]

    def wait_colour(self, x, y, colour, seconds=40, what=None):
        try:
            wait_for(lambda: near(self.fb.pixel(x, y), colour), seconds,
                     what or f"{colour} at {x},{y}")
        except Failed as e:
            raise Failed(f"{e}; it is {self.fb.pixel(x, y)}")

    def qemu(self, *spice, port=None, tablet=True, vga="qxl"):
        """The distribution's QEMU showing one red screen, drawn classically; without a
        tablet its pointer is relative, and the viewer grabs ours."""
        # mov ax,13h; int 10h; mov ax,a000h; mov es,ax; xor di,di; mov al,4; mov cx,64000;
        # rep stosb; hlt
        code = bytes.fromhex("b81300cd10b800a08ec031ffb004b900faf3aaf4ebfd")
        with open(self.file("boot.img"), "wb") as f:
            f.write(code.ljust(510, b"\0") + b"\x55\xaa")
        port = port or free_port()
        listen = spice or (f"port={port},addr=127.0.0.1,disable-ticketing=on",)
        with self.log("server.log") as log:
            drive = f"file={self.file('boot.img')},format=raw,if=ide,snapshot=on"
            p = self.procs.start(["qemu-system-x86_64", "-accel", "tcg", "-m", "32", "-nodefaults",
                                  "-vga", vga, "-display", "none", "-device", "qemu-xhci",
                                  *(["-device", "usb-tablet"] if tablet else []),
                                  "-uuid", "05c7863a-0000-4000-8000-000000000001",
                                  "-name", "red desk",
                                  "-chardev", "spicevmc,id=u,name=usbredir",
                                  "-device", "usb-redir,chardev=u",
                                  "-qmp", f"unix:{self.file('qmp')},server=on,wait=off",
                                  "-drive", drive,
                                  *(x for s in listen for x in ("-spice", s))],
                                 stdout=log, stderr=log)
        ports = re.findall(r"port=(\d+)", ",".join(listen))
        wait_for(lambda: all(map(listens, ports)) and os.path.exists(self.file("qmp")), 40,
                 "QEMU listens")
        return p, port

    def hmp(self, line):
        """The answer of the latest QEMU's monitor to a line."""
        return qmp(self.file("qmp"), "human-monitor-command", **{"command-line": line})

    def wait_desk(self):
        """The window of that screen, once it is red: libspice-server 0.15.1 crashes where a
        viewer leaves before its display channel has said SPICE_MSGC_DISPLAY_INIT."""
        window = self.wait_window("red desk")
        x, y, w, h = self.geometry(window)
        self.wait_colour(x + w // 2, y + h // 2, RED)
        return window

    def write_vv(self, text, name="desk.vv"):
        path = self.file(name)
        with open(path, "w") as f:
            f.write("[virt-viewer]\ntype=spice\n" + text)
        os.chmod(path, 0o600)
        return path


def stock(rig, args):
    """A server that draws classically: picture, title, keyboard, end."""
    rig.start_x()
    server, port = rig.qemu()
    v = rig.viewer(f"spice://127.0.0.1:{port}")
    window = rig.wait_window("red desk")
    x, y, w, h = rig.geometry(window)
    rig.wait_colour(x + w // 2, y + h // 2, RED)
    check(True, "the screen is red")
    rig.xdo("windowfocus", "--sync", window, "key", "shift+F11")
    wait_for(lambda: rig.geometry(window)[2:] == (1920, 1080), 10, "full screen by its hot key")
    rig.wait_colour(960, 540, RED)
    rig.xdo("key", "shift+F11")
    wait_for(lambda: rig.geometry(window)[2] < 1920, 10, "the window again")
    v.terminate()
    check(v.wait(10) == 0, "ends when asked")


def unix_and_password(rig, args):
    """A Unix socket, and a password that is asked for."""
    rig.start_x()
    path = rig.file("spice.sock")
    server, _ = rig.qemu(f"unix=on,addr={path},disable-ticketing=on")
    wait_for(lambda: os.path.exists(path), 20, "the socket")
    v = rig.viewer("-f", f"spice+unix://{path}")
    rig.wait_colour(960, 540, RED)
    check(True, "picture over a Unix socket")
    rig.procs.end(v)
    rig.procs.end(server)
    port = free_port()
    with open(rig.file("secret"), "w") as f:
        f.write("good word")
    with rig.log("server.log") as log:
        rig.procs.start(["qemu-system-x86_64", "-accel", "tcg", "-m", "32", "-nodefaults",
                         "-vga", "qxl",
                         "-display", "none", "-object", f"secret,id=s0,file={rig.file('secret')}",
                         "-drive", f"file={rig.file('boot.img')},format=raw,if=ide,snapshot=on",
                         "-spice", f"port={port},addr=127.0.0.1,password-secret=s0"], stdout=log,
                        stderr=log)
    wait_for(lambda: listens(port), 40, "QEMU listens")
    rig.viewer("-f", "-t", "locked", f"spice://127.0.0.1:{port}")
    dialog = rig.wait_window("^locked$")
    rig.xdo("windowfocus", "--sync", dialog, "type", "bad")
    rig.xdo("key", "Return")
    dialog = wait_for(lambda: set(rig.windows("^locked$")) - {dialog}, 20, "another dialog").pop()
    check(True, "asks again after a wrong password")
    rig.xdo("windowfocus", "--sync", dialog, "type", "good word")
    rig.xdo("key", "Return")
    rig.wait_colour(960, 540, RED)
    check(True, "picture after the right password")
    check("good word" not in rig.read_log("client.log"), "the password is in no log")


def connection_file(rig, args):
    """.vv by name, by standard input, by descriptor; deleted when it says so."""
    rig.start_x()
    _, port = rig.qemu()
    text = f"host=127.0.0.1\nport={port}\ntitle=From file\nfullscreen=1\n"
    path = rig.write_vv(text + "delete-this-file=1\n")
    v = rig.viewer(path)
    rig.wait_window("From file")
    rig.wait_colour(960, 540, RED)
    check(not os.path.exists(path), "full screen with its title, and the file is gone")
    rig.procs.end(v)
    with open(rig.write_vv(text)) as f:
        v = rig.viewer("-", stdin=f)
        rig.wait_window("From file")
        rig.wait_colour(960, 540, RED)
        check(True, "by standard input")
        rig.procs.end(v)
    r, w = os.pipe()
    os.write(w, b"[virt-viewer]\ntype=spice\n" + text.encode())
    os.close(w)
    v = rig.viewer("--vv-fd", str(r), pass_fds=[r])
    rig.wait_window("From file")
    rig.wait_colour(960, 540, RED)
    check(True, "by descriptor")


def errors(rig, args):
    """An address that cannot work ends with its cause and a remedy, and soon."""
    rig.start_x()
    port = free_port()
    silent = CutProxy(port)  # takes connections and closes them
    cases = [
        ([f"spice://127.0.0.1:{port}"], "refused"),
        ([f"spice://127.0.0.1:{silent.port}"], "SPICE|connection"),
        (["spice://host.invalid:5900"], "host|resolv"),
        (["spice+unix:///nonexistent/x.sock"], "No such file|socket"),
        ([f"spice+ws://127.0.0.1:{port}/?token=tell-nobody"], "refused"),
        (["http://x/"], "web page"),
        (["vnc://x/"], "not supported"),
        (["/nonexistent.vv"], "No such file"),
        ([rig.write_vv("host=h\nport=1\nfullscreen=maybe\n", "bad.vv")], "fullscreen"),
        (["some desktop", "--broker", "/nonexistent/broker"], "not installed"),
        (["--keymap=xyz", "spice://h:1"], "keymap"),
        (["--zoom=7", "spice://h:1"], "zoom"),
    ]
    for argv, words in cases:
        open(rig.file("client.log"), "w").close()
        v = rig.viewer("--no-reconnect", *argv)
        status = v.wait(30)
        said = rig.read_log("client.log")
        check(status == 1 and re.search(words, said),
              f"{argv[0]}: {said.strip().splitlines()[-1][:100]}")
        check("tell-nobody" not in said, "no token in the log")
    v = rig.viewer(f"spice://127.0.0.1:{port}")
    rig.wait_window(f"127.0.0.1:{port}")
    check(v.poll() is None, "with a user there, a dialog says so")


def reconnect(rig, args):
    """Connections that break come back to the same window, without growth."""
    rig.start_x()
    server, port = rig.qemu()
    proxy = CutProxy(port)
    v = rig.viewer(f"spice://127.0.0.1:{proxy.port}")
    window = rig.wait_window("red desk")
    x, y, w, h = rig.geometry(window)
    middle = (x + w // 2, y + h // 4)
    rig.wait_colour(*middle, RED)
    sizes = []
    for n in range(args.count):
        before = len(rig.events("connected"))
        proxy.refusing = n == 0
        proxy.cut()
        if n == 0:
            wait_for(lambda: not near(rig.fb.pixel(*middle), RED, 40), 10, "the picture turns grey")
            r, g, b = rig.fb.pixel(*middle)
            check(r == g == b and r > 8, f"the last picture stays, in grey ({r})")
            tries = len(rig.events("connecting"))
            wait_for(lambda: len(rig.events("connecting")) >= tries + 2, 20,
                     "tries that are refused")
            back = time.monotonic()
            proxy.refusing = False
        wait_for(lambda: len(rig.events("connected")) > before, 20, "connected again")
        if n == 0:
            took = time.monotonic() - back
            check(took < 2, f"came back {took:.2f} s after the network did")
        for _ in range(2):  # what is red at once may be the old picture still
            rig.wait_colour(*middle, RED, 20)
            time.sleep(0.2)
        if n >= 3:
            sizes.append((descriptors(v.pid), resident_kb(v.pid)))
    check(rig.windows("red desk") == [window], "same window")
    if sizes:
        half = len(sizes) // 2
        check(max(s[0] for s in sizes[half:]) <= max(s[0] for s in sizes[:half + 1]) + 2,
              f"descriptors {sizes[0][0]} -> {sizes[-1][0]}")
        print(f"memory {sizes[0][1]} -> {sizes[-1][1]} KiB over {len(sizes)} reconnects")
        check(sanitized(v.pid) or sizes[-1][1] - sizes[0][1] < 20000 + 64 * len(sizes),
              "memory does not grow with them")
    broken = len(rig.events("disconnected"))
    rig.procs.end(server)
    wait_for(lambda: len(rig.events("disconnected")) > broken, 20,
             "the viewer notices the end of the server")
    rig.qemu(port=port)
    rig.wait_colour(*middle, RED, 30, "the restarted server's picture")
    check(True, "after the server restarted")


def websocket(rig, args):
    """Channels in WebSockets, TLS verified, a token renewed, the right desktop."""
    rig.start_x()
    _, port = rig.qemu()
    tls, cert = server_tls(rig.dir)
    plain = WebSocketProxy(port, {"good"})
    uuid = "05c7863a-0000-4000-8000-000000000001"
    v = rig.viewer("-f", f"spice+ws://127.0.0.1:{plain.port}/spice_auto.html?token=good")
    rig.wait_colour(960, 540, RED)
    check(len(plain.headers) >= 3 and all("origin" not in h for h in plain.headers),
          f"{len(plain.headers)} channels, none with an origin")
    rig.procs.end(v)
    # a token that has run out: the broker is asked for another
    broker = rig.file("broker")
    with open(broker, "w") as f:
        f.write(f"""#!/bin/sh
[ "$1 $2 $3 $4 $5" = "resolve --vv - -- {uuid}" ] || exit 9
printf '[virt-viewer]\\ntype=spice\\n[osvdi]\\nurl=spice+ws://127.0.0.1:{plain.port}/?token=good\\n'
""")
    os.chmod(broker, 0o700)
    path = rig.write_vv(
        f"[osvdi]\nurl=spice+ws://127.0.0.1:{plain.port}/?token=stale\nserver-uuid={uuid}\n")
    v = rig.viewer("-f", "--broker", broker, path)
    rig.wait_window("red desk")
    rig.wait_colour(960, 540, RED)
    check(True, "a stale token is renewed")
    plain.cut()
    wait_for(lambda: len(rig.events("connected")) >= 3, 20, "connected again after a cut")
    rig.procs.end(v)
    # That QEMU may be gone: libspice-server 0.15.1 crashes where a viewer leaves
    # before its display channel has said SPICE_MSGC_DISPLAY_INIT.
    _, port = rig.qemu()
    plain = WebSocketProxy(port, {"good"})
    path = rig.write_vv(f"[osvdi]\nurl=spice+ws://127.0.0.1:{plain.port}/?token=good\n"
                        "server-uuid=05c7863a-0000-4000-8000-000000000002\n")
    v = rig.viewer("--no-reconnect", path)
    check(v.wait(30) == 1 and "not your desktop" in rig.read_log("client.log"),
          "another desktop is refused")
    if not tls:
        print("no openssl: wss not tested")
        return
    secure = WebSocketProxy(port, {"good"}, tls)
    v = rig.viewer("--no-reconnect", f"spice+wss://127.0.0.1:{secure.port}/?token=good")
    check(v.wait(30) == 1 and "not trusted" in rig.read_log("client.log"),
          "an unknown certificate is refused")
    with open(cert) as f:
        pem = f.read().replace("\n", "\\n")
    v = rig.viewer("-f", rig.write_vv(
        f"[osvdi]\nurl=spice+wss://127.0.0.1:{secure.port}/?token=good\nca={pem}\n"))
    rig.wait_colour(960, 540, RED)
    check(True, "wss with its authority from the file")


def chooser(rig, args):
    """Started bare: the user's desktops from the broker, one click away."""
    rig.start_x()
    _, port = rig.qemu()
    broker = rig.file("broker")
    with open(broker, "w") as f:
        f.write(f"""#!/bin/sh
case $1 in
list) echo '[{{"id": "id-1", "name": "alice, desk", "status": "ACTIVE"}}]' ;;
resolve) printf '[virt-viewer]\\ntype=spice\\nhost=127.0.0.1\\nport={port}\\ntitle=%s\\n' "$5" ;;
esac
""")
    os.chmod(broker, 0o700)
    v = rig.viewer("-f", "--broker", broker)
    x, y, w, h = rig.geometry(rig.wait_window("Connect to a desktop"))

    def chosen():  # the list may not be there yet
        found = rig.windows("id-1")
        if not found:
            rig.xdo("mousemove", x + 100, y + 190, "click", 1)
        return found
    wait_for(chosen, 30, "a window of the desktop that was clicked", 1)
    rig.wait_colour(960, 540, RED)
    check(True, "the desktop of the list")
    rig.procs.end(v)
    rig.viewer("-f", "--broker", broker, "my desk")
    rig.wait_window("my desk")
    rig.wait_colour(960, 540, RED)
    check(True, "a desktop by its name")


def kiosk(rig, args):
    """Full screen without a window manager, and no way out."""
    rig.start_x()
    for p in list(rig.procs.all):
        if "openbox" in p.args:
            rig.procs.end(p)
    server, port = rig.qemu()
    v = rig.viewer("--kiosk", "--kiosk-quit=on-disconnect", f"spice://127.0.0.1:{port}")
    rig.wait_colour(960, 540, RED)
    window = rig.wait_window("red desk")

    def covers():  # a window's shadow is beyond the edges
        x, y, w, h = rig.geometry(window)
        return x <= 0 and y <= 0 and x + w >= 1920 and y + h >= 1080
    check(covers(), "covers the screen without a window manager")
    rig.xdo("mousemove", 960, 300, "mousemove", 960, 0, "key", "shift+F11")
    time.sleep(1)  # nothing is to happen
    check(covers() and near(rig.fb.pixel(700, 20), RED), "stays, without a bar")
    rig.procs.end(server)
    check(v.wait(15) == 0, "quits on disconnect")


def usb_cd(rig, args):
    """A CD image becomes a USB drive of the guest."""
    rig.start_x()
    with open(rig.file("cd.iso"), "wb") as f:
        f.write(b"\0" * 2048 * 512)
    _, port = rig.qemu()

    def plugged(device):
        return re.search(rf"name {device}(, attached)?", rig.hmp("info qtree"))[1]
    check(plugged("QEMU USB Tablet") and not plugged("USB Redirection Device"),
          "the guest has no drive yet")
    rig.viewer("-f", f"--spice-share-cd={rig.file('cd.iso')}",
               "--spice-usbredir-redirect-on-connect=-1,-1,-1,-1,1", f"spice://127.0.0.1:{port}")
    rig.wait_colour(960, 540, RED)
    wait_for(lambda: plugged("USB Redirection Device"), 20, "the guest has the drive")
    check(True, "the guest has the drive")


def leave(rig, args):
    """Ends in order although libraries are being loaded at that moment."""
    rig.start_x()
    plugins, mark = rig.file("plugins"), rig.file("mark")
    os.mkdir(plugins)
    os.symlink(rig.path("tests", "client", "libgstslow.so"), os.path.join(plugins, "libgstslow.so"))
    env = {"GST_PLUGIN_SYSTEM_PATH_1_0": plugins, "GST_REGISTRY_1_0": rig.file("registry"),
           "SLOW_MARK": mark}
    for n in range(5):
        v = rig.viewer("--no-reconnect", "http://x/", env=env)
        check(v.wait(30) == 1, f"time {n + 1}")
        check(os.path.exists(f"{mark}.{v.pid}"), "not before they were there")


# ---- against our server -----------------------------------------------------

def serve_still(rig, width, height, *options):
    """Four quarters of known colours."""
    quarters = ((200, 30, 30), (30, 200, 30), (30, 30, 200), (240, 240, 240))
    def row(left, right):
        return (bytes((*left[::-1], 0)) * (width // 2)) + (bytes((*right[::-1], 0)) * (width // 2))
    with open(rig.file("still.raw"), "wb") as f:
        f.write(row(*quarters[:2]) * (height // 2) + row(*quarters[2:]) * (height // 2))
    rig.serve("-s", "raw:" + rig.file("still.raw"), "-S", f"{width}x{height}", "-v", "--status",
              "1", *options)
    return quarters


def check_quarters(rig, box, quarters, what):
    x, y, w, h = box
    points = ((x + w // 4, y + h // 4), (x + 3 * w // 4, y + h // 4),
              (x + w // 4, y + 3 * h // 4), (x + 3 * w // 4, y + 3 * h // 4))
    for point, colour in zip(points, quarters):
        rig.wait_colour(*point, colour, 60, f"{what}: {colour}")
    check(True, what)


def presenters(rig, args):
    """Each way to the screen and each decoder shows the same colours."""
    rig.start_x()
    quarters = serve_still(rig, 1920, 1080)
    uri = f"spice://127.0.0.1:{rig.port}"
    ways = [("--present=x11",), ("--present=cairo",), ("--present=x11", "--decoder=openh264dec"),
            ("--decoder=nosuchdec,avdec_h264",)]
    ways.append(("--present=gl",))
    for options in ways:
        open(rig.file("client.log"), "w").close()
        v = rig.viewer("-f", *options, uri)
        wait_for(lambda: "Presenting by" in rig.read_log("client.log"), 30, "a presenter")
        if options[0].startswith("--present"):
            way = options[0].partition("=")[2]
            check(f"Presenting by {way}" in rig.read_log("client.log"),
                  f"presents by {way}, and by nothing else")
        check_quarters(rig, (0, 0, 1920, 1080), quarters, " ".join(options))
        rig.procs.end(v)
        rig.xdo("mousemove", 5, 5)
    v = rig.viewer("-f", uri, env={"OSVDI_NO_XSHM": "1"})
    check_quarters(rig, (0, 0, 1920, 1080), quarters, "without shared memory")


def zero_copy(rig, args):
    """VA-API's surfaces go to OpenGL as they are (software driver, EGL's import by a double)."""
    rig.start_x()
    # GStreamer 1.22's decoder keeps the last picture
    rig.serve("-s", "pattern:pan", "-S", "1920x1080")
    shims = [rig.path("tests", "va-driver", f"libsoft-va-{name}.so") for name in ("display", "gst")]
    shims.append(rig.path("tests", "client", "libegl-double.so"))
    program = os.environ.get("OSVDI_VIEWER") or rig.path("client", "osvdi-viewer")
    shims[:0] = sanitizers(program)
    rig.viewer("-f", "--present=gl", "--decoder=vah264dec", "--auto-resize=never",
               f"spice://127.0.0.1:{rig.port}",
               env={"LD_PRELOAD": ":".join(shims),
                    "LIBVA_DRIVERS_PATH": rig.path("tests", "va-driver"),
                    "LIBVA_DRIVER_NAME": "soft", "LIBVA_MESSAGING_LEVEL": "1",
                    "GST_VA_ALL_DRIVERS": "1",
                    "EGL_DOUBLE_LOG": rig.file("images.log")})
    wait_for(lambda: rig.events("first-picture"), 60, "a picture")

    def pictures():  # rows of many colours, which change
        row = rig.fb.row(700, 0, 1920)
        seen.add(row)
        return len(seen) > 3 and len({row[i:i + 3] for i in range(0, len(row), 4)}) > 20
    seen = set()
    wait_for(pictures, 30, "moving pictures")
    check(True, "moving pictures")
    log = rig.read_log("client.log")
    check("vah264dec gives memory:VAMemory" in log and "copied" not in log, "surfaces, not copies")
    images = rig.read_log("images.log")
    check(re.search(r"^R8   1920x1080 offset 0 pitch 1920 modifier 0x0 ", images, re.M) and
          re.search(r"^GR88 960x540 offset \d+ pitch 1920 ", images, re.M), "an image a plane")


def start_weston(rig, name, *options):
    """A compositor in a window of the X server; where its screen is."""
    with rig.log("weston.log") as log:
        weston = rig.procs.start(["weston", "--backend=x11-backend.so", "--use-pixman",
                                  "--socket=" + name,
                                  "--idle-time=0", *options], env=rig.env, stdout=log, stderr=log)
    wait_for(lambda: os.path.exists(rig.file(name)), 20, "weston")

    def find():
        return subprocess.run(["xdotool", "search", "--onlyvisible", "--class", "weston"],
                              env=rig.env, capture_output=True, text=True).stdout.split()
    return weston, rig.geometry(wait_for(find, 20, "weston's window")[0])


def wayland_env(name):
    return {"GDK_BACKEND": "wayland", "WAYLAND_DISPLAY": name, "DISPLAY": ""}


def check_overlay(rig, x, y):
    """The statistics, light letters on black, are above the picture."""
    def there():
        rows = [rig.fb.row(y + row, x, x + 200) for row in range(4, 40)]
        return near(rig.fb.pixel(x + 2, y + 2), (0, 0, 0)) and max(max(r[1::4]) for r in rows) > 150
    wait_for(there, 10, "statistics above the picture")
    check(True, "statistics above the picture")


def check_wayland(rig, way, box, quarters):
    x, y, w, h = box
    wait_for(lambda: not near(rig.fb.pixel(x + w // 4, y + h // 4), quarters[0]), 10,
             "the viewer before is gone")
    for name in ("client.log", "server.log"):
        open(rig.file(name), "w").close()
    v = rig.viewer("-f", "--stats", "--present=" + way, f"spice://127.0.0.1:{rig.port}",
                   env=wayland_env("wl-test"))
    wait_for(lambda: f"Presenting by {way}" in rig.read_log("client.log"), 30,
             "presenting by " + way)
    check_quarters(rig, box, quarters, "full screen under Wayland by " + way)
    check_overlay(rig, x, y)

    def pointed():
        rig.xdo("mousemove", x + w // 4, y + h // 4, "mousemove", x + w // 4 + 2, y + h // 4 + 2)
        return re.search(r"pointer 0: 3[0-9]{2},[12][0-9]{2} ", rig.read_log("server.log"))
    wait_for(pointed, 10, "the pointer", 0.3)
    check(True, "pointer in guest pixels")
    rig.xdo("key", "shift+F11")
    wait_for(lambda: not near(rig.fb.pixel(x + 3 * w // 4, y + h - 8), quarters[3]), 10, "a window")
    rig.xdo("key", "shift+F11")
    check_quarters(rig, box, quarters, "full screen again")
    rig.procs.end(v)


def wayland(rig, args):
    """The same under a Wayland compositor (weston, itself in a window here)."""
    if not shutil.which("weston"):
        print("skipped: weston is not installed")
        sys.exit(77)
    rig.start_x()
    quarters = serve_still(rig, 1280, 720)
    weston, box = start_weston(rig, "wl-test", "--width=1280", "--height=720")
    ways = ["cairo", "gl"]
    for way in ways:
        check_wayland(rig, way, box, quarters)
    rig.procs.end(weston)
    # twice as many pixels as GTK counts: the guest's are shown as they are
    weston, box = start_weston(rig, "wl-twice", "--width=640", "--height=360", "--scale=2")
    v = rig.viewer("-f", "--present=gl", f"spice://127.0.0.1:{rig.port}",
                   env=wayland_env("wl-twice"))
    check_quarters(rig, box, quarters, "at scale 2")
    x, y, w, h = box
    edge = [rig.fb.pixel(x + w // 2 + dx, y + 100) for dx in range(-4, 4)]
    sides = [near(p, quarters[0]) - near(p, quarters[1]) for p in edge]
    check(0 not in sides and sides == sorted(sides, reverse=True) and {1, -1} <= set(sides),
          "a sharp edge")
    rig.procs.end(v)
    rig.serve("-s", "pattern:pan", "-S", "1280x720")
    open(rig.file("stats.jsonl"), "w").close()
    rig.viewer("-f", "--present=gl", f"spice://127.0.0.1:{rig.port}", env=wayland_env("wl-twice"))
    wait_for(lambda: sum(not f["dropped"] for f in rig.frames()) > 30, 30, "moving pictures")
    before = rig.fb.row(y + 300, x, x + w)
    wait_for(lambda: rig.fb.row(y + 300, x, x + w) != before, 5, "they move on the screen")
    check(True, "moving pictures")


def scaled(rig, args):
    """Fitted and at a zoom: colours and pointer agree."""
    rig.start_x()
    quarters = serve_still(rig, 1600, 800)
    v = rig.viewer("-f", "--auto-resize=never", f"spice://127.0.0.1:{rig.port}")
    box = (0, 60, 1920, 960)  # as wide as the screen
    check_quarters(rig, box, quarters, "fitted to the screen")
    rig.wait_colour(960, 20, (0, 0, 0), 10, "bars are black")
    for gx, gy in ((0, 0), (400, 200), (1599, 799)):
        pattern = re.compile(r"pointer 0: (\d+),(\d+) ")

        def there():  # more than once: inputs may not be connected yet
            found = pattern.findall(rig.read_log("server.log"))
            if found and abs(int(found[-1][0]) - gx) <= 1 and abs(int(found[-1][1]) - gy) <= 1:
                return True
            rig.xdo("mousemove", 900, 500)
            rig.xdo("mousemove", min(round(gx * 1.2), 1919), 60 + round(gy * 1.2))
            return False
        wait_for(there, 10, f"pointer near {gx},{gy}", 0.2)
    check(True, "pointer in guest pixels")
    rig.procs.end(v)
    rig.viewer("--zoom=50", "--auto-resize=never", "-t", "half", f"spice://127.0.0.1:{rig.port}")
    window = rig.wait_window("half")
    wait_for(lambda: abs(rig.geometry(window)[2] - 800) < 60, 10, "half as wide")


def resize(rig, args):
    """The guest takes the window's size, and comes back after the window does."""
    rig.start_x()
    rig.serve("-s", "pattern:pan", "-S", "1024x768", "-v", "--status", "1")
    rig.viewer(f"spice://127.0.0.1:{rig.port}")
    window = rig.wait_window("accel|^127")
    wait_for(lambda: rig.events("first-picture"), 30, "a picture")
    wait_for(lambda: (s := rig.status()) and s["displays"][0]["width"] == 1024, 10,
             "its own size at first")
    rig.xdo("windowsize", "--sync", window, 1300, 700)
    wait_for(lambda: 1200 < rig.status()["displays"][0]["width"] <= 1300 and
             rig.status()["displays"][0]["height"] < 720, 20, "the guest follows")
    check(True, f"the guest is {rig.status()['displays'][0]['width']} wide")


def statistics(rig, args):
    """The file tells each frame's way, with times that make sense."""
    rig.start_x()
    rig.serve("-s", "pattern:pan", "-S", "1280x720", "--status", "1")
    rig.viewer("-f", "--stats", "--auto-resize=never", f"spice://127.0.0.1:{rig.port}")
    wait_for(lambda: rig.events("first-picture"), 30, "a picture")
    wait_for(lambda: sum(not f["dropped"] for f in rig.frames()) > 60, 20, "60 frames")
    frames = [f for f in rig.frames() if not f["dropped"]]
    numbers = [f["frame"] for f in frames]
    check(all(a < b for a, b in zip(numbers, numbers[1:])), "numbers rise")
    check(all(f["capture_us"] < f["received_us"] <= f["decoded_us"] <= f["presented_us"]
              for f in frames),
          "captured, received, decoded, presented in this order")
    ways = sorted(f["presented_us"] - f["capture_us"] for f in frames)
    print(f"source to presented: median {ways[len(ways) // 2] / 1000:.1f} ms")
    start = rig.events("start")[0]
    print(f"start to first picture: {(rig.events('first-picture')[0] - start) / 1000:.0f} ms")
    status = rig.status()["displays"][0]
    check(status["extension"] and status["ack_ms_p50"] > 0, "the server gets acknowledgements")


TESTS = {"stock": stock, "unix-password": unix_and_password, "connection-file": connection_file,
         "errors": errors,
         "reconnect": reconnect, "websocket": websocket, "chooser": chooser, "kiosk": kiosk,
         "usb-cd": usb_cd, "leave": leave,
         "presenters": presenters, "zero-copy": zero_copy, "wayland": wayland, "scaled": scaled,
         "resize": resize, "statistics": statistics}


def main(tests=TESTS, description=__doc__):
    p = argparse.ArgumentParser(description=description,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--build", default="build")
    p.add_argument("test", choices=tests)
    p.add_argument("--count", type=int, default=12)
    p.add_argument("--screenshot", help="keep a picture of the screen at the end")
    args = p.parse_args()
    for tool in ("Xvfb", "openbox", "xdotool", "import", "qemu-system-x86_64", "ss"):
        if not shutil.which(tool):
            print(f"skipped: {tool} is not installed")
            sys.exit(77)
    status = 0
    with Case(args.build) as rig:
        try:
            tests[args.test](rig, args)
        except (Failed, subprocess.TimeoutExpired) as e:
            print(f"FAILED: {e}")
            for name in ("server.log", "client.log"):
                if os.path.exists(rig.file(name)):
                    print(f"--- {name}\n" + rig.read_log(name)[-3000:])
            status = 1
        keep = os.environ.get("OSVDI_TEST_OUTPUT") if status else None
        if rig.env and (args.screenshot or keep):
            if keep:
                os.makedirs(keep, exist_ok=True)
            rig.screenshot(args.screenshot or os.path.join(keep, f"viewer-{args.test}.png"))
        for report in rig.sanitizer_reports():
            print("FAILED: a sanitizer complains\n" + report[:6000])
            status = 1
    sys.exit(status)


if __name__ == "__main__":
    main()
