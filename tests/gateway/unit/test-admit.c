/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "relay/admit.h"
#include "ticket/browser.h"

#include <sodium.h>
#include <string.h>

#define NUMBER "0123456789abcdef0123456789abcdef"
#define TICKET \
	"session " NUMBER "\ndesktop d-1\nuser alice\nway tcp\nhost 10.0.0.1\nport 5900\n" \
	"issued 1000\nuse-by 1060\nexpires 2000\nonce 0\nchannels all\nmax-channels 8\n"
#define CONFIG "[gateway]\nlisten=127.0.0.1:1\nkeys=/k\ntargets=10.0.0.0/8\n"

/* Lines of a WebSocket's head; @ stands for the ticket, # for "user:TICKET" in base64. */
#define UPGRADE "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n" \
	"Sec-WebSocket-Version: 13\r\n"
#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define BINARY "Sec-WebSocket-Protocol: binary\r\n"
#define BEARER "Authorization: Bearer @\r\n"
#define GET "GET /gw HTTP/1.1\r\n"
#define CONNECT "CONNECT d-1:5900 HTTP/1.1\r\n"
#define LOGIN "Proxy-Authorization: Basic #\r\n"

static const struct {
	const char *head;
	enum refusal refusal;
} cases[] = {
	{ GET UPGRADE KEY BINARY BEARER, REFUSE_NOTHING },
	{ GET UPGRADE KEY BEARER, REFUSE_NOTHING }, /* no subprotocol at all */
	{ GET UPGRADE KEY BINARY "Authorization: bEARER @\r\n", REFUSE_NOTHING },
	{ GET UPGRADE KEY BINARY "Authorization: Basic #\r\n", REFUSE_NOTHING },
	{ GET UPGRADE KEY "Sec-WebSocket-Protocol: osvdi.ticket.@, binary\r\n", REFUSE_NOTHING },
	{ GET UPGRADE KEY BINARY "Sec-WebSocket-Protocol: osvdi.ticket.@\r\n", REFUSE_NOTHING },
	{ "GET /gw?x=1 HTTP/1.1\r\n" UPGRADE KEY BEARER, REFUSE_NOTHING },
	/* methods and paths */
	{ "POST /gw HTTP/1.1\r\n" UPGRADE KEY BEARER, REFUSE_METHOD },
	{ "get /gw HTTP/1.1\r\n" UPGRADE KEY BEARER, REFUSE_METHOD },
	{ "CONNECTS d-1:5900 HTTP/1.1\r\n" LOGIN, REFUSE_METHOD },
	{ "GET / HTTP/1.1\r\n" UPGRADE KEY BEARER, REFUSE_PATH },
	{ "GET /gw/ HTTP/1.1\r\n" UPGRADE KEY BEARER, REFUSE_PATH },
	{ "GET /GW HTTP/1.1\r\n" UPGRADE KEY BEARER, REFUSE_PATH },
	{ "GET /g%77 HTTP/1.1\r\n" UPGRADE KEY BEARER, REFUSE_PATH },
	{ "GET //gw HTTP/1.1\r\n" UPGRADE KEY BEARER, REFUSE_PATH },
	{ "GET http://h/gw HTTP/1.1\r\n" UPGRADE KEY BEARER, REFUSE_PATH },
	/* what is no upgrade */
	{ GET KEY BEARER, REFUSE_UPGRADE },
	{ GET UPGRADE BEARER, REFUSE_UPGRADE },
	{ "GET /gw HTTP/1.0\r\n" UPGRADE KEY BEARER, REFUSE_UPGRADE },
	{ GET "Upgrade: h2c\r\nConnection: upgrade\r\nSec-WebSocket-Version: 13\r\n" KEY BEARER,
		REFUSE_UPGRADE },
	{ GET "Upgrade: websocket\r\nConnection: close\r\nSec-WebSocket-Version: 13\r\n" KEY
		BEARER, REFUSE_UPGRADE },
	{ GET "Upgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Version: 8\r\n" KEY
		BEARER, REFUSE_UPGRADE },
	{ GET "Upgrade: websocket\r\nConnection: upgrade\r\n" KEY BEARER, REFUSE_UPGRADE },
	{ GET UPGRADE "Sec-WebSocket-Key: short\r\n" BEARER, REFUSE_UPGRADE },
	{ GET UPGRADE "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=A\r\n" BEARER, REFUSE_UPGRADE },
	{ GET UPGRADE KEY "Sec-WebSocket-Protocol: text\r\n" BEARER, REFUSE_PROTOCOL },
	{ GET UPGRADE KEY "Sec-WebSocket-Protocol: osvdi.ticket.@\r\n", REFUSE_PROTOCOL },
	/* pages of other sites */
	{ GET UPGRADE KEY BINARY BEARER "Origin: https://ours\r\n", REFUSE_NOTHING },
	{ GET UPGRADE KEY BINARY BEARER "Origin: HTTPS://OURS\r\n", REFUSE_NOTHING },
	{ GET UPGRADE KEY BINARY BEARER "Origin: https://ours.evil\r\n", REFUSE_ORIGIN },
	{ GET UPGRADE KEY BINARY BEARER "Origin: http://ours\r\n", REFUSE_ORIGIN },
	{ GET UPGRADE KEY BINARY BEARER "Origin: null\r\n", REFUSE_ORIGIN },
	{ GET UPGRADE KEY BINARY BEARER "Origin: \r\n", REFUSE_ORIGIN },
	/* tickets that are none, and places that do not count */
	{ GET UPGRADE KEY BINARY, REFUSE_NO_TICKET },
	{ "GET /gw?token=@ HTTP/1.1\r\n" UPGRADE KEY BINARY, REFUSE_NO_TICKET },
	{ GET UPGRADE KEY BINARY "Proxy-Authorization: Bearer @\r\n", REFUSE_NO_TICKET },
	{ GET UPGRADE KEY BINARY "Authorization: Digest @\r\n", REFUSE_NO_TICKET },
	{ GET UPGRADE KEY BINARY "Authorization: Bearer\r\n", REFUSE_NO_TICKET },
	{ GET UPGRADE KEY BINARY "Authorization: Basic AAAA\r\n", REFUSE_NO_TICKET },
	{ GET UPGRADE KEY BINARY "Authorization: Basic dXNlcg==\r\n", REFUSE_NO_TICKET },
	{ GET UPGRADE KEY BINARY "Authorization: Basic dXNlcjo=\r\n", REFUSE_TICKET },
	{ GET UPGRADE KEY BINARY "Authorization: Bearer @x\r\n", REFUSE_TICKET },
	{ GET UPGRADE KEY BINARY "Authorization: Bearer  @\r\n", REFUSE_TICKET },
	/* a bad one is not made good by a second place */
	{ GET UPGRADE KEY "Authorization: Bearer x\r\n"
		"Sec-WebSocket-Protocol: binary, osvdi.ticket.@\r\n", REFUSE_TICKET },
	{ GET UPGRADE KEY "Sec-WebSocket-Protocol: binary, osvdi.ticket.x, osvdi.ticket.@\r\n",
		REFUSE_TICKET },
	/* CONNECT */
	{ CONNECT LOGIN, REFUSE_NOTHING },
	{ "CONNECT D-1:1 HTTP/1.0\r\n" LOGIN, REFUSE_NOTHING },
	{ CONNECT "Proxy-Authorization: Bearer @\r\n", REFUSE_NOTHING },
	{ CONNECT, REFUSE_NO_TICKET },
	{ CONNECT BEARER, REFUSE_NO_TICKET },
	{ CONNECT "Proxy-Authorization: Bearer x\r\n", REFUSE_TICKET },
	{ "CONNECT d-2:5900 HTTP/1.1\r\n" LOGIN, REFUSE_DESKTOP },
	{ "CONNECT d-1 HTTP/1.1\r\n" LOGIN, REFUSE_DESKTOP },
	{ "CONNECT :5900 HTTP/1.1\r\n" LOGIN, REFUSE_DESKTOP },
	{ "CONNECT d-1:5900:x HTTP/1.1\r\n" LOGIN, REFUSE_DESKTOP },
	{ "CONNECT 10.0.0.1:5900 HTTP/1.1\r\n" LOGIN, REFUSE_DESKTOP },
};

struct rig {
	struct keys *keys;
	char *ticket, *login;
};

static void rig_init(struct rig *rig, const char *lines)
{
	struct ticket *ticket = ticket_parse(lines, strlen(lines), NULL);
	g_autofree char *plain = NULL;

	rig->keys = keys_parse("k " NUMBER NUMBER "\n", NULL);
	rig->ticket = seal_ticket(rig->keys, ticket);
	plain = g_strconcat("user:", rig->ticket, NULL);
	rig->login = g_base64_encode((const guchar *)plain, strlen(plain));
	ticket_free(ticket);
}

static void rig_clear(struct rig *rig)
{
	keys_free(rig->keys);
	ticket_text_free(rig->ticket);
	g_free(rig->login);
}

/* The case's head with the ticket in it. */
static char *fill(const struct rig *rig, const char *text)
{
	GString *out = g_string_new(text);

	g_string_replace(out, "@", rig->ticket, 0);
	g_string_replace(out, "#", rig->login, 0);
	g_string_append(out, "\r\n");
	return g_string_free(out, FALSE);
}

static enum refusal admit(const struct rig *rig, const struct config *config, const char *text,
		struct request *request, struct http_head *head)
{
	g_assert_cmpint(http_head_parse(head, text, strlen(text)), ==, HTTP_OK);
	return admit_request(request, head, config, rig->keys);
}

/* Who is let in has a ticket, and an answer without it. */
static void check_answer(const struct rig *rig, const struct request *request,
		const struct http_head *head)
{
	g_autofree char *answer = admit_answer(request, head);

	g_assert_cmpstr(request->ticket->desktop, ==, "d-1");
	g_assert_null(strstr(answer, rig->ticket));
	g_assert_true(g_str_has_suffix(answer, "\r\n\r\n"));
	if (request->connect) {
		g_assert_true(g_str_has_prefix(answer, "HTTP/1.1 200 ") ||
				g_str_has_prefix(answer, "HTTP/1.0 200 "));
		return;
	}
	g_assert_true(g_str_has_prefix(answer, "HTTP/1.1 101 "));
	/* RFC 6455, 1.3 */
	g_assert_nonnull(strstr(answer, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
	g_assert_cmpint(strstr(answer, "Protocol: binary\r\n") != NULL, ==, request->binary);
	g_assert_null(strstr(answer, "osvdi.ticket"));
}

/* Lines beside a ticket that is for the browser with the cookie "s=abc". */
static const struct {
	const char *more;
	gboolean fits;
} cookies[] = {
	{ "Cookie: s=abc\r\n", TRUE },
	{ "Cookie: a=1; s=abc; b=2\r\n", TRUE },
	{ "COOKIE: a=1;s=abc\r\n", TRUE },
	{ "Cookie: a=1\r\nCookie: s=abc\r\n", TRUE },
	{ "", FALSE },
	{ "Cookie: \r\n", FALSE },
	{ "Cookie: ;; ;\r\n", FALSE },
	{ "Cookie: s=abcd\r\n", FALSE },
	{ "Cookie: s=ab\r\n", FALSE },
	{ "Cookie: S=abc\r\n", FALSE },
	{ "Cookie: xs=abc\r\n", FALSE },
	{ "Cookie: \"s=abc\"\r\n", FALSE },
	{ "X-Cookie: s=abc\r\n", FALSE },
};

static void test_browser(void)
{
	static const char *const heads[] = { GET UPGRADE KEY BINARY BEARER, CONNECT LOGIN };
	struct config *config = config_parse(CONFIG, NULL);
	char digest[BROWSER_TEXT_BYTES];
	g_autofree char *lines = NULL;
	struct rig rig;

	browser_digest("s=abc", 5, digest);
	lines = g_strconcat(TICKET "browser ", digest, "\n", NULL);
	rig_init(&rig, lines);
	for (guint i = 0; i < 2 * G_N_ELEMENTS(cookies); i++) {
		g_autofree char *both = g_strconcat(heads[i % 2], cookies[i / 2].more, NULL);
		g_autofree char *text = fill(&rig, both);
		struct request request;
		struct http_head head;

		g_test_message("%s", both);
		g_assert_cmpstr(refusal_name(admit(&rig, config, text, &request, &head)), ==,
				refusal_name(cookies[i / 2].fits ? REFUSE_NOTHING :
								   REFUSE_BROWSER));
		request_clear(&request);
	}
	rig_clear(&rig);
	config_free(config);
}

static void test_cases(void)
{
	struct config *config = config_parse(CONFIG "origins=https://ours;;https://also\n", NULL);
	struct rig rig;

	rig_init(&rig, TICKET);
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = fill(&rig, cases[i].head);
		struct request request;
		struct http_head head;
		enum refusal refusal = admit(&rig, config, text, &request, &head);

		g_test_message("%s", cases[i].head);
		g_assert_cmpstr(refusal_name(refusal), ==, refusal_name(cases[i].refusal));
		if (!refusal)
			check_answer(&rig, &request, &head);
		request_clear(&request);
		request_clear(&request); /* twice is fine */
	}
	config_free(config);
	rig_clear(&rig);
}

/* Only a setting opens the address: addresses are written down by proxies. */
static void test_query(void)
{
	static const struct {
		const char *query;
		enum refusal refusal;
	} queries[] = {
		{ "token=@", REFUSE_NOTHING },
		{ "a=b&token=@&c", REFUSE_NOTHING },
		{ "&&token=@", REFUSE_NOTHING },
		{ "token=x&token=@", REFUSE_TICKET },
		{ "token=", REFUSE_NO_TICKET },
		{ "xtoken=@", REFUSE_NO_TICKET },
		{ "token", REFUSE_NO_TICKET },
		{ "", REFUSE_NO_TICKET },
		{ "token=%6fsvdi1", REFUSE_TICKET },
	};
	struct config *config = config_parse(CONFIG "ticket-in-url=true\n", NULL);
	struct rig rig;

	rig_init(&rig, TICKET);
	for (guint i = 0; i < G_N_ELEMENTS(queries); i++) {
		g_autofree char *raw = g_strdup_printf("GET /gw?%s HTTP/1.1\r\n" UPGRADE KEY,
				queries[i].query);
		g_autofree char *text = fill(&rig, raw);
		struct request request;
		struct http_head head;

		g_test_message("%s", queries[i].query);
		g_assert_cmpint(admit(&rig, config, text, &request, &head), ==,
				queries[i].refusal);
		request_clear(&request);
	}
	config_free(config);
	rig_clear(&rig);
}

/* No setting names an origin: no page may come, programs may. */
static void test_no_origins(void)
{
	struct config *config = config_parse(CONFIG, NULL);
	struct rig rig;
	struct request request;
	struct http_head head;
	g_autofree char *page = NULL, *program = NULL;

	rig_init(&rig, TICKET);
	page = fill(&rig, GET UPGRADE KEY BEARER "Origin: https://ours\r\n");
	program = fill(&rig, GET UPGRADE KEY BEARER);
	g_assert_cmpint(admit(&rig, config, page, &request, &head), ==, REFUSE_ORIGIN);
	request_clear(&request);
	g_assert_cmpint(admit(&rig, config, program, &request, &head), ==, REFUSE_NOTHING);
	request_clear(&request);
	config_free(config);
	rig_clear(&rig);
}

/* A refusal that is sent has a body of the length it says, and asks for what is missing. */
static void test_refusals(void)
{
	for (int i = REFUSE_HEAD; i < REFUSALS; i++)
		for (int connect = 0; connect < 2; connect++) {
			g_autofree char *answer = admit_refusal(i, connect);
			const char *body = strstr(answer, "\r\n\r\n");
			const char *length = strstr(answer, "Content-Length: ");

			g_assert_nonnull(body);
			g_assert_nonnull(length);
			g_assert_cmpuint(g_ascii_strtoull(length + 16, NULL, 10), ==,
					strlen(body + 4));
			g_assert_nonnull(strstr(body, refusal_name(i)));
			g_assert_cmpint(i == REFUSE_NO_TICKET, ==,
					strstr(answer, "uthenticate: Basic") != NULL);
		}
	{
		g_autofree char *viewer = admit_refusal(REFUSE_NO_TICKET, TRUE);
		g_autofree char *browser = admit_refusal(REFUSE_NO_TICKET, FALSE);

		g_assert_true(g_str_has_prefix(viewer, "HTTP/1.1 407 Proxy Authentication"));
		g_assert_true(g_str_has_prefix(browser, "HTTP/1.1 401 Unauthorized"));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	if (sodium_init() < 0)
		return 1;
	g_test_add_func("/gateway/admit/cases", test_cases);
	g_test_add_func("/gateway/admit/browser", test_browser);
	g_test_add_func("/gateway/admit/query", test_query);
	g_test_add_func("/gateway/admit/no-origins", test_no_origins);
	g_test_add_func("/gateway/admit/refusals", test_refusals);
	return g_test_run();
}
