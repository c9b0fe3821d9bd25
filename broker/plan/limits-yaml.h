/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PLAN_LIMITS_YAML_H
#define OSVDI_BROKER_PLAN_LIMITS_YAML_H

#include "base/yaml-tree.h"
#include "plan/plan.h"

/**
 * Read a plan's list "limits", if it has one, after its classes.
 * Errors: BROKER_ERROR_USAGE, with the place: also where limits contradict each other.
 */
gboolean limits_read(struct plan *plan, const struct yaml *yaml, JsonObject *top, GError **error);

#endif
