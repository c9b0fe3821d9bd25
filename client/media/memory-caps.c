/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "media/memory-caps.h"

static gpointer ref_context(gconstpointer context, gpointer data)
{
	return gst_context_ref((GstContext *)context);
}

struct memory_caps *memory_caps_new(
		GstCaps *caps, GList *contexts, gpointer owner, GDestroyNotify free_owner)
{
	struct memory_caps *memory_caps = g_new0(struct memory_caps, 1);

	g_atomic_ref_count_init(&memory_caps->refs);
	memory_caps->caps = caps;
	memory_caps->contexts = g_list_copy_deep(contexts, ref_context, NULL);
	memory_caps->owner = owner;
	memory_caps->free_owner = free_owner;
	return memory_caps;
}

struct memory_caps *memory_caps_ref(struct memory_caps *memory_caps)
{
	if (memory_caps)
		g_atomic_ref_count_inc(&memory_caps->refs);
	return memory_caps;
}

void memory_caps_unref(struct memory_caps *memory_caps)
{
	if (!memory_caps || !g_atomic_ref_count_dec(&memory_caps->refs))
		return;
	gst_caps_unref(memory_caps->caps);
	g_list_free_full(memory_caps->contexts, (GDestroyNotify)gst_context_unref);
	if (memory_caps->free_owner)
		memory_caps->free_owner(memory_caps->owner);
	g_free(memory_caps);
}
