/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "peer.h"
#include "session/diagnosis.h"

#include <glib/gstdio.h>
#include <string.h>

/* The end of a diagnosis. */
struct result {
	gboolean done;
	struct failure *failure;
};

static void on_done(struct failure *failure, gpointer data)
{
	struct result *result = data;

	g_assert_false(result->done);
	result->done = TRUE;
	result->failure = failure;
}

/* Runs a diagnosis; again, a few times, where this machine was too slow for its patience and the
 * case is not about that. */
static void diagnose(struct result *result, struct peer_place *place, gboolean tls,
		gboolean patient)
{
	guint tries = 0;
	gint64 begun;

	do {
		g_assert_cmpuint(tries++, <, 10);
		failure_free(result->failure);
		*result = (struct result){ FALSE, NULL };
		begun = g_get_monotonic_time();
		if (tls)
			diagnosis_of_tls(place->session, place->address, place->target,
					place->options, on_done, result);
		else
			diagnosis_listen(place->session, place->address, place->target, on_done,
					result);
		peer_until(result->done);
	} while (!patient && g_get_monotonic_time() - begun >= 3 * G_USEC_PER_SEC);
}

static void check(const struct result *result, const char *why, const char *remedy)
{
	if (!why) {
		g_assert_null(result->failure);
		return;
	}
	g_test_message("%s | %s", result->failure->why, result->failure->remedy);
	g_assert_nonnull(strstr(result->failure->why, why));
	g_assert_nonnull(strstr(result->failure->remedy, remedy));
	g_assert_true(result->failure->final);
}

/* ---- other services ------------------------------------------------------ */

static const struct {
	const char *name;
	struct peer_manners manners;
	const char *why, *remedy; /* NULL: nothing is found */
} services[] = {
	{ "VNC", { .greeting = "RFB 003.008\n" }, "another protocol: VNC.", "with a VNC viewer" },
	{ "SSH", { .greeting = "SSH-2.0-OpenSSH_9.2\r\n" }, "protocol: SSH.", "Check the port" },
	{ "FTP", { .greeting = "220 ready\r\n" }, "protocol: mail or FTP.", "Check the port" },
	{ "IMAP", { .greeting = "* OK ready\r\n" }, "mail (IMAP)", "Check the port" },
	{ "POP3", { .greeting = "+OK ready\r\n" }, "mail (POP3)", "Check the port" },
	{ "HTTP", { .greeting = "HTTP/1.1 400 Bad\r\n" }, "web (HTTP)", "Check the port" },
	{ "a long greeting", { .greeting = "SSH-2.0-0123456789012345678901234567890123456789" },
		"protocol: SSH.", "Check the port" },
	{ "bytes that nobody knows", { .greeting = "\x01\x02" }, "another protocol.",
		"Check the port" },
	{ "part of a known one", { .greeting = "RF" }, "another protocol.", "Check the port" },
	{ "one that says hello and goodbye", { .greeting = "RFB 003.008\n", .hangs_up = TRUE },
		"VNC", "Open it with a VNC viewer, or give the port of SPICE." },
	{ "SPICE", { .greeting = "REDQ" }, NULL, NULL },
	{ "one that hangs up", { .hangs_up = TRUE }, NULL, NULL },
	{ "one that says nothing, as SPICE does", { NULL }, NULL, NULL },
};

static void test_listen(void)
{
	guint i;

	for (i = 0; i < G_N_ELEMENTS(services); i++) {
		struct peer *peer = peer_new(&services[i].manners);
		struct result result = { FALSE, NULL };
		struct peer_place place;

		g_test_message("%s", services[i].name);
		peer_place_init(&place, "spice://127.0.0.1", peer_port(peer));
		diagnose(&result, &place, FALSE, !services[i].why);
		check(&result, services[i].why, services[i].remedy);
		if (peer_count(peer) && !services[i].manners.hangs_up)
			g_assert_cmpuint(peer_heard(peer)->len, ==, 0); /* it only listens */
		failure_free(result.failure);
		peer_place_finish(&place);
		peer_free(peer);
	}
}

/* Nobody is there any more. */
static void test_nobody(void)
{
	static const struct peer_manners silent = { NULL };
	struct peer *peer = peer_new(&silent);
	struct result result = { FALSE, NULL };
	struct peer_place place;

	peer_place_init(&place, "spice://127.0.0.1", peer_port(peer));
	peer_close_port(peer);
	diagnose(&result, &place, FALSE, TRUE);
	check(&result, NULL, NULL);
	peer_place_finish(&place);
	peer_place_init(&place, "spice+tls://127.0.0.1", peer_port(peer));
	diagnose(&result, &place, TRUE, TRUE);
	check(&result, "is not the expected one", "Do not go on");
	failure_free(result.failure);
	peer_place_finish(&place);
	peer_free(peer);
}

/* The user gives up at any moment: nobody is told of anything. */
static void test_cancelled(void)
{
	static const struct peer_manners manners[] = { { .greeting = "SSH-2.0-" }, { NULL } };
	static const char *const uris[] = { "spice://127.0.0.1", "spice+tls://127.0.0.1" };
	guint i, turns;

	for (i = 0; i < 4; i++)
		for (turns = 0; turns < 6; turns++) {
			struct peer *peer = peer_new(&manners[i % 2]);
			struct result result = { FALSE, NULL };
			struct diagnosis *d;
			struct peer_place place;
			guint turn;

			peer_place_init(&place, uris[i / 2], peer_port(peer));
			d = i < 2 ? diagnosis_listen(place.session, place.address, place.target,
						on_done, &result) :
				    diagnosis_of_tls(place.session, place.address, place.target,
						place.options, on_done, &result);
			for (turn = 0; turn < turns && !result.done; turn++)
				g_main_context_iteration(NULL, FALSE);
			if (!result.done)
				diagnosis_cancel(d);
			g_assert_true(!result.done || result.failure);
			failure_free(result.failure);
			result.done = FALSE;
			while (g_main_context_iteration(NULL, FALSE))
				;
			g_assert_false(result.done);
			peer_place_finish(&place);
			peer_free(peer);
		}
	diagnosis_cancel(NULL);
}

/* ---- TLS ----------------------------------------------------------------- */

static GTlsCertificate *make_certificate(const char *folder)
{
	g_autofree char *cert = g_build_filename(folder, "cert.pem", NULL);
	g_autofree char *key = g_build_filename(folder, "key.pem", NULL);
	const char *argv[] = { "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes",
		"-keyout", key, "-out", cert, "-days", "2", "-subj", "/O=Lab/CN=desk", NULL };
	g_autoptr(GError) error = NULL;
	GTlsCertificate *certificate = NULL;
	int status;

	if (g_spawn_sync(NULL, (char **)argv, NULL,
			    G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL |
					    G_SPAWN_STDOUT_TO_DEV_NULL,
			    NULL, NULL, NULL, NULL, &status, NULL) &&
			status == 0) {
		certificate = g_tls_certificate_new_from_files(cert, key, &error);
		g_assert_no_error(error);
	}
	g_unlink(cert);
	g_unlink(key);
	return certificate;
}

struct tls_case {
	const char *name, *subject, *host;
	gboolean own_authority;
	const char *why, *remedy;
};

static void check_tls(const struct tls_case *c, const struct peer_manners *manners)
{
	struct peer *peer = peer_new(manners);
	struct result result = { FALSE, NULL };
	struct peer_place place;

	g_test_message("%s", c->name);
	peer_place_init(&place, "spice+tls://127.0.0.1", peer_port(peer));
	place.options->host_subject = (char *)c->subject;
	if (c->own_authority)
		g_object_get(manners->certificate, "certificate-pem", &place.target->ca, NULL);
	diagnose(&result, &place, TRUE, !manners->certificate && !manners->answer &&
			!manners->greeting);
	check(&result, c->why, c->remedy);
	g_assert_nonnull(strstr(result.failure->what, "No secure connection to 127.0.0.1"));
	failure_free(result.failure);
	peer_place_finish(&place);
	peer_free(peer);
}

static void test_tls(void)
{
	static const struct tls_case cases[] = {
		{ "another subject", "O=Lab,CN=else", NULL, TRUE,
			"belongs to “O=Lab,CN=desk”, and “O=Lab,CN=else” was expected",
			"host-subject" },
		{ "another host", NULL, NULL, TRUE, "and not to 127.0.0.1", "host-subject" },
		{ "nothing is given", NULL, NULL, FALSE, "and not to 127.0.0.1", "Do not go on" },
	};
	g_autofree char *folder = g_dir_make_tmp("diagnosis-XXXXXX", NULL);
	struct peer_manners manners = { .certificate = make_certificate(folder) };
	guint i;

	g_assert_cmpint(g_rmdir(folder), ==, 0);
	if (!manners.certificate) {
		g_test_skip("no openssl to make a certificate with");
		return;
	}
	for (i = 0; i < G_N_ELEMENTS(cases); i++)
		check_tls(&cases[i], &manners);
	g_object_unref(manners.certificate);
}

static void test_no_tls(void)
{
	static const struct {
		struct tls_case expected;
		struct peer_manners manners;
	} cases[] = {
		{ { "another service", NULL, NULL, FALSE, "does not speak TLS",
				  "spice:// in place of spice+tls://" },
				{ .greeting = "SSH-2.0-OpenSSH_9.2\r\n" } },
		{ { "a port that hangs up", NULL, NULL, FALSE, "does not speak TLS",
				  "Ask who runs the server" },
				{ .answer = "", .hangs_up = TRUE } },
		{ { "a port that answers in another way", NULL, NULL, FALSE, "does not speak TLS",
				  "Ask who runs the server" },
				{ .answer = "HTTP/1.1 400 Bad Request\r\n\r\n" } },
		{ { "a port that says nothing", NULL, NULL, FALSE, "is not the expected one",
				  "--spice-ca-file" },
				{ NULL } },
	};
	guint i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++)
		check_tls(&cases[i].expected, &cases[i].manners);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/diagnosis/listen", test_listen);
	g_test_add_func("/diagnosis/nobody", test_nobody);
	g_test_add_func("/diagnosis/cancelled", test_cancelled);
	g_test_add_func("/diagnosis/tls", test_tls);
	g_test_add_func("/diagnosis/no-tls", test_no_tls);
	return g_test_run();
}
