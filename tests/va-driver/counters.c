/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "counters.h"

_Atomic uint64_t counter_values[sizeof(struct soft_va_counters) / sizeof(uint64_t)];

#define EACH_COUNTER(X) \
	X(encodes) X(encode_failures) X(vpp_blits) X(vpp_blurred) X(decodes) \
	X(imports_prime1) X(imports_prime2) X(imports_refused) X(exports) X(surfaces) \
	X(surfaces_live) X(buffers_live) X(contexts_live) X(cpu_pixel_maps) X(detiles) \
	X(idr_frames) X(retries) X(regions) X(skipped_frames) X(dirty_rects) \
	X(dirty_lies) X(intra_refresh) X(rejects) X(faults) X(waited_ms)

void soft_va_get_counters(struct soft_va_counters *out)
{
#define X(name) out->name = atomic_load(&COUNTER(name));
	EACH_COUNTER(X)
#undef X
}

int soft_va_write_counters(const char *path)
{
	struct soft_va_counters c;
	const char *separator = "{";
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	FILE *f;

	if (fd < 0)
		return -errno;
	f = fdopen(fd, "w");
	if (!f) {
		int err = -errno;

		close(fd);
		return err;
	}
	soft_va_get_counters(&c);
#define X(name) \
	fprintf(f, "%s\"" #name "\": %llu", separator, (unsigned long long)c.name); \
	separator = ", ";
	EACH_COUNTER(X)
#undef X
	fputs("}\n", f);
	return fclose(f) ? -errno : 0;
}

static void write_at_exit(void)
{
	const char *path = getenv("SOFT_VA_STATS");

	if (path && soft_va_write_counters(path) < 0)
		perror(path);
}

static void register_once(void)
{
	if (getenv("SOFT_VA_STATS"))
		atexit(write_at_exit);
}

void counters_init(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, register_once);
}
