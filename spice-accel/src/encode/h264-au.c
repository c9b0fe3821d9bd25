/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "encode/h264-au.h"

#include <string.h>

#include <osvdi-accel-protocol.h>

#include "encode/h264-bits.h"

#define SEI_USER_DATA_UNREGISTERED 5u /* Rec. ITU-T H.264 D.1.1 */

_Static_assert(DAMAGE_MAX_RECTS <= OSVDI_FRAME_MAX_RECTS, "damage fits in the SEI");

static void fill_info(struct osvdi_frame_info *info, const struct encode_request *request, bool key)
{
	memset(info, 0, sizeof *info);
	info->frame = request->number;
	info->capture_us = request->capture_us;
	if (key)
		info->flags |= OSVDI_FRAME_KEY | OSVDI_FRAME_FULL;
	if (request->kind == ENCODE_REPEAT)
		info->flags |= OSVDI_FRAME_REPEAT;
	if (request->kind == ENCODE_REFINE)
		info->flags |= OSVDI_FRAME_REFINED;
	if (key || request->kind != ENCODE_NEW)
		return;
	for (unsigned i = 0; i < request->damage->n; i++) {
		const struct spice_accel_rect *r = &request->damage->rects[i];

		info->rects[info->n_rects++] = (struct osvdi_rect){ (uint16_t)r->x, (uint16_t)r->y,
			(uint16_t)r->width, (uint16_t)r->height };
	}
}

int h264_append_frame_info(struct packet *packet, const struct encode_request *request, bool key)
{
	uint8_t rbsp[16 + OSVDI_SEI_FIXED_SIZE + 8 * OSVDI_FRAME_MAX_RECTS + 4];
	struct osvdi_frame_info info;
	size_t n = 0, payload;

	fill_info(&info, request, key);
	payload = osvdi_frame_info_size(info.n_rects);
	rbsp[n++] = SEI_USER_DATA_UNREGISTERED;
	rbsp[n++] = (uint8_t)payload; /* below 255: 16 + 20 + 8 * 16 = 164 */
	n += osvdi_write_frame_info(rbsp + n, &info);
	rbsp[n++] = 0x80; /* rbsp_trailing_bits */
	return h264_append_nal(packet, 0, H264_NAL_SEI, rbsp, n);
}

int h264_append_flush(struct packet *packet)
{
	/* AUD with primary_pic_type 7 (7.3.2.4), filler data 0xff (7.3.2.7) */
	static const uint8_t flush[] = { 0, 0, 0, 1, 9, 0xf0, 0, 0, 0, 1, 12, 0xff, 0x80 };

	return packet_append(packet, flush, sizeof flush);
}
