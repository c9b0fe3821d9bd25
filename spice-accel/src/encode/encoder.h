/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef ENCODER_H
#define ENCODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/damage.h"
#include "encode/encoder-info.h"
#include "frame/frame.h"
#include "frame/packet.h"
#include "frame/picture.h"

struct encoder;

struct encoder_params {
	uint32_t width, height;  /* of the picture, pixels, even */
	uint32_t fps;            /* nominal, > 0 */
	unsigned threads;        /* 0: the encoder's own choice */
	const char *preset;      /* of x264; NULL: default */
	const char *render_node; /* hardware: this DRM node, or NULL: any */
	uint32_t bitrate_kbps;   /* ceiling that rate control aims at; 0: none */
};

struct encode_request {
	enum encode_kind kind;
	bool key;                        /* must be an IDR */
	int qp;                          /* wished quantiser, 1..51 (H.264); ENCODER_QP only */
	const struct picture *picture;   /* of impl->input, or NULL for a DMA-BUF */
	struct spice_accel_frame *frame; /* DMA-BUF (ENCODER_DMABUF), or NULL */
	const struct damage *damage;     /* pixels changed since the picture encoded before */
	bool drop_unchanged;             /* an empty unit may say that no pixel changed */
	bool partial;                    /* only what is damaged may be taken from the picture */
	uint64_t number;                 /* of the frame, for the SEI */
	uint64_t capture_us;
};

/**
 * An encoder: one picture in, one decodable unit out, no delay.
 *
 * Thread: all of one encoder's calls come from one thread, in which it was created.
 */
struct encoder_impl {
	const char *name;
	enum encoder_codec codec;
	unsigned caps; /* enum encoder_caps */
	enum picture_format input; /* of request.picture */

	/* Does it work on this machine? 0, or negative errno with the reason (a
	 * sentence with the remedy) in `why`. Optional: NULL means yes. */
	int (*probe)(const struct encoder_params *params, char *why, size_t size);

	/* 0; -ENODEV not on this machine; -EINVAL size; -ENOMEM; -EIO. */
	int (*create)(struct encoder **out, const struct encoder_params *params);

	/* Appends one access unit (H.264: Annex B, with the SEI of
	 * osvdi-accel-protocol.h before the slices) to out and sets key, frame and qp;
	 * nothing is appended where request.drop_unchanged allows it.
	 * Blocks for a limited time only. 0; -ENOTSUP this DMA-BUF cannot be
	 * imported (the caller then brings a picture); -ETIME, -EIO, -ENODEV: the encoder
	 * is broken and will be replaced; out may then hold anything. */
	int (*encode)(struct encoder *encoder, const struct encode_request *request,
			struct packet *out);

	/* New target of rate control, kbit/s. Optional. */
	void (*set_bitrate)(struct encoder *encoder, uint32_t kbps);

	void (*destroy)(struct encoder *encoder);
};

/* First member of every encoder. */
struct encoder {
	const struct encoder_impl *impl;
	char failure[192]; /* why encode() failed last, where more than its errno is known */
	/* Times of the last encode, microseconds, if the encoder tells them: */
	uint32_t source_us; /* import and conversion, or their submission */
	uint32_t wait_us;   /* for the device */
};

/* The i-th implementation in order of preference, NULL past the end. */
const struct encoder_impl *encoder_impl_at(size_t i);
const struct encoder_impl *encoder_impl_find(const char *name);
/* The place of an implementation in that order: the id in struct encoder_info. */
uint32_t encoder_id(const struct encoder_impl *impl);

/* Wrappers over impl: probe counts a missing function as yes. */
int encoder_probe(const struct encoder_impl *impl, const struct encoder_params *params,
		char *why, size_t size);
int encoder_create(struct encoder **out, const struct encoder_impl *impl,
		const struct encoder_params *params);
int encoder_encode(struct encoder *encoder, const struct encode_request *request,
		struct packet *out);
void encoder_set_bitrate(struct encoder *encoder, uint32_t kbps);
void encoder_destroy(struct encoder *encoder); /* NULL allowed */

#endif
