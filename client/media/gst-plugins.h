/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_GST_PLUGINS_H
#define OSVDI_GST_PLUGINS_H

/**
 * Limits GStreamer to the plug-ins that a viewer can use. At its first start GStreamer
 * would load more than a hundred plug-ins to look at them, which delays the first picture
 * by seconds.
 *
 * Makes a folder of links and a registry in the user's cache. Does nothing if the
 * environment sets GStreamer's paths, or if the cache cannot be written. Call this before
 * gst_init() and before the first thread.
 */
void gst_plugins_limit(void);

#endif
