/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef VA_DEVICE_H
#define VA_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <va/va.h>

#define VA_MAX_NODES 16
#define VA_NODE_PATH 64

enum va_quirk_flags {
	/* Never use EncSliceLP. */
	VA_QUIRK_NO_LP = 1 << 0,
	/* Imports by PRIME v1 only. */
	VA_QUIRK_NO_PRIME2 = 1 << 1,
	/* Writes its own headers, whatever we pack. */
	VA_QUIRK_OWN_HEADERS = 1 << 2,
	/* Dirty rectangles work beside the driver's rate control only. */
	VA_QUIRK_DIRTY_NEEDS_RC = 1 << 3,
	/* Rolling intra refresh is advertised, but not for H.264. */
	VA_QUIRK_NO_REFRESH = 1 << 4,
};

/** Facts about a driver that the driver itself does not tell. */
struct va_quirk {
	const char *vendor; /* the driver's vendor string contains this */
	unsigned flags;     /* enum va_quirk_flags */
	const char *source; /* where it is written */
};

/* Never NULL; the last entry fits any driver. */
const struct va_quirk *va_quirk_find(const char *vendor);

/** One way to encode H.264 on a device. */
struct va_encode_caps {
	VAProfile profile;
	VAEntrypoint entrypoint;
	uint32_t rate_controls; /* VA_RC_* */
	uint32_t packed_headers; /* VA_ENC_PACKED_HEADER_* */
	uint32_t max_width, max_height; /* pixels */
	uint32_t dirty_rects; /* how many a picture may have; 0: none */
	uint32_t quality_range; /* levels; 0: one */
	bool skip_frames, refresh_columns;
	bool regions; /* parts of a picture may have another quantiser */
};

/**
 * A render node opened with libva.
 *
 * Thread: one at a time; libva's display is locked by the driver where it must.
 */
struct va_device {
	int fd;
	char node[VA_NODE_PATH];
	VADisplay display;
	char vendor[256];
	char failure[192]; /* what failed last, and why */
	const struct va_quirk *quirk;
	bool has_vpp, prime1, prime2;
	bool vpp_nearest, vpp_flip; /* nearest neighbour, vertical mirror */
	unsigned n_encode;
	struct va_encode_caps encode[2]; /* in order of preference */
};

/* Lists the machine's render nodes; or the named node only; or, if none is named, that of
 * $SPICE_ACCEL_RENDER_NODE. Returns how many. */
unsigned va_nodes(const char *only, char nodes[VA_MAX_NODES][VA_NODE_PATH]);

/**
 * Opens a node and asks its driver what it can do.
 *
 * Errors:  0; -ENODEV no such node, no driver, or one that cannot start. `why`
 *          gets a sentence with the remedy.
 * Owner:   va_device_close().
 */
int va_device_open(struct va_device *device, const char *node, char *why, size_t size);

/* A zeroed device is allowed. */
void va_device_close(struct va_device *device);

/* Stores what failed, with the driver's text, in device->failure. Returns a negative errno:
 * -ENOMEM, -ETIME, -EINVAL, -ENOTSUP, else -EIO. */
int va_error(struct va_device *device, VAStatus status, const char *what);

/* Without a log line. */
int va_errno(VAStatus status);

#endif
