/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "http-head.h"

#include <string.h>

/* Fields that decide something. A head with two of the same could be read in two ways. */
static const char *const single[] = {
	"authorization", "content-length", "host", "origin", "proxy-authorization",
	"sec-websocket-key", "sec-websocket-version", "transfer-encoding", "upgrade",
};

gboolean http_slice_is(struct http_slice slice, const char *text)
{
	return slice.length == strlen(text) && memcmp(slice.text, text, slice.length) == 0;
}

gboolean http_slice_is_nocase(struct http_slice slice, const char *text)
{
	return slice.length == strlen(text) &&
			g_ascii_strncasecmp(slice.text, text, slice.length) == 0;
}

/* RFC 9110, 5.6.2 */
static gboolean is_token(struct http_slice slice)
{
	for (gsize i = 0; i < slice.length; i++)
		if (!g_ascii_isalnum(slice.text[i]) &&
				!memchr("!#$%&'*+-.^_`|~", slice.text[i], 15))
			return FALSE;
	return slice.length != 0;
}

static gboolean is_field_text(struct http_slice slice)
{
	for (gsize i = 0; i < slice.length; i++) {
		guchar c = (guchar)slice.text[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return FALSE;
	}
	return TRUE;
}

static gboolean is_visible(struct http_slice slice)
{
	for (gsize i = 0; i < slice.length; i++)
		if (slice.text[i] <= 0x20 || slice.text[i] >= 0x7f)
			return FALSE;
	return slice.length != 0;
}

static struct http_slice strip(struct http_slice slice)
{
	while (slice.length && (*slice.text == ' ' || *slice.text == '\t')) {
		slice.text++;
		slice.length--;
	}
	while (slice.length && (slice.text[slice.length - 1] == ' ' ||
			slice.text[slice.length - 1] == '\t'))
		slice.length--;
	return slice;
}

/* "METHOD TARGET HTTP/1.x" */
static gboolean parse_first(struct http_head *head, struct http_slice line)
{
	const char *end = line.text + line.length;
	const char *a = memchr(line.text, ' ', line.length);
	const char *b = a ? memchr(a + 1, ' ', (gsize)(end - a - 1)) : NULL;
	struct http_slice version;

	if (!b)
		return FALSE;
	head->method = (struct http_slice){ line.text, (gsize)(a - line.text) };
	head->target = (struct http_slice){ a + 1, (gsize)(b - a - 1) };
	version = (struct http_slice){ b + 1, (gsize)(end - b - 1) };
	head->minor = http_slice_is(version, "HTTP/1.1");
	return is_token(head->method) && is_visible(head->target) &&
			(head->minor || http_slice_is(version, "HTTP/1.0"));
}

static gboolean parse_field(struct http_head *head, struct http_slice line)
{
	struct http_field *field = &head->fields[head->n_fields];
	const char *colon = memchr(line.text, ':', line.length);

	if (!colon || head->n_fields == HTTP_HEAD_MAX_FIELDS)
		return FALSE;
	field->name = (struct http_slice){ line.text, (gsize)(colon - line.text) };
	field->value = strip((struct http_slice){ colon + 1,
		(gsize)(line.text + line.length - colon - 1) });
	head->n_fields++;
	return is_token(field->name) && is_field_text(field->value);
}

static guint count(const struct http_head *head, const char *name)
{
	guint n = 0;

	for (guint i = 0; i < head->n_fields; i++)
		n += http_slice_is_nocase(head->fields[i].name, name);
	return n;
}

static gboolean is_unambiguous(const struct http_head *head)
{
	const struct http_slice *length = http_head_get(head, "content-length");

	for (guint i = 0; i < G_N_ELEMENTS(single); i++)
		if (count(head, single[i]) > 1)
			return FALSE;
	return !http_head_get(head, "transfer-encoding") &&
			(!length || http_slice_is(*length, "0"));
}

/* "HTTP/1.x 123 Words" */
static gboolean parse_status(struct http_head *head, struct http_slice line, guint *status)
{
	*status = 0;
	if (line.length < 12 || memcmp(line.text, "HTTP/1.", 7) != 0 ||
			(line.text[7] != '0' && line.text[7] != '1') ||
			line.text[8] != ' ' || (line.length > 12 && line.text[12] != ' ') ||
			!is_field_text(line))
		return FALSE;
	head->minor = line.text[7] == '1';
	for (guint i = 9; i < 12; i++) {
		if (!g_ascii_isdigit(line.text[i]))
			return FALSE;
		*status = *status * 10 + (guint)(line.text[i] - '0');
	}
	return TRUE;
}

/* status: NULL for a request. */
static enum http_result parse(struct http_head *head, guint *status, const char *data, gsize size)
{
	const char *end = memmem(data, MIN(size, HTTP_HEAD_MAX_BYTES), "\r\n\r\n", 4);
	const char *at = data;

	memset(head, 0, sizeof *head);
	if (!end)
		return size >= HTTP_HEAD_MAX_BYTES ? HTTP_TOO_LARGE : HTTP_MORE;
	head->size = (gsize)(end + 4 - data);
	while (at < end) {
		const char *stop = memmem(at, (gsize)(end + 2 - at), "\r\n", 2);
		struct http_slice line = { at, (gsize)(stop - at) };

		if (memchr(line.text, '\n', line.length) || memchr(line.text, '\r', line.length) ||
				!(at != data ? parse_field(head, line) :
						status ? parse_status(head, line, status) :
							 parse_first(head, line)))
			return HTTP_BAD;
		at = stop + 2;
	}
	return at != data && is_unambiguous(head) ? HTTP_OK : HTTP_BAD;
}

enum http_result http_head_parse(struct http_head *head, const char *data, gsize size)
{
	return parse(head, NULL, data, size);
}

enum http_result http_answer_parse(struct http_head *head, guint *status, const char *data,
		gsize size)
{
	return parse(head, status, data, size);
}

const struct http_slice *http_head_get(const struct http_head *head, const char *name)
{
	for (guint i = 0; i < head->n_fields; i++)
		if (http_slice_is_nocase(head->fields[i].name, name))
			return &head->fields[i].value;
	return NULL;
}

gboolean http_list_next(struct http_slice *rest, struct http_slice *word)
{
	while (rest->length) {
		const char *comma = memchr(rest->text, ',', rest->length);
		gsize n = comma ? (gsize)(comma - rest->text) : rest->length;

		*word = strip((struct http_slice){ rest->text, n });
		n += comma != NULL;
		rest->text += n;
		rest->length -= n;
		if (word->length)
			return TRUE;
	}
	return FALSE;
}

gboolean http_head_lists(const struct http_head *head, const char *name, const char *word)
{
	for (guint i = 0; i < head->n_fields; i++) {
		struct http_slice rest = head->fields[i].value, found;

		if (!http_slice_is_nocase(head->fields[i].name, name))
			continue;
		while (http_list_next(&rest, &found))
			if (http_slice_is_nocase(found, word))
				return TRUE;
	}
	return FALSE;
}
