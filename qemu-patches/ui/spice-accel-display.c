/*
 * SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Accelerated SPICE displays: a console's memory surface and its pointer.
 */
#include "qemu/osdep.h"

#include "block/aio.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "standard-headers/drm/drm_fourcc.h"
#include "ui/spice-accel-int.h"

static SpiceAccelHead *head_of(DisplayChangeListener *dcl)
{
    return container_of(dcl, SpiceAccelHead, dcl);
}

/* A console stays when its device is unplugged; its link to it is still there,
 * but leads to no path any more. */
static bool has_device(SpiceAccelHead *head)
{
    return object_property_get_link(OBJECT(head->dcl.con), "device", NULL);
}

static void check_device(SpiceAccelHead *head)
{
    bool has = has_device(head);

    if (head->has_device && !has) {
        warn_report("spice-accel: the device of display %u was removed: its "
                    "picture ends there", head->index);
    }
    head->has_device = has;
}

/* vfio-pci closes its console when nobody refers to the device any more, which
 * the console itself does: an unplugged vGPU would stay open, and its removal
 * on the host would never end. */
static bool close_unplugged(SpiceAccelHead *head)
{
    if (!head->has_device || has_device(head)) {
        return false;
    }
    graphic_console_close(head->dcl.con);
    return true;
}

void qemu_spice_accel_head_poll(SpiceAccelHead *head)
{
    if (head->refreshing || close_unplugged(head)) {
        return;
    }
    head->refreshing = true;
    graphic_hw_update(head->dcl.con);
    head->refreshing = false;
    qemu_spice_accel_head_submit(head);
}

void qemu_spice_accel_refresh(DisplayChangeListener *dcl)
{
    qemu_spice_accel_head_poll(head_of(dcl));
}

void qemu_spice_accel_gfx_update(DisplayChangeListener *dcl, int x, int y, int w, int h)
{
    SpiceAccelHead *head = head_of(dcl);

    if (head->gl_frame) {
        /* ramfb, after its vGPU went off: QEMU draws to the surface again, and
         * when the vGPU comes back it only says that it changed */
        qemu_spice_accel_head_gl_suspend(head);
        qemu_spice_accel_head_show(head);
        return;
    }
    qemu_spice_accel_head_damage(head, x, y, w, h);
}

/* surfaces */

static uint32_t fourcc_of(pixman_format_code_t format)
{
    switch (format) {
    case PIXMAN_x8r8g8b8: return DRM_FORMAT_XRGB8888;
    case PIXMAN_a8r8g8b8: return DRM_FORMAT_ARGB8888;
    case PIXMAN_x8b8g8r8: return DRM_FORMAT_XBGR8888;
    case PIXMAN_a8b8g8r8: return DRM_FORMAT_ABGR8888;
    case PIXMAN_r8g8b8x8: return DRM_FORMAT_RGBX8888;
    case PIXMAN_r5g6b5: return DRM_FORMAT_RGB565;
    case PIXMAN_x1r5g5b5: return DRM_FORMAT_XRGB1555;
    case PIXMAN_r8g8b8: return DRM_FORMAT_RGB888;
    case PIXMAN_b8g8r8: return DRM_FORMAT_BGR888;
    default: return DRM_FORMAT_INVALID;
    }
}

bool qemu_spice_accel_gfx_check_format(DisplayChangeListener *dcl,
                                  pixman_format_code_t format)
{
    return fourcc_of(format) != DRM_FORMAT_INVALID;
}

static void unref_image(void *opaque)
{
    pixman_image_unref(opaque);
}

/* Any thread, while pixman's reference count is for one. */
static void release_image(void *opaque)
{
    aio_bh_schedule_oneshot(qemu_get_aio_context(), unref_image, opaque);
}

static struct spice_accel_frame *frame_of(pixman_image_t *image)
{
    struct spice_accel_frame *frame = NULL;
    struct spice_accel_memory_params params = {
        .size = sizeof(params),
        .width = pixman_image_get_width(image),
        .height = pixman_image_get_height(image),
        .fourcc = fourcc_of(pixman_image_get_format(image)),
        .stride = pixman_image_get_stride(image),
        .data = pixman_image_get_data(image),
        .release = release_image,
        .opaque = image,
    };
    int rc = spice_accel_frame_create_memory(&frame, &params);

    if (rc) {
        error_report("spice-accel: cannot show a surface of %ux%u: %s",
                     params.width, params.height, strerror(-rc));
        return NULL;
    }
    pixman_image_ref(image);
    return frame;
}

static void drop_surface(SpiceAccelHead *head)
{
    spice_accel_frame_unref(head->surface_frame);
    head->surface_frame = NULL;
    if (head->odd) {
        pixman_image_unref(head->odd);
        pixman_image_unref(head->converted);
    }
    head->odd = head->converted = NULL;
    head->surface_width = head->surface_height = 0;
    head->surface_placeholder = false;
}

/* virtio-gpu asks for no format that it has to convert to. */
static pixman_image_t *known_format(SpiceAccelHead *head, DisplaySurface *surface)
{
    struct spice_accel_rect all = { 0, 0, surface_width(surface),
                                    surface_height(surface) };

    if (fourcc_of(surface_format(surface)) != DRM_FORMAT_INVALID) {
        return surface->image;
    }
    head->converted = pixman_image_create_bits(PIXMAN_x8r8g8b8, all.width,
                                               all.height, NULL, 0);
    if (!head->converted) {
        return surface->image; /* refused with a message */
    }
    head->odd = pixman_image_ref(surface->image);
    qemu_spice_accel_head_convert(head, &all);
    return head->converted;
}

void qemu_spice_accel_gfx_switch(DisplayChangeListener *dcl, DisplaySurface *surface)
{
    SpiceAccelHead *head = head_of(dcl);

    check_device(head);
    drop_surface(head);
    qemu_spice_accel_head_gl_drop(head);
    if (surface) {
        head->surface_width = surface_width(surface);
        head->surface_height = surface_height(surface);
        head->surface_placeholder = accel_is_placeholder(surface);
        head->surface_frame = frame_of(known_format(head, surface));
    }
    /* at once: the old surface's pixels go away after this */
    qemu_spice_accel_head_show(head);
}

/* pointer shape */

static void show_cursor(SpiceAccelHead *head)
{
    QEMUCursor *c = head->cursor;

    if (c && head->cursor_shown) {
        qemu_spice_accel_head_cursor(head, c->width, c->height, c->hot_x, c->hot_y,
                                c->data);
    } else {
        qemu_spice_accel_head_cursor(head, 0, 0, 0, 0, NULL);
    }
}

void qemu_spice_accel_cursor_define(DisplayChangeListener *dcl, QEMUCursor *cursor)
{
    SpiceAccelHead *head = head_of(dcl);

    accel_cursor_unref(head->cursor);
    head->cursor = cursor;
    if (cursor) {
        accel_cursor_ref(cursor);
    }
    head->cursor_shown = true;
    show_cursor(head);
}

void qemu_spice_accel_mouse_set(DisplayChangeListener *dcl, int x, int y, AccelBool on)
{
    SpiceAccelHead *head = head_of(dcl);

    if (head->cursor_shown != !!on) {
        head->cursor_shown = on;
        show_cursor(head);
    }
    spice_accel_display_cursor_move(head->display, x, y);
}

const DisplayChangeListenerOps qemu_spice_accel_2d_ops = {
    .dpy_name = "spice-accel",
    .dpy_refresh = qemu_spice_accel_refresh,
    .dpy_gfx_update = qemu_spice_accel_gfx_update,
    .dpy_gfx_switch = qemu_spice_accel_gfx_switch,
    .dpy_gfx_check_format = qemu_spice_accel_gfx_check_format,
    .dpy_mouse_set = qemu_spice_accel_mouse_set,
    .dpy_cursor_define = qemu_spice_accel_cursor_define,
};
