/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* Jobs of a host as messages, and results out of messages. */
#ifndef JOB_MESSAGE_H
#define JOB_MESSAGE_H

#include "engine/job.h"
#include "remote/area.h"
#include "remote/message.h"

/* The encoders of a hello that osvdi-encoder has, as ids of this build. */
struct encoder_names {
	uint32_t n, ids[ENCODERS_MAX];
	uint32_t works; /* bit i */
};

/* Fills the message, and the area with the arrays of a look. The message has no flag for
 * descriptors of a picture yet. False: osvdi-encoder has none of the job's encoders. */
bool job_write(const struct job *job, const struct encoder_names *names, struct area *area,
		struct message_job *message);

/* Takes a checked result, and what the area has of it. 0; -EPROTO the data cannot be; -ENOMEM. */
int result_read(const struct message_result *message, const struct encoder_names *names,
		const struct area *area, const struct job *job, struct job_result *result);

#endif
