/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "window/displays-menu.h"

#include <glib/gi18n.h>
#include <stdlib.h>

struct displays_menu {
	GMenu *model;
	GSimpleActionGroup *actions;
	GArray *numbers; /* of int, in the order of the model */
	void (*toggled)(int number, gboolean shown, gpointer data);
	gpointer data;
};

struct displays_menu *displays_menu_new(
		void (*toggled)(int number, gboolean shown, gpointer data), gpointer data)
{
	struct displays_menu *menu = g_new0(struct displays_menu, 1);

	menu->model = g_menu_new();
	menu->actions = g_simple_action_group_new();
	menu->numbers = g_array_new(FALSE, FALSE, sizeof(int));
	menu->toggled = toggled;
	menu->data = data;
	return menu;
}

void displays_menu_free(struct displays_menu *menu)
{
	guint i;

	if (!menu)
		return;
	for (i = 0; i < menu->numbers->len; i++) {
		g_autofree char *name = g_strdup_printf("%d", g_array_index(menu->numbers, int, i));
		GAction *action = g_action_map_lookup_action(G_ACTION_MAP(menu->actions), name);

		g_signal_handlers_disconnect_by_data(action, menu);
	}
	g_object_unref(menu->model);
	g_object_unref(menu->actions);
	g_array_unref(menu->numbers);
	g_free(menu);
}

static void on_change(GSimpleAction *action, GVariant *state, struct displays_menu *menu)
{
	menu->toggled(atoi(g_action_get_name(G_ACTION(action))), g_variant_get_boolean(state),
			menu->data);
}

static GSimpleAction *add(struct displays_menu *menu, int number, const char *name)
{
	GSimpleAction *action = g_simple_action_new_stateful(
			name, NULL, g_variant_new_boolean(TRUE));
	g_autofree char *label = g_strdup_printf(_("Display %d"), number);
	g_autofree char *detailed = g_strdup_printf("displays.%s", name);
	guint at = 0;

	while (at < menu->numbers->len && g_array_index(menu->numbers, int, at) < number)
		at++;
	g_array_insert_val(menu->numbers, at, number);
	g_menu_insert(menu->model, (int)at, label, detailed);
	g_signal_connect(action, "change-state", G_CALLBACK(on_change), menu);
	g_action_map_add_action(G_ACTION_MAP(menu->actions), G_ACTION(action));
	g_object_unref(action);
	return action;
}

void displays_menu_set(struct displays_menu *menu, int number, gboolean shown, gboolean last)
{
	g_autofree char *name = g_strdup_printf("%d", number);
	GAction *found = g_action_map_lookup_action(G_ACTION_MAP(menu->actions), name);
	GSimpleAction *action = found ? G_SIMPLE_ACTION(found) : add(menu, number, name);

	g_simple_action_set_state(action, g_variant_new_boolean(shown));
	g_simple_action_set_enabled(action, !last);
}

GMenuModel *displays_menu_get_model(struct displays_menu *menu)
{
	return G_MENU_MODEL(menu->model);
}

GActionGroup *displays_menu_get_actions(struct displays_menu *menu)
{
	return G_ACTION_GROUP(menu->actions);
}
