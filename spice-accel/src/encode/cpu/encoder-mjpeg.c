/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <stdlib.h>

#include <turbojpeg.h>

#include "base/log.h"
#include "encode/encoder-list.h"

/* JPEG quality for a quantiser of H.264: both ends of the scale meet. */
#define QUALITY_BEST 92
#define QUALITY_WORST 20

struct encoder_mjpeg {
	struct encoder base;
	tjhandle jpeg;
};

static void mjpeg_destroy(struct encoder *base)
{
	struct encoder_mjpeg *e = (struct encoder_mjpeg *)base;

	tjDestroy(e->jpeg);
	free(e);
}

static int mjpeg_create(struct encoder **out, const struct encoder_params *params)
{
	struct encoder_mjpeg *e = calloc(1, sizeof *e);

	if (!e)
		return -ENOMEM;
	e->base.impl = &encoder_mjpeg;
	e->jpeg = tjInitCompress();
	if (!e->jpeg) {
		free(e);
		return -ENOMEM;
	}
	*out = &e->base;
	return 0;
}

static int quality_of(int qp)
{
	int quality = QUALITY_BEST - (qp - 18) * 2;

	if (qp <= 0)
		return 80;
	if (quality > QUALITY_BEST)
		return QUALITY_BEST;
	return quality < QUALITY_WORST ? QUALITY_WORST : quality;
}

static int mjpeg_encode(struct encoder *base, const struct encode_request *request,
		struct packet *out)
{
	struct encoder_mjpeg *e = (struct encoder_mjpeg *)base;
	const struct picture *p = request->picture;
	unsigned long size = tjBufSize((int)p->width, (int)p->height, TJSAMP_420);
	const unsigned char *planes[3] = { p->plane[0], p->plane[1], p->plane[2] };
	unsigned char *to = packet_reserve(out, size);

	if (!to)
		return -ENOMEM;
	if (tjCompressFromYUVPlanes(e->jpeg, planes, (int)p->width, p->stride, (int)p->height,
			TJSAMP_420, &to, &size, quality_of(request->qp),
			TJFLAG_NOREALLOC | TJFLAG_FASTDCT) < 0) {
		log_warning("libjpeg-turbo: %s", tjGetErrorStr2(e->jpeg));
		return -EIO;
	}
	out->size += size;
	out->key = true;
	out->frame = request->number;
	out->qp = -1;
	return 0;
}

const struct encoder_impl encoder_mjpeg = {
	.name = "mjpeg",
	.codec = CODEC_MJPEG,
	.caps = ENCODER_QP,
	.input = PICTURE_J420,
	.create = mjpeg_create,
	.encode = mjpeg_encode,
	.destroy = mjpeg_destroy,
};
