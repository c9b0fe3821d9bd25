/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_COOKIE_H
#define OSVDI_PORTAL_COOKIE_H

#include <glib.h>

/**
 * The value of a cookie in a Cookie header. NULL where there is none, and where there
 * are two: one of them is not ours.
 * Owner: wipe_free().
 */
char *cookie_find(const char *header, const char *name);

/** A Set-Cookie for this host alone, which no script reads. value NULL: forget it. */
char *cookie_set(const char *name, const char *value, gint64 max_age_s);

#endif
