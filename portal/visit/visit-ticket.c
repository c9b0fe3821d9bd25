/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "visit.h"

#include "cloud/way.h"
#include "core/wipe.h"

#include <string.h>
#include <ticket/browser.h>

/* Tickets of the gateway, for a file and for the page in the browser. */

/* A console's token is short-lived, and so is what we know of a screen. */
#define SCREEN_LIFE_US (60 * G_USEC_PER_SEC)

gboolean visit_is_fresh(const struct task_view *view)
{
	return view->state == TASK_DONE && view->ended_us < SCREEN_LIFE_US;
}

static void record_ticket(struct visit *visit, const struct ticket *ticket)
{
	struct audit_line *line = visit_record(visit, "ticket");

	audit_text(line, "desktop", ticket->desktop);
	audit_text(line, "session", ticket->session);
	audit_text(line, "way", ticket_way_name(ticket->way));
	audit_end(line);
}

/* The gateway sees the same cookie beside the ticket, as long as the login lasts. */
static char *own_browser(const struct visit *visit)
{
	char *cookie = g_strconcat(COOKIE_SESSION "=", visit->cookie, NULL);
	char *digest = g_malloc(BROWSER_TEXT_BYTES);

	browser_digest(cookie, strlen(cookie), digest);
	wipe_free(cookie);
	return digest;
}

char *visit_seal(struct visit *visit, const struct desk_screen *screen, gboolean here,
		GError **error)
{
	struct account *account = visit->person->account;
	struct ticket *ticket = way_ticket(screen, visit->portal->config, account_user(account),
			g_get_real_time() / G_USEC_PER_SEC, account_expires(account), error);
	char *sealed;

	if (!ticket)
		return NULL;
	if (here)
		ticket->browser = own_browser(visit);
	sealed = seal_ticket(visit->portal->keys, ticket);
	record_ticket(visit, ticket);
	person_add_session(visit->person, ticket->session);
	ticket_free(ticket);
	return sealed;
}
