/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "admin.h"

#include "core/http-head.h"
#include "local.h"

#include <string.h>

struct admin {
	struct gateway *gateway;
	struct local *commands, *metrics;
};

/* ---- commands ------------------------------------------------------------ */

static char *revoke_one(struct gateway *gateway, const char *arguments)
{
	g_auto(GStrv) words = g_strsplit(arguments, " ", 2);
	g_autoptr(GError) error = NULL;
	enum revoke_kind kind;
	guint ended;

	if (!words[0] || !words[1] || !*words[1] || !revoke_kind_parse(words[0], &kind))
		return g_strdup("error: revoke session|desktop|user NAME\n");
	if (!gateway_revoke(gateway, kind, words[1], &ended, &error))
		return g_strdup_printf("%u channels ended\nerror: not kept over a restart: %s\n",
				ended, error->message);
	return g_strdup_printf("%u channels ended\nok\n", ended);
}

static void write_session(const struct session_info *info, gpointer data)
{
	/* The name is the last: it may have blanks. */
	g_string_append_printf(data, "%s %s %u %" G_GINT64_FORMAT " %s\n", info->session,
			info->desktop, info->channels, info->expires, info->user);
}

static char *list(struct gateway *gateway)
{
	GString *out = g_string_new(NULL);

	sessions_foreach(gateway_get_sessions(gateway), write_session, out);
	g_string_append(out, "ok\n");
	return g_string_free(out, FALSE);
}

static char *run_command(struct gateway *gateway, const char *line)
{
	g_autofree char *metrics = NULL;

	if (g_str_has_prefix(line, "revoke "))
		return revoke_one(gateway, line + strlen("revoke "));
	if (strcmp(line, "list") == 0)
		return list(gateway);
	if (strcmp(line, "drain") == 0) {
		gateway_drain(gateway, FALSE);
		return g_strdup("ok\n");
	}
	if (strcmp(line, "metrics") == 0) {
		metrics = gateway_format_metrics(gateway);
		return g_strconcat(metrics, "ok\n", NULL);
	}
	return g_strdup("error: the commands are: list, revoke session|desktop|user NAME, drain, "
			"metrics\n");
}

static char *answer_command(const char *text, gsize size, gpointer data)
{
	const char *end = memchr(text, '\n', size);
	g_autofree char *line = end ? g_strndup(text, (gsize)(end - text)) : NULL;

	return line ? run_command(((struct admin *)data)->gateway, g_strchomp(line)) : NULL;
}

/* ---- metrics ------------------------------------------------------------- */

static char *answer_metrics(const char *text, gsize size, gpointer data)
{
	struct admin *admin = data;
	g_autofree char *body = NULL;
	struct http_head head;

	switch (http_head_parse(&head, text, size)) {
	case HTTP_MORE: return NULL;
	case HTTP_OK: break;
	default: return g_strdup("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n"
			"Connection: close\r\n\r\n");
	}
	if (!http_slice_is(head.method, "GET") || !http_slice_is(head.target, "/metrics"))
		return g_strdup("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n"
				"Connection: close\r\n\r\n");
	body = gateway_format_metrics(admin->gateway);
	return g_strdup_printf("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n"
			"Content-Length: %" G_GSIZE_FORMAT
			       "\r\nConnection: close\r\n\r\n%s",
			strlen(body), body);
}

/* ---- life ---------------------------------------------------------------- */

static gboolean open_one(struct admin *admin, struct local **out, struct loop *loop,
		const char *where, local_answer answer, GError **error)
{
	if (where)
		*out = local_new(loop, where, answer, admin, error);
	return !where || *out;
}

struct admin *admin_new(struct gateway *gateway, struct loop *loop, const struct config *config,
		GError **error)
{
	struct admin *admin = g_new0(struct admin, 1);

	admin->gateway = gateway;
	if (open_one(admin, &admin->commands, loop, config->admin, answer_command, error) &&
			open_one(admin, &admin->metrics, loop, config->metrics,
					answer_metrics, error))
		return admin;
	admin_free(admin);
	return NULL;
}

void admin_free(struct admin *admin)
{
	if (!admin)
		return;
	local_free(admin->commands);
	local_free(admin->metrics);
	g_free(admin);
}
