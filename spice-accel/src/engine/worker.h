/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef WORKER_H
#define WORKER_H

#include "engine/engine.h"

/**
 * The encode thread of one display: runs an engine, one job at a time.
 *
 * Thread: all calls in the host thread.
 */
struct worker;

/**
 * done_fd becomes readable when a result waits.
 * Errors: 0, negative errno. Owner: worker_destroy(), which ends the engine too; an error has
 *         ended the engine.
 */
int worker_create(struct worker **out, struct engine *engine, int *done_fd);
/* Waits for the job that runs, unless the job can be interrupted; NULL allowed. */
void worker_destroy(struct worker *worker);

bool worker_busy(const struct worker *worker);

/* Only when not busy. The job is copied. */
void worker_submit(struct worker *worker, const struct job *job);

/* Takes the result; false when there is none. The packet's memory is the caller's then. When
 * the packet was sent, or will not be, worker_recycle() lets the next job use the memory. */
bool worker_take(struct worker *worker, struct job_result *result);
void worker_recycle(struct worker *worker, struct packet *packet);

/* Forget which encoders failed: the next job starts with the best again. */
void worker_forgive(struct worker *worker);

#endif
