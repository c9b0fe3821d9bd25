/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "display/display-private.h"

#include <stdio.h>
#include <string.h>

#include <spice/enums.h>

#include "base/clock.h"
#include "base/log.h"
#include "frame/frame.h"
#include "pixels/convert-cpu.h"
#include "encode/h264/h264-au.h"
#include "options/options.h"
#include "wire/stream-port.h"
#include "wire/viewers.h"

/* After all encoders failed the display waits so long, then twice as long each time. */
#define RETRY_MS 1000u
#define RETRY_MAX_MS 8000u

static enum picture_format input_format(const struct spice_accel_display *d)
{
	return d->codec == CODEC_MJPEG ? PICTURE_J420 : PICTURE_NV12;
}

/* Brings our copy of a memory frame up to date. */
static int update_picture(struct spice_accel_display *d, const struct damage *damage)
{
	uint32_t width = (d->frame->width + 1) & ~1u, height = (d->frame->height + 1) & ~1u;
	uint64_t start = clock_now_us();
	struct damage all = { 0 };
	int ret;

	if (d->picture.width != width || d->picture.height != height ||
			d->picture.format != input_format(d)) {
		picture_finish(&d->picture);
		d->picture_valid = false;
		ret = d->context.encoder_socket ?
				picture_init_shared(&d->picture, input_format(d), width, height) :
				picture_init(&d->picture, input_format(d), width, height);
		if (ret < 0)
			return ret;
	}
	damage_add_all(&all, d->frame->width, d->frame->height);
	ret = convert_cpu_helped(&d->picture, d->frame, d->picture_valid ? damage : &all,
			d->side_thread);
	d->picture_valid = ret == 0;
	stats_add(&d->convert, clock_now_us() - start);
	return ret;
}

static void fill_config(const struct spice_accel_display *d, struct job_config *config)
{
	const struct spice_accel_options *o = d->context.options;

	*config = (struct job_config){
		.codec = d->codec,
		.width = d->frame->width,
		.height = d->frame->height,
		.fps = o->fps,
		.threads = o->threads,
		.bitrate_kbps = rate_target_kbps(&d->rate),
		.n_encoders = d->context.n_encoders,
	};
	snprintf(config->preset, sizeof config->preset, "%s", o->preset);
	if (strcmp(o->render_node, "auto"))
		snprintf(config->render_node, sizeof config->render_node, "%s", o->render_node);
	for (unsigned i = 0; i < d->context.n_encoders; i++)
		config->encoders[i] = d->context.encoders[i].id;
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
	display_arm(d, d->retry_us, now);
}

/* The damage that a new frame has to bring. */
static void take_damage(struct spice_accel_display *d, struct job *job)
{
	if (!tiler_is_active(d->tiler))
		backlog_take_video(&d->backlog, 0, &job->damage);
	else if (display_tiles_take_video(d, &job->damage) && !d->pixels)
		display_tiles_use_pixels(d, job);
}

/* Gives the job a DMA-BUF to import, or a picture of the memory frame. 0, negative errno. */
static int provide_content(struct spice_accel_display *d, enum pacer_action action,
		struct job *job)
{
	if (d->frame->kind == FRAME_DMABUF) {
		job->frame = d->frame;
		/* Viewers other than ours count on a frame each time they ask. Where tiles go, a
		 * look has found a change. */
		job->drop_unchanged = d->own_viewer && !job->partial;
		return 0;
	}
	job->picture = &d->picture;
	return action == PACER_NEW || !d->picture_valid ? update_picture(d, &job->damage) : 0;
}

/* JPEG has no cheaper repeat than the whole picture. */
static void start_encode(struct spice_accel_display *d, enum pacer_action action, int qp,
		uint64_t now)
{
	struct job job = {
		.kind = kind_of(action),
		.key = d->key,
		.qp = qp,
		.max_bytes = rate_max_bytes(&d->rate, d->key),
		.number = ++d->frame_number,
		.capture_us = d->capture_us,
		.generation = d->generation,
		.partial = tiler_is_active(d->tiler),
	};
	int ret;

	if (action == PACER_NEW)
		take_damage(d, &job);
	ret = provide_content(d, action, &job);
	if (ret < 0) {
		log_error("the scanout (%ux%u) cannot be converted: %s", d->frame->width,
				d->frame->height, strerror(-ret));
		backlog_add(&d->backlog, BACKLOG_VIDEO, &job.damage);
		back_off(d, now);
		return;
	}
	fill_config(d, &job.config);
	d->key = false;
	d->width = d->frame->width;
	d->height = d->frame->height;
	pacer_started(&d->pacer, action, now);
	worker_submit(d->worker, &job);
}

/* False: libspice-server still has a frame. The next one will be newer. */
static bool video_ready(const struct spice_accel_display *d)
{
	return !stream_port_full(d->port) && (stream_port_wants_frame(d->port) || d->key);
}

static void announce_format(struct spice_accel_display *d)
{
	d->need_format = false;
	stream_port_set_format(d->port, (d->frame->width + 1) & ~1u, (d->frame->height + 1) & ~1u,
			d->codec == CODEC_H264 ? SPICE_VIDEO_CODEC_TYPE_H264 :
			SPICE_VIDEO_CODEC_TYPE_MJPEG);
}

static bool can_refine(const struct spice_accel_display *d)
{
	return !tiler_is_active(d->tiler) && d->codec == CODEC_H264 && d->encoder.caps & ENCODER_QP;
}

/* Frames are named, and so acknowledged, in H.264 only. */
bool display_acknowledges(const struct spice_accel_display *d)
{
	return d->own_viewer && d->codec == CODEC_H264;
}

/* Something may be encoded now. While an encoder is broken the timer is armed instead. */
static bool may_start(struct spice_accel_display *d, uint64_t now)
{
	if (!d->streaming || !d->frame || worker_busy(d->worker))
		return false;
	if (now >= d->retry_us)
		return true;
	display_arm(d, d->retry_us, now);
	return false;
}

/* A source that is polled reports each picture as new. When the last one was the same again
 * and it is time to refine the picture, that goes first. */
static bool has_new_content(const struct spice_accel_display *d, bool refine, uint64_t now)
{
	if (d->still && refine && pacer_rests(&d->pacer, now))
		return false;
	return backlog_has(&d->backlog, BACKLOG_VIDEO);
}

/* No frame goes now. Asks to be called when one may. */
static void wait_for_video(struct spice_accel_display *d, uint64_t wake, uint64_t now)
{
	if (wake)
		display_arm(d, wake, now);
	else if (can_refine(d) && rate_can_refine(&d->rate))
		display_arm(d, now + PACER_REST_US, now); /* the link has no room yet */
}

/* The frame that is due now, if any. */
static void kick_video(struct spice_accel_display *d, uint64_t now)
{
	int refine_qp = can_refine(d) ? rate_refine_qp(&d->rate, now) : 0;
	const struct pacer_state state = {
		.damage = has_new_content(d, refine_qp > 0, now),
		.key = d->key,
		.cadence = !d->own_viewer,
		.acks = display_acknowledges(d),
		.refine = refine_qp > 0,
	};
	enum pacer_action action;
	uint64_t wake;

	display_update_poll(d, now);
	action = pacer_next(&d->pacer, &state, now, &wake);
	if (action == PACER_WAIT)
		wait_for_video(d, wake, now);
	else
		start_encode(d, action, action == PACER_REFINE ? refine_qp : rate_qp(&d->rate),
				now);
}

void display_kick(struct spice_accel_display *d)
{
	uint64_t now = clock_now_us();

	if (!may_start(d, now))
		return;
	display_tiles_update(d, now);
	if (d->need_format)
		announce_format(d);
	switch (display_tiles_kick(d, video_ready(d), now)) {
	case TILES_STARTED:
	case TILES_BLOCKED:
		break;
	case TILES_WANT_VIDEO:
		start_encode(d, PACER_NEW, rate_base_qp(&d->rate), now);
		break;
	case TILES_NONE:
		if (video_ready(d))
			kick_video(d, now);
		break;
	}
}

void display_judge_link(struct spice_accel_display *d, uint64_t now)
{
	struct link link = { 0 };
	uint64_t rtt, min_rtt;

	if (d->own_viewer && pacer_rtt(&d->pacer, &rtt, &min_rtt)) {
		viewers_link(d->context.viewers, d->head, &link);
		link_add_acks(&link, rtt, min_rtt);
	} else if (!viewers_link(d->context.viewers, d->head, &link)) {
		return;
	}
	rate_judge(&d->rate, &link, now);
}

static void count_frame(struct spice_accel_display *d, const struct job_result *r, uint64_t now)
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

static void send_frame(struct spice_accel_display *d, struct job_result *r, uint64_t now)
{
	if (strcmp(d->encoder.name, r->encoder.name))
		log_info("display %u: %s at %ux%u", d->head, r->encoder.name, d->width, d->height);
	d->encoder = r->encoder;
	d->remote = r->remote;
	d->sent_frame = r->packet.frame;
	if (r->kind == ENCODE_NEW)
		rate_frame(&d->rate, r->packet.size, r->packet.qp, now);
	else if (r->kind == ENCODE_REFINE)
		rate_refined(&d->rate, r->packet.size, r->packet.qp, now);
	if (display_acknowledges(d))
		pacer_sent(&d->pacer, r->packet.frame, r->packet.size, now);
	else if (d->codec == CODEC_H264 && h264_append_flush(&r->packet) < 0)
		log_error("out of memory: a frame may come late");
	count_frame(d, r, now);
	display_judge_link(d, now);
	stream_port_put(d->port, &r->packet);
}

/* Polled sources (vfio) report every frame as new. If the encoder finds no change, do not
 * count the frame as activity: polling slows down and the picture gets refined. */
static void note_change(struct spice_accel_display *d, const struct job_result *r, uint64_t now)
{
	if (r->kind != ENCODE_NEW)
		return;
	if (d->still && r->packet.size)
		d->active_us = now;
	d->still = !r->packet.size;
	if (d->still)
		pacer_unchanged(&d->pacer);
}

void display_encoded(int fd, int events, void *opaque)
{
	struct spice_accel_display *d = opaque;
	struct job_result result;
	uint64_t now = clock_now_us();

	if (!worker_take(d->worker, &result))
		return;
	d->counts.read_bytes += result.read_bytes;
	if (result.look) {
		display_tiles_looked(d, &result, now);
		worker_recycle(d->worker, &result.packet);
	}
	if (result.pixels_error < 0 && !result.tiles)
		display_tiles_lost(d, result.pixels_error, now);
	if (result.look) {
		display_kick(d);
		return;
	}
	if (result.tiles) {
		display_tiles_encoded(d, &result, now);
		if (result.pixels_error < 0)
			display_tiles_lost(d, result.pixels_error, now);
		display_kick(d);
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
	display_kick(d);
}
