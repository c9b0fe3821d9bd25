/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef CONNECTION_H
#define CONNECTION_H

#include "remote/job-message.h"

/**
 * A host's connection to an osvdi-encoder. Nothing waits but connection_ready() and
 * connection_run(), for a limited time.
 *
 * Thread: one at a time, but quit_fd may become readable in any: then nothing waits any more.
 */
struct connection {
	int fd; /* -1: closed */
	int quit_fd; /* borrowed */
	bool ready;
	struct area area;
	struct message_hello hello;
	struct encoder_names names;
	uint64_t picture; /* the serial of the picture that osvdi-encoder has; 0: none */
	uint64_t lines_us;
	unsigned lines;   /* of its log, since lines_us */
	const char *wrong; /* what of its bytes cannot be; NULL: nothing */
};

/* Connects and sends the hello. 0, negative errno. Owner: connection_close(). */
int connection_open(struct connection *c, const char *path, const struct message_hello *hello,
		const struct encoder_names *names, int quit_fd);
void connection_close(struct connection *c); /* closed already: nothing */

/* The answer to the hello has come, or comes until then. 1, 0; negative errno: close it. */
int connection_ready(struct connection *c, uint64_t deadline_us);

/* Runs the job. 0; -ENODEV osvdi-encoder has no encoder for it; other negative errno: the
 * connection is of no use any more: -ETIME no answer came until then, -ECONNRESET the other end is
 * gone, -EPROTO it sent what cannot be, -ECANCELED quit_fd. forgive: as engine_forgive() first. */
int connection_run(struct connection *c, const struct job *job, bool forgive,
		uint64_t deadline_us, struct job_result *result);

#endif
