/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_APP_INTERNAL_H
#define OSVDI_APP_INTERNAL_H

#include "connection.h"
#include "displays.h"
#include "keys.h"
#include "window.h"

/* What app.c, actions.c and app-ui.c share; nobody else includes this. */
struct app {
	struct options *options;
	struct stats *stats;
	struct connection *connection;
	struct displays *displays; /* of the connection: its windows */
	GPtrArray *hotkeys;
	GHashTable *keymap; /* or NULL */
	GMainLoop *loop;
	char *title;
	gboolean fullscreen, kiosk;
	gboolean show_stats, resize_guest;
	guint stats_timer;
	GtkWidget *usb_dialog;     /* or NULL */
	GtkWidget *waiting_window; /* while the broker works, or NULL */
	struct sleep_watch *sleep_watch;
	gboolean extension;
	int status;
};

/* app.c */
void app_quit(struct app *app, int status);
gboolean app_open(struct app *app, struct target *target); /* takes over */

/* actions.c: the "win" actions of a window, and its menu. */
void actions_add(struct app *app, OsvdiWindow *window);
void actions_run(struct app *app, OsvdiWindow *window, const char *hotkey);
GMenuModel *actions_menu(struct app *app);
void actions_set_stats(struct app *app, gboolean show);

/* app-ui.c */
void app_ui_failure(struct app *app, const struct failure *failure);
/* Before there is a session: ends the program when read. */
void app_ui_start_failure(struct app *app, const char *title, const char *text);
GtkWidget *app_ui_waiting(struct app *app, const char *desktop);
void app_ui_password(struct app *app, gboolean user_too);
void app_ui_about(GtkWindow *parent);
void app_ui_message(GtkWindow *parent, GtkMessageType type, const char *title, const char *text);
void app_ui_screenshot(struct app *app, OsvdiWindow *window);

#endif
