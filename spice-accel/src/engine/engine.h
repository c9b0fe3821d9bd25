/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef ENGINE_H
#define ENGINE_H

#include "engine/job.h"

/**
 * Runs the jobs of one display: chooses an encoder, replaces encoders that fail, bounds the
 * size of what comes out.
 *
 * Thread: engine_run() and engine_destroy() from one thread, that of the encoders.
 */
struct engine;

/* 0, -ENOMEM. Owner: engine_destroy(). */
int engine_create(struct engine **out);
void engine_destroy(struct engine *engine); /* NULL allowed */

/* Runs a job. The packet in *result is reset, and its memory used again. */
void engine_run(struct engine *engine, const struct job *job, struct job_result *result);
/* Forgets which encoders failed: the next encoder that is made is the best again. */
void engine_forgive(struct engine *engine);

/* Does the encoder work on this machine, with this configuration? 0, or negative errno with
 * the reason and the remedy in `why`. Thread: any, without an engine. */
int engine_probe(uint32_t encoder, const struct job_config *config, char *why, size_t size);

#endif
