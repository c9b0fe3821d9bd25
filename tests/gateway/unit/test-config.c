/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config/config.h"
#include "net/tls.h"
#include "tell/audit.h"
#include "tell/metrics.h"

#include <arpa/inet.h>
#include <string.h>

#define MINIMUM "[gateway]\nlisten=127.0.0.1:1\nkeys=/k\ntargets=10.0.0.0/8\n"

static void test_good(void)
{
	g_autoptr(GError) error = NULL;
	struct config *c = config_parse(MINIMUM "origins=https://a;https://b:1\n[limits]\n"
			"ping-seconds=0\n[authorities]\nlab=/ca.pem\n", &error);

	g_assert_no_error(error);
	g_assert_cmpstr(c->path, ==, "/gw");
	g_assert_cmpstr(c->origins[1], ==, "https://b:1");
	g_assert_false(c->ticket_in_url || c->proxy_protocol);
	g_assert_cmpint(c->limits.ping_s, ==, 0);
	g_assert_cmpint(c->limits.handshake_s, ==, 5);
	g_assert_cmpint(c->rules.max_life_s, ==, 86400);
	g_assert_cmpstr(g_hash_table_lookup(c->authorities, "lab"), ==, "/ca.pem");
	config_free(c);
}

static void test_bad(void)
{
	static const char *const bad[] = {
		"", "[gateway]\n", "[gateway]\nlisten=x\nkeys=/k\n", MINIMUM "typo=1\n",
		MINIMUM "ticket-in-url=yes\n", MINIMUM "path=gw\n",
		MINIMUM "tls-key=/x\n", MINIMUM "origins=desk.example\n", MINIMUM "audit=\n",
		MINIMUM "[limits]\nhandshakes=0\n",
		MINIMUM "[limits]\nping-seconds=-1\n", MINIMUM "[limits]\nping-seconds=1s\n",
		MINIMUM "[limit]\nping-seconds=1\n",
		"[gateway]\nlisten=x\nkeys=/k\ntargets=10.0.0.0/33\n",
		"[gateway]\nlisten=x\nkeys=/k\ntargets=host\n",
		/* not UTF-8: a value that is there must not count as one that is not */
		MINIMUM "revocations=/\xff\n", MINIMUM "audit=/\xff\n",
		MINIMUM "origins=https://a\xff\n",
		MINIMUM "[limits]\nticket-life-seconds=60\xff\n",
		MINIMUM "[authorities]\nlab=/\xff.pem\n", MINIMUM "[authorities]\nlab=\n",
		/* an escape that is none */
		MINIMUM "revocations=/a\\q\n", MINIMUM "[authorities]\nlab=/a\\q\n",
		MINIMUM "audit=/a\\\n",
		MINIMUM "[limits]\nconnections=4294967297\n",
		MINIMUM "[limits]\nconnections=0x10\n", MINIMUM "[limits]\nconnections=\n",
		MINIMUM "[gateway]\ntls-cert=/x\n",
	};

	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *shown = g_strescape(bad[i], NULL);

		g_test_message("%s", shown);
		g_assert_null(config_parse(bad[i], &error));
		g_assert_nonnull(error);
	}
}

static gboolean allows(const struct targets *targets, const char *text)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	struct sockaddr_in four = { .sin_family = AF_INET };

	if (inet_pton(AF_INET, text, &four.sin_addr) == 1)
		return targets_allow(targets, (struct sockaddr *)&four);
	g_assert_cmpint(inet_pton(AF_INET6, text, &six.sin6_addr), ==, 1);
	return targets_allow(targets, (struct sockaddr *)&six);
}

static void test_targets(void)
{
	struct targets *all = targets_parse("0.0.0.0/0, ::/0", NULL),
			*some = targets_parse("10.1.0.0/16;127.0.0.1;2001:db8::/32", NULL);
	static const char *const never[] = { "127.0.0.1", "127.9.9.9", "::1", "169.254.169.254",
		"fe80::1", "0.0.0.0", "::", "224.0.0.1",
		"ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1" };

	for (guint i = 0; i < G_N_ELEMENTS(never); i++)
		g_assert_false(allows(all, never[i]));
	g_assert_true(allows(all, "8.8.8.8") && allows(all, "2001:db8::1"));
	g_assert_true(allows(some, "10.1.255.1") && allows(some, "127.0.0.1") &&
			allows(some, "2001:db8:1::1"));
	g_assert_true(allows(some, "::ffff:10.1.0.1"));
	g_assert_false(allows(some, "10.2.0.1") || allows(some, "127.0.0.2") ||
			allows(some, "2001:db9::1"));
	g_assert_null(targets_parse(" ; ", NULL));
	targets_free(all);
	targets_free(some);
}

static void test_subject(void)
{
	static const struct {
		const char *text;
		gboolean ok;
	} cases[] = {
		{ "C=DE, O=Uni\\, Lab,CN=compute-1", TRUE },
		{ "O=a=b", TRUE },
		{ "O=a\\\\,CN=b", TRUE },
		/* Nothing is behind the last backslash, so this one stands for itself. */
		{ "O=a\\", TRUE },
		{ "O=\\", TRUE },
		{ "", FALSE },
		{ " ", FALSE },
		{ "CN", FALSE },
		{ "=x", FALSE },
		{ "\\", FALSE },
		{ "NOSUCHTHING=x", FALSE },
		{ "CN=x,", FALSE },
		{ "CN=x,,O=y", FALSE },
		{ "C=Deutschland", FALSE },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_test_message("%s", cases[i].text);
		g_assert_cmpint(tls_subject_is_valid(cases[i].text), ==, cases[i].ok);
	}
}

static void test_record(void)
{
	g_autoptr(GString) out = g_string_new(NULL);
	struct metrics m = { .accepted = 3, .refused[REFUSE_ORIGIN] = 2 };
	g_autofree char *text = metrics_format(&m);

	audit_quote(out, "a\"b\\c\n\x7f\xff\xc3\xbc");
	g_assert_cmpstr(out->str, ==, "\"a\\\"b\\\\c\\u000a\\u007f\xef\xbf\xbd\xc3\xbc\"");
	g_assert_nonnull(strstr(text, "\nosvdi_gateway_accepted_total 3\n"));
	g_assert_nonnull(strstr(text, "\nosvdi_gateway_refused_total{reason=\"origin\"} 2\n"));
	for (guint i = 0; i < REFUSALS; i++)
		g_assert_nonnull(refusal_name((enum refusal)i));
	for (guint i = 0; i < CAUSES; i++)
		g_assert_cmpuint(cause_code((enum cause)i), >=, 1000);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/gateway/config/good", test_good);
	g_test_add_func("/gateway/config/bad", test_bad);
	g_test_add_func("/gateway/targets", test_targets);
	g_test_add_func("/gateway/subject", test_subject);
	g_test_add_func("/gateway/record", test_record);
	return g_test_run();
}
