/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <drm_fourcc.h>

#include "bo.h"
#include "counters.h"
#include "faults.h"
#include "surface.h"

/* Checks common to both kinds of import. */
static VAStatus check_layout(struct driver *driver, const struct surface_layout *l)
{
	if (!l->width || !l->height || l->width > MAX_VPP_SIZE || l->height > MAX_VPP_SIZE)
		return reject(driver, VA_STATUS_ERROR_INVALID_PARAMETER, "import: %ux%u pixels",
				l->width, l->height);
	if (!soft_va_plane_size(l->modifier, 1, 1))
		return reject(driver, VA_STATUS_ERROR_INVALID_SURFACE,
				"import: modifier %#llx unknown", (unsigned long long)l->modifier);
	if (l->modifier == faults.refuse_modifier) {
		COUNTER(faults)++;
		return reject(driver, VA_STATUS_ERROR_INVALID_SURFACE,
				"import: modifier %#llx refused (injected)",
				(unsigned long long)l->modifier);
	}
	if (l->modifier != DRM_FORMAT_MOD_LINEAR && l->format->n_planes != 1)
		return reject(driver, VA_STATUS_ERROR_INVALID_SURFACE,
				"import: tiled planar formats are not supported");
	for (unsigned int p = 0; p < l->format->n_planes; p++) {
		uint32_t need = plane_row_bytes(l->format, p, l->width);

		if (l->pitch[p] < need || (l->modifier != DRM_FORMAT_MOD_LINEAR &&
				soft_va_plane_pitch(l->modifier, l->pitch[p]) != l->pitch[p]))
			return reject(driver, VA_STATUS_ERROR_INVALID_PARAMETER,
					"import: pitch %u of plane %u, %u needed", l->pitch[p],
					p, need);
		if (l->modifier != DRM_FORMAT_MOD_LINEAR && l->offset[p] % 4096)
			return reject(driver, VA_STATUS_ERROR_INVALID_PARAMETER,
					"import: tiled plane at byte %u", l->offset[p]);
	}
	return VA_STATUS_SUCCESS;
}

VAStatus prime1_layout(struct driver *driver, const VASurfaceAttribExternalBuffers *ext,
		unsigned int index, struct surface_layout *out)
{
	if (faults.no_prime1)
		return reject(driver, VA_STATUS_ERROR_UNSUPPORTED_MEMORY_TYPE,
				"import: no PRIME v1");
	if (!ext || !ext->buffers || index >= ext->num_buffers)
		return reject(driver, VA_STATUS_ERROR_INVALID_PARAMETER,
				"import: no buffer %u in the descriptor", index);
	out->format = pixel_format_of_va(ext->pixel_format);
	if (!out->format || ext->num_planes != out->format->n_planes)
		return reject(driver, VA_STATUS_ERROR_INVALID_PARAMETER,
				"import: format %#x with %u planes", ext->pixel_format,
				ext->num_planes);
	out->width = ext->width;
	out->height = ext->height;
	out->fd = (int)ext->buffers[index];
	out->modifier = bo_tiling(out->fd);
	for (unsigned int p = 0; p < out->format->n_planes; p++) {
		out->pitch[p] = ext->pitches[p];
		out->offset[p] = ext->offsets[p];
	}
	return check_layout(driver, out);
}

/* The fd must be one object, as iHD demands; its layers are checked too. */
static VAStatus check_prime2(struct driver *driver, const VADRMPRIMESurfaceDescriptor *d,
		const struct pixel_format *format)
{
	unsigned int planes = 0;

	if (d->num_objects != 1)
		return reject(driver, VA_STATUS_ERROR_INVALID_PARAMETER,
				"import: %u objects, one is supported", d->num_objects);
	if (d->num_layers < 1 || d->num_layers > 4)
		return reject(driver, VA_STATUS_ERROR_INVALID_PARAMETER,
				"import: %u layers", d->num_layers);
	for (unsigned int l = 0; l < d->num_layers; l++) {
		if (d->layers[l].num_planes < 1 || d->layers[l].num_planes > 4)
			return reject(driver, VA_STATUS_ERROR_INVALID_PARAMETER,
					"import: layer %u has %u planes", l,
					d->layers[l].num_planes);
		for (unsigned int p = 0; p < d->layers[l].num_planes; p++) {
			if (d->layers[l].object_index[p] != 0)
				return reject(driver, VA_STATUS_ERROR_INVALID_PARAMETER,
						"import: plane %u of layer %u in object %u", p, l,
						d->layers[l].object_index[p]);
		}
		planes += d->layers[l].num_planes;
	}
	if (planes != format->n_planes)
		return reject(driver, VA_STATUS_ERROR_INVALID_PARAMETER,
				"import: %u planes for a format of %u", planes, format->n_planes);
	if (d->num_layers == 1 && d->layers[0].drm_format != format->drm_fourcc)
		return reject(driver, VA_STATUS_ERROR_INVALID_PARAMETER,
				"import: layer format %#x does not go with fourcc %#x",
				d->layers[0].drm_format, d->fourcc);
	return VA_STATUS_SUCCESS;
}

VAStatus prime2_layout(struct driver *driver, const VADRMPRIMESurfaceDescriptor *d,
		struct surface_layout *out)
{
	unsigned int plane = 0;
	VAStatus status;

	if (faults.no_prime2)
		return reject(driver, VA_STATUS_ERROR_UNSUPPORTED_MEMORY_TYPE,
				"import: no PRIME v2");
	if (!d)
		return reject(driver, VA_STATUS_ERROR_INVALID_PARAMETER, "import: no descriptor");
	out->format = pixel_format_of_va(d->fourcc);
	if (!out->format)
		return reject(driver, VA_STATUS_ERROR_INVALID_PARAMETER,
				"import: fourcc %#x unknown", d->fourcc);
	status = check_prime2(driver, d, out->format);
	if (status)
		return status;
	out->width = d->width;
	out->height = d->height;
	out->fd = d->objects[0].fd;
	out->modifier = d->objects[0].drm_format_modifier;
	if (out->modifier == DRM_FORMAT_MOD_INVALID)
		return reject(driver, VA_STATUS_ERROR_INVALID_SURFACE, "import: no modifier");
	for (unsigned int l = 0; l < d->num_layers; l++) {
		for (unsigned int p = 0; p < d->layers[l].num_planes; p++, plane++) {
			out->pitch[plane] = d->layers[l].pitch[p];
			out->offset[plane] = d->layers[l].offset[p];
		}
	}
	return check_layout(driver, out);
}

static void describe(const struct surface *s, uint32_t flags, int fd,
		VADRMPRIMESurfaceDescriptor *d)
{
	/* Formats of single planes, when each is a layer of its own. */
	static const uint32_t separate[MAX_PLANES] = { DRM_FORMAT_R8, DRM_FORMAT_GR88 };
	unsigned int n = s->format->n_planes;

	memset(d, 0, sizeof(*d));
	d->fourcc = s->format->va_fourcc;
	d->width = s->width;
	d->height = s->height;
	d->num_objects = 1;
	d->objects[0].fd = fd;
	d->objects[0].size = (uint32_t)s->bo->size;
	d->objects[0].drm_format_modifier = s->modifier;
	if (n == 1 || flags & VA_EXPORT_SURFACE_COMPOSED_LAYERS) {
		d->num_layers = 1;
		d->layers[0].drm_format = s->format->drm_fourcc;
		d->layers[0].num_planes = n;
		for (unsigned int p = 0; p < n; p++) {
			d->layers[0].offset[p] = s->offset[p];
			d->layers[0].pitch[p] = s->pitch[p];
		}
		return;
	}
	d->num_layers = n;
	for (unsigned int p = 0; p < n; p++) {
		d->layers[p].drm_format = separate[p];
		d->layers[p].num_planes = 1;
		d->layers[p].offset[0] = s->offset[p];
		d->layers[p].pitch[0] = s->pitch[p];
	}
}

VAStatus surface_export(VADriverContextP ctx, VASurfaceID id, uint32_t mem_type,
		uint32_t flags, void *descriptor)
{
	struct driver *driver = DRIVER(ctx);
	VAStatus status = VA_STATUS_SUCCESS;
	struct surface *surface;
	int fd;

	if (mem_type != VA_SURFACE_ATTRIB_MEM_TYPE_DRM_PRIME_2 || !descriptor)
		return reject(driver, VA_STATUS_ERROR_UNSUPPORTED_MEMORY_TYPE,
				"export: memory type %#x", mem_type);
	pthread_mutex_lock(&driver->lock);
	surface = SURFACE(driver, id);
	if (!surface) {
		status = reject(driver, VA_STATUS_ERROR_INVALID_SURFACE, "export: surface %#x", id);
	} else {
		fd = fcntl(surface->bo->fd, F_DUPFD_CLOEXEC, 0);
		if (fd < 0) {
			status = reject(driver, VA_STATUS_ERROR_OPERATION_FAILED,
					"export: dup: %s", strerror(errno));
		} else {
			describe(surface, flags, fd, descriptor);
			COUNTER(exports)++;
		}
	}
	pthread_mutex_unlock(&driver->lock);
	return status;
}
