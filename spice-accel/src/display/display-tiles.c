/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "display/display-private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "frame/frame.h"
#include "options/options.h"
#include "tiles/look.h"
#include "tiles/tile-batch.h"
#include "wire/ext-port.h"

#define MIN_ROOM 4096u  /* bytes that are worth a batch of tiles */
#define RETRY_US 10000u
#define SLOW_S 0.25
#define PIXELS_RETRY_US 60000000u

static struct link link_of(const struct spice_accel_display *d)
{
	struct link link = { .target_kbps = rate_target_kbps(&d->rate) };

	pacer_rtt(&d->pacer, &link.rtt_us, &link.min_rtt_us);
	return link;
}

static bool wants_tiles(const struct spice_accel_display *d, uint64_t now)
{
	return d->own_viewer && d->viewer_tiles && d->context.ext && d->context.options->tiles &&
			d->codec == CODEC_H264 &&
			(d->frame->kind == FRAME_MEMORY || now >= d->pixels_retry_us);
}

static void stop_tiles(struct spice_accel_display *d)
{
	if (!tiler_is_active(d->tiler))
		return;
	if (tiler_is_stale(d->tiler) || backlog_has(&d->backlog, BACKLOG_TILES)) {
		d->picture_valid = false;
		backlog_add_all(&d->backlog);
	}
	backlog_end_tiles(&d->backlog);
	tiler_end(d->tiler);
	pixels_destroy(d->pixels);
	d->pixels = NULL;
	d->looked = false;
}

bool display_tiles_fit(const struct spice_accel_display *d, const struct spice_accel_frame *frame)
{
	if (!tiler_is_active(d->tiler))
		return false;
	if (d->pixels)
		return pixels_fits(d->pixels, frame);
	return frame->kind == FRAME_DMABUF && frame->fourcc == d->pixels_fourcc &&
			tiler_fits(d->tiler, frame->width, frame->height);
}

/* The engine makes its own pixels when it sees another number. */
static int begin_pixels(struct spice_accel_display *d)
{
	if (d->frame->kind == FRAME_MEMORY)
		return pixels_create(&d->pixels, d->frame);
	d->n_pixels++;
	d->pixels_fourcc = d->frame->fourcc;
	return 0;
}

static void begin_tiles(struct spice_accel_display *d, uint64_t now)
{
	int ret = begin_pixels(d);

	if (ret == 0)
		ret = tiler_begin(d->tiler, d->frame->width, d->frame->height, now);
	if (ret < 0) {
		pixels_destroy(d->pixels);
		d->pixels = NULL;
		if (!d->tiles_failed)
			log_error("display %u goes without lossless tiles: %s", d->head,
					strerror(-ret));
	}
	d->tiles_failed = ret < 0;
}

void display_tiles_update(struct spice_accel_display *d, uint64_t now)
{
	if (!wants_tiles(d, now)) {
		stop_tiles(d);
	} else if (!display_tiles_fit(d, d->frame)) {
		stop_tiles(d);
		begin_tiles(d, now);
	}
	if (d->pixels)
		pixels_show(d->pixels, d->frame);
}

bool display_tiles_take_video(struct spice_accel_display *d, struct damage *damage)
{
	if (d->key) {
		if (tiler_is_stale(d->tiler))
			d->picture_valid = false;
		backlog_add_all(&d->backlog);
		backlog_take_video(&d->backlog, 0, damage);
		tiler_video_all(d->tiler);
		return false;
	}
	if (!tiler_take_video(d->tiler, &d->backlog, damage))
		return false;
	for (unsigned i = 0; i < damage->n && d->pixels; i++)
		pixels_remember(d->pixels, &damage->rects[i]);
	return true;
}

static void label_batch(struct spice_accel_display *d, uint64_t number, bool changes)
{
	struct osvdi_tiles label = {
		.display = d->head,
		.number = number,
		.after_frame = d->sent_frame,
		.capture_us = d->capture_us,
	};

	if (tiler_is_exact(d->tiler) && backlog_is_empty(&d->backlog))
		label.flags |= OSVDI_TILES_EXACT;
	if (changes)
		label.flags |= OSVDI_TILES_CHANGE;
	tile_batch_label(tiler_batch(d->tiler), &label);
}

/* The batch cannot go out. */
static void give_back(struct spice_accel_display *d, int error)
{
	log_error("display %u: tiles cannot be encoded: %s", d->head, strerror(-error));
	tiler_give_back(d->tiler, &d->backlog);
}

void display_tiles_use_pixels(const struct spice_accel_display *d, struct job *job)
{
	const char *node = d->context.options->render_node;

	job->frame = d->frame;
	job->pixels = d->n_pixels;
	if (strcmp(node, "auto"))
		snprintf(job->config.render_node, sizeof job->config.render_node, "%s", node);
}

/* The pixels of a batch: now, or in the job. */
static int provide_pixels(struct spice_accel_display *d, struct job *job)
{
	if (d->pixels)
		return tile_batch_read(job->tiles, d->pixels);
	display_tiles_use_pixels(d, job);
	return 0;
}

/* True: the encode thread has the batch. */
static bool start_tiles(struct spice_accel_display *d, bool changes)
{
	struct job job = {
		.tiles = tiler_batch(d->tiler),
		.number = ++d->frame_number,
		.capture_us = d->capture_us,
		.generation = d->generation,
	};
	int ret = provide_pixels(d, &job);

	if (ret < 0) {
		give_back(d, ret);
		return false;
	}
	label_batch(d, job.number, changes);
	d->changes = changes;
	worker_submit(d->worker, &job);
	return true;
}

/* New content may go out; else *wake_us is when. */
static bool is_turn(const struct spice_accel_display *d, uint64_t now, uint64_t *wake_us)
{
	const struct pacer_state state = { .damage = true };

	return pacer_next(&d->pacer, &state, now, wake_us) == PACER_NEW;
}

/* The outcome when no tiles go: damage that waits for video may go instead. */
static enum tiles_outcome leave_to_video(const struct spice_accel_display *d)
{
	return backlog_has(&d->backlog, BACKLOG_VIDEO) ? TILES_NONE : TILES_BLOCKED;
}

/* New content that is better sent as tiles. */
static enum tiles_outcome start_changes(struct spice_accel_display *d, uint64_t now)
{
	struct link link = link_of(d);
	uint64_t wake;

	if (!is_turn(d, now, &wake))
		return TILES_NONE;
	tiler_divide(d->tiler, &d->backlog, &link, now);
	if (!backlog_has(&d->backlog, BACKLOG_TILES))
		return TILES_NONE;
	if (!tiler_room(d->tiler, &link, now)) {
		display_arm(d, now + PACER_REST_US, now); /* or an acknowledgement comes */
		return leave_to_video(d);
	}
	if (tiler_take_changes(d->tiler, &d->backlog) <= 0)
		return TILES_NONE;
	if (!start_tiles(d, true))
		return TILES_NONE;
	/* Damage that waits for video goes right after these tiles. */
	if (!backlog_has(&d->backlog, BACKLOG_VIDEO))
		pacer_started(&d->pacer, PACER_NEW, now);
	return TILES_STARTED;
}

/* On a slow link tiles take seconds, and a picture that was coarse while it moved would stay
 * coarse until then. So one frame of the usual quality comes first. */
static bool want_better(struct spice_accel_display *d, uint64_t now)
{
	struct link link = link_of(d);

	if (!rate_is_coarse(&d->rate) || !rate_refine_qp(&d->rate, now) ||
			tiler_seconds_left(d->tiler, &link) < SLOW_S)
		return false;
	tiler_add_rested(d->tiler, PACER_REST_US, now, &d->backlog);
	return backlog_has(&d->backlog, BACKLOG_VIDEO);
}

/* The bytes of tiles that may go out without holding up new content. */
static size_t spare_room(struct spice_accel_display *d, uint64_t now)
{
	struct link link = link_of(d);
	size_t unacknowledged = tiler_room(d->tiler, &link, now), queued = rate_room(&d->rate, now);

	return unacknowledged < queued ? unacknowledged : queued;
}

/* Areas at rest become exact while there is nothing else to send. */
static enum tiles_outcome start_rested(struct spice_accel_display *d, bool video_ready,
		uint64_t now)
{
	uint64_t wake = 0;
	size_t room;
	int ret;

	if (tiler_is_exact(d->tiler))
		return TILES_NONE;
	if (video_ready && want_better(d, now))
		return TILES_WANT_VIDEO;
	room = spare_room(d, now);
	if (room < MIN_ROOM) {
		display_arm(d, now + RETRY_US, now); /* or an acknowledgement comes */
		return TILES_NONE;
	}
	ret = tiler_take_rested(d->tiler, room, PACER_REST_US, now, &wake);
	if (ret > 0)
		return start_tiles(d, false) ? TILES_STARTED : TILES_NONE;
	if (wake)
		display_arm(d, wake, now);
	return TILES_NONE;
}

static void send_move(struct spice_accel_display *d, const struct move *move, uint64_t now)
{
	const struct spice_accel_rect *to = &move->to;
	struct osvdi_copy copy = {
		.display = d->head,
		.number = ++d->frame_number,
		.after_frame = d->sent_frame,
		.capture_us = d->capture_us,
		.to = { (uint16_t)to->x, (uint16_t)to->y, (uint16_t)to->width,
			(uint16_t)to->height },
		.from_x = (uint16_t)(to->x - move->dx),
		.from_y = (uint16_t)(to->y - move->dy),
	};
	uint8_t bytes[OSVDI_MSG_HEADER_SIZE + OSVDI_COPY_SIZE];
	size_t size = osvdi_write_copy(bytes, &copy);
	struct packet message = { 0 };

	if (packet_append(&message, bytes, size) == 0 && ext_port_send(d->context.ext, &message))
		tiler_move_sent(d->tiler, copy.number, size, now);
	else
		tiler_move_lost(d->tiler, move, &d->backlog);
	worker_recycle(d->worker, &message);
}

static void send_moves(struct spice_accel_display *d, uint64_t now)
{
	unsigned n;
	const struct move *moves = tiler_moves(d->tiler, &n);

	for (unsigned i = 0; i < n; i++)
		send_move(d, &moves[i], now);
}

/* The encode thread looks. */
static void start_look(struct spice_accel_display *d, uint64_t now)
{
	struct job job = {
		.look = tiler_look_begin(d->tiler, &d->backlog, now),
		.generation = d->generation,
	};

	display_tiles_use_pixels(d, &job);
	worker_submit(d->worker, &job);
}

void display_tiles_looked(struct spice_accel_display *d, const struct job_result *r, uint64_t now)
{
	if (r->error < 0 || r->generation != d->generation || !d->streaming) {
		tiler_look_drop(d->tiler, &d->backlog);
		return;
	}
	d->looked = true;
	d->still = !tiler_look_finish(d->tiler, &d->backlog);
	if (!d->still)
		d->active_us = now;
	send_moves(d, now);
}

/* Looks at the reported damage when something may be sent. TILES_NONE: there is none, or it was
 * looked at. */
static enum tiles_outcome look_at_changes(struct spice_accel_display *d, uint64_t now)
{
	uint64_t wake;

	if (!backlog_has(&d->backlog, BACKLOG_REPORTED))
		return TILES_NONE;
	/* Moves are small; their number is what a slow viewer must be spared. */
	if (!is_turn(d, now, &wake) || tiler_waits(d->tiler, now, &wake)) {
		display_arm(d, wake, now);
		return TILES_BLOCKED;
	}
	if (!d->pixels) {
		start_look(d, now);
		return TILES_STARTED;
	}
	look_run(tiler_look_begin(d->tiler, &d->backlog, now), d->pixels);
	tiler_look_finish(d->tiler, &d->backlog);
	send_moves(d, now);
	return TILES_NONE;
}

/* Damage that was looked at waits to be sent. */
static bool has_changes(const struct spice_accel_display *d)
{
	return backlog_has(&d->backlog, BACKLOG_VIDEO) || backlog_has(&d->backlog, BACKLOG_TILES);
}

static enum tiles_outcome start_found(struct spice_accel_display *d, bool video_ready, uint64_t now)
{
	return has_changes(d) ? start_changes(d, now) : start_rested(d, video_ready, now);
}

/* Changes that a look found go before the next look: a source may report all the time. */
enum tiles_outcome display_tiles_kick(struct spice_accel_display *d, bool video_ready, uint64_t now)
{
	enum tiles_outcome outcome = TILES_NONE;

	/* Before a key frame the viewer has no picture to put tiles on. */
	if (!tiler_is_active(d->tiler) || d->key)
		return TILES_NONE;
	if (d->looked) {
		d->looked = false;
		outcome = start_found(d, video_ready, now);
		if (outcome != TILES_NONE || has_changes(d))
			return outcome;
	}
	outcome = look_at_changes(d, now);
	if (outcome != TILES_NONE)
		return outcome == TILES_BLOCKED ? leave_to_video(d) : outcome;
	return start_found(d, video_ready, now);
}

void display_tiles_lost(struct spice_accel_display *d, int error, uint64_t now)
{
	if (error == -ENODEV) {
		log_error("display %u goes without lossless tiles: the processor cannot map the "
				"guest's DMA-BUF, and no GPU can compare it; see render-node",
				d->head);
		d->pixels_retry_us = UINT64_MAX; /* until another kind of frame comes */
	} else if (error == -ECONNRESET) {
		log_info("display %u: the sent pixels are lost with the process that had them",
				d->head);
	} else {
		log_error("display %u goes without lossless tiles for a minute: the guest's "
				"DMA-BUF cannot be compared any more: %s",
				d->head, strerror(-error));
		d->pixels_retry_us = now + PIXELS_RETRY_US;
	}
	stop_tiles(d);
}

static void send_tiles(struct spice_accel_display *d, struct job_result *r, uint64_t now)
{
	uint64_t number = r->packet.frame;
	size_t size = r->packet.size;

	if (!ext_port_send(d->context.ext, &r->packet)) {
		tiler_give_back(d->tiler, &d->backlog);
		return;
	}
	tiler_sent(d->tiler, number, size, d->changes, now);
	rate_tiles(&d->rate, size, now);
	stats_count(&d->meter, d->changes, size, now);
	if (d->changes)
		stats_add(&d->wire, now > r->capture_us ? now - r->capture_us : 0);
}

void display_tiles_encoded(struct spice_accel_display *d, struct job_result *r, uint64_t now)
{
	if (r->error < 0) {
		give_back(d, r->error);
		packet_finish(&r->packet);
		return;
	}
	if (r->generation == d->generation && d->streaming && tiler_is_active(d->tiler))
		send_tiles(d, r, now);
	worker_recycle(d->worker, &r->packet);
}

bool display_tiles_acked(struct spice_accel_display *d, uint64_t number, uint64_t now)
{
	uint64_t took;

	if (!tiler_acked(d->tiler, number, now, &took))
		return false;
	stats_add(&d->ack, took);
	return true;
}
