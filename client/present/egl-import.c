/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "present/egl-import.h"
#include "media/dmabuf.h"

#include <string.h>

#ifndef GL_TEXTURE_EXTERNAL_OES
#define GL_TEXTURE_EXTERNAL_OES 0x8D65
#endif

static const guint32 asked[EGL_IMPORT_FORMATS] = { DMABUF_R8, DMABUF_GR88, DMABUF_R16,
	DMABUF_GR1616, DMABUF_NV12, DMABUF_P010 };

/* ---- what the driver takes ----------------------------------------------- */

static gboolean is_listed(EGLDisplay display, guint32 fourcc)
{
	EGLint formats[256], n = 0, i;

	if (!eglQueryDmaBufFormatsEXT(display, G_N_ELEMENTS(formats), formats, &n))
		return FALSE;
	for (i = 0; i < n; i++)
		if ((guint32)formats[i] == fourcc)
			return TRUE;
	return FALSE;
}

static void ask_format(struct egl_import *import, struct egl_import_format *format)
{
	/* Without the query, only trying shows what works. */
	format->known = !import->has_modifiers || is_listed(import->display, format->fourcc);
	if (!import->has_modifiers || !format->known)
		return;
	if (!eglQueryDmaBufModifiersEXT(import->display, (EGLint)format->fourcc,
			    EGL_IMPORT_MODIFIERS, format->modifiers, format->external, &format->n))
		format->n = 0;
}

void egl_import_init(struct egl_import *import, EGLDisplay display, gboolean has_external)
{
	guint i;

	memset(import, 0, sizeof *import);
	import->display = display;
	import->has_external = has_external;
	import->usable = epoxy_has_egl_extension(display, "EGL_EXT_image_dma_buf_import") &&
			epoxy_has_gl_extension("GL_OES_EGL_image");
	if (!import->usable)
		return;
	import->has_modifiers = epoxy_has_egl_extension(
			display, "EGL_EXT_image_dma_buf_import_modifiers");
	for (i = 0; i < EGL_IMPORT_FORMATS; i++) {
		import->formats[i].fourcc = asked[i];
		ask_format(import, &import->formats[i]);
	}
	glGenTextures(2, import->planes);
	glGenTextures(1, &import->external);
}

static const struct egl_import_format *find_format(const struct egl_import *import, guint32 fourcc)
{
	guint i;

	for (i = 0; i < EGL_IMPORT_FORMATS; i++)
		if (import->formats[i].fourcc == fourcc && import->formats[i].known)
			return &import->formats[i];
	return NULL;
}

static gboolean takes(const struct egl_import *import, guint32 fourcc, guint64 modifier,
		gboolean external)
{
	const struct egl_import_format *format = find_format(import, fourcc);
	gint i;

	if (!format)
		return FALSE;
	if (modifier == DMABUF_NO_MODIFIER || !format->n)
		return modifier == DMABUF_NO_MODIFIER || modifier == DMABUF_LINEAR;
	for (i = 0; i < format->n; i++)
		if (format->modifiers[i] == modifier)
			return external || !format->external[i];
	return FALSE;
}

static guint32 plane_format(guint32 fourcc, int plane)
{
	if (fourcc == DMABUF_P010)
		return plane ? DMABUF_GR1616 : DMABUF_R16;
	return plane ? DMABUF_GR88 : DMABUF_R8;
}

static gboolean takes_planes(const struct egl_import *import, guint32 fourcc, guint64 modifier)
{
	return takes(import, plane_format(fourcc, 0), modifier, FALSE) &&
			takes(import, plane_format(fourcc, 1), modifier, FALSE);
}

static gboolean takes_whole(const struct egl_import *import, guint32 fourcc, guint64 modifier)
{
	return import->has_external && takes(import, fourcc, modifier, TRUE);
}

/* ---- caps ---------------------------------------------------------------- */

static void append(GValue *list, const char *text)
{
	GValue value = G_VALUE_INIT;

	g_value_init(&value, G_TYPE_STRING);
	g_value_set_string(&value, text);
	gst_value_list_append_and_take_value(list, &value);
}

/* Formats as GStreamer 1.24 writes them: "NV12" or "NV12:0x0100000000000002". */
static void append_modifiers(
		const struct egl_import *import, GValue *list, guint32 fourcc, const char *name)
{
	const guint32 from[] = { plane_format(fourcc, 0), fourcc };
	guint i;
	gint j;

	append(list, name);
	for (i = 0; i < G_N_ELEMENTS(from); i++) {
		const struct egl_import_format *format = find_format(import, from[i]);

		for (j = 0; format && j < format->n; j++) {
			guint64 modifier = format->modifiers[j];
			g_autofree char *text = g_strdup_printf(
					"%s:0x%016" G_GINT64_MODIFIER "x", name, modifier);
			gboolean planes = takes_planes(import, fourcc, modifier);

			if (modifier != DMABUF_LINEAR && modifier != DMABUF_NO_MODIFIER &&
					(i == 0 ? planes :
						  !planes && takes_whole(import, fourcc, modifier)))
				append(list, text);
		}
	}
}

static void add_caps(GstCaps *caps, const char *feature, const char *field, const GValue *formats)
{
	GstStructure *s = gst_structure_new_empty("video/x-raw");

	if (g_str_equal(field, "drm-format"))
		gst_structure_set(s, "format", G_TYPE_STRING, "DMA_DRM", NULL);
	gst_structure_set_value(s, field, formats);
	gst_caps_append_structure_full(caps, s, gst_caps_features_new(feature, NULL));
}

GstCaps *egl_import_get_caps(const struct egl_import *import)
{
	static const struct {
		guint32 fourcc;
		const char *gst, *drm;
	} known[] = { { DMABUF_NV12, "NV12", "NV12" }, { DMABUF_P010, "P010_10LE", "P010" } };
	g_auto(GValue) formats = G_VALUE_INIT, drm_formats = G_VALUE_INIT;
	GstCaps *caps;
	guint i;

	g_value_init(&formats, GST_TYPE_LIST);
	g_value_init(&drm_formats, GST_TYPE_LIST);
	for (i = 0; import->usable && i < G_N_ELEMENTS(known); i++)
		if (takes_planes(import, known[i].fourcc, DMABUF_NO_MODIFIER) ||
				takes_whole(import, known[i].fourcc, DMABUF_NO_MODIFIER)) {
			append(&formats, known[i].gst);
			append_modifiers(import, &drm_formats, known[i].fourcc, known[i].drm);
		}
	if (!gst_value_list_get_size(&formats))
		return NULL;
	caps = gst_caps_new_empty();
	if (dmabuf_has_va())
		add_caps(caps, "memory:VAMemory", "format", &formats);
	add_caps(caps, "memory:DMABuf", "drm-format", &drm_formats);
	add_caps(caps, "memory:DMABuf", "format", &formats);
	return caps;
}

/* ---- images -------------------------------------------------------------- */

/* Names and values for eglCreateImageKHR(). */
struct attributes {
	EGLint list[64];
	guint n;
};

static void add(struct attributes *a, EGLint name, EGLint value)
{
	a->list[a->n++] = name;
	a->list[a->n++] = value;
	a->list[a->n] = EGL_NONE;
}

static void add_plane(struct attributes *a, guint as, const struct dmabuf *d, guint plane,
		gboolean has_modifiers)
{
	static const EGLint names[DMABUF_MAX_PLANES][5] = {
		{ EGL_DMA_BUF_PLANE0_FD_EXT, EGL_DMA_BUF_PLANE0_OFFSET_EXT,
				EGL_DMA_BUF_PLANE0_PITCH_EXT, EGL_DMA_BUF_PLANE0_MODIFIER_LO_EXT,
				EGL_DMA_BUF_PLANE0_MODIFIER_HI_EXT },
		{ EGL_DMA_BUF_PLANE1_FD_EXT, EGL_DMA_BUF_PLANE1_OFFSET_EXT,
				EGL_DMA_BUF_PLANE1_PITCH_EXT, EGL_DMA_BUF_PLANE1_MODIFIER_LO_EXT,
				EGL_DMA_BUF_PLANE1_MODIFIER_HI_EXT },
		{ EGL_DMA_BUF_PLANE2_FD_EXT, EGL_DMA_BUF_PLANE2_OFFSET_EXT,
				EGL_DMA_BUF_PLANE2_PITCH_EXT, EGL_DMA_BUF_PLANE2_MODIFIER_LO_EXT,
				EGL_DMA_BUF_PLANE2_MODIFIER_HI_EXT },
		{ EGL_DMA_BUF_PLANE3_FD_EXT, EGL_DMA_BUF_PLANE3_OFFSET_EXT,
				EGL_DMA_BUF_PLANE3_PITCH_EXT, EGL_DMA_BUF_PLANE3_MODIFIER_LO_EXT,
				EGL_DMA_BUF_PLANE3_MODIFIER_HI_EXT },
	};

	add(a, names[as][0], d->planes[plane].fd);
	add(a, names[as][1], (EGLint)d->planes[plane].offset);
	add(a, names[as][2], (EGLint)d->planes[plane].pitch);
	if (!has_modifiers || d->modifier == DMABUF_NO_MODIFIER)
		return;
	add(a, names[as][3], (EGLint)(guint32)d->modifier);
	add(a, names[as][4], (EGLint)(guint32)(d->modifier >> 32));
}

static EGLImageKHR create(const struct egl_import *import, const struct attributes *a)
{
	return eglCreateImageKHR(
			import->display, EGL_NO_CONTEXT, EGL_LINUX_DMA_BUF_EXT, NULL, a->list);
}

static EGLImageKHR create_plane(const struct egl_import *import, const struct dmabuf *d, int plane)
{
	struct attributes a = { .n = 0 };

	add(&a, EGL_WIDTH, plane ? (d->width + 1) / 2 : d->width);
	add(&a, EGL_HEIGHT, plane ? (d->height + 1) / 2 : d->height);
	add(&a, EGL_LINUX_DRM_FOURCC_EXT, (EGLint)plane_format(d->fourcc, plane));
	add_plane(&a, 0, d, (guint)plane, import->has_modifiers);
	return create(import, &a);
}

/* The attribute for the driver's own conversion; 0 for colours that it does not know. */
static EGLint colour_hint(const GstVideoColorimetry *colour)
{
	switch (colour->matrix) {
	case GST_VIDEO_COLOR_MATRIX_BT601:
		return EGL_ITU_REC601_EXT;
	case GST_VIDEO_COLOR_MATRIX_BT709:
		return EGL_ITU_REC709_EXT;
	case GST_VIDEO_COLOR_MATRIX_BT2020:
		return EGL_ITU_REC2020_EXT;
	default:
		return 0;
	}
}

static EGLImageKHR create_whole(const struct egl_import *import, const struct dmabuf *d,
		const GstVideoColorimetry *colour)
{
	struct attributes a = { .n = 0 };
	guint i;

	add(&a, EGL_WIDTH, d->width);
	add(&a, EGL_HEIGHT, d->height);
	add(&a, EGL_LINUX_DRM_FOURCC_EXT, (EGLint)d->fourcc);
	for (i = 0; i < d->n_planes; i++)
		add_plane(&a, i, d, i, import->has_modifiers);
	add(&a, EGL_YUV_COLOR_SPACE_HINT_EXT, colour_hint(colour));
	add(&a, EGL_SAMPLE_RANGE_HINT_EXT, colour->range == GST_VIDEO_COLOR_RANGE_0_255 ?
					EGL_YUV_FULL_RANGE_EXT : EGL_YUV_NARROW_RANGE_EXT);
	return create(import, &a);
}

static void drop(struct egl_import *import, struct egl_import_entry *entry)
{
	guint i;

	for (i = 0; i < G_N_ELEMENTS(entry->images); i++)
		if (entry->images[i] != EGL_NO_IMAGE_KHR)
			eglDestroyImageKHR(import->display, entry->images[i]);
	memset(entry, 0, sizeof *entry);
}

/* Imports plane by plane if possible, because then our shader gets all colours right. */
static gboolean fill(
		struct egl_import *import, struct egl_import_entry *entry, const struct dmabuf *d)
{
	const GstVideoColorimetry *colour = &entry->info.colorimetry;

	if (d->n_planes == 2 && takes_planes(import, d->fourcc, d->modifier) &&
			gl_program_knows(colour)) {
		entry->images[0] = create_plane(import, d, 0);
		entry->images[1] = entry->images[0] == EGL_NO_IMAGE_KHR ?
				EGL_NO_IMAGE_KHR :
				create_plane(import, d, 1);
		entry->layout = GL_LAYOUT_NV12;
		if (entry->images[1] != EGL_NO_IMAGE_KHR)
			return TRUE;
		if (entry->images[0] != EGL_NO_IMAGE_KHR)
			eglDestroyImageKHR(import->display, entry->images[0]);
	}
	entry->images[0] = entry->images[1] = EGL_NO_IMAGE_KHR;
	if (!takes_whole(import, d->fourcc, d->modifier) || !colour_hint(colour))
		return FALSE;
	entry->images[0] = create_whole(import, d, colour);
	entry->layout = GL_LAYOUT_EXTERNAL;
	return entry->images[0] != EGL_NO_IMAGE_KHR;
}

static struct egl_import_entry *find(struct egl_import *import, guint64 id)
{
	struct egl_import_entry *oldest = &import->entries[0];
	guint i;

	for (i = 0; i < EGL_IMPORT_IMAGES; i++) {
		if (import->entries[i].id == id)
			return &import->entries[i];
		if (import->entries[i].used < oldest->used)
			oldest = &import->entries[i];
	}
	drop(import, oldest);
	return oldest;
}

static gboolean make(struct egl_import *import, struct egl_import_entry *entry,
		const struct picture *picture, guint64 id)
{
	struct dmabuf d;
	gboolean good;

	if (!dmabuf_open(&d, picture->buffer, &picture->frame.info, picture->modifier))
		return FALSE;
	entry->info = picture->frame.info;
	good = fill(import, entry, &d);
	dmabuf_close(&d); /* an image holds its own reference */
	if (good)
		entry->id = id;
	else
		memset(entry, 0, sizeof *entry);
	return good;
}

/* Bind the image each time: otherwise the texture may show the buffer's old contents. */
static const guint *target(struct egl_import *import, const struct egl_import_entry *entry)
{
	int i;

	if (entry->layout == GL_LAYOUT_EXTERNAL) {
		glActiveTexture(GL_TEXTURE0);
		glBindTexture(GL_TEXTURE_EXTERNAL_OES, import->external);
		glEGLImageTargetTexture2DOES(GL_TEXTURE_EXTERNAL_OES, entry->images[0]);
		return &import->external;
	}
	for (i = 0; i < 2; i++) {
		glActiveTexture((GLenum)(GL_TEXTURE0 + i));
		glBindTexture(GL_TEXTURE_2D, import->planes[i]);
		glEGLImageTargetTexture2DOES(GL_TEXTURE_2D, entry->images[i]);
	}
	return import->planes;
}

enum gl_layout egl_import_take(
		struct egl_import *import, const struct picture *picture, const guint **names)
{
	guint64 id = import->usable && picture->memory == PICTURE_DMABUF ?
			dmabuf_get_id(picture->buffer) :
			0;
	struct egl_import_entry *entry = id ? find(import, id) : NULL;

	if (!entry)
		return 0;
	if (entry->id && !gst_video_info_is_equal(&entry->info, &picture->frame.info))
		drop(import, entry);
	if (!entry->id && !make(import, entry, picture, id))
		return 0;
	entry->used = ++import->clock;
	*names = target(import, entry);
	return entry->layout;
}

void egl_import_finish(struct egl_import *import)
{
	guint i;

	if (!import->usable)
		return;
	for (i = 0; i < EGL_IMPORT_IMAGES; i++)
		drop(import, &import->entries[i]);
	glDeleteTextures(2, import->planes);
	glDeleteTextures(1, &import->external);
}
