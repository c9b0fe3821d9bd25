/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_PERSON_H
#define OSVDI_PORTAL_PERSON_H

#include "cloud/task.h"

struct portal;

/* Someone with a cookie of ours: logged in, or halfway there. */
struct person {
	gatomicrefcount refs;
	struct portal *portal;
	struct account *account;
	gboolean wants_passcode; /* not in yet */
	gboolean by_provider; /* of identities, which has a login of theirs too */
	gboolean busy; /* a worker logs the account in, or into a project */
	GPtrArray *sessions; /* ids of tickets that were given, of char *; the latest last */
	GPtrArray *tasks; /* of struct task; the latest last */
	GHashTable *names; /* of desktops, by id, as the last list had them */
};

/** account: taken over. */
struct person *person_new(struct portal *portal, struct account *account);
struct person *person_ref(struct person *person);
void person_unref(struct person *person);

/** End all that goes on for someone who leaves, and the login at the cloud; unref. */
void person_free(gpointer person);

/** Remember a ticket by its session. */
void person_add_session(struct person *person, const char *session);
/** Whoever leaves by themselves ends what they have opened. */
void person_end_sessions(struct person *person);

/** Keep a task, taken over, and forget old ones. FALSE: too many are under way. */
gboolean person_add_task(struct person *person, struct task *task);
void person_drop_task(struct person *person, struct task *task);
struct task *person_find_task(struct person *person, const char *id);

/** The latest task that opens a desktop; or NULL. */
struct task *person_find_open(struct person *person, const char *desk_id);

void person_keep_names(struct person *person, const GPtrArray *desks);
/** The name of a desktop, or its id. */
const char *person_desk_name(struct person *person, const char *id);

#endif
