/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* What only GStreamer's encoders have: elements that are missing or too slow,
 * and pixels behind a descriptor that are given to the element. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <drm_fourcc.h>

#include "convert/convert-cpu.h"
#include "kit.h"

static int probe(const char *element, char *why, size_t size)
{
	struct encoder_params params = { .width = 320, .height = 240, .fps = 30, .bitrate_kbps = 4000 };

	g_setenv("SPICE_ACCEL_GST_ENCODER", element, TRUE);
	return encoder_probe(encoder_impl_find("gst"), &params, why, size);
}

static void test_not_here(void)
{
	char why[256];

	g_assert_cmpint(probe("identity", why, sizeof why), ==, -ENODEV);
	g_assert_nonnull(strstr(why, "identity"));
	/* no such device in a machine that tests this, or it works */
	if (probe("nvh264enc", why, sizeof why) < 0)
		g_assert_nonnull(strstr(why, "nvh264enc"));
}

/* Too slow, as a device that hangs: an error within the time, and no wait at the end. */
static void test_time_limit(void)
{
	struct damage all = { 0 };
	struct encode_request request = { .damage = &all, .number = 1 };
	struct kit k;
	int ret = 0;

	g_setenv("SPICE_ACCEL_GST_ENCODER", "x264enc", TRUE);
	g_setenv("SPICE_ACCEL_GST_TIMEOUT_MS", "1", TRUE);
	kit_init(&k, &(struct kit_params){ .width = 3840, .height = 2160, .threads = 1 });
	request.picture = &k.picture;
	damage_add_all(&all, 3840, 2160);
	for (uint32_t i = 0; i < 50 && ret == 0; i++) {
		canvas_fill(&k.canvas, CONTENT_NOISE, 3 * i);
		g_assert_cmpint(convert_cpu(&k.picture, k.canvas.frame, &all), ==, 0);
		packet_reset(&k.packet);
		ret = encoder_encode(k.encoder, &request, &k.packet);
	}
	g_assert_cmpint(ret, ==, -ETIME);
	kit_finish(&k);
	g_setenv("SPICE_ACCEL_GST_TIMEOUT_MS", "30000", TRUE);
}

static struct spice_accel_frame *make_frame(const struct canvas *c, uint32_t fourcc, uint32_t padding, bool flip)
{
	uint32_t stride = c->width * 4 + padding;
	struct spice_accel_dmabuf_params params = { .size = sizeof params, .width = c->width, .height = c->height,
		.fourcc = fourcc, .modifier = DRM_FORMAT_MOD_LINEAR, .n_planes = 1, .stride = { stride },
		.y_flip = flip };
	struct spice_accel_frame *frame;

	params.fd[0] = memfd_create("dmabuf", MFD_CLOEXEC);
	g_assert_cmpint(ftruncate(params.fd[0], (off_t)stride * c->height), ==, 0);
	for (uint32_t y = 0; y < c->height; y++)
		g_assert_cmpint(pwrite(params.fd[0], c->pixels + y * c->width, c->width * 4, (off_t)y * stride),
				==, c->width * 4);
	g_assert_cmpint(spice_accel_frame_create_dmabuf(&frame, &params), ==, 0);
	close(params.fd[0]);
	return frame;
}

static void test_descriptors(void)
{
	struct damage all = { 0 };
	struct kit k;

	g_setenv("SPICE_ACCEL_GST_ENCODER", "x264enc", TRUE);
	kit_init(&k, &(struct kit_params){ .width = 640, .height = 360 });
	damage_add_all(&all, 640, 360);
	for (uint32_t i = 0; i < 8; i++) {
		struct encode_request request = { .damage = &all, .number = i };

		/* content from memory and from descriptors may alternate */
		canvas_fill(&k.canvas, CONTENT_GRADIENT, 50 * i);
		g_assert_cmpint(convert_cpu(&k.picture, k.canvas.frame, &all), ==, 0);
		planes_from_picture(&k.source, &k.picture);
		if (i == 3)
			request.picture = &k.picture;
		else
			request.frame = make_frame(&k.canvas, DRM_FORMAT_XRGB8888, i % 2 * 64, false);
		packet_reset(&k.packet);
		g_assert_cmpint(encoder_encode(k.encoder, &request, &k.packet), ==, 0);
		planes_copy(&k.shown, decoder_decode(k.decoder, k.packet.data, k.packet.size));
		g_assert_cmpfloat(kit_psnr(&k), >, 30);
		spice_accel_frame_unref(request.frame);
	}
	kit_finish(&k);
}

static void test_refuses(void)
{
	struct damage all = { 0 };
	struct encode_request request = { .damage = &all };
	struct kit k;

	g_setenv("SPICE_ACCEL_GST_ENCODER", "x264enc", TRUE);
	kit_init(&k, &(struct kit_params){ .width = 64, .height = 64 });
	request.frame = make_frame(&k.canvas, DRM_FORMAT_XRGB8888, 0, true);
	g_assert_cmpint(encoder_encode(k.encoder, &request, &k.packet), ==, -ENOTSUP);
	spice_accel_frame_unref(request.frame);
	request.frame = make_frame(&k.canvas, DRM_FORMAT_XRGB2101010, 0, false);
	g_assert_cmpint(encoder_encode(k.encoder, &request, &k.packet), ==, -ENOTSUP);
	spice_accel_frame_unref(request.frame);
	kit_finish(&k);
}

int main(int argc, char **argv)
{
	char why[256];

	g_test_init(&argc, &argv, NULL);
	g_setenv("SPICE_ACCEL_GST_TIMEOUT_MS", "30000", TRUE);
	if (probe("x264enc", why, sizeof why) < 0) {
		g_print("1..0 # SKIP %s\n", why);
		return 77;
	}
	g_test_add_func("/gst/not-here", test_not_here);
	g_test_add_func("/gst/descriptors", test_descriptors);
	g_test_add_func("/gst/refuses", test_refuses);
	g_test_add_func("/gst/time-limit", test_time_limit);
	return g_test_run();
}
