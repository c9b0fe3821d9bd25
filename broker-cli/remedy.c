/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>

#include "proxy.h"
#include "remedy.h"

static const char *const words[] = {
	[OSVDI_BROKER_REASON_TIMEOUT] = ", or give more --timeout",
	[OSVDI_BROKER_REASON_REQUEST_TIMEOUT] = ", or give more --request-timeout",
	[OSVDI_BROKER_REASON_NOT_TRUSTED] = "; name the authority with --os-cacert",
	[OSVDI_BROKER_REASON_MUST_NOT_WAKE] = " (--no-wake)",
	[OSVDI_BROKER_REASON_IN_ERROR] = "--repair has it rebooted hard, which often helps "
		"(unsaved work is lost); else ",
	[OSVDI_BROKER_REASON_SOFT_REBOOT] = "; use --hard or start",
	[OSVDI_BROKER_REASON_NOT_OWNER] = "; use --any-owner to open it anyway",
	[OSVDI_BROKER_REASON_NO_DESKTOP] = "; see create, assign or list --all",
	[OSVDI_BROKER_REASON_NO_SUCH_DESKTOP] = "; list shows the desktops that exist, "
		"--any-owner opens another user's",
	[OSVDI_BROKER_REASON_CONTENDED] = " (see list --pool)",
	[OSVDI_BROKER_REASON_NO_SPICE] = "; where a cloud has VNC only, "
		"--protocol vnc gives its console",
	[OSVDI_BROKER_REASON_NO_VNC] = "; for a SPICE console leave --protocol vnc out",
	[OSVDI_BROKER_REASON_LIMIT] = "; shelve or release another one first (list shows them)",
	[OSVDI_BROKER_REASON_LEASE_ENDS] = "; osvdi-broker leases extend keeps it",
};

static char *blame_proxy(const char *url)
{
	g_autofree char *proxy = proxy_describe(url);

	if (!proxy)
		return NULL;
	return g_strdup_printf("; the way leads through %s: is it right and up? "
			"no_proxy names what is reached without", proxy);
}

char *remedy_for(enum osvdi_broker_reason reason, const char *subject)
{
	if (reason == OSVDI_BROKER_REASON_PROXY)
		return blame_proxy(subject);
	return (guint)reason < G_N_ELEMENTS(words) ? g_strdup(words[reason]) : NULL;
}
