/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* The encode thread when the GPU fails or the guest changes its mode: the picture goes on. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <drm_fourcc.h>
#include <spice-accel/log.h>

#include "avc-decoder.h"
#include "base/clock.h"
#include "check.h"
#include "encode/encoder-list.h"
#include "encode/encoder.h"
#include "engine/local-engine.h"
#include "engine/worker.h"
#include "frame/frame.h"
#include "frame/picture.h"
#include "scene.h"

enum { FRAMES = 24, BREAK_AT = 12 };

static struct soft_va_api soft;

/* Warnings and errors of the library. */
static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static char log_text[8192];
static unsigned n_takeovers, n_lines;

static void on_log(void *opaque, enum spice_accel_log_level level, const char *message)
{
	pthread_mutex_lock(&log_lock);
	n_lines++;
	n_takeovers += strstr(message, "takes over") != NULL;
	if (strlen(log_text) + strlen(message) + 2 < sizeof(log_text))
		strcat(strcat(log_text, message), "\n");
	pthread_mutex_unlock(&log_lock);
}

struct rig {
	struct worker *worker;
	int done_fd;
	struct avc_decoder *decoder;
	struct job job;
	struct scene scene;
	struct scene_options options;
	int fd;
	uint64_t longest_us;      /* by the clock */
	uint64_t longest_cpu_us;  /* of the encode thread */
	const struct encoder_impl *impl; /* that made the last picture */
};

static void show(struct rig *rig, unsigned t)
{
	struct pollfd poll_fd = { .fd = rig->done_fd, .events = POLLIN };
	struct job_result result;
	struct avc_picture picture;
	uint64_t start = clock_now_us(), took;

	scene_draw(&rig->scene, t);
	scene_update(&rig->scene, &rig->options, &soft, rig->fd);
	rig->job.number = t + 1;
	rig->job.key = t == 0;
	damage_clear(&rig->job.damage);
	damage_add_all(&rig->job.damage, rig->scene.width, rig->scene.height);
	worker_submit(rig->worker, &rig->job);
	CHECK_INT(poll(&poll_fd, 1, 60000), 1);
	CHECK(worker_take(rig->worker, &result));
	took = clock_now_us() - start;
	rig->longest_us = took > rig->longest_us ? took : rig->longest_us;
	if (result.cpu_us > rig->longest_cpu_us)
		rig->longest_cpu_us = result.cpu_us;
	CHECK_INT(result.error, 0);
	rig->impl = encoder_impl_at(result.encoder.id);
	avc_decode(rig->decoder, result.packet.data, result.packet.size, &picture);
	CHECK(scene_psnr(&rig->scene, picture.plane[0], picture.stride[0]) >
			(rig->options.fourcc == DRM_FORMAT_RGB565 ? 30 : 34));
	worker_recycle(rig->worker, &result.packet);
}

static void report(const struct rig *rig, const char *settings, uint64_t waited_ms)
{
	printf("# %s: %s goes on; longest picture %.0f ms by the clock, %.0f ms of the encode "
			"thread and %llu ms of waiting for the GPU\n",
			settings, rig->impl->name, (double)rig->longest_us / 1000,
			(double)rig->longest_cpu_us / 1000, (unsigned long long)waited_ms);
}

static struct rig rig_new(uint32_t width, uint32_t height, uint32_t fourcc)
{
	struct rig rig = { .scene = scene_new(width, height), .options = { .fourcc = fourcc } };

	rig.decoder = avc_decoder_new();
	rig.job = (struct job){ .qp = 20, .config = { .width = width, .height = height, .fps = 60,
			.render_node = "/dev/null", .n_encoders = 2,
			.encoders = { encoder_id(&encoder_va), encoder_id(&encoder_x264) } } };
	scene_draw(&rig.scene, 0);
	rig.job.frame = scene_frame(&rig.scene, &rig.options, &soft, &rig.fd);
	return rig;
}

/* The guest's next buffer, which is not imported yet. */
static void next_buffer(struct rig *rig)
{
	spice_accel_frame_unref(rig->job.frame);
	close(rig->fd);
	rig->job.frame = scene_frame(&rig->scene, &rig->options, &soft, &rig->fd);
}

static void rig_free(struct rig *rig)
{
	spice_accel_frame_unref(rig->job.frame);
	close(rig->fd);
	avc_decoder_free(rig->decoder);
	scene_free(&rig->scene);
}

static int create_worker(struct worker **out, int *done_fd)
{
	struct engine *engine;
	int ret = local_engine_create(&engine);

	return ret < 0 ? ret : worker_create(out, engine, done_fd);
}

/* One stream that breaks in its midst. The viewer waits for less than a second:
 * the waits that the driver was asked for, and what the encode thread did; the
 * clock would tell how busy the machine is. Each takeover is one line in the
 * log, and there is no other but that a buffer is copied. */
static void run(const char *settings, const struct encoder_impl *after, unsigned takeovers,
		unsigned copies)
{
	struct rig rig = rig_new(640, 360, DRM_FORMAT_XRGB8888);
	struct soft_va_counters before, counters;

	log_text[0] = 0;
	n_takeovers = n_lines = 0;
	CHECK_INT(soft.configure("unhurried"), 0);
	soft.get_counters(&before);
	CHECK_INT(create_worker(&rig.worker, &rig.done_fd), 0);
	for (unsigned t = 0; t < FRAMES; t++) {
		if (t == BREAK_AT) {
			CHECK(rig.impl == &encoder_va);
			CHECK_INT(soft.configure(settings), 0);
			next_buffer(&rig);
		}
		show(&rig, t);
	}
	CHECK(rig.impl == after);
	soft.get_counters(&counters);
	counters.waited_ms -= before.waited_ms;
	report(&rig, settings, counters.waited_ms);
	if (n_takeovers != takeovers || n_lines != takeovers + copies) {
		fprintf(stderr, "%u takeovers, %u wanted:\n%s", n_takeovers, takeovers, log_text);
		exit(1);
	}
	CHECK(rig.longest_cpu_us / 1000 + counters.waited_ms < 1000);
	worker_destroy(rig.worker);
	rig_free(&rig);
	CHECK_INT(soft.configure(NULL), 0);
}

/* From the firmware's text mode to a desktop, odd sizes and back: never x264,
 * never a map of pixels, nothing in the log. */
static void test_modes(void)
{
	static const struct {
		uint32_t width, height, fourcc;
	} modes[] = { { 720, 400, DRM_FORMAT_XRGB8888 }, { 1024, 768, DRM_FORMAT_XRGB8888 },
		{ 1367, 769, DRM_FORMAT_XBGR8888 }, { 1920, 1200, DRM_FORMAT_XRGB2101010 },
		{ 801, 600, DRM_FORMAT_RGB565 }, { 640, 480, DRM_FORMAT_YUYV },
		{ 3840, 2160, DRM_FORMAT_ARGB8888 }, { 720, 400, DRM_FORMAT_XRGB8888 } };
	struct soft_va_counters before, after;
	struct worker *worker;
	int done_fd;

	n_lines = 0;
	CHECK_INT(soft.configure("unhurried"), 0);
	soft.get_counters(&before);
	CHECK_INT(create_worker(&worker, &done_fd), 0);
	for (unsigned i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		struct rig rig = rig_new(modes[i].width, modes[i].height, modes[i].fourcc);

		rig.worker = worker;
		rig.done_fd = done_fd;
		rig.job.config.bitrate_kbps = 1000000; /* a first picture has its share */
		for (unsigned t = 0; t < 3; t++) {
			show(&rig, t);
			CHECK(rig.impl == &encoder_va);
		}
		rig_free(&rig);
	}
	worker_destroy(worker);
	soft.get_counters(&after);
	CHECK_INT(after.cpu_pixel_maps, before.cpu_pixel_maps);
	CHECK_INT(n_lines, 0);
	CHECK_INT(soft.configure(NULL), 0);
}

/* A job that was left to another thread ends with the GPU's hang. */
static void check_freed(void)
{
	struct soft_va_counters c;

	for (unsigned i = 0; i < 60000; i++) {
		soft.get_counters(&c);
		if (!c.contexts_live)
			break;
		usleep(1000);
	}
	CHECK_INT(c.contexts_live, 0);
}

int main(void)
{
	spice_accel_log_set(on_log, NULL, SPICE_ACCEL_LOG_WARNING);
	soft = test_va_api();
	test_modes();
	run("fail-end-picture=1", &encoder_va, 1, 0); /* EncSlice after EncSliceLP */
	run("fail-end-picture=1,fail-end-picture-for=-1", &encoder_x264, 2, 0);
	run("fail-vpp=1", &encoder_va, 1, 0);
	run("fail-map-buffer=1", &encoder_va, 1, 0);
	run("fail-create-surfaces=1", &encoder_x264, 1, 0); /* no memory for an import */
	run("refuse-import", &encoder_va, 0, 1);
	run("refuse-modifier=0", &encoder_va, 0, 1);
	run("small-segments", &encoder_va, 0, 0);
	run("stall-job=1,stall-ms=100000", &encoder_x264, 1, 0); /* the conversion hangs */
	run("stall-job=2,stall-ms=100000", &encoder_x264, 1, 0);
	run("stall-job=2,stall-ms=100000,no-sync-buffer", &encoder_x264, 1, 0);
	run("stall-job=2,stall-ms=100000,hang-destroy", &encoder_x264, 1, 0);
	check_freed();
	return 0;
}
