/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "scripted.h"

#define SERVICE(type) "{\"type\":\"" type "\",\"endpoints\":[" \
	"{\"interface\":\"public\",\"region_id\":\"R\",\"url\":\"http://cloud/" type "/v2.1\"}," \
	"{\"interface\":\"internal\",\"region_id\":\"R\",\"url\":\"http://inside/\"}]}"

const char scripted_token[] = "{\"token\":{\"expires_at\":\"2030-01-01T00:00:00.000000Z\","
		"\"user\":{\"id\":\"alice-id\",\"name\":\"alice\"},\"project\":{\"id\":\"p\","
		"\"name\":\"p\"},\"roles\":[{\"name\":\"member\"}],\"catalog\":["
		SERVICE("compute") "," SERVICE("image") "," SERVICE("reservation") ","
		SERVICE("placement") "]}}";

static gint64 now_us(void *data)
{
	return ((struct scripted *)data)->now_us;
}

static gint64 unix_s(void *data)
{
	/* 2026-01-01 */
	return 1767225600 + now_us(data) / G_USEC_PER_SEC;
}

static void sleep_us(void *data, gint64 us)
{
	((struct scripted *)data)->now_us += us;
}

static gboolean fits(const struct answer *a, const struct http_request *r)
{
	const char *space = strchr(a->request, ' ');
	gsize n = strlen(a->request), method = (gsize)(space - a->request);
	g_autofree char *url = g_strdup(r->url);
	char *query = strchr(url, '?');

	if (a->times < 0 || strncmp(r->method, a->request, method) || r->method[method])
		return FALSE;
	if (query && !strchr(space, '?'))
		*query = '\0';
	return n > method && g_str_has_suffix(url, space + 1);
}

static gboolean transport(void *data, const struct http_request *r, struct http_reply *reply,
		GError **error)
{
	struct scripted *s = data;

	s->now_us += 1000;
	g_ptr_array_add(s->asked, g_strdup_printf("%s %s", r->method, r->url));
	g_ptr_array_add(s->bodies, g_strdup(r->body ? r->body : ""));
	for (struct answer *a = s->answers; a->request; a++) {
		if (!fits(a, r))
			continue;
		if (a->times && !--a->times)
			a->times = -1;
		if (!a->status)
			break;
		reply->status = a->status;
		g_string_assign(reply->body, a->body);
		if (a->header)
			http_reply_add_header_line(reply, a->header, strlen(a->header));
		return TRUE;
	}
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE, "nothing scripted for %s %s",
			r->method, r->url);
	return FALSE;
}

void scripted_init(struct scripted *s, struct answer *answers)
{
	memset(s, 0, sizeof(*s));
	s->answers = answers;
	s->asked = g_ptr_array_new_with_free_func(g_free);
	s->bodies = g_ptr_array_new_with_free_func(g_free);
	s->caller.secrets = redact_new();
	s->clock = (struct clock){ now_us, unix_s, sleep_us, s };
}

void scripted_clear(struct scripted *s)
{
	g_clear_pointer(&s->caller.secrets, redact_free);
	g_clear_pointer(&s->asked, g_ptr_array_unref);
	g_clear_pointer(&s->bodies, g_ptr_array_unref);
}

struct cloud *scripted_cloud(struct scripted *s, const char *cache_directory)
{
	struct settings settings = { 0 };
	struct cloud_params params = { 0 };
	struct cloud *cloud;

	settings_set(&settings, SET_AUTH_URL, "http://cloud/identity");
	settings_set(&settings, SET_USERNAME, "alice");
	settings_set(&settings, SET_PASSWORD, "word");
	settings_set(&settings, SET_PROJECT_NAME, "p");
	settings_set(&settings, SET_REGION_NAME, "R");
	params.settings = &settings;
	params.clock = &s->clock;
	params.caller = &s->caller;
	params.cache_directory = cache_directory;
	params.transport = transport;
	params.transport_data = s;
	cloud = cloud_new(&params, NULL);
	settings_clear(&settings);
	return cloud;
}

guint scripted_count(const struct scripted *s, const char *prefix)
{
	guint n = 0;

	for (guint i = 0; i < s->asked->len; i++)
		n += g_str_has_prefix(s->asked->pdata[i], prefix);
	return n;
}
