/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The little that unit tests need, without a library. */
#ifndef CHECK_H
#define CHECK_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Ends the program with the place and the text of what is not so. */
#define CHECK(condition) check((condition), #condition, __FILE__, __LINE__)
#define CHECK_EQUAL(a, b) check_equal((int64_t)(a), (int64_t)(b), #a " == " #b, __FILE__, __LINE__)

struct check_case {
	const char *name;
	void (*run)(void);
};

static inline void check(bool good, const char *text, const char *file, int line)
{
	if (good)
		return;
	printf("Bail out! %s:%d: not so: %s\n", file, line, text);
	fflush(stdout);
	abort();
}

static inline void check_equal(int64_t a, int64_t b, const char *text, const char *file, int line)
{
	if (a == b)
		return;
	printf("# %" PRId64 " and %" PRId64 "\n", a, b);
	check(false, text, file, line);
}

/* The same numbers in each run, so that what fails fails again. */
static inline uint32_t check_random(uint64_t *state, uint32_t below)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)((*state >> 33) % below);
}

static inline int check_run(const struct check_case *cases, size_t n)
{
	size_t i;

	printf("1..%zu\n", n);
	for (i = 0; i < n; i++) {
		cases[i].run();
		printf("ok %zu %s\n", i + 1, cases[i].name);
		fflush(stdout);
	}
	return 0;
}

#endif
