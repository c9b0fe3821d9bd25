/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_CREW_H
#define OSVDI_PORTAL_CREW_H

#include <glib.h>

/*
 * Threads that run what blocks: a few for short calls, and one for each task that
 * takes its time, up to a number.
 */
struct crew;

struct crew *crew_new(guint workers, guint tasks);
/** Waits until all are done. */
void crew_free(struct crew *crew);

typedef void (*crew_job)(gpointer data);

/** Whether a call would not wait for too many others. */
gboolean crew_has_room(const struct crew *crew);
/** Run it when a worker is free. */
void crew_call(struct crew *crew, crew_job job, gpointer data);
/** For what takes its time: it begins at once, or (FALSE) there are too many. */
gboolean crew_begin(struct crew *crew, crew_job job, gpointer data);

#endif
