/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_OPEN_H
#define OSVDI_BROKER_OPEN_H

#include "command.h"
#include "desktop/resolve.h"

/* What resolve and connect share: from options to an address with warnings. */

struct open_options {
	char *via;
	char *protocol;
	gboolean no_wake;
	const char *no_websocket; /* why the viewer cannot use one; NULL: it can */

	char *ca, *ws_ca; /* PEM text, after open_prepare() */
};

struct opened {
	struct server *server;
	struct address *address;
	struct resolve_log log;
	GPtrArray *warnings; /* of char * */
};

/** Option entries for the two commands. */
GOptionEntry open_option_via(struct open_options *o);
GOptionEntry open_option_protocol(struct open_options *o);
GOptionEntry open_option_no_wake(struct open_options *o);

/**
 * Check the options, read the configuration and the files that it names, before
 * anything is asked of a service.
 */
gboolean open_prepare(struct broker *b, struct open_options *o, GError **error);

gboolean open_wants_vnc(const struct open_options *o);
/** Only the WebSocket will do: --via websocket. */
gboolean open_wants_websocket(const struct open_options *o);

/** Find the desktop, wake it, find its console. After open_prepare() and broker_open(). */
gboolean desktop_open(struct broker *b, const struct open_options *o, const char *name, struct opened *out, GError **error);

void open_options_clear(struct open_options *o);
void opened_clear(struct opened *a);

#endif
