/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The sources of the picture of spice-accel-serve, -record and -bench. */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/damage.h"
#include "marks.h"

/* Pixels of a source: DRM_FORMAT_XRGB8888, in one buffer that changes in place. */
struct source_picture {
	uint32_t width, height;
	uint32_t stride; /* bytes */
	uint32_t *pixels;
};

struct source_sink {
	/* The source has another picture, or its size changed. */
	void (*picture)(void *opaque, const struct source_picture *picture);
	/* Something in it changed; capture_us: CLOCK_MONOTONIC. */
	void (*damaged)(void *opaque, const struct damage *damage, uint64_t capture_us);
	/* ARGB8888, not premultiplied; NULL pixels: hidden. Optional. */
	void (*cursor)(void *opaque, uint32_t width, uint32_t height, uint32_t hot_x,
			uint32_t hot_y, const uint32_t *pixels);
	void *opaque;
};

struct source_params {
	const char *name;    /* "pattern", "x11" or "raw" */
	const char *argument; /* scene, display or file */
	uint32_t width, height, fps;
	struct marks_table *marks; /* may be NULL */
	struct source_sink sink;
};

struct source;

/** One implementation; all calls in the main loop's thread. */
struct source_impl {
	const char *name;
	struct source *(*create)(const struct source_params *params, GError **error);
	void (*destroy)(struct source *source);
	/* Input from the viewer; optional. buttons: enum spice_accel_button. */
	void (*pointer)(struct source *source, uint32_t x, uint32_t y, uint32_t buttons);
	void (*motion)(struct source *source, int dx, int dy, uint32_t buttons);
	/* PC scan codes of set 1, extended ones with bit 8. */
	void (*key)(struct source *source, unsigned scancode, bool down);
	/* The viewer's window has that size; optional. */
	void (*resize)(struct source *source, uint32_t width, uint32_t height);
};

/* First member of every source. */
struct source {
	const struct source_impl *impl;
};

extern const struct source_impl source_pattern;
extern const struct source_impl source_raw;
extern const struct source_impl source_x11;

const struct source_impl *source_find(const char *name); /* NULL: not in this build */

/* Creates the source that "NAME[:ARGUMENT]" names (NULL: the pattern), in `size` ("WxH"; NULL:
 * that of params). NULL with an error: no such source or size, or an error of the source. */
struct source *source_create(const char *specification, const char *size,
		const struct source_params *params, GError **error);

/* Makes a frame of the picture's pixels. The pixels must outlive the frame. 0, negative errno. */
int source_picture_frame(struct spice_accel_frame **out, const struct source_picture *picture);

#define SOURCE_ERROR source_error_quark()
GQuark source_error_quark(void);

#endif
