/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* The shaders that convert and read back, on any OpenGL ES 3 renderer. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <epoxy/gl.h>

#include "check.h"
#include "csc.h"
#include "gpu/gl-device.h"
#include "scene.h"

static struct gl_device *device;

static unsigned make_target(GLenum internal, GLenum format, uint32_t width, uint32_t height)
{
	GLuint name;

	glGenTextures(1, &name);
	glBindTexture(GL_TEXTURE_2D, name);
	glTexImage2D(GL_TEXTURE_2D, 0, (GLint)internal, (GLsizei)width, (GLsizei)height, 0, format,
			GL_UNSIGNED_BYTE, NULL);
	return name;
}

static uint8_t *read_target(unsigned name, uint32_t width, uint32_t height)
{
	uint8_t *rgba = calloc((size_t)width * height, 4);
	GLuint framebuffer;

	CHECK(rgba);
	glGenFramebuffers(1, &framebuffer);
	glBindFramebuffer(GL_FRAMEBUFFER, framebuffer);
	glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, name, 0);
	glReadPixels(0, 0, (GLsizei)width, (GLsizei)height, GL_RGBA, GL_UNSIGNED_BYTE, rgba);
	CHECK_INT(glGetError(), GL_NO_ERROR);
	glDeleteFramebuffers(1, &framebuffer);
	return rgba;
}

static uint8_t *rgba_of(const struct scene *s)
{
	uint8_t *rgba = malloc((size_t)s->width * s->height * 4);

	CHECK(rgba);
	for (uint32_t i = 0; i < s->width * s->height; i++) {
		rgba[i * 4] = (uint8_t)(s->pixels[i] >> 16);
		rgba[i * 4 + 1] = (uint8_t)(s->pixels[i] >> 8);
		rgba[i * 4 + 2] = (uint8_t)s->pixels[i];
		rgba[i * 4 + 3] = 255;
	}
	return rgba;
}

/* The pixel that the view shows at x, y; the last ones repeat. */
static uint32_t view_pixel(const struct scene *s, const struct gl_view *v, uint32_t x, uint32_t y)
{
	x = x < v->width ? x : v->width - 1;
	y = y < v->height ? y : v->height - 1;
	return s->pixels[(v->y + (v->y_flip ? v->height - 1 - y : y)) * s->width + v->x + x];
}

static void check_view(const struct scene *s, const struct gl_texture *texture, struct gl_view v)
{
	static const struct csc bt601;
	uint32_t w = (v.width + 1) & ~1u, h = (v.height + 1) & ~1u;
	unsigned luma = make_target(GL_R8, GL_RED, w, h),
			chroma = make_target(GL_RG8, GL_RG, w / 2, h / 2);
	uint8_t *y, *uv, *copy = malloc((size_t)v.width * v.height * 4);
	uint32_t *expected = malloc((size_t)w * h * 4);
	uint8_t *want_y = malloc((size_t)w * h), *want_uv = malloc((size_t)w * h / 2);

	CHECK(copy && expected && want_y && want_uv);
	CHECK_INT(gl_convert(device, texture, &v, luma, chroma), 0);
	y = read_target(luma, w, h);
	uv = read_target(chroma, w / 2, h / 2);
	for (uint32_t i = 0; i < w * h; i++)
		expected[i] = view_pixel(s, &v, i % w, i / w);
	csc_argb_to_nv12(&bt601, (uint8_t *)expected, (size_t)w * 4, want_y, w, want_uv, w, w, h);
	for (uint32_t i = 0; i < w * h; i++)
		CHECK(abs(y[i * 4] - want_y[i]) <= 1);
	for (uint32_t i = 0; i < w / 2 * (h / 2); i++)
		CHECK(abs(uv[i * 4] - want_uv[i * 2]) <= 1 &&
				abs(uv[i * 4 + 1] - want_uv[i * 2 + 1]) <= 1);

	CHECK_INT(gl_read(device, texture, &v, copy), 0);
	for (uint32_t i = 0; i < v.width * v.height; i++) {
		uint32_t p = view_pixel(s, &v, i % v.width, i / v.width);

		CHECK(copy[i * 4] == (p >> 16 & 255) && copy[i * 4 + 1] == (p >> 8 & 255) &&
				copy[i * 4 + 2] == (p & 255));
	}
	glDeleteTextures(1, &luma);
	glDeleteTextures(1, &chroma);
	free(want_uv);
	free(want_y);
	free(expected);
	free(copy);
	free(uv);
	free(y);
}

int main(void)
{
	struct scene scene = scene_new(203, 121);
	struct gl_texture texture;
	struct gl_buffer buffer = { .width = 16, .height = 16, .n_planes = 1 };
	uint8_t *rgba;
	char why[512];

	if (gl_device_open(&device, -1, why, sizeof(why)) < 0) {
		printf("no OpenGL here: %s\n", why);
		return 77;
	}
	scene_noise(&scene, 1);
	rgba = rgba_of(&scene);
	CHECK_INT(gl_upload(device, rgba, scene.width, scene.height, &texture), 0);
	check_view(&scene, &texture, (struct gl_view){ 0, 0, 203, 121, false });
	check_view(&scene, &texture, (struct gl_view){ 0, 0, 202, 120, false });
	check_view(&scene, &texture, (struct gl_view){ 0, 0, 202, 120, true });
	check_view(&scene, &texture, (struct gl_view){ 17, 5, 101, 77, false });
	check_view(&scene, &texture, (struct gl_view){ 17, 5, 101, 77, true });
	gl_texture_finish(device, &texture);
	CHECK(gl_import(device, &buffer, &texture) < 0); /* no buffer: an error, no crash */
	gl_device_close(device);
	CHECK(gl_device_open(&device, open("/dev/null", 2), why, sizeof(why)) < 0);
	CHECK(why[0]);
	free(rgba);
	scene_free(&scene);
	return 0;
}
