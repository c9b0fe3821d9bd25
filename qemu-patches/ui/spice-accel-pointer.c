/*
 * SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Accelerated SPICE displays: the client's pointer and window sizes.
 */
#include "qemu/osdep.h"

#include "ui/spice-accel-int.h"

/* Where the heads lie on the guest's desktop, pixels. */
typedef struct Desktop {
    int x, y;          /* of the head asked for */
    int width, height; /* of all heads */
} Desktop;

typedef struct Area {
    int x0, y0, x1, y1;
} Area;

static bool head_area(unsigned i, Area *area)
{
    SpiceAccelHead *head = qemu_spice_accel_head(i);
    const QemuUIInfo *info;

    if (!head->width || head->placeholder) {
        return false;
    }
    info = dpy_ui_info_supported(head->dcl.con) ? dpy_get_ui_info(head->dcl.con)
                                                : NULL;
    area->x0 = info ? info->xoff : 0;
    area->y0 = info ? info->yoff : 0;
    area->x1 = area->x0 + head->width;
    area->y1 = area->y0 + head->height;
    return true;
}

static bool overlap(const Area *a, const Area *b)
{
    return a->x0 < b->x1 && b->x0 < a->x1 && a->y0 < b->y1 && b->y0 < a->y1;
}

/*
 * A tablet covers the desktop that the guest makes of its heads, which we do
 * not see. With several heads, take the client's layout (the guest was told
 * it as well); where that cannot be right, or with one head, the tablet
 * covers the head alone.
 */
static Desktop find_desktop(unsigned index)
{
    SpiceAccelHead *head = qemu_spice_accel_head(index);
    Desktop alone = { 0, 0, head->width, head->height };
    Area areas[SPICE_ACCEL_MAX_HEADS], all = { INT_MAX, INT_MAX, 0, 0 }, own;
    unsigned i, j, n = 0;

    if (!head_area(index, &own)) {
        return alone;
    }
    for (i = 0; qemu_spice_accel_head(i); i++) {
        if (!head_area(i, &areas[n])) {
            continue;
        }
        for (j = 0; j < n; j++) {
            if (overlap(&areas[j], &areas[n])) {
                return alone;
            }
        }
        all.x0 = MIN(all.x0, areas[n].x0);
        all.y0 = MIN(all.y0, areas[n].y0);
        all.x1 = MAX(all.x1, areas[n].x1);
        all.y1 = MAX(all.y1, areas[n].y1);
        n++;
    }
    return (Desktop) {
        own.x0 - all.x0, own.y0 - all.y0, all.x1 - all.x0, all.y1 - all.y0,
    };
}

static void click(QemuConsole *con, InputButton button)
{
    qemu_input_queue_btn(con, button, true);
    qemu_input_event_sync();
    qemu_input_queue_btn(con, button, false);
    qemu_input_event_sync();
}

static void update_buttons(QemuConsole *con, uint32_t buttons)
{
    static uint32_t map[INPUT_BUTTON__MAX] = {
        [INPUT_BUTTON_LEFT] = SPICE_ACCEL_BUTTON_LEFT,
        [INPUT_BUTTON_MIDDLE] = SPICE_ACCEL_BUTTON_MIDDLE,
        [INPUT_BUTTON_RIGHT] = SPICE_ACCEL_BUTTON_RIGHT,
        [INPUT_BUTTON_SIDE] = SPICE_ACCEL_BUTTON_SIDE,
        [INPUT_BUTTON_EXTRA] = SPICE_ACCEL_BUTTON_EXTRA,
    };
    /* of all heads: a drag may end on another one */
    static uint32_t last;
    const uint32_t wheel = SPICE_ACCEL_BUTTON_WHEEL_UP |
                           SPICE_ACCEL_BUTTON_WHEEL_DOWN;

    if (last != (buttons & ~wheel)) {
        qemu_input_update_buttons(con, map, last, buttons & ~wheel);
        last = buttons & ~wheel;
    }
    qemu_input_event_sync();
    if (buttons & SPICE_ACCEL_BUTTON_WHEEL_UP) {
        click(con, INPUT_BUTTON_WHEEL_UP);
    }
    if (buttons & SPICE_ACCEL_BUTTON_WHEEL_DOWN) {
        click(con, INPUT_BUTTON_WHEEL_DOWN);
    }
}

void qemu_spice_accel_pointer(void *host, unsigned index, uint32_t x, uint32_t y,
                         uint32_t buttons)
{
    SpiceAccelHead *head = qemu_spice_accel_head(index);
    Desktop desktop;

    if (!head || !head->width || !head->height) {
        return;
    }
    desktop = find_desktop(index);
    x = MIN(x, head->width - 1);
    y = MIN(y, head->height - 1);
    qemu_input_queue_abs(head->dcl.con, INPUT_AXIS_X, desktop.x + x, 0,
                         desktop.width);
    qemu_input_queue_abs(head->dcl.con, INPUT_AXIS_Y, desktop.y + y, 0,
                         desktop.height);
    update_buttons(head->dcl.con, buttons);
}

void qemu_spice_accel_monitors(void *host, const struct spice_accel_monitor *monitors,
                          unsigned n)
{
    unsigned i;

    for (i = 0; i < n && qemu_spice_accel_head(i); i++) {
        const struct spice_accel_monitor *m = &monitors[i];
        QemuConsole *con = qemu_spice_accel_head(i)->dcl.con;
        QemuUIInfo info;

        if (!dpy_ui_info_supported(con) || (!m->width && i == 0)) {
            continue; /* the first head stays on: the guest shows its boot there */
        }
        info = *dpy_get_ui_info(con);
        info.width = m->width;
        info.height = m->height;
        info.xoff = m->x;
        info.yoff = m->y;
        if (m->width_mm && m->height_mm) {
            info.width_mm = MIN(m->width_mm, UINT16_MAX);
            info.height_mm = MIN(m->height_mm, UINT16_MAX);
        }
        dpy_set_ui_info(con, &info, false);
    }
}
