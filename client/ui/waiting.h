/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_WAITING_H
#define OSVDI_WAITING_H

#include <gtk/gtk.h>

/*
 * The small window that is shown until there is a desktop. It says what the user waits for
 * and lets the user stop. If the wait is short, no window is shown, because it would only
 * flash.
 */
struct waiting;

/* cancelled: called for the button, Escape, or closing the window. NULL: the user cannot
 * cancel (kiosk). */
struct waiting *waiting_new(void (*cancelled)(gpointer data), gpointer data);
void waiting_free(struct waiting *waiting);

/* Sets what the user waits for. Begins a wait if there was none. */
void waiting_say(struct waiting *waiting, const char *text);
/* The wait will end soon, so a window that is not shown yet comes later. */
void waiting_answered(struct waiting *waiting);
/* Ends the wait and removes the window. */
void waiting_end(struct waiting *waiting);

#endif
