/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "probe-surface.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <drm_fourcc.h>
#include <va/va_drmcommon.h>

/* Lines of text that scroll, and a gradient. */
static uint32_t pixel(uint32_t x, uint32_t y, unsigned t, uint32_t width)
{
	uint32_t line = y + t * 4;

	if (x < width / 2)
		return line % 16 < 10 && (x * 7 + line / 16 * 5) % 11 < 4 ? 0x202020 : 0xf0f0f0;
	return (x * 255 / width) << 16 | (line & 255) << 8 | (x + line) % 256;
}

static int draw(struct va_device *device, VASurfaceID surface, unsigned t)
{
	VAImage image;
	uint8_t *map;
	VAStatus status = vaDeriveImage(device->display, surface, &image);

	if (status != VA_STATUS_SUCCESS)
		return va_errno(status);
	status = vaMapBuffer(device->display, image.buf, (void **)&map);
	if (status == VA_STATUS_SUCCESS) {
		for (uint32_t y = 0; y < image.height; y++) {
			uint32_t *row = (uint32_t *)(map + image.offsets[0] +
					(size_t)y * image.pitches[0]);

			for (uint32_t x = 0; x < image.width; x++)
				row[x] = pixel(x, y, t, image.width);
		}
		vaUnmapBuffer(device->display, image.buf);
	}
	vaDestroyImage(device->display, image.image_id);
	return va_errno(status);
}

static int export(struct va_device *device, VASurfaceID surface, struct spice_accel_frame **out,
		uint32_t width, uint32_t height)
{
	struct spice_accel_dmabuf_params p = { .size = sizeof p, .width = width, .height = height,
		.fourcc = DRM_FORMAT_XRGB8888, .n_planes = 1 };
	VADRMPRIMESurfaceDescriptor d;
	VAStatus status = vaExportSurfaceHandle(device->display, surface,
			VA_SURFACE_ATTRIB_MEM_TYPE_DRM_PRIME_2,
			VA_EXPORT_SURFACE_READ_ONLY | VA_EXPORT_SURFACE_COMPOSED_LAYERS, &d);
	int ret = -ENOTSUP;

	if (status != VA_STATUS_SUCCESS)
		return va_errno(status);
	if (d.num_objects == 1 && d.num_layers == 1 && d.layers[0].num_planes == 1) {
		p.modifier = d.objects[0].drm_format_modifier;
		p.fd[0] = d.objects[0].fd;
		p.offset[0] = d.layers[0].offset[0];
		p.stride[0] = d.layers[0].pitch[0];
		ret = spice_accel_frame_create_dmabuf(out, &p);
	}
	for (uint32_t i = 0; i < d.num_objects; i++)
		close(d.objects[i].fd);
	return ret;
}

int probe_surfaces_create(struct va_device *device, struct probe_surfaces *s, uint32_t width,
		uint32_t height)
{
	VASurfaceAttrib format = {
		.type = VASurfaceAttribPixelFormat,
		.flags = VA_SURFACE_ATTRIB_SETTABLE,
		.value.type = VAGenericValueTypeInteger,
		.value.value.i = VA_FOURCC_BGRX,
	};
	int ret = 0;

	memset(s, 0, sizeof *s);
	if (vaCreateSurfaces(device->display, VA_RT_FORMAT_RGB32, width, height, s->ids,
				PROBE_SURFACES, &format, 1) != VA_STATUS_SUCCESS)
		return -ENOTSUP;
	s->n = PROBE_SURFACES;
	for (unsigned i = 0; i < s->n && ret == 0; i++) {
		ret = draw(device, s->ids[i], i);
		if (ret == 0)
			ret = export(device, s->ids[i], &s->frames[i], width, height);
	}
	if (ret < 0)
		probe_surfaces_finish(device, s);
	return ret;
}

void probe_surfaces_finish(struct va_device *device, struct probe_surfaces *s)
{
	for (unsigned i = 0; i < s->n; i++)
		spice_accel_frame_unref(s->frames[i]);
	if (s->n)
		vaDestroySurfaces(device->display, s->ids, (int)s->n);
	s->n = 0;
}
