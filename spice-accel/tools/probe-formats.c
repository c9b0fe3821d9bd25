/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "probe-formats.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <drm_fourcc.h>
#include <va/va_drmcommon.h>

#include "gpu/va-convert.h"
#include "gpu/va-import.h"

#define EDGE 64      /* pixels of the pictures that are tried */
#define STRIDE 4096u /* bytes: whole tiles of any kind */
#define BUFFER_WIDTH (STRIDE / 4)
#define BUFFER_HEIGHT 256

#ifndef I915_FORMAT_MOD_4_TILED /* libdrm 2.4.111 */
#define I915_FORMAT_MOD_4_TILED fourcc_mod_code(INTEL, 9)
#endif

/* The formats of GVT-g's guests and of virtio-gpu. */
static const uint32_t formats[] = { DRM_FORMAT_XRGB8888, DRM_FORMAT_ARGB8888, DRM_FORMAT_XBGR8888,
	DRM_FORMAT_ABGR8888, DRM_FORMAT_RGB565, DRM_FORMAT_XRGB2101010, DRM_FORMAT_XBGR2101010,
	DRM_FORMAT_YUYV };

static const struct {
	uint64_t modifier;
	const char *name;
} tilings[] = {
	{ DRM_FORMAT_MOD_LINEAR, "linear" },
	{ I915_FORMAT_MOD_X_TILED, "X" },
	{ I915_FORMAT_MOD_Y_TILED, "Y" },
	{ I915_FORMAT_MOD_Yf_TILED, "Yf" },
	{ I915_FORMAT_MOD_4_TILED, "4" },
	{ SPICE_ACCEL_MODIFIER_UNKNOWN, "kernel's" }, /* QEMU 7.2 passes none */
};

struct trial {
	struct va_device *device;
	struct va_converter converter;
	VASurfaceID target;
	int fd; /* of the buffer */
};

static VASurfaceID make_surface(struct va_device *device, uint32_t fourcc, unsigned rt_format,
		unsigned width, unsigned height)
{
	VASurfaceAttrib format = {
		.type = VASurfaceAttribPixelFormat,
		.flags = VA_SURFACE_ATTRIB_SETTABLE,
		.value.type = VAGenericValueTypeInteger,
		.value.value.i = (int)fourcc,
	};
	VASurfaceID id;

	return vaCreateSurfaces(device->display, rt_format, width, height, &id, 1, &format, 1) ==
			VA_STATUS_SUCCESS ? id : VA_INVALID_SURFACE;
}

static int export_surface(struct va_device *device, VASurfaceID surface)
{
	VADRMPRIMESurfaceDescriptor d;

	if (vaExportSurfaceHandle(device->display, surface, VA_SURFACE_ATTRIB_MEM_TYPE_DRM_PRIME_2,
			VA_EXPORT_SURFACE_READ_ONLY | VA_EXPORT_SURFACE_COMPOSED_LAYERS, &d) !=
			VA_STATUS_SUCCESS)
		return -1;
	for (uint32_t i = 1; i < d.num_objects; i++)
		close(d.objects[i].fd);
	return d.objects[0].fd;
}

/* "yes", "import" only, or "-". */
static const char *try_import(struct trial *t, uint32_t fourcc, uint64_t modifier)
{
	struct spice_accel_dmabuf_params p = { .size = sizeof p, .width = EDGE, .height = EDGE,
		.fourcc = fourcc, .modifier = modifier, .n_planes = 1, .fd = { t->fd },
		.stride = { STRIDE } };
	struct va_imports imports = { .clock = 0 };
	struct spice_accel_frame *frame;
	const char *result = "-";
	VASurfaceID surface;

	if (spice_accel_frame_create_dmabuf(&frame, &p) < 0)
		return "-";
	if (va_import(t->device, &imports, frame, &surface) == 0) {
		result = "import";
		if (va_convert(t->device, &t->converter, surface, frame, t->target) == 0 &&
				vaSyncSurface(t->device->display, t->target) == VA_STATUS_SUCCESS)
			result = "yes";
	}
	va_imports_clear(t->device, &imports);
	spice_accel_frame_unref(frame);
	return result;
}

static void print_table(struct trial *t)
{
	printf("  scanouts that are imported and converted:\n    %-8s", "format");
	for (unsigned m = 0; m < sizeof tilings / sizeof tilings[0]; m++)
		printf(" %8s", tilings[m].name);
	printf("\n");
	for (unsigned f = 0; f < sizeof formats / sizeof formats[0]; f++) {
		printf("    %-8.4s", (const char *)&formats[f]);
		for (unsigned m = 0; m < sizeof tilings / sizeof tilings[0]; m++)
			printf(" %8s", try_import(t, formats[f], tilings[m].modifier));
		printf("\n");
	}
}

void probe_print_formats(struct va_device *device)
{
	struct trial t = { .device = device, .fd = -1 };
	VASurfaceID buffer;

	if (va_converter_init(device, &t.converter) < 0)
		return; /* print_hints() says so */
	buffer = make_surface(device, VA_FOURCC_BGRX, VA_RT_FORMAT_RGB32, BUFFER_WIDTH,
			BUFFER_HEIGHT);
	t.target = make_surface(device, VA_FOURCC_NV12, VA_RT_FORMAT_YUV420, EDGE, EDGE);
	if (buffer != VA_INVALID_SURFACE && t.target != VA_INVALID_SURFACE)
		t.fd = export_surface(device, buffer);
	if (t.fd >= 0) {
		print_table(&t);
		close(t.fd);
	} else {
		printf("  formats not tried: the driver shares no buffer\n");
	}
	if (t.target != VA_INVALID_SURFACE)
		vaDestroySurfaces(device->display, &t.target, 1);
	if (buffer != VA_INVALID_SURFACE)
		vaDestroySurfaces(device->display, &buffer, 1);
	va_converter_finish(device, &t.converter);
}
