/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PROJECTS_H
#define OSVDI_BROKER_PROJECTS_H

#include "cloud/http.h"
#include "cloud/token.h"

struct project {
	char *id;
	char *name;
	char *domain_id; /* or NULL */
};

/**
 * The enabled projects that a token may be exchanged for, of struct project, sorted by
 * name.
 *
 * Errors: BROKER_ERROR_AUTH, BROKER_ERROR_SERVICE. Owner: g_ptr_array_unref().
 */
GPtrArray *projects_list(struct http *http, const struct token *token, GError **error);

#endif
