/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "session/ws-failure.h"

#include <glib/gi18n.h>

/* How to get a new address. If the name of the desktop is known, the viewer gets it itself. */
static const char *get_new_address(const struct target *target)
{
	return target->resolve_name ? _("A new address is asked for.") :
				      _("Ask for the desktop again where you got this address.");
}

static struct failure *expired(const char *why, const struct target *target)
{
	g_autofree char *remedy = g_strdup_printf("%s %s",
			_("Such addresses are good for some minutes, or for one session."),
			get_new_address(target));

	return failure_new(_("The address has expired, or the desktop was shut down."), why, remedy,
			FALSE);
}

static struct failure *of_websocket(
		const struct ws_problem_report *report, const struct target *target)
{
	const char *why = report->message;
	g_autofree char *what = NULL;

	switch (report->problem) {
	case WS_TLS:
		what = g_strdup_printf(_("No secure connection to %s."), target->label);
		return failure_new(what, why,
				_("The certificate of the proxy is not trusted here. Give its "
						"authority (--spice-ca-file, or “ca” in the "
						"connection file's [osvdi] group)."),
				TRUE);
	case WS_NO_TLS:
		what = g_strdup_printf(_("No secure connection to %s."), target->label);
		return failure_new(what, why,
				_("That port does not speak TLS. If its address begins with http:, "
						"write spice+ws: in place of spice+wss:."),
				TRUE);
	case WS_LOGIN:
		what = g_strdup_printf(_("The proxy %s asks for a login."), why);
		return failure_new(what, NULL,
				_("Start the viewer without --no-reconnect: it then asks you."),
				FALSE);
	case WS_FORBIDDEN:
	case WS_REFUSED:
		what = g_strdup_printf(_("%s refuses the connection."), target->label);
		return failure_new(what, why,
				_("The address has expired, is no console proxy's, or the proxy "
						"does not want this client. Ask for the desktop "
						"again."),
				FALSE);
	case WS_AWAY:
		what = g_strdup_printf(
				_("The proxy %s does not reach the desktop."), target->label);
		return failure_new(what, why,
				_("The desktop was shut down, or its proxy starts again just now."),
				FALSE);
	case WS_DROPPED:
		return expired(why, target);
	default:
		what = g_strdup_printf(_("Cannot connect to %s."), target->label);
		return failure_new(what, why, _("Check your network and the address."), FALSE);
	}
}

struct failure *failure_from_websocket(
		const struct ws_problem_report *report, const struct target *target)
{
	static const enum refusal refusals[] = {
		[WS_NOBODY] = REFUSAL_NOBODY,
		[WS_AWAY] = REFUSAL_HUNG_UP,
		[WS_FORBIDDEN] = REFUSAL_DENIED,
		[WS_REFUSED] = REFUSAL_DENIED,
		[WS_DROPPED] = REFUSAL_DENIED,
		[WS_LOGIN] = REFUSAL_NONE,
		[WS_BROKEN] = REFUSAL_NONE,
	};
	struct failure *failure = of_websocket(report, target);

	failure->refusal = refusals[report->problem];
	return failure;
}
