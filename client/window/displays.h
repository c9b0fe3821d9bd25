/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_DISPLAYS_H
#define OSVDI_DISPLAYS_H

#include "window/window.h"

/*
 * The windows of one session. Each guest display that has a picture (a display channel, or
 * one monitor of it) gets a window. Remembers the places of the windows and tells the guest
 * their sizes.
 */
struct displays;

struct displays_listener {
	/* A new window, not shown yet. Add actions and connect signals here. */
	void (*window)(OsvdiWindow *window, gpointer data);
	void (*video)(OsvdiWindow *window, enum video_event event, gpointer data);
};

struct displays *displays_new(struct connection *connection, const struct options *options,
		struct stats *stats, const struct displays_listener *listener, gpointer data);
/* Destroys the windows. */
void displays_free(struct displays *displays);

/* Adds a display channel of the session and opens it. */
void displays_add_channel(struct displays *displays, SpiceDisplayChannel *channel, int id);

/* The session is gone for now: the windows stay, with their last pictures. */
void displays_freeze(struct displays *displays, const struct banner *banner);
void displays_thaw(struct displays *displays);
/* Sets the banner over all pictures; NULL removes it. */
void displays_set_banner(struct displays *displays, const struct banner *banner);

/* Array of OsvdiWindow, sorted by number; borrowed. */
GPtrArray *displays_get_windows(struct displays *displays);
/* The shown window with the lowest number, or NULL if none is shown yet. */
OsvdiWindow *displays_get_first(struct displays *displays);

/* counted: "%d" in the title stands for the number of a display. */
void displays_set_title(struct displays *displays, const char *title, gboolean counted);
/* Sets full screen for all windows, each on its remembered monitor or the next free one. */
void displays_set_fullscreen(struct displays *displays, gboolean fullscreen);
/* Whether the guest follows the windows' sizes. */
void displays_set_resize_guest(struct displays *displays, gboolean resize);
/* The guest's agent came: tells it the sizes that it missed. */
void displays_agent_changed(struct displays *displays);
/* The extension port came: its server does not know the windows' sizes yet. */
void displays_extension_came(struct displays *displays);
/* Shows or hides the window of a guest display; number from 1. */
void displays_set_enabled(struct displays *displays, int number, gboolean enabled);
/* The user closed a window: hides its display. FALSE: no other display is shown. */
gboolean displays_close(struct displays *displays, OsvdiWindow *window);
/* A menu with an entry for each display, and actions "displays.N", which each window has. */
GMenuModel *displays_get_menu(struct displays *displays);

#endif
