/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "command.h"
#include "terminal.h"

static const struct {
	const char *name;
	enum osvdi_broker_goal goal;
} goals[] = {
	{ "start", OSVDI_BROKER_RUNNING },
	{ "stop", OSVDI_BROKER_STOPPED },
	{ "suspend", OSVDI_BROKER_SUSPENDED },
	{ "resume", OSVDI_BROKER_RESUMED },
	{ "shelve", OSVDI_BROKER_SHELVED },
	{ "unshelve", OSVDI_BROKER_UNSHELVED },
};

static enum osvdi_broker_goal goal_of(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(goals); i++)
		if (!strcmp(goals[i].name, name))
			return goals[i].goal;
	g_assert_not_reached();
}

static gboolean report(const struct osvdi_broker_desktop *d, GError **error)
{
	g_autofree char *name = text_clean(osvdi_broker_desktop_name(d), 80);
	g_autofree char *status = text_clean(osvdi_broker_desktop_status(d), 40);

	return output_line(error, "%s %s", name, status);
}

/* The desktop of the options. */
static struct osvdi_broker_desktop *begin(struct broker *b, const char *name, GError **error)
{
	if (!output_check(error) || !broker_open(b, error))
		return NULL;
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
	struct osvdi_broker_power_params p = { .size = sizeof(p), .goal = goal_of(self->name) };
	struct osvdi_broker_error *e = NULL;
	g_autoptr(auto_desktop) d = NULL;
	bool turned = false;

	if (!command_parse(b, self, options, &argc, &argv, 0, 1, error))
		return FALSE;
	p.repair = b->options.repair;
	d = begin(b, argv[1], error);
	if (!d)
		return FALSE;
	if (!osvdi_broker_power(b->library, d, &p, &turned, &e))
		return library_fail(e, error);
	if (turned)
		terminal_warning(
				"the %s was done, and somebody has woken the desktop again "
				"since: it is left so",
				self->name);
	return report(d, error);
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
	struct osvdi_broker_error *e = NULL;
	g_autoptr(auto_desktop) d = NULL;

	if (!command_parse(b, self, options, &argc, &argv, 0, 1, error))
		return FALSE;
	d = begin(b, argv[1], error);
	if (!d)
		return FALSE;
	if (!osvdi_broker_reboot(b->library, d, hard, 0, &e))
		return library_fail(e, error);
	return report(d, error);
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
	struct osvdi_broker_error *e = NULL;
	g_autoptr(auto_desktop) d = NULL;
	g_autofree char *owned = NULL;
	gboolean parsed = command_parse(b, self, options, &argc, &argv, 0, 1, error);

	owned = state;
	if (!parsed)
		return FALSE;
	if (state && !osvdi_broker_is_status(state)) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
				"--for: expected a Nova status such as ACTIVE, SHUTOFF, PAUSED, "
				"SUSPENDED, SHELVED_OFFLOADED or ERROR");
		return FALSE;
	}
	d = begin(b, argv[1], error);
	if (!d)
		return FALSE;
	if (!osvdi_broker_wait(b->library, d, state ? state : "ACTIVE", 0, &e))
		return library_fail(e, error);
	return report(d, error);
}
