/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gpu/gl-pixels-private.h"

#include <errno.h>

#define BASE 0x9e3779b1u
#define SLOTS_WIDTH 128u
#define PLACES 64 /* of a fragment of the scan pass */
#define MIN_GRID_STEP 8u
#define MIN_SCAN_STEP 3u

static uint32_t rows_of(const struct gl_pixels *p, uint32_t step)
{
	return p->height / step + 1;
}

static uint32_t segments_of(uint32_t width)
{
	return (width + PLACES - 1) / PLACES;
}

/* The textures for a search, which scanouts that nothing moves on do without. */
static void ensure_textures(struct gl_pixels *p)
{
	if (p->strips)
		return;
	p->strips = gl_pixels_make_texture(GL_RGBA8, GL_RGBA, GL_UNSIGNED_BYTE, GL_PIXELS_COLUMNS,
			rows_of(p, MIN_GRID_STEP));
	p->slots = gl_pixels_make_texture(GL_R32UI, GL_RED_INTEGER, GL_UNSIGNED_INT, SLOTS_WIDTH,
			GL_PIXELS_SLOTS / SLOTS_WIDTH);
	p->hits = gl_pixels_make_texture(GL_RGBA8, GL_RGBA, GL_UNSIGNED_BYTE,
			segments_of(p->width) + GL_PIXELS_LINES, rows_of(p, MIN_SCAN_STEP));
}

static uint32_t number_at(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
			(uint32_t)bytes[3] << 24;
}

static void count_answers(struct gl_pixels *p, const struct spice_accel_rect *r)
{
	p->counts.answers += (uint64_t)r->width * (uint64_t)r->height * 4;
}

/* ---- strips --------------------------------------------------------------- */

int gl_pixels_hash(struct gl_pixels *p, const struct gl_pixels_grid *grid, uint32_t *hashes)
{
	const struct spice_accel_rect used = { 0, 0, (int32_t)grid->columns, (int32_t)grid->rows };
	const struct gl_pixels_program *program;
	const uint8_t *bytes;
	int ret = gl_pixels_begin(p);

	if (ret < 0 || !grid->columns || !grid->rows)
		return ret;
	if (grid->columns > GL_PIXELS_COLUMNS || grid->rows > rows_of(p, MIN_GRID_STEP))
		return -EINVAL;
	ensure_textures(p);
	program = gl_pixels_use(p, GL_PIXELS_STRIPS);
	gl_pixels_bind(UNIT_REMEMBERED, GL_TEXTURE_2D, p->remembered);
	glUniform1iv(program->at[UNIFORM_PLACES], (GLsizei)grid->columns, grid->x);
	glUniform2i(program->at[UNIFORM_STRIDE], grid->y, grid->step);
	gl_pixels_draw(p, &(struct gl_pixels_target){ p->strips, used.width, used.height, used });
	bytes = gl_pixels_map(p, p->strips, &used, &ret);
	if (!bytes)
		return ret;
	for (size_t i = 0; i < (size_t)grid->columns * grid->rows; i++)
		hashes[i] = number_at(bytes + i * 4);
	count_answers(p, &used);
	gl_pixels_unmap();
	return gl_pixels_end();
}

/* ---- where they were ------------------------------------------------------ */

static void upload_slots(const struct gl_pixels *p, const uint32_t *slots)
{
	gl_pixels_bind(UNIT_SLOTS, GL_TEXTURE_2D, p->slots);
	glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
	glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, SLOTS_WIDTH, GL_PIXELS_SLOTS / SLOTS_WIDTH,
			GL_RED_INTEGER, GL_UNSIGNED_INT, slots);
}

/* The factor of a pixel that leaves a strip. */
static uint32_t leaving(void)
{
	uint32_t factor = 1;

	for (unsigned i = 0; i < GL_PIXELS_STRIP; i++)
		factor *= BASE;
	return factor;
}

static void tell_hits(const struct gl_pixels_scan *scan, const struct spice_accel_rect *used,
		const uint8_t *bytes)
{
	for (int32_t y = 0; y < used->height; y++)
		for (int32_t x = 0; x < used->width; x++, bytes += 4) {
			uint32_t found = number_at(bytes);

			if (!found-- || found >> 6 >= GL_PIXELS_SLOTS)
				continue;
			scan->hit(scan->opaque, found >> 6,
					scan->rect.x + x * PLACES + (int32_t)(found & 63),
					scan->rect.y + y * scan->step);
		}
}

int gl_pixels_scan(struct gl_pixels *p, const struct gl_pixels_scan *scan)
{
	const struct spice_accel_rect *r = &scan->rect;
	const struct spice_accel_rect used = { 0, 0, (int32_t)segments_of((uint32_t)r->width),
		(r->height + scan->step - 1) / scan->step };
	const struct gl_pixels_span all = { 0, 0, p->columns, p->rows };
	const struct gl_pixels_program *program;
	const uint8_t *bytes;
	int ret = gl_pixels_begin(p);

	if (ret < 0)
		return ret;
	if (used.height > (int32_t)rows_of(p, MIN_SCAN_STEP))
		return -EINVAL;
	ensure_textures(p);
	gl_pixels_choose(p, &all, scan->known);
	upload_slots(p, scan->slots);
	program = gl_pixels_use(p, GL_PIXELS_SCAN);
	gl_pixels_bind(UNIT_REMEMBERED, GL_TEXTURE_2D, p->remembered);
	glUniform4i(program->at[UNIFORM_RECT], r->x, r->y, r->width, r->height);
	glUniform2i(program->at[UNIFORM_STRIDE], r->y, scan->step);
	glUniform1ui(program->at[UNIFORM_LEAVING], leaving());
	gl_pixels_draw(p, &(struct gl_pixels_target){ p->hits, used.width, used.height, used });
	bytes = gl_pixels_map(p, p->hits, &used, &ret);
	if (!bytes)
		return ret;
	tell_hits(scan, &used, bytes);
	count_answers(p, &used);
	gl_pixels_unmap();
	return gl_pixels_end();
}

/* ---- lines ---------------------------------------------------------------- */

int gl_pixels_compare_lines(struct gl_pixels *p, const struct spice_accel_rect *lines, unsigned n,
		int32_t dx, int32_t dy, uint8_t *same)
{
	const struct spice_accel_rect used = { 0, 0, (int32_t)n, 1 };
	const struct gl_pixels_program *program;
	GLint places[GL_PIXELS_LINES * 4];
	const uint8_t *bytes;
	int ret = gl_pixels_begin(p);

	if (ret < 0 || !n)
		return ret;
	if (n > GL_PIXELS_LINES)
		return -EINVAL;
	for (unsigned i = 0; i < n; i++) {
		places[i * 4] = lines[i].x;
		places[i * 4 + 1] = lines[i].y;
		places[i * 4 + 2] = lines[i].width;
		places[i * 4 + 3] = lines[i].height;
	}
	ensure_textures(p);
	program = gl_pixels_use(p, GL_PIXELS_LINES_PASS);
	gl_pixels_bind(UNIT_REMEMBERED, GL_TEXTURE_2D, p->remembered);
	glUniform4iv(program->at[UNIFORM_LINES], (GLsizei)n, places);
	glUniform2i(program->at[UNIFORM_SHIFT], dx, dy);
	gl_pixels_draw(p, &(struct gl_pixels_target){ p->hits, used.width, used.height, used });
	bytes = gl_pixels_map(p, p->hits, &used, &ret);
	if (!bytes)
		return ret;
	for (unsigned i = 0; i < n; i++)
		same[i] = bytes[i * 4];
	count_answers(p, &used);
	gl_pixels_unmap();
	return gl_pixels_end();
}
