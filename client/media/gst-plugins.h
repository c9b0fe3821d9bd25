/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_GST_PLUGINS_H
#define OSVDI_GST_PLUGINS_H

/**
 * Has GStreamer look only at the plug-ins that a viewer can use: at the first
 * start it would load each of some hundred to see what they are, which takes
 * seconds before the first picture.
 *
 * Makes a folder of links and a registry of its own in the user's cache. Does
 * nothing when GStreamer's paths are set in the environment, or when the cache
 * cannot be written. Call before gst_init() and before any thread.
 */
void gst_plugins_limit(void);

#endif
