/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "bo.h"
#include "counters.h"
#include "driver.h"
#include "engine.h"
#include "faults.h"
#include "h264.h"

enum { MAX_BUFFER_BYTES = 256 * 1024 * 1024 };

#define BUFFER(driver, id) ((struct buffer *)heap_get(&(driver)->heap, id, OBJECT_BUFFER))

static void buffer_destroy(struct object *object)
{
	struct buffer *buffer = (struct buffer *)object;

	bo_unref(buffer->bo);
	free(buffer->data);
	free(buffer->segments);
	free(buffer);
	COUNTER(buffers_live)--;
}

VAStatus buffer_new(struct driver *driver, VABufferType type, uint32_t size, uint32_t n,
		const void *data, struct buffer **out)
{
	struct buffer *buffer;

	if (!size || !n || (uint64_t)size * n > MAX_BUFFER_BYTES)
		return reject(driver, VA_STATUS_ERROR_INVALID_PARAMETER,
				"buffer: %u elements of %u bytes", n, size);
	buffer = calloc(1, sizeof(*buffer));
	if (buffer)
		buffer->data = calloc(n, size);
	if (!buffer || !buffer->data ||
			heap_add(&driver->heap, &buffer->object, OBJECT_BUFFER,
					buffer_destroy) < 0) {
		if (buffer)
			free(buffer->data);
		free(buffer);
		return VA_STATUS_ERROR_ALLOCATION_FAILED;
	}
	COUNTER(buffers_live)++;
	buffer->type = type;
	buffer->size = size;
	buffer->n_elements = n;
	buffer->capacity = n;
	if (data)
		memcpy(buffer->data, data, (size_t)size * n);
	*out = buffer;
	return VA_STATUS_SUCCESS;
}

static VAStatus create_buffer(VADriverContextP ctx, VAContextID context, VABufferType type,
		unsigned int size, unsigned int n, void *data, VABufferID *out)
{
	struct driver *driver = DRIVER(ctx);
	struct buffer *buffer = NULL;
	VAStatus status;

	pthread_mutex_lock(&driver->lock);
	if (!heap_get(&driver->heap, context, OBJECT_CONTEXT) && type != VAImageBufferType)
		status = reject(driver, VA_STATUS_ERROR_INVALID_CONTEXT,
				"buffer: context %#x unknown", context);
	else
		status = buffer_new(driver, type, size, n, data, &buffer);
	if (!status)
		*out = buffer->object.id;
	pthread_mutex_unlock(&driver->lock);
	return status;
}

static VAStatus set_num_elements(VADriverContextP ctx, VABufferID id, unsigned int n)
{
	struct driver *driver = DRIVER(ctx);
	VAStatus status = VA_STATUS_SUCCESS;
	struct buffer *buffer;

	pthread_mutex_lock(&driver->lock);
	buffer = BUFFER(driver, id);
	if (!buffer)
		status = VA_STATUS_ERROR_INVALID_BUFFER;
	else if (n > buffer->capacity)
		status = VA_STATUS_ERROR_INVALID_PARAMETER;
	else
		buffer->n_elements = n;
	pthread_mutex_unlock(&driver->lock);
	return status;
}

/* One segment for all, or one a NAL unit, as radeonsi gives them. */
static VAStatus make_segments(struct buffer *buffer)
{
	uint32_t n = 1, start = 0;
	VACodedBufferSegment *s;

	if (faults.small_segments)
		n = (uint32_t)nal_count(buffer->data, buffer->coded_size);
	if (!n)
		n = 1;
	s = calloc(n, sizeof(*s));
	if (!s)
		return VA_STATUS_ERROR_ALLOCATION_FAILED;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t end = buffer->coded_size;

		if (i + 1 < n)
			end = (uint32_t)nal_next(buffer->data, buffer->coded_size, start);
		s[i].buf = buffer->data + start;
		s[i].size = end - start;
		s[i].status = buffer->coded_status;
		s[i].next = i + 1 < n ? &s[i + 1] : NULL;
		start = end;
	}
	free(buffer->segments);
	buffer->segments = s;
	return VA_STATUS_SUCCESS;
}

/* Waits without the lock; the buffer has a reference of the caller. */
static VAStatus wait_buffer(struct driver *driver, struct buffer *buffer, uint64_t timeout_ns)
{
	int64_t job;

	pthread_mutex_lock(&driver->lock);
	job = buffer->job;
	pthread_mutex_unlock(&driver->lock);
	if (!engine_wait(driver->engine, job, timeout_ns))
		return VA_STATUS_ERROR_TIMEDOUT;
	return buffer->status;
}

static struct buffer *get_ref(struct driver *driver, VABufferID id)
{
	struct buffer *buffer;

	pthread_mutex_lock(&driver->lock);
	buffer = BUFFER(driver, id);
	if (buffer)
		object_ref(&buffer->object);
	pthread_mutex_unlock(&driver->lock);
	return buffer;
}

static void put_ref(struct driver *driver, struct buffer *buffer)
{
	pthread_mutex_lock(&driver->lock);
	object_unref(&buffer->object);
	pthread_mutex_unlock(&driver->lock);
}

static VAStatus map_locked(struct driver *driver, struct buffer *buffer, void **out)
{
	VAStatus status = VA_STATUS_SUCCESS;

	pthread_mutex_lock(&driver->lock);
	if (buffer->type == VAEncCodedBufferType) {
		status = make_segments(buffer);
		*out = buffer->segments;
	} else if (buffer->bo) {
		COUNTER(cpu_pixel_maps)++;
		bo_begin_access(buffer->bo);
		*out = buffer->bo->map;
	} else {
		*out = buffer->data;
	}
	if (!status)
		buffer->maps++;
	pthread_mutex_unlock(&driver->lock);
	return status;
}

static VAStatus map_buffer(VADriverContextP ctx, VABufferID id, void **out)
{
	struct driver *driver = DRIVER(ctx);
	struct buffer *buffer = get_ref(driver, id);
	VAStatus status = VA_STATUS_SUCCESS;

	if (!buffer)
		return reject(driver, VA_STATUS_ERROR_INVALID_BUFFER, "map: buffer %#x unknown",
				id);
	if (buffer->type == VAEncCodedBufferType) {
		status = wait_buffer(driver, buffer, UINT64_MAX);
		if (!status && fault_strikes(&faults.fail_map_buffer))
			status = reject(driver, VA_STATUS_ERROR_OPERATION_FAILED,
					"map: failed (injected)");
	}
	if (!status)
		status = map_locked(driver, buffer, out);
	put_ref(driver, buffer);
	return status;
}

static VAStatus unmap_buffer(VADriverContextP ctx, VABufferID id)
{
	struct driver *driver = DRIVER(ctx);
	VAStatus status = VA_STATUS_SUCCESS;
	struct buffer *buffer;

	pthread_mutex_lock(&driver->lock);
	buffer = BUFFER(driver, id);
	if (!buffer) {
		status = VA_STATUS_ERROR_INVALID_BUFFER;
	} else if (!buffer->maps) {
		status = reject(driver, VA_STATUS_ERROR_OPERATION_FAILED,
				"unmap: buffer %#x is not mapped", id);
	} else {
		buffer->maps--;
		if (buffer->bo)
			bo_end_access(buffer->bo);
	}
	pthread_mutex_unlock(&driver->lock);
	return status;
}

static VAStatus destroy_buffer(VADriverContextP ctx, VABufferID id)
{
	struct driver *driver = DRIVER(ctx);
	VAStatus status = VA_STATUS_SUCCESS;
	struct buffer *buffer;

	pthread_mutex_lock(&driver->lock);
	buffer = BUFFER(driver, id);
	if (buffer)
		heap_remove(&driver->heap, &buffer->object);
	else
		status = reject(driver, VA_STATUS_ERROR_INVALID_BUFFER,
				"destroy: buffer %#x unknown", id);
	pthread_mutex_unlock(&driver->lock);
	return status;
}

static VAStatus buffer_info(VADriverContextP ctx, VABufferID id, VABufferType *type,
		unsigned int *size, unsigned int *n)
{
	struct driver *driver = DRIVER(ctx);
	struct buffer *buffer;

	pthread_mutex_lock(&driver->lock);
	buffer = BUFFER(driver, id);
	if (buffer) {
		*type = buffer->type;
		*size = buffer->size;
		*n = buffer->n_elements;
	}
	pthread_mutex_unlock(&driver->lock);
	return buffer ? VA_STATUS_SUCCESS : VA_STATUS_ERROR_INVALID_BUFFER;
}

static VAStatus sync_buffer(VADriverContextP ctx, VABufferID id, uint64_t timeout_ns)
{
	struct driver *driver = DRIVER(ctx);
	struct buffer *buffer;
	VAStatus status;

	if (faults.no_sync_buffer)
		return VA_STATUS_ERROR_UNIMPLEMENTED;
	buffer = get_ref(driver, id);
	if (!buffer)
		return reject(driver, VA_STATUS_ERROR_INVALID_BUFFER, "sync: buffer %#x unknown",
				id);
	status = wait_buffer(driver, buffer, timeout_ns);
	put_ref(driver, buffer);
	return status;
}

void buffer_fill_vtable(struct VADriverVTable *vtable)
{
	vtable->vaCreateBuffer = create_buffer;
	vtable->vaBufferSetNumElements = set_num_elements;
	vtable->vaMapBuffer = map_buffer;
	vtable->vaUnmapBuffer = unmap_buffer;
	vtable->vaDestroyBuffer = destroy_buffer;
	vtable->vaBufferInfo = buffer_info;
	vtable->vaSyncBuffer = sync_buffer;
}
