/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_APP_H
#define OSVDI_APP_H

#include "base/options.h"

/**
 * Runs the viewer until its last window is closed.
 *
 * Returns the exit status.
 */
int app_run(struct options *options);

#endif
