#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tickets, tokens and addresses that are good once, or that change.

  tickets.py --build DIR TEST
"""
import os
import time

from viewer import check, free_port, main, wait_for
from wsproxy import CutProxy, WebSocketProxy


def said(rig, words):
    return words in rig.read_log("client.log")


def still(rig, seconds=4):
    n = len(rig.events("connecting"))
    time.sleep(seconds)  # nothing is to happen
    check(len(rig.events("connecting")) == n, f"nothing is tried any more ({n} tries)")


def connected(rig, n):
    """Until it is so for the n-th time, with all that a session has."""
    wait_for(lambda: len(rig.events("connected")) >= n and
             min(rig.read_log("client.log").count(x)
                 for x in ("Extension port ready", "Witness: there")) >= n,
             40, f"connected, {n}")


def write_word(rig, word):
    with open(rig.file("word"), "w") as f:
        f.write(word + "\n")


def one_time(rig, args):
    """A password that was for one session: no dialog, no knocking."""
    rig.start_x()
    write_word(rig, "first")
    serve, _ = rig.serve("-s", "pattern:idle", "-S", "640x480", "-v", "--password-file",
                         rig.file("word"))
    text = f"host=127.0.0.1\nport={rig.port}\npassword=first\ndelete-this-file=1\ntitle=once\n"
    rig.viewer(rig.write_vv(text))
    connected(rig, 1)
    rig.procs.end(serve)
    write_word(rig, "second")
    restart(rig)
    wait_for(lambda: said(rig, "was for one session"), 30, "told that it was for one session")
    still(rig)
    v = rig.viewer("--no-reconnect", rig.write_vv(text))
    check(v.wait(30) == 1 and rig.read_log("client.log").count(
        "osvdi-viewer: This connection file was for one") == 2, "and so at the first opening")


def restart(rig):
    with rig.log("server.log") as log:
        p = rig.procs.start([rig.path("spice-accel", "tools", "spice-accel-serve"), "-p",
                             str(rig.port), "-s", "pattern:idle",
                             "-S", "640x480", "-v", "--password-file", rig.file("word")],
                            stdout=log, stderr=log)
    return p


def hang_up(rig, args):
    """A proxy that takes the connection and hangs up, as those do whose tickets have run out."""
    rig.start_x()
    write_word(rig, "first")
    rig.serve("-s", "pattern:idle", "-S", "640x480", "-v", "--password-file", rig.file("word"))
    relay = CutProxy(rig.port)
    text = f"host=127.0.0.1\nport={relay.port}\npassword=first\ndelete-this-file=1\n"
    rig.viewer(rig.write_vv(text))
    connected(rig, 1)
    relay.refusing = True
    relay.cut()
    wait_for(lambda: said(rig, "was for one session"), 30, "told that it was for one session")
    still(rig)


def expired(rig, args):
    """A token without a name: one or two tries, and the word."""
    rig.start_x()
    rig.serve("-s", "pattern:idle", "-S", "640x480", "-v")
    proxy = WebSocketProxy(rig.port, {"t"})
    rig.viewer(f"spice+ws://127.0.0.1:{proxy.port}/?token=t")
    connected(rig, 1)
    proxy.tokens = set()
    proxy.cut()
    wait_for(lambda: said(rig, "Such addresses are good for some minutes"), 30,
             "told that it has expired")
    still(rig)
    check(len(rig.events("connecting")) <= 3, "after two tries at most")


def write_broker(rig, text, refuse_asleep=False):
    """A broker that gives a file, and notes what it was asked."""
    path = rig.file("broker")
    with open(path + ".new", "w") as f:
        f.write(f"#!/bin/sh\necho \"$@\" >> {rig.file('asked')}\n")
        if refuse_asleep:
            f.write('case "$*" in *--no-wake*) echo "osvdi-broker: desk does not run (SHUTOFF)" '
                    '>&2; exit 5;; esac\n')
        f.write(f"printf '[virt-viewer]\\ntype=spice\\n{text}'\n")
    os.chmod(path + ".new", 0o700)
    os.rename(path + ".new", path)
    return path


def asked(rig):
    if not os.path.exists(rig.file("asked")):
        return []
    with open(rig.file("asked")) as f:
        return f.read().splitlines()


def moved(rig, args):
    """A desktop that the broker knows has moved to another port, with another password."""
    rig.start_x()
    write_word(rig, "first")
    serve, _ = rig.serve("-s", "pattern:idle", "-S", "640x480", "-v", "--password-file",
                         rig.file("word"))
    text = \
        f"host=127.0.0.1\nport={rig.port}\npassword=first\ndelete-this-file=1\n[osvdi]\nname=desk\n"
    broker = write_broker(rig, text.replace("\n", "\\n"))
    rig.viewer("--broker", broker, rig.write_vv(text))
    connected(rig, 1)
    rig.procs.end(serve)
    write_word(rig, "second")
    rig.port = free_port()
    write_broker(rig,
                 f"host=127.0.0.1\\nport={rig.port}\\npassword=second\\n[osvdi]\\nname=desk\\n")
    serve = restart(rig)
    connected(rig, 2)
    check(1 <= len(asked(rig)) <= 3 and all("--no-wake" in x for x in asked(rig)),
          f"the broker was asked: {asked(rig)}")
    rig.procs.end(serve)
    write_word(rig, "third")
    write_broker(rig, f"host=127.0.0.1\\nport={rig.port}\\npassword=third\\n[osvdi]\\nname=desk\\n")
    restart(rig)
    connected(rig, 3)
    check(not rig.windows("password|Password"), "a new password without a dialog")


def wake(rig, server, keys):
    """The desktop is shut down, and nothing starts it by itself; then the user presses keys."""
    rig.procs.end(server)
    wait_for(lambda: said(rig, "has ended"), 30, "told that it has ended")
    check(asked(rig) and all("--no-wake" in x for x in asked(rig)),
          "the broker was not asked to start it")
    n = len(asked(rig))
    still(rig)
    write_word(rig, "first")
    restart(rig)
    rig.xdo("windowfocus", "--sync", rig.wait_window("^desk$"), "key", *keys)
    wait_for(lambda: len(rig.events("connected")) >= 2, 40, "connected again")
    check(len(asked(rig)) > n and "--no-wake" not in asked(rig)[-1], "the button starts it")


def asleep(rig, args):
    """A desktop that somebody shut down is not started by itself, but by the banner's button."""
    rig.start_x()
    write_word(rig, "first")
    serve, _ = rig.serve("-s", "pattern:idle", "-S", "640x480", "-v", "--password-file",
                         rig.file("word"))
    text = f"host=127.0.0.1\nport={rig.port}\npassword=first\ntitle=desk\n[osvdi]\nname=desk\n"
    broker = write_broker(rig, text.replace("\n", "\\n"), refuse_asleep=True)
    rig.viewer("--broker", broker, rig.write_vv(text))
    connected(rig, 1)
    wait_for(lambda: said(rig, "Presenting by"), 40, "a picture")
    wake(rig, serve, ("Tab", "Return"))


def unseen(rig, args):
    """The same, of a desktop that was shut down before its first picture: the dialog's button."""
    rig.start_x()
    qemu, rig.port = rig.qemu(vga="none")
    text = f"host=127.0.0.1\nport={rig.port}\npassword=first\ntitle=desk\n[osvdi]\nname=desk\n"
    broker = write_broker(rig, text.replace("\n", "\\n"), refuse_asleep=True)
    rig.viewer("--broker", broker, rig.write_vv(text))
    wait_for(lambda: said(rig, "Witness: there"), 40, "connected")
    wake(rig, qemu, ("Return",))


def sessions_end(rig, args):
    """A cloud that ends sessions with their token: back at once, each time."""
    rig.start_x()
    rig.serve("-s", "pattern:idle", "-S", "640x480", "-v")
    proxy = WebSocketProxy(rig.port, {"t0"})
    text = "[osvdi]\nurl=spice+ws://127.0.0.1:{}/?token={}\nname=desk\n"
    broker = write_broker(rig, "")
    rig.viewer("--broker", broker, rig.write_vv(text.format(proxy.port, "t0")))
    connected(rig, 1)
    for n in (1, 2, 3):
        write_broker(rig, text.format(proxy.port, f"t{n}").replace("\n", "\\n"))
        proxy.tokens = {f"t{n}"}
        proxy.cut()
        connected(rig, n + 1)
    check(len(asked(rig)) == 3, "the broker was asked once a cut")
    for n in (4, 5):
        age = 10  # seconds: a network that cuts younger sessions does so by itself
        wait_for(lambda: time.monotonic_ns() // 1000 - rig.events("connected")[-1] > age *
                 1_000_000, age, f"a session {age} s old", 0.2)
        write_broker(rig, text.format(proxy.port, f"t{n}").replace("\n", "\\n"))
        proxy.tokens = {f"t{n}"}
        proxy.cut()
        connected(rig, n + 1)
    wait_for(lambda: said(rig, "The cloud ends sessions after 1"), 5,
             "told that the cloud ends sessions")


if __name__ == "__main__":
    main({"one-time": one_time, "hang-up": hang_up, "expired": expired, "moved": moved,
          "asleep": asleep,
          "unseen": unseen, "sessions-end": sessions_end}, __doc__)
