/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_SCREENSHOT_H
#define OSVDI_SCREENSHOT_H

#include "window/window.h"

/* Asks the user for a file and saves the desktop's picture there as PNG. */
void screenshot_save(OsvdiWindow *window);

#endif
