/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef LOCAL_ENGINE_H
#define LOCAL_ENGINE_H

#include "engine/engine.h"

/* An engine whose encoders and OpenGL run in this process. Chooses an encoder, replaces encoders
 * that fail, bounds the size of what comes out. 0, -ENOMEM. Owner: engine_destroy(). */
int local_engine_create(struct engine **out);
/* This process is to load no driver of a GPU: OpenGL stays closed, and the owner names no encoder
 * on a GPU. Call before the first job. */
void local_engine_forbid_gpu(struct engine *engine);

/* Does the encoder work on this machine, with this configuration? 0, or negative errno with
 * the reason and the remedy in `why`. Thread: any, without an engine. */
int local_engine_probe(uint32_t encoder, const struct job_config *config, char *why, size_t size);

#endif
