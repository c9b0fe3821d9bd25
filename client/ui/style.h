/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_STYLE_H
#define OSVDI_STYLE_H

/* Loads what our widgets look like besides the theme; further calls do nothing. */
void style_load(void);

#endif
