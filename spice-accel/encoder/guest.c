/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "guest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "engine/local-engine.h"
#include "guest-job.h"
#include "nodes.h"
#include "remote/check-job.h"
#include "remote/socket.h"

struct guest {
	int fd;
	const char *node;
	struct guest_job job;
};

static int refuse(const char *wrong)
{
	log_error("the host is cut off: %s", wrong);
	return -EPROTO;
}

/* Which of the host's encoders work here. */
static uint32_t probe(struct guest *g)
{
	const struct message_hello *hello = &g->job.hello;
	struct job_config config = { .width = 1280, .height = 720, .fps = hello->fps };
	uint32_t works = 0;

	memcpy(config.render_node, hello->render_node, sizeof config.render_node);
	for (uint32_t i = 0; i < hello->n_encoders; i++) {
		struct encoder_info info;
		char why[256] = "this build of osvdi-encoder does not have it";

		if (encoder_info_find(hello->encoders[i], &info) &&
				local_engine_probe(info.id, &config, why, sizeof why) == 0) {
			g->job.ids[i] = info.id;
			works |= 1u << i;
		} else {
			log_info("encoder %s is not used: %s", hello->encoders[i], why);
		}
	}
	return works;
}

static int answer_hello(struct guest *g)
{
	struct message_ready ready = {
		.type = MESSAGE_READY,
		.magic = MESSAGE_MAGIC,
		.version = MESSAGE_VERSION,
		.works = probe(g),
	};

	g->job.works = ready.works;
	return socket_send(g->fd, &ready, sizeof ready, NULL, 0);
}

/* 0, negative errno. The message comes from a host that need not be one. */
static int take_hello(struct guest *g, const union message *m, size_t size, const int *fds,
		unsigned n_fds)
{
	const char *wrong = check_hello(m, size, n_fds);

	if (wrong)
		return refuse(wrong);
	if (!node_allowed(m->hello.render_node, g->node))
		return refuse("a render node that hosts may not name");
	if (area_map(&g->job.area, fds[0]) < 0)
		return refuse("an area that may shrink, or of another size");
	g->job.hello = m->hello;
	return answer_hello(g);
}

static int take_job(struct guest *g, const union message *m, size_t size, const int *fds,
		unsigned n_fds)
{
	const char *wrong = check_job(m, size, n_fds, &g->job.hello);
	struct message_result result;

	if (!wrong && (!node_allowed(m->job.render_node, g->node) ||
			!node_allowed(m->job.frame.render_node, g->node)))
		wrong = "a render node that hosts may not name";
	if (!wrong)
		wrong = guest_job_run(&g->job, &m->job, fds, &result);
	if (wrong)
		return refuse(wrong);
	return socket_send(g->fd, &result, sizeof result, NULL, 0);
}

/* 1 go on; 0 the host has ended; negative errno. */
static int serve_message(struct guest *g)
{
	int fds[MESSAGE_MAX_FDS], ret;
	union message message;
	unsigned n_fds;
	ssize_t size = socket_receive(g->fd, &message, fds, &n_fds, 0);

	if (size <= 0)
		return size == -EPROTO ? refuse("a message that is too large") : (int)size;
	memset((char *)&message + size, 0, sizeof message - (size_t)size);
	ret = g->job.area.bytes ? take_job(g, &message, (size_t)size, fds, n_fds) :
			take_hello(g, &message, (size_t)size, fds, n_fds);
	socket_close(fds, n_fds);
	return ret < 0 ? ret : 1;
}

int guest_serve(int fd, const char *node)
{
	struct guest g = { .fd = fd, .node = node };
	int ret = guest_job_init(&g.job);

	while (ret == 0 || ret == 1) {
		ret = serve_message(&g);
		if (ret == 0)
			break;
	}
	guest_job_finish(&g.job);
	close(fd);
	return ret == 0 || ret == -EPIPE || ret == -ECONNRESET ? 0 : 1;
}
