/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* Only files named gl-pixels* include this header. */
#ifndef GL_PIXELS_PRIVATE_H
#define GL_PIXELS_PRIVATE_H

#include "gpu/gl-pixels.h"
#include "gpu/gl-private.h"

#define GL_PIXELS_PACK_WIDTH 1024u /* texels of packed bytes in a row */

enum gl_pixels_pass {
	/* these read the scanout */
	GL_PIXELS_COMPARE,
	GL_PIXELS_REMEMBER,
	GL_PIXELS_STRIPS,
	GL_PIXELS_LINES_PASS,
	GL_PIXELS_SOURCE_PASSES,
	/* these do not */
	GL_PIXELS_PACK = GL_PIXELS_SOURCE_PASSES,
	GL_PIXELS_SCAN,
	GL_PIXELS_PASSES,
};

/* Samplers, in the order of their texture units. */
enum gl_pixels_unit {
	UNIT_SOURCE,
	UNIT_REMEMBERED,
	UNIT_CHOSEN,
	UNIT_SLOTS,
	UNITS,
};

enum gl_pixels_uniform {
	UNIFORM_CROP,   /* ivec2: the view in the source */
	UNIFORM_SIZE,   /* ivec2: of the picture */
	UNIFORM_FLIP,   /* bool */
	UNIFORM_LEVELS, /* vec3: the highest value of each channel */
	UNIFORM_LEFT,   /* uvec3: shifts that make 8 bits of it */
	UNIFORM_RIGHT,
	UNIFORM_SHIFT,  /* ivec2: remembered pixels are so far to the left and above */
	UNIFORM_SOME,   /* bool: only blocks that are chosen */
	UNIFORM_RECT,   /* ivec4 */
	UNIFORM_RANGE,  /* ivec2: first texel, and the texel after the last */
	UNIFORM_PLACES, /* int[12]: columns of strips */
	UNIFORM_STRIDE, /* ivec2: first row, and rows from one to the next */
	UNIFORM_LINES,  /* ivec4[32] */
	UNIFORM_LEAVING, /* uint: the factor of a pixel when it leaves a strip */
	UNIFORMS,
};

struct gl_pixels_program {
	GLuint name;
	GLint at[UNIFORMS]; /* -1: the pass has no such uniform */
};

/* How the channels of a format become 8 bits: (v << left | v >> right) & 255. */
struct gl_pixels_depth {
	GLfloat levels[3];
	GLuint left[3], right[3];
};

struct gl_pixels {
	struct gl_device *device;
	const struct gl_pixels_programs *programs;
	uint32_t width, height, columns, rows;
	struct gl_pixels_depth depth;
	const struct gl_texture *source; /* the scanout; NULL: none was shown */
	struct gl_view view;
	GLuint remembered, answers, chosen, packed; /* textures */
	GLuint scratch, strips, slots, hits;        /* the same; 0 until needed */
	GLuint framebuffer, buffer;
	struct gl_pixels_counts counts;
};

/* A texture to draw to, or a part of one. */
struct gl_pixels_target {
	GLuint name;
	uint32_t width, height;
	struct spice_accel_rect rect; /* what is drawn */
};

/* gl-pixels.c */
GLuint gl_pixels_make_texture(GLenum internal, GLenum format, GLenum type, uint32_t width,
		uint32_t height);
void gl_pixels_bind(enum gl_pixels_unit unit, GLenum target, GLuint name);
/* Begins a call. 0, -EIO. */
int gl_pixels_begin(struct gl_pixels *pixels);
/* The program of a pass, with what all passes need. Its other uniforms are the caller's. */
const struct gl_pixels_program *gl_pixels_use(const struct gl_pixels *pixels,
		enum gl_pixels_pass pass);
void gl_pixels_draw(const struct gl_pixels *pixels, const struct gl_pixels_target *target);
/* Reads a part of a texture back: rows of width * 4 bytes, until gl_pixels_unmap(). NULL:
 * *error. */
const uint8_t *gl_pixels_map(struct gl_pixels *pixels, GLuint texture,
		const struct spice_accel_rect *rect, int *error);
void gl_pixels_unmap(void);
/* Ends a call. 0, -EIO. */
int gl_pixels_end(void);
/* Uploads a byte for each block of the span, for UNIT_CHOSEN. */
void gl_pixels_choose(struct gl_pixels *pixels, const struct gl_pixels_span *span,
		const uint8_t *map);

struct gl_pixels_programs {
	struct gl_pixels_program passes[2][GL_PIXELS_PASSES]; /* [external] */
};

/* The device's programs, which are compiled at the first call. NULL: `why` gets a sentence. */
struct gl_pixels_programs *gl_pixels_programs(struct gl_device *device, char *why, size_t size);

#endif
