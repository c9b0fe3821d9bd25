#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Viewers whose connection is reset just as they open the extension port: again
and again at random moments, and the server lives.

  reset.py --build DIR [--count N]
"""
import argparse
import os
import random
import socket
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lib"))
from harness import Failed, Rig, exactly, wait_for  # noqa: E402

try:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding
    from cryptography.hazmat.primitives.serialization import load_der_public_key
except ImportError:
    print("skipped: python3-cryptography is not installed")
    sys.exit(77)

MAIN, PORT = 1, 10  # channel types
MAIN_INIT, ATTACH_CHANNELS = 103, 104


def link(port, session, channel):
    """(socket, ticket): the link stage up to the ticket, which is not sent yet."""
    s = socket.create_connection(("127.0.0.1", port))
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    body = struct.pack("<IBBIII", session, channel, 0, 1, 1, 18) + struct.pack("<II", 0b1011, 0b10)
    s.sendall(b"REDQ" + struct.pack("<III", 2, 2, len(body)) + body)
    size = struct.unpack("<4sIII", exactly(s, 16))[3]
    reply = exactly(s, size)
    s.sendall(struct.pack("<I", 1))
    oaep = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)
    return s, load_der_public_key(reply[4:166]).encrypt(b"\0", oaep)


def open_session(port):
    s, ticket = link(port, 0, MAIN)
    s.sendall(ticket)
    if exactly(s, 4) != b"\0" * 4:
        raise OSError("refused")
    while True:
        kind, size = struct.unpack("<HI", exactly(s, 6))
        data = exactly(s, size)
        if kind == MAIN_INIT:
            s.sendall(struct.pack("<HI", ATTACH_CHANNELS, 0))
            return s, struct.unpack("<I", data[:4])[0]


def is_gone(server):
    """Whether the server ends; a server that crashed may take a moment to be gone."""
    try:
        wait_for(lambda: server.poll() is not None, 2, "the server's end")
        return True
    except Failed:
        return False


def main():
    p = argparse.ArgumentParser(description=__doc__,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--build", default="build")
    p.add_argument("--count", type=int, default=500)
    args = p.parse_args()
    with Rig(args.build) as rig:
        server, port = rig.serve("-s", "pattern:idle", "-S", "320x240")
        held, session = open_session(port)
        done = 0
        while done < args.count and server.poll() is None:
            try:
                s, ticket = link(port, session, PORT)
                s.sendall(ticket)
            except (OSError, EOFError) as error:
                print(f"connection {done + 1}: {error}")
                break
            end = time.perf_counter() + random.uniform(0, 0.0016)
            while time.perf_counter() < end:
                pass
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            s.close()
            done += 1
            time.sleep(0.002)  # other connections meet the server in other states
        held.close()
        if done < args.count:
            if is_gone(server):
                print(f"FAILED: the server ended after {done} connections, status "
                      f"{server.returncode}\n" + rig.read_log("server.log")[-1000:])
            else:
                print(f"FAILED: only {done} of {args.count} connections were taken")
            sys.exit(1)
        held, session = open_session(port)
        s, ticket = link(port, session, PORT)
        s.sendall(ticket)
        if exactly(s, 4) != b"\0" * 4 or b"org.osvdi.accel.0" not in exactly(s, 6 + 4 + 4 + 1 + 18):
            print("FAILED: a good viewer is not greeted any more")
            sys.exit(1)
        print(f"ok: {done} connections were reset, and the next viewer is greeted")


if __name__ == "__main__":
    main()
