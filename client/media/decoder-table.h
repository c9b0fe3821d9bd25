/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_DECODER_TABLE_H
#define OSVDI_DECODER_TABLE_H

#include <gst/gst.h>

/* One way to decode one kind of stream. */
struct decoder_entry {
	const char *codec;   /* media type of the stream, "video/x-h264" */
	const char *element; /* GStreamer factory name */
	const char *parser;  /* element that must stand before it, or NULL */
	gboolean hardware;
	/* Low-delay settings; NULL when there is nothing to set. */
	void (*configure)(GstElement *element);
	/* Minor version of GStreamer 1 from which on it does not hold back the
	 * newest picture until the next one comes: before, it is not used unasked. */
	guint prompt_since;
	gboolean system_memory; /* whatever it says, only that comes out of it right */
};

/**
 * The decoders that exist here for a stream, best first.
 *
 * order:  NULL, or a comma-separated list of element names: only these, in
 *         this order (--decoder); names that the table lacks are taken as
 *         plain software decoders of that stream.
 * Owner:  the caller frees the array, not its entries; never NULL.
 * Thread: any, after gst_init().
 */
GPtrArray *decoder_table_list(const char *codec, const char *order);

#endif
