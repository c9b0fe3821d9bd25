/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "session/ws-problem.h"

#include <glib/gi18n.h>
#include <libsoup/soup.h>

static enum ws_problem of_status(guint status)
{
	switch (status) {
	case SOUP_STATUS_UNAUTHORIZED:
	case SOUP_STATUS_FORBIDDEN:
	case SOUP_STATUS_NOT_FOUND:
	case SOUP_STATUS_PROXY_AUTHENTICATION_REQUIRED:
	case SOUP_STATUS_GONE:
		return WS_FORBIDDEN;
	case SOUP_STATUS_BAD_GATEWAY:
	case SOUP_STATUS_SERVICE_UNAVAILABLE:
	case SOUP_STATUS_GATEWAY_TIMEOUT:
		return WS_AWAY;
	default:
		return WS_REFUSED;
	}
}

enum ws_problem ws_problem_of(const GError *error, const struct ws_answer *answer)
{
	if (g_error_matches(error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
		return WS_TLS;
	if (g_error_matches(error, G_TLS_ERROR, G_TLS_ERROR_NOT_TLS))
		return WS_NO_TLS;
	if (answer->status)
		return of_status(answer->status);
	if (error->domain == G_TLS_ERROR || error->domain == SOUP_WEBSOCKET_ERROR)
		return WS_REFUSED;
	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
		return WS_NOBODY;
	/* An HTTP proxy, or a server that hung up: TCP was connected. */
	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT) ||
			g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED))
		return WS_AWAY;
	return WS_UNREACHABLE;
}

char *ws_problem_describe(const struct ws_answer *answer)
{
	const char *phrase;

	if (!answer->status)
		return NULL;
	if (answer->status == SOUP_STATUS_SWITCHING_PROTOCOLS)
		return answer->protocol ?
				g_strdup_printf(_("The proxy speaks the subprotocol “%s”, which "
						"this viewer does not."),
						answer->protocol) :
				NULL;
	phrase = soup_status_get_phrase(answer->status);
	if (answer->type)
		return g_strdup_printf(_("The answer was HTTP %u (%s), a document of type %s."),
				answer->status, phrase, answer->type);
	return g_strdup_printf(_("The answer was HTTP %u (%s)."), answer->status, phrase);
}

gboolean ws_problem_is_protocol(const struct ws_answer *answer)
{
	return answer->status == SOUP_STATUS_BAD_REQUEST;
}
