/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_REGIONS_H
#define OSVDI_BROKER_REGIONS_H

#include "settings-cloud.h"

/* A region of a cloud, as "regions" or "region_name" of its mapping name it. */
struct region {
	char *name;
	JsonObject *values; /* borrowed, or NULL */
};

/**
 * Add the regions that a mapping names to an array of struct region.
 * Errors: BROKER_ERROR_USAGE naming file and line of what is no region.
 */
gboolean regions_read(GPtrArray *regions, const struct yaml *file, JsonObject *cloud,
		GError **error);

/** An empty array of regions. Owner: g_ptr_array_unref(). */
GPtrArray *regions_new(void);

/**
 * Take the region that s names, or the first: its name, and its values as a layer
 * below s. s->regions becomes the names of all.
 */
gboolean regions_choose(struct settings *s, const GPtrArray *regions, const struct yaml *file,
		GError **error);

#endif
