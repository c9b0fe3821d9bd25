/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rig.h"

#include <stdio.h>
#include <stdlib.h>

#include <osvdi-accel-protocol.h>

#include "base/clock.h"
#include "check.h"

struct encoder_params rig_params(uint32_t width, uint32_t height)
{
	return (struct encoder_params){ .width = (width + 1) & ~1u, .height = (height + 1) & ~1u,
		.fps = 30, .render_node = "/dev/null" };
}

struct rig rig_open(uint32_t width, uint32_t height, uint32_t kbps)
{
	struct encoder_params params = rig_params(width, height);
	struct rig rig = { .width = params.width, .height = params.height };

	params.bitrate_kbps = kbps;
	CHECK_INT(encoder_create(&rig.encoder, &encoder_va, &params), 0);
	rig.decoder = avc_decoder_new();
	return rig;
}

void rig_close(struct rig *rig)
{
	encoder_destroy(rig->encoder);
	avc_decoder_free(rig->decoder);
	packet_finish(&rig->packet);
}

int rig_try(struct rig *rig, struct encode_request *request)
{
	static const struct damage none;

	request->number = ++rig->number;
	request->capture_us = clock_now_us();
	if (!request->damage)
		request->damage = &none;
	packet_reset(&rig->packet);
	return encoder_encode(rig->encoder, request, &rig->packet);
}

void rig_encode(struct rig *rig, struct encode_request request)
{
	struct osvdi_frame_info info;

	CHECK_INT(rig_try(rig, &request), 0);
	CHECK(osvdi_find_frame_info(rig->packet.data, rig->packet.size, &info));
	CHECK_INT(info.frame, rig->number);
	CHECK_INT(rig->packet.frame, rig->number);
	CHECK_INT((info.flags & OSVDI_FRAME_KEY) != 0, rig->packet.key);
	avc_decode(rig->decoder, rig->packet.data, rig->packet.size, &rig->picture);
	CHECK_INT(rig->picture.width, rig->width);
	CHECK_INT(rig->picture.height, rig->height);
	CHECK_INT(rig->picture.key, rig->packet.key);
}

void rig_check(const struct rig *rig, const struct scene *scene, double least)
{
	double psnr = scene_psnr(scene, rig->picture.plane[0], rig->picture.stride[0]);

	if (psnr < least) {
		fprintf(stderr, "%ux%u: %.1f dB, %.1f wanted\n", scene->width, scene->height,
				psnr, least);
		exit(1);
	}
}

struct damage rig_all(const struct scene *s)
{
	struct damage damage = { 0 };

	damage_add_all(&damage, s->width, s->height);
	return damage;
}
