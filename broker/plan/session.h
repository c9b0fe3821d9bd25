/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PLAN_SESSION_H
#define OSVDI_BROKER_PLAN_SESSION_H

#include "plan/when.h"

/* The fate of a desktop that a user holds when its session is over. One that nobody holds
 * is deleted either way. */
enum after {
	AFTER_SAVE, /* shelved */
	AFTER_DELETE, /* deleted once no viewer is seen; shelved when there is one */
};

/* One meeting of a class: so many desktops for a window of time. */
struct session {
	const char *class_id; /* metadata osvdi:class of its desktops */
	struct window window; /* its start is their metadata osvdi:session */
	int count, spares;
	int prepare_s; /* the first desktop is made so long before the start */
	int boot_limit_s; /* a desktop that has no picture then is replaced */
	int grace_s; /* after the end, for those who are still at work */
	enum after after;
	const void *class_data; /* for whoever makes the desktops */
};

enum seen_status {
	SEEN_BUILD,
	SEEN_ACTIVE,
	SEEN_OFF, /* shut down, paused, suspended */
	SEEN_SHELVED,
	SEEN_ERROR,
	SEEN_BUSY, /* something is under way: leave it alone */
	SEEN_UNREACHED, /* the cloud does not say */
};

enum seen_viewer {
	VIEWER_UNKNOWN,
	VIEWER_NONE,
	VIEWER_THERE,
};

/* A desktop as the cloud shows it. Only what has the metadata osvdi:class is one. */
struct seen {
	char *id;
	char *class_id;
	gint64 session; /* start of the window; 0: not told */
	gint64 until; /* end of the window; 0: not told */
	gint64 created;
	enum seen_status status;
	enum seen_viewer viewer;
	char **tags;
};

void seen_free(struct seen *seen);

/* Tag of a desktop whose picture was seen. */
#define TAG_READY "osvdi-ready"
/* The plan's own name among the owners of claims: see desktop/pool-tags.h. */
#define PLAN_OWNER "osvdi-plan"

/** Whether a user has a claim on it. The plan's own claims do not count. */
gboolean seen_is_claimed(const struct seen *seen);
/** Whether the plan has claimed it, to delete it. */
gboolean seen_is_retiring(const struct seen *seen);
gboolean seen_is_ready(const struct seen *seen);

#endif
