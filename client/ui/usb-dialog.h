/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_USB_DIALOG_H
#define OSVDI_USB_DIALOG_H

#include <gtk/gtk.h>
#include <spice-client.h>
#include "base/options.h"
#include "target/target.h"

/* Shows the list of USB devices. *dialog: the dialog that is open, or NULL. */
void usb_dialog_show(GtkWindow *parent, SpiceSession *session, GtkWidget **dialog);

/* Sets filters, automatic redirection and shared CDs as options, file and user say. */
void usb_setup(SpiceSession *session, const struct options *options, const struct target *target);

/* Why no USB device can be redirected, in some words for a menu; NULL if devices can be. */
const char *usb_why_not(SpiceSession *session);

/* Takes all redirected devices away from the desktop and gives them back. */
void usb_reset_devices(SpiceSession *session);

/**
 * The meaning of a failed redirection and its remedy, in words for the user. Owner:
 * caller.
 */
char *usb_explain(const GError *error);

#endif
