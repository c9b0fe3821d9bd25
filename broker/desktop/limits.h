/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_DESKTOP_LIMITS_H
#define OSVDI_BROKER_DESKTOP_LIMITS_H

#include "desktop/admission.h"

/*
 * The limits that a desktop's metadata notes (base/limit-note.h), before it is handed out
 * or woken. A note that is not understood, and groups that Keystone does not tell, count as
 * a limit that is reached.
 */

/**
 * Whether a user may have one more awake: the desktop s, which is not counted itself.
 *
 * all:    struct server: the project's.
 * Errors: NOT_READY with the reason LIMIT; those of a request to Keystone.
 */
gboolean limits_check(struct admitted *who, const struct server *s, const GPtrArray *all,
		GError **error);

/** The same for the user whose desktop s is, with a list that is asked of Nova, if s has
 * limits and does not run yet. */
gboolean limits_check_wake(struct cloud *cloud, const struct server *s, GError **error);

#endif
