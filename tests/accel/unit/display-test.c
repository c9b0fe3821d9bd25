/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/*
 * A whole display, encode thread included, on GLib's main loop, with the
 * server's side of the stream device played here: what START_STOP, content and
 * failures lead to on the wire.
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <drm_fourcc.h>
#include <glib.h>
#include <osvdi-accel-protocol.h>
#include <spice/enums.h>
#include <spice/stream-device.h>

#include "display/display.h"
#include "encode/encoder.h"
#include "frame/frame.h"
#ifdef GL_DOUBLE
#include "gl-double.h"
#endif
#include "host-glib.h"
#include "kinds.h"
#include "mock-spice.h"
#include "options/options.h"
#include "wire/ext-port.h"
#include "wire/viewers.h"

#define WIDTH 160u
#define HEIGHT 120u

struct stage {
	struct spice_accel_display *display;
	struct display_context context;
	struct spice_accel_host_ops ops;
	struct encoder_info encoders[2];
	struct spice_accel_frame *frame;
	GByteArray *received; /* of the message that is being read */
	/* what came */
	unsigned formats, frames, keys, repeats;
	StreamMsgFormat format;
	GByteArray *unit; /* the last frame */
	unsigned frames_of_format;
	unsigned polls;
	struct osvdi_frame_info info; /* of the last frame */
	/* the extension port, where a test opens it */
	struct ext_port *ext;
	SpiceCharDeviceInstance *ext_device;
	GByteArray *ext_bytes;
	unsigned tiles, copies;
	struct osvdi_tiles last_tiles; /* but for its data */
	struct osvdi_copy last_copy;
};

#define SCREEN_BYTES (4u << 20)

/* A memfd, so that it can be a DMA-BUF too. */
static uint32_t *pixels;
static int pixels_fd;
static gint errors, tiles_errors; /* lines of the log, atomic; tiles_errors: of tiles that end */

static void on_log(void *opaque, enum spice_accel_log_level level, const char *message)
{
	if (level == SPICE_ACCEL_LOG_ERROR)
		g_atomic_int_inc(&errors);
	if (strstr(message, "without lossless tiles"))
		g_atomic_int_inc(&tiles_errors);
}

static void on_poll_interval(void *host, unsigned head, uint32_t ms)
{
	struct stage *s = host;

	s->polls++;
}

static void nothing(void *host, unsigned head, uint32_t x, uint32_t y, uint32_t buttons)
{
}

/* ---- the server's side -------------------------------------------------- */

static bool is_h264(const GByteArray *unit)
{
	return unit->len > 4 && !memcmp(unit->data, "\0\0\0\1", 4);
}

static void take_frame(struct stage *s, const uint8_t *data, size_t size)
{
	struct osvdi_frame_info info;

	g_byte_array_set_size(s->unit, 0);
	g_byte_array_append(s->unit, data, (guint)size);
	g_assert_cmpuint(s->formats, >, 0);
	/* no client survives the wrong codec */
	g_assert_true(is_h264(s->unit) == (s->format.codec == SPICE_VIDEO_CODEC_TYPE_H264));
	s->frames++;
	s->frames_of_format++;
	if (!is_h264(s->unit)) {
		g_assert_cmpmem(data, 2, "\xff\xd8", 2);
		return;
	}
	g_assert_true(osvdi_find_frame_info(data, size, &info));
	s->info = info;
	g_assert_true(s->frames_of_format > 1 || info.flags & OSVDI_FRAME_KEY);
	s->keys += (info.flags & OSVDI_FRAME_KEY) != 0;
	s->repeats += (info.flags & OSVDI_FRAME_REPEAT) != 0;
}

static void take_message(struct stage *s)
{
	StreamDevHeader header;
	const uint8_t *body = s->received->data + sizeof header;

	memcpy(&header, s->received->data, sizeof header);
	if (header.type == STREAM_TYPE_FORMAT) {
		g_assert_cmpuint(header.size, ==, sizeof s->format);
		memcpy(&s->format, body, sizeof s->format);
		s->formats++;
		s->frames_of_format = 0;
	} else if (header.type == STREAM_TYPE_DATA) {
		take_frame(s, body, header.size);
	}
	g_byte_array_set_size(s->received, 0);
}

/* libspice-server reads until there is nothing. */
static void drain(struct stage *s)
{
	uint8_t data[4096];
	StreamDevHeader header;

	for (;;) {
		size_t want = sizeof header - s->received->len, n;

		if (s->received->len >= sizeof header) {
			memcpy(&header, s->received->data, sizeof header);
			want = sizeof header + header.size - s->received->len;
		}
		n = mock_spice_read(data, MIN(want, sizeof data));
		if (!n)
			return;
		g_byte_array_append(s->received, data, (guint)n);
		memcpy(&header, s->received->data, MIN(sizeof header, s->received->len));
		if (s->received->len >= sizeof header &&
				s->received->len == sizeof header + header.size)
			take_message(s);
	}
}

static void start_stop(const char *codecs)
{
	uint8_t bytes[64];
	StreamDevHeader header = { .protocol_version = 1, .type = STREAM_TYPE_START_STOP,
		.size = (uint32_t)strlen(codecs) + 1 };

	memcpy(bytes, &header, sizeof header);
	bytes[sizeof header] = (uint8_t)strlen(codecs);
	memcpy(bytes + sizeof header + 1, codecs, strlen(codecs));
	mock_spice_write(bytes, sizeof header + header.size);
}

#define H264 "\x03"
#define MJPEG "\x01"

static void take_tiles(struct stage *s, const uint8_t *payload, size_t size)
{
	struct osvdi_ack ack = { .flags = OSVDI_ACK_TILES };

	g_assert_true(osvdi_read_tiles(payload, size, &s->last_tiles));
	s->tiles++;
	ack.frame = s->last_tiles.number;
	g_assert_cmpuint(s->last_tiles.after_frame, <=, s->info.frame);
	display_ack(s->display, &ack);
}

static void drain_ext(struct stage *s)
{
	const SpiceCharDeviceInterface *i;
	struct osvdi_msg_header header;
	uint8_t data[4096];
	int n;

	if (!s->ext)
		return;
	i = (const void *)s->ext_device->base.sif;
	while ((n = i->read(s->ext_device, data, sizeof data)) > 0)
		g_byte_array_append(s->ext_bytes, data, (guint)n);
	while (osvdi_msg_peek(s->ext_bytes->data, s->ext_bytes->len, OSVDI_ACCEL_MAX_FROM_SERVER,
			&header) > 0) {
		const uint8_t *payload = s->ext_bytes->data + OSVDI_MSG_HEADER_SIZE;

		if (header.type == OSVDI_MSG_TILES)
			take_tiles(s, payload, header.size);
		if (header.type == OSVDI_MSG_COPY) {
			g_assert_true(osvdi_read_copy(payload, header.size, &s->last_copy));
			s->copies++;
		}
		g_byte_array_remove_range(s->ext_bytes, 0, OSVDI_MSG_HEADER_SIZE + header.size);
	}
}

static void turn(struct stage *s)
{
	g_main_context_iteration(NULL, FALSE);
	drain(s);
	drain_ext(s);
	g_usleep(500);
}

/* Runs the loop until the condition holds; fails after long. */
#define WAIT_FOR(s, condition) do { \
	gint64 until_ = g_get_monotonic_time() + 60 * G_USEC_PER_SEC; \
	while (!(condition)) { \
		turn(s); \
		g_assert_cmpint(g_get_monotonic_time(), <, until_); \
	} \
} while (0)

static void run_for_ms(struct stage *s, unsigned ms)
{
	gint64 until = g_get_monotonic_time() + ms * 1000;

	while (g_get_monotonic_time() < until)
		turn(s);
}

/* ---- the stage ---------------------------------------------------------- */

static struct spice_accel_frame *make_dmabuf(uint32_t width, uint32_t height, uint64_t modifier)
{
	struct spice_accel_dmabuf_params params = { .size = sizeof params, .width = width,
		.height = height, .fourcc = DRM_FORMAT_XRGB8888, .n_planes = 1, .fd = { pixels_fd },
		.stride = { width * 4 }, .modifier = modifier };
	struct spice_accel_frame *frame;

	g_assert_cmpint(spice_accel_frame_create_dmabuf(&frame, &params), ==, 0);
	return frame;
}

static void submit(struct stage *s, uint32_t width, uint32_t height,
		const struct spice_accel_rect *rect)
{
	struct spice_accel_memory_params params = { .size = sizeof params, .width = width,
		.height = height,
		.fourcc = DRM_FORMAT_XRGB8888, .stride = (int32_t)width * 4, .data = pixels };

	if (!s->frame || s->frame->width != width || s->frame->height != height) {
		spice_accel_frame_unref(s->frame);
		if (kind != MEMORY)
			s->frame = make_dmabuf(width, height, kind == MAPPED ?
					SPICE_ACCEL_MODIFIER_UNKNOWN : I915_FORMAT_MOD_X_TILED);
		else
			g_assert_cmpint(spice_accel_frame_create_memory(&s->frame, &params), ==, 0);
	}
	spice_accel_display_submit(s->display, s->frame, rect, rect ? 1 : 0, 0);
}

static void open_stage(struct stage *s, const char *first, const char *second)
{
	memset(s, 0, sizeof *s);
	mock_spice_reset();
	host_glib_fill_ops(&s->ops);
	s->ops.size = sizeof s->ops;
	s->ops.pointer = nothing;
	s->ops.poll_interval = on_poll_interval;
	g_assert_true(encoder_info_find(first, &s->encoders[0]));
	g_assert_true(!second || encoder_info_find(second, &s->encoders[1]));
	s->context = (struct display_context){ .ops = &s->ops, .host = s,
		.options = spice_accel_options_create(), .encoders = s->encoders,
		.n_encoders = second ? 2 : 1, .viewers = viewers_create() };
	s->received = g_byte_array_new();
	s->unit = g_byte_array_new();
	g_assert_cmpint(display_create(&s->display, &s->context, 0), ==, 0);
	submit(s, WIDTH, HEIGHT, NULL);
}

static void close_stage(struct stage *s)
{
	display_destroy(s->display);
	g_assert_cmpuint(mock_spice.removed, ==, 1);
	viewers_destroy(s->context.viewers);
	spice_accel_options_destroy((struct spice_accel_options *)s->context.options);
	spice_accel_frame_unref(s->frame);
	g_byte_array_unref(s->received);
	g_byte_array_unref(s->unit);
}

/* ---- a viewer of ours ---------------------------------------------------- */

static void on_connected(void *opaque, const struct osvdi_client_hello *hello)
{
}

static void on_disconnected(void *opaque)
{
}

static void on_answer(void *opaque)
{
}

static const struct ext_port_ops ext_ops = { .connected = on_connected,
	.disconnected = on_disconnected, .answer = on_answer };

/* A stage whose viewer takes tiles, and has all of the picture exactly. */
static void open_exact_stage(struct stage *s)
{
	struct osvdi_client_hello hello = { .version = 1, .caps = OSVDI_CAP_ACK | OSVDI_CAP_TILES };
	uint8_t bytes[64];

	open_stage(s, "fake", NULL);
	display_destroy(s->display);
	g_assert_cmpint(ext_port_create(&s->ext, NULL, 60, &ext_ops, NULL), ==, 0);
	s->ext_device = mock_spice.device;
	mock_spice_write(bytes, osvdi_write_client_hello(bytes, &hello));
	s->ext_bytes = g_byte_array_new();
	s->context.ext = s->ext;
	g_assert_cmpint(display_create(&s->display, &s->context, 0), ==, 0);
	mock_spice.removed = 0;
	submit(s, WIDTH, HEIGHT, NULL);
	display_set_own_viewer(s->display, true, true);
	start_stop(H264);
	WAIT_FOR(s, s->tiles && s->last_tiles.flags & OSVDI_TILES_EXACT);
	g_assert_cmpuint(s->frames, ==, 1);
}

static void close_exact_stage(struct stage *s)
{
	close_stage(s);
	ext_port_destroy(s->ext);
	g_byte_array_unref(s->ext_bytes);
}

static void draw(uint32_t width, const struct spice_accel_rect *r)
{
	for (int32_t y = r->y; y < r->y + r->height; y++)
		for (int32_t x = r->x; x < r->x + r->width; x++)
			pixels[(uint32_t)y * width + (uint32_t)x] += 0x102030;
}

/* A small change, which comes as tiles. */
static void type_letter(struct stage *s, const struct spice_accel_rect *letter)
{
	unsigned tiles = s->tiles;

	draw(WIDTH, letter);
	submit(s, WIDTH, HEIGHT, letter);
	WAIT_FOR(s, s->tiles > tiles);
}

/* ---- tests -------------------------------------------------------------- */

static void test_starts(void)
{
	struct stage s;

	open_stage(&s, "fake", NULL);
	run_for_ms(&s, 50);
	g_assert_cmpuint(s.frames + s.formats, ==, 0); /* nobody is watching */
	start_stop(H264 MJPEG);
	WAIT_FOR(&s, s.frames >= 1);
	g_assert_cmpuint(s.formats, ==, 1);
	g_assert_cmpuint(s.format.width, ==, WIDTH);
	g_assert_cmpuint(s.format.height, ==, HEIGHT);
	g_assert_cmpuint(s.format.codec, ==, SPICE_VIDEO_CODEC_TYPE_H264);
	g_assert_cmpuint(s.polls, >=, 1); /* more where starting took long */
	close_stage(&s);
}

/* A stock viewer is fed while nothing changes, and flushed each time. */
static void test_cadence(void)
{
	static const uint8_t flush[] = { 0, 0, 0, 1, 12, 0xff, 0x80 };
	struct stage s;

	open_stage(&s, "fake", NULL);
	start_stop(H264);
	WAIT_FOR(&s, s.repeats >= 10);
	g_assert_cmpmem(s.unit->data + s.unit->len - sizeof flush, sizeof flush, flush,
			sizeof flush);
	start_stop("");
	run_for_ms(&s, 100);
	s.frames = 0;
	run_for_ms(&s, 200);
	g_assert_cmpuint(s.frames, ==, 0);
	close_stage(&s);
}

/* Ours gets nothing more until something changes. */
static void test_own_viewer(void)
{
	struct spice_accel_rect r = { 10, 20, 30, 40 };
	struct osvdi_frame_info info;
	struct osvdi_ack ack = { 0 };
	struct stage s;

	open_stage(&s, "fake", NULL);
	display_set_own_viewer(s.display, true, false);
	start_stop(H264);
	WAIT_FOR(&s, s.frames == 1);
	run_for_ms(&s, 300);
	g_assert_cmpuint(s.frames, ==, 1);
	for (unsigned i = 2; i < 10; i++) {
		g_assert_true(osvdi_find_frame_info(s.unit->data, s.unit->len, &info));
		ack.frame = info.frame;
		display_ack(s.display, &ack);
		submit(&s, WIDTH, HEIGHT, &r);
		WAIT_FOR(&s, s.frames == i);
	}
	g_assert_cmpuint(s.repeats, ==, 0);
	close_stage(&s);
}

/* A letter is a tile, and nothing else; a large change a frame that says that it is
 * only a part, and tiles when it has rested. */
static void test_tiles(void)
{
	struct spice_accel_rect letter = { 21, 33, 8, 12 }, large = { 3, 5, 140, 100 };
	struct display_status status;
	struct stage s;
	unsigned tiles;

	open_exact_stage(&s);
	type_letter(&s, &letter);
	g_assert_cmpuint(s.last_tiles.flags, ==, OSVDI_TILES_EXACT | OSVDI_TILES_CHANGE);
	g_assert_cmpuint(s.last_tiles.n_rects, ==, 1);
	g_assert_cmpuint(s.last_tiles.rects[0].x, ==, letter.x);
	g_assert_cmpuint(s.last_tiles.rects[0].height, ==, letter.height);
	g_assert_cmpuint(s.frames, ==, 1);
	draw(WIDTH, &large);
	submit(&s, WIDTH, HEIGHT, &large);
	WAIT_FOR(&s, s.frames == 2);
	g_assert_true(s.info.flags & OSVDI_FRAME_PARTIAL);
	g_assert_cmpuint(s.info.n_rects, ==, 1);
	g_assert_cmpuint(s.info.rects[0].x, ==, 0);
	g_assert_cmpuint(s.info.rects[0].width, ==, 144);
	g_assert_cmpuint(s.info.rects[0].height, ==, 112);
	WAIT_FOR(&s, s.last_tiles.after_frame == s.info.frame &&
			s.last_tiles.flags & OSVDI_TILES_EXACT);
	display_status(s.display, &status);
	g_assert_true(status.exact);
	g_assert_cmpuint(s.frames, ==, 2);
	/* reported, but the same pixels */
	tiles = s.tiles;
	submit(&s, WIDTH, HEIGHT, NULL);
	run_for_ms(&s, 300);
	g_assert_cmpuint(s.tiles, ==, tiles);
	g_assert_cmpuint(s.frames, ==, 2);
	close_exact_stage(&s);
}

/* A viewer that asks anew gets all of the picture, tiles included. */
static void test_tiles_and_keys(void)
{
	struct spice_accel_rect letter = { 21, 33, 8, 12 };
	struct stage s;

	open_exact_stage(&s);
	type_letter(&s, &letter);
	display_request_key_frame(s.display);
	WAIT_FOR(&s, s.frames == 2);
	g_assert_cmpuint(s.info.n_rects, ==, 1);
	g_assert_cmpuint(s.info.rects[0].width, ==, WIDTH);
	g_assert_cmpuint(s.info.rects[0].height, ==, HEIGHT);
	WAIT_FOR(&s, s.last_tiles.after_frame == s.info.frame &&
			s.last_tiles.flags & OSVDI_TILES_EXACT);
	/* a stock viewer joins: video only, and what it lacks comes by that */
	type_letter(&s, &letter);
	display_set_own_viewer(s.display, false, true);
	WAIT_FOR(&s, s.frames > 4);
	g_assert_false(s.info.flags & OSVDI_FRAME_PARTIAL);
	submit(&s, WIDTH + 16, HEIGHT, NULL);
	WAIT_FOR(&s, s.format.width == WIDTH + 16);
	close_exact_stage(&s);
}

static void test_mode_change(void)
{
	struct stage s;

	open_stage(&s, "fake", NULL);
	start_stop(H264);
	for (uint32_t i = 0; i < 20; i++) {
		submit(&s, WIDTH + i * 3, HEIGHT + i, NULL);
		if (i % 3 == 0)
			run_for_ms(&s, i);
	}
	WAIT_FOR(&s, s.format.width == WIDTH + 58 && s.frames_of_format > 1); /* rounded up */
	g_assert_cmpuint(s.format.height, ==, HEIGHT + 20);
	close_stage(&s);
}

static void test_blank(void)
{
	struct stage s;
	unsigned frames;

	open_stage(&s, "fake", NULL);
	start_stop(H264);
	WAIT_FOR(&s, s.frames > 0);
	frames = s.frames;
	spice_accel_display_submit(s.display, NULL, NULL, 0, 0);
	WAIT_FOR(&s, s.frames > frames + 1);
	g_assert_cmpuint(s.format.width, ==, WIDTH);
	close_stage(&s);
}

/* Viewers that come and go in the middle of an encode: what was encoded for
 * the stream before is never sent in the next. */
static void test_restarts(void)
{
	struct stage s;

	if (!encoder_impl_find("mjpeg")) {
		g_test_skip("mjpeg is not in this build");
		return;
	}
	open_stage(&s, "fake", "mjpeg");
	for (unsigned i = 0; i < 60; i++) {
		unsigned formats = s.formats;

		start_stop(i % 2 ? H264 : MJPEG);
		submit(&s, WIDTH, HEIGHT, NULL);
		for (unsigned k = 0; k < i % 7; k++)
			turn(&s);
		if (i % 3 == 0)
			start_stop("");
		start_stop(i % 2 ? H264 : MJPEG);
		WAIT_FOR(&s, s.formats > formats && s.frames_of_format > 1);
		g_assert_cmpuint(s.format.codec, ==, i % 2 ? SPICE_VIDEO_CODEC_TYPE_H264 :
				SPICE_VIDEO_CODEC_TYPE_MJPEG);
	}
	close_stage(&s);
}

static void test_key_on_request(void)
{
	struct stage s;

	if (!encoder_impl_find("x264")) {
		g_test_skip("x264 is not in this build");
		return;
	}
	open_stage(&s, "x264", NULL);
	display_set_own_viewer(s.display, true, false);
	start_stop(H264);
	WAIT_FOR(&s, s.frames >= 1);
	g_assert_cmpuint(s.keys, ==, 1);
	display_request_key_frame(s.display);
	WAIT_FOR(&s, s.keys == 2);
	close_stage(&s);
}

/* No encoder left: told now and then, not with each frame, and tried again. */
static void test_all_fail(void)
{
	struct display_status status;
	struct stage s;

	g_setenv("OSVDI_FAKE_FAIL", "1", TRUE);
	open_stage(&s, "fake", NULL);
	g_atomic_int_set(&errors, 0);
	start_stop(H264);
	do {
		turn(&s);
		display_status(s.display, &status);
	} while (!status.encoder_failures);
	for (unsigned i = 0; i < 100; i++) {
		submit(&s, WIDTH, HEIGHT, NULL);
		run_for_ms(&s, 5);
	}
	display_status(s.display, &status);
	g_test_message("%u failures, %d lines", (unsigned)status.encoder_failures,
			g_atomic_int_get(&errors));
	g_assert_cmpuint(status.encoder_failures, >, 0);
	g_assert_cmpint(g_atomic_int_get(&errors), <, 10);
	g_assert_cmpuint(s.frames, ==, 0);
	g_unsetenv("OSVDI_FAKE_FAIL");
	WAIT_FOR(&s, s.frames > 0);
	close_stage(&s);
}

/* A viewer that nothing here can serve gets nothing, least of all the old stream. */
static void test_no_codec(void)
{
	struct stage s;
	unsigned frames;

	open_stage(&s, "fake", NULL);
	start_stop(H264);
	WAIT_FOR(&s, s.frames > 0);
	start_stop(MJPEG);
	run_for_ms(&s, 20);
	frames = s.frames;
	run_for_ms(&s, 200);
	g_assert_cmpuint(s.frames, ==, frames);
	start_stop(H264);
	WAIT_FOR(&s, s.frames > frames);
	close_stage(&s);
}

/* Destroyed at any moment. */
static void test_destroyed(void)
{
	for (unsigned i = 0; i < 20; i++) {
		struct stage s;

		open_stage(&s, "fake", NULL);
		start_stop(H264);
		for (unsigned k = 0; k < i; k++)
			turn(&s);
		submit(&s, WIDTH, HEIGHT, NULL);
		close_stage(&s);
	}
	display_destroy(NULL);
}

static bool tiles_used(struct stage *s)
{
	struct display_status status;

	display_status(s->display, &status);
	return status.tiles_used;
}

/* Without tiles video goes on, whole, and one line said why; the next kind of scanout has tiles
 * again. */
static void check_goes_on(struct stage *s)
{
	unsigned frames = s->frames;

	submit(s, WIDTH, HEIGHT, NULL);
	WAIT_FOR(s, s->frames > frames);
	g_assert_false(tiles_used(s));
	g_assert_false(s->info.flags & OSVDI_FRAME_PARTIAL);
	g_assert_cmpint(g_atomic_int_get(&tiles_errors), ==, 1);
	submit(s, WIDTH + 16, HEIGHT, NULL);
	WAIT_FOR(s, s->format.width == WIDTH + 16);
	WAIT_FOR(s, s->last_tiles.after_frame == s->info.frame &&
			s->last_tiles.flags & OSVDI_TILES_EXACT);
	g_assert_true(tiles_used(s));
}

/* A DMA-BUF that cannot be compared any more: told once, video goes on, and tiles come back with
 * the next kind of scanout. */
static void test_lost(void)
{
	struct stage s;

	if (kind == MEMORY) {
		g_test_skip("memory is never lost");
		return;
	}
	open_exact_stage(&s);
	g_atomic_int_set(&tiles_errors, 0);
	g_assert_cmpint(ftruncate(pixels_fd, 4096), ==, 0);
	submit(&s, WIDTH, HEIGHT, NULL);
	WAIT_FOR(&s, !tiles_used(&s));
	g_assert_cmpint(ftruncate(pixels_fd, SCREEN_BYTES), ==, 0);
	check_goes_on(&s);
	close_exact_stage(&s);
}

#ifdef GL_DOUBLE
/* A GPU that hangs or is reset: tiles end, video goes on, OpenGL is closed, and the next kind of
 * scanout has tiles again, by a new device. */
static void check_broken(enum gl_double_fault fault)
{
	unsigned closed = gl_double_closed();
	struct stage s;

	open_exact_stage(&s);
	g_atomic_int_set(&tiles_errors, 0);
	gl_double_break(fault);
	submit(&s, WIDTH, HEIGHT, NULL);
	WAIT_FOR(&s, !tiles_used(&s));
	WAIT_FOR(&s, gl_double_closed() == closed + 1);
	gl_double_break(GL_DOUBLE_WORKS);
	check_goes_on(&s);
	close_exact_stage(&s);
}

static void test_gpu_breaks(void)
{
	if (kind != GPU && kind != COPIED) {
		g_test_skip("no GPU is used");
		return;
	}
	check_broken(GL_DOUBLE_HANGS);
	check_broken(GL_DOUBLE_WAS_RESET);
}
#else
static void test_gpu_breaks(void)
{
	g_test_skip("no GPU is used");
}
#endif

/* A change that is reported while the encode thread looks, and finds nothing. */
static void test_reported_meanwhile(void)
{
	const struct spice_accel_rect all = { 0, 0, WIDTH, HEIGHT }, letter = { 21, 33, 8, 12 };
	struct stage s;

	open_exact_stage(&s);
	for (unsigned i = 0; i < 20; i++) {
		unsigned tiles = s.tiles;

		submit(&s, WIDTH, HEIGHT, &all);
		g_main_context_iteration(NULL, FALSE);
		draw(WIDTH, &letter);
		submit(&s, WIDTH, HEIGHT, &letter);
		WAIT_FOR(&s, s.tiles > tiles);
	}
	close_exact_stage(&s);
}

/* The processor reads what is looked at and what is sent, and nothing at rest. */
static void test_read_bytes(void)
{
	struct spice_accel_rect letter = { 21, 33, 8, 12 };
	struct display_status before, after;
	struct stage s;

	open_exact_stage(&s);
	display_status(s.display, &before);
	run_for_ms(&s, 50);
	display_status(s.display, &after);
	g_assert_cmpuint(after.read_bytes, ==, before.read_bytes);
	type_letter(&s, &letter);
	display_status(s.display, &after);
	g_assert_cmpuint(after.read_bytes - before.read_bytes, <=, (2 * 2 * 16 * 16 + 8 * 12) * 4);
	if (kind == MEMORY)
		g_assert_cmpuint(after.read_bytes, ==, 0);
	else
		g_assert_cmpuint(after.read_bytes - before.read_bytes, >=, 8 * 12 * 3);
	if (kind == GPU)
		g_assert_cmpuint(after.read_bytes - before.read_bytes, ==, 8 * 12 * 3);
	close_exact_stage(&s);
}

/* Pixels of a video are read by an encoder without a GPU alone, which needs them: once. */
static void test_read_bytes_of_video(void)
{
	const struct spice_accel_rect large = { 0, 0, 140, 100 };
	unsigned only_by_encoder = 0;
	struct stage s;

	open_exact_stage(&s);
	for (unsigned i = 0; i < 30; i++) {
		struct osvdi_ack ack = { .frame = s.info.frame };
		struct display_status before, after;
		unsigned frames = s.frames, tiles = s.tiles;
		uint64_t bytes;

		display_ack(s.display, &ack);
		display_status(s.display, &before);
		draw(WIDTH, &large);
		submit(&s, WIDTH, HEIGHT, &large);
		/* on a busy machine the picture before may have rested, and tiles may bring both */
		WAIT_FOR(&s, s.frames > frames || s.tiles > tiles);
		display_status(s.display, &after);
		bytes = after.read_bytes - before.read_bytes;
		only_by_encoder += s.tiles == tiles && bytes == 144 * 112 * 4;
	}
	if (kind == GPU)
		g_assert_cmpuint(only_by_encoder, >, 0);
	close_exact_stage(&s);
}

static const struct {
	const char *name;
	void (*run)(void);
	bool pixels; /* it depends on how pixels are compared */
} tests[] = {
	{ "starts", test_starts },
	{ "cadence", test_cadence },
	{ "own-viewer", test_own_viewer },
	{ "tiles", test_tiles, true },
	{ "tiles-and-keys", test_tiles_and_keys, true },
	{ "mode-change", test_mode_change, true },
	{ "blank", test_blank },
	{ "restarts", test_restarts },
	{ "key-on-request", test_key_on_request },
	{ "all-fail", test_all_fail },
	{ "no-codec", test_no_codec },
	{ "destroyed", test_destroyed },
	{ "lost", test_lost, true },
	{ "gpu-breaks", test_gpu_breaks, true },
	{ "reported-meanwhile", test_reported_meanwhile, true },
	{ "read-bytes", test_read_bytes, true },
	{ "read-bytes-of-video", test_read_bytes_of_video },
};

static void add(const char *where, enum kind of)
{
	for (guint i = 0; i < G_N_ELEMENTS(tests); i++) {
		g_autofree char *path = g_strdup_printf("/display/%s%s", where, tests[i].name);

		if (of != COPIED || tests[i].pixels)
			kinds_add(path, of, tests[i].run);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	spice_accel_log_set(on_log, NULL, SPICE_ACCEL_LOG_INFO);
	pixels = kinds_screen(SCREEN_BYTES, &pixels_fd);
	add("cpu/memory-", MEMORY);
	add("cpu/mapped-", MAPPED);
#ifdef GL_DOUBLE
	add("gpu/shaders-", GPU);
	add("gpu/copied-", COPIED);
#endif
	return g_test_run();
}
