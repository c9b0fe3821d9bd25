/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gpu/va-convert.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <va/va_vpp.h>

int va_converter_init(struct va_device *device, struct va_converter *converter)
{
	VAStatus status;

	if (!device->has_vpp)
		return -ENOTSUP;
	status = vaCreateConfig(device->display, VAProfileNone, VAEntrypointVideoProc, NULL, 0,
			&converter->config);
	if (status != VA_STATUS_SUCCESS)
		return va_error(device, status, "the video processor's configuration");
	status = vaCreateContext(device->display, converter->config, 0, 0, 0, NULL, 0,
			&converter->context);
	if (status != VA_STATUS_SUCCESS) {
		vaDestroyConfig(device->display, converter->config);
		return va_error(device, status, "the video processor's context");
	}
	converter->ready = true;
	return 0;
}

void va_converter_finish(struct va_device *device, struct va_converter *converter)
{
	if (!converter->ready)
		return;
	vaDestroyContext(device->display, converter->context);
	vaDestroyConfig(device->display, converter->config);
	converter->ready = false;
}

/* Even where the buffer has the pixels, as 4:2:0 needs. */
static uint32_t even_extent(uint32_t start, uint32_t extent, uint32_t backing)
{
	return extent % 2 && start + extent < backing ? extent + 1 : extent;
}

int va_convert(struct va_device *device, struct va_converter *converter, VASurfaceID source,
		const struct spice_accel_frame *frame, VASurfaceID target)
{
	const struct spice_accel_dmabuf_params *d = &frame->dmabuf;
	uint32_t width = even_extent(d->x, frame->width, d->backing_width);
	uint32_t height = even_extent(d->y, frame->height, d->backing_height);
	VARectangle from = { .x = (int16_t)d->x, .y = (int16_t)d->y, .width = (uint16_t)width,
		.height = (uint16_t)height };
	VARectangle to = { .width = (uint16_t)width, .height = (uint16_t)height };
	VAProcPipelineParameterBuffer p = {
		.surface = source,
		.surface_region = &from,
		.output_region = &to,
		.surface_color_standard = VAProcColorStandardBT601,
		.output_color_standard = VAProcColorStandardBT601,
		.output_background_color = 0xff000000,
		.filter_flags = VA_FRAME_PICTURE | VA_FILTER_INTERPOLATION_NEAREST_NEIGHBOR,
		.mirror_state = d->y_flip ? VA_MIRROR_VERTICAL : VA_MIRROR_NONE,
	};
	VAStatus status, end;
	VABufferID buffer;

	p.output_color_properties.color_range = VA_SOURCE_RANGE_REDUCED;
	if (d->y_flip && !device->vpp_flip) {
		snprintf(device->failure, sizeof device->failure,
				"%s: the video processor turns nothing upside down", device->node);
		return -ENOTSUP;
	}
	status = vaCreateBuffer(device->display, converter->context,
			VAProcPipelineParameterBufferType, sizeof p, 1, &p, &buffer);
	if (status != VA_STATUS_SUCCESS)
		return va_error(device, status, "conversion parameters");
	status = vaBeginPicture(device->display, converter->context, target);
	if (status == VA_STATUS_SUCCESS) {
		status = vaRenderPicture(device->display, converter->context, &buffer, 1);
		end = vaEndPicture(device->display, converter->context);
		if (status == VA_STATUS_SUCCESS)
			status = end;
	}
	vaDestroyBuffer(device->display, buffer);
	return status == VA_STATUS_SUCCESS ? 0 : va_error(device, status, "conversion");
}

static void copy_rows(uint8_t *map, const VAImage *image, const struct picture *picture,
		uint32_t y, uint32_t rows)
{
	for (uint32_t i = y; i < y + rows; i++)
		memcpy(map + image->offsets[0] + (size_t)i * image->pitches[0],
				picture->plane[0] + (size_t)i * (size_t)picture->stride[0],
				picture->width);
	for (uint32_t i = y / 2; i < (y + rows + 1) / 2; i++)
		memcpy(map + image->offsets[1] + (size_t)i * image->pitches[1],
				picture->plane[1] + (size_t)i * (size_t)picture->stride[1],
				picture->width);
}

static VAStatus write_image(struct va_device *device, const VAImage *image,
		const struct picture *picture, const struct damage *damage)
{
	void *map;
	VAStatus status = vaMapBuffer(device->display, image->buf, &map);

	if (status != VA_STATUS_SUCCESS)
		return status;
	if (!damage)
		copy_rows(map, image, picture, 0, picture->height);
	for (unsigned i = 0; damage && i < damage->n; i++) {
		uint32_t y = (uint32_t)damage->rects[i].y & ~1u;
		uint32_t end = ((uint32_t)(damage->rects[i].y + damage->rects[i].height) + 1) & ~1u;

		if (end > picture->height)
			end = picture->height;
		copy_rows(map, image, picture, y, end - y);
	}
	return vaUnmapBuffer(device->display, image->buf);
}

static bool fits(const VAImage *image, const struct picture *picture)
{
	return image->format.fourcc == VA_FOURCC_NV12 && image->width >= picture->width &&
			image->height >= picture->height;
}

/* Drivers that cannot map a surface take an image. */
static VAStatus put_image(struct va_device *device, VASurfaceID target,
		const struct picture *picture)
{
	VAImageFormat format = { .fourcc = VA_FOURCC_NV12, .byte_order = VA_LSB_FIRST,
		.bits_per_pixel = 12 };
	VAImage image;
	VAStatus status = vaCreateImage(device->display, &format, (int)picture->width,
			(int)picture->height, &image);

	if (status != VA_STATUS_SUCCESS)
		return status;
	status = fits(&image, picture) ? write_image(device, &image, picture, NULL) :
			VA_STATUS_ERROR_INVALID_IMAGE_FORMAT;
	if (status == VA_STATUS_SUCCESS)
		status = vaPutImage(device->display, target, image.image_id, 0, 0, picture->width,
				picture->height, 0, 0, picture->width, picture->height);
	vaDestroyImage(device->display, image.image_id);
	return status;
}

int va_upload(struct va_device *device, VASurfaceID target, const struct picture *picture,
		const struct damage *damage)
{
	VAImage image;
	VAStatus status = vaDeriveImage(device->display, target, &image);

	if (status == VA_STATUS_SUCCESS) {
		status = fits(&image, picture) ? write_image(device, &image, picture, damage) :
				VA_STATUS_ERROR_INVALID_IMAGE_FORMAT;
		vaDestroyImage(device->display, image.image_id);
	}
	if (status != VA_STATUS_SUCCESS)
		status = put_image(device, target, picture);
	return status == VA_STATUS_SUCCESS ? 0 : va_error(device, status, "upload of a picture");
}
