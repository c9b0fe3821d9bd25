/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_VISITORS_H
#define OSVDI_PORTAL_VISITORS_H

#include <glib.h>

/*
 * Who is logged in: secrets of cookies, and what belongs to each. In memory only, by a
 * digest: the table holds no cookie. Times are microseconds of a monotonic clock.
 */
struct visitors;

struct visitors_rules {
	gint64 idle_us; /* a visitor who asks nothing for so long is gone */
	gint64 life_us; /* and in any case after so long */
	guint max;
};

struct visitors *visitors_new(const struct visitors_rules *rules, GDestroyNotify free_data);
void visitors_free(struct visitors *visitors);

/**
 * A new visitor until ends_us at the latest. NULL: there are too many.
 * Owner: wipe_free().
 */
char *visitors_add(struct visitors *visitors, gpointer data, gint64 now_us, gint64 ends_us);

/** Who a cookie is, which counts as asking; NULL: nobody. */
gpointer visitors_find(struct visitors *visitors, const char *cookie, gint64 now_us);
/** Forget a cookie without freeing what belongs to it; NULL: nobody. */
gpointer visitors_steal(struct visitors *visitors, const char *cookie);
void visitors_remove(struct visitors *visitors, const char *cookie);

/** Forget who is gone. */
void visitors_sweep(struct visitors *visitors, gint64 now_us);
guint visitors_count(const struct visitors *visitors);
void visitors_each(struct visitors *visitors, GFunc call, gpointer user_data);

#endif
