/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_DISPLAYS_INTERNAL_H
#define OSVDI_DISPLAYS_INTERNAL_H

#include "window/displays.h"
#include "window/displays-menu.h"

/* displays.c and displays-sizes.c share this; no other file includes this header. displays.c
 * calls displays-sizes.c. */
struct displays {
	struct connection *connection;
	const struct options *options;
	struct stats *stats;
	const struct displays_listener *listener;
	gpointer data;
	GPtrArray *windows; /* by their numbers */
	struct displays_menu *menu;
	char *title;
	gboolean counted; /* the title holds a "%d" for the number of a display */
	gboolean fullscreen, resize_guest;
	guint resize_timer, gone_timer;
	struct osvdi_monitors told; /* what the extension port was told */
};

/* A guest display. Displays are numbered by channel, then by monitor. */
struct head {
	struct displays *displays;
	int channel, monitor; /* monitor -1: the whole channel */
	int sent_width, sent_height;
	gboolean gone;   /* the guest has switched it off */
	gboolean hidden; /* the user has closed its window */
};

/* The head of a window. */
struct head *displays_head_of(OsvdiWindow *window);

/* displays-sizes.c: makes the guest follow the windows. */

/* The number by which the agent knows a display. */
int displays_agent_id(const struct head *head);
/* Tells the guest the sizes soon, if the guest is to follow. */
void displays_schedule_sizes(struct displays *displays);
/* Tells the guest now the sizes, and which displays are shown. */
void displays_tell_sizes(struct displays *displays);

#endif
