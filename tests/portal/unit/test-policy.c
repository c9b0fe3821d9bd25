/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/wipe.h"
#include "policy/csrf.h"
#include "policy/rates.h"
#include "policy/visitors.h"

#include <sodium.h>
#include <string.h>

#define S G_USEC_PER_SEC
#define OURS "https://desktops.example"

static void test_rates(void)
{
	struct rates *rates = rates_new(6, 2);

	for (guint i = 0; i < 6; i++)
		g_assert_true(rates_take(rates, "a", 0));
	g_assert_false(rates_take(rates, "a", 0));
	g_assert_cmpuint(rates_wait_s(rates, "a", 0), ==, 11);
	g_assert_false(rates_take(rates, "a", 9 * S));
	g_assert_true(rates_take(rates, "a", 11 * S));
	g_assert_false(rates_take(rates, "a", 11 * S));
	g_assert_true(rates_take(rates, "b", 11 * S));
	g_assert_cmpuint(rates_wait_s(rates, "b", 11 * S), ==, 0);
	/* The one seen longest ago makes room. */
	g_assert_false(rates_take(rates, "a", 11 * S));
	g_assert_true(rates_take(rates, "c", 11 * S));
	g_assert_false(rates_take(rates, "a", 11 * S));
	for (guint i = 0; i < 6; i++)
		g_assert_true(rates_take(rates, "a", 1000 * S));
	g_assert_false(rates_take(rates, "a", 1000 * S));
	/* A clock that runs back gives nothing. */
	g_assert_false(rates_take(rates, "a", 500 * S));
	g_assert_false(rates_take(rates, "a", 1000 * S));
	rates_free(rates);
	rates_free(NULL);
}

static void test_csrf_token(void)
{
	guint8 key[CSRF_KEY_BYTES] = { 1 }, other[CSRF_KEY_BYTES] = { 2 };
	char *token = csrf_token(key, "cookie");

	g_assert_true(csrf_token_fits(key, "cookie", token));
	g_assert_false(csrf_token_fits(key, "cookie2", token));
	g_assert_false(csrf_token_fits(other, "cookie", token));
	g_assert_false(csrf_token_fits(key, "cookie", NULL));
	g_assert_false(csrf_token_fits(key, NULL, token));
	g_assert_false(csrf_token_fits(key, "cookie", ""));
	token[0] ^= 1;
	g_assert_false(csrf_token_fits(key, "cookie", token));
	wipe_free(token);
}

static void test_csrf_origin(void)
{
	g_assert_true(csrf_origin_fits(OURS, OURS, NULL));
	g_assert_true(csrf_origin_fits(OURS, OURS, "same-origin"));
	g_assert_true(csrf_origin_fits(OURS, NULL, "same-origin"));
	g_assert_false(csrf_origin_fits(OURS, NULL, NULL));
	g_assert_false(csrf_origin_fits(OURS, "null", NULL));
	g_assert_false(csrf_origin_fits(OURS, OURS ".evil.example", NULL));
	g_assert_false(csrf_origin_fits(OURS, OURS, "cross-site"));
	g_assert_false(csrf_origin_fits(OURS, NULL, "none"));
}

static guint freed;

static void count(gpointer data)
{
	freed++;
}

static void test_visitors(void)
{
	const struct visitors_rules rules = { .idle_us = 10 * S, .life_us = 30 * S, .max = 2 };
	struct visitors *visitors = visitors_new(&rules, count);
	char *a = visitors_add(visitors, (gpointer) "a", 0, 100 * S);
	char *b = visitors_add(visitors, (gpointer) "b", 0, 5 * S);

	freed = 0;
	g_assert_null(visitors_add(visitors, (gpointer) "c", 1, 100 * S));
	g_assert_cmpstr(visitors_find(visitors, a, 4 * S), ==, "a");
	g_assert_cmpstr(visitors_find(visitors, b, 4 * S), ==, "b");
	g_assert_null(visitors_find(visitors, b, 5 * S)); /* its own end */
	g_assert_null(visitors_find(visitors, "", 4 * S));
	g_assert_null(visitors_find(visitors, NULL, 4 * S));
	visitors_sweep(visitors, 5 * S);
	g_assert_cmpuint(freed, ==, 1);
	g_assert_cmpstr(visitors_find(visitors, a, 13 * S), ==, "a");
	g_assert_cmpstr(visitors_find(visitors, a, 22 * S), ==, "a");
	g_assert_null(visitors_find(visitors, a, 30 * S)); /* however busy */
	wipe_free(b);
	b = visitors_add(visitors, (gpointer) "b", 30 * S, 100 * S);
	g_assert_cmpuint(freed, ==, 2);
	g_assert_null(visitors_find(visitors, b, 40 * S)); /* idle */
	g_assert_cmpstr(visitors_steal(visitors, b), ==, "b");
	g_assert_null(visitors_steal(visitors, b));
	g_assert_cmpuint(freed, ==, 2);
	wipe_free(a);
	a = visitors_add(visitors, (gpointer) "a", 30 * S, 100 * S);
	visitors_remove(visitors, a);
	g_assert_cmpuint(freed, ==, 3);
	g_assert_cmpuint(visitors_count(visitors), ==, 0);
	visitors_free(visitors);
	wipe_free(a);
	wipe_free(b);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	if (sodium_init() < 0)
		return 1;
	g_test_add_func("/rates", test_rates);
	g_test_add_func("/csrf/token", test_csrf_token);
	g_test_add_func("/csrf/origin", test_csrf_origin);
	g_test_add_func("/visitors", test_visitors);
	return g_test_run();
}
