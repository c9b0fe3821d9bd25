/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "serve/server.h"
#include "visit/dispatch.h"
#include "visit/portal.h"

#include <curl/curl.h>
#include <glib.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define USAGE \
	"Usage: osvdi-portal serve CONFIG\n" \
	"       osvdi-portal check CONFIG\n" \
	"\n" \
	"Web pages where users find, wake and open their desktops.\n" \
	"\n" \
	"  serve  run the portal\n" \
	"  check  read the configuration and what it names, and say what is wrong\n" \
	"\n" \
	"Exit status: 0, 1 it failed, 2 usage. See osvdi-portal(8).\n"

/* GLib would send messages to standard output, where the record goes. */
static GLogWriterOutput write_log(
		GLogLevelFlags level, const GLogField *fields, gsize n, gpointer data)
{
	g_autofree char *text = g_log_writer_format_fields(level, fields, n, FALSE);

	if (!(level & (G_LOG_LEVEL_DEBUG | G_LOG_LEVEL_INFO)))
		fprintf(stderr, "%s\n", text);
	return G_LOG_WRITER_HANDLED;
}

static void reload(struct portal *portal, struct http_server *server)
{
	g_autoptr(GError) error = NULL;

	http_server_lock(server);
	if (portal_reload(portal, &error))
		g_message("The keys were read again");
	else
		g_warning("The keys were not read again: %s", error->message);
	http_server_unlock(server);
}

/* Until a signal ends the program. */
static void wait_for_end(struct portal *portal, struct http_server *server, const sigset_t *signals)
{
	const struct timespec second = { .tv_sec = 1 };
	int number;

	for (;;) {
		number = sigtimedwait(signals, NULL, &second);
		if (number == SIGTERM || number == SIGINT)
			return;
		if (number == SIGHUP)
			reload(portal, server);
		http_server_lock(server);
		portal_tick(portal);
		http_server_unlock(server);
	}
}

/* Signals are blocked before the first thread begins: they are main()'s. */
static void block_signals(sigset_t *signals)
{
	sigemptyset(signals);
	sigaddset(signals, SIGTERM);
	sigaddset(signals, SIGINT);
	sigaddset(signals, SIGHUP);
	sigprocmask(SIG_BLOCK, signals, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static gboolean serve(struct portal *portal, GError **error)
{
	struct http_server *server;
	sigset_t signals;

	block_signals(&signals);
	portal_open(portal);
	server = http_server_new(portal->config, portal->crew, visit_answer, portal, error);
	if (!server)
		return FALSE;
	g_message("Listening at %s", portal->config->listen);
	wait_for_end(portal, server, &signals);
	http_server_lock(server);
	portal_end(portal);
	http_server_unlock(server);
	http_server_free(server);
	return TRUE;
}

static int run(const char *command, const char *config)
{
	g_autoptr(GError) error = NULL;
	struct portal *portal;
	gboolean ok;

	curl_global_init(CURL_GLOBAL_DEFAULT);
	portal = portal_new(config, &error);
	ok = portal != NULL && (strcmp(command, "check") == 0 || serve(portal, &error));
	if (!ok)
		g_printerr("osvdi-portal: %s\n", error->message);
	portal_free(portal);
	curl_global_cleanup();
	return ok ? 0 : 1;
}

int main(int argc, char **argv)
{
	const char *command = argc > 1 ? argv[1] : "";

	g_log_set_writer_func(write_log, NULL, NULL);
	if (sodium_init() < 0) {
		fputs("osvdi-portal: libsodium does not start\n", stderr);
		return 1;
	}
	if (strcmp(command, "--help") == 0 || strcmp(command, "-h") == 0) {
		fputs(USAGE, stdout);
		return 0;
	}
	if (strcmp(command, "--version") == 0) {
		puts("osvdi-portal " OSVDI_VERSION);
		return 0;
	}
	if (argc == 3 && (strcmp(command, "serve") == 0 || strcmp(command, "check") == 0))
		return run(command, argv[2]);
	fputs(USAGE, stderr);
	return 2;
}
