/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_ANSWER_H
#define OSVDI_PORTAL_ANSWER_H

#include <glib.h>
#include <microhttpd.h>

/* The portal's answer to one request, with the headers that every answer has. */
struct answer {
	guint status;
	char *body; /* may hold secrets: it is overwritten */
	GBytes *bytes; /* instead of body; or NULL */
	const char *policy; /* of the content; NULL: the one of pages */
	const char *encoding; /* of bytes; or NULL */
	const char *permissions; /* what scripts may ask the user for; NULL: nothing */
	gsize size;
	const char *type;
	char *location; /* path; or NULL */
	char *file_name; /* to save it under; or NULL */
	GPtrArray *cookies; /* of char *: whole lines */
	guint refresh_s; /* the page shows itself again; 0: it does not */
	char *refresh_path; /* or this one, also at once: a path, or an address elsewhere */
	guint retry_s; /* Retry-After; 0: none */
	gboolean forever; /* what is at this address never changes */
};

/** A page. body: taken over. */
struct answer *answer_page(guint status, char *body);
/** Go there, by GET. */
struct answer *answer_redirect(const char *path);
struct answer *answer_text(guint status, const char *type, const char *text);
/** line: taken over. */
void answer_add_cookie(struct answer *answer, char *line);
void answer_free(struct answer *answer);

enum MHD_Result answer_send(const struct answer *answer, struct MHD_Connection *connection);

#endif
