/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_BROKER_PLAN_PEOPLE_H
#define TESTS_BROKER_PLAN_PEOPLE_H

#include "plan/world.h"

/* Users of desktops of a world, as their brokers do it request by request. */

/** Open a desktop as desktop/rest.c says. FALSE: it is gone. */
gboolean people_open(struct world_actor *a, struct world_server *s);
/** The viewer is there; and it has gone. */
void people_come(struct world *w, struct world_server *s);
void people_leave(struct world *w, struct world_server *s);

#endif
