/*
 * SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What QEMU 7.2 calls differently from other supported versions.
 */
#ifndef UI_SPICE_ACCEL_COMPAT_H
#define UI_SPICE_ACCEL_COMPAT_H

#include "qapi/qmp/qdict.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"
#include "ui/console.h"
#include "ui/input.h"

typedef int AccelBool; /* DisplayChangeListenerOps::dpy_mouse_set */
#define ACCEL_CLASS_DATA void *

/* more arguments of DisplayChangeListenerOps::dpy_gl_scanout_texture */
#define ACCEL_TEXTURE_ARGS

#define accel_input_is_absolute() qemu_input_is_absolute()
#define accel_is_placeholder(s) is_placeholder(s)
#define accel_cursor_ref(c) cursor_get(c)

static inline void accel_cursor_unref(QEMUCursor *cursor)
{
    cursor_put(cursor);
}

static inline struct spice_accel_dmabuf_params accel_dmabuf_params(QemuDmaBuf *d)
{
    return (struct spice_accel_dmabuf_params) {
        .size = sizeof(struct spice_accel_dmabuf_params),
        .width = d->scanout_width ? d->scanout_width : d->width,
        .height = d->scanout_height ? d->scanout_height : d->height,
        .x = d->x,
        .y = d->y,
        .backing_width = d->width,
        .backing_height = d->height,
        .fourcc = d->fourcc,
        /* 0 is also what devices leave in it that do not know */
        .modifier = d->modifier ? d->modifier : SPICE_ACCEL_MODIFIER_UNKNOWN,
        .n_planes = 1,
        .fd = { d->fd, -1, -1, -1 },
        .stride = { d->stride },
        .y_flip = d->y0_top,
    };
}

static inline uint32_t accel_dmabuf_texture(QemuDmaBuf *d)
{
    return d->texture;
}

#endif
