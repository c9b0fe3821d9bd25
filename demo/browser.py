#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Show the demo's guest in Chromium.

Gives Chromium the page as it is installed, carries the page's WebSockets to
QEMU's Unix socket, and writes the page's figures of each second to a file. On
SIGUSR1 takes a screenshot. Ends when the window is closed or on SIGTERM.
"""

import argparse
import json
import os
import secrets
import signal
import sys
import time

TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'tests')
sys.path[:0] = [os.path.join(TESTS, 'web')]
from browser import Browser, PageServer  # noqa: E402
from harness import Failed, Rig  # noqa: E402

STATISTICS = "document.getElementById('statistics').click()"
CLOSED = ('Chromium has ended', 'Session with given id not found')  # its window, its tab
NUMBERS = "document.getElementById('figures').dataset.numbers ?? ''"


class Viewer:
    """The page in Chromium, and what is written of it."""

    def __init__(self, rig, options):
        self.options = options
        self.wanted = False  # a screenshot
        signal.signal(signal.SIGUSR1, self.want)
        token = secrets.token_urlsafe(32)  # others on this machine reach the port, too
        self.server = PageServer(options.socket, os.path.join(options.page, 'osvdi.wasm'),
                                 {token}, folder=options.page)
        self.browser = Browser(rig, f'--window-size={options.size.replace("x", ",")}',
                               headless=not options.window,
                               env={'XAUTHORITY': os.environ.get('XAUTHORITY') or
                                    os.path.expanduser('~/.Xauthority')})
        if not options.window:
            self.browser.window(*map(int, options.size.split('x')))
        self.browser.open(f'http://localhost:{self.server.port}/index.html?token={token}')

    def want(self, *_):
        self.wanted = True

    def screenshot(self):
        """Whoever waits for the file finds all of it."""
        with open(self.options.screenshot + '.new', 'wb') as file:
            file.write(self.browser.png())
        os.rename(file.name, self.options.screenshot)

    def run(self, file):
        """Writes figures until the window has been closed. What the page says before there is a
        picture goes to our output once."""
        last = said = ''
        while True:
            state = self.browser.state()
            if state == 'connected' and self.browser.run(
                    "document.getElementById('figures').hidden"):
                self.browser.run(STATISTICS)
            if self.wanted:
                self.wanted = False
                self.screenshot()
            numbers = self.browser.run(NUMBERS) if state == 'connected' else ''
            if numbers != last:
                file.write(json.dumps(json.loads(numbers)) + '\n' if numbers else '')
                file.flush()
            last = numbers
            words = '' if state == 'connected' else f'{state}: {self.browser.says()}'
            if words not in ('', said):
                print(words, flush=True)
            said = words or said
            time.sleep(0.2)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--socket', required=True, help="QEMU's Unix socket of SPICE")
    parser.add_argument('--page', required=True, help='the folder of the installed page')
    parser.add_argument('--figures', required=True, help='file for the figures, a line a second')
    parser.add_argument('--screenshot', required=True, help='file for the screenshot')
    parser.add_argument('--size', default='1280x800', help='of the window')
    parser.add_argument('--window', action='store_true', help='on the display, not headless')
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with Rig('.') as rig, open(options.figures, 'a', encoding='utf-8') as file:
        viewer = Viewer(rig, options)
        try:
            viewer.run(file)
        except Failed as error:
            if not any(words in str(error) for words in CLOSED):
                raise
            sys.stdout.write(rig.read_log('chromium.log')[-2000:] if not options.window else '')


if __name__ == '__main__':
    main()
