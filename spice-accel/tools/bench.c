/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/*
 * spice-accel-bench: what each stage costs on this machine. Scenes of the
 * pattern source, through the converter and the encode thread, once with the
 * damage that the guest reported and once as whole frames.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>
#include <spice-accel/spice-accel.h>

#include "base/clock.h"
#include "config.h"
#include "pixels/convert-cpu.h"
#include "encode/encoder.h"
#include "engine/local-engine.h"
#include "engine/worker.h"
#include "frame/frame.h"
#include "frame/picture.h"
#include "host-glib.h"
#if HAVE_VA
#include "probe-surface.h"
#endif
#include "source.h"

#define STAGES 6
#define TYPING_FRAMES 50 /* ten a second: five seconds are enough */

enum stage {
	STAGE_CONVERT, /* guest pixels to 4:2:0, in the host thread; or submitted to the GPU */
	STAGE_ENCODE,  /* encode thread: start to end of the encode */
	STAGE_CPU,     /* of the encode thread, while it encoded */
	STAGE_WAIT,    /* of the encode, for the GPU */
	STAGE_HAND,    /* hand-over to the encode thread and back */
	STAGE_TOTAL,   /* from the picture to its bytes */
};

static const char *const stage_names[STAGES] = { "convert", "encode", "enc. CPU", "GPU wait",
		"hand-over", "total" };

static struct {
	char *size, *encoders, *scenes;
	int frames, threads, qp;
	gboolean csv, version;
} args = { .frames = 240, .qp = 22 };

static GOptionEntry entries[] = {
	{ "size", 'S', 0, G_OPTION_ARG_STRING, &args.size,
		"size of the pictures (default: 1920x1080)", "WxH" },
	{ "encoders", 'e', 0, G_OPTION_ARG_STRING, &args.encoders,
		"encoders to measure (default: all that work here)", "NAME[,NAME...]" },
	{ "scenes", 's', 0, G_OPTION_ARG_STRING, &args.scenes,
		"scenes (default: pan,noise,window,typing)", "NAME[,NAME...]" },
	{ "frames", 'n', 0, G_OPTION_ARG_INT, &args.frames,
		"frames of each (default: 240; typing: 50 at most)", "N" },
	{ "threads", 't', 0, G_OPTION_ARG_INT, &args.threads,
		"CPU threads (default: the encoder's choice)", "N" },
	{ "quality", 'q', 0, G_OPTION_ARG_INT, &args.qp, "quantiser (default: 22)", "1-51" },
	{ "csv", 0, 0, G_OPTION_ARG_NONE, &args.csv,
		"print every frame as a line of CSV instead of tables", NULL },
	{ "version", 0, 0, G_OPTION_ARG_NONE, &args.version, "print the version", NULL },
	{ NULL },
};

struct run {
	const char *scene;
	bool whole; /* damage is ignored */
	const char *node; /* the GPU that has the pictures; NULL: memory */
	const struct encoder_impl *impl;
	GMainLoop *loop;
	struct worker *worker;
	int done_fd;
	struct job job;
	struct spice_accel_frame *frame;
	struct picture picture;
	GArray *us[STAGES]; /* uint32_t */
	uint64_t bytes, process_cpu_us;
	int error;
};

static uint64_t process_cpu_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
}

/* ---- one frame ---------------------------------------------------------- */

static void add(struct run *r, enum stage stage, uint64_t us)
{
	uint32_t value = (uint32_t)us;

	g_array_append_val(r->us[stage], value);
}

static const char *frames_name(const struct run *r)
{
	return r->node ? "GPU" : r->whole ? "whole" : "damage";
}

static void print_csv(const struct run *r, const struct job_result *result)
{
	guint last = r->us[0]->len - 1;

	printf("%s,%s,%s,%u", r->impl->name, r->scene, frames_name(r), last);
	for (unsigned s = 0; s < STAGES; s++)
		printf(",%u", g_array_index(r->us[s], uint32_t, last));
	printf(",%zu,%d\n", result->packet.size, result->packet.key);
}

static void account(struct run *r, struct job_result *result, uint64_t start, uint64_t converted,
		uint64_t end)
{
	add(r, STAGE_CONVERT, r->node ? result->source_us : converted - start);
	add(r, STAGE_ENCODE, result->done_us - result->start_us);
	add(r, STAGE_CPU, result->cpu_us);
	add(r, STAGE_WAIT, result->wait_us);
	add(r, STAGE_HAND, (result->start_us - converted) + (end - result->done_us));
	add(r, STAGE_TOTAL, end - start);
	r->bytes += result->packet.size;
	if (args.csv)
		print_csv(r, result);
}

static void encode(struct run *r, const struct damage *damage)
{
	struct pollfd fd = { .fd = r->done_fd, .events = POLLIN };
	struct job_result result;
	uint64_t cpu = process_cpu_us(), start = clock_now_us(), converted;

	r->job.damage = *damage;
	if (r->whole)
		damage_add_all(&r->job.damage, r->job.config.width, r->job.config.height);
	r->error = r->node ? 0 : convert_cpu(&r->picture, r->frame, &r->job.damage);
	converted = clock_now_us();
	if (r->error < 0)
		return;
	r->job.number++;
	r->job.capture_us = start;
	worker_submit(r->worker, &r->job);
	while (!worker_take(r->worker, &result))
		poll(&fd, 1, 1000);
	r->error = result.error;
	if (r->error == 0 && r->job.number > 1) { /* the first one opens the encoder */
		account(r, &result, start, converted, clock_now_us());
		r->process_cpu_us += process_cpu_us() - cpu;
	}
	if (r->error == 0)
		worker_recycle(r->worker, &result.packet);
	else
		packet_finish(&result.packet);
}

/* ---- one run ------------------------------------------------------------ */

static void on_picture(void *opaque, const struct source_picture *picture)
{
	struct run *r = opaque;
	struct damage all = { 0 };

	r->error = source_picture_frame(&r->frame, picture);
	if (r->error == 0)
		r->error = picture_init(&r->picture, r->impl->input, (picture->width + 1) & ~1u,
				(picture->height + 1) & ~1u);
	if (r->error < 0)
		return;
	damage_add_all(&all, picture->width, picture->height);
	encode(r, &all);
}

static guint frames_wanted(const struct run *r)
{
	return (guint)(strcmp(r->scene, "typing") ? args.frames : MIN(args.frames, TYPING_FRAMES));
}

static void on_damaged(void *opaque, const struct damage *damage, uint64_t capture_us)
{
	struct run *r = opaque;

	if (r->error == 0)
		encode(r, damage);
	if (r->error < 0 || r->us[0]->len >= frames_wanted(r))
		g_main_loop_quit(r->loop);
}

static void set_up(struct run *r, uint32_t width, uint32_t height)
{
	for (unsigned s = 0; s < STAGES; s++)
		r->us[s] = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	r->loop = g_main_loop_new(NULL, FALSE);
	r->job.config = (struct job_config){ .codec = r->impl->codec,
		.width = width, .height = height, .fps = 60,
		.threads = (unsigned)args.threads, .bitrate_kbps = 50000,
		.n_encoders = 1, .encoders = { encoder_id(r->impl) } };
	r->job.qp = args.qp;
	r->job.picture = &r->picture;
}

static void tear_down(struct run *r)
{
	worker_destroy(r->worker);
	spice_accel_frame_unref(r->frame);
	picture_finish(&r->picture);
	g_main_loop_unref(r->loop);
	for (unsigned s = 0; s < STAGES; s++)
		g_array_unref(r->us[s]);
}

static int create_worker(struct worker **out, int *done_fd)
{
	struct engine *engine;
	int ret = local_engine_create(&engine);

	return ret < 0 ? ret : worker_create(out, engine, done_fd);
}

static bool measure(struct run *r, uint32_t width, uint32_t height)
{
	struct source_params params = { .name = "pattern", .argument = r->scene, .width = width,
		.height = height, .fps = 60, .sink = { on_picture, on_damaged, NULL, r } };
	g_autoptr(GError) error = NULL;
	struct source *source;

	set_up(r, width, height);
	r->error = create_worker(&r->worker, &r->done_fd);
	if (r->error < 0)
		return false;
	source = source_find("pattern")->create(&params, &error);
	if (!source) {
		g_printerr("spice-accel-bench: %s\n", error->message);
		return false;
	}
	if (r->error == 0)
		g_main_loop_run(r->loop);
	source->impl->destroy(source);
	if (r->error < 0)
		g_printerr("spice-accel-bench: %s: %s\n", r->impl->name, g_strerror(-r->error));
	return r->error == 0;
}

/* ---- tables ------------------------------------------------------------- */

static gint compare(gconstpointer a, gconstpointer b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static double percentile(GArray *us, unsigned p)
{
	g_array_sort(us, compare);
	return us->len ? g_array_index(us, uint32_t, (us->len - 1) * p / 100) / 1000.0 : 0;
}

static void print_head(uint32_t width, uint32_t height)
{
	if (args.csv) {
		printf("encoder,scene,frames,number,convert_us,encode_us,encode_cpu_us,gpu_wait_us,"
			"hand_over_us,total_us,bytes,key\n");
		return;
	}
	printf("%ux%u, %d frames of each, milliseconds p50/p99; CPU: of the whole process, for a "
			"frame\n\n",
			width, height, args.frames);
	printf("%-8s %-7s %-7s", "encoder", "scene", "frames");
	for (unsigned s = 0; s < STAGES; s++)
		printf(" %14s", stage_names[s]);
	printf(" %8s %9s\n", "CPU", "kbyte");
}

static void print_run(struct run *r)
{
	if (args.csv || !r->us[0]->len)
		return;
	printf("%-8s %-7s %-7s", r->impl->name, r->scene, frames_name(r));
	for (unsigned s = 0; s < STAGES; s++)
		printf("  %6.2f/%6.2f", percentile(r->us[s], 50), percentile(r->us[s], 99));
	printf(" %8.2f %9.2f\n", (double)r->process_cpu_us / 1000 / r->us[0]->len,
			(double)r->bytes / 1000 / r->us[0]->len);
}

static void print_ratio(struct run *whole, struct run *damage)
{
	if (args.csv || !damage->us[0]->len || !whole->us[0]->len)
		return;
	printf("%-8s %-7s damage takes %.0f %% of whole frames' time, %.0f %% of their CPU, %.0f "
			"%% of their bytes\n",
			"", "", 100 * percentile(damage->us[STAGE_TOTAL], 50) /
			MAX(percentile(whole->us[STAGE_TOTAL], 50), 0.001),
			100.0 * (double)damage->process_cpu_us /
			(double)MAX(whole->process_cpu_us, 1),
			100.0 * (double)damage->bytes / (double)MAX(whole->bytes, 1));
}

static bool compare_runs(const struct encoder_impl *impl, const char *scene, uint32_t width,
		uint32_t height)
{
	struct run whole = { .impl = impl, .scene = scene, .whole = true };
	struct run damage = { .impl = impl, .scene = scene };
	bool ok = measure(&whole, width, height);

	print_run(&whole);
	if (ok)
		ok = measure(&damage, width, height);
	else
		set_up(&damage, width, height);
	print_run(&damage);
	print_ratio(&whole, &damage);
	fflush(stdout);
	tear_down(&whole);
	tear_down(&damage);
	return ok;
}

#if HAVE_VA
/* ---- DMA-BUFs ----------------------------------------------------------- */

/* Encodes pictures that are in the GPU, like a guest's scanouts: no processor touches a pixel. */
static void encode_surfaces(struct run *r, const struct probe_surfaces *surfaces)
{
	struct damage all = { 0 };

	damage_add_all(&all, r->job.config.width, r->job.config.height);
	for (int i = 0; i <= args.frames && r->error == 0; i++) {
		r->job.frame = surfaces->frames[i % PROBE_SURFACES];
		encode(r, &all);
	}
	r->job.frame = NULL;
	if (r->error < 0)
		g_printerr("spice-accel-bench: %s, %s: %s\n", r->impl->name, r->node,
				g_strerror(-r->error));
}

static bool measure_gpu(const char *node, uint32_t width, uint32_t height)
{
	struct run r = { .impl = encoder_impl_find("va"), .scene = "scroll", .node = node };
	struct probe_surfaces surfaces;
	struct va_device device;
	char why[512];

	if (va_device_open(&device, node, why, sizeof why) < 0) {
		g_printerr("spice-accel-bench: %s\n", why);
		return true; /* no GPU is no failure */
	}
	set_up(&r, width, height);
	g_strlcpy(r.job.config.render_node, node, sizeof r.job.config.render_node);
	r.job.picture = NULL;
	r.error = probe_surfaces_create(&device, &surfaces, width, height);
	if (r.error < 0) {
		g_printerr("spice-accel-bench: %s has no picture to share: %s\n", node,
				g_strerror(-r.error));
	} else {
		r.error = create_worker(&r.worker, &r.done_fd);
		if (r.error == 0)
			encode_surfaces(&r, &surfaces);
		if (!args.csv)
			printf("%s, %s:\n", node, device.vendor);
		print_run(&r);
	}
	tear_down(&r);
	if (surfaces.n)
		probe_surfaces_finish(&device, &surfaces);
	va_device_close(&device);
	return r.error == 0;
}

static bool measure_gpus(uint32_t width, uint32_t height)
{
	char nodes[VA_MAX_NODES][VA_NODE_PATH];
	unsigned n = va_nodes(NULL, nodes);
	bool ok = true;

	for (unsigned i = 0; i < n; i++)
		ok &= measure_gpu(nodes[i], (width + 1) & ~1u, (height + 1) & ~1u);
	return ok;
}
#endif

/* ---- choice ------------------------------------------------------------- */

static bool works(const struct encoder_impl *impl, uint32_t width, uint32_t height)
{
	struct encoder_params params = { .width = (width + 1) & ~1u, .height = (height + 1) & ~1u,
		.fps = 60, .bitrate_kbps = 50000 };
	char why[512];

	if (encoder_probe(impl, &params, why, sizeof why) == 0)
		return true;
	g_printerr("encoder %s is left out: %s\n", impl->name, why);
	return false;
}

static GPtrArray *choose_encoders(uint32_t width, uint32_t height)
{
	GPtrArray *out = g_ptr_array_new();
	g_auto(GStrv) names = g_strsplit(args.encoders ? args.encoders : "", ",", -1);

	for (size_t i = 0; !args.encoders && encoder_impl_at(i); i++)
		if (!(encoder_impl_at(i)->caps & ENCODER_TEST) &&
				works(encoder_impl_at(i), width, height))
			g_ptr_array_add(out, (void *)encoder_impl_at(i));
	for (unsigned i = 0; names[i]; i++) {
		const struct encoder_impl *impl = encoder_impl_find(names[i]);

		if (!impl)
			g_printerr("spice-accel-bench: there is no encoder \"%s\" in this build\n",
					names[i]);
		else if (works(impl, width, height))
			g_ptr_array_add(out, (void *)impl);
	}
	return out;
}

static int run(uint32_t width, uint32_t height)
{
	g_autoptr(GPtrArray) encoders = choose_encoders(width, height);
	g_auto(GStrv) scenes = g_strsplit(args.scenes ? args.scenes : "pan,noise,window,typing",
			",", -1);
	bool ok = encoders->len > 0;

	if (ok)
		print_head(width, height);
	for (guint i = 0; i < encoders->len; i++) {
#if HAVE_VA
		if (!strcmp(((const struct encoder_impl *)encoders->pdata[i])->name, "va"))
			ok &= measure_gpus(width, height);
#endif
		for (unsigned k = 0; scenes[k]; k++)
			ok &= compare_runs(encoders->pdata[i], scenes[k], width, height);
	}
	return ok ? 0 : 1;
}

int main(int argc, char **argv)
{
	g_autoptr(GOptionContext) context =
			g_option_context_new("- measure the stages of an accelerated display");
	g_autoptr(GError) error = NULL;
	uint32_t width = 1920, height = 1080;
	char rest;

	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, &error) || argc > 1) {
		g_printerr("spice-accel-bench: %s\n",
				error ? error->message : "too many arguments (--help)");
		return 2;
	}
	if (args.version) {
		g_print("spice-accel-bench %s\n", spice_accel_version());
		return 0;
	}
	if (args.size && (sscanf(args.size, "%5ux%5u%c", &width, &height, &rest) != 2 ||
			width < 64 || height < 64 || width > 8192 || height > 8192)) {
		g_printerr("spice-accel-bench: \"%s\" is no size (WxH, 64x64 to 8192x8192)\n",
				args.size);
		return 2;
	}
	if (args.frames < 1 || args.frames > 100000 || args.threads < 0 || args.threads > 64 ||
			args.qp < 1 || args.qp > 51 ||
			(args.scenes && strstr(args.scenes, "idle"))) {
		g_printerr("spice-accel-bench: 1 to 100000 frames, 0 to 64 threads, quality 1 to "
				"51, and no idle scene\n");
		return 2;
	}
	spice_accel_log_set(host_glib_log, NULL, SPICE_ACCEL_LOG_WARNING);
	return run(width, height);
}
