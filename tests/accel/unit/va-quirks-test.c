/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* The table of drivers' quirks. */
#include <string.h>

#include <glib.h>

#include "gpu/va-device.h"

/* Vendor strings as the drivers give them (vainfo). */
static const struct {
	const char *vendor, *source;
	unsigned flags;
} drivers[] = {
	{ "Intel i965 driver for Intel(R) Broxton - 2.4.1", "intel-vaapi-driver issue 163",
		VA_QUIRK_NO_LP | VA_QUIRK_NO_PRIME2 | VA_QUIRK_NO_REFRESH },
	{ "Intel i965 driver for Intel(R) Kaby Lake - 2.4.1", "i965_drv_video.c",
		VA_QUIRK_NO_PRIME2 | VA_QUIRK_NO_REFRESH },
	{ "Intel iHD driver for Intel(R) Gen Graphics - 23.1.1 ()", "codechal_vdenc_avc.h",
		VA_QUIRK_DIRTY_NEEDS_RC },
	{ "Mesa Gallium driver 22.3.6 for AMD Radeon RX 580 (polaris10, LLVM 15.0.6, DRM 3.49)",
		"radeon_vcn_enc.c", VA_QUIRK_OWN_HEADERS },
	{ "OSVDI software VA driver for tests", "no quirks known", 0 },
	{ "", "no quirks known", 0 },
};

static void test_drivers(void)
{
	for (unsigned i = 0; i < G_N_ELEMENTS(drivers); i++) {
		const struct va_quirk *quirk = va_quirk_find(drivers[i].vendor);

		g_assert_cmphex(quirk->flags, ==, drivers[i].flags);
		g_assert_nonnull(strstr(quirk->source, drivers[i].source));
	}
}

/* Each exception for a driver says where its reason is written: a project, and
 * a file or an issue. */
static void test_sources(void)
{
	for (unsigned i = 0; i < G_N_ELEMENTS(drivers); i++) {
		const struct va_quirk *quirk = va_quirk_find(drivers[i].vendor);

		if (quirk->flags)
			g_assert_true(g_regex_match_simple("^\\S.* (\\S+/)*\\S+\\.[ch]|^\\S+ "
					"issue [0-9]+", quirk->source, 0, 0));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/va-quirks/drivers", test_drivers);
	g_test_add_func("/va-quirks/sources", test_sources);
	return g_test_run();
}
