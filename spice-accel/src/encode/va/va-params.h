/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef VA_PARAMS_H
#define VA_PARAMS_H

#include <va/va.h>

#include "encode/va/va-headers.h"
#include "gpu/va-device.h"

#define VA_MAX_DIRTY 16
#define VA_MAX_PARAMS 32

/* The buffers of one picture. Keep the struct until vaRenderPicture() returns, because the driver
 * reads the rectangles from it. */
struct va_picture {
	const struct va_stream *stream;
	const struct va_encode_caps *caps;
	struct va_slice slice;
	VASurfaceID recon, reference; /* reference: VA_INVALID_SURFACE for an IDR */
	uint32_t reference_frame_num;
	VABufferID coded;
	bool new_sequence; /* sequence, frame rate and quality level go along */
	/* rate control; 0 kbit/s: constant quantiser */
	uint32_t rate_control; /* VA_RC_* */
	bool new_rate;
	uint32_t bitrate_kbps;
	uint32_t buffer_bits;
	int min_qp;
	VAEncROI coarser; /* the area with a coarser quantiser; roi_value 0: none */
	uint32_t skipped, skipped_bytes; /* pictures sent without the encoder */
	uint32_t refresh_column, refresh_columns; /* macroblocks; 0 columns: none */
	unsigned n_dirty; /* 0: anything may have changed */
	VARectangle dirty[VA_MAX_DIRTY];
};

/** The parameter buffers of one picture, made and freed with it. */
struct va_params {
	VABufferID ids[VA_MAX_PARAMS];
	unsigned n;
};

/**
 * Makes all parameter buffers of a picture, in the order in which drivers
 * want them. 0 or a negative errno as of va_error().
 * Owner: va_params_finish(), also after an error.
 */
int va_params_fill(struct va_device *device, VAContextID context, struct va_params *params,
		const struct va_picture *picture);
void va_params_finish(struct va_device *device, struct va_params *params);

#endif
