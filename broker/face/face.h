/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_FACE_H
#define OSVDI_BROKER_FACE_H

#include "cloud/cloud.h"
#include "cloud/keystone.h"
#include "compute/server.h"
#include "desktop/config.h"
#include "desktop/desktops.h"
#include "include/osvdi-broker.h"

/* The structs behind the types of osvdi-broker.h, for the files of this folder. */

struct osvdi_broker_login {
	struct token *token;
};

struct osvdi_broker {
	struct caller caller;
	struct settings settings;
	struct config config;
	char *spice_ca; /* PEM text for SPICE's own TLS, or NULL */
	char *cacert; /* PEM text that services are verified with, or NULL */
	char *user; /* whose desktops were asked for, or NULL */
	bool any_owner;
	char *user_id; /* whose desktops; NULL: everyone's, or not known yet */
	struct cloud *cloud;
	struct keystone_login second; /* the receipt of a first factor */
	gint64 deadline_us; /* of the call in progress; 0: none */
	bool one_deadline; /* deadline_us is that of all calls */
	char *profile; /* told last */
};

struct osvdi_broker_desktop {
	struct server *server;
	char *json; /* told last */
};

struct osvdi_broker_lease {
	struct lease *lease;
};

/**
 * Begin a call: its time starts to run, and from here on it is known whose desktops
 * are meant. timeout_s: 0: 300.
 */
gboolean face_begin(struct osvdi_broker *broker, int timeout_s, GError **error);

/**
 * Read the authority of SPICE's own TLS into spice_ca, where there is one. Only for calls
 * that need it, and before face_begin(), so before anything is asked of a service.
 */
gboolean face_read_spice_ca(struct osvdi_broker *broker, GError **error);

/** The same as face_begin() for what asks no service but Identity. */
void face_begin_login(struct osvdi_broker *broker);

/** Have the settings log in by the login. */
void face_take_login(struct osvdi_broker *broker, const struct osvdi_broker_login *login);

/** Whether a login is for the project of the settings, so that it serves as it is. */
gboolean face_login_fits(const struct osvdi_broker *broker,
		const struct osvdi_broker_login *login);

/** Hand an error out, redacted. Takes e over; out may be NULL. Returns NULL. */
void *face_fail(const struct osvdi_broker *broker, GError *e, struct osvdi_broker_error **out);

/** A server as a desktop; takes it over. */
struct osvdi_broker_desktop *face_desktop(struct server *server);

/** Servers as a list of desktops; empties the array. */
struct osvdi_broker_list *face_list(struct osvdi_broker *broker, GPtrArray *servers);

/** The query with the user in it. q: or NULL. */
void face_query(const struct osvdi_broker *broker, const struct osvdi_broker_query *q,
		struct desktops_query *out);

/** Copy what a caller built for this or an older version has of a params struct. */
void face_take_params(void *into, size_t size, const void *params, size_t given);

#endif
