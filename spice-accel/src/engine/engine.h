/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef ENGINE_H
#define ENGINE_H

#include "engine/job.h"

struct engine;

struct engine_impl {
	void (*run)(struct engine *engine, const struct job *job, struct job_result *result);
	void (*forgive)(struct engine *engine);
	/* Optional: NULL where run() never waits for another process. */
	void (*interrupt)(struct engine *engine);
	void (*destroy)(struct engine *engine);
};

/**
 * Runs the jobs of one display, wherever the encoders are. First member of every engine.
 *
 * Thread: one, that of the encoders, but for engine_interrupt().
 */
struct engine {
	const struct engine_impl *impl;
};

/* Runs a job. The packet in *result is reset, and its memory used again. */
void engine_run(struct engine *engine, const struct job *job, struct job_result *result);
/* Forgets which encoders failed: the next encoder that is made is the best again. */
void engine_forgive(struct engine *engine);
/* The engine is about to end: a job that waits for another process fails now, and so do all that
 * follow. Thread: any. */
void engine_interrupt(struct engine *engine);
void engine_destroy(struct engine *engine); /* NULL allowed */

#endif
