/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* NAL units of Rec. ITU-T H.264 (08/2021) into packets. */
#ifndef H264_BITS_H
#define H264_BITS_H

#include <osvdi-common/h264.h>

#include "frame/packet.h"

/* Appends a four-byte start code, the NAL header and the escaped RBSP. 0 or -ENOMEM. */
int h264_append_nal(struct packet *packet, unsigned ref_idc, enum h264_nal_type type,
		const uint8_t *rbsp, size_t size);

#endif
