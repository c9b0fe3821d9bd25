/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_GATEWAY_AUDIT_H
#define OSVDI_GATEWAY_AUDIT_H

#include <glib.h>

/*
 * Who opened what, when, from where: a line of JSON for each event. No ticket, no
 * address of a desktop and no token is in it.
 */
struct audit;

/** path NULL: standard output. The file is appended to, and opened again by audit_reopen(). */
struct audit *audit_new(const char *path, GError **error);
gboolean audit_reopen(struct audit *audit, GError **error);
void audit_free(struct audit *audit);

struct audit_line;

struct audit_line *audit_begin(struct audit *audit, const char *event);
/* value NULL: nothing */
void audit_text(struct audit_line *line, const char *name, const char *value);
void audit_number(struct audit_line *line, const char *name, guint64 value);
void audit_end(struct audit_line *line);

/** A JSON string with its quotes. Bytes that are no UTF-8 become U+FFFD. */
void audit_quote(GString *out, const char *text);

#endif
