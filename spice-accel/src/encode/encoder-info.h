/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The description of an encoder for the host: plain values. */
#ifndef ENCODER_INFO_H
#define ENCODER_INFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ENCODERS_MAX 8u /* of one stream */
#define ENCODER_NAME_SIZE 16u
#define RENDER_NODE_SIZE 108u /* of a path, with its end */

enum encoder_codec {
	CODEC_H264,
	CODEC_MJPEG,
};

enum encoder_caps {
	/* encode() takes request.frame of kind FRAME_DMABUF without a picture. */
	ENCODER_DMABUF = 1 << 0,
	/* request.qp is obeyed, so that the caller can bound a frame's size. */
	ENCODER_QP = 1 << 1,
	/* Unchanged pictures (ENCODE_REPEAT) cost next to nothing. */
	ENCODER_CHEAP_REPEAT = 1 << 2,
	/* Runs on a GPU: probed first. */
	ENCODER_HARDWARE = 1 << 3,
	/* For tests only: never chosen by "auto". */
	ENCODER_TEST = 1 << 4,
	/* Keeps each picture to its share of params.bitrate_kbps, if any: a first
	 * one may be coarse, and those that follow better it. */
	ENCODER_BOUNDED = 1 << 5,
};

enum encode_kind {
	ENCODE_NEW,    /* new content */
	ENCODE_REPEAT, /* nothing changed, but the viewer needs a frame */
	ENCODE_REFINE, /* nothing changed, spend bits on quality */
};

struct encoder_info {
	uint32_t id; /* of the encoder in this build */
	char name[ENCODER_NAME_SIZE]; /* empty: no encoder */
	enum encoder_codec codec;
	unsigned caps; /* enum encoder_caps */
};

/* The i-th encoder in order of preference. False: past the end. */
bool encoder_info_at(size_t i, struct encoder_info *info);
/* False: this build has no such encoder. */
bool encoder_info_find(const char *name, struct encoder_info *info);

#endif
