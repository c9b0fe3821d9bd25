/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <osvdi-common/lz.h>

#include <osvdi-common/memory.h>

#define MAGIC 0x20205a4cu /* "  ZL" */
#define VERSION 0x00010001u
#define MAX_PIXELS (1u << 25)
#define MAX_EDGE 16384u

#define LONGEST_SHORT 7u /* a longer match says by how much */
#define FAR_HIGH 31u /* with a low byte of 255: the distance is in two more bytes */
#define FAR_BASE 8191u

struct source {
	const uint8_t *data;
	size_t size, at;
	bool ended; /* more was wanted than there is */
};

static uint32_t big32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

bool lz_read_header(struct lz_header *header, const uint8_t *data, size_t size)
{
	uint32_t width, height;

	if (size < LZ_HEADER_SIZE || big32(data) != MAGIC || big32(data + 4) != VERSION)
		return false;
	header->type = big32(data + 8);
	width = big32(data + 12);
	height = big32(data + 16);
	header->top_down = big32(data + 24) != 0;
	if (header->type != LZ_RGB32 && header->type != LZ_RGBA)
		return false;
	if (!width || !height || width > MAX_EDGE || height > MAX_EDGE ||
			width * height > MAX_PIXELS)
		return false;
	header->width = (int32_t)width;
	header->height = (int32_t)height;
	return true;
}

/* Behind the end there are zeros; who asks in vain notes that. */
static uint32_t next(struct source *source)
{
	if (source->at < source->size)
		return source->data[source->at++];
	source->ended = true;
	return 0;
}

/* Pixels that came before, maybe among them those that the copy itself makes; how many.
 * 0: damaged. */
static size_t repeat(uint8_t *pixels, size_t at, size_t n, struct source *source, uint32_t control)
{
	size_t count = control >> 5, distance = (control & 31) << 8, i;
	uint32_t code;

	if (count == LONGEST_SHORT)
		do {
			code = next(source);
			count += code;
		} while (code == 255);
	code = next(source);
	distance += code;
	if (code == 255 && (control & 31) == FAR_HIGH) {
		distance = next(source) << 8;
		distance += next(source) + FAR_BASE;
	}
	distance++;
	if (source->ended || distance > at || count > n - at)
		return 0;
	for (i = at; i < at + count; i++)
		memcpy(pixels + 4 * i, pixels + 4 * (i - distance), 4);
	return count;
}

/* The same for pixels that are there. */
static size_t literal(uint8_t *pixels, size_t at, size_t n, struct source *source, size_t count)
{
	size_t i;

	if (count > n - at || 3 * count > source->size - source->at)
		return 0;
	for (i = at; i < at + count; i++, source->at += 3) {
		memcpy(pixels + 4 * i, source->data + source->at, 3);
		pixels[4 * i + 3] = 0;
	}
	return count;
}

bool lz_decode(uint8_t *pixels, const struct lz_header *header, const uint8_t *data, size_t size)
{
	struct source source = { data, size, 0, false };
	size_t n = (size_t)header->width * (size_t)header->height, at = 0;

	while (at < n) {
		uint32_t control = next(&source);
		size_t count = control < 32 ? literal(pixels, at, n, &source, control + 1)
					    : repeat(pixels, at, n, &source, control);

		if (source.ended || !count)
			return false;
		at += count;
	}
	return true;
}
