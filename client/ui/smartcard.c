/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ui/smartcard.h"

void smartcard_insert(SpiceSession *session)
{
	SpiceSmartcardManager *manager = spice_smartcard_manager_get();

	if (manager)
		spice_smartcard_manager_insert_card(manager);
}

void smartcard_remove(SpiceSession *session)
{
	SpiceSmartcardManager *manager = spice_smartcard_manager_get();

	if (manager)
		spice_smartcard_manager_remove_card(manager);
}
