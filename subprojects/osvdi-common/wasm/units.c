/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* Access units on their way to a decoder: what they say of themselves is remembered
 * until their picture is there. */
#include <osvdi-common/h264.h>
#include <osvdi-common/memory.h>
#include <osvdi-common/sps.h>

#include "display.h"
#include "osvdi-wasm.h"

/* More a decoder does not hold: it has 16 pictures at most. */
#define UNITS 64u

static struct {
	struct unit unit; /* the last one */
	uint8_t *data;    /* its bytes, where they had to be rewritten */
	size_t capacity;
	bool has_sps;
	struct screen_picture waiting[UNITS]; /* by number; handle NULL: none */
	uint32_t number;
} units;

void units_forget(void)
{
	memset(units.waiting, 0, sizeof units.waiting);
	units.has_sps = false;
}

bool units_take(uint32_t number, struct screen_picture *picture)
{
	struct screen_picture *slot = &units.waiting[number % UNITS];

	if (!number || slot->handle != (void *)(uintptr_t)number)
		return false;
	*picture = *slot;
	slot->handle = NULL;
	return true;
}

static void use_sps(const struct sps *sps)
{
	units.has_sps = true;
	units.unit.x = sps->x;
	units.unit.y = sps->y;
	units.unit.width = sps->width;
	units.unit.height = sps->height;
	sps_codec(sps, units.unit.codec);
}

/* Whether the unit is a key, and which parameter set it brings. */
static void look(const uint8_t *data, size_t size)
{
	const uint8_t *nal;
	size_t at = 0, n;
	struct sps sps;

	units.unit.key = 0;
	while (h264_next_nal(data, size, &at, &nal, &n)) {
		unsigned type = n ? nal[0] & 0x1f : 0;

		if (type == H264_NAL_SPS && sps_read(&sps, nal, n))
			use_sps(&sps);
		if (type == H264_NAL_IDR)
			units.unit.key = 1;
		if (type == H264_NAL_IDR || type == H264_NAL_SLICE)
			return;
	}
}

static bool make_room(size_t size)
{
	uint8_t *more;

	if (size <= units.capacity)
		return true;
	more = realloc(units.data, size);
	if (!more)
		return false;
	units.data = more;
	units.capacity = size;
	return true;
}

/*
 * Copies a unit with other parameter sets: a decoder outputs each picture at once, and
 * all of it. Some browsers scale what they crop into the wrong size.
 */
static size_t rewrite(const uint8_t *data, size_t size)
{
	const uint8_t *nal, *done = data;
	size_t at = 0, n, out = 0;

	while (h264_next_nal(data, size, &at, &nal, &n)) {
		size_t changed;

		if (!n || (nal[0] & 0x1f) != H264_NAL_SPS)
			continue;
		memcpy(units.data + out, done, (size_t)(nal - done));
		out += (size_t)(nal - done);
		changed = sps_rewrite(units.data + out, SPS_MAX_BYTES * 2, nal, n,
				SPS_NO_REORDER | SPS_NO_CROPPING);
		if (!changed)
			return 0;
		out += changed;
		done = nal + n;
		break; /* one active parameter set a stream */
	}
	memcpy(units.data + out, done, (size_t)(data + size - done));
	return out + (size_t)(data + size - done);
}

static void remember(const uint8_t *data, size_t size, double now_us)
{
	struct screen_picture *slot;

	if (!++units.number)
		units.number = 1;
	units.unit.number = units.number;
	slot = &units.waiting[units.number % UNITS];
	memset(slot, 0, sizeof *slot);
	slot->handle = (void *)(uintptr_t)units.number;
	slot->width = (int32_t)units.unit.width;
	slot->height = (int32_t)units.unit.height;
	slot->received_us = (int64_t)now_us;
	slot->has_info = osvdi_find_frame_info(data, size, &slot->info);
}

EXPORT(display_unit) const struct unit *display_unit(const uint8_t *data, size_t size,
		double now_us)
{
	look(data, size);
	if (!units.has_sps || !make_room(size + SPS_MAX_BYTES * 2))
		return NULL;
	units.unit.data = data;
	units.unit.size = (uint32_t)size;
	if (units.unit.key) {
		units.unit.size = (uint32_t)rewrite(data, size);
		units.unit.data = units.data;
		if (!units.unit.size)
			return NULL;
	}
	remember(data, size, now_us);
	return &units.unit;
}
