/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <glib.h>

#include "frame/picture.h"

static void test_refuses(void)
{
	struct picture p;

	memset(&p, 0xff, sizeof p);
	g_assert_cmpint(picture_init(&p, PICTURE_NV12, 0, 2), ==, -EINVAL);
	g_assert_null(p.buffer);
	g_assert_cmpint(picture_init(&p, PICTURE_NV12, 3, 2), ==, -EINVAL);
	g_assert_cmpint(picture_init(&p, PICTURE_J420, 2, 5), ==, -EINVAL);
	picture_finish(&p);
}

/* Every row of every plane is ours to write, aligned, and starts black. */
static void check(enum picture_format format, uint32_t width, uint32_t height)
{
	bool nv12 = format == PICTURE_NV12;
	struct picture p;

	g_assert_cmpint(picture_init(&p, format, width, height), ==, 0);
	for (int plane = 0; plane < (nv12 ? 2 : 3); plane++) {
		uint32_t columns = plane && !nv12 ? width / 2 : width;
		uint8_t black = plane ? 128 : nv12 ? 16 : 0;

		g_assert_cmpuint((uintptr_t)p.plane[plane] % 16, ==, 0);
		g_assert_cmpint(p.stride[plane], >=, (int)columns);
		for (uint32_t y = 0; y < (plane ? height / 2 : height); y++) {
			uint8_t *row = p.plane[plane] + y * (size_t)p.stride[plane];

			for (uint32_t x = 0; x < columns; x++)
				g_assert_cmpuint(row[x], ==, black);
		}
	}
	for (int plane = 0; plane < (nv12 ? 2 : 3); plane++)
		memset(p.plane[plane], 77, (size_t)p.stride[plane] * (plane ? height / 2 : height));
	g_assert_true(nv12 == (p.plane[2] == NULL));
	picture_finish(&p);
	g_assert_null(p.buffer);
	picture_finish(&p);
}

static void test_layout(void)
{
	static const uint32_t sizes[][2] = { { 2, 2 }, { 16, 16 }, { 66, 34 }, { 1366, 768 },
		{ 1920, 1080 } };

	for (unsigned i = 0; i < G_N_ELEMENTS(sizes); i++) {
		check(PICTURE_NV12, sizes[i][0], sizes[i][1]);
		check(PICTURE_J420, sizes[i][0], sizes[i][1]);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/picture/refuses", test_refuses);
	g_test_add_func("/picture/layout", test_layout);
	return g_test_run();
}
