/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "access.h"
#include "desktop-json.h"
#include "error.h"
#include "file.h"
#include "json.h"
#include "log.h"
#include "text.h"
#include "vv.h"

static void show_warnings(const struct access *a)
{
	for (guint i = 0; i < a->warnings->len; i++)
		log_warning("%s", (const char *)a->warnings->pdata[i]);
	if (a->address->password)
		log_warning("this desktop wants a password, which no address holds: use --vv or -f json");
}

static gboolean write_vv(const struct access *a, const char *path, GError **error)
{
	gboolean to_stdout = !strcmp(path, "-");
	char *text = vv_format(a->address, !to_stdout);
	gboolean ok = to_stdout ? output_text(text, error) : file_write_private(path, text, strlen(text), error);

	secret_free(text);
	return ok;
}

static gboolean print_json(const struct access *a, enum output_format format, GError **error)
{
	g_autoptr(JsonNode) root = desktop_resolve_json(a->server, a->address, &a->log, a->warnings);

	return output_object(root, format, error);
}

static void show_cost(struct broker *b)
{
	struct http_stats stats;

	http_get_stats(session_http(b->session), &stats);
	log_info("%u requests over %u connections, %.1f ms waiting for them", stats.requests, stats.connections, (double)stats.network_us / 1000);
}

static gboolean print_address(const struct access *a, const char *vv, const char *format_name, GError **error)
{
	g_autofree char *line = NULL;
	enum output_format format;

	if (vv && !write_vv(a, vv, error))
		return FALSE;
	if (!g_strcmp0(vv, "-") || (vv && !format_name))
		return TRUE;
	if (format_name)
		return output_parse_format(format_name, &format, error) && print_json(a, format, error);
	line = g_strconcat(a->address->uri, "\n", NULL);
	return output_text(line, error);
}

gboolean cmd_resolve(struct broker *b, const struct command *self, int argc, char **argv, GError **error)
{
	struct access_options o = { 0 };
	char *vv = NULL;
	const GOptionEntry options[] = {
		command_option_format(b),
		{ "vv", 0, 0, G_OPTION_ARG_FILENAME, &vv, "write a connection file, - for standard output", "FILE" },
		access_option_via(&o), access_option_protocol(&o), access_option_no_wake(&o), command_option_repair(b),
		command_option_timeout(b), command_option_user(b), command_option_any_owner(b),
		command_option_all_projects(b), command_option_no_pools(b), { NULL }
	};
	struct access a = { 0 };
	enum output_format format;
	gboolean ok = command_parse(b, self, options, &argc, &argv, 0, 1, error) &&
			output_parse_format(b->format_name, &format, error) && access_check(&o, error) && broker_open(b, error) &&
			access_run(b, &o, argv[1], &a, error);

	if (ok) {
		show_warnings(&a);
		show_cost(b);
		ok = print_address(&a, vv, b->format_name, error);
	}
	access_clear(&a);
	access_options_clear(&o);
	g_free(vv);
	return ok;
}
