/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_DECODER_H
#define OSVDI_DECODER_H

#include <gst/gst.h>
#include "media/memory-caps.h"
#include "media/picture.h"

/*
 * Decodes one stream with the best decoder that works, and takes the next decoder at the
 * first failure. All work happens in the calling thread, which saves a thread switch.
 */
struct decoder;

/* Takes a decoded picture and its reference. Called from inside decoder_push(), or, by a
 * hardware decoder, from the decoder's own thread. */
typedef void (*decoder_output_func)(struct picture *picture, gpointer data);

enum decoder_result {
	DECODER_OK,
	DECODER_REPLACED, /* a new decoder took over: ask for a key frame */
	DECODER_FAILED,   /* no decoder is left */
};

/**
 * caps:        of the stream, as its source announces them.
 * order:       see decoder_table_list().
 * memory_caps: of the presenter, or NULL; referenced.
 * Errors:      NULL with G_IO_ERROR_NOT_SUPPORTED if no decoder can be started.
 * Thread:      any one thread at a time.
 */
struct decoder *decoder_new(GstCaps *caps, const char *order, struct memory_caps *memory_caps,
		decoder_output_func output, gpointer data, GError **error);
void decoder_free(struct decoder *decoder);

/**
 * Decodes one access unit.
 *
 * info:        of this access unit, or NULL; the picture will carry it.
 * received_us: CLOCK_MONOTONIC time at which the access unit was complete.
 * Owner:       buffer is borrowed.
 */
enum decoder_result decoder_push(struct decoder *decoder, GstBuffer *buffer,
		const struct osvdi_frame_info *info, gint64 received_us);

/* The element name of the decoder in use. */
const char *decoder_get_name(const struct decoder *decoder);
gboolean decoder_is_hardware(const struct decoder *decoder);

#endif
