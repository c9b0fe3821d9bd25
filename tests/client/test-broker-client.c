/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "target/broker-client.h"
#include "ui/usb-dialog.h"

#include <glib/gstdio.h>
#include <string.h>

struct answer {
	GMainLoop *loop;
	GAsyncResult *result;
};

static void done(GObject *source, GAsyncResult *result, gpointer data)
{
	struct answer *answer = data;

	answer->result = g_object_ref(result);
	g_main_loop_quit(answer->loop);
}

static struct target *resolve(const char *program, const char *name, GError **error)
{
	struct answer answer = { g_main_loop_new(NULL, FALSE), NULL };
	struct target *target;

	broker_client_resolve_async(program, name, TRUE, NULL, done, &answer);
	g_main_loop_run(answer.loop);
	target = broker_client_resolve_finish(answer.result, error);
	g_object_unref(answer.result);
	g_main_loop_unref(answer.loop);
	return target;
}

/* A broker that says what it was asked. */
static char *make_broker(const char *dir, const char *script)
{
	char *path = g_build_filename(dir, "broker", NULL);
	g_autofree char *text = g_strdup_printf("#!/bin/sh\n%s\n", script);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	g_assert_cmpint(g_chmod(path, 0700), ==, 0);
	return path;
}

static void test_resolve(void)
{
	g_autofree char *dir = g_dir_make_tmp("broker-XXXXXX", NULL);
	g_autofree char *path = make_broker(dir, "printf "
			"'[virt-viewer]\\ntype=spice\\nhost=h\\nport=1\\ntitle=%s\\n' \"$*\"");
	g_autoptr(GError) error = NULL;
	target_auto target = resolve(path, "my desk; rm -rf", &error);

	g_assert_no_error(error);
	g_assert_cmpstr(target->title, ==, "resolve --vv - -- my desk; rm -rf");
	g_remove(path);
	g_rmdir(dir);
}

static void test_failure(void)
{
	g_autofree char *dir = g_dir_make_tmp("broker-XXXXXX", NULL);
	g_autofree char *path = make_broker(dir, "echo 'starting' >&2; echo 'osvdi-broker: no "
			"desktop is called x' >&2; exit 3");
	g_autoptr(GError) error = NULL;

	g_assert_null(resolve(path, "x", &error));
	g_assert_cmpstr(error->message, ==, "no desktop is called x");
	g_clear_error(&error);
	g_remove(path);
	g_assert_null(resolve(path, "x", &error));
	g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
	g_rmdir(dir);
}

static void test_list(void)
{
	static const char json[] =
			"[{ \"id\": \"1\", \"name\": \"a, \\\"b\\\"\", \"status\": \"ACTIVE\", "
			"\"new\": [1] },"
			" { \"id\": \"2\", \"name\": \"two\\nlines\\u202e\", \"status\": null },"
			" { \"name\": \"no id\" }, 7,"
			" { \"id\": \"3\", \"name\": 4 }]";
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) list = broker_client_parse_list(json, -1, &error);
	const struct broker_desktop *d;

	g_assert_no_error(error);
	g_assert_cmpuint(list->len, ==, 3);
	d = list->pdata[0];
	g_assert_cmpstr(d->id, ==, "1");
	g_assert_cmpstr(d->name, ==, "a, \"b\"");
	g_assert_cmpstr(d->status, ==, "ACTIVE");
	d = list->pdata[1];
	g_assert_cmpstr(d->name, ==, "two lines?");
	g_assert_cmpstr(d->status, ==, "");
	d = list->pdata[2];
	g_assert_cmpstr(d->id, ==, "3");
}

static void test_bad_lists(void)
{
	static const char *const bad[] = {
		"", "ID,Name,Status\n", "{ \"id\": \"1\" }", "[{ \"id\": \"1\" }",
		"[\"\xff\"]", "null",
		"[][]", "[] 1", "2[[]]", "[{}]]", "// a comment\n[]",
	};
	g_autofree char *deep = g_strnfill(1000000, '[');
	guint i;

	g_assert_null(broker_client_parse_list(deep, -1, NULL));

	for (i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(broker_client_parse_list(bad[i], -1, &error));
		g_assert_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
	}
}

static void test_usb_words(void)
{
	static const struct {
		const char *message, *remedy;
	} cases[] = {
		{ "Could not open device: LIBUSB_ERROR_ACCESS", "udev" },
		{ "Device or resource busy", "unmount" },
		{ "Device is in use by another application", "unmount" },
		{ "No free USB channel", "taken" },
	};
	guint i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = g_error_new_literal(SPICE_CLIENT_ERROR,
				SPICE_CLIENT_ERROR_FAILED, cases[i].message);
		g_autofree char *text = usb_explain(error);

		g_assert_nonnull(strstr(text, cases[i].message));
		g_assert_nonnull(strstr(text, cases[i].remedy));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/broker/resolve", test_resolve);
	g_test_add_func("/broker/failure", test_failure);
	g_test_add_func("/broker/list", test_list);
	g_test_add_func("/broker/bad-lists", test_bad_lists);
	g_test_add_func("/usb/words", test_usb_words);
	return g_test_run();
}
