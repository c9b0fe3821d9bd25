/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "command.h"
#include "terminal.h"

static const struct {
	const char *name;
	enum power_goal goal;
} goals[] = {
	{ "start", GOAL_RUNNING },
	{ "stop", GOAL_STOPPED },
	{ "suspend", GOAL_SUSPENDED },
	{ "resume", GOAL_RESUMED },
	{ "shelve", GOAL_SHELVED },
	{ "unshelve", GOAL_UNSHELVED },
};

static enum power_goal goal_of(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(goals); i++)
		if (!strcmp(goals[i].name, name))
			return goals[i].goal;
	g_assert_not_reached();
}

static gboolean report(const struct server *s, GError **error)
{
	g_autofree char *name = text_clean(s->name, 80);
	g_autofree char *status = text_clean(s->status, 40);

	return output_line(error, "%s %s", name, status);
}

/* The desktop and the deadline, from the options. */
static struct server *begin(struct broker *b, const char *name, struct power_params *p,
		GError **error)
{
	p->repair = b->options.repair;
	if (!output_check(error) || !broker_open(b, error))
		return NULL;
	p->deadline_us = b->deadline_us;
	return broker_find(b, name, error);
}

gboolean cmd_power(struct broker *b, const struct command *self, int argc, char **argv,
		GError **error)
{
	const GOptionEntry options[] = {
		command_option_timeout(b), command_option_repair(b),
		command_option_user(b), command_option_any_owner(b), command_option_all_projects(b),
		command_option_no_pools(b), { NULL }
	};
	gboolean turned = FALSE;
	struct power_params p = { .turned = &turned };
	g_autoptr(auto_server) s = NULL;

	if (!command_parse(b, self, options, &argc, &argv, 0, 1, error))
		return FALSE;
	s = begin(b, argv[1], &p, error);
	if (!s || !power_reach(b->cloud, &s, goal_of(self->name), &p, NULL, error))
		return FALSE;
	if (turned)
		terminal_warning(
				"the %s was done, and somebody has woken the desktop again "
				"since: it is left so",
				self->name);
	return report(s, error);
}

gboolean cmd_reboot(struct broker *b, const struct command *self, int argc, char **argv,
		GError **error)
{
	gboolean hard = FALSE;
	const GOptionEntry options[] = {
		{ "hard", 0, 0, G_OPTION_ARG_NONE, &hard,
				"as by the reset button: unsaved work is lost", NULL },
		command_option_timeout(b), command_option_user(b), command_option_any_owner(b),
		command_option_all_projects(b), command_option_no_pools(b), { NULL }
	};
	struct power_params p = { 0 };
	g_autoptr(auto_server) s = NULL;

	if (!command_parse(b, self, options, &argc, &argv, 0, 1, error))
		return FALSE;
	s = begin(b, argv[1], &p, error);
	if (!s || !power_reboot(b->cloud, &s, hard, &p, error))
		return FALSE;
	return report(s, error);
}

gboolean cmd_wait(struct broker *b, const struct command *self, int argc, char **argv,
		GError **error)
{
	char *state = NULL;
	const GOptionEntry options[] = {
		{ "for", 0, 0, G_OPTION_ARG_STRING, &state,
				 "Nova's status to wait for (ACTIVE)",
				 "STATE" },
		command_option_timeout(b), command_option_user(b), command_option_any_owner(b),
		command_option_all_projects(b), command_option_no_pools(b), { NULL }
	};
	struct power_params p = { 0 };
	g_autoptr(auto_server) s = NULL;
	g_autofree char *owned = NULL;
	gboolean parsed = command_parse(b, self, options, &argc, &argv, 0, 1, error);

	owned = state;
	if (!parsed)
		return FALSE;
	if (state && !power_is_status(state)) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
				"--for: expected a Nova status such as ACTIVE, SHUTOFF, PAUSED, "
				"SUSPENDED, SHELVED_OFFLOADED or ERROR");
		return FALSE;
	}
	s = begin(b, argv[1], &p, error);
	if (!s || !power_wait(b->cloud, &s, state ? state : "ACTIVE", &p, error))
		return FALSE;
	return report(s, error);
}
