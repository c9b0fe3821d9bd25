/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "display.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <drm_fourcc.h>
#include <spice.h>
#include <spice/enums.h>

#include "base/bottom-half.h"
#include "base/clock.h"
#include "base/damage.h"
#include "base/log.h"
#include "convert/convert-cpu.h"
#include "encode/h264-au.h"
#include "encode/worker.h"
#include "exact/exact.h"
#include "options.h"
#include "pace/pacer.h"
#include "pace/rate.h"
#include "wire/ext-port.h"
#include "wire/stream-port.h"
#include "wire/viewers.h"

#define POLL_MS 8u          /* sampling delay of polled sources: 4 ms in the mean */
#define POLL_IDLE_MS 33u    /* nothing moved for a while */
#define IDLE_US 2000000u
#define RETRY_MS 1000u      /* after all encoders failed, */
#define RETRY_MAX_MS 8000u  /* and twice as long each time up to this */
#define TILES_MIN_ROOM 4096u  /* bytes that are worth a batch of tiles */
#define TILES_RETRY_US 10000u
#define BLANK_WIDTH 640u
#define BLANK_HEIGHT 480u

struct spice_accel_display {
	struct display_context context;
	unsigned head;
	struct stream_port *port;
	struct worker *worker;
	struct spice_accel_watch *done_watch;
	struct spice_accel_timer *timer;
	struct bottom_half kick;

	/* the newest content */
	struct spice_accel_frame *frame;
	struct damage damage; /* since the frame encoded last */
	uint64_t capture_us;

	/* the stream */
	bool streaming, need_format, key, own_viewer;
	enum encoder_codec codec;
	uint32_t width, height; /* of the scanout in the stream */
	unsigned generation;    /* frames of older ones must not be sent */
	uint64_t retry_us;      /* nothing is encoded before; 0: nothing failed */
	uint32_t retry_ms;      /* the next pause */
	const struct encoder_impl *impl; /* that made the last frame */
	uint64_t frame_number;

	struct picture picture; /* memory content for the encoder */
	bool picture_valid;     /* but for the damage */
	struct pacer pacer;
	struct rate rate;
	uint32_t poll_ms;
	uint64_t active_us; /* content or input came */
	bool still;         /* what came last was the same picture again */
	uint64_t new_us;    /* the pacer's, before the frame that is being encoded */

	bool viewer_tiles;     /* the viewer takes tiles */
	struct exact exact;
	bool changes;          /* the batch that is being encoded has new content */
	uint64_t sent_frame;   /* number of the last frame on the wire */

	struct display_status counts;
	struct stats_meter meter;
	struct stats_series convert, encode, wire, ack;
};

static void arm(struct spice_accel_display *d, uint64_t wake_us, uint64_t now)
{
	uint64_t ms = wake_us > now ? (wake_us - now + 999) / 1000 : 0;

	d->context.ops->timer_start(d->timer, (uint32_t)ms);
}

static void set_poll(struct spice_accel_display *d, uint32_t ms)
{
	if (d->poll_ms == ms || !d->context.ops->poll_interval)
		return;
	d->poll_ms = ms;
	d->context.ops->poll_interval(d->context.host, d->head, ms);
}

static void update_poll(struct spice_accel_display *d, uint64_t now)
{
	if (!d->streaming)
		set_poll(d, 0);
	else
		set_poll(d, now > d->active_us + IDLE_US ? POLL_IDLE_MS : POLL_MS);
}

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
	bool resized = !d->frame || d->frame->width != frame->width || d->frame->height != frame->height;
	bool other_kind = d->frame && d->frame->kind != frame->kind;

	spice_accel_frame_ref(frame);
	spice_accel_frame_unref(d->frame);
	d->frame = frame;
	if (other_kind)
		d->picture_valid = false;
	if (!resized)
		return;
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
	damage_merge(exact_fits(&d->exact, frame) ? &d->exact.reported : &d->damage, &changed,
			frame->width, frame->height);
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

/* ---- encoding ----------------------------------------------------------- */

static enum picture_format input_format(const struct spice_accel_display *d)
{
	return d->codec == CODEC_MJPEG ? PICTURE_J420 : PICTURE_NV12;
}

/* Brings our copy of a memory frame up to date: only here are guest pixels read. */
static int update_picture(struct spice_accel_display *d)
{
	uint32_t width = (d->frame->width + 1) & ~1u, height = (d->frame->height + 1) & ~1u;
	uint64_t start = clock_now_us();
	struct damage all = { 0 };
	int ret;

	if (d->picture.width != width || d->picture.height != height ||
			d->picture.format != input_format(d)) {
		picture_finish(&d->picture);
		d->picture_valid = false;
		ret = picture_init(&d->picture, input_format(d), width, height);
		if (ret < 0)
			return ret;
	}
	damage_add_all(&all, d->frame->width, d->frame->height);
	ret = convert_cpu(&d->picture, d->frame, d->picture_valid ? &d->damage : &all);
	d->picture_valid = ret == 0;
	stats_add(&d->convert, clock_now_us() - start);
	return ret;
}

static void fill_config(const struct spice_accel_display *d, struct worker_config *config)
{
	const struct spice_accel_options *o = d->context.options;

	memset(config, 0, sizeof *config);
	config->codec = d->codec;
	config->width = d->frame->width;
	config->height = d->frame->height;
	config->fps = o->fps;
	config->threads = o->threads;
	config->preset = o->preset;
	config->render_node = strcmp(o->render_node, "auto") ? o->render_node : NULL;
	config->bitrate_kbps = d->rate.target_kbps;
	for (unsigned i = 0; d->context.encoders[i]; i++)
		config->order[i] = d->context.encoders[i];
}

static enum encode_kind kind_of(enum pacer_action action)
{
	return action == PACER_REPEAT ? ENCODE_REPEAT : action == PACER_REFINE ? ENCODE_REFINE :
			ENCODE_NEW;
}

/* No encoder, or pixels that cannot be read: not again with each frame. */
static void back_off(struct spice_accel_display *d, uint64_t now)
{
	d->retry_ms = d->retry_ms ? d->retry_ms * 2 : RETRY_MS;
	if (d->retry_ms > RETRY_MAX_MS)
		d->retry_ms = RETRY_MAX_MS;
	d->retry_us = now + d->retry_ms * UINT64_C(1000);
	d->key = true;
	arm(d, d->retry_us, now);
}

/* ---- lossless tiles ------------------------------------------------------ */

static struct exact_link link_of(const struct spice_accel_display *d)
{
	return (struct exact_link){ d->rate.target_kbps, d->pacer.min_rtt_us };
}

/* Memory only: pixels in a GPU would have to be read back for that. */
static bool wants_tiles(const struct spice_accel_display *d)
{
	return d->own_viewer && d->viewer_tiles && d->context.ext && d->context.options->tiles &&
			d->codec == CODEC_H264 && d->frame->kind == FRAME_MEMORY;
}

static void stop_tiles(struct spice_accel_display *d)
{
	if (!d->exact.active)
		return;
	if (d->exact.stale || !damage_is_empty(&d->exact.tiles)) {
		d->picture_valid = false;
		damage_add_all(&d->damage, d->frame->width, d->frame->height);
	}
	damage_merge(&d->damage, &d->exact.reported, d->frame->width, d->frame->height);
	exact_end(&d->exact);
}

static void update_tiles(struct spice_accel_display *d, uint64_t now)
{
	if (!wants_tiles(d)) {
		stop_tiles(d);
	} else if (!exact_fits(&d->exact, d->frame)) {
		stop_tiles(d);
		if (exact_begin(&d->exact, d->frame, now) < 0)
			log_error("out of memory: display %u goes without lossless tiles", d->head);
	}
}

/* What the next frame has to bring, and what must be converted for it. */
static void prepare_video(struct spice_accel_display *d)
{
	if (d->key) {
		if (d->exact.stale)
			d->picture_valid = false;
		damage_add_all(&d->damage, d->frame->width, d->frame->height);
		exact_video_all(&d->exact);
	} else {
		exact_video(&d->exact, &d->damage);
	}
}

static void start_tiles(struct spice_accel_display *d, bool changes)
{
	struct osvdi_tiles *message = &d->exact.batch.message;
	struct worker_job job = {
		.tiles = &d->exact.batch,
		.number = ++d->frame_number,
		.capture_us = d->capture_us,
		.generation = d->generation,
	};

	message->display = d->head;
	message->number = job.number;
	message->after_frame = d->sent_frame;
	message->capture_us = d->capture_us;
	if (exact_is_exact(&d->exact) && damage_is_empty(&d->damage))
		message->flags |= OSVDI_TILES_EXACT;
	if (changes)
		message->flags |= OSVDI_TILES_CHANGE;
	d->changes = changes;
	worker_submit(d->worker, &job);
}

/* New content that is better sent as tiles. */
static bool start_changes(struct spice_accel_display *d, uint64_t now)
{
	struct pacer_state state = { .damage = true };
	struct exact_link link = link_of(d);
	uint64_t wake;

	if (pacer_next(&d->pacer, &state, now, &wake) != PACER_NEW)
		return false;
	exact_split(&d->exact, &d->damage, &link, now);
	if (damage_is_empty(&d->exact.tiles))
		return false;
	if (!exact_room(&d->exact, &link, now)) {
		arm(d, now + PACER_REST_US, now); /* or an acknowledgement comes */
		return damage_is_empty(&d->damage);
	}
	if (exact_take_changes(&d->exact, d->frame) <= 0) {
		damage_merge(&d->damage, &d->exact.tiles, d->frame->width, d->frame->height);
		damage_clear(&d->exact.tiles);
		return false;
	}
	/* What is left goes as video at once after. */
	if (damage_is_empty(&d->damage))
		pacer_started(&d->pacer, PACER_NEW, now);
	start_tiles(d, true);
	return true;
}

/* What rests is brought to the source's pixels while nothing else is to do. */
static bool start_rested(struct spice_accel_display *d, uint64_t now)
{
	struct exact_link link = link_of(d);
	size_t room = exact_room(&d->exact, &link, now), free_bytes = rate_room(&d->rate, now);
	uint64_t wake = 0;
	int ret;

	if (tile_map_is_exact(&d->exact.map))
		return false;
	room = room < free_bytes ? room : free_bytes;
	if (room < TILES_MIN_ROOM) {
		arm(d, now + TILES_RETRY_US, now); /* or an acknowledgement comes */
		return false;
	}
	ret = exact_take_rested(&d->exact, d->frame, room, PACER_REST_US, now, &wake);
	if (ret > 0)
		start_tiles(d, false);
	else if (wake)
		arm(d, wake, now);
	return ret > 0;
}

/* Looks at what the source reported, when something may be sent. False: not yet. */
static bool look_at_changes(struct spice_accel_display *d, uint64_t now)
{
	struct pacer_state state = { .damage = true };
	uint64_t wake;

	if (damage_is_empty(&d->exact.reported))
		return true;
	if (pacer_next(&d->pacer, &state, now, &wake) == PACER_WAIT) {
		arm(d, wake, now);
		return false;
	}
	exact_look(&d->exact, d->frame, &d->damage, now);
	return true;
}

static bool kick_tiles(struct spice_accel_display *d, uint64_t now)
{
	if (d->key)
		return false; /* the viewer has nothing to put them on */
	if (!look_at_changes(d, now))
		return damage_is_empty(&d->damage);
	return damage_is_empty(&d->damage) && damage_is_empty(&d->exact.tiles) ?
			start_rested(d, now) : start_changes(d, now);
}

static void send_tiles(struct spice_accel_display *d, struct worker_result *r, uint64_t now)
{
	if (!ext_port_send(d->context.ext, r->packet.data, r->packet.size)) {
		exact_give_back(&d->exact, &d->damage);
		return;
	}
	exact_sent(&d->exact, r->packet.frame, r->packet.size, d->changes, now);
	rate_tiles(&d->rate, r->packet.size, now);
	stats_count(&d->meter, d->changes, r->packet.size, now);
	if (d->changes)
		stats_add(&d->wire, now > r->capture_us ? now - r->capture_us : 0);
}

static void on_tiles(struct spice_accel_display *d, struct worker_result *r, uint64_t now)
{
	if (r->error < 0) {
		log_error("display %u: tiles cannot be encoded: %s", d->head, strerror(-r->error));
		exact_give_back(&d->exact, &d->damage);
		packet_finish(&r->packet);
		return;
	}
	if (r->generation == d->generation && d->streaming && d->exact.active)
		send_tiles(d, r, now);
	worker_recycle(d->worker, &r->packet);
}

/* JPEG has no cheaper repeat than the whole picture. */
static void start_encode(struct spice_accel_display *d, enum pacer_action action, int qp,
		uint64_t now)
{
	struct worker_job job = {
		.kind = kind_of(action),
		.key = d->key,
		.qp = qp,
		.max_bytes = rate_max_bytes(&d->rate, d->key),
		.number = ++d->frame_number,
		.capture_us = d->capture_us,
		.generation = d->generation,
	};

	if (d->exact.active)
		prepare_video(d);
	if (d->frame->kind == FRAME_DMABUF) {
		job.frame = d->frame;
		/* Others count on a frame for each time they are asked. */
		job.drop_unchanged = d->own_viewer;
	} else {
		int ret = action == PACER_NEW || !d->picture_valid ? update_picture(d) : 0;

		if (ret < 0) {
			log_error("the scanout (%ux%u) cannot be converted: %s", d->frame->width,
					d->frame->height, strerror(-ret));
			back_off(d, now);
			return;
		}
		job.picture = &d->picture;
	}
	job.partial = d->exact.active;
	fill_config(d, &job.config);
	if (action == PACER_NEW) {
		job.damage = d->damage;
		damage_clear(&d->damage);
	}
	d->key = false;
	d->width = d->frame->width;
	d->height = d->frame->height;
	d->new_us = d->pacer.new_us;
	pacer_started(&d->pacer, action, now);
	worker_submit(d->worker, &job);
}

static void announce_format(struct spice_accel_display *d)
{
	d->need_format = false;
	stream_port_set_format(d->port, (d->frame->width + 1) & ~1u, (d->frame->height + 1) & ~1u,
			d->codec == CODEC_H264 ? SPICE_VIDEO_CODEC_TYPE_H264 : SPICE_VIDEO_CODEC_TYPE_MJPEG);
}

static bool can_refine(const struct spice_accel_display *d)
{
	return !d->exact.active && d->impl && d->codec == CODEC_H264 && d->impl->caps & ENCODER_QP;
}

/* Frames are named, and so acknowledged, in H.264 only. */
static bool acknowledges(const struct spice_accel_display *d)
{
	return d->own_viewer && d->codec == CODEC_H264;
}

/* Decides what comes next; called whenever anything changed. */
static void kick(struct spice_accel_display *d)
{
	struct pacer_state state = {
		.key = d->key,
		.cadence = !d->own_viewer,
		.acks = acknowledges(d),
	};
	uint64_t now = clock_now_us(), wake;
	enum pacer_action action;
	int qp;

	if (!d->streaming || !d->frame || worker_busy(d->worker))
		return;
	if (now < d->retry_us) {
		arm(d, d->retry_us, now);
		return;
	}
	update_tiles(d, now);
	if (d->need_format)
		announce_format(d);
	if (d->exact.active && kick_tiles(d, now))
		return;
	state.damage = !damage_is_empty(&d->damage);
	if (stream_port_full(d->port) || (!stream_port_hungry(d->port) && !d->key))
		return; /* libspice-server still has a frame: the next one will be newer */
	qp = can_refine(d) ? rate_refine_qp(&d->rate, now) : 0;
	state.refine = qp > 0;
	if (d->still && state.refine && now >= d->pacer.new_us + PACER_REST_US)
		state.damage = false; /* it stays, and is looked at next */
	update_poll(d, now);
	action = pacer_next(&d->pacer, &state, now, &wake);
	if (action != PACER_WAIT)
		start_encode(d, action, action == PACER_REFINE ? qp : rate_qp(&d->rate), now);
	else if (wake)
		arm(d, wake, now);
	else if (can_refine(d) && d->rate.sent_qp > 12)
		arm(d, now + PACER_REST_US, now); /* the link has no room yet */
}

static void on_kick(void *opaque)
{
	struct spice_accel_display *d = opaque;

	kick(d);
}

static void on_timer(void *opaque)
{
	struct spice_accel_display *d = opaque;

	kick(d);
}

static void judge_link(struct spice_accel_display *d, uint64_t now)
{
	struct rate_link link = { 0 };

	if (d->own_viewer && d->pacer.min_rtt_us) {
		viewers_link(d->context.viewers, d->head, &link);
		link.rtt_us = d->pacer.rtt_us;
		link.min_rtt_us = d->pacer.min_rtt_us;
	} else if (!viewers_link(d->context.viewers, d->head, &link)) {
		return;
	}
	rate_judge(&d->rate, &link, now);
}

static void count_frame(struct spice_accel_display *d, const struct worker_result *r, uint64_t now)
{
	d->counts.frames++;
	d->counts.bytes += r->packet.size;
	d->counts.repeats += r->kind == ENCODE_REPEAT;
	d->counts.refinements += r->kind == ENCODE_REFINE;
	d->counts.key_frames += r->packet.key;
	stats_count(&d->meter, 1, r->packet.size, now);
	if (r->kind != ENCODE_REPEAT)
		stats_add(&d->encode, r->done_us - r->start_us);
	if (r->kind == ENCODE_NEW && !r->packet.key) /* a joiner's first picture may be old */
		stats_add(&d->wire, now > r->capture_us ? now - r->capture_us : 0);
}

static void send_frame(struct spice_accel_display *d, struct worker_result *r, uint64_t now)
{
	if (d->impl != r->impl)
		log_info("display %u: %s at %ux%u", d->head, r->impl->name, d->width, d->height);
	d->impl = r->impl;
	d->sent_frame = r->packet.frame;
	if (r->kind == ENCODE_NEW)
		rate_frame(&d->rate, r->packet.size, r->packet.qp, now);
	else if (r->kind == ENCODE_REFINE)
		rate_refined(&d->rate, r->packet.size, r->packet.qp, now);
	if (acknowledges(d))
		pacer_sent(&d->pacer, r->packet.frame, r->packet.size, now);
	else if (d->codec == CODEC_H264 && h264_append_flush(&r->packet) < 0)
		log_error("out of memory: a frame may come late");
	count_frame(d, r, now);
	judge_link(d, now);
	stream_port_put(d->port, &r->packet);
}

/* Sources that are polled (vfio) cannot tell: all of each frame is new to them.
 * What was not new neither keeps the display awake nor its picture from rest. */
static void note_change(struct spice_accel_display *d, const struct worker_result *r, uint64_t now)
{
	if (r->kind != ENCODE_NEW)
		return;
	if (d->still && r->packet.size)
		d->active_us = now;
	d->still = !r->packet.size;
	if (d->still)
		d->pacer.new_us = d->new_us;
}

static void on_encoded(int fd, int events, void *opaque)
{
	struct spice_accel_display *d = opaque;
	struct worker_result result;
	uint64_t now = clock_now_us();

	if (!worker_take(d->worker, &result))
		return;
	if (result.tiles) {
		on_tiles(d, &result, now);
		kick(d);
		return;
	}
	if (result.error < 0) {
		d->counts.encoder_failures++;
		packet_finish(&result.packet);
		worker_forgive(d->worker);
		back_off(d, now);
		return;
	}
	d->retry_ms = 0;
	note_change(d, &result, now);
	if (result.generation != d->generation || !d->streaming) {
		d->counts.dropped++;
		d->key = true;
		worker_recycle(d->worker, &result.packet);
	} else if (!result.packet.size) {
		worker_recycle(d->worker, &result.packet);
	} else {
		send_frame(d, &result, now);
	}
	kick(d);
}

/* ---- stream port -------------------------------------------------------- */

static bool have_encoder(const struct spice_accel_display *d, enum encoder_codec codec)
{
	for (unsigned i = 0; d->context.encoders[i]; i++)
		if (d->context.encoders[i]->codec == codec)
			return true;
	return false;
}

static void on_stop(void *opaque)
{
	struct spice_accel_display *d = opaque;

	d->streaming = false;
	d->generation++;
	set_poll(d, 0);
	d->context.ops->timer_cancel(d->timer);
	pacer_restart(&d->pacer);
}

static void on_start(void *opaque, uint32_t codecs)
{
	struct spice_accel_display *d = opaque;
	bool h264 = codecs & 1u << SPICE_VIDEO_CODEC_TYPE_H264 && have_encoder(d, CODEC_H264);
	uint64_t now = clock_now_us();

	if (!h264 && !have_encoder(d, CODEC_MJPEG)) {
		log_error("display %u: the viewer cannot decode H.264 and there is no MJPEG encoder", d->head);
		on_stop(d);
		return;
	}
	if (!h264)
		log_warning("display %u: a viewer cannot decode H.264 (on Debian gstreamer1.0-libav is missing there); sending MJPEG", d->head);
	d->streaming = true;
	d->codec = h264 ? CODEC_H264 : CODEC_MJPEG;
	d->generation++;
	d->need_format = d->key = true;
	d->retry_us = d->retry_ms = 0;
	d->active_us = now;
	pacer_restart(&d->pacer);
	rate_restart(&d->rate, now);
	update_poll(d, now);
	if (d->context.ops->poll_now)
		d->context.ops->poll_now(d->context.host, d->head);
	bottom_half_schedule(&d->kick);
}

static void on_asked(void *opaque)
{
	struct spice_accel_display *d = opaque;

	kick(d);
}

static void on_refused(void *opaque, const char *text)
{
	struct spice_accel_display *d = opaque;

	log_error("display %u: libspice-server refuses the stream: %s", d->head, text);
}

static const struct stream_port_ops port_ops = {
	.start = on_start,
	.stop = on_stop,
	.asked = on_asked,
	.refused = on_refused,
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
	exact_finish(&d->exact);
	picture_finish(&d->picture);
	spice_accel_frame_unref(d->frame);
	free(d);
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
	ret = worker_create(&d->worker, &done_fd);
	if (ret < 0)
		goto fail;
	ret = bottom_half_init(&d->kick, context->ops, context->host, on_kick, d);
	if (ret < 0)
		goto fail;
	ret = -ENOMEM;
	d->timer = context->ops->timer_add(context->host, on_timer, d);
	d->done_watch = context->ops->watch_add(context->host, done_fd, SPICE_ACCEL_WATCH_READ,
			on_encoded, d);
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
	uint64_t now = clock_now_us(), sent, work = 0;
	size_t bytes;

	if (ack->flags & OSVDI_ACK_TILES) {
		if (!exact_acked(&d->exact, ack->frame, now, &sent))
			return;
		stats_add(&d->ack, sent);
		kick(d);
		return;
	}
	sent = d->pacer.n_flight ? d->pacer.flight[0].sent_us : now;
	if (ack->presented_us > ack->received_us)
		work = ack->presented_us - ack->received_us;
	else if (ack->decoded_us > ack->received_us)
		work = ack->decoded_us - ack->received_us;
	if (!pacer_acked(&d->pacer, ack->frame, work, now, &bytes))
		return;
	stats_add(&d->ack, now - sent);
	judge_link(d, now);
	kick(d);
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
	kbps = kbps < RATE_FLOOR_KBPS ? RATE_FLOOR_KBPS : kbps;
	d->pacer.interval_us = 1000000u / fps;
	d->rate.ceiling_kbps = kbps;
	if (d->rate.target_kbps > kbps)
		d->rate.target_kbps = kbps;
}

bool display_streaming(const struct spice_accel_display *d)
{
	return d->streaming;
}

void display_input(struct spice_accel_display *d)
{
	d->active_us = clock_now_us();
	update_poll(d, d->active_us);
}

static void percentiles(double out[2], const struct stats_series *series)
{
	out[0] = stats_percentile_ms(series, 50);
	out[1] = stats_percentile_ms(series, 99);
}

void display_status(struct spice_accel_display *d, struct display_status *status)
{
	stats_settle(&d->meter, clock_now_us());
	*status = d->counts;
	status->streaming = d->streaming;
	status->own_viewer = d->own_viewer;
	status->width = d->frame ? d->frame->width : 0;
	status->height = d->frame ? d->frame->height : 0;
	status->encoder = d->impl ? d->impl->name : NULL;
	status->codec = d->codec;
	status->fps = d->meter.per_second;
	status->kbps = d->meter.kbps;
	status->qp = d->rate.qp;
	status->target_kbps = d->rate.target_kbps;
	status->in_flight = d->pacer.n_flight;
	status->tiles_used = d->exact.active;
	status->exact = exact_is_exact(&d->exact) && damage_is_empty(&d->damage);
	status->tiles = d->exact.batches;
	status->tile_bytes = d->exact.bytes;
	percentiles(status->convert_ms, &d->convert);
	percentiles(status->encode_ms, &d->encode);
	percentiles(status->wire_ms, &d->wire);
	percentiles(status->ack_ms, &d->ack);
}
