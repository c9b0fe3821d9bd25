/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "remote/remote-engine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "engine/local-engine.h"
#include "frame/picture.h"
#include "remote/connection.h"

/* A GPU that hangs is given up after 300 ms in osvdi-encoder, which then encodes again. */
#define LIMIT_MS 3000u
#define RETRY_US 100000u
#define RETRY_MAX_US 8000000u
/* The next connection after one that lasted so long is tried without a pause. */
#define LASTED_US 1000000u
/* This process may not be able to read a DMA-BUF, which waits so long for one that starts. */
#define START_US 400000u

struct remote_engine {
	struct engine base;
	struct engine *local;
	struct connection connection;
	struct message_hello hello;
	struct encoder_names names;
	char *socket;
	unsigned head;
	int quit_fd;
	unsigned limit_ms;
	uint64_t opened_us, retry_us, pause_us;
	bool said;      /* the log says that there is no osvdi-encoder */
	bool forgive;   /* with the next job */
	uint32_t home;  /* counts connections */
	uint32_t video_home;  /* where the last picture was encoded; 0: in this process */
	uint32_t pixels, pixels_home; /* where the pixels of this number are */
};

static struct remote_engine *of(struct engine *base)
{
	return (struct remote_engine *)base;
}

static const char *reason(const struct remote_engine *e, int error)
{
	switch (error) {
	case -EPROTO:
		return e->connection.wrong ? e->connection.wrong : "it sent what cannot be";
	case -ETIME:
		return "it does not answer";
	case -ECONNRESET:
		return "it has ended";
	default:
		return strerror(-error);
	}
}

/* Said once until it is back. */
static void say_lost(struct remote_engine *e, int error)
{
	if (!e->said)
		log_warning("display %u: no encoder process at %s (%s): the processor encodes in "
				"this process until there is one; see osvdi-encoder(8)",
				e->head, e->socket, reason(e, error));
	e->said = true;
}

static void lose(struct remote_engine *e, int error)
{
	uint64_t now = clock_now_us();
	bool lasted = e->connection.ready && now - e->opened_us > LASTED_US;

	if (error != -ECANCELED)
		say_lost(e, error);
	connection_close(&e->connection);
	e->pause_us = lasted || !e->pause_us ? RETRY_US : e->pause_us * 2;
	if (e->pause_us > RETRY_MAX_US)
		e->pause_us = RETRY_MAX_US;
	e->retry_us = now + (lasted ? 0 : e->pause_us);
}

static void reach(struct remote_engine *e)
{
	int ret;

	if (e->connection.fd >= 0 || clock_now_us() < e->retry_us)
		return;
	ret = connection_open(&e->connection, e->socket, &e->hello, &e->names, e->quit_fd);
	e->opened_us = clock_now_us();
	if (ret < 0)
		lose(e, ret);
}

static void welcome(struct remote_engine *e)
{
	e->home++;
	log_info("display %u: the encoder process at %s works", e->head, e->socket);
	e->said = false;
}

/* False: there is no osvdi-encoder now. */
static bool is_there(struct remote_engine *e, const struct job *job)
{
	bool was_ready;
	uint64_t now;
	int ret;

	reach(e);
	if (e->connection.fd < 0)
		return false;
	was_ready = e->connection.ready;
	now = clock_now_us();
	ret = connection_ready(&e->connection, job->frame ? e->opened_us + START_US : now);
	if (ret > 0 && !was_ready)
		welcome(e);
	if (ret == 0 && now > e->opened_us + e->limit_ms * UINT64_C(1000))
		ret = -ETIME;
	if (ret < 0)
		lose(e, ret);
	return ret > 0;
}

/* Encoders of the processor, for this codec. The host may have named none. */
static void keep_plain_encoders(struct job_config *config)
{
	const char *last = config->codec == CODEC_MJPEG ? "mjpeg" : "x264";
	struct encoder_info info;
	uint32_t n = 0;

	for (uint32_t i = 0; i < config->n_encoders; i++)
		if (encoder_info_at(config->encoders[i], &info) &&
				!(info.caps & ENCODER_HARDWARE) && info.codec == config->codec)
			config->encoders[n++] = info.id;
	if (!n && encoder_info_find(last, &info))
		config->encoders[n++] = info.id;
	config->n_encoders = n;
}

/* Pixels that a job works with stayed where the job does not run: what they remember is lost. */
static bool lost_pixels(struct remote_engine *e, const struct job *job, uint32_t home)
{
	if (!job->pixels)
		return false;
	if (job->pixels == e->pixels)
		return e->pixels_home != home;
	e->pixels = job->pixels;
	e->pixels_home = home;
	return false;
}

static void begin(const struct job *job, struct job_result *result)
{
	result->generation = job->generation;
	result->kind = job->kind;
	result->capture_us = job->capture_us;
	result->tiles = job->tiles != NULL;
	result->look = job->look != NULL;
	result->error = result->pixels_error = 0;
	result->read_bytes = result->cpu_us = 0;
	result->source_us = result->wait_us = result->tries = 0;
	memset(&result->encoder, 0, sizeof result->encoder);
	result->start_us = result->done_us = clock_now_us();
}

/* Without its pixels a picture goes out all the same, and tells of them. */
static bool ends_without_pixels(struct job *job, struct job_result *result)
{
	job->pixels = 0;
	if (!job->look && !job->tiles)
		return false;
	begin(job, result);
	packet_reset(&result->packet);
	result->error = result->pixels_error = -ECONNRESET;
	return true;
}

/* The job where `home` is. A picture in another place than the one before is a key frame. */
static bool prepare(struct remote_engine *e, struct job *job, uint32_t home, bool *lost,
		struct job_result *result)
{
	*lost = lost_pixels(e, job, home);
	if (*lost && ends_without_pixels(job, result))
		return false;
	if (!job->look && !job->tiles)
		job->key = job->key || e->video_home != home;
	return true;
}

static void run_here(struct remote_engine *e, const struct job *job, struct job_result *result)
{
	struct job plain = *job;
	bool lost;

	if (!prepare(e, &plain, 0, &lost, result))
		return;
	keep_plain_encoders(&plain.config);
	engine_run(e->local, &plain, result);
	if (!plain.look && !plain.tiles)
		e->video_home = 0;
	if (lost)
		result->pixels_error = -ECONNRESET;
}

/* An encoder process without an encoder that works is as good as none. */
static int judge(const struct job *job, const struct job_result *result)
{
	if (!result->error || job->look || job->tiles)
		return 0;
	return result->error == -ENODEV ? -EIO : result->error;
}

/* False: osvdi-encoder did not do it. */
static bool run_there(struct remote_engine *e, const struct job *job, struct job_result *result)
{
	struct job other = *job;
	uint64_t limit;
	bool lost;
	int ret;

	if (!prepare(e, &other, e->home, &lost, result))
		return true;
	begin(&other, result);
	limit = result->start_us + e->limit_ms * UINT64_C(1000);
	ret = connection_run(&e->connection, &other, e->forgive, limit, result);
	if (ret == 0)
		ret = judge(&other, result);
	if (ret < 0) {
		if (ret != -ENODEV || !e->connection.names.works)
			lose(e, ret);
		return false;
	}
	result->done_us = clock_now_us();
	e->forgive = false;
	if (!other.look && !other.tiles)
		e->video_home = e->home;
	if (lost)
		result->pixels_error = -ECONNRESET;
	return true;
}

/* Pixels in memory are compressed here. A picture that is not shared cannot leave. */
static bool is_local(const struct job *job)
{
	return job->tiles ? !job->pixels : job->picture && !job->picture->shared;
}

/* A process that has just ended is there again in a moment, and may be the only one that can read
 * a DMA-BUF. */
static bool run_again(struct remote_engine *e, const struct job *job, struct job_result *result)
{
	return job->frame && e->connection.fd < 0 && is_there(e, job) && run_there(e, job, result);
}

static void run(struct engine *base, const struct job *job, struct job_result *result)
{
	struct remote_engine *e = of(base);

	result->remote = false;
	if (is_local(job))
		engine_run(e->local, job, result);
	else if ((is_there(e, job) && run_there(e, job, result)) || run_again(e, job, result))
		result->remote = true;
	else
		run_here(e, job, result);
}

static void forgive(struct engine *base)
{
	struct remote_engine *e = of(base);

	engine_forgive(e->local);
	e->forgive = true;
}

static void interrupt(struct engine *base)
{
	uint64_t one = 1;

	if (write(of(base)->quit_fd, &one, sizeof one) < 0)
		log_error("eventfd: %s", strerror(errno));
}

static void destroy(struct engine *base)
{
	struct remote_engine *e = of(base);

	connection_close(&e->connection);
	engine_destroy(e->local);
	if (e->quit_fd >= 0)
		close(e->quit_fd);
	free(e->socket);
	free(e);
}

static const struct engine_impl remote_engine = {
	.run = run,
	.forgive = forgive,
	.interrupt = interrupt,
	.destroy = destroy,
};

static void fill_hello(struct remote_engine *e, const struct remote_params *params)
{
	struct message_hello *hello = &e->hello;

	*hello = (struct message_hello){
		.type = MESSAGE_HELLO,
		.magic = MESSAGE_MAGIC,
		.version = MESSAGE_VERSION,
		.n_encoders = params->n_encoders,
		.fps = params->fps,
	};
	if (strcmp(params->render_node, "auto"))
		snprintf(hello->render_node, sizeof hello->render_node, "%s", params->render_node);
	e->names.n = params->n_encoders;
	for (unsigned i = 0; i < params->n_encoders; i++) {
		memcpy(hello->encoders[i], params->encoders[i].name, sizeof hello->encoders[i]);
		e->names.ids[i] = params->encoders[i].id;
	}
}

static unsigned limit_ms(void)
{
	const char *ms = secure_getenv("SPICE_ACCEL_ENCODER_LIMIT_MS");
	unsigned long limit = ms ? strtoul(ms, NULL, 10) : 0;

	return limit && limit < 600000 ? (unsigned)limit : LIMIT_MS;
}

int remote_engine_create(struct engine **out, const struct remote_params *params)
{
	struct remote_engine *e = calloc(1, sizeof *e);
	int ret = -ENOMEM;

	if (!e)
		return ret;
	e->base.impl = &remote_engine;
	e->connection.fd = e->quit_fd = -1;
	e->head = params->head;
	e->limit_ms = limit_ms();
	fill_hello(e, params);
	e->socket = strdup(params->socket);
	if (!e->socket)
		goto fail;
	e->quit_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (e->quit_fd < 0) {
		ret = -errno;
		goto fail;
	}
	ret = local_engine_create(&e->local);
	if (ret < 0)
		goto fail;
	local_engine_forbid_gpu(e->local);
	reach(e); /* it starts while nobody needs it yet */
	*out = &e->base;
	return 0;

fail:
	destroy(&e->base);
	return ret;
}
