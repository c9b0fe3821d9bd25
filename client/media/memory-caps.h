/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_MEMORY_CAPS_H
#define OSVDI_MEMORY_CAPS_H

#include <gst/gst.h>

/*
 * The kinds of memory that a presenter takes besides system memory, for decoders. Decoders
 * live in other threads and may outlive the presenter, so this struct is reference counted
 * and immutable.
 */
struct memory_caps {
	gatomicrefcount refs;
	GstCaps *caps;   /* with memory features, best first; never empty */
	GList *contexts; /* of GstContext, for the decoder's pipeline */
	gpointer owner;  /* keeps alive what the contexts use */
	GDestroyNotify free_owner;
};

/* Takes over caps and owner; references the contexts. */
struct memory_caps *memory_caps_new(
		GstCaps *caps, GList *contexts, gpointer owner, GDestroyNotify free_owner);
/* Both accept NULL. */
struct memory_caps *memory_caps_ref(struct memory_caps *memory_caps);
void memory_caps_unref(struct memory_caps *memory_caps);

#endif
