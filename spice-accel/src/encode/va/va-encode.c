/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* Pictures of a session: settings, submission, waiting, bytes. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "encode/h264/h264-au.h"
#include "encode/h264/h264-bits.h"
#include "encode/va/va-session.h"
#include "encode/va/va-skip.h"

#define POLL_NS 200000L
/* Refinements of a picture at rest, in a row: a picture that is no better by then never
 * gets better. */
#define MAX_REFINEMENTS 60u

bool va_session_can_skip(const struct va_session *s, const struct encode_request *request)
{
	return request->kind == ENCODE_REPEAT && s->started && !request->key &&
			(!s->own_headers || s->repeat.usable);
}

static int append_skip(struct va_session *s, const struct encode_request *request,
		struct packet *out)
{
	size_t before = out->size;
	int ret = h264_append_frame_info(out, request, false);

	out->key = false;
	out->qp = -1;
	if (ret == 0 && s->own_headers)
		return h264_repeat_append(&s->repeat, out);
	if (ret == 0)
		ret = va_append_skip(out, &s->stream,
				(s->frame_num + 1) % (1u << VA_FRAME_NUM_BITS));
	if (ret == 0) {
		s->frame_num = (s->frame_num + 1) % (1u << VA_FRAME_NUM_BITS);
		s->skipped++;
		s->skipped_bytes += (uint32_t)(out->size - before);
	}
	return ret;
}

/* The damage if it has no more rectangles than the driver takes; else no rectangle. */
static void fill_dirty(const struct va_session *s, const struct encode_request *request,
		struct va_picture *p)
{
	const struct damage *d = request->damage;
	uint32_t max = s->caps.dirty_rects < VA_MAX_DIRTY ? s->caps.dirty_rects : VA_MAX_DIRTY;

	if (p->slice.idr || request->kind != ENCODE_NEW || !d || !d->n || d->n > max ||
			damage_is_all(d, s->stream.width, s->stream.height))
		return;
	if (s->device.quirk->flags & VA_QUIRK_DIRTY_NEEDS_RC && s->rate_control == VA_RC_CQP)
		return;
	for (unsigned i = 0; i < d->n; i++)
		p->dirty[i] = (VARectangle){ .x = (int16_t)d->rects[i].x,
			.y = (int16_t)d->rects[i].y,
			.width = (uint16_t)d->rects[i].width,
				.height = (uint16_t)d->rects[i].height };
	p->n_dirty = d->n;
}

/* A column of intra macroblocks goes over the picture, again and again. */
static void fill_refresh(const struct va_session *s, struct va_picture *p)
{
	if (!s->caps.refresh_columns || !s->tuning.refresh_columns)
		return;
	p->refresh_column = s->refresh_column;
	p->refresh_columns = s->tuning.refresh_columns;
}

static void fill_picture(struct va_session *s, const struct encode_request *request,
		struct va_picture *p)
{
	bool idr = request->key || !s->started;

	memset(p, 0, sizeof *p);
	p->stream = &s->stream;
	p->caps = &s->caps;
	p->slice.idr = idr;
	p->slice.frame_num = idr ? 0 : (s->frame_num + 1) % (1u << VA_FRAME_NUM_BITS);
	p->slice.idr_pic_id = idr ? s->idr_pic_id ^ 1u : s->idr_pic_id;
	p->recon = s->recon[s->current ^ 1u];
	p->reference = idr ? VA_INVALID_SURFACE : s->recon[s->current];
	p->reference_frame_num = s->frame_num;
	p->coded = s->coded;
	p->new_sequence = idr;
	p->rate_control = s->rate_control;
	if (s->caps.skip_frames && s->rate_control != VA_RC_CQP) {
		p->skipped = s->skipped;
		p->skipped_bytes = s->skipped_bytes;
	}
	fill_dirty(s, request, p);
	fill_refresh(s, p);
}

/* A quantiser between two steps: some columns at the right side have the coarser step. Columns
 * allow finer fractions than rows, as there are more of them. */
static void fill_coarser(const struct va_stream *st, double region, struct va_picture *p)
{
	uint32_t left = st->columns - (uint32_t)lround(region * st->columns);

	memset(&p->coarser, 0, sizeof p->coarser);
	if (left == 0)
		p->slice.qp += VA_RATE_REGION_STEPS;
	if (left == 0 || left * 16 >= st->width)
		return;
	p->coarser.roi_rectangle = (VARectangle){ .x = (int16_t)(left * 16),
		.width = (uint16_t)(st->width - left * 16), .height = (uint16_t)st->height };
	p->coarser.roi_value = VA_RATE_REGION_STEPS;
}

/* Fills in what differs between one try and the next. */
static void fill_rate(const struct va_session *s, const struct va_rate_picture *rate,
		struct va_picture *p)
{
	p->slice.qp = rate->qp;
	fill_coarser(&s->stream, rate->region, p);
	if (s->rate_control == VA_RC_CQP)
		return;
	p->bitrate_kbps = rate->kbps;
	p->buffer_bits = s->rate.kbps * 1000 / s->stream.fps;
	p->min_qp = rate->min_qp; /* no finer than the caller wants */
	p->new_rate = rate->kbps != s->told_kbps || rate->min_qp != s->told_min_qp;
}

static void picture_done(struct va_session *s, const struct va_picture *p)
{
	s->started = true;
	s->current ^= 1u;
	s->frame_num = p->slice.frame_num;
	s->idr_pic_id = p->slice.idr_pic_id;
	s->skipped = s->skipped_bytes = 0;
	s->refresh_column += p->refresh_columns;
	if (s->refresh_column >= s->stream.columns || p->slice.idr)
		s->refresh_column = 0;
}

static int submit(struct va_session *s, const struct va_picture *p)
{
	struct va_params params = { .n = 0 };
	VAStatus status, end;
	int ret;

	ret = va_params_fill(&s->device, s->context, &params, p);
	if (ret < 0)
		goto out;
	status = vaBeginPicture(s->device.display, s->context, s->source);
	if (status == VA_STATUS_SUCCESS) {
		status = vaRenderPicture(s->device.display, s->context, params.ids, (int)params.n);
		end = vaEndPicture(s->device.display, s->context);
		if (status == VA_STATUS_SUCCESS)
			status = end;
	}
	if (status != VA_STATUS_SUCCESS)
		ret = va_error(&s->device, status, "encoding");
out:
	va_params_finish(&s->device, &params);
	return ret;
}

/* For drivers older than vaSyncBuffer (libva 2.9). */
static VAStatus poll_source(struct va_session *s)
{
	uint64_t end = clock_now_us() + s->tuning.limit_ms * UINT64_C(1000);
	struct timespec pause = { .tv_nsec = POLL_NS };
	VASurfaceStatus state;

	for (;;) {
		VAStatus status = vaQuerySurfaceStatus(s->device.display, s->source, &state);

		if (status != VA_STATUS_SUCCESS || state == VASurfaceReady)
			return status;
		if (clock_now_us() >= end)
			return VA_STATUS_ERROR_TIMEDOUT;
		nanosleep(&pause, NULL);
	}
}

static int wait_coded(struct va_session *s)
{
	VAStatus status = VA_STATUS_ERROR_UNIMPLEMENTED;

	if (!s->no_sync_buffer)
		status = vaSyncBuffer(s->device.display, s->coded,
				s->tuning.limit_ms * UINT64_C(1000000));
	if (status == VA_STATUS_ERROR_UNIMPLEMENTED) {
		s->no_sync_buffer = true;
		status = poll_source(s);
	}
	return status == VA_STATUS_SUCCESS ? 0 : va_error(&s->device, status,
			"waiting for the GPU");
}

/* The driver's bytes, all segments, into scratch. *qp: the mean quantiser
 * where the driver tells it, else 0. */
static int read_coded(struct va_session *s, int *qp)
{
	const uint32_t overflow = VA_CODED_BUF_STATUS_SLICE_OVERFLOW_MASK |
			VA_CODED_BUF_STATUS_BAD_BITSTREAM;
	VACodedBufferSegment *segment;
	VAStatus status = vaMapBuffer(s->device.display, s->coded, (void **)&segment);
	int ret = 0;

	if (status != VA_STATUS_SUCCESS)
		return va_error(&s->device, status, "mapping of the coded buffer");
	packet_reset(&s->scratch);
	*qp = (int)(segment->status & VA_CODED_BUF_STATUS_PICTURE_AVE_QP_MASK);
	for (; segment && ret == 0; segment = segment->next) {
		if (segment->status & overflow)
			ret = -EIO;
		else
			ret = packet_append(&s->scratch, segment->buf, segment->size);
	}
	vaUnmapBuffer(s->device.display, s->coded);
	if (ret == -EIO)
		snprintf(s->device.failure, sizeof s->device.failure,
				"%s: the driver reports a broken picture", s->device.node);
	return ret;
}

static int append_unit(struct va_session *s, struct packet *out, const uint8_t *nal, size_t size)
{
	static const uint8_t code[] = { 0, 0, 0, 1 };
	int ret;

	if (s->own_headers)
		return h264_repeat_copy(&s->repeat, out, nal, size);
	ret = packet_append(out, code, sizeof code);
	return ret < 0 ? ret : packet_append(out, nal, size);
}

/* The reconstructed picture is a copy of its reference: it need not be sent. */
static bool is_unchanged(const struct va_session *s, const struct encode_request *request,
		const uint8_t *nal, size_t size)
{
	return request->drop_unchanged && request->kind == ENCODE_NEW && !s->own_headers &&
			va_slice_is_skip(&s->stream, nal, size);
}

/* Writes the headers and our SEI, then everything from the slice on. */
static int collect(struct va_session *s, const struct encode_request *request, bool idr,
		struct packet *out)
{
	const uint8_t *data = s->scratch.data, *nal;
	size_t size = s->scratch.size, at = 0, nal_size;
	int ret = 0;

	while (ret == 0 && h264_next_nal(data, size, &at, &nal, &nal_size)) {
		unsigned type = nal_size ? nal[0] & 0x1f : 0;

		if (type == H264_NAL_SLICE || type == H264_NAL_IDR) {
			if ((type == H264_NAL_IDR) != idr)
				break;
			if (!idr && is_unchanged(s, request, nal, size - (size_t)(nal - data)))
				return 0;
			ret = h264_append_frame_info(out, request, idr);
			return ret < 0 ? ret :
					append_unit(s, out, nal, size - (size_t)(nal - data));
		}
		ret = append_unit(s, out, nal, nal_size);
	}
	if (ret == 0) {
		snprintf(s->device.failure, sizeof s->device.failure,
				"%s: %zu bytes without the picture that was asked for",
				s->device.node, size);
		ret = -EIO;
	}
	return ret;
}

/* Rate control stays coarser than the wish when it has to. A picture at rest gets
 * better with each try, until there is next to nothing to send: then the wish is
 * fulfilled, whatever the driver says. */
static int told_qp(struct va_session *s, const struct encode_request *request,
		const struct va_picture *p, size_t bytes, int mean)
{
	if (s->rate_control == VA_RC_CQP)
		return p->slice.qp;
	mean = mean > 0 && mean <= 51 ? mean : -1;
	if (request->kind != ENCODE_REFINE || request->qp <= 0) {
		s->refinements = 0;
		return mean;
	}
	if (bytes < va_rate_max_bytes(&s->rate) / 16 || ++s->refinements == MAX_REFINEMENTS)
		return request->qp;
	return mean > request->qp ? mean : request->qp + 1;
}

/* Encodes once. *qp: the mean quantiser where the driver tells it, else 0. */
static int try_picture(struct va_session *s, const struct encode_request *request,
		const struct va_picture *p, struct packet *out, int *qp)
{
	uint64_t start = clock_now_us(), submitted, waited;
	int ret = submit(s, p);

	if (ret < 0)
		return ret;
	if (s->rate_control != VA_RC_CQP) {
		s->told_kbps = p->bitrate_kbps;
		s->told_min_qp = p->min_qp;
	}
	submitted = clock_now_us();
	ret = wait_coded(s);
	waited = clock_now_us();
	if (ret == 0)
		ret = read_coded(s, qp);
	if (ret == 0)
		ret = collect(s, request, p->slice.idr, out);
	s->times.submit_us += (uint32_t)(submitted - start);
	s->times.wait_us += (uint32_t)(waited - submitted);
	s->times.copy_us += (uint32_t)(clock_now_us() - waited);
	s->times.tries++;
	return ret;
}

int va_session_encode(struct va_session *s, const struct encode_request *request,
		struct packet *out)
{
	struct va_rate_picture rate = { .finest = request->qp,
			.refine = request->kind == ENCODE_REFINE };
	struct va_picture p;
	size_t before = out->size;
	int ret, qp = 0;

	out->frame = request->number;
	s->times.submit_us = s->times.wait_us = s->times.copy_us = s->times.tries = 0;
	if (va_session_can_skip(s, request))
		return append_skip(s, request, out);
	fill_picture(s, request, &p);
	rate.idr = p.slice.idr;
	va_rate_choose(&s->rate, &rate);
	do {
		out->size = before;
		fill_rate(s, &rate, &p);
		ret = try_picture(s, request, &p, out, &qp);
		if (ret < 0)
			return ret;
	} while (va_rate_again(&s->rate, &rate, out->size - before));
	out->key = p.slice.idr;
	if (out->size == before) {
		s->current ^= 1u; /* the same pixels; the number is used again */
		return 0;
	}
	out->qp = told_qp(s, request, &p, out->size - before, qp);
	picture_done(s, &p);

	va_rate_sent(&s->rate, &rate, out->size - before, qp);
	return 0;
}
