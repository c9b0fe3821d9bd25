/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include <va/va_drm.h>

#include "check.h"
#include "test-va.h"

VADisplay test_va_open(int *fd)
{
	VADisplay display;
	int major, minor;

	*fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	CHECK(*fd >= 0);
	display = vaGetDisplayDRM(*fd);
	CHECK(display);
	CHECK_INT(vaInitialize(display, &major, &minor), 0);
	return display;
}

static void *symbol(void *driver, const char *name)
{
	void *p = dlsym(driver, name);

	if (!p) {
		fprintf(stderr, "the software VA driver lacks %s\n", name);
		exit(1);
	}
	return p;
}

struct soft_va_api test_va_api(void)
{
	const char *folder = getenv("LIBVA_DRIVERS_PATH");
	struct soft_va_api api;
	char path[4096];
	void *driver;

	snprintf(path, sizeof(path), "%s/soft_drv_video.so", folder ? folder : ".");
	driver = dlopen(path, RTLD_NOW);
	if (!driver) {
		fprintf(stderr, "%s\n", dlerror());
		exit(1);
	}
	*(void **)&api.get_counters = symbol(driver, "soft_va_get_counters");
	*(void **)&api.last_reason = symbol(driver, "soft_va_last_reason");
	*(void **)&api.configure = symbol(driver, "soft_va_configure");
	*(void **)&api.set_bo_tiling = symbol(driver, "soft_va_set_bo_tiling");
	*(void **)&api.tile = symbol(driver, "soft_va_tile");
	*(void **)&api.plane_size = symbol(driver, "soft_va_plane_size");
	*(void **)&api.plane_pitch = symbol(driver, "soft_va_plane_pitch");
	return api;
}
