/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "compute/power-rules.h"

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
	{ "SHELVED", STEP_IMPOSSIBLE, "it is shelved, which includes being stopped" },
	{ "SHELVED_OFFLOADED", STEP_IMPOSSIBLE, "it is shelved, which includes being stopped" },
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
	{ "SHUTOFF", STEP_IMPOSSIBLE, "it is shut off, so there is nothing to resume; use start" },
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
static const char *const statuses[] = { "ACTIVE", "BUILD", "DELETED", "ERROR", "HARD_REBOOT",
	"MIGRATING", "PASSWORD", "PAUSED", "REBOOT", "REBUILD", "RESCUE", "RESIZE", "REVERT_RESIZE",
	"SHELVED", "SHELVED_OFFLOADED", "SHUTOFF", "SOFT_DELETED", "SUSPENDED", "UNKNOWN",
	"VERIFY_RESIZE" };

gboolean power_is_status(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(statuses); i++)
		if (!g_ascii_strcasecmp(name, statuses[i]))
			return TRUE;
	return FALSE;
}

/* Task states (nova/compute/task_states.py) by what they do to a running desktop. All
 * others, a snapshot above all, leave it as it is: Nova gives its console then
 * (nova/compute/api.py refuses one for "deleting" and "migrating" only). */
static const char *const starting[] = { "powering-on", "resuming", "unpausing", "unshelving",
	"spawning", "rebooting", "reboot_pending", "reboot_started", "rebooting_hard",
	"reboot_pending_hard", "reboot_started_hard", "restoring", NULL };
static const char *const powering_off[] = { "powering-off", NULL };
static const char *const suspending[] = { "suspending", NULL };
static const char *const shelving[] = { "shelving", "shelving_image_pending_upload",
	"shelving_image_uploading", "shelving_offloading", NULL };
static const char *const ending[] = { "pausing", "deleting", "soft-deleting", NULL };
static const char *const changing[] = { "migrating", "scheduling", "networking",
	"block_device_mapping", "resize_prep", "resize_migrating", "resize_migrated",
	"resize_finish", "resize_reverting", "rebuilding", "rebuild_block_device_mapping",
	"rebuild_spawning", "rescuing", "unrescuing", NULL };

static gboolean is_in(const char *task, const char *const *list)
{
	return task && g_strv_contains(list, task);
}

static gboolean is_stopping(const char *task)
{
	return is_in(task, powering_off) || is_in(task, suspending) || is_in(task, shelving) ||
			is_in(task, ending);
}

gboolean power_task_is_harmless(const char *task)
{
	return !is_in(task, starting) && !is_stopping(task) && !is_in(task, changing);
}

gboolean power_goal_is_rest(enum power_goal goal)
{
	return goal == GOAL_STOPPED || goal == GOAL_SUSPENDED || goal == GOAL_SHELVED;
}

gboolean power_task_leads_to(enum power_goal goal, const char *task)
{
	static const char *const *const lists[] = {
		[GOAL_RUNNING] = starting,
		[GOAL_STOPPED] = powering_off,
		[GOAL_SUSPENDED] = suspending,
		[GOAL_RESUMED] = starting,
		[GOAL_SHELVED] = shelving,
		[GOAL_UNSHELVED] = starting,
	};

	return is_in(task, lists[goal]);
}

gboolean power_task_leads_away(enum power_goal goal, const char *task)
{
	return power_goal_is_rest(goal) ? is_in(task, starting) : is_stopping(task);
}

gboolean power_passes_by_itself(const char *status)
{
	static const char *const passing[] = { "BUILD", "REBUILD", "REBOOT", "HARD_REBOOT",
		"RESIZE", "REVERT_RESIZE", "MIGRATING" };

	for (gsize i = 0; i < G_N_ELEMENTS(passing); i++)
		if (!g_ascii_strcasecmp(status, passing[i]))
			return TRUE;
	return FALSE;
}

static enum power_step next_from_error(gboolean repair, const char **verb, const char **why)
{
	*verb = "reboot";
	*why = "an administrator must look";
	return repair ? STEP_ACT : STEP_IMPOSSIBLE;
}

enum power_step power_next(enum power_goal goal, const char *status, const char *task_state,
		gboolean repair, const char **verb, const char **why)
{
	*verb = *why = NULL;
	if (power_passes_by_itself(status))
		return STEP_WAIT;
	for (const struct rule *r = rules[goal]; r->status; r++) {
		if (g_ascii_strcasecmp(status, r->status))
			continue;
		/* Each verb wants that no task is under way. */
		if (task_state && !(r->step == STEP_DONE && power_task_is_harmless(task_state)))
			return STEP_WAIT;
		*verb = r->step == STEP_ACT ? r->text : NULL;
		*why = r->step == STEP_IMPOSSIBLE ? r->text : NULL;
		return r->step;
	}
	if (task_state)
		return STEP_WAIT;
	if (!g_ascii_strcasecmp(status, "ERROR"))
		return next_from_error(repair, verb, why);
	if (!g_ascii_strcasecmp(status, "DELETED") || !g_ascii_strcasecmp(status, "SOFT_DELETED"))
		*why = "only an administrator may be able to bring it back";
	else if (!g_ascii_strcasecmp(status, "UNKNOWN"))
		*why = "the cloud does not reach it now: try again later, or ask its operator";
	else
		*why = "there is no way from this state";
	return STEP_IMPOSSIBLE;
}
