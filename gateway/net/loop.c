/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "loop.h"

#include <errno.h>
#include <gio/gio.h>
#include <unistd.h>

#define TICK_US (100 * 1000)
#define EVENTS_AT_ONCE 256

struct deferred {
	GDestroyNotify func;
	gpointer data;
};

struct loop {
	int epoll;
	gboolean quit;
	gint64 now_us, next_tick_us;
	GArray *deferred;
};

struct loop *loop_new(GError **error)
{
	struct loop *loop = g_new0(struct loop, 1);

	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	loop->deferred = g_array_new(FALSE, FALSE, sizeof(struct deferred));
	loop->now_us = g_get_monotonic_time();
	if (loop->epoll >= 0)
		return loop;
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "epoll: %s", g_strerror(errno));
	loop_free(loop);
	return NULL;
}

static void run_deferred(struct loop *loop)
{
	/* One may defer another. */
	for (guint i = 0; i < loop->deferred->len; i++) {
		struct deferred d = g_array_index(loop->deferred, struct deferred, i);

		d.func(d.data);
	}
	g_array_set_size(loop->deferred, 0);
}

void loop_free(struct loop *loop)
{
	if (!loop)
		return;
	run_deferred(loop);
	g_array_unref(loop->deferred);
	if (loop->epoll >= 0)
		close(loop->epoll);
	g_free(loop);
}

void loop_watch(struct loop *loop, struct watch *watch, guint32 events)
{
	struct epoll_event event = { .events = events, .data.ptr = watch };

	if (watch->added && watch->events == events)
		return;
	/* Where memory is short. Nothing is heard of the descriptor then, and its time runs out. */
	if (epoll_ctl(loop->epoll, watch->added ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, watch->fd,
			&event) < 0) {
		g_warning("A connection cannot be watched: %s", g_strerror(errno));
		return;
	}
	watch->added = TRUE;
	watch->events = events;
}

void loop_unwatch(struct loop *loop, struct watch *watch)
{
	if (watch->added)
		epoll_ctl(loop->epoll, EPOLL_CTL_DEL, watch->fd, NULL);
	watch->added = FALSE;
	watch->events = 0;
}

void loop_defer(struct loop *loop, GDestroyNotify func, gpointer data)
{
	struct deferred d = { func, data };

	g_array_append_val(loop->deferred, d);
}

static void dispatch(struct loop *loop, const struct epoll_event *events, int n)
{
	for (int i = 0; i < n; i++) {
		struct watch *watch = events[i].data.ptr;

		/* An earlier event of this batch may have ended it. */
		if (watch->added)
			watch->ready(watch, events[i].events);
	}
}

static int wait_ms(const struct loop *loop)
{
	gint64 left = loop->next_tick_us - g_get_monotonic_time();

	return left > 0 ? (int)(left / 1000) + 1 : 0;
}

void loop_run(struct loop *loop, void (*tick)(gpointer data), gpointer data)
{
	struct epoll_event events[EVENTS_AT_ONCE];

	while (!loop->quit) {
		int n = epoll_wait(loop->epoll, events, EVENTS_AT_ONCE, wait_ms(loop));

		loop->now_us = g_get_monotonic_time();
		dispatch(loop, events, n);
		if (loop->now_us >= loop->next_tick_us) {
			loop->next_tick_us = loop->now_us + TICK_US;
			tick(data);
		}
		run_deferred(loop);
	}
}

void loop_quit(struct loop *loop)
{
	loop->quit = TRUE;
}

gint64 loop_now_us(const struct loop *loop)
{
	return loop->now_us;
}
