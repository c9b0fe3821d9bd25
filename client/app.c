/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "app.h"
#include "connection.h"
#include "window.h"

#include <glib/gi18n.h>
#include <stdlib.h>

struct app {
	struct options *options;
	struct stats *stats;
	struct connection *connection;
	GPtrArray *windows; /* OsvdiWindow, first one first */
	GMainLoop *loop;
	guint stats_timer;
	gboolean show_stats;
	int status;
};

static void quit(struct app *app, int status)
{
	app->status = status;
	g_main_loop_quit(app->loop);
}

static void on_state(enum connection_state state, const struct failure *failure, gpointer data)
{
	struct app *app = data;

	if (state == CONNECTION_ENDED) {
		if (failure)
			g_printerr("osvdi-viewer: %s %s %s\n", failure->what, failure->why ? failure->why : "", failure->remedy ? failure->remedy : "");
		quit(app, failure ? EXIT_FAILURE : EXIT_SUCCESS);
	}
}

static gboolean on_delete(GtkWidget *window, GdkEvent *event, struct app *app)
{
	connection_close(app->connection);
	return TRUE;
}

static OsvdiWindow *find_window(struct app *app, int channel)
{
	guint i;

	for (i = 0; i < app->windows->len; i++)
		if (osvdi_view_get_channel_id(osvdi_window_get_view(app->windows->pdata[i])) == channel)
			return app->windows->pdata[i];
	return NULL;
}

static void add_window(struct app *app, SpiceDisplayChannel *channel, int id)
{
	OsvdiView *view = osvdi_view_new(app->connection, app->options, app->stats, channel, id, -1);
	OsvdiWindow *window = osvdi_window_new(app->options, view, (int)app->windows->len + 1);

	g_ptr_array_add(app->windows, window);
	osvdi_window_set_name(window, app->options->title ? app->options->title :
			connection_get_target(app->connection)->label);
	g_signal_connect(window, "delete-event", G_CALLBACK(on_delete), app);
	if (app->options->fullscreen)
		osvdi_window_set_fullscreen(window, TRUE, -1);
	gtk_widget_show(GTK_WIDGET(window));
}

/* A display that has no picture yet may never get one: no window for it. */
static void on_first_surface(SpiceDisplayChannel *channel, int format, int width, int height, int stride,
		int shmid, gpointer pixels, struct app *app)
{
	int id;

	g_object_get(channel, "channel-id", &id, NULL);
	if (!find_window(app, id))
		add_window(app, channel, id);
}

static void on_display(SpiceDisplayChannel *channel, int id, gpointer data)
{
	struct app *app = data;
	OsvdiWindow *window = find_window(app, id);

	if (window)
		osvdi_view_attach(osvdi_window_get_view(window), channel);
	else if (app->windows->len == 0)
		add_window(app, channel, id);
	else
		g_signal_connect(channel, "display-primary-create", G_CALLBACK(on_first_surface), app);
	spice_channel_connect(SPICE_CHANNEL(channel));
}

static void on_password(gboolean user_too, gpointer data)
{
}

static void on_extension(gboolean there, gpointer data)
{
}

static const struct connection_listener listener = {
	.state = on_state,
	.display = on_display,
	.password = on_password,
	.extension = on_extension,
};

int app_run(struct options *options)
{
	struct app app = { .options = options };
	g_autoptr(GError) error = NULL;
	target_auto target = NULL;

	app.stats = stats_new(options->stats_file, &error);
	if (!app.stats) {
		g_printerr("osvdi-viewer: %s\n", error->message);
		return EXIT_FAILURE;
	}
	app.loop = g_main_loop_new(NULL, FALSE);
	app.windows = g_ptr_array_new();
	stats_event(app.stats, "start");
	target = target_from_uri(options->argument, &error);
	if (!target) {
		g_printerr("osvdi-viewer: %s\n", error->message);
		return EXIT_FAILURE;
	}
	app.connection = connection_new(options, g_steal_pointer(&target), app.stats, &listener, &app);
	connection_open(app.connection);
	g_main_loop_run(app.loop);
	return app.status;
}
