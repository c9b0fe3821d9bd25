/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PLAN_WORLD_PRIVATE_H
#define OSVDI_BROKER_PLAN_WORLD_PRIVATE_H

#include "plan/world.h"

/* For world.c and world-ops.c alone. */

/** Note what must never happen. */
void world_violate(struct world *w, const char *what, const struct world_server *s);
/** Bring a server to the state that it has by now. */
void world_age(struct world *w, struct world_server *s);
gboolean world_happens(struct world *w, int of_1000);
void world_give_place_back(struct world *w, struct world_server *s);

#endif
