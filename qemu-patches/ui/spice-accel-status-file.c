/*
 * SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Accelerated SPICE displays: the status in a file, for "osvdi-host metrics".
 *
 * osvdi-libvirt-hook makes the file, because QEMU may make none in that folder. So no
 * new file can take the place of the old.
 */
#include "qemu/osdep.h"

#include "qemu/error-report.h"
#include "qemu/timer.h"
#include "ui/spice-accel-int.h"

#define PERIOD_MS 5000

static struct {
    int fd;
    size_t size; /* of all that was written */
    QEMUTimer *timer;
} file;

/* A reader finds the whole status at each moment: one write replaces the old one, and
 * blanks, which JSON allows, cover what is left of a longer one. */
static bool replace(const char *status)
{
    size_t length = strlen(status);
    size_t size = MAX(length, file.size);
    g_autofree char *text = g_malloc(size);

    memset(text, ' ', size);
    memcpy(text, status, length);
    if (pwrite(file.fd, text, size, 0) != (ssize_t)size) {
        return false;
    }
    file.size = size;
    return true;
}

/* The file's time tells readers how old the status is, so it is written also when
 * nothing has changed. */
static void write_status(void *opaque)
{
    g_autofree char *status = NULL;

    if (!qemu_spice_accel_server()) {
        return;
    }
    status = spice_accel_server_status(qemu_spice_accel_server(), SPICE_ACCEL_STATUS_JSON);
    if (!status || !replace(status)) {
        warn_report_once("spice-accel: cannot write the status: %s", strerror(errno));
    }
    timer_mod(file.timer, qemu_clock_get_ms(QEMU_CLOCK_REALTIME) + PERIOD_MS);
}

static char *default_path(void)
{
    char uuid[37];

    if (!qemu_uuid_set) {
        return NULL;
    }
    qemu_uuid_unparse(&qemu_uuid, uuid);
    return g_strdup_printf(SPICE_ACCEL_STATUS_FILES "/%s.json", uuid);
}

void qemu_spice_accel_status_file_init(const char *given)
{
    g_autofree char *path = given ? g_strdup(given) : default_path();

    if (!path || !*path) {
        return;
    }
    file.fd = open(path, O_WRONLY | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file.fd < 0) {
        if (given) {
            error_report("spice-accel: %s: %s", path, strerror(errno));
            exit(1);
        }
        if (errno != ENOENT) {
            warn_report("spice-accel: %s: %s", path, strerror(errno));
        }
        return;
    }
    file.timer = timer_new_ms(QEMU_CLOCK_REALTIME, write_status, NULL);
    write_status(NULL);
}
