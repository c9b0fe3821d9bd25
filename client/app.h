/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_APP_H
#define OSVDI_APP_H

#include "options.h"

/**
 * Runs the viewer until its last window is closed.
 *
 * started_us: CLOCK_MONOTONIC when the process began, for the statistics.
 * Returns the exit status.
 */
int app_run(struct options *options);

#endif
