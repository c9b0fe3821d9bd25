/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "displays.h"
#include "settings.h"

/* A window being dragged sends sizes all the time; the guest gets the last. */
#define RESIZE_AFTER_MS 250

struct displays {
	struct connection *connection;
	const struct options *options;
	struct stats *stats;
	const struct displays_listener *listener;
	gpointer data;
	GPtrArray *windows;
	char *title;
	gboolean fullscreen, resize_guest;
	guint resize_timer;
	struct osvdi_monitors told; /* over the extension port */
};

/* A guest display: heads of one channel count after channels. */
struct head {
	struct displays *displays;
	int channel, monitor; /* -1: the whole channel */
	int sent_width, sent_height;
};

static struct head *head_of(OsvdiWindow *window)
{
	return g_object_get_data(G_OBJECT(window), "osvdi-head");
}

static OsvdiWindow *find(struct displays *displays, int channel, int monitor)
{
	guint i;

	for (i = 0; i < displays->windows->len; i++) {
		struct head *head = head_of(displays->windows->pdata[i]);

		if (head->channel == channel && (head->monitor == monitor || (monitor <= 0 && head->monitor <= 0)))
			return displays->windows->pdata[i];
	}
	return NULL;
}

/* ---- the guest follows the windows --------------------------------------- */

/* The number by which the agent knows a display. */
static int agent_id(const struct head *head)
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

static gboolean send_sizes(gpointer data)
{
	struct displays *displays = data;
	SpiceMainChannel *main = connection_get_main(displays->connection);
	struct port *port = connection_get_port(displays->connection);
	gboolean changed = FALSE, agent = FALSE;
	struct osvdi_monitors wish = { 0 };
	guint i;

	displays->resize_timer = 0;
	if (main)
		g_object_get(main, "agent-connected", &agent, NULL);
	for (i = 0; (agent || port_is_ready(port)) && i < displays->windows->len; i++) {
		OsvdiWindow *window = displays->windows->pdata[i];
		struct head *head = head_of(window);
		int width, height, zoom = osvdi_window_get_zoom(window);

		if (!gtk_widget_get_visible(GTK_WIDGET(window)))
			continue;
		osvdi_window_get_place(window, &width, &height);
		if (zoom) {
			width = width * 100 / zoom;
			height = height * 100 / zoom;
		}
		width &= ~1; /* 4:2:0 video */
		height &= ~1;
		if (width < 64 || height < 64)
			continue;
		note_wish(&wish, head, width, height);
		if (agent) {
			spice_main_channel_update_display_enabled(main, agent_id(head), TRUE, FALSE);
			spice_main_channel_update_display(main, agent_id(head), 0, 0, width, height, FALSE);
		}
		changed |= width != head->sent_width || height != head->sent_height;
		head->sent_width = width;
		head->sent_height = height;
	}
	if (changed && agent)
		spice_main_channel_send_monitor_config(main);
	/* An agent that does not understand it (spice-vdagent 0.22) leaves the guest as it is. */
	if (port_is_ready(port) && memcmp(&wish, &displays->told, sizeof wish) != 0) {
		port_send_monitors(port, &wish);
		displays->told = wish;
	}
	return G_SOURCE_REMOVE;
}

static void schedule_sizes(struct displays *displays)
{
	if (!displays->resize_guest)
		return;
	g_clear_handle_id(&displays->resize_timer, g_source_remove);
	displays->resize_timer = g_timeout_add(RESIZE_AFTER_MS, send_sizes, displays);
}

static void on_allocate(GtkWidget *widget, GtkAllocation *allocation, struct displays *displays)
{
	schedule_sizes(displays);
}

void displays_extension_came(struct displays *displays)
{
	memset(&displays->told, 0, sizeof displays->told);
	schedule_sizes(displays);
}

void displays_agent_changed(struct displays *displays)
{
	schedule_sizes(displays);
}

/* ---- windows ------------------------------------------------------------- */

static gboolean on_configure(OsvdiWindow *window, GdkEvent *event, struct displays *displays)
{
	int x, y, width, height;

	if (osvdi_window_is_fullscreen(window) || !gtk_widget_get_visible(GTK_WIDGET(window)))
		return FALSE;
	gtk_window_get_position(GTK_WINDOW(window), &x, &y);
	gtk_window_get_size(GTK_WINDOW(window), &width, &height);
	settings_remember_place(connection_get_target(displays->connection)->key,
			osvdi_window_get_number(window), &(GdkRectangle){ x, y, width, height });
	return FALSE;
}

static void restore_place(struct displays *displays, OsvdiWindow *window)
{
	const char *key = connection_get_target(displays->connection)->key;
	GdkRectangle place;

	if (settings_recall_place(key, osvdi_window_get_number(window), &place))
		osvdi_window_set_place(window, &place);
}

static int monitor_for(struct displays *displays, OsvdiWindow *window)
{
	int number = osvdi_window_get_number(window);
	int mapped = settings_get_monitor(connection_get_target(displays->connection)->key, number);
	int n = gdk_display_get_n_monitors(gtk_widget_get_display(GTK_WIDGET(window)));

	if (mapped >= 0 && mapped < n)
		return mapped;
	return displays->windows->len > 1 && number <= n ? number - 1 : -1;
}

static void on_video_event(OsvdiView *view, int event, OsvdiWindow *window)
{
	struct displays *displays = head_of(window)->displays;

	displays->listener->video(window, (enum video_event)event, displays->data);
}

static void add_window(struct displays *displays, SpiceDisplayChannel *channel, int id, int monitor)
{
	OsvdiView *view = osvdi_view_new(displays->connection, displays->options, displays->stats, channel, id, monitor);
	struct head *head = g_new0(struct head, 1);
	OsvdiWindow *window;

	*head = (struct head){ .displays = displays, .channel = id, .monitor = monitor };
	/* Not in the order in which they come: places and monitors go by the number. */
	window = osvdi_window_new(displays->options, view, agent_id(head) + 1);
	osvdi_view_get_guest_size(view, &head->sent_width, &head->sent_height);
	g_object_set_data_full(G_OBJECT(window), "osvdi-head", head, g_free);
	g_ptr_array_add(displays->windows, window);
	osvdi_window_set_name(window, displays->title);
	g_signal_connect(view, "video-event", G_CALLBACK(on_video_event), window);
	g_signal_connect_after(view, "size-allocate", G_CALLBACK(on_allocate), displays);
	g_signal_connect(window, "configure-event", G_CALLBACK(on_configure), displays);
	displays->listener->window(window, displays->data);
	if (displays->fullscreen)
		osvdi_window_set_fullscreen(window, TRUE, monitor_for(displays, window));
	/* The only one may be on any monitor; with a second it goes to its own. */
	if (displays->fullscreen && displays->windows->len == 2)
		osvdi_window_set_fullscreen(displays->windows->pdata[0], TRUE,
				monitor_for(displays, displays->windows->pdata[0]));
	if (!displays->fullscreen)
		restore_place(displays, window);
	gtk_widget_show(GTK_WIDGET(window));
	gtk_widget_grab_focus(GTK_WIDGET(osvdi_view_get_display(view)));
	schedule_sizes(displays);
}

/* Further monitors of a classic display channel. */
static void on_monitors(SpiceDisplayChannel *channel, GParamSpec *pspec, struct displays *displays)
{
	g_autoptr(GArray) monitors = NULL;
	int id;
	guint i;

	g_object_get(channel, "monitors", &monitors, "channel-id", &id, NULL);
	for (i = 0; monitors && i < monitors->len; i++) {
		const SpiceDisplayMonitorConfig *m = &g_array_index(monitors, SpiceDisplayMonitorConfig, i);
		OsvdiWindow *window = find(displays, id, (int)m->id);

		if (!m->width || !m->height)
			continue;
		if (!window)
			add_window(displays, channel, id, (int)m->id);
	}
}

/* A display that has no picture yet may never get one: no window for it. */
static void on_first_surface(SpiceDisplayChannel *channel, int format, int width, int height, int stride,
		int shmid, gpointer pixels, struct displays *displays)
{
	int id;

	g_object_get(channel, "channel-id", &id, NULL);
	if (!find(displays, id, -1))
		add_window(displays, channel, id, 0);
}

static void attach(struct displays *displays, SpiceDisplayChannel *channel, int id)
{
	guint i;

	for (i = 0; i < displays->windows->len; i++)
		if (head_of(displays->windows->pdata[i])->channel == id)
			osvdi_view_attach(osvdi_window_get_view(displays->windows->pdata[i]), channel);
}

void displays_add_channel(struct displays *displays, SpiceDisplayChannel *channel, int id)
{
	if (find(displays, id, -1))
		attach(displays, channel, id);
	g_signal_connect(channel, "display-primary-create", G_CALLBACK(on_first_surface), displays);
	g_signal_connect(channel, "notify::monitors", G_CALLBACK(on_monitors), displays);
	spice_channel_connect(SPICE_CHANNEL(channel));
}

/* ---- public -------------------------------------------------------------- */

struct displays *displays_new(struct connection *connection, const struct options *options,
		struct stats *stats, const struct displays_listener *listener, gpointer data)
{
	struct displays *displays = g_new0(struct displays, 1);

	displays->connection = connection;
	displays->options = options;
	displays->stats = stats;
	displays->listener = listener;
	displays->data = data;
	displays->windows = g_ptr_array_new();
	displays->title = g_strdup("");
	displays->resize_guest = TRUE;
	return displays;
}

void displays_free(struct displays *displays)
{
	GList *channels, *l;
	guint i;

	if (!displays)
		return;
	g_clear_handle_id(&displays->resize_timer, g_source_remove);
	channels = spice_session_get_channels(connection_get_session(displays->connection));
	for (l = channels; l; l = l->next)
		g_signal_handlers_disconnect_by_data(l->data, displays);
	g_list_free(channels);
	for (i = 0; i < displays->windows->len; i++)
		gtk_widget_destroy(displays->windows->pdata[i]);
	g_ptr_array_unref(displays->windows);
	g_free(displays->title);
	g_free(displays);
}

void displays_freeze(struct displays *displays, const struct banner *banner)
{
	guint i;

	for (i = 0; i < displays->windows->len; i++) {
		OsvdiWindow *window = displays->windows->pdata[i];

		osvdi_view_freeze(osvdi_window_get_view(window));
		osvdi_window_set_banner(window, banner);
		head_of(window)->sent_width = 0;
	}
}

void displays_set_banner(struct displays *displays, const struct banner *banner)
{
	guint i;

	for (i = 0; i < displays->windows->len; i++)
		osvdi_window_set_banner(displays->windows->pdata[i], banner);
}

void displays_thaw(struct displays *displays)
{
	displays_set_banner(displays, NULL);
	schedule_sizes(displays);
}

GPtrArray *displays_get_windows(struct displays *displays)
{
	return displays->windows;
}

OsvdiWindow *displays_get_first(struct displays *displays)
{
	return displays->windows->len ? displays->windows->pdata[0] : NULL;
}

void displays_set_title(struct displays *displays, const char *title)
{
	guint i;

	g_free(displays->title);
	displays->title = g_strdup(title);
	for (i = 0; i < displays->windows->len; i++)
		osvdi_window_set_name(displays->windows->pdata[i], title);
}

void displays_set_fullscreen(struct displays *displays, gboolean fullscreen)
{
	guint i;

	displays->fullscreen = fullscreen;
	for (i = 0; i < displays->windows->len; i++) {
		OsvdiWindow *window = displays->windows->pdata[i];

		osvdi_window_set_fullscreen(window, fullscreen, fullscreen ? monitor_for(displays, window) : -1);
	}
}

void displays_set_resize_guest(struct displays *displays, gboolean resize)
{
	displays->resize_guest = resize;
	schedule_sizes(displays);
}

void displays_set_enabled(struct displays *displays, int number, gboolean enabled)
{
	SpiceMainChannel *main = connection_get_main(displays->connection);
	guint i;

	for (i = 0; i < displays->windows->len; i++) {
		OsvdiWindow *window = displays->windows->pdata[i];

		if (osvdi_window_get_number(window) != number)
			continue;
		gtk_widget_set_visible(GTK_WIDGET(window), enabled);
		if (main)
			spice_main_channel_update_display_enabled(main, agent_id(head_of(window)), enabled, TRUE);
	}
}
