/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "app/app-internal.h"
#include "ui/dialogs.h"
#include "window/menu.h"
#include "ui/preferences.h"
#include "window/screenshot.h"
#include "ui/smartcard.h"
#include "ui/transfers.h"
#include "ui/usb-dialog.h"

#include <glib/gi18n.h>
#include <string.h>

/* After this time a window manager has carried out our request. */
#define STATE_SETTLED_MS 500

/* The actions of one window. */
struct context {
	struct app *app;
	OsvdiWindow *window;
	struct menu *menu;
	guint state_timer;
};

static GActionMap *map_of(OsvdiWindow *window)
{
	return G_ACTION_MAP(gtk_widget_get_action_group(GTK_WIDGET(window), "win"));
}

static void set_bool(OsvdiWindow *window, const char *name, gboolean value)
{
	GAction *action = g_action_map_lookup_action(map_of(window), name);

	g_simple_action_set_state(G_SIMPLE_ACTION(action), g_variant_new_boolean(value));
}

/* Sets a state that all windows share in all menus. */
static void set_bool_everywhere(struct app *app, const char *name, gboolean value)
{
	GPtrArray *windows = displays_get_windows(app->displays);
	guint i;

	for (i = 0; i < windows->len; i++)
		set_bool(windows->pdata[i], name, value);
}

static void to_fullscreen(GSimpleAction *action, GVariant *state, gpointer data)
{
	struct context *c = data;

	if (c->app->kiosk)
		return;
	c->app->fullscreen = g_variant_get_boolean(state);
	displays_set_fullscreen(c->app->displays, c->app->fullscreen);
	set_bool_everywhere(c->app, "fullscreen", c->app->fullscreen);
}

static void note_zoom(struct context *c)
{
	GAction *action = g_action_map_lookup_action(map_of(c->window), "zoom");
	int percent = osvdi_window_get_zoom(c->window);

	g_simple_action_set_state(G_SIMPLE_ACTION(action), g_variant_new_int32(percent));
	menu_set_zoom(c->menu, percent);
}

/* percent: 0 fits the picture to the window. */
static void zoom_to(struct context *c, int percent)
{
	osvdi_window_set_zoom(c->window, percent);
	note_zoom(c);
}

static void to_zoom(GSimpleAction *action, GVariant *state, gpointer data)
{
	zoom_to(data, g_variant_get_int32(state));
}

static void zoom_by(struct context *c, int change)
{
	int zoom = osvdi_window_get_zoom(c->window);

	zoom_to(c, (zoom ? zoom : 100) + change);
}

static void zoom_in(GSimpleAction *action, GVariant *parameter, gpointer data)
{
	zoom_by(data, 10);
}

static void zoom_out(GSimpleAction *action, GVariant *parameter, gpointer data)
{
	zoom_by(data, -10);
}

static void zoom_reset(GSimpleAction *action, GVariant *parameter, gpointer data)
{
	zoom_to(data, 100);
}

static void zoom_fit(GSimpleAction *action, GVariant *parameter, gpointer data)
{
	zoom_to(data, 0);
}

/* Sets for all windows whether the guest follows their size. */
static void set_resize(struct app *app, gboolean resize)
{
	app->resize_guest = resize;
	displays_set_resize_guest(app->displays, resize);
	set_bool_everywhere(app, "auto-resize", resize);
}

static void to_resize(GSimpleAction *action, GVariant *state, gpointer data)
{
	struct context *c = data;
	gboolean resize = g_variant_get_boolean(state);

	preference_set(connection_get_target(c->app->connection)->key, PREFERENCE_RESIZE, resize);
	set_resize(c->app, resize);
}

static void set_stats(struct app *app, gboolean show)
{
	GPtrArray *windows = displays_get_windows(app->displays);
	guint i;

	app->show_stats = show;
	for (i = 0; !show && i < windows->len; i++)
		osvdi_window_set_stats(windows->pdata[i], NULL);
}

static void to_stats(GSimpleAction *action, GVariant *state, gpointer data)
{
	struct context *c = data;

	set_stats(c->app, g_variant_get_boolean(state));
	set_bool_everywhere(c->app, "statistics", g_variant_get_boolean(state));
}

static void to_clipboard(GSimpleAction *action, GVariant *state, gpointer data)
{
	struct context *c = data;

	app_share_clipboard(c->app, g_variant_get_boolean(state));
	set_bool_everywhere(c->app, "share-clipboard", g_variant_get_boolean(state));
}

static void screenshot(GSimpleAction *action, GVariant *parameter, gpointer data)
{
	screenshot_save(((struct context *)data)->window);
}

static void release_cursor(GSimpleAction *action, GVariant *parameter, gpointer data)
{
	SpiceDisplay *display = osvdi_view_get_display(
			osvdi_window_get_view(((struct context *)data)->window));

	spice_display_mouse_ungrab(display);
	spice_display_keyboard_ungrab(display);
}

/* The parameter is such as "Control_L+Alt_L+Delete". */
static void send_keys(GSimpleAction *action, GVariant *parameter, gpointer data)
{
	SpiceDisplay *display = osvdi_view_get_display(
			osvdi_window_get_view(((struct context *)data)->window));
	g_auto(GStrv) names = g_strsplit(g_variant_get_string(parameter, NULL), "+", -1);
	guint keys[8], n, i;

	for (i = n = 0; names[i] && n < G_N_ELEMENTS(keys); i++)
		keys[n++] = gdk_keyval_from_name(names[i]);
	spice_display_send_keys(display, keys, (int)n, SPICE_DISPLAY_KEY_EVENT_CLICK);
}

static void secure_attention(GSimpleAction *action, GVariant *parameter, gpointer data)
{
	g_autoptr(GVariant)
			keys = g_variant_ref_sink(g_variant_new_string("Control_L+Alt_L+Delete"));

	send_keys(action, keys, data);
}

static void usb(GSimpleAction *action, GVariant *parameter, gpointer data)
{
	struct context *c = data;

	usb_dialog_show(GTK_WINDOW(c->window), connection_get_session(c->app->connection),
			&c->app->usb_dialog);
}

static void usb_reset(GSimpleAction *action, GVariant *parameter, gpointer data)
{
	usb_reset_devices(connection_get_session(((struct context *)data)->app->connection));
}

static void card_insert(GSimpleAction *action, GVariant *parameter, gpointer data)
{
	smartcard_insert(connection_get_session(((struct context *)data)->app->connection));
}

static void card_remove(GSimpleAction *action, GVariant *parameter, gpointer data)
{
	smartcard_remove(connection_get_session(((struct context *)data)->app->connection));
}

static void send_file(GSimpleAction *action, GVariant *parameter, gpointer data)
{
	struct context *c = data;

	transfers_choose(GTK_WINDOW(c->window), connection_get_main(c->app->connection));
}

static void show_menu(GSimpleAction *action, GVariant *parameter, gpointer data)
{
	struct context *c = data;

	if (!c->app->kiosk)
		osvdi_window_show_menu(c->window);
}

/* Sets the zoom of all windows. */
static void set_zoom(struct app *app, int percent)
{
	GPtrArray *windows = displays_get_windows(app->displays);
	guint i;

	for (i = 0; i < windows->len; i++)
		zoom_to(g_object_get_data(windows->pdata[i], "osvdi-actions"), percent);
}

static void on_preference(enum preference preference, gboolean value, gpointer data)
{
	struct app *app = data;

	switch (preference) {
	case PREFERENCE_CLIPBOARD_OUT:
	case PREFERENCE_CLIPBOARD_IN:
		app_apply_clipboard(app);
		break;
	case PREFERENCE_RESIZE:
		set_resize(app, value);
		break;
	case PREFERENCE_FIT:
		set_zoom(app, value ? 0 : 100);
		break;
	case PREFERENCE_SYNC_LOCKS:
		app_apply_locks(app);
		break;
	default: /* takes effect with the next connection */
		break;
	}
}

static void preferences(GSimpleAction *action, GVariant *parameter, gpointer data)
{
	struct context *c = data;

	preferences_show(GTK_WINDOW(c->window), connection_get_target(c->app->connection)->key,
			on_preference, c->app);
}

static void show_keys(GSimpleAction *action, GVariant *parameter, gpointer data)
{
	struct context *c = data;

	menu_show_keys(GTK_WINDOW(c->window), c->app->hotkeys);
}

static void minimise(GSimpleAction *action, GVariant *parameter, gpointer data)
{
	gtk_window_iconify(GTK_WINDOW(((struct context *)data)->window));
}

static gboolean disconnect_now(gpointer app)
{
	app_back(app);
	return G_SOURCE_REMOVE;
}

/* Disconnects later, because the menu of this action is destroyed with its window. */
static void disconnect_session(GSimpleAction *action, GVariant *parameter, gpointer data)
{
	g_idle_add(disconnect_now, ((struct context *)data)->app);
}

static void about(GSimpleAction *action, GVariant *parameter, gpointer data)
{
	dialog_about(GTK_WINDOW(((struct context *)data)->window));
}

static void retry(GSimpleAction *action, GVariant *parameter, gpointer data)
{
	connection_retry_now(((struct context *)data)->app->connection);
}

static void dismiss(GSimpleAction *action, GVariant *parameter, gpointer data)
{
	displays_set_banner(((struct context *)data)->app->displays, NULL);
}

static void quit(GSimpleAction *action, GVariant *parameter, gpointer data)
{
	struct context *c = data;

	if (!c->app->kiosk)
		connection_close(c->app->connection);
}

static const GActionEntry entries[] = {
	{ "fullscreen", NULL, NULL, "false", to_fullscreen },
	{ "zoom", NULL, "i", "0", to_zoom },
	{ "zoom-in", zoom_in },
	{ "zoom-out", zoom_out },
	{ "zoom-reset", zoom_reset },
	{ "zoom-fit", zoom_fit },
	{ "auto-resize", NULL, NULL, "true", to_resize },
	{ "statistics", NULL, NULL, "false", to_stats },
	{ "share-clipboard", NULL, NULL, "true", to_clipboard },
	{ "screenshot", screenshot },
	{ "release-cursor", release_cursor },
	{ "send-keys", send_keys, "s" },
	{ "secure-attention", secure_attention },
	{ "usb", usb },
	{ "usb-device-reset", usb_reset },
	{ "smartcard-insert", card_insert },
	{ "smartcard-remove", card_remove },
	{ "send-file", send_file },
	{ "show-menu", show_menu },
	{ "preferences", preferences },
	{ "show-keys", show_keys },
	{ "minimise", minimise },
	{ "disconnect", disconnect_session },
	{ "about", about },
	{ "retry", retry },
	{ "dismiss", dismiss },
	{ "quit", quit },
};

static void enable(OsvdiWindow *window, const char *name, gboolean enabled)
{
	g_simple_action_set_enabled(
			G_SIMPLE_ACTION(g_action_map_lookup_action(map_of(window), name)), enabled);
}

/* ---- what can be done now ------------------------------------------------ */

static void allow(struct context *c, const char *name, const char *reason)
{
	g_autofree char *action = g_strconcat("win.", name, NULL);

	enable(c->window, name, reason == NULL);
	menu_set_reason(c->menu, action, reason);
}

void actions_update(struct app *app)
{
	GPtrArray *windows = app->displays ? displays_get_windows(app->displays) : NULL;
	const char *no_usb, *no_files;
	guint i;

	if (!windows)
		return;
	no_usb = usb_why_not(connection_get_session(app->connection));
	no_files = transfers_why_not(connection_get_main(app->connection));
	for (i = 0; i < windows->len; i++) {
		struct context *c = g_object_get_data(windows->pdata[i], "osvdi-actions");

		if (!c)
			continue; /* the window is still being made */
		allow(c, "usb", no_usb);
		enable(c->window, "usb-device-reset", no_usb == NULL);
		allow(c, "send-file", no_files);
	}
}

/* ---- full screen and grabs ----------------------------------------------- */

static char *leave_hint(struct app *app)
{
	g_autofree char *keys = hotkeys_describe(app->hotkeys, "toggle-fullscreen");

	if (!keys)
		return g_strdup(_("This bar comes back at the top edge"));
	return g_strdup_printf(
			_("%s leaves full screen; this bar comes back at the top edge"), keys);
}

static void on_grab(SpiceDisplay *display, int grabbed, struct context *c)
{
	g_autofree char *keys = hotkeys_describe(c->app->hotkeys, "release-cursor");
	g_autofree char *text = keys ? g_strdup_printf(_("Press %s to release the pointer"), keys) :
			g_strdup(_("The desktop has the pointer"));

	osvdi_window_set_grabbed(c->window, grabbed ? text : NULL);
}

/* Adopts the state of the window, because a window manager has its own keys for full
 * screen. */
static gboolean adopt_state(gpointer data)
{
	struct context *c = data;
	GdkWindow *window = gtk_widget_get_window(GTK_WIDGET(c->window));
	gboolean is = window && gdk_window_get_state(window) & GDK_WINDOW_STATE_FULLSCREEN;

	c->state_timer = 0;
	if (window && is != osvdi_window_is_fullscreen(c->window))
		g_action_group_change_action_state(G_ACTION_GROUP(map_of(c->window)), "fullscreen",
				g_variant_new_boolean(is));
	return G_SOURCE_REMOVE;
}

/* Waits a moment, because the new state may answer an older request of ours. */
static gboolean on_window_state(GtkWidget *window, GdkEventWindowState *event, struct context *c)
{
	if (c->app->kiosk || !(event->changed_mask & GDK_WINDOW_STATE_FULLSCREEN))
		return FALSE;
	g_clear_handle_id(&c->state_timer, g_source_remove);
	c->state_timer = g_timeout_add(STATE_SETTLED_MS, adopt_state, c);
	return FALSE;
}

/* ---- a window's actions -------------------------------------------------- */

static void context_free(gpointer data)
{
	struct context *c = data;

	g_clear_handle_id(&c->state_timer, g_source_remove);
	menu_free(c->menu);
	g_free(c);
}

static void set_states(struct context *c)
{
	SpiceSession *session = connection_get_session(c->app->connection);
	gboolean smartcard;

	g_object_get(session, "enable-smartcard", &smartcard, NULL);
	set_bool(c->window, "fullscreen", c->app->fullscreen);
	set_bool(c->window, "auto-resize", c->app->resize_guest);
	set_bool(c->window, "statistics", c->app->show_stats);
	set_bool(c->window, "share-clipboard", app_shares_clipboard(c->app));
	note_zoom(c);
	enable(c->window, "smartcard-insert", smartcard);
	enable(c->window, "smartcard-remove", smartcard);
	enable(c->window, "fullscreen", !c->app->kiosk);
	enable(c->window, "minimise", !c->app->kiosk);
	enable(c->window, "disconnect", !c->app->kiosk);
	enable(c->window, "quit", !c->app->kiosk);
}

void actions_add(struct app *app, OsvdiWindow *window)
{
	g_autoptr(GSimpleActionGroup) group = g_simple_action_group_new();
	struct context *c = g_new0(struct context, 1);
	g_autofree char *hint = leave_hint(app);

	*c = (struct context){
		.app = app,
		.window = window,
		.menu = menu_new(app->hotkeys, displays_get_menu(app->displays)),
	};
	g_object_set_data_full(G_OBJECT(window), "osvdi-actions", c, context_free);
	g_action_map_add_action_entries(G_ACTION_MAP(group), entries, G_N_ELEMENTS(entries), c);
	gtk_widget_insert_action_group(GTK_WIDGET(window), "win", G_ACTION_GROUP(group));
	if (!app->options->zoom &&
			!preference_get(connection_get_target(app->connection)->key,
					PREFERENCE_FIT))
		osvdi_window_set_zoom(window, 100);
	set_states(c);
	if (!app->kiosk)
		osvdi_window_set_menu(window, menu_get_model(c->menu));
	osvdi_window_set_leave_hint(window, hint);
	g_signal_connect(osvdi_view_get_display(osvdi_window_get_view(window)), "mouse-grab",
			G_CALLBACK(on_grab), c);
	g_signal_connect(window, "window-state-event", G_CALLBACK(on_window_state), c);
	actions_update(app);
}

void actions_run(struct app *app, OsvdiWindow *window, const char *hotkey)
{
	GActionGroup *group = gtk_widget_get_action_group(GTK_WIDGET(window), "win");

	g_action_group_activate_action(group, hotkey_action(hotkey), NULL);
}
