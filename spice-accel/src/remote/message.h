/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/*
 * Messages between a host (a display's encode thread) and osvdi-encoder, on a Unix socket of
 * type SOCK_SEQPACKET: one struct a packet, of the machine's own byte order, without padding.
 *
 *   host             osvdi-encoder
 *   HELLO + area  ->                   whom it talks to, and which encoders may be used
 *                 <- READY             which of these work
 *   JOB + fds     ->                   one at a time
 *                 <- LOG               any number, any time
 *                 <- RESULT            of the job
 *
 * The area is a memfd that both ends write to: the arrays of a look, encoded data. Whoever reads
 * there copies first and checks the copy. Each end takes the other for hostile: check-job and
 * check-result are all that may look at what came.
 */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <stdint.h>

#include <osvdi-accel-protocol.h>

#include "base/damage.h"
#include "encode/encoder-info.h"
#include "engine/job.h"
#include "tiles/look.h"

#define MESSAGE_MAGIC 0x4f564544u /* another struct below: another MESSAGE_VERSION */
#define MESSAGE_VERSION 1u
#define MESSAGE_AREA_BYTES (UINT64_C(64) << 20)
#define MESSAGE_MAX_FDS (SPICE_ACCEL_MAX_PLANES + 1u)
#define MESSAGE_TEXT_SIZE 512u

enum message_type {
	MESSAGE_HELLO = 1,
	MESSAGE_READY,
	MESSAGE_JOB,
	MESSAGE_LOG,
	MESSAGE_RESULT,
};

enum message_job_flags {
	MESSAGE_KEY = 1 << 0,
	MESSAGE_DROP_UNCHANGED = 1 << 1,
	MESSAGE_PARTIAL = 1 << 2,
	MESSAGE_FORGIVE = 1 << 3,     /* engine_forgive() first */
	MESSAGE_NEW_PICTURE = 1 << 4, /* the first descriptor is a picture's */
	MESSAGE_PICTURE = 1 << 5,     /* encode the picture that came last */
	MESSAGE_FRAME = 1 << 6,       /* the other descriptors are a DMA-BUF's planes */
	MESSAGE_TILES = 1 << 7,
	MESSAGE_LOOK = 1 << 8,
	MESSAGE_ALL_FLAGS = (1 << 9) - 1,
};

struct message_hello {
	uint32_t type, magic, version, n_encoders;
	char encoders[ENCODERS_MAX][ENCODER_NAME_SIZE];
	char render_node[RENDER_NODE_SIZE];
	uint32_t fps;
};

struct message_ready {
	uint32_t type, magic, version;
	uint32_t works; /* bit i: the i-th encoder of the hello */
};

struct message_frame {
	uint32_t width, height, x, y, backing_width, backing_height, fourcc, n_planes;
	uint64_t modifier;
	uint32_t offset[SPICE_ACCEL_MAX_PLANES], stride[SPICE_ACCEL_MAX_PLANES];
	uint32_t y_flip, zero;
	char render_node[RENDER_NODE_SIZE];
	uint32_t zero2;
};

/* A struct job. Encoders are numbers in the hello. */
struct message_job {
	uint32_t type, flags;
	uint64_t number, capture_us, max_bytes;
	uint32_t codec, width, height, fps, threads, bitrate_kbps;
	char preset[JOB_PRESET_SIZE];
	char render_node[RENDER_NODE_SIZE];
	uint32_t n_encoders, encoders[ENCODERS_MAX];
	uint32_t kind;
	int32_t qp;
	uint32_t pixels;
	uint32_t n_damage; /* of a picture, or reported for a look */
	struct spice_accel_rect damage[DAMAGE_MAX_RECTS];
	uint32_t n_tiles;
	struct osvdi_rect tiles[OSVDI_TILES_MAX_RECTS];
	uint32_t zero;
	uint64_t now_us;   /* of a look */
	struct message_frame frame;
};

struct message_log {
	uint32_t type, level;
	char text[MESSAGE_TEXT_SIZE]; /* ends by 0 */
};

struct message_move {
	struct spice_accel_rect to;
	int32_t dx, dy;
};

/* A struct job_result. */
struct message_result {
	uint32_t type;
	int32_t error, pixels_error;
	uint32_t encoder;      /* number in the hello */
	uint64_t number;       /* of the job */
	uint64_t read_bytes, cpu_us;
	uint64_t size;         /* of the data at the start of the area */
	uint32_t key, tries;
	int32_t qp;
	uint32_t coding;       /* of tiles */
	uint32_t source_us, wait_us;
	uint32_t n_reported, n_moves; /* of a look */
	struct spice_accel_rect reported[DAMAGE_MAX_RECTS];
	struct message_move moves[LOOK_MAX_MOVES];
};

/* Arrays of a look in the area, each of a value a block, one after the other:
 *   to the helper    looked_us (uint64_t), known, same
 *   from the helper  known, same, ask, answer */
#define MESSAGE_LOOK_BYTES(n_blocks) ((size_t)(n_blocks) * 10u)

_Static_assert(sizeof(struct message_frame) == 8 * 4 + 8 + 8 * 4 + 8 + RENDER_NODE_SIZE + 4,
		"no padding in a frame");
_Static_assert(sizeof(struct message_job) ==
				8 + 24 + 24 + JOB_PRESET_SIZE + RENDER_NODE_SIZE + 4 +
				4 * ENCODERS_MAX + 16 + 16 * DAMAGE_MAX_RECTS + 4 +
				8 * OSVDI_TILES_MAX_RECTS + 4 + 8 +
				sizeof(struct message_frame),
		"no padding in a job");
_Static_assert(sizeof(struct message_result) ==
				16 + 32 + 32 + 16 * DAMAGE_MAX_RECTS + 24 * LOOK_MAX_MOVES,
		"no padding in a result");

#endif
