/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RIG_H
#define RIG_H

#include "avc-decoder.h"
#include "encode/encoder-list.h"
#include "scene.h"

/** The va encoder on the software driver, and a decoder behind it. */
struct rig {
	struct encoder *encoder;
	struct avc_decoder *decoder;
	struct packet packet;
	struct avc_picture picture; /* the last one */
	uint64_t number;
	uint32_t width, height;
};

/* Parameters of an even size on the node that the driver stands for. */
struct encoder_params rig_params(uint32_t width, uint32_t height);

struct rig rig_open(uint32_t width, uint32_t height, uint32_t kbps);
void rig_close(struct rig *rig);

/* Encodes; the encoder's error. Damage that is NULL is none. */
int rig_try(struct rig *rig, struct encode_request *request);

/* Encodes, decodes, and checks that the SEI names the frame. */
void rig_encode(struct rig *rig, struct encode_request request);

/* The last picture shows the scene with so many dB at least. */
void rig_check(const struct rig *rig, const struct scene *scene, double least);

struct damage rig_all(const struct scene *scene);

#endif
