/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "encode/h264/h264-bits.h"

#include <errno.h>

int h264_append_nal(struct packet *packet, unsigned ref_idc, enum h264_nal_type type,
		const uint8_t *rbsp, size_t size)
{
	/* worst case: one escape for every two bytes */
	size_t room = size + size / 2 + 1;
	uint8_t *out = packet_reserve(packet, 5 + room);

	if (!out)
		return -ENOMEM;
	out[0] = out[1] = out[2] = 0;
	out[3] = 1;
	out[4] = (uint8_t)(ref_idc << 5 | (unsigned)type);
	packet->size += 5 + h264_escape(out + 5, room, rbsp, size);
	return 0;
}
