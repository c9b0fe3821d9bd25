/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/json.h"
#include "compute/power-rules.h"
#include "desktop/desktop-json.h"
#include "desktop/desktops.h"
#include "desktop/pool-tags.h"

#define ID "05c7863a-3c5c-4d0e-8bd4-d8e1dbb1f2c4"

static struct server *parse(const char *text)
{
	g_autoptr(JsonNode) node = js_load(text, strlen(text), NULL);

	g_assert_nonnull(node);
	return server_new(js_root_object(node));
}

static void test_whole(void)
{
	struct server *s = parse("{\"id\":\"05C7863A-3c5c-4d0e-8bd4-d8e1dbb1f2c4\",\"name\":"
			"\"desk\",\"status\":\"Active\",\"OS-EXT-STS:task_state\":\"suspending\","
			"\"OS-EXT-STS:power_state\":1,\"user_id\":\"u\",\"tenant_id\":\"p\","
			"\"OS-EXT-SRV-ATTR:host\":\"h1\",\"locked\":true,\"locked_reason\":\"r\","
			"\"metadata\":{\"osvdi:pool\":\"lab\",\"osvdi:default\":\"Yes\"},"
			"\"image\":{\"id\":\"i\"},"
			"\"flavor\":{\"original_name\":\"big\",\"id\":\"7\"},"
			"\"fault\":{\"message\":\"no\\u001b[31m host\"},\"tags\":[\"a\",7,\"b\"]}");

	g_assert_cmpstr(s->id, ==, ID);
	g_assert_true(server_is(s, "ACTIVE") && !server_is_unreached(s));
	g_assert_cmpstr(s->task_state, ==, "suspending");
	g_assert_cmpstr(server_power_name(s), ==, "running");
	g_assert_true(s->locked && s->marked_default);
	g_assert_cmpstr(s->pool, ==, "lab");
	g_assert_cmpstr(s->image_id, ==, "i");
	g_assert_cmpstr(s->flavor, ==, "big");
	g_assert_cmpstr(s->fault, ==, "no?[31m host");
	g_assert_cmpstr(s->tags[0], ==, "a");
	g_assert_cmpstr(s->tags[1], ==, "b");
	g_assert_null(s->tags[2]);
	g_assert_null(server_reservation(s));
	server_free(s);
	server_free(NULL);
}

/* Servers of which Nova tells little, or nonsense. */
static void test_odd(void)
{
	static const struct {
		const char *text;
		gboolean ok;
		const char *name, *status, *flavor, *reservation;
	} cases[] = {
		{ "{\"id\":\"" ID "\"}", TRUE, "", "UNKNOWN", NULL, NULL },
		{ "{\"id\":\"" ID "\",\"name\":7,\"status\":[],\"image\":\"\",\"flavor\":7,"
			"\"tags\":{},\"metadata\":[],\"fault\":\"x\",\"locked\":\"true\"}",
			TRUE, "", "UNKNOWN", NULL, NULL },
		{ "{\"id\":\"" ID "\",\"name\":\"n\",\"flavor\":{\"id\":\"7\"}}", TRUE, "n",
			"UNKNOWN", "7", NULL },
		{ "{\"id\":\"" ID "\",\"flavor\":{\"original_name\":\"reservation:r1\"}}", TRUE,
			"", "UNKNOWN", "reservation:r1", "r1" },
		{ "{\"id\":\"../../" ID "\"}", FALSE, NULL, NULL, NULL, NULL },
		{ "{\"id\":\"05c7863a\"}", FALSE, NULL, NULL, NULL, NULL },
		{ "{\"id\":7}", FALSE, NULL, NULL, NULL, NULL },
		{ "{}", FALSE, NULL, NULL, NULL, NULL },
		{ "[]", FALSE, NULL, NULL, NULL, NULL },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct server *s = parse(cases[i].text);

		g_test_message("%s", cases[i].text);
		g_assert_cmpint(s != NULL, ==, cases[i].ok);
		if (!s)
			continue;
		g_assert_cmpstr(s->name, ==, cases[i].name);
		g_assert_cmpstr(s->status, ==, cases[i].status);
		g_assert_cmpstr(s->flavor, ==, cases[i].flavor);
		g_assert_cmpstr(server_reservation(s), ==, cases[i].reservation);
		g_assert_null(server_power_name(s));
		g_assert_true(!s->locked && !s->pool && !s->tags[0]);
		server_free(s);
	}
}

static void test_power_names(void)
{
	static const char *const names[] = { "nostate", "running", NULL, "paused", "shutdown", NULL,
		"crashed", "suspended", NULL };
	struct server *s = parse("{\"id\":\"" ID "\"}");

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		s->power_state = (gint64)i;
		g_assert_cmpstr(server_power_name(s), ==, names[i]);
	}
	s->power_state = G_MAXINT64;
	g_assert_null(server_power_name(s));
	server_free(s);
}

/* ---- power rules ---------------------------------------------------------- */

/* From a status and a task, the next step towards a goal: the verb, the reason why
 * there is none, or NULL for a wait and for what is done. */
static void test_next(void)
{
	static const struct {
		enum power_goal goal;
		const char *status, *task;
		gboolean repair;
		enum power_step step;
		const char *text;
	} cases[] = {
		{ GOAL_RUNNING, "active", NULL, FALSE, STEP_DONE, NULL },
		{ GOAL_RUNNING, "ACTIVE", "image_uploading", FALSE, STEP_DONE, NULL },
		{ GOAL_RUNNING, "ACTIVE", "suspending", FALSE, STEP_WAIT, NULL },
		{ GOAL_RUNNING, "SHUTOFF", NULL, FALSE, STEP_ACT, "os-start" },
		{ GOAL_RUNNING, "SHUTOFF", "image_uploading", FALSE, STEP_WAIT, NULL },
		{ GOAL_RUNNING, "BUILD", NULL, FALSE, STEP_WAIT, NULL },
		{ GOAL_RUNNING, "SHELVED", NULL, FALSE, STEP_ACT, "unshelve" },
		{ GOAL_RUNNING, "ERROR", NULL, FALSE, STEP_IMPOSSIBLE, "administrator must look" },
		{ GOAL_RUNNING, "ERROR", NULL, TRUE, STEP_ACT, "reboot" },
		{ GOAL_RUNNING, "ERROR", "deleting", TRUE, STEP_WAIT, NULL },
		{ GOAL_RUNNING, "DELETED", NULL, TRUE, STEP_IMPOSSIBLE, "bring it back" },
		{ GOAL_RUNNING, "UNKNOWN", NULL, TRUE, STEP_IMPOSSIBLE, "does not reach it" },
		{ GOAL_RUNNING, "WEIRD", NULL, TRUE, STEP_IMPOSSIBLE, "no way from this state" },
		{ GOAL_RUNNING, "WEIRD", "x", TRUE, STEP_WAIT, NULL },
		{ GOAL_STOPPED, "ACTIVE", NULL, FALSE, STEP_ACT, "os-stop" },
		{ GOAL_STOPPED, "ERROR", NULL, FALSE, STEP_ACT, "os-stop" },
		{ GOAL_STOPPED, "SUSPENDED", NULL, FALSE, STEP_IMPOSSIBLE, "resume it first" },
		{ GOAL_STOPPED, "SHELVED", NULL, FALSE, STEP_IMPOSSIBLE, "it is shelved" },
		{ GOAL_SUSPENDED, "PAUSED", NULL, FALSE, STEP_ACT, "unpause" },
		{ GOAL_SUSPENDED, "SHUTOFF", NULL, FALSE, STEP_IMPOSSIBLE, "nothing to suspend" },
		{ GOAL_RESUMED, "SUSPENDED", NULL, FALSE, STEP_ACT, "resume" },
		{ GOAL_RESUMED, "SHUTOFF", NULL, FALSE, STEP_IMPOSSIBLE, "use start" },
		{ GOAL_RESUMED, "SHELVED_OFFLOADED", NULL, FALSE, STEP_IMPOSSIBLE, "use unshelve" },
		{ GOAL_SHELVED, "SHELVED", NULL, FALSE, STEP_DONE, NULL },
		{ GOAL_SHELVED, "SUSPENDED", NULL, FALSE, STEP_ACT, "shelve" },
		{ GOAL_UNSHELVED, "SHUTOFF", NULL, FALSE, STEP_DONE, NULL },
		{ GOAL_UNSHELVED, "SHELVED_OFFLOADED", NULL, FALSE, STEP_ACT, "unshelve" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		const char *verb, *why, *text;
		enum power_step step = power_next(cases[i].goal, cases[i].status, cases[i].task,
				cases[i].repair, &verb, &why);

		g_test_message("%d from %s", cases[i].goal, cases[i].status);
		g_assert_cmpint(step, ==, cases[i].step);
		text = step == STEP_ACT ? verb : step == STEP_IMPOSSIBLE ? why : NULL;
		g_assert_cmpint(text != NULL, ==, cases[i].text != NULL);
		g_assert_true(!text || strstr(text, cases[i].text));
	}
}

/* A task, and what it does to a running desktop. */
static void test_tasks(void)
{
	static const struct {
		const char *task;
		gboolean harmless, starts, stops, suspends, shelves;
	} cases[] = {
		{ NULL, TRUE, FALSE, FALSE, FALSE, FALSE },
		{ "image_snapshot", TRUE, FALSE, FALSE, FALSE, FALSE },
		{ "of the future", TRUE, FALSE, FALSE, FALSE, FALSE },
		{ "powering-on", FALSE, TRUE, FALSE, FALSE, FALSE },
		{ "rebooting_hard", FALSE, TRUE, FALSE, FALSE, FALSE },
		{ "powering-off", FALSE, FALSE, TRUE, FALSE, FALSE },
		{ "suspending", FALSE, FALSE, FALSE, TRUE, FALSE },
		{ "shelving_offloading", FALSE, FALSE, FALSE, FALSE, TRUE },
		{ "deleting", FALSE, FALSE, FALSE, FALSE, FALSE },
		{ "migrating", FALSE, FALSE, FALSE, FALSE, FALSE },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		const char *task = cases[i].task;
		gboolean ends = cases[i].stops || cases[i].suspends || cases[i].shelves ||
				!g_strcmp0(task, "deleting");

		g_assert_cmpint(power_task_is_harmless(task), ==, cases[i].harmless);
		g_assert_cmpint(power_task_leads_to(GOAL_RUNNING, task), ==, cases[i].starts);
		g_assert_cmpint(power_task_leads_to(GOAL_RESUMED, task), ==, cases[i].starts);
		g_assert_cmpint(power_task_leads_to(GOAL_UNSHELVED, task), ==, cases[i].starts);
		g_assert_cmpint(power_task_leads_to(GOAL_STOPPED, task), ==, cases[i].stops);
		g_assert_cmpint(power_task_leads_to(GOAL_SUSPENDED, task), ==, cases[i].suspends);
		g_assert_cmpint(power_task_leads_to(GOAL_SHELVED, task), ==, cases[i].shelves);
		g_assert_cmpint(power_task_leads_away(GOAL_RUNNING, task), ==, ends);
		g_assert_cmpint(power_task_leads_away(GOAL_STOPPED, task), ==, cases[i].starts);
	}
	g_assert_true(power_goal_is_rest(GOAL_STOPPED) && power_goal_is_rest(GOAL_SHELVED));
	g_assert_false(power_goal_is_rest(GOAL_RUNNING) || power_goal_is_rest(GOAL_UNSHELVED));
	g_assert_true(power_passes_by_itself("build") && power_passes_by_itself("MIGRATING"));
	g_assert_false(power_passes_by_itself("ACTIVE") || power_passes_by_itself(""));
}

/* ---- whose ---------------------------------------------------------------- */

static void test_tags(void)
{
	static const struct {
		const char *tag, *owner;
		gboolean hold;
	} cases[] = {
		{ "osvdi-user:alice", "alice", TRUE },
		{ "osvdi-user:alice:0000002a", "alice", FALSE },
		{ "osvdi-user:a.b-c_d@e", "a.b-c_d@e", TRUE },
		{ "osvdi-user:", NULL, FALSE },
		{ "osvdi-user::1", NULL, FALSE },
		{ "osvdi-user:a b", NULL, FALSE },
		{ "osvdi-user:a/b", NULL, FALSE },
		{ "osvdi-user:a,b", NULL, FALSE },
		{ "osvdi-user:01234567890123456789012345678901234567890", NULL, FALSE },
		{ "osvdi-userx:alice", NULL, FALSE },
		{ "alice", NULL, FALSE },
		{ "", NULL, FALSE },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *owner = pool_tag_owner(cases[i].tag);

		g_assert_cmpstr(owner, ==, cases[i].owner);
		g_assert_cmpint(pool_tag_is_hold(cases[i].tag), ==, cases[i].hold);
	}
}

/* Who holds a desktop by its tags; NULL: nobody, or two. */
static void test_holders(void)
{
	static const struct {
		const char *tags[4], *holder;
		gboolean held, free;
	} cases[] = {
		{ { NULL }, NULL, FALSE, TRUE },
		{ { "blue" }, NULL, FALSE, TRUE },
		{ { "osvdi-user:a:00000001" }, NULL, FALSE, FALSE },
		{ { "osvdi-user:a" }, "a", TRUE, FALSE },
		{ { "osvdi-user:a", "osvdi-user:b:00000001" }, "a", TRUE, FALSE },
		{ { "osvdi-user:b:00000001", "osvdi-user:a" }, "a", TRUE, FALSE },
		{ { "osvdi-user:a", "osvdi-user:b" }, NULL, TRUE, FALSE },
		{ { "osvdi-user:a", "osvdi-user:a" }, "a", TRUE, FALSE },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		char **tags = (char **)cases[i].tags;
		g_autofree char *holder = pool_tags_holder(tags);

		g_assert_cmpstr(holder, ==, cases[i].holder);
		g_assert_cmpint(pool_tags_is_held(tags), ==, cases[i].held);
		g_assert_cmpint(pool_tags_is_free(tags), ==, cases[i].free);
	}
}

/* A desktop by who made it, its pool and its tag, and whether it is alice's. */
static void test_owners(void)
{
	static const struct {
		const char *user, *pool, *tag;
		gboolean hers;
	} cases[] = {
		{ "alice", NULL, NULL, TRUE },
		{ "bob", NULL, NULL, FALSE },
		{ NULL, NULL, NULL, FALSE },
		{ "bob", NULL, "osvdi-user:alice", FALSE }, /* a tag counts in a pool only */
		{ "alice", "lab", NULL, FALSE },
		{ "bob", "lab", "osvdi-user:alice", TRUE },
		{ "bob", "lab", "osvdi-user:alice:00000001", FALSE },
		{ "alice", "lab", "osvdi-user:bob", FALSE },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct server *s = parse("{\"id\":\"" ID "\"}");

		s->user_id = g_strdup(cases[i].user);
		s->pool = g_strdup(cases[i].pool);
		g_strfreev(s->tags);
		s->tags = g_new0(char *, 2);
		s->tags[0] = g_strdup(cases[i].tag);
		g_assert_cmpint(desktops_is_of(s, "alice"), ==, cases[i].hers);
		server_free(s);
	}
}

/* Which desktop of a list is marked as the default. */
static void test_default(void)
{
	static const struct {
		const char *preferred;
		gboolean marked, is_default;
	} cases[] = {
		{ NULL, FALSE, FALSE },
		{ NULL, TRUE, TRUE },
		{ "desk", FALSE, TRUE },
		{ "Desk", TRUE, FALSE },
		{ "05C7863A-3C5C-4D0E-8BD4-D8E1DBB1F2C4", FALSE, TRUE },
		{ "other", TRUE, FALSE },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GPtrArray) one = g_ptr_array_new_with_free_func(
				(GDestroyNotify)server_free);
		struct server *s = parse("{\"id\":\"" ID "\",\"name\":\"desk\"}");
		g_autoptr(JsonNode) rows = NULL;
		JsonObject *row;

		s->marked_default = cases[i].marked;
		g_ptr_array_add(one, s);
		rows = desktop_list_json(one, cases[i].preferred);
		row = js_elem_obj(json_node_get_array(rows), 0);
		g_assert_cmpint(js_bool(row, "default", 2), ==, cases[i].is_default);
		g_assert_cmpstr(js_str(row, "status"), ==, "UNKNOWN");
		g_assert_null(js_str(row, "assigned"));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/server/whole", test_whole);
	g_test_add_func("/server/odd", test_odd);
	g_test_add_func("/server/power-names", test_power_names);
	g_test_add_func("/power/next", test_next);
	g_test_add_func("/power/tasks", test_tasks);
	g_test_add_func("/owner/tags", test_tags);
	g_test_add_func("/owner/holders", test_holders);
	g_test_add_func("/owner/desktops", test_owners);
	g_test_add_func("/owner/default", test_default);
	return g_test_run();
}
