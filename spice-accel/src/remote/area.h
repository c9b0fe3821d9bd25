/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef AREA_H
#define AREA_H

#include <stddef.h>
#include <stdint.h>

/**
 * Memory of MESSAGE_AREA_BYTES that a host and its osvdi-encoder share. The other end may change
 * the content at any time: copy first, then look. Pages that nobody writes to cost nothing.
 *
 * Thread: one at a time.
 */
struct area {
	uint8_t *bytes; /* NULL: there is none */
	int fd;         /* -1: another process made the area */
};

/* 0; errors of memfd_create() and mmap(). Owner: area_finish(). */
int area_create(struct area *area);
/* The area of another process. -EINVAL: it has another size, or may shrink. The descriptor stays
 * the caller's. */
int area_map(struct area *area, int fd);
void area_finish(struct area *area);

#endif
