/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "object.h"

/* An identifier is the kind in the top byte and slot + 1 below, so that an
 * identifier of one kind is never one of another. */
enum { SLOT_BITS = 24 };

static int grow(struct heap *heap)
{
	uint32_t n = heap->n_slots ? heap->n_slots * 2 : 64;
	struct object **slots;

	if (n >= 1u << SLOT_BITS)
		return -ENOMEM;
	slots = realloc(heap->slots, n * sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	memset(slots + heap->n_slots, 0, (n - heap->n_slots) * sizeof(*slots));
	heap->slots = slots;
	heap->n_slots = n;
	return 0;
}

int heap_add(struct heap *heap, struct object *object, enum object_kind kind,
		void (*destroy)(struct object *object))
{
	uint32_t slot = 0;

	while (slot < heap->n_slots && heap->slots[slot])
		slot++;
	if (slot == heap->n_slots && grow(heap) < 0)
		return -ENOMEM;
	object->kind = kind;
	object->id = (uint32_t)kind << SLOT_BITS | (slot + 1);
	object->destroy = destroy;
	atomic_init(&object->refs, 1);
	heap->slots[slot] = object;
	return 0;
}

void *heap_get(struct heap *heap, uint32_t id, enum object_kind kind)
{
	uint32_t slot = (id & ((1u << SLOT_BITS) - 1)) - 1;

	if (id >> SLOT_BITS != (uint32_t)kind || slot >= heap->n_slots)
		return NULL;
	if (!heap->slots[slot] || heap->slots[slot]->id != id)
		return NULL;
	return heap->slots[slot];
}

void heap_remove(struct heap *heap, struct object *object)
{
	heap->slots[(object->id & ((1u << SLOT_BITS) - 1)) - 1] = NULL;
	object_unref(object);
}

void heap_remove_all(struct heap *heap, enum object_kind kind)
{
	for (uint32_t i = 0; i < heap->n_slots; i++) {
		if (heap->slots[i] && heap->slots[i]->kind == kind)
			heap_remove(heap, heap->slots[i]);
	}
}

void heap_finish(struct heap *heap)
{
	free(heap->slots);
	memset(heap, 0, sizeof(*heap));
}

void object_ref(struct object *object)
{
	atomic_fetch_add(&object->refs, 1);
}

void object_unref(struct object *object)
{
	if (object && atomic_fetch_sub(&object->refs, 1) == 1)
		object->destroy(object);
}
