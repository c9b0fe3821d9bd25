/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "target/hosts.h"

#include <gio/gio.h>
#include <string.h>

/* The longest name of a host, by RFC 1035. */
#define NAME_MAX_LEN 253

gboolean host_is_ip(const char *text)
{
	g_autofree char *address = g_strndup(text, strcspn(text, "%"));

	return g_hostname_is_ip_address(address);
}

gboolean host_is_valid(const char *text)
{
	const char *p;

	if (!*text || strlen(text) > NAME_MAX_LEN)
		return FALSE;
	for (p = text; *p; p++) /* names in other scripts hold bytes above 127 */
		if (!g_ascii_isalnum(*p) && !strchr("-._", *p) && (guchar)*p < 128)
			return host_is_ip(text);
	return TRUE;
}

gboolean host_looks_random(const char *part, gsize length)
{
	gsize run = strspn(part,
			"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+/=_-");

	return run == strlen(part) && run >= length && strpbrk(part, "0123456789");
}

gboolean host_is_ticket(const char *host)
{
	g_auto(GStrv) parts = g_strsplit(host, ":", -1);
	guint i;

	if (g_str_has_prefix(host, HOST_PROXMOX))
		return TRUE;
	if (host_is_ip(host))
		return FALSE;
	for (i = 0; parts[0] && parts[1] && parts[i]; i++)
		if (host_looks_random(parts[i], HOST_SIGNATURE_LEN) && (i > 0 || parts[2]))
			return TRUE;
	return FALSE;
}
