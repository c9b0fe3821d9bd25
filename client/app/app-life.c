/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "app/app-internal.h"
#include "ui/chooser.h"

/* The ends: of the program, of a session, and of waiting. */

void app_quit(struct app *app, int status)
{
	app->status = status;
	g_main_loop_quit(app->loop);
}

void app_say_waiting(struct app *app, char *text)
{
	if (!app->displays || !displays_get_first(app->displays))
		waiting_say(app->waiting, text);
	g_free(text);
}

void app_end_session(struct app *app)
{
	waiting_end(app->waiting);
	if (app->usb_dialog)
		gtk_widget_destroy(app->usb_dialog);
	if (app->connection) {
		g_signal_handlers_disconnect_by_data(connection_get_session(app->connection), app);
		connection_close_quietly(app->connection);
	}
	g_clear_pointer(&app->displays, displays_free);
	g_clear_pointer(&app->connection, connection_free);
	app->connected = FALSE;
	app->ending = ENDING_FAR;
}

void app_back(struct app *app)
{
	app_end_session(app);
	chooser_show(app->options->broker, app->chosen, app);
}
