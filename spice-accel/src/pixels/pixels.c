/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "pixels/pixels.h"

#include <errno.h>

#include "frame/frame.h"
#include "pixels/mapped-pixels.h"
#include "pixels/memory-pixels.h"

int pixels_create(struct pixels **out, const struct spice_accel_frame *frame)
{
	return frame->kind == FRAME_MEMORY ? memory_pixels_create(out, frame) :
			mapped_pixels_create(out, frame);
}

void pixels_destroy(struct pixels *p)
{
	if (p)
		p->impl->destroy(p);
}

bool pixels_fits(const struct pixels *p, const struct spice_accel_frame *frame)
{
	return p && p->blocks.width == frame->width && p->blocks.height == frame->height &&
			p->impl->fits(p, frame);
}

/* Keeps the first error. */
static int note(struct pixels *p, int ret)
{
	if (ret < 0 && !p->error)
		p->error = ret;
	return ret;
}

int pixels_show(struct pixels *p, const struct spice_accel_frame *frame)
{
	return note(p, p->impl->show(p, frame));
}

int pixels_error(const struct pixels *p)
{
	return p->error;
}

int pixels_changed(struct pixels *p, const struct tile_span *span, const uint8_t *ask,
		uint8_t *answer)
{
	return note(p, p->impl->changed(p, span, ask, answer));
}

static bool is_outside(const struct blocks *b, const struct spice_accel_rect *r)
{
	return r->x < 0 || r->y < 0 || r->width <= 0 || r->height <= 0 ||
			(int64_t)r->x + r->width > b->width ||
			(int64_t)r->y + r->height > b->height;
}

int pixels_take(struct pixels *p, const struct spice_accel_rect *rects, unsigned n, uint8_t *bgr)
{
	for (unsigned i = 0; i < n; i++)
		if (is_outside(&p->blocks, &rects[i]))
			return -EINVAL;
	return note(p, p->impl->take(p, rects, n, bgr));
}

int pixels_remember(struct pixels *p, const struct spice_accel_rect *rect)
{
	return note(p, p->impl->remember(p, rect));
}

int pixels_copy(struct pixels *p, const struct spice_accel_rect *to, int32_t dx, int32_t dy)
{
	return note(p, p->impl->copy(p, to, dx, dy));
}

int pixels_find_move(struct pixels *p, const uint8_t *known, const struct spice_accel_rect *rect,
		const struct spice_accel_rect *before, struct move *move, uint8_t *same)
{
	int ret = p->impl->find_move(p, known, rect, before, move, same);

	return ret == -ENOMEM ? ret : note(p, ret);
}
