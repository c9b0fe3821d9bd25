/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session/retry.h"

#define CONNECT_MS 700
#define MAX_CONNECT_MS 4000
/* Each so many attempts one is patient, because the new network may be slower. */
#define PATIENT_EACH 8
#define OFTEN 1000 /* tries: a quarter of an hour */
/* A server that only restarts listens again within this time. */
#define GONE_MS 15000
/* If sessions break more often than this, the network is the cause, not a time limit. */
#define SHORTEST_LIMIT_US (10 * G_USEC_PER_SEC)

guint retry_delay_ms(guint attempts, gint64 elapsed_ms, guint renewals)
{
	static const guint delays[] = { 0, 100, 250, 500 };
	guint delay = attempts < G_N_ELEMENTS(delays) ? delays[attempts] :
			attempts < OFTEN              ? CONNECT_MS :
							5000;

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

guint retry_nobody_delay_ms(gint64 nobody_ms)
{
	if (nobody_ms >= GONE_MS)
		return 5000;
	return nobody_ms < 5000 ? 0 : 1500;
}

enum verdict retry_judge(const struct ending *ending)
{
	if (!ending->main)
		return VERDICT_BREAK;
	if (ending->witnessed && !ending->reset && !ending->alone)
		return VERDICT_TAKEN;
	if (ending->witnessed || ending->unknown)
		return ending->guessed ? VERDICT_TAKEN : VERDICT_GUESS;
	return VERDICT_BREAK;
}

guint retry_session_limit_s(gint64 age_us, gint64 age_before_us)
{
	gint64 slack = MAX(2 * G_USEC_PER_SEC, age_us / 20);

	if (age_us < SHORTEST_LIMIT_US || ABS(age_us - age_before_us) > slack)
		return 0;
	return (guint)(age_us / G_USEC_PER_SEC);
}

static enum outlook outlook_denied(const struct tries *tries)
{
	if (tries->renewable)
		return OUTLOOK_TRY;
	if (tries->one_time)
		return OUTLOOK_USED_UP;
	return tries->denials > 1 ? OUTLOOK_DENIED : OUTLOOK_TRY;
}

enum outlook retry_outlook(const struct tries *tries)
{
	switch (tries->refusal) {
	case REFUSAL_ASLEEP:
		return OUTLOOK_GONE;
	case REFUSAL_DENIED:
		return outlook_denied(tries);
	case REFUSAL_HUNG_UP:
		/* A proxy hangs up too if the ticket has expired. */
		if (tries->one_time && !tries->renewable)
			return OUTLOOK_USED_UP;
		/* fallthrough */
	case REFUSAL_NOBODY:
		return tries->nobody_ms >= GONE_MS && !tries->patient ? OUTLOOK_GONE : OUTLOOK_TRY;
	default:
		return OUTLOOK_TRY;
	}
}
