/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_HTML_H
#define OSVDI_PORTAL_HTML_H

#include <glib.h>

/*
 * A page, escaped by the way it is built: every text and every value of an attribute
 * that goes in is data. Names of elements and attributes are literals of the program.
 */
struct html;

struct html *html_new(void);
void html_free(struct html *html);

/**
 * Begin an element: pairs of an attribute and its value, ended by NULL. A value of NULL
 * leaves the attribute away, "" is for one without a value. Elements that hold nothing
 * ("input") are not closed.
 */
void html_open(struct html *html, const char *element, ...) G_GNUC_NULL_TERMINATED;
/** End the element that was begun last. */
void html_close(struct html *html);

void html_text(struct html *html, const char *text);
/** Words of ours with "{}" in them, where text of users goes, set apart (bdi). */
void html_words(struct html *html, const char *words, const char *user_text);
/** An element that holds nothing but a text: pairs as html_open(). */
void html_element(struct html *html, const char *text, const char *element, ...)
		G_GNUC_NULL_TERMINATED;

/** The whole page; all elements must be closed. Frees html. */
char *html_finish(struct html *html);

#endif
