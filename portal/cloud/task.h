/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_TASK_H
#define OSVDI_PORTAL_TASK_H

#include "desks.h"

/*
 * Something that takes its time: a worker runs it, pages look at it.
 *
 * Thread: task_run() in a worker, all others anywhere.
 * Owner:  task_unref().
 */
struct task;

enum task_state {
	TASK_RUNS,
	TASK_DONE,
	TASK_FAILED,
};

enum task_kind {
	TASK_OPEN, /* wake a desktop and find its screen */
	TASK_CHANGE, /* its state */
	TASK_ASSIGN, /* a desktop of a pool */
};

struct task_params {
	struct account *account; /* a reference is taken */
	enum task_kind kind;
	enum desk_change change; /* TASK_CHANGE */
	gboolean here; /* TASK_OPEN: in the browser */
	const char *desk_id; /* NULL: TASK_ASSIGN */
	const char *name; /* of the desktop, or of the pool */
	int timeout_s;
	gint64 unwatched_us; /* nobody looked at it for so long: nobody waits */
};

/** The state that a page shows. */
struct task_view {
	enum task_state state;
	enum task_kind kind;
	gint64 waited_us;
	gint64 ended_us; /* so long ago; 0 while it runs */
	struct trouble trouble;
};

struct task *task_new(const struct task_params *params);
struct task *task_ref(struct task *task);
void task_unref(struct task *task);

void task_run(struct task *task);
void task_cancel(struct task *task);

/** Look at it. Clear the view with trouble_clear(&view->trouble). */
void task_look(struct task *task, struct task_view *view);

const char *task_id(const struct task *task);
/** The name of the desktop, or of the pool. */
const char *task_name(const struct task *task);

/** NULL: a pool's. */
const char *task_desk_id(const struct task *task);
gboolean task_is_open(const struct task *task);
gboolean task_is_here(const struct task *task);

/** The screen that was found; NULL for other tasks. Lives as long as the task. */
const struct desk_screen *task_screen(struct task *task);

#endif
