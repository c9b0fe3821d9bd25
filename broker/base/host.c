/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/host.h"
#include "base/text.h"

static enum host_kind kind_of_v4(guint32 address)
{
	if (address >> 24 == 127)
		return HOST_LOOPBACK;
	/* All of 0.0.0.0/8: "this network". */
	if (!(address >> 24))
		return HOST_WILDCARD;
	if (address >> 16 == 0xa9fe)
		return HOST_LINK_LOCAL;
	/* 224.0.0.0/4 and what is reserved above, broadcast at its end */
	return address >> 28 >= 0xe ? HOST_MANY : HOST_ELSEWHERE;
}

static enum host_kind kind_of_v6(const struct in6_addr *a)
{
	guint32 last;

	if (IN6_IS_ADDR_UNSPECIFIED(a))
		return HOST_WILDCARD;
	if (IN6_IS_ADDR_LOOPBACK(a))
		return HOST_LOOPBACK;
	if (IN6_IS_ADDR_LINKLOCAL(a))
		return HOST_LINK_LOCAL;
	if (IN6_IS_ADDR_MULTICAST(a))
		return HOST_MANY;
	if (!IN6_IS_ADDR_V4MAPPED(a) && !IN6_IS_ADDR_V4COMPAT(a))
		return HOST_ELSEWHERE;
	memcpy(&last, a->s6_addr + 12, sizeof(last));
	return kind_of_v4(ntohl(last));
}

static enum host_kind kind_of_address(const struct sockaddr *a)
{
	if (a->sa_family == AF_INET)
		return kind_of_v4(ntohl(((const struct sockaddr_in *)a)->sin_addr.s_addr));
	return kind_of_v6(&((const struct sockaddr_in6 *)a)->sin6_addr);
}

static struct addrinfo *look_up(const char *host, int flags)
{
	const struct addrinfo hints = { .ai_flags = flags, .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;

	return getaddrinfo(host, NULL, &hints, &found) ? NULL : found;
}

/* Letters, digits, "-", "_" and dots; no label begins like an option. */
static gboolean is_name(const char *host)
{
	gsize n = strlen(host);

	if (!n || n > 253 || *host == '.' || strstr(host, ".."))
		return FALSE;
	for (const char *p = host; *p; p++)
		if (!g_ascii_isalnum(*p) && !strchr("-._", *p))
			return FALSE;
	return *host != '-';
}

/* RFC 6761: localhost and all below it. */
static gboolean is_localhost(const char *host)
{
	static const char *const names[] = { "localhost", "localhost.localdomain", "ip6-localhost",
		"ip6-loopback" };
	gsize n = strlen(host);
	g_autofree char *name =
			g_ascii_strdown(host, n && host[n - 1] == '.' ? (gssize)n - 1 : (gssize)n);

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		if (!strcmp(name, names[i]))
			return TRUE;
	return g_str_has_suffix(name, ".localhost");
}

enum host_kind host_kind(const char *host)
{
	struct addrinfo *found;
	enum host_kind kind;

	if (!host || !*host || strlen(host) > 253)
		return HOST_INVALID;
	found = look_up(host, AI_NUMERICHOST);
	if (found) {
		kind = kind_of_address(found->ai_addr);
		freeaddrinfo(found);
		return kind;
	}
	if (!is_name(host))
		return HOST_INVALID;
	return is_localhost(host) ? HOST_LOOPBACK : HOST_ELSEWHERE;
}

gboolean host_is_loopback(const char *host)
{
	enum host_kind kind = host_kind(host);
	struct addrinfo *found;
	gboolean all;

	if (kind != HOST_ELSEWHERE)
		return kind == HOST_LOOPBACK;
	found = look_up(host, 0);
	all = found != NULL;
	for (const struct addrinfo *i = found; i; i = i->ai_next)
		all = all && kind_of_address(i->ai_addr) == HOST_LOOPBACK;
	if (found)
		freeaddrinfo(found);
	return all;
}

gboolean host_check_console(const char *host, gboolean cloud_is_here, const char *whose,
		const char *remedy, GError **error)
{
	static const char *const why[] = {
		[HOST_INVALID] = "which is neither a name nor an address",
		[HOST_LOOPBACK] = "which is each computer's own address",
		[HOST_WILDCARD] = "which is an address to listen at, not to go to",
		[HOST_LINK_LOCAL] = "which leads nowhere outside of one cable",
		[HOST_MANY] = "which is the address of many computers",
	};
	enum host_kind kind = host_kind(host);
	g_autofree char *shown = text_clean(host, 100);

	if (kind == HOST_ELSEWHERE)
		return TRUE;
	if (cloud_is_here &&
			(kind == HOST_LOOPBACK || kind == HOST_WILDCARD || kind == HOST_LINK_LOCAL))
		return TRUE;
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE,
			"%s %s, %s; an administrator has to correct %s", whose,
			*shown ? shown : "\"\"", why[kind], remedy);
	return FALSE;
}

char *host_without_brackets(const char *host)
{
	gsize n = host ? strlen(host) : 0;

	if (n > 2 && host[0] == '[' && host[n - 1] == ']')
		return g_strndup(host + 1, n - 2);
	return g_strdup(host);
}

char *host_of_url(const char *url)
{
	g_autoptr(GUri) uri = url ? g_uri_parse(url, G_URI_FLAGS_ENCODED, NULL) : NULL;

	return uri ? host_without_brackets(g_uri_get_host(uri)) : NULL;
}
