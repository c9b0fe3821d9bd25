/*
 * SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What QEMU 10.0 calls differently from other supported versions.
 */
#ifndef UI_SPICE_ACCEL_COMPAT_H
#define UI_SPICE_ACCEL_COMPAT_H

#include "qobject/qdict.h"
#include "system/runstate.h"
#include "system/system.h"
#include "ui/console.h"
#include "ui/dmabuf.h"
#include "ui/input.h"

typedef bool AccelBool; /* DisplayChangeListenerOps::dpy_mouse_set */
#define ACCEL_CLASS_DATA void *

/* more arguments of DisplayChangeListenerOps::dpy_gl_scanout_texture */
#define ACCEL_TEXTURE_ARGS , void *d3d_tex2d

#define accel_input_is_absolute() qemu_input_is_absolute(NULL)
#define accel_is_placeholder(s) surface_is_placeholder(s)
#define accel_cursor_ref(c) cursor_ref(c)

static inline void accel_cursor_unref(QEMUCursor *cursor)
{
    if (cursor) {
        cursor_unref(cursor);
    }
}

static inline struct spice_accel_dmabuf_params accel_dmabuf_params(QemuDmaBuf *d)
{
    uint64_t modifier = qemu_dmabuf_get_modifier(d);

    return (struct spice_accel_dmabuf_params) {
        .size = sizeof(struct spice_accel_dmabuf_params),
        .width = qemu_dmabuf_get_width(d),
        .height = qemu_dmabuf_get_height(d),
        .x = qemu_dmabuf_get_x(d),
        .y = qemu_dmabuf_get_y(d),
        .backing_width = qemu_dmabuf_get_backing_width(d),
        .backing_height = qemu_dmabuf_get_backing_height(d),
        .fourcc = qemu_dmabuf_get_fourcc(d),
        /* 0 is also what devices leave in it that do not know */
        .modifier = modifier ? modifier : SPICE_ACCEL_MODIFIER_UNKNOWN,
        .n_planes = 1,
        .fd = { qemu_dmabuf_get_fd(d), -1, -1, -1 },
        .stride = { qemu_dmabuf_get_stride(d) },
        .y_flip = qemu_dmabuf_get_y0_top(d),
    };
}

static inline uint32_t accel_dmabuf_texture(QemuDmaBuf *d)
{
    return qemu_dmabuf_get_texture(d);
}

#endif
