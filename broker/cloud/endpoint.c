/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/host.h"
#include "base/text.h"
#include "cloud/endpoint.h"

/* The values for templates. */
struct filling {
	const char *project_id, *user_id;
	char *unknown; /* the first template without a value */
};

static const char *value_of(const struct filling *f, const char *name)
{
	if (!strcmp(name, "project_id") || !strcmp(name, "tenant_id"))
		return f->project_id;
	return !strcmp(name, "user_id") ? f->user_id : NULL;
}

static gboolean fill_one(const GMatchInfo *match, GString *out, gpointer data)
{
	struct filling *f = data;
	g_autofree char *whole = g_match_info_fetch(match, 0);
	g_autofree char *name = g_match_info_fetch_named(match, "name");
	const char *value = value_of(f, name);

	if (!value && !f->unknown)
		f->unknown = g_strdup(whole);
	g_string_append(out, value ? value : whole);
	return FALSE;
}

static char *fill_templates(const char *url, struct filling *f)
{
	/* Keystone writes %(name)s and $(name)s; the "s" may be missing. Others use braces. */
	g_autoptr(GRegex) form =
			g_regex_new("(?|[%$]\\((?<name>[^()/]*)\\)s?|\\$?\\{(?<name>[^{}/]*)\\})",
					G_REGEX_DUPNAMES, 0, NULL);

	g_assert(form);
	return g_regex_replace_eval(form, url, -1, 0, 0, fill_one, f, NULL);
}

static gboolean is_address(const char *url)
{
	g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_ENCODED, NULL);
	g_autofree char *host = uri ? host_without_brackets(g_uri_get_host(uri)) : NULL;

	for (const char *p = url; *p; p++)
		if (!g_ascii_isgraph(*p))
			return FALSE;
	if (host_kind(host) == HOST_INVALID)
		return FALSE;
	return !strcmp(g_uri_get_scheme(uri), "http") || !strcmp(g_uri_get_scheme(uri), "https");
}

static void set_bad(const char *url, struct redact *secrets, const char *what, GError **error)
{
	g_autofree char *redacted = redact_text(secrets, url);
	g_autofree char *shown = text_clean(redacted, 200);

	g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE, "its address %s %s", shown, what);
}

char *endpoint_fill(const char *url, const char *project_id, const char *user_id,
		struct redact *secrets, GError **error)
{
	struct filling f = { project_id, user_id, NULL };
	g_autofree char *out = g_utf8_validate(url, -1, NULL) ? fill_templates(url, &f) : NULL;
	g_autofree char *unknown = f.unknown;
	gsize n = out ? strlen(out) : 0;

	while (n && out[n - 1] == '/')
		out[--n] = '\0';
	if (unknown) {
		g_autofree char *shown = text_clean(unknown, 60);
		g_autofree char *what =
				g_strdup_printf("has the template %s, which nobody filled in",
						shown);

		set_bad(url, secrets, what, error);
	} else if (!out || !is_address(out)) {
		set_bad(url, secrets, "is no http or https address", error);
	} else {
		return g_steal_pointer(&out);
	}
	return NULL;
}

/* "v2", "v2.1" */
static gboolean is_version(const char *part, gsize n)
{
	gsize dots = 0;

	if (n < 2 || (*part != 'v' && *part != 'V') || !g_ascii_isdigit(part[1]) ||
			!g_ascii_isdigit(part[n - 1]))
		return FALSE;
	for (gsize i = 1; i < n; i++) {
		dots += part[i] == '.';
		if (!g_ascii_isdigit(part[i]) && part[i] != '.')
			return FALSE;
	}
	return dots <= 1;
}

/* The start of the path. */
static const char *path_of(const char *url)
{
	const char *host = strstr(url, "://");
	const char *path = host ? strchr(host + 3, '/') : NULL;

	return path ? path : url + strlen(url);
}

void endpoint_split(const char *url, struct endpoint *out)
{
	const char *found = NULL, *end = NULL;

	for (const char *slash = path_of(url); *slash;) {
		const char *part = slash + 1;
		gsize n = strcspn(part, "/");

		if (is_version(part, n)) {
			found = slash;
			end = part + n;
		}
		slash = part + n;
	}
	out->root = found ? g_strndup(url, (gsize)(found - url)) : g_strdup(url);
	out->version = found ? g_strndup(found + 1, (gsize)(end - found - 1)) : NULL;
	out->rest = g_strdup(end ? end : "");
}

void endpoint_clear(struct endpoint *e)
{
	g_clear_pointer(&e->root, g_free);
	g_clear_pointer(&e->version, g_free);
	g_clear_pointer(&e->rest, g_free);
}

char *endpoint_with_version(const char *url, const char *version)
{
	struct endpoint e;
	char *out;

	endpoint_split(url, &e);
	out = !g_strcmp0(e.version, version) ? g_strdup(url) :
					       g_strconcat(e.root, "/", version, NULL);
	endpoint_clear(&e);
	return out;
}

char *endpoint_follow(const char *base, const char *link)
{
	g_autofree char *directory = g_strconcat(base, "/", NULL);
	g_autoptr(GUri) from = g_uri_parse(directory, G_URI_FLAGS_ENCODED, NULL);
	g_autoptr(GUri) to = from && link ?
			g_uri_parse_relative(from, link, G_URI_FLAGS_ENCODED, NULL) :
			NULL;
	const char *path = to ? g_uri_get_path(to) : NULL;
	g_autofree char *origin = g_strndup(base, (gsize)(path_of(base) - base));
	gsize n = path ? strlen(path) : 0;

	if (!to || !g_uri_get_host(to) ||
			g_ascii_strcasecmp(g_uri_get_host(from), g_uri_get_host(to)))
		return NULL;
	while (n && path[n - 1] == '/')
		n--;
	return g_strdup_printf("%s%.*s", origin, (int)n, path);
}
