/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "host-glib.h"

#include <stdio.h>

#include <glib.h>

#include "base/clock.h"

struct loop_timer {
	void (*func)(void *opaque);
	void *opaque;
	guint id;
};

struct loop_watch {
	int fd, events;
	void (*func)(int fd, int events, void *opaque);
	void *opaque;
	GSource *source;
};

static struct spice_accel_server *attached;

void host_glib_attach(struct spice_accel_server *server)
{
	attached = server;
}

/* ---- timers ------------------------------------------------------------- */

static gboolean on_timeout(gpointer data)
{
	struct loop_timer *t = data;

	t->id = 0;
	t->func(t->opaque);
	return G_SOURCE_REMOVE;
}

static struct loop_timer *timer_new(void (*func)(void *opaque), void *opaque)
{
	struct loop_timer *t = g_new0(struct loop_timer, 1);

	t->func = func;
	t->opaque = opaque;
	return t;
}

static void timer_stop(struct loop_timer *t)
{
	if (t->id)
		g_source_remove(t->id);
	t->id = 0;
}

static void timer_run(struct loop_timer *t, uint32_t ms)
{
	timer_stop(t);
	t->id = g_timeout_add_full(G_PRIORITY_DEFAULT, ms, on_timeout, t, NULL);
}

static void timer_free(struct loop_timer *t)
{
	timer_stop(t);
	g_free(t);
}

/* ---- watches ------------------------------------------------------------ */

struct fd_source {
	GSource base;
	struct loop_watch *watch;
	gpointer tag;
};

static gboolean fd_dispatch(GSource *source, GSourceFunc func, gpointer data)
{
	struct fd_source *s = (struct fd_source *)source;
	GIOCondition got = g_source_query_unix_fd(source, s->tag);
	int events = 0;

	if (got & (G_IO_IN | G_IO_HUP | G_IO_ERR))
		events |= SPICE_WATCH_EVENT_READ;
	if (got & G_IO_OUT)
		events |= SPICE_WATCH_EVENT_WRITE;
	if (events)
		s->watch->func(s->watch->fd, events, s->watch->opaque);
	return G_SOURCE_CONTINUE;
}

static GSourceFuncs fd_funcs = { .dispatch = fd_dispatch };

static void watch_stop(struct loop_watch *w)
{
	if (!w->source)
		return;
	g_source_destroy(w->source);
	g_source_unref(w->source);
	w->source = NULL;
}

static void watch_set(struct loop_watch *w, int events)
{
	GIOCondition condition = 0;
	struct fd_source *s;

	if (events == w->events && w->source)
		return;
	watch_stop(w);
	w->events = events;
	if (events & SPICE_WATCH_EVENT_READ)
		condition |= G_IO_IN | G_IO_HUP | G_IO_ERR;
	if (events & SPICE_WATCH_EVENT_WRITE)
		condition |= G_IO_OUT;
	if (!condition)
		return;
	w->source = g_source_new(&fd_funcs, sizeof(struct fd_source));
	s = (struct fd_source *)w->source;
	s->watch = w;
	s->tag = g_source_add_unix_fd(w->source, w->fd, condition);
	g_source_attach(w->source, NULL);
}

static struct loop_watch *watch_new(int fd, int events, void (*func)(int, int, void *),
		void *opaque)
{
	struct loop_watch *w = g_new0(struct loop_watch, 1);

	w->fd = fd;
	w->func = func;
	w->opaque = opaque;
	watch_set(w, events);
	return w;
}

static void watch_free(struct loop_watch *w)
{
	watch_stop(w);
	g_free(w);
}

/* ---- libspice-server's table -------------------------------------------- */

static SpiceTimer *core_timer_add(SpiceTimerFunc func, void *opaque)
{
	return (SpiceTimer *)timer_new(func, opaque);
}

static void core_timer_start(SpiceTimer *timer, uint32_t ms)
{
	timer_run((struct loop_timer *)timer, ms);
}

static void core_timer_cancel(SpiceTimer *timer)
{
	timer_stop((struct loop_timer *)timer);
}

static void core_timer_remove(SpiceTimer *timer)
{
	timer_free((struct loop_timer *)timer);
}

static SpiceWatch *core_watch_add(int fd, int events, SpiceWatchFunc func, void *opaque)
{
	if (attached)
		spice_accel_server_socket_added(attached, fd);
	return (SpiceWatch *)watch_new(fd, events, func, opaque);
}

static void core_watch_update(SpiceWatch *watch, int events)
{
	watch_set((struct loop_watch *)watch, events);
}

static void core_watch_remove(SpiceWatch *watch)
{
	watch_free((struct loop_watch *)watch);
}

static void core_channel_event(int event, SpiceChannelEventInfo *info)
{
	if (attached)
		spice_accel_server_channel_event(attached, event, info);
}

SpiceCoreInterface *host_glib_core(void)
{
	static SpiceCoreInterface core = {
		.base = {
			.type = SPICE_INTERFACE_CORE,
			.description = "GLib main loop",
			.major_version = SPICE_INTERFACE_CORE_MAJOR,
			.minor_version = SPICE_INTERFACE_CORE_MINOR,
		},
		.timer_add = core_timer_add,
		.timer_start = core_timer_start,
		.timer_cancel = core_timer_cancel,
		.timer_remove = core_timer_remove,
		.watch_add = core_watch_add,
		.watch_update_mask = core_watch_update,
		.watch_remove = core_watch_remove,
		.channel_event = core_channel_event,
	};

	return &core;
}

/* ---- libspice-accel's table --------------------------------------------- */

static struct spice_accel_timer *host_timer_add(void *host, void (*func)(void *), void *opaque)
{
	return (struct spice_accel_timer *)timer_new(func, opaque);
}

static void host_timer_start(struct spice_accel_timer *timer, uint32_t ms)
{
	timer_run((struct loop_timer *)timer, ms);
}

static void host_timer_cancel(struct spice_accel_timer *timer)
{
	timer_stop((struct loop_timer *)timer);
}

static void host_timer_remove(struct spice_accel_timer *timer)
{
	timer_free((struct loop_timer *)timer);
}

static struct spice_accel_watch *host_watch_add(void *host, int fd, int events,
		void (*func)(int, int, void *), void *opaque)
{
	/* both tables number the events alike */
	return (struct spice_accel_watch *)watch_new(fd, events, func, opaque);
}

static void host_watch_remove(struct spice_accel_watch *watch)
{
	watch_free((struct loop_watch *)watch);
}

void host_glib_fill_ops(struct spice_accel_host_ops *ops)
{
	ops->size = sizeof *ops;
	ops->timer_add = host_timer_add;
	ops->timer_start = host_timer_start;
	ops->timer_cancel = host_timer_cancel;
	ops->timer_remove = host_timer_remove;
	ops->watch_add = host_watch_add;
	ops->watch_remove = host_watch_remove;
}

void host_glib_log(void *opaque, enum spice_accel_log_level level, const char *message)
{
	static const char *const names[] = { "error", "warning", "info", "debug" };
	static uint64_t start;
	uint64_t now = clock_now_us();

	if (!start)
		start = now;
	fprintf(stderr, "[%9.3f] %s: %s\n", (double)(now - start) / 1e6, names[level], message);
}
