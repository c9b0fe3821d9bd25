/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* The va encoder on the software driver. */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <drm_fourcc.h>

#include "base/clock.h"
#include "check.h"
#include "rig.h"

static struct soft_va_api soft;

/* A key frame and one that moves, from a DMA-BUF with these options. */
static void encode_at(uint32_t width, uint32_t height, const struct scene_options *o, uint32_t kbps,
		double least)
{
	struct rig rig = rig_open(width, height, kbps);
	struct scene scene = scene_new(width, height);
	struct spice_accel_frame *frame;
	struct damage damage = rig_all(&scene);
	int fd;

	scene_draw(&scene, 0);
	frame = scene_frame(&scene, o, &soft, &fd);
	rig_encode(&rig, (struct encode_request){ .frame = frame, .key = true, .qp = 16,
			.damage = &damage });
	CHECK(rig.packet.key);
	rig_check(&rig, &scene, least);
	scene_draw(&scene, 3);
	scene_update(&scene, o, &soft, fd);
	rig_encode(&rig, (struct encode_request){ .frame = frame, .qp = 16, .damage = &damage });
	CHECK(!rig.packet.key);
	if (!kbps)
		CHECK_INT(rig.packet.qp, 16);
	rig_check(&rig, &scene, least);
	spice_accel_frame_unref(frame);
	close(fd);
	scene_free(&scene);
	rig_close(&rig);
}

static void encode_two(uint32_t width, uint32_t height, const struct scene_options *o, double least)
{
	encode_at(width, height, o, 0, least);
}

static uint64_t pixel_maps(void)
{
	struct soft_va_counters c;

	soft.get_counters(&c);
	return c.cpu_pixel_maps;
}

static const uint32_t formats[] = { DRM_FORMAT_XRGB8888, DRM_FORMAT_ARGB8888, DRM_FORMAT_XBGR8888,
	DRM_FORMAT_ABGR8888, DRM_FORMAT_XRGB2101010, DRM_FORMAT_XBGR2101010, DRM_FORMAT_RGB565,
	DRM_FORMAT_YUYV };

static void test_formats(void)
{
	static const uint64_t modifiers[] = { DRM_FORMAT_MOD_LINEAR, I915_FORMAT_MOD_X_TILED,
		I915_FORMAT_MOD_Y_TILED, I915_FORMAT_MOD_Yf_TILED };

	for (int f = 0; f < 8; f++) {
		for (int m = 0; m < 4; m++) {
			struct scene_options o = { .fourcc = formats[f], .modifier = modifiers[m] };

			encode_two(320, 180, &o, formats[f] == DRM_FORMAT_RGB565 ? 34 : 42);
			o.hide_modifier = 1;
			encode_two(320, 180, &o, formats[f] == DRM_FORMAT_RGB565 ? 34 : 42);
		}
	}
	CHECK_INT(pixel_maps(), 0);
}

static void test_sizes(void)
{
	static const uint32_t sizes[][2] = { { 32, 32 }, { 101, 67 }, { 1366, 768 }, { 1920, 1080 },
		{ 1920, 1200 }, { 3840, 2160 } };
	struct scene_options o = { .fourcc = DRM_FORMAT_XRGB8888,
		.modifier = I915_FORMAT_MOD_X_TILED };
	struct scene_options crop = { .fourcc = DRM_FORMAT_XRGB8888, .x = 34, .y = 21,
		.backing_width = 500, .backing_height = 300 };
	struct scene_options flip = { .fourcc = DRM_FORMAT_XBGR8888, .y_flip = 1 };
	struct encoder_params params = rig_params(8192, 8192);
	struct encoder *encoder;

	for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		encode_two(sizes[i][0], sizes[i][1], &o, sizes[i][0] % 2 ? 36 : 40);
	encode_two(321, 201, &crop, 40);
	encode_two(320, 200, &flip, 40);
	CHECK_INT(pixel_maps(), 0);
	CHECK_INT(encoder_create(&encoder, &encoder_va, &params), -EINVAL);
}

/* Each rate control, with each format, an odd size and 4K; no map of pixels. */
static void test_rate_controls(void)
{
	static const char *const modes[] = { "cqp", "cbr", "vbr", "qvbr" };

	for (unsigned i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		struct scene_options o = { .modifier = I915_FORMAT_MOD_Y_TILED };

		setenv("SPICE_ACCEL_VA_RC", modes[i], 1);
		for (int f = 0; f < 8; f++) {
			o.fourcc = formats[f];
			encode_at(320, 180, &o, 20000, 34);
		}
		o.fourcc = DRM_FORMAT_XRGB8888;
		encode_at(1367, 767, &o, 60000, 34);
		encode_at(3840, 2160, &o, 200000, 34);
	}
	unsetenv("SPICE_ACCEL_VA_RC");
	CHECK_INT(pixel_maps(), 0);
}

static struct spice_accel_rect block_rect(const struct scene *s, unsigned t)
{
	int32_t size = (int32_t)s->height / 4;

	return (struct spice_accel_rect){ (int32_t)(t * 8 % (s->width - (uint32_t)size + 1)), size,
		size, size };
}

/* Memory pictures, damage, repeats, refinement, keys on demand. */
static void test_stream(const char *settings)
{
	struct scene scene = scene_new(400, 300);
	struct damage damage = rig_all(&scene);
	struct soft_va_counters before, after;
	struct picture picture;
	struct rig rig;

	CHECK_INT(soft.configure(settings), 0);
	soft.get_counters(&before);
	rig = rig_open(400, 300, 0);
	CHECK_INT(picture_init(&picture, PICTURE_NV12, 400, 300), 0);
	for (unsigned t = 0; t < 300; t++) {
		struct encode_request request = { .picture = &picture, .damage = &damage, .qp = 22,
			.key = t == 0 || t == 150 };

		scene_draw(&scene, t);
		scene_picture(&scene, &picture);
		if (t > 0) {
			struct spice_accel_rect old = block_rect(&scene, t - 1),
					new = block_rect(&scene, t);

			damage_clear(&damage);
			damage_add(&damage, &old, 400, 300);
			damage_add(&damage, &new, 400, 300);
		}
		rig_encode(&rig, request);
		CHECK_INT(rig.packet.key, request.key);
		rig_check(&rig, &scene, 38);
		request.key = false;
		request.kind = ENCODE_REPEAT;
		for (unsigned i = 0; i < t % 3; i++) {
			rig_encode(&rig, request);
			CHECK(rig.packet.size < 100 || !settings || strstr(settings, "no-packed"));
			rig_check(&rig, &scene, 38);
		}
		request.kind = ENCODE_REFINE;
		request.qp = 12;
		if (t % 10 == 0) {
			rig_encode(&rig, request);
			rig_check(&rig, &scene, 42);
		}
	}
	soft.get_counters(&after);
	CHECK_INT(after.dirty_lies, 0);
	CHECK_INT(after.idr_frames - before.idr_frames, 2);
	CHECK_INT(after.rejects, before.rejects);
	picture_finish(&picture);
	scene_free(&scene);
	rig_close(&rig);
	CHECK_INT(soft.configure(NULL), 0);
}

/* The driver's rate control has little to spend: a picture at rest gets better
 * with each refinement, and they come to an end. */
static void test_refinement(void)
{
	struct scene scene = scene_new(640, 360);
	struct damage damage = rig_all(&scene);
	/* from the first on, as the software driver keeps that least quantiser */
	struct encode_request request = { .damage = &damage, .qp = 12 };
	struct rig rig = rig_open(640, 360, 3000);
	struct picture picture;
	unsigned n = 0;

	CHECK_INT(picture_init(&picture, PICTURE_NV12, 640, 360), 0);
	scene_draw(&scene, 0);
	scene_picture(&scene, &picture);
	request.picture = &picture;
	rig_encode(&rig, request);
	printf("# first picture: quantiser %d, %.1f dB\n", rig.packet.qp,
			scene_psnr(&scene, rig.picture.plane[0], rig.picture.stride[0]));
	request.kind = ENCODE_REFINE;
	do {
		rig_encode(&rig, request);
		CHECK(rig.packet.size <= 3000 * 1000 / 8 / 30);
	} while (rig.packet.qp > 12 && ++n < 100);
	printf("# %u refinements: %.1f dB\n", n,
			scene_psnr(&scene, rig.picture.plane[0], rig.picture.stride[0]));
	CHECK(n < 60);
	rig_check(&rig, &scene, 42);
	picture_finish(&picture);
	scene_free(&scene);
	rig_close(&rig);
}

/* A display whose content stands still although it says that all is new. */
static void check_unchanged(uint32_t width, uint32_t height, int qp)
{
	struct scene scene = scene_new(width, height);
	struct damage damage = rig_all(&scene);
	struct encode_request request = { .damage = &damage, .qp = qp, .drop_unchanged = true };
	struct rig rig = rig_open(width, height, 0);
	struct picture picture;
	unsigned sent = 0;

	CHECK_INT(picture_init(&picture, PICTURE_NV12, width, height), 0);
	request.picture = &picture;
	for (unsigned t = 0; t < 60; t++) {
		scene_draw(&scene, t / 20); /* three pictures */
		scene_picture(&scene, &picture);
		CHECK_INT(rig_try(&rig, &request), 0);
		if (!rig.packet.size)
			continue;
		sent++;
		avc_decode(rig.decoder, rig.packet.data, rig.packet.size, &rig.picture);
		rig_check(&rig, &scene, qp > 40 ? 20 : 28);
	}
	/* A picture is bettered a few times before nothing changes. */
	printf("# %ux%u at %d: %u of 60 pictures sent\n", width, height, qp, sent);
	CHECK(sent >= 3 && sent < 20);
	request.kind = ENCODE_REPEAT; /* and the numbers go on */
	request.drop_unchanged = false;
	rig_encode(&rig, request);
	scene_draw(&scene, 9);
	scene_picture(&scene, &picture);
	request.kind = ENCODE_NEW;
	rig_encode(&rig, request);
	rig_check(&rig, &scene, qp > 40 ? 20 : 28);
	picture_finish(&picture);
	scene_free(&scene);
	rig_close(&rig);
}

static void test_unchanged(void)
{
	static const int qps[] = { 14, 20, 26, 32, 38, 44, 51 };

	for (unsigned i = 0; i < sizeof(qps) / sizeof(qps[0]); i++)
		check_unchanged(640, 360, qps[i]);
	check_unchanged(1920, 1080, 30);
}

/* Several GPUs: the scanout's own one encodes. */
static void test_gpus(void)
{
	static const struct {
		const char *node; /* of the scanout */
		bool key;
	} steps[] = { { NULL, true }, { NULL, false }, { "/dev/zero", true },
			{ "/dev/zero", false },
		{ "/dev/none", true }, { "/dev/none", false }, { "/dev/null", false } };
	struct scene scene = scene_new(160, 120);
	struct damage damage = rig_all(&scene);
	struct encoder_params params = rig_params(160, 120);
	struct rig rig = { .width = 160, .height = 120, .decoder = avc_decoder_new() };

	params.render_node = NULL;
	setenv("SPICE_ACCEL_RENDER_NODE", "/dev/null", 1);
	CHECK_INT(encoder_create(&rig.encoder, &encoder_va, &params), 0);
	for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct scene_options o = { .fourcc = DRM_FORMAT_XRGB8888,
			.render_node = steps[i].node };
		struct spice_accel_frame *frame;
		int fd;

		scene_draw(&scene, i);
		frame = scene_frame(&scene, &o, &soft, &fd);
		rig_encode(&rig, (struct encode_request){ .frame = frame, .qp = 20,
			.damage = &damage });
		if (i < 6)
			CHECK_INT(rig.packet.key, steps[i].key);
		rig_check(&rig, &scene, 36);
		spice_accel_frame_unref(frame);
		close(fd);
	}
	unsetenv("SPICE_ACCEL_RENDER_NODE");
	scene_free(&scene);
	rig_close(&rig);
}

/* One fault, at frame 10 of a stream from a DMA-BUF; the picture goes on. */
static void check_fault(const char *settings, uint32_t kbps)
{
	struct scene_options o = { .fourcc = DRM_FORMAT_XRGB8888 };
	struct scene scene = scene_new(320, 240);
	struct damage damage = rig_all(&scene);
	struct spice_accel_frame *frame;
	struct rig rig = rig_open(320, 240, kbps);
	uint64_t start;
	int fd;

	scene_draw(&scene, 0);
	frame = scene_frame(&scene, &o, &soft, &fd);
	for (unsigned t = 0; t < 20; t++) {
		scene_draw(&scene, t);
		scene_update(&scene, &o, &soft, fd);
		if (t == 10)
			CHECK_INT(soft.configure(settings), 0);
		start = clock_now_us();
		rig_encode(&rig, (struct encode_request){ .frame = frame, .key = t == 0, .qp = 20,
				.damage = &damage });
		CHECK(clock_now_us() - start < 10000000); /* 1 s, were the machine ours */
		rig_check(&rig, &scene, 36);
	}
	CHECK_INT(soft.configure(NULL), 0);
	spice_accel_frame_unref(frame);
	close(fd);
	scene_free(&scene);
	rig_close(&rig);
}

/* Faults that the encoder cannot mend itself: the right error, soon. */
static void check_error(const char *settings, int error)
{
	struct scene_options o = { .fourcc = DRM_FORMAT_XRGB8888,
		.modifier = I915_FORMAT_MOD_Y_TILED };
	struct scene scene = scene_new(320, 240);
	struct damage damage = rig_all(&scene);
	struct encode_request request = { .key = true, .qp = 20, .damage = &damage };
	struct spice_accel_frame *frame;
	uint64_t start = clock_now_us();
	struct rig rig;
	int fd;

	CHECK_INT(soft.configure(settings), 0);
	rig = rig_open(320, 240, 0);
	scene_draw(&scene, 0);
	frame = scene_frame(&scene, &o, &soft, &fd);
	request.frame = frame;
	CHECK_INT(rig_try(&rig, &request), error);
	CHECK(clock_now_us() - start < 10000000); /* 1 s, were the machine ours */
	spice_accel_frame_unref(frame);
	close(fd);
	scene_free(&scene);
	rig_close(&rig);
	CHECK_INT(soft.configure(NULL), 0);
}

static void test_faults(void)
{
	struct encoder_params params = rig_params(320, 240);
	struct encoder *encoder;
	char why[512];

	check_fault("fail-end-picture=1", 0); /* EncSlice takes over */
	check_fault("fail-end-picture=1,fail-end-picture-for=-1,fail-lp-only", 0);
	check_fault("fail-map-buffer=1", 0);
	check_fault("small-segments", 0);
	check_fault("small-segments", 4000);
	check_fault("no-sync-buffer", 0);
	check_fault("stall-job=1,stall-ms=100", 0); /* slow is no failure */
	check_error("fail-end-picture=1,fail-end-picture-for=-1", -EIO);
	check_error("refuse-modifier=0x100000000000002", -ENOTSUP);
	check_error("refuse-import", -ENOTSUP);
	check_error("no-vpp", -ENOTSUP);
	CHECK_INT(soft.configure("fail-create-surfaces=1"), 0);
	CHECK_INT(encoder_create(&encoder, &encoder_va, &params), 0); /* the second try works */
	encoder_destroy(encoder);
	CHECK_INT(soft.configure("no-encode"), 0);
	CHECK_INT(encoder_create(&encoder, &encoder_va, &params), -ENODEV);
	CHECK_INT(encoder_probe(&encoder_va, &params, why, sizeof(why)), -ENODEV);
	CHECK(strstr(why, "does not encode"));
	CHECK_INT(soft.configure(NULL), 0);
	CHECK_INT(encoder_probe(&encoder_va, &params, why, sizeof(why)), 0);
	params.render_node = "/dev/does-not-exist";
	CHECK_INT(encoder_probe(&encoder_va, &params, why, sizeof(why)), -ENODEV);
	CHECK(strstr(why, "/dev/does-not-exist"));
}

/* A GPU that stands still is given up after the default limit. */
static void test_hang(void)
{
	unsetenv("SPICE_ACCEL_VA_LIMIT_MS");
	check_error("stall-job=2,stall-ms=100000", -ETIME);
	check_error("stall-job=2,stall-ms=100000,no-sync-buffer", -ETIME);
}

/* Options that leave fewer ways to encode. */
static void test_poor_drivers(void)
{
	test_stream("verify-dirty");
	test_stream("no-lp,rc=cqp,no-dirty-rect,no-intra-refresh");
	test_stream("no-slice,small-segments,no-sync-buffer");
	test_stream("no-packed-headers");
	setenv("SPICE_ACCEL_VA_REFRESH", "2", 1);
	test_stream("verify-dirty");
	unsetenv("SPICE_ACCEL_VA_REFRESH");
}

int main(int argc, char **argv)
{
	soft = test_va_api();
	/* A processor that does a GPU's work may be busy. */
	setenv("SPICE_ACCEL_VA_LIMIT_MS", "60000", 1);
	test_formats();
	test_sizes();
	test_rate_controls();
	test_stream(NULL);
	test_poor_drivers();
	test_refinement();
	test_unchanged();
	test_gpus();
	test_faults();
	test_hang();
	return 0;
}
