/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "media/gst-plugins.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <unistd.h>

static const char *const names[] = {
	/* pipelines of spice-gtk, and ours */
	"app",
	"coreelements",
	"playback",
	"typefindfunctions",
	"videoparsersbad",
	"videoconvertscale",
	"videoconvert",
	"videoscale",
	"videofilter",
	"vpx",
	"libav",
	"openh264",
	/* hardware decoders */
	"va",
	"vaapi",
	"nvcodec",
	"nvdec",
	"v4l2codecs",
	"video4linux2",
	"msdk",
	"qsv",
	/* sound */
	"audioconvert",
	"audioresample",
	"volume",
	"autodetect",
	"pulseaudio",
	"pipewire",
	"alsa",
	"ossaudio",
	"oss4",
	"jack",
};

static gboolean chosen_by_user(void)
{
	static const char *const variables[] = {
		"GST_PLUGIN_PATH",
		"GST_PLUGIN_PATH_1_0",
		"GST_PLUGIN_SYSTEM_PATH",
		"GST_PLUGIN_SYSTEM_PATH_1_0",
		"GST_REGISTRY",
		"GST_REGISTRY_1_0",
	};
	guint i;

	for (i = 0; i < G_N_ELEMENTS(variables); i++)
		if (g_getenv(variables[i]))
			return TRUE;
	return FALSE;
}

/* Makes a link for each plug-in that is installed, and removes the others. */
static gboolean link_plugins(const char *dir)
{
	gboolean any = FALSE;
	guint i;

	if (g_mkdir_with_parents(dir, 0700) < 0)
		return FALSE;
	for (i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *base = g_strdup_printf("libgst%s.so", names[i]);
		g_autofree char *plugin = g_build_filename(GST_PLUGINS_DIR, base, NULL);
		g_autofree char *link = g_build_filename(dir, base, NULL);
		g_autofree char *now = g_file_read_link(link, NULL);
		gboolean installed = g_file_test(plugin, G_FILE_TEST_EXISTS);

		any |= installed;
		if (installed && g_strcmp0(now, plugin) == 0)
			continue;
		if (now)
			g_unlink(link);
		if (installed && symlink(plugin, link) < 0)
			return FALSE;
	}
	return any;
}

void gst_plugins_limit(void)
{
	g_autofree char *dir = g_build_filename(
			g_get_user_cache_dir(), "osvdi-viewer", "gstreamer-1.0", NULL);
	g_autofree char *registry = g_build_filename(
			g_get_user_cache_dir(), "osvdi-viewer", "registry.bin", NULL);

	if (chosen_by_user() || !link_plugins(dir))
		return;
	g_setenv("GST_PLUGIN_SYSTEM_PATH_1_0", dir, TRUE);
	g_setenv("GST_REGISTRY_1_0", registry, TRUE);
}
