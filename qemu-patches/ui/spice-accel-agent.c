/*
 * SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Accelerated SPICE displays: the guest's own agent comes and goes.
 *
 * The server takes one agent. The guest's is a "spicevmc" character device
 * that registers with the server while the guest has the port open. It comes
 * through qemu_spice.add_interface, but leaves by a direct call of
 * spice_server_remove_interface in another module. What makes it leave is
 * the front end closing, and that is a method of the character device's
 * class: look there.
 */
#include "qemu/osdep.h"

#include "chardev/spice.h"
#include "qemu/main-loop.h"
#include "ui/spice-accel-int.h"

static void (*real_set_fe_open)(Chardev *chr, int fe_open);
static Chardev *agent; /* compared only */
static QEMUBH *gone_bh;

/* The library wants to be told outside the server's callbacks; the guest may
 * have opened the port again meanwhile. */
static void agent_gone(void *opaque)
{
    if (!agent && qemu_spice_accel_server()) {
        spice_accel_server_guest_agent(qemu_spice_accel_server(), false);
    }
}

static void set_fe_open(Chardev *chr, int fe_open)
{
    real_set_fe_open(chr, fe_open);
    if (!fe_open && chr == agent) {
        agent = NULL;
        qemu_bh_schedule(gone_bh);
    }
}

void qemu_spice_accel_agent_check(SpiceBaseInstance *sin)
{
    SpiceCharDeviceInstance *dev;
    ChardevClass *class;

    if (strcmp(sin->sif->type, SPICE_INTERFACE_CHAR_DEVICE)) {
        return;
    }
    dev = container_of(sin, SpiceCharDeviceInstance, base);
    if (strcmp(dev->subtype, "vdagent")) {
        return;
    }

    agent = CHARDEV(container_of(dev, SpiceChardev, sin));
    class = CHARDEV_GET_CLASS(agent);
    if (class->chr_set_fe_open != set_fe_open) {
        gone_bh = qemu_bh_new(agent_gone, NULL);
        real_set_fe_open = class->chr_set_fe_open;
        class->chr_set_fe_open = set_fe_open;
    }
    spice_accel_server_guest_agent(qemu_spice_accel_server(), true);
}
