/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/redact.h"

#define SECRET "Hunter2-x9"

/* Texts from services, which may be long and hostile; test-text.c has the short ones. */

static void append_times(GString *out, const char *what, guint times)
{
	while (times--)
		g_string_append(out, what);
}

/*
 * Texts of a repeated part with a secret behind it, which its place alone tells. The
 * length is one at which a search that goes back and forth gives up, or does not end.
 */
static void test_long(void)
{
	static const struct {
		const char *head, *part, *tail;
	} cases[] = {
		{ "{\"password\": \"", "a", SECRET "\"}" },
		{ "{\"password\": \"", "\\a", SECRET "\"}" },
		{ "{\"password\": \"", "\303\244", SECRET },
		{ "{'auth_token': '", "x ", SECRET "'}" },
		{ "\"", "token", "\" \"password\": \"" SECRET "\"" },
		{ "\"", "token_", "\": http://user:" SECRET "@h" },
		{ "", "\"token\" ", "\"secret\":\"" SECRET "\"" },
		{ "x-", "token", " http://user:" SECRET "@h" },
		{ "", "x-", "auth-token: " SECRET },
		{ "Authorization: ", "a", SECRET },
		{ "", "a:", " http://user:" SECRET "@h" },
		{ "", " a:b", " user:" SECRET "@proxy:1" },
		{ "http://h/?", "a=b&", "x=" SECRET },
		{ "http://", "u:", SECRET "@h" },
		{ "", "_", ".html/" SECRET },
		{ "https://h/", "tokens/a/", "tokens/" SECRET },
		{ "", "%3D", " token%3D" SECRET },
		{ "", "a=", " token=" SECRET },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		GString *text = g_string_new(cases[i].head);
		g_autofree char *out = NULL;

		g_test_message("%s%s...%s", cases[i].head, cases[i].part, cases[i].tail);
		append_times(text, cases[i].part, 20000 / (guint)strlen(cases[i].part));
		g_string_append(text, cases[i].tail);
		out = redact_text(NULL, text->str);
		g_assert_null(strstr(out, SECRET));
		g_assert_nonnull(strstr(out, "***"));
		g_string_free(text, TRUE);
	}
}

/* A secret and a text of backslashes have more ways to meet than anybody can try. */
static void test_many_ways(void)
{
	static const struct {
		const char *part;
		guint in_secret, in_text;
	} cases[] = {
		{ "\\", 60, 90 },
		{ "\\", 60, 119 },
		{ "\\", 200, 1000 },
		{ "%25", 60, 90 },
		{ "\\u005c", 30, 170 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct redact *r = redact_new();
		GString *secret = g_string_new(NULL), *text = g_string_new("| ");
		g_autofree char *out = NULL, *masked = NULL;

		append_times(secret, cases[i].part, cases[i].in_secret);
		g_string_append_c(secret, 'x');
		append_times(text, cases[i].part, cases[i].in_text);
		redact_remember(r, secret->str);
		g_string_append(text, "y |");
		out = redact_text(r, text->str);
		g_assert_cmpstr(out, ==, text->str); /* its end is another */
		g_string_insert(text, (gssize)text->len - 3, "x");
		masked = redact_text(r, text->str);
		g_assert_null(strstr(masked, secret->str));
		g_assert_true(g_str_has_suffix(masked, "***y |"));
		g_string_free(secret, TRUE);
		g_string_free(text, TRUE);
		redact_free(r);
	}
}

/* One character as a message may have it. */
static void append_spelled(GString *out, char c)
{
	switch (g_test_rand_int_range(0, 6)) {
	case 0: g_string_append_printf(out, "%%%02x", (guchar)c); break;
	case 1: g_string_append_printf(out, "%%%02X", (guchar)c); break;
	case 2: g_string_append_printf(out, "%%25%02X", (guchar)c); break;
	case 3: g_string_append_printf(out, "\\u%04x", (guchar)c); break;
	case 4: g_string_append_printf(out, g_ascii_isalnum(c) ? "%c" : "\\%c", c); break;
	default: g_string_append_c(out, c == ' ' && g_test_rand_bit() ? '+' : c);
	}
}

/* Secrets of characters that escape others, each spelled in any of the known ways. */
static void test_spellings(void)
{
	static const char letters[] = "aB3\\%+\"/ u0;";

	for (int round = 0; round < 500; round++) {
		struct redact *r = redact_new();
		GString *secret = g_string_new(NULL), *text = g_string_new("|");
		g_autofree char *out = NULL;

		for (int n = g_test_rand_int_range(4, 13); n > 0; n--)
			g_string_append_c(secret,
					letters[g_test_rand_int_range(0, sizeof(letters) - 1)]);
		for (gsize i = 0; i < secret->len; i++)
			append_spelled(text, secret->str[i]);
		g_string_append_c(text, '|');
		redact_remember(r, secret->str);
		out = redact_text(r, text->str);
		if (strcmp(out, "|***|"))
			g_test_message("%s as %s: %s", secret->str, text->str, out);
		g_assert_cmpstr(out, ==, "|***|");
		g_string_free(secret, TRUE);
		g_string_free(text, TRUE);
		redact_free(r);
	}
}

/* A password of another encoding, in messages that are made UTF-8. */
static void test_not_utf8(void)
{
	static const char *const texts[] = { "said Stra\337e99 here",
		"said Stra\357\277\275e99 here", "said Stra%DFe99 here", "said Stra%25dfe99 here" };
	struct redact *r = redact_new();

	redact_remember(r, "Stra\337e99");
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autofree char *out = redact_text(r, texts[i]);

		g_assert_cmpstr(out, ==, "said *** here");
	}
	redact_free(r);
}

/* The longer one of two secrets that begin alike is masked whole. */
static void test_overlaps(void)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "ABCD-1", "***" },
		{ "ABCD-12", "***" },
		{ "ABCD-123", "***3" },
		{ "xABCD-1ABCD-12x", "x******x" },
		{ "ABCDABCD-", "ABCDABCD-" },
		{ "ABC", "ABC" },
	};
	struct redact *r = redact_new();

	redact_remember(r, "ABCD-1");
	redact_remember(r, "ABCD-12");
	redact_remember(r, "ABCD-1");
	redact_remember(r, "");
	redact_remember(r, "ABC"); /* too short: it stands in many words */
	redact_except(r, "");
	redact_remember(NULL, "x");
	redact_except(NULL, "x");
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *out = redact_text(r, cases[i].in);

		g_assert_cmpstr(out, ==, cases[i].out);
	}
	redact_free(r);
	redact_free(NULL);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/redact/long", test_long);
	g_test_add_func("/redact/many-ways", test_many_ways);
	g_test_add_func("/redact/spellings", test_spellings);
	g_test_add_func("/redact/not-utf8", test_not_utf8);
	g_test_add_func("/redact/overlaps", test_overlaps);
	return g_test_run();
}
