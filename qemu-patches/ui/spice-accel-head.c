/*
 * SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Accelerated SPICE displays: what a head shows, and what of it changed.
 */
#include "qemu/osdep.h"

#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "ui/spice-accel-int.h"

/* damage */

static struct spice_accel_rect unite(struct spice_accel_rect a,
                                     struct spice_accel_rect b)
{
    int x1 = MAX(a.x + a.width, b.x + b.width);
    int y1 = MAX(a.y + a.height, b.y + b.height);
    int x0 = MIN(a.x, b.x), y0 = MIN(a.y, b.y);

    return (struct spice_accel_rect) { x0, y0, x1 - x0, y1 - y0 };
}

void qemu_spice_accel_head_convert(SpiceAccelHead *head,
                                   const struct spice_accel_rect *r)
{
    pixman_image_composite(PIXMAN_OP_SRC, head->odd, NULL, head->converted,
                           r->x, r->y, 0, 0, r->x, r->y, r->width, r->height);
}

void qemu_spice_accel_head_submit(SpiceAccelHead *head)
{
    struct spice_accel_frame *frame = head->gl_frame ? head->gl_frame
                                                     : head->surface_frame;
    unsigned i;

    qemu_bh_cancel(head->submit_bh);
    if (!head->n_rects) {
        return;
    }
    if (frame == head->surface_frame && head->odd) {
        for (i = 0; i < head->n_rects; i++) {
            qemu_spice_accel_head_convert(head, &head->rects[i]);
        }
    }
    spice_accel_display_submit(head->display, frame, head->rects, head->n_rects, 0);
    head->n_rects = 0;
}

static void submit_bh(void *opaque)
{
    qemu_spice_accel_head_submit(opaque);
}

void qemu_spice_accel_head_init(SpiceAccelHead *head, QemuConsole *con)
{
    head->dcl.con = con;
    head->submit_bh = qemu_bh_new(submit_bh, head);
    head->cursor_shown = true;
}

/* Remembers what changed: several changes of one turn of the main loop make
 * one submit. */
void qemu_spice_accel_head_damage(SpiceAccelHead *head, int x, int y, int w, int h)
{
    struct spice_accel_rect rect = { x, y, w, h };

    if (w <= 0 || h <= 0) {
        return;
    }
    if (head->n_rects < SPICE_ACCEL_MAX_RECTS) {
        head->rects[head->n_rects++] = rect;
    } else {
        struct spice_accel_rect *last = &head->rects[head->n_rects - 1];

        *last = unite(*last, rect);
    }
    if (!head->refreshing) {
        qemu_bh_schedule(head->submit_bh);
    }
}

/* Submits what is on now, all of it. */
void qemu_spice_accel_head_show(SpiceAccelHead *head)
{
    bool gl = head->gl_frame != NULL;

    qemu_bh_cancel(head->submit_bh);
    head->n_rects = 0;
    head->width = gl ? head->gl_width : head->surface_width;
    head->height = gl ? head->gl_height : head->surface_height;
    head->placeholder = !gl && head->surface_placeholder;
    spice_accel_display_submit(head->display,
                               gl ? head->gl_frame : head->surface_frame,
                               NULL, 0, 0);
}

/* the picture that a device gives as a dma-buf or a texture */

void qemu_spice_accel_head_gl_frame(SpiceAccelHead *head,
                                    struct spice_accel_frame *frame,
                                    int width, int height)
{
    spice_accel_frame_unref(head->gl_frame);
    head->gl_frame = frame ? spice_accel_frame_ref(frame) : NULL;
    head->gl_width = frame ? width : 0;
    head->gl_height = frame ? height : 0;
}

void qemu_spice_accel_head_gl_drop(SpiceAccelHead *head)
{
    head->gl_dmabuf = NULL;
    qemu_spice_accel_head_gl_frame(head, NULL, 0, 0);
}

void qemu_spice_accel_head_gl_suspend(SpiceAccelHead *head)
{
    qemu_spice_accel_head_gl_frame(head, NULL, 0, 0);
}

/* pointer shape */

void qemu_spice_accel_head_cursor(SpiceAccelHead *head, int width, int height,
                             int hot_x, int hot_y, const uint32_t *pixels)
{
    int rc = spice_accel_display_cursor_set(head->display, width, height, hot_x,
                                            hot_y, pixels);

    if (rc) {
        warn_report_once("spice-accel: pointer shape of %dx%d, hot spot %d,%d, "
                         "not shown: %s", width, height, hot_x, hot_y,
                         strerror(-rc));
    }
}
