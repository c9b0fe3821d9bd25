/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* The rate of the va encoder, against models of encoders. */
#include <math.h>
#include <string.h>

#include <glib.h>

#include "encode/va/va-rate.h"

#define FPS 60
#define KBPS 12000
#define SHARE (KBPS * 1000.0 / FPS / 8) /* bytes */

/* Content whose pictures have so many shares at quantiser 22; each step takes
 * `slope` of log2; chance moves sizes by `spread` to both sides. */
struct content {
	double shares, slope, spread;
};

struct outcome {
	double mean, largest; /* shares */
	unsigned again, longest; /* pictures that took more tries; the most of one */
	int qp; /* of the last */
};

static uint32_t seed;

static double chance(double spread)
{
	seed = seed * 1664525 + 1013904223;
	return 1 + spread * ((seed >> 8) / 8388608.0 - 1);
}

static size_t size_of(const struct content *c, double qp, double luck)
{
	return (size_t)(SHARE * c->shares * exp2(c->slope * (22 - qp)) * luck);
}

/* One picture; its bytes. */
static size_t show(struct va_rate *r, const struct content *c, struct va_rate_picture *p)
{
	double luck = chance(c->spread);
	size_t bytes;

	va_rate_choose(r, p);
	do {
		bytes = size_of(c, p->qp + VA_RATE_REGION_STEPS * p->region, luck);
		g_assert_cmpint(p->qp, >=, p->finest);
		g_assert_cmpint(p->qp + (p->region > 0 ? VA_RATE_REGION_STEPS : 0), <=, 51);
	} while (va_rate_again(r, p, bytes));
	va_rate_sent(r, p, bytes, p->qp);
	return bytes;
}

static struct outcome run(struct va_rate *r, const struct content *c, unsigned pictures)
{
	struct outcome out = { 0 };

	for (unsigned i = 0; i < pictures; i++) {
		struct va_rate_picture p = { .idr = i % 200 == 0, .finest = 14 };
		double shares = (double)show(r, c, &p) / SHARE;

		out.mean += shares / pictures;
		out.largest = MAX(out.largest, shares);
		out.again += p.tries > 1;
		out.longest = MAX(out.longest, p.tries);
		out.qp = p.qp;
	}
	return out;
}

static struct va_rate new_rate(bool driver, bool fractions)
{
	struct va_rate r;

	seed = 1;
	va_rate_init(&r, KBPS, FPS, driver);
	r.fractions = fractions;
	return r;
}

/* Content that goes on in its way: the rate is used, and never exceeded. */
static void test_steady(void)
{
	static const struct content contents[] = { { 4, 1 / 6.0, 0.02 }, { 4, 1 / 6.0, 0.06 },
		{ 20, 1 / 6.0, 0.04 }, { 10, 0.3, 0.05 }, { 20, 0.4, 0.06 }, { 6, 0.1, 0.05 } };

	for (unsigned i = 0; i < G_N_ELEMENTS(contents); i++) {
		struct va_rate r = new_rate(false, true);
		struct outcome out;

		run(&r, &contents[i], 60);
		out = run(&r, &contents[i], 600);
		g_test_message("content %u: mean %.3f, largest %.3f, %u again", i, out.mean,
				out.largest, out.again);
		g_assert_cmpfloat(out.mean, >, 0.9);
		g_assert_cmpfloat(out.largest, <=, 1);
		g_assert_cmpuint(out.again, <, 100);
	}
}

static void test_whole_steps(void)
{
	static const struct content c = { 4, 1 / 6.0, 0.03 };
	struct va_rate r = new_rate(false, false);
	struct outcome out;

	run(&r, &c, 60);
	out = run(&r, &c, 600);
	g_test_message("mean %.3f, largest %.3f, %u again", out.mean, out.largest, out.again);
	g_assert_cmpfloat(out.mean, >, 0.8);
	g_assert_cmpfloat(out.largest, <=, 1);
	g_assert_cmpuint(out.again, <, 100);
}

/* Easy content has the caller's quantiser, whatever the rate allows. */
static void test_easy(void)
{
	static const struct content c = { 0.1, 1 / 6.0, 0.1 };
	struct va_rate r = new_rate(false, true);
	struct outcome out;

	run(&r, &c, 60);
	out = run(&r, &c, 100);
	g_assert_cmpint(out.qp, ==, 14);
	g_assert_cmpuint(out.again, ==, 0);
}

/* A cut is one picture that is tried again; quality is back soon after it. */
static void test_cut(void)
{
	static const struct content steady = { 4, 1 / 6.0, 0.02 }, cut = { 20, 1 / 6.0, 0 };
	struct va_rate r = new_rate(false, true);
	struct outcome before, out;

	before = run(&r, &steady, 100);
	for (unsigned i = 0; i < 10; i++) {
		struct va_rate_picture p = { .finest = 14 };

		g_assert_cmpuint(show(&r, &cut, &p), <=, (size_t)SHARE);
		g_assert_cmpuint(p.tries, ==, 2);
		for (unsigned k = 0; k < 10; k++) {
			memset(&p, 0, sizeof p);
			p.finest = 14;
			g_assert_cmpuint(show(&r, &steady, &p), <=, (size_t)SHARE);
		}
		g_assert_cmpint(p.qp, <=, before.qp + 2);
	}
	out = run(&r, &steady, 100);
	g_assert_cmpfloat(out.mean, >, 0.9);
}

/* Video of half the rate: every second picture is next to nothing. */
static void test_alternating(void)
{
	static const struct content large = { 8, 1 / 6.0, 0.03 }, small = { 0.05, 1 / 6.0, 0.1 };
	struct va_rate r = new_rate(false, true);
	unsigned again = 0;
	double sum = 0;

	for (unsigned i = 0; i < 600; i++) {
		struct va_rate_picture p = { .idr = i == 0, .finest = 14 };
		double shares = (double)show(&r, i % 2 ? &small : &large, &p) / SHARE;

		g_assert_cmpfloat(shares, <=, 1);
		again += p.tries > 1;
		sum += i % 2 ? 0 : shares;
	}
	g_test_message("large pictures have %.2f of their share, %u again", sum / 300, again);
	g_assert_cmpfloat(sum / 300, >, 0.85);
	g_assert_cmpuint(again, <, 300);
}

/* The coarsest picture may still be too large: what follows pays for it. */
static void test_debt(void)
{
	static const struct content impossible = { 2000, 1 / 6.0, 0 }, steady = { 4, 1 / 6.0, 0 };
	struct va_rate r = new_rate(false, true);
	struct va_rate_picture p = { .finest = 14 };
	size_t full = va_rate_max_bytes(&r);

	g_assert_cmpuint(full, ==, (size_t)SHARE);
	g_assert_cmpuint(show(&r, &impossible, &p), >, full);
	g_assert_cmpint(p.qp, ==, 51);
	g_assert_cmpuint(va_rate_max_bytes(&r), <, full);
	g_assert_cmpuint(va_rate_max_bytes(&r), >, 0);
	run(&r, &steady, 200);
	g_assert_cmpuint(va_rate_max_bytes(&r), ==, full);
}

/* The link changes: the next picture already fits. */
static void test_target(void)
{
	static const struct content c = { 4, 1 / 6.0, 0 };
	struct va_rate r = new_rate(false, true);
	struct va_rate_picture p = { .finest = 14 };

	run(&r, &c, 100);
	va_rate_set_target(&r, KBPS / 4);
	g_assert_cmpuint(show(&r, &c, &p), <=, (size_t)(SHARE / 4));
	g_assert_cmpuint(p.tries, ==, 1);
	va_rate_set_target(&r, KBPS);
	memset(&p, 0, sizeof p);
	p.finest = 14;
	g_assert_cmpuint(show(&r, &c, &p), >, (size_t)(SHARE * 0.7));
}

/* Without a target, and for a picture at rest, the caller's quantiser counts. */
static void test_wish(void)
{
	static const struct content c = { 100, 1 / 6.0, 0 };
	struct va_rate_picture p = { .finest = 18 }, rest = { .finest = 12, .refine = true };
	struct va_rate r = new_rate(false, true);

	run(&r, &c, 10);
	show(&r, &c, &rest);
	g_assert_cmpint(rest.qp, ==, 12);
	g_assert_cmpuint(rest.tries, ==, 1);
	va_rate_init(&r, 0, FPS, false);
	show(&r, &c, &p);
	g_assert_cmpint(p.qp, ==, 18);
	g_assert_cmpuint(va_rate_max_bytes(&r), ==, SIZE_MAX);
}

/* A driver that uses a part of what it is told, now and then too much. */
static struct outcome run_driver(double uses, double spread, bool again)
{
	struct va_rate r = new_rate(true, false);
	struct outcome out = { 0 };

	r.again = again;
	for (unsigned i = 0; i < 900; i++) {
		struct va_rate_picture p = { .idr = i == 0, .finest = 14 };
		double luck = chance(spread), shares;
		size_t bytes;

		va_rate_choose(&r, &p);
		do
			bytes = (size_t)(p.kbps * 1000.0 / FPS / 8 * uses * luck);
		while (va_rate_again(&r, &p, bytes));
		va_rate_sent(&r, &p, bytes, 30);
		shares = (double)bytes / SHARE;
		if (i < 300)
			continue;
		out.mean += shares / 600;
		out.largest = MAX(out.largest, shares);
		out.again += p.tries > 1;
	}
	return out;
}

static void test_driver(void)
{
	static const double uses[] = { 0.78, 0.85, 1, 1.15 };

	for (unsigned i = 0; i < G_N_ELEMENTS(uses); i++) {
		struct outcome out = run_driver(uses[i], 0.04, true);

		g_test_message("uses %.2f: mean %.3f, largest %.3f, %u of 600 again",
				uses[i], out.mean, out.largest, out.again);
		g_assert_cmpfloat(out.mean, >, 0.9);
		g_assert_cmpfloat(out.mean, <, 1);
		g_assert_cmpfloat(out.largest, <=, 1);
		g_assert_cmpuint(out.again, <, 100);
		g_assert_cmpfloat(run_driver(uses[i], 0.04, false).mean, >, 0.9);
	}
}

/* A driver that sends little because there is little to send is not led on. */
static void test_driver_at_ease(void)
{
	struct va_rate r = new_rate(true, false);
	struct va_rate_picture p = { .finest = 22 };

	for (unsigned i = 0; i < 500; i++) {
		va_rate_choose(&r, &p);
		va_rate_sent(&r, &p, (size_t)(SHARE * (i % 2 ? 0.3 : 0.8)), 22);
	}
	va_rate_choose(&r, &p);
	g_assert_cmpuint(p.kbps, ==, KBPS);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/va-rate/steady", test_steady);
	g_test_add_func("/va-rate/whole-steps", test_whole_steps);
	g_test_add_func("/va-rate/easy", test_easy);
	g_test_add_func("/va-rate/cut", test_cut);
	g_test_add_func("/va-rate/alternating", test_alternating);
	g_test_add_func("/va-rate/debt", test_debt);
	g_test_add_func("/va-rate/target", test_target);
	g_test_add_func("/va-rate/wish", test_wish);
	g_test_add_func("/va-rate/driver", test_driver);
	g_test_add_func("/va-rate/driver-at-ease", test_driver_at_ease);
	return g_test_run();
}
