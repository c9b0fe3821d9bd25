/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "media/offer.h"

static gpointer ref_context(gconstpointer context, gpointer data)
{
	return gst_context_ref((GstContext *)context);
}

struct offer *offer_new(GstCaps *caps, GList *contexts, gpointer owner, GDestroyNotify free_owner)
{
	struct offer *offer = g_new0(struct offer, 1);

	g_atomic_ref_count_init(&offer->refs);
	offer->caps = caps;
	offer->contexts = g_list_copy_deep(contexts, ref_context, NULL);
	offer->owner = owner;
	offer->free_owner = free_owner;
	return offer;
}

struct offer *offer_ref(struct offer *offer)
{
	if (offer)
		g_atomic_ref_count_inc(&offer->refs);
	return offer;
}

void offer_unref(struct offer *offer)
{
	if (!offer || !g_atomic_ref_count_dec(&offer->refs))
		return;
	gst_caps_unref(offer->caps);
	g_list_free_full(offer->contexts, (GDestroyNotify)gst_context_unref);
	if (offer->free_owner)
		offer->free_owner(offer->owner);
	g_free(offer);
}
