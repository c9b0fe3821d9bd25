/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "admit.h"

#include "core/ws-frame.h"
#include "ticket/browser.h"

#include <string.h>

/* A browser has no other way to send one. */
#define PROTOCOL_PREFIX "osvdi.ticket."
#define QUERY_PREFIX "token="

static gboolean after_prefix(struct http_slice *slice, const char *prefix)
{
	gsize n = strlen(prefix);

	if (slice->length <= n || g_ascii_strncasecmp(slice->text, prefix, n) != 0)
		return FALSE;
	slice->text += n;
	slice->length -= n;
	return TRUE;
}

static struct ticket *open_ticket(const struct keys *keys, struct http_slice text, gboolean *found)
{
	*found = TRUE;
	return seal_open(keys, text.text, text.length, NULL);
}

/* "Bearer TICKET", or "Basic" with the ticket as the password. */
static struct ticket *from_authorization(const struct keys *keys, const struct http_slice *value,
		gboolean *found)
{
	struct http_slice slice = value ? *value : (struct http_slice){ NULL, 0 };
	struct ticket *ticket = NULL;
	char *encoded, *login, *colon;
	gsize size;

	if (!value || slice.length > 2 * SEAL_MAX_BYTES)
		return NULL;
	if (after_prefix(&slice, "Bearer "))
		return open_ticket(keys, slice, found);
	if (!after_prefix(&slice, "Basic "))
		return NULL;
	encoded = g_strndup(slice.text, slice.length);
	login = (char *)g_base64_decode(encoded, &size);
	colon = memchr(login, ':', size);
	if (colon)
		ticket = open_ticket(keys, (struct http_slice){ colon + 1,
			size - (gsize)(colon + 1 - login) }, found);
	explicit_bzero(login, size);
	g_free(login);
	ticket_text_free(encoded);
	return ticket;
}

static struct ticket *from_protocols(const struct keys *keys, const struct http_head *head,
		gboolean *found)
{
	for (guint i = 0; i < head->n_fields; i++) {
		struct http_slice rest = head->fields[i].value, word;

		if (!http_slice_is_nocase(head->fields[i].name, "sec-websocket-protocol"))
			continue;
		while (http_list_next(&rest, &word))
			if (after_prefix(&word, PROTOCOL_PREFIX))
				return open_ticket(keys, word, found);
	}
	return NULL;
}

static struct ticket *from_query(const struct keys *keys, struct http_slice query, gboolean *found)
{
	while (query.length) {
		const char *mark = memchr(query.text, '&', query.length);
		struct http_slice part = { query.text, mark ? (gsize)(mark - query.text) :
			query.length };

		query.text += part.length + (mark != NULL);
		query.length -= part.length + (mark != NULL);
		if (after_prefix(&part, QUERY_PREFIX))
			return open_ticket(keys, part, found);
	}
	return NULL;
}

static void split_target(struct http_slice target, struct http_slice *path,
		struct http_slice *query)
{
	const char *mark = memchr(target.text, '?', target.length);

	*path = target;
	*query = (struct http_slice){ target.text + target.length, 0 };
	if (!mark)
		return;
	path->length = (gsize)(mark - target.text);
	*query = (struct http_slice){ mark + 1, target.length - path->length - 1 };
}

/* A page of another site must not use a user's browser. What sends no Origin is no browser. */
static gboolean is_origin_ours(const struct http_head *head, const struct config *config)
{
	const struct http_slice *origin = http_head_get(head, "origin");

	for (guint i = 0; origin && config->origins && config->origins[i]; i++)
		if (*config->origins[i] && http_slice_is_nocase(*origin, config->origins[i]))
			return TRUE;
	return origin == NULL;
}

static gboolean is_upgrade(const struct http_head *head)
{
	const struct http_slice *upgrade = http_head_get(head, "upgrade"),
			*version = http_head_get(head, "sec-websocket-version");

	return head->minor == 1 && upgrade && http_slice_is_nocase(*upgrade, "websocket") &&
			http_head_lists(head, "connection", "upgrade") && version &&
			http_slice_is(*version, "13");
}

static enum refusal check_upgrade(struct request *request, const struct http_head *head,
		const struct config *config, struct http_slice path)
{
	const struct http_slice *key = http_head_get(head, "sec-websocket-key");

	if (!http_slice_is(path, config->path))
		return REFUSE_PATH;
	if (!is_upgrade(head) || !key)
		return REFUSE_UPGRADE;
	request->accept = ws_accept(key->text, key->length);
	if (!request->accept)
		return REFUSE_UPGRADE;
	request->binary = http_head_lists(head, "sec-websocket-protocol", "binary");
	if (!request->binary && http_head_get(head, "sec-websocket-protocol"))
		return REFUSE_PROTOCOL;
	return is_origin_ours(head, config) ? REFUSE_NOTHING : REFUSE_ORIGIN;
}

static enum refusal admit_websocket(struct request *request, const struct http_head *head,
		const struct config *config, const struct keys *keys)
{
	struct http_slice path, query;
	enum refusal refusal;
	gboolean found = FALSE;

	split_target(head->target, &path, &query);
	refusal = check_upgrade(request, head, config, path);
	if (refusal)
		return refusal;
	request->ticket = from_authorization(keys, http_head_get(head, "authorization"), &found);
	if (!found)
		request->ticket = from_protocols(keys, head, &found);
	if (!found && config->ticket_in_url)
		request->ticket = from_query(keys, query, &found);
	return request->ticket ? REFUSE_NOTHING : found ? REFUSE_TICKET : REFUSE_NO_TICKET;
}

/* "HOST:PORT", where HOST is the desktop's id: the address comes from the ticket alone. */
static gboolean names_desktop(struct http_slice target, const char *desktop)
{
	const char *colon = memrchr(target.text, ':', target.length);

	if (!colon)
		return FALSE;
	target.length = (gsize)(colon - target.text);
	return http_slice_is_nocase(target, desktop);
}

static enum refusal admit_connect(struct request *request, const struct http_head *head,
		const struct keys *keys)
{
	gboolean found = FALSE;

	request->connect = TRUE;
	request->ticket = from_authorization(keys, http_head_get(head, "proxy-authorization"),
			&found);
	if (!request->ticket)
		return found ? REFUSE_TICKET : REFUSE_NO_TICKET;
	return names_desktop(head->target, request->ticket->desktop) ? REFUSE_NOTHING :
			REFUSE_DESKTOP;
}

/* The next of "NAME=VALUE; NAME=VALUE", or FALSE. */
static gboolean next_cookie(struct http_slice *rest, struct http_slice *cookie)
{
	const char *mark;

	while (rest->length && (*rest->text == ' ' || *rest->text == ';')) {
		rest->text++;
		rest->length--;
	}
	mark = memchr(rest->text, ';', rest->length);
	*cookie = (struct http_slice){ rest->text,
		mark ? (gsize)(mark - rest->text) : rest->length };
	rest->text += cookie->length;
	rest->length -= cookie->length;
	return cookie->length > 0;
}

/* A ticket for one browser is good beside that browser's cookie alone. */
static gboolean is_browser_right(const char *digest, const struct http_head *head)
{
	for (guint i = 0; i < head->n_fields; i++) {
		struct http_slice rest = head->fields[i].value, cookie;

		if (!http_slice_is_nocase(head->fields[i].name, "cookie"))
			continue;
		while (next_cookie(&rest, &cookie))
			if (browser_fits(digest, cookie.text, cookie.length))
				return TRUE;
	}
	return FALSE;
}

enum refusal admit_request(struct request *request, const struct http_head *head,
		const struct config *config, const struct keys *keys)
{
	enum refusal refusal = REFUSE_METHOD;

	*request = (struct request){ FALSE, FALSE, NULL, NULL };
	if (http_slice_is(head->method, "CONNECT"))
		refusal = admit_connect(request, head, keys);
	else if (http_slice_is(head->method, "GET"))
		refusal = admit_websocket(request, head, config, keys);
	if (!refusal && request->ticket->browser &&
			!is_browser_right(request->ticket->browser, head))
		return REFUSE_BROWSER;
	return refusal;
}

void request_clear(struct request *request)
{
	g_clear_pointer(&request->accept, g_free);
	g_clear_pointer(&request->ticket, ticket_free);
}

char *admit_answer(const struct request *request, const struct http_head *head)
{
	if (request->connect)
		return g_strdup_printf("HTTP/1.%u 200 Connection established\r\n\r\n", head->minor);
	return g_strdup_printf("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
			"Connection: Upgrade\r\n"
			       "Sec-WebSocket-Accept: %s\r\n%s\r\n",
			request->accept, request->binary ? "Sec-WebSocket-Protocol: binary\r\n" :
			"");
}

static const char *phrase_of(guint status)
{
	switch (status) {
	case 400: return "Bad Request";
	case 401: return "Unauthorized";
	case 403: return "Forbidden";
	case 404: return "Not Found";
	case 405: return "Method Not Allowed";
	case 407: return "Proxy Authentication Required";
	case 426: return "Upgrade Required";
	case 429: return "Too Many Requests";
	case 502: return "Bad Gateway";
	default: return "Service Unavailable";
	}
}

static const char *extra_of(guint status)
{
	switch (status) {
	case 401: return "WWW-Authenticate: Basic realm=\"osvdi-gateway\"\r\n";
	case 405: return "Allow: GET, CONNECT\r\n";
	case 407: return "Proxy-Authenticate: Basic realm=\"osvdi-gateway\"\r\n";
	case 426: return "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
	default: return "";
	}
}

char *admit_refusal(enum refusal refusal, gboolean connect)
{
	guint status = refusal == REFUSE_NO_TICKET && connect ? 407 : refusal_status(refusal);
	const char *name = refusal_name(refusal);

	return g_strdup_printf("HTTP/1.1 %u %s\r\n%sContent-Type: text/plain\r\n"
			"Content-Length: %" G_GSIZE_FORMAT
			       "\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
			       "refused: %s\n",
			status, phrase_of(status), extra_of(status),
			strlen("refused: \n") + strlen(name), name);
}
