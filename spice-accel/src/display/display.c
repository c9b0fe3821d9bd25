/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "display/display-private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <drm_fourcc.h>
#include <spice.h>
#include <spice/enums.h>

#include "base/clock.h"
#include "base/log.h"
#include "engine/local-engine.h"
#include "frame/frame.h"
#include "options/options.h"
#include "remote/remote-engine.h"
#include "wire/stream-port.h"
#include "wire/viewers.h"

#define BLANK_WIDTH 640u
#define BLANK_HEIGHT 480u

/* ---- content ------------------------------------------------------------ */

static void free_blank(void *opaque)
{
	free(opaque);
}

/* A black scanout of the size of the last one. */
static struct spice_accel_frame *make_blank(const struct spice_accel_display *d)
{
	struct spice_accel_memory_params params = {
		.size = sizeof params,
		.width = d->frame ? d->frame->width : BLANK_WIDTH,
		.height = d->frame ? d->frame->height : BLANK_HEIGHT,
		.fourcc = DRM_FORMAT_XRGB8888,
		.release = free_blank,
	};
	struct spice_accel_frame *frame;

	params.stride = (int32_t)params.width * 4;
	params.opaque = calloc(params.height, (size_t)params.stride);
	params.data = params.opaque;
	if (!params.opaque)
		return NULL;
	if (spice_accel_frame_create_memory(&frame, &params) < 0) {
		free(params.opaque);
		return NULL;
	}
	return frame;
}

static void replace_frame(struct spice_accel_display *d, struct spice_accel_frame *frame)
{
	bool resized = !d->frame || d->frame->width != frame->width ||
			d->frame->height != frame->height;
	bool other_kind = d->frame && d->frame->kind != frame->kind;

	spice_accel_frame_ref(frame);
	spice_accel_frame_unref(d->frame);
	d->frame = frame;
	if (other_kind)
		d->picture_valid = false;
	if (resized || other_kind)
		d->pixels_retry_us = 0;
	if (!resized)
		return;
	backlog_resize(&d->backlog, frame->width, frame->height);
	d->generation++;
	d->need_format = d->key = true;
	d->picture_valid = false;
}

void spice_accel_display_submit(struct spice_accel_display *d, struct spice_accel_frame *frame,
		const struct spice_accel_rect *rects, unsigned n, uint64_t capture_us)
{
	struct spice_accel_frame *blank = NULL;
	struct damage changed = { 0 };

	if (!frame) {
		frame = blank = make_blank(d);
		if (!frame) {
			log_error("out of memory: the display cannot be blanked");
			return;
		}
	}
	replace_frame(d, frame);
	if (blank || !rects)
		damage_add_all(&changed, frame->width, frame->height);
	for (unsigned i = 0; i < n && rects && !blank; i++)
		damage_add(&changed, &rects[i], frame->width, frame->height);
	backlog_add(&d->backlog, display_tiles_fit(d, frame) ? BACKLOG_REPORTED : BACKLOG_VIDEO,
			&changed);
	spice_accel_frame_unref(blank);
	d->capture_us = capture_us ? capture_us : clock_now_us();
	if (!d->still)
		d->active_us = d->capture_us;
	bottom_half_schedule(&d->kick);
}

int spice_accel_display_cursor_set(struct spice_accel_display *d, uint32_t width, uint32_t height,
		uint32_t hot_x, uint32_t hot_y, const uint32_t *pixels)
{
	static const uint32_t transparent[1] = { 0 };

	/* libspice-server always shows a pointer (red-stream-device.cpp): an
	 * invisible one is one transparent pixel. */
	if (!pixels)
		return stream_port_cursor_set(d->port, 1, 1, 0, 0, transparent);
	if (!width || !height || width > 256 || height > 256 || hot_x >= width || hot_y >= height)
		return -EINVAL;
	return stream_port_cursor_set(d->port, width, height, hot_x, hot_y, pixels);
}

void spice_accel_display_cursor_move(struct spice_accel_display *d, int32_t x, int32_t y)
{
	stream_port_cursor_move(d->port, x, y);
}

/* ---- stream port -------------------------------------------------------- */

static void on_kick(void *opaque)
{
	struct spice_accel_display *d = opaque;

	display_kick(d);
}

static void on_timer(void *opaque)
{
	struct spice_accel_display *d = opaque;

	display_kick(d);
}

static bool have_encoder(const struct spice_accel_display *d, enum encoder_codec codec)
{
	for (unsigned i = 0; i < d->context.n_encoders; i++)
		if (d->context.encoders[i].codec == codec)
			return true;
	return false;
}

static void on_stop(void *opaque)
{
	struct spice_accel_display *d = opaque;

	d->streaming = false;
	d->generation++;
	display_update_poll(d, clock_now_us());
	d->context.ops->timer_cancel(d->timer);
	pacer_restart(&d->pacer);
}

static void on_start(void *opaque, uint32_t codecs)
{
	struct spice_accel_display *d = opaque;
	bool h264 = codecs & 1u << SPICE_VIDEO_CODEC_TYPE_H264 && have_encoder(d, CODEC_H264);
	uint64_t now = clock_now_us();

	if (!h264 && !have_encoder(d, CODEC_MJPEG)) {
		log_error("display %u: the viewer cannot decode H.264 and there is no MJPEG "
				"encoder", d->head);
		on_stop(d);
		return;
	}
	if (!h264)
		log_warning("display %u: a viewer cannot decode H.264 (on Debian "
				"gstreamer1.0-libav is missing there); sending MJPEG", d->head);
	d->streaming = true;
	d->codec = h264 ? CODEC_H264 : CODEC_MJPEG;
	d->generation++;
	d->need_format = d->key = true;
	d->retry_us = d->retry_ms = 0;
	d->active_us = now;
	pacer_restart(&d->pacer);
	rate_restart(&d->rate, now);
	display_update_poll(d, now);
	if (d->context.ops->poll_now)
		d->context.ops->poll_now(d->context.host, d->head);
	bottom_half_schedule(&d->kick);
}

static void on_asked(void *opaque)
{
	struct spice_accel_display *d = opaque;

	display_kick(d);
}

static void on_refused(void *opaque, const char *text)
{
	struct spice_accel_display *d = opaque;

	log_error("display %u: libspice-server refuses the stream: %s", d->head, text);
}

static void on_done(void *opaque, struct packet *packet)
{
	struct spice_accel_display *d = opaque;

	worker_recycle(d->worker, packet);
}

static const struct stream_port_ops port_ops = {
	.start = on_start,
	.stop = on_stop,
	.asked = on_asked,
	.refused = on_refused,
	.done = on_done,
};

/* ---- life --------------------------------------------------------------- */

void display_destroy(struct spice_accel_display *d)
{
	if (!d)
		return;
	d->streaming = false;
	stream_port_destroy(d->port);
	if (d->done_watch)
		d->context.ops->watch_remove(d->done_watch);
	worker_destroy(d->worker);
	bottom_half_finish(&d->kick);
	if (d->timer)
		d->context.ops->timer_remove(d->timer);
	side_thread_destroy(d->side_thread);
	tiler_destroy(d->tiler);
	pixels_destroy(d->pixels);
	picture_finish(&d->picture);
	spice_accel_frame_unref(d->frame);
	free(d);
}

static int create_worker(struct spice_accel_display *d, int *done_fd)
{
	const struct display_context *c = &d->context;
	const struct remote_params params = {
		.socket = c->encoder_socket,
		.render_node = c->options->render_node,
		.head = d->head,
		.fps = c->options->fps,
		.encoders = c->encoders,
		.n_encoders = c->n_encoders,
	};
	struct engine *engine;
	int ret = c->encoder_socket ? remote_engine_create(&engine, &params) :
			local_engine_create(&engine);

	return ret < 0 ? ret : worker_create(&d->worker, engine, done_fd);
}

int display_create(struct spice_accel_display **out, const struct display_context *context,
		unsigned head)
{
	struct spice_accel_display *d = calloc(1, sizeof *d);
	int ret, done_fd;

	if (!d)
		return -ENOMEM;
	d->context = *context;
	d->head = head;
	pacer_init(&d->pacer, context->options->fps);
	rate_init(&d->rate, context->options->bitrate_kbps, context->options->fps,
			(int)context->options->quality);
	ret = tiler_create(&d->tiler);
	if (ret < 0)
		goto fail;
	ret = create_worker(d, &done_fd);
	if (ret < 0)
		goto fail;
	if (context->options->threads != 1 && sysconf(_SC_NPROCESSORS_ONLN) > 1) {
		ret = side_thread_create(&d->side_thread);
		if (ret < 0)
			goto fail;
	}
	ret = bottom_half_init(&d->kick, context->ops, context->host, on_kick, d);
	if (ret < 0)
		goto fail;
	ret = -ENOMEM;
	d->timer = context->ops->timer_add(context->host, on_timer, d);
	d->done_watch = context->ops->watch_add(context->host, done_fd, SPICE_ACCEL_WATCH_READ,
			display_encoded, d);
	if (!d->timer || !d->done_watch)
		goto fail;
	ret = stream_port_create(&d->port, context->spice, &port_ops, d);
	if (ret < 0)
		goto fail;
	*out = d;
	return 0;

fail:
	display_destroy(d);
	return ret;
}

/* ---- the server's side -------------------------------------------------- */

void display_set_own_viewer(struct spice_accel_display *d, bool own, bool tiles)
{
	d->viewer_tiles = tiles;
	if (d->own_viewer == own)
		return;
	d->own_viewer = own;
	pacer_restart(&d->pacer);
	bottom_half_schedule(&d->kick);
}

void display_ack(struct spice_accel_display *d, const struct osvdi_ack *ack)
{
	uint64_t now = clock_now_us(), took, work = 0;

	if (ack->flags & OSVDI_ACK_TILES) {
		if (display_tiles_acked(d, ack->frame, now))
			display_kick(d);
		return;
	}
	if (ack->presented_us > ack->received_us)
		work = ack->presented_us - ack->received_us;
	else if (ack->decoded_us > ack->received_us)
		work = ack->decoded_us - ack->received_us;
	if (!pacer_acked(&d->pacer, ack->frame, work, now, &took))
		return;
	stats_add(&d->ack, took);
	display_judge_link(d, now);
	display_kick(d);
}

void display_request_key_frame(struct spice_accel_display *d)
{
	if (!d->streaming)
		return;
	d->key = true;
	bottom_half_schedule(&d->kick);
}

void display_prefer(struct spice_accel_display *d, const struct osvdi_preferences *wish)
{
	const struct spice_accel_options *o = d->context.options;
	unsigned fps = wish->max_fps_mhz ? (wish->max_fps_mhz + 999) / 1000 : o->fps;
	uint32_t kbps = wish->max_kbps ? wish->max_kbps : o->bitrate_kbps;

	fps = fps > o->fps ? o->fps : fps;
	kbps = kbps > o->bitrate_kbps ? o->bitrate_kbps : kbps;
	pacer_set_fps(&d->pacer, fps);
	rate_set_ceiling(&d->rate, kbps);
}

bool display_streaming(const struct spice_accel_display *d)
{
	return d->streaming;
}

void display_input(struct spice_accel_display *d)
{
	d->active_us = clock_now_us();
	display_update_poll(d, d->active_us);
}

static void percentiles(double out[2], const struct stats_series *series)
{
	out[0] = stats_percentile_ms(series, 50);
	out[1] = stats_percentile_ms(series, 99);
}

static void fill_tiles_status(const struct spice_accel_display *d, struct display_status *status)
{
	struct tiler_counts counts = tiler_counts(d->tiler);

	status->tiles_used = tiler_is_active(d->tiler);
	status->exact = tiler_is_exact(d->tiler) && backlog_is_empty(&d->backlog);
	status->tiles = counts.batches;
	status->tile_bytes = counts.bytes;
	status->moves = counts.moves;
}

void display_status(struct spice_accel_display *d, struct display_status *status)
{
	stats_settle(&d->meter, clock_now_us());
	*status = d->counts;
	status->streaming = d->streaming;
	status->own_viewer = d->own_viewer;
	status->width = d->frame ? d->frame->width : 0;
	status->height = d->frame ? d->frame->height : 0;
	status->encoder = d->encoder.name[0] ? d->encoder.name : NULL;
	status->encoder_process = d->remote;
	status->codec = d->codec;
	status->fps = d->meter.per_second;
	status->kbps = d->meter.kbps;
	status->qp = rate_qp(&d->rate);
	status->target_kbps = rate_target_kbps(&d->rate);
	status->in_flight = pacer_in_flight(&d->pacer);
	fill_tiles_status(d, status);
	percentiles(status->convert_ms, &d->convert);
	percentiles(status->encode_ms, &d->encode);
	percentiles(status->wire_ms, &d->wire);
	percentiles(status->ack_ms, &d->ack);
}
