/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_BANNER_H
#define OSVDI_BANNER_H

#include <gtk/gtk.h>

/* What a banner says over the picture, and what its user can do there. */
struct banner {
	const char *what;   /* one line: what happened */
	const char *remedy; /* what to do, or what is being done; or NULL */
	/* The buttons: label with mnemonic and name of its GAction; or NULL. */
	const char *button, *action;
	const char *other_button, *other_action;
	/* The picture is dead: keys belong to the banner, not to the desktop. */
	gboolean takes_keys;
};

/**
 * Makes a hidden banner in the middle of the overlay. Its text wraps, and in a
 * window too small for the banner it scrolls: nothing is ever cut off.
 *
 * below: what has the keys when the banner is not there.
 */
GtkWidget *banner_new(GtkOverlay *overlay, GtkWidget *below);

/**
 * Shows what the banner is to say and tells assistive technology; NULL hides
 * the banner. With takes_keys its text gets the focus, Tab goes on to the
 * buttons: what someone types into a desktop that just went presses none.
 */
void banner_set(GtkWidget *banner, const struct banner *content);

#endif
