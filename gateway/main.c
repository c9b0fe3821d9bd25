/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "output.h"
#include "serve.h"

#include <glib.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define USAGE \
	"Usage: osvdi-gateway serve CONFIG\n" \
	"       osvdi-gateway ticket --keys FILE --desktop ID --user NAME --way WAY\n" \
	"                            --host HOST --port PORT [OPTION...]\n" \
	"       osvdi-gateway new-key ID\n" \
	"       osvdi-gateway admin SOCKET COMMAND...\n" \
	"\n" \
	"Lets users with a ticket reach their desktops, by WebSocket or by CONNECT.\n" \
	"\n" \
	"  serve    run the gateway\n" \
	"  ticket   print a sealed ticket; \"osvdi-gateway ticket --help\" lists the options\n" \
	"  new-key  print a line for the file of keys\n" \
	"  admin    ask a running gateway: list, revoke session|desktop|user NAME, drain,\n" \
	"           metrics\n" \
	"\n" \
	"Exit status: 0, 1 it failed, 2 usage. See osvdi-gateway(8).\n"

/* GLib would send messages to standard output, where the record and tickets go. */
static GLogWriterOutput write_log(GLogLevelFlags level, const GLogField *fields, gsize n,
		gpointer data)
{
	g_autofree char *text = g_log_writer_format_fields(level, fields, n, FALSE);

	if (level & (G_LOG_LEVEL_DEBUG | G_LOG_LEVEL_INFO))
		return G_LOG_WRITER_HANDLED;
	fprintf(stderr, "%s\n", text);
	return G_LOG_WRITER_HANDLED;
}

static int usage_error(void)
{
	fputs(USAGE, stderr);
	return 2;
}

int main(int argc, char **argv)
{
	const char *command = argc > 1 ? argv[1] : "";

	g_log_set_writer_func(write_log, NULL, NULL);
	if (sodium_init() < 0) {
		fputs("osvdi-gateway: libsodium does not start\n", stderr);
		return 1;
	}
	if (strcmp(command, "--help") == 0 || strcmp(command, "-h") == 0)
		return output_text(USAGE) ? 0 : 1;
	if (strcmp(command, "--version") == 0)
		return output_text("osvdi-gateway " OSVDI_VERSION "\n") ? 0 : 1;
	if (strcmp(command, "serve") == 0 && argc == 3)
		return serve(argv[2]);
	if (strcmp(command, "ticket") == 0)
		return ticket_command(argc - 1, argv + 1);
	if (strcmp(command, "new-key") == 0)
		return new_key_command(argc - 1, argv + 1);
	if (strcmp(command, "admin") == 0 && argc >= 4)
		return admin_command(argv[2], argc - 3, argv + 3);
	return usage_error();
}
