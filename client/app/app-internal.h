/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_APP_INTERNAL_H
#define OSVDI_APP_INTERNAL_H

#include "base/keys.h"
#include "session/connection.h"
#include "session/ending.h"
#include "ui/waiting.h"
#include "window/displays.h"
#include "window/window.h"

/*
 * The files of this folder share this; no other folder includes this header. A file
 * calls only files that stand above it in this list, so that calls run one way.
 */
struct app {
	struct options *options;
	struct stats *stats;
	struct connection *connection;
	struct displays *displays; /* the windows of the connection */
	GPtrArray *hotkeys;
	GHashTable *keymap; /* or NULL */
	GMainLoop *loop;
	char *title;       /* of the desktop as a whole */
	char *opened_file; /* name of the connection file, or NULL */
	char *recent;      /* address to remember once connected, or NULL */
	gboolean chose;    /* the user chose in the list of desktops, so "back" leads there */
	void (*chosen)(const char *what, gpointer app); /* takes the answer of that list */
	gboolean fullscreen, kiosk;
	gboolean show_stats, resize_guest;
	guint stats_timer;
	GtkWidget *usb_dialog;     /* or NULL */
	struct waiting *waiting;   /* until there is a picture */
	GCancellable *resolving;   /* while the broker works, or NULL */
	guint end_timer;
	gboolean connected;
	enum ending_stage ending; /* the last one that the user was told of */
	guint ending_timer;
	struct suspend_watch *suspend_watch;
	gboolean extension;        /* the server has our extension port */
	gboolean notes_shown;
	int status;
};

/* app-life.c */
void app_quit(struct app *app, int status);
/* Ends the session, if there is one. */
void app_end_session(struct app *app);
/* Ends the session, if there is one, and shows the list of desktops. */
void app_back(struct app *app);
/* Says what the user waits for, unless there is a window of the desktop. Takes the text
 * over. */
void app_say_waiting(struct app *app, char *text);

/* app-stats.c: called by a timer. */
gboolean app_update_stats(gpointer app);

/* app-preferences.c */
void app_apply_preferences(struct app *app); /* to a new session */
void app_apply_clipboard(struct app *app);
void app_apply_locks(struct app *app);
/* The menu's switch for both directions of the clipboard; remembered for the desktop. */
void app_share_clipboard(struct app *app, gboolean shared);
gboolean app_shares_clipboard(struct app *app);

/* app-ui.c */
void app_ui_failure(struct app *app, const struct failure *failure);
/* A failure before there is a session. When the user has read the text, the program ends
 * or the list of desktops comes back. */
void app_ui_start_failure(struct app *app, const char *title, const char *text);
/* reason: why the password is asked for again, or NULL. */
void app_ui_password(struct app *app, gboolean user_too, const char *reason);
/* again: the proxy did not accept the last login. */
void app_ui_proxy_login(struct app *app, const char *proxy, gboolean again);

/* app-state.c: shows the connection's state to the user; for the connection's listener. */
void app_state_changed(enum connection_state state, const struct failure *failure, gpointer app);
void app_state_lost(int type, gpointer app);
void app_state_note(const char *text, gpointer app);

/* app-ending.c: tells the user when the time for the desktop runs out. */
void app_ending_start(struct app *app);
void app_ending_stop(struct app *app);

/* actions.c: the "win" actions of a window, and its menu. */
void actions_add(struct app *app, OsvdiWindow *window);
void actions_run(struct app *app, OsvdiWindow *window, const char *hotkey);
/* To be called when the desktop has gained or lost an ability (USB, files). */
void actions_update(struct app *app);

/* app-windows.c: connects windows, keys and video; data is the app. */
extern const struct displays_listener app_displays_listener;

#endif
