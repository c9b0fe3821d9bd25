/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* Frames and updates in any order, against a server that knows what there is to see. */
#include "screen-model.h"

#include <string.h>

#include "check.h"

static const struct rect left = { 0, 0, 8, 12 }, right = { 8, 0, 8, 12 }, dot = { 2, 2, 3, 3 };

/* A viewer that shows the first picture; a model is too large for a stack. */
static struct model *begin(void)
{
	struct model *m = calloc(1, sizeof *m);

	CHECK(m != NULL);
	model_init(m, 1);
	model_set_canvas(m, true);
	model_take_frame(m, false);
	return m;
}

static void end(struct model *m)
{
	model_finish(m);
	free(m);
}

static void test_first(void)
{
	struct model *m = begin();
	int32_t width, height;

	CHECK(m->firsts == 1 && m->shows == 1 && m->dones == 1 && m->drops == 0);
	CHECK(m->ack.frame == 1 && m->ack.received_us == 1000000 && m->ack.presented_us == 1000001);
	CHECK(screen_get_size(&m->screen, &width, &height) && width == MODEL_W &&
			height == MODEL_H);
	model_settle(m);
	CHECK_EQUAL(m->firsts, 1);
	end(m);
}

/* With another one waiting a picture is not shown, but its part is with the next; and some are. */
static void test_skip(void)
{
	struct model *m = begin();

	model_send_frame(m, &left);
	model_send_frame(m, &right);
	model_take_frame(m, true);
	CHECK(m->shows == 1 && m->drops == 1 && m->ack.flags == OSVDI_ACK_DROPPED &&
			m->ack.frame == 2);
	model_take_frame(m, false);
	CHECK(m->shows == 2 && m->ack.flags == 0 && m->ack.frame == 3);
	CHECK(memcmp(&m->canvas, &m->source, sizeof m->source) == 0);
	model_send_frame(m, &left);
	model_wait(m, SCREEN_MAX_SKIP_US);
	model_take_frame(m, true);
	CHECK_EQUAL(m->drops, 1);
	end(m);
}

/* Pictures that come before there is a window. */
static void test_canvas_late(void)
{
	struct model *m = calloc(1, sizeof *m);

	CHECK(m != NULL);
	model_init(m, 1);
	model_take_frame(m, false);
	model_send_frame(m, &left);
	model_send_tiles(m, &dot);
	model_take_update(m);
	CHECK(m->dones == 0 && m->acked == 0);
	model_take_frame(m, false);
	CHECK(m->dones == 1 && m->drops == 1 && m->acked_updates == 0);
	model_set_canvas(m, true);
	CHECK(m->dones == 2 && m->drops == 1 && m->firsts == 1 && m->acked_updates == 1);
	CHECK_EQUAL(m->asked, 0);
	CHECK(memcmp(&m->canvas, &m->source, sizeof m->source) == 0);
	end(m);
}

/* A new window: what updates brought is not in the picture. */
static void test_canvas_new(void)
{
	struct model *m = begin();

	model_send_tiles(m, &dot);
	model_take_update(m);
	CHECK(m->exact);
	model_set_canvas(m, false);
	CHECK_EQUAL(m->asked, 0);
	model_set_canvas(m, true);
	CHECK(m->asked == 1 && !m->exact);
	model_send_tiles(m, &left);
	model_take_update(m);
	CHECK(!m->exact); /* whatever the server thinks */
	model_settle(m);
	model_send_tiles(m, &left);
	model_take_update(m);
	CHECK(m->exact);
	end(m);
}

/* Updates went by before there was anybody to take them. */
static void test_missed(void)
{
	struct model *m = calloc(1, sizeof *m);

	CHECK(m != NULL);
	model_init(m, 1);
	screen_miss(&m->screen, 2);
	CHECK_EQUAL(m->asked, 1);
	model_set_canvas(m, true);
	model_take_frame(m, false);
	model_send_tiles(m, &dot);
	model_take_update(m);
	CHECK(!m->exact); /* the picture is from before what went by */
	model_settle(m);
	model_send_tiles(m, &left);
	model_take_update(m);
	CHECK(m->exact);
	end(m);
}

/* The whole picture once more after parts of pictures; not where updates are on it. */
static void test_refine(void)
{
	struct model *m = begin();
	int64_t at;

	model_wait(m, SCREEN_REFINE_US);
	CHECK_EQUAL(m->shows, 1); /* the first was whole */
	model_send_frame(m, &dot);
	model_take_frame(m, false);
	at = m->refine_us;
	CHECK_EQUAL(at, m->now_us + SCREEN_REFINE_US);
	model_send_frame(m, &left);
	model_wait(m, 10000);
	model_take_frame(m, false);
	CHECK_EQUAL(m->refine_us, at);
	model_wait(m, SCREEN_REFINE_US);
	CHECK_EQUAL(m->shows, 4);
	CHECK(memcmp(&m->canvas, &m->source, sizeof m->source) == 0);
	model_send_frame(m, &dot);
	model_take_frame(m, false);
	model_send_tiles(m, &right);
	model_take_update(m);
	model_wait(m, SCREEN_REFINE_US);
	CHECK_EQUAL(m->shows, 5);
	model_send_frame(m, &dot);
	model_take_frame(m, false);
	CHECK_EQUAL(m->refine_us, 0);
	end(m);
}

/* Updates wait for their frame; a frame after them ends exactness. */
static void test_exact(void)
{
	struct model *m = begin();

	model_send_frame(m, &left);
	model_send_tiles(m, &dot);
	model_take_update(m);
	CHECK(m->acked_updates == 0 && !m->exact);
	model_take_frame(m, false);
	CHECK(m->acked_updates == 1 && m->exact && m->ack.flags == OSVDI_ACK_TILES &&
			m->ack.frame == 3);
	model_send_copy(m, &(struct rect){ 9, 2, 3, 3 }, 2, 2);
	model_take_update(m);
	CHECK(m->exact);
	model_send_tiles(m, &dot);
	model_send_frame(m, &left);
	model_take_frame(m, false);
	CHECK(!m->exact);
	model_take_update(m);
	CHECK(!m->exact);
	CHECK(memcmp(&m->canvas, &m->source, sizeof m->source) == 0);
	end(m);
}

/* A frame has painted on what was to be copied. */
static void test_spoilt(void)
{
	struct model *m = begin();

	model_send_copy(m, &(struct rect){ 9, 2, 3, 3 }, 2, 2);
	model_send_frame(m, &dot);
	model_take_frame(m, false);
	model_take_update(m);
	CHECK(m->asked == 1 && m->acked_updates == 1);
	model_send_tiles(m, &dot);
	model_take_update(m);
	CHECK(!m->exact);
	model_settle(m);
	end(m);
}

/* A copy that has been painted over needs no key frame. */
static void test_painted_over(void)
{
	struct model *m = begin();

	model_send_copy(m, &(struct rect){ 9, 2, 3, 3 }, 2, 2);
	model_send_key(m);
	model_take_frame(m, false);
	model_take_update(m);
	CHECK_EQUAL(m->asked, 0);
	CHECK(memcmp(&m->canvas, &m->source, sizeof m->source) == 0);
	end(m);
}

static void test_lost_frame(void)
{
	struct model *m = begin();

	model_send_frame(m, &left);
	model_send_frame(m, &dot);
	model_send_tiles(m, &dot);
	model_lose_frame(m);
	model_take_frame(m, false);
	model_take_update(m);
	CHECK(m->asked == 1 && !m->exact);
	model_settle(m);
	end(m);
}

/* A key frame from before what was lost does not bring that back. */
static void test_flood(void)
{
	struct model *m = begin();
	bool kept = true;
	unsigned n;

	model_send_key(m);
	for (n = 0; kept; n++) {
		struct update *u = calloc(1, sizeof *u);

		CHECK(u != NULL && n <= ORDER_MAX_UPDATES);
		u->number = m->number + 1 + n;
		u->after_frame = u->number - 1;
		kept = screen_take_update(&m->screen, u, m->now_us);
	}
	CHECK(n == ORDER_MAX_UPDATES + 1 && m->asked == 1);
	model_take_frame(m, false);
	m->number += n;
	model_send_tiles(m, &dot);
	m->updates[0]->after_frame = 2;
	model_take_update(m);
	CHECK(!m->exact);
	model_settle(m);
	model_send_tiles(m, &dot);
	model_take_update(m);
	CHECK(m->exact);
	end(m);
}

static void test_stop(void)
{
	struct model *m = begin();
	int32_t width, height;

	model_send_frame(m, &dot);
	model_take_frame(m, false);
	model_send_tiles(m, &dot);
	model_take_update(m);
	model_send_frame(m, &dot);
	model_send_tiles(m, &dot);
	model_take_update(m); /* waits */
	CHECK(m->exact && m->refine_us);
	model_stop(m);
	CHECK(!m->exact && !m->refine_us && !m->held);
	CHECK(!screen_get_size(&m->screen, &width, &height) && width == MODEL_W);
	CHECK_EQUAL(m->acked_updates, 1);
	model_settle(m);
	CHECK_EQUAL(m->firsts, 2);
	end(m);
}

/* A server without the SEI: whole pictures, and nobody to acknowledge them to. */
static void test_plain(void)
{
	struct model *m = begin();
	struct screen_picture p = { .width = MODEL_W, .height = MODEL_H,
			.info = { .frame = 9, .n_rects = 1 } };

	p.handle = calloc(1, sizeof(struct model_picture));
	m->held++;
	memset(p.handle, 7, sizeof(struct pixels));
	screen_take_picture(&m->screen, &p, false, m->now_us);
	CHECK(m->shows == 2 && m->dones == 2 && m->acked == 1);
	CHECK_EQUAL(m->canvas.at[11][15], 0x07070707);
	end(m);
}

/* All of a picture of another size is shown, whatever its rectangles are. */
static void test_size(void)
{
	struct model *m = begin();
	struct screen_picture p = { .width = 8, .height = 6, .has_info = true, .info = { .frame = 2,
		.flags = OSVDI_FRAME_PARTIAL, .n_rects = 1, .rects = { { 1, 1, 1, 1 } } } };
	int32_t width, height;

	p.handle = calloc(1, sizeof(struct model_picture));
	m->held++;
	memset(p.handle, 7, sizeof(struct pixels));
	screen_take_picture(&m->screen, &p, false, m->now_us);
	CHECK(screen_get_size(&m->screen, &width, &height) && width == 8 && height == 6);
	CHECK(m->canvas.at[0][0] == 0x07070707 && m->canvas.at[5][7] == 0x07070707);
	CHECK(m->canvas.at[6][0] != 0x07070707 && m->canvas.at[0][8] != 0x07070707);
	end(m);
}

static void test_damage(void)
{
	static const struct {
		bool has_info;
		uint8_t flags;
		int pixels;
	} cases[] = {
		{ false, 0, 100 * 50 }, { true, OSVDI_FRAME_KEY, 100 * 50 },
		{ true, OSVDI_FRAME_FULL, 100 * 50 },
		{ true, OSVDI_FRAME_REFINED, 100 * 50 }, { true, 0, 2 * 2 + 10 * 5 },
		{ true, OSVDI_FRAME_REPEAT, 2 * 2 + 10 * 5 },
		{ true, OSVDI_FRAME_KEY | OSVDI_FRAME_PARTIAL, 2 * 2 + 10 * 5 },
	};
	struct screen_picture p = { .width = 100, .height = 50, .info = { .n_rects = 2,
		.rects = { { 1, 1, 2, 2 }, { 90, 45, 900, 900 } } } };
	struct region region = { 0 };

	for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int n = 0;

		p.has_info = cases[i].has_info;
		p.info.flags = cases[i].flags;
		CHECK(screen_damage(&p, &region));
		for (uint32_t k = 0; k < region.n; k++)
			n += region.rects[k].width * region.rects[k].height;
		CHECK_EQUAL(n, cases[i].pixels);
	}
	region_finish(&region);
}

/* ---- any order ----------------------------------------------------------- */

static struct rect random_rect(struct model *m)
{
	struct rect r = { (int32_t)check_random(&m->seed, MODEL_W),
			(int32_t)check_random(&m->seed, MODEL_H), 0, 0 };

	r.width = 1 + (int32_t)check_random(&m->seed, (uint32_t)(MODEL_W - r.x));
	r.height = 1 + (int32_t)check_random(&m->seed, (uint32_t)(MODEL_H - r.y));
	return r;
}

static void random_send(struct model *m)
{
	struct rect r = random_rect(m);
	uint32_t kind = check_random(&m->seed, 8);

	if (m->n_frames >= MODEL_QUEUE - 2 || m->n_updates >= MODEL_QUEUE - 2)
		return;
	if (m->asked && kind < 2) {
		model_send_key(m);
		m->asked = 0;
	} else if (kind < 4) {
		model_send_frame(m, &r);
	} else if (kind < 6) {
		model_send_tiles(m, &r);
	} else {
		model_send_copy(m, &r, (int32_t)check_random(&m->seed,
				(uint32_t)(MODEL_W - r.width + 1)),
				(int32_t)check_random(&m->seed,
				(uint32_t)(MODEL_H - r.height + 1)));
	}
}

/* rare: how often the rare things happen, of 1000. */
static void random_step(struct model *m, uint32_t rare)
{
	if (check_random(&m->seed, 1000) < rare) {
		uint32_t what = check_random(&m->seed, 4);

		if (what == 0)
			model_stop(m);
		else if (what == 1 && m->n_frames)
			model_lose_frame(m);
		else
			model_set_canvas(m, what == 2);
		return;
	}
	switch (check_random(&m->seed, 4)) {
	case 0:
		random_send(m);
		break;
	case 1:
		if (m->n_frames)
			model_take_frame(m, m->n_frames > 1 && check_random(&m->seed, 2));
		break;
	case 2:
		if (m->n_updates)
			model_take_update(m);
		break;
	default:
		model_wait(m, check_random(&m->seed, 60000));
	}
}

static void play(uint64_t seed, uint32_t rare, unsigned *claims)
{
	struct model *m = calloc(1, sizeof *m);

	CHECK(m != NULL);
	model_init(m, seed);
	if (check_random(&m->seed, 2))
		model_set_canvas(m, true);
	for (int i = 0; i < 250; i++)
		random_step(m, rare);
	model_settle(m);
	*claims += m->claims;
	model_finish(m);
	free(m);
}

static void test_any_order(void)
{
	unsigned claims = 0;

	for (uint64_t seed = 1; seed <= 1500; seed++)
		play(seed, 0, &claims);
	CHECK(claims > 1500); /* it was exact often enough to tell */
}

static void test_trouble(void)
{
	unsigned claims = 0;

	for (uint64_t seed = 1; seed <= 1500; seed++)
		play(seed, 1 + (uint32_t)(seed % 60), &claims);
	CHECK(claims > 1500);
}

int main(void)
{
	static const struct check_case cases[] = {
		{ "the first picture", test_first },
		{ "pictures that are skipped", test_skip },
		{ "a canvas that comes late", test_canvas_late },
		{ "a new canvas", test_canvas_new },
		{ "updates that went by", test_missed },
		{ "the whole picture once more", test_refine },
		{ "exactness", test_exact },
		{ "a copy whose source is spoilt", test_spoilt },
		{ "a copy that was painted over", test_painted_over },
		{ "a frame that was lost", test_lost_frame },
		{ "a flood", test_flood },
		{ "stop and start", test_stop },
		{ "a server without the port", test_plain },
		{ "another size", test_size },
		{ "damage of a picture", test_damage },
		{ "any order ends at the server's picture", test_any_order },
		{ "so it does with lost frames, new canvases and connections", test_trouble },
	};

	return check_run(cases, sizeof cases / sizeof cases[0]);
}
