/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_NAMES_H
#define OSVDI_NAMES_H

#include "target/target.h"

/* How desktops are called: to people, in titles and in the settings. */

/* Whether the text is an IP address, or may be the name of a host. */
gboolean name_is_host(const char *text);

/**
 * Whether a "host" is no host but a one-time ticket for the proxy, as Proxmox
 * writes it: it must be neither shown nor kept.
 */
gboolean name_is_ticket(const char *host);

/* The title of a display. counted: "%d" in it stands for the number, as
 * remote-viewer has it; nothing else is a format. Owner: caller. */
char *name_title(const char *title, gboolean counted, int number);
/* The same for the desktop as a whole. Owner: caller. */
char *name_title_plain(const char *title);

/* Fills in the target's label, when it has none, and its key. */
void names_set(struct target *target);

#endif
