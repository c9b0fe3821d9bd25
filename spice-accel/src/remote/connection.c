/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "remote/connection.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "frame/frame.h"
#include "frame/picture.h"
#include "remote/check-result.h"
#include "remote/socket.h"

/* A process that floods the host's log is heard that often. */
#define LINES_A_SECOND 20u

static int send_hello(struct connection *c)
{
	return socket_send(c->fd, &c->hello, sizeof c->hello, &c->area.fd, 1);
}

int connection_open(struct connection *c, const char *path, const struct message_hello *hello,
		const struct encoder_names *names, int quit_fd)
{
	int ret;

	memset(c, 0, sizeof *c);
	c->quit_fd = quit_fd;
	c->hello = *hello;
	c->names = *names;
	c->fd = socket_connect(path);
	if (c->fd < 0) {
		ret = c->fd;
		c->fd = -1;
		return ret;
	}
	ret = area_create(&c->area);
	if (ret == 0)
		ret = send_hello(c);
	if (ret < 0)
		connection_close(c);
	return ret;
}

void connection_close(struct connection *c)
{
	if (c->fd < 0)
		return;
	close(c->fd);
	c->fd = -1;
	c->ready = false;
	area_finish(&c->area);
}

/* Control characters of another process do not reach the terminal of whoever reads the log. */
static void take_line(struct connection *c, struct message_log *line)
{
	uint64_t now = clock_now_us();

	if (now - c->lines_us > 1000000) {
		c->lines_us = now;
		c->lines = 0;
	}
	if (c->lines++ >= LINES_A_SECOND)
		return;
	for (char *p = line->text; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	log_write((enum spice_accel_log_level)line->level, "encoder process: %s", line->text);
}

static int refuse(struct connection *c, const char *wrong)
{
	c->wrong = wrong;
	return -EPROTO;
}

/* Waits for a message. 1; 0 the time is over; negative errno. */
static int wait_for(struct connection *c, uint64_t deadline_us)
{
	struct pollfd fds[] = { { c->fd, POLLIN, 0 }, { c->quit_fd, POLLIN, 0 } };
	uint64_t now = clock_now_us(), left = deadline_us > now ? deadline_us - now : 0;
	struct timespec wait = { (time_t)(left / 1000000), (long)(left % 1000000) * 1000 };
	int n = ppoll(fds, 2, &wait, NULL);

	if (n < 0)
		return errno == EINTR ? wait_for(c, deadline_us) : -errno;
	if (fds[1].revents)
		return -ECANCELED;
	return n > 0;
}

/* One message that is no line of the log. Its size; 0: the time is over; negative errno. */
static ssize_t receive(struct connection *c, union message *message, uint64_t deadline_us)
{
	for (;;) {
		int fds[MESSAGE_MAX_FDS], ret = wait_for(c, deadline_us);
		unsigned n_fds;
		ssize_t size;

		if (ret <= 0)
			return ret;
		size = socket_receive(c->fd, message, fds, &n_fds, MSG_DONTWAIT);
		if (size <= 0)
			return size == -EAGAIN ? 0 : size < 0 ? size : -ECONNRESET;
		if (n_fds) {
			socket_close(fds, n_fds);
			return refuse(c, "descriptors that nobody asked for");
		}
		if (size < (ssize_t)sizeof message->type || message->type != MESSAGE_LOG)
			return size;
		c->wrong = check_log(message, (size_t)size);
		if (c->wrong)
			return -EPROTO;
		take_line(c, &message->log);
	}
}

int connection_ready(struct connection *c, uint64_t deadline_us)
{
	union message message;
	ssize_t size;

	if (c->ready)
		return 1;
	memset(&message, 0, sizeof message);
	size = receive(c, &message, deadline_us);
	if (size <= 0)
		return (int)size;
	c->wrong = check_ready(&message, (size_t)size, &c->hello);
	if (c->wrong)
		return -EPROTO;
	c->names.works = message.ready.works;
	c->ready = true;
	return 1;
}

/* The descriptors that go with the job. */
static unsigned take_fds(struct connection *c, const struct job *job, struct message_job *m,
		int *fds)
{
	unsigned n = 0;

	if (job->picture && job->picture->serial != c->picture) {
		m->flags |= MESSAGE_NEW_PICTURE;
		fds[n++] = job->picture->fd;
	}
	for (unsigned i = 0; job->frame && i < job->frame->dmabuf.n_planes; i++)
		fds[n++] = job->frame->dmabuf.fd[i];
	return n;
}

static int send_job(struct connection *c, const struct job *job, bool forgive,
		struct message_job *m)
{
	int fds[MESSAGE_MAX_FDS], ret;
	unsigned n;

	if (!job_write(job, &c->names, &c->area, m))
		return -ENODEV;
	m->flags |= forgive ? MESSAGE_FORGIVE : 0;
	n = take_fds(c, job, m, fds);
	ret = socket_send(c->fd, m, sizeof *m, fds, n);
	if (ret == 0 && job->picture)
		c->picture = job->picture->serial;
	return ret == -EPIPE ? -ECONNRESET : ret == -EAGAIN ? -ETIME : ret;
}

int connection_run(struct connection *c, const struct job *job, bool forgive,
		uint64_t deadline_us, struct job_result *result)
{
	struct message_job sent;
	union message message;
	int ret = send_job(c, job, forgive, &sent);
	ssize_t size;

	if (ret < 0)
		return ret;
	memset(&message, 0, sizeof message);
	size = receive(c, &message, deadline_us);
	if (size <= 0)
		return size < 0 ? (int)size : -ETIME;
	c->wrong = check_result(&message, (size_t)size, &sent);
	if (c->wrong)
		return -EPROTO;
	ret = result_read(&message.result, &c->names, &c->area, job, result);
	if (ret == -EPROTO)
		c->wrong = "tiles that cannot be";
	return ret;
}
