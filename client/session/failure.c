/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "session/failure.h"

#include <glib/gi18n.h>

struct failure *failure_new(const char *what, const char *why, const char *remedy, gboolean final)
{
	struct failure *failure = g_new0(struct failure, 1);

	failure->what = g_strdup(what);
	failure->why = g_strdup(why);
	failure->remedy = g_strdup(remedy);
	failure->final = final;
	return failure;
}

void failure_free(struct failure *failure)
{
	if (!failure)
		return;
	g_free(failure->what);
	g_free(failure->why);
	g_free(failure->remedy);
	g_free(failure);
}

/* ---- the end of a session ------------------------------------------------ */

struct failure *failure_taken(const struct target *target)
{
	g_autofree char *what = g_strdup_printf(_("%s was opened elsewhere."), target->label);

	return failure_new(what,
			_("The server ended this session, as it does when another viewer opens the "
					"desktop."),
			_("You can take it back. That ends the session there."), FALSE);
}

struct failure *failure_gone(const struct target *target, const struct failure *last)
{
	g_autofree char *what = g_strdup_printf(_("%s has ended."), target->label);

	return failure_new(what, last->why,
			_("The desktop or its server was shut down: nothing answers there any "
					"more."),
			FALSE);
}

struct failure *failure_used_up(const struct target *target)
{
	struct failure *failure = failure_new(_("This connection file was for one session."), NULL,
			_("Get a new one where you got this one."), FALSE);

	failure->refusal = REFUSAL_DENIED;
	return failure;
}
