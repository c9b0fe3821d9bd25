/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "pixels/pixels.h"

#include <errno.h>

#include "frame/frame.h"
#include "pixels/memory-pixels.h"

bool pixels_available(const struct spice_accel_frame *frame)
{
	return frame->kind == FRAME_MEMORY;
}

int pixels_create(struct pixels **out, const struct spice_accel_frame *frame)
{
	return pixels_available(frame) ? memory_pixels_create(out, frame) : -ENOTSUP;
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

void pixels_show(struct pixels *p, const struct spice_accel_frame *frame)
{
	p->impl->show(p, frame);
}

void pixels_changed(struct pixels *p, const struct tile_span *span, const uint8_t *ask,
		uint8_t *answer)
{
	p->impl->changed(p, span, ask, answer);
}

int pixels_read(const struct pixels *p, const struct spice_accel_rect *rect, uint8_t *bgr)
{
	return p->impl->read(p, rect, bgr);
}

void pixels_remember(struct pixels *p, const struct spice_accel_rect *rect)
{
	p->impl->remember(p, rect);
}

void pixels_copy(struct pixels *p, const struct spice_accel_rect *to, int32_t dx, int32_t dy)
{
	p->impl->copy(p, to, dx, dy);
}

int pixels_find_move(const struct pixels *p, const uint8_t *known,
		const struct spice_accel_rect *rect, const struct spice_accel_rect *before,
		struct move *move, uint8_t *same)
{
	return p->impl->find_move ? p->impl->find_move(p, known, rect, before, move, same) : 0;
}
