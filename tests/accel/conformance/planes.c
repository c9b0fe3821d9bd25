/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "planes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

static uint32_t columns(const struct planes *p, int plane)
{
	return plane ? p->width / 2 : p->width;
}

static uint32_t rows(const struct planes *p, int plane)
{
	return plane ? p->height / 2 : p->height;
}

static size_t size_of(const struct planes *p, int plane)
{
	return (size_t)columns(p, plane) * rows(p, plane);
}

void planes_init(struct planes *p, uint32_t width, uint32_t height)
{
	p->width = width;
	p->height = height;
	for (int i = 0; i < 3; i++)
		p->data[i] = g_malloc0(size_of(p, i));
}

void planes_finish(struct planes *p)
{
	for (int i = 0; i < 3; i++)
		g_clear_pointer(&p->data[i], g_free);
}

void planes_copy(struct planes *to, const struct planes *from)
{
	planes_finish(to);
	planes_init(to, from->width, from->height);
	for (int i = 0; i < 3; i++)
		memcpy(to->data[i], from->data[i], size_of(from, i));
}

void planes_from_picture(struct planes *to, const struct picture *picture)
{
	bool nv12 = picture->format == PICTURE_NV12;

	planes_finish(to);
	planes_init(to, picture->width, picture->height);
	for (int i = 0; i < 3; i++) {
		int from = i && nv12 ? 1 : i;

		for (uint32_t y = 0; y < rows(to, i); y++)
			for (uint32_t x = 0; x < columns(to, i); x++) {
				const uint8_t *row = picture->plane[from] +
						(size_t)y * (size_t)picture->stride[from];

				to->data[i][y * columns(to, i) + x] = i && nv12 ?
						row[2 * x + (unsigned)i - 1] : row[x];
			}
	}
}

static void flatten_block(struct planes *p, int plane, uint32_t x0, uint32_t y0, uint32_t edge)
{
	uint32_t x1 = MIN(x0 + edge, columns(p, plane)), y1 = MIN(y0 + edge, rows(p, plane));
	uint32_t sum = 0, n = (x1 - x0) * (y1 - y0);

	for (uint32_t y = y0; y < y1; y++)
		for (uint32_t x = x0; x < x1; x++)
			sum += p->data[plane][y * columns(p, plane) + x];
	for (uint32_t y = y0; y < y1; y++)
		memset(p->data[plane] + y * columns(p, plane) + x0, (int)(sum / n), x1 - x0);
}

void planes_flatten(struct planes *p)
{
	for (int i = 0; i < 3; i++) {
		uint32_t edge = i ? 8 : 16;

		for (uint32_t y = 0; y < rows(p, i); y += edge)
			for (uint32_t x = 0; x < columns(p, i); x += edge)
				flatten_block(p, i, x, y, edge);
	}
}

double planes_psnr(const struct planes *a, const struct planes *b)
{
	double sum = 0, n = 0;

	for (int i = 0; i < 3; i++) {
		for (size_t k = 0; k < size_of(a, i); k++) {
			int d = a->data[i][k] - b->data[i][k];

			sum += d * d;
		}
		n += (double)size_of(a, i);
	}
	return sum > 0 ? MIN(99, 10 * log10(255.0 * 255.0 * n / sum)) : 99;
}

static double ssim_window(const uint8_t *a, const uint8_t *b, size_t stride)
{
	const double c1 = 6.5025, c2 = 58.5225; /* (0.01 * 255)^2, (0.03 * 255)^2 */
	double sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0;

	for (int y = 0; y < 8; y++)
		for (int x = 0; x < 8; x++) {
			double u = a[(size_t)y * stride + (size_t)x],
					v = b[(size_t)y * stride + (size_t)x];

			sa += u;
			sb += v;
			saa += u * u;
			sbb += v * v;
			sab += u * v;
		}
	sa /= 64;
	sb /= 64;
	saa = saa / 64 - sa * sa;
	sbb = sbb / 64 - sb * sb;
	sab = sab / 64 - sa * sb;
	return (2 * sa * sb + c1) * (2 * sab + c2) / ((sa * sa + sb * sb + c1) * (saa + sbb + c2));
}

double planes_ssim(const struct planes *a, const struct planes *b)
{
	double sum = 0;
	unsigned n = 0;

	for (uint32_t y = 0; y + 8 <= a->height; y += 4)
		for (uint32_t x = 0; x + 8 <= a->width; x += 4, n++)
			sum += ssim_window(a->data[0] + (size_t)y * a->width + x,
					b->data[0] + (size_t)y * b->width + x, a->width);
	return n ? sum / n : 1;
}

unsigned planes_difference_outside(const struct planes *a, const struct planes *b, int x, int y,
		int width, int height)
{
	unsigned worst = 0;

	for (int i = 0; i < 3; i++) {
		int half = i ? 2 : 1;

		for (int row = 0; row < (int)rows(a, i); row++)
			for (int column = 0; column < (int)columns(a, i); column++) {
				size_t at = (size_t)row * columns(a, i) + (size_t)column;

				if (column * half >= x && column * half < x + width &&
						row * half >= y && row * half < y + height)
					continue;
				worst = MAX(worst, (unsigned)abs(a->data[i][at] - b->data[i][at]));
			}
	}
	return worst;
}

bool planes_equal(const struct planes *a, const struct planes *b)
{
	return a->width == b->width && a->height == b->height &&
			planes_difference_outside(a, b, 0, 0, 0, 0) == 0;
}
