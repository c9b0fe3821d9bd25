/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <x264.h>

#include "counters.h"
#include "encode.h"
#include "faults.h"

/* Parameters that cannot change between two IDR pictures. */
struct syntax {
	uint32_t width, height; /* coded pixels */
	uint32_t n_slices, cabac_init_idc, level_idc;
	int32_t chroma_qp_offset, alpha, beta;
	bool cabac, transform_8x8, constrained_intra, deblocking;
};

/* Parameters that may change at the next IDR picture only, and are applied there. */
struct tuning {
	uint32_t quality_level, min_qp, max_qp, refresh_columns;
	uint32_t fps_num, fps_den;
	bool mb_info;
};

struct x264_encoder {
	x264_t *handle;
	x264_param_t param;
	struct syntax syntax;
	struct tuning tuning;
	struct rate_settings rate;
	struct h264_sps sps; /* x264's own */
	struct h264_pps pps;
	int64_t pts;
	uint8_t *padded; /* a copy of sources smaller than the coded size */
};

void x264_encoder_free(struct x264_encoder *x)
{
	if (!x)
		return;
	if (x->handle)
		x264_encoder_close(x->handle);
	free(x->padded);
	free(x);
}

static struct syntax syntax_of(const struct encode_job *job)
{
	const struct h264_slice *s = &job->slices[0].parsed;
	struct syntax y;

	memset(&y, 0, sizeof(y)); /* padding too, for memcmp() */
	y.width = job->sps.width_mbs * 16;
	y.height = job->sps.height_map_units * 16;
	y.n_slices = job->n_slices;
	y.level_idc = job->seq.level_idc;
	y.chroma_qp_offset = job->pps.chroma_qp_offset[0];
	y.cabac = job->pps.cabac;
	y.transform_8x8 = job->pps.transform_8x8;
	y.constrained_intra = job->pps.constrained_intra_pred;
	y.deblocking = s->disable_deblocking != 1;
	y.alpha = y.deblocking ? s->alpha : 0;
	y.beta = y.deblocking ? s->beta : 0;
	if (job->slices[0].va.cabac_init_idc <= 2)
		y.cabac_init_idc = job->slices[0].va.cabac_init_idc;
	return y;
}

static struct tuning tuning_of(const struct encode_job *job)
{
	struct tuning t;

	memset(&t, 0, sizeof(t));
	t.quality_level = job->rate.quality_level;
	t.min_qp = job->rate.min_qp;
	t.max_qp = job->rate.max_qp;
	t.refresh_columns = job->refresh_columns;
	t.fps_num = job->rate.fps_num ? job->rate.fps_num : 30;
	t.fps_den = job->rate.fps_num && job->rate.fps_den ? job->rate.fps_den : 1;
	t.mb_info = !faults.no_dirty_rect;
	return t;
}

/* kbit/s; the encoder's frame rate may lag behind the application's. */
static void set_rate(x264_param_t *p, const struct rate_settings *rate, uint32_t rate_control)
{
	double fps = rate->fps_num ? (double)rate->fps_num / (rate->fps_den ? rate->fps_den : 1) :
			30;
	double scale = fps > 0 ? (double)p->i_fps_num / p->i_fps_den / fps : 1;
	int max = (int)(rate->bits_per_second * scale / 1000);
	uint32_t percent = rate->target_percentage ? rate->target_percentage : 100;

	if (rate_control == VA_RC_ICQ) {
		p->rc.i_rc_method = X264_RC_CRF;
		p->rc.f_rf_constant = (float)rate->quality_factor;
		return;
	}
	p->rc.i_rc_method = X264_RC_ABR;
	p->rc.i_vbv_max_bitrate = max;
	p->rc.i_bitrate = rate_control == VA_RC_VBR ? (int)((int64_t)max * percent / 100) : max;
	p->rc.i_vbv_buffer_size = rate->hrd_size ? (int)(rate->hrd_size / 1000) : max * 2;
	p->rc.f_vbv_buffer_init = rate->hrd_size ?
			(float)rate->hrd_fullness / (float)rate->hrd_size : 0.9f;
	if (rate_control == VA_RC_QVBR) {
		p->rc.i_rc_method = X264_RC_CRF;
		p->rc.f_rf_constant = (float)rate->quality_factor;
	}
}

static void set_syntax(x264_param_t *p, const struct syntax *y)
{
	p->i_width = (int)y->width;
	p->i_height = (int)y->height;
	p->i_csp = X264_CSP_NV12;
	p->i_slice_count = (int)y->n_slices;
	p->i_level_idc = y->level_idc ? (int)y->level_idc : -1;
	p->b_cabac = y->cabac;
	p->i_cabac_init_idc = (int)y->cabac_init_idc;
	p->b_constrained_intra = y->constrained_intra;
	p->b_deblocking_filter = y->deblocking;
	p->i_deblocking_filter_alphac0 = y->alpha;
	p->i_deblocking_filter_beta = y->beta;
	p->analyse.b_transform_8x8 = y->transform_8x8;
	p->analyse.i_chroma_qp_offset = y->chroma_qp_offset;
	p->analyse.i_weighted_pred = X264_WEIGHTP_NONE;
	p->analyse.b_psy = 0; /* it would move the chroma offset */
	p->i_frame_reference = 1;
	p->i_dpb_size = MAX_TRIES + 1; /* tries are kept, and not referred to */
	p->i_bframe = 0;
	p->i_threads = 1;
	p->b_sliced_threads = 0;
	p->b_repeat_headers = 0;
	p->b_annexb = 1;
	p->b_aud = 0;
	p->i_keyint_max = X264_KEYINT_MAX_INFINITE;
	p->i_scenecut_threshold = 0;
	p->i_log_level = X264_LOG_NONE;
	p->b_vfr_input = 0;
}

static void set_tuning(x264_param_t *p, const struct tuning *t, const struct syntax *y)
{
	p->i_fps_num = t->fps_num;
	p->i_fps_den = t->fps_den;
	if (t->min_qp)
		p->rc.i_qp_min = (int)t->min_qp;
	if (t->max_qp)
		p->rc.i_qp_max = (int)t->max_qp;
	p->analyse.b_mb_info = t->mb_info;
	if (t->refresh_columns) {
		/* A sweep over the picture takes this many pictures. */
		p->b_intra_refresh = 1;
		p->i_keyint_max = (int)((y->width / 16 + t->refresh_columns - 1) /
				t->refresh_columns);
		if (p->i_keyint_max < 2)
			p->i_keyint_max = 2;
	}
}

static int learn_headers(struct x264_encoder *x)
{
	x264_nal_t *nals;
	int n = 0;

	if (x264_encoder_headers(x->handle, &nals, &n) < 0)
		return -EINVAL;
	for (int i = 0; i < n; i++) {
		size_t size = (size_t)nals[i].i_payload;
		size_t code = nal_start_code(nals[i].p_payload, size);
		uint8_t raw[512];
		int ret = 0;

		if (size - code > sizeof(raw))
			continue; /* the SEI with x264's settings */
		size = nal_unescape(nals[i].p_payload + code, size - code, raw);
		if (nals[i].i_type == H264_SPS)
			ret = h264_parse_sps(raw, size, &x->sps);
		else if (nals[i].i_type == H264_PPS)
			ret = h264_parse_pps(raw, size, &x->pps);
		if (ret)
			return ret;
	}
	return 0;
}

static int x264_open(struct x264_encoder *x, const struct encode_job *job)
{
	/* VA's quality levels: 1 best, 7 fastest. */
	static const char *const presets[] = { "superfast", "fast", "faster", "faster", "superfast",
		"superfast", "superfast", "ultrafast" };

	if (x->handle)
		x264_encoder_close(x->handle);
	x->handle = NULL;
	x->syntax = syntax_of(job);
	x->tuning = tuning_of(job);
	x->rate = job->rate;
	if (x264_param_default_preset(&x->param, presets[x->tuning.quality_level & 7],
					"zerolatency") < 0)
		return -EINVAL;
	set_syntax(&x->param, &x->syntax);
	set_tuning(&x->param, &x->tuning, &x->syntax);
	if (job->rate_control == VA_RC_CQP) {
		/* Each picture's quantiser is forced. X264_RC_CQP would clip it to
		 * the range between its constants for I, P and B. */
		x->param.rc.i_rc_method = X264_RC_CRF;
		/* No strength to speak of: it only lets regions have their own. */
		x->param.rc.i_aq_mode = faults.no_roi ? X264_AQ_NONE : X264_AQ_VARIANCE;
		x->param.rc.f_aq_strength = 0.0001f;
		x->param.rc.b_mb_tree = 0;
	} else {
		set_rate(&x->param, &job->rate, job->rate_control);
	}
	x->handle = x264_encoder_open(&x->param);
	if (!x->handle)
		return -EINVAL;
	return learn_headers(x);
}

/* Opens, opens anew at an IDR picture, or tells a changed bit rate. */
static int x264_prepare(struct encoder *encoder, const struct encode_job *job)
{
	struct syntax y = syntax_of(job);
	struct tuning t = tuning_of(job);
	struct x264_encoder *x = encoder->x264;
	bool idr = job->pic.pic_fields.bits.idr_pic_flag;
	bool rate = x && memcmp(&x->rate, &job->rate, sizeof(x->rate));

	if (!x) {
		x = encoder->x264 = calloc(1, sizeof(*x));
		if (!x)
			return -ENOMEM;
		return x264_open(x, job);
	}
	if (!x->handle)
		return x264_open(x, job);
	if (job->slices[0].parsed.type == SLICE_I) /* no cabac_init_idc */
		y.cabac_init_idc = x->syntax.cabac_init_idc;
	if (idr && (memcmp(&y, &x->syntax, sizeof(y)) || memcmp(&t, &x->tuning, sizeof(t)))) {
		free(x->padded);
		x->padded = NULL;
		return x264_open(x, job);
	}
	if (memcmp(&y, &x->syntax, sizeof(y)))
		return -EINVAL;
	if (rate && job->rate_control != VA_RC_CQP) {
		x->rate = job->rate;
		set_rate(&x->param, &job->rate, job->rate_control);
		return x264_encoder_reconfig(x->handle, &x->param) < 0 ? -EINVAL : 0;
	}
	return 0;
}

static void pad_plane(uint8_t *dst, size_t pitch, uint32_t row_bytes, uint32_t rows,
		const uint8_t *src, size_t src_pitch, uint32_t src_bytes, uint32_t src_rows,
		uint32_t sample)
{
	for (uint32_t y = 0; y < rows; y++) {
		const uint8_t *s = src + src_pitch * (y < src_rows ? y : src_rows - 1);
		uint8_t *d = dst + pitch * y;

		memcpy(d, s, src_bytes < row_bytes ? src_bytes : row_bytes);
		for (uint32_t x = src_bytes; x < row_bytes; x++)
			d[x] = d[x - sample];
	}
}

/* Gives x264 whole macroblocks: the last row and column repeat, where hardware
 * would read what the alignment left. */
static int set_picture(struct x264_encoder *x, const struct surface *source,
		const struct pixels *pixels, x264_picture_t *pic)
{
	uint32_t w = x->syntax.width, h = x->syntax.height;

	pic->img.i_csp = X264_CSP_NV12;
	pic->img.i_plane = 2;
	for (int p = 0; p < 2; p++) {
		pic->img.plane[p] = pixels->plane[p];
		pic->img.i_stride[p] = (int)pixels->pitch[p];
	}
	if (source->width >= w && source->height >= h)
		return 0;
	if (!x->padded)
		x->padded = malloc((size_t)w * h * 3 / 2);
	if (!x->padded)
		return -ENOMEM;
	for (int p = 0; p < 2; p++) {
		uint8_t *dst = x->padded + (p ? (size_t)w * h : 0);
		uint32_t half = p ? 2 : 1;

		pad_plane(dst, w, w, h / half, pixels->plane[p], pixels->pitch[p],
				plane_row_bytes(source->format, (unsigned int)p, source->width),
				plane_rows(source->format, (unsigned int)p, source->height),
				(uint32_t)(p + 1));
		pic->img.plane[p] = dst;
		pic->img.i_stride[p] = (int)w;
	}
	return 0;
}

static bool mb_is_dirty(const struct encode_job *job, uint32_t mx, uint32_t my)
{
	int32_t x = (int32_t)mx * 16, y = (int32_t)my * 16;

	for (unsigned int i = 0; i < job->n_dirty; i++) {
		const VARectangle *r = &job->dirty[i];

		if (x + 16 > r->x && x < r->x + r->width && y + 16 > r->y && y < r->y + r->height)
			return true;
	}
	return false;
}

/* Counts macroblocks outside of the rectangles that differ from the last source. */
static void check_dirty(struct encoder *encoder, const struct encode_job *job,
		const x264_picture_t *pic)
{
	uint32_t w = encoder->x264->syntax.width, h = encoder->x264->syntax.height;
	bool have = encoder->previous;

	if (!have)
		encoder->previous = malloc((size_t)w * h);
	if (!encoder->previous)
		return;
	for (uint32_t my = 0; my < h / 16; my++) {
		for (uint32_t mx = 0; mx < w / 16; mx++) {
			bool changed = false;

			for (uint32_t y = my * 16; y < my * 16 + 16; y++) {
				uint8_t *old = encoder->previous + (size_t)y * w + mx * 16;
				const uint8_t *now = pic->img.plane[0] +
						(size_t)y * (size_t)pic->img.i_stride[0] + mx * 16;

				changed |= memcmp(old, now, 16) != 0;
				memcpy(old, now, 16);
			}
			if (have && job->n_dirty && changed && !mb_is_dirty(job, mx, my))
				COUNTER(dirty_lies)++;
		}
	}
}

static void set_mb_info(struct x264_encoder *x, const struct encode_job *job, x264_picture_t *pic)
{
	uint32_t mbw = x->syntax.width / 16, mbh = x->syntax.height / 16;

	if (!x->tuning.mb_info || !job->n_dirty || job->slices[0].parsed.type != SLICE_P)
		return;
	pic->prop.mb_info = calloc(mbw, mbh);
	pic->prop.mb_info_free = free;
	for (uint32_t i = 0; pic->prop.mb_info && i < mbw * mbh; i++) {
		if (!mb_is_dirty(job, i % mbw, i / mbw))
			pic->prop.mb_info[i] = X264_MBINFO_CONSTANT;
	}
}

static void set_regions(struct x264_encoder *x, const struct encode_job *job, x264_picture_t *pic)
{
	uint32_t mbw = x->syntax.width / 16, mbh = x->syntax.height / 16;

	if (!job->n_regions || x->param.rc.i_aq_mode == X264_AQ_NONE)
		return;
	pic->prop.quant_offsets = calloc(mbw * mbh, sizeof(float));
	pic->prop.quant_offsets_free = free;
	for (uint32_t i = 0; pic->prop.quant_offsets && i < mbw * mbh; i++) {
		int32_t px = (int32_t)(i % mbw * 16), py = (int32_t)(i / mbw * 16);

		for (unsigned int r = job->n_regions; r-- > 0;) { /* the first one counts */
			const VARectangle *rect = &job->regions[r].roi_rectangle;

			if (px >= rect->x && px < rect->x + rect->width && py >= rect->y &&
					py < rect->y + rect->height)
				pic->prop.quant_offsets[i] = job->regions[r].roi_value;
		}
	}
}

/* A try is left out of the references. */
static int drop_try(struct x264_encoder *x, const x264_picture_t *pic)
{
	return pic->i_type == X264_TYPE_P ? x264_encoder_invalidate_reference(x->handle,
			x->pts - 1) : 0;
}

/* Puts the application's units and the slices into the coded buffer. */
static VAStatus assemble(struct x264_encoder *x, struct encode_job *job, const x264_nal_t *nals,
		int n)
{
	struct buffer *coded = job->coded;
	size_t capacity = (size_t)coded->size * coded->capacity, used = job->prefix_size;
	unsigned int slice = 0;

	coded->coded_size = 0;
	if (used > capacity)
		goto overflow;
	if (used)
		memcpy(coded->data, job->prefix, used);
	for (int i = 0; i < n; i++) {
		size_t size = (size_t)nals[i].i_payload;
		size_t code = nal_start_code(nals[i].p_payload, size);
		int64_t ret;

		if (nals[i].i_type != H264_SLICE && nals[i].i_type != H264_IDR)
			continue; /* x264's SEI */
		if (slice == job->n_slices)
			return reject(job->context->driver, VA_STATUS_ERROR_ENCODING_ERROR,
					"encode: x264 made more than %u slices", job->n_slices);
		ret = stream_rewrite_slice(nals[i].p_payload + code, size - code, &x->sps, &x->pps,
				job, slice++, coded->data + used, capacity - used);
		if (ret == -ENOSPC)
			goto overflow;
		if (ret < 0)
			return reject(job->context->driver, VA_STATUS_ERROR_ENCODING_ERROR,
					"encode: slice %u does not fit the headers", slice - 1);
		used += (size_t)ret;
	}
	if (slice != job->n_slices)
		return reject(job->context->driver, VA_STATUS_ERROR_ENCODING_ERROR,
				"encode: %u slices of %u", slice, job->n_slices);
	coded->coded_size = (uint32_t)used;
	return VA_STATUS_SUCCESS;
overflow:
	/* The picture is lost, and the segment says why. */
	coded->coded_status |= VA_CODED_BUF_STATUS_SLICE_OVERFLOW_MASK;
	return VA_STATUS_SUCCESS;
}

static int run_x264(struct encoder *encoder, struct encode_job *job, const struct pixels *pixels,
		x264_nal_t **nals, int *n, x264_picture_t *out)
{
	struct x264_encoder *x = encoder->x264;
	x264_picture_t pic;
	int ret;

	x264_picture_init(&pic);
	ret = set_picture(x, job->source, pixels, &pic);
	if (ret)
		return ret;
	pic.i_pts = x->pts;
	pic.i_type = job->slices[0].parsed.type == SLICE_P ? X264_TYPE_P :
			job->pic.pic_fields.bits.idr_pic_flag ? X264_TYPE_IDR : X264_TYPE_I;
	if (job->rate_control == VA_RC_CQP)
		pic.i_qpplus1 = job->pic.pic_init_qp + job->slices[0].va.slice_qp_delta + 1;
	if (faults.verify_dirty)
		check_dirty(encoder, job, &pic);
	set_mb_info(x, job, &pic);
	set_regions(x, job, &pic);
	ret = job->again ? drop_try(x, &pic) : 0;
	if (ret)
		return ret;
	x->pts++;
	ret = x264_encoder_encode(x->handle, nals, n, &pic, out);
	return ret > 0 ? 0 : -EIO;
}

VAStatus x264_encode_job(struct encoder *encoder, struct encode_job *job)
{
	x264_picture_t out;
	x264_nal_t *nals = NULL;
	struct pixels pixels;
	int ret, n = 0;

	job->coded->coded_status = 0;
	job->coded->coded_size = 0;
	ret = x264_prepare(encoder, job);
	if (ret)
		return reject(job->context->driver, VA_STATUS_ERROR_ENCODING_ERROR,
				"encode: parameters that x264 refuses, or that only an IDR "
				"may change");
	if (surface_begin_read(job->source, &pixels) < 0)
		return VA_STATUS_ERROR_ALLOCATION_FAILED;
	ret = run_x264(encoder, job, &pixels, &nals, &n, &out);
	surface_end_read(job->source, &pixels);
	if (ret)
		return reject(job->context->driver, VA_STATUS_ERROR_ENCODING_ERROR,
				"encode: x264 failed");
	job->coded->coded_status = (uint32_t)(out.i_qpplus1 - 1) &
			VA_CODED_BUF_STATUS_PICTURE_AVE_QP_MASK;
	if (job->pic.pic_fields.bits.idr_pic_flag)
		COUNTER(idr_frames)++;
	if (encoder->x264->tuning.refresh_columns && job->slices[0].parsed.type == SLICE_P)
		COUNTER(intra_refresh)++;
	return assemble(encoder->x264, job, nals, n);
}
