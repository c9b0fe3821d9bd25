/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/keys.h"
#include "window/keymap.h"

static const char *find(GPtrArray *hotkeys, guint keyval, guint state)
{
	GdkEventKey event = { .type = GDK_KEY_PRESS, .keyval = keyval, .state = state };

	return hotkeys_find(hotkeys, &event);
}

static void test_hotkeys(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) h = hotkeys_parse("toggle-fullscreen=shift+F11,"
			"release-cursor=ctrl+alt,zoom-in=ctrl+plus", &error);

	g_assert_no_error(error);
	g_assert_cmpstr(find(h, GDK_KEY_F11, GDK_SHIFT_MASK), ==, "toggle-fullscreen");
	g_assert_null(find(h, GDK_KEY_F11, 0));
	g_assert_null(find(h, GDK_KEY_F11, GDK_SHIFT_MASK | GDK_CONTROL_MASK));
	g_assert_cmpstr(find(h, GDK_KEY_F11, GDK_SHIFT_MASK | GDK_LOCK_MASK | GDK_MOD2_MASK), ==,
			"toggle-fullscreen");
	g_assert_cmpstr(find(h, GDK_KEY_Alt_L, GDK_CONTROL_MASK), ==, "release-cursor");
	g_assert_cmpstr(find(h, GDK_KEY_Control_R, GDK_MOD1_MASK), ==, "release-cursor");
	g_assert_null(find(h, GDK_KEY_Alt_L, 0));
	g_assert_cmpstr(find(h, GDK_KEY_plus, GDK_CONTROL_MASK), ==, "zoom-in");
}

static void test_bad_hotkeys(void)
{
	static const char *const bad[] = {
		"toggle-fullscreen", "fly=f1", "toggle-fullscreen=shift+nokey",
		"toggle-fullscreen=a+b", "zoom-in=",
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

/* As files of Proxmox, oVirt and people have them. */
static void test_combinations(void)
{
	const guint c = GDK_CONTROL_MASK, a = GDK_MOD1_MASK, s = GDK_SHIFT_MASK, w = GDK_SUPER_MASK;
	const struct {
		const char *text;
		guint keyval, modifiers;
	} cases[] = {
		{ "Ctrl+Alt+Ins", GDK_KEY_Insert, c | a },
		{ "ctrl+alt+del", GDK_KEY_Delete, c | a },
		{ "shift+esc", GDK_KEY_Escape, s },
		{ "alt+pgup", GDK_KEY_Page_Up, a },
		{ "alt+PageDown", GDK_KEY_Page_Down, a },
		{ "alt+pgdn", GDK_KEY_Page_Down, a },
		{ "rctrl+right", GDK_KEY_Right, c },
		{ "right-ctrl+left", GDK_KEY_Left, c },
		{ "LeftShift+rightalt+a", GDK_KEY_a, s | a },
		{ "lalt+l", GDK_KEY_l, a },
		{ "win+l", GDK_KEY_l, w },
		{ "rwin+r", GDK_KEY_r, w },
		{ "super+r", GDK_KEY_r, w },
		{ "cmd+c", GDK_KEY_c, c },
		{ "control+alt+insert", GDK_KEY_Insert, c | a },
		{ "ctrl + alt + end", GDK_KEY_End, c | a },
		{ " Ctrl+Alt+R ", GDK_KEY_r, c | a },
		{ "shift+f12", GDK_KEY_F12, s },
		{ "SHIFT+F12", GDK_KEY_F12, s },
		{ "ctrl+enter", GDK_KEY_Return, c },
		{ "ctrl+BACKSPACE", GDK_KEY_BackSpace, c },
		{ "ctrl+kp_add", GDK_KEY_KP_Add, c },
		{ "ctrl+KP_0", GDK_KEY_KP_0, c },
		{ "ctrl+space", GDK_KEY_space, c },
		{ "ctrl+TAB", GDK_KEY_Tab, c },
		{ "alt+scroll_lock", GDK_KEY_Scroll_Lock, a },
		{ "ctrl+plus", GDK_KEY_plus, c },
		{ "ctrl++", GDK_KEY_plus, c },
		{ "ctrl+-", GDK_KEY_minus, c },
		{ "ctrl+0", GDK_KEY_0, c },
		{ "ctrl+alt", GDK_KEY_VoidSymbol, c | a },
		{ "ctrl+alt+foo", 0, 0 },
		{ "ctrl+alt+", 0, 0 },
		{ "+ctrl", 0, 0 },
		{ "a+b", 0, 0 },
		{ "", 0, 0 },
		{ "ctrl+\xff", 0, 0 },
	};
	guint i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		GdkModifierType modifiers;
		guint keyval;
		gboolean good = hotkey_parse_combination(cases[i].text, &keyval, &modifiers);
		g_autofree char *shown = g_strescape(cases[i].text, NULL);

		g_test_message("%s", shown);
		g_assert_cmpint(good, ==, cases[i].keyval != 0);
		if (!good)
			continue;
		g_assert_cmpuint(keyval, ==, cases[i].keyval);
		g_assert_cmpuint(modifiers, ==, cases[i].modifiers);
	}
}

/* A file's hot keys come to the default ones. */
static void test_file(void)
{
	g_autoptr(GHashTable) table = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GPtrArray) some = NULL, taken = NULL;

	g_hash_table_insert(table, (gpointer)"secure-attention", (gpointer)"Ctrl+Alt+Ins");
	g_hash_table_insert(table, (gpointer)"release-cursor", (gpointer)"ctrl+alt+r");
	some = hotkeys_from_table(table);
	g_assert_cmpstr(find(some, GDK_KEY_Insert, GDK_CONTROL_MASK | GDK_MOD1_MASK), ==,
			"secure-attention");
	g_assert_cmpstr(find(some, GDK_KEY_r, GDK_CONTROL_MASK | GDK_MOD1_MASK), ==,
			"release-cursor");
	g_assert_null(find(some, GDK_KEY_F12, GDK_SHIFT_MASK));
	g_assert_cmpstr(find(some, GDK_KEY_F11, GDK_SHIFT_MASK), ==, "toggle-fullscreen");
	g_assert_cmpstr(find(some, GDK_KEY_F11, GDK_SHIFT_MASK | GDK_CONTROL_MASK), ==,
			"toggle-statistics");
	g_assert_cmpstr(find(some, GDK_KEY_F12, GDK_SHIFT_MASK | GDK_CONTROL_MASK), ==,
			"show-menu");
	/* Keys that the file gives to another action are that one's. */
	g_hash_table_insert(table, (gpointer)"zoom-in", (gpointer)"shift+f11");
	taken = hotkeys_from_table(table);
	g_assert_cmpstr(find(taken, GDK_KEY_F11, GDK_SHIFT_MASK), ==, "zoom-in");
}

static void test_actions(void)
{
	guint i;

	for (i = 0; hotkey_name(i); i++)
		g_assert_nonnull(hotkey_action(hotkey_name(i)));
	g_assert_cmpuint(i, ==, 11);
	g_assert_cmpstr(hotkey_action("toggle-fullscreen"), ==, "fullscreen");
	g_assert_null(hotkey_action("fullscreen"));
}

static void test_keymap(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GHashTable) map = keymap_parse("F1=SHIFT+CTRL+F1,1=SHIFT+F1,ALT_L=Void,Super_L=",
			&error);
	GArray *keys;

	g_assert_no_error(error);
	keys = g_hash_table_lookup(map, GUINT_TO_POINTER(GDK_KEY_F1));
	g_assert_cmpuint(keys->len, ==, 3);
	g_assert_cmpuint(g_array_index(keys, guint, 0), ==, GDK_KEY_Shift_L);
	g_assert_cmpuint(g_array_index(keys, guint, 2), ==, GDK_KEY_F1);
	g_assert_cmpuint(((GArray *)g_hash_table_lookup(map,
			GUINT_TO_POINTER(GDK_KEY_Super_L)))->len, ==, 0);
	g_assert_null(keymap_parse("F1", &error));
	g_assert_nonnull(error);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/keys/hotkeys", test_hotkeys);
	g_test_add_func("/keys/bad-hotkeys", test_bad_hotkeys);
	g_test_add_func("/keys/defaults", test_defaults);
	g_test_add_func("/keys/combinations", test_combinations);
	g_test_add_func("/keys/file", test_file);
	g_test_add_func("/keys/actions", test_actions);
	g_test_add_func("/keys/keymap", test_keymap);
	return g_test_run();
}
