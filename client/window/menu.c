/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "window/menu.h"
#include "ui/dialogs.h"
#include "base/keys.h"

#include <glib/gi18n.h>

struct item {
	const char *label, *action;
	const char *hotkey;         /* name in the table of hot keys, or NULL */
};

static const struct item desktop_items[] = {
	{ N_("Send fi_les…"), "win.send-file" },
	{ N_("_USB devices…"), "win.usb" },
	{ N_("Insert smart_card"), "win.smartcard-insert", "smartcard-insert" },
	{ N_("Remove smartcar_d"), "win.smartcard-remove", "smartcard-remove" },
	{ N_("Share the clip_board"), "win.share-clipboard" },
	{ N_("Take a _picture of the screen…"), "win.screenshot" },
	{ N_("Relea_se the pointer"), "win.release-cursor", "release-cursor" },
	{ N_("Co_nnect again"), "win.retry" },
	{ N_("Disc_onnect"), "win.disconnect" },
};

static const struct item view_items[] = {
	{ N_("_Full screen"), "win.fullscreen", "toggle-fullscreen" },
	{ N_("_Resize the desktop with the window"), "win.auto-resize" },
	{ N_("Show s_tatistics"), "win.statistics", "toggle-statistics" },
};

static const struct item zoom_items[] = {
	{ N_("Zoom _in"), "win.zoom-in", "zoom-in" },
	{ N_("Zoom _out"), "win.zoom-out", "zoom-out" },
};

static const struct item help_items[] = {
	{ N_("_Keyboard shortcuts"), "win.show-keys" },
	{ N_("_About"), "win.about" },
};

struct menu {
	GMenu *root, *desktop, *view;
	GPtrArray *hotkeys;
	int zoom_at; /* position of the zoom submenu in the view menu */
	GMenu *zoom;
};

/* ---- items --------------------------------------------------------------- */

static const struct hotkey *find_hotkey(GPtrArray *hotkeys, const char *name)
{
	guint i;

	for (i = 0; name && i < hotkeys->len; i++) {
		const struct hotkey *h = hotkeys->pdata[i];

		if (g_str_equal(h->action, name))
			return h;
	}
	return NULL;
}

/* Adds modifiers to the label. GTK shows keys at the right edge, but not modifiers alone. */
static GMenuItem *item_new(GPtrArray *hotkeys, const struct item *item, const char *reason)
{
	const struct hotkey *h = find_hotkey(hotkeys, item->hotkey);
	g_autoptr(GString) label = g_string_new(_(item->label));
	GMenuItem *result;

	if (h && h->keyval == GDK_KEY_VoidSymbol) {
		g_autofree char *keys = hotkeys_describe(hotkeys, item->hotkey);

		g_string_append_printf(label, " (%s)", keys);
	}
	if (reason)
		g_string_append_printf(label, " – %s", reason);
	result = g_menu_item_new(label->str, item->action);
	if (h && h->keyval != GDK_KEY_VoidSymbol) {
		g_autofree char *accelerator = gtk_accelerator_name(h->keyval, h->modifiers);

		g_menu_item_set_attribute(result, "accel", "s", accelerator);
	}
	if (g_str_has_prefix(item->action, "win.smartcard"))
		g_menu_item_set_attribute(result, "hidden-when", "s", "action-disabled");
	return result;
}

static void append(GMenu *menu, GPtrArray *hotkeys, const struct item *items, guint n)
{
	guint i;

	for (i = 0; i < n; i++) {
		g_autoptr(GMenuItem) item = item_new(hotkeys, &items[i], NULL);

		g_menu_append_item(menu, item);
	}
}

/* ---- submenus ------------------------------------------------------------ */

static GMenu *keys_menu(void)
{
	static const char *const keys[] = {
		"Control_L+Alt_L+Delete",
		"Control_L+Alt_L+BackSpace",
		"Alt_L+Tab",
		"Alt_L+F4",
		"Super_L",
		"Print",
		"Pause",
		"Control_L+Escape",
		"Control_L+Alt_L+F1",
		"Control_L+Alt_L+F2",
		"Control_L+Alt_L+F3",
		"Control_L+Alt_L+F4",
		"Control_L+Alt_L+F5",
		"Control_L+Alt_L+F6",
		"Control_L+Alt_L+F7",
		"Control_L+Alt_L+F8",
		"Control_L+Alt_L+F9",
		"Control_L+Alt_L+F10",
		"Control_L+Alt_L+F11",
		"Control_L+Alt_L+F12",
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
	return menu;
}

static void append_zoom(GMenu *menu, const char *label, int percent)
{
	g_autoptr(GMenuItem) item = g_menu_item_new(label, NULL);

	g_menu_item_set_action_and_target(item, "win.zoom", "i", percent);
	g_menu_append_item(menu, item);
}

static GMenu *zoom_menu(GPtrArray *hotkeys)
{
	static const int levels[] = { 50, 75, 100, 125, 150, 200, 300, 400 };
	GMenu *menu = g_menu_new();
	g_autoptr(GMenu) steps = g_menu_new(), all = g_menu_new();
	guint i;

	append_zoom(all, _("Fit the _window"), 0);
	for (i = 0; i < G_N_ELEMENTS(levels); i++) {
		g_autofree char *label = g_strdup_printf(_("%d %%"), levels[i]);

		append_zoom(all, levels[i] == 100 ? _("_Normal size (100 %)") : label, levels[i]);
	}
	append(steps, hotkeys, zoom_items, G_N_ELEMENTS(zoom_items));
	g_menu_append_section(menu, NULL, G_MENU_MODEL(steps));
	g_menu_append_section(menu, NULL, G_MENU_MODEL(all));
	return menu;
}

/* ---- the whole ----------------------------------------------------------- */

struct menu *menu_new(GPtrArray *hotkeys, GMenuModel *displays)
{
	struct menu *menu = g_new0(struct menu, 1);
	g_autoptr(GMenu) last = g_menu_new(), help = g_menu_new(), keys = keys_menu();

	menu->hotkeys = g_ptr_array_ref(hotkeys);
	menu->root = g_menu_new();
	menu->desktop = g_menu_new();
	menu->view = g_menu_new();
	menu->zoom = zoom_menu(hotkeys);
	g_menu_append_submenu(menu->desktop, _("Send _keys"), G_MENU_MODEL(keys));
	append(menu->desktop, hotkeys, desktop_items, G_N_ELEMENTS(desktop_items));
	append(menu->view, hotkeys, view_items, G_N_ELEMENTS(view_items));
	menu->zoom_at = 1;
	g_menu_insert_submenu(menu->view, menu->zoom_at, "", G_MENU_MODEL(menu->zoom));
	menu_set_zoom(menu, 0);
	g_menu_append_submenu(menu->view, _("Displa_ys"), displays);
	append(help, hotkeys, help_items, G_N_ELEMENTS(help_items));
	g_menu_append(last, _("Pr_eferences…"), "win.preferences");
	g_menu_append_submenu(last, _("_Help"), G_MENU_MODEL(help));
	g_menu_append(last, _("_Quit"), "win.quit");
	g_menu_append_section(menu->root, _("Desktop"), G_MENU_MODEL(menu->desktop));
	g_menu_append_section(menu->root, _("View"), G_MENU_MODEL(menu->view));
	g_menu_append_section(menu->root, NULL, G_MENU_MODEL(last));
	return menu;
}

void menu_free(gpointer data)
{
	struct menu *menu = data;

	if (!menu)
		return;
	g_object_unref(menu->root);
	g_object_unref(menu->desktop);
	g_object_unref(menu->view);
	g_object_unref(menu->zoom);
	g_ptr_array_unref(menu->hotkeys);
	g_free(menu);
}

GMenuModel *menu_get_model(struct menu *menu)
{
	return G_MENU_MODEL(menu->root);
}

void menu_set_zoom(struct menu *menu, int percent)
{
	g_autofree char *label = percent ? g_strdup_printf(_("_Zoom: %d %%"), percent) :
			g_strdup(_("_Zoom: fits the window"));

	g_menu_remove(menu->view, menu->zoom_at);
	g_menu_insert_submenu(menu->view, menu->zoom_at, label, G_MENU_MODEL(menu->zoom));
}

static const struct item *find_item(const char *action)
{
	guint i;

	for (i = 0; i < G_N_ELEMENTS(desktop_items); i++)
		if (g_str_equal(desktop_items[i].action, action))
			return &desktop_items[i];
	return NULL;
}

void menu_set_reason(struct menu *menu, const char *action, const char *reason)
{
	GMenuModel *model = G_MENU_MODEL(menu->desktop);
	const struct item *item = find_item(action);
	int i;

	for (i = 0; item && i < g_menu_model_get_n_items(model); i++) {
		g_autofree char *found = NULL;
		g_autoptr(GMenuItem) new = NULL;

		g_menu_model_get_item_attribute(model, i, G_MENU_ATTRIBUTE_ACTION, "s", &found);
		if (g_strcmp0(found, action) != 0)
			continue;
		new = item_new(menu->hotkeys, item, reason);
		g_menu_remove(menu->desktop, i);
		g_menu_insert_item(menu->desktop, i, new);
		return;
	}
}

/* ---- all keys ------------------------------------------------------------ */

static const struct item key_items[] = {
	{ N_("Show the menu"), NULL, "show-menu" },
	{ N_("Full screen, and back"), NULL, "toggle-fullscreen" },
	{ N_("Release the pointer and the keyboard"), NULL, "release-cursor" },
	{ N_("Send Ctrl+Alt+Del to the desktop"), NULL, "secure-attention" },
	{ N_("Larger picture"), NULL, "zoom-in" },
	{ N_("Smaller picture"), NULL, "zoom-out" },
	{ N_("Picture in its normal size"), NULL, "zoom-reset" },
	{ N_("Show statistics"), NULL, "toggle-statistics" },
	{ N_("Connect USB devices anew"), NULL, "usb-device-reset" },
	{ N_("Insert the smartcard"), NULL, "smartcard-insert" },
	{ N_("Remove the smartcard"), NULL, "smartcard-remove" },
};

static void add_key(GtkGrid *grid, int row, const char *text, const char *keys)
{
	GtkWidget *label = gtk_label_new(text), *key = gtk_label_new(keys ? keys : _("no key"));

	gtk_label_set_xalign(GTK_LABEL(label), 0);
	gtk_label_set_xalign(GTK_LABEL(key), 0);
	gtk_widget_set_hexpand(label, TRUE);
	gtk_style_context_add_class(
			gtk_widget_get_style_context(key), keys ? "osvdi-heading" : "dim-label");
	gtk_grid_attach(grid, label, 0, row, 1, 1);
	gtk_grid_attach(grid, key, 1, row, 1, 1);
}

void menu_show_keys(GtkWindow *parent, GPtrArray *hotkeys)
{
	GtkWidget *dialog = dialog_new(parent, _("Keyboard shortcuts")), *grid = gtk_grid_new();
	GtkWidget *note = gtk_label_new(_(
			"All other keys go to the desktop. The option --hotkeys sets other keys."));
	int i;

	g_object_set(grid, "row-spacing", 9, "column-spacing", 24, "margin", 18, NULL);
	for (i = 0; i < (int)G_N_ELEMENTS(key_items); i++) {
		g_autofree char *keys = hotkeys_describe(hotkeys, key_items[i].hotkey);

		add_key(GTK_GRID(grid), i, _(key_items[i].label), keys);
	}
	gtk_label_set_xalign(GTK_LABEL(note), 0);
	gtk_label_set_line_wrap(GTK_LABEL(note), TRUE);
	gtk_label_set_max_width_chars(GTK_LABEL(note), 50);
	gtk_style_context_add_class(gtk_widget_get_style_context(note), "dim-label");
	gtk_grid_attach(GTK_GRID(grid), note, 0, i, 2, 1);
	gtk_container_add(GTK_CONTAINER(gtk_dialog_get_content_area(GTK_DIALOG(dialog))), grid);
	g_signal_connect(dialog, "response", G_CALLBACK(gtk_widget_destroy), NULL);
	gtk_widget_show_all(dialog);
}
