/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef WORKER_H
#define WORKER_H

#include "encode/encoder.h"
#include "tiles/tile-batch.h"

#define WORKER_MAX_ENCODERS 8

/* Wishes for a stream; what an encoder is created from. */
struct worker_config {
	enum encoder_codec codec;
	uint32_t width, height; /* of the scanout, pixels, any parity */
	uint32_t fps;
	unsigned threads;
	const char *preset;      /* NULL: default; must outlive the worker */
	const char *render_node; /* NULL: any; must outlive the worker */
	uint32_t bitrate_kbps;
	/* Encoders to use, best first, ended by NULL; those of another codec are passed over. */
	const struct encoder_impl *order[WORKER_MAX_ENCODERS + 1];
};

struct worker_job {
	struct worker_config config;
	enum encode_kind kind;
	bool key;
	int qp;
	size_t max_bytes;              /* a larger unit is encoded again, coarser; 0: no limit */
	const struct picture *picture; /* borrowed until worker_take(), or NULL */
	struct spice_accel_frame *frame; /* a DMA-BUF; a reference is kept until worker_take(), or NULL */
	struct damage damage;
	bool drop_unchanged;           /* the packet may come back empty: no pixel changed */
	bool partial;                  /* see struct encode_request */
	/* Not a picture but these: borrowed until worker_take(), or NULL. No encoder is touched. */
	struct tile_batch *tiles;
	uint64_t number, capture_us;
	unsigned generation;           /* for the owner */
};

struct worker_result {
	int error;                   /* 0, or negative errno: no encoder is left, or no memory */
	bool tiles;                  /* of a job with tiles */
	struct packet packet;        /* valid when error is 0 */
	unsigned generation;
	enum encode_kind kind;
	const struct encoder_impl *impl; /* that made it */
	uint64_t start_us, done_us;  /* CLOCK_MONOTONIC */
	uint64_t cpu_us;             /* of the encode thread */
	uint32_t source_us, wait_us; /* of them, as the encoder tells */
	uint64_t capture_us;
	unsigned tries;              /* encodes that this unit took */
};

/**
 * The encode thread of one display: one job at a time, replaces encoders that
 * fail, bounds the size of what comes out.
 *
 * Thread: all calls in the host thread.
 */
struct worker;

/**
 * done_fd becomes readable when a result waits.
 * Errors: 0, negative errno. Owner: worker_destroy().
 */
int worker_create(struct worker **out, int *done_fd);
void worker_destroy(struct worker *worker); /* waits for the job that runs; NULL allowed */

bool worker_busy(const struct worker *worker);

/* Only when not busy. `job` is copied. */
void worker_submit(struct worker *worker, const struct worker_job *job);

/* Takes the result; false when there is none. The packet's memory becomes the
 * caller's: give it back with worker_recycle() or packet_finish(). */
bool worker_take(struct worker *worker, struct worker_result *result);
void worker_recycle(struct worker *worker, struct packet *packet);

/* Forget which encoders failed: the next job starts with the best again. */
void worker_forgive(struct worker *worker);

#endif
