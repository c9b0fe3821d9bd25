/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The pixels of DMA-BUFs on a GPU that is slower than the processor, because it is one: those
 * of memory, in a copy. While a frame is shown, each block is copied once, at first need. */
#include "pixels/copied-pixels.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gpu/gl-reader.h"
#include "pixels/memory-pixels.h"

struct copied_pixels {
	struct pixels base;
	struct gl_device *device;
	struct gl_reader *reader;
	struct gl_texture texture; /* the scanout, while one is shown */
	struct gl_view view;
	bool shown;
	uint32_t fourcc;                /* of the scanout */
	uint8_t *bytes;                 /* of the copy */
	struct spice_accel_frame *copy; /* the same as a frame */
	uint8_t *copied;                /* blocks of the frame that is shown: 1 or 0 */
	struct pixels *memory;          /* of the copy */
};

static struct copied_pixels *copied(struct pixels *base)
{
	return (struct copied_pixels *)base;
}

static struct pixels *memory(struct pixels *base)
{
	return copied(base)->memory;
}

static bool copied_fits(const struct pixels *base, const struct spice_accel_frame *frame)
{
	return frame->kind == FRAME_DMABUF &&
			frame->fourcc == ((const struct copied_pixels *)base)->fourcc;
}

static int copied_show(struct pixels *base, const struct spice_accel_frame *frame)
{
	struct copied_pixels *c = copied(base);
	int ret;

	if (c->shown)
		gl_texture_finish(c->device, &c->texture);
	c->shown = false;
	if (!frame)
		return 0;
	ret = gl_import_frame(c->device, frame, &c->texture);
	if (ret < 0)
		return ret;
	c->shown = true;
	c->view = gl_view_of(frame);
	memset(c->copied, 0, blocks_count(&base->blocks));
	return c->memory->impl->show(c->memory, c->copy);
}

/* ---- copying -------------------------------------------------------------- */

/* Grows a span by one block. */
static void include(struct tile_span *s, uint32_t x, uint32_t y)
{
	if (s->x0 == s->x1)
		*s = (struct tile_span){ x, y, x + 1, y + 1 };
	s->x0 = x < s->x0 ? x : s->x0;
	s->x1 = x >= s->x1 ? x + 1 : s->x1;
	s->y1 = y >= s->y1 ? y + 1 : s->y1;
}

/* The box around the blocks that are still to be copied: all of the span, or those that are
 * asked for. */
static struct tile_span missing(const struct copied_pixels *c, const struct tile_span *span,
		const uint8_t *ask)
{
	struct tile_span box = { 0 };

	for (uint32_t y = span->y0; y < span->y1; y++)
		for (uint32_t x = span->x0; x < span->x1; x++) {
			size_t i = (size_t)y * c->base.blocks.columns + x;

			if (!c->copied[i] && (!ask || ask[i] != PIXELS_SKIP))
				include(&box, x, y);
		}
	return box;
}

static struct spice_accel_rect pixels_of(const struct blocks *b, const struct tile_span *s)
{
	uint32_t x1 = s->x1 * TILE_BLOCK, y1 = s->y1 * TILE_BLOCK;
	int32_t x = (int32_t)(s->x0 * TILE_BLOCK), y = (int32_t)(s->y0 * TILE_BLOCK);

	return (struct spice_accel_rect){ x, y,
		(int32_t)(x1 < b->width ? x1 : b->width) - x,
		(int32_t)(y1 < b->height ? y1 : b->height) - y };
}

/* Blocks that were copied before are copied again where they lie between: the frame may have
 * changed, and each reading is as good as the other. */
static int copy_blocks(struct copied_pixels *c, const struct tile_span *span, const uint8_t *ask)
{
	const struct tile_span box = missing(c, span, ask);
	const struct spice_accel_rect r = pixels_of(&c->base.blocks, &box);
	size_t stride = (size_t)c->base.blocks.width * 4;
	int ret;

	if (box.x0 == box.x1)
		return 0;
	ret = gl_reader_read(c->reader, &c->texture, &c->view, &r,
			c->bytes + (size_t)r.y * stride + (size_t)r.x * 4, stride);
	if (ret < 0)
		return ret;
	c->base.read_bytes += (uint64_t)r.width * (uint64_t)r.height * 4;
	for (uint32_t y = box.y0; y < box.y1; y++)
		memset(c->copied + (size_t)y * c->base.blocks.columns + box.x0, 1,
				box.x1 - box.x0);
	return 0;
}

static int copy_rect(struct copied_pixels *c, const struct spice_accel_rect *rect)
{
	struct tile_span span = blocks_touched(&c->base.blocks, rect);

	return copy_blocks(c, &span, NULL);
}

/* ---- the functions of pixels ---------------------------------------------- */

static int copied_changed(struct pixels *base, const struct tile_span *span, const uint8_t *ask,
		uint8_t *answer)
{
	int ret = copy_blocks(copied(base), span, ask);

	return ret < 0 ? ret : memory(base)->impl->changed(memory(base), span, ask, answer);
}

static int copied_take(struct pixels *base, const struct spice_accel_rect *rects, unsigned n,
		uint8_t *bgr)
{
	int ret = 0;

	for (unsigned i = 0; i < n && ret == 0; i++)
		ret = copy_rect(copied(base), &rects[i]);
	return ret < 0 ? ret : memory(base)->impl->take(memory(base), rects, n, bgr);
}

static int copied_remember(struct pixels *base, const struct spice_accel_rect *rect)
{
	int ret = copy_rect(copied(base), rect);

	return ret < 0 ? ret : memory(base)->impl->remember(memory(base), rect);
}

static int copied_copy(struct pixels *base, const struct spice_accel_rect *to, int32_t dx,
		int32_t dy)
{
	return memory(base)->impl->copy(memory(base), to, dx, dy);
}

static int copied_find_move(struct pixels *base, const uint8_t *known,
		const struct spice_accel_rect *rect, const struct spice_accel_rect *before,
		struct move *move, uint8_t *same)
{
	int ret = copy_rect(copied(base), rect);

	return ret < 0 ? ret : memory(base)->impl->find_move(memory(base), known, rect, before,
			move, same);
}

/* ---- life ----------------------------------------------------------------- */

static void copied_destroy(struct pixels *base)
{
	struct copied_pixels *c = copied(base);

	copied_show(base, NULL);
	pixels_destroy(c->memory);
	spice_accel_frame_unref(c->copy);
	gl_reader_destroy(c->reader);
	free(c->bytes);
	free(c->copied);
	free(c);
}

static const struct pixels_impl copied_impl = {
	.fits = copied_fits,
	.show = copied_show,
	.changed = copied_changed,
	.take = copied_take,
	.remember = copied_remember,
	.copy = copied_copy,
	.find_move = copied_find_move,
	.destroy = copied_destroy,
};

static int make_copy(struct copied_pixels *c)
{
	struct spice_accel_memory_params params = {
		.size = sizeof params,
		.width = c->base.blocks.width,
		.height = c->base.blocks.height,
		.fourcc = gl_reader_fourcc(c->reader),
		.stride = (int32_t)c->base.blocks.width * 4,
	};
	int ret;

	c->copied = calloc(blocks_count(&c->base.blocks), 1);
	c->bytes = calloc(params.height, (size_t)params.width * 4);
	if (!c->copied || !c->bytes)
		return -ENOMEM;
	params.data = c->bytes;
	ret = spice_accel_frame_create_memory(&c->copy, &params);
	return ret < 0 ? ret : memory_pixels_create(&c->memory, c->copy);
}

int copied_pixels_create(struct pixels **out, struct gl_device *device,
		const struct spice_accel_frame *frame)
{
	struct copied_pixels *c = calloc(1, sizeof *c);
	int ret;

	if (!c)
		return -ENOMEM;
	c->base.impl = &copied_impl;
	c->base.blocks = blocks_of(frame->width, frame->height);
	c->device = device;
	c->fourcc = frame->fourcc;
	ret = gl_reader_create(&c->reader, device, frame->fourcc);
	if (ret == 0)
		ret = make_copy(c);
	if (ret < 0) {
		copied_destroy(&c->base);
		return ret;
	}
	*out = &c->base;
	return 0;
}
