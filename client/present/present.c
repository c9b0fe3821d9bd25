/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "present/present.h"

void presenter_destroy(struct presenter *presenter)
{
	if (presenter)
		presenter->impl->destroy(presenter);
}

void presenter_show(
		struct presenter *presenter, struct picture *picture, const cairo_region_t *damage)
{
	presenter->impl->show(presenter, picture, damage);
}

void presenter_put(struct presenter *presenter, const struct update *update,
		const struct region *region)
{
	presenter->impl->put(presenter, update, region);
}

void presenter_place(struct presenter *presenter, const cairo_rectangle_int_t *rect)
{
	presenter->impl->place(presenter, rect);
}

void presenter_still(struct presenter *presenter, cairo_surface_t *surface)
{
	presenter->impl->still(presenter, surface);
}

void presenter_hide(struct presenter *presenter)
{
	presenter->impl->hide(presenter);
}

cairo_surface_t *presenter_snapshot(struct presenter *presenter)
{
	return presenter->impl->snapshot(presenter);
}

struct memory_caps *presenter_get_memory_caps(struct presenter *presenter)
{
	return presenter->impl->get_memory_caps ? presenter->impl->get_memory_caps(presenter) :
						  NULL;
}
