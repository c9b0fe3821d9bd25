/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "resolver.h"

#include <errno.h>
#include <gio/gio.h>
#include <netdb.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define THREADS 4

struct resolver {
	struct watch watch; /* of the event descriptor */
	struct loop *loop;
	GThreadPool *pool;
	GAsyncQueue *done;
};

struct lookup {
	struct resolver *resolver;
	char *host, port[8];
	GArray *addresses;
	lookup_func func; /* NULL: cancelled; the loop's thread only */
	gpointer data;
};

static void lookup_free(gpointer data)
{
	struct lookup *lookup = data;

	g_free(lookup->host);
	g_array_unref(lookup->addresses);
	g_free(lookup);
}

static void on_done(struct watch *watch, guint32 events)
{
	struct resolver *resolver = (struct resolver *)watch;
	struct lookup *lookup;
	guint64 count;

	if (read(watch->fd, &count, sizeof count) < 0)
		return;
	while ((lookup = g_async_queue_try_pop(resolver->done))) {
		if (lookup->func)
			lookup->func((const struct address *)(void *)lookup->addresses->data,
					lookup->addresses->len, lookup->data);
		lookup_free(lookup);
	}
}

/* In a thread of the pool. */
static void run(gpointer data, gpointer user_data)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
	struct lookup *lookup = data;
	struct resolver *resolver = user_data;
	struct addrinfo *list = NULL;
	guint64 one = 1;

	if (getaddrinfo(lookup->host, lookup->port, &hints, &list))
		list = NULL;
	for (struct addrinfo *i = list; i; i = i->ai_next) {
		struct address a = { .size = i->ai_addrlen };

		memcpy(&a.storage, i->ai_addr, i->ai_addrlen);
		g_array_append_val(lookup->addresses, a);
	}
	if (list)
		freeaddrinfo(list);
	g_async_queue_push(resolver->done, lookup);
	if (write(resolver->watch.fd, &one, sizeof one) < 0)
		g_warning("eventfd: %s", g_strerror(errno));
}

struct resolver *resolver_new(struct loop *loop, GError **error)
{
	struct resolver *resolver = g_new0(struct resolver, 1);

	resolver->loop = loop;
	resolver->watch.fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	resolver->watch.ready = on_done;
	resolver->done = g_async_queue_new_full(lookup_free);
	if (resolver->watch.fd < 0)
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "eventfd: %s", g_strerror(errno));
	else
		resolver->pool = g_thread_pool_new(run, resolver, THREADS, FALSE, error);
	if (!resolver->pool) {
		resolver_free(resolver);
		return NULL;
	}
	loop_watch(loop, &resolver->watch, EPOLLIN);
	return resolver;
}

void resolver_free(struct resolver *resolver)
{
	if (!resolver)
		return;
	if (resolver->pool)
		g_thread_pool_free(resolver->pool, FALSE, TRUE);
	loop_unwatch(resolver->loop, &resolver->watch);
	if (resolver->watch.fd >= 0)
		close(resolver->watch.fd);
	g_async_queue_unref(resolver->done);
	g_free(resolver);
}

struct lookup *resolver_look_up(struct resolver *resolver, const char *host, guint port,
		lookup_func func, gpointer data)
{
	struct lookup *lookup = g_new0(struct lookup, 1);

	lookup->resolver = resolver;
	lookup->host = g_strdup(host);
	g_snprintf(lookup->port, sizeof lookup->port, "%u", port);
	lookup->addresses = g_array_new(FALSE, FALSE, sizeof(struct address));
	lookup->func = func;
	lookup->data = data;
	g_thread_pool_push(resolver->pool, lookup, NULL);
	return lookup;
}

void lookup_cancel(struct lookup *lookup)
{
	if (lookup)
		lookup->func = NULL;
}
