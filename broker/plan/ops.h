/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PLAN_OPS_H
#define OSVDI_BROKER_PLAN_OPS_H

#include "plan/session.h"

/* The answer of a look at a screen. */
enum picture {
	PICTURE_UNKNOWN, /* the screen could not be asked, for whatever cause */
	PICTURE_NO,
	PICTURE_YES,
};

/*
 * The requests of a run to a cloud, a real one or a simulated one.
 * All return FALSE or NULL with an error; a run that meets one of the code
 * BROKER_ERROR_SERVICE or BROKER_ERROR_AUTH stops.
 */
struct plan_ops {
	/* Key pairs: their names are the lock of lock.h. */
	gboolean (*add_key)(void *data, const char *name, GError **error);
	gboolean (*remove_key)(void *data, const char *name, GError **error); /* gone: TRUE */
	GPtrArray *(*list_keys)(void *data, GError **error); /* char * */

	/** All desktops with the metadata osvdi:class, osvdi:pool or osvdi:idle, as struct
	 * seen. *incomplete: some may be missing. Owner: g_ptr_array_unref(). */
	GPtrArray *(*list)(void *data, gboolean *incomplete, GError **error);

	/** Make one desktop with that key pair. Refused when there is no such pair. */
	gboolean (*create)(void *data, const struct session *session, const char *key,
			GError **error);
	gboolean (*remove)(void *data, const char *id, GError **error); /* gone: TRUE */
	gboolean (*rest)(void *data, const char *id, enum rest rest, GError **error);
	/** One desktop, but for its viewers; NULL without an error: it is gone. Owner:
	 * seen_free(). */
	struct seen *(*look)(void *data, const char *id, GError **error);

	/** *done: FALSE: the desktop is gone, or takes no tag now; or, for a tag to add, has
	 * it already. */
	gboolean (*tag)(void *data, const char *id, const char *tag, gboolean add, gboolean *done,
			GError **error);
	char **(*tags)(void *data, const char *id, GError **error);

	/** Whether its screen shows what the session wants. Sends viewers away, so only for
	 * desktops that nobody has claimed. */
	gboolean (*probe)(void *data, const struct session *session, const char *id,
			enum picture *picture, GError **error);

	/** Something to report: what was done, and what failed. */
	void (*tell)(void *data, const char *id, const char *what, const char *why);

	void (*pause)(void *data); /* for about a second */
	gint64 (*now)(void *data); /* seconds since 1970 */
	guint32 (*nonce)(void *data);
};

#endif
