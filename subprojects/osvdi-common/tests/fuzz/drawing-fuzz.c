/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* Messages that draw, each with a type and a size before it: nothing is read or written
 * but the message and the picture, and damage is within the picture. */
#include <stdlib.h>

#include <osvdi-common/drawing.h>
#include <osvdi-common/memory.h>

#define WIDTH 48u
#define HEIGHT 40u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct drawing *drawing)
{
	struct rect all = { 0, 0, drawing->width, drawing->height },
		bounds = region_bounds(&drawing->damage);
	struct rect inside = rect_intersect(&all, &bounds);

	if (!rect_is_empty(&bounds) && memcmp(&inside, &bounds, sizeof inside) != 0)
		abort();
}

/* Each message has memory of its own: a read behind its end is noticed. */
static void one(struct drawing *drawing, uint32_t type, const uint8_t *data, size_t size)
{
	uint8_t *message = malloc(size ? size : 1);

	if (!message)
		abort();
	memcpy(message, data, size);
	if (drawing_take(drawing, type, message, size) == DRAWING_OTHER)
		abort();
	free(message);
	check(drawing);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t types[] = { 104, 302, 303, 304, 306, 307, 313, 314, 315, 318 };
	const uint8_t create[20] = { 0, 0, 0, 0, WIDTH, 0, 0, 0, HEIGHT, 0, 0, 0, 32, 0, 0, 0, 1 };
	struct drawing drawing = { 0 };

	one(&drawing, 314, create, sizeof create);
	while (size >= 3) {
		uint32_t type = types[data[0] % (sizeof types / sizeof *types)];
		size_t n = data[1] | (size_t)data[2] << 8;

		data += 3;
		size -= 3;
		n = n < size ? n : size;
		one(&drawing, type, data, n);
		data += n;
		size -= n;
	}
	drawing_finish(&drawing);
	return 0;
}
