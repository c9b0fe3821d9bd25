/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ticket/browser.h"
#include "ticket/keys-internal.h"
#include "ticket/seal.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

#define GOOD \
	"session 0123456789abcdef0123456789abcdef\ndesktop 05c7863a-0000-4000-8000-000000000001\n" \
	"user alice w\n" \
	"way tcp\nhost 10.0.0.1\nport 5900\nissued 1000\nuse-by 1060\nexpires 2000\nonce 1\n" \
	"channels main,display\nmax-channels 8\n"
#define KEY "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER_KEY "1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct ticket *parse(const char *text)
{
	return ticket_parse(text, strlen(text), NULL);
}

static void test_text(void)
{
	g_autoptr(GError) error = NULL;
	struct ticket *t = ticket_parse(GOOD, strlen(GOOD), &error);
	char *text;

	g_assert_no_error(error);
	g_assert_cmpstr(t->user, ==, "alice w");
	g_assert_cmpuint(t->port, ==, 5900);
	g_assert_true(t->once);
	g_assert_true(channel_is_allowed(t->channels, 1) && channel_is_allowed(t->channels, 2));
	g_assert_false(channel_is_allowed(t->channels, 9) || channel_is_allowed(t->channels, 0) ||
			channel_is_allowed(t->channels, 200));
	text = ticket_format(t);
	g_assert_cmpstr(text, ==, GOOD);
	ticket_text_free(text);
	ticket_free(t);
}

/* One line of the good text replaced. */
static void test_fields(void)
{
	static const struct {
		const char *from, *to;
		gboolean good;
	} cases[] = {
		{ "port 5900", "port 0", FALSE },
		{ "port 5900", "port 65536", FALSE },
		{ "port 5900", "port -1", FALSE },
		{ "port 5900", "port 1", TRUE },
		{ "port 5900\n", "", FALSE },
		{ "port 5900", "port 5900\nport 5900", FALSE },
		{ "port 5900", "port 5900\nnew field", FALSE },
		{ "port 5900", "port", FALSE },
		{ "0123456789abcdef0123456789abcdef", "0123456789ABCDEF0123456789abcdef", FALSE },
		{ "0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcde", FALSE },
		{ "05c7863a-0000-4000-8000-000000000001", "a/b", FALSE },
		{ "05c7863a-0000-4000-8000-000000000001", "", FALSE },
		{ "alice w", "", FALSE },
		{ "alice w", "\303\274", TRUE },
		{ "alice w", "\001", FALSE },
		{ "alice w", "a\033", FALSE },
		{ "10.0.0.1", "a b", FALSE },
		{ "10.0.0.1", "fe80::1%eth0", FALSE },
		{ "10.0.0.1", "2001:db8::1", TRUE },
		{ "way tcp", "way udp", FALSE },
		{ "way tcp", "way tls", FALSE }, /* no authority */
		{ "way tcp", "way tls\nauthority a\nsubject CN=x", TRUE },
		{ "way tcp", "way tcp\nauthority a", FALSE },
		{ "way tcp", "way tcp\npath /x", FALSE },
		{ "way tcp", "way ws\npath /x?token=y", TRUE },
		{ "way tcp", "way ws\npath x", FALSE },
		{ "way tcp", "way ws\npath /x\ty", FALSE },
		{ "way tcp", "way ws\npath /x HTTP/1.1", FALSE },
		{ "way tcp", "way ws", FALSE },
		{ "way tcp", "way wss\npath /x\nauthority a", TRUE },
		{ "way tcp", "way wss\npath /x\nauthority a\nsubject CN=x", FALSE },
		{ "issued 1000", "issued 0", FALSE },
		{ "issued 1000", "issued 1061", FALSE },
		{ "expires 2000", "expires 1059", FALSE },
		{ "expires 2000", "expires 99999999999999999999", FALSE },
		{ "once 1", "once 2", FALSE },
		{ "once 1", "once 1\nbrowser 0123456789abcdef", FALSE },
		{ "once 1", "once 1\nbrowser 0123456789abcdef0123456789abcdef"
			    "0123456789abcdef0123456789abcdef", TRUE },
		{ "once 1", "once 1\nbrowser 0123456789ABCDEF0123456789abcdef"
			    "0123456789abcdef0123456789abcdef", FALSE },
		{ "main,display", "all", TRUE },
		{ "main,display", "main,tunnel", FALSE },
		{ "main,display", "", FALSE },
		{ "max-channels 8\n", "max-channels 257\n", FALSE },
		{ "max-channels 8\n", "max-channels 8", FALSE },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_auto(GStrv) parts = g_strsplit(GOOD, cases[i].from, 2);
		g_autofree char *text = g_strjoinv(cases[i].to, parts);
		struct ticket *t = parse(text);

		g_test_message("%s -> %s", cases[i].from, cases[i].to);
		g_assert_true((t != NULL) == cases[i].good);
		ticket_free(t);
	}
	g_assert_null(parse(""));
	g_assert_null(ticket_parse(GOOD "\0x", sizeof GOOD + 1, NULL));
}

static void test_seal(void)
{
	struct keys *keys = keys_parse("# first\nb " OTHER_KEY "\n\na " KEY "\n", NULL),
			*only_a = keys_parse("a " KEY, NULL);
	struct keys *same_name = keys_parse("b " KEY, NULL);
	struct ticket *t = parse(GOOD), *again;
	char *text = seal_ticket(keys, t), *other = seal_ticket(keys, t);
	g_autoptr(GError) error = NULL, unknown = NULL;

	g_assert_true(g_str_has_prefix(text, "osvdi1.b."));
	g_assert_cmpstr(text, !=, other);
	g_assert_cmpuint(strspn(text,
			"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."), ==,
			strlen(text));
	again = seal_open(keys, text, strlen(text), NULL);
	g_assert_nonnull(again);
	g_assert_cmpstr(again->session, ==, t->session);
	g_assert_null(seal_open(only_a, text, strlen(text), &unknown));
	g_assert_error(unknown, TICKET_ERROR, TICKET_ERROR_KEY);
	g_assert_null(seal_open(same_name, text, strlen(text), &error));
	g_assert_error(error, TICKET_ERROR, TICKET_ERROR_FORGED);
	for (gsize n = 0; n < strlen(text); n++)
		g_assert_null(seal_open(keys, text, n, NULL));
	for (gsize i = 0; text[i]; i++) {
		char was = text[i];

		text[i] = was == 'A' ? 'B' : 'A';
		g_assert_null(seal_open(keys, text, strlen(text), NULL));
		text[i] = was;
	}
	ticket_free(again);
	ticket_free(t);
	ticket_text_free(text);
	ticket_text_free(other);
	keys_free(keys);
	keys_free(only_a);
	keys_free(same_name);
}

static void test_keys(void)
{
	static const char *const bad[] = { "", "# none\n", "a", "a " KEY "0", "a x", "a-b " KEY,
		"12345678901234567 " KEY,
		"a " KEY "\na " OTHER_KEY };
	char *line = keys_make_line("k1");
	struct keys *keys = keys_parse(line, NULL);

	g_assert_nonnull(keys);
	g_assert_null(keys_make_line("k 1"));
	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(keys_parse(bad[i], &error));
		g_assert_error(error, TICKET_ERROR, TICKET_ERROR_KEYS);
		g_assert_null(strstr(error->message, "0123456789abcdef"));
	}
	keys_free(keys);
	ticket_text_free(line);
}

/* More keys than are kept. */
static void test_many_keys(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	struct keys *keys;

	for (guint i = 0; i < KEYS_MAX; i++)
		g_string_append_printf(text, "k%u %s\n", i, KEY);
	keys = keys_parse(text->str, &error);
	g_assert_no_error(error);
	keys_free(keys);
	g_string_append(text, "more " KEY "\n");
	g_assert_null(keys_parse(text->str, &error));
	g_assert_nonnull(strstr(error->message, "too many keys"));
}

/* Who but its owner may do what with the file of keys: its group may read it. */
static void test_key_file(void)
{
	static const struct {
		int mode;
		gboolean ok;
	} cases[] = {
		{ 0600, TRUE }, { 0400, TRUE }, { 0640, TRUE }, { 0440, TRUE },
		{ 0660, FALSE }, { 0620, FALSE }, { 0644, FALSE }, { 0604, FALSE },
		{ 0602, FALSE }, { 0601, FALSE }, { 0777, FALSE },
	};
	g_autofree char *folder = g_dir_make_tmp("keys-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "keys", NULL);
	g_autofree char *large = g_strnfill(65536, '#');

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		struct keys *keys;

		g_assert_true(g_file_set_contents(path, "a " KEY "\n", -1, NULL));
		g_assert_cmpint(g_chmod(path, cases[i].mode), ==, 0);
		keys = keys_load(path, &error);
		g_test_message("mode %04o", (guint)cases[i].mode);
		g_assert_cmpint(keys != NULL, ==, cases[i].ok);
		g_assert_true(cases[i].ok || strstr(error->message, "chmod 0640"));
		keys_free(keys);
	}
	g_assert_true(g_file_set_contents(path, large, -1, NULL) && !g_chmod(path, 0600));
	g_assert_null(keys_load(path, NULL));
	g_assert_null(keys_load(folder, NULL));
	g_remove(path);
	g_assert_null(keys_load(path, NULL));
	g_rmdir(folder);
}

/* A digest, and whether it fits the cookie "a=b" of a browser. */
static void test_browser(void)
{
	char right[BROWSER_TEXT_BYTES], *short_one, *long_one;

	browser_digest("a=b", 3, right);
	short_one = g_strndup(right, sizeof(right) - 2);
	long_one = g_strconcat(right, "0", NULL);
	g_assert_true(browser_fits(right, "a=b", 3));
	g_assert_false(browser_fits(right, "a=bc", 4) || browser_fits(right, "a=", 2) ||
			browser_fits(right, "", 0));
	g_assert_false(browser_fits(short_one, "a=b", 3) || browser_fits(long_one, "a=b", 3) ||
			browser_fits("", "a=b", 3));
	g_free(short_one);
	g_free(long_one);
}

/* A client names the type of its channel: any number of one byte. */
static void test_types(void)
{
	guint32 all = 0, main_only = 0;

	g_assert_true(channels_parse("all", &all) && channels_parse("main", &main_only));
	for (guint type = 0; type < 256; type++) {
		gboolean known = type >= 1 && type <= 11 && type != 7;

		g_assert_cmpint(channel_is_allowed(all, type), ==, known);
		g_assert_cmpint(channel_is_allowed(main_only, type), ==, type == 1);
		g_assert_cmpint(channel_is_allowed(G_MAXUINT32, type), ==, type < 12);
		g_assert_cmpint(strcmp(channel_name(type), "?") != 0, ==, known);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	if (sodium_init() < 0)
		return 1;
	g_test_add_func("/gateway/ticket/text", test_text);
	g_test_add_func("/gateway/ticket/fields", test_fields);
	g_test_add_func("/gateway/ticket/seal", test_seal);
	g_test_add_func("/gateway/ticket/keys", test_keys);
	g_test_add_func("/gateway/ticket/many-keys", test_many_keys);
	g_test_add_func("/gateway/ticket/key-file", test_key_file);
	g_test_add_func("/gateway/ticket/browser", test_browser);
	g_test_add_func("/gateway/ticket/types", test_types);
	return g_test_run();
}
