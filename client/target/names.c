/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "target/names.h"
#include "target/hosts.h"
#include "target/proxy.h"
#include "target/target-port.h"

#include <glib/gi18n.h>
#include <string.h>

/* A proxy's host name with this many random letters is a token. */
#define TOKEN_LEN 32

/* ---- addresses ----------------------------------------------------------- */

/* "host:port", "[IPv6]:port". Owner: caller. */
static char *name_address(const char *host, int port)
{
	return g_strdup_printf(strchr(host, ':') && *host != '[' ? "[%s]:%d" : "%s:%d", host, port);
}

/* ---- titles -------------------------------------------------------------- */

char *name_title(const char *title, gboolean counted, int number)
{
	const char *place = counted ? strstr(title, "%d") : NULL;

	if (!place)
		return number > 1 ? g_strdup_printf("%s (%d)", title, number) : g_strdup(title);
	return g_strdup_printf("%.*s%d%s", (int)(place - title), title, number, place + 2);
}

/* "desk:%d - Press Shift+F12" -> "desk" */
char *name_title_plain(const char *title)
{
	const char *place = strstr(title, "%d");
	gsize length = place ? (gsize)(place - title) : strlen(title);

	while (length && strchr(" :-(#[", title[length - 1]))
		length--;
	if (!place)
		return g_strdup(title);
	if (length)
		return g_strndup(title, length);
	return g_strstrip(g_strdup(place + 2));
}

/* ---- the target's -------------------------------------------------------- */

static gboolean is_secret(const struct target *t)
{
	g_autofree char *first = NULL;

	if (t->kind != TARGET_TCP)
		return FALSE;
	first = g_strndup(t->host, strcspn(t->host, "."));
	return host_is_ticket(t->host) ||
			(t->proxy && !host_is_ip(t->host) && host_looks_random(first, TOKEN_LEN));
}

/* Names the machine of a ticket "pvespiceproxy:TIME:VMID:NODE:...". */
static char *name_proxmox(const struct target *t)
{
	g_auto(GStrv) parts = g_strsplit(t->host, ":", -1);

	if (!g_str_has_prefix(t->host, HOST_PROXMOX) || g_strv_length(parts) < 5 || !*parts[2] ||
			!*parts[3] || host_looks_random(parts[2], HOST_SIGNATURE_LEN) ||
			host_looks_random(parts[3], HOST_SIGNATURE_LEN))
		return NULL;
	return g_strdup_printf(_("VM %s on %s"), parts[2], parts[3]);
}

static char *name_secret(const struct target *t, const char *title)
{
	char *name = title ? g_strdup(title) : name_proxmox(t);

	if (name)
		return name;
	return t->proxy ? g_strdup_printf(_("a desktop behind %s"), t->proxy->host) :
			  g_strdup(_("a desktop"));
}

void names_set(struct target *t)
{
	g_autofree char *title = t->title ? name_title_plain(t->title) : NULL;
	gboolean secret = is_secret(t);

	if (title && !*title)
		g_clear_pointer(&title, g_free);
	if (!t->label && secret)
		t->label = name_secret(t, title);
	else if (!t->label && t->kind == TARGET_UNIX)
		t->label = g_path_get_basename(t->unix_path);
	else if (!t->label)
		t->label = name_address(t->host, target_port_used(t));
	/* The key must be the same in each connection file of one desktop. */
	g_free(t->key);
	if (t->kind == TARGET_WEBSOCKET && (t->server_uuid || t->resolve_name))
		t->key = g_strdup(t->server_uuid ? t->server_uuid : t->resolve_name);
	else if (title && (t->kind == TARGET_WEBSOCKET || t->delete_file))
		t->key = g_strdup(title);
	else
		t->key = g_strdup(t->label);
}
