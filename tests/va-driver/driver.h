/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SOFT_VA_DRIVER_H
#define SOFT_VA_DRIVER_H

#include <pthread.h>
#include <stdint.h>

#include <va/va_backend.h>
#include <va/va_drmcommon.h>

#include "object.h"

struct engine;

/** One initialised display. */
struct driver {
	VADriverContextP va;
	pthread_mutex_t lock; /* the heap and everything that it holds */
	struct heap heap;
	struct engine *engine;
};

#define DRIVER(ctx) ((struct driver *)(ctx)->pDriverData)

/* The DRM node of libva's display, or -1. */
int driver_node(const struct driver *driver);

struct config {
	struct object object;
	VAProfile profile;
	VAEntrypoint entrypoint;
	uint32_t rate_control; /* one VA_RC_* bit */
	uint32_t rt_format;
	uint32_t packed_headers;
	uint32_t slice_mode; /* VA_DEC_SLICE_MODE_* */
};

struct buffer {
	struct object object;
	VABufferType type;
	uint32_t size; /* of one element, bytes */
	uint32_t n_elements;
	uint32_t capacity; /* elements allocated */
	uint8_t *data; /* NULL: bo */
	struct bo *bo; /* an image derived of a surface */
	int maps;
	/* coded buffers: */
	int64_t job; /* that fills it; 0: none */
	VAStatus status;
	uint32_t coded_status; /* VA_CODED_BUF_STATUS_* */
	uint32_t coded_size; /* bytes in data */
	VACodedBufferSegment *segments;
};

struct image {
	struct object object;
	VAImage va;
};

/** One picture's work, between vaBeginPicture and vaEndPicture. */
struct context;

struct context_impl {
	VAStatus (*render)(struct context *context, struct buffer *buffer);
	VAStatus (*end)(struct context *context); /* submits the job */
	void (*begin)(struct context *context);
	void (*finish)(struct context *context);
};

struct context {
	struct object object;
	const struct context_impl *impl;
	struct driver *driver;
	struct config config; /* a copy: an application may destroy its own */
	uint32_t width, height; /* pixels */
	struct surface *target; /* between begin and end, a reference */
	VAStatus failed; /* the first failure of this picture */
	void *priv; /* the impl's */
};

VAStatus encode_context_init(struct context *context);
VAStatus vpp_context_init(struct context *context);
VAStatus decode_context_init(struct context *context);

/* Each file's part of the table. */
void config_fill_vtable(struct VADriverVTable *vtable);
void surface_fill_vtable(struct VADriverVTable *vtable);
void buffer_fill_vtable(struct VADriverVTable *vtable);
void image_fill_vtable(struct VADriverVTable *vtable);
void context_fill_vtable(struct VADriverVTable *vtable);
void vpp_fill_vtable(struct VADriverVTableVPP *vtable);

/** Notes and logs why a call is refused, and gives status back. */
VAStatus reject(struct driver *driver, VAStatus status, const char *format, ...)
		__attribute__((format(printf, 3, 4)));

/** Frees what a buffer holds; buffer.c. */
VAStatus buffer_new(struct driver *driver, VABufferType type, uint32_t size, uint32_t n,
		const void *data, struct buffer **out);

/** Limits, pixels. iHD: 4K AVC encode, media_libva_caps.cpp. */
enum { MIN_SIZE = 16, MAX_SIZE = 4096, MAX_VPP_SIZE = 16384 };

#endif
