/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <osvdi-common/drawing.h>

#include <osvdi-accel-protocol.h>
#include <osvdi-common/lz.h>
#include <string.h>

#include "check.h"

#define W 16
#define H 12

/* A message that is being written. */
struct message {
	uint8_t data[4096];
	size_t n;
};

static void add8(struct message *m, uint32_t value)
{
	m->data[m->n++] = (uint8_t)value;
}

static void add16(struct message *m, uint32_t value)
{
	add8(m, value);
	add8(m, value >> 8);
}

static void add32(struct message *m, uint32_t value)
{
	add16(m, value);
	add16(m, value >> 16);
}

static void add_big(struct message *m, uint32_t value)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		add8(m, value >> shift);
}

static void add_rect(struct message *m, struct rect r)
{
	add32(m, (uint32_t)r.y);
	add32(m, (uint32_t)r.x);
	add32(m, (uint32_t)(r.y + r.height));
	add32(m, (uint32_t)(r.x + r.width));
}

/* Surface, box, and up to two rectangles to clip to. */
static struct message begin(struct rect box, const struct rect *clips, uint32_t n)
{
	struct message m = { .n = 0 };

	add32(&m, 0);
	add_rect(&m, box);
	add8(&m, n ? 1 : 0);
	if (n)
		add32(&m, n);
	for (uint32_t i = 0; i < n; i++)
		add_rect(&m, clips[i]);
	return m;
}

static void add_plain(struct message *m, bool scaled)
{
	add16(m, 8); /* put */
	if (scaled)
		add8(m, 0);
	add8(m, 0);
	add32(m, 0);
	add32(m, 0);
	add32(m, 0); /* no mask */
}

static enum drawing_result give(struct drawing *drawing, uint32_t type, const struct message *m)
{
	/* Each shorter message is damaged; none of them does harm. */
	for (size_t n = 0; n < m->n; n++) {
		struct drawing other = { 0 };
		struct message create = { .n = 0 };

		add32(&create, 0);
		add32(&create, W);
		add32(&create, H);
		add32(&create, 32);
		add32(&create, 1);
		CHECK_EQUAL(drawing_take(&other, 314, create.data, create.n), DRAWING_DONE);
		drawing_take(&other, type, m->data, n);
		drawing_finish(&other);
	}
	return drawing_take(drawing, type, m->data, m->n);
}

static struct drawing start(void)
{
	struct drawing drawing = { 0 };
	struct message m = { .n = 0 };

	add32(&m, 0);
	add32(&m, W);
	add32(&m, H);
	add32(&m, 32);
	add32(&m, 1);
	CHECK_EQUAL(drawing_take(&drawing, 314, m.data, m.n), DRAWING_DONE);
	CHECK(region_covers(&drawing.damage, &(struct rect){ 0, 0, W, H }));
	region_clear(&drawing.damage);
	return drawing;
}

static uint32_t at(const struct drawing *drawing, int x, int y)
{
	return osvdi_get32(drawing->pixels + 4 * (y * W + x)) & 0xffffff;
}

static enum drawing_result fill(struct drawing *drawing, struct rect box, const struct rect *clips,
		uint32_t n, uint32_t colour)
{
	struct message m = begin(box, clips, n);

	add8(&m, 1);
	add32(&m, colour);
	add_plain(&m, false);
	return give(drawing, 302, &m);
}

static void fills(void)
{
	struct drawing drawing = start();
	const struct rect clips[] = { { 1, 1, 2, 2 }, { 5, 3, 100, 1 } };

	CHECK_EQUAL(fill(&drawing, (struct rect){ -3, -3, 9, 9 }, clips, 2, 0x112233),
			DRAWING_DONE);
	CHECK_EQUAL(at(&drawing, 1, 1), 0x112233);
	CHECK_EQUAL(at(&drawing, 2, 2), 0x112233);
	CHECK_EQUAL(at(&drawing, 3, 1), 0);
	CHECK_EQUAL(at(&drawing, 5, 3), 0x112233);
	CHECK_EQUAL(at(&drawing, 6, 3), 0); /* the box ends there */
	CHECK(region_covers(&drawing.damage, &(struct rect){ 1, 1, 2, 2 }));
	CHECK(!region_touches(&drawing.damage, &(struct rect){ 6, 0, 10, 12 }));
	CHECK_EQUAL(fill(&drawing, (struct rect){ 0, 0, W, H }, NULL, 0, 0x445566), DRAWING_DONE);
	CHECK_EQUAL(at(&drawing, W - 1, H - 1), 0x445566);
	drawing_finish(&drawing);
}

/* Numbers each pixel by its place. */
static void number(struct drawing *drawing)
{
	for (int y = 0; y < H; y++)
		for (int x = 0; x < W; x++)
			fill(drawing, (struct rect){ x, y, 1, 1 }, NULL, 0,
					(uint32_t)(100 * y + x));
}

static enum drawing_result copy_bits(struct drawing *drawing, struct rect to, int32_t x, int32_t y)
{
	struct message m = begin(to, NULL, 0);

	add32(&m, (uint32_t)x);
	add32(&m, (uint32_t)y);
	return give(drawing, 104, &m);
}

static void moves(void)
{
	static const int steps[][2] = { { 0, 1 }, { 0, -1 }, { 1, 0 }, { -1, 0 }, { 2, 2 },
		{ -2, -1 }, { 1, -2 } };

	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		struct drawing drawing = start();
		int dx = steps[i][0], dy = steps[i][1];

		number(&drawing);
		CHECK_EQUAL(copy_bits(&drawing, (struct rect){ 3, 3, 8, 6 }, 3 + dx, 3 + dy),
				DRAWING_DONE);
		for (int y = 0; y < H; y++)
			for (int x = 0; x < W; x++) {
				bool moved = x >= 3 && x < 11 && y >= 3 && y < 9;

				CHECK_EQUAL(at(&drawing, x, y),
						moved ? 100 * (y + dy) + x + dx : 100 * y + x);
			}
		CHECK_EQUAL(copy_bits(&drawing, (struct rect){ 0, 0, 4, 4 }, -1, 0),
				DRAWING_DAMAGED);
		CHECK_EQUAL(copy_bits(&drawing, (struct rect){ 0, 0, 4, 4 }, W - 3, 0),
				DRAWING_DAMAGED);
		drawing_finish(&drawing);
	}
}

/* The head of a copy whose image follows at once. */
static struct message copy(struct rect box, struct rect from, uint32_t type)
{
	struct message m = begin(box, NULL, 0);

	add32(&m, (uint32_t)m.n + 4 + 16 + 16); /* where the image is */
	add_rect(&m, from);
	add_plain(&m, true);
	add32(&m, 77);
	add32(&m, 0); /* id */
	add8(&m, type);
	add8(&m, 0);
	add32(&m, 4);
	add32(&m, 2);
	return m;
}

static void bitmaps(void)
{
	for (uint32_t top_down = 0; top_down < 2; top_down++) {
		struct drawing drawing = start();
		struct message m =
				copy((struct rect){ 2, 3, 3, 2 }, (struct rect){ 1, 0, 3, 2 }, 0);

		add8(&m, 8); /* 32 bits */
		add8(&m, top_down ? 4 : 0);
		add32(&m, 4);
		add32(&m, 2);
		add32(&m, 20); /* with padding */
		add32(&m, 0);
		for (uint32_t y = 0; y < 2; y++)
			for (uint32_t x = 0; x < 5; x++)
				add32(&m, 0xff000000 | (10 * y + x));
		CHECK_EQUAL(give(&drawing, 304, &m), DRAWING_DONE);
		for (int y = 0; y < 2; y++)
			for (int x = 0; x < 3; x++)
				CHECK_EQUAL(at(&drawing, 2 + x, 3 + y),
						10 * (top_down ? y : 1 - y) + x + 1);
		CHECK_EQUAL(at(&drawing, 5, 3), 0);
		drawing_finish(&drawing);
	}
}

static struct message lz(
		struct rect box, uint32_t width, uint32_t height, const uint8_t *data, size_t size)
{
	struct message m = copy(box, (struct rect){ 0, 0, box.width, box.height }, 101);
	uint32_t words[] = { 0x20205a4c, 0x00010001, 8, width, height, 4 * width, 1 };

	add32(&m, (uint32_t)size + LZ_HEADER_SIZE);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		add_big(&m, words[i]);
	memcpy(m.data + m.n, data, size);
	m.n += size;
	return m;
}

static void compressed(void)
{
	/* Two pixels; 10 times the last one (7 and 3 more); 4 from 12 before. */
	static const uint8_t data[] = { 1, 1, 2, 3, 4, 5, 6, 7 << 5, 3, 0, 4 << 5, 11 };
	struct drawing drawing = start();
	struct message m = lz((struct rect){ 0, 0, 8, 2 }, 8, 2, data, sizeof data);

	CHECK_EQUAL(give(&drawing, 304, &m), DRAWING_DONE);
	CHECK_EQUAL(at(&drawing, 0, 0), 0x030201);
	for (int i = 1; i < 12; i++)
		CHECK_EQUAL(at(&drawing, i % 8, i / 8), 0x060504);
	CHECK_EQUAL(at(&drawing, 4, 1), 0x030201);
	CHECK_EQUAL(at(&drawing, 7, 1), 0x060504);
	m = lz((struct rect){ 0, 0, 8, 2 }, 8, 2, data, sizeof data - 1);
	CHECK_EQUAL(give(&drawing, 304, &m), DRAWING_DAMAGED);
	m = lz((struct rect){ 0, 0, 8, 3 }, 8, 3, data, sizeof data); /* too few */
	CHECK_EQUAL(give(&drawing, 304, &m), DRAWING_DAMAGED);
	m = lz((struct rect){ 0, 0, 5, 3 }, 5, 3, data, sizeof data); /* too many */
	CHECK_EQUAL(give(&drawing, 304, &m), DRAWING_DAMAGED);
	drawing_finish(&drawing);
}

static void far(void)
{
	static uint8_t pixels[4 * 9000];
	static const uint8_t two[] = { 0, 9, 9, 9, 0, 7, 7, 7 };
	struct lz_header header = { LZ_RGB32, 9000, 1, true };
	uint8_t stream[200];
	size_t n = sizeof two, left;

	memcpy(stream, two, sizeof two);
	stream[n++] = 7 << 5; /* 7, and 8990 more, of the pixel before */
	for (left = 8998 - 7; left >= 255; left -= 255)
		stream[n++] = 255;
	stream[n++] = (uint8_t)left;
	stream[n++] = 0;
	CHECK(lz_decode(pixels, &header, stream, n));
	CHECK_EQUAL(pixels[0], 9);
	CHECK_EQUAL(pixels[4 * 8999], 7);
	/* The last one from 8999 before: 1 + 8191 + 807. */
	n -= 2;
	stream[n++] = (uint8_t)(left - 1);
	stream[n++] = 0;
	stream[n++] = 1 << 5 | 31;
	stream[n++] = 255;
	stream[n++] = 807 >> 8;
	stream[n++] = 807 & 255;
	CHECK(lz_decode(pixels, &header, stream, n));
	CHECK_EQUAL(pixels[4 * 8999], 9);
	stream[n - 1]++; /* before the image */
	CHECK(!lz_decode(pixels, &header, stream, n));
}

static void unknown(void)
{
	struct drawing drawing = start();
	struct message m = copy(
			(struct rect){ 0, 0, 4, 2 }, (struct rect){ 0, 0, 4, 2 }, 1); /* QUIC */
	uint8_t word[4] = { 0 };

	add32(&m, 0);
	CHECK_EQUAL(give(&drawing, 304, &m), DRAWING_UNKNOWN);
	m = copy((struct rect){ 0, 0, 8, 2 }, (struct rect){ 0, 0, 4, 2 }, 0); /* scaled */
	CHECK_EQUAL(give(&drawing, 304, &m), DRAWING_UNKNOWN);
	m = begin((struct rect){ 0, 0, 4, 4 }, NULL, 0);
	CHECK_EQUAL(give(&drawing, 311, &m), DRAWING_UNKNOWN); /* text */
	CHECK_EQUAL(drawing_take(&drawing, 122, word, 4), DRAWING_OTHER);
	CHECK_EQUAL(drawing_take(&drawing, 315, word, 4), DRAWING_DONE);
	CHECK_EQUAL(fill(&drawing, (struct rect){ 0, 0, 4, 4 }, NULL, 0, 0),
			DRAWING_DAMAGED); /* no surface */
	drawing_finish(&drawing);
}

int main(void)
{
	static const struct check_case cases[] = {
		{ "fills", fills },
		{ "moves", moves },
		{ "bitmaps", bitmaps },
		{ "compressed", compressed },
		{ "far", far },
		{ "unknown", unknown },
	};

	return check_run(cases, sizeof cases / sizeof *cases);
}
