/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "convert.h"
#include "decoder-table.h"
#include "decoder.h"

#include <gio/gio.h>

/* Access units in a decoder at one time that keep their identity. */
#define MAX_PENDING 64
/* Access units without any picture after which a decoder is given up. */
#define MAX_SILENT 30

struct pending {
	GstClockTime pts;
	struct osvdi_frame_info info;
	gboolean has_info;
	gint64 received_us;
	gsize bytes;
};

struct decoder {
	GstCaps *caps;
	GPtrArray *entries;
	guint next; /* in entries, the one to try at the next failure */
	const struct decoder_entry *entry;
	decoder_output_func output;
	gpointer data;

	GstElement *pipeline;
	GstPad *in, *out; /* ours: feed the first element, take from the last */
	gint failed;      /* atomic: an element posted an error */

	GMutex lock; /* what follows; output may come from a decoder's thread */
	GstVideoInfo info;
	gboolean has_format;
	struct pending pending[MAX_PENDING];
	guint64 count; /* access units pushed; their time stamps */
	guint silent;
};

/* ---- output side --------------------------------------------------------- */

static void identify(struct decoder *decoder, struct picture *picture, GstClockTime pts)
{
	const struct pending *p;

	if (!GST_CLOCK_TIME_IS_VALID(pts))
		return;
	p = &decoder->pending[(pts / GST_MSECOND) % MAX_PENDING];
	if (p->pts != pts)
		return;
	picture->info = p->info;
	picture->has_info = p->has_info;
	picture->received_us = p->received_us;
	picture->bytes = p->bytes;
}

static GstFlowReturn take_picture(GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
	struct decoder *decoder = gst_pad_get_element_private(pad);
	struct picture *picture = NULL;

	g_mutex_lock(&decoder->lock);
	decoder->silent = 0;
	if (decoder->has_format)
		picture = picture_new(buffer, &decoder->info);
	if (picture)
		identify(decoder, picture, GST_BUFFER_PTS(buffer));
	g_mutex_unlock(&decoder->lock);
	gst_buffer_unref(buffer);
	if (!picture)
		return GST_FLOW_NOT_NEGOTIATED;
	picture->decoded_us = g_get_monotonic_time();
	decoder->output(picture, decoder->data);
	return GST_FLOW_OK;
}

static gboolean take_event(GstPad *pad, GstObject *parent, GstEvent *event)
{
	struct decoder *decoder = gst_pad_get_element_private(pad);
	GstCaps *caps;

	if (GST_EVENT_TYPE(event) == GST_EVENT_CAPS) {
		gst_event_parse_caps(event, &caps);
		g_mutex_lock(&decoder->lock);
		decoder->has_format = gst_video_info_from_caps(&decoder->info, caps);
		g_mutex_unlock(&decoder->lock);
	}
	gst_event_unref(event);
	return TRUE;
}

static gboolean answer_query(GstPad *pad, GstObject *parent, GstQuery *query)
{
	switch (GST_QUERY_TYPE(query)) {
	case GST_QUERY_ALLOCATION:
		/* Strides of the decoder's own choice: no copy behind it. */
		gst_query_add_allocation_meta(query, GST_VIDEO_META_API_TYPE, NULL);
		return TRUE;
	default:
		return gst_pad_query_default(pad, parent, query);
	}
}

/* ---- input side ---------------------------------------------------------- */

/* Live without latency: decoders then choose their low-delay ways. */
static gboolean answer_upstream(GstPad *pad, GstObject *parent, GstQuery *query)
{
	if (GST_QUERY_TYPE(query) != GST_QUERY_LATENCY)
		return gst_pad_query_default(pad, parent, query);
	gst_query_set_latency(query, TRUE, 0, 0);
	return TRUE;
}

static GstBusSyncReply note_error(GstBus *bus, GstMessage *message, gpointer data)
{
	struct decoder *decoder = data;

	if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
		g_autoptr(GError) error = NULL;

		gst_message_parse_error(message, &error, NULL);
		g_info("Decoder %s: %s", decoder->entry->element, error->message);
		g_atomic_int_set(&decoder->failed, 1);
	}
	gst_message_unref(message);
	return GST_BUS_DROP;
}

static GstPad *make_pad(struct decoder *decoder, GstPadDirection direction)
{
	GstPad *pad;

	if (direction == GST_PAD_SINK) {
		g_autoptr(GstCaps) caps = gst_caps_from_string("video/x-raw, format=(string){ " CONVERT_FORMATS " }");
		g_autoptr(GstPadTemplate) template = gst_pad_template_new("sink", direction, GST_PAD_ALWAYS, caps);

		pad = gst_pad_new_from_template(gst_object_ref_sink(template), "sink");
		gst_pad_set_chain_function(pad, take_picture);
		gst_pad_set_event_function(pad, take_event);
		gst_pad_set_query_function(pad, answer_query);
	} else {
		pad = gst_pad_new("src", direction);
		gst_pad_set_query_function(pad, answer_upstream);
	}
	gst_pad_set_element_private(pad, decoder);
	gst_object_ref_sink(pad);
	gst_pad_set_active(pad, TRUE);
	return pad;
}

static void stop(struct decoder *decoder)
{
	if (!decoder->pipeline)
		return;
	gst_pad_set_active(decoder->in, FALSE);
	gst_element_set_state(decoder->pipeline, GST_STATE_NULL);
	gst_pad_set_active(decoder->out, FALSE);
	gst_clear_object(&decoder->in);
	gst_clear_object(&decoder->out);
	gst_clear_object(&decoder->pipeline);
}

static gboolean link_elements(struct decoder *decoder, GstElement *first, GstElement *last)
{
	g_autoptr(GstPad) sink = gst_element_get_static_pad(first, "sink");
	g_autoptr(GstPad) src = gst_element_get_static_pad(last, "src");

	decoder->in = make_pad(decoder, GST_PAD_SRC);
	decoder->out = make_pad(decoder, GST_PAD_SINK);
	return (first == last || gst_element_link(first, last)) &&
			gst_pad_link(decoder->in, sink) == GST_PAD_LINK_OK &&
			gst_pad_link(src, decoder->out) == GST_PAD_LINK_OK;
}

static gboolean send_start(struct decoder *decoder)
{
	GstSegment segment;

	gst_segment_init(&segment, GST_FORMAT_TIME);
	return gst_pad_push_event(decoder->in, gst_event_new_stream_start("osvdi")) &&
			gst_pad_push_event(decoder->in, gst_event_new_caps(decoder->caps)) &&
			gst_pad_push_event(decoder->in, gst_event_new_segment(&segment));
}

static gboolean start(struct decoder *decoder, const struct decoder_entry *entry)
{
	GstElement *element = gst_element_factory_make(entry->element, NULL);
	GstElement *parser = entry->parser ? gst_element_factory_make(entry->parser, NULL) : NULL;
	g_autoptr(GstBus) bus = NULL;

	if (!element || (entry->parser && !parser)) {
		g_clear_pointer(&element, gst_object_unref);
		g_clear_pointer(&parser, gst_object_unref);
		return FALSE;
	}
	if (entry->configure)
		entry->configure(element);
	decoder->entry = entry;
	decoder->has_format = FALSE;
	decoder->silent = 0;
	g_atomic_int_set(&decoder->failed, 0);
	decoder->pipeline = gst_object_ref_sink(gst_pipeline_new(NULL));
	if (parser)
		gst_bin_add(GST_BIN(decoder->pipeline), parser);
	gst_bin_add(GST_BIN(decoder->pipeline), element);
	bus = gst_pipeline_get_bus(GST_PIPELINE(decoder->pipeline));
	gst_bus_set_sync_handler(bus, note_error, decoder, NULL);
	if (link_elements(decoder, parser ? parser : element, element) &&
			gst_element_set_state(decoder->pipeline, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE &&
			send_start(decoder) && !g_atomic_int_get(&decoder->failed))
		return TRUE;
	stop(decoder);
	return FALSE;
}

static gboolean start_next(struct decoder *decoder)
{
	while (decoder->next < decoder->entries->len) {
		const struct decoder_entry *entry = g_ptr_array_index(decoder->entries, decoder->next++);

		if (start(decoder, entry)) {
			g_info("Decoding %s with %s", entry->codec, entry->element);
			return TRUE;
		}
		g_info("Decoder %s does not start, trying the next", entry->element);
	}
	return FALSE;
}

/* ---- public -------------------------------------------------------------- */

/* The stream comes in whole access units; parsers wait for the next otherwise. */
static GstCaps *whole_units(GstCaps *caps)
{
	GstCaps *copy = gst_caps_make_writable(gst_caps_ref(caps));
	GstStructure *s = gst_caps_get_structure(copy, 0);

	if (gst_structure_has_name(s, "video/x-h264") || gst_structure_has_name(s, "video/x-h265"))
		gst_structure_set(s, "alignment", G_TYPE_STRING, "au",
				"stream-format", G_TYPE_STRING, "byte-stream", NULL);
	return copy;
}

struct decoder *decoder_new(GstCaps *caps, const char *order, decoder_output_func output,
		gpointer data, GError **error)
{
	struct decoder *decoder = g_new0(struct decoder, 1);
	const char *codec = gst_structure_get_name(gst_caps_get_structure(caps, 0));

	g_mutex_init(&decoder->lock);
	decoder->output = output;
	decoder->data = data;
	decoder->caps = whole_units(caps);
	decoder->entries = decoder_table_list(codec, order);
	if (start_next(decoder))
		return decoder;
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
			"no decoder for %s is installed (install gstreamer1.0-libav)", codec);
	decoder_free(decoder);
	return NULL;
}

void decoder_free(struct decoder *decoder)
{
	if (!decoder)
		return;
	stop(decoder);
	g_ptr_array_unref(decoder->entries);
	gst_caps_unref(decoder->caps);
	g_mutex_clear(&decoder->lock);
	g_free(decoder);
}

static GstBuffer *stamp(struct decoder *decoder, GstBuffer *buffer,
		const struct osvdi_frame_info *info, gint64 received_us)
{
	GstBuffer *copy = gst_buffer_copy(buffer);
	struct pending *p;

	g_mutex_lock(&decoder->lock);
	GST_BUFFER_PTS(copy) = ++decoder->count * GST_MSECOND;
	GST_BUFFER_DTS(copy) = GST_BUFFER_PTS(copy);
	p = &decoder->pending[decoder->count % MAX_PENDING];
	p->pts = GST_BUFFER_PTS(copy);
	p->has_info = info != NULL;
	if (info)
		p->info = *info;
	p->received_us = received_us;
	p->bytes = gst_buffer_get_size(buffer);
	decoder->silent++;
	g_mutex_unlock(&decoder->lock);
	return copy;
}

enum decoder_result decoder_push(struct decoder *decoder, GstBuffer *buffer,
		const struct osvdi_frame_info *info, gint64 received_us)
{
	GstFlowReturn flow;

	if (!decoder->pipeline)
		return DECODER_FAILED;
	flow = gst_pad_push(decoder->in, stamp(decoder, buffer, info, received_us));
	if (flow >= GST_FLOW_OK && !g_atomic_int_get(&decoder->failed) && decoder->silent < MAX_SILENT)
		return DECODER_OK;
	g_warning("Decoder %s failed (%s)", decoder->entry->element,
			flow < GST_FLOW_OK ? gst_flow_get_name(flow) : decoder->silent >= MAX_SILENT ?
					"no picture" : "error");
	stop(decoder);
	return start_next(decoder) ? DECODER_REPLACED : DECODER_FAILED;
}

const char *decoder_get_name(const struct decoder *decoder)
{
	return decoder->entry->element;
}

gboolean decoder_is_hardware(const struct decoder *decoder)
{
	return decoder->entry->hardware;
}
