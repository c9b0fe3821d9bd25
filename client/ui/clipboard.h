/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_CLIPBOARD_H
#define OSVDI_CLIPBOARD_H

#include <spice-client-gtk.h>

/*
 * Decides whether the clipboard is shared with the desktop. spice-gtk does the sharing, but
 * its switch ("auto-clipboard") only stops new offers. After an earlier offer the desktop
 * could still ask for the clipboard, also for later contents.
 */

/* Call this once for each session, before spice_gtk_session_get(). */
void clipboard_watch(SpiceSession *session);

/* out: the desktop can paste what was copied here; in: the other direction. Closing a
 * direction also withdraws its offers. */
void clipboard_set_shared(SpiceSession *session, gboolean out, gboolean in);

#endif
