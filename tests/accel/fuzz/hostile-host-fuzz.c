/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/*
 * A hostile host against osvdi-encoder: messages with or without descriptors, and an area with any
 * bytes. The engine here encodes nothing. It touches all that a job claims to have, so that
 * AddressSanitizer sees what is not there.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/local-engine.h"
#include "frame/frame.h"
#include "guest-job.h"
#include "remote/check-job.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile unsigned sum;

static void touch(const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i += 61)
		sum += bytes[i];
	if (n)
		sum += bytes[n - 1];
}

static void touch_picture(const struct picture *p)
{
	unsigned n = p->format == PICTURE_J420 ? 3 : 2;

	for (unsigned i = 0; i < n; i++)
		touch(p->plane[i], (size_t)p->stride[i] * (i ? p->height / 2 : p->height));
}

static void touch_look(struct look *look)
{
	struct shadow *s = look->shadow;
	size_t blocks = blocks_count(&s->blocks);
	struct spice_accel_rect bounds = damage_bounds(&look->reported);
	struct tile_span span = blocks_touched(&s->blocks, &bounds);

	for (uint32_t y = span.y0; y < span.y1; y++)
		s->answer[(size_t)y * s->blocks.columns + span.x0] = 1;
	for (size_t i = 0; i < blocks; i++)
		if (s->known[i] > 1 || s->same[i] > 1)
			abort();
}

static void touch_damage(const struct damage *damage, uint32_t width, uint32_t height)
{
	for (unsigned i = 0; i < damage->n; i++) {
		const struct spice_accel_rect *r = &damage->rects[i];

		if (r->x < 0 || r->y < 0 || r->x + r->width > (int32_t)width ||
				r->y + r->height > (int32_t)height)
			abort();
	}
}

static void run(struct engine *engine, const struct job *job, struct job_result *result)
{
	packet_reset(&result->packet);
	result->error = 0;
	if (job->picture)
		touch_picture(job->picture);
	if (job->look)
		touch_look(job->look);
	else if (job->tiles)
		result->error = -5;
	else {
		touch_damage(&job->damage, job->config.width, job->config.height);
		packet_append(&result->packet, "unit", 4);
		result->encoder.id = job->config.encoders[0];
	}
}

static void nothing(struct engine *engine)
{
}

static const struct engine_impl impl = { .run = run, .forgive = nothing, .destroy = nothing };
static struct engine engine = { &impl };

int local_engine_create(struct engine **out)
{
	*out = &engine;
	return 0;
}

/* A memfd as a host would share one; sealed or not. */
static int make_fd(uint8_t kind, const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	off_t length = kind & 1 ? (off_t)MESSAGE_AREA_BYTES : (off_t)(kind & 0xfe) * 4096;

	if (fd < 0 || ftruncate(fd, length) < 0)
		abort();
	if (size && length && write(fd, data, size < 4096 ? size : 4096) < 0)
		abort();
	if (!(kind & 2))
		fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK);
	return fd;
}

static void set_up(struct guest_job *g, const uint8_t *data, size_t size)
{
	int fd = make_fd(1, data, size);

	memset(g, 0, sizeof *g);
	guest_job_init(g);
	g->hello.n_encoders = 2;
	g->works = 1;
	if (area_map(&g->area, fd) < 0)
		abort();
	close(fd);
}

static void run_job(struct guest_job *g, const uint8_t *data, size_t size)
{
	struct message_job job = { .type = MESSAGE_JOB };
	size_t n = size - 1 < sizeof job - 4 ? size - 1 : sizeof job - 4;
	unsigned n_fds = data[0] & 3;
	struct message_result result;
	int fds[3];

	memcpy((uint8_t *)&job + 4, data + 1, n);
	/* Sizes that the fuzzer can pay for. */
	job.width &= 1023;
	job.height &= 1023;
	job.frame.width &= 1023;
	job.frame.height &= 1023;
	for (unsigned i = 0; i < n_fds; i++)
		fds[i] = make_fd((uint8_t)(data[0] >> 2 | (i ? 0 : 0xc0)), data, size);
	if (!check_job(&job, sizeof job, n_fds, &g->hello))
		guest_job_run(g, &job, fds, &result);
	for (unsigned i = 0; i < n_fds; i++)
		close(fds[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct guest_job g;
	size_t half = size / 2;

	if (size < 2)
		return 0;
	check_hello(data, size, 1);
	set_up(&g, data, size);
	/* Two jobs, of which the second may count on what the first left. */
	run_job(&g, data, half ? half : 1);
	run_job(&g, data + half, size - half);
	guest_job_finish(&g);
	return 0;
}
