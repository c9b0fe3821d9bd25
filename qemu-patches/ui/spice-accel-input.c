/*
 * SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Accelerated SPICE displays: when a viewer's keyboard and mouse were used last.
 *
 * QEMU's interfaces for input are registered as copies of themselves, whose
 * callbacks tell the library and then call QEMU's.
 */
#include "qemu/osdep.h"

#include "ui/spice-accel-int.h"

static SpiceKbdInterface real_kbd, kbd;
static SpiceMouseInterface real_mouse, mouse;
static SpiceTabletInterface real_tablet, tablet;

static void used(void)
{
    if (qemu_spice_accel_server()) {
        spice_accel_server_input(qemu_spice_accel_server());
    }
}

static void push_scan_freg(SpiceKbdInstance *sin, uint8_t scancode)
{
    used();
    real_kbd.push_scan_freg(sin, scancode);
}

static void mouse_motion(SpiceMouseInstance *sin, int dx, int dy, int dz, uint32_t buttons)
{
    used();
    real_mouse.motion(sin, dx, dy, dz, buttons);
}

static void mouse_buttons(SpiceMouseInstance *sin, uint32_t buttons)
{
    used();
    real_mouse.buttons(sin, buttons);
}

static void tablet_position(SpiceTabletInstance *sin, int x, int y, uint32_t buttons)
{
    used();
    real_tablet.position(sin, x, y, buttons);
}

static void tablet_wheel(SpiceTabletInstance *sin, int wheel, uint32_t buttons)
{
    used();
    real_tablet.wheel(sin, wheel, buttons);
}

static void tablet_buttons(SpiceTabletInstance *sin, uint32_t buttons)
{
    used();
    real_tablet.buttons(sin, buttons);
}

static void watch_kbd(SpiceBaseInstance *sin)
{
    real_kbd = *container_of(sin->sif, SpiceKbdInterface, base);
    kbd = real_kbd;
    kbd.push_scan_freg = push_scan_freg;
    sin->sif = &kbd.base;
}

static void watch_mouse(SpiceBaseInstance *sin)
{
    real_mouse = *container_of(sin->sif, SpiceMouseInterface, base);
    mouse = real_mouse;
    mouse.motion = mouse_motion;
    mouse.buttons = mouse_buttons;
    sin->sif = &mouse.base;
}

static void watch_tablet(SpiceBaseInstance *sin)
{
    real_tablet = *container_of(sin->sif, SpiceTabletInterface, base);
    tablet = real_tablet;
    tablet.position = tablet_position;
    tablet.wheel = tablet_wheel;
    tablet.buttons = tablet_buttons;
    sin->sif = &tablet.base;
}

/* QEMU adds and removes its tablet as the guest chooses; once watched it stays so. */
void qemu_spice_accel_input_watch(SpiceBaseInstance *sin)
{
    if (!strcmp(sin->sif->type, SPICE_INTERFACE_KEYBOARD) && sin->sif != &kbd.base) {
        watch_kbd(sin);
    } else if (!strcmp(sin->sif->type, SPICE_INTERFACE_MOUSE) && sin->sif != &mouse.base) {
        watch_mouse(sin);
    } else if (!strcmp(sin->sif->type, SPICE_INTERFACE_TABLET) && sin->sif != &tablet.base) {
        watch_tablet(sin);
    }
}
