/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_STYLE_H
#define OSVDI_STYLE_H

/* Loads the style of our own widgets. Further calls do nothing. */
void style_load(void);

#endif
