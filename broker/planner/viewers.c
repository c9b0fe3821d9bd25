/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "planner/viewers.h"

#include <math.h>
#include <string.h>

#include "hooks/caller.h"
#include "planner/metrics.h"

#define FILE_NAME "osvdi.prom"
#define UNTOLD -1.0

/* A host's word on one guest. */
struct told {
	char *guest, *host; /* host: the label "instance", or "" */
	double viewers, age_s, last_input; /* or UNTOLD */
};

struct viewers {
	gint64 now;
	GPtrArray *told; /* struct told */
	GHashTable *index; /* "guest host" -> struct told, borrowed */
	GHashTable *by_guest; /* guest -> GPtrArray of struct told */
	GHashTable *written; /* host -> gint64 *, the oldest file's time */
};

static void told_free(gpointer data)
{
	struct told *t = data;

	g_free(t->guest);
	g_free(t->host);
	g_free(t);
}

struct viewers *viewers_new(gint64 now)
{
	struct viewers *v = g_new0(struct viewers, 1);

	v->now = now;
	v->told = g_ptr_array_new_with_free_func(told_free);
	v->index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	v->by_guest = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
			(GDestroyNotify)g_ptr_array_unref);
	v->written = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return v;
}

void viewers_free(struct viewers *v)
{
	if (!v)
		return;
	g_hash_table_unref(v->by_guest);
	g_hash_table_unref(v->index);
	g_hash_table_unref(v->written);
	g_ptr_array_unref(v->told);
	g_free(v);
}

static const char *host_of(const struct metric *m)
{
	const char *host = g_hash_table_lookup(m->labels, "instance");

	return host ? host : "";
}

static struct told *told_of(struct viewers *v, const char *guest, const char *host)
{
	g_autofree char *key = g_strdup_printf("%s %s", guest, host);
	struct told *t = g_hash_table_lookup(v->index, key);
	GPtrArray *all;

	if (t)
		return t;
	t = g_new0(struct told, 1);
	*t = (struct told){ g_strdup(guest), g_strdup(host), UNTOLD, UNTOLD, UNTOLD };
	g_ptr_array_add(v->told, t);
	g_hash_table_insert(v->index, g_steal_pointer(&key), t);
	all = g_hash_table_lookup(v->by_guest, guest);
	if (!all) {
		all = g_ptr_array_new();
		g_hash_table_insert(v->by_guest, t->guest, all);
	}
	g_ptr_array_add(all, t);
	return t;
}

static void take_written(struct viewers *v, const struct metric *m)
{
	const char *file = g_hash_table_lookup(m->labels, "file");
	gint64 *time, *known = g_hash_table_lookup(v->written, host_of(m));

	if (!file || !g_str_has_suffix(file, "/" FILE_NAME) || !(m->value > 0) ||
			m->value > 1e12 || (known && *known < (gint64)m->value))
		return;
	time = g_new(gint64, 1);
	*time = (gint64)m->value;
	g_hash_table_insert(v->written, g_strdup(host_of(m)), time);
}

/* The larger number is the safer one: more viewers, an older status. */
static void take_larger(double *into, double value)
{
	if (isnan(value) || value < 0)
		value = INFINITY;
	*into = MAX(*into, value);
}

static void take(const struct metric *m, void *data)
{
	struct viewers *v = data;
	const char *guest = g_hash_table_lookup(m->labels, "guest");

	if (!strcmp(m->name, "node_textfile_mtime_seconds"))
		take_written(v, m);
	else if (guest && !strcmp(m->name, "osvdi_guest_viewers"))
		take_larger(&told_of(v, guest, host_of(m))->viewers, m->value);
	else if (guest && !strcmp(m->name, "osvdi_guest_status_age_seconds"))
		take_larger(&told_of(v, guest, host_of(m))->age_s, m->value);
	else if (guest && !strcmp(m->name, "osvdi_guest_last_input_timestamp_seconds"))
		take_larger(&told_of(v, guest, host_of(m))->last_input, m->value);
}

/* A time that makes no sense is one of a wrong clock: there was input just now. */
static gint64 input_of(const struct viewers *v, const struct told *t)
{
	if (t->last_input < 0)
		return -1;
	return t->last_input < (double)v->now ? (gint64)t->last_input : v->now;
}

void viewers_add(struct viewers *v, const char *text, gsize length)
{
	metrics_parse(text, length, take, v);
}

static gboolean is_fresh(const struct viewers *v, const struct told *t)
{
	const gint64 *written = g_hash_table_lookup(v->written, t->host);
	double age = written ? (double)(v->now - *written) : INFINITY;

	/* A file of the future comes from a clock that is wrong. */
	return t->age_s >= 0 && age >= -VIEWERS_FRESH_S && age + t->age_s <= VIEWERS_FRESH_S;
}

enum seen_viewer viewers_of(const struct viewers *v, const char *id)
{
	GPtrArray *all = g_hash_table_lookup(v->by_guest, id);
	enum seen_viewer answer = all ? VIEWER_NONE : VIEWER_UNKNOWN;

	for (guint i = 0; all && i < all->len; i++) {
		const struct told *t = all->pdata[i];

		if (t->viewers > 0)
			return VIEWER_THERE;
		if (t->viewers < 0 || !is_fresh(v, t))
			answer = VIEWER_UNKNOWN;
	}
	return answer;
}

gint64 viewers_last_input(const struct viewers *v, const char *id)
{
	GPtrArray *all = g_hash_table_lookup(v->by_guest, id);
	gint64 last = all ? 0 : -1;

	for (guint i = 0; all && i < all->len; i++) {
		const struct told *t = all->pdata[i];
		gint64 input = is_fresh(v, t) ? input_of(v, t) : -1;

		if (input < 0)
			return -1;
		last = MAX(last, input);
	}
	return last;
}

void viewers_ask(struct viewers *v, struct cloud *cloud, char **addresses)
{
	for (; addresses && *addresses; addresses++) {
		const struct http_request r = { .method = "GET", .url = *addresses };
		g_autoptr(GError) e = NULL;
		g_autoptr(auto_http_reply) reply = http_send(cloud_http(cloud), &r, &e);

		if (reply && reply->status == 200 && !reply->cut)
			viewers_add(v, reply->body->str, reply->body->len);
		else
			log_warning(cloud_caller(cloud), "viewers of desktops: %s: %s", *addresses,
					reply ? http_status_text(reply->status) : e->message);
	}
}
