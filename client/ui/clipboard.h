/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_CLIPBOARD_H
#define OSVDI_CLIPBOARD_H

#include <spice-client-gtk.h>

/*
 * Whether the clipboard is shared with the desktop. spice-gtk does the sharing,
 * but its switch ("auto-clipboard") only stops new offers: what was offered
 * before, and all that is copied here after it, the desktop could still ask for.
 */

/* Once a session, before spice_gtk_session_get() is called for it. */
void clipboard_watch(SpiceSession *session);

/* out: what is copied here can be pasted there; in: the other way. What was offered
 * on a way that is closed now is withdrawn as well. */
void clipboard_set_shared(SpiceSession *session, gboolean out, gboolean in);

#endif
