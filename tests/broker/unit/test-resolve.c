/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "compute/discovery.h"
#include "desktop/desktops.h"
#include "desktop/resolve.h"
#include "scripted.h"

#define ID "05c7863a-3c5c-4d0e-8bd4-d8e1dbb1f2c4"
#define SERVER(status, task) \
	"{\"server\":{\"id\":\"" ID "\",\"name\":\"desk\",\"user_id\":\"alice-id\"," \
	"\"status\":\"" status "\",\"OS-EXT-STS:task_state\":" task "}}"
#define GET_SERVER "GET /compute/v2.1/servers/" ID
#define ACTION "POST /compute/v2.1/servers/" ID "/action"
#define CONSOLE "POST /compute/v2.1/servers/" ID "/remote-consoles"
#define TOKENS "GET /compute/v2.1/os-console-auth-tokens/tk"
#define HTML5 "{\"remote_console\":{\"url\":\"http://proxy:6082/spice_auto.html?token=tk\"}}"
#define DIRECT "{\"remote_console\":{\"url\":\"http://exchange/nova-console.vv?token=tk\"}}"

struct run {
	struct scripted script;
	struct cloud *cloud;
	struct server *server;
	struct resolve_log log;
	struct resolve_params params;
	struct address *address;
	GError *error;
};

static void start(struct run *r, struct answer *answers)
{
	memset(r, 0, sizeof(*r));
	scripted_init(&r->script, answers);
	r->cloud = scripted_cloud(&r->script, NULL);
	r->params.only = -1;
	r->params.deadline_us = 60 * G_USEC_PER_SEC;
	r->params.console_token_ttl_s = 600;
	r->server = nova_get_server(r->cloud, ID, &r->error);
	g_assert_no_error(r->error);
	r->address = resolve_server(r->cloud, &r->server, &r->params, &r->log, &r->error);
}

static void end(struct run *r)
{
	g_clear_error(&r->error);
	address_free(r->address);
	server_free(r->server);
	resolve_log_clear(&r->log);
	cloud_free(r->cloud);
	scripted_clear(&r->script);
}

static void test_console_500_means_asleep(void)
{
	struct answer answers[] = {
		SCRIPTED_LOGIN,
		SCRIPTED_VERSION(30),
		{ GET_SERVER, 200, SERVER("ACTIVE", "null"), NULL, 1 },
		{ CONSOLE, 500, "{\"computeFault\":{\"message\":\"ValueError\"}}", NULL, 1 },
		{ GET_SERVER, 200, SERVER("SHUTOFF", "null"), NULL, 1 },
		{ ACTION, 202, "", NULL, 1 },
		{ GET_SERVER, 200, SERVER("SHUTOFF", "\"powering-on\""), NULL, 1 },
		{ GET_SERVER, 200, SERVER("ACTIVE", "\"powering-on\""), NULL, 1 },
		{ GET_SERVER, 200, SERVER("ACTIVE", "null"), NULL, 0 },
		{ CONSOLE, 200, HTML5, NULL, 0 },
		{ NULL },
	};
	struct run r;

	start(&r, answers);
	g_assert_no_error(r.error);
	g_assert_cmpstr(r.address->uri, ==, "spice+ws://proxy:6082/websockify?token=tk");
	g_assert_cmpint(r.log.woken->len, ==, 1);
	g_assert_cmpstr(r.log.woken->pdata[0], ==, "os-start");
	g_assert_nonnull(strstr(r.log.reason[WAY_DIRECT], "2.30 < 2.31"));
	end(&r);
}

static void test_conflict_is_looked_at(void)
{
	struct answer answers[] = {
		SCRIPTED_LOGIN,
		SCRIPTED_VERSION(93),
		{ GET_SERVER, 200, SERVER("SHUTOFF", "null"), NULL, 1 },
		{ ACTION, 409, "{\"conflictingRequest\":{\"message\":\"Cannot 'start'\"}}",
			NULL, 1 },
		{ GET_SERVER, 200, SERVER("ACTIVE", "null"), NULL, 0 },
		{ CONSOLE, 200, HTML5, NULL, 0 },
		{ TOKENS, 200, "{\"console\":{\"host\":\"hv\",\"port\":5900,\"instance_uuid\":\"" ID
			"\"}}", NULL, 0 },
		{ NULL },
	};
	struct run r;

	start(&r, answers);
	g_assert_no_error(r.error);
	g_assert_cmpstr(r.address->uri, ==, "spice://hv:5900");
	g_assert_cmpint(r.log.woken->len, ==, 0);
	end(&r);
}

static void test_refused_for_ever(void)
{
	struct answer answers[] = {
		SCRIPTED_LOGIN,
		SCRIPTED_VERSION(93),
		{ GET_SERVER, 200, SERVER("SHUTOFF", "null"), NULL, 0 },
		{ ACTION, 500, "{\"computeFault\":{\"message\":\"no\"}}", NULL, 0 },
		{ NULL },
	};
	struct run r;

	start(&r, answers);
	g_assert_true(broker_error_is(r.error, BROKER_ERROR_SERVICE));
	g_assert_cmpint(scripted_count(&r.script, "POST http://cloud/compute"), <, 8);
	end(&r);
}

static void test_accepted_without_effect(void)
{
	struct answer answers[] = {
		SCRIPTED_LOGIN,
		SCRIPTED_VERSION(93),
		{ GET_SERVER, 200, SERVER("SHUTOFF", "null"), NULL, 0 },
		{ ACTION, 202, "", NULL, 0 },
		{ NULL },
	};
	struct run r;

	start(&r, answers);
	g_assert_true(broker_error_is(r.error, BROKER_ERROR_NOT_READY));
	end(&r);
}

static void test_never_ends(void)
{
	struct answer answers[] = {
		SCRIPTED_LOGIN,
		SCRIPTED_VERSION(93),
		{ GET_SERVER, 200, SERVER("BUILD", "\"spawning\""), NULL, 0 },
		{ NULL },
	};
	struct run r;

	start(&r, answers);
	g_assert_true(broker_error_is(r.error, BROKER_ERROR_NOT_READY));
	g_assert_nonnull(strstr(r.error->message, "spawning"));
	g_assert_cmpint(r.script.now_us, <, 62 * G_USEC_PER_SEC);
	end(&r);
}

static void test_another_servers_console(void)
{
	struct answer answers[] = {
		SCRIPTED_LOGIN,
		SCRIPTED_VERSION(93),
		{ GET_SERVER, 200, SERVER("ACTIVE", "null"), NULL, 0 },
		{ CONSOLE, 200, HTML5, NULL, 0 },
		{ TOKENS, 200, "{\"console\":{\"host\":\"hv\",\"port\":5900,"
			"\"instance_uuid\":\"00000000-0000-0000-0000-000000000000\"}}", NULL, 0 },
		{ NULL },
	};
	struct run r;

	start(&r, answers);
	g_assert_no_error(r.error);
	g_assert_cmpstr(r.address->via, ==, "websocket");
	g_assert_nonnull(strstr(r.log.reason[WAY_DIRECT], "another server"));
	end(&r);
}

static void test_spice_direct_falls_back(void)
{
	struct answer answers[] = {
		SCRIPTED_LOGIN,
		SCRIPTED_VERSION(100),
		{ GET_SERVER, 200, SERVER("ACTIVE", "null"), NULL, 0 },
		{ CONSOLE, 200, DIRECT, NULL, 1 },
		{ TOKENS, 403, "{\"forbidden\":{\"message\":\"Policy\"}}", NULL, 0 },
		{ "GET exchange/nova-console.vv", 200, "<html>proxy says hello</html>", NULL, 0 },
		{ CONSOLE, 200, HTML5, NULL, 0 },
		{ NULL },
	};
	struct run r;

	start(&r, answers);
	g_assert_no_error(r.error);
	g_assert_cmpstr(r.address->via, ==, "websocket");
	g_assert_nonnull(strstr(r.log.reason[WAY_SPICE_DIRECT], "no usable connection file"));
	g_assert_cmpstr(cloud_fact(r.cloud, SERVICE_COMPUTE, "direct_denied"), ==, "403");
	/* One console token serves both direct ways. */
	g_assert_cmpint(scripted_count(&r.script, "POST http://cloud/compute"), ==, 2);
	end(&r);
}

static void test_login_again_once(void)
{
	struct answer answers[] = {
		SCRIPTED_LOGIN,
		SCRIPTED_VERSION(93),
		{ GET_SERVER, 401, "", NULL, 0 },
		{ NULL },
	};
	struct scripted script;
	struct cloud *cloud;
	g_autoptr(GError) e = NULL;

	scripted_init(&script, answers);
	cloud = scripted_cloud(&script, NULL);
	g_assert_null(nova_get_server(cloud, ID, &e));
	g_assert_true(broker_error_is(e, BROKER_ERROR_AUTH));
	g_assert_cmpint(scripted_count(&script, "POST http://cloud/identity"), ==, 2);
	g_assert_cmpint(scripted_count(&script, "GET http://cloud/compute/v2.1/servers"), ==, 2);
	cloud_free(cloud);
	scripted_clear(&script);
}

static void test_pages(void)
{
	struct answer answers[] = {
		SCRIPTED_LOGIN,
		SCRIPTED_VERSION(93),
		{ "GET /servers/detail?marker=" ID, 200,
			"{\"servers\":[{\"id\":\"15c7863a-3c5c-4d0e-8bd4-d8e1dbb1f2c4\","
			"\"name\":\"b\",\"status\":\"ACTIVE\",\"user_id\":\"alice-id\"}]}",
			NULL, 0 },
		{ "GET /servers/detail", 200, "{\"servers\":[{\"id\":\"" ID
			"\",\"name\":\"z\",\"status\":\"ACTIVE\",\"user_id\":\"alice-id\"}],"
			"\"servers_links\":[{\"rel\":\"next\",\"href\":\"http://evil/\"}]}",
			NULL, 0 },
		{ NULL },
	};
	struct desktops_query q = { .user_id = "alice-id" };
	struct scripted script;
	struct cloud *cloud;
	GPtrArray *servers;

	scripted_init(&script, answers);
	cloud = scripted_cloud(&script, NULL);
	servers = desktops_list(cloud, &q, NULL);
	g_assert_cmpint(servers->len, ==, 2);
	g_assert_cmpstr(((struct server *)servers->pdata[0])->name, ==, "b");
	g_assert_cmpint(scripted_count(&script, "GET http://evil"), ==, 0);
	g_ptr_array_unref(servers);
	cloud_free(cloud);
	scripted_clear(&script);
}

static void test_not_json(void)
{
	static const char *const bodies[] = { "<html><body>Sign in</body></html>", "",
		"[]", "{\"servers\":5}", "{\"servers\":[5]}", "{\"servers\":[{\"id\":\"../x\","
		"\"name\":\"n\",\"status\":\"ACTIVE\"}]}", "{\"servers\":[" };

	for (gsize i = 0; i < G_N_ELEMENTS(bodies); i++) {
		struct answer answers[] = {
			SCRIPTED_LOGIN,
			SCRIPTED_VERSION(93),
			{ "GET /servers/detail", 200, bodies[i], "content-type: text/html", 0 },
			{ NULL },
		};
		struct desktops_query q = { .user_id = "alice-id" };
		g_autoptr(GError) e = NULL;
		struct scripted script;
		struct cloud *cloud;

		scripted_init(&script, answers);
		cloud = scripted_cloud(&script, NULL);
		g_assert_null(desktops_list(cloud, &q, &e));
		g_assert_true(broker_error_is(e, BROKER_ERROR_SERVICE));
		g_assert_nonnull(strstr(e->message, "compute"));
		cloud_free(cloud);
		scripted_clear(&script);
	}
}

static void test_gateway_is_asked_again(void)
{
	struct answer answers[] = {
		SCRIPTED_LOGIN,
		SCRIPTED_VERSION(93),
		{ GET_SERVER, 503, "", NULL, 2 },
		{ GET_SERVER, 200, SERVER("ACTIVE", "null"), NULL, 0 },
		{ NULL },
	};
	struct scripted script;
	struct cloud *cloud;
	struct server *s;

	scripted_init(&script, answers);
	cloud = scripted_cloud(&script, NULL);
	s = nova_get_server(cloud, ID, NULL);
	g_assert_nonnull(s);
	server_free(s);
	cloud_free(cloud);
	scripted_clear(&script);
}

static void test_versions(void)
{
	static const struct {
		const char *text;
		int minor;
	} cases[] = {
		{ "{\"version\":{\"id\":\"v2.1\",\"version\":\"2.93\"}}", 93 },
		{ "{\"version\":{\"id\":\"v2.1\",\"version\":\"2.100\"}}", 99 },
		{ "{\"versions\":[{\"id\":\"v2.0\",\"version\":\"\"},{\"id\":\"v2.1\","
			"\"version\":\"2.1\"}]}", 1 },
		{ "{\"version\":{\"id\":\"v2.1\",\"version\":\"\"}}", 1 },
		{ "{\"version\":{\"id\":\"v2.1\",\"version\":\"3.0\"}}", -1 },
		{ "{\"version\":{\"id\":\"v2.1\",\"version\":\"2.-5\"}}", -1 },
		{ "{\"version\":{\"id\":\"v2.0\"}}", -1 },
		{ "{}", -1 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(JsonNode) n = json_from_string(cases[i].text, NULL);

		g_assert_cmpint(discovery_parse_compute(json_node_get_object(n)), ==,
				cases[i].minor);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/resolve/console-500", test_console_500_means_asleep);
	g_test_add_func("/resolve/conflict", test_conflict_is_looked_at);
	g_test_add_func("/resolve/refused", test_refused_for_ever);
	g_test_add_func("/resolve/no-effect", test_accepted_without_effect);
	g_test_add_func("/resolve/never-ends", test_never_ends);
	g_test_add_func("/resolve/another-server", test_another_servers_console);
	g_test_add_func("/resolve/spice-direct", test_spice_direct_falls_back);
	g_test_add_func("/cloud/login-again", test_login_again_once);
	g_test_add_func("/cloud/gateway", test_gateway_is_asked_again);
	g_test_add_func("/nova/pages", test_pages);
	g_test_add_func("/nova/not-json", test_not_json);
	g_test_add_func("/nova/versions", test_versions);
	return g_test_run();
}
