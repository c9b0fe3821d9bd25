/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_CHILD_H
#define OSVDI_CHILD_H

#include <gio/gio.h>

/*
 * Runs a program for the viewer. The program gets a process group of its own, so that
 * the viewer can end it together with all programs that it started. If the viewer was
 * started from a terminal, the program may use that terminal.
 */

/* Starts a program; pipes take its output. Errors: of G_SPAWN_ERROR. */
GSubprocess *child_start(const char *const *argv, GError **error);

/**
 * Ends the whole process group with SIGTERM, and half a second later with SIGKILL.
 * Returns when the program is gone.
 */
void child_end(GSubprocess *child);

/* Gives the terminal back to the viewer. Call this when the program has ended by itself. */
void child_ended(GSubprocess *child);

#endif
