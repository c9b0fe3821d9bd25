/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/*
 * Tests that every encoder must pass, built once for each (ENCODER). A new encoder is
 * done when it passes unchanged.
 */
#include <string.h>

#include "kit.h"

static bool obeys_qp(const struct kit *k)
{
	return k->impl->caps & ENCODER_QP && !(k->impl->caps & ENCODER_BOUNDED);
}

/* Without a quantiser to command, rate control decides: less is asked. */
static double least_psnr(const struct kit *k)
{
	return obeys_qp(k) ? 30 : 27;
}

/* Rate control with a small buffer brings a first picture in several steps. */
static void settle(struct kit *k)
{
	for (int i = 0; i < 8 && !obeys_qp(k); i++)
		kit_show(k, ENCODE_NEW, false, 22, NULL);
}

static void assert_good(const struct kit *k)
{
	double psnr = kit_psnr(k);

	if (psnr < least_psnr(k))
		g_error("frame %" G_GUINT64_FORMAT ": PSNR %.1f dB, wanted %.1f", k->number, psnr,
				least_psnr(k));
}

static void rect(struct damage *d, const struct kit *k, int x, int y, int width, int height)
{
	struct spice_accel_rect r = { x, y, width, height };

	damage_add(d, &r, k->canvas.width, k->canvas.height);
}

/* ---- fidelity ----------------------------------------------------------- */

static void test_contents(void)
{
	static const enum content contents[] = { CONTENT_TEXT, CONTENT_GRADIENT, CONTENT_NOISE };

	for (unsigned i = 0; i < G_N_ELEMENTS(contents); i++) {
		struct kit k;

		kit_init(&k, &(struct kit_params){ 640, 360 });
		canvas_fill(&k.canvas, contents[i], 1);
		kit_show(&k, ENCODE_NEW, true, 22, NULL);
		settle(&k);
		assert_good(&k);
		canvas_fill(&k.canvas, contents[i], 2);
		for (int n = 0; n < 5; n++)
			kit_show(&k, ENCODE_NEW, false, 22, NULL);
		g_test_message("content %u: PSNR %.1f dB, SSIM %.4f, %zu bytes", i, kit_psnr(&k),
				planes_ssim(&k.source, &k.shown), k.packet.size);
		assert_good(&k);
		/* grain is the first that any encoder gives up */
		g_assert_cmpfloat(planes_ssim(&k.source, &k.shown), >,
				contents[i] == CONTENT_NOISE ? 0.7 : 0.95);
		kit_finish(&k);
	}
}

static void check_size(uint32_t width, uint32_t height)
{
	struct damage d = { 0 };
	struct kit k;

	g_test_message("%ux%u", width, height);
	kit_init(&k, &(struct kit_params){ width, height });
	canvas_fill(&k.canvas, CONTENT_GRADIENT, 1);
	canvas_paint(&k.canvas, CONTENT_TEXT, 1, 0, 0, (int)width / 2, (int)height);
	kit_show(&k, ENCODE_NEW, true, 22, NULL);
	settle(&k);
	assert_good(&k);
	canvas_paint(&k.canvas, CONTENT_TEXT, 2, (int)width - 9, (int)height - 9, 9, 9);
	rect(&d, &k, (int)width - 9, (int)height - 9, 9, 9);
	kit_show(&k, ENCODE_NEW, false, 22, &d);
	assert_good(&k);
	kit_show(&k, ENCODE_REPEAT, false, 22, NULL);
	assert_good(&k);
	kit_finish(&k);
}

static void test_sizes(void)
{
	static const uint32_t sizes[][2] = { { 16, 16 }, { 18, 34 }, { 17, 33 }, { 64, 64 },
		{ 131, 97 },
		{ 854, 480 }, { 1366, 768 }, { 1920, 1080 }, { 1919, 1199 } };

	for (unsigned i = 0; i < G_N_ELEMENTS(sizes); i++)
		check_size(sizes[i][0], sizes[i][1]);
}

static void test_4k(void)
{
	check_size(3840, 2160);
}

/* ---- units -------------------------------------------------------------- */

static void test_damage_only(void)
{
	struct planes before = { 0 };
	struct kit k;

	kit_init(&k, &(struct kit_params){ 640, 352 });
	canvas_fill(&k.canvas, CONTENT_TEXT, 1);
	kit_show(&k, ENCODE_NEW, true, 20, NULL);
	kit_show(&k, ENCODE_NEW, false, 20, NULL);
	for (int i = 0; i < 12; i++) {
		int x = 37 * i, y = 19 * i, width = 20 + 9 * i, height = 11 + 5 * i;
		struct damage d = { 0 };

		planes_copy(&before, &k.shown);
		canvas_paint(&k.canvas, CONTENT_TEXT, 10u + (uint32_t)i, x, y, width, height);
		rect(&d, &k, x, y, width, height);
		kit_show(&k, ENCODE_NEW, false, 20, &d);
		assert_good(&k);
		/* deblocking may touch three samples of the macroblocks around; hardware
		 * promises nothing of the rest, of which viewers take none */
		if (k.impl->caps & ENCODER_CHEAP_REPEAT && !(k.impl->caps & ENCODER_HARDWARE))
			g_assert_cmpuint(planes_difference_outside(&before, &k.shown, (x & ~15) - 4,
					(y & ~15) - 4, width + 40, height + 40), ==, 0);
	}
	planes_finish(&before);
	kit_finish(&k);
}

static void test_key_on_demand(void)
{
	struct kit k;

	kit_init(&k, &(struct kit_params){ 320, 180 });
	canvas_fill(&k.canvas, CONTENT_GRADIENT, 1);
	kit_show(&k, ENCODE_NEW, false, 24, NULL);
	g_assert_true(k.packet.key); /* the first one always */
	for (uint32_t n = 0; n < 400; n++) {
		bool want = n % 150 == 100;

		canvas_paint(&k.canvas, CONTENT_TEXT, n, (int)(n * 5 % 250), (int)(n % 150),
				30, 30);
		kit_show(&k, ENCODE_NEW, want, 24, NULL);
		if (k.impl->codec == CODEC_H264 && strcmp(k.impl->name, "fake"))
			g_assert_true(k.packet.key == want); /* and only when asked for */
		if (want) { /* a viewer that joins here sees it all */
			struct decoder *fresh = decoder_new(k.impl->codec);
			const struct planes *shown = decoder_decode(fresh, k.packet.data,
					k.packet.size);

			g_assert_true(planes_equal(shown, &k.shown));
			decoder_free(fresh);
		}
	}
	assert_good(&k);
	kit_finish(&k);
}

/* ---- repeats ------------------------------------------------------------ */

static void check_repeat(struct kit *k, struct planes *before)
{
	planes_copy(before, &k->shown);
	kit_show(k, ENCODE_REPEAT, false, 24, NULL);
	if (k->impl->caps & ENCODER_CHEAP_REPEAT) {
		g_assert_true(planes_equal(before, &k->shown));
		g_assert_cmpuint(k->packet.size, <, 200);
	} else {
		assert_good(k);
	}
}

static void repeat_with_threads(unsigned threads)
{
	struct planes before = { 0 };
	struct kit k;

	kit_init(&k, &(struct kit_params){ .width = 320, .height = 240, .threads = threads });
	canvas_fill(&k.canvas, CONTENT_TEXT, 1);
	kit_show(&k, ENCODE_NEW, true, 24, NULL);
	for (int i = 0; i < 100; i++) /* frame_num goes round more than once */
		check_repeat(&k, &before);
	for (uint32_t i = 0; i < 300; i++) {
		bool key = g_test_rand_int_range(0, 10) == 0;
		struct damage d = { 0 };

		switch (g_test_rand_int_range(0, 6)) {
		case 0:
			kit_show(&k, ENCODE_NEW, key, 24, NULL);
			if (key)
				settle(&k);
			break;
		case 1:
		case 2:
			canvas_paint(&k.canvas, CONTENT_TEXT, i, (int)(i * 3), (int)(i % 200),
					60, 60);
			rect(&d, &k, (int)(i * 3), (int)(i % 200), 60, 60);
			kit_show(&k, ENCODE_NEW, false, 24, &d);
			break;
		default:
			check_repeat(&k, &before);
		}
		assert_good(&k);
	}
	planes_finish(&before);
	kit_finish(&k);
}

static void test_repeats(void)
{
	repeat_with_threads(1);
}

static void test_repeats_threads(void)
{
	repeat_with_threads(2);
	repeat_with_threads(3);
}

/* A key frame asked for while nothing changes. */
static void test_key_repeat(void)
{
	struct kit k;

	kit_init(&k, &(struct kit_params){ 320, 240 });
	canvas_fill(&k.canvas, CONTENT_TEXT, 1);
	kit_show(&k, ENCODE_NEW, true, 24, NULL);
	kit_show(&k, ENCODE_REPEAT, false, 24, NULL);
	kit_show(&k, ENCODE_REPEAT, true, 24, NULL);
	g_assert_true(k.packet.key);
	settle(&k);
	assert_good(&k);
	kit_show(&k, ENCODE_REPEAT, false, 24, NULL);
	kit_finish(&k);
}

/* ---- quality ------------------------------------------------------------ */

static void test_refine(void)
{
	struct kit k;
	double coarse;

	kit_init(&k, &(struct kit_params){ .width = 640, .height = 352, .no_bitrate = true });
	canvas_fill(&k.canvas, CONTENT_TEXT, 1);
	kit_show(&k, ENCODE_NEW, true, 40, NULL);
	coarse = kit_psnr(&k);
	kit_show(&k, ENCODE_REFINE, false, 16, NULL);
	g_test_message("PSNR %.1f dB, refined %.1f dB", coarse, kit_psnr(&k));
	if (k.impl->codec == CODEC_H264 && k.impl->caps & ENCODER_QP)
		g_assert_cmpfloat(kit_psnr(&k), >, coarse + 3);
	else
		g_assert_cmpfloat(kit_psnr(&k), >, coarse - 0.5);
	kit_finish(&k);
}

static void test_qp(void)
{
	static const int steps[] = { 14, 20, 26, 32, 38, 44 };
	double last = 99;
	size_t bytes = SIZE_MAX;

	if (!(kit_impl()->caps & ENCODER_QP)) {
		g_test_skip("rate control decides here");
		return;
	}
	for (unsigned i = 0; i < G_N_ELEMENTS(steps); i++) {
		struct kit k;

		kit_init(&k, &(struct kit_params){ .width = 640, .height = 352,
			.no_bitrate = true });
		canvas_fill(&k.canvas, CONTENT_NOISE, 1);
		kit_show(&k, ENCODE_NEW, true, steps[i], NULL);
		g_test_message("quantiser %d: %zu bytes, PSNR %.1f dB", steps[i], k.packet.size,
				kit_psnr(&k));
		g_assert_cmpuint(k.packet.size, <, bytes);
		g_assert_cmpfloat(kit_psnr(&k), <, last + 0.1);
		g_assert_true(k.packet.qp == -1 || ABS(k.packet.qp - steps[i]) <= 1);
		bytes = k.packet.size;
		last = kit_psnr(&k);
		kit_finish(&k);
	}
}

/* Two seconds of full motion at a rate; kbit/s of the last one and a half. */
static double rate_of(struct kit *k)
{
	double bits = 0;

	for (uint32_t i = 0; i < 120; i++) {
		canvas_fill(&k->canvas, CONTENT_NOISE, 3 * i);
		kit_encode(k, ENCODE_NEW, i == 0, 0, NULL);
		bits += i < 30 ? 0 : (double)k->packet.size * 8;
	}
	return bits / 1500;
}

static void test_bitrate(void)
{
	static const uint32_t targets[] = { 1500, 6000 };
	struct kit k;

	if (!kit_impl()->set_bitrate) {
		g_test_skip("the caller controls the rate by the quantiser");
		return;
	}
	kit_init(&k, &(struct kit_params){ .width = 320, .height = 240,
		.bitrate_kbps = targets[0] });
	for (unsigned i = 0; i < G_N_ELEMENTS(targets); i++) {
		double kbps;

		encoder_set_bitrate(k.encoder, targets[i]);
		kbps = rate_of(&k);
		g_test_message("target %u kbit/s: %.0f kbit/s", targets[i], kbps);
		g_assert_cmpfloat(kbps, <, targets[i] * 1.3);
		g_assert_cmpfloat(kbps, >, targets[i] * 0.4);
	}
	kit_finish(&k);
}

/* ---- life --------------------------------------------------------------- */

/* A mode change is another encoder; none of them may leak or disturb. */
static void test_mode_changes(void)
{
	static const uint32_t sizes[][2] = { { 640, 480 }, { 1024, 768 }, { 720, 400 },
		{ 800, 600 } };

	for (unsigned i = 0; i < 12; i++) {
		struct kit k;

		kit_init(&k, &(struct kit_params){ sizes[i % 4][0], sizes[i % 4][1] });
		canvas_fill(&k.canvas, CONTENT_TEXT, i);
		kit_show(&k, ENCODE_NEW, true, 26, NULL);
		kit_show(&k, ENCODE_REPEAT, false, 26, NULL);
		settle(&k);
		assert_good(&k);
		kit_finish(&k);
	}
}

static void test_created_and_destroyed(void)
{
	struct encoder_params params = { .width = 320, .height = 200, .fps = 30,
		.bitrate_kbps = 2000 };

	for (int i = 0; i < 5; i++) {
		struct encoder *e = NULL;

		g_assert_cmpint(encoder_create(&e, kit_impl(), &params), ==, 0);
		encoder_set_bitrate(e, 1000);
		encoder_destroy(e);
	}
	encoder_destroy(NULL);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	kit_impl();
	g_test_add_func("/" ENCODER "/contents", test_contents);
	g_test_add_func("/" ENCODER "/sizes", test_sizes);
	g_test_add_func("/" ENCODER "/4k", test_4k);
	g_test_add_func("/" ENCODER "/damage-only", test_damage_only);
	g_test_add_func("/" ENCODER "/key-on-demand", test_key_on_demand);
	g_test_add_func("/" ENCODER "/repeats", test_repeats);
	g_test_add_func("/" ENCODER "/repeats-threads", test_repeats_threads);
	g_test_add_func("/" ENCODER "/key-repeat", test_key_repeat);
	g_test_add_func("/" ENCODER "/refine", test_refine);
	g_test_add_func("/" ENCODER "/qp", test_qp);
	g_test_add_func("/" ENCODER "/bitrate", test_bitrate);
	g_test_add_func("/" ENCODER "/mode-changes", test_mode_changes);
	g_test_add_func("/" ENCODER "/created-and-destroyed", test_created_and_destroyed);
	return g_test_run();
}
