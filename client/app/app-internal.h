/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_APP_INTERNAL_H
#define OSVDI_APP_INTERNAL_H

#include "session/connection.h"
#include "window/displays.h"
#include "base/keys.h"
#include "ui/waiting.h"
#include "window/window.h"

/* What app.c, actions.c and app-ui.c share; nobody else includes this. */
struct app {
	struct options *options;
	struct stats *stats;
	struct connection *connection;
	struct displays *displays; /* of the connection: its windows */
	GPtrArray *hotkeys;
	GHashTable *keymap; /* or NULL */
	GMainLoop *loop;
	char *title;       /* of the desktop as a whole */
	char *opened_file; /* a connection file's name, or NULL */
	char *recent;      /* to be remembered once connected, or NULL */
	gboolean chose;    /* in the list of desktops: the way back leads there */
	gboolean fullscreen, kiosk;
	gboolean show_stats, resize_guest;
	guint stats_timer;
	GtkWidget *usb_dialog;     /* or NULL */
	struct waiting *waiting;   /* until there is a picture */
	GCancellable *resolving;   /* while the broker works, or NULL */
	guint end_timer;
	struct suspend_watch *suspend_watch;
	gboolean extension;
	gboolean notes_shown;
	int status;
};

/* app.c */
void app_quit(struct app *app, int status);
gboolean app_open(struct app *app, struct target *target); /* takes over */
/* Ends the session, if there is one, and shows the list of desktops. */
void app_back(struct app *app);

/* What is waited for, as long as there is no window of the desktop. Takes the text over. */
void app_say_waiting(struct app *app, char *text);

/* actions.c: the "win" actions of a window, and its menu. */
void actions_add(struct app *app, OsvdiWindow *window);
void actions_run(struct app *app, OsvdiWindow *window, const char *hotkey);
/* What the desktop can take has changed. */
void actions_update(struct app *app);
void actions_set_stats(struct app *app, gboolean show);

/* app-windows.c: what becomes of windows, keys and video; data is the app. */
extern const struct displays_listener app_displays_listener;

/* What the preferences say of resizing and zoom, for all windows. */
void actions_set_resize(struct app *app, gboolean resize);
void actions_set_zoom(struct app *app, int percent);

/* app-preferences.c */
void app_apply_preferences(struct app *app); /* to a new session */
void app_show_preferences(struct app *app, GtkWindow *parent);
/* The menu's switch for both ways; kept for the desktop. */
void app_share_clipboard(struct app *app, gboolean shared);
gboolean app_shares_clipboard(struct app *app);

/* app-stats.c: a timer's. */
gboolean app_update_stats(gpointer app);

/* app-state.c: what the user sees of the connection's state; for the connection's listener. */
void app_state_changed(enum connection_state state, const struct failure *failure, gpointer app);
void app_state_lost(int type, gpointer app);
void app_state_note(const char *text, gpointer app);

/* app-ui.c */
void app_ui_failure(struct app *app, const struct failure *failure);
/* Before there is a session: ends the program when read, or goes back to the list. */
void app_ui_start_failure(struct app *app, const char *title, const char *text);
/* reason: why the password is asked for again, or NULL. */
void app_ui_password(struct app *app, gboolean user_too, const char *reason);
/* again: the proxy did not take the last one. */
void app_ui_proxy_login(struct app *app, const char *proxy, gboolean again);

#endif
