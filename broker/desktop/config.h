/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_CONFIG_H
#define OSVDI_BROKER_CONFIG_H

#include <glib.h>
#include <json-glib/json-glib.h>

#include "base/yaml-tree.h"

/*
 * The broker's own configuration, broker.yaml: what OpenStack does not know.
 * The program finds the file.
 */
struct config {
	struct yaml *file;
	char *path; /* where it was found; NULL: nowhere */
	const char *home; /* for ~; NULL: ~ stays as it is. Borrowed */
	char *desktop; /* the default desktop, or NULL */
	char *viewer; /* or NULL */
	char *spice_ca_file; /* or NULL; ~ is the home */
	char *spice_ca_place; /* "broker.yaml:4 (ca)", for messages */
	char *spice_host_subject; /* or NULL */
	char **plan_viewers; /* addresses that tell viewers: planner/viewers.h; or NULL */
	int console_token_ttl_s; /* 600, as Nova's default */
	int lease_warning_s; /* warn this long before a lease's end; 1 h */
};

/** The defaults. home: for ~; or NULL. Owner: config_clear(). */
void config_init(struct config *c, const char *home);

/**
 * Take what a file says. c takes the file over in any case.
 * Errors: BROKER_ERROR_USAGE naming the file and what is wrong in it.
 */
gboolean config_take(struct config *c, struct yaml *file, const char *path, GError **error);

/** The same from a text; path is for messages. After config_init(). */
gboolean config_parse(struct config *c, const char *path, const char *data, gsize length,
		GError **error);
void config_clear(struct config *c);

/** The profile of that name, or NULL. Borrowed. */
JsonObject *config_profile(const struct config *c, const char *name);

#endif
