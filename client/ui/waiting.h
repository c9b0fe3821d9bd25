/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_WAITING_H
#define OSVDI_WAITING_H

#include <gtk/gtk.h>

/*
 * The small window that is there as long as no desktop is: what is being
 * waited for, and a way to stop that. What is over soon shows no window, which
 * would only flash.
 */
struct waiting;

/* cancelled: by the button, Escape or the window's closing; NULL: there is no way out (kiosk). */
struct waiting *waiting_new(void (*cancelled)(gpointer data), gpointer data);
void waiting_free(struct waiting *waiting);

/* What is being waited for; from now on, if nothing was before. */
void waiting_say(struct waiting *waiting, const char *text);
/* The end is near: the window, if not there yet, comes later than otherwise. */
void waiting_answered(struct waiting *waiting);
/* Nothing is waited for any more; takes the window away. */
void waiting_end(struct waiting *waiting);

#endif
