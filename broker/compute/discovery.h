/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_DISCOVERY_H
#define OSVDI_BROKER_DISCOVERY_H

#include "cloud/cloud.h"

/* Find the address of a service's API: the catalog may name the API or only its root. */

/**
 * Find compute's API v2.1 and its newest microversion, and send compute's
 * calls there from now on (cloud_set_base()). Asks once. The answer is kept with the
 * login, for that address alone.
 *
 * An address with a version is asked for its document. One without, or with another
 * version's, is asked for its list of versions (200 or 300); the list's link is
 * followed when it leads to the same host and the API is there, else the version is
 * put behind the address.
 *
 * Returns the minor version, at least 1; or -1.
 * Errors: those of cloud_call(); BROKER_ERROR_SERVICE, naming the address, when
 *         there is no API v2.1.
 * Source: keystoneauth1/discover.py does the same.
 */
int discovery_compute(struct cloud *cloud, GError **error);

/**
 * Newest microversion 2.N of a version document of Nova, of one version or of all
 * ("versions", "choices"): N, or -1 when API v2.1 is not in it.
 */
int discovery_parse_compute(JsonObject *document);

#endif
