/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <osvdi-common/update.h>

#include <zstd.h>

#include <osvdi-common/memory.h>

/* ---- decoding ------------------------------------------------------------ */

/* Differences of one plane to its values, in place. */
static void restore_plane(uint8_t *p, size_t width, size_t height)
{
	size_t x, y;

	for (x = 1; x < width; x++)
		p[x] = (uint8_t)(p[x] + p[x - 1]);
	for (y = 1; y < height; y++) {
		const uint8_t *above = p;

		p += width;
		p[0] = (uint8_t)(p[0] + above[0]);
		for (x = 1; x < width; x++)
			p[x] = (uint8_t)(p[x] + osvdi_tiles_guess(p[x - 1], above[x],
					above[x - 1]));
	}
}

static void from_planes(uint8_t *planes, size_t width, size_t height, uint8_t *out)
{
	size_t n = width * height, i;

	for (i = 0; i < 3; i++)
		restore_plane(planes + i * n, width, height);
	for (i = 0; i < n; i++, out += 4) {
		out[1] = planes[i];
		out[0] = (uint8_t)(planes[n + i] + out[1]);
		out[2] = (uint8_t)(planes[2 * n + i] + out[1]);
		out[3] = 0xff;
	}
}

static void from_pixels(const uint8_t *bgr, size_t n, uint8_t *out)
{
	for (; n; n--, bgr += 3, out += 4) {
		out[0] = bgr[0];
		out[1] = bgr[1];
		out[2] = bgr[2];
		out[3] = 0xff;
	}
}

static void decode(struct update *update, unsigned coding, uint8_t *raw)
{
	uint8_t *out = update->pixels;
	uint32_t i;

	for (i = 0; i < update->n_rects; i++) {
		size_t width = (size_t)update->rects[i].width,
				height = (size_t)update->rects[i].height;

		if (coding == OSVDI_TILES_ZSTD)
			from_pixels(raw, width * height, out);
		else
			from_planes(raw, width, height, out);
		raw += width * height * 3;
		out += width * height * 4;
	}
}

static struct rect to_rect(const struct osvdi_rect *r)
{
	return (struct rect){ r->x, r->y, r->width, r->height };
}

static void fill(struct update *update, const struct osvdi_tiles *message)
{
	uint32_t i;

	update->kind = UPDATE_TILES;
	update->display = message->display;
	update->exact = (message->flags & OSVDI_TILES_EXACT) != 0;
	update->change = (message->flags & OSVDI_TILES_CHANGE) != 0;
	update->number = message->number;
	update->after_frame = message->after_frame;
	update->capture_us = (int64_t)message->capture_us;
	update->n_rects = message->n_rects;
	for (i = 0; i < message->n_rects; i++) {
		update->rects[i] = to_rect(&message->rects[i]);
		update->n_pixels += (size_t)message->rects[i].width * message->rects[i].height;
	}
}

static bool decompress(struct update *update, const struct osvdi_tiles *message)
{
	size_t size = update->n_pixels * 3, n;
	uint8_t *raw;
	bool good;

	if (message->coding != OSVDI_TILES_ZSTD && message->coding != OSVDI_TILES_ZSTD_MED)
		return false;
	update->pixels = malloc(update->n_pixels * 4);
	raw = malloc(size);
	good = update->pixels && raw;
	if (good) {
		n = ZSTD_decompress(raw, size, message->data, message->data_size);
		good = !ZSTD_isError(n) && n == size;
	}
	if (good)
		decode(update, message->coding, raw);
	free(raw);
	return good;
}

struct update *update_new_tiles(const struct osvdi_tiles *message, size_t bytes, int64_t now_us)
{
	struct update *update = calloc(1, sizeof *update);

	if (!update)
		return NULL;
	fill(update, message);
	update->bytes = bytes;
	update->received_us = now_us;
	if (decompress(update, message))
		return update;
	update_free(update);
	return NULL;
}

struct update *update_new_copy(const struct osvdi_copy *message, size_t bytes, int64_t now_us)
{
	struct update *update = calloc(1, sizeof *update);

	if (!update)
		return NULL;
	update->kind = UPDATE_COPY;
	update->display = message->display;
	update->change = true;
	update->number = message->number;
	update->after_frame = message->after_frame;
	update->capture_us = (int64_t)message->capture_us;
	update->received_us = now_us;
	update->bytes = bytes;
	update->n_rects = 1;
	update->rects[0] = to_rect(&message->to);
	update->from_x = message->from_x;
	update->from_y = message->from_y;
	return update;
}

void update_free(struct update *update)
{
	if (!update)
		return;
	free(update->pixels);
	free(update);
}

/* ---- where it goes ------------------------------------------------------- */

bool update_region(const struct update *update, struct region *region)
{
	uint32_t i;

	region_clear(region);
	for (i = 0; i < update->n_rects; i++)
		if (!region_add_rect(region, &update->rects[i]))
			return false;
	return true;
}

bool update_source_fits(const struct update *copy, int32_t width, int32_t height)
{
	return copy->from_x + copy->rects[0].width <= width &&
			copy->from_y + copy->rects[0].height <= height;
}

void update_foreach(const struct update *tiles, const struct region *region, int32_t width,
		int32_t height, update_part_func func, void *opaque)
{
	const struct rect all = { 0, 0, width, height };
	const uint8_t *pixels = tiles->pixels;
	uint32_t i, k;

	for (i = 0; i < tiles->n_rects; i++) {
		const struct rect *r = &tiles->rects[i];
		struct rect inside = rect_intersect(r, &all);
		size_t stride = (size_t)r->width * 4;

		for (k = 0; k < region->n; k++) {
			struct rect part = rect_intersect(&region->rects[k], &inside);

			if (!rect_is_empty(&part))
				func(opaque, &part, pixels + (size_t)(part.y - r->y) * stride +
						(size_t)(part.x - r->x) * 4, stride);
		}
		pixels += (size_t)r->height * stride;
	}
}

/* ---- canvas -------------------------------------------------------------- */

static uint8_t *pixel_of(const struct update_canvas *canvas, int32_t x, int32_t y)
{
	return canvas->pixels + (size_t)y * canvas->stride + (size_t)x * 4;
}

static void put_part(void *opaque, const struct rect *part, const uint8_t *pixels, size_t stride)
{
	const struct update_canvas *canvas = opaque;
	uint8_t *to = pixel_of(canvas, part->x, part->y);
	int32_t y;

	for (y = 0; y < part->height; y++)
		memcpy(to + (size_t)y * canvas->stride, pixels + (size_t)y * stride,
				(size_t)part->width * 4);
}

/* Rows in the order in which none is overwritten before it is read. */
static void copy_part(const struct update *copy, const struct rect *part,
		const struct update_canvas *canvas)
{
	int32_t dx = copy->rects[0].x - copy->from_x, dy = copy->rects[0].y - copy->from_y, i;

	if (rect_is_empty(part))
		return;
	for (i = 0; i < part->height; i++) {
		int32_t y = part->y + (dy > 0 ? part->height - 1 - i : i);

		memmove(pixel_of(canvas, part->x, y), pixel_of(canvas, part->x - dx, y - dy),
				(size_t)part->width * 4);
	}
}

/* The first and the one past the last rectangle of the band that has rectangle `i`. */
static void find_band(const struct region *region, uint32_t i, uint32_t *first, uint32_t *end)
{
	*first = i;
	while (*first > 0 && region->rects[*first - 1].y == region->rects[i].y)
		--*first;
	*end = i + 1;
	while (*end < region->n && region->rects[*end].y == region->rects[i].y)
		++*end;
}

/*
 * A part overwrites the source of parts in the direction of the copy only: of bands
 * further down or up, and in its own band of those to the right or left. So the
 * furthest in that direction comes first.
 */
static void copy_parts(const struct update *copy, const struct region *region,
		const struct rect *inside, const struct update_canvas *canvas)
{
	bool down = copy->rects[0].y > copy->from_y, right = copy->rects[0].x > copy->from_x;
	uint32_t done, first, end, i, n;

	for (done = 0; done < region->n; done += n) {
		find_band(region, down ? region->n - 1 - done : done, &first, &end);
		n = end - first;
		for (i = 0; i < n; i++) {
			uint32_t k = right ? end - 1 - i : first + i;
			struct rect part = rect_intersect(&region->rects[k], inside);

			copy_part(copy, &part, canvas);
		}
	}
}

static void paint_copy(const struct update *copy, const struct region *region,
		const struct update_canvas *canvas)
{
	const struct rect all = { 0, 0, canvas->width, canvas->height };
	struct rect to = rect_intersect(&copy->rects[0], &all);

	if (update_source_fits(copy, canvas->width, canvas->height))
		copy_parts(copy, region, &to, canvas);
}

void update_paint(const struct update *update, const struct region *region,
		const struct update_canvas *canvas)
{
	struct update_canvas c = *canvas;

	if (update->kind == UPDATE_COPY)
		paint_copy(update, region, canvas);
	else
		update_foreach(update, region, canvas->width, canvas->height, put_part, &c);
}
