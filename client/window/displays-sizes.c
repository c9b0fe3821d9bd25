/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "window/displays-internal.h"

/* A window that is being dragged changes its size all the time; the guest gets the last. */
#define RESIZE_AFTER_MS 250

struct head *displays_head_of(OsvdiWindow *window)
{
	return g_object_get_data(G_OBJECT(window), "osvdi-head");
}

int displays_agent_id(const struct head *head)
{
	return head->channel == 0 && head->monitor > 0 ? head->monitor : head->channel;
}

static void note_wish(struct osvdi_monitors *wish, const struct head *head, int width, int height)
{
	if (head->channel < 0 || head->channel >= (int)OSVDI_MONITORS_MAX)
		return;
	wish->n = MAX(wish->n, (guint32)head->channel + 1);
	wish->sizes[head->channel].width = (guint32)width;
	wish->sizes[head->channel].height = (guint32)height;
}

/* The size that the guest is told for a display; FALSE: none. */
static gboolean wanted_size(OsvdiWindow *window, int *width, int *height)
{
	int zoom = osvdi_window_get_zoom(window);

	if (!gtk_widget_get_visible(GTK_WIDGET(window)))
		return FALSE;
	if (!osvdi_window_wants_guest(window))
		return osvdi_view_get_guest_size(osvdi_window_get_view(window), width, height);
	osvdi_window_get_place(window, width, height);
	if (zoom) {
		*width = *width * 100 / zoom;
		*height = *height * 100 / zoom;
	}
	*width &= ~1; /* 4:2:0 video needs even sizes */
	*height &= ~1;
	return *width >= 64 && *height >= 64;
}

/* Whether any window wants the guest to follow it. If not, the guest is told nothing:
 * otherwise a machine that starts would be asked for the size of its boot screen. */
static gboolean any_wants(struct displays *displays)
{
	guint i;

	for (i = 0; i < displays->windows->len; i++) {
		OsvdiWindow *window = displays->windows->pdata[i];

		if (gtk_widget_get_visible(GTK_WIDGET(window)) && osvdi_window_wants_guest(window))
			return TRUE;
	}
	return FALSE;
}

static gboolean agent_is_there(SpiceMainChannel *main)
{
	gboolean there = FALSE;

	if (main)
		g_object_get(main, "agent-connected", &there, NULL);
	return there;
}

static void tell_agent(struct displays *displays, const struct head *head, gboolean shown,
		int width, int height)
{
	SpiceMainChannel *main = connection_get_main(displays->connection);

	spice_main_channel_update_display_enabled(main, displays_agent_id(head), shown, FALSE);
	if (shown)
		spice_main_channel_update_display(
				main, displays_agent_id(head), 0, 0, width, height, FALSE);
}

void displays_tell_sizes(struct displays *displays)
{
	SpiceMainChannel *main = connection_get_main(displays->connection);
	struct ext_port *port = connection_get_port(displays->connection);
	gboolean changed = FALSE, agent = agent_is_there(main);
	struct osvdi_monitors wish = { 0 };
	guint i;

	for (i = 0; (agent || ext_port_is_ready(port)) && i < displays->windows->len; i++) {
		OsvdiWindow *window = displays->windows->pdata[i];
		struct head *head = displays_head_of(window);
		int width = 0, height = 0;
		gboolean shown = wanted_size(window, &width, &height);

		if (!shown && !head->hidden)
			continue;
		note_wish(&wish, head, shown ? width : 0, shown ? height : 0);
		if (agent)
			tell_agent(displays, head, shown, width, height);
		if (shown)
			osvdi_window_guest_follows(window);
		changed |= width != head->sent_width || height != head->sent_height;
		head->sent_width = width;
		head->sent_height = height;
	}
	if (changed && agent)
		spice_main_channel_send_monitor_config(main);
	/* An agent that does not know the message (spice-vdagent 0.22) changes nothing. */
	if (ext_port_is_ready(port) && memcmp(&wish, &displays->told, sizeof wish) != 0) {
		ext_port_send_monitors(port, &wish);
		displays->told = wish;
	}
}

static gboolean send_sizes(gpointer data)
{
	struct displays *displays = data;

	displays->resize_timer = 0;
	if (any_wants(displays))
		displays_tell_sizes(displays);
	return G_SOURCE_REMOVE;
}

void displays_schedule_sizes(struct displays *displays)
{
	if (!displays->resize_guest)
		return;
	g_clear_handle_id(&displays->resize_timer, g_source_remove);
	displays->resize_timer = g_timeout_add(RESIZE_AFTER_MS, send_sizes, displays);
}
