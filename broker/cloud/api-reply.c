/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "cloud/api-reply.h"

/* Nova wraps its message in an object named after the error, Blazar does not,
 * Keystone and Neutron have their own. */
static char *error_message(JsonObject *object)
{
	const char *message = js_str(object, "message");
	GList *names = object ? json_object_get_members(object) : NULL;

	if (!message)
		message = js_str(object, "error_message");
	for (GList *i = names; i && !message; i = i->next)
		message = js_str(js_obj(object, i->data), "message");
	g_list_free(names);
	return text_clean(message, 300);
}

static char *show_location(const struct api_call *call, const struct http_reply *http)
{
	g_autofree char *redacted = NULL;
	const char *location = http_reply_header(http, "location");

	if (!location || http->status < 300 || http->status >= 400)
		return NULL;
	redacted = redact_text(call->secrets, location);
	return text_clean(redacted, 200);
}

static void set_not_json(const struct api_call *call, const char *url,
		const struct http_reply *http, const GError *why, GError **error)
{
	g_autofree char *kind = text_clean(http_reply_header(http, "content-type"), 40);

	g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE,
			"%s (%s): %ld with %s, %s; a proxy, or the wrong address?", call->service,
			url, http->status, *kind ? kind : "no content type", why->message);
}

struct api_reply *api_reply_new(const struct api_call *call, const struct http_reply *http,
		GError **error)
{
	g_autoptr(auto_api_reply) reply = g_new0(struct api_reply, 1);
	g_autofree char *path = redact_text(call->secrets, call->path);
	g_autoptr(GError) e = NULL;

	path[strcspn(path, "?")] = '\0';
	reply->status = http->status;
	reply->where = g_strdup_printf("%s: %s %s", call->service, call->method, path);
	reply->address = redact_text(call->secrets, call->url);
	reply->address[strcspn(reply->address, "?")] = '\0';
	reply->location = show_location(call, http);
	reply->retry_after = http_retry_after(http);
	if (http->body->len && http->status != 204)
		reply->root = js_load(http->body->str, http->body->len, &e);
	reply->object = js_root_object(reply->root);
	reply->message = error_message(http->status >= 300 ? reply->object : NULL);
	if (http->status >= 300 || !e)
		return g_steal_pointer(&reply);
	set_not_json(call, reply->address, http, e, error);
	return NULL;
}

void api_reply_free(struct api_reply *reply)
{
	if (!reply)
		return;
	g_clear_pointer(&reply->root, json_node_unref);
	g_free(reply->message);
	g_free(reply->where);
	g_free(reply->address);
	g_free(reply->location);
	g_free(reply->retry_after);
	g_free(reply);
}

gboolean api_reply_is_success(const struct api_reply *r)
{
	return r->status >= 200 && r->status < 300;
}

static int error_code(long status)
{
	switch (status) {
	case 401:
	case 403: return BROKER_ERROR_AUTH;
	case 404: return BROKER_ERROR_NOT_FOUND;
	case 409: return BROKER_ERROR_NOT_READY;
	default: return BROKER_ERROR_SERVICE;
	}
}

static const char *remedy(long status)
{
	switch (status) {
	case 401: return "; the service takes no login of this user";
	case 403: return "; ask an administrator, or log in as one";
	case 407:
		return "; a proxy on the way wants a login of its own: see http_proxy, "
				"https_proxy, no_proxy";
	case 413:
	case 429: return "; the service is busy: try again";
	case 300:
		return "; there are several versions at this address, and none was meant: "
				"correct the catalog or the override";
	case 301:
	case 302:
	case 303:
	case 307:
	case 308:
		return "; redirects are not followed with a login: correct the catalog or the "
				"override";
	case 500:
	case 502:
	case 503:
	case 504: return "; the service is in trouble: try again, or tell its operator";
	default: return "";
	}
}

gboolean api_reply_check(const struct api_reply *r, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);

	if (api_reply_is_success(r))
		return TRUE;
	g_string_append_printf(text, "%s: %ld %s", r->where, r->status,
			http_status_text(r->status));
	if (r->location)
		g_string_append_printf(text, " to %s", r->location);
	if (*r->message)
		g_string_append_printf(text, ": %s", r->message);
	g_string_append(text, remedy(r->status));
	if (r->retry_after)
		g_string_append_printf(text, " (it asks to wait %s)", r->retry_after);
	g_set_error_literal(error, BROKER_ERROR, error_code(r->status), text->str);
	return FALSE;
}

gboolean api_reply_check_list(const struct api_reply *r, GError **error)
{
	gboolean is_template = strpbrk(r->address, "(%{$") != NULL;

	if (r->status != 404)
		return api_reply_check(r, error);
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE, "%s: 404 Not Found%s%s at %s; %s",
			r->where, *r->message ? ": " : "", r->message, r->address,
			is_template ? "this address is a template that nobody filled in: the "
					"catalog must be corrected" :
				      "this is not the service's address: correct the catalog or "
				"the override");
	return FALSE;
}
