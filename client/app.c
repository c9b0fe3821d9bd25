/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "app.h"
#include "app-internal.h"
#include "broker-client.h"
#include "chooser.h"
#include "clipboard.h"
#include "dialogs.h"
#include "settings.h"
#include "sleep.h"
#include "style.h"
#include "transfers.h"
#include "usb-dialog.h"
#include "vv-file.h"

#include <glib/gi18n.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

void app_quit(struct app *app, int status)
{
	app->status = status;
	g_main_loop_quit(app->loop);
}

/* ---- session ------------------------------------------------------------- */

static void update_title(struct app *app)
{
	const struct target *target = connection_get_target(app->connection);
	const char *given = app->options->title ? app->options->title : target->title;
	g_autofree char *name = NULL;

	g_object_get(connection_get_session(app->connection), "name", &name, NULL);
	g_free(app->title);
	app->title = g_strdup(given ? given : name && *name ? name : target->label);
	displays_set_title(app->displays, app->title);
}

static void on_name(SpiceSession *session, GParamSpec *pspec, struct app *app)
{
	update_title(app);
}

static void end(struct app *app, const struct failure *failure)
{
	if (!failure) {
		app_quit(app, EXIT_SUCCESS);
		return;
	}
	g_printerr("osvdi-viewer: %s %s %s\n", failure->what, failure->why ? failure->why : "",
			failure->remedy ? failure->remedy : "");
	if (app->options->no_reconnect || g_strcmp0(app->options->kiosk_quit, "on-disconnect") == 0) {
		app_quit(app, EXIT_FAILURE);
		return;
	}
	displays_freeze(app->displays, &(struct banner){ .what = failure->what });
	app_ui_failure(app, failure);
}

/* Over the last picture, while the connection is tried again. */
static void show_break(struct app *app, const struct failure *failure)
{
	g_autofree char *remedy = failure && failure->remedy ?
			g_strdup_printf("%s\n%s", failure->remedy, _("Connecting again…")) : NULL;
	struct banner banner = {
		.what = failure ? failure->what : _("Connecting again…"),
		.remedy = remedy ? remedy : failure ? _("Connecting again…") : NULL,
		.button = _("_Try again"),
		.action = "win.retry",
		.takes_keys = TRUE,
	};

	if (!app->kiosk) {
		banner.other_button = _("_Close");
		banner.other_action = "win.quit";
	}
	displays_freeze(app->displays, &banner);
}

static void on_state(enum connection_state state, const struct failure *failure, gpointer data)
{
	struct app *app = data;

	switch (state) {
	case CONNECTION_CONNECTING:
		break;
	case CONNECTION_CONNECTED:
		if (app->recent)
			settings_add_recent(app->recent);
		g_clear_pointer(&app->recent, g_free);
		displays_thaw(app->displays);
		break;
	case CONNECTION_RECONNECTING:
		if (app->kiosk && g_strcmp0(app->options->kiosk_quit, "on-disconnect") == 0) {
			app_quit(app, EXIT_SUCCESS);
			break;
		}
		show_break(app, failure);
		break;
	case CONNECTION_ENDED:
		end(app, failure);
		break;
	}
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

static void on_password(gboolean user_too, gpointer data)
{
	app_ui_password(data, user_too, NULL);
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
}

static void on_main_channel(SpiceMainChannel *main, gpointer data)
{
	g_signal_connect(main, "notify::agent-connected", G_CALLBACK(on_agent), data);
	transfers_watch(main, first_window, data);
}

static const struct connection_listener connection_listener = {
	.state = on_state,
	.display = on_display,
	.password = on_password,
	.extension = on_extension,
	.silent = on_silent,
	.main_channel = on_main_channel,
};

/* ---- windows ------------------------------------------------------------- */

static gboolean on_delete(GtkWidget *widget, GdkEvent *event, struct app *app)
{
	OsvdiWindow *window = OSVDI_WINDOW(widget);

	if (app->kiosk)
		return TRUE;
	if (displays_get_windows(app->displays)->len > 1 && window != displays_get_first(app->displays))
		displays_set_enabled(app->displays, osvdi_window_get_number(window), FALSE);
	else
		connection_close(app->connection);
	return TRUE;
}

static gboolean remap(struct app *app, OsvdiWindow *window, GdkEventKey *event)
{
	GArray *keys = app->keymap ? g_hash_table_lookup(app->keymap, GUINT_TO_POINTER(event->keyval)) : NULL;

	if (!keys)
		return FALSE;
	if (keys->len)
		spice_display_send_keys(osvdi_view_get_display(osvdi_window_get_view(window)), (guint *)(void *)keys->data,
				(int)keys->len, event->type == GDK_KEY_PRESS ? SPICE_DISPLAY_KEY_EVENT_PRESS :
										 SPICE_DISPLAY_KEY_EVENT_RELEASE);
	return TRUE;
}

/* Before GTK's own keys: what is typed at a desktop belongs to it. */
static gboolean on_key(GtkWidget *widget, GdkEventKey *event, struct app *app)
{
	OsvdiWindow *window = OSVDI_WINDOW(widget);
	GtkWidget *focus = gtk_window_get_focus(GTK_WINDOW(widget));
	const char *hotkey = event->type == GDK_KEY_PRESS ? hotkeys_find(app->hotkeys, event) : NULL;

	if (app->options->debug)
		g_debug("Key %s keycode=0x%x gdk_keyname=%s", event->type == GDK_KEY_PRESS ? "press" : "release",
				event->keyval, gdk_keyval_name(event->keyval));
	if (hotkey) {
		actions_run(app, window, hotkey);
		return TRUE;
	}
	if (!focus || !SPICE_IS_DISPLAY(focus))
		return FALSE;
	if (remap(app, window, event))
		return TRUE;
	gtk_window_propagate_key_event(GTK_WINDOW(widget), event);
	return TRUE;
}

static void on_window(OsvdiWindow *window, gpointer data)
{
	struct app *app = data;

	actions_add(app, window);
	if (!app->kiosk) {
		g_autoptr(GMenuModel) menu = actions_menu(app);

		osvdi_window_set_menu(window, menu);
	}
	g_signal_connect(window, "delete-event", G_CALLBACK(on_delete), app);
	g_signal_connect(window, "key-press-event", G_CALLBACK(on_key), app);
	g_signal_connect(window, "key-release-event", G_CALLBACK(on_key), app);
}

static void on_video(OsvdiWindow *window, enum video_event event, gpointer data)
{
	struct banner banner = {
		.what = _("The desktop sends video that nothing here can decode."),
		.remedy = _("Install gstreamer1.0-libav and connect again."),
	};

	if (event == VIDEO_NO_DECODER)
		osvdi_window_set_banner(window, &banner);
}

static const struct displays_listener displays_listener = { .window = on_window, .video = on_video };

/* ---- statistics ---------------------------------------------------------- */

static char *describe(struct app *app, OsvdiWindow *window)
{
	struct stats_summary s;
	g_autoptr(GString) text = g_string_new(NULL);

	stats_read(app->stats, osvdi_view_get_channel_id(osvdi_window_get_view(window)), &s);
	if (!s.total) {
		g_string_append(text, _("classic drawing (no video stream)"));
		return g_string_free(g_steal_pointer(&text), FALSE);
	}
	g_string_append_printf(text, "%dx%d  %s  %s → %s\n", s.width, s.height, s.codec, s.decoder, s.presenter);
	g_string_append_printf(text, _("%.1f pictures/s, %.1f dropped, %.2f Mbit/s\n"), s.fps, s.dropped_fps, s.kbps / 1e3);
	g_string_append_printf(text, _("decode %.1f ms, show %.1f ms\n"), s.decode_ms, s.present_ms);
	if (s.latency_ms >= 0)
		g_string_append_printf(text, _("source to screen %.1f ms\n"), s.latency_ms);
	if (app->extension)
		g_string_append_printf(text, _("%s, %.1f lossless updates/s\n"),
				s.exact ? _("pixel-exact") : _("not pixel-exact"), s.tiles_per_s);
	g_string_append_printf(text, _("extension %s, %.0f pictures, %.0f dropped"),
			app->extension ? _("yes") : _("no"), (double)s.total, (double)s.total_dropped);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static gboolean update_stats(gpointer data)
{
	struct app *app = data;
	GPtrArray *windows = app->show_stats && app->displays ? displays_get_windows(app->displays) : NULL;
	guint i;

	for (i = 0; windows && i < windows->len; i++) {
		g_autofree char *text = describe(app, windows->pdata[i]);

		osvdi_window_set_stats(windows->pdata[i], text);
	}
	return G_SOURCE_CONTINUE;
}

/* ---- life ---------------------------------------------------------------- */

static gboolean on_signal(gpointer data)
{
	app_quit(data, EXIT_SUCCESS);
	return G_SOURCE_CONTINUE;
}

static gboolean is_file(const char *argument)
{
	return g_str_equal(argument, "-") || g_str_has_suffix(argument, ".vv") || g_str_has_prefix(argument, "/dev/fd/") ||
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
	gboolean audio;

	clipboard_watch(session);
	clipboard_set_shared(session, settings_get_flag(target->label, "share-clipboard", TRUE));
	g_object_set(spice_gtk_session_get(session), "sync-modifiers", TRUE, NULL);
	g_object_get(session, "enable-audio", &audio, NULL);
	if (audio)
		spice_audio_get(session, NULL);
	usb_setup(session, app->options, target);
	g_signal_connect(session, "notify::name", G_CALLBACK(on_name), app);
}

static void print_notes(const struct target *target)
{
	guint i;

	for (i = 0; target->notes && target->notes[i]; i++)
		g_printerr("osvdi-viewer: %s\n", target->notes[i]);
}

gboolean app_open(struct app *app, struct target *target)
{
	g_autoptr(GError) error = NULL;

	print_notes(target);
	load_hotkeys(app, target);
	app->fullscreen = app->kiosk || app->options->fullscreen || target->fullscreen == TARGET_YES;
	app->resize_guest = app->options->auto_resize ? g_str_equal(app->options->auto_resize, "always") :
							 settings_get_flag(target->label, "auto-resize", TRUE);
	app->connection = connection_new(app->options, target, app->stats, &connection_listener, app, &error);
	if (!app->connection) {
		g_printerr("osvdi-viewer: %s\n", error->message);
		app_quit(app, EXIT_FAILURE);
		return FALSE;
	}
	app->displays = displays_new(app->connection, app->options, app->stats, &displays_listener, app);
	displays_set_resize_guest(app->displays, app->resize_guest);
	displays_set_fullscreen(app->displays, app->fullscreen);
	update_title(app);
	connection_open(app->connection);
	setup_session(app, target);
	return TRUE;
}

static void start(struct app *app, struct target *target);

static void on_resolved(GObject *source, GAsyncResult *result, gpointer data)
{
	g_autoptr(GError) error = NULL;
	struct target *target = broker_client_resolve_finish(result, &error);
	struct app *app = data;

	g_clear_pointer(&app->waiting_window, gtk_widget_destroy);
	if (target) {
		start(app, target);
		return;
	}
	g_printerr("osvdi-viewer: %s\n", error->message);
	app_ui_start_failure(app, _("The desktop was not found."), error->message);
}

/* Takes the target over. */
static void start(struct app *app, struct target *target)
{
	if (target->kind != TARGET_NAME) {
		app_open(app, target);
		return;
	}
	app->waiting_window = app_ui_waiting(app, target->label);
	broker_client_resolve_async(app->options->broker, target->name, NULL, on_resolved, app);
	target_free(target);
}

/* Only what holds no secret is remembered, and only once it was reached. */
static void note_recent(struct app *app, const char *argument, const struct target *target)
{
	gboolean plain = target->kind == TARGET_TCP || target->kind == TARGET_UNIX;

	if (target->kind == TARGET_NAME || (plain && !target->password && strstr(argument, "://") && !strchr(argument, '@'))) {
		g_free(app->recent);
		app->recent = g_strdup(argument);
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

static void end_session(struct app *app)
{
	if (app->usb_dialog)
		gtk_widget_destroy(app->usb_dialog);
	if (app->connection) {
		g_signal_handlers_disconnect_by_data(connection_get_session(app->connection), app);
		connection_close_quietly(app->connection);
	}
	g_clear_pointer(&app->displays, displays_free);
	g_clear_pointer(&app->connection, connection_free);
}

void app_back(struct app *app)
{
	end_session(app);
	chooser_show(app->options->broker, on_chosen, app);
}

/* Once the main loop runs: a file descriptor, an argument, or the chooser. */
static gboolean begin(gpointer data)
{
	struct app *app = data;
	g_autoptr(GError) error = NULL;
	struct target *target;

	if (app->options->vv_fd < 0 && !app->options->argument) {
		chooser_show(app->options->broker, on_chosen, app);
	} else if (app->options->vv_fd < 0) {
		start_argument(app, app->options->argument);
	} else if ((target = vv_read_fd(app->options->vv_fd, &error))) {
		start(app, target);
	} else {
		g_printerr("osvdi-viewer: %s\n", error->message);
		app_ui_start_failure(app, _("This cannot be opened."), error->message);
	}
	/* Not before: a file may be a pipe to which nobody writes. */
	g_unix_signal_add(SIGTERM, on_signal, app);
	g_unix_signal_add(SIGINT, on_signal, app);
	return G_SOURCE_REMOVE;
}

static void finish(struct app *app)
{
	settings_flush();
	sleep_watch_free(app->sleep_watch);
	g_clear_handle_id(&app->stats_timer, g_source_remove);
	end_session(app);
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
	app->kiosk = options->kiosk;
	app->show_stats = options->stats_overlay;
	app->loop = g_main_loop_new(NULL, FALSE);
	app->stats = stats_new(options->stats_file, &error);
	if (!app->stats)
		return fail_start(app, error->message);
	stats_event(app->stats, "start");
	if (options->keymap && !(app->keymap = keymap_parse(options->keymap, &error)))
		return fail_start(app, error->message);
	g_idle_add_full(G_PRIORITY_HIGH, begin, app, NULL);
	app->stats_timer = g_timeout_add(1000, update_stats, app);
	app->sleep_watch = sleep_watch_new(on_awake, app);
	g_main_loop_run(app->loop);
	finish(app);
	return app->status;
}
