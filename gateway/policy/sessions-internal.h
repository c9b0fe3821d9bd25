/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_GATEWAY_SESSIONS_INTERNAL_H
#define OSVDI_GATEWAY_SESSIONS_INTERNAL_H

/* For sessions.c and revoked.c. */
#include "sessions.h"

struct session {
	char *id, *desktop, *user;
	gint64 issued, expires, closed; /* closed: when the last channel left */
	gboolean once;
	GQueue members; /* struct member, by link */
};

/* As long as it has members. */
struct desktop {
	char *id;
	guint generation, accepted; /* of the newest session that was asked for; that got in */
	guint undecided;            /* members */
	GQueue members;             /* struct member, by desktop_link */
};

struct sessions {
	struct sessions_rules rules;
	GHashTable *sessions; /* id: struct session */
	GHashTable *desktops; /* id: struct desktop */
	GHashTable *revoked;  /* "KIND NAME": time */
};

gboolean sessions_is_revoked(const struct sessions *sessions, const char *session,
		const char *desktop, const char *user, gint64 issued);
void sessions_note_revoked(struct sessions *sessions, enum revoke_kind kind, const char *name,
		gint64 at);
void sessions_forget_revoked(struct sessions *sessions, gint64 now);

#endif
