/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_CHILD_H
#define OSVDI_CHILD_H

#include <gio/gio.h>

/*
 * A program that works for the viewer, in a process group of its own, so that
 * it can be ended together with all programs that it started. It may talk to
 * the terminal from which the viewer was started, if there is one.
 */

/* Starts it with pipes for what it prints. Errors: of G_SPAWN_ERROR. */
GSubprocess *child_start(const char *const *argv, GError **error);

/**
 * Ends the whole group, with SIGTERM and half a second later with SIGKILL, and
 * returns when the program is gone.
 */
void child_end(GSubprocess *child);

/* To be called when the program has ended by itself: the terminal is the viewer's again. */
void child_ended(GSubprocess *child);

#endif
