/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PLAN_SESSION_H
#define OSVDI_BROKER_PLAN_SESSION_H

#include "base/plan-names.h"
#include "plan/when.h"

/* The fate of a desktop that a user holds when its session is over. One that nobody holds
 * is deleted either way. */
enum after {
	AFTER_SAVE, /* shelved */
	AFTER_DELETE, /* deleted after the grace; shelved then unless no viewer is seen */
};

/* The picture that tells that a desktop is ready. */
enum ready {
	READY_GRAPHIC, /* more colours than text has */
	READY_LIT, /* anything but one colour: for desktops that show text */
	READY_AGENT, /* and the guest's SPICE agent runs: for firmware with a logo */
};

/* One meeting of a class: so many desktops for a window of time. */
struct session {
	const char *class_id; /* metadata osvdi:class of its desktops */
	struct window window; /* its start is their metadata osvdi:session */
	int count, spares;
	int prepare_s; /* the first desktop is made so long before the start */
	int boot_limit_s; /* a desktop that has no picture then is replaced */
	int open_s; /* users may take a desktop so long before the start */
	int grace_s; /* after the end, for those who are still at work */
	enum after after;
	enum ready ready;
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

/* The fate of a desktop that nobody uses. */
enum rest {
	REST_SHELVE, /* frees its GPU */
	REST_SUSPEND,
	REST_STOP,
};

/* A desktop as the cloud shows it: of a class, of a pool, or one that may be put to rest. */
struct seen {
	char *id;
	char *class_id; /* NULL: of no class */
	char *pool, *idle_id; /* metadata osvdi:pool, osvdi:idle; or NULL */
	gint64 session; /* start of the window; 0: not told */
	gint64 until; /* end of the window; 0: not told */
	gint64 created;
	enum seen_status status;
	enum seen_viewer viewer;
	gint64 last_input; /* of a viewer; 0: never since the guest began; -1: not known */
	gboolean shut_down; /* SEEN_OFF: and nothing of it is in memory */
	gboolean locked, busy; /* by an administrator; it says that it works */
	char *fault; /* why it is in SEEN_ERROR; or NULL */
	char **tags;
};

void seen_free(struct seen *seen);

/* Tag of a desktop whose picture was seen. */
#define TAG_READY PLAN_TAG_READY
/* The plan's own name among the owners of claims: see desktop/pool-tags.h. */
#define PLAN_OWNER "osvdi-plan"

/** Whether a user has a claim on it. The plan's own claims do not count. */
gboolean seen_is_claimed(const struct seen *seen);
/** Whether the plan has claimed it, to delete it. */
gboolean seen_is_retiring(const struct seen *seen);
gboolean seen_is_ready(const struct seen *seen);
/** Whether it was made for this session. */
gboolean seen_is_of(const struct seen *seen, const struct session *session);

#endif
