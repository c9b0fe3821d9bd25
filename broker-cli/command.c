/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "clouds.h"
#include "command.h"
#include "config-file.h"
#include "terminal.h"

#define DEFAULT_TIMEOUT_S 300
#define MAX_REQUEST_TIMEOUT_S (24 * 3600)

static gboolean on_verbose(const char *name, const char *value, gpointer data, GError **error)
{
	terminal_louder();
	return TRUE;
}

static gboolean on_secret(const char *name, const char *value, gpointer data, GError **error)
{
	g_autofree char *variable = g_ascii_strup(name + 2, -1);

	g_strdelimit(variable, "-", '_');
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
			"%s: command lines can be read by every user of this machine; set %s, "
			"use secure.yaml, or type it when asked",
			name, variable);
	return FALSE;
}

static gboolean on_version(const char *name, const char *value, gpointer data, GError **error)
{
	if (!output_line(error, "osvdi-broker %s", OSVDI_VERSION))
		return FALSE;
	exit(0);
}

static void add_setting_options(struct broker *b, GOptionGroup *group)
{
	static const struct {
		enum setting which;
		const char *argument, *help;
	} shown[] = {
		{ SET_CLOUD, "NAME", "the cloud of clouds.yaml (OS_CLOUD)" },
		{ SET_AUTH_URL, "URL", "the Identity service (OS_AUTH_URL)" },
		{ SET_AUTH_TYPE, "TYPE", "how to log in (OS_AUTH_TYPE)" },
		{ SET_USERNAME, "NAME", "who (OS_USERNAME)" },
		{ SET_PROJECT_NAME, "NAME", "for which project (OS_PROJECT_NAME)" },
		{ SET_REGION_NAME, "NAME", "in which region (OS_REGION_NAME)" },
		{ SET_INTERFACE, "NAME", "public, internal or admin (OS_INTERFACE)" },
		{ SET_CACERT, "FILE", "authority to verify services with (OS_CACERT)" },
	};

	for (int i = 0; i < SET_COUNT; i++) {
		GOptionEntry e[2] = { { 0 } };
		g_autofree char *long_name = g_strconcat("os-", settings_key(i), NULL);

		g_strdelimit(long_name, "_", '-');
		e[0].long_name = g_intern_string(long_name);
		e[0].flags = G_OPTION_FLAG_HIDDEN;
		e[0].arg = settings_is_secret(i) ? G_OPTION_ARG_CALLBACK : G_OPTION_ARG_STRING;
		e[0].arg_data = settings_is_secret(i) ? (gpointer)on_secret :
							&b->options.setting[i];
		if (i == SET_INSECURE)
			continue;
		for (gsize j = 0; j < G_N_ELEMENTS(shown); j++)
			if (shown[j].which == (enum setting)i) {
				e[0].flags = G_OPTION_FLAG_NONE;
				e[0].arg_description = shown[j].argument;
				e[0].description = shown[j].help;
			}
		g_option_group_add_entries(group, e);
	}
}

GOptionGroup *command_global_options(struct broker *b)
{
	GOptionGroup *group = g_option_group_new("cloud",
			"Options of every command:", "Show the options of every command", b, NULL);
	const GOptionEntry entries[] = {
		{ "verbose", 'v', G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, (gpointer)on_verbose,
				"say why; twice: each request", NULL },
		{ "version", 0, G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, (gpointer)on_version,
				"print the version", NULL },
		{ "config", 0, 0, G_OPTION_ARG_FILENAME, &b->options.config_path,
				"the broker's own configuration", "FILE" },
		{ "no-cache", 0, 0, G_OPTION_ARG_NONE, &b->options.no_cache,
				"keep no login, use none kept", NULL },
		{ "request-timeout", 0, 0, G_OPTION_ARG_INT, &b->options.request_timeout_s,
				"for one request (60)", "SECONDS" },
		{ "insecure", 0, 0, G_OPTION_ARG_NONE, &b->options.insecure,
				"do not verify who the services are", NULL },
		{ NULL }
	};

	g_option_group_add_entries(group, entries);
	add_setting_options(b, group);
	return group;
}

static gboolean refuse_empty(const char *what, GError **error)
{
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
			"%s is empty; does it come from a variable that is not set?", what);
	return FALSE;
}

static gboolean check_arguments(const struct command *self, int argc, char **argv, int min_args,
		int max_args, GError **error)
{
	for (int i = 1; i < argc; i++)
		if (!*argv[i])
			return refuse_empty("an argument", error);
	if (argc - 1 >= min_args && argc - 1 <= max_args)
		return TRUE;
	if (argc - 1 < min_args)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
				"%s: something is missing: osvdi-broker %s %s", self->name,
				self->name, self->arguments);
	else
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
				"%s: too many arguments, from \"%s\" on: osvdi-broker %s %s",
				self->name, argv[max_args + 1], self->name, self->arguments);
	return FALSE;
}

static gboolean is_empty(const GOptionEntry *e)
{
	const char *text = NULL;
	char **list = NULL;

	if (e->arg == G_OPTION_ARG_STRING || e->arg == G_OPTION_ARG_FILENAME)
		text = *(char **)e->arg_data;
	else if (e->arg == G_OPTION_ARG_STRING_ARRAY)
		list = *(char ***)e->arg_data;
	for (; list && *list; list++)
		if (!**list)
			return TRUE;
	return text && !*text;
}

/* No option of a subcommand means anything by an empty word. */
static gboolean check_values(const GOptionEntry *own, GError **error)
{
	for (; own && own->long_name; own++)
		if (is_empty(own)) {
			g_autofree char *name = g_strconcat("--", own->long_name, NULL);

			return refuse_empty(name, error);
		}
	return TRUE;
}

/* Check the options of struct options, whichever the subcommand has, and parse their words. */
static gboolean check_shared(struct broker *b, GError **error)
{
	struct options *o = &b->options;

	if (o->config_path && !*o->config_path)
		return refuse_empty("--config", error);
	o->timeout_s = o->timeout ? text_parse_duration(o->timeout) : DEFAULT_TIMEOUT_S;
	if (o->timeout_s < 0)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
				"--timeout: expected a duration such as 90, 5m or 1h");
	else if (o->request_timeout_s != NO_REQUEST_TIMEOUT &&
			(o->request_timeout_s < 1 || o->request_timeout_s > MAX_REQUEST_TIMEOUT_S))
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
				"--request-timeout: 1 to %d seconds", MAX_REQUEST_TIMEOUT_S);
	else
		return output_parse_format(o->format_name, &o->format, error);
	return FALSE;
}

/* GLib's messages about a wrong option name no remedy. */
gboolean command_hint(const char *program, GError **error)
{
	if (error && *error && (*error)->domain == G_OPTION_ERROR) {
		char *text = g_strdup_printf("%s; see %s --help", (*error)->message, program);

		g_free((*error)->message);
		(*error)->message = text;
	}
	return FALSE;
}

gboolean command_parse(struct broker *b, const struct command *self, const GOptionEntry *own,
		int *argc, char ***argv, int min_args, int max_args, GError **error)
{
	g_autofree char *title = g_strdup_printf("%s%s- %s", self->arguments,
			*self->arguments ? " " : "", self->summary);
	g_autofree char *program = g_strdup_printf("osvdi-broker %s", self->name);
	g_autoptr(GOptionContext) context = g_option_context_new(title);
	GOptionGroup *main_group = g_option_group_new(NULL, NULL, NULL, NULL, NULL);

	if (own)
		g_option_group_add_entries(main_group, own);
	g_option_context_set_main_group(context, main_group);
	g_option_context_add_group(context, command_global_options(b));
	g_set_prgname(program);
	if (!g_option_context_parse(context, argc, argv, error))
		return command_hint(program, error);
	/* "--" stays in argv when an argument follows that looks like an option. */
	if (*argc > 1 && max_args < G_MAXINT && !strcmp((*argv)[1], "--")) {
		memmove(*argv + 1, *argv + 2, (gsize)(*argc - 1) * sizeof(**argv));
		(*argc)--;
	}
	return check_arguments(self, *argc, *argv, min_args, max_args, error) &&
			check_values(own, error) && check_shared(b, error);
}

GOptionEntry command_option_format(struct broker *b)
{
	return (GOptionEntry){ "format", 'f', 0, G_OPTION_ARG_STRING, &b->options.format_name,
		"table, json, csv or value", "FORMAT" };
}

GOptionEntry command_option_columns(struct broker *b)
{
	return (GOptionEntry){ "column", 'c', 0, G_OPTION_ARG_STRING, &b->options.columns,
		"show these columns, in this order", "KEY,..." };
}

GOptionEntry command_option_user(struct broker *b)
{
	return (GOptionEntry){ "user", 0, 0, G_OPTION_ARG_STRING, &b->options.user,
		"act for this user's desktops", "NAME|ID" };
}

GOptionEntry command_option_any_owner(struct broker *b)
{
	return (GOptionEntry){ "any-owner", 0, 0, G_OPTION_ARG_NONE, &b->options.any_owner,
		"take any desktop that Nova lets this login use", NULL };
}

GOptionEntry command_option_all_projects(struct broker *b)
{
	return (GOptionEntry){ "all-projects", 0, 0, G_OPTION_ARG_NONE, &b->options.all_projects,
		"look in all projects (administrators)", NULL };
}

GOptionEntry command_option_no_pools(struct broker *b)
{
	return (GOptionEntry){ "no-pools", 0, 0, G_OPTION_ARG_NONE, &b->options.no_pools,
		"only desktops the user made: quicker in a large project", NULL };
}

GOptionEntry command_option_timeout(struct broker *b)
{
	b->options.has_timeout = TRUE;
	return (GOptionEntry){ "timeout", 0, 0, G_OPTION_ARG_STRING, &b->options.timeout,
		"the whole command takes at most this long: 90, 5m (5m)", "TIME" };
}

GOptionEntry command_option_repair(struct broker *b)
{
	return (GOptionEntry){ "repair", 0, 0, G_OPTION_ARG_NONE, &b->options.repair,
		"reboot hard what is in ERROR: unsaved work is lost", NULL };
}

static gboolean gather_settings(struct broker *b, struct settings *s, GError **error)
{
	g_auto(GStrv) environment = g_get_environ();

	for (int i = 0; i < SET_COUNT; i++) {
		g_autofree char *option = g_strconcat("--os-", settings_key(i), NULL);

		settings_set_from(s, i, b->options.setting[i], g_strdelimit(option, "_", '-'));
	}
	if (b->options.insecure)
		settings_set_from(s, SET_INSECURE, "true", "--insecure");
	return clouds_resolve(s, environment, error);
}

static gboolean create_library(struct broker *b, const struct config_file *config,
		const struct settings *s, GError **error)
{
	g_autofree char *directory = command_cache_directory();
	struct osvdi_broker_params p = {
		.cache_directory = b->options.no_cache ? NULL : directory,
		.request_timeout_s = MAX(b->options.request_timeout_s, 0),
		.config = config->text,
		.config_length = config->length,
		.config_name = config->path,
		.home = g_get_home_dir(),
		.user = b->options.user,
		.any_owner = b->options.any_owner,
		.hooks = terminal_hooks(),
	};

	b->library = library_create(s, &p, error);
	return b->library != NULL;
}

static gboolean is_insecure(const struct osvdi_broker *library)
{
	return !g_strcmp0(osvdi_broker_setting(library, "insecure"), "true") ||
			!g_strcmp0(osvdi_broker_setting(library, "verify"), "false");
}

gboolean broker_load(struct broker *b, GError **error)
{
	struct config_file config = { 0 };
	struct settings s = { 0 };

	if (b->library)
		return TRUE;
	if (config_file_read(&config, b->options.config_path, error) &&
			gather_settings(b, &s, error))
		create_library(b, &config, &s, error);
	if (b->library && is_insecure(b->library))
		terminal_warning(
				"services are not verified (insecure): anyone on the way may "
				"read and change everything");
	b->config_path = g_steal_pointer(&config.path);
	config_file_clear(&config);
	settings_clear(&s);
	return b->library != NULL;
}

char *command_cache_directory(void)
{
	return g_build_filename(g_get_user_cache_dir(), "osvdi-broker", NULL);
}

gboolean broker_open(struct broker *b, GError **error)
{
	if (!broker_load(b, error))
		return FALSE;
	osvdi_broker_set_timeout(b->library,
			b->options.has_timeout ? (int)b->options.timeout_s : -1);
	return TRUE;
}

void broker_clear(struct broker *b)
{
	osvdi_broker_destroy(b->library);
	for (int i = 0; i < SET_COUNT; i++)
		g_free(b->options.setting[i]);
	g_free(b->options.config_path);
	g_free(b->options.format_name);
	g_free(b->options.columns);
	g_free(b->options.user);
	g_free(b->options.timeout);
	g_free(b->config_path);
}

void broker_query(const struct broker *b, struct osvdi_broker_query *query)
{
	memset(query, 0, sizeof(*query));
	query->all_projects = b->options.all_projects;
	query->no_pools = b->options.no_pools;
}

struct osvdi_broker_desktop *broker_find(struct broker *b, const char *name, GError **error)
{
	struct osvdi_broker_error *e = NULL;
	struct osvdi_broker_desktop *d;
	struct osvdi_broker_query query;

	broker_query(b, &query);
	d = osvdi_broker_find(b->library, &query, name, &e);
	if (!d)
		library_fail(e, error);
	return d;
}
