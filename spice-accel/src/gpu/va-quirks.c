/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "gpu/va-device.h"

/* The first that fits counts. */
static const struct va_quirk quirks[] = {
	{
		"i965 driver for Intel(R) Broxton",
		VA_QUIRK_NO_LP | VA_QUIRK_NO_PRIME2 | VA_QUIRK_NO_REFRESH,
		"intel-vaapi-driver issue 163: EncSliceLP without HuC hangs Apollo Lake's GPU",
	},
	{
		"i965 driver", VA_QUIRK_NO_PRIME2 | VA_QUIRK_NO_REFRESH,
		"intel-vaapi-driver src/i965_drv_video.c: imports DRM_PRIME only; issue 178: no "
		"intra refresh for H.264",
	},
	{
		"iHD driver", VA_QUIRK_DIRTY_NEEDS_RC,
		"intel-media-driver codechal_vdenc_avc.h: dirty rectangles go by stream-in beside "
		"MBBRC",
	},
	{
		"Mesa Gallium driver", VA_QUIRK_OWN_HEADERS,
		"Mesa src/gallium/drivers/radeonsi/radeon_vcn_enc.c: the driver writes SPS, PPS "
		"and slice headers",
	},
	{ "", 0, "no quirks known" },
};

const struct va_quirk *va_quirk_find(const char *vendor)
{
	const struct va_quirk *q = quirks;

	while (!strstr(vendor, q->vendor))
		q++;
	return q;
}
