/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "app/app-internal.h"
#include "ui/dialogs.h"
#include "window/keymap.h"

#include <glib/gi18n.h>

static gboolean on_delete(GtkWidget *widget, GdkEvent *event, struct app *app)
{
	OsvdiWindow *window = OSVDI_WINDOW(widget);

	if (app->kiosk)
		return TRUE;
	if (!displays_close(app->displays, window))
		connection_close(app->connection);
	return TRUE;
}

/* Takes keys before GTK does, because keys typed at a desktop belong to the desktop. */
static gboolean on_key(GtkWidget *widget, GdkEventKey *event, struct app *app)
{
	OsvdiWindow *window = OSVDI_WINDOW(widget);
	GtkWidget *focus = gtk_window_get_focus(GTK_WINDOW(widget));
	const char *hotkey = event->type == GDK_KEY_PRESS ? hotkeys_find(app->hotkeys, event) :
							    NULL;

	if (app->options->debug)
		g_debug("Key %s keycode=0x%x gdk_keyname=%s",
				event->type == GDK_KEY_PRESS ? "press" : "release", event->keyval,
				gdk_keyval_name(event->keyval));
	if (hotkey) {
		actions_run(app, window, hotkey);
		return TRUE;
	}
	if (!focus || !SPICE_IS_DISPLAY(focus))
		return FALSE;
	if (keymap_send(app->keymap, SPICE_DISPLAY(focus), event))
		return TRUE;
	gtk_window_propagate_key_event(GTK_WINDOW(widget), event);
	return TRUE;
}

static gboolean show_notes(gpointer data)
{
	struct app *app = data;
	const struct target *target = connection_get_target(app->connection);
	OsvdiWindow *window = displays_get_first(app->displays);
	g_autofree char *text = g_strjoinv("\n", target->notes);

	dialog_message(window ? GTK_WINDOW(window) : NULL, GTK_MESSAGE_WARNING,
			_("Parts of the connection file are ignored."), text);
	return G_SOURCE_REMOVE;
}

/* Shows the notes in a dialog too, because the user may have no terminal. Waits for the
 * window. */
static void show_notes_soon(struct app *app)
{
	const struct target *target = connection_get_target(app->connection);

	if (app->notes_shown || app->kiosk || !target->notes || !target->notes[0])
		return;
	app->notes_shown = TRUE;
	g_idle_add(show_notes, app);
}

static void on_window(OsvdiWindow *window, gpointer data)
{
	struct app *app = data;

	show_notes_soon(app);

	waiting_end(app->waiting);
	actions_add(app, window);
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

const struct displays_listener app_displays_listener = { .window = on_window, .video = on_video };
