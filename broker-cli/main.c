/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <curl/curl.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "command.h"
#include "terminal.h"

static char *describe_commands(void)
{
	GString *out = g_string_new("Commands (osvdi-broker COMMAND --help tells more):");

	for (const struct command *c = command_table; c->name; c++)
		g_string_append_printf(out, "\n  %-10s %s", c->name, c->summary);
	g_string_append(out,
			"\n\nExit codes: 0 ok, 1 local failure, 2 usage, "
			"3 not authenticated or not allowed,\n"
			"4 not found, 5 not ready or not in time, 6 a service failed.");
	return g_string_free(out, FALSE);
}

static const struct command *find_command(const char *name, GError **error)
{
	g_autofree char *shown = NULL;

	for (const struct command *c = command_table; c->name; c++)
		if (!strcmp(c->name, name))
			return c;
	shown = text_clean(name, 60);
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
			"there is no command \"%s\"; see osvdi-broker --help", shown);
	return NULL;
}

/* The options before the command are those of every command. */
static gboolean parse_front(struct broker *b, int *argc, char ***argv, GError **error)
{
	g_autoptr(GOptionContext) context = g_option_context_new("COMMAND [ARGUMENT...]");
	g_autofree char *commands = describe_commands();
	GOptionGroup *group = command_global_options(b);

	g_option_context_set_summary(context,
			"From a user's name to a running desktop's SPICE address, on OpenStack.");
	g_option_context_set_description(context, commands);
	g_option_context_set_strict_posix(context, TRUE);
	g_option_context_set_main_group(context, group);
	if (g_option_context_parse(context, argc, argv, error))
		return TRUE;
	return command_hint("osvdi-broker", error);
}

static gboolean run(struct broker *b, int argc, char **argv, GError **error)
{
	const struct command *c;
	char help[] = "--help";

	/* "help" and "help COMMAND", as other programs have it */
	if (argc > 1 && argc < 4 && !strcmp(argv[1], "help")) {
		argv[1] = argc > 2 ? argv[2] : help;
		argv[2] = argc > 2 ? help : NULL;
	}
	if (!parse_front(b, &argc, &argv, error))
		return FALSE;
	if (argc < 2) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
				"a command is missing; see osvdi-broker --help");
		return FALSE;
	}
	c = find_command(argv[1], error);
	return c && c->run(b, c, argc - 1, argv + 1, error);
}

/*
 * A closed descriptor 0, 1 or 2 would become the number of a connection to the
 * cloud, and our own words would be written into that. What takes its place can be
 * written to as little as before.
 */
static gboolean fill_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY | O_NOCTTY) != fd)
			return FALSE;
	return TRUE;
}

/* GLib prints --help itself. */
static void on_print(const char *text)
{
	g_autoptr(GError) error = NULL;

	if (output_text(text, &error))
		return;
	fprintf(stderr, "osvdi-broker: %s\n", error->message);
	exit(broker_error_exit_code(error));
}

int main(int argc, char **argv)
{
	struct broker b = { .options.request_timeout_s = NO_REQUEST_TIMEOUT };
	GError *error = NULL;
	int code;

	if (!fill_descriptors())
		return BROKER_ERROR_FAILED;
	setlocale(LC_ALL, "");
	g_set_print_handler(on_print);
	/* A core file would hold the password. A viewer started later has its own. */
	prctl(PR_SET_DUMPABLE, 0);
	g_set_prgname("osvdi-broker");
	run(&b, argc, argv, &error);
	terminal_end_progress();
	code = broker_error_exit_code(error);
	if (error)
		terminal_error(error->message);
	g_clear_error(&error);
	broker_clear(&b);
	/* One thread needs no curl_global_init() of its own: the first curl_easy_init() does
	 * that, when the kept login's key has been made, so that the two do not need their
	 * memory at the same time. */
	curl_global_cleanup();
	terminal_forget();
	return code;
}
