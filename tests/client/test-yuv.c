/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "media/yuv.h"

#include <glib.h>
#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Memory whose end is the end of what may be read: a byte further is a crash. */
struct edge {
	uint8_t *map;
	size_t whole, size;
};

static struct edge edge_new(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct edge e = { .whole = (size + page - 1) / page * page + page, .size = size };

	e.map = mmap(NULL, e.whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	g_assert_true(e.map != MAP_FAILED);
	g_assert_cmpint(mprotect(e.map + e.whole - page, page, PROT_NONE), ==, 0);
	return e;
}

static uint8_t *edge_data(const struct edge *e)
{
	return e->map + e->whole - (size_t)sysconf(_SC_PAGESIZE) - e->size;
}

static void edge_free(struct edge *e)
{
	munmap(e->map, e->whole);
}

/* ITU-T H.273: BT.601, BT.709, BT.2020. */
static const struct {
	double kr, kb;
	bool full;
} matrices[] = {
	{ 0.299, 0.114, false },
	{ 0.299, 0.114, true },
	{ 0.2126, 0.0722, false },
	{ 0.2126, 0.0722, true },
	{ 0.2627, 0.0593, false },
};

static int level(double value)
{
	return (int)lrint(CLAMP(value, 0, 255));
}

/* Blue, green and red of a sample, by the standard's own arithmetic. */
static void reference(double kr, double kb, bool full, const uint8_t yuv[3], int bgr[3])
{
	double luma = full ? yuv[0] : (yuv[0] - 16) * 255.0 / 219;
	double scale = full ? 1 : 255.0 / 224;
	double cb = (yuv[1] - 128) * scale, cr = (yuv[2] - 128) * scale;
	double kg = 1 - kr - kb;

	bgr[0] = level(luma + 2 * (1 - kb) * cb);
	bgr[1] = level(luma - 2 * (1 - kb) * kb / kg * cb - 2 * (1 - kr) * kr / kg * cr);
	bgr[2] = level(luma + 2 * (1 - kr) * cr);
}

static void assert_pixel(const uint8_t *pixel, guint which, const uint8_t yuv[3])
{
	int bgr[3];

	reference(matrices[which].kr, matrices[which].kb, matrices[which].full, yuv, bgr);
	for (int i = 0; i < 3; i++) {
		if (ABS(pixel[i] - bgr[i]) > 1)
			g_test_message("matrix %u, %d %d %d: %d, not %d", which, yuv[0], yuv[1],
					yuv[2], pixel[i], bgr[i]);
		g_assert_cmpint(ABS(pixel[i] - bgr[i]), <=, 1);
	}
	g_assert_cmpint(pixel[3], ==, 0xff);
}

/* All luma with a grid of chroma, its ends among them, is right to one level. */
static void test_values(void)
{
	uint8_t y[256], u[128], v[128], out[1024];
	struct yuv_planes planes = { y, u, v, 256, 128, 1 };
	struct yuv_matrix matrix;

	for (int i = 0; i < 256; i++)
		y[i] = (uint8_t)i;
	for (guint m = 0; m < G_N_ELEMENTS(matrices); m++) {
		yuv_matrix_init(&matrix, matrices[m].kr, matrices[m].kb, matrices[m].full);
		for (int cb = 0; cb <= 255; cb += 15)
			for (int cr = 0; cr <= 255; cr += 15) {
				memset(u, cb, sizeof u);
				memset(v, cr, sizeof v);
				yuv_to_bgrx(&matrix, &planes, out, sizeof out, 256, 1);
				for (int i = 0; i < 256; i++)
					assert_pixel(out + 4 * i, m, (uint8_t[]){ (uint8_t)i,
							(uint8_t)cb, (uint8_t)cr });
			}
	}
}

/* Grey, black, white, pure blue and what is outside the range, worked out by hand. */
static void test_colours(void)
{
	static const struct {
		uint8_t y, u, v, bgr[3];
	} cases[] = {
		{ 16, 128, 128, { 0, 0, 0 } },
		{ 235, 128, 128, { 255, 255, 255 } },
		{ 126, 128, 128, { 128, 128, 128 } },
		{ 32, 240, 118, { 255, 0, 0 } },
		{ 0, 128, 128, { 0, 0, 0 } }, /* blacker than black */
		{ 255, 128, 128, { 255, 255, 255 } },
	};
	struct yuv_matrix matrix;

	yuv_matrix_init(&matrix, 0.2126, 0.0722, false);
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		const struct yuv_planes planes = { &cases[i].y, &cases[i].u, &cases[i].v, 1, 1, 1 };
		uint8_t out[4];

		yuv_to_bgrx(&matrix, &planes, out, 4, 1, 1);
		for (int j = 0; j < 3; j++)
			g_assert_cmpint(ABS(out[j] - cases[i].bgr[j]), <=, 1);
	}
}

/* A picture whose planes end where memory ends, with noise in it. */
struct picture {
	struct edge y, u, v, out;
	struct yuv_planes planes;
	int width, height;
};

static void fill(const struct edge *e, GRand *rand)
{
	for (size_t i = 0; i < e->size; i++)
		edge_data(e)[i] = (uint8_t)g_rand_int(rand);
}

/* step 2: NV12, whose samples lie in one plane. */
static void picture_init(struct picture *p, int width, int height, int step, GRand *rand)
{
	size_t pairs = ((size_t)width + 1) / 2, rows = ((size_t)height + 1) / 2;

	p->width = width;
	p->height = height;
	p->y = edge_new((size_t)(width * height));
	p->u = edge_new(pairs * rows * (size_t)step);
	p->v = edge_new(step == 2 ? 1 : pairs * rows);
	p->out = edge_new((size_t)(width * height) * 4);
	fill(&p->y, rand);
	fill(&p->u, rand);
	fill(&p->v, rand);
	p->planes = (struct yuv_planes){ edge_data(&p->y), edge_data(&p->u),
		step == 2 ? edge_data(&p->u) + 1 : edge_data(&p->v), width,
		(ptrdiff_t)pairs * step, step };
}

static void picture_clear(struct picture *p)
{
	edge_free(&p->y);
	edge_free(&p->u);
	edge_free(&p->v);
	edge_free(&p->out);
}

static void assert_picture(const struct picture *p, guint which)
{
	const uint8_t *out = edge_data(&p->out);

	for (int row = 0; row < p->height; row++)
		for (int x = 0; x < p->width; x++) {
			ptrdiff_t at = row / 2 * p->planes.uv_stride + x / 2 * p->planes.uv_step;
			const uint8_t yuv[] = { p->planes.y[row * p->width + x], p->planes.u[at],
				p->planes.v[at] };

			assert_pixel(out + 4 * (row * p->width + x), which, yuv);
		}
}

/* Every width around those that are converted at a time, three rows, both layouts. */
static void test_sizes(void)
{
	static const int widths[] = { 1, 2, 3, 15, 16, 17, 31, 32, 33, 34, 35, 63, 64, 65, 100,
		1023, 1024, 1025, 1056, 1057, 2049 };
	g_autoptr(GRand) rand = g_rand_new_with_seed(1);
	struct yuv_matrix matrix;

	yuv_matrix_init(&matrix, matrices[2].kr, matrices[2].kb, matrices[2].full);
	for (guint i = 0; i < G_N_ELEMENTS(widths); i++)
		for (int step = 1; step <= 2; step++)
			for (int height = 1; height <= 3; height++) {
				struct picture p;

				g_test_message("%dx%d, step %d", widths[i], height, step);
				picture_init(&p, widths[i], height, step, rand);
				yuv_to_bgrx(&matrix, &p.planes, edge_data(&p.out),
						(size_t)p.width * 4, p.width, p.height);
				assert_picture(&p, 2);
				picture_clear(&p);
			}
}

/* Nothing beside the rows is written. */
static void test_stride(void)
{
	const uint8_t grey[64] = { 0 };
	const struct yuv_planes planes = { grey, grey, grey, 8, 4, 1 };
	uint8_t out[3 * 100];
	struct yuv_matrix matrix;

	memset(out, 0x5a, sizeof out);
	yuv_matrix_init(&matrix, 0.299, 0.114, true);
	yuv_to_bgrx(&matrix, &planes, out, 100, 7, 3);
	for (int row = 0; row < 3; row++)
		for (int i = 28; i < 100; i++)
			g_assert_cmpint(out[row * 100 + i], ==, 0x5a);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/yuv/values", test_values);
	g_test_add_func("/yuv/colours", test_colours);
	g_test_add_func("/yuv/sizes", test_sizes);
	g_test_add_func("/yuv/stride", test_stride);
	return g_test_run();
}
