/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * osvdi-link NETNS_A NETNS_B MBIT ONE_WAY_MS QUEUE_KB
 *
 * A slow link between two network namespaces: packets that a TUN interface
 * of one gets leave the other's at a limited rate, after a delay, through a
 * queue that drops at its end. Prints "up" when both interfaces (lk0) are
 * there. Real TCP on both sides.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/if.h>
#include <linux/if_tun.h>

#include "base/clock.h"

#define MAX_PACKET 2048

struct link_packet {
	struct link_packet *next;
	uint64_t at_us; /* leaves then */
	ssize_t size;
	uint8_t data[MAX_PACKET];
};

struct direction {
	int in, out;
	struct link_packet *head, **tail;
	uint64_t free_us;      /* the wire is free from then on */
	double bytes_per_us;
	uint64_t delay_us;
	double queue_bytes;    /* at most */
};

static int open_tun(const char *namespace)
{
	char path[256];
	struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	int ns, fd;

	snprintf(path, sizeof path, "/run/netns/%s", namespace);
	ns = open(path, O_RDONLY | O_CLOEXEC);
	if (ns < 0 || setns(ns, CLONE_NEWNET) < 0) {
		perror(path);
		exit(1);
	}
	close(ns);
	fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	strcpy(request.ifr_name, "lk0");
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0) {
		perror("/dev/net/tun");
		exit(1);
	}
	return fd;
}

static void deliver(struct direction *d, uint64_t now)
{
	while (d->head && d->head->at_us <= now) {
		struct link_packet *p = d->head;

		d->head = p->next;
		if (!d->head)
			d->tail = &d->head;
		if (write(d->out, p->data, (size_t)p->size) < 0 && errno != EAGAIN && errno != EIO)
			perror("lk0");
		free(p);
	}
}

/* False when there is nothing to read. */
static bool take(struct direction *d, uint64_t now)
{
	struct link_packet *p = malloc(sizeof *p);
	uint64_t start = d->free_us > now ? d->free_us : now;

	if (!p)
		abort();
	p->next = NULL;
	p->size = read(d->in, p->data, sizeof p->data);
	if (p->size <= 0) {
		free(p);
		return false;
	}
	if ((double)(start - now) * d->bytes_per_us > d->queue_bytes) {
		free(p); /* the queue is full */
		return true;
	}
	d->free_us = start + (uint64_t)((double)p->size / d->bytes_per_us);
	p->at_us = d->free_us + d->delay_us;
	*d->tail = p;
	d->tail = &p->next;
	return true;
}

static int timeout_ms(const struct direction *d, uint64_t now)
{
	uint64_t next = now + 1000000;

	for (int i = 0; i < 2; i++)
		if (d[i].head && d[i].head->at_us < next)
			next = d[i].head->at_us;
	return next <= now ? 0 : (int)((next - now) / 1000);
}

int main(int argc, char **argv)
{
	struct direction d[2] = { { 0 } };
	struct pollfd fds[2];

	if (argc != 6) {
		fprintf(stderr, "usage: osvdi-link NETNS_A NETNS_B MBIT ONE_WAY_MS QUEUE_KB\n");
		return 2;
	}
	d[0].in = d[1].out = open_tun(argv[1]);
	d[1].in = d[0].out = open_tun(argv[2]);
	for (int i = 0; i < 2; i++) {
		d[i].tail = &d[i].head;
		d[i].bytes_per_us = atof(argv[3]) / 8;
		d[i].delay_us = (uint64_t)(atof(argv[4]) * 1000);
		d[i].queue_bytes = atof(argv[5]) * 1024;
		fds[i] = (struct pollfd){ .fd = d[i].in, .events = POLLIN };
	}
	puts("up");
	fflush(stdout);
	for (;;) {
		uint64_t now = clock_now_us();

		deliver(&d[0], now);
		deliver(&d[1], now);
		poll(fds, 2, timeout_ms(d, now));
		now = clock_now_us();
		for (int i = 0; i < 2; i++)
			while (take(&d[i], now))
				;
	}
}
