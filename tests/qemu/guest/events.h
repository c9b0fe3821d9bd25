/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef GUEST_EVENTS_H
#define GUEST_EVENTS_H

#include <stdio.h>

/* Opens every input device that is not open yet; the number of all. */
unsigned events_open(void);
/* Prints what came since the last call: "key CODE VALUE", "abs X|Y VALUE
 * MAX", "rel X|Y|WHEEL VALUE", one a line with the device's name. */
void events_print(FILE *out);

#endif
