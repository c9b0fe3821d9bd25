#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""libspice-accel on the real libspice-server, seen by real clients under Xvfb.

  server.py --build DIR TEST [--client NAME] [--count N]
"""
import argparse
import glob
import os
import random
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lib"))
from harness import Failed, Rig, descriptors, near, psnr, resident_kb, wait_for  # noqa: E402

WIDTH, HEIGHT = 1920, 1080


def check(condition, what):
    if not condition:
        raise Failed(what)
    print("ok:", what)


def test_card():
    """BGRx bytes: smooth colours, hard edges, text-like detail."""
    rng = random.Random(1)
    rows = []
    for y in range(HEIGHT):
        row = bytearray()
        for x in range(0, WIDTH, 8):
            if (x // 240 + y // 135) % 3 == 0:
                c = bytes((x * 255 // WIDTH, y * 255 // HEIGHT, 128, 0))
            elif (x // 240 + y // 135) % 3 == 1:
                c = bytes((30, 60, 200, 0)) if y // 16 % 2 else bytes((240, 240, 240, 0))
            else:
                v = rng.choice((20, 235))
                c = bytes((v, v, v, 0))
            row += c * 8
        rows.append(bytes(row))
        if y % 8:
            rows[-1] = rows[-2]
    return b"".join(rows)


def log_count(rig, text):
    return rig.read_log("server.log").count(text)


def picture(rig, args):
    """A still picture arrives and gets sharp."""
    card = test_card()
    with open(rig.file("card.raw"), "wb") as f:
        f.write(card)
    rig.start_x()
    rig.serve("-s", "raw:" + rig.file("card.raw"), "--status", "1")
    rig.client(args.client, rig.port)

    def shown():
        return psnr(rig.fb, 0, 200, card[200 * WIDTH * 4:], WIDTH, 600, 23) > 30
    wait_for(shown, 40, "the picture is shown", 0.5)

    def sharp():
        value = psnr(rig.fb, 0, 200, card[200 * WIDTH * 4:], WIDTH, 600, 7)
        return value > 33 and value
    value = wait_for(sharp, 20, "the picture is like its source", 0.5)
    if args.screenshot:
        rig.screenshot(args.screenshot)
    print(f"ok: the picture is like its source: {value:.1f} dB")
    own = rig.status()["displays"][0]["extension"]
    check(own == (args.client == "osvdi-viewer"),
          f"the extension port is {'' if own else 'not '}used")


def start_guest_x(rig, size="1280x720"):
    """A second Xvfb as the 'guest', streamed from X11; its environment."""
    guest = Rig(rig.build, size)
    env = guest.start_x()
    rig.start_x()
    program = rig.path("tests", "bench", "osvdi-dmabuf-serve")
    rig.serve("-s", "x11:" + env["DISPLAY"], "--status", "1", "-v",
              program=None if rig.source == "memory" else program,
              env={**os.environ, "OSVDI_DMABUF": rig.source, "LIBGL_ALWAYS_SOFTWARE": "1"})
    return guest, env


def colour(env, name):
    subprocess.run(["xsetroot", "-solid", name], env=env, check=True)


def shows(fb, want):
    return near(fb.pixel(640, 400), want, 11)


def frames_in_a_second(rig):
    """The frames that the server encodes from one status to the next."""
    before = rig.status()["displays"][0]["frames"]
    return rig.status()["displays"][0]["frames"] - before


def pause(rig, args):
    """The last picture before a pause is shown, and the first after it at once."""
    guest, env = start_guest_x(rig)
    with guest:
        colour(env, "#204060")
        rig.client(args.client, rig.port)
        wait_for(lambda: shows(rig.fb, (0x20, 0x40, 0x60)), 40, "the first picture")
        time.sleep(3)  # a first pause; a stock viewer is sent repeated pictures in pauses too
        for shade, rest in (("#a03020", 10), ("#10b050", 2), ("#505050", 0)):
            colour(env, shade)
            want = tuple(int(shade[i:i + 2], 16) for i in (1, 3, 5))
            wait_for(lambda: shows(rig.fb, want), 8, f"{shade} is shown")
            print(f"ok: {shade} is shown")
            time.sleep(rest)  # the pause of the next round


def differing(one, other, top, bottom):
    """Pixels in which two screens differ, between two rows."""
    count = 0
    for y in range(top, bottom):
        a, b = one.row(y, 0, one.width), other.row(y, 0, one.width)
        if a == b:
            continue
        # the fourth byte of a pixel is nobody's
        count += sum(a[i:i + 3] != b[i:i + 3] for i in range(0, len(a), 4))
    return count


def exact(rig, args):
    """After windows were dragged and text was typed, each pixel of the screen is the guest's."""
    guest, env = start_guest_x(rig, "1920x1080")
    with guest:
        colour(env, "#204060")
        for i, picture in enumerate(("plasma:fractal", "gradient:red-blue")):
            guest.procs.start(["display", "-title", f"picture {i}", "-size", "500x300", "-geometry",
                               "500x300+50+50", picture], env=env)
        window = wait_for(lambda: subprocess.run(["xdotool", "search", "--onlyvisible", "--name",
                                                  "picture 0"], env=env,
                                                 capture_output=True, text=True).stdout.split(), 20,
                          "a window")[-1]
        subprocess.run(["xdotool", "mousemove", "1919", "1079"], env=env, check=True)
        rig.xdo("mousemove", "1919", "1079")
        rig.client(args.client, rig.port, "--stats-file", rig.file("stats"))

        def move(x, y):
            subprocess.run(["xdotool", "windowmove", window, str(x), str(y)], env=env, check=True)
            time.sleep(0.02)  # as a hand does: a fast machine drags in ten pictures

        def same():
            wait_for(lambda: differing(guest.fb, rig.fb, 0, 1040) == 0, 30, "every pixel is right",
                     0.1)
            print("ok: every pixel is right")
        for round in range(3):
            for i in range(40):  # dragged: moves, and in one round video around them
                if round == 1:
                    colour(env, f"#40{60 + i}20")
                move(*((450, 40 + 8 * i) if round == 2 else (60 + 10 * i + round, 40 + 5 * i)))
            colour(env, f"#3040{60 + round}")
            same()

        def sent():  # a busy machine sends few frames of the rounds above: on with the video
            for i in range(10):
                colour(env, f"#40{60 + i}20")
                move(450 - 10 * i, 40)
            status = rig.status()["displays"][0]
            return status["tiles_used"] and status["frames"] > 10 and status["tiles"] > 0 and \
                status["moves"] > 0 and status
        status = wait_for(sent, 60, "video and tiles were sent, and content was moved")
        same()
        print(f"ok: {status['frames']} frames, {status['tiles']} messages of tiles, "
              f"{status['moves']} times content was moved")
        wait_for(lambda: rig.status()["displays"][0]["exact"], 10,
                 "the server knows that the picture is exact")
        wait_for(lambda: '"exact": true' in rig.read_log("stats").splitlines()[-1], 10,
                 "and so does the viewer")


def input_events(rig, args):
    """Pointer positions and keys arrive."""
    guest, env = start_guest_x(rig, "1920x1080")
    with guest:
        colour(env, "#204060")
        rig.client(args.client, rig.port)
        wait_for(lambda: shows(rig.fb, (0x20, 0x40, 0x60)), 40, "the first picture")

        def connected():  # the inputs channel comes some time after the display's
            rig.xdo("mousemove", 100, 100, "mousemove", 120, 120)
            return log_count(rig, "pointer 0: ")
        wait_for(connected, 20, "the inputs channel", 0.2)
        for x, y in ((300, 250), (900, 600), (5, 300)):
            rig.xdo("mousemove", x, y)
            wait_for(lambda: f"pointer 0: {x},{y} " in rig.read_log("server.log"), 10,
                     f"pointer at {x},{y}")
            out = subprocess.run(["xdotool", "getmouselocation"], env=env, capture_output=True,
                                 text=True).stdout
            check(f"x:{x} y:{y} " in out, f"the guest's pointer is at {x},{y}")
        rig.xdo("mousemove", 640, 400, "click", 1)
        wait_for(lambda: "pointer 0: 640,400 buttons 1" in rig.read_log("server.log"),
                 10, "a click")
        rig.xdo("key", "a")
        wait_for(lambda: "key 1e up" in rig.read_log("server.log"), 10, "a key")
        rig.xdo("key", "Left")
        wait_for(lambda: "key e0 4b up" in rig.read_log("server.log"), 10, "an extended key")
        print("ok: click and keys")


def relative(rig, args):
    """A guest with a mouse gets motion, not positions."""
    rig.start_x()
    rig.serve("-s", "pattern:idle", "-v", "--relative")
    rig.client(args.client, rig.port)
    wait_for(lambda: log_count(rig, "display 0: x264"), 40, "a stream")

    def moved():  # the first click after the inputs channel came grabs the pointer
        rig.xdo("mousemove", 700, 500, "click", 1, "mousemove_relative", "--", 7, 3)
        return log_count(rig, "motion ")
    wait_for(moved, 20, "motion", 0.3)
    check(not log_count(rig, "pointer 0:"), "no absolute positions")


def resize(rig, args):
    """The guest takes the size of the client's window."""
    rig.start_x()
    rig.serve("-s", "pattern:pan", "-S", "1024x768", "--marks", rig.file("marks"), "--status", "1")
    rig.client(args.client, rig.port, full_screen=False)
    wait_for(lambda: log_count(rig, "display 0: x264"), 40, "a stream")
    wait_for(lambda: frames_in_a_second(rig) > 1, 20, "pictures go to the client", 0)

    def find():
        return subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "accel|SPICE|spice"],
                              env=rig.env, capture_output=True, text=True).stdout.split()
    out = wait_for(find, 20, "the client has a window")
    for size in ((1200, 800), (901, 702), (1400, 900)):
        before = log_count(rig, "encoder x264:")
        rig.xdo("windowsize", "--sync", out[-1], *size)
        wait_for(lambda: log_count(rig, "encoder x264:") > before, 20,
                 f"the guest follows a window of {size}")
        status = rig.status()["displays"][0]
        print(f"ok: window {size}, guest {status['width']}x{status['height']}")
        wait_for(lambda: frames_in_a_second(rig) > 1, 20, "pictures of the new size", 0)
    one = rig.status()["displays"][0]["frames"]
    wait_for(lambda: rig.status()["displays"][0]["frames"] > one + 20, 20, "pictures go on")


def plugins_without_h264(rig):
    """A folder of GStreamer's plugins without those that decode H.264."""
    folder = rig.file("plugins")
    os.mkdir(folder)
    skip = ("libav", "openh264", "libgstva.", "vaapi", "nvcodec", "v4l2", "avcodec", "msdk", "qsv")
    for path in glob.glob("/usr/lib/*/gstreamer-1.0/*.so"):
        if not any(s in os.path.basename(path) for s in skip):
            os.symlink(path, os.path.join(folder, os.path.basename(path)))
    return folder


def fallback(rig, args):
    """A client without H.264 gets MJPEG."""
    rig.start_x()
    rig.serve("-s", "pattern:pan", "--marks", rig.file("marks"), "--status", "1")
    env = dict(rig.env, GST_PLUGIN_SYSTEM_PATH_1_0=plugins_without_h264(rig),
               GST_REGISTRY=rig.file("registry"))
    rig.client(args.client, rig.port, env=env)
    rig.wait_picture(rig.file("marks"), "top", 60)
    wait_for(lambda: rig.status()["displays"][0]["codec"] == "mjpeg", 20, "the stream is MJPEG")
    check(log_count(rig, "cannot decode H.264") == 1, "the log says why, once")


def frozen(rig, args):
    """Nothing is encoded for a client that hangs, and it goes on where it was."""
    rig.start_x()
    rig.serve("-s", "pattern:pan", "--marks", rig.file("marks"), "--status", "1")
    client = rig.client(args.client, rig.port)
    rig.wait_picture(rig.file("marks"), "pan", 40)
    os.kill(client.pid, 19)
    wait_for(lambda: frames_in_a_second(rig) <= 2, 20, "the server notices", 0)
    frames = sum(frames_in_a_second(rig) for _ in range(3))
    check(frames <= 6, f"{frames} frames encoded in 3 s for a frozen client")
    two = rig.status()["displays"][0]
    os.kill(client.pid, 18)
    rig.wait_picture(rig.file("marks"), "pan", 30)
    wait_for(lambda: rig.status()["displays"][0]["frames"] > two["frames"] + 30, 20, "frames go on")
    if args.client != "osvdi-viewer":  # which takes the silence for a broken network and reconnects
        check(log_count(rig, "encoder x264:") == 1, "in the same stream")


def two_viewers(rig, args):
    """Several viewers share one encode; without that, the second takes over."""
    rig.start_x()
    rig.serve("-s", "pattern:pan", "--marks", rig.file("marks"), "--status", "1",
              env=dict(os.environ, SPICE_DEBUG_ALLOW_MC="1"))
    port = rig.port
    first = rig.client(args.client, port)
    rig.wait_picture(rig.file("marks"), "pan", 40)
    with Rig(rig.build) as other:
        other.start_x()
        other.client("remote-viewer", port)
        other.wait_picture(rig.file("marks"), "pan", 40)
        rig.wait_picture(rig.file("marks"), "pan", 10)
        status = wait_for(lambda: (s := rig.status())["viewers"] == 2 and s, 10, "two viewers")
        check(not status["displays"][0]["extension"],
              "a stock viewer among them gets its steady rate")
        start = time.monotonic()
        frames = sum(frames_in_a_second(rig) for _ in range(3))
        check(frames <= 75 * (time.monotonic() - start + 1),
              f"{frames} frames, at 60 a second: one encode for both")
        print("ok: both see pictures")
    rig.wait_picture(rig.file("marks"), "pan", 20)
    check(first.poll() is None, "the first goes on")


def kill_reconnect(rig, args):
    """kill -9 and reconnect: a picture each time, nothing grows."""
    rig.start_x()
    server, port = rig.serve("-s", "pattern:pan", "--marks", rig.file("marks"), "--status", "1")
    alone = descriptors(server.pid)
    base = None
    for i in range(args.count):
        # an encoder of another size is no leak
        client = rig.client(args.client, port, "--auto-resize=never")
        rig.wait_picture(rig.file("marks"), "top", 40)
        client.kill()
        client.wait()
        rig.procs.all.remove(client)
        wait_for(lambda: not (s := rig.status())["viewers"] and not s["displays"][0]["streaming"],
                 20,
                 "the stream stops")
        wait_for(lambda: descriptors(server.pid) <= alone + 2, 20,
                 f"{descriptors(server.pid)} descriptors become {alone} again, as before the "
                 f"first viewer")
        now = (resident_kb(server.pid), descriptors(server.pid))
        if i == min(4, args.count // 2):
            base = now
        if i % 20 == 0 or i == args.count - 1:
            print(f"after {i + 1}: {now[0]} kB, {now[1]} descriptors")
    check(now[0] <= base[0] + 12288 + 16 * args.count, f"memory: {base[0]} kB, then {now[0]} kB")


def encoder_failure(rig, args):
    """An encoder that fails at run time is replaced, and the picture goes on."""
    rig.start_x()
    rig.serve("-s", "pattern:window", "-S", "1280x720", "--marks", rig.file("marks"),
              "--status", "1",
              "-o", "encoder=fake,x264", env=dict(os.environ, OSVDI_FAKE_FAIL="400"))
    rig.client(args.client, rig.port)
    wait_for(lambda: log_count(rig, "display 0: fake"), 40, "the first encoder at work")
    wait_for(lambda: log_count(rig, "display 0: x264"), 60, "the second encoder at work", 0.01)
    rig.wait_picture(rig.file("marks"), "window", 20)
    lines = [x for x in rig.read_log("server.log").splitlines() if "warning" in x or "error" in x]
    check(len(lines) == 1 and "fake failed" in lines[0] and "x264 takes over" in lines[0],
          f"one clear line: {lines}")
    check(rig.read_log("server.log").index("takes over") <
          rig.read_log("server.log").index("display 0: x264"),
          "and then the second encoder")


def heads(rig, args):
    """Two displays become two windows with a picture each."""
    rig.start_x()
    rig.serve("-s", "pattern:pan", "-S", "800x600", "--heads", "2", "--marks", rig.file("marks"),
              "--status", "1")
    rig.client(args.client, rig.port, full_screen=False)
    wait_for(lambda: log_count(rig, "display 1: x264"), 40, "the second stream")
    wait_for(lambda: (s := rig.status()) and all(d["fps"] > 0 for d in s["displays"]), 20,
             "both streams run")

    def windows():
        found = subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--name", "accel|SPICE|spice"],
            env=rig.env, capture_output=True, text=True)
        return len(found.stdout.split())
    wait_for(lambda: windows() >= 2, 20, "two windows")


TESTS = {"picture": picture, "exact": exact, "pause": pause, "input": input_events,
         "relative": relative, "resize": resize,
         "fallback": fallback, "frozen": frozen, "two-viewers": two_viewers,
         "kill-reconnect": kill_reconnect,
         "encoder-failure": encoder_failure, "heads": heads}


def missing(client):
    for tool in ("Xvfb", "openbox", "xdotool", "xsetroot", "import"):
        if not shutil.which(tool):
            return tool
    return None if client == "osvdi-viewer" or shutil.which(client) else client


def main():
    p = argparse.ArgumentParser(description=__doc__,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--build", default="build")
    p.add_argument("test", choices=TESTS)
    p.add_argument("--client", default="remote-viewer",
                   choices=("osvdi-viewer", "remote-viewer", "spicy"))
    p.add_argument("--count", type=int, default=6)
    p.add_argument("--source", default="memory",
                   choices=("memory", "mapped", "shaders", "read-back", "gpu"),
                   help="where the guest's picture is (see tests/bench/dmabuf-serve.c)")
    p.add_argument("--screenshot", help="keep a picture of the screen")
    args = p.parse_args()
    tool = missing(args.client)
    if tool:
        print(f"skipped: {tool} is not installed")
        sys.exit(77)
    with Rig(args.build) as rig:
        rig.source = args.source
        try:
            TESTS[args.test](rig, args)
        except (Failed, StopIteration) as e:
            print(f"FAILED: {e}")
            for name in ("server.log", "client.log"):
                if os.path.exists(rig.file(name)):
                    print(f"--- {name}\n" + rig.read_log(name)[-3000:])
            if rig.env:
                keep = os.environ.get("OSVDI_TEST_OUTPUT")
                if keep:
                    os.makedirs(keep, exist_ok=True)
                    rig.screenshot(os.path.join(keep, f"{args.test}-{args.client}.png"))
            sys.exit(1)


if __name__ == "__main__":
    main()
