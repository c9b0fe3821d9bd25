/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* What we add to an encoder's access units. */
#ifndef H264_AU_H
#define H264_AU_H

#include "encode/encoder.h"

/* Appends the SEI that names the frame (osvdi-accel-protocol.h). `key`: the
 * access unit is an IDR. 0 or -ENOMEM. */
int h264_append_frame_info(struct packet *packet, const struct encode_request *request, bool key);

/* Appends an access unit delimiter and a filler NAL unit, the beginning of
 * the next access unit: parsers that wait for it (GStreamer's h264parse) let
 * this one go at once. For viewers without the extension port. 0 or -ENOMEM. */
int h264_append_flush(struct packet *packet);

#endif
