/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_ACCOUNT_H
#define OSVDI_PORTAL_ACCOUNT_H

#include "place.h"

/*
 * One person at the cloud: a token of Keystone, never a password for longer than the
 * login takes.
 *
 * Thread: any, but for account_log_in() and account_enter(), of which one runs at a
 * time. All that ask the cloud block.
 * Owner:  account_unref(). The last one overwrites what is secret.
 */
struct account;

enum account_kind {
	ACCOUNT_BY_PASSWORD,
	ACCOUNT_BY_CREDENTIAL, /* an application credential: name is its id */
	ACCOUNT_BY_PROVIDER, /* an access token of OpenID Connect, by Keystone's federation */
};

struct account_params {
	enum account_kind kind;
	const char *name;
	const char *domain; /* of the user; NULL or "": the cloud's */
	const char *secret;
	const char *identity_provider, *protocol; /* at Keystone, for ACCOUNT_BY_PROVIDER */
};

enum account_step {
	ACCOUNT_REFUSED,
	ACCOUNT_WANTS_PASSCODE,
	ACCOUNT_IN,
};

/** No request is sent yet. NULL and trouble. place: borrowed. */
struct account *account_new(const struct place *place, const struct account_params *params,
		struct trouble *trouble);
struct account *account_ref(struct account *account);
void account_unref(struct account *account);

/** passcode: after ACCOUNT_WANTS_PASSCODE; else NULL. */
enum account_step account_log_in(struct account *account, const char *passcode,
		struct trouble *trouble);

/** As osvdi_broker_projects(). */
struct osvdi_broker_projects *account_projects(struct account *account, struct trouble *trouble);
/** Be in this project from now on. */
gboolean account_enter(struct account *account, const char *project_id, struct trouble *trouble);

/** FALSE: the cloud does not know the login any more. */
gboolean account_is_known(struct account *account);

/** The name, for pages and the record. */
const char *account_user(const struct account *account);
/** The project's name, NULL while none is chosen. Owner: g_free(). */
char *account_project_name(struct account *account);
gboolean account_is_in_project(struct account *account);
/** When the login ends at the latest: seconds since 1970. */
gint64 account_expires(struct account *account);

/** Nobody waits any more: calls in progress end within 0.2 s, and no other begins. */
void account_end(struct account *account);
/** Have the cloud forget the logins, after account_end(). */
void account_log_out(struct account *account);

/* ------------------------------------------------- brokers, for this folder */

/** Who waits for a call. Each may be NULL. */
struct account_watch {
	gboolean (*cancelled)(void *data);
	void (*progress)(void *data, const char *status);
	void *data;
};

/** A broker in the account's project, for one thread; give it back with account_give(). */
struct account_line {
	struct osvdi_broker *broker;
	struct account *account;
	const struct account_watch *watch;
};

struct account_line *account_take(struct account *account, const struct account_watch *watch,
		struct trouble *trouble);
void account_give(struct account_line *line);

#endif
