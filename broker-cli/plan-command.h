/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_CLI_PLAN_COMMAND_H
#define OSVDI_BROKER_CLI_PLAN_COMMAND_H

#include "command.h"
#include "plan/plan.h"

/* Shared by the verbs of "osvdi-broker plan". */

/** FALSE and BROKER_ERROR_USAGE. */
gboolean plan_command_usage(GError **error, const char *message);

/** A whole file, as text that ends with NUL. Errors: USAGE. Free with g_free(). */
char *plan_command_read(const char *path, gsize max_bytes, gsize *length, GError **error);

/** A plan, YAML or calendar. */
struct plan *plan_command_load(const char *path, GError **error);

/** Take the next steps towards a plan, and print what was done. */
gboolean plan_apply(struct broker *b, const char *path, GError **error);

/** Print the state of the plan's sessions of today. */
gboolean plan_show_report(struct broker *b, const char *path, GError **error);

#endif
