/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "app/app-internal.h"
#include "ui/clipboard.h"
#include "ui/preferences.h"
#include "ui/settings.h"

static const char *desktop_of(struct app *app)
{
	return connection_get_target(app->connection)->key;
}

/* The menu's switch closes both directions; each preference closes one. */
void app_apply_clipboard(struct app *app)
{
	gboolean shared = settings_get_flag(desktop_of(app), "share-clipboard", TRUE);

	clipboard_set_shared(connection_get_session(app->connection),
			shared && preference_get(desktop_of(app), PREFERENCE_CLIPBOARD_OUT),
			shared && preference_get(desktop_of(app), PREFERENCE_CLIPBOARD_IN));
}

void app_share_clipboard(struct app *app, gboolean shared)
{
	settings_set_flag(desktop_of(app), "share-clipboard", shared);
	app_apply_clipboard(app);
}

gboolean app_shares_clipboard(struct app *app)
{
	return settings_get_flag(desktop_of(app), "share-clipboard", TRUE);
}

/* The command line overrides the preference. */
void app_apply_locks(struct app *app)
{
	const char *option = app->options->sync_locks;
	gboolean sync = option ? g_str_equal(option, "always") :
				 preference_get(desktop_of(app), PREFERENCE_SYNC_LOCKS);

	g_object_set(spice_gtk_session_get(connection_get_session(app->connection)),
			"sync-modifiers", sync, NULL);
}

static void apply_sound(struct app *app)
{
	SpiceSession *session = connection_get_session(app->connection);
	gboolean wanted;

	if (!preference_get(desktop_of(app), PREFERENCE_SOUND))
		g_object_set(session, "enable-audio", FALSE, NULL);
	g_object_get(session, "enable-audio", &wanted, NULL);
	if (wanted)
		spice_audio_get(session, NULL);
}

void app_apply_preferences(struct app *app)
{
	app_apply_clipboard(app);
	app_apply_locks(app);
	apply_sound(app);
}
