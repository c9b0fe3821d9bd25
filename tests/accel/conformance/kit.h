/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* An encoder, what goes in and what a viewer sees of it. */
#ifndef KIT_H
#define KIT_H

#include <glib.h>
#include <osvdi-accel-protocol.h>

#include "content.h"
#include "decoder.h"
#include "encode/encoder.h"
#include "planes.h"

struct kit {
	const struct encoder_impl *impl;
	struct encoder *encoder;
	struct decoder *decoder;
	struct canvas canvas;
	struct picture picture; /* of the canvas, converted */
	struct planes source;   /* the same; for the fake encoder, what it makes of it */
	struct planes shown;    /* decoded */
	struct packet packet;
	struct osvdi_frame_info info; /* H.264: of the last unit */
	uint64_t number;
};

struct kit_params {
	uint32_t width, height;
	unsigned threads;
	uint32_t bitrate_kbps; /* 0: plenty */
	bool no_bitrate;       /* the quantiser alone decides */
};

/* The encoder that this program was built for; exits with 77 when it is not here. */
const struct encoder_impl *kit_impl(void);

void kit_init(struct kit *kit, const struct kit_params *params);
void kit_finish(struct kit *kit);

/* Converts `damage` of the canvas (NULL: all), encodes, decodes, and checks
 * what holds for every unit: one picture of the right size, named by its SEI. */
void kit_show(struct kit *kit, enum encode_kind kind, bool key, int qp,
		const struct damage *damage);
/* The same without decoding. */
void kit_encode(struct kit *kit, enum encode_kind kind, bool key, int qp,
		const struct damage *damage);

double kit_psnr(const struct kit *kit);

#endif
