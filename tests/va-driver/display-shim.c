/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/*
 * Gives libva a display without a DRM node, by the functions that libva
 * exports to its own display libraries. Preloaded (or linked before
 * libva-drm) it takes the place of vaGetDisplayDRM(), so that a program that
 * opens a render node runs with the software driver where there is none: the
 * node's file may be any that can be opened.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include <va/va_backend.h>
#include <va/va_drm.h>
#include <va/va_drmcommon.h>

VADisplayContextP va_newDisplayContext(void);
VADriverContextP va_newDriverContext(VADisplayContextP display);

static int is_valid(VADisplayContextP display)
{
	return display && display->pDriverContext;
}

static void destroy(VADisplayContextP display)
{
	free(display->pDriverContext->drm_state);
	free(display->pDriverContext);
	free(display);
}

static VAStatus driver_name(VADisplayContextP display, char **out)
{
	const char *name = getenv("LIBVA_DRIVER_NAME");

	*out = strdup(name ? name : "soft");
	return *out ? VA_STATUS_SUCCESS : VA_STATUS_ERROR_ALLOCATION_FAILED;
}

static VAStatus n_candidates(VADisplayContextP display, int *n)
{
	*n = 1;
	return VA_STATUS_SUCCESS;
}

static VAStatus candidate(VADisplayContextP display, char **out, int index)
{
	return driver_name(display, out);
}

#if VA_CHECK_VERSION(1, 20, 0)
/* Takes the place of the three above in libva 2.20. */
static VAStatus driver_names(VADisplayContextP display, char **names, unsigned int *n)
{
	if (*n < 1)
		return VA_STATUS_ERROR_INVALID_PARAMETER;
	*n = 1;
	return driver_name(display, &names[0]);
}
#endif

VADisplay vaGetDisplayDRM(int fd)
{
	VADisplayContextP display;
	VADriverContextP driver;
	struct drm_state *state;

	if (fcntl(fd, F_GETFD) < 0)
		return NULL;
	display = va_newDisplayContext();
	driver = display ? va_newDriverContext(display) : NULL;
	state = driver ? calloc(1, sizeof(*state)) : NULL;
	if (!state) {
		free(driver);
		free(display);
		return NULL;
	}
	state->fd = fd;
	state->auth_type = VA_DRM_AUTH_CUSTOM;
	driver->native_dpy = NULL;
	driver->display_type = 0x30; /* VA_DISPLAY_DRM of libva's va_internal.h */
	driver->drm_state = state;
	display->vaIsValid = is_valid;
	display->vaDestroy = destroy;
	display->vaGetDriverName = driver_name;
	display->vaGetNumCandidates = n_candidates;
	display->vaGetDriverNameByIndex = candidate;
#if VA_CHECK_VERSION(1, 20, 0)
	display->vaGetDriverNames = driver_names;
#endif
	return display;
}
