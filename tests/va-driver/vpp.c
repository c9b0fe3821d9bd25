/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libyuv.h>
#include <va/va_backend.h>
#include <va/va_backend_vpp.h>
#include <va/va_vpp.h>

#include "counters.h"
#include "csc.h"
#include "engine.h"
#include "faults.h"
#include "surface.h"

struct vpp_job {
	struct context *context; /* references */
	struct surface *src, *dst;
	VARectangle from, to;
	struct csc in, out;
	uint32_t filter_flags, mirror;
};

/* A picture on its way: ARGB or NV12. */
struct picture {
	uint8_t *data;
	uint32_t w, h;
	int is_nv12;
};

struct vpp_state {
	struct vpp_job *job; /* the picture that is being described */
};

static size_t picture_size(uint32_t w, uint32_t h, int is_nv12)
{
	return is_nv12 ? (size_t)((w + 1) & ~1u) * ((h + 1) & ~1u) * 3 / 2 : (size_t)w * h * 4;
}

static size_t uv_offset(const struct picture *p)
{
	return (size_t)((p->w + 1) & ~1u) * ((p->h + 1) & ~1u);
}

static int even(uint32_t v)
{
	return (int)((v + 1) & ~1u);
}

/* Step 1: the source's region as ARGB, or NV12 when it is Y'CbCr. */
static int load_rgb(const struct surface *src, const uint8_t *p, int pitch, struct picture *out)
{
	int w = (int)out->w, h = (int)out->h, stride = w * 4;

	switch (src->format->va_fourcc) {
	case VA_FOURCC_BGRX:
	case VA_FOURCC_BGRA: return ARGBCopy(p, pitch, out->data, stride, w, h);
	case VA_FOURCC_RGBX:
	case VA_FOURCC_RGBA: return ABGRToARGB(p, pitch, out->data, stride, w, h);
	case VA_FOURCC_RGB565: return RGB565ToARGB(p, pitch, out->data, stride, w, h);
	case VA_FOURCC_X2R10G10B10:
	case VA_FOURCC_A2R10G10B10: return AR30ToARGB(p, pitch, out->data, stride, w, h);
	case VA_FOURCC_X2B10G10R10:
	case VA_FOURCC_A2B10G10R10: return AB30ToARGB(p, pitch, out->data, stride, w, h);
	default: return -1;
	}
}

static int load(const struct vpp_job *job, struct picture *out)
{
	const struct pixel_format *f = job->src->format;
	struct pixels px;
	uint8_t *plane[MAX_PLANES];
	int ret;

	out->w = job->from.width;
	out->h = job->from.height;
	out->is_nv12 = f->va_fourcc == VA_FOURCC_NV12 || f->va_fourcc == VA_FOURCC_YUY2;
	out->data = malloc(picture_size(out->w, out->h, out->is_nv12));
	if (!out->data || surface_begin_read(job->src, &px) < 0)
		return -ENOMEM;
	for (unsigned int p = 0; p < f->n_planes; p++)
		plane[p] = px.plane[p] +
				(size_t)((uint32_t)job->from.y / f->v_sub[p]) * px.pitch[p] +
				(uint32_t)job->from.x / f->h_sub[p] * f->cpp[p];
	if (f->va_fourcc == VA_FOURCC_NV12)
		ret = NV12Copy(plane[0], (int)px.pitch[0], plane[1], (int)px.pitch[1], out->data,
				even(out->w), out->data + uv_offset(out), even(out->w), (int)out->w,
				(int)out->h);
	else if (f->va_fourcc == VA_FOURCC_YUY2)
		ret = YUY2ToNV12(plane[0], (int)px.pitch[0], out->data, even(out->w),
				out->data + uv_offset(out), even(out->w), (int)out->w, (int)out->h);
	else
		ret = load_rgb(job->src, plane[0], (int)px.pitch[0], out);
	surface_end_read(job->src, &px);
	return ret ? -EINVAL : 0;
}

/* Step 2: the size. iHD's default filtering softens even pictures that keep
 * their size; this makes such a mistake visible, by 1 2 1 along the rows. */
static void soften(struct picture *p)
{
	uint32_t step = p->is_nv12 ? 1 : 4, bytes = p->is_nv12 ? (uint32_t)even(p->w) : p->w * 4;

	for (uint32_t y = 0; y < p->h; y++) {
		uint8_t *row = p->data + (size_t)y * bytes, last[4];

		memcpy(last, row, step);
		for (uint32_t x = step; x + step < p->w * step; x++) {
			uint8_t now = row[x];

			row[x] = (uint8_t)((last[x % step] + 2 * now + row[x + step] + 2) / 4);
			last[x % step] = now;
		}
	}
}

static int resize(const struct vpp_job *job, struct picture *p)
{
	struct picture out = { .w = job->to.width, .h = job->to.height, .is_nv12 = p->is_nv12 };
	int nearest = (job->filter_flags & VA_FILTER_INTERPOLATION_MASK) ==
			VA_FILTER_INTERPOLATION_NEAREST_NEIGHBOR;
	int filter = nearest ? kFilterNone : kFilterBilinear, ret;

	if (out.w == p->w && out.h == p->h) {
		if (!nearest) {
			COUNTER(vpp_blurred)++;
			soften(p);
		}
		return 0;
	}
	out.data = malloc(picture_size(out.w, out.h, out.is_nv12));
	if (!out.data)
		return -ENOMEM;
	if (p->is_nv12)
		ret = NV12Scale(p->data, even(p->w), p->data + uv_offset(p), even(p->w), (int)p->w,
				(int)p->h, out.data, even(out.w), out.data + uv_offset(&out),
				even(out.w), (int)out.w, (int)out.h, filter);
	else
		ret = ARGBScale(p->data, (int)p->w * 4, (int)p->w, (int)p->h, out.data,
				(int)out.w * 4, (int)out.w, (int)out.h, filter);
	free(p->data);
	*p = out;
	return ret ? -EINVAL : 0;
}

/* Step 3: upside down, by a copy with a negative height. */
static int flip(const struct vpp_job *job, struct picture *p)
{
	struct picture out = *p;

	if (!(job->mirror & VA_MIRROR_VERTICAL))
		return 0;
	out.data = malloc(picture_size(p->w, p->h, p->is_nv12));
	if (!out.data)
		return -ENOMEM;
	if (p->is_nv12)
		NV12Copy(p->data, even(p->w), p->data + uv_offset(p), even(p->w), out.data,
				even(p->w), out.data + uv_offset(p), even(p->w), (int)p->w,
				-(int)p->h);
	else
		ARGBCopy(p->data, (int)p->w * 4, out.data, (int)p->w * 4, (int)p->w, -(int)p->h);
	free(p->data);
	*p = out;
	return 0;
}

/* Step 4: into the target's region. */
static int store_rgb(uint32_t fourcc, const struct picture *p, uint8_t *dst, int pitch)
{
	int w = (int)p->w, h = (int)p->h, stride = w * 4;

	switch (fourcc) {
	case VA_FOURCC_BGRX:
	case VA_FOURCC_BGRA: return ARGBCopy(p->data, stride, dst, pitch, w, h);
	case VA_FOURCC_RGBX:
	case VA_FOURCC_RGBA: return ARGBToABGR(p->data, stride, dst, pitch, w, h);
	case VA_FOURCC_RGB565: return ARGBToRGB565(p->data, stride, dst, pitch, w, h);
	case VA_FOURCC_X2R10G10B10:
	case VA_FOURCC_A2R10G10B10: return ARGBToAR30(p->data, stride, dst, pitch, w, h);
	case VA_FOURCC_X2B10G10R10:
	case VA_FOURCC_A2B10G10R10: return ABGRToAR30(p->data, stride, dst, pitch, w, h);
	default: return -1;
	}
}

static int to_argb(const struct vpp_job *job, struct picture *p)
{
	uint8_t *argb = malloc(picture_size(p->w, p->h, 0));

	if (!argb)
		return -ENOMEM;
	csc_nv12_to_argb(&job->in, p->data, (size_t)even(p->w), p->data + uv_offset(p),
			(size_t)even(p->w), argb, (size_t)p->w * 4, p->w, p->h);
	free(p->data);
	p->data = argb;
	p->is_nv12 = 0;
	return 0;
}

static int store(const struct vpp_job *job, struct picture *p)
{
	const struct pixel_format *f = job->dst->format;
	struct pixels px;
	uint8_t *plane[MAX_PLANES];
	int ret = 0;

	if (p->is_nv12 && f->va_fourcc != VA_FOURCC_NV12 && to_argb(job, p) < 0)
		return -ENOMEM;
	if (surface_begin_write(job->dst, &px) < 0)
		return -ENOMEM;
	for (unsigned int i = 0; i < f->n_planes; i++)
		plane[i] = px.plane[i] +
				(size_t)((uint32_t)job->to.y / f->v_sub[i]) * px.pitch[i] +
				(uint32_t)job->to.x / f->h_sub[i] * f->cpp[i];
	if (f->va_fourcc != VA_FOURCC_NV12)
		ret = store_rgb(f->va_fourcc, p, plane[0], (int)px.pitch[0]);
	else if (p->is_nv12)
		ret = NV12Copy(p->data, even(p->w), p->data + uv_offset(p), even(p->w), plane[0],
				(int)px.pitch[0], plane[1], (int)px.pitch[1], (int)p->w, (int)p->h);
	else
		csc_argb_to_nv12(&job->out, p->data, (size_t)p->w * 4, plane[0], px.pitch[0],
				plane[1], px.pitch[1], p->w, p->h);
	surface_end_write(job->dst, &px);
	return ret ? -EINVAL : 0;
}

static void vpp_run(void *data)
{
	struct vpp_job *job = data;
	struct picture p = { 0 };
	int ret = load(job, &p);

	if (!ret)
		ret = resize(job, &p);
	if (!ret)
		ret = flip(job, &p);
	if (!ret)
		ret = store(job, &p);
	free(p.data);
	job->dst->job_failed = ret ? VA_STATUS_ERROR_OPERATION_FAILED : VA_STATUS_SUCCESS;
	if (!ret)
		COUNTER(vpp_blits)++;
}

static void vpp_job_free(void *data)
{
	struct vpp_job *job = data;

	if (!job)
		return;
	if (job->src)
		object_unref(&job->src->object);
	if (job->dst)
		object_unref(&job->dst->object);
	if (job->context)
		object_unref(&job->context->object);
	free(job);
}

static void vpp_begin(struct context *context)
{
	struct vpp_state *state = context->priv;

	vpp_job_free(state->job);
	state->job = NULL;
}

static int is_709(VAProcColorStandardType standard, const VAProcColorProperties *properties)
{
	if (standard == VAProcColorStandardExplicit)
		return properties->matrix_coefficients == 1;
	return standard == VAProcColorStandardBT709;
}

static VAStatus region(struct context *context, const VARectangle *r, const struct surface *s,
		VARectangle *out)
{
	*out = (VARectangle){ .width = (uint16_t)s->width, .height = (uint16_t)s->height };
	if (r)
		*out = *r;
	if (out->x < 0 || out->y < 0 || !out->width || !out->height ||
			(uint32_t)out->x + out->width > s->width ||
			(uint32_t)out->y + out->height > s->height)
		return reject(context->driver, VA_STATUS_ERROR_INVALID_PARAMETER,
				"vpp: region %d,%d %ux%u of %ux%u", out->x, out->y, out->width,
				out->height, s->width, s->height);
	if ((s->format->v_sub[1] == 2 && ((out->x | out->y) & 1)) ||
			(s->format->h_sub[0] == 2 && (out->x & 1)))
		return reject(context->driver, VA_STATUS_ERROR_INVALID_PARAMETER,
				"vpp: region at odd pixel %d,%d", out->x, out->y);
	return VA_STATUS_SUCCESS;
}

static VAStatus vpp_render(struct context *context, struct buffer *buffer)
{
	const VAProcPipelineParameterBuffer *p = (const void *)buffer->data;
	struct vpp_state *state = context->priv;
	struct surface *src;
	struct vpp_job *job;
	VAStatus status;

	if ((int)buffer->type != VAProcPipelineParameterBufferType || buffer->size < sizeof(*p))
		return reject(context->driver, VA_STATUS_ERROR_UNSUPPORTED_BUFFERTYPE,
				"vpp: buffer type %d of %u bytes", buffer->type, buffer->size);
	src = SURFACE(context->driver, p->surface);
	if (!src)
		return reject(context->driver, VA_STATUS_ERROR_INVALID_SURFACE,
				"vpp: source %#x unknown", p->surface);
	if (context->target->format->va_fourcc == VA_FOURCC_YUY2 || state->job || p->num_filters ||
			p->rotation_state || p->blend_state ||
			p->mirror_state & ~(uint32_t)VA_MIRROR_VERTICAL)
		return reject(context->driver, VA_STATUS_ERROR_UNIMPLEMENTED,
				"vpp: filters, rotation, blending, two sources or output format");
	job = calloc(1, sizeof(*job));
	if (!job)
		return VA_STATUS_ERROR_ALLOCATION_FAILED;
	status = region(context, p->surface_region, src, &job->from);
	if (!status)
		status = region(context, p->output_region, context->target, &job->to);
	if (status) {
		free(job);
		return status;
	}
	job->in.bt709 = is_709(p->surface_color_standard, &p->input_color_properties);
	job->in.full_range = p->input_color_properties.color_range == VA_SOURCE_RANGE_FULL;
	job->out.bt709 = is_709(p->output_color_standard, &p->output_color_properties);
	job->out.full_range = p->output_color_properties.color_range == VA_SOURCE_RANGE_FULL;
	job->filter_flags = p->filter_flags;
	job->mirror = p->mirror_state;
	job->src = src;
	object_ref(&src->object);
	state->job = job;
	return VA_STATUS_SUCCESS;
}

static VAStatus vpp_end(struct context *context)
{
	struct vpp_state *state = context->priv;
	struct vpp_job *job = state->job;
	struct engine_job work = { .run = vpp_run, .free = vpp_job_free, .data = job };
	struct surface *src;
	int64_t number;

	if (!job)
		return reject(context->driver, VA_STATUS_ERROR_INVALID_PARAMETER, "vpp: no source");
	if (fault_strikes(&faults.fail_vpp))
		return reject(context->driver, VA_STATUS_ERROR_OPERATION_FAILED,
				"vpp: failed (injected)");
	job->context = context;
	object_ref(&context->object);
	job->dst = context->target;
	object_ref(&context->target->object);
	src = job->src;
	number = engine_submit(context->driver->engine, &work);
	if (number < 0)
		return VA_STATUS_ERROR_ALLOCATION_FAILED;
	state->job = NULL;
	src->job = context->target->job = number;
	return VA_STATUS_SUCCESS;
}

static void vpp_finish(struct context *context)
{
	struct vpp_state *state = context->priv;

	if (state)
		vpp_job_free(state->job);
	free(state);
}

static const struct context_impl vpp_impl = {
	.begin = vpp_begin,
	.render = vpp_render,
	.end = vpp_end,
	.finish = vpp_finish,
};

VAStatus vpp_context_init(struct context *context)
{
	context->priv = calloc(1, sizeof(struct vpp_state));
	if (!context->priv)
		return VA_STATUS_ERROR_ALLOCATION_FAILED;
	context->impl = &vpp_impl;
	return VA_STATUS_SUCCESS;
}

static VAStatus query_filters(VADriverContextP ctx, VAContextID context, VAProcFilterType *filters,
		unsigned int *n)
{
	*n = 0;
	return VA_STATUS_SUCCESS;
}

static VAStatus query_filter_caps(VADriverContextP ctx, VAContextID context, VAProcFilterType type,
		void *caps, unsigned int *n)
{
	return VA_STATUS_ERROR_UNSUPPORTED_FILTER;
}

static VAStatus query_pipeline_caps(VADriverContextP ctx, VAContextID context, VABufferID *filters,
		unsigned int n_filters, VAProcPipelineCaps *caps)
{
	static VAProcColorStandardType standards[] = { VAProcColorStandardBT601,
		VAProcColorStandardBT709, VAProcColorStandardExplicit };

	memset(caps, 0, sizeof(*caps));
	caps->input_color_standards = standards;
	caps->num_input_color_standards = 3;
	caps->output_color_standards = standards;
	caps->num_output_color_standards = 3;
	caps->filter_flags = VA_FILTER_INTERPOLATION_NEAREST_NEIGHBOR |
			VA_FILTER_INTERPOLATION_BILINEAR;
	caps->mirror_flags = VA_MIRROR_VERTICAL;
	caps->max_input_width = caps->max_output_width = MAX_VPP_SIZE;
	caps->max_input_height = caps->max_output_height = MAX_VPP_SIZE;
	caps->min_input_width = caps->min_output_width = MIN_SIZE;
	caps->min_input_height = caps->min_output_height = MIN_SIZE;
	return VA_STATUS_SUCCESS;
}

void vpp_fill_vtable(struct VADriverVTableVPP *vtable)
{
	vtable->version = VA_DRIVER_VTABLE_VPP_VERSION;
	vtable->vaQueryVideoProcFilters = query_filters;
	vtable->vaQueryVideoProcFilterCaps = query_filter_caps;
	vtable->vaQueryVideoProcPipelineCaps = query_pipeline_caps;
}
