/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_DIALOGS_H
#define OSVDI_DIALOGS_H

#include <gtk/gtk.h>

/* Dialogs for all parts of the viewer. No dialog blocks. */

/* The viewer's icon, or an icon of the theme if ours is not installed. */
const char *dialog_icon_name(void);

/* An empty dialog in the style of the viewer, with a header bar. */
GtkWidget *dialog_new(GtkWindow *parent, const char *title);

/* A header bar without a title, for windows whose text is enough. */
GtkWidget *dialog_bare_header(void);

/* Shows a message with a button to close it. text: a second paragraph, or NULL. */
void dialog_message(GtkWindow *parent, GtkMessageType type, const char *title, const char *text);

enum dialog_answer {
	DIALOG_CLOSE,
	DIALOG_RETRY,
	DIALOG_BACK, /* to the list of desktops */
};

struct dialog_failure {
	const char *title;   /* of the window */
	const char *what;    /* one line; the members below may be NULL */
	const char *why;
	const char *remedy;
	const char *file;    /* the file that was opened */
	const char *address; /* for people: holds no secret */
	gboolean can_retry, can_go_back;
};

/**
 * Tells what failed. The texts can be selected, and addresses of web pages are links. A
 * button copies the texts and the viewer's version.
 *
 * answered: called once, after the dialog is gone.
 */
void dialog_failure(GtkWindow *parent, const struct dialog_failure *failure,
		void (*answered)(enum dialog_answer answer, gpointer data), gpointer data);

/* The text that "Copy details" copies. Owner: caller. */
char *dialog_failure_details(const struct dialog_failure *failure);

/* Turns a text into Pango markup in which web addresses are links. Owner: caller. */
char *dialog_link_markup(const char *text);

void dialog_about(GtkWindow *parent);

#endif
