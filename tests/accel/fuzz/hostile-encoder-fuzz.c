/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* A hostile osvdi-encoder against a host: each kind of answer to each kind of job. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <drm_fourcc.h>

#include "frame/picture.h"
#include "remote/connection.h"
#include "remote/socket.h"
#include "tiles/look.h"
#include "tiles/tile-batch.h"

#define WIDTH 320u
#define HEIGHT 200u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The encoders of this build, of which one is enough here. */
bool encoder_info_at(size_t i, struct encoder_info *info)
{
	memset(info, 0, sizeof *info);
	strcpy(info->name, "fake");
	return i == 0;
}

static struct picture picture;
static struct spice_accel_frame *frame;
static struct shadow shadow;
static struct look look;
static struct tile_batch batch;
static int ends[2], quit_fd;

static void set_up(void)
{
	struct spice_accel_dmabuf_params params = {
		.size = sizeof params,
		.width = WIDTH,
		.height = HEIGHT,
		.fourcc = DRM_FORMAT_XRGB8888,
		.n_planes = 1,
		.stride = { WIDTH * 4 },
	};
	int nothing[2];

	if (frame)
		return;
	if (pipe(nothing) < 0 || picture_init_shared(&picture, PICTURE_NV12, WIDTH, HEIGHT) < 0)
		abort();
	quit_fd = nothing[0];
	params.fd[0] = picture.fd;
	if (spice_accel_frame_create_dmabuf(&frame, &params) < 0 ||
			shadow_init(&shadow, WIDTH, HEIGHT) < 0)
		abort();
}

static struct job make_job(uint8_t kind)
{
	const struct spice_accel_rect rect = { 16, 16, 64, 64 };
	struct job job = {
		.number = 5,
		.config = { .width = WIDTH, .height = HEIGHT, .fps = 60, .n_encoders = 1 },
		.drop_unchanged = (kind & 4) != 0,
		.key = (kind & 8) != 0,
	};

	tile_batch_reset(&batch);
	tile_batch_add(&batch, &rect);
	look = (struct look){ .shadow = &shadow };
	damage_add(&look.reported, &rect, WIDTH, HEIGHT);
	switch (kind & 3) {
	case 0:
		job.picture = &picture;
		break;
	case 1:
		job.tiles = &batch;
		break;
	case 2:
		job.look = &look;
		break;
	}
	if (kind & 3) {
		job.frame = frame;
		job.pixels = 1;
	}
	return job;
}

static void check_flags(const uint8_t *flags, uint8_t most)
{
	for (size_t i = 0; i < blocks_count(&shadow.blocks); i++)
		if (flags[i] > most)
			abort();
}

static void check_look(void)
{
	for (unsigned i = 0; i < look.n_moves; i++) {
		const struct move *m = &look.moves[i];

		if (m->to.x < 0 || m->to.x - m->dx < 0 || m->to.y - m->dy < 0 ||
				m->to.x + m->to.width > (int32_t)WIDTH ||
				m->to.y - m->dy + m->to.height > (int32_t)HEIGHT)
			abort();
	}
	check_flags(shadow.known, 1);
	check_flags(shadow.same, 1);
	check_flags(shadow.ask, PIXELS_SAMPLE);
	check_flags(shadow.answer, 1);
}

/* The message that the process sends: raw, or a result whose first fields are right. */
static void answer(const uint8_t *data, size_t size, bool shaped)
{
	struct message_result result = { .type = MESSAGE_RESULT };
	size_t n = size < sizeof result - 24 ? size : sizeof result - 24;

	if (!shaped) {
		socket_send(ends[1], data, size < 4000 ? size : 4000, NULL, 0);
		return;
	}
	result.number = 5;
	memcpy((uint8_t *)&result + 24, data, n);
	socket_send(ends[1], &result, sizeof result, NULL, 0);
}

static void run(struct connection *c, const uint8_t *data, size_t size)
{
	struct job job = make_job(data[0]);
	struct job_result result = { 0 };

	if (c->ready)
		memcpy(c->area.bytes, data, size < 4096 ? size : 4096);
	answer(data + 1, size - 1, data[0] & 16);
	if (connection_run(c, &job, false, 0, &result) == 0 && job.look)
		check_look();
	packet_finish(&result.packet);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct connection c = {
		.hello = { .n_encoders = 1 },
		.names = { .n = 1, .works = 1 },
	};

	if (size < 2)
		return 0;
	set_up();
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends) < 0 ||
			area_create(&c.area) < 0)
		abort();
	c.fd = ends[0];
	c.quit_fd = quit_fd;
	if (data[0] & 32) {
		answer(data + 1, size - 1, false);
		connection_ready(&c, 0);
	}
	c.ready = true;
	run(&c, data, size);
	connection_close(&c);
	close(ends[1]);
	return 0;
}
