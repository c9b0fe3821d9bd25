/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "driver.h"
#include "encode.h"
#include "faults.h"

/* The first profile of the table is that of VideoProc. */
static const VAProfile profiles[] = {
	VAProfileNone,
	VAProfileH264ConstrainedBaseline,
	VAProfileH264Main,
	VAProfileH264High,
};
enum { N_PROFILES = sizeof(profiles) / sizeof(profiles[0]) };

static int is_encode(VAEntrypoint entrypoint)
{
	return entrypoint == VAEntrypointEncSlice || entrypoint == VAEntrypointEncSliceLP;
}

static int is_h264(VAProfile profile)
{
	for (int i = 1; i < N_PROFILES; i++) {
		if (profiles[i] == profile)
			return 1;
	}
	return 0;
}

static VAStatus query_profiles(VADriverContextP ctx, VAProfile *out, int *n)
{
	int first = faults.no_vpp ? 1 : 0;

	*n = N_PROFILES - first;
	memcpy(out, profiles + first, (size_t)*n * sizeof(*out));
	return VA_STATUS_SUCCESS;
}

static VAStatus query_entrypoints(VADriverContextP ctx, VAProfile profile, VAEntrypoint *out,
		int *n)
{
	*n = 0;
	if (profile == VAProfileNone && !faults.no_vpp)
		out[(*n)++] = VAEntrypointVideoProc;
	if (is_h264(profile)) {
		if (!faults.no_decode)
			out[(*n)++] = VAEntrypointVLD;
		if (!faults.no_encode && !faults.no_slice)
			out[(*n)++] = VAEntrypointEncSlice;
		if (!faults.no_encode && !faults.no_lp)
			out[(*n)++] = VAEntrypointEncSliceLP;
	}
	return *n ? VA_STATUS_SUCCESS : VA_STATUS_ERROR_UNSUPPORTED_PROFILE;
}

/* Whether this driver has the pair, and which of the two is missing. */
static VAStatus check_pair(struct driver *driver, VAProfile profile, VAEntrypoint entrypoint)
{
	VAEntrypoint have[4];
	int n;

	if (query_entrypoints(driver->va, profile, have, &n))
		return reject(driver, VA_STATUS_ERROR_UNSUPPORTED_PROFILE,
				"config: profile %d", profile);
	while (n > 0 && have[n - 1] != entrypoint)
		n--;
	return n ? VA_STATUS_SUCCESS :
			reject(driver, VA_STATUS_ERROR_UNSUPPORTED_ENTRYPOINT,
					"config: entrypoint %d of profile %d", entrypoint, profile);
}

static uint32_t packed_headers(void)
{
	if (faults.no_packed_headers)
		return VA_ENC_PACKED_HEADER_NONE;
	return VA_ENC_PACKED_HEADER_SEQUENCE | VA_ENC_PACKED_HEADER_PICTURE |
			VA_ENC_PACKED_HEADER_SLICE | VA_ENC_PACKED_HEADER_MISC |
			VA_ENC_PACKED_HEADER_RAW_DATA;
}

static uint32_t regions(void)
{
	VAConfigAttribValEncROI roi = { .bits = { .num_roi_regions = MAX_REGIONS,
			.roi_rc_qp_delta_support = 1 } };

	return faults.no_roi ? VA_ATTRIB_NOT_SUPPORTED : roi.value;
}

static uint32_t encode_attribute(VAConfigAttribType type)
{
	switch (type) {
	case VAConfigAttribRateControl: return (uint32_t)faults.rate_controls;
	case VAConfigAttribEncPackedHeaders: return packed_headers();
	case VAConfigAttribEncMaxRefFrames: return 1; /* one in list 0, none in list 1 */
	case VAConfigAttribEncMaxSlices: return 8;
	case VAConfigAttribEncSliceStructure: return VA_ENC_SLICE_STRUCTURE_EQUAL_ROWS;
	case VAConfigAttribEncQualityRange: return 7;
	case VAConfigAttribEncSkipFrame: return 1;
	case VAConfigAttribEncInterlaced: return VA_ENC_INTERLACED_NONE;
	case VAConfigAttribEncIntraRefresh:
		return faults.no_intra_refresh ? VA_ATTRIB_NOT_SUPPORTED :
				VA_ENC_INTRA_REFRESH_ROLLING_COLUMN;
	case VAConfigAttribEncROI: return regions();
	case VAConfigAttribEncDirtyRect:
		return faults.no_dirty_rect ? VA_ATTRIB_NOT_SUPPORTED : 4;
	case VAConfigAttribMaxPictureWidth:
	case VAConfigAttribMaxPictureHeight: return MAX_SIZE;
	default: return VA_ATTRIB_NOT_SUPPORTED;
	}
}

static uint32_t rt_formats(VAEntrypoint entrypoint)
{
	if (entrypoint != VAEntrypointVideoProc)
		return VA_RT_FORMAT_YUV420;
	return VA_RT_FORMAT_YUV420 | VA_RT_FORMAT_YUV422 | VA_RT_FORMAT_RGB32 |
			VA_RT_FORMAT_RGB16 | VA_RT_FORMAT_RGB32_10;
}

static uint32_t attribute(VAEntrypoint entrypoint, VAConfigAttribType type)
{
	if (type == VAConfigAttribRTFormat)
		return rt_formats(entrypoint);
	if (is_encode(entrypoint))
		return encode_attribute(type);
	if (entrypoint == VAEntrypointVLD) {
		if (type == VAConfigAttribDecSliceMode)
			return VA_DEC_SLICE_MODE_NORMAL;
		if (type == VAConfigAttribMaxPictureWidth || type == VAConfigAttribMaxPictureHeight)
			return MAX_SIZE;
	}
	return VA_ATTRIB_NOT_SUPPORTED;
}

static VAStatus get_config_attributes(VADriverContextP ctx, VAProfile profile,
		VAEntrypoint entrypoint, VAConfigAttrib *list, int n)
{
	VAStatus status = check_pair(DRIVER(ctx), profile, entrypoint);

	for (int i = 0; !status && i < n; i++)
		list[i].value = attribute(entrypoint, list[i].type);
	return status;
}

static VAStatus apply_attribute(struct driver *driver, struct config *config,
		const VAConfigAttrib *a)
{
	uint32_t have = attribute(config->entrypoint, a->type);

	switch (a->type) {
	case VAConfigAttribRTFormat:
		if (!(a->value & have))
			return reject(driver, VA_STATUS_ERROR_UNSUPPORTED_RT_FORMAT,
					"config: RT format %#x", a->value);
		config->rt_format = a->value;
		return VA_STATUS_SUCCESS;
	case VAConfigAttribRateControl:
		if (!is_encode(config->entrypoint))
			break;
		if (a->value & (a->value - 1) || !(a->value & have))
			return reject(driver, VA_STATUS_ERROR_ATTR_NOT_SUPPORTED,
					"config: rate control %#x, have %#x", a->value, have);
		config->rate_control = a->value;
		return VA_STATUS_SUCCESS;
	case VAConfigAttribEncPackedHeaders:
		if (a->value & ~have)
			return reject(driver, VA_STATUS_ERROR_ATTR_NOT_SUPPORTED,
					"config: packed headers %#x, have %#x", a->value, have);
		config->packed_headers = a->value;
		return VA_STATUS_SUCCESS;
	case VAConfigAttribDecSliceMode:
		if (config->entrypoint == VAEntrypointVLD && a->value != VA_DEC_SLICE_MODE_NORMAL)
			return reject(driver, VA_STATUS_ERROR_ATTR_NOT_SUPPORTED,
					"config: slice mode %#x", a->value);
		return VA_STATUS_SUCCESS;
	default:
		break;
	}
	if (have == VA_ATTRIB_NOT_SUPPORTED)
		return reject(driver, VA_STATUS_ERROR_ATTR_NOT_SUPPORTED,
				"config: attribute %d", a->type);
	return VA_STATUS_SUCCESS;
}

static void config_destroy(struct object *object)
{
	free(object);
}

static VAStatus create_config(VADriverContextP ctx, VAProfile profile, VAEntrypoint entrypoint,
		VAConfigAttrib *list, int n, VAConfigID *out)
{
	struct driver *driver = DRIVER(ctx);
	VAStatus status = check_pair(driver, profile, entrypoint);
	struct config *config;

	if (status)
		return status;
	config = calloc(1, sizeof(*config));
	if (!config)
		return VA_STATUS_ERROR_ALLOCATION_FAILED;
	config->profile = profile;
	config->entrypoint = entrypoint;
	config->rate_control = VA_RC_CQP;
	config->rt_format = rt_formats(entrypoint);
	/* Without the attribute, an application may still send them. */
	config->packed_headers = packed_headers();
	for (int i = 0; !status && i < n; i++)
		status = apply_attribute(driver, config, &list[i]);
	pthread_mutex_lock(&driver->lock);
	if (!status && heap_add(&driver->heap, &config->object, OBJECT_CONFIG, config_destroy) < 0)
		status = VA_STATUS_ERROR_ALLOCATION_FAILED;
	pthread_mutex_unlock(&driver->lock);
	if (status)
		free(config);
	else
		*out = config->object.id;
	return status;
}

static VAStatus destroy_config(VADriverContextP ctx, VAConfigID id)
{
	struct driver *driver = DRIVER(ctx);
	struct config *config;

	pthread_mutex_lock(&driver->lock);
	config = heap_get(&driver->heap, id, OBJECT_CONFIG);
	if (config)
		heap_remove(&driver->heap, &config->object);
	pthread_mutex_unlock(&driver->lock);
	return config ? VA_STATUS_SUCCESS : VA_STATUS_ERROR_INVALID_CONFIG;
}

static VAStatus query_config_attributes(VADriverContextP ctx, VAConfigID id, VAProfile *profile,
		VAEntrypoint *entrypoint, VAConfigAttrib *list, int *n)
{
	struct driver *driver = DRIVER(ctx);
	struct config *config;

	pthread_mutex_lock(&driver->lock);
	config = heap_get(&driver->heap, id, OBJECT_CONFIG);
	if (config) {
		*profile = config->profile;
		*entrypoint = config->entrypoint;
		list[0].type = VAConfigAttribRTFormat;
		list[0].value = config->rt_format;
		*n = 1;
		if (is_encode(config->entrypoint)) {
			list[1].type = VAConfigAttribRateControl;
			list[1].value = config->rate_control;
			*n = 2;
		}
	}
	pthread_mutex_unlock(&driver->lock);
	return config ? VA_STATUS_SUCCESS : VA_STATUS_ERROR_INVALID_CONFIG;
}

void config_fill_vtable(struct VADriverVTable *vtable)
{
	vtable->vaQueryConfigProfiles = query_profiles;
	vtable->vaQueryConfigEntrypoints = query_entrypoints;
	vtable->vaGetConfigAttributes = get_config_attributes;
	vtable->vaCreateConfig = create_config;
	vtable->vaDestroyConfig = destroy_config;
	vtable->vaQueryConfigAttributes = query_config_attributes;
}
