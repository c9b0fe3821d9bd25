/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef OSVDI_COMMON_DRAWING_H
#define OSVDI_COMMON_DRAWING_H

#include <osvdi-common/region.h>

/*
 * SPICE's classic drawing, as far as QEMU's own display sends it for any guest: the
 * primary surface, images that are copied to it (raw or LZ), areas of a colour, and moves.
 * A viewer says that it prefers LZ (message 103 of a display channel, value 6) before it
 * sends the message that begins the channel, and has no caches: then no other compression
 * comes. Drivers of the guest's may draw in further ways, which are not known here.
 */
enum drawing_result {
	DRAWING_DONE,
	DRAWING_OTHER, /* the message is not about drawing */
	DRAWING_DAMAGED, /* the message is not all there, or says what cannot be */
	DRAWING_UNKNOWN, /* not known here: the picture is not the guest's any more */
	DRAWING_MEMORY,
};

/*
 * A picture in memory.
 * Units: pixels of B, G, R and a byte without meaning; rows follow each other.
 * Owner: one at a time. Zeroed: no picture. End it with drawing_finish().
 */
struct drawing {
	uint8_t *pixels; /* to read; NULL: there is no surface */
	int32_t width, height;
	struct region damage; /* what the last messages changed; the user clears it */
};

void drawing_finish(struct drawing *drawing);
/* type, payload: of a message of a display channel. */
enum drawing_result drawing_take(
		struct drawing *drawing, uint32_t type, const uint8_t *payload, size_t size);

#endif
