/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_GATEWAY_SESSIONS_H
#define OSVDI_GATEWAY_SESSIONS_H

#include "cause.h"
#include "ticket/ticket.h"

/*
 * Which tickets are in use, which have been, and which are revoked. No I/O: the time
 * comes as an argument, in seconds since 1970. One thread.
 */
struct sessions;
struct session;
struct desktop;

struct sessions_rules {
	gint64 skew_s;     /* by which clocks may differ */
	gint64 grace_s;    /* for so long a session without channels may come back */
	gint64 max_life_s; /* of a ticket */
};

/* A channel; part of what owns it. */
struct member {
	struct session *session;
	struct desktop *desktop;
	GList link, desktop_link;
	guint generation;   /* 0: it has said nothing yet */
	gboolean undecided; /* asked for a new session; the desktop has not answered */
	void (*end)(struct member *member, enum cause cause); /* may leave at once */
};

struct sessions *sessions_new(const struct sessions_rules *rules);
void sessions_free(struct sessions *sessions);

/** member->end is set by the caller. REFUSE_NOTHING: it is in, until it leaves. */
enum refusal sessions_join(struct sessions *sessions, const struct ticket *ticket, gint64 now,
		struct member *member);
void sessions_leave(struct sessions *sessions, struct member *member, gint64 now);

/**
 * Takeover. A desktop has one viewer: when the desktop has accepted a new session,
 * all that spoke before end with END_TAKEN. Channels that have said nothing stay: by
 * them osvdi-viewer tells a takeover from a break.
 */
void member_speaks(struct member *member, gboolean new_session);
void member_answered(struct member *member, gboolean accepted);

/** Whether a channel that the desktop ends now ends because of another viewer. */
gboolean member_is_taken(const struct member *member);

/** Channels of the member's session that have said nothing. */
guint member_silent(const struct member *member);

enum revoke_kind {
	REVOKE_SESSION,
	REVOKE_DESKTOP, /* all its tickets that were issued until now */
	REVOKE_USER,
};

/** Returns how many channels end. */
guint sessions_revoke(struct sessions *sessions, enum revoke_kind kind, const char *name,
		gint64 now);

/** Ends what has expired, forgets what does not matter any more. */
void sessions_tick(struct sessions *sessions, gint64 now);

/* The text to keep over a restart: a line "KIND TIME NAME" for each revocation. */
char *sessions_format_revoked(const struct sessions *sessions);
gboolean sessions_parse_revoked(struct sessions *sessions, const char *text);
gboolean revoke_kind_parse(const char *text, enum revoke_kind *kind);

struct session_info {
	const char *session, *desktop, *user;
	gint64 expires;
	guint channels;
};

void sessions_foreach(struct sessions *sessions,
		void (*func)(const struct session_info *info, gpointer data), gpointer data);
guint sessions_count_open(const struct sessions *sessions);

#endif
