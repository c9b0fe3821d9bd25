#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Have QEMU write its guest's screen into a PNG file, over QMP."""

import argparse
import json
import socket
import sys


class Qmp:
    """A QMP connection: one command at a time, events are passed over."""

    def __init__(self, path, timeout_s):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(timeout_s)
        self.socket.connect(path)
        self.file = self.socket.makefile('rwb')
        self.read()  # the greeting
        self.command('qmp_capabilities')

    def read(self):
        line = self.file.readline()
        if not line:
            raise OSError('QEMU closed the connection')
        return json.loads(line)

    def command(self, name, **arguments):
        self.file.write(json.dumps({'execute': name, 'arguments': arguments}).encode() + b'\n')
        self.file.flush()
        while True:
            reply = self.read()
            if 'error' in reply:
                raise OSError(f"{name}: {reply['error'].get('desc')}")
            if 'return' in reply:
                return reply['return']


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('qmp', help="QEMU's QMP unix socket")
    parser.add_argument('file', help='PNG file to write')
    options = parser.parse_args()
    try:
        Qmp(options.qmp, timeout_s=30).command('screendump', filename=options.file, format='png')
    except (OSError, ValueError) as error:
        sys.exit(f'screendump: {error}')


if __name__ == '__main__':
    main()
