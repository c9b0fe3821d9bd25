/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <drm.h>
#include <drm_mode.h>
#include <xf86drm.h>

#include "bo.h"

/* Render nodes refuse MODE_MAP_DUMB. */
static int open_primary(int node)
{
	char *name = drmGetPrimaryDeviceNameFromFd(node);
	int fd = name ? open(name, O_RDWR | O_CLOEXEC) : -1;

	free(name);
	return fd;
}

uint8_t *bo_map_by_device(int node, int dmabuf, size_t size)
{
	struct drm_prime_handle prime = { .fd = dmabuf };
	struct drm_mode_map_dumb map = { 0 };
	struct drm_gem_close end = { 0 };
	uint8_t *pixels = NULL;
	void *p;
	int fd = open_primary(node);

	if (fd < 0)
		return NULL;
	if (ioctl(fd, DRM_IOCTL_PRIME_FD_TO_HANDLE, &prime) == 0) {
		map.handle = end.handle = prime.handle;
		if (ioctl(fd, DRM_IOCTL_MODE_MAP_DUMB, &map) == 0) {
			p = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, (off_t)map.offset);
			pixels = p == MAP_FAILED ? NULL : p;
		}
		ioctl(fd, DRM_IOCTL_GEM_CLOSE, &end);
	}
	close(fd);
	return pixels;
}
