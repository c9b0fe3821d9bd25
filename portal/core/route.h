/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_ROUTE_H
#define OSVDI_PORTAL_ROUTE_H

#include <glib.h>

enum route {
	ROUTE_NONE, /* no such page */
	ROUTE_OTHER_METHOD, /* a page, and not by this method */
	ROUTE_HOME,
	ROUTE_HEALTH,
	ROUTE_STYLE,
	ROUTE_PAGE_FILE,
	ROUTE_LOGIN,
	ROUTE_LOGIN_POST,
	ROUTE_PASSCODE,
	ROUTE_PASSCODE_POST,
	ROUTE_PROVIDER_POST,
	ROUTE_PROVIDER_BACK,
	ROUTE_PROVIDER_TROUBLE,
	ROUTE_LOGOUT_POST,
	ROUTE_LANGUAGE_POST,
	ROUTE_PROJECTS,
	ROUTE_PROJECT_POST,
	ROUTE_DESKTOPS,
	ROUTE_OPEN_POST,
	ROUTE_HERE_POST,
	ROUTE_TICKET_POST,
	ROUTE_START_POST,
	ROUTE_SUSPEND_POST,
	ROUTE_STOP_POST,
	ROUTE_RESTART_POST,
	ROUTE_SHELVE_POST,
	ROUTE_RELEASE_POST,
	ROUTE_POOL_POST,
	ROUTE_TASK,
	ROUTE_TASK_FILE,
	ROUTE_TASK_CANCEL_POST,
};

/* The longest name of a thing in a path: an id of a desktop, of a task. */
#define ROUTE_SUBJECT_MAX 64

/**
 * The page that a method (GET, HEAD, POST) and a path without query mean.
 *
 * subject: the id in the path, letters, digits, "-" and "_"; "" where there is none. Of a
 * file of the page for browsers: all behind "/desk/", "." and "/" among them.
 */
enum route route_find(const char *method, const char *path, char subject[ROUTE_SUBJECT_MAX + 1]);

#endif
