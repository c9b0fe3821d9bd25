/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_VISIT_H
#define OSVDI_PORTAL_VISIT_H

#include "page/pages.h"
#include "person.h"
#include "portal.h"
#include "serve/server.h"

#define COOKIE_SESSION "__Host-osvdi-session"
#define COOKIE_VISIT "__Host-osvdi-visit"
#define COOKIE_LANGUAGE "__Host-osvdi-language"

/* One request, and who sent it. Lives with the request. */
struct visit {
	struct portal *portal;
	struct request *request;
	enum language language;
	char *cookie; /* secret: the session's, else that of this browser */
	gboolean new_cookie; /* the browser does not have it yet */
	struct person *person; /* or NULL */
};

/** A visit that lives as long as its request. */
struct visit *visit_begin(struct request *request, struct portal *portal);
struct visit *visit_of(const struct request *request);

/* For the files that answer. */

/** Fills in the frame of pages; free csrf by visit_page_clear(). */
void visit_page(struct visit *visit, struct page *page);
void visit_page_clear(struct page *page);
const char *visit_word(const struct visit *visit, enum word word);

/** A page that says what went wrong. */
struct answer *visit_refuse(struct visit *visit, guint status, enum word word);
/** The same in other words. reference: in the log beside the cause; or NULL. */
struct answer *visit_show_trouble(struct visit *visit, guint status, const char *text,
		const char *reference);
/** All workers are busy. */
struct answer *visit_busy(struct visit *visit);
/** The same for a trouble of the cloud, whose cause goes to the log. */
struct answer *visit_trouble(struct visit *visit, const struct trouble *trouble);
/** A page as answer; sets the browser's cookie where it lacks one. */
struct answer *visit_show(struct visit *visit, guint status, char *text);

/**
 * Count a try to log in, before others are asked. name: of the user; NULL: not known yet.
 * NULL: go on.
 */
struct answer *visit_check_rates(struct visit *visit, const char *name);
/** Begin a line of the record about this visit. */
struct audit_line *visit_record(const struct visit *visit, const char *event);

/** The login has ended at the cloud before its time: forget it, and say so. */
struct answer *visit_leave(struct visit *visit);

/** Put a cookie of a session into the answer, for someone new (taken over). */
struct answer *visit_enter(struct visit *visit, struct person *person, const char *path);

struct answer *visit_get_page_file(struct visit *visit);
/** The way to the page that shows the task's desktop. */
struct answer *visit_show_here(struct visit *visit, struct task *task);
struct answer *visit_post_ticket(struct visit *visit);

/** Begin to open the desktop of the request. here: in the browser. */
struct answer *visit_open(struct visit *visit, gboolean here);
/**
 * A ticket for a screen, which the record and the person's sessions have then. here: for
 * this browser alone.
 */
char *visit_seal(struct visit *visit, const struct desk_screen *screen, gboolean here,
		GError **error);
/** Whether what is known of a screen is still true. */
gboolean visit_is_fresh(const struct task_view *view);
guint visit_status_of(const struct trouble *trouble);

struct answer *visit_get_login(struct visit *visit);
struct answer *visit_post_login(struct visit *visit);
struct answer *visit_post_provider(struct visit *visit);
struct answer *visit_get_back(struct visit *visit);
struct answer *visit_get_provider_trouble(struct visit *visit);
/** On to where the provider ends its login; NULL: it ends none. */
struct answer *visit_lead_out(struct visit *visit);
struct answer *visit_get_passcode(struct visit *visit);
struct answer *visit_post_passcode(struct visit *visit);
struct answer *visit_post_logout(struct visit *visit);
struct answer *visit_get_projects(struct visit *visit);
struct answer *visit_post_project(struct visit *visit);
struct answer *visit_get_desktops(struct visit *visit);
struct answer *visit_post_change(struct visit *visit);
struct answer *visit_post_pool(struct visit *visit);
struct answer *visit_get_task(struct visit *visit);
struct answer *visit_get_file(struct visit *visit);
struct answer *visit_post_cancel(struct visit *visit);

#endif
