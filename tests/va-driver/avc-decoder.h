/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef AVC_DECODER_H
#define AVC_DECODER_H

#include <stddef.h>
#include <stdint.h>

/** libavcodec's H.264 decoder for tests: an access unit in, a picture out. */
struct avc_decoder;

struct avc_picture {
	int width, height; /* cropped, pixels */
	const uint8_t *plane[3]; /* Y, Cb, Cr; valid until the next call */
	int stride[3];
	int key;
};

struct avc_decoder *avc_decoder_new(void);
void avc_decoder_free(struct avc_decoder *decoder);

/** Exits the test when the unit does not decode, without error, to one picture. */
void avc_decode(struct avc_decoder *decoder, const uint8_t *data, size_t size,
		struct avc_picture *out);

#endif
