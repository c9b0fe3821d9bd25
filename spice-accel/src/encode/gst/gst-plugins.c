/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "encode/gst/gst-plugins.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "config.h"

#define NO_REGISTRY "GST_REGISTRY_DISABLE"

static GMutex lock;

/* There is no call for it, only the variable. */
static bool init_without_registry(GError **error)
{
	g_autofree char *before = g_strdup(g_getenv(NO_REGISTRY));
	bool ok;

	g_setenv(NO_REGISTRY, "yes", TRUE);
	gst_registry_fork_set_enabled(FALSE);
	ok = gst_init_check(NULL, NULL, error);
	if (before)
		g_setenv(NO_REGISTRY, before, TRUE);
	else
		g_unsetenv(NO_REGISTRY);
	return ok;
}

bool gst_plugins_start(char *why, size_t size)
{
	g_autoptr(GError) error = NULL;
	bool ok;

	g_mutex_lock(&lock);
	ok = gst_is_initialized() || init_without_registry(&error);
	g_mutex_unlock(&lock);
	if (!ok)
		snprintf(why, size, "GStreamer does not start: %s",
				error ? error->message : "no reason given");
	return ok;
}

/* GStreamer's own order: folders that were named, then the system's. */
static char *search_path(void)
{
	static const char *const variables[][2] = {
		{ "GST_PLUGIN_PATH_1_0", "GST_PLUGIN_PATH" },
		{ "GST_PLUGIN_SYSTEM_PATH_1_0", "GST_PLUGIN_SYSTEM_PATH" },
	};
	const char *found[2] = { NULL, GST_PLUGINS_FOLDER };

	for (unsigned i = 0; i < 2; i++) {
		const char *value = secure_getenv(variables[i][0]);

		if (!value)
			value = secure_getenv(variables[i][1]);
		if (value)
			found[i] = value;
	}
	return g_strjoin(":", found[0] ? found[0] : "", found[1], NULL);
}

static void load_file(const char *path)
{
	g_autoptr(GError) error = NULL;
	GstPlugin *plugin;

	if (!g_file_test(path, G_FILE_TEST_EXISTS))
		return;
	plugin = gst_plugin_load_file(path, &error);
	if (plugin)
		gst_object_unref(plugin);
	else
		log_info("%s is not used: %s", path, error ? error->message : "no reason given");
}

static void load(const char *plugin)
{
	g_autofree char *path = search_path();
	g_autofree char *name = g_strdup_printf("libgst%s.so", plugin);
	g_auto(GStrv) folders = g_strsplit(path, ":", -1);

	for (unsigned i = 0; folders[i]; i++) {
		g_autofree char *file = g_build_filename(folders[i], name, NULL);

		if (folders[i][0] == '/')
			load_file(file);
	}
}

GstElementFactory *gst_plugins_find(const char *element, const char *plugins)
{
	GstElementFactory *factory = gst_element_factory_find(element);
	g_auto(GStrv) names = g_strsplit(plugins, " ", -1);

	g_mutex_lock(&lock);
	for (unsigned i = 0; !factory && names[i]; i++) {
		load(names[i]);
		factory = gst_element_factory_find(element);
	}
	g_mutex_unlock(&lock);
	return factory;
}
