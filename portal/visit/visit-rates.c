/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "visit.h"

struct answer *visit_check_rates(struct visit *visit, const char *name)
{
	struct portal *portal = visit->portal;
	g_autofree char *folded = name ? g_utf8_casefold(name, -1) : NULL;
	char address[CLIENT_TEXT_BYTES];
	gint64 now = g_get_monotonic_time();
	struct audit_line *line;
	struct answer *answer;
	guint wait;

	client_rate_key(request_client(visit->request), address);
	if (rates_take(portal->by_address, address, now) &&
			(!folded || rates_take(portal->by_name, folded, now)))
		return NULL;
	wait = MAX(rates_wait_s(portal->by_address, address, now),
			folded ? rates_wait_s(portal->by_name, folded, now) : 0);
	line = audit_begin(portal->audit, "login-rate");
	audit_text(line, "client", request_client(visit->request));
	audit_text(line, "user", name);
	audit_end(line);
	answer = visit_refuse(visit, MHD_HTTP_TOO_MANY_REQUESTS, WORD_TROUBLE_RATE);
	answer->retry_s = MAX(wait, 1);
	return answer;
}
