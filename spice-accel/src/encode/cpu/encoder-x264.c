/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <x264.h>

#include "base/log.h"
#include "encode/encoder-list.h"
#include "encode/h264/h264-au.h"
#include "encode/h264/h264-bits.h"
#include "encode/h264/h264-repeat.h"

#define MACROBLOCK 16u
#define DEFAULT_QP 23
/* x264 clips each frame's quantiser to the range of its three constants: these
 * of I and B frames lie 20 on both sides of that of P frames, which no frame
 * has but by our command (encoder/encoder.c, validate_parameters()). */
#define CENTRE_QP 31
#define WIDEST_FACTOR 10.0f
#define MIN_QP 12
#define MAX_QP 51

struct encoder_x264 {
	struct encoder base;
	x264_t *x264;
	x264_picture_t picture;
	uint8_t *mb_info; /* a byte for each macroblock, x264.h X264_MBINFO_* */
	uint32_t columns, rows; /* macroblocks */
	struct h264_repeat repeat;
	int64_t pts;
	bool any; /* a picture was encoded */
};

__attribute__((format(printf, 3, 0)))
static void write_log(void *opaque, int level, const char *format, va_list ap)
{
	char line[512];
	size_t n;

	vsnprintf(line, sizeof line, format, ap);
	n = strlen(line);
	if (n && line[n - 1] == '\n')
		line[n - 1] = 0;
	log_write(level == X264_LOG_ERROR ? SPICE_ACCEL_LOG_ERROR : SPICE_ACCEL_LOG_WARNING,
			"x264: %s", line);
}

static unsigned default_threads(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > 4 ? 4 : (unsigned)n;
}

/*
 * Constant quantiser: the caller bounds frame sizes by request.qp, which is
 * what lets x264 run without look-ahead and its half-size pictures (a third
 * of the time of a frame that changes little).
 */
static int fill_params(x264_param_t *p, const struct encoder_params *params)
{
	if (x264_param_default_preset(p, params->preset ? params->preset : "ultrafast",
			"zerolatency") < 0)
		return -EINVAL;
	p->i_threads = (int)(params->threads ? params->threads : default_threads());
	p->b_sliced_threads = p->i_threads > 1;
	p->i_width = (int)params->width;
	p->i_height = (int)params->height;
	p->i_csp = X264_CSP_NV12;
	p->i_fps_num = params->fps;
	p->i_fps_den = 1;
	p->b_vfr_input = 0;
	p->i_keyint_max = X264_KEYINT_MAX_INFINITE;
	p->i_scenecut_threshold = 0;
	p->i_frame_reference = 1;
	p->b_repeat_headers = 1;
	p->b_annexb = 1;
	p->b_cabac = 0; /* repeated pictures are written in CAVLC; also cheaper at both ends */
	p->analyse.i_weighted_pred = X264_WEIGHTP_NONE;
	p->analyse.b_transform_8x8 = 0;
	p->analyse.b_psnr = p->analyse.b_ssim = 0;
	p->analyse.b_mb_info = 1;
	p->rc.i_rc_method = X264_RC_CQP;
	p->rc.i_qp_constant = CENTRE_QP;
	p->rc.f_ip_factor = p->rc.f_pb_factor = WIDEST_FACTOR;
	/* Rec. ITU-T H.264 table E-3..E-5: BT.709 primaries and curve, BT.601 matrix */
	p->vui.i_colorprim = 1;
	p->vui.i_transfer = 1;
	p->vui.i_colmatrix = 6;
	p->vui.b_fullrange = 0;
	p->i_log_level = X264_LOG_WARNING;
	p->pf_log = write_log;
	return x264_param_apply_profile(p, "main") < 0 ? -EINVAL : 0;
}

static void x264_destroy(struct encoder *base)
{
	struct encoder_x264 *e = (struct encoder_x264 *)base;

	if (e->x264)
		x264_encoder_close(e->x264);
	free(e->mb_info);
	free(e);
}

static int x264_create(struct encoder **out, const struct encoder_params *params)
{
	struct encoder_x264 *e = calloc(1, sizeof *e);
	x264_param_t p;
	int ret;

	if (!e)
		return -ENOMEM;
	e->base.impl = &encoder_x264;
	e->columns = (params->width + MACROBLOCK - 1) / MACROBLOCK;
	e->rows = (params->height + MACROBLOCK - 1) / MACROBLOCK;
	e->mb_info = malloc((size_t)e->columns * e->rows);
	ret = e->mb_info ? fill_params(&p, params) : -ENOMEM;
	if (ret < 0)
		goto fail;
	e->x264 = x264_encoder_open(&p);
	if (!e->x264) {
		ret = -EIO;
		goto fail;
	}
	*out = &e->base;
	return 0;

fail:
	x264_destroy(&e->base);
	return ret;
}

/* Macroblocks outside the damage are known to be as they were. */
static void set_mb_info(struct encoder_x264 *e, const struct encode_request *request)
{
	uint32_t width = e->columns * MACROBLOCK, height = e->rows * MACROBLOCK;

	e->picture.prop.mb_info = NULL;
	if (!e->any || request->key || request->kind == ENCODE_REFINE ||
			damage_is_all(request->damage, width, height))
		return;
	memset(e->mb_info, X264_MBINFO_CONSTANT, (size_t)e->columns * e->rows);
	damage_mark_blocks(request->damage, e->mb_info, e->columns, e->rows, MACROBLOCK, 0);
	e->picture.prop.mb_info = e->mb_info;
}

static int quantiser(const struct encode_request *request)
{
	int qp = request->qp > 0 ? request->qp : DEFAULT_QP;

	return qp < MIN_QP ? MIN_QP : qp > MAX_QP ? MAX_QP : qp;
}

static void set_picture(struct encoder_x264 *e, const struct encode_request *request)
{
	const struct picture *p = request->picture;

	x264_picture_init(&e->picture);
	e->picture.img.i_csp = X264_CSP_NV12;
	e->picture.img.i_plane = 2;
	for (int i = 0; i < 2; i++) {
		e->picture.img.plane[i] = p->plane[i];
		e->picture.img.i_stride[i] = p->stride[i];
	}
	e->picture.i_pts = e->pts++;
	e->picture.i_type = request->key ? X264_TYPE_IDR : X264_TYPE_P;
	if (!e->any)
		e->picture.i_type = X264_TYPE_IDR;
	e->picture.i_qpplus1 = quantiser(request) + 1;
	set_mb_info(e, request);
}

/* x264's NAL units without its own SEI, ours before the first slice. */
static int collect(struct encoder_x264 *e, const x264_nal_t *nals, int n,
		const struct encode_request *request, struct packet *out)
{
	bool named = false;
	int ret = 0;

	for (int i = 0; i < n && ret >= 0; i++) {
		const uint8_t *nal = nals[i].p_payload;
		unsigned code = nal[2] == 1 ? 3 : 4; /* bytes of the start code */

		if (nals[i].i_type == NAL_SEI)
			continue;
		if (!named && (nals[i].i_type == NAL_SLICE || nals[i].i_type == NAL_SLICE_IDR)) {
			ret = h264_append_frame_info(out, request, nals[i].i_type == NAL_SLICE_IDR);
			named = true;
		}
		if (ret >= 0)
			ret = h264_repeat_copy(&e->repeat, out, nal + code,
					(size_t)nals[i].i_payload - code);
	}
	return ret;
}

static int encode_repeat(struct encoder_x264 *e, const struct encode_request *request,
		struct packet *out)
{
	int ret = h264_append_frame_info(out, request, false);

	return ret < 0 ? ret : h264_repeat_append(&e->repeat, out);
}

static int x264_encode(struct encoder *base, const struct encode_request *request,
		struct packet *out)
{
	struct encoder_x264 *e = (struct encoder_x264 *)base;
	x264_picture_t coded;
	x264_nal_t *nals;
	int n, size;

	out->frame = request->number;
	if (request->kind == ENCODE_REPEAT && e->any && !request->key && e->repeat.usable) {
		out->key = false;
		out->qp = -1;
		return encode_repeat(e, request, out);
	}
	set_picture(e, request);
	size = x264_encoder_encode(e->x264, &nals, &n, &e->picture, &coded);
	if (size <= 0)
		return -EIO;
	e->any = true;
	out->key = coded.b_keyframe;
	out->qp = quantiser(request);
	return collect(e, nals, n, request, out);
}

const struct encoder_impl encoder_x264 = {
	.name = "x264",
	.codec = CODEC_H264,
	.caps = ENCODER_QP | ENCODER_CHEAP_REPEAT,
	.input = PICTURE_NV12,
	.create = x264_create,
	.encode = x264_encode,
	.destroy = x264_destroy,
};
