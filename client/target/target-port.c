/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "target/target-port.h"

gboolean target_port_parse(const char *text, int *port)
{
	static const char *const none[] = {
		"", "none", "null", "nil", "no", "false", "off", "-", NULL,
	};
	g_autofree char *lower = g_strstrip(g_ascii_strdown(text, -1));
	gint64 value;

	*port = 0;
	if (g_strv_contains(none, lower))
		return TRUE;
	if (!g_ascii_string_to_signed(lower, 10, G_MININT32, 65535, &value, NULL))
		return FALSE;
	*port = (int)MAX(value, 0);
	return TRUE;
}

int target_port_used(const struct target *target)
{
	const char *const *secure = (const char *const *)target->secure_channels;
	gboolean tls = secure &&
			(g_strv_contains(secure, "main") || g_strv_contains(secure, "all"));

	return target->tls_port && (tls || !target->port) ? target->tls_port : target->port;
}
