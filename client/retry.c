/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "retry.h"

#define CONNECT_MS 700
#define MAX_CONNECT_MS 4000
/* Now and then a patient one, should the new network be slower than the old. */
#define PATIENT_EACH 8
#define OFTEN 1000 /* tries: a quarter of an hour */

guint retry_delay_ms(guint attempts, gint64 elapsed_ms, guint renewals)
{
	static const guint delays[] = { 0, 100, 250, 500 };
	guint delay = attempts < G_N_ELEMENTS(delays) ? delays[attempts] : attempts < OFTEN ? CONNECT_MS : 5000;

	if (renewals > 1)
		delay = MAX(delay, MIN(1000u << MIN(renewals, 5), 15000u));
	if (elapsed_ms <= 0)
		return delay;
	return elapsed_ms >= delay ? 0 : delay - (guint)elapsed_ms;
}

guint retry_connect_ms(guint attempt, guint setup_ms)
{
	if (attempt % PATIENT_EACH == 0)
		return MAX_CONNECT_MS;
	return CLAMP(setup_ms * 2, CONNECT_MS, MAX_CONNECT_MS);
}
