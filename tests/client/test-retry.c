/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session/retry.h"

static void test_delays(void)
{
	guint i;

	g_assert_cmpuint(retry_delay_ms(0, 0, 0), ==, 0);
	for (i = 1; i < 1000; i++)
		g_assert_cmpuint(retry_delay_ms(i, 0, 0), <=, 700);
	g_assert_cmpuint(retry_delay_ms(500, 300, 0), ==, 400); /* from one beginning to the next */
	g_assert_cmpuint(retry_delay_ms(500, 3000, 0), ==, 0);
	g_assert_cmpuint(retry_delay_ms(100000, 0, 0), ==, 5000);
}

/* A cloud that is away is not asked for addresses each second. */
static void test_renewals(void)
{
	g_assert_cmpuint(retry_delay_ms(1, 0, 1), ==, 100); /* a token that ran out costs no time */
	g_assert_cmpuint(retry_delay_ms(1, 0, 2), ==, 4000);
	g_assert_cmpuint(retry_delay_ms(1, 0, 1000), ==, 15000);
}

static void test_patience(void)
{
	guint i, patient = 0;

	g_assert_cmpuint(retry_connect_ms(1, 0), ==, 700);
	g_assert_cmpuint(retry_connect_ms(1, 900), ==, 1800); /* a slow way, known from before */
	g_assert_cmpuint(retry_connect_ms(1, 60000), ==, 4000);
	for (i = 1; i <= 16; i++)
		patient += retry_connect_ms(i, 0) == 4000;
	g_assert_cmpuint(patient, ==, 2);
}

static void test_nobody(void)
{
	/* a server that restarts is met at once */
	g_assert_cmpuint(retry_nobody_delay_ms(0), ==, 0);
	g_assert_cmpuint(retry_nobody_delay_ms(7000), ==, 1500);
	g_assert_cmpuint(retry_nobody_delay_ms(60000), ==, 5000);
}

/* Who may throw whom out. */
static void test_judge(void)
{
	static const struct {
		const char *what;
		struct ending ending;
		enum verdict verdict;
	} cases[] = {
		{ "another viewer", { .main = TRUE, .witnessed = TRUE }, VERDICT_TAKEN },
		{ "the same again", { .main = TRUE, .witnessed = TRUE, .guessed = TRUE },
			VERDICT_TAKEN },
		{ "server, proxy or network", { .main = TRUE }, VERDICT_BREAK },
		{ "the same again", { .main = TRUE, .guessed = TRUE }, VERDICT_BREAK },
		{ "keyboard alone", { .witnessed = TRUE }, VERDICT_BREAK },
		{ "keyboard alone, no witness", { .unknown = TRUE, .guessed = TRUE },
			VERDICT_BREAK },
		{ "a reset of main alone", { .main = TRUE, .reset = TRUE, .witnessed = TRUE },
			VERDICT_GUESS },
		{ "main ended alone", { .main = TRUE, .alone = TRUE, .witnessed = TRUE },
			VERDICT_GUESS },
		{ "again", { .main = TRUE, .alone = TRUE, .witnessed = TRUE, .guessed = TRUE },
			VERDICT_TAKEN },
		{ "a second one", { .main = TRUE, .reset = TRUE, .witnessed = TRUE,
			.guessed = TRUE }, VERDICT_TAKEN },
		{ "no witness", { .main = TRUE, .unknown = TRUE }, VERDICT_GUESS },
		{ "no witness again", { .main = TRUE, .unknown = TRUE, .guessed = TRUE },
			VERDICT_TAKEN },
	};
	guint i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_test_message("%s", cases[i].what);
		g_assert_cmpint(retry_judge(&cases[i].ending), ==, cases[i].verdict);
	}
}

static void test_outlook(void)
{
	static const struct {
		const char *what;
		struct tries tries;
		enum outlook outlook;
	} cases[] = {
		{ "a network", { .refusal = REFUSAL_NONE, .nobody_ms = 1000000 }, OUTLOOK_TRY },
		{ "a restart", { .refusal = REFUSAL_NOBODY, .nobody_ms = 9000 }, OUTLOOK_TRY },
		{ "a guest that ended", { .refusal = REFUSAL_NOBODY, .nobody_ms = 15000 },
			OUTLOOK_GONE },
		{ "behind a proxy", { .refusal = REFUSAL_HUNG_UP, .nobody_ms = 15000 },
			OUTLOOK_GONE },
		{ "at a kiosk", { .refusal = REFUSAL_NOBODY, .nobody_ms = 1000000,
			.patient = TRUE }, OUTLOOK_TRY },
		{ "the broker knows", { .refusal = REFUSAL_ASLEEP, .renewable = TRUE },
			OUTLOOK_GONE },
		{ "a denial", { .refusal = REFUSAL_DENIED, .denials = 1 }, OUTLOOK_TRY },
		{ "and one more", { .refusal = REFUSAL_DENIED, .denials = 2 }, OUTLOOK_DENIED },
		{ "of a broker's desktop", { .refusal = REFUSAL_DENIED, .denials = 9,
			.renewable = TRUE }, OUTLOOK_TRY },
		{ "of a ticket", { .refusal = REFUSAL_DENIED, .denials = 1, .one_time = TRUE },
			OUTLOOK_USED_UP },
		{ "of a ticket by a proxy", { .refusal = REFUSAL_HUNG_UP, .one_time = TRUE },
			OUTLOOK_USED_UP },
		{ "of the broker's ticket", { .refusal = REFUSAL_DENIED, .denials = 1,
			.one_time = TRUE, .renewable = TRUE }, OUTLOOK_TRY },
		{ "a ticket, a restart", { .refusal = REFUSAL_NOBODY, .one_time = TRUE,
			.nobody_ms = 100 }, OUTLOOK_TRY },
	};
	guint i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_test_message("%s", cases[i].what);
		g_assert_cmpint(retry_outlook(&cases[i].tries), ==, cases[i].outlook);
	}
}

static void test_limit(void)
{
	const gint64 s = G_USEC_PER_SEC;

	g_assert_cmpuint(retry_session_limit_s(600 * s, 601 * s), ==, 600);
	g_assert_cmpuint(retry_session_limit_s(600 * s, 500 * s), ==, 0);
	g_assert_cmpuint(retry_session_limit_s(600 * s, 0), ==, 0); /* the first cut */
	g_assert_cmpuint(retry_session_limit_s(5 * s, 5 * s), ==, 0);
	g_assert_cmpuint(retry_session_limit_s(20 * s, 21 * s), ==, 20);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/retry/delays", test_delays);
	g_test_add_func("/retry/renewals", test_renewals);
	g_test_add_func("/retry/patience", test_patience);
	g_test_add_func("/retry/nobody", test_nobody);
	g_test_add_func("/retry/judge", test_judge);
	g_test_add_func("/retry/outlook", test_outlook);
	g_test_add_func("/retry/limit", test_limit);
	return g_test_run();
}
