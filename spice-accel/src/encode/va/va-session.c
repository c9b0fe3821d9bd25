/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "encode/va/va-session.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "config.h"
#if HAVE_EGL
#include "gpu/gl-device.h"
#include "gpu/va-gl.h"
#endif

/* A picture takes milliseconds; a GPU that hangs is given up within this. */
#define DEFAULT_LIMIT_MS 300u

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
		log_warning("SPICE_ACCEL_VA_ENTRYPOINT=%s is neither lp nor slice; ignored",
				entrypoint);
	tuning->limit_ms = limit ? (uint32_t)strtoul(limit, NULL, 10) : DEFAULT_LIMIT_MS;
	if (refresh)
		tuning->refresh_columns = (uint32_t)strtoul(refresh, NULL, 10) & 0xff;
}

/* Prefer the driver's rate control: it can give each macroblock its own quantiser. */
static uint32_t choose_rate_control(const struct va_session *s, uint32_t kbps)
{
	static const uint32_t order[] = { VA_RC_VBR, VA_RC_CBR, VA_RC_QVBR };
	uint32_t wanted = s->tuning.rate_control;

	if (wanted && (s->caps.rate_controls & wanted || wanted == VA_RC_CQP) &&
			(wanted == VA_RC_CQP || kbps))
		return wanted;
	for (unsigned i = 0; kbps && i < sizeof order / sizeof order[0]; i++)
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
		snprintf(why, size, "%s (%s) does not encode H.264; on Debian "
				"intel-media-va-driver-non-free does for more Intel GPUs",
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
		log_warning("%s: no video processor, and no OpenGL instead: %s",
				s->device.node, why);
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
	if (!s->converter.ready) {
		snprintf(s->device.failure, sizeof s->device.failure, "%s: no video processor",
				s->device.node);
		return -ENOTSUP;
	}
	ret = va_import(&s->device, &s->imports, frame, &surface);
	return ret < 0 ? ret : va_convert(&s->device, &s->converter, surface, frame, s->source);
}

/* A driver that keeps the references itself takes a picture that was not sent as the reference of
 * the next one. Intra refresh would go on with each try. */
static void init_rate(struct va_session *s, uint32_t kbps)
{
	va_rate_init(&s->rate, kbps, s->stream.fps, s->rate_control != VA_RC_CQP);
	s->rate.again = !s->own_headers && !(s->caps.refresh_columns && s->tuning.refresh_columns);
	s->rate.fractions = s->rate_control == VA_RC_CQP && s->caps.regions;
}

void va_session_set_bitrate(struct va_session *s, uint32_t kbps)
{
	if (kbps && kbps != s->rate.kbps)
		va_rate_set_target(&s->rate, kbps);
}

static int open_encoder(struct va_session *s, const struct encoder_params *params)
{
	int ret;

	s->own_headers = !(s->caps.packed_headers & VA_ENC_PACKED_HEADER_SLICE);
	s->rate_control = choose_rate_control(s, params->bitrate_kbps);
	fill_stream(s, params);
	init_rate(s, params->bitrate_kbps);
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
			snprintf(why, size, "%s refuses to encode %ux%u: %s", s->device.vendor,
					params->width, params->height, s->device.failure);
	}
	if (ret < 0) {
		va_device_close(&s->device);
		return ret;
	}
	s->open = true;
	log_info("%s: %s, %s, %s%s%s", s->device.node, s->device.vendor,
			s->caps.entrypoint == VAEntrypointEncSliceLP ? "EncSliceLP" : "EncSlice",
			rate_name(s->rate_control), s->own_headers ? ", the driver's headers" : "",
			s->converter.ready ? "" : s->gl ? ", OpenGL converts" :
			", no conversion on the GPU");
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

static void *close_later(void *opaque)
{
	struct va_session *s = opaque;

	va_session_close(s);
	free(s);
	return NULL;
}

void va_session_abandon(struct va_session *s)
{
	struct va_session *copy = malloc(sizeof *copy);
	pthread_attr_t detached;
	pthread_t thread;
	int ret = ENOMEM;

#if HAVE_EGL
	if (s->gl)
		gl_release_thread();
#endif
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	if (copy) {
		*copy = *s;
		ret = pthread_create(&thread, &detached, close_later, copy);
	}
	pthread_attr_destroy(&detached);
	if (ret != 0) {
		free(copy);
		va_session_close(s);
	}
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

