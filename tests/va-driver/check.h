/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SOFT_VA_CHECK_H
#define SOFT_VA_CHECK_H

#include <stdio.h>
#include <stdlib.h>

#define CHECK(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
			exit(1); \
		} \
	} while (0)

#define CHECK_INT(value, wanted) \
	do { \
		long long check_have = (value), check_want = (wanted); \
		if (check_have != check_want) { \
			fprintf(stderr, "%s:%d: %s is %lld, not %lld\n", __FILE__, __LINE__, \
					#value, check_have, check_want); \
			exit(1); \
		} \
	} while (0)

#endif
