/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/*
 * GStreamer without its registry. A look at all plugins forks a process
 * (gst-plugin-scanner), which ends a QEMU that libvirt started with
 * spawn=deny; without that process it loads some two hundred libraries into
 * this one. So GStreamer is started without a look, and the few plugins that
 * the encoders need are loaded one by one.
 */
#ifndef GST_PLUGINS_H
#define GST_PLUGINS_H

#include <stdbool.h>
#include <stddef.h>

#include <gst/gst.h>

/* Starts GStreamer, once. Any thread; but the first call changes the
 * environment for a moment, so it belongs to a program's start. False: why
 * tells the cause. */
bool gst_plugins_start(char *why, size_t size);

/* An element of that name; NULL: it is not installed. plugins: the files that
 * may have it, without "libgst" and ".so", separated by blanks. The reference is
 * the caller's. Any thread. */
GstElementFactory *gst_plugins_find(const char *element, const char *plugins);

#endif
