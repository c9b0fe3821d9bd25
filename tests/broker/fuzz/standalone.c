/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in for libFuzzer where the compiler has none: runs the files given, then
 * mutates them for some seconds, by a seed that it prints. */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#define SECONDS 2

static GPtrArray *read_files(int n, char **paths)
{
	GPtrArray *out = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);

	for (int i = 0; i < n; i++) {
		g_autoptr(GDir) directory = g_dir_open(paths[i], 0, NULL);
		const char *name;

		while (directory && (name = g_dir_read_name(directory))) {
			g_autofree char *path = g_build_filename(paths[i], name, NULL);
			char *data;
			gsize length;

			if (g_file_get_contents(path, &data, &length, NULL))
				g_ptr_array_add(out, g_bytes_new_take(data, length));
		}
	}
	return out;
}

static void mutate(GRand *rand, GByteArray *b, GPtrArray *seeds)
{
	int times = g_rand_int_range(rand, 1, 6);

	while (times-- && b->len) {
		guint at = (guint)g_rand_int_range(rand, 0, (gint32)b->len);
		guint some = (guint)g_rand_int_range(rand, 1, 20);
		guint n = MIN(b->len - at, some);
		gsize other_length;
		const guint8 *other = g_bytes_get_data(seeds->pdata[g_rand_int_range(rand, 0, (gint32)seeds->len)], &other_length);

		switch (g_rand_int_range(rand, 0, 4)) {
		case 0: b->data[at] = (guint8)g_rand_int(rand); break;
		case 1: g_byte_array_remove_range(b, at, n); break;
		case 2: g_byte_array_set_size(b, at + 1); break;
		default:
			if (other_length > n)
				memcpy(b->data + at, other + g_rand_int_range(rand, 0, (gint32)(other_length - n)), n);
		}
	}
}

int main(int argc, char **argv)
{
	GPtrArray *seeds = read_files(argc - 1, argv + 1);
	guint32 seed = getenv("OSVDI_FUZZ_SEED") ? (guint32)strtoul(getenv("OSVDI_FUZZ_SEED"), NULL, 10) : g_random_int();
	g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
	gint64 end = g_get_monotonic_time() + SECONDS * G_USEC_PER_SEC;
	guint64 runs = 0;

	printf("seed %u, %u files\n", seed, seeds->len);
	fflush(stdout);
	if (!seeds->len)
		return 1;
	for (guint i = 0; i < seeds->len; i++, runs++) {
		gsize n;
		const guint8 *data = g_bytes_get_data(seeds->pdata[i], &n);

		LLVMFuzzerTestOneInput(data, n);
	}
	for (; g_get_monotonic_time() < end; runs++) {
		gsize n;
		const guint8 *data = g_bytes_get_data(seeds->pdata[g_rand_int_range(rand, 0, (gint32)seeds->len)], &n);
		g_autoptr(GByteArray) b = g_byte_array_new();

		g_byte_array_append(b, data, (guint)n);
		mutate(rand, b, seeds);
		LLVMFuzzerTestOneInput(b->data, b->len);
	}
	printf("%" G_GUINT64_FORMAT " runs\n", runs);
	g_ptr_array_unref(seeds);
	return 0;
}
