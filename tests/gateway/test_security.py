#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Test what an auditor asks of a gateway, one test for each question.

  test_security.py PROGRAM [TEST...]
"""
import base64
import os
import signal
import socket
import subprocess
import time

from gate import DESKTOP, Desktop, Gate, check, is_closed, read_head, run, wait_for


def answer_to(gate, data):
    """The status that the gateway answers to these bytes; 0: it just ends."""
    s = gate.socket()
    s.sendall(data)
    s.shutdown(socket.SHUT_WR)
    try:
        status = read_head(s)[0]
    except (EOFError, ConnectionResetError):
        return 0
    check_rest = s.recv(65536)
    if b"HTTP/" in check_rest:
        raise AssertionError("a second answer")
    return status


def heads(program):
    """Requests that are not what they must be; none is answered twice."""
    with Gate(program) as gate:
        t = gate.ticket(9)
        good = gate.web_head(t)
        swap = lambda a, b: good.replace(a.encode(), b.encode())
        second = b"GET /gw HTTP/1.1\r\nHost: x\r\n\r\n"
        cases = [
            (b"\r\n\r\n", 400, "nothing"),
            (b"GARBAGE\r\n\r\n", 400, "no request"),
            (b"GET /gw HTTP/2.0\r\n\r\n", 400, "another version"),
            (b"GET  /gw HTTP/1.1\r\n\r\n", 400, "two blanks"),
            (b"POST /gw HTTP/1.1\r\nHost: x\r\n\r\n", 405, "a method"),
            (b"TRACE / HTTP/1.1\r\nHost: x\r\n\r\n", 405, "TRACE"),
            (swap("/gw ", "/gw/../gw "), 404, "a path that is another's"),
            (swap("/gw ", "http://gateway/gw "), 404, "an absolute address"),
            (swap("Upgrade: websocket", "Upgrade: h2c"), 426, "another protocol"),
            (swap("Version: 13", "Version: 8"), 426, "another version of it"),
            (swap("dGhlIHNhbXBsZSBub25jZQ==", "short"), 426, "a bad key"),
            (swap("binary", "chat"), 400, "another subprotocol"),
            (good.replace(b"\r\n", b"\n"), 0, "bare line feeds never end a head"),
            (swap("Host: gateway", "Host: gateway\r\n folded"), 400, "a folded line"),
            (swap("Host: gateway", "Host : gateway"), 400, "a blank before the colon"),
            (swap("Host: gateway", "Host: a\r\nHost: b"), 400, "two hosts"),
            (swap("Host: gateway", "Host: gate\0way"), 400, "a NUL"),
            (swap("Host: gateway", "Host: gateway\r\nContent-Length: 5") + b"GET /x",
             400, "a body"),
            (swap("Host: gateway", "Host: gateway\r\nTransfer-Encoding: chunked") + b"0\r\n\r\n" +
             second, 400, "chunks"),
            (swap("Host: gateway", "Host: gateway\r\nContent-Length: 0\r\nContent-Length: 40") +
             second, 400, "two lengths"),
            (swap("Authorization: Bearer", "Authorization: Bearer x\r\nAuthorization: Bearer"), 400,
             "two tickets"),
            (b"GET /gw HTTP/1.1\r\nHost: x\r\n\r\n" + second, 426,
             "a second request behind a refused one"),
            (b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\n\r\n", 400, "a long line"),
            (b"GET /gw HTTP/1.1\r\n" + b"A: b\r\n" * 100 + b"\r\n", 400, "a hundred fields"),
            (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 200, 0,
             "TLS where there is none"),
            (b"REDQ" + b"\0" * 40, 0, "SPICE without a request"),
            (b"CONNECT " + DESKTOP.encode() + b" HTTP/1.1\r\n\r\n", 407,
             "CONNECT without a port or ticket"),
        ]
        for data, status, what in cases:
            got = answer_to(gate, data)
            check(got == status, f"{what}: {got}")
        check(gate.metric("channels") == 0, "none of them got in")


def origins(program):
    """A page of another site cannot use a ticket that it came by."""
    desk = Desktop()
    with Gate(program, origins="https://desk.example;https://other.example:8443") as gate:
        t = gate.ticket(desk.port)
        for origin, status in (("https://desk.example", 101), ("https://other.example:8443", 101),
                               ("https://evil.example", 403),
                               ("https://desk.example.evil.example", 403),
                               ("http://desk.example", 403), ("null", 403), ("", 403),
                               ("https://desk.example:444", 403)):
            got = gate.ask_web(t, headers=["Origin: " + origin])[0]
            check(got == status, f"{origin or 'an empty one'}: {got}")
        check(gate.ask_web(t)[0] == 101, "what is no browser sends none")
    with Gate(program) as gate:
        check(gate.ask_web(gate.ticket(desk.port), headers=["Origin: http://gateway"])[0] == 403,
              "without a list no page at all, not even of the same name")


def statuses(gate, ticket):
    """By WebSocket and by CONNECT."""
    return gate.ask_web(ticket)[0], gate.ask_connect(ticket)[0]


def forged(program):
    """Tickets that were not sealed with our key."""
    desk = Desktop()
    with Gate(program) as gate, Gate(program) as other:
        t = gate.ticket(desk.port)
        head, sealed = t.rsplit(".", 1)
        raw = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
        for at in (0, 23, 24, len(raw) // 2, len(raw) - 1):
            bad = bytearray(raw)
            bad[at] ^= 1
            text = head + "." + base64.urlsafe_b64encode(bytes(bad)).decode().rstrip("=")
            check(statuses(gate, text) == (403, 403), f"byte {at} of {len(raw)} changed")
        for bad in (other.ticket(desk.port), t[:-1], t + "A", t.replace("k1", "k2"),
                    t.replace("osvdi1", "osvdi2"), "osvdi1.k1.",
                    "osvdi1..", "osvdi1", "x", "osvdi1.k1." + "A" * 8000):
            check(statuses(gate, bad) == (403, 403), f"{bad[:24]}...: refused")
        check(statuses(gate, t) == (101, 200), "the right one gets in")
        check(len(gate.audit("refused", reason="ticket")) >= 28, "the record has each")


def times(program):
    """Too early, too late, expired, too long."""
    desk = Desktop()
    now = int(time.time())
    with Gate(program, "clock-skew-seconds=30\nticket-life-seconds=86400") as gate:
        def ask(issued, use=60, life=3600):
            return statuses(gate, gate.ticket(desk.port, "--issued", now + issued, "--use-within",
                                              use, "--life", life))[0]
        check(ask(0) == 101, "now")
        check(ask(20) == 101 and ask(300) == 403, "a clock may be ahead by 20 s, not by 5 min")
        check(ask(-80) == 101 and ask(-200) == 403,
              "the first use may be late by 20 s, not by 2 min")
        check(ask(-4000, 3600, 3600) == 403, "expired")
        check(ask(0, 60, 90000) == 403, "longer than the site allows")
        reasons = {x["reason"] for x in gate.audit("refused")}
        check(reasons == {"early", "late", "expired", "life"}, f"{reasons}")
    with Gate(program, "clock-skew-seconds=0") as gate:
        web = gate.web(gate.ticket(desk.port, "--use-within", 8, "--life", 8))
        web.link()
        check(web.close_code() == 4002, "an open channel ends when its ticket does")


def replayed(program):
    """A ticket for one session is good for one session, late channels included."""
    desk = Desktop()
    with Gate(program, "return-seconds=1\nclock-skew-seconds=0") as gate:
        t = gate.ticket(desk.port, "--once", "--use-within", 6)
        end = time.time() + 7
        webs = [gate.web(t)]
        webs[0].link()
        time.sleep(max(0, end - time.time()))  # past its first use
        webs.append(gate.web(t))
        check(webs[1].link(2, 1) == 0, "a late channel of a session that runs")
        for web in webs:
            web.s.close()
        wait_for(lambda: gate.metric("channels") == 0, 10, "the session has ended")
        check(gate.ask_web(t)[0] == 101, "it may come back at once")
        wait_for(lambda: gate.metric("channels") == 0, 10, "ended again")
        time.sleep(2.5)  # nobody may knock meanwhile
        check(gate.ask_web(t)[0] == 403, "and not later")
        check(gate.noted("refused", reason="used"), "the record has the replay")
        t = gate.ticket(desk.port)
        check(gate.ask_web(t)[0] == 101, "another ticket")
        again = subprocess.run([program, "ticket", "--keys", gate.key_file, "--desktop", "another",
                                "--user", "bob", "--way", "tcp",
                                "--host", "127.0.0.1", "--port", str(desk.port), "--session",
                                gate.noted("opened")[-1]["session"]],
                               check=True, capture_output=True, text=True).stdout.strip()
        check(gate.ask_web(again)[0] == 403, "a session's id for another desktop")


def rotation(program):
    """A new key seals, the old one still opens until its line goes; two gateways share them."""
    desk = Desktop()
    with Gate(program) as gate, Gate(program, key=gate.key_file) as second:
        old = gate.ticket(desk.port)
        check(second.ask_web(old)[0] == 101, "another gateway with the same file")
        gate.new_key("k2", first=True)
        new = gate.ticket(desk.port)
        check(new.startswith("osvdi1.k2."), "the first line seals")
        check(gate.ask_web(new)[0] == 403, "not known before it is read")
        gate.process.send_signal(signal.SIGHUP)
        wait_for(lambda: gate.ask_web(new)[0] == 101, 10, "known after SIGHUP")
        check(gate.ask_web(old)[0] == 101, "the old one still opens")
        lines = gate.read("keys").splitlines(keepends=True)
        with open(gate.key_file, "w") as f:
            f.write(lines[0])
        gate.process.send_signal(signal.SIGHUP)
        wait_for(lambda: gate.ask_web(old)[0] == 403, 10, "and not once its line has gone")
        with open(gate.key_file, "w") as f:
            f.write("damaged\n")
        gate.process.send_signal(signal.SIGHUP)
        wait_for(lambda: "Nothing was read again" in gate.read("log"), 10, "a damaged file is told")
        check(gate.ask_web(new)[0] == 101, "and the keys stay as they were")


def targets(program):
    """No ticket leads out of the networks of the configuration, nor to this machine's inside."""
    desk = Desktop()
    with Gate(program, targets="10.0.0.0/8;192.0.2.0/24;0.0.0.0/0;::/0") as gate:
        for host in ("127.0.0.1", "localhost", "::1", "::ffff:127.0.0.1", "169.254.169.254",
                     "fe80::1", "0.0.0.0", "::", "224.0.0.1",
                     "ff02::1", "127.1", "2130706433"):
            check(statuses(gate, gate.ticket(desk.port, host=host)) == (403, 403),
                  f"{host} is no desktop")
        check(gate.metric("channels") == 0 and not desk.sockets, "nothing was connected to")
    with Gate(program, targets="127.0.0.2") as gate:
        check(gate.ask_web(gate.ticket(desk.port))[0] == 403, "one address is one address")
    with Gate(program) as gate:
        check(gate.ask_web(gate.ticket(desk.port, host="localhost"))[0] == 101,
              "a name that is in the networks")
        check(gate.ask_web(gate.ticket(desk.port, host="nowhere.invalid"))[0] == 502,
              "a name that nobody knows")
        closed = Desktop()
        closed.close()
        check(gate.ask_web(gate.ticket(closed.port))[0] == 502, "a desktop that is not there")


def secrets(program):
    """Tickets, keys and tokens are in no record, log, command line or file that others can read."""
    desk = Desktop()
    with Gate(program, ticket_in_url="true") as gate:
        t = gate.ticket(desk.port, user='eve"\\')
        web = gate.web(t)
        web.link()
        gate.ask_web(t + "x")
        gate.ask_web(path="/gw?token=" + t[:-3])
        gate.ask_connect(t[:40])
        everything = \
            gate.read("log") + gate.read("audit") + gate.admin("list") + gate.admin("metrics")
        key = gate.read("keys").split()[1]
        check("osvdi1." not in everything and t[-40:] not in everything and key not in everything,
              "no ticket and no key")
        check(str(desk.port) not in gate.read("audit").replace(gate.noted("opened")[0]["from"], ""),
              "no address of a desktop")
        check(gate.noted("opened")[0]["user"] == 'eve"\\',
              "a user's name does not break the record")
        check(os.stat(gate.admin_path).st_mode & 0o007 == 0,
              "the administrators' socket is not for others")
        check(os.stat(gate.file("audit")).st_mode & 0o007 == 0, "nor is the record")
        with open(f"/proc/{gate.process.pid}/cmdline", "rb") as f:
            check(key.encode() not in f.read(), "nor is the key in a command line")
        for args in (["--path", "/?token=x"], ["--token", "x"]):
            done = subprocess.run([program, "ticket", *args], capture_output=True, text=True)
            check(done.returncode == 1, f"{args[0]} is no option: secrets come by files")


def configuration(program):
    """A configuration that is not understood, or open to others, does not start."""
    with Gate(program) as gate:
        base = gate.read("conf")

        def start(text, words):
            with open(gate.file("bad"), "w") as f:
                f.write(text)
            done = subprocess.run([program, "serve", gate.file("bad")], capture_output=True,
                                  text=True, timeout=60)
            check(done.returncode == 1 and words in done.stderr,
                  f"{words}: {done.stderr.strip()[-120:]}")
        base = base.replace(f"127.0.0.1:{gate.port}",
                            "127.0.0.1:0").replace(gate.admin_path, gate.file("admin2"))
        start(base.replace("targets=", "tragets="), "tragets: not known")
        start("\n".join(x for x in base.split("\n") if not x.startswith("targets")),
              "targets: missing")
        start("\n".join(x for x in base.split("\n") if not x.startswith("keys")), "keys: missing")
        start(base.replace("127.0.0.0/8", "everywhere"), "targets")
        start(base + "\nx=/nonexistent\n", "/nonexistent")
        start(base.replace("[limits]", "[limits]\nconnections=many"), "connections: no number")
        start(base.replace("[gateway]", "[gateway]\ntls-cert=/x"), "go together")
        start(base.replace("listen=127.0.0.1:0", f"listen=127.0.0.1:{gate.port}"), "cannot listen")
        start(base.replace(gate.file("admin2"), gate.admin_path), "another program listens")
        os.chmod(gate.key_file, 0o644)
        start(base, "others than its owner")
        os.chmod(gate.key_file, 0o600)
        for line in ("k1 short", "k1", "k1 " + "0" * 63 + "g", "k.1 " + "0" * 64,
                     "k1 " + "0" * 64 + "\nk1 " + "1" * 64, ""):
            with open(gate.key_file, "w") as f:
                f.write(line + "\n")
            start(base, gate.key_file)


def commands(program):
    """A command that cannot do its work fails, and says why: scripts see the status."""
    with Gate(program) as gate:
        def ticket(**options):
            words = {"keys": gate.key_file, "desktop": DESKTOP, "user": "alice", "way": "tcp",
                     "host": "127.0.0.1", "port": "9", **options}
            return ["ticket", *(f"--{k.replace('_', '-')}={v}" for k, v in words.items() if v)]

        def run_to(out, words):
            return subprocess.run([program, *words], stdout=out, stderr=subprocess.PIPE, text=True,
                                  timeout=60)
        for words in (["--help"], ["--version"], ["new-key", "k"], ticket(),
                      ["admin", gate.admin_path, "metrics"]):
            with open("/dev/full", "w") as full:
                done = run_to(full, words)
            good = run_to(subprocess.DEVNULL, words)
            check(done.returncode == 1 and "No space left" in done.stderr and not good.returncode,
                  f"{words[:1]} to a full disk: {done.stderr.strip()[-80:]}")
        cases = [
            (ticket(keys=None), "--keys: missing"),
            (ticket(keys="/nonexistent"), "/nonexistent: No such file"),
            (ticket(desktop=None), "desktop: not 1 to 64"),
            (ticket(user=None), "user: not one line"),
            (ticket(host=None), "host: no name"),
            (ticket(port="0"), "port: no number from 1 to 65535"),
            (ticket(port="65536"), "port: no number from 1 to 65535"),
            (ticket(port="x"), "x"),
            (ticket(way="udp"), "--way: tcp, tls, ws or wss"),
            (ticket(way="ws"), "path: no path"),
            (ticket(way="tls"), "authority: no name"),
            (ticket(path_file="/nonexistent"), "/nonexistent"),
            (ticket(channels="main,tunnel"), "--channels: a name is not known"),
            (ticket(max_channels="257"), "max-channels: no number"),
            (ticket(max_channels="-1"), "max-channels: no number"),
            (ticket(use_within="-1"), "expires: not issued <= use-by <= expires"),
            (ticket(life="10"), "expires: not issued <= use-by <= expires"),
            (ticket(issued="-5"), "expires: not issued <= use-by <= expires"),
            (ticket(session="ABC"), "session: not 32"),
            (ticket(way="tls", authority="a", subject="CN"), "--subject: not KEY=VALUE"),
            (ticket(subject="CN=x"), "subject: only for tls"),
            ([*ticket(), "more"], "too many arguments"),
            (["new-key"], "new-key ID"),
            (["new-key", "a b"], "new-key ID"),
            (["new-key", "k" * 17], "new-key ID"),
            (["admin", gate.admin_path, "revoke", "group", "x"], "error: revoke session|desktop"),
            (["admin", gate.admin_path, "revoke", "user"], "error: "),
            (["admin", gate.admin_path, "lst"], "error: the commands are: list"),
            (["admin", gate.admin_path, "x" * 5000], "ended before its answer"),
            (["admin", "/nonexistent", "list"], "/nonexistent: No such file"),
            (["admin", "/" + "x" * 200, "list"], "File name too long"),
        ]
        for words, said in cases:
            done = run_to(subprocess.PIPE, words)
            check(done.returncode == 1 and said in done.stderr and not done.stdout,
                  f"{said}: {done.returncode} {done.stderr.strip()[-120:]}")
        for words in ([], ["serve"], ["serve", "a", "b"], ["admin", "x"], ["renew"]):
            done = run_to(subprocess.PIPE, words)
            check(done.returncode == 2 and "Usage" in done.stderr, f"usage: {words}")


def revocation(program):
    """Ended sessions end now, stay ended over a restart, and end nothing else."""
    desk = Desktop()
    with Gate(program) as gate:
        conf = gate.read("conf").replace("[gateway]",
                                         f"[gateway]\nrevocations={gate.file('revoked')}")
        gate.stop()
        with open(gate.file("conf"), "w") as f:
            f.write(conf)
        os.unlink(gate.file("log"))
        gate.start()
        t, other = gate.ticket(desk.port), gate.ticket(desk.port, user="bob", desktop="other")
        webs = [gate.web(t), gate.web(t), gate.web(t)]
        webs[0].link()
        webs[1].link(2, 1)  # the third is silent
        bob = gate.web(other)
        bob.link()
        session = gate.noted("opened", user="alice")[0]["session"]
        check(gate.admin("list").count("\n") == 2, "two sessions are listed")
        start = time.monotonic()
        check("3 channels" in gate.admin("revoke", "session", session), "three channels end")
        codes = [w.close_code() for w in webs]
        took = time.monotonic() - start
        check(codes == [4003] * 3 and all(is_closed(w.s) for w in webs),
              f"told by 4003, the silent one too, after {took:.2f} s")
        check(gate.ask_web(t)[0] == 403, "the ticket gets nobody in any more")
        bob.send(b"still here")
        check(bob.data(10) == b"still here", "another session runs on")
        gate.stop()
        os.unlink(gate.file("log"))
        gate.start()
        check(gate.ask_web(t)[0] == 403, "nor after a restart")
        check(gate.noted("refused", reason="revoked"), "the record tells why")
        s = gate.connect(other, host="other")
        check("1 channels" in gate.admin("revoke", "user", "bob") and is_closed(s),
              "by user, CONNECT too")
        late = gate.ticket(desk.port, "--issued", int(time.time()) + 1, user="bob")
        check(gate.ask_web(other)[0] == 403 and gate.ask_web(late)[0] == 101,
              "a ticket that was given later is good")
        web = gate.web(t := gate.ticket(desk.port, desktop="third"))
        gate.admin("revoke", "desktop", "third")
        check(web.close_code() == 4003 and gate.ask_web(t)[0] == 403, "by desktop")
        slow = Desktop(answer=False)
        for words in (["revoke", "session"], ["revoke", "x", "y"], ["open"]):
            done = subprocess.run([program, "admin", gate.admin_path, *words], capture_output=True,
                                  text=True)
            check(done.returncode == 1 and "error" in done.stderr,
                  f"{words}: {done.stderr.strip()}")
        slow.close()


def limits(program):
    """Channels of a ticket, connections that ask nothing, slow heads, channels that say nothing."""
    desk = Desktop()
    with Gate(program,
              "handshakes=8\nhandshake-seconds=4\nlink-seconds=1\nsilent-channels=2\n") as gate:
        t = gate.ticket(desk.port, "--max-channels", 3)
        webs = [gate.web(t) for _ in range(3)]
        check(gate.ask_web(t)[0] == 429, "a fourth channel of a ticket for three")
        webs[0].link()
        slow = gate.socket()
        for byte in b"GET /gw":
            slow.sendall(bytes([byte]))
            time.sleep(0.1)
        check(is_closed(slow), "a head that comes byte by byte")
        idle = [gate.socket() for _ in range(8)]
        wait_for(lambda: gate.metric("handshakes") == 8, 10, "eight wait")
        check(is_closed(gate.socket()), "a ninth is not taken")
        for s in idle:
            check(is_closed(s), "and the eight do not stay")
        check(gate.ask_web(gate.ticket(desk.port, desktop="b"))[0] == 101, "then others get in")
        t = gate.ticket(desk.port, desktop="c")
        webs = [gate.web(t) for _ in range(4)]
        wait_for(lambda: len(gate.audit("ended", desktop="c", cause="silent")) == 2, 20,
                 "two of four silent channels end")
        time.sleep(1.5)
        check(len(gate.audit("ended", desktop="c")) == 2, "two stay")
        for number, data in enumerate((b"GET / HTTP/1.1\r\n\r\n", b"REDQ" + b"\xff" * 12,
                                       b"REDQ" + b"\0" * 3)):
            web = gate.web(gate.ticket(desk.port, desktop=f"d{number}"))
            web.send(data)
            if number < 2:
                check(web.close_code() == 1008 and is_closed(web.s),
                      "what is no SPICE does not reach the desktop")
        check(len(desk.links) == 1, "the desktop has seen the one link message")


def frames(program):
    """WebSocket frames that are wrong end the connection."""
    desk = Desktop()
    with Gate(program) as gate:
        cases = [
            (b"\x82\x05hello", 1002, "not masked"), (b"\xc2\x80\1\2\3\4", 1002, "a reserved bit"),
            (b"\x81\x80\1\2\3\4", 1003, "text"),
            (b"\x83\x80\1\2\3\4", 1002, "an unknown kind"),
            (b"\x80\x80\1\2\3\4", 1002, "a part of nothing"),
            (b"\x09\x80\1\2\3\4", 1002, "a ping in parts"),
            (b"\x89\xfe\0\x7e\1\2\3\4", 1002, "a long ping"),
            (b"\x88\x81\1\2\3\4x", 1002, "half a code"),
            (b"\x82\xff" + b"\xff" * 8 + b"\1\2\3\4", 1002, "a negative length"),
            (b"\x82\xfe\0\x05\1\2\3\4", 1002, "a length that could be shorter"),
        ]
        t = gate.ticket(desk.port)
        for data, code, what in cases:
            web = gate.web(t)
            web.s.sendall(data)
            got = web.close_code()
            check(got == code and is_closed(web.s), f"{what}: {got}")


if __name__ == "__main__":
    run({"heads": heads, "origins": origins, "forged": forged, "times": times, "replayed": replayed,
         "rotation": rotation,
         "targets": targets, "secrets": secrets, "configuration": configuration,
         "commands": commands,
         "revocation": revocation, "limits": limits,
         "frames": frames}, __doc__)
