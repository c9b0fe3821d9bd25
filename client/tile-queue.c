/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tile-queue.h"

/* The server has a megabyte in flight at most; this is far above. */
#define MAX_WAITING_PIXELS (32u << 20)

static void drop_waiting(struct tile_queue *queue)
{
	struct tiles *tiles;

	while ((tiles = g_queue_pop_head(&queue->waiting)))
		tiles_free(tiles);
	queue->n_waiting = 0;
}

void tile_queue_clear(struct tile_queue *queue)
{
	guint i;

	drop_waiting(queue);
	for (i = 0; i < queue->n_frames; i++)
		cairo_region_destroy(queue->frames[i].damage);
	queue->n_frames = queue->next = 0;
	queue->frame = 0;
}

void tile_queue_frame(struct tile_queue *queue, guint64 number, const cairo_region_t *damage)
{
	guint at = queue->next;

	if (queue->n_frames == TILE_QUEUE_FRAMES)
		cairo_region_destroy(queue->frames[at].damage);
	else
		queue->n_frames++;
	queue->frames[at].number = number;
	queue->frames[at].damage = cairo_region_copy(damage);
	queue->next = (at + 1) % TILE_QUEUE_FRAMES;
	queue->frame = MAX(queue->frame, number);
}

gboolean tile_queue_push(struct tile_queue *queue, struct tiles *tiles)
{
	queue->n_waiting += tiles->n_pixels;
	g_queue_push_tail(&queue->waiting, tiles);
	if (queue->n_waiting <= MAX_WAITING_PIXELS)
		return TRUE;
	drop_waiting(queue);
	return FALSE;
}

/* All frames after `after` are still known. */
static gboolean remembers(const struct tile_queue *queue, guint64 after)
{
	return queue->n_frames < TILE_QUEUE_FRAMES || queue->frames[queue->next].number <= after;
}

/* A later frame has painted on what is to be copied. */
static gboolean is_spoilt(const struct tile_queue *queue, const struct tiles *copy)
{
	const cairo_rectangle_int_t from = {
		copy->from_x, copy->from_y, copy->rects[0].width, copy->rects[0].height
	};
	guint i;

	for (i = 0; i < queue->n_frames; i++)
		if (queue->frames[i].number > copy->after_frame &&
				cairo_region_contains_rectangle(queue->frames[i].damage, &from) != CAIRO_REGION_OVERLAP_OUT)
			return TRUE;
	return FALSE;
}

struct tiles *tile_queue_pop(struct tile_queue *queue, cairo_region_t **region, gboolean *lost)
{
	struct tiles *tiles = g_queue_peek_head(&queue->waiting);
	guint i;

	if (!tiles || tiles->after_frame > queue->frame)
		return NULL;
	g_queue_pop_head(&queue->waiting);
	queue->n_waiting -= tiles->n_pixels;
	*lost = !remembers(queue, tiles->after_frame) || (tiles->copy && is_spoilt(queue, tiles));
	*region = *lost ? cairo_region_create() : tiles_region(tiles);
	for (i = 0; i < queue->n_frames && !cairo_region_is_empty(*region); i++)
		if (queue->frames[i].number > tiles->after_frame)
			cairo_region_subtract(*region, queue->frames[i].damage);
	return tiles;
}
