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


def said(lab, words):
    return words in lab.read_log("client.log")


def still(lab, seconds=4):
    n = len(lab.events("connecting"))
    time.sleep(seconds)  # nothing is to happen
    check(len(lab.events("connecting")) == n, f"nothing is tried any more ({n} tries)")


def connected(lab, n):
    """Until it is so for the n-th time, with all that a session has."""
    wait_for(lambda: len(lab.events("connected")) >= n and
             min(lab.read_log("client.log").count(x) for x in ("Extension port ready", "Witness: there")) >= n,
             40, f"connected, {n}")


def write_word(lab, word):
    with open(lab.file("word"), "w") as f:
        f.write(word + "\n")


def one_time(lab, args):
    """A password that was for one session: no dialog, no knocking."""
    lab.start_x()
    write_word(lab, "first")
    serve, _ = lab.serve("-s", "pattern:idle", "-S", "640x480", "-v", "--password-file", lab.file("word"))
    text = f"host=127.0.0.1\nport={lab.port}\npassword=first\ndelete-this-file=1\ntitle=once\n"
    lab.viewer(lab.write_vv(text))
    connected(lab, 1)
    lab.procs.end(serve)
    write_word(lab, "second")
    restart(lab)
    wait_for(lambda: said(lab, "was for one session"), 30, "told that it was for one session")
    still(lab)
    v = lab.viewer("--no-reconnect", lab.write_vv(text))
    check(v.wait(30) == 1 and lab.read_log("client.log").count("osvdi-viewer: This connection file was for one") == 2, "and so at the first opening")


def restart(lab):
    with lab.log("server.log") as log:
        p = lab.procs.start([lab.path("spice-accel", "tools", "spice-accel-serve"), "-p", str(lab.port), "-s", "pattern:idle",
                             "-S", "640x480", "-v", "--password-file", lab.file("word")], stdout=log, stderr=log)
    return p


def hang_up(lab, args):
    """A proxy that takes the connection and hangs up, as those do whose tickets have run out."""
    lab.start_x()
    write_word(lab, "first")
    lab.serve("-s", "pattern:idle", "-S", "640x480", "-v", "--password-file", lab.file("word"))
    relay = CutProxy(lab.port)
    text = f"host=127.0.0.1\nport={relay.port}\npassword=first\ndelete-this-file=1\n"
    lab.viewer(lab.write_vv(text))
    connected(lab, 1)
    relay.refusing = True
    relay.cut()
    wait_for(lambda: said(lab, "was for one session"), 30, "told that it was for one session")
    still(lab)


def expired(lab, args):
    """A token without a name: one or two tries, and the word."""
    lab.start_x()
    lab.serve("-s", "pattern:idle", "-S", "640x480", "-v")
    proxy = WebSocketProxy(lab.port, {"t"})
    lab.viewer(f"spice+ws://127.0.0.1:{proxy.port}/?token=t")
    connected(lab, 1)
    proxy.tokens = set()
    proxy.cut()
    wait_for(lambda: said(lab, "The address has expired"), 30, "told that it has expired")
    still(lab)
    check(len(lab.events("connecting")) <= 3, "after two tries at most")


def write_broker(lab, text, refuse_asleep=False):
    """A broker that gives a file, and notes what it was asked."""
    path = lab.file("broker")
    with open(path + ".new", "w") as f:
        f.write(f"#!/bin/sh\necho \"$@\" >> {lab.file('asked')}\n")
        if refuse_asleep:
            f.write('case "$*" in *--no-wake*) echo "osvdi-broker: desk does not run (SHUTOFF)" >&2; exit 5;; esac\n')
        f.write(f"printf '[virt-viewer]\\ntype=spice\\n{text}'\n")
    os.chmod(path + ".new", 0o700)
    os.rename(path + ".new", path)
    return path


def asked(lab):
    if not os.path.exists(lab.file("asked")):
        return []
    with open(lab.file("asked")) as f:
        return f.read().splitlines()


def moved(lab, args):
    """A desktop that the broker knows has moved to another port, with another password."""
    lab.start_x()
    write_word(lab, "first")
    serve, _ = lab.serve("-s", "pattern:idle", "-S", "640x480", "-v", "--password-file", lab.file("word"))
    text = f"host=127.0.0.1\nport={lab.port}\npassword=first\ndelete-this-file=1\n[osvdi]\nname=desk\n"
    broker = write_broker(lab, text.replace("\n", "\\n"))
    lab.viewer("--broker", broker, lab.write_vv(text))
    connected(lab, 1)
    lab.procs.end(serve)
    write_word(lab, "second")
    lab.port = free_port()
    write_broker(lab, f"host=127.0.0.1\\nport={lab.port}\\npassword=second\\n[osvdi]\\nname=desk\\n")
    serve = restart(lab)
    connected(lab, 2)
    check(1 <= len(asked(lab)) <= 3 and all("--no-wake" in x for x in asked(lab)), f"the broker was asked: {asked(lab)}")
    lab.procs.end(serve)
    write_word(lab, "third")
    write_broker(lab, f"host=127.0.0.1\\nport={lab.port}\\npassword=third\\n[osvdi]\\nname=desk\\n")
    restart(lab)
    connected(lab, 3)
    check(not lab.windows("password|Password"), "a new password without a dialog")


def asleep(lab, args):
    """A desktop that somebody shut down is not started by itself, but by the button."""
    lab.start_x()
    write_word(lab, "first")
    serve, _ = lab.serve("-s", "pattern:idle", "-S", "640x480", "-v", "--password-file", lab.file("word"))
    text = f"host=127.0.0.1\nport={lab.port}\npassword=first\ntitle=desk\n[osvdi]\nname=desk\n"
    broker = write_broker(lab, text.replace("\n", "\\n"), refuse_asleep=True)
    lab.viewer("--broker", broker, lab.write_vv(text))
    connected(lab, 1)
    lab.procs.end(serve)
    wait_for(lambda: said(lab, "has ended"), 30, "told that it has ended")
    check(asked(lab) and all("--no-wake" in x for x in asked(lab)), "the broker was not asked to start it")
    n = len(asked(lab))
    still(lab)
    restart(lab)
    lab.xdo("windowfocus", "--sync", lab.wait_window("^desk$"), "key", "Tab", "Return")
    connected(lab, 2)
    check(len(asked(lab)) > n and "--no-wake" not in asked(lab)[-1], "the button starts it")


def sessions_end(lab, args):
    """A cloud that ends sessions with their token: back at once, each time."""
    lab.start_x()
    lab.serve("-s", "pattern:idle", "-S", "640x480", "-v")
    proxy = WebSocketProxy(lab.port, {"t0"})
    text = "[osvdi]\nurl=spice+ws://127.0.0.1:{}/?token={}\nname=desk\n"
    broker = write_broker(lab, "")
    lab.viewer("--broker", broker, lab.write_vv(text.format(proxy.port, "t0")))
    connected(lab, 1)
    for n in (1, 2, 3):
        write_broker(lab, text.format(proxy.port, f"t{n}").replace("\n", "\\n"))
        proxy.tokens = {f"t{n}"}
        proxy.cut()
        connected(lab, n + 1)
    check(len(asked(lab)) == 3, "the broker was asked once a cut")
    for n in (4, 5):
        age = 10  # seconds: a network that cuts younger sessions does so by itself
        wait_for(lambda: time.monotonic_ns() // 1000 - lab.events("connected")[-1] > age * 1_000_000, age, f"a session {age} s old", 0.2)
        write_broker(lab, text.format(proxy.port, f"t{n}").replace("\n", "\\n"))
        proxy.tokens = {f"t{n}"}
        proxy.cut()
        connected(lab, n + 1)
    wait_for(lambda: said(lab, "The cloud ends sessions after 1"), 5, "told that the cloud ends sessions")


if __name__ == "__main__":
    main({"one-time": one_time, "hang-up": hang_up, "expired": expired, "moved": moved, "asleep": asleep,
          "sessions-end": sessions_end}, __doc__)
