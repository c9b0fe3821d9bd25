/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_OPEN_OPTIONS_H
#define OSVDI_BROKER_OPEN_OPTIONS_H

#include "command.h"

/* resolve and connect share this way from options to an open desktop. */

struct open_options {
	char *via_name; /* --via, or NULL */
	char *protocol; /* --protocol, or NULL */
	gboolean no_wake;
	const char *no_websocket; /* why the viewer cannot use one; NULL: it can */

	gboolean delete_file; /* the connection file asks its viewer to delete it */

	enum osvdi_broker_way way; /* after open_prepare() */
	gboolean vnc; /* after open_prepare() */
};

/** Option entries for the two commands. */
GOptionEntry open_option_via(struct open_options *o);
GOptionEntry open_option_protocol(struct open_options *o);
GOptionEntry open_option_no_wake(struct open_options *o);

/** Check the options and broker_load(), before anything is asked of a service. */
gboolean open_prepare(struct broker *b, struct open_options *o, GError **error);

/**
 * Find the desktop, wake it, find its console. After open_prepare() and broker_open().
 * Owner: osvdi_broker_opened_free().
 */
struct osvdi_broker_opened *open_run(struct broker *b, const struct open_options *o,
		const char *name, GError **error);

/** Print what the user should know of it. */
void open_show_warnings(const struct osvdi_broker_opened *opened);

void open_options_clear(struct open_options *o);

#endif
