/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_NAMES_H
#define OSVDI_NAMES_H

#include "target/target.h"

/* How a desktop is called: to people, in titles and in the settings. */

/* The title of a display. If counted, "%d" in the title stands for the number, as in
 * remote-viewer; no other format is replaced. Owner: caller. */
char *name_title(const char *title, gboolean counted, int number);

/* The title of the desktop as a whole. Owner: caller. */
char *name_title_plain(const char *title);

/* Sets the target's key, and its label unless the target has one. */
void names_set(struct target *target);

#endif
