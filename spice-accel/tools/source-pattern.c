/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/*
 * A desktop that never was: windows with text over a gradient, moved in ways
 * that load an encoder differently. Deterministic.
 *
 *   pan     the whole screen moves
 *   noise   the same, with grain as a camera has it
 *   window  one window of 640x480 moves over a still desktop
 *   scroll  a page of text in a window of 1200x900 rests and scrolls, in turns
 *   typing  a block of 16x16 pixels changes ten times a second
 *   idle    nothing changes
 */
#include <stdlib.h>
#include <string.h>

#include <glib-unix.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "source.h"

#define MARGIN 512u /* of the desktop around the screen */
#define SCROLL_WIDTH 1200
#define SCROLL_HEIGHT 900
#define SCROLL_STEP 8u
#define SCROLL_REST 60u /* pictures */
#define SCROLL_MOVE 120u
#define TYPING_X 400u
#define TYPING_Y 400u
#define TYPING_US 100000u

enum scene {
	SCENE_PAN,
	SCENE_NOISE,
	SCENE_WINDOW,
	SCENE_SCROLL,
	SCENE_TYPING,
	SCENE_IDLE,
};

struct pattern {
	struct source base;
	struct source_params params;
	enum scene scene;
	struct source_picture picture;
	uint32_t *desktop; /* (width + MARGIN) x (height + MARGIN) */
	uint32_t desktop_width;
	uint32_t number;   /* of the picture */
	uint32_t scrolled; /* steps */
	struct spice_accel_rect window; /* the place where it was drawn last */
	int timer_fd;
	guint source_id;
	bool visible; /* the first picture was given */
};

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* ---- the desktop -------------------------------------------------------- */

static void draw_background(struct pattern *p, uint32_t width, uint32_t height, bool grain)
{
	uint32_t seed = 12345;

	for (uint32_t y = 0; y < height; y++)
		for (uint32_t x = 0; x < width; x++) {
			uint32_t r = 60 + x * 120 / width, g = 90 + y * 100 / height;
			uint32_t b = 140 + (x + y) * 60 / (width + height);

			if (grain) {
				r += next_random(&seed) % 17 - 8;
				g += next_random(&seed) % 17 - 8;
				b += next_random(&seed) % 17 - 8;
			}
			p->desktop[y * width + x] = (r & 255) << 16 | (g & 255) << 8 | (b & 255);
		}
}

static void draw_glyph(struct pattern *p, uint32_t x, uint32_t y, uint32_t colour, uint32_t *seed)
{
	for (uint32_t row = 0; row < 11; row++) {
		uint32_t bits = next_random(seed) & next_random(seed);

		for (uint32_t column = 0; column < 6; column++)
			if (bits >> column & 1)
				p->desktop[(y + row) * p->desktop_width + x + column] = colour;
	}
}

static void draw_window(struct pattern *p, uint32_t x, uint32_t y, uint32_t width, uint32_t height,
		bool dark, uint32_t *seed)
{
	uint32_t back = dark ? 0x202830 : 0xf4f4f4, ink = dark ? 0xd0e0d0 : 0x101010;

	for (uint32_t row = y; row < y + height; row++)
		for (uint32_t column = x; column < x + width; column++)
			p->desktop[row * p->desktop_width + column] = row < y +
					24 ? 0x3060b0 : back;
	for (uint32_t row = y + 32; row + 14 < y + height; row += 16)
		for (uint32_t column = x + 8; column + 8 < x + width; column += 8)
			if (next_random(seed) % 6)
				draw_glyph(p, column, row, ink, seed);
}

static void draw_desktop(struct pattern *p)
{
	uint32_t width = p->desktop_width, height = p->picture.height + MARGIN, seed = 99;
	unsigned windows = p->scene == SCENE_NOISE ? 5 : 14;

	draw_background(p, width, height, p->scene == SCENE_NOISE);
	if (p->scene == SCENE_SCROLL) {
		draw_window(p, 0, 0, width, height, false, &seed);
		return;
	}
	for (unsigned i = 0; i < windows; i++) {
		uint32_t w = 300 + next_random(&seed) % 400, h = 200 + next_random(&seed) % 220;

		w = w < width / 2 ? w : width / 2;
		h = h < height / 2 ? h : height / 2;
		draw_window(p, next_random(&seed) % (width - w), next_random(&seed) % (height - h),
				w, h, i % 2 == 0, &seed);
	}
}

/* ---- scenes ------------------------------------------------------------- */

static void copy_desktop(struct pattern *p, const struct spice_accel_rect *to, uint32_t from_x,
		uint32_t from_y)
{
	for (int32_t row = 0; row < to->height; row++)
		memcpy(p->picture.pixels + (uint32_t)(to->y + row) * p->picture.width + to->x,
				p->desktop + (from_y + (uint32_t)row) * p->desktop_width + from_x,
				(size_t)to->width * 4);
}

static void draw_marks(struct pattern *p)
{
	if (p->picture.width < MARKS_X + MARKS_WIDTH || p->picture.height < 4 * MARKS_TOP)
		return;
	marks_draw(p->picture.pixels, p->picture.width, MARKS_TOP, p->number);
	marks_draw(p->picture.pixels, p->picture.width,
			p->picture.height - MARKS_TOP - MARKS_EDGE, p->number);
}

static void add(struct pattern *p, struct damage *damage, const struct spice_accel_rect *rect)
{
	damage_add(damage, rect, p->picture.width, p->picture.height);
}

static void step_pan(struct pattern *p, struct damage *damage)
{
	struct spice_accel_rect all = { 0, 0, (int32_t)p->picture.width,
			(int32_t)p->picture.height };

	copy_desktop(p, &all, marks_bounce(p->number, 4, MARGIN - 1),
			marks_bounce(p->number, 2, MARGIN - 1));
	draw_marks(p);
	add(p, damage, &all);
}

static void step_window(struct pattern *p, struct damage *damage)
{
	uint32_t x, y;

	if (!marks_window_fits(p->picture.width, p->picture.height)) {
		step_pan(p, damage);
		return;
	}
	copy_desktop(p, &p->window, (uint32_t)p->window.x, (uint32_t)p->window.y);
	add(p, damage, &p->window);
	marks_window(p->number, p->picture.width, p->picture.height, &x, &y);
	p->window = (struct spice_accel_rect){ (int32_t)x, (int32_t)y, MARKS_WINDOW_WIDTH,
			MARKS_WINDOW_HEIGHT };
	copy_desktop(p, &p->window, 100, 100);
	marks_draw_at(p->picture.pixels, p->picture.width, x + MARKS_WINDOW_X, y + MARKS_WINDOW_Y,
			MARKS_WINDOW_EDGE, p->number);
	add(p, damage, &p->window);
}

/* The mark is a line of its own above, as a browser's title is. */
static void step_scroll(struct pattern *p, struct damage *damage)
{
	struct spice_accel_rect marks = { MARKS_X, MARKS_TOP, MARKS_WIDTH, MARKS_EDGE };
	struct spice_accel_rect page = { MARKS_X, MARKS_WINDOW_ROOM, SCROLL_WIDTH, SCROLL_HEIGHT };

	if (p->number % (SCROLL_REST + SCROLL_MOVE) < SCROLL_REST)
		return;
	page.width = MIN(page.width, (int32_t)p->picture.width - page.x);
	page.height = MIN(page.height, (int32_t)p->picture.height - page.y);
	copy_desktop(p, &page, MARKS_X, MARKS_WINDOW_ROOM + marks_bounce(++p->scrolled, SCROLL_STEP,
			MARGIN - 1));
	marks_draw(p->picture.pixels, p->picture.width, MARKS_TOP, p->number);
	add(p, damage, &page);
	add(p, damage, &marks);
}

static void step_typing(struct pattern *p, struct damage *damage)
{
	struct spice_accel_rect block = { TYPING_X, TYPING_Y, 2 * MARKS_SMALL_EDGE,
			2 * MARKS_SMALL_EDGE };

	marks_draw_small(p->picture.pixels, p->picture.width, TYPING_X, TYPING_Y, p->number);
	add(p, damage, &block);
}

static void step(struct pattern *p, struct damage *damage)
{
	switch (p->scene) {
	case SCENE_PAN:
	case SCENE_NOISE:
		step_pan(p, damage);
		break;
	case SCENE_WINDOW:
		step_window(p, damage);
		break;
	case SCENE_SCROLL:
		step_scroll(p, damage);
		break;
	case SCENE_TYPING:
		step_typing(p, damage);
		break;
	case SCENE_IDLE:
		break;
	}
}

static void stamp(struct pattern *p, uint64_t now)
{
	struct marks_table *marks = p->params.marks;

	if (!marks)
		return;
	marks->width = p->picture.width;
	marks->height = p->picture.height;
	marks->made_us[p->number % MARKS_TABLE] = now;
	__sync_synchronize();
	marks->last = p->number;
}

static gboolean on_tick(gint fd, GIOCondition condition, gpointer data)
{
	struct pattern *p = data;
	struct damage damage = { 0 };
	uint64_t ticks, now;

	if (read(fd, &ticks, sizeof ticks) < 0)
		return G_SOURCE_CONTINUE;
	p->number++;
	step(p, &damage);
	now = clock_now_us();
	if (damage_is_empty(&damage))
		return G_SOURCE_CONTINUE;
	stamp(p, now);
	p->params.sink.damaged(p->params.sink.opaque, &damage, now);
	return G_SOURCE_CONTINUE;
}

/* ---- life --------------------------------------------------------------- */

static bool parse_scene(const char *name, enum scene *scene)
{
	static const char *const names[] = { "pan", "noise", "window", "scroll", "typing", "idle" };

	for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
		if (!g_strcmp0(name ? name : "pan", names[i])) {
			*scene = (enum scene)i;
			return true;
		}
	return false;
}

static void make_picture(struct pattern *p, uint32_t width, uint32_t height)
{
	struct spice_accel_rect all = { 0, 0, (int32_t)width, (int32_t)height };

	g_free(p->desktop);
	p->picture.width = width;
	p->picture.height = height;
	p->picture.stride = width * 4;
	p->picture.pixels = g_malloc0((gsize)width * height * 4);
	p->desktop_width = width + MARGIN;
	p->desktop = g_malloc0((gsize)p->desktop_width * (height + MARGIN) * 4);
	p->window = (struct spice_accel_rect){ 0, 0, 0, 0 };
	draw_desktop(p);
	copy_desktop(p, &all, 0, 0);
	if (p->scene == SCENE_TYPING)
		marks_draw_small(p->picture.pixels, width, TYPING_X, TYPING_Y, p->number);
	else if (p->scene != SCENE_WINDOW)
		draw_marks(p);
	stamp(p, clock_now_us());
}

static void pattern_resize(struct source *base, uint32_t width, uint32_t height)
{
	struct pattern *p = (struct pattern *)base;
	uint32_t *old = p->picture.pixels;

	if (width < 64 || height < 64 || width > 8192 || height > 8192 ||
			(width == p->picture.width && height == p->picture.height) ||
			(p->scene == SCENE_TYPING &&
			(width < TYPING_X + 64 || height < TYPING_Y + 64)))
		return;
	make_picture(p, width, height);
	p->params.sink.picture(p->params.sink.opaque, &p->picture);
	g_free(old);
}

static void pattern_destroy(struct source *base)
{
	struct pattern *p = (struct pattern *)base;

	if (p->source_id)
		g_source_remove(p->source_id);
	if (p->timer_fd >= 0)
		close(p->timer_fd);
	g_free(p->picture.pixels);
	g_free(p->desktop);
	g_free(p);
}

static struct source *pattern_create(const struct source_params *params, GError **error)
{
	struct pattern *p = g_new0(struct pattern, 1);
	uint64_t period_ns;
	struct itimerspec every;

	p->base.impl = &source_pattern;
	p->params = *params;
	p->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (!parse_scene(params->argument, &p->scene)) {
		g_set_error(error, SOURCE_ERROR, 0,
				"there is no scene \"%s\" (pan, noise, window, scroll, typing, "
				"idle)",
				params->argument);
		pattern_destroy(&p->base);
		return NULL;
	}
	p->number = 1;
	make_picture(p, params->width, params->height);
	period_ns = p->scene == SCENE_TYPING ? TYPING_US * 1000u : 1000000000u / params->fps;
	every.it_interval = (struct timespec){ (time_t)(period_ns / 1000000000u),
			(long)(period_ns % 1000000000u) };
	every.it_value = every.it_interval;
	if (p->scene != SCENE_IDLE)
		timerfd_settime(p->timer_fd, 0, &every, NULL);
	p->source_id = g_unix_fd_add(p->timer_fd, G_IO_IN, on_tick, p);
	params->sink.picture(params->sink.opaque, &p->picture);
	return &p->base;
}

const struct source_impl source_pattern = {
	.name = "pattern",
	.create = pattern_create,
	.destroy = pattern_destroy,
	.resize = pattern_resize,
};
