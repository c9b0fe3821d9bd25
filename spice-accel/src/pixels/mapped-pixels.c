/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The pixels of DMA-BUFs that the processor can map: those of memory, while a frame is
 * shown. */
#include "pixels/mapped-pixels.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pixels/dmabuf-map.h"
#include "pixels/memory-pixels.h"

struct mapped_pixels {
	struct pixels base;
	struct pixels *memory;
	struct dmabuf_map map;
	uint32_t fourcc;
};

static struct mapped_pixels *mapped(struct pixels *base)
{
	return (struct mapped_pixels *)base;
}

static struct pixels *memory(struct pixels *base)
{
	return mapped(base)->memory;
}

/* Takes over what the memory's pixels counted. */
static void settle(struct mapped_pixels *m)
{
	m->base.read_bytes = m->memory->read_bytes;
}

static bool mapped_fits(const struct pixels *base, const struct spice_accel_frame *frame)
{
	return frame->kind == FRAME_DMABUF &&
			frame->fourcc == ((const struct mapped_pixels *)base)->fourcc;
}

static int mapped_show(struct pixels *base, const struct spice_accel_frame *frame)
{
	struct mapped_pixels *m = mapped(base);
	int ret;

	dmabuf_unmap(&m->map);
	if (!frame)
		return 0;
	ret = dmabuf_map(&m->map, frame);
	return ret < 0 ? ret : m->memory->impl->show(m->memory, m->map.memory);
}

static int mapped_changed(struct pixels *base, const struct tile_span *span, const uint8_t *ask,
		uint8_t *answer)
{
	int ret = memory(base)->impl->changed(memory(base), span, ask, answer);

	settle(mapped(base));
	return ret;
}

static int mapped_take(struct pixels *base, const struct spice_accel_rect *rects, unsigned n,
		uint8_t *bgr)
{
	int ret = memory(base)->impl->take(memory(base), rects, n, bgr);

	settle(mapped(base));
	return ret;
}

static int mapped_remember(struct pixels *base, const struct spice_accel_rect *rect)
{
	int ret = memory(base)->impl->remember(memory(base), rect);

	settle(mapped(base));
	return ret;
}

static int mapped_copy(struct pixels *base, const struct spice_accel_rect *to, int32_t dx,
		int32_t dy)
{
	return memory(base)->impl->copy(memory(base), to, dx, dy);
}

static int mapped_find_move(struct pixels *base, const uint8_t *known,
		const struct spice_accel_rect *rect, const struct spice_accel_rect *before,
		struct move *move, uint8_t *same)
{
	int ret = memory(base)->impl->find_move(memory(base), known, rect, before, move, same);

	settle(mapped(base));
	return ret;
}

static void mapped_destroy(struct pixels *base)
{
	struct mapped_pixels *m = mapped(base);

	dmabuf_unmap(&m->map);
	m->memory->impl->destroy(m->memory);
	free(m);
}

static const struct pixels_impl mapped_impl = {
	.fits = mapped_fits,
	.show = mapped_show,
	.changed = mapped_changed,
	.take = mapped_take,
	.remember = mapped_remember,
	.copy = mapped_copy,
	.find_move = mapped_find_move,
	.destroy = mapped_destroy,
};

int mapped_pixels_create(struct pixels **out, const struct spice_accel_frame *frame)
{
	struct mapped_pixels *m = calloc(1, sizeof *m);
	int ret = m ? dmabuf_map(&m->map, frame) : -ENOMEM;

	if (ret == 0)
		ret = memory_pixels_create(&m->memory, m->map.memory);
	if (ret < 0) {
		if (m)
			dmabuf_unmap(&m->map);
		free(m);
		return ret;
	}
	dmabuf_unmap(&m->map);
	m->base.impl = &mapped_impl;
	m->base.blocks = m->memory->blocks;
	m->fourcc = frame->fourcc;
	*out = &m->base;
	return 0;
}
