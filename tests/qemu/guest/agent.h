/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef GUEST_AGENT_H
#define GUEST_AGENT_H

#include <stdint.h>

/* Starts spice-vdagentd and speaks to it as the agent of an X session would
 * whose screen has that size; 0 or -errno. */
int agent_start(uint32_t width, uint32_t height);
void agent_stop(void);

#endif
