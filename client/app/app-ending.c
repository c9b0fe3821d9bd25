/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "app/app-internal.h"
#include "session/ending.h"

#include <glib/gi18n.h>

#define LOOK_S 5

/* The banner takes neither the focus nor a key: the user is at work. */
static void warn(struct app *app, gint64 ends)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(ends);
	g_autofree char *clock = time ? g_date_time_format(time, "%R") : NULL;
	g_autofree char *what = app->ending == ENDING_OVER ?
			g_strdup(_("The time for this desktop is over.")) :
			g_strdup_printf(_("This desktop is yours until %s."), clock ? clock : "?");
	struct banner banner = {
		.what = what,
		.remedy = app->ending == ENDING_OVER ?
				_("Save your work now. The desktop can be taken away at any "
						"moment.") :
				_("Save your work before that. The desktop is taken away then."),
		.button = _("_All right"),
		.action = "win.dismiss",
	};

	g_printerr("osvdi-viewer: %s\n", what);
	displays_set_banner(app->displays, &banner);
}

/* The clock may jump, and the machine may sleep: look at the time itself. */
static gboolean look(gpointer data)
{
	struct app *app = data;
	const struct target *target;
	enum ending_stage ending;

	if (!app->connected || !app->displays || !displays_get_first(app->displays))
		return G_SOURCE_CONTINUE;
	target = connection_get_target(app->connection);
	ending = ending_at(target->ends, g_get_real_time() / G_USEC_PER_SEC);
	if (ending != app->ending) {
		app->ending = ending;
		if (ending != ENDING_FAR)
			warn(app, target->ends);
	}
	return G_SOURCE_CONTINUE;
}

void app_ending_start(struct app *app)
{
	app->ending_timer = g_timeout_add_seconds(LOOK_S, look, app);
}

void app_ending_stop(struct app *app)
{
	g_clear_handle_id(&app->ending_timer, g_source_remove);
}
