/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "serve.h"

#include "admin/admin.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

struct server {
	struct watch signals; /* first: events find the server by it */
	struct loop *loop;
	struct config *config;
	struct gateway *gateway;
	struct admin *admin;
	guint asked_to_end;
};

static void reload(struct server *server)
{
	g_autoptr(GError) error = NULL;

	if (gateway_reload(server->gateway, &error))
		g_message("Keys, certificates and authorities were read again");
	else
		g_warning("Nothing was read again: %s", error->message);
}

static void on_signal(struct watch *watch, guint32 events)
{
	struct server *server = (struct server *)watch;
	struct signalfd_siginfo info;

	while (read(watch->fd, &info, sizeof info) == sizeof info) {
		if (info.ssi_signo == SIGHUP)
			reload(server);
		else
			gateway_drain(server->gateway, server->asked_to_end++ > 0);
	}
}

static gboolean take_signals(struct server *server)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN); /* OpenSSL writes without MSG_NOSIGNAL */
	server->signals = (struct watch){ .fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC),
		.ready = on_signal };
	if (server->signals.fd >= 0)
		loop_watch(server->loop, &server->signals, EPOLLIN);
	return server->signals.fd >= 0;
}

/* Two descriptors a channel, and some. */
static void raise_limit(const struct config *config)
{
	struct rlimit limit;
	rlim_t wanted = 2 * (rlim_t)config->limits.connections + 64;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = MIN(wanted, limit.rlim_max);
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur < wanted)
		g_warning("Only %lu descriptors are allowed, %lu connections want %lu",
				(unsigned long)limit.rlim_cur,
				(unsigned long)config->limits.connections, (unsigned long)wanted);
}

static void on_tick(gpointer data)
{
	struct server *server = data;

	if (!gateway_tick(server->gateway))
		loop_quit(server->loop);
}

/* Signals are blocked before the resolver's threads begin: they are the loop's. */
static gboolean start(struct server *server, const char *config_file, GError **error)
{
	server->config = config_load(config_file, error);
	if (!server->config || !(server->loop = loop_new(error)))
		return FALSE;
	raise_limit(server->config);
	if (!take_signals(server)) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "signalfd: %s",
				g_strerror(errno));
		return FALSE;
	}
	server->gateway = gateway_new(server->config, server->loop, error);
	if (!server->gateway)
		return FALSE;
	server->admin = admin_new(server->gateway, server->loop, server->config, error);
	return server->admin != NULL;
}

static void stop(struct server *server)
{
	admin_free(server->admin);
	gateway_free(server->gateway);
	if (server->loop) {
		loop_unwatch(server->loop, &server->signals);
		if (server->signals.fd > 0)
			close(server->signals.fd);
	}
	loop_free(server->loop);
	config_free(server->config);
}

int serve(const char *config_file)
{
	struct server server = { .asked_to_end = 0 };
	g_autoptr(GError) error = NULL;
	gboolean ok = start(&server, config_file, &error);

	if (ok)
		loop_run(server.loop, on_tick, &server);
	else
		g_printerr("osvdi-gateway: %s\n", error->message);
	stop(&server);
	return ok ? 0 : 1;
}
