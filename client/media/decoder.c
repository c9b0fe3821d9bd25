/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "media/convert.h"
#include "media/decoder-table.h"
#include "media/decoder.h"
#include "media/dmabuf.h"

#include <gio/gio.h>

/* How many access units in a decoder are remembered, so that a picture finds its own. */
#define MAX_PENDING 64
/* A decoder is given up after so many access units without a picture. */
#define MAX_SILENT 30
/* A decoder is given up after so many pictures in a row that came only with the next
 * access unit; another decoder may be prompt. */
#define MAX_LATE 12
/* How many buffers of a decoder's pool we hold: the newest picture, and the pictures that
 * a GPU is still reading. */
#define HELD_BUFFERS 5

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
	guint next; /* index in entries of the decoder to try at the next failure */
	const struct decoder_entry *entry;
	struct memory_caps *memory_caps;
	gboolean system; /* the entry in use is offered system memory only */
	gint gives_gpu_memory; /* atomic: the decoder gives GPU memory, or tries to */
	decoder_output_func output;
	gpointer data;

	GstElement *pipeline;
	GstPad *in, *out; /* ours: feed the first element, take from the last */
	gint failed;      /* atomic: an element posted an error */

	GMutex lock; /* what follows; output may come from a decoder's thread */
	GstVideoInfo info;
	guint64 modifier; /* of DMA-BUFs, as caps told it */
	gboolean has_format;
	struct pending pending[MAX_PENDING];
	guint64 count; /* access units pushed; their time stamps */
	guint silent, late;
	GThread *pushing; /* within decoder_push() */
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

/* Notices a decoder that returns each picture only when the next access unit arrives: the
 * last change before the screen goes still would never be shown. Only a decoder that
 * works in our thread can be judged. (Lock held.) */
static void note_delay(struct decoder *decoder, GstClockTime pts)
{
	if (decoder->pushing != g_thread_self() || !GST_CLOCK_TIME_IS_VALID(pts))
		return;
	decoder->late = pts < decoder->count * GST_MSECOND ? decoder->late + 1 : 0;
}

static GstFlowReturn on_buffer(GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
	struct decoder *decoder = gst_pad_get_element_private(pad);
	struct picture *picture = NULL;

	g_mutex_lock(&decoder->lock);
	decoder->silent = 0;
	note_delay(decoder, GST_BUFFER_PTS(buffer));
	if (decoder->has_format)
		picture = picture_new(buffer, &decoder->info);
	if (picture) {
		identify(decoder, picture, GST_BUFFER_PTS(buffer));
		picture->modifier = decoder->modifier;
	}
	g_mutex_unlock(&decoder->lock);
	gst_buffer_unref(buffer);
	if (!picture)
		return GST_FLOW_NOT_NEGOTIATED;
	picture->decoded_us = g_get_monotonic_time();
	decoder->output(picture, decoder->data);
	return GST_FLOW_OK;
}

/* Reads caps of GStreamer 1.24: format=DMA_DRM, drm-format=NV12:0x0100000000000002. */
static gboolean parse_drm_format(GstVideoInfo *info, guint64 *modifier, const GstCaps *caps)
{
	const GstStructure *s = gst_caps_get_structure(caps, 0);
	const char *text = gst_structure_get_string(s, "drm-format");
	const char *colorimetry = gst_structure_get_string(s, "colorimetry");
	GstVideoFormat format = GST_VIDEO_FORMAT_UNKNOWN;
	int width, height;

	if (!text || !gst_structure_get_int(s, "width", &width) ||
			!gst_structure_get_int(s, "height", &height))
		return FALSE;
	if (g_str_has_prefix(text, "NV12"))
		format = GST_VIDEO_FORMAT_NV12;
	else if (g_str_has_prefix(text, "P010"))
		format = GST_VIDEO_FORMAT_P010_10LE;
	*modifier = text[4] == ':' ? g_ascii_strtoull(text + 5, NULL, 16) : DMABUF_LINEAR;
	return format != GST_VIDEO_FORMAT_UNKNOWN && (!text[4] || text[4] == ':') &&
			gst_video_info_set_format(info, format, (guint)width, (guint)height) &&
			(!colorimetry ||
					gst_video_colorimetry_from_string(
							&info->colorimetry, colorimetry));
}

static void take_caps(struct decoder *decoder, const GstCaps *caps)
{
	g_autofree char *features = gst_caps_features_to_string(gst_caps_get_features(caps, 0));
	gboolean system = g_str_has_prefix(features, "memory:SystemMemory");

	g_mutex_lock(&decoder->lock);
	decoder->modifier = DMABUF_NO_MODIFIER;
	decoder->has_format = gst_video_info_from_caps(&decoder->info, caps) ||
			parse_drm_format(&decoder->info, &decoder->modifier, caps);
	g_mutex_unlock(&decoder->lock);
	g_atomic_int_set(&decoder->gives_gpu_memory, !system);
	if (system && decoder->entry->hardware)
		g_info("Decoder %s gives system memory (%s): pictures are copied",
				decoder->entry->element,
				!decoder->memory_caps ?
						"the presenter takes nothing else" :
						"it has nothing else that the presenter takes");
	else
		g_info("Decoder %s gives %s", decoder->entry->element, features);
}

static gboolean take_event(GstPad *pad, GstObject *parent, GstEvent *event)
{
	struct decoder *decoder = gst_pad_get_element_private(pad);
	GstCaps *caps;

	if (GST_EVENT_TYPE(event) == GST_EVENT_CAPS) {
		gst_event_parse_caps(event, &caps);
		take_caps(decoder, caps);
	}
	gst_event_unref(event);
	return TRUE;
}

static gboolean answer_query(GstPad *pad, GstObject *parent, GstQuery *query)
{
	GstVideoInfo info;
	GstCaps *caps;

	if (GST_QUERY_TYPE(query) != GST_QUERY_ALLOCATION)
		return gst_pad_query_default(pad, parent, query);
	/* Accept any strides, so that the decoder need not copy its pictures. */
	gst_query_add_allocation_meta(query, GST_VIDEO_META_API_TYPE, NULL);
	gst_query_parse_allocation(query, &caps, NULL);
	if (caps && gst_video_info_from_caps(&info, caps))
		gst_query_add_allocation_pool(
				query, NULL, (guint)GST_VIDEO_INFO_SIZE(&info), HELD_BUFFERS, 0);
	return TRUE;
}

/* ---- input side ---------------------------------------------------------- */

/* Says that we are live and add no latency, so that decoders choose low delay. */
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

/* The kinds of memory we take, best first: a decoder gives the first kind that it can. */
static GstCaps *acceptable(const struct decoder *decoder)
{
	GstCaps *system = gst_caps_from_string(
			"video/x-raw, format=(string){ " CONVERT_FORMATS " }");
	GstCaps *caps = decoder->memory_caps && !decoder->system ?
			gst_caps_copy(decoder->memory_caps->caps) :
			gst_caps_new_empty();

	gst_caps_append(caps, system);
	return caps;
}

static GstPad *make_pad(struct decoder *decoder, GstPadDirection direction)
{
	GstPad *pad;

	if (direction == GST_PAD_SINK) {
		g_autoptr(GstCaps) caps = acceptable(decoder);
		g_autoptr(GstPadTemplate) template = gst_pad_template_new(
				"sink", direction, GST_PAD_ALWAYS, caps);

		pad = gst_pad_new_from_template(gst_object_ref_sink(template), "sink");
		gst_pad_set_chain_function(pad, on_buffer);
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

static GstElement *make_pipeline(const struct decoder *decoder)
{
	GstElement *pipeline = gst_object_ref_sink(gst_pipeline_new(NULL));
	GList *l;

	for (l = decoder->memory_caps && !decoder->system ? decoder->memory_caps->contexts : NULL;
			l; l = l->next)
		gst_element_set_context(pipeline, l->data);
	return pipeline;
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
	decoder->silent = decoder->late = 0;
	g_atomic_int_set(&decoder->failed, 0);
	g_atomic_int_set(&decoder->gives_gpu_memory, 0);
	decoder->pipeline = make_pipeline(decoder);
	if (parser)
		gst_bin_add(GST_BIN(decoder->pipeline), parser);
	gst_bin_add(GST_BIN(decoder->pipeline), element);
	bus = gst_pipeline_get_bus(GST_PIPELINE(decoder->pipeline));
	gst_bus_set_sync_handler(bus, note_error, decoder, NULL);
	if (link_elements(decoder, parser ? parser : element, element) &&
			gst_element_set_state(decoder->pipeline, GST_STATE_PLAYING) !=
					GST_STATE_CHANGE_FAILURE &&
			send_start(decoder) && !g_atomic_int_get(&decoder->failed))
		return TRUE;
	stop(decoder);
	return FALSE;
}

static gboolean start_next(struct decoder *decoder)
{
	while (decoder->next < decoder->entries->len) {
		const struct decoder_entry *entry = g_ptr_array_index(
				decoder->entries, decoder->next++);

		decoder->system = !decoder->memory_caps || entry->system_memory;
		if (start(decoder, entry)) {
			g_info("Decoding %s with %s", entry->codec, entry->element);
			return TRUE;
		}
		g_info("Decoder %s does not start, trying the next", entry->element);
	}
	return FALSE;
}

/* Starts the same decoder again with system memory only, because some drivers fail to
 * export GPU memory. */
static gboolean start_again(struct decoder *decoder)
{
	if (decoder->system || !g_atomic_int_get(&decoder->gives_gpu_memory))
		return FALSE;
	decoder->system = TRUE;
	if (!start(decoder, decoder->entry))
		return FALSE;
	g_info("Decoding with %s again, without the GPU's memory", decoder->entry->element);
	return TRUE;
}

/* ---- public -------------------------------------------------------------- */

/* Say that each buffer is a whole access unit; else a parser waits for the next one. */
static GstCaps *whole_units(GstCaps *caps)
{
	GstCaps *copy = gst_caps_make_writable(gst_caps_ref(caps));
	GstStructure *s = gst_caps_get_structure(copy, 0);

	if (gst_structure_has_name(s, "video/x-h264") || gst_structure_has_name(s, "video/x-h265"))
		gst_structure_set(s, "alignment", G_TYPE_STRING, "au",
				"stream-format", G_TYPE_STRING, "byte-stream", NULL);
	return copy;
}

struct decoder *decoder_new(GstCaps *caps, const char *order, struct memory_caps *memory_caps,
		decoder_output_func output, gpointer data, GError **error)
{
	struct decoder *decoder = g_new0(struct decoder, 1);
	const char *codec = gst_structure_get_name(gst_caps_get_structure(caps, 0));

	g_mutex_init(&decoder->lock);
	decoder->memory_caps = memory_caps_ref(memory_caps);
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
	memory_caps_unref(decoder->memory_caps);
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
	decoder->pushing = g_thread_self();
	g_mutex_unlock(&decoder->lock);
	return copy;
}

/* The problem of the decoder in use after a push, in words, or NULL. */
static const char *find_fault(struct decoder *decoder, GstFlowReturn flow)
{
	if (flow < GST_FLOW_OK)
		return gst_flow_get_name(flow);
	if (g_atomic_int_get(&decoder->failed))
		return "error";
	if (decoder->silent >= MAX_SILENT)
		return "no picture";
	if (decoder->late >= MAX_LATE && decoder->next < decoder->entries->len)
		return "it holds back the newest picture";
	return NULL;
}

enum decoder_result decoder_push(struct decoder *decoder, GstBuffer *buffer,
		const struct osvdi_frame_info *info, gint64 received_us)
{
	const char *fault;
	GstFlowReturn flow;
	gboolean late;

	if (!decoder->pipeline)
		return DECODER_FAILED;
	flow = gst_pad_push(decoder->in, stamp(decoder, buffer, info, received_us));
	g_mutex_lock(&decoder->lock);
	decoder->pushing = NULL;
	fault = find_fault(decoder, flow);
	late = decoder->late >= MAX_LATE; /* system memory would not help then */
	g_mutex_unlock(&decoder->lock);
	if (!fault)
		return DECODER_OK;
	g_warning("Decoder %s failed (%s)", decoder->entry->element, fault);
	stop(decoder);
	return (!late && start_again(decoder)) || start_next(decoder) ? DECODER_REPLACED :
									DECODER_FAILED;
}

const char *decoder_get_name(const struct decoder *decoder)
{
	return decoder->entry->element;
}

gboolean decoder_is_hardware(const struct decoder *decoder)
{
	return decoder->entry->hardware;
}
