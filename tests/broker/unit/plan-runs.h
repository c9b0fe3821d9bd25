/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_BROKER_PLAN_RUNS_H
#define TESTS_BROKER_PLAN_RUNS_H

#include "plan/world.h"

/* Shared by the tests of a plan's runs. */

#define T0 G_GINT64_CONSTANT(1796120400) /* 2026-12-01 10:20 UTC */

extern const struct session small_session;

GArray *sessions_of(const struct session *session);
/** The world counts by pointer: the session in the array. */
const struct session *first(const GArray *sessions);
/** Ends the test when the world has seen what must never happen. */
void check(const struct world *w, const char *when, int number);
gboolean run_plan(struct world_actor *a, const GArray *sessions);
/** Whether a further run would change nothing but look. */
gboolean is_settled(struct world *w, const GArray *sessions);
/** A desktop of each kind beside what the session needs. */
struct world *odd_world(guint32 seed, const GArray *sessions);

#endif
