/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/*
 * osvdi.wasm: osvdi-common for a page in a browser. What the page calls (exports) and
 * what it brings (imports, of the module "osvdi").
 *
 * Units:  times are microseconds of one clock of the page's, as numbers of JavaScript;
 *         frame and message numbers do not leave the module.
 * Memory: pointers are into the module's memory, and what they point at is there until
 *         the call returns. The page allocates with malloc() and free(), exported too.
 * Thread: an instance has one display at most; a page has an instance for each worker.
 *         Imports run inside exports. None may call channel_feed() or channel_free() of
 *         the channel that called it.
 */
#ifndef OSVDI_WASM_H
#define OSVDI_WASM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXPORT(name) __attribute__((export_name(#name)))
#define IMPORT(name) __attribute__((import_module("osvdi"), import_name(#name)))

/* ---- SPICE channels (osvdi-common/channel.h) ------------------------------
 * id: the page's own number of the channel, which comes back in the imports. */

struct page_channel;

struct page_channel *channel_new(uint32_t id); /* NULL: no memory */
void channel_free(struct page_channel *channel);
void channel_begin(struct page_channel *channel, uint32_t connection, uint32_t type,
		uint32_t number, uint32_t caps);
bool channel_give_ticket(struct page_channel *channel, const uint8_t *ticket);
/* enum channel_error */
uint32_t channel_take(struct page_channel *channel, const uint8_t *data, size_t size);
bool channel_write(struct page_channel *channel, uint32_t type, const uint8_t *payload,
		size_t size);

IMPORT(channel_bytes) void page_channel_bytes(uint32_t id, const uint8_t *data, size_t size);
IMPORT(channel_key) void page_channel_key(uint32_t id, const uint8_t *key);
IMPORT(channel_open) void page_channel_open(uint32_t id);
/* False: the message is damaged. */
IMPORT(channel_message) bool page_channel_message(uint32_t id, uint32_t type,
		const uint8_t *payload, size_t size);

/* ---- the extension port (osvdi-accel-protocol.h) --------------------------- */

void port_open(uint32_t refresh_mhz); /* says hello */
/* enum stream_error: the extension is over, SPICE goes on. */
uint32_t port_take(const uint8_t *data, size_t size, double now_us);
void port_close(void);
void port_ping(double now_us);
void port_wish(uint32_t max_fps_mhz); /* 0: no wish */
/* The size that is wished for, among those of other displays; 0 by 0: it is not shown. */
void port_monitor(uint32_t display, uint32_t width, uint32_t height);
/* An instance with another display shares the port of the one that said hello: it joins when
 * that one has taken whole messages, and gets all that comes from then on. */
bool port_whole(void);
void port_join(void);

IMPORT(port_bytes) void page_port_bytes(const uint8_t *data, size_t size);
IMPORT(port_ready) void page_port_ready(void);
/* The server's clock is the page's and so much; the network takes delay_us one way. */
IMPORT(port_clock) void page_port_clock(double offset_us, double delay_us);

/* ---- the display (osvdi-common/screen.h) ----------------------------------- */

/* The facts that a decoder must be told of an access unit. */
struct unit {
	uint32_t number;            /* comes back with the picture */
	uint32_t key;               /* 1: can be decoded without others */
	const uint8_t *data;        /* the unit, its parameter sets rewritten */
	uint32_t size;
	uint32_t x, y, width, height; /* what of a picture is to be seen */
	char codec[12];             /* of the parameter set in force, ends with 0 */
};

/* Before the display's channel and the port are opened: the port's connection may be ahead of
 * the channel's, and what the port brings waits for the stream. */
void display_begin(uint32_t display);
void display_start(void); /* a stream begins */
void display_stop(void);
/* NULL: it cannot be decoded, since no parameter set came before it. */
const struct unit *display_unit(const uint8_t *data, size_t size, double now_us);
/* A unit is decoded. False: nobody waits for it; the page lets go of the picture. */
bool display_picture(uint32_t number, bool another_waits, double now_us);
void display_lose(void); /* a decoder was replaced: asks for a key frame */
void display_canvas(bool there, double now_us); /* at any time; none at first */
void display_refine(void);

/* ---- classic drawing (osvdi-common/drawing.h) -------------------------------- */

/* A message of a display channel. enum drawing_result */
uint32_t drawing_message(uint32_t type, const uint8_t *payload, size_t size);
/* Whether the canvas shows what is drawn, all of it at first. */
void drawing_show(bool shown);
void drawing_stop(void); /* nothing is drawn, and nothing shown */

/* The canvas gets this size. */
IMPORT(surface) void page_surface(int32_t width, int32_t height);

/* Bring pixels to the canvas; rects: x, y, width, height of each. */
IMPORT(show) double page_show(uint32_t number, const int32_t *rects, uint32_t n_rects,
		uint32_t width, uint32_t height);
/* pixels: B, G, R and a byte without meaning; stride: bytes. */
IMPORT(put) void page_put(int32_t x, int32_t y, int32_t width, int32_t height,
		const uint8_t *pixels, size_t stride);
IMPORT(copy) void page_copy(const int32_t *rects, uint32_t n_rects, int32_t dx, int32_t dy);
IMPORT(put_done) double page_put_done(void); /* when it was handed to the browser */
IMPORT(release) void page_release(uint32_t number);
IMPORT(first_shown) void page_first_shown(void);
IMPORT(exact) void page_exact(bool exact);
IMPORT(refine_at) void page_refine_at(double at_us); /* 0: not any more */
/* For statistics; presented_us 0: dropped. kind: 0 a picture, 1 an update that changes the
 * picture, 2 one that makes it exact. */
IMPORT(done) void page_done(uint32_t kind, double capture_us, double received_us, double decoded_us,
		double presented_us);

#endif
