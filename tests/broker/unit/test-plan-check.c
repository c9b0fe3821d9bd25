/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "plan/check.h"
#include "plan/simulate.h"

/* Two hosts with 20 vGPUs each. */
#define HOST(h) "\"" h "\": {\"resources\": {\"VCPU\": {\"capacity\": 160, \"used\": 0}," \
		"\"MEMORY_MB\": {\"capacity\": 400000, \"used\": 0}}, \"traits\": []," \
		"\"parent_provider_uuid\": null, \"root_provider_uuid\": \"" h "\"}," \
		"\"" h "-g\": {\"resources\": {\"VGPU\": {\"capacity\": 20, \"used\": 0}}, " \
		"\"traits\": [], \"parent_provider_uuid\": \"" h "\", " \
		"\"root_provider_uuid\": \"" h "\"}"
#define SNAPSHOT "{\"provider_summaries\": {" HOST("h1") "," HOST("h2") "}, \"flavors\": [" \
		 "{\"id\": \"1\", \"name\": \"gpu\", \"vcpus\": 4, \"ram\": 8192, \"disk\": 0," \
		 "\"extra_specs\": {\"resources:VGPU\": \"1\"}}," \
		 "{\"id\": \"2\", \"name\": \"odd\", \"vcpus\": 4, \"ram\": 8192, \"disk\": 0," \
		 "\"extra_specs\": {\"hw:numa_nodes\": \"2\"}}]}"
#define PLAN "zone: Europe/Berlin\nclasses:\n- {id: cad, flavor: gpu, image: cad, count: 30, " \
	     "when: \"Tue 10:00-12:00\", from: 2026-10-13, weeks: 14}\n"

static struct snapshot *snapshot(void)
{
	g_autoptr(GError) error = NULL;
	struct snapshot *s = snapshot_load(SNAPSHOT, strlen(SNAPSHOT), &error);

	g_assert_no_error(error);
	return s;
}

static struct plan *plan(const char *text)
{
	g_autoptr(GError) error = NULL;
	struct plan *p = plan_load("plan", text, strlen(text), &error);

	g_assert_no_error(error);
	return p;
}

#define NOW G_GINT64_CONSTANT(1791000000) /* 2026-10-03 */
#define LATER (NOW + 200 * G_GINT64_CONSTANT(86400))

struct answer {
	struct check_result result;
	struct when when;
};

/* Ask for a number of desktops beside the class of 30 and its 2 spares. */
static void ask(struct answer *a, const char *text, int weeks, int count)
{
	g_autoptr(auto_snapshot) s = snapshot();
	g_autoptr(auto_plan) p = plan(PLAN);
	g_autoptr(GArray) sessions = plan_expand(p, NOW, LATER, NULL);
	g_autoptr(GArray) demands = snapshot_demands(s, sessions, NULL);
	g_autoptr(auto_zone) zone = zone_new("Europe/Berlin", NULL);
	struct check c = { s, demands, snapshot_need(s, "gpu", NULL), count, 2700, 900, &a->when,
		zone, NOW };
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(demands->len, ==, 14);
	g_assert_true(when_parse(&a->when, text, zone_to_civil(zone, NOW), weeks, &error));
	g_assert_true(check_fit(&c, &a->result, &error));
	g_assert_no_error(error);
}

static void answer_clear(struct answer *a)
{
	check_result_clear(&a->result);
	when_clear(&a->when);
}

static void test_fits(void)
{
	struct answer a;

	ask(&a, "Tue 10:00-12:00", 14, 8);
	g_assert_cmpint(a.result.total_missing, ==, 0);
	g_assert_cmpint(a.result.seats, ==, 40);
	g_assert_cmpint(a.result.windows->len, ==, 14);
	answer_clear(&a);
	ask(&a, "Wed 10:00-12:00", 14, 40);
	g_assert_cmpint(a.result.total_missing, ==, 0);
	answer_clear(&a);
}

static void test_missing(void)
{
	struct answer a;

	ask(&a, "Tue 10:00-12:00", 15, 30);
	g_assert_cmpint(a.result.windows->len, ==, 15);
	/* The first of the 15 weeks is before the other class begins. */
	g_assert_cmpint(g_array_index(a.result.missing, int, 0), ==, 0);
	g_assert_cmpint(g_array_index(a.result.missing, int, 1), ==, 22);
	g_assert_cmpstr(a.result.short_of, ==, "VGPU");
	/* After the other class, its grace and our time to prepare; earlier, the same. */
	g_assert_cmpint(a.result.n_nearest, ==, 3);
	g_assert_cmpint(a.result.nearest[0], ==, -10800);
	g_assert_cmpint(a.result.nearest[1], ==, 10800);
	answer_clear(&a);
}

static void test_never(void)
{
	struct answer a;

	ask(&a, "Wed 10:00-12:00", 1, 41);
	g_assert_cmpint(a.result.total_missing, ==, 1);
	g_assert_cmpint(a.result.n_nearest, ==, 0);
	answer_clear(&a);
}

static void test_snapshots(void)
{
	static const char *const bad[] = { "", "{}", "[]", "{\"provider_summaries\": {}}",
		"{\"provider_summaries\": {}, \"flavors\": [{}]}",
		"{\"provider_summaries\": {}, \"flavors\": [{\"name\": \"gpu\", \"vcpus\": 1, "
		"\"ram\": 1, \"disk\": 1}]}",
		"{\"provider_summaries\": {}, \"flavors\": [], \"desktops\": [{}]}",
		"{\"provider_summaries\": {}, \"flavors\": [], \"desktops\": [{\"until\": "
		"\"2026-12-01T00:00:00Z\", \"allocations\": "
		"{\"x\": {\"resources\": {\"VCPU\": 1}}}}]}" };
	g_autoptr(auto_snapshot) s = snapshot();
	g_autoptr(GError) odd = NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;

		if (snapshot_load(bad[i], strlen(bad[i]), &error))
			g_error("%s was taken", bad[i]);
		g_assert_true(broker_error_is(error, BROKER_ERROR_SERVICE));
	}
	g_assert_null(snapshot_need(s, "odd", &odd));
	g_assert_true(broker_error_is(odd, BROKER_ERROR_USAGE));
	g_assert_null(snapshot_need(s, "none", NULL));
}

/* A semester with faults: all ready in time, all gone after. */
static void test_simulate(void)
{
	g_autoptr(auto_snapshot) s = snapshot();
	g_autoptr(auto_plan) p = plan(PLAN);
	struct simulation x = { .plan = p, .snapshot = s, .from = NOW, .to = LATER, .seed = 1,
		.faults = { 50, 50, 5 } };
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) node = simulate(&x, &error);
	JsonArray *sessions;

	g_assert_no_error(error);
	sessions = js_arr(js_root_object(node), "sessions");
	g_assert_cmpint(js_len(sessions), ==, 14);
	for (guint i = 0; i < js_len(sessions); i++) {
		JsonObject *o = js_elem_obj(sessions, i);

		g_assert_cmpint(js_int(o, "used", -1), ==, 30);
		g_assert_cmpint(js_int(o, "ready_early_s", -1), >=, 300);
	}
	g_assert_cmpint(js_int(js_root_object(node), "saved", -1), ==, 14 * 30);
	g_assert_cmpint(js_int(js_root_object(node), "left", -1), ==, 14 * 30);
}

/* A cloud that is too small is told, not hidden. */
static void test_simulate_small(void)
{
	g_autoptr(auto_snapshot) s = snapshot();
	g_autoptr(auto_plan) p = plan("zone: UTC\nclasses:\n- {id: a, flavor: gpu, image: x, "
				      "count: 45, when: 2026-10-13 10:00-12:00, after: delete}\n");
	struct simulation x = { .plan = p, .snapshot = s, .from = NOW, .to = LATER, .seed = 1 };
	g_autoptr(JsonNode) node = simulate(&x, NULL);
	JsonObject *o = js_elem_obj(js_arr(js_root_object(node), "sessions"), 0);

	g_assert_cmpint(js_int(o, "ready", -1), ==, 40);
	g_assert_cmpint(js_int(o, "ready_early_s", -1), ==, -1);
	g_assert_cmpint(js_int(js_obj(o, "failures"), "no host has room", -1), >, 5);
	g_assert_cmpint(js_int(js_root_object(node), "left", -1), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/check/fits", test_fits);
	g_test_add_func("/check/missing", test_missing);
	g_test_add_func("/check/never", test_never);
	g_test_add_func("/check/snapshots", test_snapshots);
	g_test_add_func("/simulate/semester", test_simulate);
	g_test_add_func("/simulate/small", test_simulate_small);
	return g_test_run();
}
