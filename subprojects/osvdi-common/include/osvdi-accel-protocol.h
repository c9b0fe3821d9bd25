/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The extension port "org.osvdi.accel.0" and the SEI that names each frame:
 * every byte that libspice-accel and osvdi-viewer exchange beyond SPICE.
 *
 * Both ends include this file and nothing else of each other.
 *
 * Transport: a SPICE port channel (SPICE_CHANNEL_PORT) of the name below. It
 * is a byte stream without message boundaries in both directions. A stock
 * client never opens it; a server without it is an ordinary SPICE server.
 *
 * Framing: every message is struct osvdi_msg_header followed by `size` bytes
 * of payload. All integers are little-endian, unaligned, unsigned unless
 * said otherwise. A receiver skips message types that it does not know and
 * ignores payload bytes beyond those it knows (newer peers may append
 * fields); a payload that is shorter than the fields listed is an error, as
 * is a size above the limit of its direction, and ends the extension for
 * this connection (the SPICE session goes on as if the port were absent).
 *
 * Order: the client speaks first (CLIENT_HELLO). The server answers with
 * SERVER_HELLO; until then neither side sends anything else.
 *
 * Times are microseconds of the sender's CLOCK_MONOTONIC unless said
 * otherwise; zero means unknown. Displays are SPICE display channel ids. A frame is an encoded
 * picture; docs/developer/glossary.md has the other words.
 */
#ifndef OSVDI_ACCEL_PROTOCOL_H
#define OSVDI_ACCEL_PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define OSVDI_ACCEL_PORT_NAME "org.osvdi.accel.0"
#define OSVDI_ACCEL_VERSION 1u

/* Limits on `size`; a larger value is a protocol error. */
#define OSVDI_ACCEL_MAX_FROM_CLIENT 4096u
#define OSVDI_ACCEL_MAX_FROM_SERVER (8u << 20)

#define OSVDI_MSG_HEADER_SIZE 8u

enum osvdi_msg_type {
	/* client -> server */
	OSVDI_MSG_CLIENT_HELLO = 1,
	OSVDI_MSG_ACK = 2,
	OSVDI_MSG_PING = 3,
	OSVDI_MSG_KEY_FRAME = 4,
	OSVDI_MSG_PREFERENCES = 5,
	OSVDI_MSG_MONITORS = 6,
	/* server -> client */
	OSVDI_MSG_SERVER_HELLO = 129,
	OSVDI_MSG_PONG = 130,
	OSVDI_MSG_TILES = 131, /* only to a client that announced OSVDI_CAP_TILES, */
	OSVDI_MSG_COPY = 132,  /* and this too */
};

/* Capability bits of both hellos. A feature is in use when both have its bit. */
enum osvdi_cap {
	OSVDI_CAP_ACK = 1u << 0,   /* client acknowledges each frame */
	OSVDI_CAP_TILES = 1u << 1, /* lossless tiles */
};

/* u32 size (payload bytes), u16 type (enum osvdi_msg_type), u16 reserved (0) */
struct osvdi_msg_header {
	uint32_t size;
	uint16_t type;
};

/* CLIENT_HELLO: u32 version, u32 caps, u32 refresh_mhz, u32 max_width, u32 max_height */
struct osvdi_client_hello {
	uint32_t version;
	uint32_t caps;        /* enum osvdi_cap */
	uint32_t refresh_mhz; /* of the screen, mHz; 0 unknown */
	uint32_t max_width;   /* of the decoder, pixels; 0 unknown */
	uint32_t max_height;
};
#define OSVDI_CLIENT_HELLO_SIZE 20u

/* SERVER_HELLO: u32 version, u32 caps, u32 max_fps_mhz, u32 reserved, u64 time_us */
struct osvdi_server_hello {
	uint32_t version;
	uint32_t caps;
	uint32_t max_fps_mhz; /* frames the server will send at most, mHz */
	uint64_t time_us;     /* server's clock when it wrote this */
};
#define OSVDI_SERVER_HELLO_SIZE 24u

/* ACK: u32 display, u32 flags, u64 frame, u64 received_us, u64 decoded_us, u64 presented_us.
 *
 * Sent once for each frame that was presented, and for each that was given up
 * (OSVDI_ACK_DROPPED: a newer one was there), as soon as that is known.
 * Acknowledges all earlier frames of that display too. */
enum osvdi_ack_flags {
	OSVDI_ACK_DROPPED = 1u << 0,
	/* `frame` is the number of a TILES message: it alone is acknowledged. */
	OSVDI_ACK_TILES = 1u << 1,
};
struct osvdi_ack {
	uint32_t display;
	uint32_t flags;
	uint64_t frame;        /* struct osvdi_frame_info::frame */
	uint64_t received_us;  /* compressed bytes complete at the client */
	uint64_t decoded_us;   /* 0 when given up before */
	uint64_t presented_us; /* handed to the window system; 0 when dropped */
};
#define OSVDI_ACK_SIZE 40u

/* PING: u32 id, u32 reserved, u64 time_us.
 * PONG: u32 id, u32 reserved, u64 ping_time_us (copied), u64 time_us (server's clock). */
struct osvdi_ping {
	uint32_t id;
	uint64_t time_us;
};
#define OSVDI_PING_SIZE 16u
struct osvdi_pong {
	uint32_t id;
	uint64_t ping_time_us;
	uint64_t time_us;
};
#define OSVDI_PONG_SIZE 24u

/* KEY_FRAME: u32 display. Asks for an IDR (a decoder was replaced). */
struct osvdi_key_frame {
	uint32_t display;
};
#define OSVDI_KEY_FRAME_SIZE 4u

/* PREFERENCES: u32 max_fps_mhz, u32 max_kbps, u32 flags (0). Zero: no wish. */
struct osvdi_preferences {
	uint32_t max_fps_mhz;
	uint32_t max_kbps;
	uint32_t flags;
};
#define OSVDI_PREFERENCES_SIZE 12u

/* MONITORS: u32 n, n * { u32 width, u32 height }. Sizes in pixels that the viewer wishes
 * for displays 0 to n - 1, 0 by 0 for one that it does not show. Besides what SPICE's
 * agent is told: not every guest's agent understands that, and the display can do it. */
#define OSVDI_MONITORS_MAX 16u
#define OSVDI_MONITORS_MAX_EDGE 16384u
#define OSVDI_MONITORS_SIZE(n) (4u + 8u * (n))
struct osvdi_monitors {
	uint32_t n;
	struct {
		uint32_t width, height;
	} sizes[OSVDI_MONITORS_MAX];
};

/*
 * TILES: u32 display, u32 flags, u64 number, u64 after_frame, u64 capture_us,
 * u16 n_rects, u8 coding, u8 reserved, u32 data_size,
 * n_rects * { u16 x, u16 y, u16 width, u16 height }, data_size bytes.
 *
 * Pixels of the source as they are, for rectangles of the picture (1 to
 * OSVDI_TILES_MAX_RECTS, together at most OSVDI_TILES_MAX_PIXELS). The client
 * keeps one canvas of RGB pixels. A video frame is applied inside the
 * rectangles of its SEI, tiles replace their rectangles. Both come over
 * channels of their own, so tiles say where they belong:
 * they are applied when frame `after_frame` was (at once when it is 0), without the parts that a
 * later frame has damaged since. Each message is acknowledged with
 * OSVDI_ACK_TILES when it was applied or was found to be of no use any more.
 *
 * The bytes are those of the rectangles one after another, each
 * width * height pixels, and of a coding's kind:
 *   OSVDI_TILES_ZSTD      B, G, R of each pixel, rows from the top
 *   OSVDI_TILES_ZSTD_MED  planes of G, B - G, R - G (modulo 256); of each value
 *                         the difference (modulo 256) to the median of left,
 *                         above and left + above - above left (as in ITU-T
 *                         T.87 A.4.2); outside the rectangle there is 0, but
 *                         in the top row only left counts, in the left
 *                         column only above
 * and that compressed into one Zstandard frame (RFC 8878).
 */
enum osvdi_tiles_flags {
	/* With this applied, and unless a frame came after, the whole picture
	 * equals its source. */
	OSVDI_TILES_EXACT = 1u << 0,
	/* New content of capture_us; without it, what is on the screen already, made exact. */
	OSVDI_TILES_CHANGE = 1u << 1,
};

enum osvdi_tiles_coding {
	OSVDI_TILES_ZSTD = 1,
	OSVDI_TILES_ZSTD_MED = 2,
};

/*
 * COPY: u32 display, u32 reserved, u64 number, u64 after_frame, u64 capture_us,
 * u16 x, u16 y, u16 width, u16 height, u16 from_x, u16 from_y.
 *
 * The rectangle gets the pixels of one of its size at from_x, from_y of the
 * client's canvas, which may overlap. In order with TILES, and acknowledged like
 * them. A client that finds that a frame after `after_frame` has painted on the
 * source cannot copy any more and asks for a key frame.
 */
#define OSVDI_COPY_SIZE 44u

#define OSVDI_TILES_FIXED_SIZE 40u
#define OSVDI_TILES_MAX_RECTS 64u
#define OSVDI_TILES_MAX_PIXELS (1u << 18)

/*
 * SEI user_data_unregistered (Rec. ITU-T H.264 D.1.7, payloadType 5) that
 * precedes the slices of each access unit: uuid_iso_iec_11578 below, then
 *   u8 version (1), u8 flags, u16 n_rects, u64 frame, u64 capture_us,
 *   n_rects * { u16 x, u16 y, u16 width, u16 height }
 * capture_us is the server's CLOCK_MONOTONIC when the picture was complete at
 * its source. The rectangles are the damage since the frame before, in
 * pixels; OSVDI_FRAME_FULL says that everything may have changed (n_rects 0).
 * n_rects 0 without it: nothing changed (a repeated or refined picture).
 */
#define OSVDI_SEI_UUID \
	{ 0x6f, 0x73, 0x76, 0x64, 0x69, 0x2d, 0x41, 0x63, \
	  0x8c, 0x65, 0x6c, 0x2d, 0x66, 0x72, 0x61, 0x6d }
#define OSVDI_SEI_FIXED_SIZE 20u
#define OSVDI_FRAME_MAX_RECTS 16u

enum osvdi_frame_flags {
	OSVDI_FRAME_KEY = 1u << 0,     /* IDR */
	OSVDI_FRAME_FULL = 1u << 1,    /* whole picture damaged */
	OSVDI_FRAME_REPEAT = 1u << 2,  /* no new content: cadence for clients without the port */
	OSVDI_FRAME_REFINED = 1u << 3, /* same content, better quality */
	/* Whatever the other flags say: nothing outside the rectangles may be taken
	 * from this picture, where it may be older than what tiles brought. */
	OSVDI_FRAME_PARTIAL = 1u << 4,
};

struct osvdi_rect {
	uint16_t x, y, width, height;
};

struct osvdi_tiles {
	uint32_t display, flags; /* enum osvdi_tiles_flags */
	uint64_t number;         /* from the same sequence as frames' */
	uint64_t after_frame;
	uint64_t capture_us;
	uint16_t n_rects;
	uint8_t coding;          /* enum osvdi_tiles_coding */
	uint32_t data_size;
	struct osvdi_rect rects[OSVDI_TILES_MAX_RECTS];
	const uint8_t *data;     /* into what was read; not used for writing */
};

struct osvdi_frame_info {
	uint64_t frame;      /* counts from 1 per display, never repeats in a server's life */
	uint64_t capture_us;
	uint8_t flags;       /* enum osvdi_frame_flags */
	uint16_t n_rects;
	struct osvdi_rect rects[OSVDI_FRAME_MAX_RECTS];
};

struct osvdi_copy {
	uint32_t display;
	uint64_t number; /* from the same sequence as frames' */
	uint64_t after_frame;
	uint64_t capture_us;
	struct osvdi_rect to;
	uint16_t from_x, from_y;
};

/* ---- byte order ---------------------------------------------------------- */

static inline void osvdi_put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static inline void osvdi_put32(uint8_t *p, uint32_t v)
{
	osvdi_put16(p, (uint16_t)v);
	osvdi_put16(p + 2, (uint16_t)(v >> 16));
}

static inline void osvdi_put64(uint8_t *p, uint64_t v)
{
	osvdi_put32(p, (uint32_t)v);
	osvdi_put32(p + 4, (uint32_t)(v >> 32));
}

static inline uint16_t osvdi_get16(const uint8_t *p)
{
	return (uint16_t)(p[0] | (unsigned)p[1] << 8);
}

static inline uint32_t osvdi_get32(const uint8_t *p)
{
	return osvdi_get16(p) | (uint32_t)osvdi_get16(p + 2) << 16;
}

static inline uint64_t osvdi_get64(const uint8_t *p)
{
	return osvdi_get32(p) | (uint64_t)osvdi_get32(p + 4) << 32;
}

/* ---- framing -------------------------------------------------------------
 * osvdi_msg_peek: looks at the front of a receive buffer.
 * Returns 1 when a whole message is there (*hdr filled, payload at
 * data + OSVDI_MSG_HEADER_SIZE), 0 when more bytes are needed, -1 when the
 * message is larger than `max` and the peer must be given up. */
static inline int osvdi_msg_peek(const uint8_t *data, size_t len, uint32_t max,
		struct osvdi_msg_header *hdr)
{
	if (len < OSVDI_MSG_HEADER_SIZE)
		return 0;
	hdr->size = osvdi_get32(data);
	hdr->type = osvdi_get16(data + 4);
	if (hdr->size > max)
		return -1;
	return len - OSVDI_MSG_HEADER_SIZE >= hdr->size;
}

/* Writes a header; returns OSVDI_MSG_HEADER_SIZE. */
static inline size_t osvdi_msg_begin(uint8_t *out, uint16_t type, uint32_t size)
{
	osvdi_put32(out, size);
	osvdi_put16(out + 4, type);
	osvdi_put16(out + 6, 0);
	return OSVDI_MSG_HEADER_SIZE;
}

/* ---- messages ------------------------------------------------------------
 * write: `out` holds OSVDI_MSG_HEADER_SIZE + OSVDI_*_SIZE bytes; returns them.
 * read: payload and its size; false when it is too short. */

static inline size_t osvdi_write_client_hello(uint8_t *out, const struct osvdi_client_hello *m)
{
	uint8_t *p = out + osvdi_msg_begin(out, OSVDI_MSG_CLIENT_HELLO, OSVDI_CLIENT_HELLO_SIZE);

	osvdi_put32(p, m->version);
	osvdi_put32(p + 4, m->caps);
	osvdi_put32(p + 8, m->refresh_mhz);
	osvdi_put32(p + 12, m->max_width);
	osvdi_put32(p + 16, m->max_height);
	return OSVDI_MSG_HEADER_SIZE + OSVDI_CLIENT_HELLO_SIZE;
}

static inline bool osvdi_read_client_hello(const uint8_t *p, size_t size,
		struct osvdi_client_hello *m)
{
	if (size < OSVDI_CLIENT_HELLO_SIZE)
		return false;
	m->version = osvdi_get32(p);
	m->caps = osvdi_get32(p + 4);
	m->refresh_mhz = osvdi_get32(p + 8);
	m->max_width = osvdi_get32(p + 12);
	m->max_height = osvdi_get32(p + 16);
	return true;
}

static inline size_t osvdi_write_server_hello(uint8_t *out, const struct osvdi_server_hello *m)
{
	uint8_t *p = out + osvdi_msg_begin(out, OSVDI_MSG_SERVER_HELLO, OSVDI_SERVER_HELLO_SIZE);

	osvdi_put32(p, m->version);
	osvdi_put32(p + 4, m->caps);
	osvdi_put32(p + 8, m->max_fps_mhz);
	osvdi_put32(p + 12, 0);
	osvdi_put64(p + 16, m->time_us);
	return OSVDI_MSG_HEADER_SIZE + OSVDI_SERVER_HELLO_SIZE;
}

static inline bool osvdi_read_server_hello(const uint8_t *p, size_t size,
		struct osvdi_server_hello *m)
{
	if (size < OSVDI_SERVER_HELLO_SIZE)
		return false;
	m->version = osvdi_get32(p);
	m->caps = osvdi_get32(p + 4);
	m->max_fps_mhz = osvdi_get32(p + 8);
	m->time_us = osvdi_get64(p + 16);
	return true;
}

static inline size_t osvdi_write_ack(uint8_t *out, const struct osvdi_ack *m)
{
	uint8_t *p = out + osvdi_msg_begin(out, OSVDI_MSG_ACK, OSVDI_ACK_SIZE);

	osvdi_put32(p, m->display);
	osvdi_put32(p + 4, m->flags);
	osvdi_put64(p + 8, m->frame);
	osvdi_put64(p + 16, m->received_us);
	osvdi_put64(p + 24, m->decoded_us);
	osvdi_put64(p + 32, m->presented_us);
	return OSVDI_MSG_HEADER_SIZE + OSVDI_ACK_SIZE;
}

static inline bool osvdi_read_ack(const uint8_t *p, size_t size, struct osvdi_ack *m)
{
	if (size < OSVDI_ACK_SIZE)
		return false;
	m->display = osvdi_get32(p);
	m->flags = osvdi_get32(p + 4);
	m->frame = osvdi_get64(p + 8);
	m->received_us = osvdi_get64(p + 16);
	m->decoded_us = osvdi_get64(p + 24);
	m->presented_us = osvdi_get64(p + 32);
	return true;
}

static inline size_t osvdi_write_ping(uint8_t *out, const struct osvdi_ping *m)
{
	uint8_t *p = out + osvdi_msg_begin(out, OSVDI_MSG_PING, OSVDI_PING_SIZE);

	osvdi_put32(p, m->id);
	osvdi_put32(p + 4, 0);
	osvdi_put64(p + 8, m->time_us);
	return OSVDI_MSG_HEADER_SIZE + OSVDI_PING_SIZE;
}

static inline bool osvdi_read_ping(const uint8_t *p, size_t size, struct osvdi_ping *m)
{
	if (size < OSVDI_PING_SIZE)
		return false;
	m->id = osvdi_get32(p);
	m->time_us = osvdi_get64(p + 8);
	return true;
}

static inline size_t osvdi_write_pong(uint8_t *out, const struct osvdi_pong *m)
{
	uint8_t *p = out + osvdi_msg_begin(out, OSVDI_MSG_PONG, OSVDI_PONG_SIZE);

	osvdi_put32(p, m->id);
	osvdi_put32(p + 4, 0);
	osvdi_put64(p + 8, m->ping_time_us);
	osvdi_put64(p + 16, m->time_us);
	return OSVDI_MSG_HEADER_SIZE + OSVDI_PONG_SIZE;
}

static inline bool osvdi_read_pong(const uint8_t *p, size_t size, struct osvdi_pong *m)
{
	if (size < OSVDI_PONG_SIZE)
		return false;
	m->id = osvdi_get32(p);
	m->ping_time_us = osvdi_get64(p + 8);
	m->time_us = osvdi_get64(p + 16);
	return true;
}

static inline size_t osvdi_write_key_frame(uint8_t *out, const struct osvdi_key_frame *m)
{
	uint8_t *p = out + osvdi_msg_begin(out, OSVDI_MSG_KEY_FRAME, OSVDI_KEY_FRAME_SIZE);

	osvdi_put32(p, m->display);
	return OSVDI_MSG_HEADER_SIZE + OSVDI_KEY_FRAME_SIZE;
}

static inline bool osvdi_read_key_frame(const uint8_t *p, size_t size, struct osvdi_key_frame *m)
{
	if (size < OSVDI_KEY_FRAME_SIZE)
		return false;
	m->display = osvdi_get32(p);
	return true;
}

static inline size_t osvdi_write_preferences(uint8_t *out, const struct osvdi_preferences *m)
{
	uint8_t *p = out + osvdi_msg_begin(out, OSVDI_MSG_PREFERENCES, OSVDI_PREFERENCES_SIZE);

	osvdi_put32(p, m->max_fps_mhz);
	osvdi_put32(p + 4, m->max_kbps);
	osvdi_put32(p + 8, m->flags);
	return OSVDI_MSG_HEADER_SIZE + OSVDI_PREFERENCES_SIZE;
}

static inline bool osvdi_read_preferences(const uint8_t *p, size_t size,
		struct osvdi_preferences *m)
{
	if (size < OSVDI_PREFERENCES_SIZE)
		return false;
	m->max_fps_mhz = osvdi_get32(p);
	m->max_kbps = osvdi_get32(p + 4);
	m->flags = osvdi_get32(p + 8);
	return true;
}

/* `out` holds OSVDI_MSG_HEADER_SIZE + OSVDI_MONITORS_SIZE(m->n) bytes; returns them. */
static inline size_t osvdi_write_monitors(uint8_t *out, const struct osvdi_monitors *m)
{
	uint8_t *p = out + osvdi_msg_begin(out, OSVDI_MSG_MONITORS, OSVDI_MONITORS_SIZE(m->n));
	unsigned i;

	osvdi_put32(p, m->n);
	for (i = 0; i < m->n; i++) {
		osvdi_put32(p + 4 + 8 * i, m->sizes[i].width);
		osvdi_put32(p + 8 + 8 * i, m->sizes[i].height);
	}
	return OSVDI_MSG_HEADER_SIZE + OSVDI_MONITORS_SIZE(m->n);
}

/* False: too short, or sizes or their number beyond the limits. */
static inline bool osvdi_read_monitors(const uint8_t *p, size_t size, struct osvdi_monitors *m)
{
	unsigned i;

	if (size < 4)
		return false;
	m->n = osvdi_get32(p);
	if (m->n > OSVDI_MONITORS_MAX || size < OSVDI_MONITORS_SIZE(m->n))
		return false;
	for (i = 0; i < m->n; i++) {
		m->sizes[i].width = osvdi_get32(p + 4 + 8 * i);
		m->sizes[i].height = osvdi_get32(p + 8 + 8 * i);
		if (m->sizes[i].width > OSVDI_MONITORS_MAX_EDGE ||
				m->sizes[i].height > OSVDI_MONITORS_MAX_EDGE)
			return false;
	}
	return true;
}

static inline void osvdi_write_rect(uint8_t *p, const struct osvdi_rect *r)
{
	osvdi_put16(p, r->x);
	osvdi_put16(p + 2, r->y);
	osvdi_put16(p + 4, r->width);
	osvdi_put16(p + 6, r->height);
}

static inline void osvdi_read_rect(const uint8_t *p, struct osvdi_rect *r)
{
	r->x = osvdi_get16(p);
	r->y = osvdi_get16(p + 2);
	r->width = osvdi_get16(p + 4);
	r->height = osvdi_get16(p + 6);
}

/* Header, fixed part and rectangles: `out` holds OSVDI_MSG_HEADER_SIZE +
 * OSVDI_TILES_FIXED_SIZE + 8 * n_rects bytes; returns them. data_size bytes follow. */
static inline size_t osvdi_write_tiles(uint8_t *out, const struct osvdi_tiles *m)
{
	uint8_t *p = out + osvdi_msg_begin(out, OSVDI_MSG_TILES,
			OSVDI_TILES_FIXED_SIZE + 8u * m->n_rects + m->data_size);
	unsigned i;

	osvdi_put32(p, m->display);
	osvdi_put32(p + 4, m->flags);
	osvdi_put64(p + 8, m->number);
	osvdi_put64(p + 16, m->after_frame);
	osvdi_put64(p + 24, m->capture_us);
	osvdi_put16(p + 32, m->n_rects);
	p[34] = m->coding;
	p[35] = 0;
	osvdi_put32(p + 36, m->data_size);
	for (i = 0; i < m->n_rects; i++)
		osvdi_write_rect(p + OSVDI_TILES_FIXED_SIZE + 8 * i, &m->rects[i]);
	return OSVDI_MSG_HEADER_SIZE + OSVDI_TILES_FIXED_SIZE + 8u * m->n_rects;
}

/* False when it is too short or its rectangles break the limits. `data` points into p. */
static inline bool osvdi_read_tiles(const uint8_t *p, size_t size, struct osvdi_tiles *m)
{
	uint64_t pixels = 0;
	unsigned i;

	if (size < OSVDI_TILES_FIXED_SIZE)
		return false;
	m->display = osvdi_get32(p);
	m->flags = osvdi_get32(p + 4);
	m->number = osvdi_get64(p + 8);
	m->after_frame = osvdi_get64(p + 16);
	m->capture_us = osvdi_get64(p + 24);
	m->n_rects = osvdi_get16(p + 32);
	m->coding = p[34];
	m->data_size = osvdi_get32(p + 36);
	size -= OSVDI_TILES_FIXED_SIZE;
	p += OSVDI_TILES_FIXED_SIZE;
	if (!m->n_rects || m->n_rects > OSVDI_TILES_MAX_RECTS || size < 8u * m->n_rects ||
			size - 8u * m->n_rects < m->data_size)
		return false;
	for (i = 0; i < m->n_rects; i++, p += 8) {
		osvdi_read_rect(p, &m->rects[i]);
		if (!m->rects[i].width || !m->rects[i].height)
			return false;
		pixels += (uint64_t)m->rects[i].width * m->rects[i].height;
	}
	m->data = p;
	return pixels <= OSVDI_TILES_MAX_PIXELS;
}

/* The guess of OSVDI_TILES_ZSTD_MED: the median of left, above and left + above - corner. */
static inline uint8_t osvdi_tiles_guess(uint8_t left, uint8_t above, uint8_t corner)
{
	uint8_t low = left < above ? left : above, high = left < above ? above : left;

	if (corner >= high)
		return low;
	if (corner <= low)
		return high;
	return (uint8_t)(left + above - corner);
}

static inline size_t osvdi_write_copy(uint8_t *out, const struct osvdi_copy *m)
{
	uint8_t *p = out + osvdi_msg_begin(out, OSVDI_MSG_COPY, OSVDI_COPY_SIZE);

	osvdi_put32(p, m->display);
	osvdi_put32(p + 4, 0);
	osvdi_put64(p + 8, m->number);
	osvdi_put64(p + 16, m->after_frame);
	osvdi_put64(p + 24, m->capture_us);
	osvdi_write_rect(p + 32, &m->to);
	osvdi_put16(p + 40, m->from_x);
	osvdi_put16(p + 42, m->from_y);
	return OSVDI_MSG_HEADER_SIZE + OSVDI_COPY_SIZE;
}

static inline bool osvdi_read_copy(const uint8_t *p, size_t size, struct osvdi_copy *m)
{
	if (size < OSVDI_COPY_SIZE)
		return false;
	m->display = osvdi_get32(p);
	m->number = osvdi_get64(p + 8);
	m->after_frame = osvdi_get64(p + 16);
	m->capture_us = osvdi_get64(p + 24);
	osvdi_read_rect(p + 32, &m->to);
	m->from_x = osvdi_get16(p + 40);
	m->from_y = osvdi_get16(p + 42);
	return m->to.width && m->to.height;
}

/* ---- SEI -----------------------------------------------------------------
 * Size in bytes of the user data (UUID included) for n rectangles. */
static inline size_t osvdi_frame_info_size(unsigned n_rects)
{
	return 16u + OSVDI_SEI_FIXED_SIZE + 8u * n_rects;
}

/* `out` holds osvdi_frame_info_size(info->n_rects) bytes; returns them. */
static inline size_t osvdi_write_frame_info(uint8_t *out, const struct osvdi_frame_info *info)
{
	static const uint8_t uuid[16] = OSVDI_SEI_UUID;
	uint8_t *p = out + 16;
	unsigned i;

	memcpy(out, uuid, 16);
	p[0] = 1;
	p[1] = info->flags;
	osvdi_put16(p + 2, info->n_rects);
	osvdi_put64(p + 4, info->frame);
	osvdi_put64(p + 12, info->capture_us);
	p += OSVDI_SEI_FIXED_SIZE;
	for (i = 0; i < info->n_rects; i++, p += 8)
		osvdi_write_rect(p, &info->rects[i]);
	return osvdi_frame_info_size(info->n_rects);
}

/* `p`: the payload of a user_data_unregistered SEI, emulation prevention
 * removed, UUID first. False: not ours, or damaged. */
static inline bool osvdi_read_frame_info(const uint8_t *p, size_t size,
		struct osvdi_frame_info *info)
{
	static const uint8_t uuid[16] = OSVDI_SEI_UUID;
	unsigned i;

	if (size < 16 + OSVDI_SEI_FIXED_SIZE || memcmp(p, uuid, 16) != 0)
		return false;
	p += 16;
	size -= 16;
	if (p[0] != 1)
		return false;
	info->flags = p[1];
	info->n_rects = osvdi_get16(p + 2);
	info->frame = osvdi_get64(p + 4);
	info->capture_us = osvdi_get64(p + 12);
	if (info->n_rects > OSVDI_FRAME_MAX_RECTS ||
			size - OSVDI_SEI_FIXED_SIZE < 8u * info->n_rects)
		return false;
	p += OSVDI_SEI_FIXED_SIZE;
	for (i = 0; i < info->n_rects; i++, p += 8)
		osvdi_read_rect(p, &info->rects[i]);
	return true;
}

/*
 * Finds our SEI in an H.264 access unit in Annex B byte-stream format (Rec.
 * ITU-T H.264 B.1, 7.3.2.3) and reads it. False when there is none. Reads
 * only NAL units up to the first slice; any bytes are safe.
 */
static inline bool osvdi_find_frame_info(const uint8_t *au, size_t size,
		struct osvdi_frame_info *info)
{
	uint8_t rbsp[16 + OSVDI_SEI_FIXED_SIZE + 8 * OSVDI_FRAME_MAX_RECTS + 16];
	size_t i = 0;

	while (i + 4 <= size) {
		unsigned type;
		size_t n, zeros = 0, at, payload, payload_type;

		if (au[i] != 0 || au[i + 1] != 0 || au[i + 2] != 1) {
			i++;
			continue;
		}
		type = au[i + 3] & 0x1f;
		i += 4;
		if (type >= 1 && type <= 5)
			return false; /* a slice: SEI precede it (7.4.1.2.3) */
		if (type != 6)
			continue;
		for (n = 0; i < size && n < sizeof rbsp; i++) {
			if (zeros >= 2 && au[i] == 3) {
				zeros = 0;
				continue; /* emulation_prevention_three_byte */
			}
			if (zeros >= 2 && au[i] <= 1)
				break; /* next start code */
			zeros = au[i] == 0 ? zeros + 1 : 0;
			rbsp[n++] = au[i];
		}
		for (at = 0, payload_type = 0; at < n && rbsp[at] == 0xff; at++)
			payload_type += 255;
		if (at >= n)
			continue;
		payload_type += rbsp[at++];
		for (payload = 0; at < n && rbsp[at] == 0xff; at++)
			payload += 255;
		if (at >= n)
			continue;
		payload += rbsp[at++];
		if (payload_type == 5 && payload <= n - at &&
				osvdi_read_frame_info(rbsp + at, payload, info))
			return true;
		i = i > 3 ? i - 3 : i; /* let the scan find a start code that the copy ran into */
	}
	return false;
}

#endif
