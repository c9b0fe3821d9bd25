/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "compute/create.h"
#include "compute/lease.h"
#include "desktop/desktops.h"
#include "desktop/give-back.h"
#include "scripted.h"

/* Calls of one or two requests, by tables of what services answer. */

#define A "05c7863a-3c5c-4d0e-8bd4-d8e1dbb1f2c4"
#define B "15c7863a-3c5c-4d0e-8bd4-d8e1dbb1f2c4"
#define S(id, name, more) "{\"id\":\"" id "\",\"name\":\"" name "\",\"status\":\"ACTIVE\"," \
	"\"user_id\":\"alice-id\"" more "}"
#define LIST(entries) "{\"servers\":[" entries "]}"
#define POOL ",\"metadata\":{\"osvdi:pool\":\"lab\"}"

struct call {
	struct scripted script;
	struct cloud *cloud;
	GError *error;
};

static void start(struct call *c, struct answer *answers)
{
	memset(c, 0, sizeof(*c));
	scripted_init(&c->script, answers);
	c->cloud = scripted_cloud(&c->script, NULL);
	g_assert_nonnull(c->cloud);
}

static void end(struct call *c)
{
	g_clear_error(&c->error);
	cloud_free(c->cloud);
	scripted_clear(&c->script);
}

/* wanted: words of the message. */
static void assert_fails(struct call *c, enum broker_error code, const char *wanted)
{
	g_assert_nonnull(c->error);
	g_test_message("%s", c->error->message);
	g_assert_true(broker_error_is(c->error, code));
	g_assert_nonnull(strstr(c->error->message, wanted));
}

/* ---- which desktop -------------------------------------------------------- */

/* A list, what is asked for, and the id that is found; or with code: words of the
 * message. */
static void test_find(void)
{
	static const struct {
		const char *list, *name, *preferred, *wanted;
		int code;
	} cases[] = {
		{ LIST(S(A, "a", "")), NULL, NULL, A, 0 },
		{ LIST(S(A, "a", "") "," S(B, "b", "")), "b", NULL, B, 0 },
		{ LIST(S(A, "a", "") "," S(B, "b", "")), NULL, "b", B, 0 },
		{ LIST(S(A, "a", "") "," S(B, "b", "")), NULL,
			"15C7863A-3c5c-4d0e-8bd4-d8e1dbb1f2c4", B, 0 },
		{ LIST(S(A, "a", "") "," S(B, "b", "")), NULL, "c", "which desktop? a (" A "), b (",
			BROKER_ERROR_USAGE },
		{ LIST(S(A, "a", ",\"metadata\":{\"osvdi:default\":\"true\"}") "," S(B, "b", "")),
			NULL, NULL, A, 0 },
		{ LIST(S(A, "a", "") "," S(B, "a", "")), "a", NULL, "which desktop?",
			BROKER_ERROR_USAGE },
		{ LIST(""), NULL, NULL, "this user has no desktop here", BROKER_ERROR_NOT_FOUND },
		{ LIST(S(A, "a", "")), "b\033", NULL, "no desktop \"b?\" here",
			BROKER_ERROR_NOT_FOUND },
		{ LIST(S(A, "a", POOL)), NULL, NULL, "no desktop here", BROKER_ERROR_NOT_FOUND },
		{ LIST(S(A, "a", POOL ",\"tags\":[\"osvdi-user:alice-id\"]")), NULL, NULL, A, 0 },
		{ LIST("{\"id\":\"" A "\"}"), NULL, NULL, "the list is not whole",
			BROKER_ERROR_NOT_READY },
		{ LIST("{\"id\":\"" A "\"}"), "a", NULL, "the list is not whole",
			BROKER_ERROR_NOT_READY },
		{ LIST("7," S(A, "a", "")), "a", NULL, A, 0 },
		{ LIST("7"), "a", NULL, "no entry of its list is a server", BROKER_ERROR_SERVICE },
		{ "{\"servers\":7}", "a", NULL, "is no list", BROKER_ERROR_SERVICE },
		{ "{}", "a", NULL, "is no list", BROKER_ERROR_SERVICE },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct answer answers[] = { SCRIPTED_LOGIN, SCRIPTED_VERSION(96),
			{ "GET /servers/detail", 200, cases[i].list, NULL, 0 }, { 0 } };
		const struct desktops_query q = { .user_id = "alice-id" };
		g_autoptr(auto_server) s = NULL;
		struct call c;

		start(&c, answers);
		s = desktops_find(c.cloud, &q, cases[i].name, cases[i].preferred, &c.error);
		if (cases[i].code) {
			g_assert_null(s);
			assert_fails(&c, cases[i].code, cases[i].wanted);
		} else {
			g_assert_no_error(c.error);
			g_assert_cmpstr(s->id, ==, cases[i].wanted);
		}
		end(&c);
	}
}

static void test_find_by_id(void)
{
	static const struct {
		long status;
		const char *body, *wanted; /* NULL: found */
		int code;
	} cases[] = {
		{ 200, "{\"server\":" S(A, "a", "") "}", NULL, 0 },
		{ 200, "{\"server\":" S(A, "a", POOL) "}", "not a desktop of this user",
			BROKER_ERROR_NOT_FOUND },
		{ 200, "{\"server\":{\"id\":\"" A "\"}}", "does not reach desktop " A,
			BROKER_ERROR_NOT_READY },
		{ 404, "{\"itemNotFound\":{\"message\":\"no\"}}", "there is no desktop " A,
			BROKER_ERROR_NOT_FOUND },
		{ 200, "{\"server\":{}}", "", BROKER_ERROR_SERVICE },
		{ 403, "{}", "403 Forbidden", BROKER_ERROR_AUTH },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct answer answers[] = { SCRIPTED_LOGIN, SCRIPTED_VERSION(96),
			{ "GET /servers/" A, cases[i].status, cases[i].body, NULL, 0 }, { 0 } };
		const struct desktops_query q = { .user_id = "alice-id" };
		g_autoptr(auto_server) s = NULL;
		struct call c;

		start(&c, answers);
		s = desktops_find(c.cloud, &q, A, NULL, &c.error);
		g_assert_cmpint(s != NULL, ==, cases[i].wanted == NULL);
		if (!s)
			assert_fails(&c, cases[i].code, cases[i].wanted);
		g_assert_cmpint(scripted_count(&c.script, "GET http://cloud/compute/v2.1/servers/"),
				==, 1);
		end(&c);
	}
}

/* A list whose pages go round in a circle ends. */
static void test_endless(void)
{
	static const char page[] = "{\"servers\":[" S(A, "a", "") "],\"servers_links\":["
			"{\"rel\":\"next\",\"href\":\"http://evil/\"}]}";
	struct answer answers[] = { SCRIPTED_LOGIN, SCRIPTED_VERSION(96),
		{ "GET /servers/detail", 200, page, NULL, 0 }, { 0 } };
	const struct desktops_query q = { 0 };
	struct call c;

	start(&c, answers);
	g_assert_null(desktops_list(c.cloud, &q, &c.error));
	assert_fails(&c, BROKER_ERROR_SERVICE, "does not end");
	g_assert_cmpint(scripted_count(&c.script, "GET http://evil"), ==, 0);
	end(&c);
}

/* A user by name or id, what Keystone answers, and the id; or words of the message. */
static void test_users(void)
{
	static const struct {
		const char *user;
		long status;
		const char *body, *id, *wanted;
		int code;
	} cases[] = {
		{ "alice", 0, "", "alice-id", NULL, 0 }, /* nobody is asked */
		{ "alice-id", 0, "", "alice-id", NULL, 0 },
		{ "0123456789abcdef0123456789ABCDEF", 0, "", "0123456789abcdef0123456789ABCDEF",
			NULL, 0 },
		{ "bob", 200, "{\"users\":[{\"id\":\"bob-id\"}]}", "bob-id", NULL, 0 },
		{ "bob", 200, "{\"users\":[{\"id\":\"1\"},{\"id\":\"2\"}]}", NULL,
			"several domains have a user \"bob\"", BROKER_ERROR_NOT_FOUND },
		{ "bo\033b", 200, "{\"users\":[]}", NULL, "there is no user \"bo?b\"",
			BROKER_ERROR_NOT_FOUND },
		{ "bob", 200, "{\"users\":7}", NULL, "there is no user", BROKER_ERROR_NOT_FOUND },
		{ "bob", 403, "{}", NULL, "give the id instead of the name", BROKER_ERROR_AUTH },
		{ "0123456789abcdef0123456789abcdeg", 403, "{}", NULL, "give the id",
			BROKER_ERROR_AUTH },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct answer answers[] = { SCRIPTED_LOGIN,
			{ "GET /users", cases[i].status, cases[i].body, NULL, 0 }, { 0 } };
		g_autofree char *id = NULL;
		struct call c;

		start(&c, answers);
		id = desktops_user_id(c.cloud, cases[i].user, &c.error);
		g_assert_cmpstr(id, ==, cases[i].id);
		if (!id)
			assert_fails(&c, cases[i].code, cases[i].wanted);
		end(&c);
	}
}

/* ---- leases --------------------------------------------------------------- */

#define LEASE(id, name, status, more) "{\"id\":\"" id "\",\"name\":\"" name "\",\"status\":\"" \
	status "\",\"end_date\":\"2030-01-01T00:00:00.000000\"" more "}"
#define LEASES(entries) "{\"leases\":[" entries "]}"

static void test_lease_find(void)
{
	static const struct {
		long status;
		const char *body, *name, *wanted; /* an id; or with code: words */
		int code;
	} cases[] = {
		{ 200, LEASES(LEASE(A, "x", "ACTIVE", "") "," LEASE(B, "y", "PENDING", "")), "y", B,
			0 },
		{ 200, LEASES(LEASE(A, "x", "ACTIVE", "")),
			"05C7863A-3C5C-4D0E-8BD4-D8E1DBB1F2C4", A, 0 },
		{ 200, LEASES(LEASE(A, "x", "ACTIVE", "") "," LEASE(B, "x", "PENDING", "")), "x",
			"several leases are named \"x\": give the id", BROKER_ERROR_USAGE },
		{ 200, LEASES("7,{},{\"id\":\"" A "\"},{\"id\":\"" A "\",\"name\":\"x\"}"), "x",
			"there is no lease \"x\"", BROKER_ERROR_NOT_FOUND },
		{ 200, LEASES(""), "\033", "there is no lease \"?\"", BROKER_ERROR_NOT_FOUND },
		{ 200, "{}", "x", "the answer is no list", BROKER_ERROR_SERVICE },
		{ 404, "{}", "x", "is not the service's address", BROKER_ERROR_SERVICE },
		{ 403, "{\"error_message\":\"no\"}", "x", "403 Forbidden: no", BROKER_ERROR_AUTH },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct answer answers[] = { SCRIPTED_LOGIN,
			{ "GET /leases", cases[i].status, cases[i].body, NULL, 0 }, { 0 } };
		g_autoptr(auto_lease) l = NULL;
		struct call c;

		start(&c, answers);
		l = lease_find(c.cloud, cases[i].name, &c.error);
		if (cases[i].code)
			assert_fails(&c, cases[i].code, cases[i].wanted);
		else
			g_assert_cmpstr(l->id, ==, cases[i].wanted);
		end(&c);
	}
}

static guint count_end(const struct scripted *script, const char *suffix)
{
	guint n = 0;

	for (guint i = 0; i < script->asked->len; i++)
		n += g_str_has_suffix(script->asked->pdata[i], suffix);
	return n;
}

/* Two looks at a lease, and how the wait for it ends. */
static void test_lease_wait(void)
{
	static const struct {
		const char *first, *then;
		long status;
		const char *wanted; /* NULL: it is active */
		int code;
		guint looks;
	} cases[] = {
		{ LEASE(A, "x", "ACTIVE", ""), "", 200, NULL, 0, 0 },
		{ LEASE(A, "x", "PENDING", ""), LEASE(A, "x", "ACTIVE", ""), 200, NULL, 0, 1 },
		{ LEASE(A, "x", "STARTING", ""), LEASE(A, "x", "ERROR", ""), 200,
			"the lease is ERROR", BROKER_ERROR_NOT_READY, 1 },
		{ LEASE(A, "x", "TERMINATED", ""), "", 200, "is TERMINATED",
			BROKER_ERROR_NOT_READY, 0 },
		{ LEASE(A, "x", "PENDING", ""), LEASE(A, "x", "PENDING", ""), 200,
			"still PENDING; try again later", BROKER_ERROR_NOT_READY, 5 },
		{ LEASE(A, "x", "PENDING", ""), "{}", 200, "the answer is no lease",
			BROKER_ERROR_SERVICE, 1 },
		{ LEASE(A, "x", "PENDING", ""), "{}", 404, "404 Not Found",
			BROKER_ERROR_NOT_FOUND, 1 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *list = g_strdup_printf(LEASES("%s"), cases[i].first);
		g_autofree char *one = g_strdup_printf("{\"lease\":%s}", cases[i].then);
		struct answer answers[] = { SCRIPTED_LOGIN, { "GET /leases", 200, list, NULL, 0 },
			{ "GET /leases/" A, cases[i].status, one, NULL, 0 }, { 0 } };
		g_autoptr(auto_lease) l = NULL;
		gint64 end_us;
		struct call c;
		gboolean ok;

		start(&c, answers);
		l = lease_find(c.cloud, "x", NULL);
		end_us = clock_now_us(cloud_clock(c.cloud)) + 9 * G_USEC_PER_SEC;
		ok = lease_wait(c.cloud, &l, end_us, &c.error);
		g_assert_cmpint(ok, ==, !cases[i].wanted);
		if (ok)
			g_assert_cmpstr(l->status, ==, "ACTIVE");
		else
			assert_fails(&c, cases[i].code, cases[i].wanted);
		g_assert_cmpint(count_end(&c.script, "/leases/" A), ==, cases[i].looks);
		end(&c);
	}
}

/* Blazar is asked for the ends of leases only where a desktop is in a reservation. */
static void test_annotate(void)
{
	static const char leases[] = LEASES(LEASE(A, "exam", "ACTIVE",
			",\"reservations\":[{\"id\":\"" B "\"},7]"));
	static const struct {
		const char *flavor, *lease;
		guint asked;
	} cases[] = {
		{ "big", NULL, 0 },
		{ NULL, NULL, 0 },
		{ "reservation:" B, "exam", 1 },
		{ "reservation:" A, NULL, 1 }, /* of a lease that is not ours to see */
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct answer answers[] = { SCRIPTED_LOGIN, { "GET /leases", 200, leases, NULL, 0 },
			{ 0 } };
		g_autoptr(GPtrArray) one = g_ptr_array_new();
		struct server s = { .id = (char *)A, .flavor = (char *)cases[i].flavor };
		struct call c;

		start(&c, answers);
		g_ptr_array_add(one, &s);
		g_assert_nonnull(cloud_token(c.cloud, NULL));
		lease_annotate(c.cloud, one);
		g_assert_cmpstr(s.lease_name, ==, cases[i].lease);
		g_assert_cmpstr(s.lease_end, ==, s.lease_name ? "2030-01-01T00:00:00Z" : NULL);
		g_assert_cmpint(scripted_count(&c.script, "GET http://cloud/reservation"), ==,
				cases[i].asked);
		g_free(s.lease_name);
		g_free(s.lease_end);
		end(&c);
	}
}

/* ---- new desktops --------------------------------------------------------- */

/* A flavor by name or id among what Nova lists. */
static void test_flavors(void)
{
	static const struct {
		const char *body, *flavor, *wanted;
		int code;
	} cases[] = {
		{ "{\"flavors\":[{\"id\":\"1\",\"name\":\"big\"}]}", "big", "1", 0 },
		{ "{\"flavors\":[{\"id\":\"1\",\"name\":\"2\"},{\"id\":\"2\",\"name\":\"x\"}]}",
			"2", "2", 0 }, /* the id counts more */
		{ "{\"flavors\":[{\"id\":\"1\",\"name\":\"a\"},{\"id\":\"2\",\"name\":\"a\"}]}",
			"a", "several flavors are named \"a\": give the id", BROKER_ERROR_USAGE },
		{ "{\"flavors\":[{\"name\":\"big\"},7]}", "big", "there is no flavor \"big\"",
			BROKER_ERROR_NOT_FOUND },
		{ "{\"flavors\":7}", "a", "the answer is no list", BROKER_ERROR_SERVICE },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct answer answers[] = { SCRIPTED_LOGIN, SCRIPTED_VERSION(96),
			{ "GET /flavors", 200, cases[i].body, NULL, 0 }, { 0 } };
		g_autofree char *id = NULL;
		struct call c;

		start(&c, answers);
		id = create_flavor_id(c.cloud, cases[i].flavor, &c.error);
		if (cases[i].code)
			assert_fails(&c, cases[i].code, cases[i].wanted);
		else
			g_assert_cmpstr(id, ==, cases[i].wanted);
		end(&c);
	}
}

/* A cloud without the Networking service makes no desktop in a network of a name. */
static void test_networks(void)
{
	static const struct {
		const char *networks[2];
		gboolean made;
	} cases[] = {
		{ { NULL }, TRUE },
		{ { "auto" }, TRUE },
		{ { "none" }, TRUE },
		{ { "lab-net" }, FALSE },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct answer answers[] = { SCRIPTED_LOGIN, SCRIPTED_VERSION(96),
			{ "GET /flavors", 200, "{\"flavors\":[{\"id\":\"1\",\"name\":\"big\"}]}",
				NULL, 0 },
			{ "POST /servers", 202, "{\"server\":{\"id\":\"" A "\"}}", NULL, 0 },
			{ "GET /servers/" A, 200, "{\"server\":" S(A, "new", "") "}", NULL, 0 },
			{ 0 } };
		const struct create_request r = { .name = "new", .image = B, .flavor = "big",
			.networks = (char **)cases[i].networks };
		g_autoptr(auto_server) s = NULL;
		struct call c;

		start(&c, answers);
		s = create_server(c.cloud, &r, &c.error);
		g_assert_cmpint(s != NULL, ==, cases[i].made);
		if (!s)
			g_assert_true(broker_error_is(c.error, BROKER_ERROR_SERVICE));
		g_assert_cmpint(scripted_count(&c.script, "POST http://cloud/compute/v2.1/servers"),
				==, cases[i].made);
		end(&c);
	}
}

/* ---- give back ------------------------------------------------------------ */

/* Nothing is done to a desktop of no pool, and a claim stays when the disk does. */
static void test_give_back(void)
{
	static const struct {
		const char *server;
		gboolean rebuild;
		const char *wanted;
		int code;
	} cases[] = {
		{ S(A, "a", ""), FALSE, "\"a\" belongs to no pool", BROKER_ERROR_USAGE },
		{ S(A, "a", POOL ",\"image\":\"\""), TRUE, "it cannot be rebuilt",
			BROKER_ERROR_NOT_READY },
		{ S(A, "a", POOL ",\"image\":{\"id\":\"" B "\"}"), TRUE, "409 Conflict: busy",
			BROKER_ERROR_NOT_READY },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *body = g_strdup_printf("{\"server\":%s}", cases[i].server);
		struct answer answers[] = { SCRIPTED_LOGIN, SCRIPTED_VERSION(96),
			{ "GET /servers/" A, 200, body, NULL, 0 },
			{ "POST /servers/" A "/action", 409,
				"{\"conflictingRequest\":{\"message\":\"busy\"}}", NULL, 0 },
			{ 0 } };
		const struct give_back how = { .rebuild = cases[i].rebuild, .owner = "alice-id",
			.deadline_us = 60 * G_USEC_PER_SEC };
		g_autoptr(auto_server) s = NULL;
		struct call c;

		start(&c, answers);
		s = nova_get_server(c.cloud, A, NULL);
		g_assert_false(give_back(c.cloud, &s, &how, &c.error));
		assert_fails(&c, cases[i].code, cases[i].wanted);
		g_assert_cmpint(scripted_count(&c.script, "DELETE"), ==, 0);
		end(&c);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/find/list", test_find);
	g_test_add_func("/find/id", test_find_by_id);
	g_test_add_func("/find/endless", test_endless);
	g_test_add_func("/find/users", test_users);
	g_test_add_func("/lease/find", test_lease_find);
	g_test_add_func("/lease/wait", test_lease_wait);
	g_test_add_func("/lease/annotate", test_annotate);
	g_test_add_func("/create/flavors", test_flavors);
	g_test_add_func("/create/networks", test_networks);
	g_test_add_func("/give-back", test_give_back);
	return g_test_run();
}
