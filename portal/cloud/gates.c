/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gates.h"

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <string.h>

#define PATIENCE_S 5
#define ANSWER_MAX_BYTES 1024

static gboolean ask(GSocketConnection *connection, const char *line, GError **error)
{
	GIOStream *stream = G_IO_STREAM(connection);
	char answer[ANSWER_MAX_BYTES + 1];
	gsize size = 0;

	if (!g_output_stream_write_all(g_io_stream_get_output_stream(stream), line, strlen(line),
			    NULL, NULL, error) ||
			!g_input_stream_read_all(g_io_stream_get_input_stream(stream), answer,
					ANSWER_MAX_BYTES, &size, NULL, error))
		return FALSE;
	answer[size] = '\0';
	if (strcmp(answer, "ok\n") == 0 || g_str_has_suffix(answer, "\nok\n"))
		return TRUE;
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "the gateway says: %s",
			g_strchomp(answer));
	return FALSE;
}

static gboolean revoke_one(const char *path, const char *session, GError **error)
{
	g_autoptr(GSocketAddress) address = g_unix_socket_address_new(path);
	g_autoptr(GSocketClient) client = g_socket_client_new();
	g_autoptr(GSocketConnection) connection = NULL;
	g_autofree char *line = g_strdup_printf("revoke session %s\n", session);

	g_socket_client_set_timeout(client, PATIENCE_S);
	connection = g_socket_client_connect(client, G_SOCKET_CONNECTABLE(address), NULL, error);
	return connection && ask(connection, line, error);
}

/* One that does not answer is not asked for each session. */
static gboolean revoke_all(const char *path, const GPtrArray *sessions)
{
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < sessions->len; i++) {
		if (revoke_one(path, sessions->pdata[i], &error))
			continue;
		g_warning("Sessions are not ended at the gateway %s: %s", path, error->message);
		return FALSE;
	}
	return TRUE;
}

gboolean gates_revoke(const char *sockets, const GPtrArray *sessions)
{
	g_auto(GStrv) all = g_strsplit_set(sockets, "; ", -1);
	gboolean ok = TRUE;

	for (guint i = 0; all[i]; i++)
		if (*all[i])
			ok = revoke_all(all[i] + strlen("unix:"), sessions) && ok;
	return ok;
}
