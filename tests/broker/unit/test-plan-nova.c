/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "plan/plan.h"
#include "plan/run.h"
#include "plan/snapshot.h"
#include "planner/look.h"
#include "planner/nova-ops.h"
#include "scripted.h"

#define ID(n) "0000000" n "-0000-4000-8000-000000000000"
#define SERVER(n, user, status, more) "{\"id\":\"" ID(n) "\",\"name\":\"d\",\"user_id\":\"" user \
		"\",\"status\":\"" status "\",\"created\":\"2026-01-01T00:00:00Z\",\"metadata\":" \
		"{\"osvdi:class\":\"cad\",\"osvdi:session\":\"2026-01-01T01:00:00Z\"," \
		"\"osvdi:until\":\"2026-01-01T03:00:00Z\"}" more "}"
#define LIST "GET /compute/v2.1/servers/detail"
#define KEYS "GET /compute/v2.1/os-keypairs"

struct fixture {
	struct scripted script;
	struct cloud *cloud;
	struct nova_plan *plan;
	GError *error;
};

static gboolean no_probe(void *data, const struct session *session, const char *id,
		enum picture *picture, GError **error)
{
	*picture = FALSE;
	return TRUE;
}

static void start(struct fixture *f, struct answer *answers)
{
	memset(f, 0, sizeof(*f));
	scripted_init(&f->script, answers);
	f->cloud = scripted_cloud(&f->script, NULL);
	f->plan = nova_plan_new(f->cloud, no_probe, NULL);
}

static void end(struct fixture *f)
{
	g_clear_error(&f->error);
	nova_plan_free(f->plan);
	cloud_free(f->cloud);
	scripted_clear(&f->script);
}

static void test_list(void)
{
	struct answer answers[] = {
		SCRIPTED_LOGIN, SCRIPTED_VERSION(93),
		{ LIST, 200, "{\"servers\":[" SERVER("1", "alice-id", "ACTIVE",
				",\"tags\":[\"osvdi-ready\",\"osvdi-user:bob\"]") ","
				SERVER("2", "alice-id", "BUILD",
					",\"OS-EXT-STS:task_state\":\"spawning\"") ","
				SERVER("3", "alice-id", "ACTIVE",
					",\"OS-EXT-STS:task_state\":\"deleting\"")
				",{\"id\":\"" ID("4") "\",\"name\":\"foreign\","
				"\"status\":\"ACTIVE\"}]}",
				NULL, 0 },
		{ NULL },
	};
	struct fixture f;
	gboolean incomplete = FALSE;
	g_autoptr(GPtrArray) seen = NULL;
	const struct seen *s;

	start(&f, answers);
	seen = nova_plan_ops.list(f.plan, &incomplete, &f.error);
	g_assert_no_error(f.error);
	g_assert_false(incomplete);
	g_assert_cmpint(seen->len, ==, 3);
	s = seen->pdata[0];
	g_assert_true(seen_is_ready(s) && seen_is_claimed(s));
	g_assert_cmpint(s->status, ==, SEEN_ACTIVE);
	g_assert_cmpint(s->until - s->session, ==, 7200);
	g_assert_cmpint(s->session - s->created, ==, 3600);
	g_assert_cmpint(((struct seen *)seen->pdata[1])->status, ==, SEEN_BUILD);
	g_assert_cmpint(((struct seen *)seen->pdata[2])->status, ==, SEEN_BUSY);
	end(&f);
}

/* A part of the cloud is down: nothing is made or deleted. */
static void test_half(void)
{
	struct answer answers[] = {
		SCRIPTED_LOGIN, SCRIPTED_VERSION(93),
		{ LIST, 200, "{\"servers\":[{\"id\":\"" ID("4") "\",\"status\":\"UNKNOWN\"}]}",
				NULL, 0 },
		{ NULL },
	};
	const struct session session = { .class_id = "cad", .count = 3, .prepare_s = 2700,
		.window = { 1767225600 + 600, 1767225600 + 7200 } };
	g_autoptr(GArray) sessions = g_array_new(FALSE, FALSE, sizeof(session));
	struct fixture f;
	struct run_report report;
	struct run run = { .ops = &nova_plan_ops, .sessions = sessions };

	start(&f, answers);
	g_array_append_val(sessions, session);
	run.data = f.plan;
	g_assert_true(run_once(&run, &report, &f.error));
	g_assert_no_error(f.error);
	g_assert_true(report.incomplete);
	g_assert_cmpint(scripted_count(&f.script, "POST http://cloud/compute"), ==, 0);
	end(&f);
}

static void test_other_user(void)
{
	struct answer answers[] = {
		SCRIPTED_LOGIN, SCRIPTED_VERSION(93),
		{ LIST, 200, "{\"servers\":[" SERVER("1", "mallory", "ACTIVE", "") "]}", NULL, 0 },
		{ NULL },
	};
	struct fixture f;
	gboolean incomplete;

	start(&f, answers);
	g_assert_null(nova_plan_ops.list(f.plan, &incomplete, &f.error));
	g_assert_true(broker_error_is(f.error, BROKER_ERROR_USAGE));
	end(&f);
}

static void test_keys(void)
{
	struct answer answers[] = {
		SCRIPTED_LOGIN, SCRIPTED_VERSION(93),
		{ KEYS, 200, "{\"keypairs\":[{\"keypair\":{\"name\":\"a\"}}]}", NULL, 1 },
		{ KEYS, 200, "{\"keypairs\":[{\"keypair\":{}}]}", NULL, 1 },
		{ KEYS, 200, "{}", NULL, 1 },
		{ KEYS, 200, "{\"keypairs\":[],\"keypairs_links\":[{\"rel\":\"next\"}]}", NULL, 1 },
		{ "DELETE /compute/v2.1/os-keypairs/a", 404, "", NULL, 0 },
		{ "POST /compute/v2.1/os-keypairs", 201, "{\"keypair\":{}}", NULL, 1 },
		{ "POST /compute/v2.1/os-keypairs", 403, "{\"forbidden\":{\"message\":\"quota\"}}",
				NULL, 0 },
		{ NULL },
	};
	struct fixture f;
	g_autoptr(GPtrArray) keys = NULL;

	start(&f, answers);
	keys = nova_plan_ops.list_keys(f.plan, &f.error);
	g_assert_no_error(f.error);
	g_assert_cmpstr(keys->pdata[0], ==, "a");
	/* Half a list is no list. */
	for (int i = 0; i < 3; i++) {
		g_assert_null(nova_plan_ops.list_keys(f.plan, &f.error));
		g_assert_true(broker_error_is(f.error, BROKER_ERROR_SERVICE));
		g_clear_error(&f.error);
	}
	g_assert_true(nova_plan_ops.remove_key(f.plan, "a", &f.error));
	g_assert_true(nova_plan_ops.add_key(f.plan, "b", &f.error));
	g_assert_false(nova_plan_ops.add_key(f.plan, "c", &f.error));
	end(&f);
}

static void test_create(void)
{
	struct answer answers[] = {
		SCRIPTED_LOGIN, SCRIPTED_VERSION(93),
		{ "GET /image/v2/images", 200,
				"{\"images\":[{\"id\":\"" ID("7") "\",\"name\":\"cad\"}]}",
				NULL, 0 },
		{ "GET /compute/v2.1/flavors", 200,
				"{\"flavors\":[{\"id\":\"f\",\"name\":\"gpu\"}]}", NULL, 0 },
		{ "POST /compute/v2.1/servers", 202, "{\"server\":{\"id\":\"" ID("1") "\"}}",
				NULL, 2 },
		{ "POST /compute/v2.1/servers", 400,
				"{\"badRequest\":{\"message\":\"Invalid key_name provided.\"}}",
				NULL, 0 },
		{ NULL },
	};
	struct plan_class class = { .id = (char *)"cad", .image = (char *)"cad",
		.flavor = (char *)"gpu" };
	const struct session session = { .class_id = "cad", .window = { 1, 2 },
		.class_data = &class };
	struct fixture f;

	start(&f, answers);
	for (int i = 0; i < 2; i++)
		if (!nova_plan_ops.create(f.plan, &session, "k", &f.error)) {
			for (guint j = 0; j < f.script.asked->len; j++)
				g_test_message("%s", (char *)f.script.asked->pdata[j]);
			g_error("%s", f.error->message);
		}
	/* One request a desktop: names are looked up once. */
	g_assert_cmpint(scripted_count(&f.script, "GET http://cloud/compute/v2.1/flavors"), ==, 1);
	g_assert_false(nova_plan_ops.create(f.plan, &session, "k", &f.error));
	g_assert_cmpint(scripted_count(&f.script, "GET http://cloud/compute/v2.1/servers"), ==, 0);
	end(&f);
}

static void test_tags(void)
{
#define TAG "PUT /compute/v2.1/servers/" ID("1") "/tags/t"
	struct answer answers[] = {
		SCRIPTED_LOGIN, SCRIPTED_VERSION(93),
		{ TAG, 201, "", NULL, 1 }, { TAG, 204, "", NULL, 1 }, { TAG, 409, "{}", NULL, 1 },
		{ TAG, 500, "{}", NULL, 0 },
		{ "GET /compute/v2.1/servers/" ID("1") "/tags", 404, "{}", NULL, 0 },
		{ "DELETE /compute/v2.1/servers/" ID("1"), 404, "{}", NULL, 0 },
		{ NULL },
	};
	struct fixture f;
	gboolean done;
	g_auto(GStrv) tags = NULL;

	start(&f, answers);
	for (int i = 0; i < 3; i++) {
		g_assert_true(nova_plan_ops.tag(f.plan, ID("1"), "t", TRUE, &done, &f.error));
		g_assert_cmpint(done, ==, i == 0);
	}
	g_assert_false(nova_plan_ops.tag(f.plan, ID("1"), "t", TRUE, &done, &f.error));
	g_clear_error(&f.error);
	tags = nova_plan_ops.tags(f.plan, ID("1"), &f.error);
	g_assert_no_error(f.error);
	g_assert_cmpint(g_strv_length(tags), ==, 0);
	g_assert_true(nova_plan_ops.remove(f.plan, ID("1"), &f.error));
	end(&f);
}

#define CANDIDATES "GET /placement/v2.1/allocation_candidates"
#define SUMMARIES "{\"allocation_requests\":[],\"provider_summaries\":{\"h\":{\"resources\":" \
		  "{\"VCPU\":{\"capacity\":8,\"used\":2}},\"traits\":[]," \
		  "\"parent_provider_uuid\":null," \
		  "\"root_provider_uuid\":\"h\"}}}"
#define FLAVORS "GET /compute/v2.1/flavors/detail"
#define ALLOCATIONS "GET /placement/v2.1/allocations/" ID("1")

static void test_look(void)
{
	struct answer answers[] = {
		SCRIPTED_LOGIN, SCRIPTED_VERSION(93), { CANDIDATES, 200, SUMMARIES, NULL, 0 },
		{ FLAVORS, 200, "{\"flavors\":[{\"id\":\"f\",\"name\":\"cpu\",\"vcpus\":2,"
				"\"ram\":0,"
				"\"disk\":0,\"extra_specs\":{}}]}", NULL, 0 },
		{ LIST, 200, "{\"servers\":[" SERVER("1", "alice-id", "ACTIVE", "") "]}", NULL, 0 },
		{ ALLOCATIONS, 200, "{\"allocations\":{\"h\":{\"resources\":{\"VCPU\":2}}}}",
				NULL, 0 },
		{ NULL },
	};
	struct fixture f;
	g_autoptr(JsonNode) node = NULL;
	g_autofree char *text = NULL;
	g_autoptr(auto_snapshot) s = NULL;

	start(&f, answers);
	node = look_snapshot(f.cloud, &f.error);
	g_assert_no_error(f.error);
	text = js_dump(node, TRUE);
	s = snapshot_load(text, strlen(text), &f.error);
	g_assert_no_error(f.error);
	g_assert_cmpint(fit_seats(s->capacity, snapshot_need(s, "cpu", NULL)), ==, 4);
	g_assert_cmpint(s->holdings->len, ==, 1);
	g_assert_cmpint(g_array_index(s->holdings, struct holding, 0).until, ==,
			1767225600 + 10800);
	end(&f);
}

/* Each answer by half, or refused: an error, and no snapshot. */
static void test_look_half(void)
{
	static const struct {
		const char *candidates;
		long status;
		const char *flavors, *allocations;
	} bad[] = {
		{ "{}", 200, "{\"flavors\":[]}", "{\"allocations\":{}}" },
		{ "{}", 403, "{\"flavors\":[]}", "{\"allocations\":{}}" },
		{ SUMMARIES, 200, "{}", "{\"allocations\":{}}" },
		{ SUMMARIES, 200, "{\"flavors\":[],\"flavors_links\":[{\"rel\":\"next\"}]}",
				"{\"allocations\":{}}" },
		{ SUMMARIES, 200, "{\"flavors\":[]}", "{}" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		struct answer answers[] = {
			SCRIPTED_LOGIN, SCRIPTED_VERSION(93),
			{ CANDIDATES, bad[i].status, bad[i].candidates, NULL, 0 },
			{ FLAVORS, 200, bad[i].flavors, NULL, 0 },
			{ LIST, 200, "{\"servers\":[" SERVER("1", "alice-id", "ACTIVE", "") "]}",
					NULL, 0 },
			{ ALLOCATIONS, 200, bad[i].allocations, NULL, 0 },
			{ NULL },
		};
		struct fixture f;

		start(&f, answers);
		g_assert_null(look_snapshot(f.cloud, &f.error));
		g_assert_nonnull(f.error);
		end(&f);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/nova/list", test_list);
	g_test_add_func("/nova/half", test_half);
	g_test_add_func("/nova/other-user", test_other_user);
	g_test_add_func("/nova/keys", test_keys);
	g_test_add_func("/nova/create", test_create);
	g_test_add_func("/nova/tags", test_tags);
	g_test_add_func("/look/whole", test_look);
	g_test_add_func("/look/half", test_look_half);
	return g_test_run();
}
