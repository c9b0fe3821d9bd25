/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "egl-double.h"

#include <dlfcn.h>
#include <epoxy/gl.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC 0x6d1a6e
#define FOURCC(a, b, c, d) \
	((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)

enum {
	R8 = FOURCC('R', '8', ' ', ' '),
	GR88 = FOURCC('G', 'R', '8', '8'),
	R16 = FOURCC('R', '1', '6', ' '),
	GR1616 = FOURCC('G', 'R', '3', '2'),
	NV12 = FOURCC('N', 'V', '1', '2'),
	P010 = FOURCC('P', '0', '1', '0'),
};

struct image {
	int magic;
	struct egl_double_image as;
	int fd[4]; /* duplicates */
	GLuint texture;
	EGLImageKHR real; /* of the texture */
	EGLDisplay display;
};

static struct egl_double_rules rules = { 0, true, true, false };
static struct egl_double_image last;
static bool installed;
static int created, alive, refused;
static PFNEGLCREATEIMAGEKHRPROC real_create;
static PFNEGLDESTROYIMAGEKHRPROC real_destroy;
static PFNGLEGLIMAGETARGETTEXTURE2DOESPROC real_target;

void egl_double_set_rules(const struct egl_double_rules *r)
{
	rules = *r;
}

const struct egl_double_image *egl_double_last(void)
{
	return &last;
}

int egl_double_count_created(void)
{
	return created;
}

int egl_double_count_alive(void)
{
	return alive;
}

int egl_double_count_refused(void)
{
	return refused;
}

__attribute__((format(printf, 1, 2))) static EGLImageKHR refuse(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	fputs("EGL double: ", stderr);
	vfprintf(stderr, format, ap);
	fputc('\n', stderr);
	va_end(ap);
	refused++;
	return EGL_NO_IMAGE_KHR;
}

/* ---- extensions and formats ---------------------------------------------- */

/* In the place of libepoxy's. */
bool epoxy_has_egl_extension(EGLDisplay display, const char *extension)
{
	static bool (*real)(EGLDisplay, const char *);

	if (installed && !strncmp(extension, "EGL_EXT_image_dma_buf_import", 28))
		return true;
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "epoxy_has_egl_extension");
	return real(display, extension);
}

static bool is_whole(uint32_t fourcc)
{
	return fourcc == NV12 || fourcc == P010;
}

static bool exists(uint32_t fourcc)
{
	return is_whole(fourcc) ? rules.whole :
			rules.planes && (fourcc == R8 || fourcc == GR88 || fourcc == R16 ||
					fourcc == GR1616);
}

static EGLBoolean query_formats(EGLDisplay display, EGLint max, EGLint *formats, EGLint *n)
{
	static const uint32_t all[] = { R8, GR88, R16, GR1616, NV12, P010 };
	unsigned i;

	*n = 0;
	for (i = 0; i < sizeof all / sizeof *all; i++)
		if (exists(all[i])) {
			if (*n < max)
				formats[*n] = (EGLint)all[i];
			++*n;
		}
	return EGL_TRUE;
}

static EGLBoolean query_modifiers(EGLDisplay display, EGLint format, EGLint max,
		EGLuint64KHR *modifiers, EGLBoolean *external, EGLint *n)
{
	if (!exists((uint32_t)format))
		return EGL_FALSE;
	*n = 1;
	if (max > 0) {
		modifiers[0] = rules.modifier;
		external[0] = is_whole((uint32_t)format);
	}
	return EGL_TRUE;
}

/* ---- attributes ---------------------------------------------------------- */

/* Which of a plane's five attributes; -1 none. */
static int plane_attribute(EGLint name, int *plane)
{
	if (name >= EGL_DMA_BUF_PLANE0_FD_EXT && name <= EGL_DMA_BUF_PLANE2_PITCH_EXT) {
		*plane = (name - EGL_DMA_BUF_PLANE0_FD_EXT) / 3;
		return (name - EGL_DMA_BUF_PLANE0_FD_EXT) % 3;
	}
	if (name >= EGL_DMA_BUF_PLANE3_FD_EXT && name <= EGL_DMA_BUF_PLANE3_PITCH_EXT) {
		*plane = 3;
		return name - EGL_DMA_BUF_PLANE3_FD_EXT;
	}
	if (name >= EGL_DMA_BUF_PLANE0_MODIFIER_LO_EXT &&
			name <= EGL_DMA_BUF_PLANE3_MODIFIER_HI_EXT) {
		*plane = (name - EGL_DMA_BUF_PLANE0_MODIFIER_LO_EXT) / 2;
		return 3 + (name - EGL_DMA_BUF_PLANE0_MODIFIER_LO_EXT) % 2;
	}
	return -1;
}

static void set_plane(struct image *i, int plane, int which, EGLint value)
{
	struct egl_double_image *a = &i->as;

	if (plane >= a->n_planes)
		a->n_planes = plane + 1;
	if (which == 0)
		i->fd[plane] = value;
	else if (which == 1)
		a->offset[plane] = value;
	else if (which == 2)
		a->pitch[plane] = value;
	else if (which == 3)
		a->modifier[plane] |= (uint32_t)value;
	else
		a->modifier[plane] |= (uint64_t)(uint32_t)value << 32;
	a->has_modifier |= which >= 3;
}

static bool read_attribute(struct image *i, EGLint name, EGLint value)
{
	int plane, which = plane_attribute(name, &plane);

	if (which >= 0)
		set_plane(i, plane, which, value);
	else if (name == EGL_WIDTH)
		i->as.width = value;
	else if (name == EGL_HEIGHT)
		i->as.height = value;
	else if (name == EGL_LINUX_DRM_FOURCC_EXT)
		i->as.fourcc = (uint32_t)value;
	else if (name == EGL_YUV_COLOR_SPACE_HINT_EXT)
		i->as.colour = value;
	else if (name == EGL_SAMPLE_RANGE_HINT_EXT)
		i->as.range = value;
	else
		return false;
	return true;
}

static int sample_bytes(uint32_t fourcc, int plane)
{
	if (fourcc == R8)
		return 1;
	if (fourcc == GR88 || fourcc == R16)
		return 2;
	if (fourcc == GR1616)
		return 4;
	return (fourcc == P010 ? 2 : 1) * (plane ? 2 : 1);
}

/* The fault that a driver would find; NULL: none. */
static const char *check(const struct image *i)
{
	const struct egl_double_image *a = &i->as;
	int plane, half;
	struct stat st;

	if (!exists(a->fourcc))
		return "no such format";
	if (a->width <= 0 || a->height <= 0)
		return "no size";
	if (a->n_planes != (is_whole(a->fourcc) ? 2 : 1))
		return "wrong number of planes";
	for (plane = 0; plane < a->n_planes; plane++) {
		half = is_whole(a->fourcc) && plane;
		if (fstat(i->fd[plane], &st) < 0)
			return "no descriptor";
		if (a->has_modifier && a->modifier[plane] != rules.modifier)
			return "modifier was not offered";
		if (a->pitch[plane] < ((a->width + half) >> half) * sample_bytes(a->fourcc, plane))
			return "pitch is less than a row";
		if (a->offset[plane] < 0 || a->offset[plane] + (off_t)a->pitch[plane] *
				((a->height + half) >> half) > st.st_size)
			return "reaches beyond the buffer";
	}
	if (is_whole(a->fourcc) && (!a->colour || !a->range))
		return "no hints: the driver would guess the colours";
	return NULL;
}

/* ---- images -------------------------------------------------------------- */

static void log_image(const struct egl_double_image *a)
{
	const char *path = getenv("EGL_DOUBLE_LOG");
	FILE *f = path ? fopen(path, "a") : NULL;

	if (!f)
		return;
	fprintf(f, "%.4s %dx%d offset %d pitch %d modifier 0x%llx hints 0x%x 0x%x\n",
			(const char *)&a->fourcc, a->width, a->height, a->offset[0], a->pitch[0],
			a->has_modifier ? (unsigned long long)a->modifier[0] : ~0ull,
			(unsigned)a->colour, (unsigned)a->range);
	fclose(f);
}

static EGLImageKHR make_real(struct image *i)
{
	GLint before;

	glGetIntegerv(GL_TEXTURE_BINDING_2D, &before);
	glGenTextures(1, &i->texture);
	glBindTexture(GL_TEXTURE_2D, i->texture);
	if (is_whole(i->as.fourcc))
		glTexStorage2D(GL_TEXTURE_2D, 1, GL_RGBA8, i->as.width, i->as.height);
	else
		glTexStorage2D(GL_TEXTURE_2D, 1, i->as.fourcc == R8 ? GL_R8 :
				i->as.fourcc == GR88 ? GL_RG8 :
				i->as.fourcc == R16 ? GL_R16_EXT : GL_RG16_EXT, i->as.width,
				i->as.height);
	glBindTexture(GL_TEXTURE_2D, (GLuint)before);
	return real_create(i->display, eglGetCurrentContext(), EGL_GL_TEXTURE_2D_KHR,
			(EGLClientBuffer)(uintptr_t)i->texture, NULL);
}

static EGLImageKHR create_image(EGLDisplay display, EGLContext context, EGLenum kind,
		EGLClientBuffer buffer, const EGLint *list)
{
	struct image *i;
	const char *wrong;
	int plane;

	if (kind != EGL_LINUX_DMA_BUF_EXT)
		return real_create(display, context, kind, buffer, list);
	if (context != EGL_NO_CONTEXT || buffer || rules.refuse)
		return refuse(rules.refuse ? "told to refuse" : "context and buffer must be none");
	i = calloc(1, sizeof *i);
	i->magic = MAGIC;
	i->display = display;
	for (; list && *list != EGL_NONE; list += 2)
		if (!read_attribute(i, list[0], list[1])) {
			free(i);
			return refuse("attribute 0x%x", (unsigned)list[0]);
		}
	wrong = check(i);
	if (wrong) {
		EGLImageKHR none = refuse("%.4s: %s", (const char *)&i->as.fourcc, wrong);

		free(i);
		return none;
	}
	last = i->as;
	log_image(&last);
	for (plane = 0; plane < i->as.n_planes; plane++)
		i->fd[plane] = dup(i->fd[plane]);
	i->real = make_real(i);
	created++;
	alive++;
	return i;
}

static EGLBoolean destroy_image(EGLDisplay display, EGLImageKHR image)
{
	struct image *i = image;
	int plane;

	if (i->magic != MAGIC)
		return real_destroy(display, image);
	real_destroy(display, i->real);
	glDeleteTextures(1, &i->texture);
	for (plane = 0; plane < i->as.n_planes; plane++)
		close(i->fd[plane]);
	alive--;
	i->magic = 0;
	free(i);
	return EGL_TRUE;
}

/* ---- reading ------------------------------------------------------------- */

static const uint8_t *map(int fd, size_t *size)
{
	struct stat st;
	void *p;

	if (fstat(fd, &st) < 0)
		return NULL;
	*size = (size_t)st.st_size;
	p = mmap(NULL, *size, PROT_READ, MAP_SHARED, fd, 0);
	return p == MAP_FAILED ? NULL : p;
}

static double sample(const uint8_t *p, int bytes)
{
	return bytes == 1 ? *p : (p[0] | p[1] << 8) / 64 / 4.0;
}

static uint8_t level(double x)
{
	return (uint8_t)lrint(x < 0 ? 0 : x > 255 ? 255 : x);
}

/* As a driver with right coefficients: ITU-T H.273, by the hints. */
static void convert_pixel(const struct egl_double_image *a, double y, double u, double v,
		uint8_t *out)
{
	double kr = a->colour == EGL_ITU_REC601_EXT ? 0.299 : a->colour == EGL_ITU_REC709_EXT ?
			0.2126 : 0.2627;
	double kb = a->colour == EGL_ITU_REC601_EXT ? 0.114 : a->colour == EGL_ITU_REC709_EXT ?
			0.0722 : 0.0593;
	bool full = a->range == EGL_YUV_FULL_RANGE_EXT;

	y = full ? y : (y - 16) * 255 / 219;
	u = (u - 128) * (full ? 1 : 255.0 / 224);
	v = (v - 128) * (full ? 1 : 255.0 / 224);
	out[0] = level(y + 2 * (1 - kr) * v);
	out[1] = level(y - (2 * (1 - kb) * kb * u + 2 * (1 - kr) * kr * v) / (1 - kr - kb));
	out[2] = level(y + 2 * (1 - kb) * u);
	out[3] = 255;
}

static void convert(const struct image *i, const uint8_t *luma, const uint8_t *chroma, uint8_t *out)
{
	const struct egl_double_image *a = &i->as;
	int x, y, b = sample_bytes(a->fourcc, 0);

	for (y = 0; y < a->height; y++)
		for (x = 0; x < a->width; x++) {
			const uint8_t *c = chroma + a->offset[1] + (size_t)(y / 2) *
					(size_t)a->pitch[1] + (size_t)(x / 2 * 2 * b);

			convert_pixel(a, sample(luma + a->offset[0] +
					(size_t)y * (size_t)a->pitch[0] + (size_t)(x * b), b),
					sample(c, b), sample(c + b, b),
					out + 4 * ((size_t)y * (size_t)a->width + (size_t)x));
		}
}

static void upload(const struct image *i)
{
	const struct egl_double_image *a = &i->as;
	int bytes = sample_bytes(a->fourcc, 0);
	size_t size[2] = { 0, 0 };
	const uint8_t *p = map(i->fd[0], &size[0]), *q = a->n_planes > 1 ? map(i->fd[1], &size[1]) :
			NULL;
	uint8_t *rgba = NULL;

	glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
	if (is_whole(a->fourcc)) {
		rgba = malloc((size_t)a->width * (size_t)a->height * 4);
		convert(i, p, q, rgba);
		glPixelStorei(GL_UNPACK_ROW_LENGTH, 0);
		glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, a->width, a->height, GL_RGBA,
				GL_UNSIGNED_BYTE, rgba);
		free(rgba);
	} else {
		glPixelStorei(GL_UNPACK_ROW_LENGTH, a->pitch[0] / bytes);
		glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, a->width, a->height,
				a->fourcc == R8 || a->fourcc == R16 ? GL_RED : GL_RG,
				a->fourcc == R8 || a->fourcc == GR88 ? GL_UNSIGNED_BYTE :
				GL_UNSIGNED_SHORT, p + a->offset[0]);
	}
	munmap((void *)(uintptr_t)p, size[0]);
	if (q)
		munmap((void *)(uintptr_t)q, size[1]);
}

/* A texture shows what the buffer held when it was made its target: drivers promise no more. */
static void target_texture(GLenum target, GLeglImageOES image)
{
	const struct image *i = image;
	GLint before;

	if (i->magic != MAGIC) {
		real_target(target, image);
		return;
	}
	if (is_whole(i->as.fourcc) != (target == GL_TEXTURE_EXTERNAL_OES)) {
		refuse("target 0x%x for %.4s", target, (const char *)&i->as.fourcc);
		return;
	}
	glGetIntegerv(GL_TEXTURE_BINDING_2D, &before);
	glBindTexture(GL_TEXTURE_2D, i->texture);
	upload(i);
	glBindTexture(GL_TEXTURE_2D, (GLuint)before);
	real_target(target, i->real);
}

void egl_double_install(void)
{
	if (installed)
		return;
	installed = true;
	/* Not libepoxy's pointers: they put themselves back at their first use. */
	real_create = (PFNEGLCREATEIMAGEKHRPROC)eglGetProcAddress("eglCreateImageKHR");
	real_destroy = (PFNEGLDESTROYIMAGEKHRPROC)eglGetProcAddress("eglDestroyImageKHR");
	real_target = (PFNGLEGLIMAGETARGETTEXTURE2DOESPROC)eglGetProcAddress(
			"glEGLImageTargetTexture2DOES");
	epoxy_eglCreateImageKHR = create_image;
	epoxy_eglDestroyImageKHR = destroy_image;
	epoxy_glEGLImageTargetTexture2DOES = target_texture;
	epoxy_eglQueryDmaBufFormatsEXT = query_formats;
	epoxy_eglQueryDmaBufModifiersEXT = query_modifiers;
}

#ifdef EGL_DOUBLE_PRELOAD
__attribute__((constructor)) static void start(void)
{
	egl_double_install();
}
#endif
