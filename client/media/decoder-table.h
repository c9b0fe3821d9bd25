/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_DECODER_TABLE_H
#define OSVDI_DECODER_TABLE_H

#include <gst/gst.h>

/* A decoder for one kind of stream. */
struct decoder_entry {
	const char *codec;   /* media type of the stream, "video/x-h264" */
	const char *element; /* GStreamer factory name */
	const char *parser;  /* element that must stand before the decoder, or NULL */
	gboolean hardware;
	/* Sets the decoder to low delay; NULL if there is nothing to set. */
	void (*configure)(GstElement *element);
	/* The first minor version of GStreamer 1 in which the decoder gives each picture out
	 * without waiting for the next one. With older versions only --decoder selects it. */
	guint prompt_since;
	gboolean system_memory; /* its pictures are right in system memory only */
};

/**
 * The decoders that this machine has for a stream, best first.
 *
 * order:  NULL, or a comma-separated list of element names (--decoder). Then only these
 *         decoders are used, in this order. An element that is not in the table counts
 *         as a plain software decoder of the stream.
 * Owner:  the caller frees the array, but not its entries; never NULL.
 * Thread: any, after gst_init().
 */
GPtrArray *decoder_table_list(const char *codec, const char *order);

#endif
