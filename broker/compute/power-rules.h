/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_POWER_RULES_H
#define OSVDI_BROKER_POWER_RULES_H

#include <glib.h>

/* The state that a server is brought to. */
enum power_goal {
	GOAL_RUNNING,
	GOAL_STOPPED,
	GOAL_SUSPENDED,
	GOAL_RESUMED, /* like RUNNING, from SUSPENDED or PAUSED only */
	GOAL_SHELVED,
	GOAL_UNSHELVED, /* ACTIVE, or SHUTOFF as it was */
};

enum power_step {
	STEP_DONE,
	STEP_WAIT, /* something is under way */
	STEP_ACT, /* send the verb */
	STEP_IMPOSSIBLE, /* *why says it */
};

/**
 * The next step towards a goal from what Nova shows, by table; no side effects.
 * repair allows a hard reboot of a server in ERROR.
 */
enum power_step power_next(enum power_goal goal, const char *status, const char *task_state,
		gboolean repair, const char **verb, const char **why);

/** Whether the goal ends a user's session: its verbs are sent once. */
gboolean power_goal_is_rest(enum power_goal goal);

/** Whether a task leads to the goal, or is another's wish of the contrary. */
gboolean power_task_leads_to(enum power_goal goal, const char *task);
gboolean power_task_leads_away(enum power_goal goal, const char *task);

/** Whether a task, or none, leaves a desktop as it is: a snapshot, a new password. */
gboolean power_task_is_harmless(const char *task);

/** Whether Nova leaves a status without being asked: BUILD, REBOOT, ... */
gboolean power_passes_by_itself(const char *status);

/** Whether Nova knows a status of this name, in whatever case. */
gboolean power_is_status(const char *name);

#endif
