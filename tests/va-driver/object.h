/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SOFT_VA_OBJECT_H
#define SOFT_VA_OBJECT_H

#include <stdatomic.h>
#include <stdint.h>

/* Everything with a VA identifier. The heap holds one reference; a job of the
 * engine holds more, so that an application may destroy what is in use. */
enum object_kind {
	OBJECT_CONFIG = 1,
	OBJECT_CONTEXT,
	OBJECT_SURFACE,
	OBJECT_BUFFER,
	OBJECT_IMAGE,
};

struct object {
	enum object_kind kind;
	uint32_t id;
	atomic_int refs;
	void (*destroy)(struct object *object);
};

/** Identifiers to objects; the driver's lock guards it. */
struct heap {
	struct object **slots;
	uint32_t n_slots;
};

/** Gives object an identifier and its first reference. 0, or -ENOMEM. */
int heap_add(struct heap *heap, struct object *object, enum object_kind kind,
		void (*destroy)(struct object *object));

/** NULL for an unknown identifier or one of another kind. Borrowed. */
void *heap_get(struct heap *heap, uint32_t id, enum object_kind kind);

/** Forgets the identifier and drops the heap's reference. */
void heap_remove(struct heap *heap, struct object *object);

/** Removes all objects of a kind. */
void heap_remove_all(struct heap *heap, enum object_kind kind);
void heap_finish(struct heap *heap);

void object_ref(struct object *object);
void object_unref(struct object *object);

#endif
