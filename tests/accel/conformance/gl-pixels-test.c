/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* The shaders that compare, remember, take and copy pixels give what the implementation for
 * memory gives, on random pictures: on any OpenGL ES 3 renderer. */
#include <errno.h>
#include <string.h>

#include <drm_fourcc.h>
#include <epoxy/gl.h>
#include <glib.h>

#include "frame/frame.h"
#include "gpu/gl-pixels.h"
#include "pixels/convert-cpu.h"
#include "pixels/pixels.h"

#define ROUNDS 12

static struct gl_device *device;

/* A format, as memory and as a texture have it. */
struct format {
	uint32_t fourcc;
	unsigned bytes;
	GLenum internal, format, type;
	uint32_t flip; /* changes all channels, in bits that 8-bit values have too */
	uint32_t low;  /* changes bits that 8-bit values lack; 0: there are none */
};

static const struct format formats[] = {
	{ DRM_FORMAT_XBGR8888, 4, GL_RGBA8, GL_RGBA, GL_UNSIGNED_BYTE, 0x818181, 0 },
	{ DRM_FORMAT_RGB565, 2, GL_RGB565, GL_RGB, GL_UNSIGNED_SHORT_5_6_5, 0x8410, 0 },
	{ DRM_FORMAT_XBGR2101010, 4, GL_RGB10_A2, GL_RGBA, GL_UNSIGNED_INT_2_10_10_10_REV,
		1u << 9 | 1u << 19 | 1u << 29, 1u | 1u << 10 | 3u << 20 },
};

/* The buffer, and the part that is shown. */
struct shape {
	uint32_t backing_width, backing_height;
	struct gl_view view;
};

static const struct shape shapes[] = {
	{ 320, 160, { 0, 0, 320, 160, false } },
	{ 203, 121, { 0, 0, 203, 121, false } },
	{ 203, 121, { 0, 0, 203, 121, true } },
	{ 331, 190, { 17, 5, 293, 171, false } },
	{ 331, 190, { 17, 5, 293, 171, true } },
	{ 16, 16, { 0, 0, 5, 3, true } },
};

/* Both implementations, and a model of what each has to say: B, G, R of the picture now and of
 * the remembered pixels. */
struct stage {
	const struct format *format;
	struct gl_view view;
	uint32_t backing_width, backing_height;
	uint8_t *buffer;
	GRand *random;
	struct spice_accel_frame *frame;
	struct pixels *memory;
	struct gl_pixels *gl;
	struct gl_texture texture;
	uint8_t *now, *was;
};

static size_t bgr_size(const struct stage *s)
{
	return (size_t)s->view.width * s->view.height * 3;
}

static struct spice_accel_rect whole(const struct stage *s)
{
	return (struct spice_accel_rect){ 0, 0, (int32_t)s->view.width, (int32_t)s->view.height };
}

static struct spice_accel_rect random_rect(struct stage *s)
{
	int32_t w = (int32_t)s->view.width, h = (int32_t)s->view.height;
	int32_t x = g_rand_int_range(s->random, 0, w), y = g_rand_int_range(s->random, 0, h);

	return (struct spice_accel_rect){ x, y, g_rand_int_range(s->random, 1, w - x + 1),
		g_rand_int_range(s->random, 1, h - y + 1) };
}

/* The bytes of a pixel of the view. */
static uint8_t *pixel_at(struct stage *s, uint32_t x, uint32_t y)
{
	uint32_t row = s->view.y + (s->view.y_flip ? s->view.height - 1 - y : y);

	return s->buffer + ((size_t)row * s->backing_width + s->view.x + x) * s->format->bytes;
}

/* The texture gets what memory has, and the model too. */
static void show(struct stage *s)
{
	const struct spice_accel_rect all = whole(s);

	glBindTexture(GL_TEXTURE_2D, s->texture.name);
	glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
	glTexImage2D(GL_TEXTURE_2D, 0, (GLint)s->format->internal, (GLsizei)s->backing_width,
			(GLsizei)s->backing_height, 0, s->format->format, s->format->type,
			s->buffer);
	g_assert_cmpuint(glGetError(), ==, GL_NO_ERROR);
	gl_pixels_show(s->gl, &s->texture, &s->view);
	pixels_show(s->memory, s->frame);
	g_assert_cmpint(convert_cpu_bgr(s->now, (int)s->view.width * 3, s->frame, &all), ==, 0);
}

static void change(struct stage *s, const struct spice_accel_rect *r, uint32_t bits)
{
	for (int32_t y = r->y; y < r->y + r->height; y++)
		for (int32_t x = r->x; x < r->x + r->width; x++) {
			uint8_t *pixel = pixel_at(s, (uint32_t)x, (uint32_t)y);
			uint32_t value = 0;

			memcpy(&value, pixel, s->format->bytes);
			value ^= bits;
			memcpy(pixel, &value, s->format->bytes);
		}
}

static struct spice_accel_frame *make_frame(struct stage *s)
{
	struct spice_accel_memory_params params = { .size = sizeof params, .width = s->view.width,
		.height = s->view.height, .fourcc = s->format->fourcc, .data = pixel_at(s, 0, 0),
		.stride = (int32_t)(s->backing_width * s->format->bytes) };
	struct spice_accel_frame *frame;

	if (s->view.y_flip)
		params.stride = -params.stride;
	g_assert_cmpint(spice_accel_frame_create_memory(&frame, &params), ==, 0);
	return frame;
}

static void remember(struct stage *s, const struct spice_accel_rect *r)
{
	pixels_remember(s->memory, r);
	for (int32_t y = r->y; y < r->y + r->height; y++) {
		size_t at = ((size_t)y * s->view.width + (size_t)r->x) * 3;

		memcpy(s->was + at, s->now + at, (size_t)r->width * 3);
	}
}

static void open_stage(struct stage *s, const struct format *format, const struct shape *shape)
{
	size_t size = (size_t)shape->backing_width * shape->backing_height * format->bytes;
	struct spice_accel_rect all;
	char why[512];

	*s = (struct stage){ .format = format, .view = shape->view,
		.backing_width = shape->backing_width, .backing_height = shape->backing_height,
		.buffer = g_malloc(size), .random = g_rand_new_with_seed(shape->backing_width) };
	for (size_t i = 0; i < size; i++)
		s->buffer[i] = (uint8_t)g_rand_int(s->random);
	s->frame = make_frame(s);
	s->now = g_malloc(bgr_size(s));
	s->was = g_malloc(bgr_size(s));
	g_assert_cmpint(pixels_create(&s->memory, s->frame), ==, 0);
	g_assert_cmpint(gl_pixels_create(&s->gl, device, s->view.width, s->view.height,
			format->fourcc, why, sizeof why), ==, 0);
	glGenTextures(1, &s->texture.name);
	glBindTexture(GL_TEXTURE_2D, s->texture.name);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	show(s);
	all = whole(s);
	remember(s, &all);
	g_assert_cmpint(gl_pixels_remember(s->gl, &all, 1), ==, 0);
}

static void close_stage(struct stage *s)
{
	gl_texture_finish(device, &s->texture);
	gl_pixels_destroy(s->gl);
	pixels_destroy(s->memory);
	spice_accel_frame_unref(s->frame);
	g_rand_free(s->random);
	g_free(s->buffer);
	g_free(s->now);
	g_free(s->was);
}

/* Each stage, with each format and shape. */
static void with_stages(void (*check)(struct stage *s))
{
	for (unsigned f = 0; f < G_N_ELEMENTS(formats); f++)
		for (unsigned i = 0; i < G_N_ELEMENTS(shapes); i++) {
			struct stage s;

			open_stage(&s, &formats[f], &shapes[i]);
			check(&s);
			close_stage(&s);
		}
}

static struct gl_pixels_span everything(const struct stage *s)
{
	return (struct gl_pixels_span){ 0, 0, s->memory->blocks.columns, s->memory->blocks.rows };
}

/* How a block differs, by the model. */
static struct gl_pixels_difference difference(const struct stage *s, uint32_t column, uint32_t row,
		int32_t dx, int32_t dy)
{
	int32_t x0 = (int32_t)column * 16, y0 = (int32_t)row * 16, w = (int32_t)s->view.width;
	int32_t x1 = MIN(x0 + 16, w), y1 = MIN(y0 + 16, (int32_t)s->view.height);
	struct gl_pixels_difference d = { 0, 0 };

	if (x0 < dx || y0 < dy || x1 - dx > w || y1 - dy > (int32_t)s->view.height)
		return (struct gl_pixels_difference){ 0xffff, 0xffff };
	for (int32_t y = y0; y < y1; y++)
		for (int32_t x = x0; x < x1; x++)
			if (memcmp(s->now + (y * w + x) * 3,
					s->was + ((y - dy) * w + x - dx) * 3, 3)) {
				d.rows |= (uint16_t)(1u << (y - y0));
				d.columns |= (uint16_t)(1u << (x - x0));
			}
	return d;
}

static void check_differences(struct stage *s, int32_t dx, int32_t dy)
{
	const struct gl_pixels_span all = everything(s);
	g_autofree struct gl_pixels_difference *found = g_new0(struct gl_pixels_difference,
			blocks_count(&s->memory->blocks));

	g_assert_cmpint(gl_pixels_compare(s->gl, &all, dx, dy, found), ==, 0);
	for (uint32_t y = 0; y < all.y1; y++)
		for (uint32_t x = 0; x < all.x1; x++) {
			struct gl_pixels_difference expected = difference(s, x, y, dx, dy);
			struct gl_pixels_difference is = found[y * all.x1 + x];

			g_assert_cmphex(is.rows, ==, expected.rows);
			g_assert_cmphex(is.columns, ==, expected.columns);
		}
}

/* The same answers as memory's, about whole blocks and about sampled rows. */
static void check_answers(struct stage *s, enum pixels_ask question, uint16_t rows)
{
	const struct gl_pixels_span all = everything(s);
	const struct tile_span span = { 0, 0, all.x1, all.y1 };
	size_t n = blocks_count(&s->memory->blocks);
	g_autofree struct gl_pixels_difference *found = g_new0(struct gl_pixels_difference, n);
	g_autofree uint8_t *ask = g_malloc(n), *answer = g_malloc(n);

	memset(ask, question, n);
	g_assert_cmpint(gl_pixels_compare(s->gl, &all, 0, 0, found), ==, 0);
	pixels_changed(s->memory, &span, ask, answer);
	for (size_t i = 0; i < n; i++)
		g_assert_cmpint((found[i].rows & rows) != 0, ==, answer[i]);
}

static void check_compare(struct stage *s)
{
	check_differences(s, 0, 0);
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct spice_accel_rect r = random_rect(s);

		if (i % 2)
			r.width = r.height = 1;
		change(s, &r, s->format->flip);
		show(s);
		check_differences(s, 0, 0);
		check_answers(s, PIXELS_COMPARE, 0xffff);
		r = random_rect(s);
		remember(s, &r);
		g_assert_cmpint(gl_pixels_remember(s->gl, &r, 1), ==, 0);
		check_differences(s, 0, 0);
	}
	/* Memory remembers what it sampled. */
	check_answers(s, PIXELS_SAMPLE, 0x1111);
}

/* Blocks outside of the span keep their answers. */
static void check_span(struct stage *s)
{
	const struct gl_pixels_span all = everything(s), part = { all.x1 / 3, all.y1 / 4,
		(all.x1 + 1) / 2, (all.y1 + 2) / 3 }, none = { 1, 1, 1, 1 };
	const struct gl_pixels_difference mark = { 0xabcd, 0x1234 };
	const struct spice_accel_rect everywhere = whole(s);
	g_autofree struct gl_pixels_difference *found = g_new0(struct gl_pixels_difference,
			blocks_count(&s->memory->blocks));

	change(s, &everywhere, s->format->flip);
	show(s);
	for (size_t i = 0; i < blocks_count(&s->memory->blocks); i++)
		found[i] = mark;
	g_assert_cmpint(gl_pixels_compare(s->gl, &part, 0, 0, found), ==, 0);
	g_assert_cmpint(gl_pixels_compare(s->gl, &none, 0, 0, found), ==, 0);
	for (uint32_t y = 0; y < all.y1; y++)
		for (uint32_t x = 0; x < all.x1; x++) {
			bool in = x >= part.x0 && x < part.x1 && y >= part.y0 && y < part.y1;
			struct gl_pixels_difference expected =
					in ? difference(s, x, y, 0, 0) : mark;

			g_assert_cmphex(found[y * all.x1 + x].rows, ==, expected.rows);
			g_assert_cmphex(found[y * all.x1 + x].columns, ==, expected.columns);
		}
}

static void check_moved(struct stage *s)
{
	static const int32_t by[][2] = { { 0, 16 }, { 0, -3 }, { 7, 0 }, { -16, 5 }, { 300, 0 },
		{ 0, -170 } };

	for (unsigned i = 0; i < G_N_ELEMENTS(by); i++)
		check_differences(s, by[i][0], by[i][1]);
}

/* Only blocks that were chosen are remembered, each as a whole. */
static void check_blocks(struct stage *s)
{
	const struct gl_pixels_span all = everything(s);
	const struct spice_accel_rect everywhere = whole(s);
	g_autofree uint8_t *map = g_malloc0(blocks_count(&s->memory->blocks));

	change(s, &everywhere, s->format->flip);
	show(s);
	for (uint32_t y = 0; y < all.y1; y++)
		for (uint32_t x = 0; x < all.x1; x++) {
			struct spice_accel_rect block = blocks_cut(&everywhere, x, x + 1, y);

			map[y * all.x1 + x] = g_rand_boolean(s->random);
			if (map[y * all.x1 + x])
				remember(s, &block);
		}
	g_assert_cmpint(gl_pixels_remember_blocks(s->gl, &all, map), ==, 0);
	check_differences(s, 0, 0);
}

/* The bytes that are taken are memory's, and the same bytes are remembered. */
static void check_take(struct stage *s)
{
	const struct spice_accel_rect everywhere = whole(s);

	for (unsigned i = 0; i < ROUNDS; i++) {
		unsigned n = (unsigned)g_rand_int_range(s->random, 0, 5);
		struct spice_accel_rect rects[5];
		g_autofree uint8_t *found = g_malloc(bgr_size(s) * 5);
		g_autofree uint8_t *expected = g_malloc(bgr_size(s));
		const uint8_t *at = found;
		uint64_t before = gl_pixels_counts(s->gl).pixels;

		change(s, &everywhere, s->format->flip);
		show(s);
		for (unsigned k = 0; k < n; k++)
			rects[k] = random_rect(s);
		g_assert_cmpint(gl_pixels_take(s->gl, rects, n, found), ==, 0);
		for (unsigned k = 0; k < n; k++) {
			size_t size = (size_t)rects[k].width * (size_t)rects[k].height * 3;

			g_assert_cmpint(pixels_take(s->memory, &rects[k], 1, expected), ==, 0);
			g_assert_cmpint(memcmp(at, expected, size), ==, 0);
			remember(s, &rects[k]);
			at += size;
		}
		g_assert_cmpuint(gl_pixels_counts(s->gl).pixels - before, ==,
				(uint64_t)(at - found));
		check_differences(s, 0, 0);
	}
}

/* Copies in any direction, also over themselves. */
static void check_copy(struct stage *s)
{
	g_autofree uint8_t *before = g_malloc(bgr_size(s));
	int32_t w = (int32_t)s->view.width;

	for (unsigned i = 0; i < ROUNDS; i++) {
		struct spice_accel_rect to = random_rect(s), from = random_rect(s);
		int32_t dx = to.x - from.x, dy = to.y - from.y;

		to.width = MIN(to.width, from.width);
		to.height = MIN(to.height, from.height);
		g_assert_cmpint(gl_pixels_copy(s->gl, &to, dx, dy), ==, 0);
		pixels_copy(s->memory, &to, dx, dy);
		memcpy(before, s->was, bgr_size(s));
		for (int32_t y = to.y; y < to.y + to.height; y++)
			memcpy(s->was + (y * w + to.x) * 3, before + ((y - dy) * w + to.x - dx) * 3,
					(size_t)to.width * 3);
		check_differences(s, 0, 0);
		check_answers(s, PIXELS_COMPARE, 0xffff);
	}
}

/* Bits that no viewer is sent are no change. */
static void check_low_bits(struct stage *s)
{
	const struct spice_accel_rect all = whole(s);

	if (!s->format->low)
		return;
	for (uint32_t y = 0; y < s->view.height; y++)
		for (uint32_t x = 0; x < s->view.width; x++)
			memset(pixel_at(s, x, y), 0, s->format->bytes);
	show(s);
	remember(s, &all);
	g_assert_cmpint(gl_pixels_remember(s->gl, &all, 1), ==, 0);
	change(s, &all, s->format->low);
	show(s);
	check_differences(s, 0, 0);
	g_assert_cmpmem(s->now, bgr_size(s), s->was, bgr_size(s));
}

static void test_compare(void)
{
	with_stages(check_compare);
}

static void test_span(void)
{
	with_stages(check_span);
}

static void test_moved(void)
{
	with_stages(check_moved);
}

static void test_blocks(void)
{
	with_stages(check_blocks);
}

static void test_take(void)
{
	with_stages(check_take);
}

static void test_copy(void)
{
	with_stages(check_copy);
}

static void test_low_bits(void)
{
	with_stages(check_low_bits);
}

/* The largest message is taken, and nothing beyond it. */
static void test_limits(void)
{
	const struct shape shape = { 1024, 300, { 0, 0, 1024, 300, false } };
	struct spice_accel_rect most = { 0, 10, 1024, 256 }, more = { 0, 10, 1024, 257 };
	struct spice_accel_rect many[GL_PIXELS_TAKE_RECTS + 1];
	g_autofree uint8_t *found = g_malloc(1024 * 257 * 3), *expected = g_malloc(1024 * 257 * 3);
	struct stage s;

	open_stage(&s, &formats[0], &shape);
	g_assert_cmpint(gl_pixels_take(s.gl, &more, 1, found), ==, -ENOSPC);
	g_assert_cmpint(gl_pixels_take(s.gl, &most, 1, found), ==, 0);
	g_assert_cmpint(pixels_take(s.memory, &most, 1, expected), ==, 0);
	g_assert_cmpmem(found, 1024 * 256 * 3, expected, 1024 * 256 * 3);
	for (unsigned i = 0; i < G_N_ELEMENTS(many); i++)
		many[i] = (struct spice_accel_rect){ (int32_t)i * 3, (int32_t)i, 61, 67 };
	g_assert_cmpint(gl_pixels_take(s.gl, many, GL_PIXELS_TAKE_RECTS + 1, found), ==, -ENOSPC);
	g_assert_cmpint(gl_pixels_take(s.gl, many, GL_PIXELS_TAKE_RECTS, found), ==, 0);
	for (unsigned i = 0; i < GL_PIXELS_TAKE_RECTS; i++) {
		g_assert_cmpint(pixels_take(s.memory, &many[i], 1, expected), ==, 0);
		g_assert_cmpmem(found + i * 61 * 67 * 3, 61 * 67 * 3, expected, 61 * 67 * 3);
	}
	close_stage(&s);
}

int main(int argc, char **argv)
{
	char why[512];
	int ret;

	g_test_init(&argc, &argv, NULL);
	if (gl_device_open(&device, -1, why, sizeof why) < 0) {
		g_print("1..0 # SKIP no OpenGL here: %s\n", why);
		return 0;
	}
	g_test_add_func("/gl-pixels/compare", test_compare);
	g_test_add_func("/gl-pixels/span", test_span);
	g_test_add_func("/gl-pixels/moved", test_moved);
	g_test_add_func("/gl-pixels/blocks", test_blocks);
	g_test_add_func("/gl-pixels/take", test_take);
	g_test_add_func("/gl-pixels/copy", test_copy);
	g_test_add_func("/gl-pixels/low-bits", test_low_bits);
	g_test_add_func("/gl-pixels/limits", test_limits);
	ret = g_test_run();
	gl_device_close(device);
	return ret;
}
