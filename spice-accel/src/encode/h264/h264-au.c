/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "encode/h264/h264-au.h"

#include <errno.h>
#include <string.h>

#include <osvdi-accel-protocol.h>

#include "encode/h264/h264-bits.h"

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
	if (request->partial) {
		info->flags &= (uint8_t)~OSVDI_FRAME_FULL;
		info->flags |= OSVDI_FRAME_PARTIAL;
	} else if (key || request->kind != ENCODE_NEW) {
		return;
	}
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

void h264_headers_finish(struct h264_headers *headers)
{
	packet_finish(&headers->sps);
	packet_finish(&headers->pps);
}

static int append_nal(struct packet *packet, const uint8_t *nal, size_t size)
{
	static const uint8_t code[] = { 0, 0, 0, 1 };
	int ret = packet_append(packet, code, sizeof code);

	return ret < 0 ? ret : packet_append(packet, nal, size);
}

static int keep(struct packet *kept, const uint8_t *nal, size_t size)
{
	packet_reset(kept);
	return append_nal(kept, nal, size);
}

/* Writes the NAL units that belong before the first slice. */
static int begin_slices(struct packet *packet, const struct encode_request *request,
		const struct h264_headers *headers, bool idr, bool have_sets)
{
	int ret = 0;

	if (idr && !have_sets) {
		if (!headers->sps.size || !headers->pps.size)
			return -EBADMSG;
		ret = packet_append(packet, headers->sps.data, headers->sps.size);
		if (ret == 0)
			ret = packet_append(packet, headers->pps.data, headers->pps.size);
	}
	packet->key = idr;
	return ret < 0 ? ret : h264_append_frame_info(packet, request, idr);
}

/* Units without meaning to a viewer, and the text that some encoders write of themselves. */
static bool superfluous(unsigned type, const uint8_t *nal, size_t size)
{
	return type == H264_NAL_AUD || type == H264_NAL_FILLER ||
			(type == H264_NAL_SEI && size > 1 && nal[1] == SEI_USER_DATA_UNREGISTERED);
}

int h264_append_unit(struct packet *packet, const uint8_t *unit, size_t size,
		const struct encode_request *request, struct h264_headers *headers)
{
	bool slices = false, have_sets = false;
	size_t at = 0, n;
	const uint8_t *nal;
	int ret = 0;

	while (ret == 0 && h264_next_nal(unit, size, &at, &nal, &n)) {
		unsigned type = nal[0] & 0x1f;

		if (superfluous(type, nal, n))
			continue;
		if (type == H264_NAL_SPS)
			ret = keep(&headers->sps, nal, n);
		else if (type == H264_NAL_PPS)
			ret = keep(&headers->pps, nal, n);
		have_sets |= type == H264_NAL_PPS;
		if (!slices && (type == H264_NAL_SLICE || type == H264_NAL_IDR)) {
			ret = begin_slices(packet, request, headers, type == H264_NAL_IDR,
					have_sets);
			slices = true;
		}
		if (ret == 0)
			ret = append_nal(packet, nal, n);
	}
	return ret < 0 ? ret : slices ? 0 : -EBADMSG;
}

int h264_append_flush(struct packet *packet)
{
	/* AUD with primary_pic_type 7 (7.3.2.4), filler data 0xff (7.3.2.7) */
	static const uint8_t flush[] = { 0, 0, 0, 1, 9, 0xf0, 0, 0, 0, 1, 12, 0xff, 0x80 };

	return packet_append(packet, flush, sizeof flush);
}
