/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "display/display-private.h"

#include <string.h>

#include "base/log.h"
#include "options/options.h"
#include "wire/ext-port.h"

#define MIN_ROOM 4096u  /* bytes that are worth a batch of tiles */
#define RETRY_US 10000u
#define SLOW_S 0.25

static struct link link_of(const struct spice_accel_display *d)
{
	struct link link = { .target_kbps = rate_target_kbps(&d->rate) };

	pacer_rtt(&d->pacer, &link.rtt_us, &link.min_rtt_us);
	return link;
}

/* Memory only: pixels in a GPU would have to be read back for that. */
static bool wants_tiles(const struct spice_accel_display *d)
{
	return d->own_viewer && d->viewer_tiles && d->context.ext && d->context.options->tiles &&
			d->codec == CODEC_H264 && d->frame->kind == FRAME_MEMORY;
}

static void stop_tiles(struct spice_accel_display *d)
{
	if (!d->tiler.active)
		return;
	if (d->tiler.stale || !damage_is_empty(&d->tiler.tiles)) {
		d->picture_valid = false;
		damage_add_all(&d->damage, d->frame->width, d->frame->height);
	}
	damage_merge(&d->damage, &d->tiler.reported, d->frame->width, d->frame->height);
	tiler_end(&d->tiler);
}

void display_tiles_update(struct spice_accel_display *d, uint64_t now)
{
	if (!wants_tiles(d)) {
		stop_tiles(d);
	} else if (!tiler_fits(&d->tiler, d->frame)) {
		bool failed;

		stop_tiles(d);
		failed = tiler_begin(&d->tiler, d->frame, now) < 0;
		if (failed && !d->tiles_failed)
			log_error("out of memory: display %u goes without lossless tiles", d->head);
		d->tiles_failed = failed;
	}
}

/* What the next frame has to bring, and what must be converted for it. */
void display_tiles_prepare_video(struct spice_accel_display *d)
{
	if (d->key) {
		if (d->tiler.stale)
			d->picture_valid = false;
		damage_add_all(&d->damage, d->frame->width, d->frame->height);
		tiler_video_all(&d->tiler);
	} else {
		tiler_video(&d->tiler, d->frame, &d->damage);
	}
}

static void start_tiles(struct spice_accel_display *d, bool changes)
{
	struct osvdi_tiles *message = &d->tiler.batch.message;
	struct worker_job job = {
		.tiles = &d->tiler.batch,
		.number = ++d->frame_number,
		.capture_us = d->capture_us,
		.generation = d->generation,
	};

	message->display = d->head;
	message->number = job.number;
	message->after_frame = d->sent_frame;
	message->capture_us = d->capture_us;
	if (tiler_is_exact(&d->tiler) && damage_is_empty(&d->damage))
		message->flags |= OSVDI_TILES_EXACT;
	if (changes)
		message->flags |= OSVDI_TILES_CHANGE;
	d->changes = changes;
	worker_submit(d->worker, &job);
}

/* New content may go out; else *wake_us is when. */
static bool is_turn(const struct spice_accel_display *d, uint64_t now, uint64_t *wake_us)
{
	const struct pacer_state state = { .damage = true };

	return pacer_next(&d->pacer, &state, now, wake_us) == PACER_NEW;
}

/* The outcome when no tiles go: what waits as video may go instead. */
static enum tiles_outcome leave_to_video(const struct spice_accel_display *d)
{
	return damage_is_empty(&d->damage) ? TILES_BLOCKED : TILES_NONE;
}

/* New content that is better sent as tiles. */
static enum tiles_outcome start_changes(struct spice_accel_display *d, uint64_t now)
{
	struct link link = link_of(d);
	uint64_t wake;

	if (!is_turn(d, now, &wake))
		return TILES_NONE;
	tiler_split(&d->tiler, &d->damage, &link, now);
	if (damage_is_empty(&d->tiler.tiles))
		return TILES_NONE;
	if (!tiler_room(&d->tiler, &link, now)) {
		display_arm(d, now + PACER_REST_US, now); /* or an acknowledgement comes */
		return leave_to_video(d);
	}
	if (tiler_take_changes(&d->tiler, d->frame) <= 0) {
		damage_merge(&d->damage, &d->tiler.tiles, d->frame->width, d->frame->height);
		damage_clear(&d->tiler.tiles);
		return TILES_NONE;
	}
	/* What is left goes as video at once after. */
	if (damage_is_empty(&d->damage))
		pacer_started(&d->pacer, PACER_NEW, now);
	start_tiles(d, true);
	return TILES_STARTED;
}

/* On a slow link tiles take seconds, and a picture that was coarse while it moved
 * would be so until then: one frame of the usual quality comes first. */
static bool want_better(struct spice_accel_display *d, uint64_t now)
{
	struct link link = link_of(d);

	if (!rate_is_coarse(&d->rate) || !rate_refine_qp(&d->rate, now) ||
			tiler_seconds_left(&d->tiler, &link) < SLOW_S)
		return false;
	tiler_rested(&d->tiler, PACER_REST_US, now, &d->damage);
	return !damage_is_empty(&d->damage);
}

/* What rests is brought to the source's pixels while nothing else is to do. */
static enum tiles_outcome start_rested(struct spice_accel_display *d, bool video_ready,
		uint64_t now)
{
	struct link link = link_of(d);
	size_t room, free_bytes;
	uint64_t wake = 0;
	int ret;

	if (tile_map_is_exact(&d->tiler.map))
		return TILES_NONE;
	if (video_ready && want_better(d, now))
		return TILES_WANT_VIDEO;
	room = tiler_room(&d->tiler, &link, now);
	free_bytes = rate_room(&d->rate, now);
	room = room < free_bytes ? room : free_bytes;
	if (room < MIN_ROOM) {
		display_arm(d, now + RETRY_US, now); /* or an acknowledgement comes */
		return TILES_NONE;
	}
	ret = tiler_take_rested(&d->tiler, d->frame, room, PACER_REST_US, now, &wake);
	if (ret > 0)
		start_tiles(d, false);
	else if (wake)
		display_arm(d, wake, now);
	return ret > 0 ? TILES_STARTED : TILES_NONE;
}

static void send_moves(struct spice_accel_display *d, uint64_t now)
{
	for (unsigned i = 0; i < d->tiler.n_moves; i++) {
		const struct move *move = &d->tiler.moves[i];
		const struct spice_accel_rect *to = &move->to;
		struct osvdi_copy copy = {
			.display = d->head,
			.number = ++d->frame_number,
			.after_frame = d->sent_frame,
			.capture_us = d->capture_us,
			.to = { (uint16_t)to->x, (uint16_t)to->y, (uint16_t)to->width, (uint16_t)to->height },
			.from_x = (uint16_t)(to->x - move->dx),
			.from_y = (uint16_t)(to->y - move->dy),
		};
		uint8_t message[OSVDI_MSG_HEADER_SIZE + OSVDI_COPY_SIZE];
		size_t size = osvdi_write_copy(message, &copy);

		if (ext_port_send(d->context.ext, message, size))
			tiler_move_sent(&d->tiler, copy.number, size, now);
		else
			tiler_move_lost(&d->tiler, move, &d->damage);
	}
}

/* Looks at what the source reported, when something may be sent. False: not yet. */
static bool look_at_changes(struct spice_accel_display *d, uint64_t now)
{
	uint64_t wake;

	if (damage_is_empty(&d->tiler.reported))
		return true;
	if (!is_turn(d, now, &wake)) {
		display_arm(d, wake, now);
		return false;
	}
	tiler_look(&d->tiler, d->frame, &d->damage, now);
	send_moves(d, now);
	return true;
}

enum tiles_outcome display_tiles_kick(struct spice_accel_display *d, bool video_ready, uint64_t now)
{
	if (d->key)
		return TILES_NONE; /* the viewer has nothing to put them on */
	if (!look_at_changes(d, now))
		return leave_to_video(d);
	return damage_is_empty(&d->damage) && damage_is_empty(&d->tiler.tiles) ?
			start_rested(d, video_ready, now) : start_changes(d, now);
}

static void send_tiles(struct spice_accel_display *d, struct worker_result *r, uint64_t now)
{
	if (!ext_port_send(d->context.ext, r->packet.data, r->packet.size)) {
		tiler_give_back(&d->tiler, &d->damage);
		return;
	}
	tiler_sent(&d->tiler, r->packet.frame, r->packet.size, d->changes, now);
	rate_tiles(&d->rate, r->packet.size, now);
	stats_count(&d->meter, d->changes, r->packet.size, now);
	if (d->changes)
		stats_add(&d->wire, now > r->capture_us ? now - r->capture_us : 0);
}

void display_tiles_encoded(struct spice_accel_display *d, struct worker_result *r, uint64_t now)
{
	if (r->error < 0) {
		log_error("display %u: tiles cannot be encoded: %s", d->head, strerror(-r->error));
		tiler_give_back(&d->tiler, &d->damage);
		packet_finish(&r->packet);
		return;
	}
	if (r->generation == d->generation && d->streaming && d->tiler.active)
		send_tiles(d, r, now);
	worker_recycle(d->worker, &r->packet);
}

bool display_tiles_acked(struct spice_accel_display *d, uint64_t number, uint64_t now)
{
	uint64_t took;

	if (!tiler_acked(&d->tiler, number, now, &took))
		return false;
	stats_add(&d->ack, took);
	return true;
}
