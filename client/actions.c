/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "app-internal.h"
#include "clipboard.h"
#include "dialogs.h"
#include "screenshot.h"
#include "settings.h"
#include "smartcard.h"
#include "transfers.h"
#include "usb-dialog.h"

#include <glib/gi18n.h>
#include <string.h>

/* The actions of one window. */
struct context {
	struct app *app;
	OsvdiWindow *window;
};

static void to_fullscreen(GSimpleAction *action, GVariant *state, gpointer data)
{
	struct context *c = data;

	if (c->app->kiosk)
		return;
	displays_set_fullscreen(c->app->displays, g_variant_get_boolean(state));
	g_simple_action_set_state(action, state);
}

static void zoom_by(struct context *c, int change)
{
	int zoom = osvdi_window_get_zoom(c->window);

	osvdi_window_set_zoom(c->window, (zoom ? zoom : 100) + change);
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
	osvdi_window_set_zoom(((struct context *)data)->window, 100);
}

static void zoom_fit(GSimpleAction *action, GVariant *parameter, gpointer data)
{
	osvdi_window_set_zoom(((struct context *)data)->window, 0);
}

static void to_resize(GSimpleAction *action, GVariant *state, gpointer data)
{
	struct context *c = data;

	c->app->resize_guest = g_variant_get_boolean(state);
	displays_set_resize_guest(c->app->displays, c->app->resize_guest);
	settings_set_flag(connection_get_target(c->app->connection)->key, "auto-resize", c->app->resize_guest);
	g_simple_action_set_state(action, state);
}

static void to_stats(GSimpleAction *action, GVariant *state, gpointer data)
{
	struct context *c = data;

	actions_set_stats(c->app, g_variant_get_boolean(state));
	g_simple_action_set_state(action, state);
}

static void to_clipboard(GSimpleAction *action, GVariant *state, gpointer data)
{
	struct context *c = data;

	clipboard_set_shared(connection_get_session(c->app->connection), g_variant_get_boolean(state));
	settings_set_flag(connection_get_target(c->app->connection)->key, "share-clipboard",
			g_variant_get_boolean(state));
	g_simple_action_set_state(action, state);
}

static void screenshot(GSimpleAction *action, GVariant *parameter, gpointer data)
{
	screenshot_save(((struct context *)data)->window);
}

static void release_cursor(GSimpleAction *action, GVariant *parameter, gpointer data)
{
	SpiceDisplay *display = osvdi_view_get_display(osvdi_window_get_view(((struct context *)data)->window));

	spice_display_mouse_ungrab(display);
	spice_display_keyboard_ungrab(display);
}

/* "Control_L+Alt_L+Delete" */
static void send_keys(GSimpleAction *action, GVariant *parameter, gpointer data)
{
	SpiceDisplay *display = osvdi_view_get_display(osvdi_window_get_view(((struct context *)data)->window));
	g_auto(GStrv) names = g_strsplit(g_variant_get_string(parameter, NULL), "+", -1);
	guint keys[8], n, i;

	for (i = n = 0; names[i] && n < G_N_ELEMENTS(keys); i++)
		keys[n++] = gdk_keyval_from_name(names[i]);
	spice_display_send_keys(display, keys, (int)n, SPICE_DISPLAY_KEY_EVENT_CLICK);
}

static void secure_attention(GSimpleAction *action, GVariant *parameter, gpointer data)
{
	g_autoptr(GVariant) keys = g_variant_ref_sink(g_variant_new_string("Control_L+Alt_L+Delete"));

	send_keys(action, keys, data);
}

static void usb(GSimpleAction *action, GVariant *parameter, gpointer data)
{
	struct context *c = data;

	usb_dialog_show(GTK_WINDOW(c->window), connection_get_session(c->app->connection), &c->app->usb_dialog);
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
	{ "about", about },
	{ "retry", retry },
	{ "dismiss", dismiss },
	{ "quit", quit },
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

static void enable(OsvdiWindow *window, const char *name, gboolean enabled)
{
	g_simple_action_set_enabled(G_SIMPLE_ACTION(g_action_map_lookup_action(map_of(window), name)), enabled);
}

void actions_add(struct app *app, OsvdiWindow *window)
{
	g_autoptr(GSimpleActionGroup) group = g_simple_action_group_new();
	struct context *c = g_new0(struct context, 1);
	SpiceSession *session = connection_get_session(app->connection);
	gboolean clipboard, smartcard, usbredir;

	*c = (struct context){ app, window };
	g_object_set_data_full(G_OBJECT(window), "osvdi-actions", c, g_free);
	g_action_map_add_action_entries(G_ACTION_MAP(group), entries, G_N_ELEMENTS(entries), c);
	gtk_widget_insert_action_group(GTK_WIDGET(window), "win", G_ACTION_GROUP(group));
	g_object_get(spice_gtk_session_get(session), "auto-clipboard", &clipboard, NULL);
	g_object_get(session, "enable-smartcard", &smartcard, "enable-usbredir", &usbredir, NULL);
	set_bool(window, "fullscreen", app->fullscreen);
	set_bool(window, "auto-resize", app->resize_guest);
	set_bool(window, "statistics", app->show_stats);
	set_bool(window, "share-clipboard", clipboard);
	enable(window, "smartcard-insert", smartcard);
	enable(window, "smartcard-remove", smartcard);
	enable(window, "usb", usbredir);
	enable(window, "usb-device-reset", usbredir);
	enable(window, "fullscreen", !app->kiosk);
	enable(window, "quit", !app->kiosk);
}

void actions_run(struct app *app, OsvdiWindow *window, const char *hotkey)
{
	GActionGroup *group = gtk_widget_get_action_group(GTK_WIDGET(window), "win");

	g_action_group_activate_action(group, hotkey_action(hotkey), NULL);
}

void actions_set_stats(struct app *app, gboolean show)
{
	GPtrArray *windows = displays_get_windows(app->displays);
	guint i;

	app->show_stats = show;
	for (i = 0; !show && i < windows->len; i++)
		osvdi_window_set_stats(windows->pdata[i], NULL);
}

/* ---- the menu ------------------------------------------------------------ */

static GMenuModel *keys_menu(void)
{
	static const char *const keys[] = {
		"Control_L+Alt_L+Delete", "Control_L+Alt_L+BackSpace", "Alt_L+Tab", "Alt_L+F4", "Super_L",
		"Print", "Pause", "Control_L+Escape", "Control_L+Alt_L+F1", "Control_L+Alt_L+F2",
		"Control_L+Alt_L+F3", "Control_L+Alt_L+F4", "Control_L+Alt_L+F5", "Control_L+Alt_L+F6",
		"Control_L+Alt_L+F7", "Control_L+Alt_L+F8", "Control_L+Alt_L+F9", "Control_L+Alt_L+F10",
		"Control_L+Alt_L+F11", "Control_L+Alt_L+F12",
	};
	GMenu *menu = g_menu_new();
	guint i;

	for (i = 0; i < G_N_ELEMENTS(keys); i++) {
		g_autoptr(GString) label = g_string_new(keys[i]);
		g_autoptr(GMenuItem) item = NULL;

		g_string_replace(label, "Control_L", _("Ctrl"), 0);
		g_string_replace(label, "Alt_L", _("Alt"), 0);
		g_string_replace(label, "Super_L", _("Super"), 0);
		item = g_menu_item_new(label->str, NULL);
		g_menu_item_set_action_and_target(item, "win.send-keys", "s", keys[i]);
		g_menu_append_item(menu, item);
	}
	return G_MENU_MODEL(menu);
}

static void add_section(GMenu *menu, const char *const *labels_and_actions)
{
	g_autoptr(GMenu) section = g_menu_new();
	guint i;

	for (i = 0; labels_and_actions[i]; i += 2)
		g_menu_append(section, _(labels_and_actions[i]), labels_and_actions[i + 1]);
	g_menu_append_section(menu, NULL, G_MENU_MODEL(section));
}

GMenuModel *actions_menu(struct app *app)
{
	GMenu *menu = g_menu_new();
	g_autoptr(GMenuModel) keys = keys_menu();
	static const char *const view[] = {
		N_("_Full screen"), "win.fullscreen", N_("Fit the _window"), "win.zoom-fit",
		N_("Zoom _in"), "win.zoom-in", N_("Zoom _out"), "win.zoom-out", N_("_Normal size"), "win.zoom-reset",
		N_("_Resize the desktop with the window"), "win.auto-resize", N_("Show s_tatistics"), "win.statistics", NULL
	};
	static const char *const devices[] = {
		N_("_USB devices…"), "win.usb", N_("Send fi_les…"), "win.send-file",
		N_("Insert smart_card"), "win.smartcard-insert", N_("Remove smartcar_d"), "win.smartcard-remove",
		N_("Share the clip_board"), "win.share-clipboard", N_("Take a _picture of the screen…"), "win.screenshot",
		N_("Relea_se the pointer"), "win.release-cursor", NULL
	};
	static const char *const last[] = { N_("_About"), "win.about", N_("_Quit"), "win.quit", NULL };

	add_section(menu, view);
	g_menu_append_submenu(menu, _("Send _keys"), keys);
	add_section(menu, devices);
	add_section(menu, last);
	return G_MENU_MODEL(menu);
}
