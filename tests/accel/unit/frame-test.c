/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <drm_fourcc.h>
#include <glib.h>

#include "frame/frame.h"

static uint8_t pixels[64 * 64 * 4];
static int released;

static void on_release(void *opaque)
{
	g_assert_true(opaque == &released);
	released++;
}

static struct spice_accel_memory_params memory_params(void)
{
	return (struct spice_accel_memory_params){
		.size = sizeof(struct spice_accel_memory_params),
		.width = 64,
		.height = 64,
		.fourcc = DRM_FORMAT_XRGB8888,
		.stride = 256,
		.data = pixels,
		.release = on_release,
		.opaque = &released,
	};
}

static struct spice_accel_dmabuf_params dmabuf_params(int fd)
{
	return (struct spice_accel_dmabuf_params){
		.size = sizeof(struct spice_accel_dmabuf_params),
		.width = 64,
		.height = 64,
		.fourcc = DRM_FORMAT_XRGB8888,
		.modifier = DRM_FORMAT_MOD_LINEAR,
		.n_planes = 1,
		.fd = { fd },
		.stride = { 256 },
		.release = on_release,
		.opaque = &released,
	};
}

static int memory_error(struct spice_accel_memory_params params)
{
	struct spice_accel_frame *frame = NULL;
	int ret = spice_accel_frame_create_memory(&frame, &params);

	g_assert_null(frame);
	g_assert_cmpint(released, ==, 0);
	return ret;
}

static int dmabuf_error(struct spice_accel_dmabuf_params params)
{
	struct spice_accel_frame *frame = NULL;
	int ret = spice_accel_frame_create_dmabuf(&frame, &params);

	g_assert_null(frame);
	g_assert_cmpint(released, ==, 0);
	return ret;
}

#define EXPECT_MEMORY(error, change) do { \
	struct spice_accel_memory_params p = memory_params(); \
	change; \
	g_assert_cmpint(memory_error(p), ==, -(error)); \
} while (0)

#define EXPECT_DMABUF(error, change) do { \
	struct spice_accel_dmabuf_params p = dmabuf_params(fd); \
	change; \
	g_assert_cmpint(dmabuf_error(p), ==, -(error)); \
} while (0)

static void test_memory_refuses(void)
{
	released = 0;
	EXPECT_MEMORY(EINVAL, p.size = 4);
	EXPECT_MEMORY(EINVAL, p.data = NULL);
	EXPECT_MEMORY(EINVAL, p.width = 0);
	EXPECT_MEMORY(EINVAL, p.height = 0);
	EXPECT_MEMORY(EINVAL, p.width = 16385);
	EXPECT_MEMORY(EINVAL, p.height = UINT32_MAX);
	EXPECT_MEMORY(EINVAL, p.stride = 255);
	EXPECT_MEMORY(EINVAL, p.stride = -255);
	EXPECT_MEMORY(EINVAL, p.stride = 0);
	EXPECT_MEMORY(ENOTSUP, p.fourcc = DRM_FORMAT_NV12);
	EXPECT_MEMORY(ENOTSUP, p.fourcc = 0);
	/* packed 4:2:2 comes in pairs of pixels */
	EXPECT_MEMORY(EINVAL, (p.fourcc = DRM_FORMAT_YUYV, p.width = 63, p.stride = 126));
}

static void test_dmabuf_refuses(void)
{
	int fd = memfd_create("frame", MFD_CLOEXEC);

	released = 0;
	EXPECT_DMABUF(EINVAL, p.size = 4);
	EXPECT_DMABUF(EINVAL, p.n_planes = 0);
	EXPECT_DMABUF(EINVAL, p.n_planes = 5);
	EXPECT_DMABUF(EINVAL, p.width = 0);
	EXPECT_DMABUF(EINVAL, p.x = UINT32_MAX);
	EXPECT_DMABUF(EINVAL, p.backing_width = 63);
	EXPECT_DMABUF(EINVAL, (p.backing_width = 64, p.x = 1));
	EXPECT_DMABUF(EINVAL, (p.backing_height = 64, p.y = 1));
	EXPECT_DMABUF(EINVAL, p.backing_height = 1u << 20);
	EXPECT_DMABUF(EINVAL, p.stride[0] = 252);
	EXPECT_DMABUF(EINVAL, p.stride[0] = 0);
	EXPECT_DMABUF(ENOTSUP, p.fourcc = 0x12345678);
	EXPECT_DMABUF(EBADF, p.fd[0] = -1);
	EXPECT_DMABUF(EBADF, (p.n_planes = 2, p.fd[1] = -1));
	close(fd);
}

static void test_releases_once(void)
{
	struct spice_accel_memory_params params = memory_params();
	struct spice_accel_frame *frame;

	released = 0;
	g_assert_cmpint(spice_accel_frame_create_memory(&frame, &params), ==, 0);
	g_assert_true(spice_accel_frame_ref(frame) == frame);
	spice_accel_frame_unref(frame);
	g_assert_cmpint(released, ==, 0);
	spice_accel_frame_unref(frame);
	g_assert_cmpint(released, ==, 1);
	spice_accel_frame_unref(NULL);
}

static void test_bottom_up(void)
{
	struct spice_accel_memory_params params = memory_params();
	struct spice_accel_frame *frame;

	params.stride = -256;
	params.data = pixels + 63 * 256;
	g_assert_cmpint(spice_accel_frame_create_memory(&frame, &params), ==, 0);
	g_assert_cmpint(frame->memory.stride, ==, -256);
	spice_accel_frame_unref(frame);
}

/* The caller's descriptors stay its own, ours are closed. */
static void test_dmabuf_descriptors(void)
{
	int fd = memfd_create("frame", MFD_CLOEXEC);
	struct spice_accel_dmabuf_params params = dmabuf_params(fd);
	struct spice_accel_frame *frame;
	char node[] = "/dev/dri/renderD128";
	int ours;

	released = 0;
	params.render_node = node;
	g_assert_cmpint(spice_accel_frame_create_dmabuf(&frame, &params), ==, 0);
	ours = frame->dmabuf.fd[0];
	node[0] = 'x';
	g_assert_cmpstr(frame->dmabuf.render_node, ==, "/dev/dri/renderD128");
	g_assert_cmpint(ours, !=, fd);
	g_assert_cmpint(fcntl(ours, F_GETFD), ==, FD_CLOEXEC);
	g_assert_cmpuint(frame->dmabuf.backing_width, ==, 64);
	spice_accel_frame_unref(frame);
	g_assert_cmpint(released, ==, 1);
	g_assert_cmpint(fcntl(ours, F_GETFD), ==, -1);
	g_assert_cmpint(fcntl(fd, F_GETFD), !=, -1);
	close(fd);
}

static void *drop_many(void *opaque)
{
	for (int i = 0; i < 100000; i++)
		spice_accel_frame_unref(spice_accel_frame_ref(opaque));
	return NULL;
}

static void test_threads(void)
{
	struct spice_accel_memory_params params = memory_params();
	struct spice_accel_frame *frame;
	GThread *threads[4];

	released = 0;
	g_assert_cmpint(spice_accel_frame_create_memory(&frame, &params), ==, 0);
	for (unsigned i = 0; i < G_N_ELEMENTS(threads); i++)
		threads[i] = g_thread_new("drop", drop_many, frame);
	for (unsigned i = 0; i < G_N_ELEMENTS(threads); i++)
		g_thread_join(threads[i]);
	g_assert_cmpint(released, ==, 0);
	spice_accel_frame_unref(frame);
	g_assert_cmpint(released, ==, 1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/frame/memory-refuses", test_memory_refuses);
	g_test_add_func("/frame/dmabuf-refuses", test_dmabuf_refuses);
	g_test_add_func("/frame/releases-once", test_releases_once);
	g_test_add_func("/frame/bottom-up", test_bottom_up);
	g_test_add_func("/frame/dmabuf-descriptors", test_dmabuf_descriptors);
	g_test_add_func("/frame/threads", test_threads);
	return g_test_run();
}
