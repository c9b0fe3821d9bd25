/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The NAL units that we add to an encoder's access units. */
#ifndef H264_AU_H
#define H264_AU_H

#include "encode/encoder.h"

/* Appends the SEI that names the frame (osvdi-accel-protocol.h). `key`: the
 * access unit is an IDR. 0 or -ENOMEM. */
int h264_append_frame_info(struct packet *packet, const struct encode_request *request, bool key);

/* Parameter sets of an encoder that gives them once. Zeroed: none yet. */
struct h264_headers {
	struct packet sps, pps;
};

void h264_headers_finish(struct h264_headers *headers);

/**
 * Appends another encoder's access unit, with our SEI before its first slice
 * and with the parameter sets before an IDR that came without. Its own user
 * data, delimiters and filler are left out. Sets packet->key.
 *
 * Shapes: unit: Annex B byte stream of one access unit.
 * Errors: 0; -ENOMEM; -EBADMSG no slice in it, or an IDR before any
 *         parameter set.
 */
int h264_append_unit(struct packet *packet, const uint8_t *unit, size_t size,
		const struct encode_request *request, struct h264_headers *headers);

/* Appends an access unit delimiter and a filler NAL unit, the beginning of
 * the next access unit: parsers that wait for it (GStreamer's h264parse) let
 * this one go at once. For viewers without the extension port. 0 or -ENOMEM. */
int h264_append_flush(struct packet *packet);

#endif
