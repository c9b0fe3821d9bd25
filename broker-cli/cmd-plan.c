/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "command.h"
#include "plan-command.h"
#include "plan/check.h"
#include "plan/simulate.h"

#define MAX_SNAPSHOT_BYTES JSON_MAX_BYTES
#define DAY_S G_GINT64_CONSTANT(86400)

/* The options of "osvdi-broker plan". */
struct plan_options {
	char *flavor, *plan, *snapshot, *zone, *from, *until, *lose_host;
	int count, spares, weeks, failures, seed;
};

static void plan_options_clear(struct plan_options *o)
{
	g_free(o->flavor);
	g_free(o->plan);
	g_free(o->snapshot);
	g_free(o->zone);
	g_free(o->from);
	g_free(o->until);
	g_free(o->lose_host);
}

/* The present state of the cloud, as text. */
static char *look_at_cloud(struct broker *b, GError **error)
{
	struct osvdi_broker_error *e = NULL;
	char *text;

	if (!broker_open(b, error))
		return NULL;
	text = osvdi_broker_plan_snapshot(b->library, &e);
	if (!text)
		library_fail(e, error);
	return text;
}

static struct snapshot *read_cloud(struct broker *b, GError **error)
{
	g_autofree char *text = look_at_cloud(b, error);

	return text ? snapshot_load(text, strlen(text), error) : NULL;
}

static struct snapshot *read_snapshot(struct broker *b, const char *path, GError **error)
{
	gsize length;
	g_autofree char *data = NULL;
	struct snapshot *snapshot;

	if (!path)
		return read_cloud(b, error);
	data = plan_command_read(path, MAX_SNAPSHOT_BYTES, &length, error);
	snapshot = data ? snapshot_load(data, length, error) : NULL;
	if (data && !snapshot)
		g_prefix_error(error, "%s: ", path);
	return snapshot;
}

static gboolean parse_day(const char *text, const char *option, gint64 fallback, gint64 *day,
		GError **error)
{
	g_autoptr(GDateTime) t = NULL;
	g_autofree char *iso = text ? g_strdup_printf("%sT00:00:00Z", text) : NULL;

	*day = fallback;
	if (!text)
		return TRUE;
	t = g_date_time_new_from_iso8601(iso, NULL);
	if (t)
		*day = g_date_time_to_unix(t);
	else
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
				"%s is no date such as 2026-10-13", option);
	return t != NULL;
}

/* ------------------------------------------------------------- check */

static GArray *demands_of_plan(const struct plan *plan, const struct snapshot *snapshot,
		gint64 now, GError **error)
{
	g_autoptr(GArray) sessions = plan_expand(plan, now, now + 366 * DAY_S, error);

	return sessions ? snapshot_demands(snapshot, sessions, error) : NULL;
}

static char *local_time(const struct zone *zone, gint64 utc)
{
	g_autoptr(GDateTime) t = g_date_time_new_from_unix_utc(zone_to_civil(zone, utc));

	return g_date_time_format(t, "%a %Y-%m-%d %H:%M");
}

static void add_windows(const struct check *c, const struct check_result *r, JsonBuilder *b)
{
	js_begin_arr(b, "windows");
	for (guint i = 0; i < r->windows->len; i++) {
		const struct window *w = &g_array_index(r->windows, struct window, i);
		g_autofree char *start = text_format_time(w->start);
		g_autofree char *end = text_format_time(w->end);

		js_begin_obj(b, NULL);
		js_add_str(b, "start", start);
		js_add_str(b, "end", end);
		js_add_int(b, "missing", g_array_index(r->missing, int, i));
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
	js_begin_arr(b, "nearest");
	for (int i = 0; i < r->n_nearest && r->windows->len; i++) {
		gint64 start = g_array_index(r->windows, struct window, 0).start;
		g_autofree char *text = text_format_time(zone_to_utc(c->zone,
				zone_to_civil(c->zone, start) + r->nearest[i]));

		json_builder_add_string_value(b, text);
	}
	json_builder_end_array(b);
}

static gboolean print_json(const struct check *c, const struct check_result *r, GError **error)
{
	g_autoptr(JsonBuilder) b = json_builder_new();
	g_autoptr(JsonNode) node = NULL;
	g_autofree char *text = NULL;

	js_begin_obj(b, NULL);
	js_add_bool(b, "fits", !r->total_missing);
	js_add_int(b, "seats", r->seats);
	js_add_str(b, "short_of", r->short_of);
	js_add_bool(b, "largest_unit_known", !c->snapshot->capacity->unbounded);
	add_windows(c, r, b);
	json_builder_end_object(b);
	node = js_finish(b);
	text = js_dump_shown(node, TRUE);
	return output_line(error, "%s", text);
}

static gboolean print_missing(const struct check *c, const struct check_result *r, GError **error)
{
	for (guint i = 0; i < r->windows->len; i++) {
		const struct window *w = &g_array_index(r->windows, struct window, i);
		g_autofree char *start = local_time(c->zone, w->start);
		int missing = g_array_index(r->missing, int, i);

		if (missing && !output_line(error, "%s: %d of %d desktops are missing", start,
				       missing, c->count))
			return FALSE;
	}
	return TRUE;
}

static gboolean print_nearest(const struct check *c, const struct check_result *r, GError **error)
{
	for (int i = 0; i < r->n_nearest; i++) {
		gint64 start = g_array_index(r->windows, struct window, 0).start;
		g_autofree char *text = local_time(c->zone, zone_to_utc(c->zone,
				zone_to_civil(c->zone, start) + r->nearest[i]));

		if (!output_line(error, "it fits from %s on", text))
			return FALSE;
	}
	return TRUE;
}

static gboolean print_check(struct broker *b, const struct check *c, const struct check_result *r,
		GError **error)
{
	g_autofree char *class = text_clean(r->short_of, 80);

	if (b->options.format_name && b->options.format == OUTPUT_JSON)
		return print_json(c, r, error);
	if (!r->total_missing)
		return output_line(error, "it fits: %u times %d desktops", r->windows->len,
				c->count);
	return print_missing(c, r, error) &&
			(!r->short_of || output_line(error, "the cloud is short of %s", class)) &&
			print_nearest(c, r, error);
}

static gboolean answer(struct broker *b, const struct check *c, GError **error)
{
	struct check_result result;
	gboolean ok = check_fit(c, &result, error);

	if (ok && !result.windows->len)
		ok = plan_command_usage(error, "this time is over");
	else if (ok)
		ok = print_check(b, c, &result, error);
	if (ok && result.total_missing) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_NOT_READY,
				"it does not fit: %" G_GINT64_FORMAT " desktops are missing",
				result.total_missing);
		ok = FALSE;
	}
	check_result_clear(&result);
	return ok;
}

/* The limits are those of a plan. */
static gboolean check_numbers(const struct plan_options *o, GError **error)
{
	if (!o->flavor || o->count < 1 || o->count > PLAN_MAX_COUNT)
		return plan_command_usage(error, "give --flavor, and --count from 1 to 2000");
	if (o->spares < 0 || o->spares > PLAN_MAX_COUNT)
		return plan_command_usage(error, "--spares is no number from 0 to 2000");
	if (o->weeks < 0 || o->weeks > PLAN_MAX_WEEKS)
		return plan_command_usage(error, "--weekly is no number of weeks from 1 to 520");
	return TRUE;
}

/* All but the cloud is known. */
static gboolean check_cloud(struct broker *b, const struct plan_options *o, struct check *c,
		GError **error)
{
	g_autoptr(auto_plan) plan = o->plan ? plan_command_load(o->plan, error) : plan_new();
	g_autoptr(auto_snapshot) snapshot = plan ? read_snapshot(b, o->snapshot, error) : NULL;
	g_autoptr(GArray) demands = NULL;

	c->need = snapshot ? snapshot_need(snapshot, o->flavor, error) : NULL;
	demands = c->need ? demands_of_plan(plan, snapshot, c->now, error) : NULL;
	c->snapshot = snapshot;
	c->demands = demands;
	return demands && answer(b, c, error);
}

static gboolean plan_check(struct broker *b, const struct plan_options *o, const char *text,
		GError **error)
{
	g_autoptr(auto_zone) zone = zone_new(o->zone, error);
	struct when when = { 0 };
	struct check c = { .prepare_s = 45 * 60, .grace_s = 15 * 60, .when = &when, .zone = zone };
	gboolean ok;

	if (!zone || !check_numbers(o, error) ||
			!parse_day(o->from, "--from", g_get_real_time() / G_USEC_PER_SEC, &c.now,
					error))
		return FALSE;
	c.count = o->count + o->spares;
	ok = when_parse(&when, text, zone_to_civil(zone, c.now), o->weeks, error) &&
			check_cloud(b, o, &c, error);
	when_clear(&when);
	return ok;
}

/* ------------------------------------------------------------- simulate */

static gboolean simulate_days(const struct plan_options *o, struct simulation *s, GError **error)
{
	gint64 today = g_get_real_time() / G_USEC_PER_SEC / DAY_S * DAY_S;

	if (!parse_day(o->from, "--from", today, &s->from, error) ||
			!parse_day(o->until, "--until", s->from + 140 * DAY_S, &s->to, error))
		return FALSE;
	if (s->to <= s->from || s->to > s->from + 366 * DAY_S)
		return plan_command_usage(error, "--until is not within a year after --from");
	if (!o->lose_host)
		return TRUE;
	s->lost_at = text_parse_time(o->lose_host);
	return s->lost_at || plan_command_usage(error,
				     "--lose-host is no time such as 2026-10-13T07:40:00Z");
}

static gboolean plan_simulate(struct broker *b, const struct plan_options *o, const char *path,
		GError **error)
{
	g_autoptr(auto_plan) plan = plan_command_load(path, error);
	g_autoptr(auto_snapshot) snapshot = NULL;
	struct simulation s = { .plan = plan, .seed = (guint32)o->seed };
	g_autoptr(JsonNode) node = NULL;
	g_autofree char *text = NULL;

	if (!plan || !simulate_days(o, &s, error))
		return FALSE;
	if (o->failures < 0 || o->failures > 100)
		return plan_command_usage(error, "--boot-failures is no percentage");
	s.snapshot = snapshot = read_snapshot(b, o->snapshot, error);
	if (!snapshot)
		return FALSE;
	s.faults.boot_error = s.faults.boot_broken = o->failures * 5;
	node = simulate(&s, error);
	if (!node)
		return FALSE;
	text = js_dump_shown(node, TRUE);
	return output_line(error, "%s", text);
}

static gboolean plan_snapshot(struct broker *b, GError **error)
{
	g_autofree char *text = look_at_cloud(b, error);

	return text && output_line(error, "%s", text);
}

/* argument: NULL where there is none. */
static gboolean run_plan(struct broker *b, const struct plan_options *o, const char *verb,
		const char *argument, GError **error)
{
	if (!strcmp(verb, "check") && argument)
		return plan_check(b, o, argument, error);
	if (!strcmp(verb, "simulate") && argument)
		return plan_simulate(b, o, argument, error);
	if (!strcmp(verb, "apply") && argument)
		return plan_apply(b, argument, error);
	if (!strcmp(verb, "report") && argument)
		return plan_show_report(b, argument, error);
	if (!strcmp(verb, "snapshot") && !argument)
		return plan_snapshot(b, error);
	return plan_command_usage(error,
			"plan knows \"check WHEN\", \"simulate FILE\", \"apply FILE\", "
			"\"report FILE\" and \"snapshot\"; see osvdi-broker plan --help");
}

gboolean cmd_plan(struct broker *b, const struct command *self, int argc, char **argv,
		GError **error)
{
	struct plan_options o = { 0 };
	const GOptionEntry options[] = {
		{ "flavor", 0, 0, G_OPTION_ARG_STRING, &o.flavor, "the flavor of the desktops",
				"NAME|ID" },
		{ "count", 0, 0, G_OPTION_ARG_INT, &o.count, "how many desktops", "N" },
		{ "spares", 0, 0, G_OPTION_ARG_INT, &o.spares, "so many more", "N" },
		{ "weekly", 0, 0, G_OPTION_ARG_INT, &o.weeks, "again for so many weeks", "WEEKS" },
		{ "zone", 0, 0, G_OPTION_ARG_STRING, &o.zone, "the time zone of WHEN", "ZONE" },
		{ "plan", 0, 0, G_OPTION_ARG_FILENAME, &o.plan, "beside the classes of this plan",
				"FILE" },
		{ "snapshot", 0, 0, G_OPTION_ARG_FILENAME, &o.snapshot, 
				"what the cloud had, from\n\"plan snapshot\"; without it the "
				"cloud is asked", "FILE" },
		{ "from", 0, 0, G_OPTION_ARG_STRING, &o.from, "as if today were that day", "DATE" },
		{ "until", 0, 0, G_OPTION_ARG_STRING, &o.until, "simulate up to that day", "DATE" },
		{ "boot-failures", 0, 0, G_OPTION_ARG_INT, &o.failures,
				"simulate desktops that do not come up", "PERCENT" },
		{ "lose-host", 0, 0, G_OPTION_ARG_STRING, &o.lose_host,
				"simulate the loss of the first host", "TIME" },
		{ "seed", 0, 0, G_OPTION_ARG_INT, &o.seed, "simulate other chances", "NUMBER" },
		command_option_format(b), { NULL }
	};
	gboolean ok = command_parse(b, self, options, &argc, &argv, 1, 2, error) &&
			output_check(error) && run_plan(b, &o, argv[1], argc > 2 ? argv[2] : NULL,
							 error);

	plan_options_clear(&o);
	return ok;
}
