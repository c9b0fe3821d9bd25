/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "source.h"

#include "tools-config.h"

G_DEFINE_QUARK(spice-accel-source, source_error)

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
