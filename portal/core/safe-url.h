/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_SAFE_URL_H
#define OSVDI_PORTAL_SAFE_URL_H

#include <glib.h>

/**
 * Whether secrets may go to an address: https, or http where it does not leave this machine
 * (127.0.0.1, [::1]). Nothing else is an address, nor one with a user, a fragment, or a
 * sign that is no part of addresses.
 */
gboolean safe_url_is(const char *url);

/** Whether it is one of those that do not leave this machine. */
gboolean safe_url_is_here(const char *url);

#endif
