/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* Plays the moves of damage in any order, beside a model that has two bits a pixel. */
#include <string.h>

#include <glib.h>

#include "tiles/backlog.h"

#define WIDTH 96u
#define HEIGHT 64u
#define BLOCK 16u
#ifdef __SANITIZE_THREAD__
#define ROUNDS 20u /* no threads are here, and each pixel costs twenty times as much */
#else
#define ROUNDS 300u
#endif
#define MOVES 200u
#define FEW 2u

typedef bool bitmap[HEIGHT][WIDTH];

struct model {
	GRand *random;
	struct backlog backlog;
	bitmap reported; /* and not looked at */
	bitmap waiting;  /* changed and not sent */
	bool grows;      /* damage may cover more than these pixels */
	unsigned exact;  /* moves after which it did not */
	unsigned most;   /* rectangles of one report */
};

static void draw(bitmap map, const struct damage *damage)
{
	for (unsigned i = 0; i < damage->n; i++) {
		const struct spice_accel_rect *r = &damage->rects[i];

		g_assert_cmpint(r->x, >=, 0);
		g_assert_cmpint(r->y, >=, 0);
		g_assert_cmpint(r->x + r->width, <=, (int)WIDTH);
		g_assert_cmpint(r->y + r->height, <=, (int)HEIGHT);
		for (int32_t y = r->y; y < r->y + r->height; y++)
			for (int32_t x = r->x; x < r->x + r->width; x++)
				map[y][x] = true;
	}
}

static void draw_stage(bitmap map, const struct backlog *b, enum backlog_stage stage)
{
	memset(map, 0, sizeof(bitmap));
	draw(map, backlog_at(b, stage));
}

static struct damage any_damage(struct model *m)
{
	struct damage damage = { 0 };
	unsigned n = (unsigned)g_rand_int_range(m->random, 1, (gint32)m->most + 1);

	for (unsigned i = 0; i < n; i++) {
		struct spice_accel_rect r = { g_rand_int_range(m->random, 0, WIDTH),
			g_rand_int_range(m->random, 0, HEIGHT), g_rand_int_range(m->random, 1, 40),
			g_rand_int_range(m->random, 1, 30) };

		damage_add(&damage, &r, WIDTH, HEIGHT);
	}
	return damage;
}

/* The model is met pixel by pixel only while no stage had to join rectangles. */
static void note_growth(struct model *m)
{
	unsigned n = 0;

	for (unsigned stage = 0; stage < BACKLOG_STAGES; stage++)
		n += backlog_at(&m->backlog, (enum backlog_stage)stage)->n;
	/* the next report may be one too many */
	m->grows |= n + m->most >= DAMAGE_MAX_RECTS;
	if (backlog_is_empty(&m->backlog))
		m->grows = m->most > FEW;
	m->exact += !m->grows;
}

/* No pixel that waits in the model is missing; none is there that does not wait. */
static void check(struct model *m)
{
	bitmap reported, video, tiles;
	bool any = false;

	note_growth(m);
	draw_stage(reported, &m->backlog, BACKLOG_REPORTED);
	draw_stage(video, &m->backlog, BACKLOG_VIDEO);
	draw_stage(tiles, &m->backlog, BACKLOG_TILES);
	for (unsigned y = 0; y < HEIGHT; y++)
		for (unsigned x = 0; x < WIDTH; x++) {
			bool waits = video[y][x] || tiles[y][x];

			g_assert_true(reported[y][x] || !m->reported[y][x]);
			g_assert_true(waits || !m->waiting[y][x]);
			g_assert_true(m->grows || reported[y][x] == m->reported[y][x]);
			g_assert_true(m->grows || waits == m->waiting[y][x]);
			any |= waits || reported[y][x];
		}
	g_assert_cmpint(backlog_is_empty(&m->backlog), ==, !any);
}

/* The source reports; nobody looks when there are no tiles. */
static void report(struct model *m)
{
	bool looks = g_rand_boolean(m->random);
	struct damage damage = any_damage(m);

	backlog_add(&m->backlog, looks ? BACKLOG_REPORTED : BACKLOG_VIDEO, &damage);
	draw(looks ? m->reported : m->waiting, &damage);
}

/* Some of the reported pixels did change. */
static void look(struct model *m)
{
	struct damage damage;

	backlog_take_reported(&m->backlog, &damage);
	memset(m->reported, 0, sizeof m->reported);
	for (unsigned i = 0; i < damage.n; i++) {
		const struct damage one = { 1, { damage.rects[i] } };

		if (g_rand_boolean(m->random))
			continue;
		backlog_add_rect(&m->backlog, BACKLOG_VIDEO, &damage.rects[i]);
		draw(m->waiting, &one);
	}
}

static bool choose(const struct spice_accel_rect *rect, void *opaque)
{
	struct model *m = opaque;

	(void)rect;
	return g_rand_boolean(m->random);
}

static void divide(struct model *m)
{
	backlog_divide(&m->backlog, choose, m);
	if (g_rand_boolean(m->random))
		backlog_join_near(&m->backlog, g_rand_int_range(m->random, 0, 8));
}

/* These pixels were sent. Each of them waited, and none waits any more. */
static void sent(struct model *m, const struct damage *damage)
{
	bitmap gone = { 0 }, video, tiles;

	draw(gone, damage);
	draw_stage(video, &m->backlog, BACKLOG_VIDEO);
	draw_stage(tiles, &m->backlog, BACKLOG_TILES);
	for (unsigned y = 0; y < HEIGHT; y++)
		for (unsigned x = 0; x < WIDTH; x++) {
			if (!gone[y][x])
				continue;
			g_assert_true(m->grows || m->waiting[y][x]);
			g_assert_false(video[y][x] || tiles[y][x]);
			m->waiting[y][x] = false;
		}
}

/* A frame or a batch that cannot be sent is given back. */
static void maybe_give_back(struct model *m, const struct damage *damage)
{
	if (g_rand_int_range(m->random, 0, 4))
		return;
	backlog_add(&m->backlog, BACKLOG_VIDEO, damage);
	draw(m->waiting, damage);
}

static void take_video_in(struct model *m, uint32_t block)
{
	struct damage damage;

	m->grows |= block > 0;
	backlog_take_video(&m->backlog, block, &damage);
	for (unsigned i = 0; i < damage.n && block; i++) {
		g_assert_cmpuint((uint32_t)damage.rects[i].x % block, ==, 0);
		g_assert_cmpuint((uint32_t)damage.rects[i].y % block, ==, 0);
	}
	g_assert_false(backlog_has(&m->backlog, BACKLOG_VIDEO));
	sent(m, &damage);
	maybe_give_back(m, &damage);
}

static void take_video(struct model *m)
{
	take_video_in(m, 0);
}

static void take_blocks(struct model *m)
{
	if (m->most > FEW)
		take_video_in(m, BLOCK);
}

static void take_tiles(struct model *m)
{
	struct damage damage;

	backlog_take_tiles(&m->backlog, &damage);
	g_assert_false(backlog_has(&m->backlog, BACKLOG_TILES));
	sent(m, &damage);
	maybe_give_back(m, &damage);
}

static void end_tiles(struct model *m)
{
	backlog_end_tiles(&m->backlog);
	g_assert_false(backlog_has(&m->backlog, BACKLOG_REPORTED));
	g_assert_false(backlog_has(&m->backlog, BACKLOG_TILES));
	for (unsigned y = 0; y < HEIGHT; y++)
		for (unsigned x = 0; x < WIDTH; x++) {
			m->waiting[y][x] |= m->reported[y][x];
			m->reported[y][x] = false;
		}
}

/* A key frame is due. */
static void add_all(struct model *m)
{
	if (g_rand_int_range(m->random, 0, 10))
		return;
	backlog_add_all(&m->backlog);
	memset(m->reported, 0, sizeof m->reported);
	memset(m->waiting, true, sizeof m->waiting);
}

/* In the end all that waits is taken, and nothing is left. */
static void drain(struct model *m)
{
	static const bitmap none;

	look(m);
	while (!backlog_is_empty(&m->backlog)) {
		take_tiles(m);
		take_video(m);
	}
	g_assert_cmpmem(m->waiting, sizeof m->waiting, none, sizeof none);
}

/* Returns after how many moves the model was met pixel by pixel. */
static unsigned play(unsigned seed, unsigned most)
{
	static void (*const moves[])(struct model *m) = { report, report, look, divide, divide,
		take_video, take_blocks, take_tiles, end_tiles, add_all };
	struct model m = { .random = g_rand_new_with_seed(seed), .most = most,
		.grows = most > FEW };

	backlog_resize(&m.backlog, WIDTH, HEIGHT);
	memset(m.waiting, true, sizeof m.waiting);
	check(&m);
	for (unsigned i = 0; i < MOVES; i++) {
		moves[g_rand_int_range(m.random, 0, G_N_ELEMENTS(moves))](&m);
		check(&m);
	}
	drain(&m);
	g_rand_free(m.random);
	return m.exact;
}

/* Few rectangles, no blocks: damage never grows, and no pixel may differ. */
static void test_few(void)
{
	unsigned exact = 0;

	for (unsigned i = 0; i < ROUNDS; i++)
		exact += play(i, FEW);
	g_assert_cmpuint(exact, >, ROUNDS * MOVES / 2);
}

/* More rectangles than damage holds, and whole blocks. */
static void test_many(void)
{
	for (unsigned i = 0; i < ROUNDS; i++)
		play(ROUNDS + i, 12);
}

/* Another size forgets the old picture's damage, which may lie outside. */
static void test_resize(void)
{
	const struct damage edge = { 1, { { 90, 60, 6, 4 } } };
	struct backlog b = { 0 };

	g_assert_true(backlog_is_empty(&b));
	backlog_resize(&b, WIDTH, HEIGHT);
	for (unsigned stage = 0; stage < BACKLOG_STAGES; stage++)
		backlog_add(&b, (enum backlog_stage)stage, &edge);
	backlog_resize(&b, 32, 16);
	g_assert_true(damage_is_all(backlog_at(&b, BACKLOG_VIDEO), 32, 16));
	g_assert_false(backlog_has(&b, BACKLOG_REPORTED));
	g_assert_false(backlog_has(&b, BACKLOG_TILES));
}

static bool left_half(const struct spice_accel_rect *rect, void *opaque)
{
	unsigned *asked = opaque;

	(*asked)++;
	return rect->x < (int32_t)WIDTH / 2;
}

/* Tiles beside a video go with the video, and so do those that its blocks reach. */
static void test_near(void)
{
	const struct damage damage = { 4, { { 0, 0, 8, 8 }, { 20, 0, 4, 8 }, { 37, 10, 2, 8 },
		{ 49, 17, 20, 20 } } };
	struct backlog b = { 0 };
	struct damage taken;
	unsigned asked = 0;

	backlog_resize(&b, WIDTH, HEIGHT);
	backlog_take_video(&b, 0, &taken);
	backlog_add(&b, BACKLOG_VIDEO, &damage);
	backlog_divide(&b, left_half, &asked);
	g_assert_cmpuint(asked, ==, 4);
	g_assert_cmpuint(backlog_at(&b, BACKLOG_TILES)->n, ==, 3);
	backlog_join_near(&b, 10);
	g_assert_cmpuint(backlog_at(&b, BACKLOG_TILES)->n, ==, 3);
	backlog_join_near(&b, 11);
	g_assert_cmpuint(backlog_at(&b, BACKLOG_TILES)->n, ==, 2);
	backlog_join_near(&b, 14); /* from the tile that goes with the video now */
	g_assert_cmpuint(backlog_at(&b, BACKLOG_TILES)->n, ==, 1);
	backlog_take_video(&b, BLOCK, &taken);
	g_assert_cmpuint(taken.n, ==, 3);
	backlog_take_tiles(&b, &taken);
	g_assert_cmpuint(taken.n, ==, 1);
	g_assert_true(backlog_is_empty(&b));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/backlog/few", test_few);
	g_test_add_func("/backlog/many", test_many);
	g_test_add_func("/backlog/resize", test_resize);
	g_test_add_func("/backlog/near", test_near);
	return g_test_run();
}
