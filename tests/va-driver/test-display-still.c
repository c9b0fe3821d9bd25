/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* A polled scanout that stands still: nothing is sent, but for its refinement. */
#include <stdint.h>
#include <string.h>

#include <drm_fourcc.h>
#include <glib.h>
#include <spice/enums.h>
#include <spice/stream-device.h>

#include "check.h"
#include "display/display.h"
#include "encode/encoder-list.h"
#include "host-glib.h"
#include "mock-spice.h"
#include "options/options.h"
#include "scene.h"
#include "wire/viewers.h"

enum { W = 320, H = 240 };

static struct {
	struct spice_accel_display *display;
	struct spice_accel_frame *frame;
	uint32_t poll_ms;
} rig;

/* As libspice-server with a viewer that takes all at once. */
static void pull(void)
{
	static uint8_t bytes[1 << 16];

	while (mock_spice_read(bytes, sizeof bytes) > 0)
		;
}

static void poll_interval(void *host, unsigned head, uint32_t ms)
{
	rig.poll_ms = ms;
}

static gboolean on_poll(gpointer opaque)
{
	spice_accel_display_submit(rig.display, rig.frame, NULL, 0, 0);
	pull();
	return G_SOURCE_CONTINUE;
}

static gboolean on_end(gpointer opaque)
{
	*(bool *)opaque = true;
	return G_SOURCE_REMOVE;
}

static struct display_status run(unsigned ms)
{
	struct display_status status;
	bool end = false;

	g_timeout_add(ms, on_end, &end);
	while (!end) {
		struct osvdi_ack ack = { 0 };

		g_main_context_iteration(NULL, TRUE);
		pull();
		display_status(rig.display, &status);
		ack.frame = status.frames + 1000000; /* all: pacing is not what is tested */
		display_ack(rig.display, &ack);
	}
	return status;
}

static void start_stream(void)
{
	uint8_t bytes[sizeof(StreamDevHeader) + 2] = { 0 };
	StreamDevHeader header = { .protocol_version = STREAM_DEVICE_PROTOCOL,
		.type = STREAM_TYPE_START_STOP, .size = 2 };

	memcpy(bytes, &header, sizeof header);
	bytes[sizeof header] = 1;
	bytes[sizeof header + 1] = SPICE_VIDEO_CODEC_TYPE_H264;
	CHECK_INT(mock_spice_write(bytes, sizeof bytes), sizeof bytes);
}

int main(void)
{
	struct encoder_info encoder;
	struct spice_accel_options *options = spice_accel_options_create();
	struct scene_options o = { .fourcc = DRM_FORMAT_XRGB8888 };
	struct spice_accel_host_ops ops = { .size = sizeof ops };
	struct display_context context = { .ops = &ops, .options = options,
		.encoders = &encoder, .n_encoders = 1 };
	struct soft_va_api soft = test_va_api();
	struct scene scene = scene_new(W, H);
	struct display_status before, after;
	guint timer;
	int fd;

	CHECK(encoder_info_find("va", &encoder));
	mock_spice_reset();
	host_glib_fill_ops(&ops);
	ops.poll_interval = poll_interval;
	context.viewers = viewers_create();
	CHECK_INT(spice_accel_options_set(options, "render-node", "/dev/null", NULL), 0);
	CHECK_INT(display_create(&rig.display, &context, 0), 0);
	display_set_own_viewer(rig.display, true, false);
	scene_draw(&scene, 0);
	rig.frame = scene_frame(&scene, &o, &soft, &fd);
	start_stream();
	timer = g_timeout_add(8, on_poll, NULL);

	/* The picture comes to rest, is refined and looked at seldom. A busy machine needs
	 * longer. */
	before = run(3000);
	for (unsigned i = 0; i < 100 && (rig.poll_ms != 33 || !before.refinements); i++)
		before = run(500);
	CHECK(before.frames >= 2 && before.key_frames == 1);
	CHECK(before.refinements >= 1);
	CHECK_INT(rig.poll_ms, 33);
	after = run(1000);
	printf("# at rest: %llu frames in a second, %llu refinements in all\n",
			(unsigned long long)(after.frames - before.frames),
			(unsigned long long)after.refinements);
	CHECK(after.frames - before.frames <= 3);

	scene_draw(&scene, 5); /* and goes on when the content does */
	scene_update(&scene, &o, &soft, fd);
	before = after;
	for (unsigned i = 0; i < 100 && after.frames == before.frames; i++)
		after = run(100);
	CHECK(after.frames > before.frames);
	CHECK(rig.poll_ms < 33);

	g_source_remove(timer);
	display_destroy(rig.display);
	viewers_destroy(context.viewers);
	spice_accel_frame_unref(rig.frame);
	spice_accel_options_destroy(options);
	scene_free(&scene);
	return 0;
}
