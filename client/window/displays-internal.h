/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_DISPLAYS_INTERNAL_H
#define OSVDI_DISPLAYS_INTERNAL_H

#include "window/displays.h"
#include "window/displays-menu.h"

/* What displays.c and displays-sizes.c share; nobody else includes this. */
struct displays {
	struct connection *connection;
	const struct options *options;
	struct stats *stats;
	const struct displays_listener *listener;
	gpointer data;
	GPtrArray *windows; /* by their numbers */
	struct displays_menu *menu;
	char *title;
	gboolean counted; /* the title has the number of a display in it */
	gboolean fullscreen, resize_guest;
	guint resize_timer, gone_timer;
	struct osvdi_monitors told; /* over the extension port */
};

/* A guest display: heads of one channel count after channels. */
struct head {
	struct displays *displays;
	int channel, monitor; /* -1: the whole channel */
	int sent_width, sent_height;
	gboolean gone;   /* the guest has switched it off */
	gboolean hidden; /* the user has closed its window */
};

/* Of a window of displays. */
struct head *displays_head_of(OsvdiWindow *window);

/* displays-sizes.c: the guest follows the windows. */

/* The number by which the agent knows a display. */
int displays_agent_id(const struct head *head);
/* Soon, if the guest is to follow. */
void displays_schedule_sizes(struct displays *displays);
/* Now, and also which displays are shown. */
void displays_tell_sizes(struct displays *displays);

#endif
