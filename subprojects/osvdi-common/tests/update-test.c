/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <osvdi-common/update.h>

#include <string.h>
#include <zstd.h>

#include "check.h"

#define MESSAGE_BYTES 4096

/* A message of one rectangle whose bytes are `raw`, as from the wire; false: refused. */
static bool make_message(uint8_t *out, size_t *size, struct osvdi_tiles *m, const uint8_t *raw,
		size_t raw_size, unsigned coding, unsigned width, unsigned height)
{
	struct osvdi_tiles message = { .number = 9, .after_frame = 5, .n_rects = 1,
			.coding = (uint8_t)coding,
		.flags = OSVDI_TILES_EXACT };
	size_t head = OSVDI_MSG_HEADER_SIZE + OSVDI_TILES_FIXED_SIZE + 8;

	message.data_size = (uint32_t)ZSTD_compress(out + head, MESSAGE_BYTES - head, raw, raw_size,
			1);
	message.rects[0] = (struct osvdi_rect){ 2, 1, (uint16_t)width, (uint16_t)height };
	CHECK_EQUAL(osvdi_write_tiles(out, &message), head);
	*size = head + message.data_size;
	return osvdi_read_tiles(out + OSVDI_MSG_HEADER_SIZE, *size - OSVDI_MSG_HEADER_SIZE, m);
}

static void test_plain(void)
{
	const uint8_t raw[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };
	const uint8_t want[] = { 1, 2, 3, 255, 4, 5, 6, 255, 7, 8, 9, 255, 10, 11, 12, 255 };
	uint8_t bytes[MESSAGE_BYTES];
	struct osvdi_tiles m;
	struct update *u;
	size_t size;

	CHECK(make_message(bytes, &size, &m, raw, sizeof raw, OSVDI_TILES_ZSTD, 2, 2));
	u = update_new_tiles(&m, size, 1234);
	CHECK(u != NULL);
	CHECK(u->kind == UPDATE_TILES && u->exact && !u->change);
	CHECK(u->number == 9 && u->after_frame == 5 && u->received_us == 1234 && u->bytes == size);
	CHECK_EQUAL(u->n_pixels, 4);
	CHECK(memcmp(u->pixels, want, sizeof want) == 0);
	update_free(u);
}

/* By hand: G 10 12 / 13 17, B 11 13 / 15 19, R 9 9 / 10 20. The guess of the
 * last value of a plane is the median of left, above and left + above - corner. */
static void test_predicted(void)
{
	const uint8_t raw[] = {
		10, 2, 3, (uint8_t)(17 - 13 - 12 + 10 + 0), /* median(13, 12, 15) = 13 */
		1, 0, 1, 0,                                 /* B - G: 1 1 / 2 2 */
		255, 254, 254, 6,                           /* R - G: -1 -3 / -3 3 */
	};
	const uint8_t want[] = { 11, 10, 9, 255, 13, 12, 9, 255, 15, 13, 10, 255 };
	uint8_t bytes[MESSAGE_BYTES];
	struct osvdi_tiles m;
	struct update *u;
	size_t size;

	CHECK(make_message(bytes, &size, &m, raw, sizeof raw, OSVDI_TILES_ZSTD_MED, 2, 2));
	u = update_new_tiles(&m, size, 0);
	CHECK(u != NULL);
	CHECK(memcmp(u->pixels, want, sizeof want) == 0);
	/* G: 13 + 2; B - G: median(2, 1, 2) + 0; R - G: median(-3, -3, -5) modulo 256 is
	 * 253, + 6 */
	CHECK_EQUAL(u->pixels[13], 15);
	CHECK_EQUAL(u->pixels[12], 17);
	CHECK_EQUAL(u->pixels[14], 18);
	update_free(u);
}

/* Bytes that are not what the message says of them. */
static void test_damaged(void)
{
	const uint8_t raw[12] = { 0 };
	uint8_t bytes[MESSAGE_BYTES];
	struct osvdi_tiles m;
	size_t size, i;

	CHECK(make_message(bytes, &size, &m, raw, 11, OSVDI_TILES_ZSTD, 2, 2));
	CHECK(!update_new_tiles(&m, size, 0));
	CHECK(make_message(bytes, &size, &m, raw, 12, 77, 2, 2));
	CHECK(!update_new_tiles(&m, size, 0));
	CHECK(!make_message(bytes, &size, &m, raw, 12, OSVDI_TILES_ZSTD, 0, 2));
	CHECK(!make_message(bytes, &size, &m, raw, 12, OSVDI_TILES_ZSTD, 1024, 257));
	CHECK(make_message(bytes, &size, &m, raw, 12, OSVDI_TILES_ZSTD, 2, 2));
	for (i = 0; i < size - OSVDI_MSG_HEADER_SIZE; i++) {
		struct osvdi_tiles cut;

		CHECK(!osvdi_read_tiles(bytes + OSVDI_MSG_HEADER_SIZE, i, &cut));
	}
}

/* ---- canvas -------------------------------------------------------------- */

#define W 20
#define H 16

static void test_put(void)
{
	uint32_t pixels[4 * 3] = { 0 }, source[25];
	const struct update_canvas canvas = { (uint8_t *)pixels, 16, 4, 3 };
	const struct update u = { .kind = UPDATE_TILES, .n_rects = 1, .rects = { { 2, 1, 5, 5 } },
		.pixels = (uint8_t *)source }; /* reaches out of the canvas */
	const struct rect part = { 0, 0, 100, 2 };
	struct region region = { 0 };
	unsigned i;

	for (i = 0; i < 25; i++)
		source[i] = 100 + i;
	CHECK(region_set(&region, &part));
	update_paint(&u, &region, &canvas);
	for (i = 0; i < 12; i++)
		CHECK_EQUAL(pixels[i], i == 6 ? 100 : i == 7 ? 101 : 0);
	region_finish(&region);
}

static struct rect random_rect(uint64_t *seed)
{
	return (struct rect){ (int32_t)check_random(seed, W), (int32_t)check_random(seed, H),
		1 + (int32_t)check_random(seed, W), 1 + (int32_t)check_random(seed, H) };
}

/* A copy of the part of a region, from and to all places, takes what was there before. */
static void check_copy(uint64_t *seed)
{
	struct update u = { .kind = UPDATE_COPY, .n_rects = 1, .rects = { random_rect(seed) } };
	uint32_t pixels[H][W], before[H][W];
	const struct update_canvas canvas = { (uint8_t *)pixels, W * 4, W, H };
	struct region region = { 0 };
	unsigned n = check_random(seed, 9);

	u.from_x = (int32_t)check_random(seed, W);
	u.from_y = (int32_t)check_random(seed, H);
	for (int i = 0; i < W * H; i++)
		pixels[i / W][i % W] = (uint32_t)i;
	memcpy(before, pixels, sizeof before);
	while (n--) {
		struct rect r = random_rect(seed);

		r.width = r.width / 3 + 1;
		CHECK(region_add_rect(&region, &r));
	}
	update_paint(&u, &region, &canvas);
	for (int y = 0; y < H; y++)
		for (int x = 0; x < W; x++) {
			const struct rect *to = &u.rects[0], pixel = { x, y, 1, 1 };
			struct rect in = rect_intersect(to, &pixel);
			bool painted = update_source_fits(&u, W, H) && !rect_is_empty(&in) &&
					region_covers(&region, &pixel);

			CHECK_EQUAL(pixels[y][x], painted ?
					before[y - to->y + u.from_y][x - to->x + u.from_x] :
					before[y][x]);
		}
	region_finish(&region);
}

static void test_copy(void)
{
	uint64_t seed = 7;

	for (int round = 0; round < 50000; round++)
		check_copy(&seed);
}

int main(void)
{
	static const struct check_case cases[] = {
		{ "pixels as they are", test_plain },
		{ "predicted pixels", test_predicted },
		{ "damaged messages", test_damaged },
		{ "tiles on a canvas", test_put },
		{ "copies that overlap", test_copy },
	};

	return check_run(cases, sizeof cases / sizeof cases[0]);
}
