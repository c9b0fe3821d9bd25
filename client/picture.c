/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "picture.h"

struct picture *picture_new(GstBuffer *buffer, const GstVideoInfo *info)
{
	struct picture *picture = g_new0(struct picture, 1);

	g_atomic_ref_count_init(&picture->refs);
	if (!gst_video_frame_map(&picture->frame, info, buffer, GST_MAP_READ)) {
		g_free(picture);
		return NULL;
	}
	return picture;
}

struct picture *picture_ref(struct picture *picture)
{
	g_atomic_ref_count_inc(&picture->refs);
	return picture;
}

void picture_unref(struct picture *picture)
{
	if (!picture || !g_atomic_ref_count_dec(&picture->refs))
		return;
	gst_video_frame_unmap(&picture->frame);
	g_free(picture);
}

cairo_region_t *picture_damage(const struct picture *picture)
{
	const cairo_rectangle_int_t all = {
		0, 0, GST_VIDEO_FRAME_WIDTH(&picture->frame), GST_VIDEO_FRAME_HEIGHT(&picture->frame)
	};
	const uint8_t whole = OSVDI_FRAME_KEY | OSVDI_FRAME_FULL | OSVDI_FRAME_REFINED;
	const struct osvdi_frame_info *info = &picture->info;
	cairo_region_t *region;
	unsigned i;

	if (!picture->has_info || (info->flags & whole && !(info->flags & OSVDI_FRAME_PARTIAL)))
		return cairo_region_create_rectangle(&all);
	region = cairo_region_create();
	for (i = 0; i < info->n_rects; i++) {
		cairo_rectangle_int_t r = {
			info->rects[i].x, info->rects[i].y, info->rects[i].width, info->rects[i].height
		};
		cairo_region_union_rectangle(region, &r);
	}
	cairo_region_intersect_rectangle(region, &all);
	return region;
}
