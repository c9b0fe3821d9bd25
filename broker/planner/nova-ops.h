/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PLANNER_NOVA_OPS_H
#define OSVDI_BROKER_PLANNER_NOVA_OPS_H

#include "cloud/cloud.h"
#include "plan/ops.h"

/*
 * A plan's requests, to Nova. Each desktop has the metadata osvdi:class,
 * osvdi:session and osvdi:until (text, UTC). Its key pair is the lock that it was made
 * under: nobody has the private key of it.
 */
struct nova_plan;
typedef struct nova_plan auto_nova_plan;

/** How a picture is seen; it asks the desktop's SPICE server. */
typedef gboolean (*nova_plan_probe)(void *data, const struct session *session, const char *id,
		enum picture *picture, GError **error);

/**
 * cloud is borrowed until nova_plan_free(). The sessions' class_data must be struct
 * plan_class.
 */
struct nova_plan *nova_plan_new(struct cloud *cloud, nova_plan_probe probe, void *probe_data);
/** Where viewers are told of (planner/viewers.h). Borrowed; NULL: nowhere. */
void nova_plan_set_viewers(struct nova_plan *plan, char **addresses);
/** The rules (struct idle_rule) by which desktops are put to rest. Borrowed. */
void nova_plan_set_idle(struct nova_plan *plan, const GPtrArray *rules);
/** The limits (struct limit) that are noted on new desktops. Borrowed. */
void nova_plan_set_limits(struct nova_plan *plan, const GPtrArray *limits);
void nova_plan_free(struct nova_plan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(auto_nova_plan, nova_plan_free)

/** For struct run; `data` is the struct nova_plan. */
extern const struct plan_ops nova_plan_ops;

#endif
