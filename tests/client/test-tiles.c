/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>
#include <zstd.h>

#include "canvas.h"
#include "tile-queue.h"

/* A message of one rectangle whose bytes are `raw`, as from the wire. */
static gboolean make_message(GByteArray *out, struct osvdi_tiles *m, const guint8 *raw, gsize size, guint coding,
		guint width, guint height)
{
	struct osvdi_tiles message = { .number = 9, .after_frame = 5, .n_rects = 1, .coding = (guint8)coding,
		.flags = OSVDI_TILES_EXACT };
	gsize bound = ZSTD_compressBound(size), head;
	g_autofree guint8 *data = g_malloc(bound);

	message.data_size = (guint32)ZSTD_compress(data, bound, raw, size, 1);
	message.rects[0] = (struct osvdi_rect){ 2, 1, (guint16)width, (guint16)height };
	g_byte_array_set_size(out, OSVDI_MSG_HEADER_SIZE + OSVDI_TILES_FIXED_SIZE + 8);
	head = osvdi_write_tiles(out->data, &message);
	g_assert_cmpuint(head, ==, out->len);
	g_byte_array_append(out, data, message.data_size);
	return osvdi_read_tiles(out->data + OSVDI_MSG_HEADER_SIZE, out->len - OSVDI_MSG_HEADER_SIZE, m);
}

static void test_plain(void)
{
	const guint8 raw[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };
	const guint8 want[] = { 1, 2, 3, 255, 4, 5, 6, 255, 7, 8, 9, 255, 10, 11, 12, 255 };
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	struct osvdi_tiles m;
	struct tiles *t;

	g_assert_true(make_message(bytes, &m, raw, sizeof raw, OSVDI_TILES_ZSTD, 2, 2));
	t = tiles_new(&m, bytes->len);
	g_assert_nonnull(t);
	g_assert_true(t->exact);
	g_assert_cmpuint(t->n_pixels, ==, 4);
	g_assert_cmpmem(t->pixels, t->n_pixels * 4, want, sizeof want);
	tiles_free(t);
}

/* By hand: G 10 12 / 13 17, B 11 13 / 15 19, R 9 9 / 10 20. The guess of the
 * last value of a plane is the median of left, above and left + above - corner. */
static void test_predicted(void)
{
	const guint8 raw[] = {
		10, 2, 3, (guint8)(17 - 13 - 12 + 10 + 0), /* median(13, 12, 15) = 13 */
		1, 0, 1, 0,                                /* B - G: 1 1 / 2 2 */
		255, 254, 254, 6,                          /* R - G: -1 -3 / -3 3 */
	};
	const guint8 want[] = { 11, 10, 9, 255, 13, 12, 9, 255, 15, 13, 10, 255 };
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	struct osvdi_tiles m;
	struct tiles *t;

	g_assert_true(make_message(bytes, &m, raw, sizeof raw, OSVDI_TILES_ZSTD_MED, 2, 2));
	t = tiles_new(&m, bytes->len);
	g_assert_nonnull(t);
	g_assert_cmpmem(t->pixels, sizeof want, want, sizeof want);
	/* G: 13 + 2; B - G: median(2, 1, 2) + 0; R - G: median(-3, -3, -5) modulo 256 is 253, + 6 */
	g_assert_cmpuint(t->pixels[13], ==, 15);
	g_assert_cmpuint(t->pixels[12], ==, 17);
	g_assert_cmpuint(t->pixels[14], ==, 18);
	tiles_free(t);
}

/* Bytes that are not what the message says of them. */
static void test_damaged(void)
{
	const guint8 raw[12] = { 0 };
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	struct osvdi_tiles m;
	gsize i;

	g_assert_true(make_message(bytes, &m, raw, 11, OSVDI_TILES_ZSTD, 2, 2));
	g_assert_null(tiles_new(&m, bytes->len));
	g_assert_true(make_message(bytes, &m, raw, 12, 77, 2, 2));
	g_assert_null(tiles_new(&m, bytes->len));
	g_assert_false(make_message(bytes, &m, raw, 12, OSVDI_TILES_ZSTD, 0, 2));
	g_assert_false(make_message(bytes, &m, raw, 12, OSVDI_TILES_ZSTD, 1024, 257));
	g_assert_true(make_message(bytes, &m, raw, 12, OSVDI_TILES_ZSTD, 2, 2));
	for (i = 0; i < bytes->len - OSVDI_MSG_HEADER_SIZE; i++) {
		struct osvdi_tiles cut;

		g_assert_false(osvdi_read_tiles(bytes->data + OSVDI_MSG_HEADER_SIZE, i, &cut));
	}
}

/* ---- order --------------------------------------------------------------- */

static struct tiles *make_tiles(guint64 number, guint64 after, int x, int y, int width, int height)
{
	struct tiles *t = g_new0(struct tiles, 1);

	t->number = number;
	t->after_frame = after;
	t->n_rects = 1;
	t->rects[0] = (cairo_rectangle_int_t){ x, y, width, height };
	t->n_pixels = (gsize)width * (gsize)height;
	t->pixels = g_malloc0(t->n_pixels * 4);
	return t;
}

static void frame(struct tile_queue *q, guint64 number, int x, int y, int width, int height)
{
	cairo_rectangle_int_t r = { x, y, width, height };
	g_autoptr(cairo_region_t) region = cairo_region_create_rectangle(&r);

	tile_queue_frame(q, number, region);
}

/* Pops one; its region must be of so many pixels. */
static gboolean pop(struct tile_queue *q, guint64 number, int pixels)
{
	cairo_region_t *region = NULL;
	gboolean lost = FALSE;
	struct tiles *t = tile_queue_pop(q, &region, &lost);
	int i, n = 0;

	if (!t)
		return FALSE;
	g_assert_cmpuint(t->number, ==, number);
	g_assert_false(lost);
	for (i = 0; i < cairo_region_num_rectangles(region); i++) {
		cairo_rectangle_int_t r;

		cairo_region_get_rectangle(region, i, &r);
		n += r.width * r.height;
	}
	g_assert_cmpint(n, ==, pixels);
	cairo_region_destroy(region);
	tiles_free(t);
	return TRUE;
}

static void test_order(void)
{
	struct tile_queue q = { 0 };

	g_assert_true(tile_queue_push(&q, make_tiles(3, 2, 0, 0, 10, 10)));
	g_assert_false(pop(&q, 3, 0)); /* its frame is still to come */
	frame(&q, 1, 0, 0, 100, 100);
	g_assert_false(pop(&q, 3, 0));
	frame(&q, 2, 0, 0, 100, 100);
	g_assert_true(pop(&q, 3, 100));
	g_assert_false(pop(&q, 0, 0));
	tile_queue_clear(&q);
}

/* What a later frame painted stays. */
static void test_late(void)
{
	struct tile_queue q = { 0 };

	frame(&q, 1, 0, 0, 100, 100);
	frame(&q, 4, 0, 0, 5, 10);
	frame(&q, 6, 9, 0, 50, 10);
	g_assert_true(tile_queue_push(&q, make_tiles(3, 1, 0, 0, 10, 10)));
	g_assert_true(tile_queue_push(&q, make_tiles(5, 4, 0, 0, 10, 10)));
	g_assert_true(tile_queue_push(&q, make_tiles(7, 6, 0, 0, 10, 10)));
	g_assert_true(pop(&q, 3, 40));
	g_assert_true(pop(&q, 5, 90));
	g_assert_true(pop(&q, 7, 100));
	tile_queue_clear(&q);
}

/* So late that the frames since are forgotten: nothing may be drawn. */
static void test_lost(void)
{
	struct tile_queue q = { 0 };
	cairo_region_t *region;
	struct tiles *t;
	gboolean lost;
	guint i;

	for (i = 1; i < 3 * TILE_QUEUE_FRAMES; i++)
		frame(&q, i, 0, 0, 1, 1);
	g_assert_true(tile_queue_push(&q, make_tiles(400, TILE_QUEUE_FRAMES, 0, 0, 10, 10)));
	t = tile_queue_pop(&q, &region, &lost);
	g_assert_nonnull(t);
	g_assert_true(lost);
	g_assert_true(cairo_region_is_empty(region));
	cairo_region_destroy(region);
	tiles_free(t);
	tile_queue_clear(&q);
}

/* A copy needs its source as it was. */
static void test_copy(void)
{
	const struct osvdi_copy message = { .number = 3, .after_frame = 1, .to = { 0, 20, 10, 10 } };
	struct tile_queue q = { 0 };
	cairo_region_t *region;
	struct tiles *t;
	gboolean lost;

	frame(&q, 1, 0, 0, 100, 100);
	frame(&q, 2, 0, 25, 10, 100); /* on the target: that part stays */
	g_assert_true(tile_queue_push(&q, tiles_new_copy(&message, 52)));
	g_assert_true(pop(&q, 3, 50));
	frame(&q, 4, 9, 9, 1, 1); /* on the source */
	g_assert_true(tile_queue_push(&q, tiles_new_copy(&message, 52)));
	t = tile_queue_pop(&q, &region, &lost);
	g_assert_true(lost);
	g_assert_true(cairo_region_is_empty(region));
	cairo_region_destroy(region);
	tiles_free(t);
	tile_queue_clear(&q);
}

/* A server that never sends the frame: memory stays bounded. */
static void test_flood(void)
{
	struct tile_queue q = { 0 };
	guint refused = 0, i;

	for (i = 0; i < 400; i++)
		refused += !tile_queue_push(&q, make_tiles(i, G_MAXUINT64, 0, 0, 512, 512));
	g_assert_cmpuint(refused, ==, 3);
	g_assert_cmpuint(q.n_waiting, <=, 32 << 20);
	tile_queue_clear(&q);
}

/* ---- canvas -------------------------------------------------------------- */

static void test_canvas(void)
{
	guint32 pixels[4 * 3] = { 0 };
	struct canvas canvas = { (guint8 *)pixels, 4, 3, 16 };
	struct tiles *t = make_tiles(1, 0, 2, 1, 5, 5); /* reaches out of the canvas */
	cairo_rectangle_int_t part = { 0, 0, 100, 2 };
	g_autoptr(cairo_region_t) region = cairo_region_create_rectangle(&part);
	guint i;

	for (i = 0; i < 25; i++)
		((guint32 *)(void *)t->pixels)[i] = 100 + i;
	canvas_put(&canvas, t, region);
	for (i = 0; i < 12; i++)
		g_assert_cmpuint(pixels[i], ==, i == 6 ? 100 : i == 7 ? 101 : 0);
	tiles_free(t);
}

/* Rows that move over themselves; and from outside. */
static void test_canvas_copy(void)
{
	const struct osvdi_copy down = { .to = { 0, 1, 4, 3 } }, out = { .to = { 0, 0, 4, 3 }, .from_y = 2 };
	guint32 pixels[4 * 4];
	struct canvas canvas = { (guint8 *)pixels, 4, 4, 16 };
	struct tiles *t = tiles_new_copy(&down, 52), *bad = tiles_new_copy(&out, 52);
	g_autoptr(cairo_region_t) region = tiles_region(t);
	guint i;

	for (i = 0; i < 16; i++)
		pixels[i] = i / 4;
	g_assert_false(canvas_grab(&canvas, bad));
	g_assert_true(canvas_grab(&canvas, t));
	canvas_put(&canvas, t, region);
	for (i = 0; i < 16; i++)
		g_assert_cmpuint(pixels[i], ==, i < 4 ? 0 : i / 4 - 1);
	tiles_free(t);
	tiles_free(bad);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/tiles/plain", test_plain);
	g_test_add_func("/tiles/predicted", test_predicted);
	g_test_add_func("/tiles/damaged", test_damaged);
	g_test_add_func("/tile-queue/order", test_order);
	g_test_add_func("/tile-queue/late", test_late);
	g_test_add_func("/tile-queue/lost", test_lost);
	g_test_add_func("/tile-queue/copy", test_copy);
	g_test_add_func("/tile-queue/flood", test_flood);
	g_test_add_func("/canvas/put", test_canvas);
	g_test_add_func("/canvas/copy", test_canvas_copy);
	return g_test_run();
}
