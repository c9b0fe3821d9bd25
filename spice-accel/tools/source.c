/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "source.h"

#include <stdio.h>

#include <drm_fourcc.h>

#include "tools-config.h"

static const struct source_impl *const impls[] = {
	&source_pattern,
	&source_raw,
#if HAVE_X11
	&source_x11,
#endif
};

const struct source_impl *source_find(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(impls); i++)
		if (!g_strcmp0(impls[i]->name, name))
			return impls[i];
	return NULL;
}

static bool parse_size(const char *size, struct source_params *params)
{
	char rest;

	return sscanf(size, "%5ux%5u%c", &params->width, &params->height, &rest) == 2 &&
			params->width >= 16 && params->height >= 16 &&
			params->width <= 8192 && params->height <= 8192;
}

struct source *source_create(const char *specification, const char *size,
		const struct source_params *wanted, GError **error)
{
	g_auto(GStrv) parts = g_strsplit(specification ? specification : "pattern", ":", 2);
	const struct source_impl *impl = source_find(parts[0]);
	struct source_params params = *wanted;

	if (!impl) {
		g_set_error(error, SOURCE_ERROR, 0,
				"there is no source \"%s\" in this build (pattern, raw, x11)",
				parts[0]);
		return NULL;
	}
	if (size && !parse_size(size, &params)) {
		g_set_error(error, SOURCE_ERROR, 0,
				"\"%s\" is no size (WxH, 16x16 to 8192x8192)", size);
		return NULL;
	}
	params.name = impl->name;
	params.argument = parts[1];
	return impl->create(&params, error);
}

int source_picture_frame(struct spice_accel_frame **out, const struct source_picture *picture)
{
	struct spice_accel_memory_params params = {
		.size = sizeof params,
		.width = picture->width,
		.height = picture->height,
		.fourcc = DRM_FORMAT_XRGB8888,
		.stride = (int32_t)picture->stride,
		.data = picture->pixels,
	};

	return spice_accel_frame_create_memory(out, &params);
}
