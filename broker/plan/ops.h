/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PLAN_OPS_H
#define OSVDI_BROKER_PLAN_OPS_H

#include "plan/session.h"

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

	/** All desktops with the metadata osvdi:class, as struct seen. *incomplete: some
	 * may be missing. Owner: g_ptr_array_unref(). */
	GPtrArray *(*list)(void *data, gboolean *incomplete, GError **error);

	/** Make one desktop with that key pair. Refused when there is no such pair. */
	gboolean (*create)(void *data, const struct session *session, const char *key,
			GError **error);
	gboolean (*remove)(void *data, const char *id, GError **error); /* gone: TRUE */
	gboolean (*shelve)(void *data, const char *id, GError **error);

	/** *done: FALSE: the desktop is gone, or takes no tag now; or, for a tag to add, has
	 * it already. */
	gboolean (*tag)(void *data, const char *id, const char *tag, gboolean add, gboolean *done,
			GError **error);
	char **(*tags)(void *data, const char *id, GError **error);

	/** Whether its screen shows a picture of the desktop, not of the firmware. */
	gboolean (*probe)(void *data, const char *id, gboolean *picture, GError **error);

	/** Something to report: what was done, and what failed. */
	void (*tell)(void *data, const char *id, const char *what, const char *why);

	void (*pause)(void *data); /* for about a second */
	gint64 (*now)(void *data); /* seconds since 1970 */
	guint32 (*nonce)(void *data);
};

#endif
