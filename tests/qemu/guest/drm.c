/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The test guest's screen: kernel mode setting with dumb buffers, by the
 * kernel's interface alone (no library in an initramfs).
 */
#include "drm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <libdrm/drm.h>
#include <libdrm/drm_mode.h>

struct head heads[MAX_HEADS];
unsigned n_heads;
static int fd = -1;

static int call(unsigned long request, void *arg)
{
	return ioctl(fd, request, arg) < 0 ? -errno : 0;
}

/* Asks the connector anew: the host may have changed its preferred mode. */
static int probe_head(struct head *head)
{
	struct drm_mode_modeinfo modes[256];
	struct drm_mode_get_connector c = {
		.connector_id = head->connector,
		.modes_ptr = (uintptr_t)modes,
		.count_modes = 0,
	};
	int rc = call(DRM_IOCTL_MODE_GETCONNECTOR, &c);

	if (rc)
		return rc;
	if (c.count_modes > 256)
		c.count_modes = 256;
	c.count_props = c.count_encoders = 0;
	rc = call(DRM_IOCTL_MODE_GETCONNECTOR, &c);
	if (rc)
		return rc;
	head->connected = c.connection == 1;
	head->preferred_width = head->preferred_height = 0;
	for (unsigned i = 0; i < c.count_modes && i < 256; i++) {
		if (!(modes[i].type & DRM_MODE_TYPE_PREFERRED) && head->preferred_width)
			continue;
		head->preferred_width = modes[i].hdisplay;
		head->preferred_height = modes[i].vdisplay;
		if (modes[i].type & DRM_MODE_TYPE_PREFERRED)
			break;
	}
	return 0;
}

int drm_probe(void)
{
	for (unsigned i = 0; i < n_heads; i++) {
		int rc = probe_head(&heads[i]);

		if (rc)
			return rc;
	}
	return 0;
}

int drm_open(void)
{
	uint32_t crtcs[MAX_HEADS], connectors[MAX_HEADS];
	struct drm_mode_card_res res = { 0 };
	int rc;

	if (fd >= 0)
		return 0;
	fd = open("/dev/dri/card0", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	rc = call(DRM_IOCTL_MODE_GETRESOURCES, &res);
	if (rc)
		return rc;
	if (res.count_crtcs > MAX_HEADS || res.count_connectors > MAX_HEADS)
		return -E2BIG;
	res.crtc_id_ptr = (uintptr_t)crtcs;
	res.connector_id_ptr = (uintptr_t)connectors;
	res.count_fbs = res.count_encoders = 0;
	rc = call(DRM_IOCTL_MODE_GETRESOURCES, &res);
	if (rc)
		return rc;
	n_heads = res.count_connectors < res.count_crtcs ? res.count_connectors
							 : res.count_crtcs;
	for (unsigned i = 0; i < n_heads; i++) {
		heads[i].connector = connectors[i];
		heads[i].crtc = crtcs[i];
	}
	return drm_probe();
}

static void free_buffer(struct head *head)
{
	struct drm_mode_destroy_dumb d = { .handle = head->handle };

	if (!head->map)
		return;
	munmap(head->map, head->size);
	ioctl(fd, DRM_IOCTL_MODE_RMFB, &head->fb);
	ioctl(fd, DRM_IOCTL_MODE_DESTROY_DUMB, &d);
	head->map = NULL;
	head->width = head->height = 0;
}

static int make_buffer(struct head *head, uint32_t width, uint32_t height)
{
	struct drm_mode_create_dumb c = { .width = width, .height = height, .bpp = 32 };
	struct drm_mode_map_dumb m = { 0 };
	struct drm_mode_fb_cmd f = { .width = width, .height = height, .bpp = 32, .depth = 24 };
	int rc = call(DRM_IOCTL_MODE_CREATE_DUMB, &c);

	if (rc)
		return rc;
	f.pitch = c.pitch;
	f.handle = m.handle = c.handle;
	rc = call(DRM_IOCTL_MODE_ADDFB, &f);
	if (rc)
		return rc;
	rc = call(DRM_IOCTL_MODE_MAP_DUMB, &m);
	if (rc)
		return rc;
	head->map = mmap(NULL, c.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, m.offset);
	if (head->map == MAP_FAILED) {
		head->map = NULL;
		return -errno;
	}
	head->handle = c.handle;
	head->fb = f.fb_id;
	head->stride = c.pitch;
	head->size = c.size;
	head->width = width;
	head->height = height;
	return 0;
}

/* A mode of just that size; timings matter to no virtual card. */
static struct drm_mode_modeinfo mode_of(uint32_t width, uint32_t height)
{
	struct drm_mode_modeinfo mode = {
		.hdisplay = width,
		.hsync_start = width + 16,
		.hsync_end = width + 32,
		.htotal = width + 64,
		.vdisplay = height,
		.vsync_start = height + 2,
		.vsync_end = height + 4,
		.vtotal = height + 8,
		.vrefresh = 60,
		.type = DRM_MODE_TYPE_DRIVER,
	};

	mode.clock = mode.htotal * mode.vtotal * 60 / 1000;
	snprintf(mode.name, sizeof mode.name, "%ux%u", width, height);
	return mode;
}

int drm_show(unsigned i, uint32_t width, uint32_t height)
{
	struct head *head = &heads[i], old = heads[i];
	struct drm_mode_crtc c = {
		.crtc_id = head->crtc,
		.set_connectors_ptr = (uintptr_t)&head->connector,
		.count_connectors = 1,
		.mode_valid = 1,
		.mode = mode_of(width, height),
	};
	int rc;

	rc = call(DRM_IOCTL_SET_MASTER, NULL);
	if (rc)
		return rc;
	rc = make_buffer(head, width, height);
	if (rc)
		return rc;
	c.fb_id = head->fb;
	rc = call(DRM_IOCTL_MODE_SETCRTC, &c);
	if (rc) {
		free_buffer(head);
		*head = old;
		return rc;
	}
	free_buffer(&old);
	return 0;
}

int drm_dirty(unsigned i, uint32_t x, uint32_t y, uint32_t width, uint32_t height)
{
	struct drm_clip_rect clip = { x, y, x + width, y + height };
	struct drm_mode_fb_dirty_cmd d = {
		.fb_id = heads[i].fb,
		.num_clips = 1,
		.clips_ptr = (uintptr_t)&clip,
	};

	return call(DRM_IOCTL_MODE_DIRTYFB, &d);
}

int drm_off(unsigned i)
{
	struct drm_mode_crtc c = { .crtc_id = heads[i].crtc };
	int rc = call(DRM_IOCTL_MODE_SETCRTC, &c);

	if (rc == 0)
		free_buffer(&heads[i]);
	return rc;
}

int drm_cursor(unsigned i, uint32_t size, int hot_x, int hot_y, uint32_t argb)
{
	struct drm_mode_create_dumb c = { .width = 64, .height = 64, .bpp = 32 };
	struct drm_mode_map_dumb m = { 0 };
	struct drm_mode_cursor2 set = {
		.flags = DRM_MODE_CURSOR_BO,
		.crtc_id = heads[i].crtc,
		.width = 64, .height = 64,
		.hot_x = hot_x, .hot_y = hot_y,
	};
	uint32_t *map;
	int rc = call(DRM_IOCTL_MODE_CREATE_DUMB, &c);

	if (rc)
		return rc;
	m.handle = set.handle = c.handle;
	rc = call(DRM_IOCTL_MODE_MAP_DUMB, &m);
	if (rc)
		return rc;
	map = mmap(NULL, c.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, m.offset);
	if (map == MAP_FAILED)
		return -errno;
	for (uint32_t y = 0; y < 64; y++)
		for (uint32_t x = 0; x < 64; x++)
			map[y * c.pitch / 4 + x] = x < size && y < size ? argb : 0;
	munmap(map, c.size);
	return call(DRM_IOCTL_MODE_CURSOR2, &set);
}

int drm_cursor_move(unsigned i, int x, int y)
{
	struct drm_mode_cursor move = {
		.flags = DRM_MODE_CURSOR_MOVE,
		.crtc_id = heads[i].crtc,
		.x = x, .y = y,
	};

	return call(DRM_IOCTL_MODE_CURSOR, &move);
}

/* Back to the kernel's text console. */
void drm_close(void)
{
	for (unsigned i = 0; i < n_heads; i++)
		free_buffer(&heads[i]);
	if (fd >= 0)
		close(fd);
	fd = -1;
	n_heads = 0;
}
