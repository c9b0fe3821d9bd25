/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/glib-types.h"

#include <gio/gio.h>
#include <gio/gunixconnection.h>
#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <gio/gunixsocketaddress.h>

void glib_types_register(void)
{
	GType (*const types[])(void) = {
		g_dbus_connection_get_type,
		g_inet_socket_address_get_type,
		g_network_address_get_type,
		g_network_service_get_type,
		g_proxy_address_get_type,
		g_simple_proxy_resolver_get_type,
		g_socket_client_get_type,
		g_socket_get_type,
		g_task_get_type,
		g_tcp_connection_get_type,
		g_tls_certificate_get_type,
		g_tls_client_connection_get_type,
		g_tls_database_get_type,
		g_tls_file_database_get_type,
		g_unix_connection_get_type,
		g_unix_input_stream_get_type,
		g_unix_output_stream_get_type,
		g_unix_socket_address_get_type,
	};
	guint i;

	for (i = 0; i < G_N_ELEMENTS(types); i++)
		g_type_ensure(types[i]());
}
