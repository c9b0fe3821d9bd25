/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The display of a page, and the extension port that belongs to it. */
#include <osvdi-common/memory.h>
#include <osvdi-common/screen.h>
#include <osvdi-common/stream.h>

#include "display.h"
#include "osvdi-wasm.h"

/* Round trips that the clock is taken from: the shortest of them. */
#define CLOCK_SAMPLES 8u

static struct screen screen;
static uint32_t display;
static bool begun, canvas;

static struct {
	struct stream stream;
	bool ready;
	uint32_t ping_id;
	double now_us;
	struct osvdi_monitors monitors; /* that were wished for */
	struct {
		double offset_us, delay_us;
	} samples[CLOCK_SAMPLES];
	uint32_t n_samples;
} port;

/* ---- what the screen does -------------------------------------------------- */

static int64_t on_show(void *opaque, const struct screen_picture *picture,
		const struct region *region)
{
	_Static_assert(sizeof(struct rect) == 16, "the page reads four numbers a rectangle");

	return (int64_t)page_show((uint32_t)(uintptr_t)picture->handle, &region->rects[0].x,
			region->n, (uint32_t)picture->width, (uint32_t)picture->height);
}

static void put_part(void *opaque, const struct rect *part, const uint8_t *pixels, size_t stride)
{
	page_put(part->x, part->y, part->width, part->height, pixels, stride);
}

static void copy_parts(const struct update *copy, const struct region *region)
{
	struct region parts = { 0 };

	if (update_source_fits(copy, screen.width, screen.height) && region_copy(&parts, region) &&
			region_intersect_rect(&parts, &copy->rects[0]) && parts.n)
		page_copy(&parts.rects[0].x, parts.n, copy->rects[0].x - copy->from_x,
				copy->rects[0].y - copy->from_y);
	region_finish(&parts);
}

static int64_t on_put(void *opaque, const struct update *update, const struct region *region)
{
	if (update->kind == UPDATE_COPY)
		copy_parts(update, region);
	else
		update_foreach(update, region, screen.width, screen.height, put_part, NULL);
	return (int64_t)page_put_done();
}

static void on_release(void *opaque, void *handle)
{
	page_release((uint32_t)(uintptr_t)handle);
}

static void on_acknowledge(void *opaque, const struct osvdi_ack *ack)
{
	uint8_t message[OSVDI_MSG_HEADER_SIZE + OSVDI_ACK_SIZE];

	if (port.ready)
		page_port_bytes(message, osvdi_write_ack(message, ack));
}

static void on_ask_key_frame(void *opaque)
{
	uint8_t message[OSVDI_MSG_HEADER_SIZE + OSVDI_KEY_FRAME_SIZE];
	const struct osvdi_key_frame ask = { display };

	if (port.ready)
		page_port_bytes(message, osvdi_write_key_frame(message, &ask));
}

static void on_picture_done(void *opaque, const struct screen_picture *picture,
		int64_t presented_us)
{
	page_done(0, picture->has_info ? (double)picture->info.capture_us : 0,
			(double)picture->received_us,
			(double)picture->decoded_us, (double)presented_us);
}

static void on_update_done(void *opaque, const struct update *update, int64_t presented_us,
		bool exact)
{
	page_done(update->change ? 1 : 2, (double)update->capture_us, (double)update->received_us,
		0, (double)presented_us);
}

static void on_exact(void *opaque, bool exact)
{
	page_exact(exact);
}

static void on_first_shown(void *opaque)
{
	page_first_shown();
}

static void on_refine_at(void *opaque, int64_t at_us)
{
	page_refine_at((double)at_us);
}

/* ---- the display ----------------------------------------------------------- */

EXPORT(display_begin) void display_begin(uint32_t number)
{
	static const struct screen_ops ops = {
		.show = on_show,
		.put = on_put,
		.release = on_release,
		.acknowledge = on_acknowledge,
		.ask_key_frame = on_ask_key_frame,
		.picture_done = on_picture_done,
		.update_done = on_update_done,
		.exact_changed = on_exact,
		.first_shown = on_first_shown,
		.refine_at = on_refine_at,
	};

	if (begun)
		screen_finish(&screen);
	screen_init(&screen, number, &ops, NULL);
	screen_set_canvas(&screen, canvas, 0);
	begun = true;
	display = number;
}

EXPORT(display_start) void display_start(void)
{
	units_forget();
	if (begun)
		screen_start(&screen);
}

EXPORT(display_stop) void display_stop(void)
{
	if (begun)
		screen_stop(&screen);
	units_forget();
}

EXPORT(display_picture) bool display_picture(uint32_t number, bool another_waits, double now_us)
{
	struct screen_picture picture;

	if (!begun || !units_take(number, &picture))
		return false;
	picture.decoded_us = (int64_t)now_us;
	screen_take_picture(&screen, &picture, another_waits, (int64_t)now_us);
	return true;
}

EXPORT(display_lose) void display_lose(void)
{
	if (begun)
		screen_lose(&screen);
}

EXPORT(display_canvas) void display_canvas(bool there, double now_us)
{
	canvas = there;
	if (begun)
		screen_set_canvas(&screen, there, (int64_t)now_us);
}

EXPORT(display_refine) void display_refine(void)
{
	if (begun)
		screen_refine(&screen);
}

/* ---- the port -------------------------------------------------------------- */

static void on_hello(void *opaque, const struct osvdi_server_hello *hello)
{
	port.ready = true;
	page_port_ready();
}

/* The shortest round trip of the last few tells the offset best. */
static void on_pong(void *opaque, const struct osvdi_pong *pong)
{
	double sent = (double)pong->ping_time_us, delay = (port.now_us - sent) / 2;
	uint32_t i, best = 0;

	if (delay < 0 || delay > 30e6)
		return; /* no answer to anything that was asked */
	i = port.n_samples++ % CLOCK_SAMPLES;
	port.samples[i].offset_us = (double)pong->time_us - (sent + delay);
	port.samples[i].delay_us = delay;
	for (i = 1; i < CLOCK_SAMPLES && i < port.n_samples; i++)
		if (port.samples[i].delay_us < port.samples[best].delay_us)
			best = i;
	page_port_clock(port.samples[best].offset_us, port.samples[best].delay_us);
}

/* False: the message is damaged. */
static bool hand_over(struct update *update)
{
	if (!update)
		return false;
	if (begun && update->display == display)
		screen_take_update(&screen, update, (int64_t)port.now_us);
	else
		update_free(update);
	return true;
}

static bool on_tiles(void *opaque, const struct osvdi_tiles *message, size_t bytes)
{
	return message->display != display ||
			hand_over(update_new_tiles(message, bytes, (int64_t)port.now_us));
}

static bool on_copy(void *opaque, const struct osvdi_copy *message, size_t bytes)
{
	return message->display != display ||
			hand_over(update_new_copy(message, bytes, (int64_t)port.now_us));
}

EXPORT(port_open) void port_open(uint32_t refresh_mhz)
{
	uint8_t message[OSVDI_MSG_HEADER_SIZE + OSVDI_CLIENT_HELLO_SIZE];
	const struct osvdi_client_hello hello = {
		.version = OSVDI_ACCEL_VERSION,
		.caps = OSVDI_CAP_ACK | OSVDI_CAP_TILES,
		.refresh_mhz = refresh_mhz,
	};

	port_close();
	page_port_bytes(message, osvdi_write_client_hello(message, &hello));
}

EXPORT(port_close) void port_close(void)
{
	stream_reset(&port.stream);
	port.ready = false;
	port.n_samples = 0;
	port.monitors.n = 0;
}

EXPORT(port_join) void port_join(void)
{
	port_close();
	stream_join(&port.stream);
	port.ready = true;
}

EXPORT(port_whole) bool port_whole(void)
{
	return port.ready && stream_whole(&port.stream);
}

EXPORT(port_take) uint32_t port_take(const uint8_t *data, size_t size, double now_us)
{
	static const struct stream_viewer_ops ops = { on_hello, on_pong, on_tiles, on_copy };
	enum stream_error error;

	port.now_us = now_us;
	error = stream_feed_viewer(&port.stream, data, size, &ops, NULL);
	if (error != STREAM_OK)
		port.ready = false;
	return error;
}

EXPORT(port_ping) void port_ping(double now_us)
{
	uint8_t message[OSVDI_MSG_HEADER_SIZE + OSVDI_PING_SIZE];
	const struct osvdi_ping ping = { ++port.ping_id, (uint64_t)now_us };

	if (port.ready)
		page_port_bytes(message, osvdi_write_ping(message, &ping));
}

EXPORT(port_wish) void port_wish(uint32_t max_fps_mhz)
{
	uint8_t message[OSVDI_MSG_HEADER_SIZE + OSVDI_PREFERENCES_SIZE];
	const struct osvdi_preferences wish = { .max_fps_mhz = max_fps_mhz };

	if (port.ready)
		page_port_bytes(message, osvdi_write_preferences(message, &wish));
}

EXPORT(port_monitor) void port_monitor(uint32_t number, uint32_t width, uint32_t height)
{
	uint8_t message[OSVDI_MSG_HEADER_SIZE + OSVDI_MONITORS_SIZE(OSVDI_MONITORS_MAX)];

	if (!port.ready || number >= OSVDI_MONITORS_MAX || width > OSVDI_MONITORS_MAX_EDGE ||
			height > OSVDI_MONITORS_MAX_EDGE)
		return;
	for (; port.monitors.n <= number; port.monitors.n++)
		port.monitors.sizes[port.monitors.n].width =
				port.monitors.sizes[port.monitors.n].height = 0;
	port.monitors.sizes[number].width = width;
	port.monitors.sizes[number].height = height;
	page_port_bytes(message, osvdi_write_monitors(message, &port.monitors));
}
