/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "app/app.h"
#include "app/app-internal.h"
#include "target/broker-client.h"
#include "ui/chooser.h"
#include "ui/clipboard.h"
#include "ui/dialogs.h"
#include "target/names.h"
#include "ui/preferences.h"
#include "ui/settings.h"
#include "base/suspend-watch.h"
#include "ui/style.h"
#include "ui/transfers.h"
#include "ui/usb-dialog.h"
#include "window/keymap.h"
#include "target/vv-file.h"

#include <glib/gi18n.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* After a signal, inner loops of libraries have this long to end. */
#define END_AFTER_MS 500

/* ---- session ------------------------------------------------------------- */

static void update_title(struct app *app)
{
	const struct target *target = connection_get_target(app->connection);
	const char *given = app->options->title ? app->options->title : target->title;
	g_autofree char *name = NULL;

	g_object_get(connection_get_session(app->connection), "name", &name, NULL);
	g_free(app->title);
	app->title = given ? name_title_plain(given) :
			     g_strdup(name && *name ? name : target->label);
	if (!*app->title) {
		g_free(app->title);
		app->title = g_strdup(target->label);
	}
	displays_set_title(app->displays, given ? given : app->title, given != NULL);
}

static void on_name(SpiceSession *session, GParamSpec *pspec, struct app *app)
{
	update_title(app);
}

static void on_display(SpiceDisplayChannel *channel, int id, gpointer data)
{
	displays_add_channel(((struct app *)data)->displays, channel, id);
}

static void on_awake(gpointer data)
{
	struct app *app = data;

	if (app->connection)
		connection_awake(app->connection);
}

static void on_password(gboolean user_too, const char *reason, gpointer data)
{
	waiting_end(((struct app *)data)->waiting);
	app_ui_password(data, user_too, reason);
}

static void on_proxy_login(const char *proxy, gboolean again, gpointer data)
{
	waiting_end(((struct app *)data)->waiting);
	app_ui_proxy_login(data, proxy, again);
}

static void on_extension(gboolean there, gpointer data)
{
	struct app *app = data;

	app->extension = there;
	g_info("Extension port %s", there ? "ready" : "gone");
	if (there && app->displays)
		displays_extension_came(app->displays);
}

static void on_silent(gboolean silent, gpointer data)
{
	struct banner banner = { .what = _("The desktop does not answer.") };

	displays_set_banner(((struct app *)data)->displays, silent ? &banner : NULL);
}

static GtkWindow *first_window(gpointer data)
{
	OsvdiWindow *window = displays_get_first(((struct app *)data)->displays);

	return window ? GTK_WINDOW(window) : NULL;
}

static void on_agent(SpiceMainChannel *main, GParamSpec *pspec, struct app *app)
{
	gboolean there;

	g_object_get(main, "agent-connected", &there, NULL);
	g_info("The desktop's agent is %s", there ? "there" : "gone");
	displays_agent_changed(app->displays);
	actions_update(app);
}

static void on_main_channel(SpiceMainChannel *main, gpointer data)
{
	g_signal_connect(main, "notify::agent-connected", G_CALLBACK(on_agent), data);
	g_signal_connect_swapped(main, "main-agent-update", G_CALLBACK(actions_update), data);
	transfers_watch(main, first_window, data);
}

static const struct connection_listener connection_listener = {
	.state = app_state_changed,
	.display = on_display,
	.password = on_password,
	.proxy_login = on_proxy_login,
	.extension = on_extension,
	.silent = on_silent,
	.lost = app_state_lost,
	.note = app_state_note,
	.main_channel = on_main_channel,
};

/* ---- life ---------------------------------------------------------------- */

/* Ends the program although a library runs a main loop inside ours and does not end it. */
static gboolean end_at_once(gpointer data)
{
	struct app *app = data;

	g_cancellable_cancel(app->resolving);
	settings_flush();
	stats_free(app->stats);
	_exit(app->status);
}

static gboolean on_signal(gpointer data)
{
	struct app *app = data;

	/* Ends the loop in which spice-gtk waits for the desktop's clipboard. */
	if (app->connection)
		connection_close_quietly(app->connection);
	app_quit(app, EXIT_SUCCESS);
	if (!app->end_timer)
		app->end_timer = g_timeout_add(END_AFTER_MS, end_at_once, app);
	return G_SOURCE_CONTINUE;
}

static void watch_signals(struct app *app)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
	guint i;

	for (i = 0; i < G_N_ELEMENTS(signals); i++)
		g_unix_signal_add(signals[i], on_signal, app);
}

static void on_wait_cancelled(gpointer data)
{
	struct app *app = data;

	g_cancellable_cancel(app->resolving);
	if (app->chose)
		app_back(app);
	else
		app_quit(app, EXIT_SUCCESS);
}

static gboolean is_file(const char *argument)
{
	return g_str_equal(argument, "-") || g_str_has_suffix(argument, ".vv") ||
			g_str_has_prefix(argument, "/dev/fd/") ||
			g_str_has_prefix(argument, "file://") ||
			(!strstr(argument, "://") && g_file_test(argument, G_FILE_TEST_IS_REGULAR));
}

static struct target *read_target(const char *argument, GError **error)
{
	if (!is_file(argument))
		return target_from_uri(argument, error);
	if (g_str_has_prefix(argument, "file://")) {
		g_autofree char *path = g_filename_from_uri(argument, NULL, error);

		return path ? vv_read_file(path, error) : NULL;
	}
	return vv_read_file(argument, error);
}

static void load_hotkeys(struct app *app, const struct target *target)
{
	g_autoptr(GError) error = NULL;

	g_clear_pointer(&app->hotkeys, g_ptr_array_unref);
	if (app->options->hotkeys)
		app->hotkeys = hotkeys_parse(app->options->hotkeys, &error);
	else if (target->hotkeys)
		app->hotkeys = hotkeys_from_table(target->hotkeys);
	if (error)
		g_printerr("osvdi-viewer: %s\n", error->message);
	if (!app->hotkeys)
		app->hotkeys = hotkeys_default();
}

static void setup_session(struct app *app, const struct target *target)
{
	SpiceSession *session = connection_get_session(app->connection);

	clipboard_watch(session);
	app_apply_preferences(app);
	usb_setup(session, app->options, target);
	g_signal_connect(session, "notify::name", G_CALLBACK(on_name), app);
	g_signal_connect_swapped(session, "channel-new", G_CALLBACK(actions_update), app);
	g_signal_connect_swapped(session, "channel-destroy", G_CALLBACK(actions_update), app);
}

static void print_notes(GStrv notes)
{
	guint i;

	for (i = 0; notes && notes[i]; i++)
		g_printerr("osvdi-viewer: %s\n", notes[i]);
}

/* Takes the target over. */
static void open_target(struct app *app, struct target *target)
{
	g_autoptr(GError) error = NULL;

	print_notes(target->notes);
	print_notes(target->remarks);
	load_hotkeys(app, target);
	app->fullscreen = app->kiosk || app->options->fullscreen ||
			target->fullscreen == TARGET_YES ||
			(target->fullscreen == TARGET_UNSET &&
					preference_get(target->key, PREFERENCE_FULLSCREEN));
	app->resize_guest = app->options->auto_resize ?
			g_str_equal(app->options->auto_resize, "always") :
			preference_get(target->key, PREFERENCE_RESIZE);
	app->connection = connection_new(
			app->options, target, app->stats, &connection_listener, app, &error);
	if (!app->connection) {
		g_printerr("osvdi-viewer: %s\n", error->message);
		app_ui_start_failure(app, _("This cannot be opened."), error->message);
		return;
	}
	app->displays = displays_new(
			app->connection, app->options, app->stats, &app_displays_listener, app);
	displays_set_resize_guest(app->displays, app->resize_guest);
	displays_set_fullscreen(app->displays, app->fullscreen);
	update_title(app);
	connection_open(app->connection);
	setup_session(app, target);
}

static void start(struct app *app, struct target *target);

static void on_resolved(GObject *source, GAsyncResult *result, gpointer data)
{
	g_autoptr(GError) error = NULL;
	struct target *target = broker_client_resolve_finish(result, &error);
	struct app *app = data;

	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return;
	g_clear_object(&app->resolving);
	if (target) {
		start(app, target);
		return;
	}
	waiting_end(app->waiting);
	g_printerr("osvdi-viewer: %s\n", error->message);
	app_ui_start_failure(app, _("The desktop was not found."), error->message);
}

/* Takes the target over. */
static void start(struct app *app, struct target *target)
{
	if (target->kind != TARGET_NAME) {
		open_target(app, target);
		return;
	}
	app_say_waiting(app, g_strdup_printf(_("Getting %s ready…"), target->label));
	g_clear_object(&app->resolving);
	app->resolving = g_cancellable_new();
	broker_client_resolve_async(
			app->options->broker, target->name, TRUE, app->resolving, on_resolved, app);
	target_free(target);
}

/* Notes an address to be remembered once it was reached, unless it holds a secret. */
static void note_recent(struct app *app, const char *argument, const struct target *target)
{
	gboolean plain = target->kind == TARGET_TCP || target->kind == TARGET_UNIX;

	if (target->kind == TARGET_NAME ||
			(plain && !target->password && !is_file(argument) &&
					!strchr(argument, '@'))) {
		g_free(app->recent);
		app->recent = g_strstrip(g_strdup(argument));
	}
}

static void start_argument(struct app *app, const char *argument)
{
	g_autoptr(GError) error = NULL;
	struct target *target;

	g_clear_pointer(&app->recent, g_free);
	g_free(app->opened_file);
	app->opened_file = is_file(argument) ? g_strdup(argument) : NULL;
	target = read_target(argument, &error);
	if (target) {
		note_recent(app, argument, target);
		start(app, target);
		return;
	}
	g_printerr("osvdi-viewer: %s\n", error->message);
	app_ui_start_failure(app, _("This cannot be opened."), error->message);
}

static void on_chosen(const char *what, gpointer data)
{
	struct app *app = data;

	app->chose = what != NULL;
	if (what)
		start_argument(app, what);
	else
		app_quit(app, EXIT_SUCCESS);
}

/* Runs once the main loop runs: opens a file descriptor, an argument, or the chooser. */
static gboolean begin(gpointer data)
{
	struct app *app = data;
	g_autoptr(GError) error = NULL;
	struct target *target;

	if (app->options->vv_fd < 0 && !app->options->argument) {
		chooser_show(app->options->broker, app->chosen, app);
	} else if (app->options->vv_fd < 0) {
		start_argument(app, app->options->argument);
	} else if ((target = vv_read_fd(app->options->vv_fd, &error))) {
		start(app, target);
	} else {
		g_printerr("osvdi-viewer: %s\n", error->message);
		app_ui_start_failure(app, _("This cannot be opened."), error->message);
	}
	/* Only now: before, a signal must end a viewer that reads a pipe without a writer. */
	watch_signals(app);
	return G_SOURCE_REMOVE;
}

static void finish(struct app *app)
{
	settings_flush();
	suspend_watch_free(app->suspend_watch);
	g_clear_handle_id(&app->stats_timer, g_source_remove);
	g_clear_handle_id(&app->end_timer, g_source_remove);
	app_ending_stop(app);
	g_cancellable_cancel(app->resolving);
	g_clear_object(&app->resolving);
	app_end_session(app);
	g_clear_pointer(&app->waiting, waiting_free);
	g_clear_pointer(&app->hotkeys, g_ptr_array_unref);
	g_clear_pointer(&app->keymap, g_hash_table_unref);
	g_clear_pointer(&app->loop, g_main_loop_unref);
	g_free(app->title);
	g_free(app->opened_file);
	g_free(app->recent);
}

static int fail_start(struct app *app, const char *message)
{
	g_printerr("osvdi-viewer: %s\n", message);
	finish(app);
	stats_free(app->stats);
	g_free(app);
	return EXIT_FAILURE;
}

int app_run(struct options *options)
{
	struct app *app = g_new0(struct app, 1);
	g_autoptr(GError) error = NULL;

	style_load();
	gtk_window_set_default_icon_name(dialog_icon_name());
	app->options = options;
	app->chosen = on_chosen;
	app->kiosk = options->kiosk;
	app->show_stats = options->stats_overlay;
	app->loop = g_main_loop_new(NULL, FALSE);
	app->waiting = waiting_new(app->kiosk ? NULL : on_wait_cancelled, app);
	app->stats = stats_new(options->stats_file, &error);
	if (!app->stats)
		return fail_start(app, error->message);
	stats_event(app->stats, "start");
	if (options->keymap && !(app->keymap = keymap_parse(options->keymap, &error)))
		return fail_start(app, error->message);
	g_idle_add_full(G_PRIORITY_HIGH, begin, app, NULL);
	app->stats_timer = g_timeout_add(1000, app_update_stats, app);
	app_ending_start(app);
	app->suspend_watch = suspend_watch_new(on_awake, app);
	g_main_loop_run(app->loop);
	finish(app);
	return app->status;
}
