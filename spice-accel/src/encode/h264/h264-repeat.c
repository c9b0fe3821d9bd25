/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "encode/h264/h264-repeat.h"

#include <errno.h>
#include <string.h>

#include <osvdi-common/sps.h>

#include "encode/h264/h264-bits.h"

/* More than a picture parameter set and the slice header up to frame_num ever take. */
#define HEAD_BYTES 64

#define SLICE_P_ALL 5u /* table 7-6: P, and all slices of the picture are */

static struct h264_reader open_rbsp(uint8_t *rbsp, const uint8_t *nal, size_t size)
{
	size_t n = h264_unescape(rbsp, HEAD_BYTES, nal + 1, size - 1);

	return (struct h264_reader){ .data = rbsp, .bits = n * 8 };
}

static void follow_sps(struct h264_repeat *repeat, const uint8_t *nal, size_t size)
{
	struct sps sps;

	repeat->usable = sps_read(&sps, nal, size) && sps.chroma_format_idc == 1 &&
			sps.bit_depth_luma == 8 && sps.bit_depth_chroma == 8 &&
			!sps.scaling_matrices && sps.frame_mbs_only &&
			sps.poc_type == 2; /* output order is decoding order */
	if (!repeat->usable)
		return;
	repeat->frame_num_bits = sps.frame_num_bits;
	repeat->macroblocks = sps.columns * sps.rows;
}

/* pic_parameter_set_rbsp, 7.3.2.2 */
static void follow_pps(struct h264_repeat *repeat, const uint8_t *nal, size_t size)
{
	uint8_t rbsp[HEAD_BYTES];
	struct h264_reader r = open_rbsp(rbsp, nal, size);
	bool ok = true;

	ok &= h264_read_ue(&r) == 0; /* pic_parameter_set_id */
	h264_read_ue(&r);            /* seq_parameter_set_id */
	ok &= h264_read(&r, 1) == 0; /* entropy_coding_mode_flag: CAVLC */
	ok &= h264_read(&r, 1) == 0; /* bottom_field_pic_order_in_frame_present_flag */
	ok &= h264_read_ue(&r) == 0; /* num_slice_groups_minus1 */
	h264_read_ue(&r);            /* num_ref_idx_l0_default_active_minus1 */
	h264_read_ue(&r);
	ok &= h264_read(&r, 1) == 0; /* weighted_pred_flag */
	h264_read(&r, 2);            /* weighted_bipred_idc */
	h264_read_se(&r);            /* pic_init_qp_minus26 */
	h264_read_se(&r);
	h264_read_se(&r);
	repeat->deblocking_control = h264_read(&r, 1);
	h264_read(&r, 1);            /* constrained_intra_pred_flag */
	ok &= h264_read(&r, 1) == 0; /* redundant_pic_cnt_present_flag */
	repeat->usable &= ok && !r.overrun;
}

/*
 * Copies a slice with its frame_num replaced. After the bits that changed both
 * streams have the same bytes, and after the next non-zero one the same need
 * for escapes, so only the beginning is rewritten.
 */
static int copy_slice(struct packet *packet, const uint8_t *nal, size_t size, size_t bit,
		unsigned bits, uint32_t frame_num)
{
	static const uint8_t code[] = { 0, 0, 0, 1 };
	uint8_t head[HEAD_BYTES];
	size_t n = h264_unescape(head, sizeof head, nal + 1, size - 1);
	struct h264_writer w = { .data = head, .capacity = n, .at = bit };
	uint8_t *out = packet_reserve(packet, sizeof code + size + HEAD_BYTES);
	size_t last = (bit + bits - 1) / 8, to = 0, i = 0, zeros = 0, in_zeros = 0, from = 1;

	if (!out)
		return -ENOMEM;
	h264_write(&w, frame_num, bits);
	memcpy(out, code, sizeof code);
	to = sizeof code;
	out[to++] = nal[0];
	for (; i < n; i++) {
		if (in_zeros >= 2 && nal[from] == 3) {
			from++;
			in_zeros = 0;
		}
		in_zeros = nal[from] == 0 ? in_zeros + 1 : 0;
		from++;
		if (zeros >= 2 && head[i] <= 3) {
			out[to++] = 3;
			zeros = 0;
		}
		zeros = head[i] == 0 ? zeros + 1 : 0;
		out[to++] = head[i];
		if (i > last && head[i] != 0) {
			i++;
			break;
		}
	}
	if (i == n && from < size)
		return -EBADMSG; /* no byte at which both streams agree again */
	memcpy(out + to, nal + from, size - from);
	packet->size += to + size - from;
	return 0;
}

/* slice_header, 7.3.3, up to frame_num */
static int follow_slice(struct h264_repeat *repeat, struct packet *packet, const uint8_t *nal,
		size_t size)
{
	static const uint8_t code[] = { 0, 0, 0, 1 };
	bool idr = (nal[0] & 0x1f) == H264_NAL_IDR;
	uint8_t rbsp[HEAD_BYTES];
	struct h264_reader r = open_rbsp(rbsp, nal, size);
	uint32_t mask = (1u << repeat->frame_num_bits) - 1;
	uint32_t frame_num;
	size_t bit;
	int ret;

	h264_read_ue(&r); /* first_mb_in_slice */
	h264_read_ue(&r); /* slice_type */
	h264_read_ue(&r); /* pic_parameter_set_id */
	bit = r.at;
	frame_num = h264_read(&r, repeat->frame_num_bits);
	if (r.overrun)
		return -EBADMSG;
	if (idr)
		repeat->offset = 0;
	repeat->last_frame_num = (frame_num + repeat->offset) & mask;
	if (repeat->offset)
		return copy_slice(packet, nal, size, bit, repeat->frame_num_bits,
				repeat->last_frame_num);
	ret = packet_append(packet, code, sizeof code);
	return ret < 0 ? ret : packet_append(packet, nal, size);
}

int h264_repeat_copy(struct h264_repeat *repeat, struct packet *packet, const uint8_t *nal,
		size_t size)
{
	static const uint8_t code[] = { 0, 0, 0, 1 };
	unsigned type;
	int ret;

	if (!size)
		return -EBADMSG;
	type = nal[0] & 0x1f;
	if (type == H264_NAL_SPS)
		follow_sps(repeat, nal, size);
	else if (type == H264_NAL_PPS)
		follow_pps(repeat, nal, size);
	else if (repeat->usable && (type == H264_NAL_SLICE || type == H264_NAL_IDR))
		return follow_slice(repeat, packet, nal, size);
	ret = packet_append(packet, code, sizeof code);
	return ret < 0 ? ret : packet_append(packet, nal, size);
}

int h264_repeat_append(struct h264_repeat *repeat, struct packet *packet)
{
	uint8_t rbsp[32];
	struct h264_writer w = { .data = rbsp, .capacity = sizeof rbsp };
	uint32_t mask;
	size_t size;

	if (!repeat->usable)
		return -ENOTSUP;
	mask = (1u << repeat->frame_num_bits) - 1;
	repeat->last_frame_num = (repeat->last_frame_num + 1) & mask;
	repeat->offset = (repeat->offset + 1) & mask;
	h264_write_ue(&w, 0);           /* first_mb_in_slice */
	h264_write_ue(&w, SLICE_P_ALL); /* slice_type */
	h264_write_ue(&w, 0);           /* pic_parameter_set_id */
	h264_write(&w, repeat->last_frame_num, repeat->frame_num_bits);
	h264_write(&w, 1, 1);    /* num_ref_idx_active_override_flag: */
	h264_write_ue(&w, 0);    /* one reference */
	h264_write(&w, 0, 1);    /* ref_pic_list_modification_flag_l0 */
	h264_write(&w, 0, 1);    /* adaptive_ref_pic_marking_mode_flag */
	h264_write_se(&w, 0);    /* slice_qp_delta */
	if (repeat->deblocking_control)
		h264_write_ue(&w, 1); /* disable_deblocking_filter_idc */
	h264_write_ue(&w, repeat->macroblocks); /* mb_skip_run */
	size = h264_write_trailing(&w);
	return h264_append_nal(packet, 2, H264_NAL_SLICE, rbsp, size);
}
