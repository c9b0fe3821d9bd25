/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "remote/job-message.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "frame/frame.h"
#include "tiles/look.h"
#include "tiles/tile-batch.h"

static bool write_encoders(const struct job_config *config, const struct encoder_names *names,
		struct message_job *m)
{
	for (uint32_t i = 0; i < config->n_encoders; i++)
		for (uint32_t j = 0; j < names->n; j++) {
			struct encoder_info info;

			if (names->ids[j] == config->encoders[i] && names->works & 1u << j &&
					encoder_info_at(names->ids[j], &info) &&
					info.codec == config->codec)
				m->encoders[m->n_encoders++] = j;
		}
	return m->n_encoders > 0;
}

static void write_damage(const struct damage *damage, struct message_job *m)
{
	m->n_damage = damage->n;
	memcpy(m->damage, damage->rects, damage->n * sizeof damage->rects[0]);
}

static bool write_picture(const struct job *job, const struct encoder_names *names,
		struct message_job *m)
{
	const struct job_config *config = &job->config;

	m->codec = config->codec;
	m->width = config->width;
	m->height = config->height;
	m->fps = config->fps;
	m->threads = config->threads;
	m->bitrate_kbps = config->bitrate_kbps;
	memcpy(m->preset, config->preset, sizeof m->preset);
	m->kind = job->kind;
	m->qp = job->qp;
	m->max_bytes = job->max_bytes;
	m->capture_us = job->capture_us;
	m->flags |= job->key ? MESSAGE_KEY : 0;
	m->flags |= job->drop_unchanged ? MESSAGE_DROP_UNCHANGED : 0;
	m->flags |= job->partial ? MESSAGE_PARTIAL : 0;
	m->flags |= job->picture ? MESSAGE_PICTURE : 0;
	write_damage(&job->damage, m);
	return write_encoders(config, names, m);
}

static void write_tiles(const struct tile_batch *batch, struct message_job *m)
{
	m->flags |= MESSAGE_TILES;
	m->n_tiles = batch->message.n_rects;
	memcpy(m->tiles, batch->message.rects, m->n_tiles * sizeof m->tiles[0]);
}

static void write_look(const struct look *look, struct area *area, struct message_job *m)
{
	const struct shadow *s = look->shadow;
	size_t n = blocks_count(&s->blocks), at = n * sizeof s->looked_us[0];

	m->flags |= MESSAGE_LOOK;
	m->now_us = look->now_us;
	write_damage(&look->reported, m);
	memcpy(area->bytes, s->looked_us, at);
	memcpy(area->bytes + at, s->known, n);
	memcpy(area->bytes + at + n, s->same, n);
}

static void write_frame(const struct spice_accel_frame *frame, struct message_job *m)
{
	const struct spice_accel_dmabuf_params *d = &frame->dmabuf;
	struct message_frame *f = &m->frame;

	m->flags |= MESSAGE_FRAME;
	f->width = frame->width;
	f->height = frame->height;
	f->x = d->x;
	f->y = d->y;
	f->backing_width = d->backing_width;
	f->backing_height = d->backing_height;
	f->fourcc = frame->fourcc;
	f->modifier = d->modifier;
	f->n_planes = d->n_planes;
	memcpy(f->offset, d->offset, sizeof f->offset);
	memcpy(f->stride, d->stride, sizeof f->stride);
	f->y_flip = d->y_flip != 0;
	snprintf(f->render_node, sizeof f->render_node, "%s",
			frame->render_node ? frame->render_node : "");
}

bool job_write(const struct job *job, const struct encoder_names *names, struct area *area,
		struct message_job *m)
{
	memset(m, 0, sizeof *m);
	m->type = MESSAGE_JOB;
	m->number = job->number;
	m->pixels = job->pixels;
	memcpy(m->render_node, job->config.render_node, sizeof m->render_node);
	if (job->frame)
		write_frame(job->frame, m);
	if (job->tiles)
		write_tiles(job->tiles, m);
	else if (job->look)
		write_look(job->look, area, m);
	else
		return write_picture(job, names, m);
	return true;
}

static int read_unit(const struct message_result *m, const struct encoder_names *names,
		const struct area *area, const struct job *job, struct job_result *result)
{
	struct packet *packet = &result->packet;

	encoder_info_at(names->ids[m->encoder], &result->encoder);
	packet->key = m->key != 0;
	packet->frame = job->number;
	packet->qp = m->qp;
	result->source_us = m->source_us;
	result->wait_us = m->wait_us;
	result->tries = m->tries;
	return packet_append(packet, area->bytes, m->size);
}

static void read_flags(uint8_t *to, const uint8_t *from, size_t n, uint8_t most)
{
	for (size_t i = 0; i < n; i++)
		to[i] = from[i] > most ? 0 : from[i];
}

static void read_look(const struct message_result *m, const struct area *area, struct look *look)
{
	struct shadow *s = look->shadow;
	size_t n = blocks_count(&s->blocks);

	read_flags(s->known, area->bytes, n, 1);
	read_flags(s->same, area->bytes + n, n, 1);
	read_flags(s->ask, area->bytes + 2 * n, n, PIXELS_SAMPLE);
	read_flags(s->answer, area->bytes + 3 * n, n, 1);
	for (uint32_t i = 0; i < m->n_reported; i++)
		damage_add(&look->reported, &m->reported[i], s->blocks.width, s->blocks.height);
	look->n_moves = m->n_moves;
	for (uint32_t i = 0; i < m->n_moves; i++)
		look->moves[i] = (struct move){ m->moves[i].to, m->moves[i].dx, m->moves[i].dy };
}

int result_read(const struct message_result *m, const struct encoder_names *names,
		const struct area *area, const struct job *job, struct job_result *result)
{
	int ret = 0;

	packet_reset(&result->packet);
	result->pixels_error = m->pixels_error;
	result->read_bytes = m->read_bytes;
	result->cpu_us = m->cpu_us;
	result->error = m->error;
	if (m->error)
		return 0;
	if (job->look)
		read_look(m, area, job->look);
	else if (job->tiles)
		ret = tile_batch_put(job->tiles, (uint8_t)m->coding, area->bytes, m->size,
				&result->packet);
	else
		ret = read_unit(m, names, area, job, result);
	return ret == -EINVAL ? -EPROTO : ret;
}
