/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "command.h"
#include "prompt.h"
#include "terminal.h"

static const struct output_column columns[] = {
	{ "id", "ID" },
	{ "name", "Name" },
	{ "status", "Status" },
	{ "start", "Start" },
	{ "end", "End" },
	{ "reservations", "Reservations" },
	{ NULL, NULL },
};

static void add_lease(JsonBuilder *b, const struct osvdi_broker_lease *l)
{
	gint64 from = osvdi_broker_lease_start(l);
	g_autofree char *start = from ? text_format_time(from) : NULL;
	g_autofree char *end = text_format_time(osvdi_broker_lease_end(l));
	const char *reservation;

	js_begin_obj(b, NULL);
	js_add_str(b, "id", osvdi_broker_lease_id(l));
	js_add_str(b, "name", osvdi_broker_lease_name(l));
	js_add_str(b, "status", osvdi_broker_lease_status(l));
	js_add_str(b, "start", start);
	js_add_str(b, "end", end);
	js_begin_arr(b, "reservations");
	for (size_t i = 0; (reservation = osvdi_broker_lease_reservation(l, i)); i++)
		json_builder_add_string_value(b, reservation);
	json_builder_end_array(b);
	json_builder_end_object(b);
}

static gboolean print_lease(const struct osvdi_broker_lease *l, enum output_format format,
		GError **error)
{
	g_autoptr(JsonBuilder) b = json_builder_new();
	g_autoptr(JsonNode) object = NULL;

	add_lease(b, l);
	object = js_finish(b);
	return output_object(object, format, error);
}

static gboolean print_leases(struct broker *b, GError **error)
{
	struct osvdi_broker_error *e = NULL;
	struct osvdi_broker_lease **all = osvdi_broker_leases(b->library, &e);
	g_autoptr(JsonBuilder) builder = json_builder_new();
	g_autoptr(JsonNode) rows = NULL;

	if (!all)
		return library_fail(e, error);
	js_begin_arr(builder, NULL);
	for (struct osvdi_broker_lease **l = all; *l; l++)
		add_lease(builder, *l);
	json_builder_end_array(builder);
	osvdi_broker_leases_free(all);
	rows = js_finish(builder);
	return output_rows(rows, columns, b->options.columns, b->options.format, error);
}

/* A length of time, or a moment in UTC: when something ends. */
struct end {
	gint64 moment; /* or 0: */
	gint64 length;
};

/* By "--until MOMENT" or by a length of time, one of the two. */
static gboolean parse_end(const char *until, const char *length, struct end *end, GError **error)
{
	end->length = length ? text_parse_duration(length) : 0;
	end->moment = until ? text_parse_moment(until) : 0;
	if ((until != NULL) == (length != NULL))
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
				"say when it ends: by --until TIME or by a length of time, one "
				"of the two");
	else if (end->length <= 0 && !end->moment)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
				"not a time: a length is 90m, 8h, 2d; a moment is \"2026-11-22 "
				"18:00\" in UTC");
	else if (end->moment && end->moment <= clock_unix_s(clock_system()))
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
				"--until: this moment (UTC) has passed");
	else
		return TRUE;
	return FALSE;
}

static gint64 end_after(const struct end *end, gint64 base)
{
	return end->moment ? end->moment : base + end->length;
}

static void explain_end(const struct osvdi_broker_lease *l)
{
	g_autofree char *end = text_format_time(osvdi_broker_lease_end(l));

	terminal_warning(
			"when this lease ends (%s), or is deleted, its desktops are deleted with "
			"all that is on them",
			end);
}

struct reserve_options {
	char *until, *length, *from, *flavor;
	int amount, vcpus, memory_mb, disk_gb;
	gboolean wait;

	gint64 start; /* after check_reserve(); 0: now */
	struct end end;
};

static void reserve_options_clear(struct reserve_options *o)
{
	g_free(o->until);
	g_free(o->length);
	g_free(o->from);
	g_free(o->flavor);
}

static gboolean check_size(const struct reserve_options *o, GError **error)
{
	gboolean shape = o->vcpus > 0 && o->memory_mb > 0 && o->disk_gb >= 0;
	gboolean any = o->vcpus || o->memory_mb || o->disk_gb;

	if (o->amount < 1 || o->amount > 1000)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "--amount: 1 to 1000");
	else if (o->flavor ? any : !shape)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
				"say how large: --flavor FLAVOR, or --vcpus N --memory MIB "
				"[--disk GIB]");
	else
		return TRUE;
	return FALSE;
}

static gboolean check_reserve(struct reserve_options *o, GError **error)
{
	if (!check_size(o, error) || !parse_end(o->until, o->length, &o->end, error))
		return FALSE;
	o->start = o->from ? text_parse_moment(o->from) : 0;
	if (o->from && !o->start)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
				"--from: a moment is \"2026-11-22 18:00\", in UTC");
	else if (o->start && end_after(&o->end, o->start) <= o->start)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
				"--until: the lease would end before it starts (--from)");
	else
		return TRUE;
	return FALSE;
}

static struct osvdi_broker_lease *create_lease(struct broker *b, const struct reserve_options *o,
		const char *name, GError **error)
{
	gint64 base = o->start ? o->start : clock_unix_s(clock_system());
	const struct osvdi_broker_lease_params p = {
		.size = sizeof(p),
		.name = name,
		.start = o->start,
		.end = end_after(&o->end, base),
		.amount = o->amount,
		.flavor = o->flavor,
		.vcpus = o->vcpus,
		.memory_mb = o->memory_mb,
		.disk_gb = o->disk_gb,
	};
	struct osvdi_broker_error *e = NULL;
	g_autoptr(auto_lease) l = osvdi_broker_lease_create(b->library, &p, &e);

	if (l && (!o->wait || osvdi_broker_lease_wait(b->library, l, 0, &e)))
		return g_steal_pointer(&l);
	library_fail(e, error);
	return NULL;
}

static gboolean run_reserve(struct broker *b, const struct reserve_options *o, const char *name,
		GError **error)
{
	g_autoptr(auto_lease) l = create_lease(b, o, name, error);

	if (!l)
		return FALSE;
	explain_end(l);
	return print_lease(l, b->options.format, error);
}

gboolean cmd_reserve(struct broker *b, const struct command *self, int argc, char **argv,
		GError **error)
{
	struct reserve_options o = { .amount = 1 };
	const GOptionEntry options[] = {
		{ "for", 0, 0, G_OPTION_ARG_STRING, &o.length,
				 "how long: 90m, 8h, 2d", "TIME" },
		{ "until", 0, 0, G_OPTION_ARG_STRING, &o.until,
				"or its end, UTC: \"2026-11-22 18:00\"", "MOMENT" },
		{ "from", 0, 0, G_OPTION_ARG_STRING, &o.from, "its start, UTC (now)", "MOMENT" },
		{ "flavor", 0, 0, G_OPTION_ARG_STRING, &o.flavor, "desktops of this flavor",
				"NAME|ID" },
		{ "vcpus", 0, 0, G_OPTION_ARG_INT, &o.vcpus, "or of this many CPUs", "N" },
		{ "memory", 0, 0, G_OPTION_ARG_INT, &o.memory_mb, "this much memory", "MIB" },
		{ "disk", 0, 0, G_OPTION_ARG_INT, &o.disk_gb, "and disk", "GIB" },
		{ "amount", 0, 0, G_OPTION_ARG_INT, &o.amount, "how many desktops (1)", "N" },
		{ "wait", 0, 0, G_OPTION_ARG_NONE, &o.wait, "wait until desktops can be made in it",
				NULL },
		command_option_timeout(b), command_option_format(b), { NULL }
	};
	gboolean ok = command_parse(b, self, options, &argc, &argv, 1, 1, error) &&
			check_reserve(&o, error) && output_check(error) && broker_open(b, error) &&
			run_reserve(b, &o, argv[1], error);

	reserve_options_clear(&o);
	return ok;
}

/* Names of what goes with a lease. */
static char *join_names(const struct osvdi_broker_list *desktops)
{
	const struct osvdi_broker_desktop *d;
	GString *out = g_string_new(NULL);

	for (size_t i = 0; (d = osvdi_broker_list_get(desktops, i)); i++) {
		g_autofree char *name = text_clean(osvdi_broker_desktop_name(d), 60);

		g_string_append_printf(out, "%s%s", i ? ", " : "", name);
	}
	return g_string_free(out, FALSE);
}

static gboolean confirm_delete(const char *name, const struct osvdi_broker_list *desktops,
		gboolean yes, GError **error)
{
	g_autofree char *names = join_names(desktops);
	g_autofree char *question = g_strdup_printf("Delete the lease \"%s\"? [y/N] ", name);

	if (osvdi_broker_list_length(desktops))
		terminal_warning(
				"with the lease \"%s\" these desktops are deleted, with all that "
				"is on them: %s",
				name, names);
	if (yes || prompt_yes(question))
		return TRUE;
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
			"the lease is not deleted (--yes deletes it without asking)");
	return FALSE;
}

static gboolean delete_lease(struct broker *b, const struct osvdi_broker_lease *l, gboolean yes,
		GError **error)
{
	struct osvdi_broker_error *e = NULL;
	g_autoptr(auto_list) desktops = osvdi_broker_lease_desktops(b->library, l, &e);
	g_autofree char *name = text_clean(osvdi_broker_lease_name(l), 60);

	if (!desktops)
		return library_fail(e, error);
	if (!confirm_delete(name, desktops, yes, error))
		return FALSE;
	if (!osvdi_broker_lease_delete(b->library, l, &e))
		return library_fail(e, error);
	return output_line(error, "%s deleted", osvdi_broker_lease_id(l));
}

struct leases_options {
	char *until, *length;
	gboolean yes;

	struct end end; /* after check_leases(), for "extend" */
};

static gboolean extend_lease(struct broker *b, struct osvdi_broker_lease *l,
		const struct end *end, GError **error)
{
	struct osvdi_broker_error *e = NULL;
	gint64 moment = end_after(end, osvdi_broker_lease_end(l));

	if (!osvdi_broker_lease_extend(b->library, l, moment, &e))
		return library_fail(e, error);
	explain_end(l);
	return TRUE;
}

static gboolean run_leases(struct broker *b, const struct leases_options *o, const char *verb,
		const char *name, GError **error)
{
	struct osvdi_broker_error *e = NULL;
	g_autoptr(auto_lease) l = NULL;

	if (!strcmp(verb, "list"))
		return print_leases(b, error);
	l = osvdi_broker_lease_find(b->library, name, &e);
	if (!l)
		return library_fail(e, error);
	if (!strcmp(verb, "delete"))
		return delete_lease(b, l, o->yes, error);
	if (!strcmp(verb, "extend") && !extend_lease(b, l, &o->end, error))
		return FALSE;
	return print_lease(l, b->options.format, error);
}

static gboolean check_verb(const char *verb, const char *name, GError **error)
{
	static const char *const verbs[] = { "show", "extend", "delete", NULL };

	if (!strcmp(verb, "list") && !name)
		return TRUE;
	if (g_strv_contains(verbs, verb) && name)
		return TRUE;
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
			"leases: list, show LEASE, extend LEASE or delete LEASE");
	return FALSE;
}

/* Options that only one verb takes. */
static gboolean check_leases(const struct broker *b, struct leases_options *o, const char *verb,
		GError **error)
{
	const char *wrong = NULL;

	if (strcmp(verb, "extend") && (o->until || o->length))
		wrong = "--until and --by are for extend";
	else if (strcmp(verb, "delete") && o->yes)
		wrong = "--yes is for delete";
	else if (strcmp(verb, "list") && b->options.columns)
		wrong = "--column is for list";
	else if (!strcmp(verb, "delete") && !o->yes && !prompt_is_possible())
		wrong = "delete: there is no terminal to ask at; --yes deletes without asking";
	if (wrong)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "leases: %s", wrong);
	return !wrong && (strcmp(verb, "extend") || parse_end(o->until, o->length, &o->end, error));
}

gboolean cmd_leases(struct broker *b, const struct command *self, int argc, char **argv,
		GError **error)
{
	struct leases_options o = { 0 };
	const GOptionEntry options[] = {
		{ "by", 0, 0, G_OPTION_ARG_STRING, &o.length,
				 "extend: this much longer: 90m, 8h, 2d",
				 "TIME" },
		{ "until", 0, 0, G_OPTION_ARG_STRING, &o.until,
				"extend: or until then, UTC: \"2026-11-22 18:00\"", "MOMENT" },
		{ "yes", 'y', 0, G_OPTION_ARG_NONE, &o.yes, "delete: do not ask", NULL },
		command_option_format(b), command_option_columns(b), { NULL }
	};
	gboolean ok = command_parse(b, self, options, &argc, &argv, 0, 2, error);
	const char *verb = ok && argc > 1 ? argv[1] : "list";
	const char *name = ok && argc > 2 ? argv[2] : NULL;

	ok = ok && check_verb(verb, name, error) && check_leases(b, &o, verb, error) &&
			output_check_columns(columns, b->options.columns, error) &&
			output_check(error) && broker_open(b, error) &&
			run_leases(b, &o, verb, name, error);
	g_free(o.until);
	g_free(o.length);
	return ok;
}
