/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* The findings of osvdi-host check */
#ifndef CHECK_REPORT_H
#define CHECK_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include <glib.h>

struct report;

struct report *report_create(void);
void report_destroy(struct report *report);

/* Each check says one of these, once. Texts are sentences without a full stop. */
void report_right(struct report *report, const char *check, const char *format, ...)
		G_GNUC_PRINTF(3, 4);
void report_unused(struct report *report, const char *check, const char *format, ...)
		G_GNUC_PRINTF(3, 4);
/* remedy is a command. */
void report_wrong(struct report *report, const char *check, const char *remedy,
		const char *format, ...) G_GNUC_PRINTF(4, 5);

unsigned report_count_wrong(const struct report *report);
void report_print_text(const struct report *report, FILE *out);
void report_print_json(const struct report *report, FILE *out);

#endif
