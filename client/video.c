/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "decoder-table.h"
#include "decoder.h"
#include "regions.h"
#include "video.h"

#include <gst/app/gstappsrc.h>
#include <osvdi-common/order.h>
#include <string.h>

/* With more waiting behind it a picture is skipped, but not for longer. */
#define MAX_SKIP_US (100 * 1000)
/* After damage-only updates the whole picture is shown again when it rests:
 * an encoder may have made the rest better too. */
#define REFINE_AFTER_MS 200
/* A hardware decoder starts when the presenter has said what it takes; nothing
 * could be shown before anyway. */
#define WAIT_FOR_PRESENTER_US (300 * 1000)

/* GstPlayFlags; their header is private to the plug-in. */
enum {
	PLAY_FLAG_VIDEO = 1 << 0,
	PLAY_FLAG_NATIVE_VIDEO = 1 << 6,
};

struct video {
	gatomicrefcount refs;
	int display;
	char *order;
	struct stats *stats;
	struct port *port;
	video_event_func event;
	gpointer data;

	GMutex lock; /* what follows */
	gboolean closed;
	struct presenter *presenter;
	struct offer *offer;   /* of the presenter */
	GCond presenter_is_there;
	struct picture *newest;
	cairo_region_t *pending; /* damage not yet on the screen */
	int width, height;
	gint64 shown_us;
	gboolean partial; /* the screen is not all of newest */
	guint refine;
	guint serial; /* of the stream whose pictures count */
	gboolean first;
	gboolean waiting; /* newest came before there was a presenter */
	struct order updates;
	gboolean tiled;   /* the canvas is more than the newest picture */
	gboolean exact;   /* and equals its source */
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
	picture_unref(video->newest);
	order_finish(&video->updates);
	cairo_region_destroy(video->pending);
	port_unref(video->port);
	offer_unref(video->offer);
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
	/* Not before GDK's own source: between its prepare and its check other
	 * threads that read Wayland's events wait for it, and we may wait for them. */
	g_idle_add_full(G_PRIORITY_DEFAULT, deliver, e, free_event);
}

/* ---- presenting (lock held) ---------------------------------------------- */

static gboolean refine(gpointer data)
{
	struct video *video = data;

	g_mutex_lock(&video->lock);
	video->refine = 0;
	if (video->partial && !video->tiled && video->presenter && video->newest) {
		cairo_rectangle_int_t all = { 0, 0, video->width, video->height };
		g_autoptr(cairo_region_t) region = cairo_region_create_rectangle(&all);

		presenter_show(video->presenter, video->newest, region);
		video->partial = FALSE;
	}
	g_mutex_unlock(&video->lock);
	return G_SOURCE_REMOVE;
}

static void schedule_refine(struct video *video)
{
	gint64 since = g_get_monotonic_time() - video->shown_us;

	if (!video->partial || video->tiled || (video->refine && since < REFINE_AFTER_MS * 500))
		return;
	g_clear_handle_id(&video->refine, g_source_remove);
	video->refine = g_timeout_add_full(G_PRIORITY_LOW, REFINE_AFTER_MS, refine, video_ref(video),
			video_unref);
}

static gboolean covers(const struct video *video)
{
	const cairo_rectangle_int_t all = { 0, 0, video->width, video->height };

	return cairo_region_contains_rectangle(video->pending, &all) == CAIRO_REGION_OVERLAP_IN;
}

static void present(struct video *video, struct picture *picture)
{
	video->partial = !covers(video);
	if (!cairo_region_is_empty(video->pending))
		presenter_show(video->presenter, picture, video->pending);
	cairo_region_destroy(video->pending);
	video->pending = cairo_region_create();
	video->shown_us = g_get_monotonic_time();
	schedule_refine(video);
}

/* Everything that is to be seen comes anew. */
static void ask_for_everything(struct video *video)
{
	port_request_key_frame(video->port, (guint32)video->display);
}

static void set_exact(struct video *video, gboolean exact)
{
	if (video->exact == exact)
		return;
	video->exact = exact;
	stats_set_exact(video->stats, video->display, exact);
}

static void account_update(struct video *video, const struct update *update, gint64 presented_us)
{
	struct osvdi_ack ack = {
		.display = (guint32)video->display,
		.flags = OSVDI_ACK_TILES | (presented_us ? 0 : OSVDI_ACK_DROPPED),
		.frame = update->number,
		.received_us = (guint64)update->received_us,
		.presented_us = (guint64)presented_us,
	};

	port_ack(video->port, &ack);
	stats_add_update(video->stats, update, presented_us, video->exact);
}

static void apply(struct video *video, const struct update *update, struct region *region)
{
	const struct rect all = { 0, 0, video->width, video->height };
	gboolean whole;

	/* Frames that were skipped belong beneath. */
	if (!cairo_region_is_empty(video->pending))
		present(video, video->newest);
	region_intersect_rect(region, &all);
	if (!region_is_empty(region))
		presenter_put(video->presenter, update, region);
	video->tiled = TRUE;
	whole = video->newest->info.frame <= update->after_frame;
	set_exact(video, whole && (update->kind == UPDATE_COPY ? video->exact : update->exact));
	account_update(video, update, g_get_monotonic_time());
}

/* Those whose frame has been taken. */
static void apply_updates(struct video *video)
{
	struct region region = { 0 };
	struct update *update;
	bool lost;

	if (!video->presenter || !video->newest || video->waiting)
		return;
	while ((update = order_pop(&video->updates, &region, &lost))) {
		apply(video, update, &region);
		if (lost)
			ask_for_everything(video);
		update_free(update);
	}
	region_finish(&region);
}

/* Main thread. */
static void take_update(struct update *update, gpointer data)
{
	struct video *video = data;

	g_mutex_lock(&video->lock);
	if (!order_push(&video->updates, update)) {
		g_warning("Extension port: more lossless tiles than can be kept; starting afresh");
		ask_for_everything(video);
	}
	apply_updates(video);
	g_mutex_unlock(&video->lock);
}

static void account(struct video *video, const struct picture *picture, gint64 presented_us)
{
	struct stats_frame f = {
		.display = video->display,
		.received_us = picture->received_us,
		.decoded_us = picture->decoded_us,
		.presented_us = presented_us,
		.bytes = picture->bytes,
		.width = video->width,
		.height = video->height,
		.damage_rects = -1,
	};
	struct osvdi_ack ack = {
		.display = (guint32)video->display,
		.flags = presented_us ? 0 : OSVDI_ACK_DROPPED,
		.received_us = (guint64)picture->received_us,
		.decoded_us = (guint64)picture->decoded_us,
		.presented_us = (guint64)presented_us,
	};

	if (picture->has_info) {
		f.frame = ack.frame = picture->info.frame;
		f.capture_us = (gint64)picture->info.capture_us;
		if (!(picture->info.flags & OSVDI_FRAME_FULL))
			f.damage_rects = picture->info.n_rects;
		port_ack(video->port, &ack);
	}
	stats_add(video->stats, &f);
}

static void add_damage(struct video *video, const struct picture *picture)
{
	int width = GST_VIDEO_FRAME_WIDTH(&picture->frame), height = GST_VIDEO_FRAME_HEIGHT(&picture->frame);
	g_autoptr(cairo_region_t) damage = picture_damage(picture);

	if (width != video->width || height != video->height || !video->newest) {
		cairo_rectangle_int_t all = { 0, 0, width, height };

		video->width = width;
		video->height = height;
		cairo_region_destroy(video->pending);
		video->pending = cairo_region_create_rectangle(&all);
	}
	cairo_region_union(video->pending, damage);
	if (!cairo_region_is_empty(damage))
		set_exact(video, FALSE);
	if (picture->has_info) {
		struct region region = { 0 };

		regions_from_cairo(&region, damage);
		order_add_frame(&video->updates, picture->info.frame, &region);
		region_finish(&region);
	}
}

static void show_newest(struct video *video)
{
	present(video, video->newest);
	account(video, video->newest, video->shown_us);
	video->waiting = FALSE;
	if (!video->first)
		return;
	video->first = FALSE;
	stats_event(video->stats, "first-picture");
	post(video, VIDEO_FIRST_PICTURE);
}

/* With another one behind it this one need not be shown, but some must be. */
static gboolean may_skip(struct video *video, struct stream *stream)
{
	return gst_app_src_get_current_level_buffers(GST_APP_SRC(stream->source)) > 0 &&
			g_get_monotonic_time() - video->shown_us < MAX_SKIP_US;
}

/* Streaming thread: from here to the screen in one go. */
static void take_picture(struct picture *picture, gpointer data)
{
	struct stream *stream = data;
	struct video *video = stream->video;

	g_mutex_lock(&video->lock);
	if (stream->serial != video->serial || video->closed) {
		g_mutex_unlock(&video->lock);
		picture_unref(picture);
		return;
	}
	if (video->waiting && video->newest)
		account(video, video->newest, 0);
	video->waiting = FALSE;
	add_damage(video, picture);
	picture_unref(video->newest);
	video->newest = picture;
	if (!video->presenter)
		video->waiting = TRUE; /* the window is being made */
	else if (may_skip(video, stream))
		account(video, picture, 0);
	else
		show_newest(video);
	apply_updates(video);
	g_mutex_unlock(&video->lock);
}

/* ---- the stream ---------------------------------------------------------- */

static const char *codec_name(const GstCaps *caps)
{
	const char *name = gst_structure_get_name(gst_caps_get_structure(caps, 0));

	return g_str_has_prefix(name, "video/x-") ? name + strlen("video/x-") : name;
}

/* Owner: caller; NULL: system memory. */
static struct offer *wait_for_offer(struct video *video, GstCaps *caps)
{
	const char *codec = gst_structure_get_name(gst_caps_get_structure(caps, 0));
	g_autoptr(GPtrArray) entries = decoder_table_list(codec, video->order);
	const struct decoder_entry *best = entries->len ? g_ptr_array_index(entries, 0) : NULL;
	gint64 end = g_get_monotonic_time() + WAIT_FOR_PRESENTER_US;
	struct offer *offer;

	g_mutex_lock(&video->lock);
	while (best && best->hardware && !video->presenter && !video->closed &&
			g_cond_wait_until(&video->presenter_is_there, &video->lock, end))
		;
	offer = offer_ref(video->offer);
	g_mutex_unlock(&video->lock);
	return offer;
}

static gboolean start_decoder(struct stream *stream, GstPad *pad)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GstCaps) caps = gst_pad_get_current_caps(pad);

	if (caps) {
		struct offer *offer = wait_for_offer(stream->video, caps);

		stream->decoder = decoder_new(caps, stream->video->order, offer, take_picture, stream, &error);
		offer_unref(offer);
	}
	if (!stream->decoder) {
		g_warning("Video: %s", error ? error->message : "stream of an unknown kind");
		stream->failed = TRUE;
		post(stream->video, VIDEO_NO_DECODER);
		return FALSE;
	}
	stats_set_names(stream->video->stats, codec_name(caps), decoder_get_name(stream->decoder), NULL);
	return TRUE;
}

static void note_result(struct stream *stream, enum decoder_result result)
{
	if (result == DECODER_OK)
		return;
	if (result == DECODER_REPLACED) {
		port_request_key_frame(stream->video->port, (guint32)stream->video->display);
		stats_set_names(stream->video->stats, NULL, decoder_get_name(stream->decoder), NULL);
		stats_event(stream->video->stats, "decoder-replaced");
		return;
	}
	stream->failed = TRUE;
	post(stream->video, VIDEO_NO_DECODER);
}

/* Streaming thread of spice-gtk's appsrc: each access unit, as it comes. */
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
	note_result(stream, decoder_push(stream->decoder, buffer, has_info ? &info : NULL, received_us));
	return GST_PAD_PROBE_OK;
}

static void stream_free(gpointer data)
{
	struct stream *stream = data;

	decoder_free(stream->decoder);
	/* spice-gtk 0.42 leaves its watch there, with the bus and its descriptors. */
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
	video->first = TRUE;
	video->tiled = FALSE;
	g_mutex_unlock(&video->lock);
	gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, take_buffer, stream, stream_free);
}

/* spice-gtk's pipeline ends here, undecoded: its books on frames in flight
 * are kept by a probe on the last sink. */
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

/* Coroutine of the channel, in the main thread. */
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
	/* SpiceDisplay's own handler would put its sink in place of ours. */
	g_signal_stop_emission_by_name(channel, "gst-video-overlay");
	return TRUE;
}

/* ---- public -------------------------------------------------------------- */

struct video *video_new(int display, const char *order, struct stats *stats, struct port *port,
		video_event_func event, gpointer data)
{
	struct video *video = g_new0(struct video, 1);

	g_atomic_ref_count_init(&video->refs);
	g_mutex_init(&video->lock);
	g_cond_init(&video->presenter_is_there);
	video->display = display;
	video->order = g_strdup(order);
	video->stats = stats;
	video->port = port_ref(port);
	video->event = event;
	video->data = data;
	video->pending = cairo_region_create();
	port_set_updates(port, (guint)display, take_update, video);
	return video;
}

void video_free(struct video *video)
{
	if (!video)
		return;
	port_set_updates(video->port, (guint)video->display, NULL, NULL);
	g_mutex_lock(&video->lock);
	video->closed = TRUE;
	video->presenter = NULL;
	g_clear_handle_id(&video->refine, g_source_remove);
	g_mutex_unlock(&video->lock);
	video_unref(video);
}

void video_attach(struct video *video, SpiceDisplayChannel *channel)
{
	g_signal_connect_data(channel, "gst-video-overlay", G_CALLBACK(on_overlay), video_ref(video),
			(GClosureNotify)(void (*)(void))video_unref, 0);
}

void video_set_presenter(struct video *video, struct presenter *presenter)
{
	g_mutex_lock(&video->lock);
	video->presenter = presenter;
	offer_unref(video->offer);
	video->offer = presenter ? presenter_get_offer(presenter) : NULL;
	g_cond_broadcast(&video->presenter_is_there);
	if (presenter)
		stats_set_names(video->stats, NULL, NULL, presenter->impl->name);
	if (presenter && video->newest) {
		cairo_rectangle_int_t all = { 0, 0, video->width, video->height };

		cairo_region_union_rectangle(video->pending, &all);
		if (video->waiting)
			show_newest(video);
		else
			present(video, video->newest);
		/* the picture alone is not what was to be seen */
		if (video->tiled)
			ask_for_everything(video);
		apply_updates(video);
	}
	g_mutex_unlock(&video->lock);
}

gboolean video_get_size(struct video *video, int *width, int *height)
{
	gboolean known;

	g_mutex_lock(&video->lock);
	*width = video->width;
	*height = video->height;
	known = video->newest != NULL;
	g_mutex_unlock(&video->lock);
	return known;
}

void video_stop(struct video *video)
{
	g_mutex_lock(&video->lock);
	video->serial++;
	g_clear_pointer(&video->newest, picture_unref);
	g_clear_handle_id(&video->refine, g_source_remove);
	order_clear(&video->updates);
	video->partial = video->waiting = video->tiled = FALSE;
	set_exact(video, FALSE);
	g_mutex_unlock(&video->lock);
}
