/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wire/viewers.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <spice.h>
#include <spice/enums.h>

#include "base/log.h"

#define MAX_CHANNELS 128
#define MAX_SOCKETS 256
/* The bytes that may wait in our own socket: enough for a full link, too few to be late (20
 * Mbit/s and 40 ms: 392 ms without the limit, 91 ms with it). */
#define NOT_SENT_LOWAT 16384

struct channel {
	bool used;
	int connection, type, id;
	struct sockaddr_storage peer;
	int fd; /* -1: not looked up; -2: none */
};

struct viewers {
	bool known; /* some event came */
	struct channel channels[MAX_CHANNELS];
	int sockets[MAX_SOCKETS]; /* a ring; descriptors may be closed or used again */
	unsigned next_socket;
};

struct viewers *viewers_create(void)
{
	struct viewers *v = calloc(1, sizeof *v);

	for (unsigned i = 0; v && i < MAX_SOCKETS; i++)
		v->sockets[i] = -1;
	return v;
}

void viewers_destroy(struct viewers *v)
{
	free(v);
}

static void forget_socket(struct viewers *v, int fd)
{
	for (unsigned i = 0; i < MAX_SOCKETS; i++)
		if (v->sockets[i] == fd)
			v->sockets[i] = -1;
}

void viewers_socket_added(struct viewers *v, int fd)
{
	int listening = 0, lowat = NOT_SENT_LOWAT, domain = 0;
	socklen_t size = sizeof listening;

	forget_socket(v, fd);
	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) < 0 ||
			(domain != AF_INET && domain != AF_INET6))
		return;
	size = sizeof listening;
	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) < 0 || listening)
		return;
	if (setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &lowat, sizeof lowat) < 0)
		return; /* not TCP */
	v->sockets[v->next_socket++ % MAX_SOCKETS] = fd;
}

static bool same_peer(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
	if (a->ss_family != b->ss_family)
		return false;
	if (a->ss_family == AF_INET) {
		const struct sockaddr_in *x = (const void *)a, *y = (const void *)b;

		return x->sin_port == y->sin_port && x->sin_addr.s_addr == y->sin_addr.s_addr;
	}
	if (a->ss_family == AF_INET6) {
		const struct sockaddr_in6 *x = (const void *)a, *y = (const void *)b;

		return x->sin6_port == y->sin6_port &&
				!memcmp(&x->sin6_addr, &y->sin6_addr, sizeof x->sin6_addr);
	}
	return false;
}

static int find_socket(const struct viewers *v, const struct sockaddr_storage *peer)
{
	for (unsigned i = 0; i < MAX_SOCKETS; i++) {
		struct sockaddr_storage address;
		socklen_t size = sizeof address;

		if (v->sockets[i] >= 0 &&
				!getpeername(v->sockets[i], (struct sockaddr *)&address, &size) &&
				same_peer(peer, &address))
			return v->sockets[i];
	}
	return -2;
}

static struct channel *find_channel(struct viewers *v, const SpiceChannelEventInfo *info)
{
	for (unsigned i = 0; i < MAX_CHANNELS; i++) {
		struct channel *c = &v->channels[i];

		if (c->used && c->connection == info->connection_id && c->type == info->type &&
				c->id == info->id)
			return c;
	}
	return NULL;
}

static void add_channel(struct viewers *v, const SpiceChannelEventInfo *info)
{
	struct channel *c = find_channel(v, info);

	for (unsigned i = 0; !c && i < MAX_CHANNELS; i++)
		if (!v->channels[i].used)
			c = &v->channels[i];
	if (!c) {
		log_warning("more than %d channels are connected", MAX_CHANNELS);
		return;
	}
	c->used = true;
	c->connection = info->connection_id;
	c->type = info->type;
	c->id = info->id;
	c->fd = -1;
	memset(&c->peer, 0, sizeof c->peer);
	if (info->flags & SPICE_CHANNEL_EVENT_FLAG_ADDR_EXT)
		c->peer = info->paddr_ext;
}

void viewers_channel_event(struct viewers *v, int event, const struct SpiceChannelEventInfo *info)
{
	struct channel *c;

	v->known = true;
	if (event == SPICE_CHANNEL_EVENT_INITIALIZED) {
		add_channel(v, info);
	} else if (event == SPICE_CHANNEL_EVENT_DISCONNECTED) {
		c = find_channel(v, info);
		if (c)
			c->used = false;
	}
}

unsigned viewers_count(const struct viewers *v, bool *known)
{
	int connections[MAX_CHANNELS];
	unsigned n = 0, j;

	*known = v->known;
	for (unsigned i = 0; i < MAX_CHANNELS; i++) {
		const struct channel *c = &v->channels[i];

		if (!c->used || c->type != SPICE_CHANNEL_DISPLAY)
			continue;
		for (j = 0; j < n && connections[j] != c->connection; j++)
			;
		if (j == n)
			connections[n++] = c->connection;
	}
	return n;
}

/* The worst of all viewers of that display. */
bool viewers_link(struct viewers *v, unsigned id, struct link *link)
{
	bool any = false;

	memset(link, 0, sizeof *link);
	for (unsigned i = 0; i < MAX_CHANNELS; i++) {
		struct channel *c = &v->channels[i];
		struct tcp_info info;
		socklen_t size = sizeof info;

		if (!c->used || c->type != SPICE_CHANNEL_DISPLAY || c->id != (int)id)
			continue;
		if (c->fd == -1) /* has no watch yet when the channel is announced */
			c->fd = find_socket(v, &c->peer);
		memset(&info, 0, sizeof info);
		if (c->fd < 0 || getsockopt(c->fd, IPPROTO_TCP, TCP_INFO, &info, &size) < 0)
			continue;
		if (!any || info.tcpi_notsent_bytes > link->unsent_bytes) {
			link->rtt_us = info.tcpi_rtt;
			link->min_rtt_us = info.tcpi_min_rtt;
			link->unsent_bytes = info.tcpi_notsent_bytes;
			link->delivery_kbps = info.tcpi_delivery_rate_app_limited ? 0 :
					(uint32_t)(info.tcpi_delivery_rate * 8 / 1000);
		}
		any = true;
	}
	return any;
}
