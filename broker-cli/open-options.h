/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_OPEN_OPTIONS_H
#define OSVDI_BROKER_OPEN_OPTIONS_H

#include "command.h"
#include "desktop/open.h"

/* resolve and connect share this way from options to an open desktop. */

struct open_options {
	char *via_name; /* --via, or NULL */
	char *protocol; /* --protocol, or NULL */
	gboolean no_wake;
	const char *no_websocket; /* why the viewer cannot use one; NULL: it can */

	int way; /* after open_prepare(): an enum resolve_way, or -1: any */
	gboolean vnc; /* after open_prepare() */
	char *ca, *ws_ca; /* PEM text, after open_prepare() */
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

/** Find the desktop, wake it, find its console. After open_prepare() and broker_open(). */
gboolean open_run(struct broker *b, const struct open_options *o, const char *name,
		struct opened *out, GError **error);

/** Print what the user should know of it. */
void open_show_warnings(const struct opened *opened);

void open_options_clear(struct open_options *o);

#endif
