/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "window/displays-internal.h"
#include "ui/settings.h"

/* A guest that changes its mode may have no monitor for a moment. */
#define GONE_AFTER_MS 500

static OsvdiWindow *find(struct displays *displays, int channel, int monitor)
{
	guint i;

	for (i = 0; i < displays->windows->len; i++) {
		struct head *head = displays_head_of(displays->windows->pdata[i]);

		if (head->channel == channel &&
				(head->monitor == monitor || (monitor <= 0 && head->monitor <= 0)))
			return displays->windows->pdata[i];
	}
	return NULL;
}

/* ---- the guest follows the windows --------------------------------------- */

static void on_allocate(GtkWidget *widget, GtkAllocation *allocation, struct displays *displays)
{
	displays_schedule_sizes(displays);
}

void displays_extension_came(struct displays *displays)
{
	memset(&displays->told, 0, sizeof displays->told);
	displays_schedule_sizes(displays);
}

void displays_agent_changed(struct displays *displays)
{
	displays_schedule_sizes(displays);
}

/* ---- windows ------------------------------------------------------------- */

static void remember_place(struct displays *displays, OsvdiWindow *window)
{
	int x, y, width = 0, height = 0;

	if (osvdi_window_is_fullscreen(window) || !gtk_widget_get_visible(GTK_WIDGET(window)))
		return;
	gtk_window_get_position(GTK_WINDOW(window), &x, &y);
	if (osvdi_window_leads(window))
		gtk_window_get_size(GTK_WINDOW(window), &width, &height);
	settings_remember_place(connection_get_target(displays->connection)->key,
			osvdi_window_get_number(window), &(GdkRectangle){ x, y, width, height });
}

static gboolean on_configure(OsvdiWindow *window, GdkEvent *event, struct displays *displays)
{
	remember_place(displays, window);
	return FALSE;
}

static void on_size_chosen(OsvdiWindow *window, struct displays *displays)
{
	remember_place(displays, window);
	displays_schedule_sizes(displays);
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
	struct displays *displays = displays_head_of(window)->displays;

	displays->listener->video(window, (enum video_event)event, displays->data);
}

/* ---- which are shown ----------------------------------------------------- */

static gboolean is_shown(OsvdiWindow *window)
{
	return !displays_head_of(window)->gone && !displays_head_of(window)->hidden;
}

static guint count_shown(struct displays *displays)
{
	guint i, n = 0;

	for (i = 0; i < displays->windows->len; i++)
		n += is_shown(displays->windows->pdata[i]);
	return n;
}

/* If the guest has no monitor at all, the first window that the user has not closed
 * stays. */
static OsvdiWindow *find_last_resort(struct displays *displays)
{
	guint i;

	for (i = 0; i < displays->windows->len; i++)
		if (!displays_head_of(displays->windows->pdata[i])->hidden)
			return displays->windows->pdata[i];
	return displays_get_first(displays);
}

static void show_windows(struct displays *displays)
{
	guint i, n = count_shown(displays);
	OsvdiWindow *only = n ? NULL : find_last_resort(displays);

	for (i = 0; i < displays->windows->len; i++) {
		OsvdiWindow *window = displays->windows->pdata[i];
		gboolean shown = is_shown(window) || window == only;

		gtk_widget_set_visible(GTK_WIDGET(window), shown);
		displays_menu_set(displays->menu, osvdi_window_get_number(window), shown,
				shown && n <= 1);
	}
}

static gboolean on_gone(gpointer data)
{
	struct displays *displays = data;

	displays->gone_timer = 0;
	show_windows(displays);
	return G_SOURCE_REMOVE;
}

static void set_gone(OsvdiWindow *window, gboolean gone)
{
	struct displays *displays = displays_head_of(window)->displays;

	if (displays_head_of(window)->gone == gone)
		return;
	displays_head_of(window)->gone = gone;
	if (!gone)
		show_windows(displays);
	else if (!displays->gone_timer)
		displays->gone_timer = g_timeout_add(GONE_AFTER_MS, on_gone, displays);
}

static void on_toggled(int number, gboolean shown, gpointer data)
{
	displays_set_enabled(data, number, shown);
}

/* ---- coming and going ---------------------------------------------------- */

static gint by_number(gconstpointer a, gconstpointer b)
{
	return osvdi_window_get_number(*(OsvdiWindow *const *)a) -
			osvdi_window_get_number(*(OsvdiWindow *const *)b);
}

static void place_window(struct displays *displays, OsvdiWindow *window)
{
	if (!displays->fullscreen) {
		restore_place(displays, window);
		return;
	}
	osvdi_window_set_fullscreen(window, TRUE, monitor_for(displays, window));
	/* A single window may be on any monitor. With a second one it goes to its own. */
	if (displays->windows->len == 2) {
		OsvdiWindow *other =
				displays->windows->pdata[displays->windows->pdata[0] == window];

		osvdi_window_set_fullscreen(other, TRUE, monitor_for(displays, other));
	}
}

static void add_window(struct displays *displays, SpiceDisplayChannel *channel, int id, int monitor)
{
	OsvdiView *view = osvdi_view_new(displays->connection, displays->options, displays->stats,
			channel, id, monitor);
	struct head *head = g_new0(struct head, 1);
	OsvdiWindow *window;

	*head = (struct head){ .displays = displays, .channel = id, .monitor = monitor };
	/* Sorts by number, not by arrival, because places and monitors depend on the number. */
	window = osvdi_window_new(displays->options, view, displays_agent_id(head) + 1);
	osvdi_view_get_guest_size(view, &head->sent_width, &head->sent_height);
	g_object_set_data_full(G_OBJECT(window), "osvdi-head", head, g_free);
	g_ptr_array_add(displays->windows, window);
	g_ptr_array_sort(displays->windows, by_number);
	osvdi_window_set_name(window, displays->title, displays->counted);
	g_signal_connect(view, "video-event", G_CALLBACK(on_video_event), window);
	g_signal_connect_after(view, "size-allocate", G_CALLBACK(on_allocate), displays);
	g_signal_connect(window, "configure-event", G_CALLBACK(on_configure), displays);
	g_signal_connect(window, "size-chosen", G_CALLBACK(on_size_chosen), displays);
	gtk_widget_insert_action_group(
			GTK_WIDGET(window), "displays", displays_menu_get_actions(displays->menu));
	displays->listener->window(window, displays->data);
	place_window(displays, window);
	show_windows(displays);
	gtk_widget_grab_focus(GTK_WIDGET(osvdi_view_get_display(view)));
	displays_schedule_sizes(displays);
}

static gboolean has_monitor(const GArray *monitors, int id)
{
	guint i;

	for (i = 0; monitors && i < monitors->len; i++) {
		const SpiceDisplayMonitorConfig *m = &g_array_index(
				monitors, SpiceDisplayMonitorConfig, i);

		if ((int)m->id == id && m->width && m->height)
			return TRUE;
	}
	return FALSE;
}

/* Adds windows for new monitors of a classic display channel, and marks monitors that are
 * gone. */
static void on_monitors(SpiceDisplayChannel *channel, GParamSpec *pspec, struct displays *displays)
{
	g_autoptr(GArray) monitors = NULL;
	int id;
	guint i;

	g_object_get(channel, "monitors", &monitors, "channel-id", &id, NULL);
	for (i = 0; monitors && i < monitors->len; i++) {
		const SpiceDisplayMonitorConfig *m = &g_array_index(
				monitors, SpiceDisplayMonitorConfig, i);

		if (m->width && m->height && !find(displays, id, (int)m->id))
			add_window(displays, channel, id, (int)m->id);
	}
	for (i = 0; i < displays->windows->len; i++) {
		struct head *head = displays_head_of(displays->windows->pdata[i]);

		if (head->channel == id)
			set_gone(displays->windows->pdata[i],
					!has_monitor(monitors, MAX(head->monitor, 0)));
	}
}

static gboolean has_channel(struct displays *displays, int id)
{
	GList *channels = spice_session_get_channels(connection_get_session(displays->connection)),
	      *l;
	gboolean found = FALSE;
	int this_id;

	for (l = channels; l && !found; l = l->next) {
		if (!SPICE_IS_DISPLAY_CHANNEL(l->data))
			continue;
		g_object_get(l->data, "channel-id", &this_id, NULL);
		found = this_id == id;
	}
	g_list_free(channels);
	return found;
}

/* After a reconnect the server may have fewer displays. By now all its channels are known. */
static void forget_channels(struct displays *displays)
{
	guint i;

	for (i = 0; i < displays->windows->len; i++)
		if (!has_channel(displays, displays_head_of(displays->windows->pdata[i])->channel))
			set_gone(displays->windows->pdata[i], TRUE);
}

/* Adds the window only now: a display without a picture may never get one. */
static void on_first_surface(SpiceDisplayChannel *channel, int format, int width, int height,
		int stride, int shmid, gpointer pixels, struct displays *displays)
{
	OsvdiWindow *window;
	int id;

	g_object_get(channel, "channel-id", &id, NULL);
	window = find(displays, id, -1);
	if (window)
		set_gone(window, FALSE);
	else
		add_window(displays, channel, id, 0);
	forget_channels(displays);
}

static void attach(struct displays *displays, SpiceDisplayChannel *channel, int id)
{
	guint i;

	for (i = 0; i < displays->windows->len; i++)
		if (displays_head_of(displays->windows->pdata[i])->channel == id)
			osvdi_view_attach(osvdi_window_get_view(displays->windows->pdata[i]),
					channel);
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
	displays->menu = displays_menu_new(on_toggled, displays);
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
	g_clear_handle_id(&displays->gone_timer, g_source_remove);
	channels = spice_session_get_channels(connection_get_session(displays->connection));
	for (l = channels; l; l = l->next)
		g_signal_handlers_disconnect_by_data(l->data, displays);
	g_list_free(channels);
	for (i = 0; i < displays->windows->len; i++)
		gtk_widget_destroy(displays->windows->pdata[i]);
	g_ptr_array_unref(displays->windows);
	displays_menu_free(displays->menu);
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
		displays_head_of(window)->sent_width = 0;
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
	displays_schedule_sizes(displays);
}

GPtrArray *displays_get_windows(struct displays *displays)
{
	return displays->windows;
}

OsvdiWindow *displays_get_first(struct displays *displays)
{
	guint i;

	for (i = 0; i < displays->windows->len; i++)
		if (gtk_widget_get_visible(displays->windows->pdata[i]))
			return displays->windows->pdata[i];
	return displays->windows->len ? displays->windows->pdata[0] : NULL;
}

void displays_set_title(struct displays *displays, const char *title, gboolean counted)
{
	guint i;

	g_free(displays->title);
	displays->title = g_strdup(title);
	displays->counted = counted;
	for (i = 0; i < displays->windows->len; i++)
		osvdi_window_set_name(displays->windows->pdata[i], title, counted);
}

void displays_set_fullscreen(struct displays *displays, gboolean fullscreen)
{
	guint i;

	displays->fullscreen = fullscreen;
	for (i = 0; i < displays->windows->len; i++) {
		OsvdiWindow *window = displays->windows->pdata[i];

		osvdi_window_set_fullscreen(window, fullscreen,
				fullscreen ? monitor_for(displays, window) : -1);
	}
}

void displays_set_resize_guest(struct displays *displays, gboolean resize)
{
	displays->resize_guest = resize;
	displays_schedule_sizes(displays);
}

void displays_set_enabled(struct displays *displays, int number, gboolean enabled)
{
	guint i;

	for (i = 0; i < displays->windows->len; i++) {
		struct head *head = displays_head_of(displays->windows->pdata[i]);

		if (osvdi_window_get_number(displays->windows->pdata[i]) != number)
			continue;
		head->hidden = !enabled;
		if (enabled) /* the guest may have switched it off when the window was closed */
			head->gone = FALSE;
	}
	show_windows(displays);
	if (displays->resize_guest)
		displays_tell_sizes(displays);
}

gboolean displays_close(struct displays *displays, OsvdiWindow *window)
{
	guint i, others = 0;

	for (i = 0; i < displays->windows->len; i++)
		others += displays->windows->pdata[i] != window &&
				gtk_widget_get_visible(GTK_WIDGET(displays->windows->pdata[i]));
	if (!others)
		return FALSE;
	displays_set_enabled(displays, osvdi_window_get_number(window), FALSE);
	return TRUE;
}

GMenuModel *displays_get_menu(struct displays *displays)
{
	return displays_menu_get_model(displays->menu);
}
