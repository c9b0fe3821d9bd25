/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "error.h"
#include "log.h"
#include "power.h"
#include "text.h"

#define POLL_FIRST_US (200 * 1000)
#define POLL_MAX_US (2 * 1000 * 1000)
/* A verb that was accepted this often and changed nothing will not. */
#define MAX_SENDS 3
/* Reads that may fail in a row while waiting: a restart of the service. */
#define MAX_FAILED_READS 5

struct rule {
	const char *status;
	enum power_step step;
	const char *text; /* the verb, or why it is impossible */
};

static const struct rule to_running[] = {
	{ "ACTIVE", STEP_DONE, NULL },
	{ "RESCUE", STEP_DONE, NULL },
	{ "VERIFY_RESIZE", STEP_DONE, NULL },
	{ "PASSWORD", STEP_DONE, NULL },
	{ "PAUSED", STEP_ACT, "unpause" },
	{ "SUSPENDED", STEP_ACT, "resume" },
	{ "SHUTOFF", STEP_ACT, "os-start" },
	{ "SHELVED", STEP_ACT, "unshelve" },
	{ "SHELVED_OFFLOADED", STEP_ACT, "unshelve" },
	{ NULL, 0, NULL },
};

static const struct rule to_stopped[] = {
	{ "SHUTOFF", STEP_DONE, NULL },
	{ "ACTIVE", STEP_ACT, "os-stop" },
	{ "ERROR", STEP_ACT, "os-stop" },
	{ "PAUSED", STEP_ACT, "unpause" },
	{ "SUSPENDED", STEP_IMPOSSIBLE, "resume it first" },
	{ "SHELVED", STEP_IMPOSSIBLE, "that is more than stopped already" },
	{ "SHELVED_OFFLOADED", STEP_IMPOSSIBLE, "that is more than stopped already" },
	{ NULL, 0, NULL },
};

static const struct rule to_suspended[] = {
	{ "SUSPENDED", STEP_DONE, NULL },
	{ "ACTIVE", STEP_ACT, "suspend" },
	{ "PAUSED", STEP_ACT, "unpause" },
	{ "SHUTOFF", STEP_IMPOSSIBLE, "it does not run, so there is nothing to suspend" },
	{ "SHELVED", STEP_IMPOSSIBLE, "it does not run, so there is nothing to suspend" },
	{ "SHELVED_OFFLOADED", STEP_IMPOSSIBLE, "it does not run, so there is nothing to suspend" },
	{ NULL, 0, NULL },
};

static const struct rule to_resumed[] = {
	{ "ACTIVE", STEP_DONE, NULL },
	{ "SUSPENDED", STEP_ACT, "resume" },
	{ "PAUSED", STEP_ACT, "unpause" },
	{ "SHUTOFF", STEP_IMPOSSIBLE, "nothing of it is kept to go on with; use start" },
	{ "SHELVED", STEP_IMPOSSIBLE, "use unshelve" },
	{ "SHELVED_OFFLOADED", STEP_IMPOSSIBLE, "use unshelve" },
	{ NULL, 0, NULL },
};

static const struct rule to_shelved[] = {
	{ "SHELVED", STEP_DONE, NULL },
	{ "SHELVED_OFFLOADED", STEP_DONE, NULL },
	{ "ACTIVE", STEP_ACT, "shelve" },
	{ "SHUTOFF", STEP_ACT, "shelve" },
	{ "PAUSED", STEP_ACT, "shelve" },
	{ "SUSPENDED", STEP_ACT, "shelve" },
	{ NULL, 0, NULL },
};

static const struct rule to_unshelved[] = {
	{ "ACTIVE", STEP_DONE, NULL },
	{ "SHUTOFF", STEP_DONE, NULL },
	{ "SHELVED", STEP_ACT, "unshelve" },
	{ "SHELVED_OFFLOADED", STEP_ACT, "unshelve" },
	{ "PAUSED", STEP_DONE, NULL },
	{ "SUSPENDED", STEP_DONE, NULL },
	{ NULL, 0, NULL },
};

static const struct rule *const rules[] = {
	[GOAL_RUNNING] = to_running,
	[GOAL_STOPPED] = to_stopped,
	[GOAL_SUSPENDED] = to_suspended,
	[GOAL_RESUMED] = to_resumed,
	[GOAL_SHELVED] = to_shelved,
	[GOAL_UNSHELVED] = to_unshelved,
};

/* All that Nova shows (nova/api/openstack/common.py of 26 to 31). */
static const char *const statuses[] = {
	"ACTIVE", "BUILD", "DELETED", "ERROR", "HARD_REBOOT", "MIGRATING", "PASSWORD", "PAUSED", "REBOOT", "REBUILD", "RESCUE",
	"RESIZE", "REVERT_RESIZE", "SHELVED", "SHELVED_OFFLOADED", "SHUTOFF", "SOFT_DELETED", "SUSPENDED", "UNKNOWN", "VERIFY_RESIZE"
};

static gboolean passes_by_itself(const char *status)
{
	static const char *const passing[] = { "BUILD", "REBUILD", "REBOOT", "HARD_REBOOT", "RESIZE", "REVERT_RESIZE", "MIGRATING" };

	for (gsize i = 0; i < G_N_ELEMENTS(passing); i++)
		if (!g_ascii_strcasecmp(status, passing[i]))
			return TRUE;
	return FALSE;
}

static enum power_step next_from_error(gboolean repair, const char **verb, const char **why)
{
	*verb = "reboot";
	*why = "--repair has it rebooted hard, which often helps (unsaved work is lost); else an administrator must look";
	return repair ? STEP_ACT : STEP_IMPOSSIBLE;
}

enum power_step power_next(enum power_goal goal, const char *status, const char *task_state, gboolean repair, const char **verb, const char **why)
{
	*verb = *why = NULL;
	if (task_state || passes_by_itself(status))
		return STEP_WAIT;
	for (const struct rule *r = rules[goal]; r->status; r++) {
		if (g_ascii_strcasecmp(status, r->status))
			continue;
		*verb = r->step == STEP_ACT ? r->text : NULL;
		*why = r->step == STEP_IMPOSSIBLE ? r->text : NULL;
		return r->step;
	}
	if (!g_ascii_strcasecmp(status, "ERROR"))
		return next_from_error(repair, verb, why);
	if (!g_ascii_strcasecmp(status, "DELETED") || !g_ascii_strcasecmp(status, "SOFT_DELETED"))
		*why = "only an administrator may be able to bring it back";
	else
		*why = "there is no way from this state";
	return STEP_IMPOSSIBLE;
}

/* Why nothing moves, as far as Nova tells. */
static char *describe(const struct server *s)
{
	g_autofree char *name = text_clean(s->name, 80);
	g_autofree char *status = text_clean(s->status, 40);
	g_autofree char *task = text_clean(s->task_state, 40);

	return g_strdup_printf("\"%s\" is %s%s%s%s", name, status, *task ? " (" : "", task, *task ? ")" : "");
}

static gboolean fail(const struct server *s, GError **error, const char *why)
{
	g_autofree char *what = describe(s);

	g_set_error(error, BROKER_ERROR, BROKER_ERROR_NOT_READY, "%s: %s%s%s", what, why, s->fault ? "; Nova says: " : "", s->fault ? s->fault : "");
	return FALSE;
}

gboolean power_refresh(struct session *session, struct server **s, GError **error)
{
	struct server *now = nova_get_server(session, (*s)->id, error);

	if (!now)
		return FALSE;
	/* What other services told about it stays true. */
	now->lease_name = g_steal_pointer(&(*s)->lease_name);
	now->lease_end = g_steal_pointer(&(*s)->lease_end);
	server_free(*s);
	*s = now;
	return TRUE;
}

struct pause {
	gint64 us;
	gint64 since_us; /* of the session's clock; 0: not waited yet */
	int failed_reads;
};

static void show_progress(const struct server *s, gint64 waited_us)
{
	g_autofree char *what = describe(s);

	log_progress("%s, %" G_GINT64_FORMAT " s", what, waited_us / G_USEC_PER_SEC);
}

/* Sleep a little, longer each time, then read the state. */
static gboolean pause_and_read(struct session *session, struct server **s, const struct power_params *params, struct pause *p, GError **error)
{
	const struct clock *clock = session_clock(session);
	gint64 left = params->deadline_us - clock_now_us(clock);
	g_autoptr(GError) e = NULL;

	if (left <= 0)
		return fail(*s, error, "not ready in time; it may still come: try again, or give more --timeout");
	if (!p->since_us)
		p->since_us = clock_now_us(clock);
	p->us = p->us ? MIN(p->us * 3 / 2, POLL_MAX_US) : POLL_FIRST_US;
	clock_sleep_us(clock, MIN(p->us, left));
	if (power_refresh(session, s, &e)) {
		p->failed_reads = 0;
	} else if (!g_error_matches(e, BROKER_ERROR, BROKER_ERROR_SERVICE) || ++p->failed_reads > MAX_FAILED_READS) {
		g_propagate_error(error, g_steal_pointer(&e));
		return FALSE;
	}
	show_progress(*s, clock_now_us(clock) - p->since_us);
	return TRUE;
}

static JsonNode *verb_body(const char *verb)
{
	return strcmp(verb, "reboot") ? nova_action_body(verb, NULL, NULL) : nova_action_body("reboot", "type", "HARD");
}

static gboolean fail_locked(const struct server *s, GError **error)
{
	g_autofree char *reason = text_clean(s->lock_reason, 100);

	g_set_error(error, BROKER_ERROR, BROKER_ERROR_NOT_READY, "the desktop is locked%s%s; who locked it, or an administrator, must unlock it", *reason ? ": " : "", reason);
	return FALSE;
}

/* Of two that act at once Nova tells one 409, or 500 (UnexpectedTaskStateError). */
static gboolean may_be_lost_race(const struct api_reply *reply)
{
	return reply->status == 409 || reply->status >= 500;
}

/*
 * TRUE: sent, or refused in a way that reading the state again may explain (then
 * *accepted is FALSE); last_chance: a refusal is a failure.
 */
static gboolean send_verb(struct session *session, const struct server *s, JsonNode *body, gboolean last_chance, gboolean *accepted, GError **error)
{
	g_autoptr(auto_api_reply) reply = nova_action(session, s->id, body, error);

	*accepted = FALSE;
	if (!reply)
		return FALSE;
	if (reply->status == 409 && strstr(reply->message, "locked"))
		return fail_locked(s, error);
	if (may_be_lost_race(reply) && !last_chance) {
		log_info("%s: %ld %s; looking again", reply->where, reply->status, reply->message);
		return TRUE;
	}
	*accepted = TRUE;
	return api_reply_check(reply, error);
}

/* What has been sent, so that a verb without effect ends the wait. */
struct sending {
	const char *last;
	int count;
	int refused;
};

static gboolean act(struct session *session, struct server **s, const char *verb, const struct power_params *params, struct sending *sending, GPtrArray *sent, GError **error)
{
	gboolean accepted;

	if (params->no_act)
		return fail(*s, error, "it does not run, and may not be woken (--no-wake)");
	if (sending->last && !strcmp(sending->last, verb)) {
		if (sending->count >= MAX_SENDS)
			return fail(*s, error, "Nova took the request, but nothing came of it; an administrator must look");
	} else {
		sending->count = sending->refused = 0;
	}
	sending->last = verb;
	log_info("%s: %s", (*s)->id, verb);
	if (!send_verb(session, *s, verb_body(verb), sending->refused >= MAX_SENDS, &accepted, error))
		return FALSE;
	if (!accepted) {
		sending->refused++;
		return TRUE;
	}
	sending->count++;
	if (sent && (!sent->len || strcmp(sent->pdata[sent->len - 1], verb)))
		g_ptr_array_add(sent, g_strdup(verb));
	return TRUE;
}

gboolean power_reach(struct session *session, struct server **s, enum power_goal goal, const struct power_params *params, GPtrArray *sent, GError **error)
{
	struct sending sending = { 0 };
	struct pause p = { 0 };
	gboolean ok = TRUE;

	while (ok) {
		const char *verb, *why;
		/* One hard reboot must do. */
		gboolean repair = params->repair && !(sending.last && !strcmp(sending.last, "reboot") && sending.count);
		enum power_step step = power_next(goal, (*s)->status, (*s)->task_state, repair, &verb, &why);

		if (step == STEP_DONE)
			break;
		if (step == STEP_IMPOSSIBLE)
			ok = fail(*s, error, repair || !params->repair ? why : "the hard reboot did not help; an administrator must look");
		else if (step == STEP_ACT)
			ok = act(session, s, verb, params, &sending, sent, error);
		if (step == STEP_ACT)
			p.us = 0;
		ok = ok && pause_and_read(session, s, params, &p, error);
	}
	log_progress_end();
	return ok;
}

gboolean power_is_status(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(statuses); i++)
		if (!g_ascii_strcasecmp(name, statuses[i]))
			return TRUE;
	return FALSE;
}

gboolean power_wait(struct session *session, struct server **s, const char *status, const struct power_params *params, GError **error)
{
	struct pause p = { 0 };
	gboolean ok = TRUE;

	while (ok && ((*s)->task_state || !server_is(*s, status))) {
		if (server_is(*s, "ERROR") && !(*s)->task_state)
			ok = fail(*s, error, "it went into ERROR instead");
		ok = ok && pause_and_read(session, s, params, &p, error);
	}
	log_progress_end();
	return ok;
}

gboolean power_settle(struct session *session, struct server **s, const struct power_params *params, GError **error)
{
	struct pause p = { 0 };
	gboolean ok = TRUE;

	while (ok && ((*s)->task_state || passes_by_itself((*s)->status)))
		ok = pause_and_read(session, s, params, &p, error);
	if (ok && server_is(*s, "ERROR"))
		ok = fail(*s, error, "it went into ERROR");
	log_progress_end();
	return ok;
}

gboolean power_reboot(struct session *session, struct server **s, gboolean hard, const struct power_params *params, GError **error)
{
	gboolean accepted;

	if (!send_verb(session, *s, nova_action_body("reboot", "type", hard ? "HARD" : "SOFT"), FALSE, &accepted, error))
		return FALSE;
	if (!accepted && !(*s)->task_state)
		return fail(*s, error, hard ? "it cannot be rebooted now" : "only a running desktop reboots softly; use --hard or start");
	if (!power_refresh(session, s, error))
		return FALSE;
	return power_reach(session, s, GOAL_RUNNING, params, NULL, error);
}
