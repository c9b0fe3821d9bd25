/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "gl-program.h"

static const char vertex_source[] =
		"#version 300 es\n"
		"in vec2 position;\n"
		"out vec2 at;\n"
		"void main() {\n"
		"	at = vec2(position.x, 1.0 - position.y);\n"
		"	gl_Position = vec4(position * 2.0 - 1.0, 0.0, 1.0);\n"
		"}\n";

/* layout 3: Y, U, V; 2: Y, UV; 1: B, G, R, X as R, G, B, A. */
static const char fragment_source[] =
		"#version 300 es\n"
		"precision highp float;\n"
		"in vec2 at;\n"
		"out vec4 colour;\n"
		"uniform sampler2D first, second, third;\n"
		"uniform mat3 matrix;\n"
		"uniform vec3 offset;\n"
		"uniform int planes;\n"
		"void main() {\n"
		"	if (planes == 1) {\n"
		"		colour = vec4(texture(first, at).bgr, 1.0);\n"
		"		return;\n"
		"	}\n"
		"	vec3 yuv = vec3(texture(first, at).r, texture(second, at).r, texture(third, at).r);\n"
		"	if (planes == 2)\n"
		"		yuv.yz = texture(second, at).rg;\n"
		"	colour = vec4(clamp(matrix * (yuv - offset), 0.0, 1.0), 1.0);\n"
		"}\n";

static GLuint compile(GLenum type, const char *source, char **log)
{
	GLuint shader = glCreateShader(type);
	GLint ok = GL_FALSE;

	glShaderSource(shader, 1, &source, NULL);
	glCompileShader(shader);
	glGetShaderiv(shader, GL_COMPILE_STATUS, &ok);
	if (!ok) {
		*log = g_malloc0(1024);
		glGetShaderInfoLog(shader, 1023, NULL, *log);
	}
	return shader;
}

static void set_up_inputs(struct gl_program *gl)
{
	static const GLfloat corners[] = { 0, 0, 1, 0, 0, 1, 1, 1 };
	GLuint position = (GLuint)glGetAttribLocation(gl->program, "position");

	glUseProgram(gl->program);
	glUniform1i(glGetUniformLocation(gl->program, "first"), 0);
	glUniform1i(glGetUniformLocation(gl->program, "second"), 1);
	glUniform1i(glGetUniformLocation(gl->program, "third"), 2);
	gl->matrix = glGetUniformLocation(gl->program, "matrix");
	gl->offset = glGetUniformLocation(gl->program, "offset");
	gl->layout = glGetUniformLocation(gl->program, "planes");
	glGenBuffers(1, &gl->buffer);
	glBindBuffer(GL_ARRAY_BUFFER, gl->buffer);
	glBufferData(GL_ARRAY_BUFFER, sizeof corners, corners, GL_STATIC_DRAW);
	glVertexAttribPointer(position, 2, GL_FLOAT, GL_FALSE, 0, NULL);
	glEnableVertexAttribArray(position);
	glGenTextures(3, gl->textures);
}

gboolean gl_program_init(struct gl_program *gl, char **log)
{
	GLuint vertex, fragment;
	GLint ok = GL_FALSE;

	*log = NULL;
	vertex = compile(GL_VERTEX_SHADER, vertex_source, log);
	fragment = *log ? 0 : compile(GL_FRAGMENT_SHADER, fragment_source, log);
	gl->program = glCreateProgram();
	if (!*log) {
		glAttachShader(gl->program, vertex);
		glAttachShader(gl->program, fragment);
		glLinkProgram(gl->program);
		glGetProgramiv(gl->program, GL_LINK_STATUS, &ok);
	}
	glDeleteShader(vertex);
	glDeleteShader(fragment);
	if (!ok) {
		glDeleteProgram(gl->program);
		return FALSE;
	}
	set_up_inputs(gl);
	return TRUE;
}

void gl_program_finish(struct gl_program *gl)
{
	glDeleteTextures(3, gl->textures);
	glDeleteBuffers(1, &gl->buffer);
	glDeleteProgram(gl->program);
}

gboolean gl_program_takes(const GstVideoFrame *frame)
{
	GstVideoFormat format = GST_VIDEO_FRAME_FORMAT(frame);
	double kr, kb;

	return (format == GST_VIDEO_FORMAT_I420 || format == GST_VIDEO_FORMAT_YV12 || format == GST_VIDEO_FORMAT_NV12) &&
			gst_video_color_matrix_get_Kr_Kb(frame->info.colorimetry.matrix, &kr, &kb);
}

/* ITU-T H.273 (07/2021) 8.3: Y'CbCr to R'G'B', columns for Y, Cb, Cr. */
static void set_matrix(struct gl_program *gl, const GstVideoColorimetry *colour)
{
	gboolean full = colour->range == GST_VIDEO_COLOR_RANGE_0_255;
	float ys = full ? 1 : 255.0f / 219, cs = full ? 1 : 255.0f / 224;
	double kr = 0.299, kb = 0.114, kg;
	GLfloat m[9], offset[3] = { full ? 0 : 16 / 255.0f, 128 / 255.0f, 128 / 255.0f };

	gst_video_color_matrix_get_Kr_Kb(colour->matrix, &kr, &kb);
	kg = 1 - kr - kb;
	m[0] = m[1] = m[2] = ys;
	m[3] = 0;
	m[4] = (float)(-2 * (1 - kb) * kb / kg) * cs;
	m[5] = (float)(2 * (1 - kb)) * cs;
	m[6] = (float)(2 * (1 - kr)) * cs;
	m[7] = (float)(-2 * (1 - kr) * kr / kg) * cs;
	m[8] = 0;
	glUseProgram(gl->program);
	glUniformMatrix3fv(gl->matrix, 1, GL_FALSE, m);
	glUniform3fv(gl->offset, 1, offset);
}

static void set_plane(struct gl_program *gl, int plane, int width, int height, GLenum internal, GLenum format)
{
	glActiveTexture((GLenum)(GL_TEXTURE0 + plane));
	glBindTexture(GL_TEXTURE_2D, gl->textures[plane]);
	glTexImage2D(GL_TEXTURE_2D, 0, (GLint)internal, width, height, 0, format, GL_UNSIGNED_BYTE, NULL);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
}

/* New textures when they do not fit any more; TRUE then. */
static gboolean set_layout(struct gl_program *gl, int width, int height, int planes)
{
	int i;

	if (gl->width == width && gl->height == height && gl->planes == planes)
		return FALSE;
	gl->width = width;
	gl->height = height;
	gl->planes = planes;
	if (planes == 1)
		set_plane(gl, 0, width, height, GL_RGBA8, GL_RGBA);
	else
		set_plane(gl, 0, width, height, GL_R8, GL_RED);
	for (i = 1; i < planes; i++)
		set_plane(gl, i, (width + 1) / 2, (height + 1) / 2, planes == 2 ? GL_RG8 : GL_R8, planes == 2 ? GL_RG : GL_RED);
	glUseProgram(gl->program);
	glUniform1i(gl->layout, planes);
	return TRUE;
}

static void upload_plane(struct gl_program *gl, const GstVideoFrame *frame, int plane, const cairo_rectangle_int_t *r)
{
	int source = gl->swap_uv && plane ? 3 - plane : plane, half = plane > 0;
	int bytes = gl->planes == 2 && plane ? 2 : 1;
	int x = r->x >> half, y = r->y >> half;
	int width = (r->x + r->width + half) / (1 + half) - x, height = (r->y + r->height + half) / (1 + half) - y;
	int stride = GST_VIDEO_FRAME_PLANE_STRIDE(frame, source);
	const guint8 *data = GST_VIDEO_FRAME_PLANE_DATA(frame, source);

	glActiveTexture((GLenum)(GL_TEXTURE0 + plane));
	glBindTexture(GL_TEXTURE_2D, gl->textures[plane]);
	glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
	glPixelStorei(GL_UNPACK_ROW_LENGTH, stride / bytes);
	glTexSubImage2D(GL_TEXTURE_2D, 0, x, y, width, height, bytes == 2 ? GL_RG : GL_RED, GL_UNSIGNED_BYTE,
			data + (gsize)y * (gsize)stride + (gsize)x * (gsize)bytes);
}

void gl_program_upload(struct gl_program *gl, const GstVideoFrame *frame, const cairo_region_t *damage)
{
	cairo_rectangle_int_t r = { 0, 0, GST_VIDEO_FRAME_WIDTH(frame), GST_VIDEO_FRAME_HEIGHT(frame) };
	int planes = GST_VIDEO_FRAME_FORMAT(frame) == GST_VIDEO_FORMAT_NV12 ? 2 : 3;
	gboolean all = set_layout(gl, r.width, r.height, planes);
	int i, plane, n = all ? 1 : cairo_region_num_rectangles(damage);

	gl->swap_uv = GST_VIDEO_FRAME_FORMAT(frame) == GST_VIDEO_FORMAT_YV12;
	set_matrix(gl, &frame->info.colorimetry);
	for (i = 0; i < n; i++) {
		if (!all)
			cairo_region_get_rectangle(damage, i, &r);
		for (plane = 0; plane < planes; plane++)
			upload_plane(gl, frame, plane, &r);
	}
}

void gl_program_upload_bgrx(struct gl_program *gl, const guint8 *data, gsize stride, int width, int height)
{
	set_layout(gl, width, height, 1);
	glActiveTexture(GL_TEXTURE0);
	glBindTexture(GL_TEXTURE_2D, gl->textures[0]);
	glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
	glPixelStorei(GL_UNPACK_ROW_LENGTH, (GLint)(stride / 4));
	glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE, data);
}

void gl_program_draw(struct gl_program *gl, gboolean sharp)
{
	int i;

	glUseProgram(gl->program);
	glBindBuffer(GL_ARRAY_BUFFER, gl->buffer);
	for (i = 0; i < gl->planes; i++) {
		glActiveTexture((GLenum)(GL_TEXTURE0 + i));
		glBindTexture(GL_TEXTURE_2D, gl->textures[i]);
		glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, sharp ? GL_NEAREST : GL_LINEAR);
		glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, sharp ? GL_NEAREST : GL_LINEAR);
	}
	glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
}
