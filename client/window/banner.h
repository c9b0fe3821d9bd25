/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_BANNER_H
#define OSVDI_BANNER_H

#include <gtk/gtk.h>

/* The texts and buttons of a banner over the picture. */
struct banner {
	const char *what;   /* one line: what happened */
	const char *remedy; /* what to do, or what the viewer is doing; or NULL */
	/* The buttons: a label with a mnemonic, and the name of a GAction; or NULL. */
	const char *button, *action;
	const char *other_button, *other_action;
	/* The picture is dead, so the banner takes the keys, not the desktop. */
	gboolean takes_keys;
};

/**
 * Makes a hidden banner in the middle of the overlay. The text wraps. In a window that is
 * too small for the banner, the banner scrolls, so that nothing is cut off.
 *
 * below: the widget that has the focus while the banner is hidden.
 */
GtkWidget *banner_new(GtkOverlay *overlay, GtkWidget *below);

/**
 * Shows a banner and tells assistive technology; NULL hides the banner. With takes_keys
 * the text gets the focus, and Tab goes on to the buttons. So a user who still types when
 * the desktop goes presses no button.
 */
void banner_set(GtkWidget *banner, const struct banner *content);

#endif
