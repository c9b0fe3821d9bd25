/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* A GStreamer plug-in that takes its time, and loads libraries all the while. */
#include <dlfcn.h>
#include <gst/gst.h>

#define MS 300

static gboolean plugin_init(GstPlugin *plugin)
{
	gint64 end = g_get_monotonic_time() + MS * 1000;

	while (g_get_monotonic_time() < end) {
		void *library = dlopen(SLOW_LIBRARY, RTLD_NOW);

		if (!library)
			g_error("%s", dlerror());
		dlclose(library);
	}
	return TRUE;
}

#define PACKAGE "osvdi"
GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, slow, "Takes its time", plugin_init, "1", "LGPL", "osvdi", "osvdi")
