/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_SETTINGS_CLOUD_H
#define OSVDI_BROKER_SETTINGS_CLOUD_H

#include "base/settings.h"
#include "base/yaml-tree.h"

/**
 * Reads a mapping of clouds.yaml: a cloud ("auth" included), or the values of
 * a region. A key that is not known is named, once, and has no effect; so is one
 * of two that differ.
 *
 * Errors: BROKER_ERROR_USAGE naming file and line: a list or a mapping where one
 *         value is wanted.
 */
gboolean settings_from_cloud(struct settings *s, const struct yaml *file, JsonObject *cloud,
		GError **error);

#endif
