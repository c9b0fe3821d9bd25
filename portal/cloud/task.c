/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "task.h"

#include "core/wipe.h"

struct task {
	gatomicrefcount refs;
	struct account *account;
	enum task_kind kind;
	enum desk_change change;
	gboolean here;
	char *id, *desk_id, *name;
	int timeout_s;
	gint64 unwatched_us, began_us;
	gint cancelled; /* atomic */

	GMutex lock; /* for all below */
	enum task_state state;
	gint64 looked_us, ended_us;
	struct desk_screen *screen;
	struct trouble trouble;
};

struct task *task_new(const struct task_params *params)
{
	struct task *task = g_new0(struct task, 1);

	g_atomic_ref_count_init(&task->refs);
	g_mutex_init(&task->lock);
	task->account = account_ref(params->account);
	task->kind = params->kind;
	task->change = params->change;
	task->here = params->here;
	task->id = wipe_random();
	task->desk_id = g_strdup(params->desk_id);
	task->name = g_strdup(params->name);
	task->timeout_s = params->timeout_s;
	task->unwatched_us = params->unwatched_us;
	task->began_us = task->looked_us = g_get_monotonic_time();
	return task;
}

struct task *task_ref(struct task *task)
{
	g_atomic_ref_count_inc(&task->refs);
	return task;
}

void task_unref(struct task *task)
{
	if (!task || !g_atomic_ref_count_dec(&task->refs))
		return;
	account_unref(task->account);
	desk_screen_free(task->screen);
	trouble_clear(&task->trouble);
	g_mutex_clear(&task->lock);
	g_free(task->id);
	g_free(task->desk_id);
	g_free(task->name);
	g_free(task);
}

static gboolean is_cancelled(void *data)
{
	struct task *task = data;
	gboolean unwatched;

	g_mutex_lock(&task->lock);
	unwatched = g_get_monotonic_time() - task->looked_us > task->unwatched_us;
	g_mutex_unlock(&task->lock);
	return unwatched || g_atomic_int_get(&task->cancelled);
}

static gboolean work(struct task *task, struct desk_screen **screen, struct trouble *trouble)
{
	const struct account_watch watch = { .cancelled = is_cancelled, .data = task };

	switch (task->kind) {
	case TASK_OPEN:
		*screen = desk_open(task->account, task->desk_id, task->timeout_s, &watch, trouble);
		return *screen != NULL;
	case TASK_CHANGE:
		return desk_change(task->account, task->desk_id, task->change, task->timeout_s,
				&watch, trouble);
	case TASK_ASSIGN:
		return desk_assign(task->account, task->name, task->timeout_s, &watch, trouble);
	}
	return FALSE;
}

void task_run(struct task *task)
{
	struct trouble trouble = { 0 };
	struct desk_screen *screen = NULL;
	gboolean ok = work(task, &screen, &trouble);

	g_mutex_lock(&task->lock);
	task->state = ok ? TASK_DONE : TASK_FAILED;
	task->screen = screen;
	task->trouble = trouble;
	task->ended_us = g_get_monotonic_time();
	g_mutex_unlock(&task->lock);
}

void task_cancel(struct task *task)
{
	g_atomic_int_set(&task->cancelled, 1);
}

void task_look(struct task *task, struct task_view *view)
{
	g_mutex_lock(&task->lock);
	task->looked_us = g_get_monotonic_time();
	view->state = task->state;
	view->kind = task->kind;
	view->waited_us = (task->ended_us ? task->ended_us : task->looked_us) - task->began_us;
	view->ended_us = task->ended_us ? task->looked_us - task->ended_us : 0;
	trouble_copy(&view->trouble, &task->trouble);
	g_mutex_unlock(&task->lock);
}

const char *task_id(const struct task *task)
{
	return task->id;
}

const char *task_name(const struct task *task)
{
	return task->name;
}

const char *task_desk_id(const struct task *task)
{
	return task->desk_id;
}

gboolean task_is_open(const struct task *task)
{
	return task->kind == TASK_OPEN;
}

gboolean task_is_here(const struct task *task)
{
	return task->here;
}

const struct desk_screen *task_screen(struct task *task)
{
	const struct desk_screen *screen;

	g_mutex_lock(&task->lock);
	screen = task->screen;
	g_mutex_unlock(&task->lock);
	return screen;
}
