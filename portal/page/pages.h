/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_PAGES_H
#define OSVDI_PORTAL_PAGES_H

#include "cloud/task.h"
#include "frame.h"

/* The pages. Each gives the whole text. Owner: g_free(). */

struct login_page {
	gboolean by_password, by_credential, with_domain;
	const char *provider; /* of identities, by name; or NULL */
	const char *domain; /* the usual one; or NULL */
	const char *trouble; /* what was wrong before; or NULL */
};

char *page_login(const struct page *page, const struct login_page *login);
/** On the way to another site: where_to is an address, word says why, about whom. */
char *page_away(const struct page *page, enum word word, const char *whom, const char *where_to);
char *page_passcode(const struct page *page, const char *trouble);
char *page_projects(const struct page *page, const struct osvdi_broker_projects *projects);
/** desks: of struct desk. pools: NULL: none are shown. */
char *page_desktops(const struct page *page, const GPtrArray *desks,
		const struct osvdi_broker_pools *pools);
/** A task that runs, with a button that cancels it. */
char *page_wait(const struct page *page, struct task *task, const struct task_view *view);
/** A task that has found a screen, with a link to the file. */
char *page_ready(const struct page *page, struct task *task);
/** Something went wrong. reference: in the log beside the cause; or NULL. */
char *page_trouble(const struct page *page, const char *text, const char *reference);

/** The sentence of a page about a trouble of the cloud. */
enum word page_word_of(const struct trouble *trouble);

#endif
