/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "targets.h"

#include <gio/gio.h>
#include <netinet/in.h>

struct targets {
	GPtrArray *masks; /* GInetAddressMask */
};

void targets_free(struct targets *targets)
{
	if (!targets)
		return;
	g_ptr_array_unref(targets->masks);
	g_free(targets);
}

struct targets *targets_parse(const char *text, GError **error)
{
	struct targets *targets = g_new0(struct targets, 1);
	g_auto(GStrv) words = g_strsplit_set(text, ",; \t", -1);

	targets->masks = g_ptr_array_new_with_free_func(g_object_unref);
	for (guint i = 0; words[i]; i++) {
		GInetAddressMask *mask = *words[i] ? g_inet_address_mask_new_from_string(words[i],
				error) : NULL;

		if (mask) {
			g_ptr_array_add(targets->masks, mask);
		} else if (*words[i]) {
			targets_free(targets);
			return NULL;
		}
	}
	if (targets->masks->len)
		return targets;
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "no network is named");
	targets_free(targets);
	return NULL;
}

/* ::ffff:1.2.3.4 is 1.2.3.4, whatever it is written as. */
static GInetAddress *plain_address(const struct sockaddr *address)
{
	const struct sockaddr_in6 *six = (const void *)address;
	const struct sockaddr_in *four = (const void *)address;

	if (address->sa_family == AF_INET)
		return g_inet_address_new_from_bytes((const guint8 *)&four->sin_addr,
				G_SOCKET_FAMILY_IPV4);
	if (address->sa_family != AF_INET6)
		return NULL;
	if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr) || IN6_IS_ADDR_V4COMPAT(&six->sin6_addr))
		return g_inet_address_new_from_bytes(six->sin6_addr.s6_addr + 12,
				G_SOCKET_FAMILY_IPV4);
	return g_inet_address_new_from_bytes(six->sin6_addr.s6_addr, G_SOCKET_FAMILY_IPV6);
}

static gboolean is_never(GInetAddress *address)
{
	return g_inet_address_get_is_any(address) || g_inet_address_get_is_link_local(address) ||
			g_inet_address_get_is_multicast(address);
}

/* 0.0.0.0/0 means the machines of the world, not this one. */
static gboolean is_in(GInetAddressMask *mask, GInetAddress *address)
{
	if (g_inet_address_get_is_loopback(address) &&
			!g_inet_address_get_is_loopback(g_inet_address_mask_get_address(mask)))
		return FALSE;
	return g_inet_address_mask_matches(mask, address);
}

gboolean targets_allow(const struct targets *targets, const struct sockaddr *address)
{
	g_autoptr(GInetAddress) plain = plain_address(address);

	if (!plain || is_never(plain))
		return FALSE;
	for (guint i = 0; i < targets->masks->len; i++)
		if (is_in(targets->masks->pdata[i], plain))
			return TRUE;
	return FALSE;
}
