/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gpu/gl-private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const char gl_vertex_source[] =
		"#version 300 es\n"
		"void main() {\n"
		"	float x = gl_VertexID == 1 ? 3.0 : -1.0;\n"
		"	float y = gl_VertexID == 2 ? 3.0 : -1.0;\n"
		"	gl_Position = vec4(x, y, 0.0, 1.0);\n"
		"}\n";

/* Texels are fetched, not filtered: the scale is 1:1. */
static const char common_source[] =
		"precision highp float;\n"
		"precision highp int;\n"
		"uniform ivec2 crop;\n"
		"uniform ivec2 size;\n"
		"uniform bool flip;\n"
		"vec3 texel(ivec2 p) {\n"
		"	p = min(p, size - 1);\n"
		"	if (flip)\n"
		"		p.y = size.y - 1 - p.y;\n"
		"	return texelFetch(source, p + crop, 0).rgb;\n"
		"}\n";

/* Rec. ITU-T H.273 (07/2021) 8.3: MatrixCoefficients 6, limited range. */
static const char *const pass_sources[GL_PASSES] = {
	[GL_PASS_LUMA] =
			"out vec4 color;\n"
			"void main() {\n"
			"	vec3 c = texel(ivec2(gl_FragCoord.xy));\n"
			"	float y = dot(c, vec3(0.299, 0.587, 0.114));\n"
			"	color = vec4((16.0 + 219.0 * y) / 255.0);\n"
			"}\n",
	[GL_PASS_CHROMA] =
			"out vec4 color;\n"
			"void main() {\n"
			"	ivec2 p = ivec2(gl_FragCoord.xy) * 2;\n"
			"	vec3 c = texel(p) + texel(p + ivec2(1, 0));\n"
			"	c = (c + texel(p + ivec2(0, 1)) + texel(p + ivec2(1, 1))) * 0.25;\n"
			"	float y = dot(c, vec3(0.299, 0.587, 0.114));\n"
			"	vec2 uv = vec2((c.b - y) / 1.772, (c.r - y) / 1.402);\n"
			"	color = vec4((128.0 + 224.0 * uv) / 255.0, 0.0, 1.0);\n"
			"}\n",
	[GL_PASS_COPY] =
			"out vec4 color;\n"
			"void main() {\n"
			"	color = vec4(texel(ivec2(gl_FragCoord.xy)), 1.0);\n"
			"}\n",
};

static GLuint compile(GLenum type, const char *const *sources, unsigned n, char *why, size_t size)
{
	GLuint shader = glCreateShader(type);
	GLint ok = 0;

	glShaderSource(shader, (GLsizei)n, sources, NULL);
	glCompileShader(shader);
	glGetShaderiv(shader, GL_COMPILE_STATUS, &ok);
	if (ok)
		return shader;
	if (size) {
		snprintf(why, size, "the GPU's compiler: ");
		glGetShaderInfoLog(shader, (GLsizei)(size - strlen(why)), NULL, why + strlen(why));
	}
	glDeleteShader(shader);
	return 0;
}

GLuint gl_link(const char *vertex, const char *const *sources, unsigned n, char *why, size_t size)
{
	GLuint v = compile(GL_VERTEX_SHADER, &vertex, 1, why, size);
	GLuint f = v ? compile(GL_FRAGMENT_SHADER, sources, n, why, size) : 0;
	GLuint name = 0;
	GLint ok = 0;

	if (f) {
		name = glCreateProgram();
		glAttachShader(name, v);
		glAttachShader(name, f);
		glLinkProgram(name);
		glGetProgramiv(name, GL_LINK_STATUS, &ok);
	}
	glDeleteShader(v);
	glDeleteShader(f);
	if (ok)
		return name;
	if (name && size)
		snprintf(why, size, "the GPU's compiler does not link a program");
	glDeleteProgram(name);
	return 0;
}

static int create_program(struct gl_program *p, bool external, enum gl_pass pass, char *why,
		size_t size)
{
	const char *sources[] = { "#version 300 es\n",
		external ? GL_SOURCE_EXTERNAL : GL_SOURCE_2D, common_source, pass_sources[pass] };

	p->name = gl_link(gl_vertex_source, sources, 4, why, size);
	if (!p->name)
		return -ENODEV;
	p->crop = glGetUniformLocation(p->name, "crop");
	p->size = glGetUniformLocation(p->name, "size");
	p->flip = glGetUniformLocation(p->name, "flip");
	return 0;
}

int gl_programs_create(struct gl_device *d, char *why, size_t size)
{
	bool external = epoxy_has_gl_extension("GL_OES_EGL_image_external_essl3");
	int ret = 0;

	for (int e = 0; e <= external; e++)
		for (int pass = 0; pass < GL_PASSES && ret == 0; pass++)
			ret = create_program(&d->programs[e][pass], e, (enum gl_pass)pass, why,
					size);
	return ret;
}

void gl_programs_finish(struct gl_device *d)
{
	for (int e = 0; e < 2; e++)
		for (int pass = 0; pass < GL_PASSES; pass++)
			glDeleteProgram(d->programs[e][pass].name);
}
