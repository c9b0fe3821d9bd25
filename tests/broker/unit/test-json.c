/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/json.h"

static void test_refuses(void)
{
	static const char *const bad[] = {
		"",
		"{",
		"[1",
		"\"open",
		"{\"a\":\"\\",
		"<html>",
		"{'a':1}",
		"/* c */ {}",
		"{} // c",
		"nul\x01",
		"{\"a\":1",
		"]",
		"[1][2]",
		"{} 1",
		"1 {}",
		"\"a\"[]",
		"[]]",
		"1",
		"\xff",
	};
	g_autofree char *deep = g_strnfill(JSON_MAX_DEPTH + 1, '[');

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) e = NULL;

		g_assert_null(js_load(bad[i], strlen(bad[i]), &e));
		g_assert_error(e, BROKER_ERROR, BROKER_ERROR_SERVICE);
	}
	g_assert_null(js_load(deep, strlen(deep), NULL));
	g_assert_null(js_load("{}\0{}", 5, NULL));
}

static void test_depth_is_not_hidden_by_strings(void)
{
	static const char text[] = "[\"]]]\",\"[[[\",{\"a\":\"\\\"}\"}]";
	g_autoptr(JsonNode) n = js_load(text, strlen(text), NULL);

	g_assert_nonnull(n);
}

static void test_types(void)
{
	static const char text[] = "{\"s\":\"x\",\"i\":5,\"b\":true,\"n\":null,\"o\":{},"
			"\"a\":[\"e\",{\"k\":1},7]}";
	g_autoptr(JsonNode) n = js_load(text, strlen(text), NULL);
	JsonObject *o = js_root_object(n);
	static const char *const keys[] = { "s", "i", "b", "n", "o", "a", "absent" };

	g_assert_nonnull(o);
	for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
		g_assert_cmpint(js_str(o, keys[i]) != NULL, ==, i == 0);
		g_assert_cmpint(js_int(o, keys[i], -3), ==, i == 1 ? 5 : -3);
		g_assert_cmpint(js_bool(o, keys[i], FALSE), ==, i == 2);
		g_assert_cmpint(js_obj(o, keys[i]) != NULL, ==, i == 4);
		g_assert_cmpint(js_arr(o, keys[i]) != NULL, ==, i == 5);
	}
	g_assert_cmpstr(js_elem_str(js_arr(o, "a"), 0), ==, "e");
	g_assert_null(js_elem_str(js_arr(o, "a"), 2));
	g_assert_null(js_elem_str(js_arr(o, "a"), 3));
	g_assert_nonnull(js_elem_obj(js_arr(o, "a"), 1));
	g_assert_null(js_elem_obj(js_arr(o, "a"), 0));
	g_assert_cmpint(js_len(NULL), ==, 0);
	g_assert_null(js_str(NULL, "s"));
	g_assert_null(js_root_object(NULL));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/json/refuses", test_refuses);
	g_test_add_func("/json/strings", test_depth_is_not_hidden_by_strings);
	g_test_add_func("/json/types", test_types);
	return g_test_run();
}
