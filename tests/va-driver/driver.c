/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <va/va_backend.h>
#include <va/va_backend_vpp.h>
#include <va/va_drmcommon.h>

#include "counters.h"
#include "driver.h"
#include "engine.h"
#include "faults.h"
#include "soft-va.h"
#include "surface.h"

static pthread_mutex_t reason_lock = PTHREAD_MUTEX_INITIALIZER;
static char last_reason[256];

VAStatus reject(struct driver *driver, VAStatus status, const char *format, ...)
{
	char text[sizeof(last_reason)];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	COUNTER(rejects)++;
	pthread_mutex_lock(&reason_lock);
	memcpy(last_reason, text, sizeof(text));
	pthread_mutex_unlock(&reason_lock);
	if (faults.log)
		fprintf(stderr, "soft VA driver: %s (status %#x)\n", text, status);
	return status;
}

void soft_va_last_reason(char *out, size_t size)
{
	pthread_mutex_lock(&reason_lock);
	snprintf(out, size, "%s", last_reason);
	pthread_mutex_unlock(&reason_lock);
}

static VAStatus unimplemented(void)
{
	return VA_STATUS_ERROR_UNIMPLEMENTED;
}

static VAStatus query_display_attributes(VADriverContextP ctx, VADisplayAttribute *list, int *n)
{
	*n = 0;
	return VA_STATUS_SUCCESS;
}

static VAStatus query_subpicture_formats(VADriverContextP ctx, VAImageFormat *list,
		unsigned int *flags, unsigned int *n)
{
	*n = 0;
	return VA_STATUS_SUCCESS;
}

static VAStatus terminate(VADriverContextP ctx)
{
	struct driver *driver = DRIVER(ctx);

	engine_destroy(driver->engine);
	heap_remove_all(&driver->heap, OBJECT_CONTEXT);
	heap_remove_all(&driver->heap, OBJECT_IMAGE);
	heap_remove_all(&driver->heap, OBJECT_BUFFER);
	heap_remove_all(&driver->heap, OBJECT_SURFACE);
	heap_remove_all(&driver->heap, OBJECT_CONFIG);
	heap_finish(&driver->heap);
	pthread_mutex_destroy(&driver->lock);
	free(driver);
	ctx->pDriverData = NULL;
	return VA_STATUS_SUCCESS;
}

/* libva wants an entry for these; this driver has no screen. */
static void fill_unimplemented(struct VADriverVTable *v)
{
#define NONE(entry) v->entry = (void *)unimplemented;
	NONE(vaPutSurface)
	NONE(vaCreateSubpicture)
	NONE(vaDestroySubpicture)
	NONE(vaSetSubpictureImage)
	NONE(vaSetSubpictureChromakey)
	NONE(vaSetSubpictureGlobalAlpha)
	NONE(vaAssociateSubpicture)
	NONE(vaDeassociateSubpicture)
	NONE(vaGetDisplayAttributes)
	NONE(vaSetDisplayAttributes)
	NONE(vaLockSurface)
	NONE(vaUnlockSurface)
#undef NONE
	v->vaQuerySubpictureFormats = query_subpicture_formats;
	v->vaQueryDisplayAttributes = query_display_attributes;
}

static void fill_vtable(VADriverContextP ctx)
{
	fill_unimplemented(ctx->vtable);
	config_fill_vtable(ctx->vtable);
	surface_fill_vtable(ctx->vtable);
	buffer_fill_vtable(ctx->vtable);
	image_fill_vtable(ctx->vtable);
	context_fill_vtable(ctx->vtable);
	ctx->vtable->vaTerminate = terminate;
	if (ctx->vtable_vpp)
		vpp_fill_vtable(ctx->vtable_vpp);
}

static const char *vendor(void)
{
	const char *name = getenv("SOFT_VA_VENDOR");

	return name && *name ? name : "OSVDI software VA driver for tests";
}

/* libva looks for its own version first and then for each older one. */
int driver_node(const struct driver *driver)
{
	const struct drm_state *state = driver->va->drm_state;

	return state ? state->fd : -1;
}

VAStatus DRIVER_INIT(VADriverContextP ctx);

VAStatus DRIVER_INIT(VADriverContextP ctx)
{
	struct driver *driver = calloc(1, sizeof(*driver));

	faults_init();
	counters_init();
	if (!driver)
		return VA_STATUS_ERROR_ALLOCATION_FAILED;
	if (engine_create(&driver->engine) < 0) {
		free(driver);
		return VA_STATUS_ERROR_ALLOCATION_FAILED;
	}
	pthread_mutex_init(&driver->lock, NULL);
	driver->va = ctx;
	ctx->pDriverData = driver;
	ctx->version_major = VA_MAJOR_VERSION;
	ctx->version_minor = VA_MINOR_VERSION;
	ctx->max_profiles = 8;
	ctx->max_entrypoints = 4;
	ctx->max_attributes = 16;
	ctx->max_image_formats = (int)n_pixel_formats;
	ctx->max_subpic_formats = 1;
	ctx->max_display_attributes = 1;
	ctx->str_vendor = vendor();
	fill_vtable(ctx);
	return VA_STATUS_SUCCESS;
}
