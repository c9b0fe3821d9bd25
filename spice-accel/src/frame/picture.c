/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "frame/picture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ALIGNMENT 64u /* a cache line, and what libyuv's widest loads like */

static size_t align(size_t n)
{
	return (n + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

int picture_init(struct picture *picture, enum picture_format format, uint32_t width,
		uint32_t height)
{
	size_t stride = align(width), chroma = align(width / 2);
	size_t luma_bytes = stride * height, chroma_bytes;

	memset(picture, 0, sizeof *picture);
	if (!width || !height || width % 2 || height % 2)
		return -EINVAL;
	if (format == PICTURE_NV12)
		chroma = stride;
	chroma_bytes = chroma * (height / 2);
	picture->buffer = aligned_alloc(ALIGNMENT, align(luma_bytes + 2 * chroma_bytes));
	if (!picture->buffer)
		return -ENOMEM;
	picture->format = format;
	picture->width = width;
	picture->height = height;
	picture->plane[0] = picture->buffer;
	picture->plane[1] = picture->plane[0] + luma_bytes;
	picture->plane[2] = format == PICTURE_J420 ? picture->plane[1] + chroma_bytes : NULL;
	picture->stride[0] = (int)stride;
	picture->stride[1] = (int)chroma;
	picture->stride[2] = format == PICTURE_J420 ? (int)chroma : 0;
	memset(picture->plane[0], format == PICTURE_NV12 ? 16 : 0, luma_bytes);
	memset(picture->plane[1], 128, 2 * chroma_bytes);
	return 0;
}

void picture_finish(struct picture *picture)
{
	free(picture->buffer);
	memset(picture, 0, sizeof *picture);
}
