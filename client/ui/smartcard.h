/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_SMARTCARD_H
#define OSVDI_SMARTCARD_H

#include <spice-client.h>

/* Puts the software smartcard in, or takes it out. No effect without one. */
void smartcard_insert(SpiceSession *session);
void smartcard_remove(SpiceSession *session);

#endif
