/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* The encode thread: encoders that fail, units that are too large, odd sizes. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <drm_fourcc.h>
#include <glib.h>
#include <osvdi-accel-protocol.h>
#include <spice-accel/log.h>

#include "content.h"
#include "pixels/convert-cpu.h"
#include "decoder.h"
#include "encode/encoder.h"
#include "engine/local-engine.h"
#include "engine/worker.h"
#include "frame/frame.h"
#include "frame/picture.h"
#include "planes.h"

struct bench {
	struct worker *worker;
	int done_fd;
	struct canvas canvas;
	struct picture picture;
	struct job job;
	bool key; /* the unit shown last was one */
};

static GPtrArray *log_lines; /* warnings and errors */
static GMutex log_lock;

static void on_log(void *opaque, enum spice_accel_log_level level, const char *message)
{
	g_mutex_lock(&log_lock);
	if (level <= SPICE_ACCEL_LOG_WARNING)
		g_ptr_array_add(log_lines, g_strdup(message));
	g_mutex_unlock(&log_lock);
}

static guint lines(void)
{
	guint n;

	g_mutex_lock(&log_lock);
	n = log_lines->len;
	g_mutex_unlock(&log_lock);
	return n;
}

static void set_order(struct bench *b, const char *names)
{
	g_auto(GStrv) list = g_strsplit(names, ",", -1);

	b->job.config.n_encoders = 0;
	for (unsigned i = 0; list[i]; i++) {
		struct encoder_info info;

		g_assert_true(encoder_info_find(list[i], &info));
		b->job.config.encoders[b->job.config.n_encoders++] = info.id;
	}
}

static void set_size(struct bench *b, uint32_t width, uint32_t height)
{
	struct damage all = { 0 };

	if (b->canvas.pixels) {
		canvas_finish(&b->canvas);
		picture_finish(&b->picture);
	}
	canvas_init(&b->canvas, width, height);
	canvas_fill(&b->canvas, CONTENT_TEXT, width);
	g_assert_cmpint(picture_init(&b->picture, PICTURE_NV12, (width + 1) & ~1u,
			(height + 1) & ~1u), ==, 0);
	damage_add_all(&all, width, height);
	g_assert_cmpint(convert_cpu(&b->picture, b->canvas.frame, &all), ==, 0);
	b->job.config.width = width;
	b->job.config.height = height;
	b->job.picture = &b->picture;
	b->job.damage = all;
}

static int create_worker(struct worker **out, int *done_fd)
{
	struct engine *engine;
	int ret = local_engine_create(&engine);

	return ret < 0 ? ret : worker_create(out, engine, done_fd);
}

static void start(struct bench *b, const char *order, uint32_t width, uint32_t height)
{
	memset(b, 0, sizeof *b);
	g_ptr_array_set_size(log_lines, 0);
	g_assert_cmpint(create_worker(&b->worker, &b->done_fd), ==, 0);
	b->job.config.fps = 60;
	b->job.config.threads = 1;
	b->job.config.bitrate_kbps = 20000;
	b->job.qp = 24;
	set_order(b, order);
	set_size(b, width, height);
}

static void stop(struct bench *b)
{
	worker_destroy(b->worker);
	canvas_finish(&b->canvas);
	picture_finish(&b->picture);
}

static void finish_job(struct bench *b, struct job_result *result)
{
	struct pollfd fd = { .fd = b->done_fd, .events = POLLIN };

	g_assert_cmpint(poll(&fd, 1, 60000), ==, 1);
	g_assert_true(worker_busy(b->worker));
	g_assert_true(worker_take(b->worker, result));
	g_assert_false(worker_busy(b->worker));
	g_assert_false(worker_take(b->worker, result));
	g_assert_cmpint(poll(&fd, 1, 0), ==, 0);
}

static void run(struct bench *b, struct job_result *result)
{
	b->job.number++;
	b->job.generation += 7;
	g_assert_false(worker_busy(b->worker));
	worker_submit(b->worker, &b->job);
	finish_job(b, result);
	g_assert_cmpuint(result->generation, ==, b->job.generation);
}

/* Runs the job and looks at it. */
static void show(struct bench *b, struct decoder *decoder, struct job_result *result)
{
	const struct planes *shown;
	struct planes source = { 0 };

	run(b, result);
	g_assert_cmpint(result->error, ==, 0);
	shown = decoder_decode(decoder, result->packet.data, result->packet.size);
	planes_from_picture(&source, &b->picture);
	if (!strcmp(result->encoder.name, "fake"))
		planes_flatten(&source);
	g_assert_cmpfloat(planes_psnr(&source, shown), >, 30);
	planes_finish(&source);
	b->key = result->packet.key;
	worker_recycle(b->worker, &result->packet);
}

/* The picture goes on with the next encoder, and one line says so. */
static void test_takes_over(void)
{
	struct decoder *decoder = decoder_new(CODEC_H264);
	struct job_result result;
	struct bench b;

	g_setenv("OSVDI_FAKE_FAIL", "5", TRUE);
	start(&b, "fake,x264", 320, 200);
	for (int i = 1; i <= 20; i++) {
		show(&b, decoder, &result);
		g_assert_cmpstr(result.encoder.name, ==, i < 5 ? "fake" : "x264");
		g_assert_true(i >= 6 || b.key);
		g_assert_cmpuint(result.tries, ==, i == 5 ? 2 : 1);
	}
	g_assert_cmpuint(lines(), ==, 1);
	g_assert_nonnull(strstr(g_ptr_array_index(log_lines, 0), "fake failed"));
	g_assert_nonnull(strstr(g_ptr_array_index(log_lines, 0), "x264 takes over"));
	g_unsetenv("OSVDI_FAKE_FAIL");
	worker_forgive(b.worker); /* the best again, when the encoder is made anew */
	set_size(&b, 322, 200);
	show(&b, decoder, &result);
	g_assert_cmpstr(result.encoder.name, ==, "fake");
	stop(&b);
	decoder_free(decoder);
}

static void test_none_left(void)
{
	struct decoder *decoder = decoder_new(CODEC_H264);
	struct job_result result;
	struct bench b;

	g_setenv("OSVDI_FAKE_FAIL", "1", TRUE);
	start(&b, "fake", 320, 200);
	run(&b, &result);
	g_assert_cmpint(result.error, <, 0);
	packet_finish(&result.packet);
	g_assert_cmpuint(lines(), ==, 1);
	run(&b, &result); /* nothing is tried before it is forgiven */
	g_assert_cmpint(result.error, ==, -ENODEV);
	packet_finish(&result.packet);
	g_unsetenv("OSVDI_FAKE_FAIL");
	worker_forgive(b.worker);
	show(&b, decoder, &result);
	g_assert_true(b.key);
	stop(&b);
	decoder_free(decoder);
}

/* Encoders of the other codec are passed over. */
static void test_codecs(void)
{
	struct decoder *decoder = decoder_new(CODEC_MJPEG);
	struct job_result result;
	struct damage all = { 0 };
	struct bench b;

	if (!encoder_impl_find("mjpeg")) {
		g_test_skip("mjpeg is not in this build");
		return;
	}
	start(&b, "fake,mjpeg", 320, 200);
	run(&b, &result);
	g_assert_cmpstr(result.encoder.name, ==, "fake");
	worker_recycle(b.worker, &result.packet);
	b.job.config.codec = CODEC_MJPEG;
	picture_finish(&b.picture);
	g_assert_cmpint(picture_init(&b.picture, PICTURE_J420, 320, 200), ==, 0);
	damage_add_all(&all, 320, 200);
	g_assert_cmpint(convert_cpu(&b.picture, b.canvas.frame, &all), ==, 0);
	show(&b, decoder, &result);
	g_assert_cmpstr(result.encoder.name, ==, "mjpeg");
	stop(&b);
	decoder_free(decoder);
}

/* Too large a unit is encoded again, coarser, as a key frame. */
static void test_max_bytes(void)
{
	struct decoder *decoder = decoder_new(CODEC_H264);
	struct job_result result;
	struct bench b;
	size_t free_size;

	start(&b, "x264", 640, 360);
	b.job.qp = 14;
	run(&b, &result);
	free_size = result.packet.size;
	g_assert_cmpuint(result.tries, ==, 1);
	worker_recycle(b.worker, &result.packet);
	b.job.max_bytes = free_size / 5;
	b.job.key = true;
	run(&b, &result);
	g_test_message("%zu bytes, at most %zu: %zu in %u tries, quantiser %d", free_size,
			b.job.max_bytes, result.packet.size, result.tries, result.packet.qp);
	g_assert_cmpint(result.error, ==, 0);
	g_assert_cmpuint(result.tries, >, 1);
	g_assert_cmpuint(result.packet.size, <=, b.job.max_bytes);
	g_assert_cmpint(result.packet.qp, >, 14);
	g_assert_true(result.packet.key);
	decoder_decode(decoder, result.packet.data, result.packet.size);
	worker_recycle(b.worker, &result.packet);
	/* a limit that cannot be met ends all the same */
	b.job.max_bytes = 10;
	b.job.key = false;
	run(&b, &result);
	g_assert_cmpint(result.error, ==, 0);
	decoder_decode(decoder, result.packet.data, result.packet.size);
	worker_recycle(b.worker, &result.packet);
	/* and the next one is encoded on top of what was sent */
	b.job.max_bytes = 0;
	b.job.qp = 20;
	show(&b, decoder, &result);
	stop(&b);
	decoder_free(decoder);
}

static void test_mode_changes(void)
{
	static const uint32_t sizes[][2] = { { 640, 480 }, { 1365, 767 }, { 17, 1 }, { 721, 400 },
		{ 640, 480 } };
	struct job_result result;
	struct bench b;

	start(&b, "x264,fake", 64, 64);
	for (unsigned i = 0; i < G_N_ELEMENTS(sizes); i++) {
		struct decoder *decoder = decoder_new(CODEC_H264);

		set_size(&b, sizes[i][0], sizes[i][1]);
		b.job.kind = ENCODE_NEW;
		show(&b, decoder, &result);
		g_assert_true(b.key);
		b.job.kind = ENCODE_REPEAT;
		show(&b, decoder, &result);
		decoder_free(decoder);
	}
	g_assert_cmpuint(lines(), ==, 0);
	stop(&b);
}

static int fill_memfd(const struct canvas *c)
{
	size_t size = (size_t)c->width * c->height * 4;
	int fd = memfd_create("dmabuf", MFD_CLOEXEC);

	g_assert_cmpint(write(fd, c->pixels, size), ==, (ssize_t)size);
	return fd;
}

/* Buffers behind a descriptor, for an encoder that cannot import them. */
static void test_dmabuf(void)
{
	struct decoder *decoder = decoder_new(CODEC_H264);
	struct job_result result;
	struct bench b;

	start(&b, "x264", 321, 199);
	for (uint32_t i = 0; i < 5; i++) {
		struct spice_accel_dmabuf_params params = { .size = sizeof params, .width = 321,
			.height = 199,
			.fourcc = DRM_FORMAT_XRGB8888, .modifier = SPICE_ACCEL_MODIFIER_UNKNOWN,
			.n_planes = 1, .stride = { 321 * 4 } };
		struct spice_accel_frame *frame;

		canvas_fill(&b.canvas, CONTENT_TEXT, i);
		g_assert_cmpint(convert_cpu(&b.picture, b.canvas.frame, &b.job.damage), ==, 0);
		params.fd[0] = fill_memfd(&b.canvas);
		g_assert_cmpint(spice_accel_frame_create_dmabuf(&frame, &params), ==, 0);
		close(params.fd[0]);
		b.job.picture = NULL;
		b.job.frame = frame;
		b.job.kind = ENCODE_NEW;
		show(&b, decoder, &result);
		b.job.kind = ENCODE_REPEAT;
		show(&b, decoder, &result);
		spice_accel_frame_unref(frame);
	}
	stop(&b);
	decoder_free(decoder);
}

/* A DMA-BUF that nothing here can read: an error, not a crash or a wait. */
static void test_unreadable_dmabuf(void)
{
	struct spice_accel_dmabuf_params params = { .size = sizeof params, .width = 320,
		.height = 200,
		.fourcc = DRM_FORMAT_XRGB8888, .modifier = I915_FORMAT_MOD_Y_TILED, .n_planes = 1,
		.stride = { 1280 } };
	struct spice_accel_frame *frame;
	struct job_result result;
	struct bench b;

	start(&b, "x264,fake", 320, 200);
	params.fd[0] = fill_memfd(&b.canvas);
	g_assert_cmpint(spice_accel_frame_create_dmabuf(&frame, &params), ==, 0);
	close(params.fd[0]);
	b.job.picture = NULL;
	b.job.frame = frame;
	run(&b, &result);
	g_assert_cmpint(result.error, <, 0);
	packet_finish(&result.packet);
	spice_accel_frame_unref(frame);
	stop(&b);
}

static void count_release(void *opaque)
{
	++*(int *)opaque;
}

/* Destroyed at any moment: the job's frame is let go, nothing leaks. */
static void test_destroyed_while_busy(void)
{
	for (unsigned i = 0; i < 30; i++) {
		int released = 0;
		struct spice_accel_dmabuf_params params = { .size = sizeof params, .width = 320,
			.height = 200,
			.fourcc = DRM_FORMAT_XRGB8888, .modifier = DRM_FORMAT_MOD_LINEAR,
			.n_planes = 1,
			.stride = { 1280 }, .release = count_release, .opaque = &released };
		struct spice_accel_frame *frame;
		struct bench b;

		start(&b, "fake", 320, 200);
		params.fd[0] = fill_memfd(&b.canvas);
		g_assert_cmpint(spice_accel_frame_create_dmabuf(&frame, &params), ==, 0);
		close(params.fd[0]);
		b.job.picture = NULL;
		b.job.frame = frame;
		worker_submit(b.worker, &b.job);
		spice_accel_frame_unref(frame);
		g_usleep(i * 100);
		stop(&b);
		g_assert_cmpint(released, ==, 1);
	}
	worker_destroy(NULL);
}

/* Several displays at once, with jobs and rate changes, as a server has them. */
static void test_two_workers(void)
{
	struct bench b[2];
	struct job_result result;

	start(&b[0], "fake", 160, 120);
	start(&b[1], "x264", 160, 120);
	for (unsigned i = 0; i < 100; i++) {
		for (unsigned k = 0; k < 2; k++) {
			b[k].job.config.bitrate_kbps = 1000 + i;
			b[k].job.number++;
			worker_submit(b[k].worker, &b[k].job);
			if (i % 10 == 0)
				worker_forgive(b[k].worker);
		}
		for (unsigned k = 0; k < 2; k++) {
			finish_job(&b[k], &result);
			g_assert_cmpint(result.error, ==, 0);
			worker_recycle(b[k].worker, &result.packet);
		}
	}
	stop(&b[0]);
	stop(&b[1]);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	if (!encoder_impl_find("x264")) {
		g_print("1..0 # SKIP x264 is not in this build\n");
		return 77;
	}
	log_lines = g_ptr_array_new_with_free_func(g_free);
	spice_accel_log_set(on_log, NULL, SPICE_ACCEL_LOG_INFO);
	g_test_add_func("/worker/takes-over", test_takes_over);
	g_test_add_func("/worker/none-left", test_none_left);
	g_test_add_func("/worker/codecs", test_codecs);
	g_test_add_func("/worker/max-bytes", test_max_bytes);
	g_test_add_func("/worker/mode-changes", test_mode_changes);
	g_test_add_func("/worker/dmabuf", test_dmabuf);
	g_test_add_func("/worker/unreadable-dmabuf", test_unreadable_dmabuf);
	g_test_add_func("/worker/destroyed-while-busy", test_destroyed_while_busy);
	g_test_add_func("/worker/two-workers", test_two_workers);
	return g_test_run();
}
