/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_DISPLAYS_H
#define OSVDI_DISPLAYS_H

#include "window/window.h"

/*
 * The windows of one session: one for each guest display (a display channel,
 * or one monitor of it) that has a picture. Remembers where they were, tells
 * the guest how large they are.
 */
struct displays;

struct displays_listener {
	/* A new window, not yet shown: add actions, connect signals. */
	void (*window)(OsvdiWindow *window, gpointer data);
	void (*video)(OsvdiWindow *window, enum video_event event, gpointer data);
};

struct displays *displays_new(struct connection *connection, const struct options *options,
		struct stats *stats, const struct displays_listener *listener, gpointer data);
/* Destroys the windows. */
void displays_free(struct displays *displays);

/* A display channel of the session, before it is opened; opens it. */
void displays_add_channel(struct displays *displays, SpiceDisplayChannel *channel, int id);

/* The session is gone for now: windows stay, with their last picture. */
void displays_freeze(struct displays *displays, const struct banner *banner);
void displays_thaw(struct displays *displays);
/* What is said over all pictures; NULL takes it away. */
void displays_set_banner(struct displays *displays, const struct banner *banner);

GPtrArray *displays_get_windows(struct displays *displays); /* OsvdiWindow by number, borrowed */
/* Of those that are to be seen the one with the lowest number; NULL: there is none yet. */
OsvdiWindow *displays_get_first(struct displays *displays);

/* counted: "%d" stands for the number of a display. */
void displays_set_title(struct displays *displays, const char *title, gboolean counted);
/* All windows; each on its remembered or next monitor. */
void displays_set_fullscreen(struct displays *displays, gboolean fullscreen);
/* Whether the guest follows the windows' sizes. */
void displays_set_resize_guest(struct displays *displays, gboolean resize);
/* The guest's agent came: it is told the sizes that it missed. */
void displays_agent_changed(struct displays *displays);
/* The extension port came, of a server that knows nothing of the windows' sizes yet. */
void displays_extension_came(struct displays *displays);
/* Shows or hides the window of a guest display; number from 1. */
void displays_set_enabled(struct displays *displays, int number, gboolean enabled);
/* The user closed a window: hides that display. FALSE: it was the last one to be seen. */
gboolean displays_close(struct displays *displays, OsvdiWindow *window);
/* An entry for each display; actions "displays.N", which each window has. */
GMenuModel *displays_get_menu(struct displays *displays);

#endif
