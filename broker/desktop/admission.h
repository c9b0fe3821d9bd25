/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_ADMISSION_H
#define OSVDI_BROKER_ADMISSION_H

#include "compute/nova.h"

/*
 * Whether a desktop that a plan made for a class is for a user, now. Any other desktop
 * is for everyone. What the desktop's notes do not tell clearly counts as no.
 */
enum admission {
	ADMISSION_YES,
	ADMISSION_NOT_READY, /* no picture was seen yet */
	ADMISSION_TOO_EARLY,
	ADMISSION_OVER,
	ADMISSION_OTHERS, /* the class is for others */
};

struct admitted {
	struct cloud *cloud;
	const char *owner; /* pool_owner() of the user */
	GHashTable *groups; /* the user's: name or id -> id; NULL: not asked yet */
};

/** Errors: those of a request to Keystone, for classes of a group. */
gboolean admission_check(struct admitted *who, const struct server *s, enum admission *answer,
		GError **error);
/**
 * Whether a desktop may still be opened by whoever holds it: not when it is deleted now.
 * Errors: NOT_READY.
 */
gboolean admission_may_open(struct cloud *cloud, const struct server *s, GError **error);
/** Whether the desktop is for anybody at all at this time. */
gboolean admission_is_open(const struct server *s, gint64 now);
/**
 * Whether the user is in a group, by name or id, whose id is given then.
 * Errors: those of a request to Keystone.
 */
gboolean admission_is_member(struct admitted *who, const char *group, gboolean *yes, char **id,
		GError **error);
void admitted_clear(struct admitted *who);

/** The cause as a sentence's end ("opens at ..."). Free with g_free(). */
char *admission_text(enum admission answer, const struct server *s);

#endif
