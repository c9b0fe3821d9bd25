# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A QEMU whose SPICE server shows many colours."""
import os
import subprocess
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'lib'))
from ports import free_port  # noqa: E402

# A boot sector: mode 13h, colour (x + 320 y) % 256 in each pixel.
COLOURS = bytes.fromhex('b81300cd10' 'b800a08ec0' '31ff' 'b900fa' '89f8aae2fb' 'ebfe')


def start(folder):
    """The process, to be killed, and the port."""
    disk, port = os.path.join(folder, 'disk'), free_port()
    with open(disk, 'wb') as f:
        f.write(COLOURS.ljust(510, b'\0') + b'\x55\xaa')
    return subprocess.Popen([
        'qemu-system-x86_64', '-nodefaults', '-no-user-config', '-accel', 'tcg',
        '-m', '16', '-vga', 'std', '-nic', 'none', '-display', 'none',
        '-drive', 'file=%s,format=raw,if=ide' % disk,
        '-spice', 'port=%d,addr=127.0.0.1,disable-ticketing=on' % port],
        stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL), port
