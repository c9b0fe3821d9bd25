/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <time.h>

#include "counters.h"
#include "engine.h"
#include "faults.h"
#include "surface.h"

static void context_destroy(struct object *object)
{
	struct context *context = (struct context *)object;

	if (context->target)
		object_unref(&context->target->object);
	if (context->impl)
		context->impl->finish(context);
	free(context);
	COUNTER(contexts_live)--;
}

static VAStatus init_by_entrypoint(struct context *context)
{
	switch (context->config.entrypoint) {
	case VAEntrypointVideoProc: return vpp_context_init(context);
	case VAEntrypointVLD: return decode_context_init(context);
	default: return encode_context_init(context);
	}
}

static VAStatus check_size(struct driver *driver, const struct config *config, int width,
		int height)
{
	if (config->entrypoint == VAEntrypointVideoProc)
		return VA_STATUS_SUCCESS; /* applications give any size, 0 too */
	if (width < MIN_SIZE || height < MIN_SIZE || width > MAX_SIZE || height > MAX_SIZE)
		return reject(driver, VA_STATUS_ERROR_RESOLUTION_NOT_SUPPORTED,
				"context: %dx%d", width, height);
	return VA_STATUS_SUCCESS;
}

static VAStatus create_context(VADriverContextP ctx, VAConfigID config_id, int width, int height,
		int flag, VASurfaceID *targets, int n_targets, VAContextID *out)
{
	struct driver *driver = DRIVER(ctx);
	VAStatus status = VA_STATUS_ERROR_ALLOCATION_FAILED;
	struct context *context;
	struct config *config;

	pthread_mutex_lock(&driver->lock);
	config = heap_get(&driver->heap, config_id, OBJECT_CONFIG);
	if (!config) {
		status = reject(driver, VA_STATUS_ERROR_INVALID_CONFIG, "context: config unknown");
		goto unlock;
	}
	status = check_size(driver, config, width, height);
	for (int i = 0; !status && i < n_targets; i++) {
		if (!SURFACE(driver, targets[i]))
			status = reject(driver, VA_STATUS_ERROR_INVALID_SURFACE,
					"context: render target %d unknown", i);
	}
	if (status)
		goto unlock;
	context = calloc(1, sizeof(*context));
	status = VA_STATUS_ERROR_ALLOCATION_FAILED;
	if (!context || heap_add(&driver->heap, &context->object, OBJECT_CONTEXT,
					context_destroy) < 0) {
		free(context);
		goto unlock;
	}
	COUNTER(contexts_live)++;
	context->driver = driver;
	context->config = *config;
	context->width = (uint32_t)width;
	context->height = (uint32_t)height;
	status = init_by_entrypoint(context);
	if (status)
		heap_remove(&driver->heap, &context->object);
	else
		*out = context->object.id;
unlock:
	pthread_mutex_unlock(&driver->lock);
	return status;
}

static VAStatus destroy_context(VADriverContextP ctx, VAContextID id)
{
	struct driver *driver = DRIVER(ctx);
	struct timespec pause = { .tv_nsec = 1000000 };
	struct context *context;

	while (faults.hang_destroy)
		nanosleep(&pause, NULL);
	pthread_mutex_lock(&driver->lock);
	context = heap_get(&driver->heap, id, OBJECT_CONTEXT);
	if (context)
		heap_remove(&driver->heap, &context->object);
	pthread_mutex_unlock(&driver->lock);
	return context ? VA_STATUS_SUCCESS : VA_STATUS_ERROR_INVALID_CONTEXT;
}

static VAStatus begin_picture(VADriverContextP ctx, VAContextID id, VASurfaceID surface_id)
{
	struct driver *driver = DRIVER(ctx);
	VAStatus status = VA_STATUS_SUCCESS;
	struct context *context;
	struct surface *surface;

	pthread_mutex_lock(&driver->lock);
	context = heap_get(&driver->heap, id, OBJECT_CONTEXT);
	surface = SURFACE(driver, surface_id);
	if (!context) {
		status = reject(driver, VA_STATUS_ERROR_INVALID_CONTEXT, "begin: context unknown");
	} else if (!surface) {
		status = reject(driver, VA_STATUS_ERROR_INVALID_SURFACE, "begin: surface unknown");
	} else {
		/* A picture that was begun and not ended is forgotten. */
		if (context->target)
			object_unref(&context->target->object);
		object_ref(&surface->object);
		context->target = surface;
		context->failed = VA_STATUS_SUCCESS;
		context->impl->begin(context);
	}
	pthread_mutex_unlock(&driver->lock);
	return status;
}

static VAStatus render_picture(VADriverContextP ctx, VAContextID id, VABufferID *buffers, int n)
{
	struct driver *driver = DRIVER(ctx);
	VAStatus status = VA_STATUS_SUCCESS;
	struct context *context;

	pthread_mutex_lock(&driver->lock);
	context = heap_get(&driver->heap, id, OBJECT_CONTEXT);
	if (!context)
		status = reject(driver, VA_STATUS_ERROR_INVALID_CONTEXT, "render: context unknown");
	else if (!context->target)
		status = reject(driver, VA_STATUS_ERROR_INVALID_CONTEXT,
				"render: no picture begun");
	for (int i = 0; !status && i < n; i++) {
		struct buffer *buffer = heap_get(&driver->heap, buffers[i], OBJECT_BUFFER);

		if (!buffer || !buffer->data)
			status = reject(driver, VA_STATUS_ERROR_INVALID_BUFFER,
					"render: buffer %#x unknown", buffers[i]);
		else
			status = context->impl->render(context, buffer);
		if (status)
			context->failed = status;
	}
	pthread_mutex_unlock(&driver->lock);
	return status;
}

static VAStatus end_picture(VADriverContextP ctx, VAContextID id)
{
	struct driver *driver = DRIVER(ctx);
	struct context *context;
	VAStatus status;

	pthread_mutex_lock(&driver->lock);
	context = heap_get(&driver->heap, id, OBJECT_CONTEXT);
	if (!context) {
		status = reject(driver, VA_STATUS_ERROR_INVALID_CONTEXT, "end: context unknown");
	} else if (!context->target) {
		status = reject(driver, VA_STATUS_ERROR_INVALID_CONTEXT, "end: no picture begun");
	} else {
		status = context->failed;
		if (!status)
			status = context->impl->end(context);
		object_unref(&context->target->object);
		context->target = NULL;
	}
	pthread_mutex_unlock(&driver->lock);
	return status;
}

void context_fill_vtable(struct VADriverVTable *vtable)
{
	vtable->vaCreateContext = create_context;
	vtable->vaDestroyContext = destroy_context;
	vtable->vaBeginPicture = begin_picture;
	vtable->vaRenderPicture = render_picture;
	vtable->vaEndPicture = end_picture;
}
