/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_DIALOGS_H
#define OSVDI_DIALOGS_H

#include <gtk/gtk.h>

/* The dialogs that any part may show. None of them blocks. */

/* The viewer's icon, or one of the theme's where ours is not installed. */
const char *dialog_icon_name(void);

/* An empty dialog that looks like all others of the viewer: with a header bar. */
GtkWidget *dialog_new(GtkWindow *parent, const char *title);

/* A header bar without a title, for windows whose text says it all. */
GtkWidget *dialog_bare_header(void);

/* A message with a button to close it. text: NULL, or more to say. */
void dialog_message(GtkWindow *parent, GtkMessageType type, const char *title, const char *text);

enum dialog_answer {
	DIALOG_CLOSE,
	DIALOG_RETRY,
	DIALOG_BACK, /* to the list of desktops */
};

struct dialog_failure {
	const char *title;   /* of the window */
	const char *what;    /* one line; all others may be NULL */
	const char *why;
	const char *remedy;
	const char *file;    /* that was opened */
	const char *address; /* for people: holds no secret */
	gboolean can_retry, can_go_back;
};

/**
 * Tells what failed. The texts can be selected, addresses of web pages are links,
 * and a button copies all of them with the viewer's version.
 *
 * answered: called once; the dialog is gone by then.
 */
void dialog_failure(GtkWindow *parent, const struct dialog_failure *failure,
		void (*answered)(enum dialog_answer answer, gpointer data), gpointer data);

/* What "Copy details" copies. Owner: caller. */
char *dialog_failure_details(const struct dialog_failure *failure);

/* Pango markup of a text in which web addresses are links. Owner: caller. */
char *dialog_link_markup(const char *text);

void dialog_about(GtkWindow *parent);

#endif
