/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "remote/socket.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

union control {
	struct cmsghdr head;
	char bytes[CMSG_SPACE(sizeof(int) * MESSAGE_MAX_FDS)];
};

int socket_connect(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd, ret;

	if (strlen(path) >= sizeof address.sun_path)
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
		return fd;
	ret = -errno;
	close(fd);
	return ret;
}

static void attach(struct msghdr *header, union control *control, const int *fds, unsigned n)
{
	struct cmsghdr *c;

	memset(control, 0, sizeof *control);
	header->msg_control = control->bytes;
	header->msg_controllen = CMSG_SPACE(sizeof(int) * n);
	c = CMSG_FIRSTHDR(header);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int) * n);
	memcpy(CMSG_DATA(c), fds, sizeof(int) * n);
}

int socket_send(int fd, const void *message, size_t size, const int *fds, unsigned n_fds)
{
	struct iovec data = { (void *)message, size };
	struct msghdr header = { .msg_iov = &data, .msg_iovlen = 1 };
	union control control;
	ssize_t sent;

	if (n_fds)
		attach(&header, &control, fds, n_fds);
	do
		sent = sendmsg(fd, &header, MSG_DONTWAIT | MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent < 0 ? -errno : sent == (ssize_t)size ? 0 : -EPROTO;
}

/* The buffer may have room for one descriptor more than a message may have. Then *n says so. */
static void take_fds(struct msghdr *header, int *fds, unsigned *n)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c)) {
		size_t in_it = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < in_it; i++, (*n)++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
			if (*n < MESSAGE_MAX_FDS)
				fds[*n] = fd;
			else
				close(fd);
		}
	}
}

void socket_close(const int *fds, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		close(fds[i]);
}

ssize_t socket_receive(int fd, union message *message, int *fds, unsigned *n_fds, int flags)
{
	struct iovec data = { message, sizeof *message };
	union control control;
	struct msghdr header = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof control.bytes,
	};
	ssize_t size;

	*n_fds = 0;
	do
		size = recvmsg(fd, &header, flags | MSG_CMSG_CLOEXEC);
	while (size < 0 && errno == EINTR);
	if (size < 0)
		return errno == ECONNRESET ? 0 : -errno;
	take_fds(&header, fds, n_fds);
	if (*n_fds <= MESSAGE_MAX_FDS && !(header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
		return size;
	socket_close(fds, *n_fds < MESSAGE_MAX_FDS ? *n_fds : MESSAGE_MAX_FDS);
	*n_fds = 0;
	return -EPROTO;
}
