/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* virtio-gpu (Virtual I/O Device Version 1.2, 5.7): scanouts that are guest
 * memory (blob), textures made by 2D commands (with virgl they are OpenGL's),
 * and textures as a 3D driver makes them. */
#include "virtio.h"

#include <stddef.h>

#define VIRTIO_GPU_ID 0x10501af4u
#define F_VIRGL (1u << 0)
#define F_RESOURCE_BLOB (1u << 3)
#define FORMAT_BGRA 1u
#define FORMAT_BGRX 2u
#define FLAG_FENCE 1u
#define OK_NODATA 0x1100u
#define CURSOR_RESOURCE 1u
#define TEXTURE_2D 2u
#define BIND_RENDER_TARGET_AND_SAMPLER (1u << 1 | 1u << 3)

enum { CONTROL, CURSOR };

enum command {
	CREATE_2D = 0x101,
	UNREF = 0x102,
	SET_SCANOUT = 0x103,
	FLUSH = 0x104,
	TRANSFER_2D = 0x105,
	ATTACH_BACKING = 0x106,
	CREATE_BLOB = 0x10c,
	SET_SCANOUT_BLOB = 0x10d,
	CREATE_3D = 0x204,
	TRANSFER_3D = 0x205,
	UPDATE_CURSOR = 0x300,
	MOVE_CURSOR = 0x301,
};

struct header {
	uint32_t type, flags;
	uint64_t fence;
	uint32_t context, pad;
};

struct rect {
	uint32_t x, y, width, height;
};

struct cursor_request {
	struct header header;
	uint32_t scanout, x, y, pad1, resource, hot_x, hot_y, pad2;
};

struct gpu {
	struct display base;
	uint32_t memory; /* the pointer's pixels, then the picture's */
	uint32_t resource;
	uint64_t fence;
	bool blob, three_d, has_cursor;
	struct cursor_request pointer;
};

static const char *command(struct gpu *g, struct header *request, uint32_t bytes)
{
	static uint32_t answer[64];

	virtio_request(CONTROL, request, bytes, answer, sizeof answer);
	if (answer[0] >= OK_NODATA && answer[0] < OK_NODATA + 0x100)
		return NULL;
	serial_print("virtio-gpu answers ");
	serial_hex(answer[0]);
	serial_print("\n");
	return "virtio-gpu refuses a command";
}

#define SEND(g, request) command(g, &(request).header, sizeof(request))

static const char *create_2d(struct gpu *g, uint32_t resource, uint32_t format, uint32_t width,
		uint32_t height)
{
	struct {
		struct header header;
		uint32_t resource, format, width, height;
	} r = { { CREATE_2D }, resource, format, width, height };

	return SEND(g, r);
}

static const char *create_3d(struct gpu *g, uint32_t resource, uint32_t width, uint32_t height)
{
	struct {
		struct header header;
		uint32_t resource, target, format, bind, width, height, depth, array,
				level, samples;
		uint32_t flags, pad;
	} r = { { CREATE_3D }, resource, TEXTURE_2D, FORMAT_BGRX, BIND_RENDER_TARGET_AND_SAMPLER,
		width, height, 1, 1, 0, 0, 0, 0 };

	return SEND(g, r);
}

static const char *create_blob(struct gpu *g, uint32_t resource, uint32_t memory, uint32_t bytes)
{
	struct {
		struct header header;
		uint32_t resource, kind, flags, n;
		uint64_t id, bytes, address;
		uint32_t length, pad;
	} r = { { CREATE_BLOB }, resource, 1 /* guest memory */, 2 /* shareable */, 1, 0, bytes,
		memory, bytes, 0 };

	return SEND(g, r);
}

static const char *attach(struct gpu *g, uint32_t resource, uint32_t memory, uint32_t bytes)
{
	struct {
		struct header header;
		uint32_t resource, n;
		uint64_t address;
		uint32_t bytes, pad;
	} r = { { ATTACH_BACKING }, resource, 1, memory, bytes, 0 };

	return SEND(g, r);
}

static const char *set_scanout(struct gpu *g, uint32_t resource, uint32_t width, uint32_t height)
{
	struct {
		struct header header;
		struct rect rect;
		uint32_t scanout, resource;
	} r = { { SET_SCANOUT }, { 0, 0, width, height }, 0, resource };

	return SEND(g, r);
}

static const char *set_scanout_blob(struct gpu *g, uint32_t width, uint32_t height)
{
	struct {
		struct header header;
		struct rect rect;
		uint32_t scanout, resource, width, height, format, pad, strides[4], offsets[4];
	} r = { { SET_SCANOUT_BLOB }, { 0, 0, width, height }, 0, g->resource, width, height,
		FORMAT_BGRX, 0, { width * 4 }, { 0 } };

	return SEND(g, r);
}

static const char *transfer_2d(struct gpu *g, uint32_t resource, uint32_t width, uint32_t height)
{
	struct {
		struct header header;
		struct rect rect;
		uint64_t offset;
		uint32_t resource, pad;
	} r = { { TRANSFER_2D }, { 0, 0, width, height }, 0, resource, 0 };

	return SEND(g, r);
}

static const char *transfer_3d(struct gpu *g, uint32_t width, uint32_t height)
{
	struct {
		struct header header;
		uint32_t x, y, z, width, height, depth;
		uint64_t offset;
		uint32_t resource, level, stride, layer_stride;
	} r = { { TRANSFER_3D }, 0, 0, 0, width, height, 1, 0, g->resource, 0, width * 4, 0 };

	return SEND(g, r);
}

static const char *unref(struct gpu *g, uint32_t resource)
{
	struct {
		struct header header;
		uint32_t resource, pad;
	} r = { { UNREF }, resource, 0 };

	return SEND(g, r);
}

static const char *off(struct display *d)
{
	struct gpu *g = (struct gpu *)d;
	const char *why = set_scanout(g, 0, 0, 0);

	if (!why && d->pixels)
		why = unref(g, g->resource);
	d->pixels = NULL;
	return why;
}

static const char *create(struct gpu *g, uint32_t resource, uint32_t memory)
{
	uint32_t width = g->base.width, height = g->base.height;
	uint32_t bytes = (width * height * 4 + 4095) & ~4095u;
	const char *why;

	if (g->blob)
		return create_blob(g, resource, memory, bytes);
	why = g->three_d ? create_3d(g, resource, width, height) :
			create_2d(g, resource, FORMAT_BGRX, width, height);
	return why ? why : attach(g, resource, memory, bytes);
}

/* The new picture replaces the old one, with nothing between them. */
static const char *show(struct display *d)
{
	struct gpu *g = (struct gpu *)d;
	uint32_t memory = g->memory + CURSOR_EDGE * CURSOR_EDGE * 4,
			old = d->pixels ? g->resource : 0;
	const char *why = create(g, ++g->resource, memory);

	if (!why)
		why = g->blob ? set_scanout_blob(g, d->width, d->height) :
				set_scanout(g, g->resource, d->width, d->height);
	if (!why && old)
		why = unref(g, old);
	d->pixels = why ? NULL : (volatile uint32_t *)memory;
	return why;
}

/* Fenced, as drivers do: the answer comes when the picture may change. */
static const char *flush(struct gpu *g, uint32_t x, uint32_t y, uint32_t w, uint32_t h)
{
	struct {
		struct header header;
		struct rect rect;
		uint32_t resource, pad;
	} r = { { FLUSH, FLAG_FENCE, ++g->fence, 0, 0 }, { x, y, w, h }, g->resource, 0 };

	return SEND(g, r);
}

static const char *dirty(struct display *d, uint32_t x, uint32_t y, uint32_t w, uint32_t h)
{
	struct gpu *g = (struct gpu *)d;
	const char *why = NULL;

	if (!g->blob)
		why = g->three_d ? transfer_3d(g, d->width, d->height) :
				transfer_2d(g, g->resource, d->width, d->height);
	return why ? why : flush(g, x, y, w, h);
}

static void send_pointer(struct gpu *g, enum command type)
{
	g->pointer.header.type = type;
	g->pointer.resource = CURSOR_RESOURCE;
	virtio_request(CURSOR, &g->pointer, sizeof g->pointer, NULL, 0);
}

static const char *cursor(struct display *d, uint32_t edge, uint32_t hot_x, uint32_t hot_y,
		uint32_t colour)
{
	struct gpu *g = (struct gpu *)d;
	const char *why = NULL;

	if (!g->has_cursor) {
		why = create_2d(g, CURSOR_RESOURCE, FORMAT_BGRA, CURSOR_EDGE, CURSOR_EDGE);
		if (!why)
			why = attach(g, CURSOR_RESOURCE, g->memory, CURSOR_EDGE * CURSOR_EDGE * 4);
	}
	g->has_cursor = !why;
	draw_cursor((volatile uint32_t *)g->memory, edge, colour);
	if (!why)
		why = transfer_2d(g, CURSOR_RESOURCE, CURSOR_EDGE, CURSOR_EDGE);
	g->pointer.hot_x = hot_x;
	g->pointer.hot_y = hot_y;
	if (!why)
		send_pointer(g, UPDATE_CURSOR);
	return why;
}

static const char *move(struct display *d, uint32_t x, uint32_t y)
{
	struct gpu *g = (struct gpu *)d;

	g->pointer.x = x;
	g->pointer.y = y;
	send_pointer(g, MOVE_CURSOR);
	return NULL;
}

struct display *virtio_gpu_open(uint32_t memory, bool three_d)
{
	static struct gpu g = {
		.base = { .show = show, .off = off, .dirty = dirty, .cursor = cursor,
			.move = move },
		.resource = CURSOR_RESOURCE,
	};
	uint32_t address = pci_find(VIRTIO_GPU_ID), features;

	if (address == PCI_NONE)
		return NULL;
	features = virtio_open(address, F_RESOURCE_BLOB | (three_d ? F_VIRGL : 0));
	g.memory = memory;
	g.blob = features & F_RESOURCE_BLOB && !three_d;
	g.three_d = three_d;
	serial_print(g.blob ? "virtio-gpu, blob\n" : three_d ? "virtio-gpu, 3D\n" :
			"virtio-gpu, 2D\n");
	if (three_d && !(features & F_VIRGL))
		fail("virtio-gpu has no virgl");
	return &g.base;
}
