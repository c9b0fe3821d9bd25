/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/*
 * An encoder for tests, decodable by any H.264 decoder and written by hand:
 * every picture is an IDR of I_PCM macroblocks in the picture's mean colour
 * of each macroblock. It needs no library and no hardware, and can be told
 * to fail (OSVDI_FAKE_FAIL=N: the N-th encode and later ones of a process).
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "encode/encoder-list.h"
#include "encode/h264/h264-au.h"
#include "encode/h264/h264-bits.h"

#define MACROBLOCK 16u
/* I_PCM: mb_type, alignment and 384 samples (7.3.5); the header takes less than 64 bytes */
#define MACROBLOCK_BYTES 388u

struct encoder_fake {
	struct encoder base;
	uint32_t width, height, columns, rows;
	uint8_t *rbsp;
	size_t capacity;
	uint32_t idr_pic_id;
};

/* Shared by all encode threads; fail_from 0: never. */
static atomic_uint fail_from, encoded;

static void fake_destroy(struct encoder *base)
{
	struct encoder_fake *e = (struct encoder_fake *)base;

	free(e->rbsp);
	free(e);
}

static int fake_create(struct encoder **out, const struct encoder_params *params)
{
	struct encoder_fake *e = calloc(1, sizeof *e);
	const char *fail = getenv("OSVDI_FAKE_FAIL");

	if (!e)
		return -ENOMEM;
	fail_from = fail ? (unsigned)strtoul(fail, NULL, 10) : 0;
	e->base.impl = &encoder_fake;
	e->width = params->width;
	e->height = params->height;
	e->columns = (params->width + MACROBLOCK - 1) / MACROBLOCK;
	e->rows = (params->height + MACROBLOCK - 1) / MACROBLOCK;
	e->capacity = 64 + (size_t)e->columns * e->rows * MACROBLOCK_BYTES;
	e->rbsp = malloc(e->capacity);
	if (!e->rbsp) {
		free(e);
		return -ENOMEM;
	}
	*out = &e->base;
	return 0;
}

/* seq_parameter_set_rbsp, 7.3.2.1: Constrained Baseline, level 5.1, cropped to the size */
static int append_sps(struct encoder_fake *e, struct packet *out)
{
	uint8_t rbsp[64];
	struct h264_writer w = { .data = rbsp, .capacity = sizeof rbsp };
	uint32_t right = e->columns * MACROBLOCK - e->width;
	uint32_t bottom = e->rows * MACROBLOCK - e->height;

	h264_write(&w, 66, 8);
	h264_write(&w, 0xc0, 8);
	h264_write(&w, 51, 8);
	h264_write_ue(&w, 0); /* seq_parameter_set_id */
	h264_write_ue(&w, 0); /* log2_max_frame_num_minus4 */
	h264_write_ue(&w, 2); /* pic_order_cnt_type */
	h264_write_ue(&w, 1); /* max_num_ref_frames */
	h264_write(&w, 0, 1);
	h264_write_ue(&w, e->columns - 1);
	h264_write_ue(&w, e->rows - 1);
	h264_write(&w, 1, 1); /* frame_mbs_only_flag */
	h264_write(&w, 1, 1); /* direct_8x8_inference_flag */
	h264_write(&w, 1, 1); /* frame_cropping_flag, units of two samples */
	h264_write_ue(&w, 0);
	h264_write_ue(&w, right / 2);
	h264_write_ue(&w, 0);
	h264_write_ue(&w, bottom / 2);
	h264_write(&w, 0, 1); /* vui_parameters_present_flag */
	return h264_append_nal(out, 3, H264_NAL_SPS, rbsp, h264_write_trailing(&w));
}

/* pic_parameter_set_rbsp, 7.3.2.2 */
static int append_pps(struct packet *out)
{
	uint8_t rbsp[32];
	struct h264_writer w = { .data = rbsp, .capacity = sizeof rbsp };

	h264_write_ue(&w, 0);
	h264_write_ue(&w, 0);
	h264_write(&w, 0, 2); /* CAVLC, no field order */
	h264_write_ue(&w, 0);
	h264_write_ue(&w, 0);
	h264_write_ue(&w, 0);
	h264_write(&w, 0, 3); /* no weighted prediction */
	h264_write_se(&w, 0);
	h264_write_se(&w, 0);
	h264_write_se(&w, 0);
	h264_write(&w, 1, 1); /* deblocking_filter_control_present_flag */
	h264_write(&w, 0, 2);
	return h264_append_nal(out, 3, H264_NAL_PPS, rbsp, h264_write_trailing(&w));
}

/* Mean of a block of samples that lies within width x height; PCM samples may not be 0. */
static uint8_t mean(const uint8_t *plane, int stride, int step, uint32_t x, uint32_t y,
		uint32_t edge, uint32_t width, uint32_t height)
{
	uint32_t sum = 0, n = 0;

	for (uint32_t j = y; j < y + edge && j < height; j++)
		for (uint32_t i = x; i < x + edge && i < width; i++, n++)
			sum += plane[(size_t)j * (size_t)stride + (size_t)i * (size_t)step];
	return (uint8_t)(n && sum / n ? sum / n : 1);
}

static void write_macroblock(struct h264_writer *w, const struct picture *p, uint32_t x, uint32_t y)
{
	uint8_t luma = mean(p->plane[0], p->stride[0], 1, x, y, 16, p->width, p->height);
	uint8_t *to;

	h264_write_ue(w, 25); /* mb_type I_PCM, table 7-11 */
	while (w->at % 8)
		h264_write(w, 0, 1);
	if (w->at / 8 + 384 > w->capacity) {
		w->overrun = true;
		return;
	}
	to = w->data + w->at / 8;
	memset(to, luma, 256);
	for (unsigned c = 0; c < 2; c++)
		memset(to + 256 + 64 * c, mean(p->plane[1] + c, p->stride[1], 2, x / 2, y / 2, 8,
				p->width / 2, p->height / 2), 64);
	w->at += 384 * 8;
}

static int append_slice(struct encoder_fake *e, const struct picture *p, struct packet *out)
{
	struct h264_writer w = { .data = e->rbsp, .capacity = e->capacity };

	h264_write_ue(&w, 0);
	h264_write_ue(&w, 7); /* I, all slices of the picture */
	h264_write_ue(&w, 0);
	h264_write(&w, 0, 4); /* frame_num */
	h264_write_ue(&w, e->idr_pic_id++ & 1);
	h264_write(&w, 0, 2); /* dec_ref_pic_marking of an IDR */
	h264_write_se(&w, 0);
	h264_write_ue(&w, 1); /* no deblocking */
	for (uint32_t y = 0; y < e->rows; y++)
		for (uint32_t x = 0; x < e->columns; x++)
			write_macroblock(&w, p, x * MACROBLOCK, y * MACROBLOCK);
	if (w.overrun)
		return -EIO;
	return h264_append_nal(out, 3, H264_NAL_IDR, e->rbsp, h264_write_trailing(&w));
}

static int fake_encode(struct encoder *base, const struct encode_request *request,
		struct packet *out)
{
	struct encoder_fake *e = (struct encoder_fake *)base;
	int ret;

	if (fail_from && atomic_fetch_add(&encoded, 1) + 1 >= fail_from)
		return -EIO;
	out->key = true;
	out->frame = request->number;
	out->qp = -1;
	ret = append_sps(e, out);
	if (ret >= 0)
		ret = append_pps(out);
	if (ret >= 0)
		ret = h264_append_frame_info(out, request, true);
	if (ret >= 0)
		ret = append_slice(e, request->picture, out);
	return ret;
}

const struct encoder_impl encoder_fake = {
	.name = "fake",
	.codec = CODEC_H264,
	.caps = ENCODER_TEST,
	.input = PICTURE_NV12,
	.create = fake_create,
	.encode = fake_encode,
	.destroy = fake_destroy,
};
