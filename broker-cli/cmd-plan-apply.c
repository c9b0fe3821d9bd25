/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/error.h"
#include "base/json.h"
#include "plan-command.h"
#include "terminal.h"

typedef char *plan_call(struct osvdi_broker *library, const struct osvdi_broker_plan *plan,
		struct osvdi_broker_error **error);

/* Have the library do something with the plan in a file: its answer. */
static JsonNode *ask(struct broker *b, const char *path, plan_call *call, GError **error)
{
	g_autofree char *name = g_path_get_basename(path);
	struct osvdi_broker_plan plan = { .size = sizeof(plan), .name = name };
	g_autofree char *text = plan_command_read(path, PLAN_MAX_BYTES, &plan.length, error);
	struct osvdi_broker_error *e = NULL;
	g_autofree char *answer = NULL;

	plan.text = text;
	if (!text || !broker_open(b, error))
		return NULL;
	answer = call(b->library, &plan, &e);
	if (answer)
		return library_json(answer);
	library_fail(e, error);
	return NULL;
}

static void show_cost(struct broker *b)
{
	struct osvdi_broker_cost cost = { .size = sizeof(cost) };

	osvdi_broker_cost(b->library, &cost);
	terminal_info("%u requests", cost.requests);
}

static gboolean judge(JsonObject *done, GError **error)
{
	const char *why = NULL;

	if (js_bool(done, "incomplete", FALSE))
		why = "the cloud did not show all desktops: none was made or deleted";
	else if (js_int(done, "not_seen", 0))
		why = "no screen could be asked: see --verbose";
	else if (js_int(done, "failed", 0))
		why = "some requests were refused: see --verbose";
	if (why)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE, "%s", why);
	return !why;
}

gboolean plan_apply(struct broker *b, const char *path, GError **error)
{
	g_autoptr(JsonNode) done = ask(b, path, osvdi_broker_plan_apply, error);

	if (!done)
		return FALSE;
	show_cost(b);
	return output_object(done, b->options.format, error) &&
			judge(json_node_get_object(done), error);
}

static gboolean show_sessions(const struct broker *b, JsonObject *report, GError **error)
{
	static const struct output_column columns[] = {
		{ "class", "Class" }, { "start", "Start" }, { "end", "End" },
		{ "planned", "Planned" }, { "ready", "Ready" }, { "used", "Used" },
		{ "idle", "Idle" }, { "starting", "Starting" }, { "saved", "Saved" },
		{ "failed", "Failed" }, { "reasons", "Reasons" }, { NULL }
	};

	return output_rows(json_object_get_member(report, "sessions"), columns, NULL,
			b->options.format, error);
}

static gboolean show_idle(const struct broker *b, JsonObject *report, GError **error)
{
	static const struct output_column columns[] = {
		{ "rule", "Rule" }, { "pool", "Pool" }, { "desktops", "Desktops" },
		{ "used", "Used" }, { "unused", "Unused" }, { "announced", "Announced" },
		{ "next", "Next" }, { "at_rest", "At Rest" }, { NULL }
	};

	return !js_len(js_arr(report, "idle")) ||
			output_rows(json_object_get_member(report, "idle"), columns, NULL,
					b->options.format, error);
}

gboolean plan_show_report(struct broker *b, const char *path, GError **error)
{
	g_autoptr(JsonNode) report = ask(b, path, osvdi_broker_plan_report, error);
	JsonObject *object = report ? json_node_get_object(report) : NULL;

	if (!object)
		return FALSE;
	if (b->options.format == OUTPUT_JSON ? !output_object(report, OUTPUT_JSON, error)
					     : !show_sessions(b, object, error) ||
						       !show_idle(b, object, error))
		return FALSE;
	if (!js_bool(object, "incomplete", FALSE))
		return TRUE;
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE,
			"the cloud did not show all desktops");
	return FALSE;
}
