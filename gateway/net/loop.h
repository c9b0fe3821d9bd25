/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_GATEWAY_LOOP_H
#define OSVDI_GATEWAY_LOOP_H

#include <glib.h>
#include <sys/epoll.h>

/* One event loop by epoll, for one thread. */
struct loop;

/* A descriptor that is looked at; part of what owns it. */
struct watch {
	int fd;
	guint32 events;
	gboolean added;
	void (*ready)(struct watch *watch, guint32 events);
};

struct loop *loop_new(GError **error);
void loop_free(struct loop *loop);

/** Look for these events from now on, level-triggered; 0: only for errors and hang-ups. */
void loop_watch(struct loop *loop, struct watch *watch, guint32 events);
/** Before the descriptor is closed. */
void loop_unwatch(struct loop *loop, struct watch *watch);

/** Run func once no event that was fetched before can meet data any more. */
void loop_defer(struct loop *loop, GDestroyNotify func, gpointer data);

/** Calls tick() some times a second; returns after loop_quit(). */
void loop_run(struct loop *loop, void (*tick)(gpointer data), gpointer data);
void loop_quit(struct loop *loop);

/** CLOCK_MONOTONIC when the events at hand were fetched. */
gint64 loop_now_us(const struct loop *loop);

#endif
