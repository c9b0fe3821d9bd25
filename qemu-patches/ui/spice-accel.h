/*
 * SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Accelerated SPICE displays: what the classic SPICE code calls.
 *
 * Every function may be called when acceleration is off, and does nothing
 * then. All of them need the BQL.
 */
#ifndef UI_SPICE_ACCEL_H
#define UI_SPICE_ACCEL_H

#include <spice.h>

#include "qemu/notify.h"
#include "qemu/option.h"
#include "ui/console.h"

/* Entries of QemuOptsList::desc to reserve for "-spice": classic ones + ours. */
#define SPICE_ACCEL_DESC_ROOM 128

/* Appends accel= and the accel-NAME= options of the library to a list whose
 * desc[] has SPICE_ACCEL_DESC_ROOM entries. */
void qemu_spice_accel_add_opts(QemuOptsList *list);

/*
 * Attaches to a server that is initialised and has no display, if the key
 * file or @opts ask for it. With accel=on a failure ends QEMU, otherwise
 * it is reported and the classic path is used.
 */
void qemu_spice_accel_start(SpiceServer *server, QemuOpts *opts);

/* Whether displays are accelerated from here on. */
bool qemu_spice_accel_active(void);

/* A display device draws by itself (qxl): the whole VM falls back to the
 * classic path, or ends with accel=on. */
void qemu_spice_accel_own_renderer(void);

/* Shows a console; false: acceleration is off. */
bool qemu_spice_accel_add_console(QemuConsole *con);

/* From SpiceCoreInterface. */
void qemu_spice_accel_socket_added(int fd);
void qemu_spice_accel_channel_event(int event, SpiceChannelEventInfo *info);

/* Before any interface is given to the server: looks out for the guest's
 * agent. */
void qemu_spice_accel_before_interface(SpiceBaseInstance *sin);

/* The guest wants positions or motion. True: taken care of, the server needs
 * no tablet. @again is notified if acceleration ends after all. */
bool qemu_spice_accel_mouse_mode(Notifier *again, bool absolute);

#endif
