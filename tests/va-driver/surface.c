/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <drm_fourcc.h>

#include "bo.h"
#include "counters.h"
#include "engine.h"
#include "faults.h"
#include "surface.h"

/* The wishes of a vaCreateSurfaces call. */
struct surface_request {
	const struct pixel_format *format;
	uint32_t mem_type;
	void *external;
};

static void surface_destroy(struct object *object)
{
	struct surface *surface = (struct surface *)object;

	bo_unref(surface->bo);
	free(surface);
	COUNTER(surfaces_live)--;
}

static struct surface *surface_new(struct driver *driver)
{
	struct surface *surface = calloc(1, sizeof(*surface));

	if (!surface)
		return NULL;
	if (heap_add(&driver->heap, &surface->object, OBJECT_SURFACE, surface_destroy) < 0) {
		free(surface);
		return NULL;
	}
	COUNTER(surfaces)++;
	COUNTER(surfaces_live)++;
	return surface;
}

/* Rows are aligned like those of iHD, 64 bytes and 16 rows. */
static VAStatus surface_alloc(struct driver *driver, const struct pixel_format *format,
		uint32_t width, uint32_t height, struct surface **out)
{
	struct surface *surface = surface_new(driver);
	uint32_t rows = (height + 15) / 16 * 16;
	size_t size = 0;

	if (!surface)
		return VA_STATUS_ERROR_ALLOCATION_FAILED;
	surface->format = format;
	surface->width = width;
	surface->height = height;
	surface->modifier = DRM_FORMAT_MOD_LINEAR;
	for (unsigned int p = 0; p < format->n_planes; p++) {
		surface->pitch[p] = (plane_row_bytes(format, p, width) + 63) / 64 * 64;
		surface->offset[p] = (uint32_t)size;
		size += (size_t)surface->pitch[p] * plane_rows(format, p, rows);
	}
	if (bo_create(&surface->bo, size, (int)faults.udmabuf) < 0) {
		heap_remove(&driver->heap, &surface->object);
		return reject(driver, VA_STATUS_ERROR_ALLOCATION_FAILED, "no memory for a surface");
	}
	*out = surface;
	return VA_STATUS_SUCCESS;
}

VAStatus surface_import(struct driver *driver, const struct surface_layout *layout,
		struct surface **out)
{
	struct surface *surface = surface_new(driver);

	if (!surface)
		return VA_STATUS_ERROR_ALLOCATION_FAILED;
	surface->format = layout->format;
	surface->width = layout->width;
	surface->height = layout->height;
	surface->modifier = layout->modifier;
	surface->imported = 1;
	memcpy(surface->pitch, layout->pitch, sizeof(surface->pitch));
	memcpy(surface->offset, layout->offset, sizeof(surface->offset));
	if (bo_import(&surface->bo, layout->fd, driver_node(driver)) < 0) {
		heap_remove(&driver->heap, &surface->object);
		return reject(driver, VA_STATUS_ERROR_INVALID_PARAMETER,
				"import: descriptor %d has no memory that can be mapped",
				layout->fd);
	}
	for (unsigned int p = 0; p < layout->format->n_planes; p++) {
		size_t end = layout->offset[p] + soft_va_plane_size(layout->modifier,
				layout->pitch[p], plane_rows(layout->format, p, layout->height));

		/* The last row of a linear plane may end with its last pixel. */
		if (layout->modifier == DRM_FORMAT_MOD_LINEAR)
			end -= layout->pitch[p] -
					plane_row_bytes(layout->format, p, layout->width);
		if (end > surface->bo->size) {
			size_t size = surface->bo->size;

			heap_remove(&driver->heap, &surface->object);
			return reject(driver, VA_STATUS_ERROR_INVALID_PARAMETER,
					"import: plane %u ends at byte %zu of %zu", p, end, size);
		}
	}
	*out = surface;
	return VA_STATUS_SUCCESS;
}

/* Reads the list of a VASurfaceAttribDRMFormatModifiers; ours are linear. */
static VAStatus check_modifiers(struct driver *driver, const VASurfaceAttrib *attrib)
{
	const VADRMFormatModifierList *list = attrib->value.value.p;

	for (uint32_t i = 0; list && i < list->num_modifiers; i++) {
		if (list->modifiers[i] == DRM_FORMAT_MOD_LINEAR)
			return VA_STATUS_SUCCESS;
	}
	return reject(driver, VA_STATUS_ERROR_ATTR_NOT_SUPPORTED,
			"surface: no modifier offered that can be allocated");
}

static VAStatus read_attribs(struct driver *driver, unsigned int rt_format,
		const VASurfaceAttrib *attribs, unsigned int n, struct surface_request *request)
{
	request->mem_type = VA_SURFACE_ATTRIB_MEM_TYPE_VA;
	request->format = pixel_format_of_rt(rt_format);
	for (unsigned int i = 0; i < n; i++) {
		const VASurfaceAttrib *a = &attribs[i];
		VAStatus status;

		if (!(a->flags & VA_SURFACE_ATTRIB_SETTABLE))
			continue;
		switch (a->type) {
		case VASurfaceAttribPixelFormat:
			request->format = pixel_format_of_va((uint32_t)a->value.value.i);
			if (!request->format)
				return reject(driver, VA_STATUS_ERROR_ATTR_NOT_SUPPORTED,
						"surface: pixel format %#x unknown",
						a->value.value.i);
			break;
		case VASurfaceAttribMemoryType:
			request->mem_type = (uint32_t)a->value.value.i;
			break;
		case VASurfaceAttribExternalBufferDescriptor:
			request->external = a->value.value.p;
			break;
		case VASurfaceAttribDRMFormatModifiers:
			status = check_modifiers(driver, a);
			if (status)
				return status;
			break;
		case VASurfaceAttribUsageHint:
			break;
		default:
			return reject(driver, VA_STATUS_ERROR_ATTR_NOT_SUPPORTED,
					"surface: attribute %d unknown", a->type);
		}
	}
	if (!request->format)
		return reject(driver, VA_STATUS_ERROR_UNSUPPORTED_RT_FORMAT,
				"surface: RT format %#x unknown", rt_format);
	return VA_STATUS_SUCCESS;
}

static VAStatus import_one(struct driver *driver, const struct surface_request *request,
		unsigned int index, struct surface **out)
{
	struct surface_layout layout = { 0 };
	VAStatus status;

	if (faults.refuse_import) {
		COUNTER(faults)++;
		return reject(driver, VA_STATUS_ERROR_INVALID_SURFACE,
				"import: refused (injected)");
	}
	if (request->mem_type == VA_SURFACE_ATTRIB_MEM_TYPE_DRM_PRIME_2)
		status = prime2_layout(driver, request->external, &layout);
	else
		status = prime1_layout(driver, request->external, index, &layout);
	if (!status)
		status = surface_import(driver, &layout, out);
	if (status) {
		COUNTER(imports_refused)++;
		return status;
	}
	if (request->mem_type == VA_SURFACE_ATTRIB_MEM_TYPE_DRM_PRIME_2)
		COUNTER(imports_prime2)++;
	else
		COUNTER(imports_prime1)++;
	return VA_STATUS_SUCCESS;
}

static VAStatus create_one(struct driver *driver, const struct surface_request *request,
		uint32_t width, uint32_t height, unsigned int index, struct surface **out)
{
	switch (request->mem_type) {
	case VA_SURFACE_ATTRIB_MEM_TYPE_VA:
		return surface_alloc(driver, request->format, width, height, out);
	case VA_SURFACE_ATTRIB_MEM_TYPE_DRM_PRIME:
	case VA_SURFACE_ATTRIB_MEM_TYPE_DRM_PRIME_2:
		return import_one(driver, request, index, out);
	default:
		return reject(driver, VA_STATUS_ERROR_UNSUPPORTED_MEMORY_TYPE,
				"surface: memory type %#x", request->mem_type);
	}
}

static VAStatus create_surfaces2(VADriverContextP ctx, unsigned int rt_format,
		unsigned int width, unsigned int height, VASurfaceID *ids, unsigned int n_ids,
		VASurfaceAttrib *attribs, unsigned int n_attribs)
{
	struct driver *driver = DRIVER(ctx);
	struct surface_request request = { 0 };
	VAStatus status = VA_STATUS_SUCCESS;
	unsigned int done = 0;

	if (!ids || !n_ids || !width || !height || width > MAX_VPP_SIZE || height > MAX_VPP_SIZE)
		return reject(driver, VA_STATUS_ERROR_INVALID_PARAMETER,
				"surface: %u surfaces of %ux%u", n_ids, width, height);
	if (fault_strikes(&faults.fail_create_surfaces))
		return reject(driver, VA_STATUS_ERROR_ALLOCATION_FAILED,
				"surface: allocation failed (injected)");
	pthread_mutex_lock(&driver->lock);
	status = read_attribs(driver, rt_format, attribs, n_attribs, &request);
	while (!status && done < n_ids) {
		struct surface *surface = NULL;

		status = create_one(driver, &request, width, height, done, &surface);
		if (!status)
			ids[done++] = surface->object.id;
	}
	while (status && done > 0)
		heap_remove(&driver->heap, &SURFACE(driver, ids[--done])->object);
	pthread_mutex_unlock(&driver->lock);
	return status;
}

static VAStatus create_surfaces(VADriverContextP ctx, int width, int height, int format,
		int n, VASurfaceID *ids)
{
	if (width <= 0 || height <= 0 || n <= 0)
		return VA_STATUS_ERROR_INVALID_PARAMETER;
	return create_surfaces2(ctx, (unsigned int)format, (unsigned int)width,
			(unsigned int)height, ids, (unsigned int)n, NULL, 0);
}

static VAStatus destroy_surfaces(VADriverContextP ctx, VASurfaceID *ids, int n)
{
	struct driver *driver = DRIVER(ctx);
	VAStatus status = VA_STATUS_SUCCESS;

	pthread_mutex_lock(&driver->lock);
	for (int i = 0; i < n; i++) {
		struct surface *surface = SURFACE(driver, ids[i]);

		if (surface)
			heap_remove(&driver->heap, &surface->object);
		else
			status = reject(driver, VA_STATUS_ERROR_INVALID_SURFACE,
					"destroy: surface %#x unknown", ids[i]);
	}
	pthread_mutex_unlock(&driver->lock);
	return status;
}

static VAStatus sync_surface2(VADriverContextP ctx, VASurfaceID id, uint64_t timeout_ns)
{
	struct driver *driver = DRIVER(ctx);
	struct surface *surface;
	VAStatus status;
	int64_t job;

	pthread_mutex_lock(&driver->lock);
	surface = SURFACE(driver, id);
	if (surface)
		object_ref(&surface->object);
	job = surface ? surface->job : 0;
	pthread_mutex_unlock(&driver->lock);
	if (!surface)
		return reject(driver, VA_STATUS_ERROR_INVALID_SURFACE, "sync: surface %#x unknown",
				id);
	status = VA_STATUS_ERROR_TIMEDOUT;
	if (engine_wait(driver->engine, job, timeout_ns))
		status = surface->job_failed;
	pthread_mutex_lock(&driver->lock);
	object_unref(&surface->object);
	pthread_mutex_unlock(&driver->lock);
	return status;
}

static VAStatus sync_surface(VADriverContextP ctx, VASurfaceID id)
{
	return sync_surface2(ctx, id, UINT64_MAX);
}

static VAStatus query_surface_status(VADriverContextP ctx, VASurfaceID id, VASurfaceStatus *out)
{
	struct driver *driver = DRIVER(ctx);
	struct surface *surface;
	int64_t job;

	pthread_mutex_lock(&driver->lock);
	surface = SURFACE(driver, id);
	job = surface ? surface->job : 0;
	pthread_mutex_unlock(&driver->lock);
	if (!surface)
		return VA_STATUS_ERROR_INVALID_SURFACE;
	*out = engine_wait(driver->engine, job, 0) ? VASurfaceReady : VASurfaceRendering;
	return VA_STATUS_SUCCESS;
}

static VAStatus query_surface_error(VADriverContextP ctx, VASurfaceID id, VAStatus error_status,
		void **info)
{
	static VASurfaceDecodeMBErrors none = { .status = -1 };

	*info = &none;
	return VA_STATUS_SUCCESS;
}

int surface_begin_read(struct surface *surface, struct pixels *out)
{
	const struct pixel_format *f = surface->format;

	memset(out, 0, sizeof(*out));
	bo_begin_access(surface->bo);
	if (surface->modifier != DRM_FORMAT_MOD_LINEAR)
		COUNTER(detiles)++;
	for (unsigned int p = 0; p < f->n_planes; p++) {
		out->plane[p] = surface->bo->map + surface->offset[p];
		out->pitch[p] = surface->pitch[p];
	}
	if (surface->modifier == DRM_FORMAT_MOD_LINEAR)
		return 0;
	/* Only single-plane formats are imported tiled (prime.c). */
	out->pitch[0] = plane_row_bytes(f, 0, surface->width);
	out->copy = malloc((size_t)out->pitch[0] * surface->height);
	if (!out->copy) {
		bo_end_access(surface->bo);
		return -ENOMEM;
	}
	out->plane[0] = out->copy;
	return soft_va_detile(surface->modifier, out->copy, out->pitch[0],
			surface->bo->map + surface->offset[0], surface->pitch[0], out->pitch[0],
			surface->height);
}

int surface_begin_write(struct surface *surface, struct pixels *out)
{
	return surface_begin_read(surface, out);
}

void surface_end_read(struct surface *surface, struct pixels *pixels)
{
	free(pixels->copy);
	pixels->copy = NULL;
	bo_end_access(surface->bo);
}

void surface_end_write(struct surface *surface, struct pixels *pixels)
{
	if (pixels->copy)
		soft_va_tile(surface->modifier, surface->bo->map + surface->offset[0],
				surface->pitch[0], pixels->copy, pixels->pitch[0],
				pixels->pitch[0], surface->height);
	surface_end_read(surface, pixels);
}

static VASurfaceAttrib attrib_int(VASurfaceAttribType type, uint32_t flags, int value)
{
	VASurfaceAttrib a = { .type = type, .flags = flags };

	a.value.type = VAGenericValueTypeInteger;
	a.value.value.i = value;
	return a;
}

static VAStatus query_surface_attributes(VADriverContextP ctx, VAConfigID id,
		VASurfaceAttrib *out, unsigned int *n_out)
{
	struct driver *driver = DRIVER(ctx);
	VASurfaceAttrib all[32];
	struct config *config;
	unsigned int n = 0;
	int max, mem;

	pthread_mutex_lock(&driver->lock);
	config = heap_get(&driver->heap, id, OBJECT_CONFIG);
	pthread_mutex_unlock(&driver->lock);
	if (!config || !n_out)
		return reject(driver, VA_STATUS_ERROR_INVALID_CONFIG, "surface attributes: config");
	for (unsigned int i = 0; i < n_pixel_formats; i++) {
		if (config->entrypoint != VAEntrypointVideoProc && i > 0)
			break; /* codecs take NV12, the first one */
		all[n++] = attrib_int(VASurfaceAttribPixelFormat,
				VA_SURFACE_ATTRIB_GETTABLE | VA_SURFACE_ATTRIB_SETTABLE,
				(int)pixel_formats[i].va_fourcc);
	}
	max = config->entrypoint == VAEntrypointVideoProc ? MAX_VPP_SIZE : MAX_SIZE;
	all[n++] = attrib_int(VASurfaceAttribMinWidth, VA_SURFACE_ATTRIB_GETTABLE, MIN_SIZE);
	all[n++] = attrib_int(VASurfaceAttribMinHeight, VA_SURFACE_ATTRIB_GETTABLE, MIN_SIZE);
	all[n++] = attrib_int(VASurfaceAttribMaxWidth, VA_SURFACE_ATTRIB_GETTABLE, max);
	all[n++] = attrib_int(VASurfaceAttribMaxHeight, VA_SURFACE_ATTRIB_GETTABLE, max);
	mem = VA_SURFACE_ATTRIB_MEM_TYPE_VA;
	if (!faults.no_prime1)
		mem |= VA_SURFACE_ATTRIB_MEM_TYPE_DRM_PRIME;
	if (!faults.no_prime2)
		mem |= VA_SURFACE_ATTRIB_MEM_TYPE_DRM_PRIME_2;
	all[n++] = attrib_int(VASurfaceAttribMemoryType,
			VA_SURFACE_ATTRIB_GETTABLE | VA_SURFACE_ATTRIB_SETTABLE, mem);
	all[n] = attrib_int(VASurfaceAttribExternalBufferDescriptor,
			VA_SURFACE_ATTRIB_SETTABLE, 0);
	all[n++].value.type = VAGenericValueTypePointer;
	if (out && *n_out < n) {
		*n_out = n;
		return VA_STATUS_ERROR_MAX_NUM_EXCEEDED;
	}
	if (out)
		memcpy(out, all, n * sizeof(*out));
	*n_out = n;
	return VA_STATUS_SUCCESS;
}

void surface_fill_vtable(struct VADriverVTable *vtable)
{
	vtable->vaCreateSurfaces = create_surfaces;
	vtable->vaCreateSurfaces2 = create_surfaces2;
	vtable->vaDestroySurfaces = destroy_surfaces;
	vtable->vaSyncSurface = sync_surface;
	vtable->vaSyncSurface2 = sync_surface2;
	vtable->vaQuerySurfaceStatus = query_surface_status;
	vtable->vaQuerySurfaceError = query_surface_error;
	vtable->vaQuerySurfaceAttributes = query_surface_attributes;
	vtable->vaExportSurfaceHandle = surface_export;
}
