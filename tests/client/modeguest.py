# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest made of a boot sector, which goes to the next screen mode at each key."""
import os
import socket
import struct

from viewer import Failed, free_port, listens, wait_for

TEXT = (720, 400)
ORIGIN = 0x7C00
# ds = ss = 0, sp = 0x7c00, si = the modes
START = "31c0 8ed8 8ed0 bc007c fc be{modes}"
# says so on port e9h, waits for a key (int 16h), takes a width; 0 is text
NEXT = "b06b e6e9 31c0 cd16 ad 85c0 74{to_text}"
# bx = width, cx = height; writes registers of the Bochs display (port 1ceh, 1cfh)
GRAPHICS = ("93 ad 91 b80400 31ff e8{a} b80100 89df e8{b} b80200 89cf e8{c} "
            "b80300 bf2000 e8{d} b80400 bf4100 e8{e} eb{next}")
TO_TEXT = "b80300 cd10 eb{next}"
SET = "bace01 ef 42 89f8 ef c3"  # register ax = di


def boot_sector(modes):
    """modes: (width, height), the width a multiple of 8, or TEXT; starts in text."""
    def size(code):
        return len(
            bytes.fromhex(code.format_map(type("Zeros", (dict,), {"__missing__": lambda s, k: {
            "modes": "0000", "to_text": "00", "next": "00"}.get(k, "0000")})())))
    at_next = size(START)
    at_graphics = at_next + size(NEXT)
    at_text = at_graphics + size(GRAPHICS)
    at_set = at_text + size(TO_TEXT)
    at_modes = at_set + size(SET)
    calls, offset = {}, at_graphics
    for name, before in zip("abcde", ("93ad91b8040031ff", "b8010089df", "b8020089cf",
                                      "b80300bf2000", "b80400bf4100")):
        offset += len(before) // 2 + 3
        calls[name] = struct.pack("<h", at_set - offset).hex()
    code = "".join((
        START.format(modes=struct.pack("<H", ORIGIN + at_modes).hex()),
        NEXT.format(to_text=struct.pack("<b", at_text - at_graphics).hex()),
        GRAPHICS.format(next=struct.pack("<b", at_next - at_text).hex(), **calls),
        TO_TEXT.format(next=struct.pack("<b", at_next - at_set).hex()),
        SET))
    table = b"".join(struct.pack("<H", 0) if mode == TEXT else struct.pack("<HH", *mode)
                     for mode in modes)
    sector = bytes.fromhex(code) + table
    if len(sector) > 510:
        raise Failed("too many modes for a boot sector")
    return sector.ljust(510, b"\0") + b"\x55\xaa"


class ModeGuest:
    """QEMU with that guest; "port" is its SPICE port."""

    def __init__(self, rig, modes, *options, vga="std", name="modes"):
        self.rig, self.modes, self.seen = rig, list(modes), 0
        self.ready = rig.file(name + ".ready")
        image, self.path = rig.file(name + ".img"), rig.file(name + ".monitor")
        with open(image, "wb") as f:
            f.write(boot_sector(modes))
        self.port = free_port()
        with rig.log("server.log") as log:
            self.process = rig.procs.start([
                "qemu-system-x86_64", "-accel", "tcg", "-m", "32", "-nodefaults", "-vga", vga,
                "-display", "none",
                "-name", name, "-debugcon", "file:" + self.ready, "-monitor",
                f"unix:{self.path},server=on,wait=off",
                "-drive", f"file={image},format=raw,if=ide,snapshot=on", *options,
                "-spice", f"port={self.port},addr=127.0.0.1,disable-ticketing=on"], stdout=log,
                                           stderr=log)
        wait_for(lambda: listens(self.port) and os.path.exists(self.path), 40, "QEMU listens")

    def next(self):
        """To the next mode, which it returns."""
        self.seen += 1  # keys that come while the BIOS starts are lost
        wait_for(lambda: os.path.getsize(self.ready) >= self.seen, 40, "the guest waits for a key")
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(self.path)
            s.sendall(b"sendkey a\n")
            wait_for(lambda: os.path.getsize(self.ready) > self.seen, 40,
                     "the guest has taken the key")
        return self.modes.pop(0)
