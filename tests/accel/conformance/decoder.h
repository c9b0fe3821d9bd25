/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* libavcodec as a viewer would use it: one unit in, its picture out at once. */
#ifndef DECODER_H
#define DECODER_H

#include <stddef.h>
#include <stdint.h>

#include "encode/encoder.h"
#include "planes.h"

struct decoder;

struct decoder *decoder_new(enum encoder_codec codec);
void decoder_free(struct decoder *decoder);

/* Fails the test unless exactly one picture comes of these bytes, without any
 * warning of the decoder. The picture is the decoder's until the next call. */
const struct planes *decoder_decode(struct decoder *decoder, const uint8_t *data, size_t size);

#endif
