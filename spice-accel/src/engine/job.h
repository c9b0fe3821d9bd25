/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/*
 * Jobs from the host to the encode thread, and their results. Both are plain values, but for
 * these pointers, which another process gets in its own way (remote/message.h):
 *
 *   job.picture    host memory: a memfd, sent once
 *   job.frame      descriptors of a DMA-BUF
 *   job.tiles      pixels to compress, or rectangles of `frame`
 *   job.look       some rectangles, and a few bytes for each block
 *   result.packet  memory of the encode thread, given back by worker_recycle()
 */
#ifndef JOB_H
#define JOB_H

#include "base/damage.h"
#include "encode/encoder-info.h"
#include "frame/packet.h"

#define JOB_PRESET_SIZE 16u

struct look;
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
	/* Tiles to compress instead of a picture: borrowed until worker_take(), or NULL. The job
	 * needs no encoder. */
	struct tile_batch *tiles;
	/* Damage to look at instead of a picture, in the pixels of `frame`: borrowed until
	 * worker_take(), or NULL. The job needs no encoder. */
	struct look *look;
	/* The engine's pixels that this job works with: for a look; for tiles, whose pixels are
	 * taken from `frame`; for a picture, whose damage is remembered. 0: none. A number that
	 * the engine has not seen before means new pixels, of which nothing is known. */
	uint32_t pixels;
	uint64_t number, capture_us;
	uint32_t generation;           /* for the owner */
};

struct job_result {
	int error;                   /* 0, or negative errno: no encoder is left, or no memory */
	bool tiles, look;            /* the job had such */
	/* 0, or why job.pixels have ended; -ECONNRESET: new pixels may be made at once */
	int pixels_error;
	uint64_t read_bytes;         /* of DMA-BUFs, that the processor read for this job */
	struct packet packet;        /* valid when error is 0 */
	uint32_t generation;
	enum encode_kind kind;
	struct encoder_info encoder; /* the packet's encoder */
	uint64_t start_us, done_us;  /* CLOCK_MONOTONIC */
	uint64_t cpu_us;             /* that the encode thread used */
	uint32_t source_us, wait_us; /* parts of cpu_us and the rest, as the encoder tells */
	uint64_t capture_us;
	unsigned tries;              /* encodes that this unit took */
	bool remote;                 /* another process did the job */
};

#endif
