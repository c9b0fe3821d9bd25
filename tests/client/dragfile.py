#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A small window from which files can be dragged: dragfile.py FILE... It says when they are
dropped and taken."""
import sys

import gi
gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gio, Gtk  # noqa: E402


def give(widget, context, selection, info, time):
    selection.set_uris([Gio.File.new_for_path(path).get_uri() for path in sys.argv[1:]])


window = Gtk.Window(title="drag from here", default_width=200, default_height=100)
window.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
window.drag_source_add_uri_targets()
window.connect("drag-data-get", give)
window.connect("drag-end", lambda widget, context: print("dropped", flush=True))
window.connect("destroy", Gtk.main_quit)
window.move(0, 0)
window.set_keep_above(True)
window.show_all()
Gtk.main()
