/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_ACCESS_H
#define OSVDI_BROKER_ACCESS_H

#include "command.h"
#include "desktop/resolve.h"

/* What resolve and connect share: from options to an address with warnings. */

struct access_options {
	char *via;
	char *protocol;
	gboolean no_wake;
	const char *no_websocket; /* why the viewer cannot use one; NULL: it can */

	char *ca, *ws_ca; /* PEM text, after access_prepare() */
};

struct access {
	struct server *server;
	struct address *address;
	struct resolve_log log;
	GPtrArray *warnings; /* of char * */
};

/** Option entries for the two commands. */
GOptionEntry access_option_via(struct access_options *o);
GOptionEntry access_option_protocol(struct access_options *o);
GOptionEntry access_option_no_wake(struct access_options *o);

/**
 * Check the options, read the configuration and the files that it names, before
 * anything is asked of a service.
 */
gboolean access_prepare(struct broker *b, struct access_options *o, GError **error);

gboolean access_wants_vnc(const struct access_options *o);
/** Only the WebSocket will do: --via websocket. */
gboolean access_wants_websocket(const struct access_options *o);

/** Find the desktop, wake it, find its console. After access_prepare() and broker_open(). */
gboolean access_run(struct broker *b, const struct access_options *o, const char *name, struct access *out, GError **error);

void access_options_clear(struct access_options *o);
void access_clear(struct access *a);

#endif
