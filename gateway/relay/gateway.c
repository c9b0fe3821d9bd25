/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "relay-internal.h"

#include "net/tls.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define ACCEPT_AT_ONCE 64
/* Every open channel is looked at once in so many ticks. */
#define TICKS_A_ROUND 10

static gint64 unix_s(void)
{
	return g_get_real_time() / G_USEC_PER_SEC;
}

/* ---- keys and authorities ------------------------------------------------ */

static void context_free(gpointer data)
{
	SSL_CTX_free(data);
}

static GHashTable *load_authorities(const struct config *config, GError **error)
{
	g_autoptr(GHashTable) out = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
			context_free);
	GHashTableIter iter;
	gpointer name, file;

	g_hash_table_iter_init(&iter, config->authorities);
	while (g_hash_table_iter_next(&iter, &name, &file)) {
		SSL_CTX *context = tls_client(file, error);

		if (!context)
			return NULL;
		g_hash_table_insert(out, g_strdup(name), context);
	}
	return g_steal_pointer(&out);
}

static gboolean load_secrets(struct gateway *gateway, GError **error)
{
	const struct config *config = gateway->config;
	struct keys *keys = keys_load(config->keys, error);
	GHashTable *authorities = keys ? load_authorities(config, error) : NULL;
	SSL_CTX *tls = NULL;

	if (!authorities || (config->tls_cert &&
			!(tls = tls_server(config->tls_cert, config->tls_key, error)))) {
		g_clear_pointer(&authorities, g_hash_table_unref);
		keys_free(keys);
		return FALSE;
	}
	keys_free(gateway->keys);
	g_clear_pointer(&gateway->authorities, g_hash_table_unref);
	SSL_CTX_free(gateway->tls);
	gateway->keys = keys;
	gateway->authorities = authorities;
	gateway->tls = tls;
	return TRUE;
}

gboolean gateway_reload(struct gateway *gateway, GError **error)
{
	return load_secrets(gateway, error) && audit_reopen(gateway->audit, error);
}

/* ---- revocations --------------------------------------------------------- */

static gboolean load_revoked(struct gateway *gateway, GError **error)
{
	const char *path = gateway->config->revocations;
	g_autoptr(GError) problem = NULL;
	g_autofree char *text = NULL;

	if (!path)
		return TRUE;
	if (!g_file_get_contents(path, &text, NULL, &problem)) {
		if (g_error_matches(problem, G_FILE_ERROR, G_FILE_ERROR_NOENT))
			return TRUE;
		g_propagate_error(error, g_steal_pointer(&problem));
		return FALSE;
	}
	if (sessions_parse_revoked(gateway->sessions, text))
		return TRUE;
	g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: a line is not \"KIND TIME NAME\"",
			path);
	return FALSE;
}

gboolean gateway_revoke(struct gateway *gateway, enum revoke_kind kind, const char *name,
		guint *ended, GError **error)
{
	const char *path = gateway->config->revocations;
	g_autofree char *text = NULL;

	*ended = sessions_revoke(gateway->sessions, kind, name, unix_s());
	if (!path)
		return TRUE;
	text = sessions_format_revoked(gateway->sessions);
	return g_file_set_contents_full(path, text, -1,
			G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error);
}

/* ---- clients ------------------------------------------------------------- */

static gboolean is_full(const struct gateway *gateway)
{
	const struct limits *limits = &gateway->config->limits;

	return gateway->metrics.connections >= limits->connections ||
			gateway->metrics.handshakes >= limits->handshakes;
}

/* The connection that cannot be taken would wake us without end: until the next second. */
static void pause_listeners(struct gateway *gateway)
{
	g_warning("No descriptor is left for a connection: raise LimitNOFILE, or lower "
			"\"connections\"");
	for (guint i = 0; i < gateway->listeners->len; i++)
		loop_watch(gateway->loop, &((struct listener *)gateway->listeners->pdata[i])->watch,
				0);
}

static void resume_listeners(struct gateway *gateway)
{
	for (guint i = 0; i < gateway->listeners->len; i++)
		loop_watch(gateway->loop, &((struct listener *)gateway->listeners->pdata[i])->watch,
				EPOLLIN);
}

static void on_accept(struct watch *watch, guint32 events)
{
	struct gateway *gateway = ((struct listener *)watch)->gateway;

	for (guint i = 0; i < ACCEPT_AT_ONCE; i++) {
		int fd = accept4(watch->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0) {
			if (errno == EMFILE || errno == ENFILE)
				pause_listeners(gateway);
			return;
		}
		if (is_full(gateway)) {
			gateway->metrics.refused[REFUSE_BUSY]++;
			close(fd);
			continue;
		}
		relay_accept(gateway, fd);
	}
}

static void listener_free(gpointer data)
{
	struct listener *listener = data;

	loop_unwatch(listener->gateway->loop, &listener->watch);
	close(listener->watch.fd);
	/* Its event may be behind the one that ends it. */
	loop_defer(listener->gateway->loop, g_free, listener);
}

static gboolean listen_at(struct gateway *gateway, const char *where, GError **error)
{
	guint port = 0;
	int fd = stream_listen(where, 0660, &port, error);
	struct listener *listener;

	if (fd < 0)
		return FALSE;
	listener = g_new0(struct listener, 1);
	listener->gateway = gateway;
	listener->watch = (struct watch){ .fd = fd, .ready = on_accept };
	g_ptr_array_add(gateway->listeners, listener);
	loop_watch(gateway->loop, &listener->watch, EPOLLIN);
	g_message("Listening at %s (port %u)", where, port);
	return TRUE;
}

static gboolean listen_all(struct gateway *gateway, GError **error)
{
	for (guint i = 0; gateway->config->listen[i]; i++)
		if (*gateway->config->listen[i] &&
				!listen_at(gateway, gateway->config->listen[i], error))
			return FALSE;
	return TRUE;
}

/* ---- life ---------------------------------------------------------------- */

struct gateway *gateway_new(const struct config *config, struct loop *loop, GError **error)
{
	struct gateway *gateway = g_new0(struct gateway, 1);

	gateway->config = config;
	gateway->loop = loop;
	gateway->listeners = g_ptr_array_new_with_free_func(listener_free);
	gateway->sessions = sessions_new(&config->rules);
	gateway->scratch = g_malloc(CHUNK_BYTES + WS_HEADER_MAX_BYTES);
	gateway->audit = audit_new(config->audit, error);
	if (gateway->audit && (gateway->resolver = resolver_new(loop, error)) &&
			load_secrets(gateway, error) &&
			load_revoked(gateway, error) && listen_all(gateway, error))
		return gateway;
	gateway_free(gateway);
	return NULL;
}

static void end_all(GQueue *queue, enum cause cause)
{
	GList *next;

	for (GList *l = queue->head; l; l = next) {
		next = l->next;
		relay_end(l->data, cause);
	}
}

void gateway_free(struct gateway *gateway)
{
	if (!gateway)
		return;
	resolver_free(gateway->resolver);
	g_ptr_array_unref(gateway->listeners);
	sessions_free(gateway->sessions);
	keys_free(gateway->keys);
	g_clear_pointer(&gateway->authorities, g_hash_table_unref);
	SSL_CTX_free(gateway->tls);
	audit_free(gateway->audit);
	g_free(gateway->scratch);
	g_free(gateway);
}

void gateway_drain(struct gateway *gateway, gboolean at_once)
{
	gint64 seconds = at_once ? 0 : gateway->config->limits.drain_s;

	gateway->draining = gateway->metrics.draining = TRUE;
	gateway->drain_end_us = loop_now_us(gateway->loop) + seconds * G_USEC_PER_SEC;
	g_ptr_array_set_size(gateway->listeners, 0);
	end_all(&gateway->young, END_DRAIN);
}

static void tick_young(struct gateway *gateway)
{
	GList *next;

	for (GList *l = gateway->young.head; l; l = next) {
		next = l->next;
		relay_tick(l->data);
	}
}

/* A part of them each time: all at once would delay what passes. */
static void tick_open(struct gateway *gateway)
{
	guint n = gateway->open.length / TICKS_A_ROUND + 1;

	while (n-- && gateway->open.head) {
		GList *l = gateway->open.head;

		g_queue_unlink(&gateway->open, l);
		g_queue_push_tail_link(&gateway->open, l);
		relay_tick(l->data);
	}
}

gboolean gateway_tick(struct gateway *gateway)
{
	gint64 now = loop_now_us(gateway->loop);

	tick_young(gateway);
	tick_open(gateway);
	if (now >= gateway->next_second_us) {
		gateway->next_second_us = now + G_USEC_PER_SEC;
		sessions_tick(gateway->sessions, unix_s());
		resume_listeners(gateway);
	}
	if (gateway->draining && now >= gateway->drain_end_us)
		end_all(&gateway->open, END_DRAIN);
	return !gateway->draining || gateway->open.length + gateway->young.length;
}

struct sessions *gateway_get_sessions(struct gateway *gateway)
{
	return gateway->sessions;
}

static void add_bytes(gpointer data, gpointer user_data)
{
	const struct relay *relay = data;
	struct metrics *m = user_data;

	m->up_bytes += relay->up_bytes;
	m->down_bytes += relay->down_bytes;
}

char *gateway_format_metrics(struct gateway *gateway)
{
	struct metrics m = gateway->metrics;

	g_queue_foreach(&gateway->open, add_bytes, &m);
	m.sessions = sessions_count_open(gateway->sessions);
	return metrics_format(&m);
}
