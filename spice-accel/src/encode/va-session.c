/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "encode/va-session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "config.h"
#include "encode/h264-au.h"
#include "encode/h264-bits.h"
#include "encode/va-skip.h"
#if HAVE_EGL
#include "va/va-gl.h"
#endif

/* A picture takes milliseconds; a GPU that hangs is given up within this. */
#define DEFAULT_LIMIT_MS 300u
#define POLL_NS 200000L

void va_tuning_read(struct va_tuning *tuning)
{
	static const struct {
		const char *name;
		uint32_t rc;
	} modes[] = { { "cqp", VA_RC_CQP }, { "cbr", VA_RC_CBR }, { "vbr", VA_RC_VBR },
		{ "qvbr", VA_RC_QVBR } };
	const char *rc = secure_getenv("SPICE_ACCEL_VA_RC");
	const char *entrypoint = secure_getenv("SPICE_ACCEL_VA_ENTRYPOINT");
	const char *refresh = secure_getenv("SPICE_ACCEL_VA_REFRESH");
	const char *limit = secure_getenv("SPICE_ACCEL_VA_LIMIT_MS");

	memset(tuning, 0, sizeof *tuning);
	for (unsigned i = 0; rc && i < sizeof modes / sizeof modes[0]; i++)
		if (!strcmp(rc, modes[i].name))
			tuning->rate_control = modes[i].rc;
	if (rc && !tuning->rate_control)
		log_warning("SPICE_ACCEL_VA_RC=%s is none of cqp, cbr, vbr, qvbr; ignored", rc);
	if (entrypoint && !strcmp(entrypoint, "lp"))
		tuning->entrypoint = VAEntrypointEncSliceLP;
	else if (entrypoint && !strcmp(entrypoint, "slice"))
		tuning->entrypoint = VAEntrypointEncSlice;
	else if (entrypoint)
		log_warning("SPICE_ACCEL_VA_ENTRYPOINT=%s is neither lp nor slice; ignored", entrypoint);
	tuning->limit_ms = limit ? (uint32_t)strtoul(limit, NULL, 10) : DEFAULT_LIMIT_MS;
	if (refresh)
		tuning->refresh_columns = (uint32_t)strtoul(refresh, NULL, 10) & 0xff;
}

/* One frame of buffer where the driver controls the rate; else the caller's
 * quantiser, which follows the sizes of frames (pace/rate.c). */
static uint32_t choose_rate_control(const struct va_session *s)
{
	static const uint32_t order[] = { VA_RC_VBR, VA_RC_CBR, VA_RC_QVBR };
	uint32_t wanted = s->tuning.rate_control;

	if (wanted && (s->caps.rate_controls & wanted || wanted == VA_RC_CQP) &&
			(wanted == VA_RC_CQP || s->bitrate_kbps))
		return wanted;
	for (unsigned i = 0; s->bitrate_kbps && i < sizeof order / sizeof order[0]; i++)
		if (s->caps.rate_controls & order[i])
			return order[i];
	return VA_RC_CQP;
}

static void fill_stream(struct va_session *s, const struct encoder_params *params)
{
	struct va_stream *st = &s->stream;

	st->width = params->width;
	st->height = params->height;
	st->columns = (params->width + 15) / 16;
	st->rows = (params->height + 15) / 16;
	st->fps = params->fps;
	st->level_idc = va_level(st->columns, st->rows, st->fps);
	st->profile_idc = s->caps.profile == VAProfileH264High ? 100 :
			s->caps.profile == VAProfileH264Main ? 77 : 66;
	st->constraints = st->profile_idc == 66 ? 0x40 : 0; /* constraint_set1_flag */
	/* Repeated pictures are CAVLC, and need a PPS of ours with CABAC. */
	st->cabac = st->profile_idc != 66 && !s->own_headers;
	st->transform_8x8 = st->profile_idc == 100;
}

static int create_config(struct va_session *s)
{
	VAConfigAttrib a[3] = {
		{ .type = VAConfigAttribRTFormat, .value = VA_RT_FORMAT_YUV420 },
		{ .type = VAConfigAttribRateControl, .value = s->rate_control },
		{ .type = VAConfigAttribEncPackedHeaders },
	};
	uint32_t ours = VA_ENC_PACKED_HEADER_SEQUENCE | VA_ENC_PACKED_HEADER_PICTURE |
			VA_ENC_PACKED_HEADER_SLICE;
	VAStatus status;

	a[2].value = s->caps.packed_headers & ours;
	status = vaCreateConfig(s->device.display, s->caps.profile, s->caps.entrypoint, a,
			a[2].value ? 3 : 2, &s->config);
	return status == VA_STATUS_SUCCESS ? 0 :
			va_error(&s->device, status, "the encoder's configuration");
}

/* Whole macroblocks, as the encoder reads them. */
static int create_surfaces(struct va_session *s)
{
	VASurfaceAttrib format = {
		.type = VASurfaceAttribPixelFormat,
		.flags = VA_SURFACE_ATTRIB_SETTABLE,
		.value.type = VAGenericValueTypeInteger,
		.value.value.i = VA_FOURCC_NV12,
	};
	VASurfaceID surfaces[3];
	VAStatus status = vaCreateSurfaces(s->device.display, VA_RT_FORMAT_YUV420,
			s->stream.columns * 16, s->stream.rows * 16, surfaces, 3, &format, 1);

	if (status != VA_STATUS_SUCCESS)
		return va_error(&s->device, status, "surfaces of the encoder");
	s->source = surfaces[0];
	s->recon[0] = surfaces[1];
	s->recon[1] = surfaces[2];
	return 0;
}

static int create_context(struct va_session *s)
{
	uint32_t width = s->stream.columns * 16, height = s->stream.rows * 16;
	VASurfaceID targets[3] = { s->source, s->recon[0], s->recon[1] };
	VAStatus status = vaCreateContext(s->device.display, s->config, (int)width, (int)height,
			VA_PROGRESSIVE, targets, 3, &s->context);

	if (status != VA_STATUS_SUCCESS)
		return va_error(&s->device, status, "the encoder's context");
	/* More than the pixels themselves, for content that does not compress. */
	status = vaCreateBuffer(s->device.display, s->context, VAEncCodedBufferType,
			width * height * 2 + 65536, 1, NULL, &s->coded);
	if (status != VA_STATUS_SUCCESS) {
		vaDestroyContext(s->device.display, s->context);
		return va_error(&s->device, status, "the coded buffer");
	}
	s->has_context = true;
	return 0;
}

static int check_caps(const struct va_session *s, unsigned index,
		const struct encoder_params *params, char *why, size_t size)
{
	const struct va_encode_caps *c = &s->device.encode[index];

	if (index >= s->device.n_encode) {
		snprintf(why, size, "%s (%s) does not encode H.264; on Debian intel-media-va-driver-non-free does for more Intel GPUs",
				s->device.node, s->device.vendor);
		return -ENOENT;
	}
	if (params->width > c->max_width || params->height > c->max_height) {
		snprintf(why, size, "%s (%s) encodes up to %ux%u", s->device.node, s->device.vendor,
				c->max_width, c->max_height);
		return -EINVAL;
	}
	return 0;
}

/* By the video processor, else by OpenGL; pictures of memory need neither. */
static int open_converter(struct va_session *s)
{
	int ret = va_converter_init(&s->device, &s->converter);

	if (ret != -ENOTSUP)
		return ret;
#if HAVE_EGL
	char why[512];

	if (va_gl_create(&s->gl, &s->device, s->source, why, sizeof why) < 0)
		log_warning("%s: no video processor, and no OpenGL instead: %s", s->device.node, why);
#endif
	return 0;
}

static int load_frame(struct va_session *s, const struct spice_accel_frame *frame)
{
	VASurfaceID surface;
	int ret;

#if HAVE_EGL
	if (s->gl)
		return va_gl_convert(s->gl, frame);
#endif
	if (!s->converter.ready)
		return -ENOTSUP;
	ret = va_import(&s->device, &s->imports, frame, &surface);
	return ret < 0 ? ret : va_convert(&s->device, &s->converter, surface, frame, s->source);
}

static int open_encoder(struct va_session *s, const struct encoder_params *params)
{
	int ret;

	s->own_headers = !(s->caps.packed_headers & VA_ENC_PACKED_HEADER_SLICE);
	s->bitrate_kbps = params->bitrate_kbps;
	s->rate_control = choose_rate_control(s);
	fill_stream(s, params);
	ret = create_config(s);
	if (ret < 0)
		return ret;
	ret = create_surfaces(s);
	if (ret < 0)
		goto no_surfaces;
	ret = create_context(s);
	if (ret < 0)
		goto no_context;
	return open_converter(s);

no_context:
	vaDestroySurfaces(s->device.display, &s->source, 1);
	vaDestroySurfaces(s->device.display, s->recon, 2);
no_surfaces:
	vaDestroyConfig(s->device.display, s->config);
	return ret;
}

static const char *rate_name(uint32_t rate_control)
{
	switch (rate_control) {
	case VA_RC_CBR: return "CBR";
	case VA_RC_VBR: return "VBR";
	case VA_RC_QVBR: return "QVBR";
	default: return "constant quantiser";
	}
}

int va_session_open(struct va_session *s, const char *node, unsigned index,
		const struct encoder_params *params, const struct va_tuning *tuning, char *why,
		size_t size)
{
	int ret;

	memset(s, 0, sizeof *s);
	s->tuning = *tuning;
	ret = va_device_open(&s->device, node, why, size);
	if (ret < 0)
		return ret;
	ret = check_caps(s, index, params, why, size);
	if (ret == 0) {
		s->caps = s->device.encode[index];
		ret = open_encoder(s, params);
		if (ret < 0)
			snprintf(why, size, "%s (%s) refuses to encode %ux%u", s->device.node,
					s->device.vendor, params->width, params->height);
	}
	if (ret < 0) {
		va_device_close(&s->device);
		return ret;
	}
	s->open = true;
	log_info("%s: %s, %s, %s%s%s", s->device.node, s->device.vendor,
			s->caps.entrypoint == VAEntrypointEncSliceLP ? "EncSliceLP" : "EncSlice",
			rate_name(s->rate_control), s->own_headers ? ", the driver's headers" : "",
			s->converter.ready ? "" : s->gl ? ", OpenGL converts" : ", no conversion on the GPU");
	return 0;
}

void va_session_close(struct va_session *s)
{
	if (!s->open)
		return;
#if HAVE_EGL
	va_gl_destroy(s->gl);
	s->gl = NULL;
#endif
	va_imports_clear(&s->device, &s->imports);
	va_converter_finish(&s->device, &s->converter);
	vaDestroyBuffer(s->device.display, s->coded);
	vaDestroyContext(s->device.display, s->context);
	vaDestroySurfaces(s->device.display, &s->source, 1);
	vaDestroySurfaces(s->device.display, s->recon, 2);
	vaDestroyConfig(s->device.display, s->config);
	va_device_close(&s->device);
	packet_finish(&s->scratch);
	s->open = false;
}

int va_session_load(struct va_session *s, const struct encode_request *request)
{
	uint64_t start = clock_now_us();
	int ret;

	if (request->picture) {
		ret = va_upload(&s->device, s->source, request->picture,
				s->uploaded ? request->damage : NULL);
		s->uploaded = ret == 0;
	} else {
		s->uploaded = false;
		ret = load_frame(s, request->frame);
	}
	s->times.source_us = (uint32_t)(clock_now_us() - start);
	return ret;
}

bool va_session_can_skip(const struct va_session *s, const struct encode_request *request)
{
	return request->kind == ENCODE_REPEAT && s->started && !request->key &&
			(!s->own_headers || s->repeat.usable);
}

static int append_skip(struct va_session *s, const struct encode_request *request,
		struct packet *out)
{
	size_t before = out->size;
	int ret = h264_append_frame_info(out, request, false);

	out->key = false;
	out->qp = -1;
	if (ret == 0 && s->own_headers)
		return h264_repeat_append(&s->repeat, out);
	if (ret == 0)
		ret = va_append_skip(out, &s->stream, (s->frame_num + 1) % (1u << VA_FRAME_NUM_BITS));
	if (ret == 0) {
		s->frame_num = (s->frame_num + 1) % (1u << VA_FRAME_NUM_BITS);
		s->skipped++;
		s->skipped_bytes += (uint32_t)(out->size - before);
	}
	return ret;
}

/* Fewer rectangles than the driver takes, or none where it takes none. */
static void fill_dirty(const struct va_session *s, const struct encode_request *request,
		struct va_picture *p)
{
	const struct damage *d = request->damage;
	uint32_t max = s->caps.dirty_rects < VA_MAX_DIRTY ? s->caps.dirty_rects : VA_MAX_DIRTY;

	if (p->slice.idr || request->kind != ENCODE_NEW || !d || !d->n || d->n > max ||
			damage_is_all(d, s->stream.width, s->stream.height))
		return;
	if (s->device.quirk->flags & VA_QUIRK_DIRTY_NEEDS_RC && s->rate_control == VA_RC_CQP)
		return;
	for (unsigned i = 0; i < d->n; i++)
		p->dirty[i] = (VARectangle){ .x = (int16_t)d->rects[i].x, .y = (int16_t)d->rects[i].y,
			.width = (uint16_t)d->rects[i].width, .height = (uint16_t)d->rects[i].height };
	p->n_dirty = d->n;
}

/* A column of intra macroblocks goes over the picture, again and again. */
static void fill_refresh(const struct va_session *s, struct va_picture *p)
{
	if (!s->caps.refresh_columns || !s->tuning.refresh_columns)
		return;
	p->refresh_column = s->refresh_column;
	p->refresh_columns = s->tuning.refresh_columns;
}

static int choose_qp(const struct va_session *s, const struct encode_request *request, bool idr)
{
	if (request->qp > 0)
		return request->qp;
	if (s->rate_control == VA_RC_CQP && s->bitrate_kbps)
		return va_quantiser_choose(&s->quantiser, idr, s->bitrate_kbps, s->stream.fps);
	return VA_INIT_QP;
}

static void fill_picture(struct va_session *s, const struct encode_request *request,
		struct va_picture *p)
{
	bool idr = request->key || !s->started;

	memset(p, 0, sizeof *p);
	p->stream = &s->stream;
	p->caps = &s->caps;
	p->slice.idr = idr;
	p->slice.frame_num = idr ? 0 : (s->frame_num + 1) % (1u << VA_FRAME_NUM_BITS);
	p->slice.idr_pic_id = idr ? s->idr_pic_id ^ 1u : s->idr_pic_id;
	p->slice.qp = choose_qp(s, request, idr);
	p->recon = s->recon[s->current ^ 1u];
	p->reference = idr ? VA_INVALID_SURFACE : s->recon[s->current];
	p->reference_frame_num = s->frame_num;
	p->coded = s->coded;
	p->new_sequence = idr;
	p->rate_control = s->rate_control;
	p->bitrate_kbps = s->rate_control == VA_RC_CQP ? 0 : s->bitrate_kbps;
	p->min_qp = request->qp > 0 ? request->qp : 0; /* no finer than the caller wants */
	p->new_rate = s->new_rate || p->min_qp != s->min_qp;
	if (s->caps.skip_frames && s->rate_control != VA_RC_CQP) {
		p->skipped = s->skipped;
		p->skipped_bytes = s->skipped_bytes;
	}
	fill_dirty(s, request, p);
	fill_refresh(s, p);
}

static void picture_done(struct va_session *s, const struct va_picture *p)
{
	s->started = true;
	s->current ^= 1u;
	s->frame_num = p->slice.frame_num;
	s->idr_pic_id = p->slice.idr_pic_id;
	s->min_qp = p->min_qp;
	s->new_rate = false;
	s->skipped = s->skipped_bytes = 0;
	s->refresh_column += p->refresh_columns;
	if (s->refresh_column >= s->stream.columns || p->slice.idr)
		s->refresh_column = 0;
}

static int submit(struct va_session *s, const struct va_picture *p)
{
	struct va_params params = { .n = 0 };
	VAStatus status, end;
	int ret;

	ret = va_params_fill(&s->device, s->context, &params, p);
	if (ret < 0)
		goto out;
	status = vaBeginPicture(s->device.display, s->context, s->source);
	if (status == VA_STATUS_SUCCESS) {
		status = vaRenderPicture(s->device.display, s->context, params.ids, (int)params.n);
		end = vaEndPicture(s->device.display, s->context);
		if (status == VA_STATUS_SUCCESS)
			status = end;
	}
	if (status != VA_STATUS_SUCCESS)
		ret = va_error(&s->device, status, "encoding");
out:
	va_params_finish(&s->device, &params);
	return ret;
}

/* For drivers older than vaSyncBuffer (libva 2.9). */
static VAStatus poll_source(struct va_session *s)
{
	uint64_t end = clock_now_us() + s->tuning.limit_ms * UINT64_C(1000);
	struct timespec pause = { .tv_nsec = POLL_NS };
	VASurfaceStatus state;

	for (;;) {
		VAStatus status = vaQuerySurfaceStatus(s->device.display, s->source, &state);

		if (status != VA_STATUS_SUCCESS || state == VASurfaceReady)
			return status;
		if (clock_now_us() >= end)
			return VA_STATUS_ERROR_TIMEDOUT;
		nanosleep(&pause, NULL);
	}
}

static int wait_coded(struct va_session *s)
{
	VAStatus status = VA_STATUS_ERROR_UNIMPLEMENTED;

	if (!s->no_sync_buffer)
		status = vaSyncBuffer(s->device.display, s->coded, s->tuning.limit_ms * UINT64_C(1000000));
	if (status == VA_STATUS_ERROR_UNIMPLEMENTED) {
		s->no_sync_buffer = true;
		status = poll_source(s);
	}
	return status == VA_STATUS_SUCCESS ? 0 : va_error(&s->device, status, "waiting for the GPU");
}

/* The driver's bytes, all segments, into scratch. *qp: the mean quantiser
 * where the driver tells it, else 0. */
static int read_coded(struct va_session *s, int *qp)
{
	const uint32_t overflow = VA_CODED_BUF_STATUS_SLICE_OVERFLOW_MASK |
			VA_CODED_BUF_STATUS_BAD_BITSTREAM;
	VACodedBufferSegment *segment;
	VAStatus status = vaMapBuffer(s->device.display, s->coded, (void **)&segment);
	int ret = 0;

	if (status != VA_STATUS_SUCCESS)
		return va_error(&s->device, status, "mapping of the coded buffer");
	packet_reset(&s->scratch);
	*qp = (int)(segment->status & VA_CODED_BUF_STATUS_PICTURE_AVE_QP_MASK);
	for (; segment && ret == 0; segment = segment->next) {
		if (segment->status & overflow)
			ret = -EIO;
		else
			ret = packet_append(&s->scratch, segment->buf, segment->size);
	}
	vaUnmapBuffer(s->device.display, s->coded);
	if (ret == -EIO)
		log_warning("%s: the driver reports a broken picture", s->device.node);
	return ret;
}

static int append_unit(struct va_session *s, struct packet *out, const uint8_t *nal, size_t size)
{
	static const uint8_t code[] = { 0, 0, 0, 1 };
	int ret;

	if (s->own_headers)
		return h264_repeat_copy(&s->repeat, out, nal, size);
	ret = packet_append(out, code, sizeof code);
	return ret < 0 ? ret : packet_append(out, nal, size);
}

/* The reconstructed picture is a copy of its reference: it need not be sent. */
static bool is_unchanged(const struct va_session *s, const struct encode_request *request,
		const uint8_t *nal, size_t size)
{
	return request->drop_unchanged && request->kind == ENCODE_NEW && !s->own_headers &&
			va_slice_is_skip(&s->stream, nal, size);
}

/* Headers, our SEI, and from the only slice on all that is left. */
static int collect(struct va_session *s, const struct encode_request *request, bool idr,
		struct packet *out)
{
	const uint8_t *data = s->scratch.data, *nal;
	size_t size = s->scratch.size, at = 0, nal_size;
	int ret = 0;

	while (ret == 0 && h264_next_nal(data, size, &at, &nal, &nal_size)) {
		unsigned type = nal_size ? nal[0] & 0x1f : 0;

		if (type == H264_NAL_SLICE || type == H264_NAL_IDR) {
			if ((type == H264_NAL_IDR) != idr)
				break;
			if (!idr && is_unchanged(s, request, nal, size - (size_t)(nal - data)))
				return 0;
			ret = h264_append_frame_info(out, request, idr);
			return ret < 0 ? ret :
					append_unit(s, out, nal, size - (size_t)(nal - data));
		}
		ret = append_unit(s, out, nal, nal_size);
	}
	if (ret == 0) {
		log_warning("%s: %zu bytes without the picture that was asked for", s->device.node, size);
		ret = -EIO;
	}
	return ret;
}

/* Rate control stays coarser than the wish when it has to. Of a picture at rest
 * the wish is told all the same, or the caller would wish for ever. */
static int told_qp(const struct va_session *s, const struct encode_request *request,
		const struct va_picture *p, int mean)
{
	if (s->rate_control == VA_RC_CQP || (request->kind == ENCODE_REFINE && request->qp > 0))
		return p->slice.qp;
	return mean > 0 && mean <= 51 ? mean : -1;
}

int va_session_encode(struct va_session *s, const struct encode_request *request,
		struct packet *out)
{
	struct va_picture p;
	uint64_t start = clock_now_us(), submitted, waited;
	int ret, qp = 0;

	out->frame = request->number;
	if (va_session_can_skip(s, request))
		return append_skip(s, request, out);
	fill_picture(s, request, &p);
	ret = submit(s, &p);
	if (ret < 0)
		return ret;
	submitted = clock_now_us();
	ret = wait_coded(s);
	waited = clock_now_us();
	if (ret == 0)
		ret = read_coded(s, &qp);
	if (ret == 0)
		ret = collect(s, request, p.slice.idr, out);
	if (ret < 0)
		return ret;
	out->key = p.slice.idr;
	out->qp = told_qp(s, request, &p, qp);
	if (!out->size) {
		s->current ^= 1u; /* the same pixels; the number is used again */
		return 0;
	}
	picture_done(s, &p);
	if (s->rate_control == VA_RC_CQP && s->bitrate_kbps)
		va_quantiser_learn(&s->quantiser, p.slice.idr, p.slice.qp, out->size,
				s->bitrate_kbps, s->stream.fps);
	s->times.submit_us = (uint32_t)(submitted - start);
	s->times.wait_us = (uint32_t)(waited - submitted);
	s->times.copy_us = (uint32_t)(clock_now_us() - waited);
	return 0;
}
