/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ticket.h"
#include "browser.h"
#include "error.h"

#include <stddef.h>
#include <string.h>

G_DEFINE_QUARK(ticket-error-quark, ticket_error)

static const char *const way_names[] = { "tcp", "tls", "ws", "wss" };

enum kind {
	TEXT,
	NUMBER, /* gint64 */
	COUNT,  /* guint */
	FLAG,
	WAY,
	CHANNELS,
};

#define FIELD(name, kind) { #name, kind, offsetof(struct ticket, name) }

static const struct field {
	const char *name;
	enum kind kind;
	gsize offset;
} fields[] = {
	FIELD(session, TEXT),
	FIELD(desktop, TEXT),
	FIELD(user, TEXT),
	FIELD(way, WAY),
	FIELD(host, TEXT),
	FIELD(port, COUNT),
	FIELD(path, TEXT),
	FIELD(authority, TEXT),
	FIELD(subject, TEXT),
	FIELD(issued, NUMBER),
	{ "use-by", NUMBER, offsetof(struct ticket, use_by) },
	FIELD(expires, NUMBER),
	FIELD(browser, TEXT),
	FIELD(once, FLAG),
	FIELD(channels, CHANNELS),
	{ "max-channels", COUNT, offsetof(struct ticket, max_channels) },
};

static void *place(const struct ticket *ticket, const struct field *field)
{
	return (char *)ticket + field->offset;
}

static gboolean fail(GError **error, const char *name, const char *problem)
{
	g_set_error(error, TICKET_ERROR, TICKET_ERROR_FORM, "%s: %s", name, problem);
	return FALSE;
}

const char *ticket_way_name(enum ticket_way way)
{
	return way_names[way];
}

gboolean ticket_way_parse(const char *text, enum ticket_way *way)
{
	for (guint i = 0; i < G_N_ELEMENTS(way_names); i++)
		if (strcmp(text, way_names[i]) == 0) {
			*way = (enum ticket_way)i;
			return TRUE;
		}
	return FALSE;
}

struct ticket *ticket_new(void)
{
	return g_new0(struct ticket, 1);
}

void ticket_text_free(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
	g_free(text);
}

void ticket_free(struct ticket *ticket)
{
	if (!ticket)
		return;
	for (guint i = 0; i < G_N_ELEMENTS(fields); i++)
		if (fields[i].kind == TEXT)
			ticket_text_free(*(char **)place(ticket, &fields[i]));
	g_free(ticket);
}

/* ---- checks -------------------------------------------------------------- */

static gboolean is_of(const char *text, gsize most, const char *marks)
{
	gsize n = text ? strlen(text) : 0;

	for (gsize i = 0; i < n; i++)
		if (!g_ascii_isalnum(text[i]) && !strchr(marks, text[i]))
			return FALSE;
	return n >= 1 && n <= most;
}

static gboolean is_hex(const char *text, gsize length)
{
	return text && strlen(text) == length && strspn(text, "0123456789abcdef") == length;
}

/* Text of one line, for a record. */
static gboolean is_line(const char *text, gsize most)
{
	if (!text || !*text || strlen(text) > most || !g_utf8_validate(text, -1, NULL))
		return FALSE;
	for (; *text; text = g_utf8_next_char(text))
		if (g_unichar_iscntrl(g_utf8_get_char(text)))
			return FALSE;
	return TRUE;
}

static gboolean is_path(const char *text)
{
	if (!text || text[0] != '/' || strlen(text) > 1024)
		return FALSE;
	for (; *text; text++)
		if (*text <= 0x20 || *text >= 0x7f || *text == '#')
			return FALSE;
	return TRUE;
}

static gboolean check_target(const struct ticket *t, GError **error)
{
	gboolean web = t->way == WAY_WS || t->way == WAY_WSS, secure = t->way == WAY_TLS ||
			t->way == WAY_WSS;

	if (!is_of(t->host, 253, "-._:"))
		return fail(error, "host", "no name and no address");
	if (t->port < 1 || t->port > 65535)
		return fail(error, "port", "no number from 1 to 65535");
	if (web ? !is_path(t->path) : t->path != NULL)
		return fail(error, "path", web ? "no path" : "only for ws and wss");
	if (secure ? !is_of(t->authority, 64, "-._") : t->authority != NULL)
		return fail(error, "authority", secure ? "no name of an authority" :
				"only for tls and wss");
	if (t->subject && (t->way != WAY_TLS || !is_line(t->subject, 512)))
		return fail(error, "subject", "only for tls, one line");
	return TRUE;
}

gboolean ticket_check(const struct ticket *t, GError **error)
{
	if (!is_hex(t->session, 32))
		return fail(error, "session", "not 32 hexadecimal digits in lower case");
	if (!is_of(t->desktop, 64, "-."))
		return fail(error, "desktop", "not 1 to 64 letters, digits, - and .");
	if (!is_line(t->user, 255))
		return fail(error, "user", "not one line of 1 to 255 bytes");
	if (t->issued <= 0 || t->use_by < t->issued || t->expires < t->use_by)
		return fail(error, "expires", "not issued <= use-by <= expires");
	if (t->browser && !is_hex(t->browser, BROWSER_TEXT_BYTES - 1))
		return fail(error, "browser", "not 64 hexadecimal digits in lower case");
	if (!t->channels)
		return fail(error, "channels", "none");
	if (t->max_channels < 1 || t->max_channels > TICKET_MAX_CHANNELS)
		return fail(error, "max-channels", "no number from 1 to 256");
	return check_target(t, error);
}

/* ---- text ---------------------------------------------------------------- */

static gboolean read_number(const char *value, gint64 most, gint64 *out)
{
	return g_ascii_isdigit(*value) && g_ascii_string_to_signed(value, 10, 0, most, out, NULL);
}

static gboolean read_value(struct ticket *ticket, const struct field *field, const char *value)
{
	void *at = place(ticket, field);
	gint64 number;

	switch (field->kind) {
	case TEXT: *(char **)at = g_strdup(value); return TRUE;
	case NUMBER: return read_number(value, G_GINT64_CONSTANT(1) << 40, at);
	case WAY: return ticket_way_parse(value, at);
	case CHANNELS: return channels_parse(value, at);
	case COUNT:
	case FLAG:
		if (!read_number(value, field->kind == FLAG ? 1 : 65535, &number))
			return FALSE;
		*(guint *)at = (guint)number;
		return TRUE;
	}
	return FALSE;
}

static gboolean read_line(struct ticket *ticket, guint32 *seen, const char *line, GError **error)
{
	const char *blank = strchr(line, ' ');
	g_autofree char *name = blank ? g_strndup(line, (gsize)(blank - line)) : NULL;

	for (guint i = 0; name && i < G_N_ELEMENTS(fields); i++) {
		if (strcmp(fields[i].name, name) != 0)
			continue;
		if (*seen & 1u << i)
			return fail(error, name, "there twice");
		*seen |= 1u << i;
		return read_value(ticket, &fields[i], blank + 1) ||
				fail(error, name, "not understood");
	}
	return fail(error, "ticket", "a field that is not known");
}

static guint32 bit_of(const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(fields); i++)
		if (strcmp(fields[i].name, name) == 0)
			return 1u << i;
	g_assert_not_reached();
}

static gboolean read_lines(struct ticket *ticket, char *text, GError **error)
{
	guint32 seen = 0, optional = bit_of("path") | bit_of("authority") | bit_of("subject") |
			bit_of("browser");
	char *line, *end;

	for (line = text; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		if (!read_line(ticket, &seen, line, error))
			return FALSE;
	}
	if (*line)
		return fail(error, "ticket", "the last line has no end");
	if ((seen | optional) != (1u << G_N_ELEMENTS(fields)) - 1)
		return fail(error, "ticket", "a field is missing");
	return ticket_check(ticket, error);
}

struct ticket *ticket_parse(const char *text, gsize size, GError **error)
{
	struct ticket *ticket = ticket_new();
	char *copy = g_strndup(text, size);
	gboolean ok;

	if (strlen(copy) != size)
		ok = fail(error, "ticket", "not text");
	else
		ok = read_lines(ticket, copy, error);
	explicit_bzero(copy, size);
	g_free(copy);
	if (ok)
		return ticket;
	ticket_free(ticket);
	return NULL;
}

static void write_field(GString *out, const struct ticket *ticket, const struct field *field)
{
	void *at = place(ticket, field);
	g_autofree char *channels = NULL;

	if (field->kind == TEXT && !*(char **)at)
		return;
	g_string_append_printf(out, "%s ", field->name);
	switch (field->kind) {
	case TEXT: g_string_append(out, *(char **)at); break;
	case NUMBER: g_string_append_printf(out, "%" G_GINT64_FORMAT, *(gint64 *)at); break;
	case WAY: g_string_append(out, ticket_way_name(*(enum ticket_way *)at)); break;
	case CHANNELS: g_string_append(out, channels = channels_format(*(guint32 *)at)); break;
	case COUNT:
	case FLAG: g_string_append_printf(out, "%u", *(guint *)at); break;
	}
	g_string_append_c(out, '\n');
}

char *ticket_format(const struct ticket *ticket)
{
	GString *out = g_string_sized_new(2048);

	for (guint i = 0; i < G_N_ELEMENTS(fields); i++)
		write_field(out, ticket, &fields[i]);
	return g_string_free(out, FALSE);
}
