/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PLAN_IDLE_YAML_H
#define OSVDI_BROKER_PLAN_IDLE_YAML_H

#include "base/yaml-tree.h"
#include "plan/plan.h"

/**
 * Read the rules of a plan's list "idle", if it has one, after its classes.
 * Errors: BROKER_ERROR_USAGE, with the place: also where rules contradict each other.
 */
gboolean idle_read(struct plan *plan, const struct yaml *yaml, JsonObject *top, GError **error);

#endif
