/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <osvdi-common/drawing.h>

#include <osvdi-accel-protocol.h>
#include <osvdi-common/lz.h>
#include <osvdi-common/memory.h>

/* Numbers of SPICE's protocol. */
enum {
	MSG_COPY_BITS = 104,
	MSG_FIRST_DRAW = 302,
	MSG_DRAW_FILL = 302,
	MSG_DRAW_COPY = 304,
	MSG_DRAW_BLACKNESS = 306,
	MSG_DRAW_WHITENESS = 307,
	MSG_LAST_DRAW = 313,
	MSG_SURFACE_CREATE = 314,
	MSG_SURFACE_DESTROY = 315,
	MSG_DRAW_COMPOSITE = 318,
};
enum { FORMAT_32_XRGB = 32, FORMAT_32_ARGB = 96 };
enum { IMAGE_BITMAP = 0, IMAGE_LZ_RGB = 101 };
enum { BITMAP_24 = 7, BITMAP_32 = 8, BITMAP_RGBA = 9 };
#define BITMAP_PALETTE_FROM_CACHE 2u
#define BITMAP_TOP_DOWN 4u
#define CLIP_RECTS 1u
#define BRUSH_SOLID 1u
#define ROP_PUT 8u
#define IMAGE_HEADER_SIZE 18u /* id, type, flags, width, height */
#define MAX_EDGE 16384u
#define MAX_PIXELS (1u << 25)

/* A message; what is read behind its end is 0 and noted. */
struct reader {
	const uint8_t *data;
	size_t size, at;
	bool bad;
};

/* Pixels as a picture has them. */
struct image {
	uint8_t *pixels;
	int32_t width, height;
};

static const uint8_t *take(struct reader *r, size_t n)
{
	static const uint8_t zeros[8];

	if (r->bad || n > r->size - r->at) {
		r->bad = true;
		return zeros;
	}
	r->at += n;
	return r->data + r->at - n;
}

static uint32_t take8(struct reader *r)
{
	return *take(r, 1);
}

static uint32_t take16(struct reader *r)
{
	const uint8_t *p = take(r, 2);

	return p[0] | (uint32_t)p[1] << 8;
}

static uint32_t take32(struct reader *r)
{
	return osvdi_get32(take(r, 4));
}

/* A coordinate that no picture has makes the message bad. */
static int32_t take_place(struct reader *r)
{
	int32_t value = (int32_t)take32(r);

	if (value < -(1 << 24) || value > 1 << 24) {
		r->bad = true;
		return 0;
	}
	return value;
}

static struct rect take_rect(struct reader *r)
{
	int32_t top = take_place(r), left = take_place(r);
	int32_t bottom = take_place(r), right = take_place(r);

	if (bottom < top || right < left)
		r->bad = true;
	return (struct rect){ left, top, r->bad ? 0 : right - left, r->bad ? 0 : bottom - top };
}

void drawing_finish(struct drawing *drawing)
{
	free(drawing->pixels);
	region_finish(&drawing->damage);
	memset(drawing, 0, sizeof *drawing);
}

/* ---- surfaces ---------------------------------------------------------------- */

static enum drawing_result create(struct drawing *drawing, struct reader *r)
{
	uint32_t surface = take32(r), width = take32(r), height = take32(r), format = take32(r);
	struct rect all;

	if (r->bad || !width || !height)
		return DRAWING_DAMAGED;
	if (surface)
		return DRAWING_DONE; /* what is drawn there is not seen */
	if (width > MAX_EDGE || height > MAX_EDGE || width * height > MAX_PIXELS)
		return DRAWING_DAMAGED;
	if (format != FORMAT_32_XRGB && format != FORMAT_32_ARGB)
		return DRAWING_UNKNOWN;
	drawing_finish(drawing);
	drawing->pixels = calloc((size_t)width * height, 4);
	if (!drawing->pixels)
		return DRAWING_MEMORY;
	drawing->width = (int32_t)width;
	drawing->height = (int32_t)height;
	all = (struct rect){ 0, 0, drawing->width, drawing->height };
	return region_set(&drawing->damage, &all) ? DRAWING_DONE : DRAWING_MEMORY;
}

/* ---- images ------------------------------------------------------------------ */

static enum drawing_result make_image(struct image *image, uint32_t width, uint32_t height)
{
	if (!width || !height || width > MAX_EDGE || height > MAX_EDGE ||
			width * height > MAX_PIXELS)
		return DRAWING_DAMAGED;
	image->width = (int32_t)width;
	image->height = (int32_t)height;
	image->pixels = malloc((size_t)width * height * 4);
	return image->pixels ? DRAWING_DONE : DRAWING_MEMORY;
}

static void turn_over(struct image *image)
{
	size_t stride = 4 * (size_t)image->width, at;
	uint8_t *top = image->pixels, *bottom = top + stride * ((size_t)image->height - 1);

	for (; top < bottom; top += stride, bottom -= stride)
		for (at = 0; at < stride; at++) {
			uint8_t byte = top[at];

			top[at] = bottom[at];
			bottom[at] = byte;
		}
}

static enum drawing_result read_bitmap(struct image *image, struct reader *r)
{
	uint32_t format = take8(r), flags = take8(r);
	uint32_t width = take32(r), height = take32(r), stride = take32(r);
	size_t pixel = format == BITMAP_24 ? 3 : 4, x, y;
	enum drawing_result result;
	const uint8_t *rows;

	take(r, flags & BITMAP_PALETTE_FROM_CACHE ? 8 : 4);
	if (!r->bad && format != BITMAP_24 && format != BITMAP_32 && format != BITMAP_RGBA)
		return DRAWING_UNKNOWN;
	if (r->bad || width > MAX_EDGE || height > MAX_EDGE || stride < width * pixel ||
			(height && stride > (r->size - r->at) / height))
		return DRAWING_DAMAGED;
	rows = take(r, (size_t)stride * height);
	result = make_image(image, width, height);
	if (result != DRAWING_DONE)
		return result;
	for (y = 0; y < height; y++)
		for (x = 0; x < width; x++)
			memcpy(image->pixels + 4 * (y * width + x), rows + y * stride + x * pixel,
					3);
	if (!(flags & BITMAP_TOP_DOWN))
		turn_over(image);
	return DRAWING_DONE;
}

static enum drawing_result read_lz(struct image *image, struct reader *r)
{
	uint32_t size = take32(r);
	const uint8_t *data = take(r, size);
	struct lz_header header;
	enum drawing_result result;

	if (r->bad)
		return DRAWING_DAMAGED;
	if (!lz_read_header(&header, data, size))
		return DRAWING_UNKNOWN;
	result = make_image(image, (uint32_t)header.width, (uint32_t)header.height);
	if (result != DRAWING_DONE)
		return result;
	if (!lz_decode(image->pixels, &header, data + LZ_HEADER_SIZE, size - LZ_HEADER_SIZE))
		return DRAWING_DAMAGED;
	if (!header.top_down)
		turn_over(image);
	return DRAWING_DONE;
}

static enum drawing_result read_image(struct image *image, const struct reader *message, size_t at)
{
	struct reader r = *message;
	uint32_t type;

	if (at > r.size || r.size - at < IMAGE_HEADER_SIZE)
		return DRAWING_DAMAGED;
	type = r.data[at + 8];
	r.at = at + IMAGE_HEADER_SIZE;
	if (type == IMAGE_BITMAP)
		return read_bitmap(image, &r);
	return type == IMAGE_LZ_RGB ? read_lz(image, &r) : DRAWING_UNKNOWN;
}

/* ---- drawing ------------------------------------------------------------------ */

/* The place to draw on: the box without what is clipped. False: no memory. */
static bool take_base(struct reader *r, const struct drawing *drawing, uint32_t *surface,
		struct rect *box, struct region *where)
{
	struct rect all = { 0, 0, drawing->width, drawing->height }, seen;
	uint32_t n, i;

	*surface = take32(r);
	*box = take_rect(r);
	seen = rect_intersect(&all, box);
	if (take8(r) != CLIP_RECTS)
		return region_set(where, &seen);
	n = take32(r);
	for (i = 0; i < n && !r->bad; i++) {
		struct rect clip = take_rect(r), part = rect_intersect(&clip, &seen);

		if (!r->bad && !rect_is_empty(&part) && !region_add_rect(where, &part))
			return false;
	}
	return true;
}

/* Whether it is drawn as it is, without a mask. */
static bool take_plain(struct reader *r, bool scaled)
{
	bool plain = take16(r) == ROP_PUT;

	if (scaled)
		take8(r); /* how */
	take8(r);
	take(r, 8);
	return take32(r) == 0 && plain;
}

static uint8_t *pixel(const struct drawing *drawing, int32_t x, int32_t y)
{
	return drawing->pixels + 4 * ((size_t)y * (size_t)drawing->width + (size_t)x);
}

static void fill(struct drawing *drawing, const struct region *where, uint32_t colour)
{
	uint8_t bytes[4];
	uint32_t i;

	osvdi_put32(bytes, colour & 0xffffff);
	for (i = 0; i < where->n; i++) {
		const struct rect *rect = &where->rects[i];
		int32_t x, y;

		for (y = rect->y; y < rect->y + rect->height; y++)
			for (x = rect->x; x < rect->x + rect->width; x++)
				memcpy(pixel(drawing, x, y), bytes, sizeof bytes);
	}
}

static enum drawing_result draw_fill(
		struct drawing *drawing, struct reader *r, const struct region *where)
{
	uint32_t brush = take8(r), colour = brush == BRUSH_SOLID ? take32(r) : 0;
	bool plain = brush == BRUSH_SOLID && take_plain(r, false);

	if (r->bad)
		return DRAWING_DAMAGED;
	if (!plain)
		return DRAWING_UNKNOWN;
	fill(drawing, where, colour);
	return DRAWING_DONE;
}

static const uint8_t *pixel_of(const struct image *image, int32_t x, int32_t y)
{
	return image->pixels + 4 * ((size_t)y * (size_t)image->width + (size_t)x);
}

static void put(struct drawing *drawing, const struct region *where, const struct image *image,
		int32_t dx, int32_t dy)
{
	uint32_t i;
	int32_t y;

	for (i = 0; i < where->n; i++) {
		const struct rect *rect = &where->rects[i];

		for (y = rect->y; y < rect->y + rect->height; y++)
			memcpy(pixel(drawing, rect->x, y), pixel_of(image, rect->x + dx, y + dy),
					4 * (size_t)rect->width);
	}
}

static enum drawing_result draw_copy(struct drawing *drawing, struct reader *r,
		const struct rect *box, const struct region *where)
{
	size_t at = take32(r);
	struct rect from = take_rect(r);
	bool plain = take_plain(r, true);
	struct image image = { 0 };
	enum drawing_result result;

	if (r->bad)
		return DRAWING_DAMAGED;
	if (!plain || from.width != box->width || from.height != box->height)
		return DRAWING_UNKNOWN;
	result = read_image(&image, r, at);
	if (result == DRAWING_DONE &&
			(from.x < 0 || from.y < 0 || from.x + from.width > image.width ||
					from.y + from.height > image.height))
		result = DRAWING_DAMAGED;
	if (result == DRAWING_DONE)
		put(drawing, where, &image, from.x - box->x, from.y - box->y);
	free(image.pixels);
	return result;
}

/* Rows in the order in which none is overwritten before it was read. */
static void move_rect(struct drawing *drawing, const struct rect *to, int32_t dx, int32_t dy)
{
	int32_t step = dy < 0 ? -1 : 1, y = step < 0 ? to->y + to->height - 1 : to->y, i;

	for (i = 0; i < to->height; i++, y += step)
		memmove(pixel(drawing, to->x, y), pixel(drawing, to->x + dx, y + dy),
				4 * (size_t)to->width);
}

static enum drawing_result copy_bits(struct drawing *drawing, struct reader *r,
		const struct rect *box, const struct region *where)
{
	int32_t dx = take_place(r) - box->x, dy = take_place(r) - box->y;
	struct rect all = { 0, 0, drawing->width, drawing->height }, from = *box, seen;

	if (r->bad)
		return DRAWING_DAMAGED;
	if (where->n > 1)
		return DRAWING_UNKNOWN; /* parts that would overwrite each other */
	if (!where->n)
		return DRAWING_DONE;
	from = where->rects[0];
	from.x += dx;
	from.y += dy;
	seen = rect_intersect(&all, &from);
	if (memcmp(&seen, &from, sizeof seen) != 0)
		return DRAWING_DAMAGED;
	move_rect(drawing, &where->rects[0], dx, dy);
	return DRAWING_DONE;
}

static enum drawing_result draw_on(struct drawing *drawing, uint32_t type, struct reader *r,
		const struct rect *box, const struct region *where)
{
	switch (type) {
	case MSG_COPY_BITS: return copy_bits(drawing, r, box, where);
	case MSG_DRAW_FILL: return draw_fill(drawing, r, where);
	case MSG_DRAW_COPY: return draw_copy(drawing, r, box, where);
	case MSG_DRAW_BLACKNESS:
	case MSG_DRAW_WHITENESS:
		fill(drawing, where, type == MSG_DRAW_WHITENESS ? 0xffffff : 0);
		return DRAWING_DONE;
	default: return DRAWING_UNKNOWN;
	}
}

static enum drawing_result draw(struct drawing *drawing, uint32_t type, struct reader *r)
{
	struct region where = { 0 };
	enum drawing_result result = DRAWING_MEMORY;
	uint32_t surface;
	struct rect box;

	if (!take_base(r, drawing, &surface, &box, &where))
		goto out;
	result = DRAWING_DAMAGED;
	if (r->bad)
		goto out;
	result = DRAWING_DONE;
	if (surface)
		goto out;
	result = drawing->pixels ? draw_on(drawing, type, r, &box, &where) : DRAWING_DAMAGED;
	if (result == DRAWING_DONE && !region_add(&drawing->damage, &where))
		result = DRAWING_MEMORY;
out:
	region_finish(&where);
	return result;
}

enum drawing_result drawing_take(
		struct drawing *drawing, uint32_t type, const uint8_t *payload, size_t size)
{
	struct reader r = { payload, size, 0, false };

	if (type == MSG_SURFACE_CREATE)
		return create(drawing, &r);
	if (type == MSG_SURFACE_DESTROY) {
		uint32_t surface = take32(&r);

		if (!r.bad && !surface)
			drawing_finish(drawing);
		return r.bad ? DRAWING_DAMAGED : DRAWING_DONE;
	}
	if (type == MSG_COPY_BITS || (type >= MSG_FIRST_DRAW && type <= MSG_LAST_DRAW) ||
			type == MSG_DRAW_COMPOSITE)
		return draw(drawing, type, &r);
	return DRAWING_OTHER;
}
