/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "session/channel-failure.h"
#include "target/proxy.h"

#include <glib/gi18n.h>
#include <string.h>

static const char *proxy_remedy(const GError *error)
{
	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PROXY_NOT_ALLOWED) ||
			g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PROXY_FAILED))
		return _("The proxy refused. A connection file is often good for one session and "
				"some seconds: get a new one.");
	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PROXY_AUTH_FAILED) ||
			g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PROXY_NEED_AUTH))
		return _("The proxy wants a login (http://USER:PASSWORD@HOST:PORT in the "
				"connection file's “proxy”).");
	if (error && error->domain == G_RESOLVER_ERROR)
		return _("The name of the proxy is not known. Check your network, or VPN.");
	return _("The proxy does not answer. Check your network, or VPN, and that the proxy is "
			"running.");
}

static gboolean is_this_computer(const struct target *target)
{
	g_autoptr(GInetAddress) address = target->host ?
			g_inet_address_new_from_string(target->host) :
			NULL;

	return g_strcmp0(target->host, "localhost") == 0 ||
			(address && g_inet_address_get_is_loopback(address));
}

static const char *connect_remedy(const GError *error, const struct target *target)
{
	if (target->proxy)
		return proxy_remedy(error);
	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED) && target->of_file &&
			is_this_computer(target))
		return _("Nothing answers there. The connection file says this computer itself: "
				"was it made for a tunnel, or on another computer?");
	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
		return _("Nothing answers there. Check that the desktop is running and that the "
				"port is right.");
	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE) ||
			g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE))
		return _("There is no way to that machine. Check your network, or VPN.");
	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
		return _("No answer. A firewall may be in the way, or the machine is off.");
	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
		return _("The socket does not exist. Check that the desktop is running and that "
				"the path is right.");
	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
		return _("You may not open this socket. Ask for access to it.");
	if (error && error->domain == G_RESOLVER_ERROR)
		return _("The name of the host is not known. Check its spelling, or your VPN.");
	return _("Check the address and that the desktop is running.");
}

/* Who refused, by the error codes of GIO. */
static enum refusal refusal_of(SpiceChannelEvent event, const GError *error)
{
	static const int denials[] = {
		G_IO_ERROR_PROXY_NOT_ALLOWED,
		G_IO_ERROR_PROXY_AUTH_FAILED,
		G_IO_ERROR_PROXY_NEED_AUTH,
	};
	guint i;

	if (event == SPICE_CHANNEL_ERROR_AUTH)
		return REFUSAL_DENIED;
	/* Without an error, the other end hung up or did not speak SPICE. */
	if (event == SPICE_CHANNEL_ERROR_LINK)
		return REFUSAL_HUNG_UP;
	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED) ||
			g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
		return REFUSAL_NOBODY;
	for (i = 0; i < G_N_ELEMENTS(denials); i++)
		if (g_error_matches(error, G_IO_ERROR, denials[i]))
			return REFUSAL_DENIED;
	/* The proxy did not reach the desktop, or its ticket has been used. */
	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PROXY_FAILED))
		return REFUSAL_HUNG_UP;
	return REFUSAL_NONE;
}

/* spice-glib gives no error if there is no port to connect to. */
static struct failure *no_tls_port(const struct target *target)
{
	g_autofree char *what = g_strdup_printf(_("Cannot connect to %s."), target->label);

	return failure_new(what,
			_("Encrypted channels are required (secure-channels), but there is no port "
					"for them."),
			_("Give the port as “tls-port” in the connection file, or by "
					"spice+tls://."),
			TRUE);
}

static struct failure *of_channel(
		SpiceChannelEvent event, const GError *error, const struct target *target)
{
	const char *why = error ? error->message : NULL;
	g_autofree char *what = NULL;

	/* If the label does not show the host, the host is a ticket, so do not show the error. */
	if (why && target->host && strstr(why, target->host) &&
			!strstr(target->label, target->host))
		why = NULL;

	switch (event) {
	case SPICE_CHANNEL_ERROR_CONNECT:
		if (!error && target->kind == TARGET_TCP && !target->tls_port)
			return no_tls_port(target);
		what = target->proxy ?
				g_strdup_printf(_("Cannot connect to %s through the proxy %s."),
						target->label, target->proxy->address) :
				g_strdup_printf(_("Cannot connect to %s."), target->label);
		return failure_new(what, why, connect_remedy(error, target), FALSE);
	case SPICE_CHANNEL_ERROR_TLS:
		what = g_strdup_printf(_("No secure connection to %s."), target->label);
		return failure_new(what,
				why ? why :
				      _("The certificate of the server is not the expected one."),
				_("Give the right authority (--spice-ca-file, or “ca” in the "
						"connection file) and subject, or ask who runs the "
						"server. Do not go on if you did not expect this."),
				TRUE);
	case SPICE_CHANNEL_ERROR_LINK:
		what = g_strdup_printf(_("%s does not talk SPICE with us."), target->label);
		return failure_new(what, why,
				_("The port may be another service's, or accept only encrypted "
						"connections (tls-port)."),
				FALSE);
	case SPICE_CHANNEL_ERROR_AUTH:
		what = g_strdup_printf(_("%s did not accept the password."), target->label);
		return failure_new(what, why,
				_("Passwords of desktops are often valid for a short time: get a "
						"new connection file."),
				FALSE);
	case SPICE_CHANNEL_CLOSED:
		what = g_strdup_printf(_("%s closed the connection."), target->label);
		return failure_new(what, why,
				_("The desktop was shut down, or a proxy on the way has ended."),
				FALSE);
	default:
		what = g_strdup_printf(_("The connection to %s broke."), target->label);
		return failure_new(what, why, _("Check your network."), FALSE);
	}
}

struct failure *failure_from_channel(SpiceChannelEvent event, const GError *error,
		const struct target *target)
{
	struct failure *failure = of_channel(event, error, target);

	failure->refusal = refusal_of(event, error);
	return failure;
}
