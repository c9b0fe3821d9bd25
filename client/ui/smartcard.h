/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_SMARTCARD_H
#define OSVDI_SMARTCARD_H

#include <spice-client.h>

/* Inserts the software smartcard, or removes it. Without such a card nothing happens. */
void smartcard_insert(SpiceSession *session);
void smartcard_remove(SpiceSession *session);

#endif
