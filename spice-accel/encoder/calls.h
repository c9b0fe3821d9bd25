/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef CALLS_H
#define CALLS_H

/* Forbids this process all system calls but those of encoders and drivers. Calls that libraries
 * try and can do without fail; others end the process by SIGSYS. 0, negative errno. */
int calls_forbid(void);
/* The name of a system call for a message, or NULL. */
const char *calls_name(int number, char *name, unsigned size);

#endif
