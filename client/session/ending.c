/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "session/ending.h"

#define SOON_S (10 * 60)
#define NEAR_S (2 * 60)

enum ending_stage ending_at(gint64 ends, gint64 now)
{
	if (ends <= 0 || now < ends - SOON_S)
		return ENDING_FAR;
	if (now < ends - NEAR_S)
		return ENDING_SOON;
	return now < ends ? ENDING_NEAR : ENDING_OVER;
}
