/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "client.h"

#include <arpa/inet.h>
#include <gio/gio.h>
#include <string.h>

struct client_proxies {
	GPtrArray *masks; /* of GInetAddressMask */
};

struct client_proxies *client_proxies_parse(char **networks, GError **error)
{
	struct client_proxies *proxies = g_new0(struct client_proxies, 1);

	proxies->masks = g_ptr_array_new_with_free_func(g_object_unref);
	for (guint i = 0; networks && networks[i]; i++) {
		GInetAddressMask *mask;

		if (!*networks[i])
			continue;
		mask = g_inet_address_mask_new_from_string(networks[i], error);
		if (!mask) {
			client_proxies_free(proxies);
			return NULL;
		}
		g_ptr_array_add(proxies->masks, mask);
	}
	return proxies;
}

void client_proxies_free(struct client_proxies *proxies)
{
	if (!proxies)
		return;
	g_ptr_array_unref(proxies->masks);
	g_free(proxies);
}

static gboolean is_proxy(const struct client_proxies *proxies, GInetAddress *address)
{
	for (guint i = 0; i < proxies->masks->len; i++)
		if (g_inet_address_mask_matches(proxies->masks->pdata[i], address))
			return TRUE;
	return FALSE;
}

static void write_address(GInetAddress *address, char out[CLIENT_TEXT_BYTES])
{
	g_autofree char *text = g_inet_address_to_string(address);

	g_strlcpy(out, text, CLIENT_TEXT_BYTES);
}

/* From the end on: each proxy adds whom it saw. */
static void take_forwarded(const struct client_proxies *proxies, const char *forwarded,
		char out[CLIENT_TEXT_BYTES])
{
	g_auto(GStrv) all = g_strsplit(forwarded, ",", -1);

	for (guint i = g_strv_length(all); i-- > 0;) {
		g_autoptr(GInetAddress) address =
				g_inet_address_new_from_string(g_strstrip(all[i]));

		if (!address)
			return;
		write_address(address, out);
		if (!is_proxy(proxies, address))
			return;
	}
}

void client_address(const struct client_proxies *proxies, const char *peer, const char *forwarded,
		char out[CLIENT_TEXT_BYTES])
{
	g_autoptr(GInetAddress) address = *peer ? g_inet_address_new_from_string(peer) : NULL;

	g_strlcpy(out, *peer ? peer : "local", CLIENT_TEXT_BYTES);
	if (forwarded && (!*peer || (address && is_proxy(proxies, address))))
		take_forwarded(proxies, forwarded, out);
}

void client_rate_key(const char *address, char out[CLIENT_TEXT_BYTES])
{
	struct in6_addr bytes;

	g_strlcpy(out, address, CLIENT_TEXT_BYTES);
	if (inet_pton(AF_INET6, address, &bytes) != 1 || IN6_IS_ADDR_V4MAPPED(&bytes))
		return;
	memset(&bytes.s6_addr[8], 0, 8);
	inet_ntop(AF_INET6, &bytes, out, CLIENT_TEXT_BYTES);
}
