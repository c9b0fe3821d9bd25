/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef GUEST_DRM_H
#define GUEST_DRM_H

#include <stdint.h>

#define MAX_HEADS 4

/* One connector of the first graphics card, with the dumb buffer it shows. */
struct head {
	uint32_t connector, crtc;
	int connected;
	uint32_t width, height;                 /* of the buffer, 0: none */
	uint32_t preferred_width, preferred_height;
	uint32_t handle, fb, stride;
	uint64_t size;
	uint8_t *map;
};

extern struct head heads[MAX_HEADS];
extern unsigned n_heads;

/* All return 0 or -errno. */
int drm_open(void);
int drm_probe(void);
int drm_show(unsigned head, uint32_t width, uint32_t height);
int drm_dirty(unsigned head, uint32_t x, uint32_t y, uint32_t width, uint32_t height);
int drm_off(unsigned head);
int drm_cursor(unsigned head, uint32_t size, int hot_x, int hot_y, uint32_t argb);
int drm_cursor_move(unsigned head, int x, int y);
void drm_close(void);

#endif
