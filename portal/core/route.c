/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "route.h"

#include <string.h>

static const struct {
	const char *method, *path; /* "*" is the subject */
	enum route route;
} table[] = {
	{ "GET", "/", ROUTE_HOME },
	{ "GET", "/health", ROUTE_HEALTH },
	{ "GET", "/style/*", ROUTE_STYLE },
	{ "GET", "/login", ROUTE_LOGIN },
	{ "POST", "/login", ROUTE_LOGIN_POST },
	{ "GET", "/passcode", ROUTE_PASSCODE },
	{ "POST", "/passcode", ROUTE_PASSCODE_POST },
	{ "POST", "/login/provider", ROUTE_PROVIDER_POST },
	{ "GET", "/login/back", ROUTE_PROVIDER_BACK },
	{ "GET", "/login/trouble/*", ROUTE_PROVIDER_TROUBLE },
	{ "POST", "/logout", ROUTE_LOGOUT_POST },
	{ "POST", "/language", ROUTE_LANGUAGE_POST },
	{ "GET", "/projects", ROUTE_PROJECTS },
	{ "POST", "/project", ROUTE_PROJECT_POST },
	{ "GET", "/desktops", ROUTE_DESKTOPS },
	{ "POST", "/desktop/*/open", ROUTE_OPEN_POST },
	{ "POST", "/desktop/*/here", ROUTE_HERE_POST },
	{ "POST", "/desktop/*/ticket", ROUTE_TICKET_POST },
	{ "POST", "/desktop/*/start", ROUTE_START_POST },
	{ "POST", "/desktop/*/suspend", ROUTE_SUSPEND_POST },
	{ "POST", "/desktop/*/stop", ROUTE_STOP_POST },
	{ "POST", "/desktop/*/restart", ROUTE_RESTART_POST },
	{ "POST", "/desktop/*/shelve", ROUTE_SHELVE_POST },
	{ "POST", "/desktop/*/release", ROUTE_RELEASE_POST },
	{ "POST", "/pool", ROUTE_POOL_POST },
	{ "GET", "/task/*", ROUTE_TASK },
	{ "GET", "/task/*/desktop.vv", ROUTE_TASK_FILE },
	{ "POST", "/task/*/cancel", ROUTE_TASK_CANCEL_POST },
};

static gsize subject_length(const char *path)
{
	gsize n = 0;

	while (g_ascii_isalnum(path[n]) || path[n] == '-' || path[n] == '_')
		n++;
	return n;
}

static gboolean fits(const char *pattern, const char *path, char *subject)
{
	const char *star = strchrnul(pattern, '*');
	gsize before = (gsize)(star - pattern), n;

	subject[0] = '\0';
	if (!*star)
		return strcmp(pattern, path) == 0;
	if (strncmp(pattern, path, before) != 0)
		return FALSE;
	path += before;
	n = subject_length(path);
	if (n == 0 || n > ROUTE_SUBJECT_MAX || strcmp(star + 1, path + n) != 0)
		return FALSE;
	memcpy(subject, path, n);
	subject[n] = '\0';
	return TRUE;
}

/* A name that nothing but a table of names is looked up by. */
static gboolean is_page_file(const char *path, char *subject)
{
	static const char prefix[] = "/desk/";
	const char *name = path + strlen(prefix);

	if (strncmp(path, prefix, strlen(prefix)) != 0 || !*name ||
			strlen(name) > ROUTE_SUBJECT_MAX)
		return FALSE;
	for (const char *c = name; *c; c++)
		if (!g_ascii_isalnum(*c) && !strchr("-_./", *c))
			return FALSE;
	strcpy(subject, name);
	return TRUE;
}

enum route route_find(const char *method, const char *path, char subject[ROUTE_SUBJECT_MAX + 1])
{
	const char *meant = strcmp(method, "HEAD") == 0 ? "GET" : method;
	enum route other = ROUTE_NONE;

	for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
		if (!fits(table[i].path, path, subject))
			continue;
		if (strcmp(table[i].method, meant) == 0)
			return table[i].route;
		other = ROUTE_OTHER_METHOD;
	}
	if (is_page_file(path, subject)) {
		if (strcmp(meant, "GET") == 0)
			return ROUTE_PAGE_FILE;
		other = ROUTE_OTHER_METHOD;
	}
	subject[0] = '\0';
	return other;
}
