/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gpu/gl-pixels-private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <drm_fourcc.h>

/* Texel rows that the largest take needs: each rectangle begins at a texel. */
#define PACK_ROWS \
	((GL_PIXELS_TAKE_MAX / 4 * 3 + GL_PIXELS_TAKE_RECTS) / GL_PIXELS_PACK_WIDTH + 1)

static struct gl_pixels_depth depth_of(uint32_t fourcc)
{
	switch (fourcc) {
	case DRM_FORMAT_RGB565:
		return (struct gl_pixels_depth){ { 31, 63, 31 }, { 3, 2, 3 }, { 2, 4, 2 } };
	case DRM_FORMAT_XRGB1555:
	case DRM_FORMAT_ARGB1555:
		return (struct gl_pixels_depth){ { 31, 31, 31 }, { 3, 3, 3 }, { 2, 2, 2 } };
	case DRM_FORMAT_XRGB2101010:
	case DRM_FORMAT_XBGR2101010:
		return (struct gl_pixels_depth){ { 1023, 1023, 1023 }, { 8, 8, 8 }, { 2, 2, 2 } };
	default:
		return (struct gl_pixels_depth){ { 255, 255, 255 }, { 0, 0, 0 }, { 8, 8, 8 } };
	}
}

/* ---- drawing -------------------------------------------------------------- */

void gl_pixels_bind(enum gl_pixels_unit unit, GLenum target, GLuint name)
{
	glActiveTexture(GL_TEXTURE0 + unit);
	glBindTexture(target, name);
}

static void set_source(const struct gl_pixels *p, const struct gl_pixels_program *program)
{
	const struct gl_view *v = &p->view;

	gl_pixels_bind(UNIT_SOURCE, p->source->external ? GL_TEXTURE_EXTERNAL_OES : GL_TEXTURE_2D,
			p->source->name);
	glUniform2i(program->at[UNIFORM_CROP], (GLint)v->x, (GLint)v->y);
	glUniform1i(program->at[UNIFORM_FLIP], v->y_flip);
	glUniform3fv(program->at[UNIFORM_LEVELS], 1, p->depth.levels);
	glUniform3uiv(program->at[UNIFORM_LEFT], 1, p->depth.left);
	glUniform3uiv(program->at[UNIFORM_RIGHT], 1, p->depth.right);
}

const struct gl_pixels_program *gl_pixels_use(const struct gl_pixels *p, enum gl_pixels_pass pass)
{
	bool source = pass < GL_PIXELS_SOURCE_PASSES;
	const struct gl_pixels_program *program =
			&p->programs->passes[source && p->source->external][pass];

	glUseProgram(program->name);
	glUniform2i(program->at[UNIFORM_SIZE], (GLint)p->width, (GLint)p->height);
	if (source)
		set_source(p, program);
	return program;
}

void gl_pixels_draw(const struct gl_pixels *p, const struct gl_pixels_target *t)
{
	glBindFramebuffer(GL_FRAMEBUFFER, p->framebuffer);
	glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, t->name, 0);
	glViewport(0, 0, (GLsizei)t->width, (GLsizei)t->height);
	glDisable(GL_BLEND);
	glDisable(GL_DITHER);
	glEnable(GL_SCISSOR_TEST);
	glScissor(t->rect.x, t->rect.y, t->rect.width, t->rect.height);
	glBindVertexArray(p->device->vao);
	glDrawArrays(GL_TRIANGLES, 0, 3);
}

int gl_pixels_begin(struct gl_pixels *p)
{
	return gl_begin(p->device);
}

int gl_pixels_end(void)
{
	return glGetError() == GL_NO_ERROR ? 0 : -EIO;
}

const uint8_t *gl_pixels_map(struct gl_pixels *p, GLuint texture,
		const struct spice_accel_rect *r, int *error)
{
	size_t size = (size_t)r->width * (size_t)r->height * 4;
	const uint8_t *bytes = NULL;

	glBindFramebuffer(GL_FRAMEBUFFER, p->framebuffer);
	glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture, 0);
	glBindBuffer(GL_PIXEL_PACK_BUFFER, p->buffer);
	glBufferData(GL_PIXEL_PACK_BUFFER, (GLsizeiptr)size, NULL, GL_STREAM_READ);
	glPixelStorei(GL_PACK_ALIGNMENT, 4);
	glReadPixels(r->x, r->y, r->width, r->height, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
	*error = gl_wait_done(p->device);
	if (*error == 0)
		bytes = glMapBufferRange(GL_PIXEL_PACK_BUFFER, 0, (GLsizeiptr)size,
				GL_MAP_READ_BIT);
	if (*error == 0 && !bytes)
		*error = -EIO;
	if (!bytes)
		glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
	return bytes;
}

void gl_pixels_unmap(void)
{
	glUnmapBuffer(GL_PIXEL_PACK_BUFFER);
	glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
}

/* ---- compare and remember ------------------------------------------------- */

static struct spice_accel_rect rect_of(const struct gl_pixels_span *s)
{
	return (struct spice_accel_rect){ (int32_t)s->x0, (int32_t)s->y0, (int32_t)(s->x1 - s->x0),
		(int32_t)(s->y1 - s->y0) };
}

static bool is_empty(const struct gl_pixels_span *s)
{
	return s->x0 >= s->x1 || s->y0 >= s->y1;
}

static void store_answers(struct gl_pixels *p, const struct gl_pixels_span *s, const uint8_t *in,
		struct gl_pixels_difference *out)
{
	for (uint32_t y = s->y0; y < s->y1; y++)
		for (uint32_t x = s->x0; x < s->x1; x++, in += 4)
			out[(size_t)y * p->columns + x] = (struct gl_pixels_difference){
				(uint16_t)(in[0] | in[1] << 8), (uint16_t)(in[2] | in[3] << 8) };
	p->counts.answers += (uint64_t)(s->x1 - s->x0) * (s->y1 - s->y0) * 4;
}

int gl_pixels_compare(struct gl_pixels *p, const struct gl_pixels_span *span, int32_t dx,
		int32_t dy, struct gl_pixels_difference *out)
{
	const struct gl_pixels_target target = { p->answers, p->columns, p->rows, rect_of(span) };
	const struct gl_pixels_program *program;
	const uint8_t *bytes;
	int ret = gl_pixels_begin(p);

	if (ret < 0 || is_empty(span))
		return ret;
	program = gl_pixels_use(p, GL_PIXELS_COMPARE);
	gl_pixels_bind(UNIT_REMEMBERED, GL_TEXTURE_2D, p->remembered);
	glUniform2i(program->at[UNIFORM_SHIFT], dx, dy);
	gl_pixels_draw(p, &target);
	bytes = gl_pixels_map(p, p->answers, &target.rect, &ret);
	if (!bytes)
		return ret;
	store_answers(p, span, bytes, out);
	gl_pixels_unmap();
	return gl_pixels_end();
}

static void remember(struct gl_pixels *p, const struct spice_accel_rect *rect, bool some)
{
	const struct gl_pixels_target target = { p->remembered, p->width, p->height, *rect };
	const struct gl_pixels_program *program = gl_pixels_use(p, GL_PIXELS_REMEMBER);

	gl_pixels_bind(UNIT_REMEMBERED, GL_TEXTURE_2D, 0);
	glUniform1i(program->at[UNIFORM_SOME], some);
	gl_pixels_draw(p, &target);
}

int gl_pixels_remember(struct gl_pixels *p, const struct spice_accel_rect *rects, unsigned n)
{
	int ret = gl_pixels_begin(p);

	for (unsigned i = 0; i < n && ret == 0; i++)
		remember(p, &rects[i], false);
	return ret < 0 ? ret : gl_pixels_end();
}

void gl_pixels_choose(struct gl_pixels *p, const struct gl_pixels_span *span, const uint8_t *map)
{
	const struct spice_accel_rect r = rect_of(span);

	gl_pixels_bind(UNIT_CHOSEN, GL_TEXTURE_2D, p->chosen);
	glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
	glPixelStorei(GL_UNPACK_ROW_LENGTH, (GLint)p->columns);
	glTexSubImage2D(GL_TEXTURE_2D, 0, r.x, r.y, r.width, r.height, GL_RED_INTEGER,
			GL_UNSIGNED_BYTE, map + (size_t)span->y0 * p->columns + span->x0);
	glPixelStorei(GL_UNPACK_ROW_LENGTH, 0);
}

int gl_pixels_remember_blocks(struct gl_pixels *p, const struct gl_pixels_span *span,
		const uint8_t *map)
{
	const struct spice_accel_rect all = { 0, 0, (int32_t)p->width, (int32_t)p->height };
	struct spice_accel_rect r = rect_of(span);
	int ret = gl_pixels_begin(p);

	if (ret < 0 || is_empty(span))
		return ret;
	gl_pixels_choose(p, span, map);
	r.x *= (int32_t)GL_PIXELS_BLOCK;
	r.y *= (int32_t)GL_PIXELS_BLOCK;
	r.width *= (int32_t)GL_PIXELS_BLOCK;
	r.height *= (int32_t)GL_PIXELS_BLOCK;
	r.width = r.x + r.width > all.width ? all.width - r.x : r.width;
	r.height = r.y + r.height > all.height ? all.height - r.y : r.height;
	remember(p, &r, true);
	return gl_pixels_end();
}

/* ---- take ----------------------------------------------------------------- */

static size_t pixels_of(const struct spice_accel_rect *r)
{
	return (size_t)r->width * (size_t)r->height;
}

static uint32_t texels_of(const struct spice_accel_rect *r)
{
	return (uint32_t)((pixels_of(r) * 3 + 3) / 4);
}

/* Packs a rectangle into the texels from `start`. */
static void pack(struct gl_pixels *p, const struct spice_accel_rect *r, uint32_t start)
{
	const struct gl_pixels_program *program = gl_pixels_use(p, GL_PIXELS_PACK);
	uint32_t stop = start + texels_of(r);
	int32_t y0 = (int32_t)(start / GL_PIXELS_PACK_WIDTH);
	int32_t y1 = (int32_t)((stop - 1) / GL_PIXELS_PACK_WIDTH) + 1;
	const struct gl_pixels_target target = { p->packed, GL_PIXELS_PACK_WIDTH, PACK_ROWS,
		{ 0, y0, (int32_t)GL_PIXELS_PACK_WIDTH, y1 - y0 } };

	gl_pixels_bind(UNIT_REMEMBERED, GL_TEXTURE_2D, p->remembered);
	glUniform4i(program->at[UNIFORM_RECT], r->x, r->y, r->width, r->height);
	glUniform2i(program->at[UNIFORM_RANGE], (GLint)start, (GLint)stop);
	gl_pixels_draw(p, &target);
}

static bool is_too_much(const struct spice_accel_rect *rects, unsigned n)
{
	size_t pixels = 0;

	for (unsigned i = 0; i < n; i++)
		pixels += pixels_of(&rects[i]);
	return n > GL_PIXELS_TAKE_RECTS || pixels > GL_PIXELS_TAKE_MAX;
}

int gl_pixels_take(struct gl_pixels *p, const struct spice_accel_rect *rects, unsigned n,
		uint8_t *bgr)
{
	struct spice_accel_rect used = { 0, 0, (int32_t)GL_PIXELS_PACK_WIDTH, 0 };
	uint32_t texels = 0;
	const uint8_t *bytes;
	int ret;

	if (is_too_much(rects, n))
		return -ENOSPC;
	ret = gl_pixels_remember(p, rects, n);
	if (ret < 0 || !n)
		return ret;
	for (unsigned i = 0; i < n; i++) {
		pack(p, &rects[i], texels);
		texels += texels_of(&rects[i]);
	}
	used.height = (int32_t)((texels + GL_PIXELS_PACK_WIDTH - 1) / GL_PIXELS_PACK_WIDTH);
	bytes = gl_pixels_map(p, p->packed, &used, &ret);
	if (!bytes)
		return ret;
	for (unsigned i = 0; i < n; i++) {
		memcpy(bgr, bytes, pixels_of(&rects[i]) * 3);
		bgr += pixels_of(&rects[i]) * 3;
		bytes += (size_t)texels_of(&rects[i]) * 4;
		p->counts.pixels += pixels_of(&rects[i]) * 3;
	}
	gl_pixels_unmap();
	return gl_pixels_end();
}

/* ---- copy ----------------------------------------------------------------- */

GLuint gl_pixels_make_texture(GLenum internal, GLenum format, GLenum type, uint32_t width,
		uint32_t height)
{
	GLuint name;

	glGenTextures(1, &name);
	glActiveTexture(GL_TEXTURE0);
	glBindTexture(GL_TEXTURE_2D, name);
	glTexImage2D(GL_TEXTURE_2D, 0, (GLint)internal, (GLsizei)width, (GLsizei)height, 0, format,
			type, NULL);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
	return name;
}

/* A picture of 8-bit RGB. */
static GLuint make_rgb(const struct gl_pixels *p)
{
	return gl_pixels_make_texture(GL_RGBA8UI, GL_RGBA_INTEGER, GL_UNSIGNED_BYTE, p->width,
			p->height);
}

/* Copies a rectangle of a texture into another one. */
static void transfer(const struct gl_pixels *p, GLuint from, GLuint to,
		const struct spice_accel_rect *r, int32_t x, int32_t y)
{
	glBindFramebuffer(GL_FRAMEBUFFER, p->framebuffer);
	glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, from, 0);
	glActiveTexture(GL_TEXTURE0);
	glBindTexture(GL_TEXTURE_2D, to);
	glCopyTexSubImage2D(GL_TEXTURE_2D, 0, x, y, r->x, r->y, r->width, r->height);
}

int gl_pixels_copy(struct gl_pixels *p, const struct spice_accel_rect *to, int32_t dx, int32_t dy)
{
	const struct spice_accel_rect from = { to->x - dx, to->y - dy, to->width, to->height };
	int ret = gl_pixels_begin(p);

	if (ret < 0)
		return ret;
	if (!p->scratch)
		p->scratch = make_rgb(p);
	transfer(p, p->remembered, p->scratch, &from, from.x, from.y);
	transfer(p, p->scratch, p->remembered, &from, to->x, to->y);
	return gl_pixels_end();
}

/* ---- life ----------------------------------------------------------------- */

void gl_pixels_show(struct gl_pixels *p, const struct gl_texture *source,
		const struct gl_view *view)
{
	p->source = source;
	p->view = *view;
}

struct gl_pixels_counts gl_pixels_counts(const struct gl_pixels *p)
{
	return p->counts;
}

void gl_pixels_destroy(struct gl_pixels *p)
{
	if (!p)
		return;
	if (gl_make_current(p->device) == 0) {
		const GLuint textures[] = { p->remembered, p->answers, p->chosen, p->packed,
			p->scratch, p->strips, p->slots, p->hits };

		glDeleteTextures(sizeof textures / sizeof textures[0], textures);
		glDeleteFramebuffers(1, &p->framebuffer);
		glDeleteBuffers(1, &p->buffer);
	}
	free(p);
}

static int make_all(struct gl_pixels *p)
{
	int ret = gl_pixels_begin(p);

	if (ret < 0)
		return ret;
	p->remembered = make_rgb(p);
	p->answers = gl_pixels_make_texture(GL_RGBA8, GL_RGBA, GL_UNSIGNED_BYTE, p->columns,
			p->rows);
	p->chosen = gl_pixels_make_texture(GL_R8UI, GL_RED_INTEGER, GL_UNSIGNED_BYTE, p->columns,
			p->rows);
	p->packed = gl_pixels_make_texture(GL_RGBA8, GL_RGBA, GL_UNSIGNED_BYTE,
			GL_PIXELS_PACK_WIDTH, PACK_ROWS);
	glGenFramebuffers(1, &p->framebuffer);
	glGenBuffers(1, &p->buffer);
	return glGetError() == GL_NO_ERROR ? 0 : -ENOMEM;
}

int gl_pixels_create(struct gl_pixels **out, struct gl_device *device, uint32_t width,
		uint32_t height, uint32_t fourcc, char *why, size_t size)
{
	struct gl_pixels *p = calloc(1, sizeof *p);
	int ret;

	if (size)
		why[0] = 0;
	if (!p)
		return -ENOMEM;
	p->device = device;
	p->width = width;
	p->height = height;
	p->columns = (width + GL_PIXELS_BLOCK - 1) / GL_PIXELS_BLOCK;
	p->rows = (height + GL_PIXELS_BLOCK - 1) / GL_PIXELS_BLOCK;
	p->depth = depth_of(fourcc);
	ret = gl_make_current(device);
	if (ret == 0) {
		p->programs = gl_pixels_programs(device, why, size);
		ret = p->programs ? make_all(p) : -ENODEV;
	}
	if (ret < 0) {
		gl_pixels_destroy(p);
		return ret;
	}
	*out = p;
	return 0;
}
