/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/*
 * What the host asks of the encode thread, and what comes back. Both are plain values but
 * for these pointers, so that they can be written to the socket of a helper process:
 *
 *   job.picture    host memory that a helper would share: the place in a memfd
 *   job.frame      descriptors of a DMA-BUF: sent once, then named by a number
 *   job.tiles      pixels to compress: in a memfd, or compressed by the host
 *   result.packet  memory of the encode thread: a place in a shared ring, given back by
 *                  worker_recycle()
 */
#ifndef JOB_H
#define JOB_H

#include "base/damage.h"
#include "encode/encoder-info.h"
#include "frame/packet.h"

#define JOB_PRESET_SIZE 16u

struct picture;
struct spice_accel_frame;
struct tile_batch;

/* Wishes for a stream. An encoder is created from them. */
struct job_config {
	enum encoder_codec codec;
	uint32_t width, height; /* of the scanout, pixels, any parity */
	uint32_t fps;
	uint32_t threads;
	uint32_t bitrate_kbps;
	char preset[JOB_PRESET_SIZE];    /* of x264; empty: default */
	char render_node[RENDER_NODE_SIZE]; /* empty: any */
	/* Ids of the encoders to use, best first. Those of another codec are passed over. */
	uint32_t n_encoders, encoders[ENCODERS_MAX];
};

struct job {
	struct job_config config;
	enum encode_kind kind;
	bool key;
	int qp;
	size_t max_bytes;              /* a larger unit is encoded again, coarser; 0: no limit */
	const struct picture *picture; /* borrowed until worker_take(), or NULL */
	/* a DMA-BUF; a reference is kept until worker_take(), or NULL */
	struct spice_accel_frame *frame;
	struct damage damage;
	bool drop_unchanged;           /* the packet may come back empty: no pixel changed */
	bool partial;                  /* see struct encode_request */
	/* These and no picture: borrowed until worker_take(), or NULL. No encoder is touched. */
	struct tile_batch *tiles;
	uint64_t number, capture_us;
	uint32_t generation;           /* for the owner */
};

struct job_result {
	int error;                   /* 0, or negative errno: no encoder is left, or no memory */
	bool tiles;                  /* of a job with tiles */
	struct packet packet;        /* valid when error is 0 */
	uint32_t generation;
	enum encode_kind kind;
	struct encoder_info encoder; /* that made the packet */
	uint64_t start_us, done_us;  /* CLOCK_MONOTONIC */
	uint64_t cpu_us;             /* of the encode thread */
	uint32_t source_us, wait_us; /* parts of cpu_us and the rest, as the encoder tells */
	uint64_t capture_us;
	unsigned tries;              /* encodes that this unit took */
};

#endif
