/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* GStreamer's H.264 encoders that we know how to drive without delay. */
#ifndef GST_ELEMENTS_H
#define GST_ELEMENTS_H

#include <stdbool.h>
#include <stddef.h>

#include <gst/gst.h>

#include "encode/encoder.h"

/* Names the one element to use, hardware or not (docs/admin/env.md). */
#define GST_ELEMENT_VARIABLE "SPICE_ACCEL_GST_ENCODER"

struct encoder_element {
	const char *name;
	/* Device nodes of which one must exist, a pattern of glob(3); NULL: only
	 * used when named. */
	const char *device;
	/* Files that must open, separated by blanks, or NULL. Without them NVIDIA's
	 * driver starts nvidia-modprobe, and a QEMU that may not is ended. */
	const char *needs;
	const char *plugin;   /* file without "libgst" and ".so" */
	const char *remedy;   /* what to install when it is missing */
	const char *settings; /* "property=value ..."; those that a version lacks are skipped */
	const char *bitrate;  /* property, or NULL */
	unsigned bitrate_unit; /* bits/s */
	const char *buffer;   /* property that bounds a frame: a VBV size, or NULL */
	unsigned buffer_unit; /* bits, or 0: milliseconds */
	bool convert;         /* does not take NV12 from memory */
	bool dmabuf;          /* takes RGB behind a descriptor */
	/* "property=value ..." for descriptors and for memory, where the element
	 * must be told; else NULL. */
	const char *import, *copy;
	bool controls;        /* V4L2: bitrate and GOP are in "extra-controls" */
};

/* The i-th in order of preference that may be tried here; NULL past the end.
 * Does not need gst_init(). */
const struct encoder_element *encoder_element_at(size_t i);

/* True: the element's library may be loaded into this process. False: `why` tells
 * what is missing. */
bool encoder_element_allowed(const struct encoder_element *info, char *why, size_t size);

void encoder_element_configure(const struct encoder_element *info, GstElement *element,
		const struct encoder_params *params);
/* While the element is stopped. */
void encoder_element_set_import(const struct encoder_element *info, GstElement *element,
		bool import);
void encoder_element_set_bitrate(const struct encoder_element *info, GstElement *element,
		uint32_t kbps);

#endif
