/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "compute/power.h"
#include "hooks/caller.h"

#define POLL_FIRST_US (200 * 1000)
#define POLL_MAX_US (2 * 1000 * 1000)
/* While a desktop goes to rest, look more often, to see whether somebody wakes it. */
#define POLL_REST_MAX_US (1000 * 1000)
/* A database may show the old state for a moment. */
#define MAX_IDLE_READS 3
/* A verb that Nova accepted this often without effect will have none. */
#define MAX_SENDS 3
/* Reads that may fail in a row while waiting: a restart of the service. */
#define MAX_FAILED_READS 5

/* The server's state as Nova shows it, for messages. */
static char *describe(const struct server *s)
{
	g_autofree char *name = text_clean(s->name, 80);
	g_autofree char *status = text_clean(s->status, 40);
	g_autofree char *task = text_clean(s->task_state, 40);

	return g_strdup_printf("\"%s\" is %s%s%s%s", name, status, *task ? " (" : "", task,
			*task ? ")" : "");
}

static gboolean fail_for(const struct server *s, enum osvdi_broker_reason reason, GError **error,
		const char *why)
{
	g_autofree char *what = describe(s);

	broker_set_error(error, BROKER_ERROR_NOT_READY, reason, "%s: %s%s%s", what, why,
			s->fault ? "; Nova says: " : "", s->fault ? s->fault : "");
	return FALSE;
}

static gboolean fail(const struct server *s, GError **error, const char *why)
{
	return fail_for(s, OSVDI_BROKER_REASON_NONE, error, why);
}

/* why, and behind it what the program's user can do. */
static gboolean fail_with_remedy(struct cloud *cloud, const struct server *s,
		enum osvdi_broker_reason reason, const char *why, GError **error)
{
	g_autofree char *remedy = caller_remedy(cloud_caller(cloud), reason, NULL);
	g_autofree char *text = g_strconcat(why, remedy, NULL);

	return fail_for(s, reason, error, text);
}

gboolean power_refresh(struct cloud *cloud, struct server **s, GError **error)
{
	struct server *now = nova_get_server(cloud, (*s)->id, error);

	if (!now)
		return FALSE;
	/* Nova does not repeat what other services told about the server. */
	now->lease_name = g_steal_pointer(&(*s)->lease_name);
	now->lease_end = g_steal_pointer(&(*s)->lease_end);
	server_free(*s);
	*s = now;
	return TRUE;
}

struct pause {
	gint64 us;
	gint64 max_us; /* 0: POLL_MAX_US */
	gint64 since_us; /* of the cloud's clock; 0: not waited yet */
	int failed_reads;
};

static void show_progress(struct cloud *cloud, const struct server *s, gint64 waited_us)
{
	g_autofree char *what = describe(s);

	caller_progress(cloud_caller(cloud), what, waited_us);
}

/* Sleep a little, longer each time, then read the state. */
static gboolean pause_and_read(struct cloud *cloud, struct server **s,
		const struct power_params *params, struct pause *p, GError **error)
{
	const struct clock *clock = cloud_clock(cloud);
	gint64 left = params->deadline_us - clock_now_us(clock);
	g_autoptr(GError) e = NULL;

	if (left <= 0)
		return fail_with_remedy(cloud, *s, OSVDI_BROKER_REASON_TIMEOUT,
				"not ready in time; it may still come: try again", error);
	if (!p->since_us)
		p->since_us = clock_now_us(clock);
	p->us = p->us ? MIN(p->us * 3 / 2, p->max_us ? p->max_us : POLL_MAX_US) : POLL_FIRST_US;
	if (!caller_sleep_us(cloud_caller(cloud), clock, MIN(p->us, left), error))
		return FALSE;
	if (power_refresh(cloud, s, &e)) {
		p->failed_reads = 0;
	} else if (!broker_error_is(e, BROKER_ERROR_SERVICE) ||
			++p->failed_reads > MAX_FAILED_READS) {
		g_propagate_error(error, g_steal_pointer(&e));
		return FALSE;
	}
	show_progress(cloud, *s, clock_now_us(clock) - p->since_us);
	return TRUE;
}

static JsonNode *verb_body(const char *verb)
{
	return strcmp(verb, "reboot") ? nova_action_body(verb, NULL, NULL) :
					nova_action_body("reboot", "type", "HARD");
}

static gboolean fail_locked(const struct server *s, GError **error)
{
	g_autofree char *reason = text_clean(s->lock_reason, 100);

	g_set_error(error, BROKER_ERROR, BROKER_ERROR_NOT_READY,
			"the desktop is locked%s%s; who locked it, or an administrator, must "
			"unlock it",
			*reason ? ": " : "", reason);
	return FALSE;
}

/* If two programs act at once, Nova answers one of them 409 or 500
 * (UnexpectedTaskStateError). */
static gboolean may_be_lost_race(const struct api_reply *reply)
{
	return reply->status == 409 || reply->status >= 500;
}

/*
 * TRUE: sent, or refused in a way that reading the state again may explain (then
 * *accepted is FALSE); last_chance: a refusal is a failure.
 */
static gboolean send_verb(struct cloud *cloud, const struct server *s, JsonNode *body,
		gboolean last_chance, gboolean *accepted, GError **error)
{
	g_autoptr(auto_api_reply) reply = nova_action(cloud, s->id, body, error);

	*accepted = FALSE;
	if (!reply)
		return FALSE;
	if (reply->status == 409 && strstr(reply->message, "locked"))
		return fail_locked(s, error);
	if (may_be_lost_race(reply) && !last_chance) {
		log_info(cloud_caller(cloud), "%s: %ld %s; looking again", reply->where,
				reply->status, reply->message);
		return TRUE;
	}
	*accepted = TRUE;
	return api_reply_check(reply, error);
}

/* The verbs sent so far. A verb that has no effect must end the wait. */
struct sending {
	enum power_goal goal;
	const char *last;
	int count;
	int refused;
	gboolean under_way; /* the goal's own verb was taken, or another's was seen */
	int idle; /* reads since then that showed neither the goal nor a task */
};

static gboolean act(struct cloud *cloud, struct server **s, const char *verb,
		const struct power_params *params, struct sending *sending, GPtrArray *sent,
		GError **error)
{
	gboolean accepted;

	if (params->no_act)
		return fail_with_remedy(cloud, *s, OSVDI_BROKER_REASON_MUST_NOT_WAKE,
				"it does not run, and may not be woken", error);
	if (sending->last && !strcmp(sending->last, verb)) {
		if (sending->count >= MAX_SENDS)
			return fail(*s, error,
					"Nova took the request, but nothing came of it; an "
					"administrator must look");
	} else {
		sending->count = sending->refused = 0;
	}
	sending->last = verb;
	log_info(cloud_caller(cloud), "%s: %s", (*s)->id, verb);
	if (!send_verb(cloud, *s, verb_body(verb), sending->refused >= MAX_SENDS, &accepted, error))
		return FALSE;
	if (!accepted) {
		sending->refused++;
		return TRUE;
	}
	sending->count++;
	sending->under_way = strcmp(verb, "unpause") || !power_goal_is_rest(sending->goal);
	if (sent && (!sent->len || strcmp(sent->pdata[sent->len - 1], verb)))
		g_ptr_array_add(sent, g_strdup(verb));
	return TRUE;
}

/* The goal was reached, and somebody else has undone it. Their wish is newer. */
static gboolean turned_around(const struct server *s, const struct power_params *params,
		const struct sending *sending, GError **error)
{
	if (!power_goal_is_rest(sending->goal))
		return fail(s, error,
				"somebody else is putting it to rest meanwhile; try again when "
				"it is");
	if (!params->turned)
		return fail(s, error, "somebody has woken it again meanwhile; it is left so");
	*params->turned = TRUE;
	return TRUE;
}

/* After a verb that ends a session was taken, or another's was seen: it is never sent
 * (again), for what runs then may be in use. */
static gboolean look_after_rest(const struct server *s, struct sending *sending, GError **error)
{
	if (server_is(s, "ERROR"))
		return fail(s, error, "it went into ERROR instead; an administrator must look");
	if (++sending->idle <= MAX_IDLE_READS)
		return TRUE;
	return fail(s, error,
			"Nova took the request, but it runs: somebody has woken it again, or "
			"nothing came of it; it is not sent again");
}

/* repair: a hard reboot was still to be had. */
static gboolean fail_impossible(struct cloud *cloud, const struct server *s, gboolean repair,
		const struct power_params *params, const char *why, GError **error)
{
	g_autofree char *remedy = NULL;
	g_autofree char *text = NULL;

	if (params->repair && !repair)
		return fail(s, error, "the hard reboot did not help; an administrator must look");
	if (!server_is(s, "ERROR"))
		return fail(s, error, why);
	remedy = caller_remedy(cloud_caller(cloud), OSVDI_BROKER_REASON_IN_ERROR, NULL);
	text = g_strconcat(remedy, why, NULL);
	return fail_for(s, OSVDI_BROKER_REASON_IN_ERROR, error, text);
}

/* One look at the server; *done: the wait is over. */
static gboolean take_step(struct cloud *cloud, struct server **s, const struct power_params *params,
		struct sending *sending, struct pause *p, GPtrArray *sent, gboolean *done,
		GError **error)
{
	/* One hard reboot must do. */
	gboolean repair = params->repair &&
			!(sending->last && !strcmp(sending->last, "reboot") && sending->count);
	const char *task = (*s)->task_state;
	const char *verb, *why;
	enum power_step step = power_next(sending->goal, (*s)->status, task, repair, &verb, &why);

	*done = step == STEP_DONE ||
			(sending->under_way && power_task_leads_away(sending->goal, task));
	if (step == STEP_DONE)
		return TRUE;
	if (*done)
		return turned_around(*s, params, sending, error);
	if (power_goal_is_rest(sending->goal) && power_task_leads_to(sending->goal, task))
		sending->under_way = TRUE;
	if (step == STEP_IMPOSSIBLE)
		return fail_impossible(cloud, *s, repair, params, why, error);
	if (step == STEP_WAIT)
		return TRUE;
	if (sending->under_way && power_goal_is_rest(sending->goal))
		return look_after_rest(*s, sending, error);
	p->us = 0;
	return act(cloud, s, verb, params, sending, sent, error);
}

gboolean power_reach(struct cloud *cloud, struct server **s, enum power_goal goal,
		const struct power_params *params, GPtrArray *sent, GError **error)
{
	struct pause p = { .max_us = power_goal_is_rest(goal) ? POLL_REST_MAX_US : POLL_MAX_US };
	struct sending sending = { .goal = goal };
	gboolean ok = TRUE, done = FALSE;

	while (ok) {
		ok = take_step(cloud, s, params, &sending, &p, sent, &done, error);
		if (done)
			break;
		ok = ok && pause_and_read(cloud, s, params, &p, error);
	}
	caller_progress_end(cloud_caller(cloud));
	return ok;
}

gboolean power_wait(struct cloud *cloud, struct server **s, const char *status,
		const struct power_params *params, GError **error)
{
	struct pause p = { 0 };
	gboolean ok = TRUE;

	while (ok && ((*s)->task_state || !server_is(*s, status))) {
		if (server_is(*s, "ERROR") && !(*s)->task_state)
			ok = fail(*s, error, "it went into ERROR instead");
		ok = ok && pause_and_read(cloud, s, params, &p, error);
	}
	caller_progress_end(cloud_caller(cloud));
	return ok;
}

gboolean power_settle(struct cloud *cloud, struct server **s, const struct power_params *params,
		GError **error)
{
	struct pause p = { 0 };
	gboolean ok = TRUE;

	while (ok &&
			(!power_task_is_harmless((*s)->task_state) ||
					power_passes_by_itself((*s)->status)))
		ok = pause_and_read(cloud, s, params, &p, error);
	if (ok && server_is(*s, "ERROR"))
		ok = fail(*s, error, "it went into ERROR");
	caller_progress_end(cloud_caller(cloud));
	return ok;
}

/* Nova takes no reboot while most tasks are under way: a refusal has it wait. */
static gboolean send_reboot(struct cloud *cloud, struct server **s, gboolean hard,
		const struct power_params *params, GError **error)
{
	gboolean accepted = FALSE, busy;
	struct pause p = { 0 };

	for (int refused = 1;; refused++) {
		if (!send_verb(cloud, *s,
				    nova_action_body("reboot", "type", hard ? "HARD" : "SOFT"),
				    FALSE, &accepted, error))
			return FALSE;
		if (accepted)
			return TRUE;
		if (!power_refresh(cloud, s, error))
			return FALSE;
		/* The task that was in the way may be over by now. */
		busy = (*s)->task_state || power_passes_by_itself((*s)->status);
		if (!busy && (refused >= MAX_SENDS || (!hard && !server_is(*s, "ACTIVE"))))
			return hard ? fail(*s, error, "it cannot be rebooted now") :
				      fail_with_remedy(cloud, *s, OSVDI_BROKER_REASON_SOFT_REBOOT,
						      "only a running desktop reboots softly",
						      error);
		do {
			if (!pause_and_read(cloud, s, params, &p, error))
				return FALSE;
		} while ((*s)->task_state || power_passes_by_itself((*s)->status));
	}
}

gboolean power_reboot(struct cloud *cloud, struct server **s, gboolean hard,
		const struct power_params *params, GError **error)
{
	gboolean ok = send_reboot(cloud, s, hard, params, error) &&
			power_refresh(cloud, s, error) && power_settle(cloud, s, params, error);

	caller_progress_end(cloud_caller(cloud));
	/* Sent once: what somebody else wants of it since then stays. */
	if (ok && !server_is(*s, "ACTIVE"))
		return fail(*s, error,
				"it was rebooted, but somebody has put it to rest meanwhile; it "
				"is left so");
	return ok;
}
