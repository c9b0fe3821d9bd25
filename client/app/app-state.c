/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "app/app-internal.h"
#include "ui/settings.h"

#include <glib/gi18n.h>
#include <stdlib.h>

/* Shows the connection's state to the user. */

static void print_failure(const struct failure *failure)
{
	g_printerr("osvdi-viewer: %s %s %s\n", failure->what, failure->why ? failure->why : "",
			failure->remedy ? failure->remedy : "");
}

static gboolean quits_on_disconnect(const struct app *app)
{
	return app->kiosk && g_strcmp0(app->options->kiosk_quit, "on-disconnect") == 0;
}

static void end(struct app *app, const struct failure *failure)
{
	if (!failure) {
		app_quit(app, EXIT_SUCCESS);
		return;
	}
	print_failure(failure);
	if (app->options->no_reconnect ||
			g_strcmp0(app->options->kiosk_quit, "on-disconnect") == 0) {
		app_quit(app, EXIT_FAILURE);
		return;
	}
	displays_freeze(app->displays, &(struct banner){ .what = failure->what });
	app_ui_failure(app, failure);
}

/* Shows a banner over the last picture. In a kiosk the user cannot close the viewer. */
static void freeze(struct app *app, struct banner *banner)
{
	banner->takes_keys = TRUE;
	if (!app->kiosk) {
		banner->other_button = _("_Close");
		banner->other_action = "win.quit";
	}
	displays_freeze(app->displays, banner);
}

/* Shows that the viewer tries to connect again. */
static void show_break(struct app *app, const struct failure *failure)
{
	g_autofree char *remedy = failure && failure->remedy ?
			g_strdup_printf("%s\n%s", failure->remedy, _("Connecting again…")) : NULL;
	struct banner banner = {
		.what = failure ? failure->what : _("Connecting again…"),
		.remedy = remedy ? remedy : failure ? _("Connecting again…") : NULL,
		.button = _("_Try again"),
		.action = "win.retry",
	};

	freeze(app, &banner);
}

/* Shows that the viewer waits for the user. */
static void show_rest(struct app *app, const struct failure *failure, const char *button)
{
	g_autofree char *text = g_strjoin("\n", failure->why ? failure->why : "",
			failure->remedy ? failure->remedy : "", NULL);
	struct banner banner = { .what = failure->what,
		.remedy = g_strstrip(text),
		.button = button,
		.action = "win.retry" };

	print_failure(failure);
	waiting_end(app->waiting);
	if (quits_on_disconnect(app)) {
		app_quit(app, EXIT_SUCCESS);
		return;
	}
	/* A session that ended before its first picture has no window. */
	if (displays_get_first(app->displays))
		freeze(app, &banner);
	else
		app_ui_failure(app, failure);
}

static void connected(struct app *app)
{
	app_say_waiting(app, g_strdup_printf(_("Waiting for the picture of %s…"), app->title));
	waiting_answered(app->waiting);
	if (app->recent)
		settings_add_recent(app->recent);
	g_clear_pointer(&app->recent, g_free);
	displays_thaw(app->displays);
}

void app_state_changed(enum connection_state state, const struct failure *failure, gpointer data)
{
	struct app *app = data;
	gboolean by_name = connection_get_target(app->connection)->resolve_name != NULL;

	app->connected = state == CONNECTION_CONNECTED;
	switch (state) {
	case CONNECTION_CONNECTING:
		app_say_waiting(app, g_strdup_printf(_("Connecting to %s…"), app->title));
		break;
	case CONNECTION_CONNECTED:
		connected(app);
		break;
	case CONNECTION_RECONNECTING:
		if (quits_on_disconnect(app)) {
			app_quit(app, EXIT_SUCCESS);
			break;
		}
		app_say_waiting(app,
				g_strdup_printf("%s\n%s", failure ? failure->what : "",
						_("Connecting again…")));
		show_break(app, failure);
		break;
	case CONNECTION_TAKEN:
		show_rest(app, failure, _("_Take it back"));
		break;
	case CONNECTION_LOST:
		show_rest(app, failure, by_name ? _("_Start again") : _("_Reconnect"));
		break;
	case CONNECTION_ENDED:
		waiting_end(app->waiting);
		end(app, failure);
		break;
	}
}

/* ---- channels that a session can do without ------------------------------ */

static const char *name_of(int type)
{
	switch (type) {
	case SPICE_CHANNEL_PLAYBACK:
		return _("The sound of the desktop was lost.");
	case SPICE_CHANNEL_RECORD:
		return _("The microphone was lost.");
	case SPICE_CHANNEL_USBREDIR:
		return _("The USB devices were lost.");
	case SPICE_CHANNEL_WEBDAV:
		return _("The shared folder was lost.");
	case SPICE_CHANNEL_SMARTCARD:
		return _("The smartcard was lost.");
	default:
		return NULL;
	}
}

void app_state_lost(int type, gpointer data)
{
	struct app *app = data;
	struct banner banner = {
		.what = name_of(type),
		.remedy = _("Everything else goes on. Connecting again brings it back."),
		.button = _("_Reconnect"),
		.action = "win.retry",
		.other_button = _("_Not now"),
		.other_action = "win.dismiss",
	};

	if (!banner.what)
		return;
	g_printerr("osvdi-viewer: %s\n", banner.what);
	displays_set_banner(app->displays, &banner);
}

void app_state_note(const char *text, gpointer data)
{
	struct app *app = data;
	struct banner banner = {
		.what = text,
		.remedy = _("Each time the viewer connects again by itself."),
		.button = _("_All right"),
		.action = "win.dismiss",
	};

	g_printerr("osvdi-viewer: %s\n", text);
	displays_set_banner(app->displays, &banner);
}
