/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loads a relay, for tests/bench/gateway:
 *
 *   gateway-load echo PORT               a server that sends back what it gets
 *   gateway-load source PORT             one that sends without end once it got something
 *   gateway-load delay PORT KIND N       N small messages there and back: "P50 P99" in us
 *   gateway-load silent PORT             one that takes many connections and says nothing
 *   gateway-load pull PORT KIND SECONDS  bytes that come, after "ready" and a line of input
 *   gateway-load idle PORT KIND N        opens N channels, says "ready", waits for a line
 *
 * KIND: "raw", "websocket", or "gateway", whose ticket is in the variable TICKET.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MESSAGE 64
#define BLOCK 65536

/* A main channel's link message: what a gateway must see first. */
static const uint8_t link_message[] =
		"REDQ\2\0\0\0\2\0\0\0\26\0\0\0\0\0\0\0\1\0\1\0\0\0\0\0\0\0\22\0\0\0\13\0\0";

static void die(const char *what)
{
	fprintf(stderr, "gateway-load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static struct sockaddr_in address_of(const char *port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static void no_delay(int fd)
{
	int one = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

/* ---- servers ------------------------------------------------------------- */

static void *serve_echo(void *data)
{
	int fd = (int)(intptr_t)data;
	uint8_t bytes[BLOCK];
	ssize_t n;

	while ((n = recv(fd, bytes, sizeof bytes, 0)) > 0 &&
			send(fd, bytes, (size_t)n, MSG_NOSIGNAL) == n)
		;
	close(fd);
	return NULL;
}

static void *serve_source(void *data)
{
	int fd = (int)(intptr_t)data;
	static uint8_t bytes[BLOCK];

	if (recv(fd, bytes, sizeof bytes, 0) > 0)
		while (send(fd, bytes, sizeof bytes, MSG_NOSIGNAL) > 0)
			;
	close(fd);
	return NULL;
}

static int serve(const char *port, void *(*func)(void *data))
{
	struct sockaddr_in a = address_of(port);
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1, client;
	pthread_attr_t small;
	pthread_t thread;

	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 2 * BLOCK);
	pthread_attr_setdetachstate(&small, PTHREAD_CREATE_DETACHED);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(fd, (struct sockaddr *)&a, sizeof a) < 0 || listen(fd, 4096) < 0)
		die("listen");
	while ((client = accept(fd, NULL, NULL)) >= 0) {
		no_delay(client);
		if (pthread_create(&thread, &small, func, (void *)(intptr_t)client))
			die("thread");
	}
	return 1;
}

/* A server of channels that say nothing needs no thread for each. */
static int serve_idle(const char *port)
{
	struct sockaddr_in a = address_of(port);
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1, client;
	uint8_t bytes[256];

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(fd, (struct sockaddr *)&a, sizeof a) < 0 || listen(fd, 4096) < 0)
		die("listen");
	while ((client = accept(fd, NULL, NULL)) >= 0)
		if (recv(client, bytes, sizeof bytes, 0) < 0)
			close(client);
	return 1;
}

/* ---- clients ------------------------------------------------------------- */

static void send_all(int fd, const void *data, size_t size)
{
	if (send(fd, data, size, MSG_NOSIGNAL) != (ssize_t)size)
		die("send");
}

static void receive_all(int fd, uint8_t *data, size_t size)
{
	for (size_t at = 0; at < size;) {
		ssize_t n = recv(fd, data + at, size - at, 0);

		if (n <= 0)
			die("receive");
		at += (size_t)n;
	}
}

/* Up to 125 bytes; a mask of zeros is a mask. */
static void send_message(int fd, bool framed, const void *data, size_t size)
{
	uint8_t bytes[6 + 125] = { 0x82, 0x80 | (uint8_t)size };

	if (!framed) {
		send_all(fd, data, size);
		return;
	}
	memcpy(bytes + 6, data, size);
	send_all(fd, bytes, size + 6);
}

static void receive_message(int fd, bool framed, size_t size)
{
	uint8_t bytes[2 + 125];

	receive_all(fd, bytes, size + (framed ? 2 : 0));
}

static void shake_hands(int fd, const char *kind)
{
	const char *ticket = strcmp(kind, "gateway") == 0 ? getenv("TICKET") : NULL;
	char text[8192];
	size_t n = 0;

	snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
			"Connection: Upgrade\r\n"
				    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
				    "Sec-WebSocket-Version: 13\r\n"
				    "Sec-WebSocket-Protocol: binary\r\n%s%s%s\r\n",
			ticket ? "/gw" : "/", ticket ? "Authorization: Bearer " : "",
			ticket ? ticket : "", ticket ? "\r\n" : "");
	send_all(fd, text, strlen(text));
	do
		receive_all(fd, (uint8_t *)text + n++, 1);
	while (n < 4 || memcmp(text + n - 4, "\r\n\r\n", 4) != 0);
	if (memcmp(text, "HTTP/1.1 101", 12) != 0) {
		fprintf(stderr, "gateway-load: %.*s\n", (int)n, text);
		exit(1);
	}
}

static int open_channel(const char *port, const char *kind, bool *framed)
{
	struct sockaddr_in a = address_of(port);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (connect(fd, (struct sockaddr *)&a, sizeof a) < 0)
		die("connect");
	no_delay(fd);
	*framed = strcmp(kind, "raw") != 0;
	if (*framed)
		shake_hands(fd, kind);
	return fd;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int delay(const char *port, const char *kind, int n)
{
	double *times = calloc((size_t)n, sizeof *times);
	uint8_t message[MESSAGE] = { 0 };
	bool framed;
	int fd = open_channel(port, kind, &framed);

	send_message(fd, framed, link_message, 38);
	receive_message(fd, framed, 38);
	for (int i = 0; i < n; i++) {
		double start = now_us();

		send_message(fd, framed, message, sizeof message);
		receive_message(fd, framed, sizeof message);
		times[i] = now_us() - start;
		usleep(500); /* as a user types, not as fast as it goes */
	}
	qsort(times, (size_t)n, sizeof *times, compare);
	printf("%.1f %.1f\n", times[n / 2], times[(int)(n * 0.99)]);
	free(times);
	return 0;
}

static void tell_and_wait(const char *text)
{
	char line[8];

	puts(text);
	fflush(stdout);
	if (!fgets(line, sizeof line, stdin))
		exit(1);
}

static int pull(const char *port, const char *kind, double seconds)
{
	static uint8_t bytes[4 * BLOCK];
	double end;
	uint64_t sum = 0;
	char text[24];
	bool framed;
	int fd = open_channel(port, kind, &framed);

	tell_and_wait("ready");
	send_message(fd, framed, link_message, 38);
	end = now_us() + seconds * 1e6;
	while (now_us() < end) {
		ssize_t n = recv(fd, bytes, sizeof bytes, 0);

		if (n <= 0)
			die("receive");
		sum += (uint64_t)n;
	}
	snprintf(text, sizeof text, "%llu", (unsigned long long)sum);
	tell_and_wait(text); /* a relay that ends with its channel is still there */
	return 0;
}

static int idle(const char *port, const char *kind, int n)
{
	struct rlimit limit;
	bool framed;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	for (int i = 0; i < n; i++) {
		int fd = open_channel(port, kind, &framed);

		send_message(fd, framed, link_message, 38);
	}
	tell_and_wait("ready");
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";

	if (strcmp(what, "echo") == 0)
		return serve(argv[2], serve_echo);
	if (strcmp(what, "source") == 0)
		return serve(argv[2], serve_source);
	if (strcmp(what, "silent") == 0) {
		struct rlimit limit;

		getrlimit(RLIMIT_NOFILE, &limit);
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
		return serve_idle(argv[2]);
	}
	if (argc == 5 && strcmp(what, "delay") == 0)
		return delay(argv[2], argv[3], atoi(argv[4]));
	if (argc == 5 && strcmp(what, "pull") == 0)
		return pull(argv[2], argv[3], atof(argv[4]));
	if (argc == 5 && strcmp(what, "idle") == 0)
		return idle(argv[2], argv[3], atoi(argv[4]));
	fputs("gateway-load: see the start of gateway-load.c\n", stderr);
	return 2;
}
