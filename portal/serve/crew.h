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
/** Takes nothing more, and waits until all that was taken is done. From any thread. */
void crew_close(struct crew *crew);
/** After crew_close(), when no other thread calls the crew. */
void crew_free(struct crew *crew);

typedef void (*crew_job)(gpointer data);

/**
 * Take a place for one crew_call(). FALSE: too many wait already, or the crew is closed.
 * Whoever has a place calls: crew_close() waits for the call.
 */
gboolean crew_reserve(struct crew *crew);
/** Run the job when a worker is free. Needs crew_reserve(). */
void crew_call(struct crew *crew, crew_job job, gpointer data);
/**
 * For what takes its time: the job begins at once. FALSE: too many run already, or the
 * crew is closed.
 */
gboolean crew_begin(struct crew *crew, crew_job job, gpointer data);

#endif
