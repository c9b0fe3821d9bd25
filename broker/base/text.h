/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_TEXT_H
#define OSVDI_BROKER_TEXT_H

#include <glib.h>

/** Whether a terminal draws it: no control, format or unknown character. */
gboolean text_char_is_shown(gunichar c);

/**
 * Text from outside, made safe for a terminal: valid UTF-8, no control
 * characters, at most max_chars characters. NULL gives "". Free with g_free().
 */
char *text_clean(const char *text, gsize max_chars);

/** Whether text has the form of a Nova server id (8-4-4-4-12 hex digits). */
gboolean text_is_uuid(const char *text);

/** Frees a secret after overwriting it; NULL is fine. */
void secret_free(char *secret);

/** Seconds since 1970 of "2026-11-22T12:00:00[.000000]Z", or 0. */
gint64 text_parse_time(const char *iso8601);

/**
 * The same, with a blank for the T and without seconds, as people and Blazar write it:
 * "2026-11-22 12:00". In UTC.
 */
gint64 text_parse_moment(const char *text);

/** "2026-11-22T12:00:00Z" of seconds since 1970. */
char *text_format_time(gint64 unix_s);

/** Whether s is true, yes, on, 1, t or y in any case. NULL is not. */
gboolean text_is_true(const char *s);

/** The same, and false, no, off, 0, f or n: FALSE for any other word. */
gboolean text_parse_bool(const char *s, gboolean *value);

/**
 * A length of time: "90" (seconds), "45s", "30m", "8h", "2d".
 * Returns seconds; -1 when it is no such text or negative or over 10 years.
 */
gint64 text_parse_duration(const char *text);

#endif
