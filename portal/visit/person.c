/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "person.h"

#include "cloud/gates.h"
#include "portal.h"

#include <string.h>

#define TASKS_MAX 8
#define SESSIONS_MAX 64

struct person *person_new(struct portal *portal, struct account *account)
{
	struct person *person = g_new0(struct person, 1);

	g_atomic_ref_count_init(&person->refs);
	person->portal = portal;
	person->account = account;
	person->sessions = g_ptr_array_new_with_free_func(g_free);
	person->tasks = g_ptr_array_new_with_free_func((GDestroyNotify)task_unref);
	person->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return person;
}

struct person *person_ref(struct person *person)
{
	g_atomic_ref_count_inc(&person->refs);
	return person;
}

void person_unref(struct person *person)
{
	if (!person || !g_atomic_ref_count_dec(&person->refs))
		return;
	account_unref(person->account);
	g_ptr_array_unref(person->sessions);
	g_ptr_array_unref(person->tasks);
	g_hash_table_unref(person->names);
	g_free(person);
}

static void log_out(gpointer account)
{
	account_log_out(account);
	account_unref(account);
}

void person_free(gpointer data)
{
	struct person *person = data;
	struct audit_line *line = audit_begin(person->portal->audit, "session-ended");

	audit_text(line, "user", account_user(person->account));
	audit_end(line);
	account_end(person->account);
	account_ref(person->account);
	if (person->portal->ending || !crew_begin(person->portal->crew, log_out, person->account))
		account_unref(person->account); /* the token ends by itself */
	person_unref(person);
}

void person_add_session(struct person *person, const char *session)
{
	if (person->sessions->len >= SESSIONS_MAX)
		g_ptr_array_remove_index(person->sessions, 0);
	g_ptr_array_add(person->sessions, g_strdup(session));
}

/* In a worker. Nobody adds a session any more: the person is in no table. */
static void end_sessions(gpointer data)
{
	struct person *person = data;

	gates_revoke(person->portal->config->gateway_admin, person->sessions);
	person_unref(person);
}

void person_end_sessions(struct person *person)
{
	const struct portal *portal = person->portal;

	if (!portal->config->gateway_admin || !person->sessions->len)
		return;
	if (crew_begin(portal->crew, end_sessions, person_ref(person)))
		return;
	g_warning("Sessions of %s are not ended: too much is going on",
			account_user(person->account));
	person_unref(person);
}

static gboolean is_over(struct task *task)
{
	struct task_view view = { 0 };

	task_look(task, &view);
	trouble_clear(&view.trouble);
	return view.state != TASK_RUNS;
}

gboolean person_add_task(struct person *person, struct task *task)
{
	for (guint i = 0; person->tasks->len >= TASKS_MAX && i < person->tasks->len; i++)
		if (is_over(person->tasks->pdata[i]))
			g_ptr_array_remove_index(person->tasks, i--);
	if (person->tasks->len >= TASKS_MAX) {
		task_unref(task);
		return FALSE;
	}
	g_ptr_array_add(person->tasks, task);
	return TRUE;
}

void person_drop_task(struct person *person, struct task *task)
{
	g_ptr_array_remove(person->tasks, task);
}

struct task *person_find_task(struct person *person, const char *id)
{
	for (guint i = 0; i < person->tasks->len; i++)
		if (strcmp(task_id(person->tasks->pdata[i]), id) == 0)
			return person->tasks->pdata[i];
	return NULL;
}

struct task *person_find_open(struct person *person, const char *desk_id)
{
	for (guint i = person->tasks->len; i-- > 0;) {
		struct task *task = person->tasks->pdata[i];

		if (task_is_open(task) && strcmp(task_desk_id(task), desk_id) == 0)
			return task;
	}
	return NULL;
}

void person_keep_names(struct person *person, const GPtrArray *desks)
{
	g_hash_table_remove_all(person->names);
	for (guint i = 0; i < desks->len; i++) {
		const struct desk *desk = desks->pdata[i];

		g_hash_table_insert(person->names, g_strdup(desk->id), g_strdup(desk->name));
	}
}

const char *person_desk_name(struct person *person, const char *id)
{
	const char *name = g_hash_table_lookup(person->names, id);

	return name ? name : id;
}
