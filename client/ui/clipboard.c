/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "ui/clipboard.h"

#include <spice/vd_agent.h>

/* Names of data of the session: whether this direction is open. */
#define OUT "osvdi-clipboard-out"
#define IN "osvdi-clipboard-in"

static const struct {
	guint selection;
	const char *atom;
} selections[] = {
	{ VD_AGENT_CLIPBOARD_SELECTION_CLIPBOARD, "CLIPBOARD" },
	{ VD_AGENT_CLIPBOARD_SELECTION_PRIMARY, "PRIMARY" },
};

static gboolean is_shared(SpiceSession *session, const char *way)
{
	return GPOINTER_TO_INT(g_object_get_data(G_OBJECT(session), way));
}

/* Runs before spice-gtk's own handler, which answers without looking at the switch. */
static gboolean on_request(
		SpiceMainChannel *main, guint selection, guint type, SpiceSession *session)
{
	if (is_shared(session, OUT))
		return FALSE;
	g_info("The desktop asked for the clipboard, which is not shared");
	g_signal_stop_emission_by_name(main, "main-clipboard-selection-request");
	spice_main_channel_clipboard_selection_notify(
			main, selection, VD_AGENT_CLIPBOARD_NONE, NULL, 0);
	return TRUE;
}

/* The desktop offers its clipboard. */
static gboolean on_offer(SpiceMainChannel *main, guint selection, gpointer types, guint n,
		SpiceSession *session)
{
	if (is_shared(session, IN))
		return FALSE;
	g_signal_stop_emission_by_name(main, "main-clipboard-selection-grab");
	return TRUE;
}

/* Otherwise our clipboard would be offered to the desktop and replace the desktop's. */
static void on_owner(GtkClipboard *clipboard, GdkEvent *event, SpiceSession *session)
{
	if (!is_shared(session, OUT))
		g_signal_stop_emission_by_name(clipboard, "owner-change");
}

static void on_channel(SpiceSession *session, SpiceChannel *channel, gpointer data)
{
	if (!SPICE_IS_MAIN_CHANNEL(channel))
		return;
	g_signal_connect_object(channel, "main-clipboard-selection-request", G_CALLBACK(on_request),
			session, 0);
	g_signal_connect_object(
			channel, "main-clipboard-selection-grab", G_CALLBACK(on_offer), session, 0);
}

void clipboard_watch(SpiceSession *session)
{
	GList *channels = spice_session_get_channels(session), *l;
	guint i;

	for (i = 0; i < G_N_ELEMENTS(selections); i++)
		g_signal_connect_object(
				gtk_clipboard_get(gdk_atom_intern(selections[i].atom, FALSE)),
				"owner-change", G_CALLBACK(on_owner), session, 0);
	for (l = channels; l; l = l->next)
		on_channel(session, l->data, NULL);
	g_list_free(channels);
	g_signal_connect(session, "channel-new", G_CALLBACK(on_channel), NULL);
}

static void withdraw_from_desktop(SpiceMainChannel *main)
{
	guint i;

	for (i = 0; i < G_N_ELEMENTS(selections); i++)
		spice_main_channel_clipboard_selection_release(main, selections[i].selection);
}

static void withdraw_from_here(SpiceSession *session)
{
	GObject *owner = G_OBJECT(spice_gtk_session_get(session));
	guint i;

	for (i = 0; i < G_N_ELEMENTS(selections); i++) {
		GtkClipboard *clipboard = gtk_clipboard_get(
				gdk_atom_intern(selections[i].atom, FALSE));

		if (gtk_clipboard_get_owner(clipboard) == owner)
			gtk_clipboard_clear(clipboard);
	}
}

static void withdraw_from_desktops(SpiceSession *session)
{
	GList *channels = spice_session_get_channels(session), *l;

	for (l = channels; l; l = l->next)
		if (SPICE_IS_MAIN_CHANNEL(l->data) &&
				spice_main_channel_agent_test_capability(
						l->data, VD_AGENT_CAP_CLIPBOARD_BY_DEMAND))
			withdraw_from_desktop(l->data);
	g_list_free(channels);
}

void clipboard_set_shared(SpiceSession *session, gboolean out, gboolean in)
{
	g_object_set_data(G_OBJECT(session), OUT, GINT_TO_POINTER(out));
	g_object_set_data(G_OBJECT(session), IN, GINT_TO_POINTER(in));
	g_object_set(spice_gtk_session_get(session), "auto-clipboard", out || in, NULL);
	if (!in)
		withdraw_from_here(session);
	if (!out)
		withdraw_from_desktops(session);
}
