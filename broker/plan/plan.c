/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/limit-note.h"
#include "base/text.h"
#include "plan/idle.h"
#include "plan/plan.h"

struct plan *plan_new(void)
{
	struct plan *plan = g_new0(struct plan, 1);

	plan->classes = g_ptr_array_new_with_free_func((GDestroyNotify)plan_class_free);
	plan->idle = g_ptr_array_new_with_free_func((GDestroyNotify)idle_rule_free);
	plan->limits = g_ptr_array_new_with_free_func((GDestroyNotify)limit_free);
	plan->remarks = g_ptr_array_new_with_free_func(g_free);
	return plan;
}

void plan_free(struct plan *plan)
{
	if (!plan)
		return;
	g_ptr_array_unref(plan->classes);
	g_ptr_array_unref(plan->idle);
	g_ptr_array_unref(plan->limits);
	g_ptr_array_unref(plan->remarks);
	if (plan->calendar_free)
		plan->calendar_free(plan->calendar);
	g_free(plan);
}

static gboolean refuse(const struct plan_class *class, GError **error, const char *format, ...)
		G_GNUC_PRINTF(3, 4);

static gboolean refuse(const struct plan_class *class, GError **error, const char *format, ...)
{
	g_autofree char *id = text_clean(class->id ? class->id : "?", 60);
	g_autofree char *what = NULL;
	va_list args;

	va_start(args, format);
	what = g_strdup_vprintf(format, args);
	va_end(args);
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "%s: the class \"%s\" %s",
			class->place, id, what);
	return FALSE;
}

/* Nothing can be checked against windows that never end: a stretch that is long enough. */
static gboolean check_windows(const struct plan_class *class, GError **error)
{
	gint64 first = zone_to_utc(class->zone, class->when.first);
	g_autoptr(GArray) windows = when_expand(&class->when, class->zone, first - 86400,
			first + PLAN_HORIZON_S, error);

	if (!windows) {
		g_prefix_error(error, "%s: ", class->place);
		return FALSE;
	}
	if (!windows->len)
		return refuse(class, error, "never takes place");
	for (guint i = 1; i < windows->len; i++) {
		const struct window *w = &g_array_index(windows, struct window, i - 1);
		g_autofree char *start = text_format_time(w[1].start);

		if (w[1].start < w[0].end)
			return refuse(class, error,
					"begins again at %s before its time before that is over",
					start);
	}
	return TRUE;
}

static gint64 last_exception(const struct plan_class *class)
{
	gint64 last = 0;

	for (guint i = 0; i < class->when.except->len; i++)
		last = MAX(last, g_array_index(class->when.except, gint64, i));
	return last;
}

/* An exception that hits nothing is a slip of the pen, and a class too many. */
static gboolean check_exceptions(const struct plan_class *class, GError **error)
{
	struct when all = class->when;
	g_autoptr(GArray) windows = NULL;

	if (!all.except)
		return TRUE;
	all.except = NULL;
	windows = when_expand(&all, class->zone, 0, last_exception(class) + 2 * 86400, error);
	if (!windows)
		return FALSE;
	for (guint i = 0; i < class->when.except->len; i++) {
		gint64 except = g_array_index(class->when.except, gint64, i);
		gint64 utc = zone_to_utc(class->zone, except);
		g_autofree char *date = civil_date(except);
		gboolean hits = FALSE;

		for (guint j = 0; !hits && j < windows->len; j++)
			hits = g_array_index(windows, struct window, j).start == utc;
		if (!hits)
			return refuse(class, error, "has an exception on %s, when it does not "
						    "take place anyway", date);
	}
	return TRUE;
}

gboolean plan_is_id(const char *id)
{
	if (!*id || strlen(id) > 40)
		return FALSE;
	for (; *id; id++)
		if (!g_ascii_islower(*id) && !g_ascii_isdigit(*id) && *id != '-')
			return FALSE;
	return TRUE;
}

static gboolean check_class(const struct plan *plan, const struct plan_class *class,
		GError **error)
{
	if (!class->id || !plan_is_id(class->id))
		return refuse(class, error, "needs an id of a-z, 0-9 and -, at most 40 of them");
	for (guint i = 0; i < plan->classes->len; i++) {
		const struct plan_class *other = plan->classes->pdata[i];

		if (!strcmp(other->id, class->id))
			return refuse(class, error, "has the id of the one at %s", other->place);
	}
	if (!class->flavor || !class->image)
		return refuse(class, error, "needs a flavor and an image");
	if (!class->count)
		return refuse(class, error, "needs a count: how many desktops");
	if (!class->when.duration_s || !class->zone)
		return refuse(class, error, "needs a time (when) and a time zone (zone)");
	if (class->when.duration_s > WHEN_MAX_DURATION_S)
		return refuse(class, error, "lasts longer than a month");
	if (class->boot_limit_s > class->prepare_s)
		return refuse(class, error, "gives a desktop more time to boot (boot) than there "
					    "is before the start (prepare)");
	return check_windows(class, error) && check_exceptions(class, error);
}

gboolean plan_add(struct plan *plan, struct plan_class *class, GError **error)
{
	if (!check_class(plan, class, error)) {
		plan_class_free(class);
		return FALSE;
	}
	if (class->spares < 0)
		class->spares = (class->count + 19) / 20;
	g_ptr_array_add(plan->classes, class);
	return TRUE;
}

static void add_sessions(GArray *sessions, const struct plan_class *class, const GArray *windows)
{
	for (guint i = 0; i < windows->len; i++) {
		const struct session session = {
			.class_id = class->id,
			.window = g_array_index(windows, struct window, i),
			.count = class->count,
			.spares = class->spares,
			.prepare_s = class->prepare_s,
			.boot_limit_s = class->boot_limit_s,
			.open_s = class->open_s,
			.grace_s = class->grace_s,
			.after = class->after,
			.ready = class->ready,
			.class_data = class,
		};

		g_array_append_val(sessions, session);
	}
}

static int by_start(gconstpointer a, gconstpointer b)
{
	const struct session *x = a, *y = b;

	if (x->window.start != y->window.start)
		return x->window.start < y->window.start ? -1 : 1;
	return strcmp(x->class_id, y->class_id);
}

GArray *plan_expand(const struct plan *plan, gint64 from, gint64 to, GError **error)
{
	g_autoptr(GArray) sessions = g_array_new(FALSE, FALSE, sizeof(struct session));

	for (guint i = 0; i < plan->classes->len; i++) {
		const struct plan_class *class = plan->classes->pdata[i];
		g_autoptr(GArray) windows = when_expand(&class->when, class->zone, from, to, error);

		if (!windows)
			return NULL;
		add_sessions(sessions, class, windows);
		if (sessions->len > PLAN_MAX_SESSIONS) {
			g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
					"the plan has more than %d sessions", PLAN_MAX_SESSIONS);
			return NULL;
		}
	}
	g_array_sort(sessions, by_start);
	return g_steal_pointer(&sessions);
}
