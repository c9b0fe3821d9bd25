/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "counters.h"
#include "encode.h"
#include "faults.h"

/* As iHD, whose RenderPicture() turns each failure of a parser into this
 * (media_ddi_encode_avc.cpp). */
#define BAD(context, ...) \
	reject((context)->driver, VA_STATUS_ERROR_INVALID_BUFFER, "encode: " __VA_ARGS__)

static VAStatus parse_sequence(struct context *context, struct buffer *buffer)
{
	const VAEncSequenceParameterBufferH264 *seq = (const void *)buffer->data;
	struct encoder *encoder = ENCODER(context);

	if (buffer->size < sizeof(*seq))
		return BAD(context, "sequence parameters of %u bytes", buffer->size);
	if (seq->seq_parameter_set_id > 31)
		return BAD(context, "SPS id %u", seq->seq_parameter_set_id);
	if (!seq->picture_width_in_mbs || !seq->picture_height_in_mbs ||
			seq->picture_width_in_mbs > (context->width + 15) / 16 ||
			seq->picture_height_in_mbs > (context->height + 15) / 16)
		return BAD(context, "%ux%u macroblocks in a context of %ux%u pixels",
				seq->picture_width_in_mbs, seq->picture_height_in_mbs,
				context->width, context->height);
	if (seq->seq_fields.bits.chroma_format_idc != 1 || seq->bit_depth_luma_minus8 ||
			seq->bit_depth_chroma_minus8)
		return BAD(context, "only 4:2:0 with 8 bits");
	if (!seq->seq_fields.bits.frame_mbs_only_flag)
		return BAD(context, "interlaced coding");
	if (seq->seq_fields.bits.seq_scaling_matrix_present_flag)
		return BAD(context, "scaling matrices");
	if (seq->ip_period > 1)
		return BAD(context, "ip_period %u: B frames", seq->ip_period);
	if (seq->max_num_ref_frames < 1 || seq->max_num_ref_frames > 16)
		return BAD(context, "max_num_ref_frames %u", seq->max_num_ref_frames);
	if (seq->bits_per_second)
		encoder->rate.bits_per_second = seq->bits_per_second;
	if (!encoder->rate.fps_num && seq->vui_fields.bits.timing_info_present_flag &&
			seq->num_units_in_tick && seq->time_scale) {
		encoder->rate.fps_num = seq->time_scale;
		encoder->rate.fps_den = seq->num_units_in_tick * 2;
	}
	encoder->seq = *seq;
	encoder->have_seq = true;
	return VA_STATUS_SUCCESS;
}

static VAStatus parse_picture(struct context *context, struct buffer *buffer)
{
	const VAEncPictureParameterBufferH264 *pic = (const void *)buffer->data;
	struct driver *driver = context->driver;
	struct encoder *encoder = ENCODER(context);
	struct buffer *coded;

	if (buffer->size < sizeof(*pic))
		return BAD(context, "picture parameters of %u bytes", buffer->size);
	if (!SURFACE(driver, pic->CurrPic.picture_id))
		return BAD(context, "reconstructed surface %#x unknown", pic->CurrPic.picture_id);
	coded = heap_get(&driver->heap, pic->coded_buf, OBJECT_BUFFER);
	if (!coded || coded->type != VAEncCodedBufferType)
		return BAD(context, "coded buffer %#x", pic->coded_buf);
	if (coded->maps)
		return BAD(context, "coded buffer %#x is mapped", pic->coded_buf);
	if (pic->pic_init_qp > 51)
		return BAD(context, "pic_init_qp %u", pic->pic_init_qp);
	if (pic->pic_fields.bits.weighted_pred_flag || pic->pic_fields.bits.weighted_bipred_idc ||
			pic->pic_fields.bits.redundant_pic_cnt_present_flag ||
			pic->pic_fields.bits.pic_scaling_matrix_present_flag)
		return BAD(context, "weighted prediction, redundancy or scaling matrices");
	if (!pic->pic_fields.bits.reference_pic_flag)
		return BAD(context, "pictures that are no reference");
	if (pic->pic_fields.bits.transform_8x8_mode_flag &&
			context->config.profile != VAProfileH264High)
		return BAD(context, "8x8 transform below High profile");
	if (pic->pic_fields.bits.entropy_coding_mode_flag &&
			context->config.profile == VAProfileH264ConstrainedBaseline)
		return BAD(context, "CABAC in Baseline profile");
	if (encoder->job->coded)
		object_unref(&encoder->job->coded->object);
	object_ref(&coded->object);
	encoder->job->coded = coded;
	encoder->job->pic = *pic;
	encoder->have_pic = true;
	return VA_STATUS_SUCCESS;
}

static VAStatus parse_slices(struct context *context, struct buffer *buffer)
{
	struct encode_job *job = ENCODER(context)->job;

	if (buffer->size < sizeof(VAEncSliceParameterBufferH264))
		return BAD(context, "slice parameters of %u bytes", buffer->size);
	for (uint32_t i = 0; i < buffer->n_elements; i++) {
		if (job->n_slices == MAX_SLICES)
			return BAD(context, "more than %d slices", MAX_SLICES);
		memcpy(&job->slices[job->n_slices++].va, buffer->data + (size_t)i * buffer->size,
				sizeof(VAEncSliceParameterBufferH264));
	}
	return VA_STATUS_SUCCESS;
}

static VAStatus parse_packed_params(struct context *context, struct buffer *buffer)
{
	struct encoder *encoder = ENCODER(context);

	if (buffer->size < sizeof(encoder->packed))
		return BAD(context, "packed header parameters of %u bytes", buffer->size);
	if (!context->config.packed_headers)
		return BAD(context, "packed headers without VAConfigAttribEncPackedHeaders");
	if (encoder->packed_pending)
		return BAD(context, "packed header parameters twice in a row");
	memcpy(&encoder->packed, buffer->data, sizeof(encoder->packed));
	encoder->packed_pending = true;
	return VA_STATUS_SUCCESS;
}

static VAStatus add_packed_unit(struct context *context, const uint8_t *data, size_t size)
{
	struct encoder *encoder = ENCODER(context);
	struct h264_pps pps;
	int ret = 0;

	switch (data[0] & 0x1f) {
	case H264_SPS:
		ret = h264_parse_sps(data, size, &encoder->sps);
		encoder->have_sps = !ret;
		break;
	case H264_PPS:
		ret = h264_parse_pps(data, size, &pps);
		if (!ret && pps.id >= MAX_PPS)
			return BAD(context, "packed PPS with id %u", pps.id);
		if (!ret) {
			encoder->packed_pps[pps.id] = pps;
			encoder->have_pps[pps.id] = true;
		}
		break;
	case H264_SLICE:
	case H264_IDR:
		return BAD(context, "slice data in a packed header");
	default:
		break;
	}
	if (ret)
		return BAD(context, "packed unit of type %d is broken", data[0] & 0x1f);
	if (encode_add_unit(encoder->job, data, size) < 0)
		return VA_STATUS_ERROR_ALLOCATION_FAILED;
	return VA_STATUS_SUCCESS;
}

static VAStatus add_slice_header(struct context *context, const uint8_t *data, size_t size,
		size_t bits)
{
	struct encoder *encoder = ENCODER(context);

	if (encoder->n_headers == MAX_SLICES || size >= MAX_SLICE_HEADER)
		return BAD(context, "packed slice header %u of %zu bytes", encoder->n_headers,
				size);
	memcpy(encoder->job->slices[encoder->n_headers].header, data, size);
	encoder->header_bits[encoder->n_headers] = bits;
	encoder->header_bytes[encoder->n_headers++] = size;
	return VA_STATUS_SUCCESS;
}

/* Units with start codes; the last may end inside a byte. Only one when they
 * are not escaped yet, as a start code may be part of it then. */
static VAStatus parse_packed_data(struct context *context, struct buffer *buffer)
{
	struct encoder *encoder = ENCODER(context);
	size_t bits = encoder->packed.bit_length, size = (bits + 7) / 8;
	uint8_t raw[4096];
	VAStatus status = VA_STATUS_SUCCESS;

	if (!encoder->packed_pending)
		return BAD(context, "packed header data without parameters");
	encoder->packed_pending = false;
	if (size > (size_t)buffer->size * buffer->n_elements || size > sizeof(raw) || size < 5)
		return BAD(context, "packed header of %zu bits in %u bytes", bits, buffer->size);
	for (size_t i = 0; i < size && !status;) {
		size_t code = nal_start_code(buffer->data + i, size - i);
		size_t end = encoder->packed.has_emulation_bytes ?
				nal_next(buffer->data, size, i) : size;
		size_t n = end - i - code;

		if (!code || !n)
			return BAD(context, "packed header without start code");
		memcpy(raw, buffer->data + i + code, n);
		if (encoder->packed.has_emulation_bytes)
			n = nal_unescape(buffer->data + i + code, n, raw);
		if (encoder->packed.type == VAEncPackedHeaderH264_Slice)
			status = add_slice_header(context, raw, n, n * 8 - (size * 8 - bits));
		else
			status = add_packed_unit(context, raw, n);
		i = end;
	}
	return status;
}

static VAStatus parse_rate_control(struct context *context, const void *data)
{
	const VAEncMiscParameterRateControl *rc = data;
	struct rate_settings *rate = &ENCODER(context)->rate;

	if (rc->min_qp > 51 || rc->max_qp > 51 || (rc->max_qp && rc->min_qp > rc->max_qp))
		return BAD(context, "QP between %u and %u", rc->min_qp, rc->max_qp);
	if (rc->target_percentage > 100)
		return BAD(context, "target percentage %u", rc->target_percentage);
	rate->bits_per_second = rc->bits_per_second;
	rate->target_percentage = rc->target_percentage;
	rate->min_qp = rc->min_qp;
	rate->max_qp = rc->max_qp;
	rate->quality_factor = rc->quality_factor ? rc->quality_factor : rc->ICQ_quality_factor;
	return VA_STATUS_SUCCESS;
}

static VAStatus parse_dirty_rects(struct context *context, const void *data)
{
	struct encode_job *job = ENCODER(context)->job;
	VAEncMiscParameterBufferDirtyRect dirty;

	memcpy(&dirty, data, sizeof(dirty)); /* it has a pointer at an odd place */
	if (faults.no_dirty_rect)
		return BAD(context, "dirty rectangles are not advertised");
	if (dirty.num_roi_rectangle && !dirty.roi_rectangle)
		return BAD(context, "dirty rectangles without memory");
	if (dirty.num_roi_rectangle > MAX_DIRTY_RECTS)
		return BAD(context, "%u dirty rectangles", dirty.num_roi_rectangle);
	job->n_dirty = dirty.num_roi_rectangle;
	memcpy(job->dirty, dirty.roi_rectangle, job->n_dirty * sizeof(job->dirty[0]));
	COUNTER(dirty_rects) += job->n_dirty;
	return VA_STATUS_SUCCESS;
}

static VAStatus parse_regions(struct context *context, const void *data)
{
	struct encode_job *job = ENCODER(context)->job;
	VAEncMiscParameterBufferROI roi;

	memcpy(&roi, data, sizeof(roi)); /* it has a pointer at an odd place */
	if (faults.no_roi)
		return BAD(context, "regions of interest are not advertised");
	if (roi.num_roi > MAX_REGIONS || (roi.num_roi && !roi.roi))
		return BAD(context, "%u regions of interest", roi.num_roi);
	if (!roi.roi_flags.bits.roi_value_is_qp_delta)
		return BAD(context, "regions of interest with priorities");
	job->n_regions = roi.num_roi;
	memcpy(job->regions, roi.roi, job->n_regions * sizeof(job->regions[0]));
	for (unsigned int i = 0; i < job->n_regions; i++) {
		const VAEncROI *r = &job->regions[i];

		if (r->roi_rectangle.x % 16 || r->roi_rectangle.y % 16 || r->roi_value < -51 ||
				r->roi_value > 51 || r->roi_value > roi.max_delta_qp ||
				r->roi_value < roi.min_delta_qp)
			return BAD(context, "region of interest at %d,%d of %d", r->roi_rectangle.x,
					r->roi_rectangle.y, r->roi_value);
	}
	COUNTER(regions) += job->n_regions;
	return VA_STATUS_SUCCESS;
}

static VAStatus parse_refresh(struct context *context, const void *data)
{
	const VAEncMiscParameterRIR *rir = data;

	if (faults.no_intra_refresh)
		return BAD(context, "rolling intra refresh is not advertised");
	if (rir->rir_flags.bits.enable_rir_row)
		return BAD(context, "rolling intra refresh by rows is not advertised");
	if (rir->rir_flags.bits.enable_rir_column && !rir->intra_insert_size)
		return BAD(context, "rolling intra refresh of 0 columns");
	if (rir->rir_flags.bits.enable_rir_column)
		ENCODER(context)->job->refresh_columns = rir->intra_insert_size;
	return VA_STATUS_SUCCESS;
}

static VAStatus parse_skip(struct context *context, const void *data)
{
	const VAEncMiscParameterSkipFrame *skip = data;

	if (skip->skip_frame_flag > 1)
		return BAD(context, "skip_frame_flag %u", skip->skip_frame_flag);
	COUNTER(skipped_frames) += skip->num_skip_frames;
	return VA_STATUS_SUCCESS;
}

static void parse_frame_rate(struct context *context, const void *data)
{
	const VAEncMiscParameterFrameRate *fr = data;
	struct rate_settings *rate = &ENCODER(context)->rate;

	rate->fps_num = fr->framerate & 0xffff;
	rate->fps_den = fr->framerate >> 16 ? fr->framerate >> 16 : 1;
}

static VAStatus parse_misc(struct context *context, struct buffer *buffer)
{
	const VAEncMiscParameterBuffer *misc = (const void *)buffer->data;
	struct rate_settings *rate = &ENCODER(context)->rate;
	static const struct {
		VAEncMiscParameterType type;
		size_t size;
	} sizes[] = {
		{ VAEncMiscParameterTypeRateControl, sizeof(VAEncMiscParameterRateControl) },
		{ VAEncMiscParameterTypeHRD, sizeof(VAEncMiscParameterHRD) },
		{ VAEncMiscParameterTypeFrameRate, sizeof(VAEncMiscParameterFrameRate) },
		{ VAEncMiscParameterTypeQualityLevel,
			sizeof(VAEncMiscParameterBufferQualityLevel) },
		{ VAEncMiscParameterTypeDirtyRect, sizeof(VAEncMiscParameterBufferDirtyRect) },
		{ VAEncMiscParameterTypeROI, sizeof(VAEncMiscParameterBufferROI) },
		{ VAEncMiscParameterTypeRIR, sizeof(VAEncMiscParameterRIR) },
		{ VAEncMiscParameterTypeSkipFrame, sizeof(VAEncMiscParameterSkipFrame) },
	};
	size_t i = 0, n = sizeof(sizes) / sizeof(sizes[0]);

	while (buffer->size >= sizeof(*misc) && i < n && sizes[i].type != misc->type)
		i++;
	if (buffer->size < sizeof(*misc) || i == n)
		return BAD(context, "misc parameter of %u bytes or unknown type", buffer->size);
	if (buffer->size < sizeof(*misc) + sizes[i].size)
		return BAD(context, "misc parameter %d of %u bytes", misc->type, buffer->size);
	switch (misc->type) {
	case VAEncMiscParameterTypeRateControl: return parse_rate_control(context, misc->data);
	case VAEncMiscParameterTypeDirtyRect: return parse_dirty_rects(context, misc->data);
	case VAEncMiscParameterTypeROI: return parse_regions(context, misc->data);
	case VAEncMiscParameterTypeRIR: return parse_refresh(context, misc->data);
	case VAEncMiscParameterTypeSkipFrame: return parse_skip(context, misc->data);
	case VAEncMiscParameterTypeFrameRate:
		parse_frame_rate(context, misc->data);
		return VA_STATUS_SUCCESS;
	case VAEncMiscParameterTypeQualityLevel:
		rate->quality_level =
				((const VAEncMiscParameterBufferQualityLevel *)misc->data)
						->quality_level;
		return rate->quality_level <= 7 ? VA_STATUS_SUCCESS :
				BAD(context, "quality level %u", rate->quality_level);
	default:
		rate->hrd_size = ((const VAEncMiscParameterHRD *)misc->data)->buffer_size;
		rate->hrd_fullness = (
				(const VAEncMiscParameterHRD *)misc->data)->initial_buffer_fullness;
		return rate->hrd_fullness <= rate->hrd_size ? VA_STATUS_SUCCESS :
				BAD(context, "HRD of %u bits with %u", rate->hrd_size,
						rate->hrd_fullness);
	}
}

VAStatus encode_parse_buffer(struct context *context, struct buffer *buffer)
{
	switch ((int)buffer->type) {
	case VAEncSequenceParameterBufferType: return parse_sequence(context, buffer);
	case VAEncPictureParameterBufferType: return parse_picture(context, buffer);
	case VAEncSliceParameterBufferType: return parse_slices(context, buffer);
	case VAEncPackedHeaderParameterBufferType: return parse_packed_params(context, buffer);
	case VAEncPackedHeaderDataBufferType: return parse_packed_data(context, buffer);
	case VAEncMiscParameterBufferType: return parse_misc(context, buffer);
	default:
		return reject(context->driver, VA_STATUS_ERROR_UNSUPPORTED_BUFFERTYPE,
				"encode: buffer type %d", buffer->type);
	}
}
