/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_GATEWAY_HTTP_HEAD_H
#define OSVDI_GATEWAY_HTTP_HEAD_H

#include <glib.h>

#define HTTP_HEAD_MAX_BYTES 16384
#define HTTP_HEAD_MAX_FIELDS 64

struct http_slice {
	const char *text; /* not ended by a NUL */
	gsize length;
};

struct http_field {
	struct http_slice name, value;
};

/* A request's head; the slices are parts of the bytes that were parsed. */
struct http_head {
	struct http_slice method, target;
	guint minor; /* HTTP/1.minor */
	struct http_field fields[HTTP_HEAD_MAX_FIELDS];
	guint n_fields;
	gsize size; /* bytes, the empty line included */
};

enum http_result {
	HTTP_MORE, /* the empty line has not come yet */
	HTTP_OK,
	HTTP_BAD,
	HTTP_TOO_LARGE,
};

/**
 * Parse a request without a body. What two programs could understand in two ways
 * is HTTP_BAD: bare line feeds, folded lines, a body, a field twice that may be
 * there once.
 */
enum http_result http_head_parse(struct http_head *head, const char *data, gsize size);

/** The same for an answer; method and target are empty. */
enum http_result http_answer_parse(struct http_head *head, guint *status, const char *data,
		gsize size);

/** The field of that name (any case), or NULL. */
const struct http_slice *http_head_get(const struct http_head *head, const char *name);

gboolean http_slice_is(struct http_slice slice, const char *text);
gboolean http_slice_is_nocase(struct http_slice slice, const char *text);

/**
 * The next word of a list that commas part, or FALSE. Before the first call rest is
 * the whole list.
 */
gboolean http_list_next(struct http_slice *rest, struct http_slice *word);

/** Whether a field of that name has the word in its list, in any case. */
gboolean http_head_lists(const struct http_head *head, const char *name, const char *word);

#endif
