# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""TCP ports for tests that run beside each other. A port stays reserved until the
program that asked for it ends."""
import fcntl
import os
import random
import socket
import tempfile

# Below the ports that the kernel gives to outgoing connections (32768 and up).
FIRST, LAST = 12000, 22000

_locks = []


def reserve(name):
    """Whether this program has the name for itself now: it keeps a lock until it ends."""
    folder = os.path.join(tempfile.gettempdir(), f"osvdi-ports-{os.getuid()}")
    os.makedirs(folder, mode=0o700, exist_ok=True)
    lock = open(os.path.join(folder, str(name)), "w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return False
    _locks.append(lock)
    return True


def is_free(port):
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port():
    """A port that nobody listens at, and that no other test gets."""
    for port in random.sample(range(FIRST, LAST), 200):
        if is_free(port) and reserve(port):
            return port
    raise OSError(f"no port from {FIRST} to {LAST} is free")
