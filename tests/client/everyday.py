#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Test what osvdi-viewer remembers, saves and refuses, as its user meets it.

  everyday.py --build DIR TEST
"""
import os
import re
import shutil
import signal
import subprocess
import sys

from viewer import RED, Failed, check, free_port, main, near, serve_still, wait_for
from harness import cpu_seconds, psnr, steady


def settings(rig):
    path = rig.file("config/osvdi-viewer/settings")
    if not os.path.exists(path):
        return ""
    with open(path) as f:
        return f.read()


def recent(rig, args):
    """Desktops that were opened are offered again, without secrets; all by the keyboard."""
    rig.start_x()
    _, port = rig.qemu()
    nobody = ("--broker", "/nonexistent/broker")
    for argument in (f"spice://127.0.0.1:{port}", f"spice://user:tell-nobody@127.0.0.1:{port}",
                     f"spice://127.0.0.1:{port}?password=tell-nobody",
                     rig.write_vv(f"host=127.0.0.1\nport={port}\npassword=tell-nobody\n")):
        v = rig.viewer(*nobody, argument)
        rig.wait_desk()
        v.terminate()
        v.wait(10)
    kept = settings(rig)
    check(f"recent=spice://127.0.0.1:{port};\n" in kept, "the plain address is kept")
    check("tell-nobody" not in kept, "no password is")
    check(os.stat(rig.file("config/osvdi-viewer/settings")).st_mode & 0o077 == 0,
          "only the user can read it")
    v = rig.viewer("-f", *nobody)
    chooser = rig.wait_window("Connect to a desktop")
    rig.xdo("windowfocus", "--sync", chooser, "key", "--delay", "100", "Tab", "key", "Tab",
            "key", "Return")
    rig.wait_colour(960, 540, RED)
    check(True, "chosen by Tab and Return")
    rig.procs.end(v)
    v = rig.viewer(*nobody)
    chooser = rig.wait_window("Connect to a desktop")
    rig.xdo("windowfocus", "--sync", chooser, "key", "--delay", "100", "Tab", "key", "Tab",
            "key", "Delete",
            "key", "Escape")
    check(v.wait(10) == 0, "Escape leaves")
    check(f":{port}" not in re.search(r"^recent=(.*)", settings(rig), re.M)[1], "Delete forgets it")


def places(rig, args):
    """A window comes back to its place, or into the screen."""
    rig.start_x()
    rig.serve("-s", "pattern:idle", "-S", "800x600")
    uri = f"spice://127.0.0.1:{rig.port}"

    def appear():
        n = len(rig.events("first-picture"))
        v = rig.viewer("--auto-resize=never", uri)
        window = rig.wait_window("accel|^127")
        wait_for(lambda: len(rig.events("first-picture")) > n, 30,
                 "a picture, which gives the window its first size")
        steady(lambda: rig.geometry(window), 0.5)
        return v, window
    v, window = appear()
    rig.xdo("windowmove", window, 333, 222, "windowsize", window, 700, 500)
    before = steady(lambda: rig.geometry(window), 1)
    v.terminate()
    v.wait(10)
    v, window = appear()
    wait_for(lambda: all(abs(a - b) <= 2 for a, b in zip(rig.geometry(window), before)), 10,
             f"the same place as before ({before})")
    check(True, f"back at {before}")
    v.terminate()
    v.wait(10)
    path = rig.file("config/osvdi-viewer/settings")
    text = settings(rig)
    with open(path, "w") as f:
        f.write(re.sub(r"^window-1=.*", "window-1=5000;4000;700;500;", text, flags=re.M))
    v, window = appear()
    x, y, w, h = rig.geometry(window)
    check(x + w > 64 and x < 1920 - 64 and y >= 0 and y < 1080 - 32,
          f"not left beyond the screen ({x},{y})")
    v.terminate()
    v.wait(10)
    for junk in ("window-1=1;2", "window-1=a;b;c;d", "window-1=0;0;-5;99999999999"):
        with open(path, "w") as f:
            f.write(re.sub(r"^window-1=.*", junk, text, flags=re.M))
        v, window = appear()
        check(v.poll() is None, f"damaged settings do not hurt: {junk}")
        v.terminate()
        v.wait(10)


def monitors(rig, args):
    """Full screen goes to the monitors that the mapping says (two outputs of weston)."""
    if not shutil.which("weston"):
        print("skipped: weston is not installed")
        sys.exit(77)
    rig.start_x()
    rig.serve("-s", "pattern:idle", "-S", "800x600", "--heads", "2", "-v")
    with rig.log("weston.log") as log:
        rig.procs.start(["weston", "--backend=x11-backend.so", "--use-pixman",
                         "--width=900", "--height=600", "--output-count=2",
                         "--socket=wl-two", "--idle-time=0"],
                        env=rig.env, stdout=log, stderr=log)
    wait_for(lambda: os.path.exists(rig.file("wl-two")), 20, "weston")

    def find():
        found = subprocess.run(["xdotool", "search", "--onlyvisible", "--class", "weston"],
                               env=rig.env, capture_output=True, text=True).stdout.split()
        return len(found) == 2 and found
    outputs = wait_for(find, 20, "weston's two windows")
    boxes = []
    for n, output in enumerate(outputs):
        rig.xdo("windowmove", "--sync", output, 10 + 950 * n, 30)
        boxes.append(rig.geometry(output))
    label = f"127.0.0.1:{rig.port}"
    os.makedirs(rig.file("config/osvdi-viewer"))

    def head_at(box):
        """The display that gets the pointer there: the last word when all has been said."""
        x, y, w, h = box
        rig.xdo("mousemove", x + w // 2, y + h // 2)
        before = steady(lambda: len(rig.read_log("server.log")), 0.3)
        rig.xdo("mousemove", x + w // 2 + 5, y + h // 2 + 5)

        def told():
            return re.findall(r"^pointer (\d):", rig.read_log("server.log")[before:], re.M)
        try:
            wait_for(told, 1, "the pointer at the server")
        except Failed:
            return None
        return int(steady(told, 0.3)[-1]) + 1
    seen = {}
    for mapping in ("1:1;2:2", "1:2;2:1", "nonsense;9:9;1:;"):
        with open(rig.file("config/osvdi-viewer/settings"), "w") as f:
            f.write(f"[desktop {label}]\nmonitor-mapping={mapping}\n")
        v = rig.viewer("-f", "--auto-resize=never", f"spice://{label}",
                       env={"GDK_BACKEND": "wayland", "WAYLAND_DISPLAY": "wl-two", "DISPLAY": ""})
        seen[mapping] = wait_for(lambda: len(set(found := [head_at(b) for b in boxes])) == 2 and
                                 None not in found and
                                 found, 30, f"mapping {mapping}: a display on each output")
        rig.procs.end(v)
    print(seen)
    check(seen["1:2;2:1"] == seen["1:1;2:2"][::-1], "displays change places by the mapping")
    check(seen["nonsense;9:9;1:;"] == seen["1:1;2:2"], "a damaged mapping counts for nothing")


def save_picture(rig, window, path):
    rig.menu(window, "p")
    dialog = rig.wait_window("Save the picture")
    rig.xdo("windowfocus", "--sync", dialog, "key", "ctrl+a", "type", "--delay", "30", path)
    rig.xdo("key", "Return")
    wait_for(lambda: not rig.windows("Save the picture"), 20, "the dialog is done")


def picture_pixels(path, points):
    out = []
    for x, y in points:
        text = subprocess.run(["convert", path, "-format", f"%[fx:round(255*p{{{x},{y}}}.r)] "
                               f"%[fx:round(255*p{{{x},{y}}}.g)] %[fx:round(255*p{{{x},{y}}}.b)]",
                               "info:"],
                              capture_output=True, text=True, check=True).stdout
        out.append(tuple(int(v) for v in text.split()))
    return out


def check_shown(rig, window, quarters):
    """The window shows them: its frame is around the middle of a picture of its own size."""
    x, y, w, h = rig.geometry(window)
    for (fx, fy), colour in zip(((1, 1), (3, 1), (1, 3), (3, 3)), quarters):
        rig.wait_colour(x + w * fx // 4, y + h * fy // 4, colour)


def screenshot(rig, args):
    """The picture of the desktop becomes a file, in the desktop's own size."""
    rig.start_x()
    quarters = serve_still(rig, 800, 600)
    v = rig.viewer("--auto-resize=never", f"spice://127.0.0.1:{rig.port}")
    window = rig.wait_window("accel|^127")
    check_shown(rig, window, quarters)
    path = rig.file("video.png")
    save_picture(rig, window, path)
    wait_for(lambda: os.path.exists(path) and os.path.getsize(path) > 100, 10, "the file")
    size = subprocess.run(["identify", "-format", "%wx%h", path], capture_output=True,
                          text=True).stdout
    check(size == "800x600", f"{size} of a video stream")
    for got, want in zip(picture_pixels(path, ((200, 150), (600, 150), (200, 450), (600, 450))),
                         quarters):
        check(near(got, want), f"colour {want}: {got}")
    save_picture(rig, window, "/proc/picture.png")
    rig.wait_window("The picture was not saved", 10)
    check(v.poll() is None, "a place where nothing can be written ends nothing")
    rig.procs.end(v)
    _, port = rig.qemu()
    rig.viewer(f"spice://127.0.0.1:{port}")
    window = rig.wait_desk()
    path = rig.file("classic.png")
    save_picture(rig, window, path)
    wait_for(lambda: os.path.exists(path) and os.path.getsize(path) > 100, 10, "the file")
    check(near(picture_pixels(path, ((320, 200),))[0], RED), "of classic drawing too")


def pixels(rig, args):
    """At 100 % each pixel of the desktop is one of the screen, whatever the scale of the
    toolkit; at other sizes the picture is as sharp as a good scaler makes it."""
    rig.start_x()
    width, height = 1536, 864
    rows = [bytearray() for _ in range(4)]
    for y, row in enumerate(rows):  # grey stripes and squares, one and more pixels wide
        for x in range(width):
            if x < width // 2:
                on = (x + y) & 1
            else:
                on = (x >> 2 & 1) ^ (y >> 1 & 1)
            row += bytes((210, 210, 210, 0) if on else (40, 40, 40, 0))
    picture = bytes(b"".join(rows)) * (height // 4)
    with open(rig.file("still.raw"), "wb") as f:
        f.write(picture)
    rig.serve("-s", "raw:" + rig.file("still.raw"), "-S", f"{width}x{height}")

    def shown(what, at, reference, size, decibel):
        def good():
            return psnr(rig.fb, *at, reference, *size) > decibel
        try:
            wait_for(good, 30, what, 0.5)
        except Failed as e:
            raise Failed(f"{e}: {psnr(rig.fb, *at, reference, *size):.1f} dB of {decibel}")
        check(True, f"{what}: {psnr(rig.fb, *at, reference, *size):.1f} dB")

    middle = ((1920 - width) // 2, (1080 - height) // 2)
    for scale in ("1", "2"):
        v = rig.viewer("-f", "--zoom=100", "--auto-resize=never", f"spice://127.0.0.1:{rig.port}",
                       env={"GDK_SCALE": scale})
        shown(f"100 %, scale {scale}", middle, picture, (width, height), 30)
        rig.procs.end(v)
    subprocess.run(["convert", "-size", f"{width}x{height}", "-depth", "8",
                    "bgra:" + rig.file("still.raw"), "-alpha", "off",
                    "-filter", "triangle", "-resize", "1920x1080!", "-depth", "8",
                    "bgra:" + rig.file("fit.raw")], check=True)
    with open(rig.file("fit.raw"), "rb") as f:
        fitted = f.read()
    for present in ("x11", "cairo"):
        for scale in ("1", "2"):
            v = rig.viewer("-f", "--auto-resize=never", f"--present={present}",
                           f"spice://127.0.0.1:{rig.port}",
                           env={"GDK_SCALE": scale})
            shown(f"125 % by {present}, scale {scale}", (0, 0), fitted, (1920, 1080), 25)
            rig.procs.end(v)


def make_ca(directory, subject="/O=Lab/CN=desk"):
    """A CA and a server certificate, as QEMU's x509-dir wants them."""
    os.makedirs(directory)
    quiet = {"check": True, "capture_output": True, "cwd": directory}
    new = ["openssl", "req", "-newkey", "rsa:2048", "-nodes"]
    subprocess.run([*new, "-x509", "-days", "2", "-keyout", "ca-key.pem", "-out", "ca-cert.pem",
                    "-subj", "/O=Lab/CN=authority"], **quiet)
    subprocess.run([*new, "-keyout", "server-key.pem", "-out", "server.csr", "-subj", subject],
                   **quiet)
    subprocess.run(["openssl", "x509", "-req", "-days", "2", "-in", "server.csr",
                    "-CA", "ca-cert.pem", "-CAkey", "ca-key.pem", "-CAcreateserial",
                    "-out", "server-cert.pem"], **quiet)
    with open(os.path.join(directory, "ca-cert.pem")) as f:
        return f.read().replace("\n", "\\n")


def established(port):
    out = subprocess.run(["ss", "-tnH", "state", "established", f"dport = :{port}"],
                         capture_output=True, text=True)
    return len(out.stdout.splitlines())


def tls(rig, args):
    """ca, host-subject, tls-port and secure-channels of connection files."""
    if not shutil.which("openssl"):
        raise Failed("openssl is not installed")
    rig.start_x()
    ca, other = make_ca(rig.file("pki")), make_ca(rig.file("other"))
    plain, secure = free_port(), free_port()
    rig.qemu(f"port={plain},tls-port={secure},addr=127.0.0.1,disable-ticketing=on,"
             f"x509-dir={rig.file('pki')}")
    text = f"host=127.0.0.1\nfullscreen=1\nhost-subject=O=Lab,CN=desk\nca={ca}\n"
    v = rig.viewer(rig.write_vv(text + f"tls-port={secure}\n"))
    rig.wait_colour(960, 540, RED)
    wait_for(lambda: established(secure) >= 4, 20, "all channels by TLS")
    check(established(plain) == 0, "all channels by TLS")
    rig.procs.end(v)
    v = rig.viewer(rig.write_vv(text +
                                f"port={plain}\ntls-port={secure}\nsecure-channels=main;inputs;\n"))
    rig.wait_colour(960, 540, RED)
    # the third is the witness, which tells another viewer from a broken line
    wait_for(lambda: established(secure) == 3 and established(plain) >= 2, 20,
             "main and inputs by TLS, the rest not")
    check(steady(lambda: established(secure)) == 3,
          f"main and inputs by TLS, the rest not ({established(plain)})")
    rig.procs.end(v)
    for what, bad in (("another subject", text.replace("CN=desk", "CN=mallory")),
                      ("another authority", text.replace(ca, other)),
                      ("no authority", re.sub(r"ca=.*\n", "", text))):
        open(rig.file("client.log"), "w").close()
        v = rig.viewer("--no-reconnect", rig.write_vv(bad + f"tls-port={secure}\n"))
        check(v.wait(30) == 1 and "No secure connection" in rig.read_log("client.log"),
              f"{what}: refused")
    v = rig.viewer(rig.write_vv(f"host=127.0.0.1\nfullscreen=1\ntls-port={secure}\n"),
                   "--spice-ca-file", rig.file("pki/ca-cert.pem"),
                   "--spice-host-subject", "O=Lab,CN=desk")
    rig.wait_colour(960, 540, RED)
    check(True, "by options too")


def channels(rig, args):
    """disable-channels of connection files: what is named is not connected."""
    rig.start_x()
    _, port = rig.qemu()
    text = f"host=127.0.0.1\nport={port}\nfullscreen=1\n"
    counts = []
    for disabled in ("", "disable-channels=usbredir;\n",
                     "disable-channels=playback;record;usbredir;smartcard\n",
                     "disable-channels=main,display,inputs,cursor\n"):
        v = rig.viewer(rig.write_vv(text + disabled))
        rig.wait_colour(960, 540, RED)
        counts.append(steady(lambda: established(port)))
        rig.procs.end(v)
        wait_for(lambda: not established(port), 10, "all are closed")
    print(counts)
    check(counts[0] == counts[3] == counts[1] + 1 == counts[2] + 1,
          "USB is not, but what a session needs stays on")
    check("channels that a session needs" in rig.read_log("client.log"), "and that is said")


def hostile_files(rig, args):
    """Files that are none end with a clear word, soon, and nothing but them is deleted."""
    rig.start_x()
    port = free_port()
    good = f"[virt-viewer]\ntype=spice\nhost=127.0.0.1\nport={port}\n"
    os.mkfifo(rig.file("never-written.vv"))
    os.mkdir(rig.file("folder.vv"))
    victim = rig.file("victim")
    with open(victim, "w") as f:
        f.write(good + "delete-this-file=1\n")
    os.symlink(victim, rig.file("link.vv"))

    def write(name, data):
        with open(rig.file(name), "wb") as f:
            f.write(data)
        return rig.file(name)
    cases = [
        (write("binary.vv", bytes(range(256)) * 40), "connection file"),
        (write("huge.vv", b"[virt-viewer]\n" + b"x=y\n" * 2_000_000), "too large"),
        (write("long-line.vv", b"[virt-viewer]\ntype=spice\nhost=" + b"h" * 200_000 +
               b"\nport=1\n"), "connect|host|address|large"),
        (write("empty.vv", b""), "connection file"),
        (write("encoding.vv", (good + "password=\xfc\n").encode("latin-1")), "UTF-8"),
        (write("vnc.vv", b"[virt-viewer]\ntype=vnc\nhost=h\nport=1\n"), "vnc"),
        (write("newer.vv",
               good.encode() + b"version=99.0\nnewer-version-url=https://example.org/new\n"),
         "https://example.org/new"),
        (write("escape.vv", good.encode() + b"password a\n"), "line 5"),
        (write("port.vv", b"[virt-viewer]\ntype=spice\nhost=h\nport=99999\n"), "port"),
        (rig.file("folder.vv"), "directory|Cannot read"),
        ("/dev/zero", "connection file|supported|not|too large"),
        (rig.file("link.vv"), "refused|connect"),
    ]
    for path, words in cases:
        open(rig.file("client.log"), "w").close()
        v = rig.viewer("--no-reconnect", path if path != "/dev/zero" else "/dev/fd/0",
                       **({"stdin": open("/dev/zero")} if path == "/dev/zero" else {}))
        status = v.wait(60)
        said = rig.read_log("client.log").strip()
        check(status == 1 and re.search(words, said, re.I),
              f"{os.path.basename(path)}: {said.splitlines()[-1][:110] if said else said}")
    check(os.path.exists(victim) and os.path.islink(rig.file("link.vv")),
          "a link is not followed to a deletion")
    v = rig.viewer(rig.file("never-written.vv"))
    wait_for(lambda: cpu_seconds(v.pid), 20, "the viewer is at work")
    steady(lambda: cpu_seconds(v.pid), 1)  # it rests: it waits for a writer
    v.terminate()
    check(v.wait(10) in (0, -15), "a pipe that nobody writes to can be left")


def desktop_file(rig, args):
    """Downloads open in the viewer: MIME type by name and content, and the program for it."""
    rig.start_x()
    data = rig.file("data")
    os.makedirs(data + "/applications")
    os.makedirs(data + "/mime/packages")
    shutil.copy(rig.path("client", "org.osvdi.Viewer.desktop"), data + "/applications")
    here = os.path.dirname(os.path.abspath(__file__))
    shutil.copy(os.path.join(here, "..", "..", "client", "data", "org.osvdi.Viewer.xml"),
                data + "/mime/packages")
    os.makedirs(rig.file("bin"))
    os.symlink(rig.path("client", "osvdi-viewer"), rig.file("bin/osvdi-viewer"))
    env = dict(rig.env, XDG_DATA_HOME=data, XDG_DATA_DIRS="/usr/local/share:/usr/share",
               PATH=rig.file("bin") + ":" + os.environ["PATH"])
    subprocess.run(["desktop-file-validate", data + "/applications/org.osvdi.Viewer.desktop"],
                   check=True)
    subprocess.run(["update-mime-database", data + "/mime"], check=True, env=env,
                   capture_output=True)
    subprocess.run(["update-desktop-database", data + "/applications"], check=True, env=env)
    check(True, "the desktop file is valid")
    _, port = rig.qemu()
    path = rig.write_vv(f"host=127.0.0.1\nport={port}\ntitle=Opened by its type\nfullscreen=1\n")
    nameless = rig.file("download")
    shutil.copy(path, nameless)
    for f in (path, nameless):
        info = subprocess.run(["gio", "info", "-a", "standard::content-type", f], env=env,
                              capture_output=True, text=True).stdout
        check("application/x-virt-viewer" in info, f"{os.path.basename(f)} is known")
    subprocess.run(["gio", "open", path], env=env, check=True)
    rig.wait_window("Opened by its type")
    rig.wait_colour(960, 540, RED)
    check(True, "opens in the viewer")
    pid = subprocess.run(["xdotool", "search", "--name", "Opened by its type", "getwindowpid"],
                         env=rig.env, capture_output=True, text=True, check=True).stdout
    os.kill(int(pid.split()[0]), signal.SIGTERM)


if __name__ == "__main__":
    main({"recent": recent, "places": places, "monitors": monitors, "screenshot": screenshot,
          "pixels": pixels, "tls": tls, "channels": channels,
          "hostile-files": hostile_files, "desktop-file": desktop_file}, __doc__)
