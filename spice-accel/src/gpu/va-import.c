/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gpu/va-import.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <drm_fourcc.h>
#include <va/va_drmcommon.h>


/* The formats of GVT-g's planes, virtio-gpu and virgl (i915 gvt/fb_decoder.c). VA
 * names the bytes in memory, DRM the bits of a little-endian word. */
static const struct {
	uint32_t drm, va, rt_format;
} formats[] = {
	{ DRM_FORMAT_XRGB8888, VA_FOURCC_BGRX, VA_RT_FORMAT_RGB32 },
	{ DRM_FORMAT_ARGB8888, VA_FOURCC_BGRA, VA_RT_FORMAT_RGB32 },
	{ DRM_FORMAT_XBGR8888, VA_FOURCC_RGBX, VA_RT_FORMAT_RGB32 },
	{ DRM_FORMAT_ABGR8888, VA_FOURCC_RGBA, VA_RT_FORMAT_RGB32 },
	{ DRM_FORMAT_RGB565, VA_FOURCC_RGB565, VA_RT_FORMAT_RGB16 },
	{ DRM_FORMAT_XRGB2101010, VA_FOURCC_X2R10G10B10, VA_RT_FORMAT_RGB32_10 },
	{ DRM_FORMAT_ARGB2101010, VA_FOURCC_A2R10G10B10, VA_RT_FORMAT_RGB32_10 },
	{ DRM_FORMAT_XBGR2101010, VA_FOURCC_X2B10G10R10, VA_RT_FORMAT_RGB32_10 },
	{ DRM_FORMAT_ABGR2101010, VA_FOURCC_A2B10G10R10, VA_RT_FORMAT_RGB32_10 },
	{ DRM_FORMAT_YUYV, VA_FOURCC_YUY2, VA_RT_FORMAT_YUV422 },
	{ DRM_FORMAT_NV12, VA_FOURCC_NV12, VA_RT_FORMAT_YUV420 },
};

static int find_format(uint32_t drm)
{
	for (unsigned i = 0; i < sizeof formats / sizeof formats[0]; i++)
		if (formats[i].drm == drm)
			return (int)i;
	return -1;
}

uint32_t va_fourcc_of_drm(uint32_t fourcc)
{
	int i = find_format(fourcc);

	return i < 0 ? 0 : formats[i].va;
}

static int describe(const struct spice_accel_frame *frame, struct va_import *import)
{
	const struct spice_accel_dmabuf_params *d = &frame->dmabuf;
	struct stat st;

	memset(import, 0, sizeof *import);
	if (fstat(d->fd[0], &st) < 0)
		return -errno;
	import->dev = st.st_dev;
	import->ino = st.st_ino;
	import->width = d->backing_width ? d->backing_width : frame->width;
	import->height = d->backing_height ? d->backing_height : frame->height;
	import->fourcc = frame->fourcc;
	import->n_planes = d->n_planes;
	import->modifier = d->modifier;
	for (unsigned i = 0; i < d->n_planes; i++) {
		import->offset[i] = d->offset[i];
		import->stride[i] = d->stride[i];
	}
	return 0;
}

/* All but the surface and the use. */
static bool same_buffer(const struct va_import *a, const struct va_import *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->width == b->width &&
			a->height == b->height && a->fourcc == b->fourcc &&
			a->modifier == b->modifier && a->n_planes == b->n_planes &&
			!memcmp(a->offset, b->offset, sizeof a->offset) &&
			!memcmp(a->stride, b->stride, sizeof a->stride);
}

static VAStatus create_surface(struct va_device *device, const struct va_import *import,
		uint32_t rt_format, uint32_t mem_type, void *descriptor, VASurfaceID *out)
{
	VASurfaceAttrib attribs[2] = {
		{
			.type = VASurfaceAttribMemoryType,
			.flags = VA_SURFACE_ATTRIB_SETTABLE,
			.value.type = VAGenericValueTypeInteger,
			.value.value.i = (int)mem_type,
		},
		{
			.type = VASurfaceAttribExternalBufferDescriptor,
			.flags = VA_SURFACE_ATTRIB_SETTABLE,
			.value.type = VAGenericValueTypePointer,
			.value.value.p = descriptor,
		},
	};

	return vaCreateSurfaces(device->display, rt_format, import->width, import->height, out, 1,
			attribs, 2);
}

/* iHD and radeonsi take one object only, and every producer that we know has one. */
static VAStatus import_prime2(struct va_device *device, const struct va_import *import,
		const struct spice_accel_frame *frame, int format, VASurfaceID *out)
{
	VADRMPRIMESurfaceDescriptor d = {
		.fourcc = formats[format].va,
		.width = import->width,
		.height = import->height,
		.num_objects = 1,
		.num_layers = 1,
	};
	struct stat st;

	d.objects[0].fd = frame->dmabuf.fd[0];
	if (fstat(frame->dmabuf.fd[0], &st) == 0)
		d.objects[0].size = (uint32_t)st.st_size;
	d.objects[0].drm_format_modifier = import->modifier;
	d.layers[0].drm_format = import->fourcc;
	d.layers[0].num_planes = import->n_planes;
	for (unsigned i = 0; i < import->n_planes; i++) {
		d.layers[0].offset[i] = import->offset[i];
		d.layers[0].pitch[i] = import->stride[i];
	}
	return create_surface(device, import, formats[format].rt_format,
			VA_SURFACE_ATTRIB_MEM_TYPE_DRM_PRIME_2, &d, out);
}

static VAStatus import_prime1(struct va_device *device, const struct va_import *import,
		const struct spice_accel_frame *frame, int format, VASurfaceID *out)
{
	uintptr_t handle = (uintptr_t)frame->dmabuf.fd[0];
	VASurfaceAttribExternalBuffers d = {
		.pixel_format = formats[format].va,
		.width = import->width,
		.height = import->height,
		.num_planes = import->n_planes,
		.buffers = &handle,
		.num_buffers = 1,
	};
	struct stat st;

	for (unsigned i = 0; i < import->n_planes; i++) {
		d.offsets[i] = import->offset[i];
		d.pitches[i] = import->stride[i];
	}
	d.data_size = fstat(frame->dmabuf.fd[0], &st) == 0 && st.st_size > 0 ?
			(uint32_t)st.st_size : import->stride[0] * import->height;
	return create_surface(device, import, formats[format].rt_format,
			VA_SURFACE_ATTRIB_MEM_TYPE_DRM_PRIME, &d, out);
}

static bool one_object(const struct spice_accel_frame *frame)
{
	struct stat a, b;

	for (unsigned i = 1; i < frame->dmabuf.n_planes; i++)
		if (fstat(frame->dmabuf.fd[0], &a) < 0 || fstat(frame->dmabuf.fd[i], &b) < 0 ||
				a.st_dev != b.st_dev || a.st_ino != b.st_ino)
			return false;
	return true;
}

static int create(struct va_device *device, struct va_import *import,
		const struct spice_accel_frame *frame)
{
	bool known = import->modifier != SPICE_ACCEL_MODIFIER_UNKNOWN;
	int format = find_format(import->fourcc);
	VAStatus status = VA_STATUS_ERROR_UNSUPPORTED_MEMORY_TYPE;

	if (format < 0 || !one_object(frame))
		return -ENOTSUP;
	if (known && device->prime2)
		status = import_prime2(device, import, frame, format, &import->surface);
	else if (device->prime1)
		status = import_prime1(device, import, frame, format, &import->surface);
	if (status == VA_STATUS_SUCCESS)
		return 0;
	snprintf(device->failure, sizeof device->failure,
			"%s: no import of a %ux%u buffer of format %.4s, modifier %#llx: %s",
			device->node, import->width, import->height, (const char *)&import->fourcc,
			(unsigned long long)import->modifier, vaErrorStr(status));
	return status == VA_STATUS_ERROR_ALLOCATION_FAILED ? -ENOMEM : -ENOTSUP;
}

static void forget(struct va_device *device, struct va_import *import)
{
	if (import->used)
		vaDestroySurfaces(device->display, &import->surface, 1);
	import->used = 0;
}

int va_import(struct va_device *device, struct va_imports *imports,
		const struct spice_accel_frame *frame, VASurfaceID *out)
{
	struct va_import wanted, *oldest = &imports->entries[0];
	int ret = describe(frame, &wanted);

	if (ret < 0)
		return ret;
	for (unsigned i = 0; i < VA_IMPORT_CACHE; i++) {
		struct va_import *e = &imports->entries[i];

		if (e->used && same_buffer(e, &wanted)) {
			e->used = ++imports->clock;
			*out = e->surface;
			return 0;
		}
		if (e->used < oldest->used)
			oldest = e;
	}
	ret = create(device, &wanted, frame);
	if (ret < 0)
		return ret;
	forget(device, oldest);
	wanted.used = ++imports->clock;
	*oldest = wanted;
	*out = wanted.surface;
	return 0;
}

void va_imports_clear(struct va_device *device, struct va_imports *imports)
{
	for (unsigned i = 0; i < VA_IMPORT_CACHE; i++)
		forget(device, &imports->entries[i]);
}
