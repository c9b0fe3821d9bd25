/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "remote/check-result.h"

#include <string.h>

#include <spice-accel/log.h>

#include "remote/check.h"

#define MAX_ERRNO 4095
#define MAX_QP 51

const char *check_ready(const void *bytes, size_t size, const struct message_hello *hello)
{
	const struct message_ready *ready = bytes;

	if (size != sizeof *ready || ready->type != MESSAGE_READY ||
			ready->magic != MESSAGE_MAGIC)
		return "the answer to the hello is none";
	if (ready->version != MESSAGE_VERSION)
		return "the encoder process is of another version";
	return ready->works >> hello->n_encoders ? "encoders that nobody named" : NULL;
}

const char *check_log(const void *bytes, size_t size)
{
	const struct message_log *log = bytes;

	if (size != sizeof *log || log->type != MESSAGE_LOG)
		return "this is no line of a log";
	return log->level > SPICE_ACCEL_LOG_DEBUG || !check_text(log->text, sizeof log->text) ?
			"a line of a log that does not end" : NULL;
}

static bool is_error(int32_t error)
{
	return error <= 0 && error >= -MAX_ERRNO;
}

static bool encoder_in(const struct message_job *job, uint32_t encoder)
{
	for (uint32_t i = 0; i < job->n_encoders; i++)
		if (job->encoders[i] == encoder)
			return true;
	return false;
}

static const char *check_unit(const struct message_result *r, const struct message_job *job)
{
	if (!encoder_in(job, r->encoder))
		return "a unit of an encoder that the job does not name";
	if (!r->size)
		return job->flags & MESSAGE_DROP_UNCHANGED ? NULL : "a unit is missing";
	if (r->key > 1 || (job->flags & MESSAGE_KEY && !r->key))
		return "a unit that is no key frame";
	return r->qp < -1 || r->qp > MAX_QP ? "an impossible quantiser" : NULL;
}

static bool is_move(const struct message_move *move, uint32_t width, uint32_t height)
{
	const struct spice_accel_rect *to = &move->to;
	struct spice_accel_rect from;

	if (!check_rect(to, width, height) || move->dx < -(int32_t)width ||
			move->dx > (int32_t)width || move->dy < -(int32_t)height ||
			move->dy > (int32_t)height)
		return false;
	from = (struct spice_accel_rect){ to->x - move->dx, to->y - move->dy, to->width,
		to->height };
	return check_rect(&from, width, height);
}

static const char *check_look(const struct message_result *r, const struct message_frame *frame)
{
	if (!check_rects(r->reported, r->n_reported, frame->width, frame->height))
		return "damage outside of the picture";
	if (r->n_moves > LOOK_MAX_MOVES)
		return "too many moves";
	for (uint32_t i = 0; i < r->n_moves; i++)
		if (!is_move(&r->moves[i], frame->width, frame->height))
			return "a move outside of the picture";
	return NULL;
}

const char *check_result(const void *bytes, size_t size, const struct message_job *job)
{
	const struct message_result *r = bytes;

	if (size != sizeof *r || r->type != MESSAGE_RESULT)
		return "this is no result";
	if (r->number != job->number)
		return "the result of another job";
	if (!is_error(r->error) || !is_error(r->pixels_error))
		return "no such error";
	if (r->size > MESSAGE_AREA_BYTES)
		return "more data than there is";
	if (r->pixels_error && !job->pixels)
		return "pixels that nobody has failed";
	if (r->error)
		return NULL;
	if (job->flags & MESSAGE_LOOK)
		return check_look(r, &job->frame);
	return job->flags & MESSAGE_TILES ? NULL : check_unit(r, job);
}
