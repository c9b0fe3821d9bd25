/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "screen-model.h"

#include <string.h>

#include "check.h"

static void copy_rect(struct pixels *to, const struct pixels *from, const struct rect *r)
{
	for (int y = r->y; y < r->y + r->height; y++)
		for (int x = r->x; x < r->x + r->width; x++)
			to->at[y][x] = from->at[y][x];
}

static bool equal(const struct pixels *a, const struct pixels *b)
{
	return memcmp(a, b, sizeof *a) == 0;
}

/* ---- the viewer's ops ---------------------------------------------------- */

static int64_t show(void *opaque, const struct screen_picture *picture, const struct region *region)
{
	const struct model_picture *p = picture->handle;
	struct model *m = opaque;
	uint32_t i;

	for (i = 0; i < region->n; i++)
		copy_rect(&m->canvas, &p->pixels, &region->rects[i]);
	m->shows++;
	return ++m->now_us;
}

static int64_t put(void *opaque, const struct update *update, const struct region *region)
{
	struct model *m = opaque;
	const struct update_canvas canvas = { (uint8_t *)m->canvas.at, MODEL_W * 4, MODEL_W,
			MODEL_H };

	CHECK(!region_is_empty(region));
	update_paint(update, region, &canvas);
	m->puts++;
	return ++m->now_us;
}

static void release(void *opaque, void *handle)
{
	struct model *m = opaque;

	free(handle);
	m->held--;
}

static void acknowledge(void *opaque, const struct osvdi_ack *ack)
{
	struct model *m = opaque;

	CHECK_EQUAL(ack->display, 3);
	CHECK((ack->flags & OSVDI_ACK_DROPPED) ? !ack->presented_us :
			ack->presented_us >= ack->received_us);
	m->ack = *ack;
	if (ack->flags & OSVDI_ACK_TILES)
		m->acked_updates++;
	else
		m->acked++;
}

static void ask_key_frame(void *opaque)
{
	struct model *m = opaque;

	m->asked++;
}

static void picture_done(void *opaque, const struct screen_picture *picture, int64_t presented_us)
{
	struct model *m = opaque;

	m->dones++;
	m->drops += !presented_us;
}

/* Who says that the canvas equals its source has to be right. */
static void update_done(void *opaque, const struct update *update, int64_t presented_us, bool exact)
{
	struct model *m = opaque;

	CHECK_EQUAL(exact, m->exact);
	if (!exact)
		return;
	m->claims++;
	CHECK(equal(&m->canvas, &m->sources[update->number % MODEL_NUMBERS]));
}

static void exact_changed(void *opaque, bool exact)
{
	struct model *m = opaque;

	CHECK(m->exact != exact);
	m->exact = exact;
}

static void first_shown(void *opaque)
{
	struct model *m = opaque;

	m->firsts++;
}

static void refine_at(void *opaque, int64_t at_us)
{
	struct model *m = opaque;

	m->refine_us = at_us;
}

static const struct screen_ops ops = {
	.show = show,
	.put = put,
	.release = release,
	.acknowledge = acknowledge,
	.ask_key_frame = ask_key_frame,
	.picture_done = picture_done,
	.update_done = update_done,
	.exact_changed = exact_changed,
	.first_shown = first_shown,
	.refine_at = refine_at,
};

/* ---- the server ---------------------------------------------------------- */

static void draw(struct model *m, const struct rect *r)
{
	for (int y = r->y; y < r->y + r->height; y++)
		for (int x = r->x; x < r->x + r->width; x++)
			m->source.at[y][x] = ++m->colour;
}

static struct model_picture *new_frame(struct model *m)
{
	struct model_picture *p = calloc(1, sizeof *p);

	CHECK(p != NULL && m->n_frames < MODEL_QUEUE);
	p->info.frame = m->frame = ++m->number;
	m->frames[m->n_frames++] = p;
	return p;
}

void model_send_frame(struct model *m, const struct rect *r)
{
	struct model_picture *p = new_frame(m);

	draw(m, r);
	copy_rect(&m->encoded, &m->source, r);
	p->info.flags = OSVDI_FRAME_PARTIAL;
	p->info.n_rects = 1;
	p->info.rects[0] = (struct osvdi_rect){ (uint16_t)r->x, (uint16_t)r->y, (uint16_t)r->width,
		(uint16_t)r->height };
	p->pixels = m->encoded;
}

void model_send_key(struct model *m)
{
	struct model_picture *p = new_frame(m);

	p->info.flags = OSVDI_FRAME_KEY | OSVDI_FRAME_FULL;
	p->pixels = m->encoded = m->source;
}

static struct update *new_update(struct model *m, enum update_kind kind, const struct rect *r)
{
	struct update *u = calloc(1, sizeof *u);

	CHECK(u != NULL && m->n_updates < MODEL_QUEUE);
	u->kind = kind;
	u->number = ++m->number;
	u->after_frame = m->frame;
	u->change = u->exact = true;
	u->received_us = m->now_us;
	u->n_rects = 1;
	u->rects[0] = *r;
	return u;
}

static void send_update(struct model *m, struct update *u)
{
	m->sources[u->number % MODEL_NUMBERS] = m->source;
	m->updates[m->n_updates++] = u;
}

void model_send_tiles(struct model *m, const struct rect *r)
{
	struct update *u = new_update(m, UPDATE_TILES, r);
	uint32_t *pixels = calloc((size_t)r->width * (size_t)r->height, sizeof *pixels);

	CHECK(pixels != NULL);
	draw(m, r);
	u->n_pixels = (size_t)r->width * (size_t)r->height;
	u->pixels = (uint8_t *)pixels;
	for (int y = 0; y < r->height; y++)
		for (int x = 0; x < r->width; x++)
			*pixels++ = m->source.at[r->y + y][r->x + x];
	send_update(m, u);
}

void model_send_copy(struct model *m, const struct rect *to, int32_t from_x, int32_t from_y)
{
	struct update *u = new_update(m, UPDATE_COPY, to);
	struct pixels before = m->source;

	u->from_x = from_x;
	u->from_y = from_y;
	for (int y = 0; y < to->height; y++)
		for (int x = 0; x < to->width; x++)
			m->source.at[to->y + y][to->x + x] = before.at[from_y + y][from_x + x];
	send_update(m, u);
}

/* ---- what happens -------------------------------------------------------- */

static struct model_picture *next_frame(struct model *m)
{
	struct model_picture *p = m->frames[0];

	m->n_frames--;
	memmove(m->frames, m->frames + 1, m->n_frames * sizeof *m->frames);
	return p;
}

void model_take_frame(struct model *m, bool another_waits)
{
	struct screen_picture picture = { .width = MODEL_W, .height = MODEL_H, .has_info = true,
		.received_us = m->now_us, .decoded_us = m->now_us };
	struct model_picture *p = next_frame(m);

	picture.handle = p;
	picture.info = p->info;
	m->held++;
	screen_take_picture(&m->screen, &picture, another_waits, m->now_us);
}

void model_take_update(struct model *m)
{
	struct update *u = m->updates[0];

	m->n_updates--;
	memmove(m->updates, m->updates + 1, m->n_updates * sizeof *m->updates);
	CHECK(screen_take_update(&m->screen, u, m->now_us));
}

void model_lose_frame(struct model *m)
{
	free(next_frame(m));
	screen_lose(&m->screen);
}

void model_wait(struct model *m, int64_t us)
{
	m->now_us += us;
	if (m->refine_us && m->now_us >= m->refine_us) {
		m->refine_us = 0;
		screen_refine(&m->screen);
	}
}

/* A canvas that is new has nothing on it. */
void model_set_canvas(struct model *m, bool there)
{
	memset(&m->canvas, 0xee, sizeof m->canvas);
	screen_set_canvas(&m->screen, there, m->now_us);
}

static void drop_queues(struct model *m)
{
	while (m->n_frames)
		free(m->frames[--m->n_frames]);
	while (m->n_updates)
		update_free(m->updates[--m->n_updates]);
}

void model_stop(struct model *m)
{
	drop_queues(m);
	m->asked = 0;
	m->number = m->frame = 0;
	screen_stop(&m->screen);
	screen_start(&m->screen);
	model_send_key(m);
}

void model_settle(struct model *m)
{
	int rounds;

	if (!m->screen.there)
		model_set_canvas(m, true);
	for (rounds = 0; m->n_frames || m->n_updates || m->asked; rounds++) {
		CHECK(rounds < 1000);
		while (m->n_frames)
			model_take_frame(m, m->n_frames > 1);
		while (m->n_updates)
			model_take_update(m);
		if (m->asked)
			model_send_key(m);
		m->asked = 0;
	}
	CHECK(equal(&m->canvas, &m->source));
}

void model_init(struct model *m, uint64_t seed)
{
	memset(m, 0, sizeof *m);
	m->seed = seed;
	m->now_us = 1000000;
	screen_init(&m->screen, 3, &ops, m);
	screen_start(&m->screen);
	model_send_key(m);
}

void model_finish(struct model *m)
{
	drop_queues(m);
	screen_finish(&m->screen);
	CHECK_EQUAL(m->held, 0);
}
