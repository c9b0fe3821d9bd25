/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "guest-job.h"

#include <errno.h>
#include <string.h>

#include "engine/local-engine.h"
#include "frame/frame.h"

static enum picture_format format_of(const struct message_job *m)
{
	return m->codec == CODEC_MJPEG ? PICTURE_J420 : PICTURE_NV12;
}

/* The picture that came with this job, or with one before. */
static const char *take_picture(struct guest_job *g, const struct message_job *m, const int *fds)
{
	uint32_t width = (m->width + 1) & ~1u, height = (m->height + 1) & ~1u;

	if (m->flags & MESSAGE_NEW_PICTURE) {
		picture_finish(&g->picture);
		if (picture_map(&g->picture, format_of(m), width, height, fds[0]) < 0) {
			memset(&g->picture, 0, sizeof g->picture);
			return "a picture that is too small or may shrink";
		}
	}
	return !g->picture.buffer || g->picture.width != width || g->picture.height != height ||
					g->picture.format != format_of(m) ?
			"a job without its picture" : NULL;
}

static const char *take_frame(const struct message_frame *f, const int *fds,
		struct spice_accel_frame **out)
{
	struct spice_accel_dmabuf_params params = {
		.size = sizeof params,
		.width = f->width,
		.height = f->height,
		.x = f->x,
		.y = f->y,
		.backing_width = f->backing_width,
		.backing_height = f->backing_height,
		.fourcc = f->fourcc,
		.modifier = f->modifier,
		.n_planes = f->n_planes,
		.y_flip = (int)f->y_flip,
		.render_node = f->render_node[0] ? f->render_node : NULL,
	};

	for (uint32_t i = 0; i < f->n_planes; i++) {
		params.fd[i] = fds[i];
		params.offset[i] = f->offset[i];
		params.stride[i] = f->stride[i];
	}
	return spice_accel_frame_create_dmabuf(out, &params) < 0 ? "an impossible frame" : NULL;
}

static void take_damage(const struct message_job *m, struct damage *damage, uint32_t width,
		uint32_t height)
{
	damage_clear(damage);
	for (uint32_t i = 0; i < m->n_damage; i++)
		damage_add(damage, &m->damage[i], width, height);
}

/* False: the host names an encoder that does not work here. */
static bool take_config(const struct guest_job *g, const struct message_job *m,
		struct job_config *config)
{
	config->codec = (enum encoder_codec)m->codec;
	config->width = m->width;
	config->height = m->height;
	config->fps = m->fps;
	config->threads = m->threads;
	config->bitrate_kbps = m->bitrate_kbps;
	memcpy(config->preset, m->preset, sizeof config->preset);
	config->n_encoders = m->n_encoders;
	for (uint32_t i = 0; i < m->n_encoders; i++) {
		if (!(g->works & 1u << m->encoders[i]))
			return false;
		config->encoders[i] = g->ids[m->encoders[i]];
	}
	return true;
}

static const char *take_encode(struct guest_job *g, const struct message_job *m, const int *fds,
		struct job *job)
{
	if (!take_config(g, m, &job->config))
		return "an encoder that does not work here";
	job->kind = (enum encode_kind)m->kind;
	job->key = (m->flags & MESSAGE_KEY) != 0;
	job->drop_unchanged = (m->flags & MESSAGE_DROP_UNCHANGED) != 0;
	job->partial = (m->flags & MESSAGE_PARTIAL) != 0;
	job->qp = m->qp;
	job->max_bytes = m->max_bytes;
	job->capture_us = m->capture_us;
	take_damage(m, &job->damage, m->width, m->height);
	if (!(m->flags & MESSAGE_PICTURE))
		return NULL;
	job->picture = &g->picture;
	return take_picture(g, m, fds);
}

static void take_tiles(struct guest_job *g, const struct message_job *m, struct job *job)
{
	tile_batch_reset(&g->batch);
	for (uint32_t i = 0; i < m->n_tiles; i++) {
		const struct osvdi_rect *r = &m->tiles[i];
		const struct spice_accel_rect rect = { r->x, r->y, r->width, r->height };

		tile_batch_add(&g->batch, &rect); /* the check has counted them */
	}
	job->tiles = &g->batch;
}

static void copy_flags(uint8_t *to, const uint8_t *from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = from[i] != 0;
}

static const char *take_look(struct guest_job *g, const struct message_job *m, struct job *job)
{
	struct shadow *s = &g->shadow;
	size_t n, at;

	if (s->blocks.width != m->frame.width || s->blocks.height != m->frame.height) {
		shadow_finish(s);
		if (shadow_init(s, m->frame.width, m->frame.height) < 0)
			return "no memory for a look";
	}
	n = blocks_count(&s->blocks);
	at = n * sizeof s->looked_us[0];
	memcpy(s->looked_us, g->area.bytes, at);
	copy_flags(s->known, g->area.bytes + at, n);
	copy_flags(s->same, g->area.bytes + at + n, n);
	g->look = (struct look){ .shadow = s, .now_us = m->now_us };
	take_damage(m, &g->look.reported, m->frame.width, m->frame.height);
	job->look = &g->look;
	return NULL;
}

static const char *take(struct guest_job *g, const struct message_job *m, const int *fds,
		struct job *job)
{
	const char *wrong = m->flags & MESSAGE_FRAME ? take_frame(&m->frame, fds, &job->frame) :
			NULL;

	job->number = m->number;
	job->pixels = m->pixels;
	memcpy(job->config.render_node, m->render_node, sizeof job->config.render_node);
	if (wrong)
		return wrong;
	if (m->flags & MESSAGE_LOOK)
		return take_look(g, m, job);
	if (!(m->flags & MESSAGE_TILES))
		return take_encode(g, m, fds, job);
	take_tiles(g, m, job);
	return NULL;
}

static uint32_t number_of(const struct guest_job *g, const struct encoder_info *encoder)
{
	uint32_t i = 0;

	while (i < g->hello.n_encoders && !(g->works & 1u << i && g->ids[i] == encoder->id))
		i++;
	return i;
}

/* Puts data where the host finds it. */
static void give(struct guest_job *g, const uint8_t *data, size_t size, struct message_result *out)
{
	out->size = size;
	if (size <= MESSAGE_AREA_BYTES)
		memcpy(g->area.bytes, data, size);
	else
		out->error = -EMSGSIZE;
	if (out->error)
		out->size = 0;
}

static void give_look(struct guest_job *g, struct message_result *out)
{
	const struct shadow *s = &g->shadow;
	const struct look *look = &g->look;
	size_t n = blocks_count(&s->blocks);

	memcpy(g->area.bytes, s->known, n);
	memcpy(g->area.bytes + n, s->same, n);
	memcpy(g->area.bytes + 2 * n, s->ask, n);
	memcpy(g->area.bytes + 3 * n, s->answer, n);
	out->n_reported = look->reported.n;
	memcpy(out->reported, look->reported.rects,
			look->reported.n * sizeof look->reported.rects[0]);
	out->n_moves = look->n_moves;
	for (unsigned i = 0; i < look->n_moves; i++)
		out->moves[i] = (struct message_move){ look->moves[i].to, look->moves[i].dx,
			look->moves[i].dy };
}

static void give_unit(struct guest_job *g, struct message_result *out)
{
	const struct job_result *r = &g->result;

	out->encoder = number_of(g, &r->encoder);
	out->key = r->packet.key;
	out->qp = r->packet.qp;
	out->tries = r->tries;
	out->source_us = r->source_us;
	out->wait_us = r->wait_us;
	give(g, r->packet.data, r->packet.size, out);
}

static void answer(struct guest_job *g, const struct job *job, struct message_result *out)
{
	const struct job_result *r = &g->result;

	memset(out, 0, sizeof *out);
	out->type = MESSAGE_RESULT;
	out->number = job->number;
	out->error = r->error;
	out->pixels_error = r->pixels_error;
	out->read_bytes = r->read_bytes;
	out->cpu_us = r->cpu_us;
	if (r->error)
		return;
	if (job->look)
		give_look(g, out);
	else if (!job->tiles)
		give_unit(g, out);
	else {
		out->coding = g->batch.message.coding;
		give(g, r->packet.data + tile_batch_head(&g->batch), g->batch.message.data_size,
				out);
	}
}

const char *guest_job_run(struct guest_job *g, const struct message_job *m, const int *fds,
		struct message_result *out)
{
	struct job job = { 0 };
	const char *wrong = take(g, m, fds, &job);

	if (!wrong) {
		if (m->flags & MESSAGE_FORGIVE)
			engine_forgive(g->engine);
		engine_run(g->engine, &job, &g->result);
		answer(g, &job, out);
	}
	spice_accel_frame_unref(job.frame);
	return wrong;
}

int guest_job_init(struct guest_job *g)
{
	return local_engine_create(&g->engine);
}

void guest_job_finish(struct guest_job *g)
{
	engine_destroy(g->engine);
	picture_finish(&g->picture);
	shadow_finish(&g->shadow);
	tile_batch_finish(&g->batch);
	packet_finish(&g->result.packet);
	area_finish(&g->area);
}
