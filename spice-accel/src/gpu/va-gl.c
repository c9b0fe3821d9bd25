/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gpu/va-gl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <va/va_drmcommon.h>

#include "gpu/gl-device.h"

struct va_gl {
	struct gl_device *device;
	struct gl_texture planes[2]; /* Y, CbCr */
};

/* Each plane is a layer: R8 and GR88. */
static int import_planes(struct va_gl *gl, const VADRMPRIMESurfaceDescriptor *d)
{
	int ret = d->num_layers == 2 ? 0 : -ENOTSUP;

	for (unsigned i = 0; i < 2 && ret == 0; i++) {
		const uint32_t object = d->layers[i].object_index[0];
		struct gl_buffer b = {
			.width = i ? d->width / 2 : d->width,
			.height = i ? d->height / 2 : d->height,
			.fourcc = d->layers[i].drm_format,
			.n_planes = 1,
			.offset[0] = d->layers[i].offset[0],
			.stride[0] = d->layers[i].pitch[0],
		};

		if (d->layers[i].num_planes != 1 || object >= d->num_objects)
			return -ENOTSUP;
		b.fd[0] = d->objects[object].fd;
		b.modifier = d->objects[object].drm_format_modifier;
		ret = gl_import(gl->device, &b, &gl->planes[i]);
		if (ret == 0 && gl->planes[i].external)
			ret = -ENOTSUP; /* cannot be drawn to */
	}
	return ret;
}

int va_gl_create(struct va_gl **out, struct va_device *device, VASurfaceID target, char *why,
		size_t size)
{
	VADRMPRIMESurfaceDescriptor d;
	struct va_gl *gl = calloc(1, sizeof *gl);
	int ret;

	if (!gl)
		return -ENOMEM;
	ret = gl_device_open(&gl->device, device->fd, why, size);
	if (ret < 0) {
		free(gl);
		return -ENOTSUP;
	}
	if (vaExportSurfaceHandle(device->display, target, VA_SURFACE_ATTRIB_MEM_TYPE_DRM_PRIME_2,
			VA_EXPORT_SURFACE_WRITE_ONLY | VA_EXPORT_SURFACE_SEPARATE_LAYERS, &d) !=
			VA_STATUS_SUCCESS) {
		snprintf(why, size, "%s: the driver does not export surfaces", device->node);
		va_gl_destroy(gl);
		return -ENOTSUP;
	}
	ret = import_planes(gl, &d);
	for (uint32_t i = 0; i < d.num_objects; i++)
		close(d.objects[i].fd);
	if (ret < 0) {
		snprintf(why, size, "%s: OpenGL cannot draw to the encoder's surfaces",
				device->node);
		va_gl_destroy(gl);
		return -ENOTSUP;
	}
	*out = gl;
	return 0;
}

void va_gl_destroy(struct va_gl *gl)
{
	if (!gl)
		return;
	for (unsigned i = 0; i < 2; i++)
		gl_texture_finish(gl->device, &gl->planes[i]);
	gl_device_close(gl->device);
	free(gl);
}

int va_gl_convert(struct va_gl *gl, const struct spice_accel_frame *frame)
{
	struct gl_view view = gl_view_of(frame);
	struct gl_texture source;
	int ret = gl_import_frame(gl->device, frame, &source);

	if (ret < 0)
		return ret;
	ret = gl_convert(gl->device, &source, &view, gl->planes[0].name, gl->planes[1].name);
	gl_texture_finish(gl->device, &source);
	return ret;
}
