/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* spice-accel-record: a source's picture, encoded, to a file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib-unix.h>
#include <glib.h>
#include <spice-accel/spice-accel.h>

#include "base/clock.h"
#include "pixels/convert-cpu.h"
#include "encode/encoder.h"
#include "host-glib.h"
#include "source.h"


static struct {
	char *source, *size, *encoder, *preset, *output;
	int fps, frames, qp, bitrate, threads;
	gboolean list, verbose, version;
} args = { .fps = 60, .frames = 300, .qp = 22, .bitrate = 20000 };

static GOptionEntry entries[] = {
	{ "source", 's', 0, G_OPTION_ARG_STRING, &args.source,
		"pattern[:pan|noise|window|typing|idle], x11[:DISPLAY] or raw:FILE (default: "
		"pattern)", "SOURCE" },
	{ "size", 'S', 0, G_OPTION_ARG_STRING, &args.size,
		"size of pattern and raw pictures (default: 1920x1080)", "WxH" },
	{ "fps", 'f', 0, G_OPTION_ARG_INT, &args.fps, "pictures a second (default: 60)", "N" },
	{ "encoder", 'e', 0, G_OPTION_ARG_STRING, &args.encoder,
		"encoder (default: the first that works; --list names them)", "NAME" },
	{ "frames", 'n', 0, G_OPTION_ARG_INT, &args.frames,
		"stop after so many (default: 300; 0: at Ctrl-C)", "N" },
	{ "quality", 'q', 0, G_OPTION_ARG_INT, &args.qp,
		"quantiser, where the encoder obeys one (default: 22)", "1-51" },
	{ "bitrate", 'b', 0, G_OPTION_ARG_INT, &args.bitrate,
		"kbit/s, for encoders with a rate control of their own (default: 20000)", "KBPS" },
	{ "threads", 't', 0, G_OPTION_ARG_INT, &args.threads,
		"CPU threads (default: the encoder's choice)", "N" },
	{ "preset", 0, 0, G_OPTION_ARG_STRING, &args.preset, "preset of x264 (default: ultrafast)",
		"NAME" },
	{ "list", 'l', 0, G_OPTION_ARG_NONE, &args.list, "name the encoders of this build", NULL },
	{ "verbose", 'v', 0, G_OPTION_ARG_NONE, &args.verbose, "more log", NULL },
	{ "version", 0, 0, G_OPTION_ARG_NONE, &args.version, "print the version", NULL },
	{ NULL },
};

struct recorder {
	GMainLoop *loop;
	struct source *source;
	const struct encoder_impl *impl;
	struct encoder *encoder;
	struct spice_accel_frame *frame;
	struct picture picture;
	struct packet packet;
	FILE *file;
	uint64_t frames, bytes, encode_us;
	bool failed;
};

static void give_up(struct recorder *r, const char *what, int error)
{
	g_printerr("spice-accel-record: %s: %s\n", what, g_strerror(error));
	r->failed = true;
	if (r->loop)
		g_main_loop_quit(r->loop);
}

/* ---- encoding ----------------------------------------------------------- */

static void encode(struct recorder *r, const struct damage *damage, uint64_t capture_us)
{
	struct encode_request request = {
		.key = r->frames == 0,
		.qp = args.qp,
		.picture = &r->picture,
		.damage = damage,
		.number = r->frames + 1,
		.capture_us = capture_us,
	};
	uint64_t start = clock_now_us();
	int ret = convert_cpu(&r->picture, r->frame, damage);

	packet_reset(&r->packet);
	if (ret == 0)
		ret = encoder_encode(r->encoder, &request, &r->packet);
	r->encode_us += clock_now_us() - start;
	if (ret < 0) {
		give_up(r, r->impl->name, -ret);
		return;
	}
	if (fwrite(r->packet.data, 1, r->packet.size, r->file) != r->packet.size) {
		give_up(r, args.output, errno);
		return;
	}
	r->bytes += r->packet.size;
	if (++r->frames == (uint64_t)args.frames && r->loop)
		g_main_loop_quit(r->loop);
}

static bool open_encoder(struct recorder *r, uint32_t width, uint32_t height)
{
	struct encoder_params params = {
		.width = (width + 1) & ~1u,
		.height = (height + 1) & ~1u,
		.fps = (uint32_t)args.fps,
		.threads = (unsigned)args.threads,
		.preset = args.preset,
		.bitrate_kbps = (uint32_t)args.bitrate,
	};
	int ret = encoder_create(&r->encoder, r->impl, &params);

	if (ret == 0)
		ret = picture_init(&r->picture, r->impl->input, params.width, params.height);
	if (ret < 0)
		give_up(r, r->impl->name, -ret);
	return ret == 0;
}

static void close_encoder(struct recorder *r)
{
	encoder_destroy(r->encoder);
	r->encoder = NULL;
	picture_finish(&r->picture);
	spice_accel_frame_unref(r->frame);
	r->frame = NULL;
}

/* ---- the source --------------------------------------------------------- */

/* A file has one size: a source that changes it ends the recording. */
static void on_picture(void *opaque, const struct source_picture *picture)
{
	struct recorder *r = opaque;
	struct damage all = { 0 };
	int ret;

	if (r->frames) {
		g_printerr("spice-accel-record: the picture changed its size to %ux%u; the file "
				"ends here\n",
				picture->width, picture->height);
		g_main_loop_quit(r->loop);
		return;
	}
	close_encoder(r);
	ret = source_picture_frame(&r->frame, picture);
	if (ret < 0) {
		give_up(r, "the source's picture", -ret);
		return;
	}
	if (!open_encoder(r, picture->width, picture->height))
		return;
	damage_add_all(&all, picture->width, picture->height);
	encode(r, &all, clock_now_us());
}

static void on_damaged(void *opaque, const struct damage *damage, uint64_t capture_us)
{
	struct recorder *r = opaque;

	if (r->encoder && !r->failed && (!args.frames || r->frames < (uint64_t)args.frames))
		encode(r, damage, capture_us);
}

static bool start_source(struct recorder *r)
{
	struct source_params params = {
		.width = 1920,
		.height = 1080,
		.fps = (uint32_t)args.fps,
		.sink = { on_picture, on_damaged, NULL, r },
	};
	g_autoptr(GError) error = NULL;

	r->source = source_create(args.source, args.size, &params, &error);
	if (!r->source)
		g_printerr("spice-accel-record: %s\n", error->message);
	return r->source != NULL;
}

/* ---- choice ------------------------------------------------------------- */

static void list_encoders(void)
{
	for (size_t i = 0; encoder_impl_at(i); i++)
		g_print("%-8s %s%s\n", encoder_impl_at(i)->name,
				encoder_impl_at(i)->codec == CODEC_H264 ? "H.264" : "MJPEG",
				encoder_impl_at(i)->caps & ENCODER_TEST ? ", for tests" : "");
}

static const struct encoder_impl *choose_encoder(void)
{
	struct encoder_params params = { .width = 1280, .height = 720, .fps = (uint32_t)args.fps,
		.bitrate_kbps = (uint32_t)args.bitrate };
	const struct encoder_impl *impl = args.encoder ? encoder_impl_find(args.encoder) : NULL;
	char why[256];

	if (args.encoder && !impl)
		g_printerr("spice-accel-record: there is no encoder \"%s\" in this build "
				"(--list)\n", args.encoder);
	if (args.encoder && impl && encoder_probe(impl, &params, why, sizeof why) < 0) {
		g_printerr("spice-accel-record: encoder %s: %s\n", impl->name, why);
		return NULL;
	}
	for (size_t i = 0; !args.encoder && encoder_impl_at(i); i++) {
		if (!(encoder_impl_at(i)->caps & ENCODER_TEST) &&
				encoder_probe(encoder_impl_at(i), &params, why, sizeof why) == 0)
			return encoder_impl_at(i);
	}
	if (!args.encoder)
		g_printerr("spice-accel-record: no encoder works here; spice-accel-probe says "
				"what each one lacks\n");
	return impl;
}

static gboolean on_signal(gpointer data)
{
	g_main_loop_quit(data);
	return G_SOURCE_CONTINUE;
}

static void record(struct recorder *r)
{
	r->loop = g_main_loop_new(NULL, FALSE);
	g_unix_signal_add(SIGINT, on_signal, r->loop);
	g_unix_signal_add(SIGTERM, on_signal, r->loop);
	if (start_source(r) && !r->failed) {
		if (!args.frames || r->frames < (uint64_t)args.frames)
			g_main_loop_run(r->loop);
	} else {
		r->failed = true;
	}
	if (r->source)
		r->source->impl->destroy(r->source);
	close_encoder(r);
	packet_finish(&r->packet);
	g_main_loop_unref(r->loop);
}

static int run(void)
{
	struct recorder r = { .impl = choose_encoder() };
	bool standard = !strcmp(args.output, "-");

	if (!r.impl)
		return 1;
	r.file = standard ? stdout : fopen(args.output, "wbe");
	if (!r.file) {
		g_printerr("spice-accel-record: %s: %s\n", args.output, g_strerror(errno));
		return 1;
	}
	record(&r);
	if ((standard ? fflush(r.file) : fclose(r.file)) != 0) {
		g_printerr("spice-accel-record: %s: %s\n", args.output, g_strerror(errno));
		r.failed = true;
	}
	if (!r.failed)
		g_printerr("%s: %" G_GUINT64_FORMAT " frames by %s, %.1f kbyte each, %.2f ms "
				"each\n", args.output,
				r.frames, r.impl->name,
				r.frames ? (double)r.bytes / 1000 / (double)r.frames : 0,
				r.frames ? (double)r.encode_us / 1000 / (double)r.frames : 0);
	return r.failed ? 1 : 0;
}

static bool good_arguments(int argc)
{
	return argc == 2 && args.fps >= 1 && args.fps <= 240 && args.frames >= 0 && args.qp >= 1 &&
			args.qp <= 51 && args.bitrate >= 100 && args.bitrate <= 1000000 &&
			args.threads >= 0 && args.threads <= 64;
}

int main(int argc, char **argv)
{
	g_autoptr(GOptionContext) context =
			g_option_context_new("FILE - encode a picture to a file");
	g_autoptr(GError) error = NULL;

	g_option_context_add_main_entries(context, entries, NULL);
	g_option_context_set_description(context,
			"H.264 is written as an Annex B byte stream, MJPEG as JPEGs one after the "
			"other; FILE may be - for standard output.");
	if (!g_option_context_parse(context, &argc, &argv, &error)) {
		g_printerr("spice-accel-record: %s\n", error->message);
		return 2;
	}
	if (args.version) {
		g_print("spice-accel-record %s\n", spice_accel_version());
		return 0;
	}
	if (args.list) {
		list_encoders();
		return 0;
	}
	if (!good_arguments(argc)) {
		g_printerr("spice-accel-record: one FILE, and numbers in their ranges, please "
				"(--help)\n");
		return 2;
	}
	args.output = argv[1];
	spice_accel_log_set(host_glib_log, NULL,
			args.verbose ? SPICE_ACCEL_LOG_DEBUG : SPICE_ACCEL_LOG_WARNING);
	return run();
}
