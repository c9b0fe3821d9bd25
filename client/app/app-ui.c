/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "app/app-internal.h"
#include "ui/dialogs.h"
#include "ui/password-dialog.h"

#include <glib/gi18n.h>
#include <stdlib.h>

/* The first window, or NULL: if the first connection fails, there is no window yet. */
static GtkWindow *parent_of(struct app *app)
{
	OsvdiWindow *window = app->displays ? displays_get_first(app->displays) : NULL;

	return window ? GTK_WINDOW(window) : NULL;
}

/* ---- failure ------------------------------------------------------------- */

static void on_failure_answer(enum dialog_answer answer, gpointer data)
{
	struct app *app = data;

	if (answer == DIALOG_RETRY)
		connection_open(app->connection);
	else if (answer == DIALOG_BACK)
		app_back(app);
	else
		app_quit(app, EXIT_FAILURE);
}

void app_ui_failure(struct app *app, const struct failure *failure)
{
	dialog_failure(parent_of(app), &(struct dialog_failure){
		.title = app->title,
		.what = failure->what,
		.why = failure->why,
		.remedy = failure->remedy,
		.file = app->opened_file,
		.address = connection_get_target(app->connection)->label,
		.can_retry = TRUE,
		.can_go_back = app->chose,
	}, on_failure_answer, app);
}

void app_ui_start_failure(struct app *app, const char *title, const char *text)
{
	if (app->options->no_reconnect) { /* nobody is there to read it */
		app_quit(app, EXIT_FAILURE);
		return;
	}
	dialog_failure(NULL, &(struct dialog_failure){
		.title = "osvdi-viewer",
		.what = title,
		.why = text,
		.file = app->opened_file,
		.can_go_back = app->chose,
	}, on_failure_answer, app);
}

/* ---- password ------------------------------------------------------------ */

static void on_password_answer(const char *user, const char *password, gpointer data)
{
	struct app *app = data;

	if (!password) {
		connection_close(app->connection);
		return;
	}
	app_say_waiting(app, g_strdup_printf(_("Connecting to %s…"), app->title));
	connection_set_password(app->connection, user, password);
}

void app_ui_password(struct app *app, gboolean user_too, const char *reason)
{
	g_autofree char *question = g_strdup_printf(_("%s asks for its password."), app->title);

	password_dialog_show(parent_of(app), app->title, question, user_too, reason,
			on_password_answer, app);
}

static void on_proxy_answer(const char *user, const char *password, gpointer data)
{
	struct app *app = data;

	if (password)
		connection_set_proxy_login(app->connection, user, password);
	else
		connection_close(app->connection);
}

void app_ui_proxy_login(struct app *app, const char *proxy, gboolean again)
{
	g_autofree char *question = g_strdup_printf(_("The proxy %s asks for a login."), proxy);

	password_dialog_show(parent_of(app), app->title, question, TRUE,
			again ? _("The proxy did not accept this login.") : NULL, on_proxy_answer,
			app);
}
