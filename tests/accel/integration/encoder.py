#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""osvdi-encoder, the encoder process: seen by osvdi-viewer under Xvfb.

  encoder.py --build DIR TEST [--count N]
"""
import argparse
import json
import os
import random
import shutil
import signal
import socket
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "lib"))
sys.path.insert(0, HERE)
from harness import Failed, Rig, wait_for  # noqa: E402
import server  # noqa: E402

check = server.check


def start_encoder(rig, *options):
    """The program that listens; the processes of its displays are its children."""
    path = rig.file("encoder.sock")
    with rig.log("encoder.log") as log:
        p = rig.procs.start([rig.path("spice-accel", "encoder", "osvdi-encoder"), "--listen", path,
                             *options], stderr=log)
    wait_for(lambda: os.path.exists(path), 20, "osvdi-encoder listens")
    return p, path


def lives(pid):
    with open(f"/proc/{pid}/stat") as f:
        return f.read().rpartition(")")[2].split()[0] != "Z"


def displays(encoder):
    """The processes of displays."""
    with open(f"/proc/{encoder.pid}/task/{encoder.pid}/children") as f:
        return [int(pid) for pid in f.read().split() if lives(pid)]


def uses_encoder(rig, used=True):
    return rig.status()["displays"][0]["encoder_process"] == used


def start(rig, path, scene="pan", limit_ms=60000):
    """A moving picture, and a viewer."""
    rig.start_x()
    p, port = rig.serve("-s", "pattern:" + scene, "--marks", rig.file("marks"), "--status", "1",
                        "-o", "encoder-process=" + path,
                        env=dict(os.environ, SPICE_ACCEL_ENCODER_LIMIT_MS=str(limit_ms)))
    rig.client("osvdi-viewer", port)
    rig.wait_picture(rig.file("marks"), scene, 60)
    return p


def kill(rig, args):
    """kill -9 under motion: the picture goes on at once, and a new process takes over."""
    encoder, path = start_encoder(rig)
    start(rig, path)
    for i in range(args.count):
        wait_for(lambda: uses_encoder(rig), 60, "the encoder process encodes", 0)
        victim = displays(encoder)[0]
        os.kill(victim, signal.SIGKILL)
        rig.wait_picture(rig.file("marks"), "pan", 60)
        print(f"ok: kill {i + 1}: pictures go on")
    log = rig.read_log("server.log")
    check(log.count("the processor encodes in this process until") >= 1, "the log says so")
    check(rig.status()["displays"][0]["encoder_failures"] == 0, "no encoder failed")


def hang(rig, args):
    """A process that hangs is left, and the picture goes on."""
    encoder, path = start_encoder(rig)
    start(rig, path, limit_ms=2000)
    wait_for(lambda: uses_encoder(rig), 60, "the encoder process encodes", 0)
    victim = displays(encoder)[0]
    os.kill(victim, signal.SIGSTOP)
    wait_for(lambda: "it does not answer" in rig.read_log("server.log"), 60, "the log says so")
    rig.wait_picture(rig.file("marks"), "pan", 60)
    print("ok: the picture goes on")
    os.kill(victim, signal.SIGCONT)
    wait_for(lambda: victim not in displays(encoder), 20, "the process that hung ends")
    wait_for(lambda: uses_encoder(rig), 60, "another one encodes", 0)


def absent(rig, args):
    """Without an encoder process the processor encodes, said once; one that comes is used."""
    path = rig.file("encoder.sock")
    start(rig, path)
    check(uses_encoder(rig, False), "the server encodes")
    check(server.log_count(rig, "the processor encodes in this process until") == 1,
          "the log says so once")
    encoder, _ = start_encoder(rig)
    wait_for(lambda: uses_encoder(rig), 60, "the process that came encodes", 0)
    rig.wait_picture(rig.file("marks"), "pan", 60)
    encoder.terminate()
    for pid in displays(encoder):
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: uses_encoder(rig, False), 60, "the server encodes again", 0)
    rig.wait_picture(rig.file("marks"), "pan", 60)


class Liar:
    """Listens where osvdi-encoder should, and answers with garbage."""

    def __init__(self, path):
        self.random = random.Random(7)
        self.answers = 0
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.bind(path)
        self.socket.listen(8)
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            s, _ = self.socket.accept()
            try:
                while data := s.recv(1 << 16):
                    self.answer(s, data)
            except OSError:
                pass
            s.close()

    def answer(self, s, data):
        kind = self.answers % 4
        self.answers += 1
        if kind == 0:
            s.send(self.random.randbytes(self.random.randrange(1, 3000)))
        elif kind == 1:
            s.send(data)
        elif kind == 2:
            s.send(b"\x04\0\0\0" + b"\xff" * 516)
        else:
            raise OSError("gone")


def garbage(rig, args):
    """A process that sends nonsense is left, and the picture goes on."""
    path = rig.file("encoder.sock")
    liar = Liar(path)
    start(rig, path)
    wait_for(lambda: liar.answers >= 6, 60, "the server tried it again and again")
    rig.wait_picture(rig.file("marks"), "pan", 60)
    check(uses_encoder(rig, False), "the server encodes")
    log = rig.read_log("server.log")
    check(log.count("the processor encodes in this process until") == 1, "the log says so once")


def exact(rig, args):
    """Each pixel is the guest's at rest, encoded in the process."""
    _, path = start_encoder(rig)
    rig.serve_options = ["-o", "encoder-process=" + path]
    args.client = "osvdi-viewer"
    server.exact(rig, args)
    last = json.loads(rig.read_log("status.log").splitlines()[-1])
    check(last["displays"][0]["encoder_process"], "the encoder process encoded")
    check("no encoder process" not in rig.read_log("server.log"), "and was never missed")


TESTS = {"kill": kill, "hang": hang, "absent": absent, "garbage": garbage, "exact": exact}


def main():
    p = argparse.ArgumentParser(description=__doc__,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--build", default="build")
    p.add_argument("test", choices=TESTS)
    p.add_argument("--count", type=int, default=8, help="processes to kill")
    p.add_argument("--source", default="memory", choices=("memory", "mapped"),
                   help="where the guest's picture is (see tests/bench/dmabuf-serve.c)")
    args = p.parse_args()
    tool = server.missing("osvdi-viewer")
    if tool:
        print(f"skipped: {tool} is not installed")
        sys.exit(77)
    with Rig(args.build) as rig:
        rig.source = args.source
        try:
            TESTS[args.test](rig, args)
        except Failed as e:
            print(f"FAILED: {e}")
            for name in ("server.log", "encoder.log", "client.log"):
                if os.path.exists(rig.file(name)):
                    print(f"--- {name}\n" + rig.read_log(name)[-3000:])
            sys.exit(1)


if __name__ == "__main__":
    main()
