/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session/channel-failure.h"
#include "session/ws-failure.h"
#include "target/proxy.h"

#include <string.h>

/* A sentence for each way in which a connection fails: what failed, why, and what helps. */
struct expected {
	const char *what, *why, *remedy; /* parts; why NULL: there is none */
	enum refusal refusal;
	gboolean final;
};

static void check(struct failure *failure, const struct expected *expected)
{
	g_test_message("%s | %s | %s", failure->what, failure->why ? failure->why : "-",
			failure->remedy);
	g_assert_nonnull(strstr(failure->what, expected->what));
	g_assert_cmpint(failure->why != NULL, ==, expected->why != NULL);
	if (expected->why)
		g_assert_nonnull(strstr(failure->why, expected->why));
	g_assert_nonnull(strstr(failure->remedy, expected->remedy));
	g_assert_cmpint(failure->refusal, ==, expected->refusal);
	g_assert_cmpint(failure->final, ==, expected->final);
	failure_free(failure);
}

static struct target *target_of(const char *uri, const char *proxy)
{
	g_autoptr(GError) error = NULL;
	struct target *target = target_from_uri(uri, &error);

	g_assert_no_error(error);
	if (proxy) {
		target->proxy = proxy_parse(proxy, PROXY_OF_FILE, &error);
		g_assert_no_error(error);
	}
	return target;
}

/* ---- WebSockets ---------------------------------------------------------- */

static void test_websocket(void)
{
	static const struct {
		enum ws_problem problem;
		struct expected expected;
	} cases[] = {
		{ WS_UNREACHABLE, { "Cannot connect to desk", "words", "Check your network",
				REFUSAL_NONE, FALSE } },
		{ WS_NOBODY, { "Cannot connect to desk", "words", "Check your network",
				REFUSAL_NOBODY, FALSE } },
		{ WS_TLS, { "No secure connection to desk", "words", "--spice-ca-file",
				REFUSAL_NONE, TRUE } },
		{ WS_NO_TLS, { "No secure connection to desk", "words", "write spice+ws:",
				REFUSAL_NONE, TRUE } },
		{ WS_FORBIDDEN, { "desk.example refuses", "words", "Ask for the desktop again",
				REFUSAL_DENIED, FALSE } },
		{ WS_REFUSED, { "desk.example refuses", "words", "does not want this client",
				REFUSAL_DENIED, FALSE } },
		{ WS_LOGIN, { "The proxy words asks for a login", NULL, "without --no-reconnect",
				REFUSAL_NONE, FALSE } },
		{ WS_AWAY, { "The proxy desk.example does not reach", "words", "shut down",
				REFUSAL_HUNG_UP, FALSE } },
		{ WS_DROPPED, { "The address has expired", "words", "where you got this address",
				REFUSAL_DENIED, FALSE } },
		{ WS_BROKEN, { "Cannot connect to desk", "words", "Check your network",
				REFUSAL_NONE, FALSE } },
	};
	target_auto target = target_of("spice+wss://desk.example:6080/?token=secret", NULL);
	guint i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct ws_problem_report report = { .problem = cases[i].problem,
			.message = (char *)"words" };
		struct failure *failure = failure_from_websocket(&report, target);

		g_assert_null(strstr(failure->what, "secret"));
		g_assert_null(strstr(failure->remedy, "secret"));
		check(failure, &cases[i].expected);
	}
}

/* A desktop with a name: the viewer asks for the address, and not the user. */
static void test_named(void)
{
	struct ws_problem_report report = { .problem = WS_DROPPED, .message = NULL };
	struct expected expected = { "The address has expired", NULL, "A new address is asked for",
		REFUSAL_DENIED, FALSE };
	target_auto target = target_of("spice+wss://desk.example:6080/?token=secret", NULL);

	target->resolve_name = g_strdup("desk");
	check(failure_from_websocket(&report, target), &expected);
}

/* ---- channels ------------------------------------------------------------ */

#define IO(code) 'i', G_IO_ERROR_##code
#define NONE 0, 0
#define NAME 'r', G_RESOLVER_ERROR_NOT_FOUND

struct channel_case {
	SpiceChannelEvent event;
	char domain; /* of GIO, of the resolver, of TLS; 0: no error */
	int code;
	struct expected expected;
};

static void check_channel(const struct channel_case *c, const struct target *target)
{
	GQuark domain = c->domain == 'i' ? G_IO_ERROR :
			c->domain == 't' ? G_TLS_ERROR : G_RESOLVER_ERROR;
	g_autoptr(GError) error = c->domain ? g_error_new_literal(domain, c->code, "words") : NULL;

	check(failure_from_channel(c->event, error, target), &c->expected);
}

static void test_channels(void)
{
	static const char cannot[] = "Cannot connect to desk.example:5900.";
	static const struct channel_case cases[] = {
		{ SPICE_CHANNEL_ERROR_CONNECT, IO(CONNECTION_REFUSED), { cannot, "words",
				"that the desktop is running", REFUSAL_NOBODY, FALSE } },
		{ SPICE_CHANNEL_ERROR_CONNECT, IO(HOST_UNREACHABLE), { cannot, "words",
				"no way to that machine", REFUSAL_NONE, FALSE } },
		{ SPICE_CHANNEL_ERROR_CONNECT, IO(NETWORK_UNREACHABLE), { cannot, "words",
				"or VPN", REFUSAL_NONE, FALSE } },
		{ SPICE_CHANNEL_ERROR_CONNECT, IO(TIMED_OUT), { cannot, "words",
				"A firewall may be in the way", REFUSAL_NONE, FALSE } },
		{ SPICE_CHANNEL_ERROR_CONNECT, IO(FAILED), { cannot, "words",
				"Check the address", REFUSAL_NONE, FALSE } },
		{ SPICE_CHANNEL_ERROR_CONNECT, NAME, { cannot, "words", "Check its spelling",
				REFUSAL_NONE, FALSE } },
		{ SPICE_CHANNEL_ERROR_CONNECT, NONE, { cannot, "secure-channels", "tls-port",
				REFUSAL_NONE, TRUE } },
		{ SPICE_CHANNEL_ERROR_TLS, NONE, { "No secure connection to desk",
				"not the expected", "Do not go on", REFUSAL_NONE, TRUE } },
		{ SPICE_CHANNEL_ERROR_TLS, 't', G_TLS_ERROR_MISC, { "No secure connection", "words",
				"--spice-ca-file", REFUSAL_NONE, TRUE } },
		{ SPICE_CHANNEL_ERROR_LINK, NONE, { "does not talk SPICE with us", NULL,
				"another service's", REFUSAL_HUNG_UP, FALSE } },
		{ SPICE_CHANNEL_ERROR_AUTH, NONE, { "did not accept the password", NULL,
				"get a new connection file", REFUSAL_DENIED, FALSE } },
		{ SPICE_CHANNEL_CLOSED, NONE, { "closed the connection", NULL, "was shut down",
				REFUSAL_NONE, FALSE } },
		{ SPICE_CHANNEL_ERROR_IO, IO(CONNECTION_CLOSED), { "The connection to desk",
				"words", "Check your network", REFUSAL_NONE, FALSE } },
	};
	target_auto target = target_of("spice://desk.example:5900", NULL);
	guint i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++)
		check_channel(&cases[i], target);
}

static void test_proxy(void)
{
	static const char cannot[] = "Cannot connect to desk.example:5900 through the proxy "
			"http://squid:3128.";
	static const struct channel_case cases[] = {
		{ SPICE_CHANNEL_ERROR_CONNECT, IO(PROXY_NOT_ALLOWED), { cannot, "words",
				"The proxy refused", REFUSAL_DENIED, FALSE } },
		{ SPICE_CHANNEL_ERROR_CONNECT, IO(PROXY_FAILED), { cannot, "words",
				"get a new one", REFUSAL_HUNG_UP, FALSE } },
		{ SPICE_CHANNEL_ERROR_CONNECT, IO(PROXY_AUTH_FAILED), { cannot, "words",
				"wants a login", REFUSAL_DENIED, FALSE } },
		{ SPICE_CHANNEL_ERROR_CONNECT, IO(PROXY_NEED_AUTH), { cannot, "words",
				"USER:PASSWORD", REFUSAL_DENIED, FALSE } },
		{ SPICE_CHANNEL_ERROR_CONNECT, IO(CONNECTION_REFUSED), { cannot, "words",
				"that the proxy is running", REFUSAL_NOBODY, FALSE } },
		{ SPICE_CHANNEL_ERROR_CONNECT, NAME, { cannot, "words", "The name of the proxy",
				REFUSAL_NONE, FALSE } },
		{ SPICE_CHANNEL_ERROR_CONNECT, IO(TIMED_OUT), { cannot, "words",
				"The proxy does not answer", REFUSAL_NONE, FALSE } },
	};
	target_auto target = target_of("spice://desk.example:5900", "http://bob:hidden@squid:3128");
	guint i;

	target->tls_port = 5901;
	for (i = 0; i < G_N_ELEMENTS(cases); i++)
		check_channel(&cases[i], target);
}

static void test_socket(void)
{
	static const struct channel_case cases[] = {
		{ SPICE_CHANNEL_ERROR_CONNECT, IO(NOT_FOUND), { "Cannot connect to", "words",
				"The socket does not exist", REFUSAL_NOBODY, FALSE } },
		{ SPICE_CHANNEL_ERROR_CONNECT, IO(PERMISSION_DENIED), { "Cannot connect to",
				"words", "Ask for access", REFUSAL_NONE, FALSE } },
		{ SPICE_CHANNEL_ERROR_CONNECT, IO(CONNECTION_REFUSED), { "Cannot connect to",
				"words", "Nothing answers there", REFUSAL_NOBODY, FALSE } },
	};
	target_auto target = target_of("spice+unix:///run/desk.sock", NULL);
	guint i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++)
		check_channel(&cases[i], target);
}

/* A connection file that says this computer was made elsewhere. */
static void test_this_computer(void)
{
	static const struct {
		const char *uri;
		gboolean of_file;
		const char *remedy;
	} cases[] = {
		{ "spice://localhost:5900", TRUE, "was it made for a tunnel" },
		{ "spice://127.0.0.1:5900", TRUE, "was it made for a tunnel" },
		{ "spice://127.8.8.8:5900", TRUE, "was it made for a tunnel" },
		{ "spice://[::1]:5900", TRUE, "was it made for a tunnel" },
		{ "spice://localhost:5900", FALSE, "Check that the desktop is running" },
		{ "spice://localhost.example:5900", TRUE, "Check that the desktop is running" },
		{ "spice://192.0.2.1:5900", TRUE, "Check that the desktop is running" },
	};
	guint i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct channel_case c = { SPICE_CHANNEL_ERROR_CONNECT, IO(CONNECTION_REFUSED),
			{ "Cannot connect to", "words", cases[i].remedy, REFUSAL_NOBODY, FALSE } };
		target_auto target = target_of(cases[i].uri, NULL);

		target->of_file = cases[i].of_file;
		check_channel(&c, target);
	}
}

/* A host that is a ticket is not shown: the label has another name for it. */
static void test_ticket(void)
{
	g_autoptr(GError) error = g_error_new_literal(G_IO_ERROR, G_IO_ERROR_PROXY_FAILED,
			"HTTP proxy: t1cket:5900 refused");
	struct expected hidden = { "Cannot connect to the desktop", NULL, "The proxy refused",
		REFUSAL_HUNG_UP, FALSE };
	struct expected shown = { "Cannot connect to t1cket", "t1cket:5900 refused",
		"The proxy refused", REFUSAL_HUNG_UP, FALSE };
	target_auto target = target_of("spice://t1cket:5900", "squid:3128");

	check(failure_from_channel(SPICE_CHANNEL_ERROR_CONNECT, error, target), &shown);
	g_free(target->label);
	target->label = g_strdup("the desktop");
	check(failure_from_channel(SPICE_CHANNEL_ERROR_CONNECT, error, target), &hidden);
}

/* ---- ends ---------------------------------------------------------------- */

static void test_ends(void)
{
	struct expected taken = { "desk.example:5900 was opened elsewhere", "The server ended",
		"You can take it back", REFUSAL_NONE, FALSE };
	struct expected gone = { "desk.example:5900 has ended", "the last words", "was shut down",
		REFUSAL_NONE, FALSE };
	struct expected used_up = { "was for one session", NULL, "Get a new one", REFUSAL_DENIED,
		FALSE };
	target_auto target = target_of("spice://desk.example:5900", NULL);
	struct failure *last = failure_new("what", "the last words", "remedy", TRUE);

	check(failure_taken(target), &taken);
	check(failure_gone(target, last), &gone);
	check(failure_used_up(target), &used_up);
	failure_free(last);
	failure_free(NULL);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/failures/websocket", test_websocket);
	g_test_add_func("/failures/named", test_named);
	g_test_add_func("/failures/channels", test_channels);
	g_test_add_func("/failures/proxy", test_proxy);
	g_test_add_func("/failures/socket", test_socket);
	g_test_add_func("/failures/this-computer", test_this_computer);
	g_test_add_func("/failures/ticket", test_ticket);
	g_test_add_func("/failures/ends", test_ends);
	return g_test_run();
}
