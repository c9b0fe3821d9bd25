/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_SECRET_H
#define OSVDI_SECRET_H

/* Overwrites a secret in memory, then frees it with g_free(). Accepts NULL. */
void secret_free(char *secret);

#endif
