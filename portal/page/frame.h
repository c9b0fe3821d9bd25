/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_FRAME_H
#define OSVDI_PORTAL_FRAME_H

#include "core/html.h"
#include "words/words.h"

/* The frame that all pages have around them. */
struct page {
	enum language language;
	const char *title; /* of the portal; NULL: the usual one */
	const char *style; /* path of the style sheet */
	const char *csrf; /* token for forms */
	gboolean opens_here; /* desktops can be shown in the browser */
	const char *user; /* who is logged in; or NULL */
	const char *project; /* or NULL */
};

/** The page up to its content, which goes in then. heading: of this page. */
struct html *frame_begin(const struct page *page, enum word heading);
/** Owner: g_free(). */
char *frame_end(struct html *html);

const char *frame_word(const struct page *page, enum word word);

/** A form that posts to a path, with its token. It is open; the caller closes it. */
void frame_form(struct html *html, const struct page *page, const char *path, const char *class);
/** A form that is a button alone. name: of what it is for, for those who do not see; or NULL. */
void frame_button(struct html *html, const struct page *page, const char *path, enum word label,
		const char *name);
/** A labelled input of a form. */
void frame_input(struct html *html, const struct page *page, enum word label, const char *name,
		const char *type, const char *autocomplete, const char *value);

#endif
