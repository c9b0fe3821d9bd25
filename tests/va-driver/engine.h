/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SOFT_VA_ENGINE_H
#define SOFT_VA_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The "GPU": one thread that does jobs in the order of their submission, while
 * the application goes on. What a job reads and writes must be kept alive by
 * references that its data holds.
 */
struct engine;

struct engine_job {
	void (*run)(void *data);
	void (*free)(void *data); /* also called when the engine stops first */
	void *data;
};

/** 0 or a negative errno. */
int engine_create(struct engine **out);

/** Waits for the running job, drops those that wait. */
void engine_destroy(struct engine *engine);

/** Queues a job and returns its number, > 0, or a negative errno. */
int64_t engine_submit(struct engine *engine, const struct engine_job *job);

/**
 * Waits until the job is done. timeout_ns UINT64_MAX: for ever.
 *
 * Returns: true when it is done.
 */
bool engine_wait(struct engine *engine, int64_t job, uint64_t timeout_ns);

#endif
