/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ticket/seal.h"

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

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	if (sodium_init() < 0)
		return 1;
	g_test_add_func("/gateway/ticket/text", test_text);
	g_test_add_func("/gateway/ticket/fields", test_fields);
	g_test_add_func("/gateway/ticket/seal", test_seal);
	g_test_add_func("/gateway/ticket/keys", test_keys);
	return g_test_run();
}
