/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_FORM_H
#define OSVDI_PORTAL_FORM_H

#include <glib.h>

#define FORM_MAX_BYTES (16 * 1024)
#define FORM_MAX_FIELDS 32

/* The fields of a form that a browser sends (application/x-www-form-urlencoded). */
struct form;

/**
 * NULL for what no page of ours sends: a field twice, too many fields, bytes that are
 * no UTF-8, a zero byte, an escape that is none.
 * Owner: form_free(), which overwrites the values.
 */
struct form *form_parse(const char *data, gsize size);
void form_free(struct form *form);

/** The value of a field, or NULL. */
const char *form_get(const struct form *form, const char *name);

#endif
