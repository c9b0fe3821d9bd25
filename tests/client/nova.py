#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""osvdi-viewer opens the desktop of a real OpenStack through its real console
proxy (nova-spicehtml5proxy), found by osvdi-broker.

  nova.py --build DIR
"""
import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "broker", "clouds")]
from cloud import Cloud, require  # noqa: E402
from everyday import established, save_picture  # noqa: E402
from viewer import Case, Failed, check, listens, wait_for  # noqa: E402

TOKEN_TTL = 15  # seconds a console token lives
CURSOR = 40  # pixels of a text cursor, which blinks


class Desk:
    """The viewer's and the cloud's sides of one desktop."""

    def __init__(self, rig, cloud):
        self.rig, self.cloud = rig, cloud
        self.env = {k: v for k, v in cloud.openrc("alice").items()}
        self.env.update(OSVDI_BROKER=rig.path("broker-cli", "osvdi-broker"))
        self.id = cloud.facts["servers"]["alice-desktop"]

    def open(self, *argv, **kw):
        """(viewer, its window)"""
        v = self.rig.viewer("--auto-resize=never", *argv, env=self.env, **kw)
        n = len(self.rig.events("connected"))
        wait_for(lambda: len(self.rig.events("connected")) > n, 60, "connected")
        return v, self.rig.wait_window("instance-|alice|127")

    def broker(self, *argv, user="alice"):
        env = dict(os.environ, **self.cloud.openrc(user), HOME=self.rig.dir)
        return subprocess.run([self.env["OSVDI_BROKER"], *argv], env=env, capture_output=True,
                              text=True, check=True).stdout

    def resolve(self, *argv, **kw):
        return json.loads(self.broker("resolve", "-f", "json", *argv, **kw))

    def restart_front(self, port):
        """TLS in front of the proxy ends, with all connections, and comes back."""
        pid = self.cloud.pid("tls")
        with open(f"/proc/{pid}/cmdline") as f:
            argv = f.read().split("\0")[:-1]
        with open(f"/proc/{pid}/environ") as f:
            env = dict(x.split("=", 1) for x in f.read().split("\0") if "=" in x)
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not listens(port), 20, "TLS in front of the proxy has ended")
        with self.rig.log("tls.log") as log:
            self.rig.procs.start(argv, env=env, stdout=log, stderr=log)


def real_picture(rig, desk, name):
    """The screen as another client sees it without any proxy, as a file."""
    uri = desk.resolve("--any-owner", desk.id, user="admin")["uri"]
    path = rig.file(name)
    subprocess.run(["spicy-screenshot", "--uri=" + uri, "--out-file=" + path], env=rig.env,
                   check=True, capture_output=True, timeout=60)
    return path


def differing(one, other):
    """In how many pixels two pictures differ; None: they have other sizes."""
    said = subprocess.run(["compare", "-metric", "AE", "-fuzz", "2%", one, other, "null:"],
                          capture_output=True, text=True).stderr
    return float(said) if re.fullmatch(r"[0-9.e+]+", said.strip()) else None


def last_picture(rig, desk):
    """The screen once the guest's firmware has written its last line: nothing but the text
    cursor has changed for a while, however slow the machine is."""
    first, same = real_picture(rig, desk, "first.ppm"), 0

    def settled():
        nonlocal first, same
        now = real_picture(rig, desk, f"look{same}.ppm")
        difference = differing(first, now)
        if difference is None or difference > CURSOR:
            os.replace(now, first)
            same = 0
        else:
            same += 1
        return same == 5 and first
    return wait_for(settled, 60, "the guest's screen rests", 2)


def same_picture(rig, window, real, what):
    """The viewer shows it soon: the picture comes some time after the connection."""
    path = rig.file("shown.png")
    seen = []

    def shown():
        if os.path.exists(path):
            os.unlink(path)
        save_picture(rig, window, path)
        wait_for(lambda: os.path.exists(path) and os.path.getsize(path) > 100, 10, "the file")
        seen.append(differing(path, real))
        return seen[-1] is not None and seen[-1] <= CURSOR
    try:
        wait_for(shown, 10, what, 0.5)
    except Failed as e:
        raise Failed(f"{e}: {seen[-1]} pixels differ from the picture without a proxy")
    size = subprocess.run(["identify", "-format", "%wx%h, %k colours", path], capture_output=True,
                          text=True, check=True).stdout
    check(not size.endswith(", 1 colours"),
          f"{what}: the same picture as without a proxy ({size}, {seen[-1]:.0f} pixels differ)")


def run(rig, cloud):
    rig.start_x()
    desk = Desk(rig, cloud)
    real = last_picture(rig, desk)

    uri = desk.resolve("alice-desktop")["uri"]
    check(uri.startswith("spice+wss://"), "an address with a token: spice+wss://…")
    port = int(re.match(r"spice\+wss://127\.0\.0\.1:(\d+)/", uri)[1])
    trust = ("--spice-ca-file", cloud.facts["ca"])

    v, window = desk.open(*trust, uri)
    same_picture(rig, window, real, "by its address")
    rig.procs.end(v)

    v, window = desk.open("alice-desktop")
    check(established(port) >= 3, f"by its name: {established(port)} channels through the proxy")
    same_picture(rig, window, real, "by its name")
    print(f"{TOKEN_TTL} s until both tokens have expired")
    time.sleep(TOKEN_TTL + 2)
    n = len(rig.events("connected"))
    desk.restart_front(port)
    wait_for(lambda: len(rig.events("connected")) > n, 60, "connected again with a fresh token")
    check(rig.windows("instance-|alice|127") == [window],
          "after a cut and an expired token: the same window")
    same_picture(rig, window, real, "after a reconnect")
    rig.procs.end(v)

    v = rig.viewer("--no-reconnect", uri, env=desk.env)
    check(v.wait(60) == 1 and "not trusted" in rig.read_log("client.log"),
          "without its authority it is refused")
    v = rig.viewer("--no-reconnect", *trust, uri, env=desk.env)
    check(v.wait(60) == 1 and "expired" in rig.read_log("client.log"),
          "an old address is refused, and why")

    vv = desk.broker("resolve", "--vv", "-", "alice-desktop")
    stale = rig.file("stale.vv")
    with open(stale, "w") as f:
        f.write(re.sub(r"(token=)[0-9a-f-]{36}", r"\g<1>00000000-0000-4000-8000-000000000000", vv))
    os.chmod(stale, 0o600)
    v, window = desk.open(stale)
    check(True, "a file with a bad token gets a good one from the broker")
    rig.procs.end(v)
    said = rig.read_log("client.log")
    check(not re.search(r"token=[0-9a-f]", said) and desk.env["OS_PASSWORD"] not in said,
          "no secret in the log")


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--build", default="build")
    args = p.parse_args()
    require()
    for tool in ("Xvfb", "openbox", "xdotool", "convert", "compare", "spicy-screenshot"):
        if not shutil.which(tool):
            print(f"skipped: {tool} is not installed")
            sys.exit(77)
    with Case(args.build) as rig:
        cloud = Cloud(os.path.join(os.path.abspath(args.build), "tests", "client", "nova-state"),
                      LAB_TLS="1", LAB_TOKEN_TTL=str(TOKEN_TTL))
        status = 0
        try:
            cloud.start()
            run(rig, cloud)
        except (Failed, subprocess.TimeoutExpired) as e:
            print(f"FAILED: {e}")
            if os.path.exists(rig.file("client.log")):
                print(rig.read_log("client.log")[-3000:])
            status = 1
        finally:
            cloud.stop()
    sys.exit(status)


if __name__ == "__main__":
    main()
