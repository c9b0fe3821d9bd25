/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gpu/gl-pixels-private.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const unit_names[UNITS] = {
	[UNIT_SOURCE] = "source",
	[UNIT_REMEMBERED] = "remembered",
	[UNIT_CHOSEN] = "chosen",
	[UNIT_SLOTS] = "slots",
};

static const char *const uniform_names[UNIFORMS] = {
	[UNIFORM_CROP] = "crop",
	[UNIFORM_SIZE] = "size",
	[UNIFORM_FLIP] = "flip",
	[UNIFORM_LEVELS] = "levels",
	[UNIFORM_LEFT] = "left",
	[UNIFORM_RIGHT] = "right",
	[UNIFORM_SHIFT] = "shift",
	[UNIFORM_SOME] = "some",
	[UNIFORM_RECT] = "rect",
	[UNIFORM_RANGE] = "range",
	[UNIFORM_PLACES] = "places",
	[UNIFORM_STRIDE] = "stride",
	[UNIFORM_LINES] = "lines",
	[UNIFORM_LEAVING] = "leaving",
};

static const char precision_source[] =
		"precision highp float;\n"
		"precision highp int;\n"
		"precision highp usampler2D;\n"
		"uniform ivec2 size;\n"
		"uniform usampler2D remembered;\n"
		"vec4 bytes_of(uint v) {\n"
		"	return vec4(uvec4(v, v >> 8, v >> 16, v >> 24) & 255u) / 255.0;\n"
		"}\n"
		/* for the hash of a strip: h * base + pixel, from left to right */
		"const uint base = 0x9e3779b1u;\n"
		"uint number_of(uvec3 c) {\n"
		"	return c.r << 16 | c.g << 8 | c.b;\n"
		"}\n"
		"uint label(uint h) {\n"
		"	return h == 0u ? 1u : h;\n"
		"}\n";

/* A pixel of the scanout in 8 bits a channel, by the view. */
static const char scanout_source[] =
		"uniform ivec2 crop;\n"
		"uniform bool flip;\n"
		"uniform vec3 levels;\n"
		"uniform uvec3 left;\n"
		"uniform uvec3 right;\n"
		"uvec3 scanout(ivec2 p) {\n"
		"	if (flip)\n"
		"		p.y = size.y - 1 - p.y;\n"
		"	vec3 c = texelFetch(source, p + crop, 0).rgb;\n"
		"	uvec3 v = uvec3(c * levels + 0.5);\n"
		"	return (v << left | v >> right) & 255u;\n"
		"}\n";

static const char *const pass_sources[GL_PIXELS_PASSES] = {
	/* One fragment is one block. */
	[GL_PIXELS_COMPARE] =
			"uniform ivec2 shift;\n"
			"out vec4 color;\n"
			"uint differs(ivec2 p) {\n"
			"	uvec3 was = texelFetch(remembered, p - shift, 0).rgb;\n"
			"	return uint(scanout(p) != was);\n"
			"}\n"
			"void main() {\n"
			"	ivec2 a = ivec2(gl_FragCoord.xy) * 16;\n"
			"	ivec2 b = min(a + 16, size);\n"
			"	ivec2 from = a - shift;\n"
			"	ivec2 to = b - shift;\n"
			"	uint rows = 0u;\n"
			"	uint columns = 0u;\n"
			"	if (from.x < 0 || from.y < 0 || to.x > size.x || to.y > size.y) {\n"
			"		color = vec4(1.0);\n"
			"		return;\n"
			"	}\n"
			"	for (int y = a.y; y < b.y; y++) {\n"
			"		uint line = 0u;\n"
			"		for (int x = a.x; x < b.x; x++)\n"
			"			line |= differs(ivec2(x, y)) << uint(x - a.x);\n"
			"		columns |= line;\n"
			"		rows |= uint(line != 0u) << uint(y - a.y);\n"
			"	}\n"
			"	uvec4 bytes = uvec4(rows, rows >> 8, columns, columns >> 8);\n"
			"	color = vec4(bytes & 255u) / 255.0;\n"
			"}\n",
	[GL_PIXELS_REMEMBER] =
			"uniform bool some;\n"
			"uniform usampler2D chosen;\n"
			"out uvec4 color;\n"
			"void main() {\n"
			"	ivec2 p = ivec2(gl_FragCoord.xy);\n"
			"	if (some && texelFetch(chosen, p / 16, 0).r == 0u)\n"
			"		discard;\n"
			"	color = uvec4(scanout(p), 255u);\n"
			"}\n",
	/* One fragment is one strip. */
	[GL_PIXELS_STRIPS] =
			"uniform int places[12];\n"
			"uniform ivec2 stride;\n"
			"out vec4 color;\n"
			"void main() {\n"
			"	ivec2 f = ivec2(gl_FragCoord.xy);\n"
			"	ivec2 p = ivec2(places[f.x], stride.x + f.y * stride.y);\n"
			"	uvec3 first = scanout(p);\n"
			"	bool flat_ = true;\n"
			"	bool rests = true;\n"
			"	uint h = 0u;\n"
			"	for (int i = 0; i < 32; i++, p.x++) {\n"
			"		uvec3 c = scanout(p);\n"
			"		flat_ = flat_ && c == first;\n"
			"		rests = rests && c == texelFetch(remembered, p, 0).rgb;\n"
			"		h = h * base + number_of(c);\n"
			"	}\n"
			"	color = bytes_of(flat_ || rests ? 0u : label(h));\n"
			"}\n",
	/* One fragment is one line: 1 if it moved. */
	[GL_PIXELS_LINES_PASS] =
			"uniform ivec4 lines[32];\n"
			"uniform ivec2 shift;\n"
			"out vec4 color;\n"
			"void main() {\n"
			"	ivec4 line = lines[int(gl_FragCoord.x)];\n"
			"	bool same = true;\n"
			"	for (int y = line.y; y < line.y + line.w; y++)\n"
			"		for (int x = line.x; x < line.x + line.z; x++) {\n"
			"			ivec2 p = ivec2(x, y);\n"
			"			uvec3 was;\n"
			"			was = texelFetch(remembered, p - shift, 0).rgb;\n"
			"			same = same && scanout(p) == was;\n"
			"		}\n"
			"	color = bytes_of(uint(same));\n"
			"}\n",
	/* One fragment is 64 places in a row: the first strip there whose hash is in its slot, as
	 * 1 + (slot << 6 | place). */
	[GL_PIXELS_SCAN] =
			"uniform ivec4 rect;\n"
			"uniform ivec2 stride;\n"
			"uniform uint leaving;\n"
			"uniform usampler2D chosen;\n"
			"uniform usampler2D slots;\n"
			"out vec4 color;\n"
			"uint number_at(int x, int y) {\n"
			"	return number_of(texelFetch(remembered, ivec2(x, y), 0).rgb);\n"
			"}\n"
			"void main() {\n"
			"	ivec2 f = ivec2(gl_FragCoord.xy);\n"
			"	int begin = rect.x + f.x * 64;\n"
			"	int end = min(begin + 64 + 31, rect.x + rect.z);\n"
			"	int y = stride.x + f.y * stride.y;\n"
			"	int known = 0;\n"
			"	uint h = 0u;\n"
			"	uint found = 0u;\n"
			"	for (int x = begin; x < end && found == 0u; x++) {\n"
			"		if (texelFetch(chosen, ivec2(x, y) / 16, 0).r == 0u) {\n"
			"			known = 0;\n"
			"			h = 0u;\n"
			"			continue;\n"
			"		}\n"
			"		h = h * base + number_at(x, y);\n"
			"		if (++known > 32)\n"
			"			h -= number_at(x - 32, y) * leaving;\n"
			"		if (known < 32)\n"
			"			continue;\n"
			"		uint slot = label(h) * base >> 18;\n"
			"		ivec2 at = ivec2(int(slot & 127u), int(slot >> 7));\n"
			"		if (texelFetch(slots, at, 0).r == label(h))\n"
			"			found = 1u + (slot << 6 | uint(x - 31 - begin));\n"
			"	}\n"
			"	color = bytes_of(found);\n"
			"}\n",
	/* A texel is four bytes of a run of B, G, R. */
	[GL_PIXELS_PACK] =
			"uniform ivec4 rect;\n"
			"uniform ivec2 range;\n"
			"out vec4 color;\n"
			"uint at(int i) {\n"
			"	int p = min(i / 3, rect.z * rect.w - 1);\n"
			"	ivec2 q = rect.xy + ivec2(p % rect.z, p / rect.z);\n"
			"	uvec3 c = texelFetch(remembered, q, 0).bgr;\n"
			"	int k = i % 3;\n"
			"	return k == 0 ? c.x : k == 1 ? c.y : c.z;\n"
			"}\n"
			"void main() {\n"
			"	ivec2 p = ivec2(gl_FragCoord.xy);\n"
			"	int i = p.y * 1024 + p.x;\n"
			"	if (i < range.x || i >= range.y)\n"
			"		discard;\n"
			"	i = (i - range.x) * 4;\n"
			"	color = vec4(at(i), at(i + 1), at(i + 2), at(i + 3)) / 255.0;\n"
			"}\n",
};

_Static_assert(GL_PIXELS_STRIP == 32 && GL_PIXELS_COLUMNS == 12 && GL_PIXELS_LINES == 32,
		"the passes for moves have these numbers");
_Static_assert(GL_PIXELS_SLOTS == 1u << 14, "the scan pass has this number");
_Static_assert(GL_PIXELS_PACK_WIDTH == 1024, "the pack pass has this number");
_Static_assert(GL_PIXELS_BLOCK == 16, "the compare and remember passes have this number");

static void find_uniforms(struct gl_pixels_program *p)
{
	for (unsigned i = 0; i < UNIFORMS; i++)
		p->at[i] = glGetUniformLocation(p->name, uniform_names[i]);
	glUseProgram(p->name);
	for (unsigned i = 0; i < UNITS; i++)
		glUniform1i(glGetUniformLocation(p->name, unit_names[i]), (GLint)i);
}

static bool create_program(struct gl_pixels_program *p, bool external, unsigned pass, char *why,
		size_t size)
{
	bool source = pass < GL_PIXELS_SOURCE_PASSES;
	const char *sources[] = {
		"#version 300 es\n",
		!source ? "" : external ? GL_SOURCE_EXTERNAL : GL_SOURCE_2D,
		precision_source,
		source ? scanout_source : "",
		pass_sources[pass],
	};

	p->name = gl_link(gl_vertex_source, sources, 5, why, size);
	if (!p->name)
		return false;
	find_uniforms(p);
	return true;
}

static bool create_programs(struct gl_pixels_programs *p, char *why, size_t size)
{
	bool external = epoxy_has_gl_extension("GL_OES_EGL_image_external_essl3");

	for (unsigned e = 0; e <= external; e++)
		for (unsigned pass = 0; pass < GL_PIXELS_PASSES; pass++)
			if (!create_program(&p->passes[e][pass], e, pass, why, size))
				return false;
	return true;
}

struct gl_pixels_programs *gl_pixels_programs(struct gl_device *d, char *why, size_t size)
{
	struct gl_pixels_programs *p;

	if (d->pixels_programs)
		return d->pixels_programs;
	p = calloc(1, sizeof *p);
	if (!p) {
		snprintf(why, size, "out of memory");
		return NULL;
	}
	if (!create_programs(p, why, size)) {
		gl_pixels_programs_destroy(p);
		return NULL;
	}
	d->pixels_programs = p;
	return p;
}

void gl_pixels_programs_destroy(struct gl_pixels_programs *p)
{
	if (!p)
		return;
	for (unsigned e = 0; e < 2; e++)
		for (unsigned pass = 0; pass < GL_PIXELS_PASSES; pass++)
			glDeleteProgram(p->passes[e][pass].name);
	free(p);
}
