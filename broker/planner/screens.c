/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "planner/screens.h"

#include "base/error.h"
#include "desktop/resolve.h"
#include "hooks/caller.h"
#include "picture/probe.h"

/* A server in the same data centre sends its screen within a second. */
#define LOOK_US (5 * G_USEC_PER_SEC)
#define RESOLVE_US (20 * G_USEC_PER_SEC)

/* The list has just shown it: no look at the server itself. */
static struct server *server_of(const char *id)
{
	struct server *s = g_new0(struct server, 1);

	s->id = g_strdup(id);
	s->name = g_strdup(id);
	s->status = g_strdup("ACTIVE");
	s->power_state = -1;
	s->tags = g_new0(char *, 1);
	return s;
}

static struct address *address_of(const struct screens *s, const char *id, GError **error)
{
	const struct resolve_params p = {
		.only = -1,
		.no_websocket = "a plan looks at screens by their SPICE servers alone",
		.no_wake = TRUE,
		.deadline_us = clock_now_us(cloud_clock(s->cloud)) + RESOLVE_US,
		.ca = s->spice_ca,
		.host_subject = s->config->spice_host_subject,
		.console_token_ttl_s = s->config->console_token_ttl_s,
	};
	struct server *server = server_of(id);
	struct resolve_log log = { 0 };
	struct address *address = resolve_server(s->cloud, &server, &p, &log, error);

	resolve_log_clear(&log);
	server_free(server);
	return address;
}

static gboolean is_shown(const struct probe *probe, enum ready ready)
{
	switch (ready) {
	case READY_LIT:
		return screen_is_lit(&probe->screen);
	case READY_AGENT:
		return screen_is_lit(&probe->screen) && probe->agent;
	case READY_GRAPHIC:
		break;
	}
	return screen_is_graphic(&probe->screen);
}

static gboolean look(const struct screens *s, const struct address *a, struct probe *probe,
		GError **error)
{
	const struct clock *clock = cloud_clock(s->cloud);
	const struct probe_target target = { a->host, a->port, a->tls_port, a->ca,
		a->host_subject, a->password };

	return probe_screen(&target, cloud_caller(s->cloud), clock,
			clock_now_us(clock) + LOOK_US, probe, error);
}

gboolean screens_probe(void *data, const struct session *session, const char *id,
		enum picture *picture, GError **error)
{
	const struct screens *s = data;
	const struct caller *caller = cloud_caller(s->cloud);
	g_autoptr(GError) e = NULL;
	g_autoptr(auto_address) address = address_of(s, id, &e);
	struct probe probe;

	*picture = PICTURE_UNKNOWN;
	if (address && look(s, address, &probe, &e)) {
		*picture = is_shown(&probe, session->ready) ? PICTURE_YES : PICTURE_NO;
		log_debug(caller, "desktop %s: a screen of %ux%u, %u colours%s", id,
				probe.screen.width, probe.screen.height, probe.screen.n_colours,
				probe.agent ? ", its agent runs" : "");
		return TRUE;
	}
	if (broker_error_is(e, BROKER_ERROR_AUTH) ||
			broker_error_reason(e) == OSVDI_BROKER_REASON_CANCELLED) {
		g_propagate_error(error, g_steal_pointer(&e));
		return FALSE;
	}
	log_info(caller, "desktop %s: its screen cannot be asked: %s", id, e->message);
	return TRUE;
}
