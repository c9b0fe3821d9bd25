/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/*
 * The eight functions of memory.h for wasm32, which has no C library.
 *
 * A block has a size of a power of two, a header among it. Freed blocks of a size are
 * kept in a list for the next of that size, and never split or joined: what lives long
 * here are few large blocks, what comes and goes has the same few sizes.
 */
#include <osvdi-common/memory.h>
#include <stdint.h>

#include "osvdi-wasm.h"

#define PAGE 65536u
#define SMALLEST 5u /* log2 */
#define LARGEST 30u

/* Before each block: 16 bytes, so that all blocks are aligned to that. */
struct header {
	uint32_t order; /* log2 of the size with this header */
	struct header *next;
	uint32_t unused[2];
};

extern uint8_t __heap_base;

static struct header *freed[LARGEST + 1];
static uintptr_t top; /* the first byte that no block has */

static uint32_t order_of(size_t size)
{
	uint32_t order = SMALLEST;

	while (order <= LARGEST && ((size_t)1 << order) - sizeof(struct header) < size)
		order++;
	return order;
}

static struct header *grow(uint32_t order)
{
	uintptr_t at = top ? top : ((uintptr_t)&__heap_base + 15) & ~(uintptr_t)15;
	uint64_t end = (uint64_t)at + ((uint64_t)1 << order);
	uint64_t there = (uint64_t)__builtin_wasm_memory_size(0) * PAGE;

	if (end > UINT32_MAX)
		return NULL;
	if (end > there && __builtin_wasm_memory_grow(0,
			(size_t)((end - there + PAGE - 1) / PAGE)) == SIZE_MAX)
		return NULL;
	top = (uintptr_t)end;
	return (struct header *)at;
}

EXPORT(malloc) void *malloc(size_t size)
{
	uint32_t order = order_of(size);
	struct header *block;

	if (order > LARGEST)
		return NULL;
	block = freed[order];
	if (block)
		freed[order] = block->next;
	else
		block = grow(order);
	if (!block)
		return NULL;
	block->order = order;
	return block + 1;
}

EXPORT(free) void free(void *memory)
{
	struct header *block = (struct header *)memory - 1;

	if (!memory)
		return;
	block->next = freed[block->order];
	freed[block->order] = block;
}

void *calloc(size_t n, size_t size)
{
	void *memory = size && n > SIZE_MAX / size ? NULL : malloc(n * size);

	if (memory)
		memset(memory, 0, n * size);
	return memory;
}

EXPORT(realloc) void *realloc(void *memory, size_t size)
{
	struct header *block = (struct header *)memory - 1;
	size_t had;
	void *more;

	if (!memory)
		return malloc(size);
	if (order_of(size) == block->order)
		return memory;
	more = malloc(size);
	if (!more)
		return NULL;
	had = ((size_t)1 << block->order) - sizeof *block;
	memcpy(more, memory, had < size ? had : size);
	free(memory);
	return more;
}

/* These become instructions of WebAssembly, not calls of themselves. */
void *memcpy(void *to, const void *from, size_t size)
{
	return __builtin_memcpy(to, from, size);
}

void *memmove(void *to, const void *from, size_t size)
{
	return __builtin_memmove(to, from, size);
}

void *memset(void *memory, int value, size_t size)
{
	return __builtin_memset(memory, value, size);
}

int memcmp(const void *a, const void *b, size_t size)
{
	const uint8_t *p = a, *q = b;

	for (size_t i = 0; i < size; i++)
		if (p[i] != q[i])
			return p[i] < q[i] ? -1 : 1;
	return 0;
}
