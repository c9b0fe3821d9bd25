/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "encode/va/va-params.h"

#include <errno.h>
#include <string.h>

#include <va/va_enc_h264.h>

#define UNSEEN_QP 12 /* a finer quantiser makes no visible difference */
#define FASTEST_BUT_ONE 6u /* of 7 quality levels: the last loses much quality for little time */

struct builder {
	struct va_device *device;
	VAContextID context;
	struct va_params *params;
	const struct va_picture *picture;
	VAStatus status; /* the first failure */
};

static void add(struct builder *b, VABufferType type, const void *data, size_t size)
{
	VABufferID *id = &b->params->ids[b->params->n];

	if (b->status != VA_STATUS_SUCCESS)
		return;
	if (b->params->n == VA_MAX_PARAMS) {
		b->status = VA_STATUS_ERROR_MAX_NUM_EXCEEDED;
		return;
	}
	b->status = vaCreateBuffer(b->device->display, b->context, type, (unsigned)size, 1,
			(void *)data, id);
	if (b->status == VA_STATUS_SUCCESS)
		b->params->n++;
}

static void add_misc(struct builder *b, VAEncMiscParameterType type, const void *data, size_t size)
{
	union {
		VAEncMiscParameterBuffer header;
		uint8_t bytes[sizeof(VAEncMiscParameterBuffer) + 256];
	} misc = { .header.type = type };

	memcpy(misc.bytes + sizeof(VAEncMiscParameterBuffer), data, size);
	add(b, VAEncMiscParameterBufferType, &misc, sizeof(VAEncMiscParameterBuffer) + size);
}

static void add_sequence(struct builder *b)
{
	const struct va_stream *s = b->picture->stream;
	VAEncSequenceParameterBufferH264 seq = {
		.level_idc = (uint8_t)s->level_idc,
		.intra_period = UINT16_MAX, /* IDR pictures come on demand only */
		.intra_idr_period = UINT16_MAX,
		.ip_period = 1,
		.bits_per_second = b->picture->bitrate_kbps * 1000,
		.max_num_ref_frames = 1,
		.picture_width_in_mbs = (uint16_t)s->columns,
		.picture_height_in_mbs = (uint16_t)s->rows,
		.vui_parameters_present_flag = 1,
		.num_units_in_tick = 1,
		.time_scale = s->fps * 2,
	};

	seq.seq_fields.bits.chroma_format_idc = 1;
	seq.seq_fields.bits.frame_mbs_only_flag = 1;
	seq.seq_fields.bits.direct_8x8_inference_flag = 1;
	seq.seq_fields.bits.log2_max_frame_num_minus4 = VA_FRAME_NUM_BITS - 4;
	seq.seq_fields.bits.pic_order_cnt_type = 2;
	seq.vui_fields.bits.timing_info_present_flag = 1;
	seq.vui_fields.bits.fixed_frame_rate_flag = 1;
	seq.vui_fields.bits.bitstream_restriction_flag = 1;
	seq.vui_fields.bits.motion_vectors_over_pic_boundaries_flag = 1;
	seq.vui_fields.bits.log2_max_mv_length_horizontal = 15;
	seq.vui_fields.bits.log2_max_mv_length_vertical = 15;
	seq.frame_crop_right_offset = (s->columns * 16 - s->width) / 2;
	seq.frame_crop_bottom_offset = (s->rows * 16 - s->height) / 2;
	seq.frame_cropping_flag = seq.frame_crop_right_offset || seq.frame_crop_bottom_offset;
	add(b, VAEncSequenceParameterBufferType, &seq, sizeof seq);
}

/* A buffer of one picture: no picture may take longer on the link than its turn. */
static void add_rate(struct builder *b)
{
	const struct va_picture *p = b->picture;
	VAEncMiscParameterRateControl rc = {
		.bits_per_second = p->bitrate_kbps * 1000,
		.target_percentage = 100,
		.window_size = 1000, /* ms */
		.initial_qp = (uint32_t)p->slice.qp,
		.min_qp = (uint32_t)p->min_qp,
	};
	VAEncMiscParameterHRD hrd = { .buffer_size = p->buffer_bits };

	rc.rc_flags.bits.disable_frame_skip = 1;
	rc.rc_flags.bits.disable_bit_stuffing = 1;
	rc.rc_flags.bits.mb_rate_control = 1;
	if (p->rate_control == VA_RC_QVBR)
		rc.quality_factor = (uint32_t)(p->min_qp > 0 ? p->min_qp : UNSEEN_QP);
	hrd.initial_buffer_fullness = hrd.buffer_size;
	add_misc(b, VAEncMiscParameterTypeRateControl, &rc, sizeof rc);
	add_misc(b, VAEncMiscParameterTypeHRD, &hrd, sizeof hrd);
}

static void add_stream_misc(struct builder *b)
{
	VAEncMiscParameterFrameRate rate = { .framerate = b->picture->stream->fps };
	VAEncMiscParameterBufferQualityLevel quality = { .quality_level = FASTEST_BUT_ONE };

	add_misc(b, VAEncMiscParameterTypeFrameRate, &rate, sizeof rate);
	if (b->picture->caps->quality_range < FASTEST_BUT_ONE)
		quality.quality_level = b->picture->caps->quality_range;
	if (b->picture->caps->quality_range > 1)
		add_misc(b, VAEncMiscParameterTypeQualityLevel, &quality, sizeof quality);
}

static void add_region(struct builder *b)
{
	VAEncMiscParameterBufferROI roi = {
		.num_roi = 1,
		.max_delta_qp = b->picture->coarser.roi_value,
		.roi = (VAEncROI *)&b->picture->coarser,
	};

	roi.roi_flags.bits.roi_value_is_qp_delta = 1;
	add_misc(b, VAEncMiscParameterTypeROI, &roi, sizeof roi);
}

static void add_picture_misc(struct builder *b)
{
	const struct va_picture *p = b->picture;

	if (p->coarser.roi_value)
		add_region(b);

	if (p->n_dirty) {
		VAEncMiscParameterBufferDirtyRect dirty = { .num_roi_rectangle = p->n_dirty,
			.roi_rectangle = (VARectangle *)p->dirty };

		add_misc(b, VAEncMiscParameterTypeDirtyRect, &dirty, sizeof dirty);
	}
	if (p->refresh_columns && !p->slice.idr) {
		VAEncMiscParameterRIR rir = {
			.intra_insertion_location = (uint16_t)p->refresh_column,
			.intra_insert_size = (uint16_t)p->refresh_columns,
		};

		rir.rir_flags.bits.enable_rir_column = 1;
		add_misc(b, VAEncMiscParameterTypeRIR, &rir, sizeof rir);
	}
	if (p->skipped) {
		VAEncMiscParameterSkipFrame skip = {
			.skip_frame_flag = 1,
			.num_skip_frames = (uint8_t)(p->skipped < UINT8_MAX ? p->skipped :
				UINT8_MAX),
			.size_skip_frames = p->skipped_bytes * 8,
		};

		add_misc(b, VAEncMiscParameterTypeSkipFrame, &skip, sizeof skip);
	}
}

static void add_picture(struct builder *b)
{
	const struct va_picture *p = b->picture;
	VAEncPictureParameterBufferH264 pic = {
		.CurrPic = {
			.picture_id = p->recon,
			.frame_idx = p->slice.frame_num,
			.flags = VA_PICTURE_H264_SHORT_TERM_REFERENCE,
		},
		.coded_buf = p->coded,
		.frame_num = (uint16_t)p->slice.frame_num,
		.pic_init_qp = VA_INIT_QP,
	};

	for (unsigned i = 0; i < 16; i++) {
		pic.ReferenceFrames[i].picture_id = VA_INVALID_SURFACE;
		pic.ReferenceFrames[i].flags = VA_PICTURE_H264_INVALID;
	}
	if (!p->slice.idr) {
		pic.ReferenceFrames[0].picture_id = p->reference;
		pic.ReferenceFrames[0].frame_idx = p->reference_frame_num;
		pic.ReferenceFrames[0].flags = VA_PICTURE_H264_SHORT_TERM_REFERENCE;
	}
	pic.pic_fields.bits.idr_pic_flag = p->slice.idr;
	pic.pic_fields.bits.reference_pic_flag = 1;
	pic.pic_fields.bits.entropy_coding_mode_flag = p->stream->cabac;
	pic.pic_fields.bits.transform_8x8_mode_flag = p->stream->transform_8x8;
	pic.pic_fields.bits.deblocking_filter_control_present_flag = 1;
	add(b, VAEncPictureParameterBufferType, &pic, sizeof pic);
}

static void add_slice(struct builder *b)
{
	const struct va_picture *p = b->picture;
	VAEncSliceParameterBufferH264 slice = {
		.num_macroblocks = p->stream->columns * p->stream->rows,
		.macroblock_info = VA_INVALID_ID,
		.slice_type = p->slice.idr ? 2 : 0,
		.idr_pic_id = (uint16_t)p->slice.idr_pic_id,
		.slice_qp_delta = (int8_t)(p->slice.qp - VA_INIT_QP),
	};

	for (unsigned i = 0; i < 32; i++) {
		slice.RefPicList0[i].picture_id = slice.RefPicList1[i].picture_id =
				VA_INVALID_SURFACE;
		slice.RefPicList0[i].flags = slice.RefPicList1[i].flags = VA_PICTURE_H264_INVALID;
	}
	if (!p->slice.idr) {
		slice.RefPicList0[0].picture_id = p->reference;
		slice.RefPicList0[0].frame_idx = p->reference_frame_num;
		slice.RefPicList0[0].flags = VA_PICTURE_H264_SHORT_TERM_REFERENCE;
	}
	add(b, VAEncSliceParameterBufferType, &slice, sizeof slice);
}

static void add_packed(struct builder *b, uint32_t type, const uint8_t *data, uint32_t bits,
		bool escaped)
{
	VAEncPackedHeaderParameterBuffer header = { .type = type, .bit_length = bits,
		.has_emulation_bytes = escaped };

	add(b, VAEncPackedHeaderParameterBufferType, &header, sizeof header);
	add(b, VAEncPackedHeaderDataBufferType, data, (bits + 7) / 8);
}

static int add_parameter_sets(struct builder *b)
{
	struct packet sps = { 0 }, pps = { 0 };
	int ret = va_append_sps(&sps, b->picture->stream);

	if (ret == 0)
		ret = va_append_pps(&pps, b->picture->stream);
	if (ret == 0) {
		add_packed(b, VAEncPackedHeaderH264_SPS, sps.data, (uint32_t)sps.size * 8, true);
		add_packed(b, VAEncPackedHeaderH264_PPS, pps.data, (uint32_t)pps.size * 8, true);
	}
	packet_finish(&sps);
	packet_finish(&pps);
	return ret;
}

static bool may_pack(const struct builder *b, uint32_t headers)
{
	return (b->picture->caps->packed_headers & headers) == headers;
}

int va_params_fill(struct va_device *device, VAContextID context, struct va_params *params,
		const struct va_picture *picture)
{
	struct builder b = { .device = device, .context = context, .params = params,
		.picture = picture };
	uint8_t header[VA_SLICE_HEADER_BYTES] = { 0 };
	int ret = 0;

	params->n = 0;
	if (picture->new_sequence)
		add_sequence(&b);
	add_picture(&b); /* before the rate: iHD keeps the QP range with the picture */
	if (picture->new_sequence)
		add_stream_misc(&b);
	if (picture->rate_control != VA_RC_CQP && (picture->new_rate || picture->new_sequence))
		add_rate(&b);
	add_picture_misc(&b);
	if (picture->slice.idr && may_pack(&b, VA_ENC_PACKED_HEADER_SEQUENCE |
			VA_ENC_PACKED_HEADER_PICTURE))
		ret = add_parameter_sets(&b);
	if (ret == 0 && may_pack(&b, VA_ENC_PACKED_HEADER_SLICE))
		add_packed(&b, VAEncPackedHeaderH264_Slice, header,
				va_write_slice_header(header, picture->stream,
				&picture->slice), false);
	add_slice(&b);
	if (ret == 0 && b.status != VA_STATUS_SUCCESS)
		ret = va_error(device, b.status, "parameters of a picture");
	return ret;
}

void va_params_finish(struct va_device *device, struct va_params *params)
{
	while (params->n)
		vaDestroyBuffer(device->display, params->ids[--params->n]);
}
