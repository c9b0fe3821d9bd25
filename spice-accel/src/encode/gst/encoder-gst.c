/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/*
 * Encoders that only GStreamer reaches: a pipeline of our own, appsrc ! encoder
 * ! appsink, that takes one picture and gives one access unit before the next.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <drm_fourcc.h>
#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <gst/video/video.h>

#include "base/clock.h"
#include "base/log.h"
#include "encode/encoder-list.h"
#include "encode/gst/gst-buffers.h"
#include "encode/gst/gst-elements.h"
#include "encode/gst/gst-plugins.h"
#include "encode/h264/h264-au.h"

/* range, matrix, transfer, primaries as GStreamer numbers them: limited, BT.601
 * matrix, BT.709 curve and primaries; as encoder-x264.c has it */
#define COLORIMETRY "2:4:5:1"

/* The time limit of a unit. The first unit opens the device. */
#define UNIT_US 500000u
#define FIRST_US 3000000u
#define SLICE_NS (10 * GST_MSECOND) /* how often errors are looked for meanwhile */

struct encoder_gst {
	struct encoder base;
	const struct encoder_element *info;
	GstElement *pipeline, *element;
	GstAppSrc *src;
	GstAppSink *sink;
	GstBus *bus;
	GstAllocator *dmabuf;
	struct h264_headers headers;
	uint32_t width, height, fps;
	GstVideoFormat format; /* that src has */
	uint64_t count;
	uint64_t unit_us;
	bool importing; /* the element takes descriptors, not memory */
	bool broken;
};

static uint64_t unit_limit_us(void)
{
	const char *ms = secure_getenv("SPICE_ACCEL_GST_TIMEOUT_MS");
	unsigned long n = ms ? strtoul(ms, NULL, 10) : 0;

	return n ? n * 1000u : UNIT_US;
}

/* ---- the pipeline ------------------------------------------------------- */

static void set_format(struct encoder_gst *e, GstVideoFormat format)
{
	g_autoptr(GstCaps) caps = gst_caps_new_simple("video/x-raw",
			"format", G_TYPE_STRING, gst_video_format_to_string(format),
			"width", G_TYPE_INT, (int)e->width, "height", G_TYPE_INT, (int)e->height,
			"framerate", GST_TYPE_FRACTION, (int)e->fps, 1,
			"pixel-aspect-ratio", GST_TYPE_FRACTION, 1, 1,
			"interlace-mode", G_TYPE_STRING, "progressive",
			NULL);

	if (format == GST_VIDEO_FORMAT_NV12)
		gst_caps_set_simple(caps, "colorimetry", G_TYPE_STRING, COLORIMETRY,
				"chroma-site", G_TYPE_STRING, "jpeg", NULL);
	gst_app_src_set_caps(e->src, caps);
	e->format = format;
}

static GstCaps *output_caps(const struct encoder_gst *e)
{
	GstCaps *caps = gst_caps_from_string("video/x-h264,"
			"stream-format=(string)byte-stream,alignment=(string)au");

	/* Without a level v4l2h264enc does not agree with some drivers on caps.
	 * 8704: MaxFS of level 4.2 (Rec. ITU-T H.264 table A-1) */
	if (e->info->controls)
		gst_caps_set_simple(caps, "level", G_TYPE_STRING,
				(e->width + 15) / 16 * ((e->height + 15) / 16) > 8704 ? "5.1" :
				"4.2", NULL);
	return caps;
}

/* Viewers decode 4:2:0 only, even if the encoder takes other formats. */
static bool link_converter(struct encoder_gst *e)
{
	g_autoptr(GstCaps) caps = gst_caps_from_string("video/x-raw,format=(string){NV12,I420},"
			"colorimetry=(string)" COLORIMETRY);
	GstElement *convert = gst_element_factory_make("videoconvert", NULL);

	if (!convert)
		return false;
	gst_bin_add(GST_BIN(e->pipeline), convert);
	return gst_element_link(GST_ELEMENT(e->src), convert) &&
			gst_element_link_filtered(convert, e->element, caps);
}

static bool link_elements(struct encoder_gst *e)
{
	g_autoptr(GstCaps) out = output_caps(e);
	GstElement *src = GST_ELEMENT(e->src), *sink = GST_ELEMENT(e->sink);

	gst_bin_add_many(GST_BIN(e->pipeline), src, e->element, sink, NULL);
	return (e->info->convert ? link_converter(e) : gst_element_link(src, e->element)) &&
			gst_element_link_filtered(e->element, sink, out);
}

static void configure_ends(struct encoder_gst *e)
{
	g_object_set(e->src, "format", GST_FORMAT_TIME, "is-live", FALSE, "block", FALSE,
			"stream-type", GST_APP_STREAM_TYPE_STREAM, "min-latency", (gint64)0, NULL);
	g_object_set(e->sink, "sync", FALSE, "async", FALSE, "wait-on-eos", FALSE,
			"enable-last-sample", FALSE, "qos", FALSE, NULL);
	set_format(e, GST_VIDEO_FORMAT_NV12);
}

/* Takes floating references, so that each object has one that is ours. */
static int make_pipeline(struct encoder_gst *e, const struct encoder_params *params)
{
	GstElement *src = gst_element_factory_make("appsrc", NULL);
	GstElement *sink = gst_element_factory_make("appsink", NULL);

	e->element = gst_element_factory_make(e->info->name, NULL);
	e->pipeline = gst_pipeline_new(NULL);
	e->src = src ? GST_APP_SRC(gst_object_ref_sink(src)) : NULL;
	e->sink = sink ? GST_APP_SINK(gst_object_ref_sink(sink)) : NULL;
	if (e->element)
		gst_object_ref_sink(e->element);
	gst_object_ref_sink(e->pipeline);
	if (!e->src || !e->sink || !e->element)
		return -ENODEV;
	e->bus = gst_element_get_bus(e->pipeline);
	configure_ends(e);
	encoder_element_configure(e->info, e->element, params);
	return link_elements(e) ? 0 : -ENODEV;
}

/* The first error of the pipeline since the last look, to the log. */
static bool failed(struct encoder_gst *e)
{
	g_autoptr(GstMessage) message = gst_bus_pop_filtered(e->bus, GST_MESSAGE_ERROR);
	g_autoptr(GError) error = NULL;
	g_autofree char *debug = NULL;

	if (!message)
		return false;
	gst_message_parse_error(message, &error, &debug);
	log_warning("%s: %s (%s)", e->info->name, error->message, debug ? debug : "no details");
	e->broken = true;
	return true;
}

static int start(struct encoder_gst *e)
{
	GstStateChangeReturn ret = gst_element_set_state(e->pipeline, GST_STATE_PLAYING);

	if (ret == GST_STATE_CHANGE_ASYNC)
		ret = gst_element_get_state(e->pipeline, NULL, NULL, FIRST_US * GST_USECOND);
	if (ret == GST_STATE_CHANGE_SUCCESS || ret == GST_STATE_CHANGE_NO_PREROLL)
		return 0;
	failed(e);
	return -ENODEV;
}

static void stop_later(GstElement *pipeline, gpointer data)
{
	gst_element_set_state(pipeline, GST_STATE_NULL);
}

/* A device that hangs would hang its destruction too: that is left to another thread. */
static void stop(struct encoder_gst *e)
{
	if (e->broken)
		gst_element_call_async(e->pipeline, stop_later, NULL, NULL);
	else
		gst_element_set_state(e->pipeline, GST_STATE_NULL);
}

static void gst_destroy(struct encoder *base)
{
	struct encoder_gst *e = (struct encoder_gst *)base;

	if (e->pipeline)
		stop(e);
	gst_clear_object(&e->dmabuf);
	gst_clear_object(&e->bus);
	gst_clear_object(&e->src);
	gst_clear_object(&e->sink);
	gst_clear_object(&e->element);
	gst_clear_object(&e->pipeline);
	h264_headers_finish(&e->headers);
	free(e);
}

static int create_with(struct encoder **out, const struct encoder_element *info,
		const struct encoder_params *params)
{
	struct encoder_gst *e = calloc(1, sizeof *e);
	int ret;

	if (!e)
		return -ENOMEM;
	e->base.impl = &encoder_gst;
	e->info = info;
	e->width = params->width;
	e->height = params->height;
	e->fps = params->fps;
	e->unit_us = unit_limit_us();
	ret = make_pipeline(e, params);
	if (ret == 0)
		ret = start(e);
	if (ret < 0) {
		gst_destroy(&e->base);
		return ret;
	}
	*out = &e->base;
	return 0;
}

/* ---- input -------------------------------------------------------------- */

static bool importable(const struct encoder_gst *e, const struct spice_accel_frame *frame)
{
	const struct spice_accel_dmabuf_params *d = &frame->dmabuf;

	return e->info->dmabuf && frame->kind == FRAME_DMABUF && d->n_planes == 1 && !d->y_flip &&
			d->modifier == DRM_FORMAT_MOD_LINEAR && frame->width == e->width &&
			frame->height == e->height &&
			gst_buffers_format(frame->fourcc) != GST_VIDEO_FORMAT_UNKNOWN;
}

/* Some elements take either descriptors or memory, and change their mind only
 * when they are stopped. What comes next is a key frame. */
static int set_importing(struct encoder_gst *e, bool importing)
{
	gst_element_set_state(e->pipeline, GST_STATE_NULL);
	encoder_element_set_import(e->info, e->element, importing);
	e->importing = importing;
	e->count = 0; /* the element opens the device anew */
	return start(e);
}

static int push(struct encoder_gst *e, const struct encode_request *request)
{
	GstVideoFormat format = request->frame ? gst_buffers_format(request->frame->fourcc) :
			GST_VIDEO_FORMAT_NV12;
	GstBuffer *buffer;

	if (request->frame && !importable(e, request->frame))
		return -ENOTSUP;
	if (e->info->import && e->importing != (request->frame != NULL) &&
			set_importing(e, request->frame != NULL) < 0)
		return -EIO;
	buffer = request->frame ? gst_buffers_from_frame(&e->dmabuf, request->frame) :
			gst_buffers_from_picture(request->picture);
	if (!buffer)
		return request->frame ? -ENOTSUP : -ENOMEM;
	if (format != e->format)
		set_format(e, format);
	GST_BUFFER_PTS(buffer) = gst_util_uint64_scale(e->count, GST_SECOND, e->fps);
	GST_BUFFER_DURATION(buffer) = gst_util_uint64_scale(1, GST_SECOND, e->fps);
	return gst_app_src_push_buffer(e->src, buffer) == GST_FLOW_OK ? 0 : -EIO;
}

/* ---- output ------------------------------------------------------------- */

static void force_key(struct encoder_gst *e)
{
	g_autoptr(GstPad) pad = gst_element_get_static_pad(e->element, "src");

	gst_pad_send_event(pad, gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE,
			TRUE, (guint)e->count));
}

static int pull(struct encoder_gst *e, GstSample **out)
{
	uint64_t limit = clock_now_us() + (e->count ? e->unit_us : MAX(e->unit_us, FIRST_US));

	for (;;) {
		*out = gst_app_sink_try_pull_sample(e->sink, SLICE_NS);
		if (*out)
			return 0;
		if (failed(e))
			return -EIO;
		if (gst_app_sink_is_eos(e->sink) || clock_now_us() > limit)
			break;
	}
	e->broken = true;
	return -ETIME;
}

static int append(struct encoder_gst *e, GstSample *sample, const struct encode_request *request,
		struct packet *out)
{
	GstBuffer *buffer = gst_sample_get_buffer(sample);
	GstMapInfo map;
	int ret;

	if (!buffer || !gst_buffer_map(buffer, &map, GST_MAP_READ))
		return -EIO;
	ret = h264_append_unit(out, map.data, map.size, request, &e->headers);
	gst_buffer_unmap(buffer, &map);
	return ret;
}

static int gst_encode(struct encoder *base, const struct encode_request *request,
		struct packet *out)
{
	struct encoder_gst *e = (struct encoder_gst *)base;
	g_autoptr(GstSample) sample = NULL;
	int ret;

	out->frame = request->number;
	out->qp = -1;
	if (request->key && e->count)
		force_key(e);
	ret = push(e, request);
	if (ret < 0) {
		if (ret == -EIO)
			failed(e);
		return ret;
	}
	ret = pull(e, &sample);
	if (ret < 0)
		return ret;
	e->count++;
	ret = append(e, sample, request, out);
	if (ret == 0 && request->key && !out->key) {
		log_warning("%s made no key frame when asked for one", e->info->name);
		return -EIO;
	}
	return ret;
}

static void gst_set_bitrate(struct encoder *base, uint32_t kbps)
{
	struct encoder_gst *e = (struct encoder_gst *)base;

	encoder_element_set_bitrate(e->info, e->element, kbps);
}

/* ---- choice ------------------------------------------------------------- */

/* The elements around the encoder. */
static bool find_common(const struct encoder_element *info, char *why, size_t size)
{
	static const char *const common[][2] = {
		{ "capsfilter", "coreelements" }, { "appsrc", "app" }, { "appsink", "app" },
		{ "videoconvert", "videoconvertscale videoconvert" }, /* before 1.22 */
	};
	size_t n = G_N_ELEMENTS(common) - !info->convert;

	for (size_t i = 0; i < n; i++) {
		g_autoptr(GstElementFactory) factory = gst_plugins_find(common[i][0], common[i][1]);

		if (!factory) {
			snprintf(why, size,
					"GStreamer has no %s: install gstreamer1.0-plugins-base",
					common[i][0]);
			return false;
		}
	}
	return true;
}

/* Loads all plugins that a pipeline with this element needs. False: one is missing. */
static bool find_all(const struct encoder_element *info, char *why, size_t size)
{
	g_autoptr(GstElementFactory) factory = NULL;

	if (!encoder_element_allowed(info, why, size) || !find_common(info, why, size))
		return false;
	factory = gst_plugins_find(info->name, info->plugin);
	if (!factory)
		snprintf(why, size, "GStreamer has no %s: %s", info->name, info->remedy);
	return factory != NULL;
}

/* Sends one picture through the pipeline. That finds an element that holds frames back, and a
 * device that is no encoder. */
static int try_element(const struct encoder_element *info, const struct encoder_params *params)
{
	struct damage none = { 0 };
	struct encode_request request = { .key = true, .damage = &none };
	struct encoder *e;
	struct packet packet = { 0 };
	struct picture picture = { 0 };
	int ret = create_with(&e, info, params);

	if (ret < 0)
		return ret;
	ret = picture_init(&picture, PICTURE_NV12, params->width, params->height);
	request.picture = &picture;
	if (ret == 0)
		ret = gst_encode(e, &request, &packet);
	picture_finish(&picture);
	packet_finish(&packet);
	gst_destroy(e);
	return ret;
}

static int find_element(const struct encoder_element **out, const struct encoder_params *params,
		char *why, size_t size)
{
	const struct encoder_element *info;
	int ret = -ENODEV;

	if (!encoder_element_at(0)) {
		const char *name = secure_getenv(GST_ELEMENT_VARIABLE);

		if (name && *name)
			snprintf(why, size,
					GST_ELEMENT_VARIABLE " names %s, which is not known here",
					name);
		else
			snprintf(why, size,
					"no device that needs GStreamer is here; "
					GST_ELEMENT_VARIABLE " names an element to use all the "
					"same");
		return -ENODEV;
	}
	if (!gst_plugins_start(why, size))
		return -ENODEV;
	for (size_t i = 0; (info = encoder_element_at(i)) != NULL; i++) {
		if (!find_all(info, why, size))
			continue;
		ret = try_element(info, params);
		if (ret == 0) {
			*out = info;
			return 0;
		}
		snprintf(why, size, "%s does not encode %ux%u here: %s", info->name, params->width,
				params->height, strerror(-ret));
	}
	return ret;
}

static int gst_probe(const struct encoder_params *params, char *why, size_t size)
{
	const struct encoder_element *info;

	return find_element(&info, params, why, size);
}

/* The first element that starts; the worker notices when it does not encode. */
static int gst_create(struct encoder **out, const struct encoder_params *params)
{
	const struct encoder_element *info;
	char why[256];
	int ret = -ENODEV;

	if (!gst_plugins_start(why, sizeof why)) {
		log_warning("%s", why);
		return -ENODEV;
	}
	for (size_t i = 0; ret < 0 && (info = encoder_element_at(i)) != NULL; i++)
		ret = find_all(info, why, sizeof why) ? create_with(out, info, params) : -ENODEV;
	return ret;
}

const struct encoder_impl encoder_gst = {
	.name = "gst",
	.codec = CODEC_H264,
	.caps = ENCODER_DMABUF | ENCODER_HARDWARE,
	.input = PICTURE_NV12,
	.probe = gst_probe,
	.create = gst_create,
	.encode = gst_encode,
	.set_bitrate = gst_set_bitrate,
	.destroy = gst_destroy,
};
