/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUEST_JOB_H
#define GUEST_JOB_H

#include "engine/engine.h"
#include "frame/picture.h"
#include "remote/area.h"
#include "remote/message.h"
#include "tiles/look.h"
#include "tiles/shadow.h"
#include "tiles/tile-batch.h"

/* Runs the jobs of a host, and has what lives from one to the next. */
struct guest_job {
	struct message_hello hello;
	uint32_t ids[ENCODERS_MAX]; /* the hello's encoders in this build */
	uint32_t works;             /* bit i: there is ids[i] */
	struct area area;           /* bytes NULL: the hello has not come */
	struct engine *engine;
	struct picture picture;
	struct shadow shadow;
	struct look look;
	struct tile_batch batch;
	struct job_result result;
};

/* 0, -ENOMEM. Owner: guest_job_finish(). */
int guest_job_init(struct guest_job *g);
void guest_job_finish(struct guest_job *g);

/* Runs a checked job with its descriptors, which stay the caller's. NULL and the answer in *out;
 * else what is wrong with the job. */
const char *guest_job_run(struct guest_job *g, const struct message_job *m, const int *fds,
		struct message_result *out);

#endif
