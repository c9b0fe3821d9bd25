/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_SETTINGS_CHECK_H
#define OSVDI_BROKER_SETTINGS_CHECK_H

#include "base/settings.h"
#include "hooks/caller.h"

/**
 * Whether services are not verified, because "insecure" is true or "verify" is false.
 * Only after settings_check().
 */
gboolean settings_are_insecure(const struct settings *s);

/**
 * Tidy and check what was gathered, before anything is sent: blanks, quotes and
 * line ends around values, {region_name} in addresses, addresses without a scheme,
 * ~ in names of files, words for yes and no, a file as the value of "verify".
 *
 * home:   the user's, for ~; NULL: ~ stays as it is.
 * c:      hears of what is odd; or NULL.
 * Errors: BROKER_ERROR_USAGE naming the setting and the place that it comes from.
 */
gboolean settings_check(struct settings *s, const char *home, const struct caller *c,
		GError **error);

/** "~/x" or "~user/x" with the home (NULL: none); others are copied. Free with g_free(). */
char *settings_expand_home(const char *path, const char *home);

#endif
