/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "media/decoder-table.h"
#include "media/decoder.h"
#include "media/regions.h"
#include "video/video.h"

#include <gst/app/gstappsrc.h>
#include <osvdi-common/screen.h>
#include <string.h>

/* How long a hardware decoder waits for the presenter to say which memory it takes. Nothing
 * could be shown before that anyway. */
#define WAIT_FOR_PRESENTER_US (300 * 1000)

/* From GstPlayFlags, whose header is private to the plug-in. */
enum {
	PLAY_FLAG_VIDEO = 1 << 0,
	PLAY_FLAG_NATIVE_VIDEO = 1 << 6,
};

struct video {
	gatomicrefcount refs;
	int display;
	char *order;
	struct stats *stats;
	struct ext_port *port;
	video_event_func event;
	gpointer data;

	GMutex lock; /* what follows */
	gboolean closed;
	struct presenter *presenter;
	struct memory_caps *memory_caps; /* of the presenter */
	GCond presenter_is_there;
	struct screen screen; /* what is on the presenter's canvas */
	guint refine;
	guint serial; /* of the stream whose pictures count */
};

/* One playbin of spice-gtk. Belongs to the pad probe on its source. */
struct stream {
	struct video *video;
	GstElement *source; /* which owns us by its pad: no reference */
	GstBus *bus;        /* of the playbin */
	struct decoder *decoder;
	gboolean failed;
	guint serial;
};

static struct video *video_ref(struct video *video)
{
	g_atomic_ref_count_inc(&video->refs);
	return video;
}

static void video_unref(gpointer data)
{
	struct video *video = data;

	if (!g_atomic_ref_count_dec(&video->refs))
		return;
	screen_finish(&video->screen);
	ext_port_unref(video->port);
	memory_caps_unref(video->memory_caps);
	g_cond_clear(&video->presenter_is_there);
	g_mutex_clear(&video->lock);
	g_free(video->order);
	g_free(video);
}

/* ---- events to the main thread ------------------------------------------- */

struct event {
	struct video *video;
	enum video_event event;
};

static gboolean deliver(gpointer data)
{
	struct event *e = data;

	if (!e->video->closed && e->video->event)
		e->video->event(e->video, e->event, e->video->data);
	return G_SOURCE_REMOVE;
}

static void free_event(gpointer data)
{
	struct event *e = data;

	video_unref(e->video);
	g_free(e);
}

static void post(struct video *video, enum video_event event)
{
	struct event *e = g_new(struct event, 1);

	*e = (struct event){ video_ref(video), event };
	/* Not more urgent than GDK's source: between its prepare and its check, other threads
	 * that read Wayland's events wait for it, and we may wait for those threads. */
	g_idle_add_full(G_PRIORITY_DEFAULT, deliver, e, free_event);
}

/* ---- what the screen does (lock held) ------------------------------------- */

static int64_t show(void *data, const struct screen_picture *picture, const struct region *region)
{
	struct video *video = data;
	g_autoptr(cairo_region_t) damage = regions_to_cairo(region);

	presenter_show(video->presenter, picture->handle, damage);
	return g_get_monotonic_time();
}

static int64_t put(void *data, const struct update *update, const struct region *region)
{
	struct video *video = data;

	presenter_put(video->presenter, update, region);
	return g_get_monotonic_time();
}

static void release(void *data, void *handle)
{
	picture_unref(handle);
}

static void acknowledge(void *data, const struct osvdi_ack *ack)
{
	struct video *video = data;

	ext_port_ack(video->port, ack);
}

static void ask_key_frame(void *data)
{
	struct video *video = data;

	ext_port_request_key_frame(video->port, (guint32)video->display);
}

static void picture_done(void *data, const struct screen_picture *shown, int64_t presented_us)
{
	struct video *video = data;
	const struct picture *picture = shown->handle;
	struct stats_frame f = {
		.display = video->display,
		.received_us = picture->received_us,
		.decoded_us = picture->decoded_us,
		.presented_us = presented_us,
		.bytes = picture->bytes,
		.width = shown->width,
		.height = shown->height,
		.damage_rects = -1,
	};

	if (picture->has_info) {
		f.frame = picture->info.frame;
		f.capture_us = (gint64)picture->info.capture_us;
		if (!(picture->info.flags & OSVDI_FRAME_FULL))
			f.damage_rects = picture->info.n_rects;
	}
	stats_add(video->stats, &f);
}

static void update_done(void *data, const struct update *update, int64_t presented_us, bool exact)
{
	struct video *video = data;

	stats_add_update(video->stats, update, presented_us, exact);
}

static void exact_changed(void *data, bool exact)
{
	struct video *video = data;

	stats_set_exact(video->stats, video->display, exact);
}

static void first_shown(void *data)
{
	struct video *video = data;

	stats_event(video->stats, "first-picture");
	post(video, VIDEO_FIRST_PICTURE);
}

static gboolean refine(gpointer data)
{
	struct video *video = data;

	g_mutex_lock(&video->lock);
	video->refine = 0;
	screen_refine(&video->screen);
	g_mutex_unlock(&video->lock);
	return G_SOURCE_REMOVE;
}

static void refine_at(void *data, int64_t at_us)
{
	struct video *video = data;
	gint64 wait_us = MAX(at_us - g_get_monotonic_time(), 0);

	g_clear_handle_id(&video->refine, g_source_remove);
	if (at_us)
		video->refine = g_timeout_add_full(G_PRIORITY_LOW, (guint)((wait_us + 999) / 1000),
				refine, video_ref(video), video_unref);
}

static const struct screen_ops screen_ops = {
	.show = show,
	.put = put,
	.release = release,
	.acknowledge = acknowledge,
	.ask_key_frame = ask_key_frame,
	.picture_done = picture_done,
	.update_done = update_done,
	.exact_changed = exact_changed,
	.first_shown = first_shown,
	.refine_at = refine_at,
};

/* ---- what comes to the screen --------------------------------------------- */

/* Main thread. */
static void take_update(struct update *update, gpointer data)
{
	struct video *video = data;

	g_mutex_lock(&video->lock);
	if (!screen_take_update(&video->screen, update, g_get_monotonic_time()))
		g_warning("Extension port: more lossless tiles than can be kept; starting afresh");
	g_mutex_unlock(&video->lock);
}

/* Brings a picture to the screen without another thread. Streaming thread. */
static void on_picture(struct picture *picture, gpointer data)
{
	struct stream *stream = data;
	struct video *video = stream->video;
	const struct screen_picture p = {
		.handle = picture,
		.width = GST_VIDEO_FRAME_WIDTH(&picture->frame),
		.height = GST_VIDEO_FRAME_HEIGHT(&picture->frame),
		.has_info = picture->has_info,
		.info = picture->info,
		.received_us = picture->received_us,
		.decoded_us = picture->decoded_us,
	};

	g_mutex_lock(&video->lock);
	if (stream->serial != video->serial || video->closed)
		picture_unref(picture);
	else
		screen_take_picture(&video->screen, &p,
				gst_app_src_get_current_level_buffers(GST_APP_SRC(stream->source)) >
						0,
				g_get_monotonic_time());
	g_mutex_unlock(&video->lock);
}

/* ---- the stream ---------------------------------------------------------- */

static const char *codec_name(const GstCaps *caps)
{
	const char *name = gst_structure_get_name(gst_caps_get_structure(caps, 0));

	return g_str_has_prefix(name, "video/x-") ? name + strlen("video/x-") : name;
}

/* The memory that the presenter takes; NULL: system memory. Owner: caller. */
static struct memory_caps *wait_for_memory_caps(struct video *video, GstCaps *caps)
{
	const char *codec = gst_structure_get_name(gst_caps_get_structure(caps, 0));
	g_autoptr(GPtrArray) entries = decoder_table_list(codec, video->order);
	const struct decoder_entry *best = entries->len ? g_ptr_array_index(entries, 0) : NULL;
	gint64 end = g_get_monotonic_time() + WAIT_FOR_PRESENTER_US;
	struct memory_caps *memory_caps;

	g_mutex_lock(&video->lock);
	while (best && best->hardware && !video->presenter && !video->closed &&
			g_cond_wait_until(&video->presenter_is_there, &video->lock, end))
		;
	memory_caps = memory_caps_ref(video->memory_caps);
	g_mutex_unlock(&video->lock);
	return memory_caps;
}

static gboolean start_decoder(struct stream *stream, GstPad *pad)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GstCaps) caps = gst_pad_get_current_caps(pad);

	if (caps) {
		struct memory_caps *memory_caps = wait_for_memory_caps(stream->video, caps);

		stream->decoder = decoder_new(caps, stream->video->order, memory_caps, on_picture,
				stream, &error);
		memory_caps_unref(memory_caps);
	}
	if (!stream->decoder) {
		g_warning("Video: %s", error ? error->message : "stream of an unknown kind");
		stream->failed = TRUE;
		post(stream->video, VIDEO_NO_DECODER);
		return FALSE;
	}
	stats_set_names(stream->video->stats, codec_name(caps), decoder_get_name(stream->decoder),
			NULL);
	return TRUE;
}

static void note_result(struct stream *stream, enum decoder_result result)
{
	if (result == DECODER_OK)
		return;
	if (result == DECODER_REPLACED) {
		g_mutex_lock(&stream->video->lock);
		screen_lose(&stream->video->screen);
		g_mutex_unlock(&stream->video->lock);
		stats_set_names(stream->video->stats, NULL, decoder_get_name(stream->decoder),
				NULL);
		stats_event(stream->video->stats, "decoder-replaced");
		return;
	}
	stream->failed = TRUE;
	post(stream->video, VIDEO_NO_DECODER);
}

/* Takes each access unit as it comes. Streaming thread of spice-gtk's appsrc. */
static GstPadProbeReturn take_buffer(GstPad *pad, GstPadProbeInfo *probe, gpointer data)
{
	struct stream *stream = data;
	GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER(probe);
	gint64 received_us = g_get_monotonic_time();
	struct osvdi_frame_info info;
	gboolean has_info = FALSE;
	GstMapInfo map;

	if (stream->failed || (!stream->decoder && !start_decoder(stream, pad)))
		return GST_PAD_PROBE_OK;
	if (gst_buffer_map(buffer, &map, GST_MAP_READ)) {
		has_info = osvdi_find_frame_info(map.data, map.size, &info);
		gst_buffer_unmap(buffer, &map);
	}
	note_result(stream,
			decoder_push(stream->decoder, buffer, has_info ? &info : NULL,
					received_us));
	return GST_PAD_PROBE_OK;
}

static void stream_free(gpointer data)
{
	struct stream *stream = data;

	decoder_free(stream->decoder);
	/* Removes the watch that spice-gtk 0.42 forgets, with the bus and its descriptors. */
	gst_bus_remove_watch(stream->bus);
	gst_object_unref(stream->bus);
	video_unref(stream->video);
	g_free(stream);
}

static void source_setup(GstElement *playbin, GstElement *source, gpointer data)
{
	struct video *video = data;
	g_autoptr(GstPad) pad = gst_element_get_static_pad(source, "src");
	struct stream *stream = g_new0(struct stream, 1);

	stream->video = video_ref(video);
	stream->source = source;
	stream->bus = gst_element_get_bus(playbin);
	g_mutex_lock(&video->lock);
	stream->serial = ++video->serial;
	screen_start(&video->screen);
	g_mutex_unlock(&video->lock);
	gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, take_buffer, stream, stream_free);
}

/* The sink that ends spice-gtk's pipeline without decoding. A probe of spice-gtk on the last
 * sink keeps account of the frames in flight. */
static GstElement *make_sink(void)
{
	GstElement *sink = gst_element_factory_make("appsink", NULL);
	g_autoptr(GstCaps) caps = gst_caps_from_string(
			"video/x-h264; video/x-h265; video/x-vp8; video/x-vp9; image/jpeg");

	if (sink)
		g_object_set(sink, "caps", caps, "sync", FALSE, "async", FALSE, "qos", FALSE,
				"max-buffers", 1, "drop", TRUE, "enable-last-sample", FALSE, NULL);
	return sink;
}

/* Runs in a coroutine of the channel, in the main thread. */
static gboolean on_overlay(SpiceChannel *channel, gpointer pipeline, gpointer data)
{
	struct video *video = data;
	GstElement *sink = pipeline ? make_sink() : NULL;

	if (!sink) {
		post(video, VIDEO_CLASSIC);
		return FALSE;
	}
	g_object_set(pipeline, "video-sink", sink,
			"flags", PLAY_FLAG_VIDEO | PLAY_FLAG_NATIVE_VIDEO, NULL);
	g_signal_connect_data(pipeline, "source-setup", G_CALLBACK(source_setup), video_ref(video),
			(GClosureNotify)(void (*)(void))video_unref, 0);
	post(video, VIDEO_STARTING);
	/* Stop here: SpiceDisplay's own handler would put its sink in place of ours. */
	g_signal_stop_emission_by_name(channel, "gst-video-overlay");
	return TRUE;
}

/* ---- public -------------------------------------------------------------- */

struct video *video_new(int display, const char *order, struct stats *stats, struct ext_port *port,
		video_event_func event, gpointer data)
{
	struct video *video = g_new0(struct video, 1);
	guint64 missed;

	g_atomic_ref_count_init(&video->refs);
	g_mutex_init(&video->lock);
	g_cond_init(&video->presenter_is_there);
	video->display = display;
	video->order = g_strdup(order);
	video->stats = stats;
	video->port = ext_port_ref(port);
	video->event = event;
	video->data = data;
	screen_init(&video->screen, (guint32)display, &screen_ops, video);
	missed = ext_port_set_updates(port, (guint)display, take_update, video);
	if (missed)
		screen_miss(&video->screen, missed);
	return video;
}

void video_free(struct video *video)
{
	if (!video)
		return;
	ext_port_set_updates(video->port, (guint)video->display, NULL, NULL);
	g_mutex_lock(&video->lock);
	video->closed = TRUE;
	video->presenter = NULL;
	screen_set_canvas(&video->screen, false, 0);
	g_clear_handle_id(&video->refine, g_source_remove);
	g_mutex_unlock(&video->lock);
	video_unref(video);
}

void video_attach(struct video *video, SpiceDisplayChannel *channel)
{
	g_signal_connect_data(channel, "gst-video-overlay", G_CALLBACK(on_overlay),
			video_ref(video), (GClosureNotify)(void (*)(void))video_unref, 0);
}

void video_set_presenter(struct video *video, struct presenter *presenter)
{
	g_mutex_lock(&video->lock);
	video->presenter = presenter;
	memory_caps_unref(video->memory_caps);
	video->memory_caps = presenter ? presenter_get_memory_caps(presenter) : NULL;
	g_cond_broadcast(&video->presenter_is_there);
	if (presenter)
		stats_set_names(video->stats, NULL, NULL, presenter->impl->name);
	screen_set_canvas(&video->screen, presenter != NULL, g_get_monotonic_time());
	g_mutex_unlock(&video->lock);
}

gboolean video_get_size(struct video *video, int *width, int *height)
{
	gboolean known;

	g_mutex_lock(&video->lock);
	known = screen_get_size(&video->screen, width, height);
	g_mutex_unlock(&video->lock);
	return known;
}

void video_stop(struct video *video)
{
	g_mutex_lock(&video->lock);
	video->serial++;
	screen_stop(&video->screen);
	g_mutex_unlock(&video->lock);
}
