/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef NODES_H
#define NODES_H

#include <stdbool.h>

/* A host may name this device: none, /dev/dri/renderD and a number, or the administrator's. */
bool node_allowed(const char *path, const char *administrators);

#endif
