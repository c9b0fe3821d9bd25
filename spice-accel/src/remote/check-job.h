/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* osvdi-encoder believes nothing else of a host's messages. */
#ifndef CHECK_JOB_H
#define CHECK_JOB_H

#include <stdbool.h>
#include <stddef.h>

#include "remote/message.h"

/* The bytes are a sound hello of a host of this version, with so many descriptors. NULL: so they
 * are; else what is wrong. */
const char *check_hello(const void *bytes, size_t size, unsigned n_fds);

/* The bytes are a job that may follow the hello. After NULL each field of the job is in its range,
 * rectangles lie in the picture, texts end, and the descriptors are as many as the job has. */
const char *check_job(const void *bytes, size_t size, unsigned n_fds,
		const struct message_hello *hello);

#endif
