/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include <drm_fourcc.h>

#include "bo.h"
#include "counters.h"
#include "engine.h"
#include "surface.h"

#define IMAGE(driver, id) ((struct image *)heap_get(&(driver)->heap, id, OBJECT_IMAGE))

static void image_destroy(struct object *object)
{
	free(object);
}

static struct image *image_new(struct driver *driver, const struct pixel_format *format,
		uint32_t width, uint32_t height)
{
	struct image *image = calloc(1, sizeof(*image));

	if (!image)
		return NULL;
	if (heap_add(&driver->heap, &image->object, OBJECT_IMAGE, image_destroy) < 0) {
		free(image);
		return NULL;
	}
	image->va.image_id = image->object.id;
	image->va.format = format->image;
	image->va.width = (uint16_t)width;
	image->va.height = (uint16_t)height;
	image->va.num_planes = format->n_planes;
	return image;
}

static VAStatus query_image_formats(VADriverContextP ctx, VAImageFormat *out, int *n)
{
	for (unsigned int i = 0; i < n_pixel_formats; i++)
		out[i] = pixel_formats[i].image;
	*n = (int)n_pixel_formats;
	return VA_STATUS_SUCCESS;
}

static VAStatus create_image(VADriverContextP ctx, VAImageFormat *va_format, int width,
		int height, VAImage *out)
{
	struct driver *driver = DRIVER(ctx);
	const struct pixel_format *format = pixel_format_of_va(va_format->fourcc);
	VAStatus status = VA_STATUS_ERROR_ALLOCATION_FAILED;
	struct buffer *buffer = NULL;
	struct image *image;
	uint32_t size = 0;

	if (!format)
		return reject(driver, VA_STATUS_ERROR_INVALID_IMAGE_FORMAT, "image: fourcc %#x",
				va_format->fourcc);
	if (width <= 0 || height <= 0 || width > MAX_VPP_SIZE || height > MAX_VPP_SIZE)
		return reject(driver, VA_STATUS_ERROR_INVALID_PARAMETER, "image: %dx%d",
				width, height);
	pthread_mutex_lock(&driver->lock);
	image = image_new(driver, format, (uint32_t)width, (uint32_t)height);
	for (unsigned int p = 0; image && p < format->n_planes; p++) {
		image->va.pitches[p] = (plane_row_bytes(format, p, (uint32_t)width) + 63) / 64 * 64;
		image->va.offsets[p] = size;
		/* Rows as in surfaces: some applications ask either for the layout. */
		size += image->va.pitches[p] * plane_rows(format, p,
				((uint32_t)height + 15) & ~15u);
	}
	if (image)
		status = buffer_new(driver, VAImageBufferType, size, 1, NULL, &buffer);
	if (status) {
		if (image)
			heap_remove(&driver->heap, &image->object);
	} else {
		image->va.buf = buffer->object.id;
		image->va.data_size = size;
		*out = image->va;
	}
	pthread_mutex_unlock(&driver->lock);
	return status;
}

static VAStatus derive_locked(struct driver *driver, struct surface *surface, VAImage *out)
{
	struct buffer *buffer;
	struct image *image;

	if (!surface)
		return reject(driver, VA_STATUS_ERROR_INVALID_SURFACE, "derive: surface unknown");
	if (surface->modifier != DRM_FORMAT_MOD_LINEAR)
		return reject(driver, VA_STATUS_ERROR_OPERATION_FAILED, "derive: surface is tiled");
	if (buffer_new(driver, VAImageBufferType, 1, 1, NULL, &buffer))
		return VA_STATUS_ERROR_ALLOCATION_FAILED;
	image = image_new(driver, surface->format, surface->width, surface->height);
	if (!image) {
		heap_remove(&driver->heap, &buffer->object);
		return VA_STATUS_ERROR_ALLOCATION_FAILED;
	}
	buffer->bo = bo_ref(surface->bo);
	buffer->size = (uint32_t)surface->bo->size;
	image->va.buf = buffer->object.id;
	image->va.data_size = buffer->size;
	memcpy(image->va.pitches, surface->pitch, sizeof(surface->pitch));
	memcpy(image->va.offsets, surface->offset, sizeof(surface->offset));
	*out = image->va;
	return VA_STATUS_SUCCESS;
}

static VAStatus derive_image(VADriverContextP ctx, VASurfaceID id, VAImage *out)
{
	struct driver *driver = DRIVER(ctx);
	VAStatus status;

	pthread_mutex_lock(&driver->lock);
	status = derive_locked(driver, SURFACE(driver, id), out);
	pthread_mutex_unlock(&driver->lock);
	return status;
}

static VAStatus destroy_image(VADriverContextP ctx, VAImageID id)
{
	struct driver *driver = DRIVER(ctx);
	struct buffer *buffer;
	struct image *image;

	pthread_mutex_lock(&driver->lock);
	image = IMAGE(driver, id);
	if (image) {
		buffer = heap_get(&driver->heap, image->va.buf, OBJECT_BUFFER);
		if (buffer)
			heap_remove(&driver->heap, &buffer->object);
		heap_remove(&driver->heap, &image->object);
	}
	pthread_mutex_unlock(&driver->lock);
	return image ? VA_STATUS_SUCCESS : VA_STATUS_ERROR_INVALID_IMAGE;
}

static VAStatus set_palette(VADriverContextP ctx, VAImageID id, unsigned char *palette)
{
	return VA_STATUS_ERROR_UNIMPLEMENTED;
}

struct copy {
	struct surface *surface;
	struct image *image;
	struct buffer *buffer;
	uint32_t surface_x, surface_y, image_x, image_y, width, height; /* pixels */
	int to_surface;
};

static void copy_planes(const struct copy *c, struct pixels *pixels)
{
	const struct pixel_format *f = c->surface->format;

	for (unsigned int p = 0; p < f->n_planes; p++) {
		uint32_t bytes = plane_row_bytes(f, p, c->width);
		uint8_t *s = pixels->plane[p] +
				(size_t)(c->surface_y / f->v_sub[p]) * pixels->pitch[p] +
				plane_row_bytes(f, p, c->surface_x);
		uint8_t *i = c->buffer->data + c->image->va.offsets[p] +
				(size_t)(c->image_y / f->v_sub[p]) * c->image->va.pitches[p] +
				plane_row_bytes(f, p, c->image_x);

		for (uint32_t y = 0; y < plane_rows(f, p, c->height); y++) {
			memcpy(c->to_surface ? s : i, c->to_surface ? i : s, bytes);
			s += pixels->pitch[p];
			i += c->image->va.pitches[p];
		}
	}
}

/* Waits for the surface's jobs, then copies under the lock. */
static VAStatus copy_image(struct driver *driver, VASurfaceID surface_id, VAImageID image_id,
		struct copy *c)
{
	VAStatus status = VA_STATUS_SUCCESS;
	struct pixels pixels;
	int64_t job = 0;

	pthread_mutex_lock(&driver->lock);
	c->surface = SURFACE(driver, surface_id);
	if (c->surface)
		job = c->surface->job;
	pthread_mutex_unlock(&driver->lock);
	engine_wait(driver->engine, job, UINT64_MAX);
	COUNTER(cpu_pixel_maps)++;

	pthread_mutex_lock(&driver->lock);
	c->surface = SURFACE(driver, surface_id);
	c->image = IMAGE(driver, image_id);
	c->buffer = c->image ? heap_get(&driver->heap, c->image->va.buf, OBJECT_BUFFER) : NULL;
	if (!c->surface || !c->buffer || !c->buffer->data)
		status = reject(driver, VA_STATUS_ERROR_INVALID_SURFACE,
				"image copy: unknown object");
	else if (c->image->va.format.fourcc != c->surface->format->va_fourcc)
		status = reject(driver, VA_STATUS_ERROR_OPERATION_FAILED,
				"image copy: formats differ");
	else if (c->surface_x + (uint64_t)c->width > c->surface->width ||
			c->surface_y + (uint64_t)c->height > c->surface->height ||
			c->image_x + (uint64_t)c->width > c->image->va.width ||
			c->image_y + (uint64_t)c->height > c->image->va.height)
		status = reject(driver, VA_STATUS_ERROR_INVALID_PARAMETER,
				"image copy: outside of the picture");
	else if (surface_begin_write(c->surface, &pixels) < 0)
		status = VA_STATUS_ERROR_ALLOCATION_FAILED;
	if (!status) {
		copy_planes(c, &pixels);
		if (c->to_surface)
			surface_end_write(c->surface, &pixels);
		else
			surface_end_read(c->surface, &pixels);
	}
	pthread_mutex_unlock(&driver->lock);
	return status;
}

static VAStatus get_image(VADriverContextP ctx, VASurfaceID surface, int x, int y,
		unsigned int width, unsigned int height, VAImageID image)
{
	struct copy c = { .surface_x = (uint32_t)x, .surface_y = (uint32_t)y, .width = width,
		.height = height };

	return copy_image(DRIVER(ctx), surface, image, &c);
}

static VAStatus put_image(VADriverContextP ctx, VASurfaceID surface, VAImageID image,
		int src_x, int src_y, unsigned int src_width, unsigned int src_height,
		int dst_x, int dst_y, unsigned int dst_width, unsigned int dst_height)
{
	struct copy c = { .image_x = (uint32_t)src_x, .image_y = (uint32_t)src_y,
		.surface_x = (uint32_t)dst_x, .surface_y = (uint32_t)dst_y, .width = src_width,
		.height = src_height, .to_surface = 1 };

	if (src_width != dst_width || src_height != dst_height)
		return reject(DRIVER(ctx), VA_STATUS_ERROR_UNIMPLEMENTED,
				"vaPutImage cannot scale");
	return copy_image(DRIVER(ctx), surface, image, &c);
}

void image_fill_vtable(struct VADriverVTable *vtable)
{
	vtable->vaQueryImageFormats = query_image_formats;
	vtable->vaCreateImage = create_image;
	vtable->vaDeriveImage = derive_image;
	vtable->vaDestroyImage = destroy_image;
	vtable->vaSetImagePalette = set_palette;
	vtable->vaGetImage = get_image;
	vtable->vaPutImage = put_image;
}
