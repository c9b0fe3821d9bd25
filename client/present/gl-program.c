/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "present/gl-program.h"

#define ATTRIBUTE_POSITION 0

/* The first row of the canvas is the first row of the picture; a window is upside down. */
static const char straight_source[] =
		"#version 300 es\n"
		"layout(location = 0) in vec2 position;\n"
		"out vec2 at;\n"
		"void main() {\n"
		"	at = position;\n"
		"	gl_Position = vec4(position * 2.0 - 1.0, 0.0, 1.0);\n"
		"}\n";
static const char upright_source[] =
		"#version 300 es\n"
		"layout(location = 0) in vec2 position;\n"
		"out vec2 at;\n"
		"void main() {\n"
		"	at = vec2(position.x, 1.0 - position.y);\n"
		"	gl_Position = vec4(position * 2.0 - 1.0, 0.0, 1.0);\n"
		"}\n";

/* Takes each sample without a filter, as the conversion on the CPU does. */
static const char samples_source[] =
		"#version 300 es\n"
		"precision highp float;\n"
		"precision highp int;\n"
		"uniform highp sampler2D first, second, third;\n"
		"uniform mat3 matrix;\n"
		"uniform vec3 offset;\n"
		"uniform float scale;\n"
		"uniform int planes;\n"
		"uniform ivec2 origin;\n"
		"out vec4 colour;\n"
		"void main() {\n"
		"	ivec2 at = ivec2(gl_FragCoord.xy) - origin;\n"
		"	vec4 one = texelFetch(first, at, 0);\n"
		"	if (planes == 1) {\n"
		"		colour = vec4(one.bgr, 1.0);\n"
		"		return;\n"
		"	}\n"
		"	vec2 two = texelFetch(second, at / 2, 0).rg;\n"
		"	if (planes == 3)\n"
		"		two.g = texelFetch(third, at / 2, 0).r;\n"
		"	vec3 yuv = vec3(one.r, two) * scale - offset;\n"
		"	colour = vec4(clamp(matrix * yuv, 0.0, 1.0), 1.0);\n"
		"}\n";
static const char external_source[] =
		"#version 300 es\n"
		"#extension GL_OES_EGL_image_external_essl3 : require\n"
		"precision highp float;\n"
		"uniform samplerExternalOES first;\n"
		"in vec2 at;\n"
		"out vec4 colour;\n"
		"void main() {\n"
		"	colour = vec4(texture(first, at).rgb, 1.0);\n"
		"}\n";
static const char show_source[] =
		"#version 300 es\n"
		"precision highp float;\n"
		"uniform sampler2D first;\n"
		"in vec2 at;\n"
		"out vec4 colour;\n"
		"void main() {\n"
		"	colour = vec4(texture(first, at).rgb, 1.0);\n"
		"}\n";

static GLuint compile(GLenum type, const char *source, char **log)
{
	GLuint shader = glCreateShader(type);
	GLint ok = GL_FALSE;

	glShaderSource(shader, 1, &source, NULL);
	glCompileShader(shader);
	glGetShaderiv(shader, GL_COMPILE_STATUS, &ok);
	if (!ok && !*log) {
		*log = g_malloc0(1024);
		glGetShaderInfoLog(shader, 1023, NULL, *log);
	}
	return shader;
}

/* Builds a program. Errors: 0 with a message in *log. */
static GLuint build(const char *vertex_source, const char *fragment_source, char **log)
{
	GLuint vertex = compile(GL_VERTEX_SHADER, vertex_source, log);
	GLuint fragment = compile(GL_FRAGMENT_SHADER, fragment_source, log);
	GLuint program = glCreateProgram();
	GLint ok = GL_FALSE;

	if (!*log) {
		glAttachShader(program, vertex);
		glAttachShader(program, fragment);
		glLinkProgram(program);
		glGetProgramiv(program, GL_LINK_STATUS, &ok);
	}
	glDeleteShader(vertex);
	glDeleteShader(fragment);
	if (ok)
		return program;
	if (!*log)
		*log = g_strdup("the shaders do not link");
	glDeleteProgram(program);
	return 0;
}

static void set_up_inputs(struct gl_program *gl)
{
	static const GLfloat corners[] = { 0, 0, 1, 0, 0, 1, 1, 1 };
	static const char *const textures[] = { "first", "second", "third" };
	int i;

	glUseProgram(gl->samples);
	for (i = 0; i < 3; i++)
		glUniform1i(glGetUniformLocation(gl->samples, textures[i]), i);
	gl->matrix = glGetUniformLocation(gl->samples, "matrix");
	gl->offset = glGetUniformLocation(gl->samples, "offset");
	gl->scale = glGetUniformLocation(gl->samples, "scale");
	gl->layout = glGetUniformLocation(gl->samples, "planes");
	gl->origin = glGetUniformLocation(gl->samples, "origin");
	glGenBuffers(1, &gl->buffer);
	glBindBuffer(GL_ARRAY_BUFFER, gl->buffer);
	glBufferData(GL_ARRAY_BUFFER, sizeof corners, corners, GL_STATIC_DRAW);
	glVertexAttribPointer(ATTRIBUTE_POSITION, 2, GL_FLOAT, GL_FALSE, 0, NULL);
	glEnableVertexAttribArray(ATTRIBUTE_POSITION);
}

gboolean gl_program_init(struct gl_program *gl, char **log)
{
	*log = NULL;
	gl->samples = build(straight_source, samples_source, log);
	gl->show = *log ? 0 : build(upright_source, show_source, log);
	if (*log) {
		gl_program_finish(gl);
		return FALSE;
	}
	if (epoxy_has_gl_extension("GL_OES_EGL_image_external_essl3")) {
		g_autofree char *ignored = NULL;

		gl->external = build(straight_source, external_source, &ignored);
	}
	set_up_inputs(gl);
	return TRUE;
}

void gl_program_finish(struct gl_program *gl)
{
	glDeleteBuffers(1, &gl->buffer);
	glDeleteProgram(gl->samples);
	glDeleteProgram(gl->external);
	glDeleteProgram(gl->show);
	*gl = (struct gl_program){ 0 };
}

gboolean gl_program_knows(const GstVideoColorimetry *colour)
{
	double kr, kb;

	return gst_video_color_matrix_get_Kr_Kb(colour->matrix, &kr, &kb);
}

/* The matrix of ITU-T H.273 (07/2021) 8.3 from Y'CbCr to R'G'B': columns for Y, Cb, Cr. */
static void set_matrix(struct gl_program *gl, const GstVideoColorimetry *colour, int bits)
{
	gboolean full = colour->range == GST_VIDEO_COLOR_RANGE_0_255;
	float top = bits == 10 ? 1023 : 255, step = bits == 10 ? 4 : 1;
	float ys = full ? 1 : top / (219 * step), cs = full ? 1 : top / (224 * step);
	double kr = 0.299, kb = 0.114, kg;
	GLfloat m[9],
			offset[3] = { full ? 0 : 16 * step / top, 128 * step / top,
				128 * step / top };

	gst_video_color_matrix_get_Kr_Kb(colour->matrix, &kr, &kb);
	kg = 1 - kr - kb;
	m[0] = m[1] = m[2] = ys;
	m[3] = 0;
	m[4] = (float)(-2 * (1 - kb) * kb / kg) * cs;
	m[5] = (float)(2 * (1 - kb)) * cs;
	m[6] = (float)(2 * (1 - kr)) * cs;
	m[7] = (float)(-2 * (1 - kr) * kr / kg) * cs;
	m[8] = 0;
	glUniformMatrix3fv(gl->matrix, 1, GL_FALSE, m);
	glUniform3fv(gl->offset, 1, offset);
	/* A 16-bit texture gives 65535ths. Of a 10-bit sample, the lowest six bits are unused. */
	glUniform1f(gl->scale, bits == 10 ? 65535.0f / (64 * 1023) : 1);
}

void gl_program_use_samples(struct gl_program *gl, enum gl_layout layout,
		const GstVideoColorimetry *colour, int bits, int x, int y)
{
	if (layout == GL_LAYOUT_EXTERNAL) {
		glUseProgram(gl->external);
		return;
	}
	glUseProgram(gl->samples);
	glUniform1i(gl->layout, (GLint)layout);
	glUniform2i(gl->origin, x, y);
	if (layout != GL_LAYOUT_BGRX)
		set_matrix(gl, colour, bits);
}

void gl_program_use_canvas(struct gl_program *gl)
{
	glUseProgram(gl->show);
}

void gl_program_draw(struct gl_program *gl)
{
	glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
}
