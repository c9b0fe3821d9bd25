/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tiles/tile-batch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <zstd.h>

#include "base/log.h"
#include "pixels/pixels.h"

#define ZSTD_LEVEL 1
/* One row in so many is looked at to choose the coding. */
#define SAMPLE_ROWS 4u

void tile_batch_finish(struct tile_batch *batch)
{
	free(batch->pixels);
	free(batch->planes);
	ZSTD_freeCCtx(batch->zstd);
	memset(batch, 0, sizeof *batch);
}

void tile_batch_reset(struct tile_batch *batch)
{
	memset(&batch->message, 0, sizeof batch->message);
	batch->size = 0;
}

void tile_batch_label(struct tile_batch *batch, const struct osvdi_tiles *label)
{
	batch->message.display = label->display;
	batch->message.number = label->number;
	batch->message.after_frame = label->after_frame;
	batch->message.capture_us = label->capture_us;
	batch->message.flags = label->flags;
}

static int reserve(uint8_t **data, size_t *capacity, size_t size)
{
	uint8_t *more;

	if (size <= *capacity)
		return 0;
	more = realloc(*data, size);
	if (!more)
		return -ENOMEM;
	*data = more;
	*capacity = size;
	return 0;
}

int tile_batch_add(struct tile_batch *batch, const struct spice_accel_rect *rect)
{
	size_t bytes = (size_t)rect->width * (size_t)rect->height * 3;

	if (batch->message.n_rects == OSVDI_TILES_MAX_RECTS ||
			batch->size + bytes > (size_t)OSVDI_TILES_MAX_PIXELS * 3)
		return -ENOSPC;
	batch->size += bytes;
	batch->message.rects[batch->message.n_rects++] = (struct osvdi_rect){ (uint16_t)rect->x,
		(uint16_t)rect->y, (uint16_t)rect->width, (uint16_t)rect->height };
	return 0;
}

int tile_batch_read(struct tile_batch *batch, struct pixels *pixels)
{
	struct spice_accel_rect rects[OSVDI_TILES_MAX_RECTS];
	int ret = reserve(&batch->pixels, &batch->capacity, batch->size);

	for (unsigned i = 0; i < batch->message.n_rects; i++) {
		const struct osvdi_rect *r = &batch->message.rects[i];

		rects[i] = (struct spice_accel_rect){ r->x, r->y, r->width, r->height };
	}
	return ret < 0 ? ret : pixels_take(pixels, rects, batch->message.n_rects, batch->pixels);
}

/* Zstandard finds the repetitions of text and plain areas. Photographs have none, and are
 * predicted first. */
static bool is_smooth(const struct tile_batch *batch)
{
	const uint8_t *p = batch->pixels;
	size_t same = 0, all = 0;

	for (unsigned i = 0; i < batch->message.n_rects; i++) {
		size_t width = batch->message.rects[i].width;
		size_t height = batch->message.rects[i].height;

		for (size_t y = 0; y < height; y += SAMPLE_ROWS) {
			const uint8_t *row = p + y * width * 3;

			for (size_t x = 1; x < width; x++)
				same += !memcmp(row + x * 3, row + x * 3 - 3, 3);
			all += width;
		}
		p += width * height * 3;
	}
	return same * 5 < all * 2;
}

/* A pixel's value in a plane. The planes hold G, B - G and R - G. */
static uint8_t plane_value(const uint8_t *pixel, unsigned plane)
{
	static const uint8_t at[] = { 1, 0, 2 };

	return plane ? (uint8_t)(pixel[at[plane]] - pixel[1]) : pixel[1];
}

/* The residuals of one plane of one rectangle. */
static void predict(const uint8_t *pixels, size_t width, size_t height, unsigned plane,
		uint8_t *out)
{
	size_t row = width * 3;

	for (size_t y = 0; y < height; y++) {
		const uint8_t *p = pixels + y * row;
		uint8_t left = 0, corner = 0;

		for (size_t x = 0; x < width; x++, p += 3) {
			uint8_t value = plane_value(p, plane);
			uint8_t above = y ? plane_value(p - row, plane) : 0;
			uint8_t guess = !y ? left :
					!x ? above : osvdi_tiles_guess(left, above, corner);

			*out++ = (uint8_t)(value - guess);
			left = value;
			corner = above;
		}
	}
}

static int fill_planes(struct tile_batch *batch)
{
	const uint8_t *p = batch->pixels;
	uint8_t *out;

	if (reserve(&batch->planes, &batch->planes_capacity, batch->size) < 0)
		return -ENOMEM;
	out = batch->planes;
	for (unsigned i = 0; i < batch->message.n_rects; i++) {
		size_t width = batch->message.rects[i].width;
		size_t height = batch->message.rects[i].height;

		for (unsigned plane = 0; plane < 3; plane++, out += width * height)
			predict(p, width, height, plane, out);
		p += width * height * 3;
	}
	return 0;
}

static int compress(struct tile_batch *batch, const uint8_t *data, uint8_t *out, size_t size)
{
	size_t n;

	if (!batch->zstd)
		batch->zstd = ZSTD_createCCtx();
	if (!batch->zstd)
		return -ENOMEM;
	n = ZSTD_compressCCtx(batch->zstd, out, size, data, batch->size, ZSTD_LEVEL);
	if (ZSTD_isError(n)) {
		log_error("Zstandard: %s", ZSTD_getErrorName(n));
		return -EIO;
	}
	batch->message.data_size = (uint32_t)n;
	return 0;
}

/* Completes the message whose data is in its place at the packet's end. */
static void close_message(struct tile_batch *batch, uint8_t *at, struct packet *out)
{
	osvdi_write_tiles(at, &batch->message);
	out->size += tile_batch_head(batch) + batch->message.data_size;
	out->frame = batch->message.number;
	out->key = false;
	out->qp = -1;
}

size_t tile_batch_head(const struct tile_batch *batch)
{
	return OSVDI_MSG_HEADER_SIZE + OSVDI_TILES_FIXED_SIZE + 8u * batch->message.n_rects;
}

int tile_batch_encode(struct tile_batch *batch, struct packet *out)
{
	size_t head = tile_batch_head(batch), bound = ZSTD_compressBound(batch->size);
	const uint8_t *data = batch->pixels;
	uint8_t *at = packet_reserve(out, head + bound);
	int ret = at ? 0 : -ENOMEM;

	batch->message.coding = is_smooth(batch) ? OSVDI_TILES_ZSTD_MED : OSVDI_TILES_ZSTD;
	if (ret == 0 && batch->message.coding == OSVDI_TILES_ZSTD_MED) {
		ret = fill_planes(batch);
		data = batch->planes;
	}
	if (ret == 0)
		ret = compress(batch, data, at + head, bound);
	if (ret < 0)
		return ret;
	close_message(batch, at, out);
	return 0;
}

int tile_batch_put(struct tile_batch *batch, uint8_t coding, const void *data, size_t size,
		struct packet *out)
{
	size_t head = tile_batch_head(batch);
	uint8_t *at;

	if ((coding != OSVDI_TILES_ZSTD && coding != OSVDI_TILES_ZSTD_MED) ||
			size > ZSTD_compressBound(batch->size))
		return -EINVAL;
	at = packet_reserve(out, head + size);
	if (!at)
		return -ENOMEM;
	memcpy(at + head, data, size);
	batch->message.coding = coding;
	batch->message.data_size = (uint32_t)size;
	close_message(batch, at, out);
	return 0;
}
