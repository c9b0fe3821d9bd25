/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PICTURE_PROBE_H
#define OSVDI_BROKER_PICTURE_PROBE_H

#include "hooks/caller.h"
#include "picture/screen.h"

/*
 * A look at a desktop's screen by its SPICE server, as a viewer would have it. A SPICE
 * server has one viewer: whoever looks at the desktop is sent away, so only desktops that
 * nobody has are probed.
 */
struct probe_target {
	const char *host;
	int port, tls_port; /* 0: none; TLS is taken where there is a choice */
	const char *ca; /* PEM text; needed with tls_port */
	const char *host_subject; /* or NULL */
	const char *password; /* or NULL */
};

struct probe {
	struct screen screen;
	gboolean agent; /* the guest's SPICE agent runs: somebody's session, or a login screen */
};

/**
 * Connect, and read until the screen has been seen or the time is over, which is no
 * failure: the screen says what came.
 *
 * Errors: BROKER_ERROR_SERVICE: no SPICE server, or a bad one; BROKER_ERROR_AUTH;
 *         BROKER_ERROR_USAGE: the target contradicts itself; CANCELLED.
 */
gboolean probe_screen(const struct probe_target *target, const struct caller *caller,
		const struct clock *clock, gint64 deadline_us, struct probe *probe,
		GError **error);

#endif
