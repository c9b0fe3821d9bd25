/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "decoder.h"

#include <string.h>

#include <glib.h>
#include <libavcodec/avcodec.h>

struct decoder {
	AVCodecContext *context;
	AVFrame *frame;
	AVPacket *packet;
	struct planes planes;
};

/* Concealment, gaps and broken headers are told in the log only. */
__attribute__((format(printf, 3, 0)))
static void on_log(void *opaque, int level, const char *format, va_list ap)
{
	g_autofree char *line = NULL;

	if (level > AV_LOG_WARNING)
		return;
	line = g_strdup_vprintf(format, ap);
	/* yuvj420p is what JPEG is; the warning is about an API of libswscale */
	if (strstr(line, "deprecated pixel format"))
		return;
	g_error("libavcodec: %s", line);
}

struct decoder *decoder_new(enum encoder_codec codec)
{
	struct decoder *d = g_new0(struct decoder, 1);
	const AVCodec *with = avcodec_find_decoder(codec == CODEC_H264 ? AV_CODEC_ID_H264 :
			AV_CODEC_ID_MJPEG);

	g_assert_nonnull(with);
	av_log_set_callback(on_log);
	d->context = avcodec_alloc_context3(with);
	d->context->thread_count = 1;
	d->context->flags |= AV_CODEC_FLAG_LOW_DELAY;
	d->context->err_recognition = AV_EF_CRCCHECK | AV_EF_BITSTREAM | AV_EF_BUFFER |
			AV_EF_EXPLODE;
	g_assert_cmpint(avcodec_open2(d->context, with, NULL), ==, 0);
	d->frame = av_frame_alloc();
	d->packet = av_packet_alloc();
	return d;
}

void decoder_free(struct decoder *d)
{
	avcodec_free_context(&d->context);
	av_frame_free(&d->frame);
	av_packet_free(&d->packet);
	planes_finish(&d->planes);
	g_free(d);
}

static void take(struct decoder *d)
{
	AVFrame *f = d->frame;

	g_assert_true(f->format == AV_PIX_FMT_YUV420P || f->format == AV_PIX_FMT_YUVJ420P);
	g_assert_cmpint(f->decode_error_flags, ==, 0);
	planes_finish(&d->planes);
	planes_init(&d->planes, (uint32_t)f->width, (uint32_t)f->height);
	for (int i = 0; i < 3; i++) {
		int columns = i ? f->width / 2 : f->width, rows = i ? f->height / 2 : f->height;

		for (int y = 0; y < rows; y++)
			memcpy(d->planes.data[i] + y * columns, f->data[i] + y * f->linesize[i],
					(size_t)columns);
	}
}

const struct planes *decoder_decode(struct decoder *d, const uint8_t *data, size_t size)
{
	g_assert_cmpint(av_new_packet(d->packet, (int)size), ==, 0);
	memcpy(d->packet->data, data, size);
	g_assert_cmpint(avcodec_send_packet(d->context, d->packet), ==, 0);
	av_packet_unref(d->packet);
	g_assert_cmpint(avcodec_receive_frame(d->context, d->frame), ==, 0);
	take(d);
	av_frame_unref(d->frame);
	g_assert_cmpint(avcodec_receive_frame(d->context, d->frame), ==, AVERROR(EAGAIN));
	return &d->planes;
}
