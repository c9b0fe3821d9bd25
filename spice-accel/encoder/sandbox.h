/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stddef.h>

/* Takes from this process what an encoder does not need, for ever: memory beyond limits, files
 * other than programs, settings and render nodes, and system calls. A forbidden system call ends
 * the process with a message to standard error and to the host at `fd`. node: a device that is
 * allowed besides /dev/dri; NULL: none. memory_mib: of address space.
 * Errors: 0; negative errno with a sentence in `why`. Thread: the only one. */
int sandbox_enter(int fd, const char *node, unsigned memory_mib, char *why, size_t size);

#endif
