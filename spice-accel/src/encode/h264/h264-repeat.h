/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/*
 * Repeated pictures without an encoder: a P slice in which every macroblock
 * is skipped (Rec. ITU-T H.264 7.3.4: one mb_skip_run) costs a few bytes and
 * no time. It counts as a reference picture, so the encoder's own slices
 * that follow get their frame_num moved on (7.4.3).
 */
#ifndef H264_REPEAT_H
#define H264_REPEAT_H

#include "frame/packet.h"

/* Zeroed: no stream seen. */
struct h264_repeat {
	bool usable;            /* the parameter sets are of a kind we can follow */
	uint32_t frame_num_bits;
	uint32_t macroblocks;   /* of a picture */
	bool deblocking_control;
	uint32_t last_frame_num; /* of the last picture, ours included */
	uint32_t offset;         /* added to the encoder's frame_num */
};

/**
 * Copies one NAL unit of the encoder to the packet, moved on as needed, and
 * follows its parameter sets and frame numbers.
 *
 * Shapes: nal: the bytes after the start code.
 * Errors: 0; -ENOMEM; -EBADMSG a slice header that cannot be followed.
 */
int h264_repeat_copy(struct h264_repeat *repeat, struct packet *packet, const uint8_t *nal,
		size_t size);

/* Appends a slice that repeats the last picture. 0; -ENOMEM; -ENOTSUP not usable. */
int h264_repeat_append(struct h264_repeat *repeat, struct packet *packet);

#endif
