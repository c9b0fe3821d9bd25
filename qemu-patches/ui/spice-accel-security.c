/*
 * SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Accelerated SPICE displays: no channel in the clear beside secure ones.
 *
 * A command line names the channels that need TLS, and a server takes the others
 * both ways. libvirt knows eight names, and Nova's require_secure asks for those
 * eight; "port" and "webdav" are not among them, and a guest's screen goes through
 * our port.
 */
#include "qemu/osdep.h"

#include "qemu/error-report.h"
#include "qemu/option.h"
#include "ui/spice-accel-int.h"

/* SPICE_CHANNEL_SECURITY_*, 0: not named */
typedef struct Channels {
    int main, display, port, rest;
} Channels;

static int name_channel(void *opaque, const char *name, const char *value,
                        Error **errp)
{
    Channels *channels = opaque;
    int security = !strcmp(name, "tls-channel") ? SPICE_CHANNEL_SECURITY_SSL
                                                : SPICE_CHANNEL_SECURITY_NONE;

    if (strcmp(name, "tls-channel") && strcmp(name, "plaintext-channel")) {
        return 0;
    }
    if (!strcmp(value, "main")) {
        channels->main = security;
    } else if (!strcmp(value, "display")) {
        channels->display = security;
    } else if (!strcmp(value, "port")) {
        channels->port = security;
    } else if (!strcmp(value, "default")) {
        channels->rest = security;
    }
    return 0;
}

static bool needs_tls(const Channels *channels, int named)
{
    return (named ? named : channels->rest) == SPICE_CHANNEL_SECURITY_SSL;
}

void qemu_spice_accel_secure_channels(SpiceServer *server, QemuOpts *opts)
{
    Channels channels = { 0 };
    int rc = 0;

    qemu_opt_foreach(opts, name_channel, &channels, NULL);
    if (needs_tls(&channels, channels.main) && !channels.rest) {
        rc = spice_server_set_channel_security(server, NULL,
                                               SPICE_CHANNEL_SECURITY_SSL);
        channels.rest = SPICE_CHANNEL_SECURITY_SSL;
        info_report("spice-accel: channels that -spice does not name need TLS, "
                    "as the main channel does");
    }
    /* what the display channel must not show, the port must not either */
    if (rc == 0 && needs_tls(&channels, channels.display) && !channels.port) {
        rc = spice_server_set_channel_security(server, "port",
                                               SPICE_CHANNEL_SECURITY_SSL);
        channels.port = SPICE_CHANNEL_SECURITY_SSL;
    }
    if (rc) {
        error_report("spice-accel: cannot have channels secured");
        exit(1);
    }
    if (needs_tls(&channels, channels.display) && !needs_tls(&channels, channels.port)) {
        warn_report("spice-accel: plaintext-channel=port: parts of the screen go "
                    "through that channel, and the display channel needs TLS");
    }
}
