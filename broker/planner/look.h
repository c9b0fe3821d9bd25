/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PLANNER_LOOK_H
#define OSVDI_BROKER_PLANNER_LOOK_H

#include "cloud/cloud.h"

/**
 * A snapshot of the cloud, as plan/snapshot.h reads it: from Placement (whose default
 * policy answers administrators and services alone), Nova's flavors, and what the
 * desktops of plans use. Hosts without a free CPU are not told, so they count as
 * having no room also later.
 *
 * Errors: those of cloud_call(); SERVICE: an answer is not whole.
 * Owner:  json_node_unref().
 */
JsonNode *look_snapshot(struct cloud *cloud, GError **error);

#endif
