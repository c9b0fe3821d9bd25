/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <drm_fourcc.h>
#include <glib.h>

#include "check-rect.h"
#include "frame/frame.h"
#ifdef GL_DOUBLE
#include "gl-double.h"
#include "pixels/gpu-pixels.h"
#endif
#include "kinds.h"
#include "pixels/memory-pixels.h"
#include "tiles/shadow.h"

#define WIDTH 800u
#define HEIGHT 600u

/* A memfd, so that it can be a DMA-BUF too. */
static uint32_t (*pixels)[WIDTH];
static int pixels_fd;
static uint32_t old[HEIGHT][WIDTH];

struct stage {
	struct spice_accel_frame *frame;
	struct pixels *pixels;
	struct tile_map map;
	struct shadow shadow;
};

/* Lines of text on white: most rows of a strip look like others. */
static void draw_text(uint32_t seed)
{
	g_autoptr(GRand) random = g_rand_new_with_seed(seed);

	for (unsigned y = 0; y < HEIGHT; y++)
		for (unsigned x = 0; x < WIDTH; x++)
			pixels[y][x] = y % 16 < 11 && g_rand_int_range(random, 0, 4) == 0 ?
					0x202020 : 0xffffff;
}

static void create_in_memory(struct stage *s)
{
	struct spice_accel_memory_params params = { .size = sizeof params, .width = WIDTH,
		.height = HEIGHT,
		.fourcc = DRM_FORMAT_XRGB8888, .stride = WIDTH * 4, .data = pixels };

	g_assert_cmpint(spice_accel_frame_create_memory(&s->frame, &params), ==, 0);
	g_assert_cmpint(pixels_create(&s->pixels, s->frame), ==, 0);
}

#ifdef GL_DOUBLE
static void create_on_gpu(struct stage *s)
{
	struct spice_accel_dmabuf_params params = { .size = sizeof params, .width = WIDTH,
		.height = HEIGHT, .fourcc = DRM_FORMAT_XRGB8888, .n_planes = 1, .fd = { pixels_fd },
		.stride = { WIDTH * 4 }, .modifier = SPICE_ACCEL_MODIFIER_UNKNOWN };
	char why[512];

	g_assert_cmpint(spice_accel_frame_create_dmabuf(&s->frame, &params), ==, 0);
	g_assert_cmpint(gpu_pixels_create(&s->pixels, gl_double_open(), s->frame, why,
			sizeof why), ==, 0);
}
#else
static void create_on_gpu(struct stage *s)
{
	g_assert_not_reached();
}
#endif

static void open_stage(struct stage *s)
{
	struct spice_accel_rect all = { 0, 0, WIDTH, HEIGHT };

	draw_text(1);
	if (kind == GPU)
		create_on_gpu(s);
	else
		create_in_memory(s);
	g_assert_cmpint(tile_map_init(&s->map, WIDTH, HEIGHT, 1), ==, 0);
	pixels_show(s->pixels, s->frame);
	g_assert_cmpint(shadow_init(&s->shadow, WIDTH, HEIGHT), ==, 0);
	pixels_remember(s->pixels, &all);
	shadow_note(&s->shadow, &all);
	tile_map_set_exact(&s->map, &all);
	memcpy(old, pixels, sizeof old);
}

static void close_stage(struct stage *s)
{
	g_assert_cmpint(pixels_error(s->pixels), ==, 0);
	if (kind == GPU)
		g_assert_cmpuint(s->pixels->read_bytes, ==, 0);
	shadow_finish(&s->shadow);
	tile_map_finish(&s->map);
	pixels_destroy(s->pixels);
	spice_accel_frame_unref(s->frame);
}

/* Moves a part of the picture and draws something new into what it leaves. */
static void move_pixels(const struct spice_accel_rect *r, int32_t dx, int32_t dy)
{
	for (int32_t y = r->y; y < r->y + r->height; y++)
		for (int32_t x = r->x; x < r->x + r->width; x++) {
			int32_t from_x = x - dx, from_y = y - dy;
			bool inside = from_x >= r->x && from_x < r->x + r->width &&
					from_y >= r->y && from_y < r->y + r->height;

			pixels[y][x] = inside ? old[from_y][from_x] : (uint32_t)(x * 77 + y * 13);
		}
}

/* All of the picture over `to`, as a window manager draws a window. */
static void drag_window(const struct spice_accel_rect *from, int32_t dx, int32_t dy)
{
	for (int32_t y = from->y; y < from->y + from->height; y++)
		for (int32_t x = from->x; x < from->x + from->width; x++)
			pixels[y][x] = 0xc0d0e0; /* the desktop below it */
	for (int32_t y = from->y; y < from->y + from->height; y++)
		memcpy(&pixels[y + dy][from->x + dx], &old[y][from->x], (size_t)from->width * 4);
}

static int find_in(struct stage *s, const struct spice_accel_rect *rect,
		const struct spice_accel_rect *before, struct move *found)
{
	/* a GPU's texture in the test is not the buffer itself */
	g_assert_cmpint(pixels_show(s->pixels, s->frame), ==, 0);
	return shadow_find_move(&s->shadow, s->pixels, rect, before, found);
}

static int find(struct stage *s, const struct spice_accel_rect *rect, struct move *found)
{
	return find_in(s, rect, rect, found);
}

static void apply(struct stage *s, const struct move *move, uint64_t now)
{
	shadow_move(&s->shadow, s->pixels, move);
	tile_map_move(&s->map, &move->to, move->dx, move->dy, now);
}

/* No block that lies in the rectangle differs. */
static void assert_blocks_are(const struct stage *s, const struct spice_accel_rect *r)
{
	struct tile_span span = blocks_inside(&s->shadow.blocks, r);
	size_t n = blocks_count(&s->shadow.blocks);
	g_autofree uint8_t *ask = g_malloc(n), *answer = g_malloc0(n);

	memset(ask, PIXELS_COMPARE, n);
	g_assert_cmpint(pixels_changed(s->pixels, &span, ask, answer), ==, 0);
	for (size_t i = 0; i < n; i++)
		g_assert_cmpuint(answer[i], ==, 0);
}

static void assert_shadow_is(const struct stage *s, const struct spice_accel_rect *r)
{
	const struct memory_pixels *m = (const struct memory_pixels *)s->pixels;

	assert_blocks_are(s, r);
	if (kind == GPU)
		return;
	for (int32_t y = r->y; y < r->y + r->height; y++)
		g_assert_cmpmem(memory_remembered(m, r->x, y), (size_t)r->width * 4,
				&pixels[y][r->x], (size_t)r->width * 4);
}

static void test_finds(void)
{
	static const int32_t by[][2] = { { 0, -48 }, { 0, -3 }, { 0, 16 }, { 0, 200 }, { 0, -250 },
		{ 5, 0 }, { -64, 0 }, { 1, 1 }, { -17, 33 }, { 200, -101 } };
	struct spice_accel_rect r = { 64, 32, 640, 512 };

	for (unsigned i = 0; i < G_N_ELEMENTS(by); i++) {
		int32_t dx = by[i][0], dy = by[i][1];
		struct move found;
		struct stage s;

		open_stage(&s);
		move_pixels(&r, dx, dy);
		g_assert_cmpint(find(&s, &r, &found), ==, 1);
		g_assert_cmpint(found.dx, ==, dx);
		g_assert_cmpint(found.dy, ==, dy);
		check_rect(&found.to, r.x + MAX(dx, 0), r.y + MAX(dy, 0), r.width - ABS(dx),
				r.height - ABS(dy));
		apply(&s, &found, 2);
		assert_shadow_is(&s, &found.to);
		close_stage(&s);
	}
}

/* A window that shows something new in its middle moves all the same. */
static void test_window(void)
{
	struct spice_accel_rect from = { 100, 80, 400, 300 }, inside = { 120, 100, 360, 20 };
	struct spice_accel_rect box = { 100, 80, 423, 309 };
	struct move found;
	struct stage s;

	open_stage(&s);
	drag_window(&from, 23, 9);
	for (int32_t y = 200; y < 232; y++)
		for (int32_t x = 200; x < 328; x++)
			pixels[y][x] ^= 0x808080;
	g_assert_cmpint(find(&s, &box, &found), ==, 1);
	g_assert_cmpint(found.dx, ==, 23);
	g_assert_cmpint(found.dy, ==, 9);
	check_rect(&found.to, from.x + 23, from.y + 9, from.width, from.height);
	apply(&s, &found, 2);
	inside.x += 23;
	inside.y += 9;
	assert_shadow_is(&s, &inside);
	close_stage(&s);
}

/* Moved content may have been elsewhere altogether. */
static void test_jump(void)
{
	struct spice_accel_rect from = { 32, 32, 320, 240 }, to = { 400, 320, 320, 240 };
	struct spice_accel_rect all = { 32, 32, 688, 528 };
	struct move found;
	struct stage s;

	open_stage(&s);
	drag_window(&from, 368, 288);
	g_assert_cmpint(find_in(&s, &to, &all, &found), ==, 1);
	g_assert_cmpmem(&found.to, sizeof found.to, &to, sizeof to);
	g_assert_cmpint(found.dx, ==, 368);
	g_assert_cmpint(found.dy, ==, 288);
	close_stage(&s);
}

/* A scroll bar beside it and a line that stays below do not hinder. */
static void test_parts(void)
{
	struct spice_accel_rect r = { 0, 0, WIDTH, HEIGHT }, text = { 0, 0, 784, 560 };
	struct move found;
	struct stage s;

	open_stage(&s);
	move_pixels(&text, 0, -32);
	for (unsigned y = 100; y < 160; y++)
		for (unsigned x = 784; x < WIDTH; x++)
			pixels[y][x] ^= 0x404040;
	g_assert_cmpint(find(&s, &r, &found), ==, 1);
	g_assert_cmpint(found.dx, ==, 0);
	g_assert_cmpint(found.dy, ==, -32);
	g_assert_cmpint(found.to.width, ==, 784);
	g_assert_cmpint(found.to.height, ==, 528);
	close_stage(&s);
}

static bool is_lossy(const struct stage *s, int32_t x, int32_t y)
{
	return s->map.lossy[(size_t)y / TILE_BLOCK * s->map.blocks.columns +
			(size_t)x / TILE_BLOCK];
}

/* Content that the viewer has as video moves too, and takes along that it is lossy. */
static void test_lossy(void)
{
	struct damage area = { 1, { { 64, 32, 640, 512 } } },
			left = { 1, { { 64, 32, 320, 512 } } };
	struct move found;
	struct stage s;

	open_stage(&s);
	tile_map_set_lossy(&s.map, &left);
	move_pixels(&area.rects[0], 32, -48);
	g_assert_cmpint(find(&s, &area.rects[0], &found), ==, 1);
	apply(&s, &found, 1000);
	assert_shadow_is(&s, &found.to);
	g_assert_true(is_lossy(&s, 96, 40));
	g_assert_true(is_lossy(&s, 400, 40));
	g_assert_false(is_lossy(&s, 416, 40));
	g_assert_cmpuint(s.map.changed_us[40 / TILE_BLOCK * s.map.blocks.columns +
			400 / TILE_BLOCK], ==, 1000);
	g_assert_cmpuint(s.map.changed_us[40 / TILE_BLOCK * s.map.blocks.columns +
			416 / TILE_BLOCK], ==, 1);
	close_stage(&s);
	/* lossy becomes exact where something exact is copied over it */
	open_stage(&s);
	tile_map_set_lossy(&s.map, &left);
	tile_map_move(&s.map, &(struct spice_accel_rect){ 64, 32, 128, 128 }, 64, 0, 2000);
	g_assert_false(is_lossy(&s, 64, 32));
	g_assert_true(is_lossy(&s, 128, 32));
	close_stage(&s);
}

/* The viewer's picture is not known: none of it, or not that part. */
static void test_unknown(void)
{
	struct damage all = { 1, { { 64, 32, 640, 512 } } }, left = { 1, { { 64, 32, 320, 512 } } };
	struct move found;
	struct stage s;

	open_stage(&s);
	shadow_forget(&s.shadow, &all);
	move_pixels(&all.rects[0], 0, -48);
	g_assert_cmpint(find(&s, &all.rects[0], &found), ==, 0);
	close_stage(&s);
	open_stage(&s);
	shadow_forget(&s.shadow, &left);
	move_pixels(&all.rects[0], 0, -48);
	g_assert_cmpint(find(&s, &all.rects[0], &found), ==, 1);
	g_assert_cmpint(found.to.x, ==, 384);
	g_assert_cmpint(found.to.width, ==, 320);
	close_stage(&s);
}

/* Other content, the same content, one colour, small areas: nothing. */
static void test_nothing(void)
{
	struct spice_accel_rect all = { 0, 0, WIDTH, HEIGHT }, small = { 0, 0, 95, 600 },
			flat = { 0, 0, WIDTH, 63 };
	struct move found;
	struct stage s;

	open_stage(&s);
	g_assert_cmpint(find(&s, &all, &found), ==, 0);
	draw_text(2);
	g_assert_cmpint(find(&s, &all, &found), ==, 0);
	move_pixels(&all, 0, 16);
	g_assert_cmpint(find(&s, &small, &found), ==, 0);
	g_assert_cmpint(find(&s, &flat, &found), ==, 0);
	memset(pixels, 0x80, sizeof old);
	g_assert_cmpint(find(&s, &all, &found), ==, 0);
	close_stage(&s);
}

/* Whatever is found in whatever is there, a copy of it is right but for what differs. */
static void test_random(void)
{
	g_autoptr(GRand) random = g_rand_new_with_seed(7);
	unsigned hits = 0;

	for (unsigned round = 0; round < 60; round++) {
		struct spice_accel_rect r = { g_rand_int_range(random, 0, 200),
			g_rand_int_range(random, 0, 200),
			g_rand_int_range(random, 96, 600), g_rand_int_range(random, 64, 400) };
		int32_t dx = g_rand_int_range(random, -40, 40),
				dy = g_rand_int_range(random, -40, 40);
		struct move found;
		struct stage s;

		open_stage(&s);
		move_pixels(&r, dx, dy);
		if (find(&s, &r, &found) == 1) {
			hits++;
			g_assert_cmpint(found.to.x, >=, r.x);
			g_assert_cmpint(found.to.y, >=, r.y);
			g_assert_cmpint(found.to.x + found.to.width, <=, r.x + r.width);
			g_assert_cmpint(found.to.y + found.to.height, <=, r.y + r.height);
			apply(&s, &found, 2);
			assert_shadow_is(&s, &found.to);
		}
		close_stage(&s);
	}
	g_assert_cmpuint(hits, >, 45);
}

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
	{ "finds", test_finds },
	{ "window", test_window },
	{ "jump", test_jump },
	{ "parts", test_parts },
	{ "lossy", test_lossy },
	{ "unknown", test_unknown },
	{ "nothing", test_nothing },
	{ "random", test_random },
};

static void add(const char *where, enum kind of)
{
	for (guint i = 0; i < G_N_ELEMENTS(tests); i++) {
		g_autofree char *path = g_strdup_printf("/move/%s%s", where, tests[i].name);

		kinds_add(path, of, tests[i].run);
	}
}

int main(int argc, char **argv)
{
	int ret;

	g_test_init(&argc, &argv, NULL);
	pixels = kinds_screen(sizeof old, &pixels_fd);
	add("cpu/", MEMORY);
#ifdef GL_DOUBLE
	add("gpu/", GPU);
#endif
	ret = g_test_run();
#ifdef GL_DOUBLE
	gl_double_close();
#endif
	return ret;
}
