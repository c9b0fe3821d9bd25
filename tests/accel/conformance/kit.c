/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kit.h"

#include <osvdi-common/h264.h>
#include <osvdi-common/sps.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pixels/convert-cpu.h"

const struct encoder_impl *kit_impl(void)
{
	const struct encoder_impl *impl = encoder_impl_find(ENCODER);
	struct encoder_params params = { .width = 640, .height = 360, .fps = 60,
		.bitrate_kbps = 20000 };
	char why[256] = "not in this build";

	if (impl && encoder_probe(impl, &params, why, sizeof why) == 0)
		return impl;
	printf("1..0 # SKIP %s: %s\n", ENCODER, why);
	exit(77);
}

void kit_init(struct kit *k, const struct kit_params *p)
{
	struct encoder_params params = {
		.width = (p->width + 1) & ~1u,
		.height = (p->height + 1) & ~1u,
		.fps = 60,
		.threads = p->threads,
		.bitrate_kbps = p->bitrate_kbps ? p->bitrate_kbps :
		20000 + p->width * p->height / 50,
	};

	if (p->no_bitrate)
		params.bitrate_kbps = 0;
	memset(k, 0, sizeof *k);
	k->impl = kit_impl();
	g_assert_cmpint(encoder_create(&k->encoder, k->impl, &params), ==, 0);
	k->decoder = decoder_new(k->impl->codec);
	canvas_init(&k->canvas, p->width, p->height);
	g_assert_cmpint(picture_init(&k->picture, k->impl->input, params.width, params.height),
			==, 0);
	k->number = 0x100;
}

void kit_finish(struct kit *k)
{
	encoder_destroy(k->encoder);
	decoder_free(k->decoder);
	canvas_finish(&k->canvas);
	picture_finish(&k->picture);
	planes_finish(&k->source);
	planes_finish(&k->shown);
	packet_finish(&k->packet);
}

/* A decoder that does not know that frames come in the order of output holds some back,
 * as browsers' do. Of GStreamer's encoders each writes what it likes. */
static void check_order(const struct kit *k)
{
	const uint8_t *nal;
	size_t at = 0, n;
	struct sps sps;

	if (!k->packet.key || !strcmp(k->impl->name, "gst"))
		return;
	do
		g_assert_true(h264_next_nal(k->packet.data, k->packet.size, &at, &nal, &n));
	while ((nal[0] & 0x1f) != H264_NAL_SPS);
	g_assert_true(sps_read(&sps, nal, n));
	g_assert_true(sps.poc_type == 2 || sps.restriction.max_num_reorder_frames == 0);
}

static void check_info(struct kit *k, const struct encode_request *request)
{
	const struct osvdi_frame_info *info = &k->info;
	unsigned want = 0;

	if (k->impl->codec != CODEC_H264)
		return;
	g_assert_true(osvdi_find_frame_info(k->packet.data, k->packet.size, &k->info));
	check_order(k);
	g_assert_cmpuint(info->frame, ==, request->number);
	g_assert_cmpuint(info->capture_us, ==, request->capture_us);
	if (k->packet.key)
		want |= OSVDI_FRAME_KEY | OSVDI_FRAME_FULL;
	if (request->kind == ENCODE_REPEAT)
		want |= OSVDI_FRAME_REPEAT;
	if (request->kind == ENCODE_REFINE)
		want |= OSVDI_FRAME_REFINED;
	g_assert_cmphex(info->flags, ==, want);
	g_assert_cmpuint(info->n_rects, ==,
			k->packet.key || request->kind != ENCODE_NEW ? 0 : request->damage->n);
	for (unsigned i = 0; i < info->n_rects; i++) {
		g_assert_cmpint(info->rects[i].x, ==, request->damage->rects[i].x);
		g_assert_cmpint(info->rects[i].y, ==, request->damage->rects[i].y);
		g_assert_cmpint(info->rects[i].width, ==, request->damage->rects[i].width);
		g_assert_cmpint(info->rects[i].height, ==, request->damage->rects[i].height);
	}
}

void kit_encode(struct kit *k, enum encode_kind kind, bool key, int qp, const struct damage *damage)
{
	struct damage all = { 0 };
	struct encode_request request = {
		.kind = kind,
		.key = key,
		.qp = qp,
		.picture = &k->picture,
		.damage = damage ? damage : &all,
		.number = ++k->number,
		.capture_us = k->number * 16667,
	};

	if (kind == ENCODE_NEW) {
		damage_add_all(&all, k->canvas.width, k->canvas.height);
		g_assert_cmpint(convert_cpu(&k->picture, k->canvas.frame, request.damage), ==, 0);
		planes_from_picture(&k->source, &k->picture);
		if (!strcmp(k->impl->name, "fake"))
			planes_flatten(&k->source);
	}
	packet_reset(&k->packet);
	g_assert_cmpint(encoder_encode(k->encoder, &request, &k->packet), ==, 0);
	g_assert_cmpuint(k->packet.size, >, 0);
	g_assert_cmpuint(k->packet.frame, ==, request.number);
	g_assert_true(!key || k->packet.key);
	check_info(k, &request);
}

void kit_show(struct kit *k, enum encode_kind kind, bool key, int qp, const struct damage *damage)
{
	const struct planes *shown;

	kit_encode(k, kind, key, qp, damage);
	shown = decoder_decode(k->decoder, k->packet.data, k->packet.size);
	g_assert_cmpuint(shown->width, ==, k->picture.width);
	g_assert_cmpuint(shown->height, ==, k->picture.height);
	planes_copy(&k->shown, shown);
}

double kit_psnr(const struct kit *k)
{
	return planes_psnr(&k->source, &k->shown);
}
