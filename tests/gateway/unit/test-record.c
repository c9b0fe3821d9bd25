/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "policy/cause.h"
#include "tell/audit.h"
#include "ticket/error.h"
#include "ticket/ticket.h"

/* Words of the record, of refusals and of tickets. */

static void test_quotes(void)
{
	static const struct {
		const char *text, *quoted;
	} cases[] = {
		{ "plain", "\"plain\"" },
		{ "", "\"\"" },
		{ "a\"b\\c", "\"a\\\"b\\\\c\"" },
		{ "two\nlines\t", "\"two\\u000alines\\u0009\"" },
		{ "\033[31m\177", "\"\\u001b[31m\\u007f\"" },
		{ "\303\244", "\"\303\244\"" },
		{ "a\xff", "\"a\357\277\275\"" },
		{ "\xc0\xaf", "\"\357\277\275\357\277\275\"" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GString) out = g_string_new(NULL);

		audit_quote(out, cases[i].text);
		g_assert_cmpstr(out->str, ==, cases[i].quoted);
	}
}

static void write_line(struct audit *audit, const char *user)
{
	struct audit_line *line = audit_begin(audit, "opened");

	audit_text(line, "user", user);
	audit_text(line, "nothing", NULL);
	audit_number(line, "bytes", G_MAXUINT64);
	audit_end(line);
}

/* The lines of a file, without their times. */
static void assert_lines(const char *path, const char *wanted)
{
	g_autoptr(GString) out = g_string_new(NULL);
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; **line; line++) {
		g_assert_true(g_str_has_prefix(*line, "{\"time\":\"20"));
		g_string_append_printf(out, "%s\n", strstr(*line, ",\"event\""));
	}
	g_assert_cmpstr(out->str, ==, wanted);
}

#define LINE(user) ",\"event\":\"opened\",\"user\":\"" user "\"," \
	"\"bytes\":18446744073709551615}\n"

/* A record that is moved away goes on in a new file; what is there already stays. */
static void test_file(void)
{
	g_autofree char *folder = g_dir_make_tmp("record-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "audit", NULL);
	g_autofree char *old = g_build_filename(folder, "audit.1", NULL);
	struct audit *audit = audit_new(path, NULL);
	struct stat st;

	g_assert_nonnull(audit);
	write_line(audit, "alice");
	g_assert_cmpint(g_rename(path, old), ==, 0);
	write_line(audit, "bob"); /* to where the file is now */
	g_assert_true(audit_reopen(audit, NULL));
	write_line(audit, "eve\\\",\\\"x");
	audit_free(audit);
	audit = audit_new(path, NULL);
	write_line(audit, "dan");
	audit_free(audit);
	assert_lines(old, LINE("alice") LINE("bob"));
	assert_lines(path, LINE("eve\\\\\\\",\\\\\\\"x") LINE("dan"));
	g_assert_true(!stat(path, &st) && !(st.st_mode & 07));
	g_remove(path);
	g_remove(old);
	g_rmdir(folder);
	audit_free(NULL);
}

/* A full disk is told once, and ends nothing. */
static void test_full(void)
{
	struct audit *audit = audit_new("/dev/full", NULL);
	g_autoptr(GError) error = NULL;

	g_assert_nonnull(audit);
	g_test_expect_message(NULL, G_LOG_LEVEL_WARNING, "*audit record cannot be written*");
	write_line(audit, "alice");
	write_line(audit, "bob");
	g_test_assert_expected_messages();
	audit_free(audit);
	g_assert_null(audit_new("/no-such-folder/audit", &error));
	g_assert_true(g_str_has_prefix(error->message, "audit /no-such-folder/audit: "));
}

/* So many bytes more than the file has now; 0: as many as wanted. */
static void leave_room(const char *path, gsize bytes)
{
	struct rlimit limit;
	struct stat st;

	g_assert_true(!getrlimit(RLIMIT_FSIZE, &limit) && !stat(path, &st));
	limit.rlim_cur = bytes ? (rlim_t)st.st_size + bytes : limit.rlim_max;
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &limit), ==, 0);
}

/* A disk that is full in the middle of a line: the lines after this one can be read. */
static void test_cut(void)
{
	g_autofree char *folder = g_dir_make_tmp("record-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "audit", NULL);
	g_autofree char *text = NULL;
	struct audit *audit = audit_new(path, NULL);
	g_auto(GStrv) lines = NULL;
	void (*before)(int) = signal(SIGXFSZ, SIG_IGN);

	write_line(audit, "alice");
	leave_room(path, strlen("{\"time\":\""));
	g_test_expect_message(NULL, G_LOG_LEVEL_WARNING, "*cannot be written: No space*");
	write_line(audit, "bob");
	write_line(audit, "bob");
	g_test_assert_expected_messages();
	leave_room(path, 0);
	write_line(audit, "carol");
	write_line(audit, "dan");
	audit_free(audit);
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	lines = g_strsplit(text, "\n", -1);
	g_assert_cmpuint(g_strv_length(lines), ==, 5);
	g_assert_cmpstr(lines[1], ==, "{\"time\":\"");
	g_assert_true(strstr(lines[2], "carol") && g_str_has_suffix(lines[2], "}"));
	g_assert_true(g_str_has_prefix(lines[3], "{\"time\"") && strstr(lines[3], "dan"));
	g_assert_cmpstr(lines[4], ==, "");
	signal(SIGXFSZ, before);
	g_remove(path);
	g_rmdir(folder);
}

/* Each refusal and each end has a name of its own, and a code that fits. */
static void test_causes(void)
{
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);

	for (int i = 0; i < REFUSALS; i++) {
		guint status = refusal_status(i);

		g_assert_true(g_hash_table_add(names, (gpointer)refusal_name(i)));
		g_assert_true(!status || (status >= 400 && status < 600));
	}
	g_hash_table_remove_all(names);
	for (int i = 0; i < CAUSES; i++) {
		guint16 code = cause_code(i);

		g_assert_true(g_hash_table_add(names, (gpointer)cause_name(i)));
		/* 1005, 1006 and 1015 are never sent (RFC 6455, 7.4.1). */
		g_assert_true((code >= 1000 && code <= 1011 && code != 1004 && code != 1005 &&
				      code != 1006) || (code >= 4000 && code <= 4999));
	}
	/* Guests that guess must not learn which part of a ticket was right. */
	g_assert_cmpint(refusal_status(REFUSE_TICKET), ==, refusal_status(REFUSE_EXPIRED));
	g_assert_cmpint(refusal_status(REFUSE_TICKET), ==, refusal_status(REFUSE_REVOKED));
}

/* Names of channels, and what they become when they are written again; NULL: refused. */
static void test_channels(void)
{
	static const struct {
		const char *text, *again;
	} cases[] = {
		{ "main", "main" },
		{ "display,main", "main,display" },
		{ "main,main", "main" },
		{ "", NULL },
		{ ",", NULL },
		{ "main,", NULL },
		{ "main, display", NULL },
		{ "Main", NULL },
		{ "mains", NULL },
		{ "1", NULL },
	};
	guint32 all = 0;

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		guint32 channels = 0;
		gboolean ok = channels_parse(cases[i].text, &channels);
		g_autofree char *again = ok ? channels_format(channels) : NULL;

		g_test_message("%s", cases[i].text);
		g_assert_cmpstr(again, ==, cases[i].again);
	}
	g_assert_true(channels_parse("all", &all));
	g_assert_true(channel_is_allowed(all, 1) && channel_is_allowed(all, 10));
	g_assert_cmpstr(channel_name(1), ==, "main");
	g_assert_cmpstr(channel_name(G_MAXUINT), ==, "?");
}

static void test_ways(void)
{
	static const char *const unknown[] = { "", "TCP", "tcps", "udp", "ws ", "w" };
	enum ticket_way way;

	for (int i = WAY_TCP; i <= WAY_WSS; i++) {
		g_assert_true(ticket_way_parse(ticket_way_name(i), &way));
		g_assert_cmpint(way, ==, i);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(unknown); i++)
		g_assert_false(ticket_way_parse(unknown[i], &way));
}

/* A ticket that a program makes is checked as one that is read. */
static void test_made(void)
{
	struct ticket *t = ticket_new();
	g_autoptr(GError) error = NULL;

	g_assert_false(ticket_check(t, &error));
	g_assert_error(error, TICKET_ERROR, TICKET_ERROR_FORM);
	t->session = g_strdup("0123456789abcdef0123456789abcdef");
	t->desktop = g_strdup("d-1");
	t->user = g_strdup("alice");
	t->host = g_strdup("10.0.0.1");
	t->port = 5900;
	t->issued = 1000;
	t->use_by = t->expires = 2000;
	t->channels = 2;
	t->max_channels = 1;
	g_assert_true(ticket_check(t, NULL));
	t->use_by = 2001; /* after its end */
	g_assert_false(ticket_check(t, NULL));
	t->use_by = 2000;
	t->port = 65536;
	g_assert_false(ticket_check(t, NULL));
	ticket_free(t);
	ticket_free(NULL);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/record/quotes", test_quotes);
	g_test_add_func("/record/file", test_file);
	g_test_add_func("/record/full", test_full);
	g_test_add_func("/record/cut", test_cut);
	g_test_add_func("/words/causes", test_causes);
	g_test_add_func("/words/channels", test_channels);
	g_test_add_func("/words/ways", test_ways);
	g_test_add_func("/ticket/made", test_made);
	return g_test_run();
}
