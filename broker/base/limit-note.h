/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_BASE_LIMIT_NOTE_H
#define OSVDI_BROKER_BASE_LIMIT_NOTE_H

#include <glib.h>

/*
 * How many desktops one user, or a group's users together, may have awake at once. A plan
 * notes the limits of a desktop in the desktop's metadata, one in each value, for the
 * brokers of users: "most=2&flavor=gpu&group=students".
 */
struct limit {
	int most;
	gboolean together; /* the group's users together; else each user */
	char *pool, *flavor; /* which desktops count: one of the two is set */
	char *group; /* of Keystone, name or id: for its users alone; or NULL */
};

#define LIMIT_META "osvdi:limit.%d"
#define LIMIT_META_MAX 10 /* notes of a desktop */
#define LIMIT_NOTE_MAX 255 /* bytes of Nova's values */

void limit_free(struct limit *limit);

/** The note of a limit. Free with g_free(). */
char *limit_note(const struct limit *limit);
/** NULL: it is not understood. Owner: limit_free(). */
struct limit *limit_parse(const char *note);

#endif
