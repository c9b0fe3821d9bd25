/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "session/tcp-probe.h"
#include "target/proxy.h"
#include "target/target-port.h"

#include <glib/gi18n.h>

struct tcp_probe {
	GCancellable *cancellable;
	guint timer;
	gboolean cancelled, timed_out;
	void (*done)(const GError *error, gpointer data);
	gpointer data;
};

static void connected(GObject *source, GAsyncResult *result, gpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GSocketConnection) connection = g_socket_client_connect_to_host_finish(
			G_SOCKET_CLIENT(source), result, &error);
	struct tcp_probe *probe = data;

	g_clear_handle_id(&probe->timer, g_source_remove);
	if (connection)
		g_io_stream_close(G_IO_STREAM(connection), NULL, NULL);
	if (probe->timed_out && !connection) {
		g_clear_error(&error);
		g_set_error_literal(&error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, _("no answer"));
	}
	if (!probe->cancelled)
		probe->done(error, probe->data);
	g_object_unref(probe->cancellable);
	g_free(probe);
}

static gboolean on_timeout(gpointer data)
{
	struct tcp_probe *probe = data;

	probe->timer = 0;
	probe->timed_out = TRUE;
	g_cancellable_cancel(probe->cancellable);
	return G_SOURCE_REMOVE;
}

/* Gives host and port of the machine to connect to; FALSE if TCP is not used. */
static gboolean get_address(const struct target *target, char **host, guint16 *port)
{
	if (target->kind != TARGET_TCP)
		return FALSE;
	*host = g_strdup(target->proxy ? target->proxy->host : target->host);
	*port = (guint16)(target->proxy ? target->proxy->port : target_port_used(target));
	return TRUE;
}

struct tcp_probe *tcp_probe_start(const struct target *target, guint timeout_ms,
		void (*done)(const GError *error, gpointer data), gpointer data)
{
	g_autoptr(GSocketClient) client = NULL;
	g_autofree char *host = NULL;
	struct tcp_probe *probe;
	guint16 port;

	if (!get_address(target, &host, &port))
		return NULL;
	client = g_socket_client_new();
	g_socket_client_set_enable_proxy(client, FALSE);
	probe = g_new0(struct tcp_probe, 1);
	probe->done = done;
	probe->data = data;
	probe->cancellable = g_cancellable_new();
	probe->timer = g_timeout_add(timeout_ms, on_timeout, probe);
	g_socket_client_connect_to_host_async(
			client, host, port, probe->cancellable, connected, probe);
	return probe;
}

void tcp_probe_cancel(struct tcp_probe *probe)
{
	if (!probe)
		return;
	probe->cancelled = TRUE;
	g_clear_handle_id(&probe->timer, g_source_remove);
	g_cancellable_cancel(probe->cancellable);
}
