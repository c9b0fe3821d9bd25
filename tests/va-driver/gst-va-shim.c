/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/*
 * GStreamer's va plugin asks udev for render nodes and libdrm for the
 * kernel's driver. Preloaded beside the display shim, this answers with one
 * node, $SOFT_VA_NODE or /dev/null, of a driver that the plugin takes.
 */
#include <stdlib.h>
#include <string.h>

#include <gudev/gudev.h>
#include <xf86drm.h>

static const char *node(void)
{
	const char *path = getenv("SOFT_VA_NODE");

	return path && *path ? path : "/dev/null";
}

GList *g_udev_client_query_by_subsystem(GUdevClient *client, const gchar *subsystem)
{
	if (g_strcmp0(subsystem, "drm"))
		return NULL;
	return g_list_append(NULL, g_object_new(G_TYPE_OBJECT, NULL));
}

const gchar *g_udev_device_get_device_file(GUdevDevice *device)
{
	return node();
}

const gchar *g_udev_device_get_name(GUdevDevice *device)
{
	return "renderD128";
}

drmVersionPtr drmGetVersion(int fd)
{
	drmVersionPtr version = calloc(1, sizeof(*version));

	if (!version)
		return NULL;
	version->name = strdup("i915");
	version->date = strdup("");
	version->desc = strdup("");
	return version;
}

void drmFreeVersion(drmVersionPtr version)
{
	if (!version)
		return;
	free(version->name);
	free(version->date);
	free(version->desc);
	free(version);
}
