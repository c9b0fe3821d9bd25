/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* A GStreamer plug-in with a decoder of H.264 that takes its time to load, loads other
 * libraries all the while, and then makes a file "$SLOW_MARK.PID". */
#include <dlfcn.h>
#include <gst/gst.h>
#include <unistd.h>

#define LOAD_US 300000

typedef GstElement SlowDecoder;
typedef GstElementClass SlowDecoderClass;

GType slow_decoder_get_type(void);
G_DEFINE_TYPE(SlowDecoder, slow_decoder, GST_TYPE_ELEMENT)

static void slow_decoder_class_init(SlowDecoderClass *class)
{
	gst_element_class_set_static_metadata(GST_ELEMENT_CLASS(class), "Slow",
			"Codec/Decoder/Video", "Decodes nothing",
			"OSVDI");
}

static void slow_decoder_init(SlowDecoder *self)
{
}

static gboolean plugin_init(GstPlugin *plugin)
{
	gint64 end = g_get_monotonic_time() + LOAD_US;
	g_autofree char *mark = NULL;

	while (g_get_monotonic_time() < end) {
		void *library = dlopen(SLOW_LIBRARY, RTLD_NOW);

		if (!library)
			g_error("%s", dlerror());
		dlclose(library);
	}
	mark = g_strdup_printf("%s.%d", g_getenv("SLOW_MARK"), (int)getpid());
	return g_file_set_contents(mark, "", 0, NULL) &&
			gst_element_register(plugin, "avdec_h264", GST_RANK_NONE,
					slow_decoder_get_type());
}

#define PACKAGE "osvdi"
GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, slow, "Takes its time", plugin_init, "1",
		"LGPL", "osvdi", "osvdi")
