/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "keys.h"

static const char *find(GPtrArray *hotkeys, guint keyval, guint state)
{
	GdkEventKey event = { .type = GDK_KEY_PRESS, .keyval = keyval, .state = state };

	return hotkeys_find(hotkeys, &event);
}

static void test_hotkeys(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) h = hotkeys_parse("toggle-fullscreen=shift+F11,release-cursor=ctrl+alt,zoom-in=ctrl+plus", &error);

	g_assert_no_error(error);
	g_assert_cmpstr(find(h, GDK_KEY_F11, GDK_SHIFT_MASK), ==, "toggle-fullscreen");
	g_assert_null(find(h, GDK_KEY_F11, 0));
	g_assert_null(find(h, GDK_KEY_F11, GDK_SHIFT_MASK | GDK_CONTROL_MASK));
	g_assert_cmpstr(find(h, GDK_KEY_F11, GDK_SHIFT_MASK | GDK_LOCK_MASK | GDK_MOD2_MASK), ==, "toggle-fullscreen");
	g_assert_cmpstr(find(h, GDK_KEY_Alt_L, GDK_CONTROL_MASK), ==, "release-cursor");
	g_assert_cmpstr(find(h, GDK_KEY_Control_R, GDK_MOD1_MASK), ==, "release-cursor");
	g_assert_null(find(h, GDK_KEY_Alt_L, 0));
	g_assert_cmpstr(find(h, GDK_KEY_plus, GDK_CONTROL_MASK), ==, "zoom-in");
}

static void test_bad_hotkeys(void)
{
	static const char *const bad[] = {
		"toggle-fullscreen", "fly=f1", "toggle-fullscreen=shift+nokey", "toggle-fullscreen=a+b", "zoom-in=",
	};
	guint i;

	for (i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(hotkeys_parse(bad[i], &error));
		g_assert_nonnull(error);
	}
}

static void test_defaults(void)
{
	g_autoptr(GPtrArray) h = hotkeys_default();
	g_autofree char *label = hotkeys_describe(h, "toggle-fullscreen");

	g_assert_cmpstr(label, ==, "Shift+F11");
	g_assert_null(hotkeys_describe(h, "zoom-in"));
	g_assert_cmpstr(find(h, GDK_KEY_F12, GDK_SHIFT_MASK | GDK_CONTROL_MASK), ==, "show-menu");
}

static void test_keymap(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GHashTable) map = keymap_parse("F1=SHIFT+CTRL+F1,1=SHIFT+F1,ALT_L=Void,Super_L=", &error);
	GArray *keys;

	g_assert_no_error(error);
	keys = g_hash_table_lookup(map, GUINT_TO_POINTER(GDK_KEY_F1));
	g_assert_cmpuint(keys->len, ==, 3);
	g_assert_cmpuint(g_array_index(keys, guint, 0), ==, GDK_KEY_Shift_L);
	g_assert_cmpuint(g_array_index(keys, guint, 2), ==, GDK_KEY_F1);
	g_assert_cmpuint(((GArray *)g_hash_table_lookup(map, GUINT_TO_POINTER(GDK_KEY_Super_L)))->len, ==, 0);
	g_assert_null(keymap_parse("F1", &error));
	g_assert_nonnull(error);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/keys/hotkeys", test_hotkeys);
	g_test_add_func("/keys/bad-hotkeys", test_bad_hotkeys);
	g_test_add_func("/keys/defaults", test_defaults);
	g_test_add_func("/keys/keymap", test_keymap);
	return g_test_run();
}
