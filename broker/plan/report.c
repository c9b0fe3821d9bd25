/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/report.h"

#include "base/json.h"
#include "base/rest-tags.h"
#include "base/text.h"
#include "plan/idle.h"

struct tally {
	int ready, used, idle, starting, saved, failed;
	GPtrArray *reasons; /* char *, each once */
};

static void add_reason(struct tally *t, const char *fault)
{
	char *text = text_clean(fault ? fault : "Nova does not say why", 200);

	if (g_ptr_array_find_with_equal_func(t->reasons, text, g_str_equal, NULL))
		g_free(text);
	else
		g_ptr_array_add(t->reasons, text);
}

static void count(struct tally *t, const struct seen *s)
{
	gboolean claimed = seen_is_claimed(s), ready = seen_is_ready(s);

	t->used += claimed;
	switch (s->status) {
	case SEEN_ERROR:
		t->failed++;
		add_reason(t, s->fault);
		break;
	case SEEN_SHELVED:
		t->saved++;
		break;
	case SEEN_ACTIVE:
		t->ready += ready;
		t->idle += ready && !claimed;
		t->starting += !ready && !claimed;
		break;
	default:
		t->starting += !claimed;
		break;
	}
}

static void tally_session(struct tally *t, const struct session *session, const GPtrArray *seen)
{
	*t = (struct tally){ .reasons = g_ptr_array_new_with_free_func(g_free) };
	for (guint i = 0; i < seen->len; i++) {
		const struct seen *s = seen->pdata[i];

		if (seen_is_of(s, session))
			count(t, s);
	}
}

static void add_session(JsonBuilder *b, const struct session *session, const struct tally *t)
{
	g_autofree char *start = text_format_time(session->window.start);
	g_autofree char *end = text_format_time(session->window.end);

	js_begin_obj(b, NULL);
	js_add_str(b, "class", session->class_id);
	js_add_str(b, "start", start);
	js_add_str(b, "end", end);
	js_add_int(b, "planned", session->count);
	js_add_int(b, "spares", session->spares);
	js_add_int(b, "ready", t->ready);
	js_add_int(b, "used", t->used);
	js_add_int(b, "idle", t->idle);
	js_add_int(b, "starting", t->starting);
	js_add_int(b, "saved", t->saved);
	js_add_int(b, "failed", t->failed);
	js_begin_arr(b, "reasons");
	for (guint i = 0; i < t->reasons->len; i++)
		json_builder_add_string_value(b, t->reasons->pdata[i]);
	json_builder_end_array(b);
	json_builder_end_object(b);
}

static void add_sessions(JsonBuilder *b, const GArray *sessions, const GPtrArray *seen)
{
	js_begin_arr(b, "sessions");
	for (guint i = 0; i < sessions->len; i++) {
		const struct session *session = &g_array_index(sessions, struct session, i);
		struct tally t;

		tally_session(&t, session, seen);
		add_session(b, session, &t);
		g_ptr_array_unref(t.reasons);
	}
	json_builder_end_array(b);
}

/* The desktops of a rule. */
struct idle_tally {
	int desktops, used, unused, announced, at_rest;
	gint64 next; /* the first announced rest; 0: none */
};

static void count_idle(struct idle_tally *t, const struct idle_rule *rule, const struct seen *s,
		gint64 now)
{
	enum idle_state state = idle_state_of(rule, s, now);
	gint64 at = rest_tags_time(s->tags);

	t->desktops++;
	t->used += state == IDLE_USED;
	t->at_rest += state == IDLE_AT_REST;
	if (state != IDLE_UNUSED && state != IDLE_FREE)
		return;
	t->unused++;
	t->announced += at != 0;
	if (at && (!t->next || at < t->next))
		t->next = at;
}

static void add_rule(JsonBuilder *b, const struct idle_rule *rule, const struct idle_tally *t)
{
	g_autofree char *next = t->next ? text_format_time(t->next) : NULL;

	js_begin_obj(b, NULL);
	js_add_str(b, "rule", rule->id);
	js_add_str(b, "pool", rule->pool);
	js_add_int(b, "desktops", t->desktops);
	js_add_int(b, "used", t->used);
	js_add_int(b, "unused", t->unused);
	js_add_int(b, "announced", t->announced);
	js_add_str(b, "next", next);
	js_add_int(b, "at_rest", t->at_rest);
	json_builder_end_object(b);
}

static void add_rules(JsonBuilder *b, const GPtrArray *rules, const GPtrArray *seen, gint64 now)
{
	js_begin_arr(b, "idle");
	for (guint i = 0; rules && i < rules->len; i++) {
		struct idle_tally t = { 0 };

		for (guint j = 0; j < seen->len; j++)
			if (idle_rule_of(rules, seen->pdata[j]) == rules->pdata[i])
				count_idle(&t, rules->pdata[i], seen->pdata[j], now);
		add_rule(b, rules->pdata[i], &t);
	}
	json_builder_end_array(b);
}

JsonNode *plan_report(const struct plan_report *r)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	js_begin_obj(b, NULL);
	add_sessions(b, r->sessions, r->seen);
	add_rules(b, r->idle, r->seen, r->now);
	js_add_bool(b, "incomplete", r->incomplete);
	json_builder_end_object(b);
	return js_finish(b);
}

JsonNode *plan_run_json(const struct run_report *r)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	js_begin_obj(b, NULL);
	js_add_int(b, "desktops", r->seen);
	js_add_int(b, "created", r->created);
	js_add_int(b, "looked_at", r->probed);
	js_add_int(b, "became_ready", r->became_ready);
	js_add_int(b, "lost_picture", r->lost_picture);
	js_add_int(b, "not_seen", r->unknown);
	js_add_int(b, "deleted", r->retired + r->deleted_held);
	js_add_int(b, "saved", r->saved);
	js_add_int(b, "rest_announced", r->rest_announced);
	js_add_int(b, "rest_cancelled", r->rest_cancelled);
	js_add_int(b, "rested", r->rested);
	js_add_int(b, "failed", r->failed);
	js_add_bool(b, "incomplete", r->incomplete);
	js_add_bool(b, "another_run", r->locked_out);
	json_builder_end_object(b);
	return js_finish(b);
}
