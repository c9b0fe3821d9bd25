/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* The driver behind libva: imports, conversion, refusals, faults. */
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <drm_fourcc.h>
#include <va/va.h>
#include <va/va_drm.h>
#include <va/va_drmcommon.h>
#include <va/va_vpp.h>

#include "check.h"
#include "test-va.h"

enum { W = 200, H = 100 };

static VADisplay display;
static struct soft_va_api soft;

static uint32_t pixel(int x, int y)
{
	return 0xff000000u | (uint32_t)(x * 255 / W) << 16 | (uint32_t)(y * 255 / H) << 8 |
			(uint32_t)((x / 8 + y / 8) % 2 * 200);
}

/* An XRGB8888 picture in a memfd with a tiling. */
static int make_buffer(uint64_t modifier, size_t *pitch, size_t *size)
{
	uint32_t *linear = calloc(W * H, 4);
	uint8_t *map;
	int fd = memfd_create("test", MFD_CLOEXEC);

	*pitch = soft.plane_pitch(modifier, W * 4);
	*size = soft.plane_size(modifier, *pitch, H);
	CHECK(linear && fd >= 0 && ftruncate(fd, (off_t)*size) == 0);
	map = mmap(NULL, *size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(map != MAP_FAILED);
	for (int y = 0; y < H; y++) {
		for (int x = 0; x < W; x++)
			linear[y * W + x] = pixel(x, y);
	}
	CHECK_INT(soft.tile(modifier, map, *pitch, linear, W * 4, W * 4, H), 0);
	munmap(map, *size);
	free(linear);
	return fd;
}

static VADRMPRIMESurfaceDescriptor describe(int fd, size_t size, size_t pitch, uint64_t modifier)
{
	VADRMPRIMESurfaceDescriptor d = { .fourcc = VA_FOURCC_BGRX, .width = W, .height = H,
		.num_objects = 1, .num_layers = 1 };

	d.objects[0].fd = fd;
	d.objects[0].size = (uint32_t)size;
	d.objects[0].drm_format_modifier = modifier;
	d.layers[0].drm_format = DRM_FORMAT_XRGB8888;
	d.layers[0].num_planes = 1;
	d.layers[0].pitch[0] = (uint32_t)pitch;
	return d;
}

static VAStatus import(uint32_t mem_type, void *descriptor, VASurfaceID *out)
{
	VASurfaceAttrib a[2] = {
		{ .type = VASurfaceAttribMemoryType, .flags = VA_SURFACE_ATTRIB_SETTABLE,
			.value = { .type = VAGenericValueTypeInteger, .value.i = (int)mem_type } },
		{ .type = VASurfaceAttribExternalBufferDescriptor,
			.flags = VA_SURFACE_ATTRIB_SETTABLE,
			.value = { .type = VAGenericValueTypePointer, .value.p = descriptor } },
	};

	return vaCreateSurfaces(display, VA_RT_FORMAT_RGB32, W, H, out, 1, a, 2);
}

/* NV12 by the driver; 0 for default filtering. */
static void convert(VASurfaceID from, uint32_t filter, uint8_t *out)
{
	VAConfigID config;
	VAContextID context;
	VASurfaceID to;
	VABufferID buffer;
	VAImage image;
	uint8_t *map;
	VAProcPipelineParameterBuffer p = { .surface = from, .filter_flags = filter,
		.output_color_standard = VAProcColorStandardBT601 };

	CHECK_INT(vaCreateConfig(display, VAProfileNone, VAEntrypointVideoProc, NULL, 0, &config),
			0);
	CHECK_INT(vaCreateContext(display, config, W, H, 0, NULL, 0, &context), 0);
	CHECK_INT(vaCreateSurfaces(display, VA_RT_FORMAT_YUV420, W, H, &to, 1, NULL, 0), 0);
	CHECK_INT(vaCreateBuffer(display, context, VAProcPipelineParameterBufferType,
			sizeof(p), 1, &p,
				&buffer), 0);
	CHECK_INT(vaBeginPicture(display, context, to), 0);
	CHECK_INT(vaRenderPicture(display, context, &buffer, 1), 0);
	CHECK_INT(vaEndPicture(display, context), 0);
	CHECK_INT(vaSyncSurface(display, to), 0);
	CHECK_INT(vaDeriveImage(display, to, &image), 0);
	CHECK_INT(vaMapBuffer(display, image.buf, (void **)&map), 0);
	for (int y = 0; y < H * 3 / 2; y++)
		memcpy(out + y * W,
				y < H ? map + image.offsets[0] + (uint32_t)y * image.pitches[0] :
				map + image.offsets[1] + (uint32_t)(y - H) * image.pitches[1], W);
	vaUnmapBuffer(display, image.buf);
	vaDestroyImage(display, image.image_id);
	vaDestroyBuffer(display, buffer);
	vaDestroySurfaces(display, &to, 1);
	vaDestroyContext(display, context);
	vaDestroyConfig(display, config);
}

/* Luma by the definition, H.273 8.3 with BT.601's coefficients. */
static int luma(uint32_t p)
{
	double r = p >> 16 & 255, g = p >> 8 & 255, b = p & 255;

	return (int)(16.5 + 219 * (0.299 * r + 0.587 * g + 0.114 * b) / 255);
}

static void test_imports(void)
{
	static const uint64_t modifiers[] = { DRM_FORMAT_MOD_LINEAR, I915_FORMAT_MOD_X_TILED,
		I915_FORMAT_MOD_Y_TILED, I915_FORMAT_MOD_Yf_TILED };
	static uint8_t first[W * H * 3 / 2], now[W * H * 3 / 2];

	for (int m = 0; m < 4; m++) {
		size_t pitch, size;
		int fd = make_buffer(modifiers[m], &pitch, &size);
		VADRMPRIMESurfaceDescriptor d = describe(fd, size, pitch, modifiers[m]);
		uintptr_t handle = (uintptr_t)fd;
		VASurfaceAttribExternalBuffers ext = { .pixel_format = VA_FOURCC_BGRX, .width = W,
			.height = H, .data_size = (uint32_t)size, .num_planes = 1,
			.pitches = { (uint32_t)pitch }, .buffers = &handle, .num_buffers = 1 };
		VASurfaceID s;

		CHECK_INT(import(VA_SURFACE_ATTRIB_MEM_TYPE_DRM_PRIME_2, &d, &s), 0);
		convert(s, VA_FILTER_INTERPOLATION_NEAREST_NEIGHBOR, now);
		vaDestroySurfaces(display, &s, 1);
		if (m == 0)
			memcpy(first, now, sizeof(first));
		CHECK_INT(memcmp(first, now, sizeof(first)), 0);

		CHECK_INT(soft.set_bo_tiling(fd, modifiers[m]), 0);
		CHECK_INT(import(VA_SURFACE_ATTRIB_MEM_TYPE_DRM_PRIME, &ext, &s), 0);
		convert(s, VA_FILTER_INTERPOLATION_NEAREST_NEIGHBOR, now);
		CHECK_INT(memcmp(first, now, sizeof(first)), 0);
		convert(s, 0, now);
		CHECK(memcmp(first, now, sizeof(first)) != 0); /* blurred, as on iHD */
		vaDestroySurfaces(display, &s, 1);
		close(fd);
	}
	for (int y = 0; y < H; y++) {
		for (int x = 0; x < W; x++)
			CHECK(abs(first[y * W + x] - luma(pixel(x, y))) <= 1);
	}
}

static void test_refused_imports(void)
{
	size_t pitch, size;
	int fd = make_buffer(I915_FORMAT_MOD_Y_TILED, &pitch, &size);
	VADRMPRIMESurfaceDescriptor good = describe(fd, size, pitch, I915_FORMAT_MOD_Y_TILED), d;
	VASurfaceID s;

#define REFUSED(status) CHECK_INT(import(VA_SURFACE_ATTRIB_MEM_TYPE_DRM_PRIME_2, &d, &s), status)
	d = good;
	d.num_objects = 2;
	REFUSED(VA_STATUS_ERROR_INVALID_PARAMETER);
	d = good;
	d.objects[0].drm_format_modifier = DRM_FORMAT_MOD_INVALID;
	REFUSED(VA_STATUS_ERROR_INVALID_SURFACE);
	d = good;
	d.layers[0].pitch[0] = W * 4;
	REFUSED(VA_STATUS_ERROR_INVALID_PARAMETER);
	d = good;
	d.height = H * 3;
	REFUSED(VA_STATUS_ERROR_INVALID_PARAMETER);
	d = good;
	d.layers[0].drm_format = DRM_FORMAT_XBGR8888;
	REFUSED(VA_STATUS_ERROR_INVALID_PARAMETER);
	d = good;
	d.fourcc = 0;
	REFUSED(VA_STATUS_ERROR_INVALID_PARAMETER);
	CHECK_INT(soft.configure("refuse-modifier=0x100000000000002"), 0);
	d = good;
	REFUSED(VA_STATUS_ERROR_INVALID_SURFACE);
	CHECK_INT(soft.configure(NULL), 0);
	CHECK_INT(import(VA_SURFACE_ATTRIB_MEM_TYPE_DRM_PRIME_2, &d, &s), 0);
	vaDestroySurfaces(display, &s, 1);
	close(fd);
#undef REFUSED
}

static void test_configs(void)
{
	VAConfigAttrib a = { .type = VAConfigAttribRateControl, .value = VA_RC_VCM };
	VAConfigID config;
	VAContextID context;

	CHECK_INT(vaCreateConfig(display, VAProfileHEVCMain, VAEntrypointEncSlice, NULL,
			0, &config), VA_STATUS_ERROR_UNSUPPORTED_PROFILE);
	CHECK_INT(vaCreateConfig(display, VAProfileH264High, VAEntrypointEncPicture, NULL,
			0, &config), VA_STATUS_ERROR_UNSUPPORTED_ENTRYPOINT);
	CHECK_INT(vaCreateConfig(display, VAProfileH264High, VAEntrypointEncSliceLP,
			&a, 1, &config), VA_STATUS_ERROR_ATTR_NOT_SUPPORTED);
	CHECK_INT(soft.configure("rc=cqp,no-slice"), 0);
	CHECK_INT(vaGetConfigAttributes(display, VAProfileH264High, VAEntrypointEncSliceLP, &a, 1),
			0);
	CHECK_INT(a.value, VA_RC_CQP);
	CHECK_INT(vaCreateConfig(display, VAProfileH264High, VAEntrypointEncSlice, NULL,
			0, &config), VA_STATUS_ERROR_UNSUPPORTED_ENTRYPOINT);
	CHECK_INT(soft.configure(NULL), 0);
	CHECK_INT(vaCreateConfig(display, VAProfileH264High, VAEntrypointEncSlice, NULL, 0,
			&config), 0);
	CHECK_INT(vaCreateContext(display, config, 5000, 100, 0, NULL, 0, &context),
			VA_STATUS_ERROR_RESOLUTION_NOT_SUPPORTED);
	CHECK_INT(vaDestroyConfig(display, config), 0);
	CHECK_INT(vaDestroyConfig(display, config), VA_STATUS_ERROR_INVALID_CONFIG);
}

/* A hung job: waiting ends by its time limit, and vaTerminate() ends it. */
static void test_stall(void)
{
	VAProcPipelineParameterBuffer p =
			{ .filter_flags = VA_FILTER_INTERPOLATION_NEAREST_NEIGHBOR };
	VAConfigID config;
	VAContextID context;
	VASurfaceID s[2];
	VABufferID buffer;

	CHECK_INT(soft.configure("stall-job=1,stall-ms=100000000"), 0);
	CHECK_INT(vaCreateConfig(display, VAProfileNone, VAEntrypointVideoProc, NULL, 0, &config),
			0);
	CHECK_INT(vaCreateContext(display, config, W, H, 0, NULL, 0, &context), 0);
	CHECK_INT(vaCreateSurfaces(display, VA_RT_FORMAT_YUV420, W, H, s, 2, NULL, 0), 0);
	p.surface = s[0];
	CHECK_INT(vaCreateBuffer(display, context, VAProcPipelineParameterBufferType,
			sizeof(p), 1, &p,
				&buffer), 0);
	CHECK_INT(vaBeginPicture(display, context, s[1]), 0);
	CHECK_INT(vaRenderPicture(display, context, &buffer, 1), 0);
	CHECK_INT(vaEndPicture(display, context), 0);
	CHECK_INT(vaSyncSurface2(display, s[1], 20 * 1000 * 1000), VA_STATUS_ERROR_TIMEDOUT);
}

int main(void)
{
	struct soft_va_counters c;
	char reason[256];
	int fd;

	display = test_va_open(&fd);
	soft = test_va_api();
	test_imports();
	soft.get_counters(&c);
	CHECK_INT(c.imports_prime1, 4);
	CHECK_INT(c.imports_prime2, 4);
	CHECK_INT(c.detiles, 9);
	CHECK_INT(c.vpp_blurred, 4);
	CHECK_INT(c.surfaces_live, 0);
	CHECK(c.cpu_pixel_maps > 0); /* the test's own */
	test_refused_imports();
	soft.last_reason(reason, sizeof(reason));
	CHECK(strstr(reason, "injected"));
	test_configs();
	test_stall();
	vaTerminate(display);
	close(fd);
	soft.get_counters(&c);
	CHECK_INT(c.surfaces_live, 0);
	CHECK_INT(c.contexts_live, 0);
	CHECK_INT(c.buffers_live, 0);
	CHECK_INT(c.faults, 2);
	return 0;
}
