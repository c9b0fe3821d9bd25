#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A viewer for tests: the stock spice-gtk widgets, undecorated.

usage: viewer.py HOST PORT WINDOWS [TLS-PORT CA-FILE SUBJECT]

Windows stand side by side without scaling. Tells on standard output what it
sees, and obeys commands on standard input (see command()).
"""
import ctypes
import sys

import gi
gi.require_version('Gtk', '3.0')
gi.require_version('SpiceClientGtk', '3.0')
gi.require_version('SpiceClientGLib', '2.0')
from gi.repository import GLib, GObject, Gtk, SpiceClientGLib, SpiceClientGtk  # noqa: E402

host, port, n_windows, tls = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:]
session = SpiceClientGLib.Session()
session.set_property('host', host)
session.set_property('port', port)
if tls:
    session.set_property('tls-port', tls[0])
    session.set_property('ca-file', tls[1])
    session.set_property('cert-subject', tls[2])
    session.set_property('verify', SpiceClientGLib.SessionVerify.SUBJECT)
session.set_property('enable-audio', False)
session.set_property('enable-usbredir', False)
windows = {}
sizes = {}


# SPICE's classes have a connect() of another meaning.
on = GObject.Object.connect


def tell(text):
    print(text, flush=True)


def place():
    x = 0
    for number in sorted(sizes):
        window, _ = windows[number]
        window.set_size_request(*sizes[number])
        window.resize(*sizes[number])
        window.move(x, 0)
        tell('display %d at %d 0 size %d %d' % (number, x, *sizes[number]))
        x += sizes[number][0]


def primary(channel, _format, width, height, _stride, _id, _data, number):
    sizes[number] = (width, height)
    place()


def add_display(channel):
    number = channel.get_property('channel-id')
    if number >= n_windows or number in windows:
        return
    window = Gtk.Window(decorated=False)
    display = SpiceClientGtk.Display.new(session, number)
    display.set_property('scaling', False)
    display.set_property('resize-guest', False)
    window.add(display)
    windows[number] = (window, display)
    window.show_all()
    display.grab_focus()
    on(channel, 'display-primary-create', primary, number)
    display.connect('mouse-grab', lambda _d, on: tell(f'grab {number} {on}'))


def cursor_set(_channel, width, height, hot_x, hot_y, pixels):
    """GdkPixbuf's order of bytes: told as 0xAARRGGBB."""
    r, g, b, a = ctypes.string_at(pixels, 4) if pixels else bytes(4)
    tell(f'cursor {width} {height} {hot_x} {hot_y} {a:02x}{r:02x}{g:02x}{b:02x}')


def new_channel(_session, channel):
    if isinstance(channel, SpiceClientGLib.MainChannel):
        on(channel, 'channel-event', lambda _c, e: tell(
            'main ' + e.value_nick if e != SpiceClientGLib.ChannelEvent.OPENED
            else 'main opened'))
        on(channel, 'main-mouse-update', lambda c: tell(
            'mouse-mode %d' % c.get_property('mouse-mode')))
        on(channel, 'main-agent-update', lambda c: tell(
            'agent %s' % c.get_property('agent-connected')))
    elif isinstance(channel, SpiceClientGLib.DisplayChannel):
        tell('display channel %d' % channel.get_property('channel-id'))
        add_display(channel)
    elif isinstance(channel, SpiceClientGLib.CursorChannel):
        on(channel, 'cursor-set', cursor_set)


def main_channel():
    return next(c for c in session.get_channels()
                if isinstance(c, SpiceClientGLib.MainChannel))


def command(line):
    """resize N X Y W H (turns it on, too) | disable N"""
    words = line.split()
    numbers = list(map(int, words[1:]))
    if words[0] == 'resize':
        main_channel().update_display_enabled(numbers[0], True, False)
        main_channel().update_display(*numbers, True)
    elif words[0] == 'disable':
        main_channel().update_display_enabled(numbers[0], False, True)
    tell('did ' + line)


def read_commands(source, _condition):
    line = source.readline()
    if not line:
        return False
    command(line.strip())
    return True


on(session, 'channel-new', new_channel)
if not session.connect():
    sys.exit('cannot connect')
GLib.io_add_watch(sys.stdin, GLib.IO_IN | GLib.IO_HUP, read_commands)
Gtk.main()
