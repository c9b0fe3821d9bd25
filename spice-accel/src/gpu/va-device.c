/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gpu/va-device.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <va/va_drm.h>
#include <va/va_drmcommon.h>
#include <va/va_vpp.h>

#include "base/log.h"

#define FIRST_RENDER_NODE 128u /* drm_drv.c: minors of render nodes begin here */

unsigned va_nodes(const char *only, char nodes[VA_MAX_NODES][VA_NODE_PATH])
{
	unsigned n = 0;

	if (!only)
		only = secure_getenv("SPICE_ACCEL_RENDER_NODE");
	if (only) {
		snprintf(nodes[0], VA_NODE_PATH, "%s", only);
		return 1;
	}
	for (unsigned i = 0; i < VA_MAX_NODES; i++) {
		snprintf(nodes[n], VA_NODE_PATH, "/dev/dri/renderD%u", FIRST_RENDER_NODE + i);
		if (access(nodes[n], F_OK) == 0)
			n++;
	}
	return n;
}

static void on_va_error(void *opaque, const char *message)
{
	const char *newline = strchr(message, '\n');

	log_warning("libva: %.*s", newline ? (int)(newline - message) : 400, message);
}

static void on_va_info(void *opaque, const char *message)
{
	const char *newline = strchr(message, '\n');

	log_debug("libva: %.*s", newline ? (int)(newline - message) : 400, message);
}

int va_errno(VAStatus status)
{
	switch (status) {
	case VA_STATUS_SUCCESS: return 0;
	case VA_STATUS_ERROR_ALLOCATION_FAILED: return -ENOMEM;
	case VA_STATUS_ERROR_TIMEDOUT: return -ETIME;
	case VA_STATUS_ERROR_INVALID_PARAMETER:
	case VA_STATUS_ERROR_INVALID_VALUE: return -EINVAL;
	case VA_STATUS_ERROR_UNIMPLEMENTED:
	case VA_STATUS_ERROR_RESOLUTION_NOT_SUPPORTED:
	case VA_STATUS_ERROR_UNSUPPORTED_PROFILE:
	case VA_STATUS_ERROR_UNSUPPORTED_ENTRYPOINT:
	case VA_STATUS_ERROR_UNSUPPORTED_RT_FORMAT:
	case VA_STATUS_ERROR_UNSUPPORTED_MEMORY_TYPE: return -ENOTSUP;
	default: return -EIO;
	}
}

int va_error(struct va_device *device, VAStatus status, const char *what)
{
	snprintf(device->failure, sizeof device->failure, "%s: %s: %s", device->node, what,
			vaErrorStr(status));
	return va_errno(status);
}

static uint32_t attribute(const VAConfigAttrib *attribs, unsigned i)
{
	return attribs[i].value == VA_ATTRIB_NOT_SUPPORTED ? 0 : attribs[i].value;
}

static void read_encode_caps(struct va_device *d, VAProfile profile, VAEntrypoint entrypoint)
{
	VAConfigAttrib a[] = {
		{ .type = VAConfigAttribRTFormat },
		{ .type = VAConfigAttribRateControl },
		{ .type = VAConfigAttribEncPackedHeaders },
		{ .type = VAConfigAttribMaxPictureWidth },
		{ .type = VAConfigAttribMaxPictureHeight },
		{ .type = VAConfigAttribEncDirtyRect },
		{ .type = VAConfigAttribEncQualityRange },
		{ .type = VAConfigAttribEncSkipFrame },
		{ .type = VAConfigAttribEncIntraRefresh },
		{ .type = VAConfigAttribEncROI },
	};
	VAConfigAttribValEncROI roi;
	struct va_encode_caps *c = &d->encode[d->n_encode];
	unsigned quirks = d->quirk->flags;

	if (vaGetConfigAttributes(d->display, profile, entrypoint, a, sizeof a / sizeof a[0]) !=
			VA_STATUS_SUCCESS || !(attribute(a, 0) & VA_RT_FORMAT_YUV420))
		return;
	c->profile = profile;
	c->entrypoint = entrypoint;
	c->rate_controls = attribute(a, 1);
	c->packed_headers = quirks & VA_QUIRK_OWN_HEADERS ? 0 : attribute(a, 2);
	c->max_width = attribute(a, 3) ? attribute(a, 3) : 4096;
	c->max_height = attribute(a, 4) ? attribute(a, 4) : 4096;
	c->dirty_rects = attribute(a, 5);
	c->quality_range = attribute(a, 6);
	c->skip_frames = attribute(a, 7);
	c->refresh_columns = attribute(a, 8) & VA_ENC_INTRA_REFRESH_ROLLING_COLUMN &&
			!(quirks & VA_QUIRK_NO_REFRESH);
	roi.value = attribute(a, 9);
	c->regions = roi.bits.num_roi_regions && roi.bits.roi_rc_qp_delta_support;
	d->n_encode++;
}

static bool has_entrypoint(const struct va_device *d, VAProfile profile, VAEntrypoint wanted)
{
	int n = vaMaxNumEntrypoints(d->display);
	VAEntrypoint *list = calloc((size_t)(n > 0 ? n : 1), sizeof *list);
	bool found = false;

	if (!list || vaQueryConfigEntrypoints(d->display, profile, list, &n) != VA_STATUS_SUCCESS)
		n = 0;
	for (int i = 0; i < n; i++)
		found |= list[i] == wanted;
	free(list);
	return found;
}

/* Fixed function first, because it takes no execution units from the guests. High profile first,
 * because the 8x8 transform helps text most. */
static void find_encoders(struct va_device *d)
{
	static const VAEntrypoint entrypoints[] = { VAEntrypointEncSliceLP, VAEntrypointEncSlice };
	static const VAProfile profiles[] = { VAProfileH264High, VAProfileH264Main,
		VAProfileH264ConstrainedBaseline };

	for (unsigned e = 0; e < 2; e++) {
		unsigned before = d->n_encode;

		if (e == 0 && d->quirk->flags & VA_QUIRK_NO_LP)
			continue;
		for (unsigned p = 0; p < 3 && d->n_encode == before; p++)
			if (has_entrypoint(d, profiles[p], entrypoints[e]))
				read_encode_caps(d, profiles[p], entrypoints[e]);
	}
}

static void read_memory_types(struct va_device *d, VAConfigID config)
{
	VASurfaceAttrib *attribs;
	unsigned n = 0;

	if (vaQuerySurfaceAttributes(d->display, config, NULL, &n) != VA_STATUS_SUCCESS &&
			!n)
		return;
	attribs = calloc(n ? n : 1, sizeof *attribs);
	if (!attribs || vaQuerySurfaceAttributes(d->display, config, attribs, &n) !=
			VA_STATUS_SUCCESS)
		n = 0;
	for (unsigned i = 0; i < n; i++) {
		if (attribs[i].type != VASurfaceAttribMemoryType)
			continue;
		d->prime1 |= (attribs[i].value.value.i & VA_SURFACE_ATTRIB_MEM_TYPE_DRM_PRIME) != 0;
		d->prime2 |= (attribs[i].value.value.i &
				VA_SURFACE_ATTRIB_MEM_TYPE_DRM_PRIME_2) != 0;
	}
	free(attribs);
	if (d->quirk->flags & VA_QUIRK_NO_PRIME2)
		d->prime2 = false;
}

/* Reads the encoder's memory types, for drivers without a video processor. */
static void read_encoder_memory_types(struct va_device *d)
{
	VAConfigID config;

	if (!d->n_encode || vaCreateConfig(d->display, d->encode[0].profile,
				d->encode[0].entrypoint, NULL, 0, &config) != VA_STATUS_SUCCESS)
		return;
	read_memory_types(d, config);
	vaDestroyConfig(d->display, config);
}

static void read_vpp_caps(struct va_device *d)
{
	VAProcPipelineCaps caps = { 0 };
	VAConfigID config;
	VAContextID context;

	if (!has_entrypoint(d, VAProfileNone, VAEntrypointVideoProc) ||
			vaCreateConfig(d->display, VAProfileNone, VAEntrypointVideoProc, NULL, 0,
					&config) != VA_STATUS_SUCCESS)
		return;
	d->has_vpp = true;
	read_memory_types(d, config);
	if (vaCreateContext(d->display, config, 64, 64, 0, NULL, 0, &context) ==
			VA_STATUS_SUCCESS) {
		if (vaQueryVideoProcPipelineCaps(d->display, context, NULL, 0, &caps) ==
				VA_STATUS_SUCCESS)
			d->vpp_flip = caps.mirror_flags & VA_MIRROR_VERTICAL;
		/* iHD obeys the flag without listing it, so we always send it. */
		d->vpp_nearest = (caps.filter_flags & VA_FILTER_INTERPOLATION_MASK) ==
				VA_FILTER_INTERPOLATION_NEAREST_NEIGHBOR;
		vaDestroyContext(d->display, context);
	}
	vaDestroyConfig(d->display, config);
}

static int start(struct va_device *d, char *why, size_t size)
{
	int major, minor;
	VAStatus status;

	d->display = vaGetDisplayDRM(d->fd);
	if (!d->display) {
		snprintf(why, size, "%s is not a DRM node", d->node);
		return -ENODEV;
	}
	vaSetErrorCallback(d->display, on_va_error, NULL);
	vaSetInfoCallback(d->display, on_va_info, NULL);
	status = vaInitialize(d->display, &major, &minor);
	if (status != VA_STATUS_SUCCESS) {
		snprintf(why, size, "no VA-API driver starts for %s (%s); on Debian install "
				"intel-media-va-driver-non-free, intel-media-va-driver or "
				"mesa-va-drivers",
				d->node, vaErrorStr(status));
		vaTerminate(d->display);
		d->display = NULL;
		return -ENODEV;
	}
	snprintf(d->vendor, sizeof d->vendor, "%s", vaQueryVendorString(d->display));
	d->quirk = va_quirk_find(d->vendor);
	return 0;
}

int va_device_open(struct va_device *device, const char *node, char *why, size_t size)
{
	int ret;

	memset(device, 0, sizeof *device);
	snprintf(device->node, sizeof device->node, "%s", node);
	device->fd = open(node, O_RDWR | O_CLOEXEC);
	if (device->fd < 0) {
		snprintf(why, size, "%s cannot be opened: %s%s", node, strerror(errno),
				errno == EACCES ? " (add the host's user to group render)" : "");
		return -ENODEV;
	}
	ret = start(device, why, size);
	if (ret < 0) {
		close(device->fd);
		return ret;
	}
	find_encoders(device);
	read_vpp_caps(device);
	if (!device->has_vpp)
		read_encoder_memory_types(device);
	return 0;
}

void va_device_close(struct va_device *device)
{
	if (!device->display)
		return;
	vaTerminate(device->display);
	close(device->fd);
	memset(device, 0, sizeof *device);
}
