/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_ACCESS_H
#define OSVDI_BROKER_ACCESS_H

#include "command.h"
#include "resolve.h"

/* What resolve and connect share: from options to an address with warnings. */

struct access_options {
	char *via;
	char *protocol;
	gboolean no_wake;
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

/** Check the options' words, before anything is asked of a service. */
gboolean access_check(const struct access_options *o, GError **error);

/** Find the desktop, wake it, find its console. The session is open. */
gboolean access_run(struct broker *b, const struct access_options *o, const char *name, struct access *out, GError **error);

void access_options_clear(struct access_options *o);
void access_clear(struct access *a);

#endif
