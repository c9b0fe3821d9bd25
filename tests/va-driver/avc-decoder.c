/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "avc-decoder.h"

#include <stdlib.h>
#include <string.h>

#include <libavcodec/avcodec.h>

#include "check.h"

struct avc_decoder {
	AVCodecContext *avctx;
	AVFrame *frame;
	AVPacket *packet;
};

struct avc_decoder *avc_decoder_new(void)
{
	struct avc_decoder *d = calloc(1, sizeof(*d));

	CHECK(d);
	d->avctx = avcodec_alloc_context3(avcodec_find_decoder(AV_CODEC_ID_H264));
	d->frame = av_frame_alloc();
	d->packet = av_packet_alloc();
	CHECK(d->avctx && d->frame && d->packet);
	d->avctx->thread_count = 1;
	d->avctx->flags |= AV_CODEC_FLAG_LOW_DELAY;
	d->avctx->err_recognition = AV_EF_CRCCHECK | AV_EF_BITSTREAM | AV_EF_BUFFER | AV_EF_EXPLODE;
	CHECK(avcodec_open2(d->avctx, NULL, NULL) == 0 ||
			avcodec_open2(d->avctx, avcodec_find_decoder(AV_CODEC_ID_H264), NULL) == 0);
	return d;
}

void avc_decoder_free(struct avc_decoder *d)
{
	avcodec_free_context(&d->avctx);
	av_frame_free(&d->frame);
	av_packet_free(&d->packet);
	free(d);
}

void avc_decode(struct avc_decoder *d, const uint8_t *data, size_t size, struct avc_picture *out)
{
	CHECK_INT(av_new_packet(d->packet, (int)size), 0);
	memcpy(d->packet->data, data, size);
	CHECK_INT(avcodec_send_packet(d->avctx, d->packet), 0);
	av_packet_unref(d->packet);
	CHECK_INT(avcodec_receive_frame(d->avctx, d->frame), 0);
	CHECK_INT(d->frame->decode_error_flags, 0);
	CHECK_INT(d->frame->format, AV_PIX_FMT_YUV420P);
	out->width = d->frame->width;
	out->height = d->frame->height;
	out->key = d->frame->key_frame;
	for (int i = 0; i < 3; i++) {
		out->plane[i] = d->frame->data[i];
		out->stride[i] = d->frame->linesize[i];
	}
}
