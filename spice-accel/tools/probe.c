/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* spice-accel-probe: what encodes on this machine, and why something does not. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>
#include <spice-accel/spice-accel.h>

#include "base/clock.h"
#include "config.h"
#include "encode/encoder.h"
#include "probe-times.h"
#include "probe-va.h"

static struct {
	char *size, *node;
	int frames;
	gboolean version;
} args = { .frames = 120 };

static GOptionEntry entries[] = {
	{ "size", 'S', 0, G_OPTION_ARG_STRING, &args.size,
		"size of the pictures to measure with (default: 1920x1080)", "WxH" },
	{ "frames", 'n', 0, G_OPTION_ARG_INT, &args.frames,
		"pictures to measure with (default: 120; 0: do not measure)", "N" },
	{ "render-node", 'r', 0, G_OPTION_ARG_FILENAME, &args.node, "look at this DRM node only",
		"PATH" },
	{ "version", 0, 0, G_OPTION_ARG_NONE, &args.version, "print the version", NULL },
	{ NULL },
};

static void draw(struct picture *p, unsigned t)
{
	for (uint32_t y = 0; y < p->height; y++)
		for (uint32_t x = 0; x < p->width; x++) {
			uint32_t line = y + t * 4;

			bool ink = line % 16 < 10 && (x * 7 + line / 16 * 5) % 11 < 4;
			uint32_t text = ink ? 40 : 220, shade = 16 + (x + line) % 220;

			p->plane[0][(size_t)y * (size_t)p->stride[0] + x] =
					(uint8_t)(x < p->width / 2 ? text : shade);
		}
}

/* The whole picture moves: this is the most that the encoder costs. */
static int measure(const struct encoder_impl *impl, const struct encoder_params *params,
		unsigned frames)
{
	struct probe_times times = { .us = g_new0(uint32_t, frames) };
	struct damage damage = { 0 };
	struct packet packet = { 0 };
	struct picture picture = { 0 };
	struct encoder *encoder = NULL;
	int ret = encoder_create(&encoder, impl, params);

	if (ret == 0)
		ret = picture_init(&picture, impl->input, params->width, params->height);
	damage_add_all(&damage, params->width, params->height);
	for (unsigned i = 0; i < frames && ret == 0; i++) {
		struct encode_request request = { .key = i == 0, .qp = 24, .picture = &picture,
			.damage = &damage, .number = i + 1 };
		uint64_t start;

		draw(&picture, i);
		start = clock_now_us();
		packet_reset(&packet);
		ret = encoder_encode(encoder, &request, &packet);
		if (i > 0)
			times.us[times.n++] = (uint32_t)(clock_now_us() - start);
	}
	if (ret == 0)
		probe_print_times("a picture from memory", &times);
	else
		printf("    does not work: %s\n", strerror(-ret));
	packet_finish(&packet);
	picture_finish(&picture);
	encoder_destroy(encoder);
	g_free(times.us);
	return ret;
}

static unsigned probe_encoders(const struct encoder_params *params, unsigned frames)
{
	unsigned works = 0;

	for (size_t i = 0; encoder_impl_at(i); i++) {
		const struct encoder_impl *impl = encoder_impl_at(i);
		char why[512];
		int ret;

		if (impl->caps & ENCODER_TEST)
			continue;
		ret = encoder_probe(impl, params, why, sizeof why);
		printf("%-8s %-6s %s%s%s\n", impl->name,
				impl->codec == CODEC_H264 ? "H.264" : "MJPEG",
				ret == 0 ? "works" : "does not work here",
				ret == 0 ? "" : ": ", ret == 0 ? "" : why);
		if (ret == 0 && frames > 1)
			ret = measure(impl, params, frames);
		works += ret == 0;
	}
	return works;
}

static bool read_size(struct encoder_params *params)
{
	char end;

	params->width = 1920;
	params->height = 1080;
	if (args.size && sscanf(args.size, "%5ux%5u%c", &params->width, &params->height, &end) != 2)
		return false;
	return params->width >= 32 && params->height >= 32 && params->width <= 8192 &&
			params->height <= 8192 && params->width % 2 == 0 && params->height % 2 == 0;
}

int main(int argc, char **argv)
{
	g_autoptr(GOptionContext) context =
			g_option_context_new("- tell what encodes on this machine");
	g_autoptr(GError) error = NULL;
	struct encoder_params params = { .fps = 60 };
	unsigned works, frames;

	g_option_context_add_main_entries(context, entries, NULL);
	g_option_context_set_description(context,
			"Exits with 0 when an encoder of H.264 or MJPEG works.");
	if (!g_option_context_parse(context, &argc, &argv, &error)) {
		fprintf(stderr, "spice-accel-probe: %s\n", error->message);
		return 2;
	}
	if (args.version) {
		printf("spice-accel-probe %s\n", SPICE_ACCEL_VERSION);
		return 0;
	}
	if (argc > 1 || !read_size(&params) || args.frames < 0 || args.frames > 100000) {
		fprintf(stderr, "spice-accel-probe: even sizes from 32x32 to 8192x8192, up to "
				"100000 frames, and nothing else\n");
		return 2;
	}
	params.render_node = args.node;
	frames = (unsigned)args.frames;
	printf("Encoders, in order of preference, at %ux%u:\n", params.width, params.height);
	works = probe_encoders(&params, frames);
#if HAVE_VA
	printf("\nRender nodes:\n");
	probe_va(args.node, params.width, params.height, frames);
#endif
	return works ? 0 : 1;
}
