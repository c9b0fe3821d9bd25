/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "remote/check-job.h"

#include <string.h>

#include "frame/frame.h"
#include "remote/check.h"

#define MAX_FPS 240u
#define MAX_THREADS 16u
#define MAX_QP 51

static bool is_word(const char *text)
{
	for (; *text; text++)
		if (*text < 'a' || *text > 'z')
			return false;
	return true;
}

const char *check_hello(const void *bytes, size_t size, unsigned n_fds)
{
	struct message_hello hello;

	if (size < 3 * sizeof(uint32_t))
		return "the hello is too short";
	memset(&hello, 0, sizeof hello);
	memcpy(&hello, bytes, size < sizeof hello ? size : sizeof hello);
	if (hello.type != MESSAGE_HELLO || hello.magic != MESSAGE_MAGIC)
		return "this is no hello";
	if (hello.version != MESSAGE_VERSION)
		return "the host is of another version";
	if (size != sizeof hello || n_fds != 1)
		return "the hello has another size";
	if (!hello.n_encoders || hello.n_encoders > ENCODERS_MAX)
		return "no or too many encoders";
	for (uint32_t i = 0; i < hello.n_encoders; i++)
		if (!check_text(hello.encoders[i], ENCODER_NAME_SIZE))
			return "the name of an encoder does not end";
	if (!check_text(hello.render_node, RENDER_NODE_SIZE))
		return "the render node's path does not end";
	return !hello.fps || hello.fps > MAX_FPS ? "impossible frames a second" : NULL;
}

static unsigned count(unsigned flags, unsigned wanted)
{
	return (unsigned)__builtin_popcount(flags & wanted);
}

static const char *check_config(const struct message_job *job, const struct message_hello *hello)
{
	uint32_t seen = 0;

	if (job->codec != CODEC_H264 && job->codec != CODEC_MJPEG)
		return "no such codec";
	if (!check_size(job->width, job->height))
		return "impossible size";
	if (!job->fps || job->fps > MAX_FPS || job->threads > MAX_THREADS ||
			job->bitrate_kbps > INT32_MAX / 2000)
		return "impossible numbers for an encoder";
	if (!check_text(job->preset, sizeof job->preset) || !is_word(job->preset))
		return "the preset is no word";
	if (!job->n_encoders || job->n_encoders > hello->n_encoders)
		return "no or too many encoders";
	for (uint32_t i = 0; i < job->n_encoders; i++) {
		if (job->encoders[i] >= hello->n_encoders || seen & 1u << job->encoders[i])
			return "no such encoder";
		seen |= 1u << job->encoders[i];
	}
	if (job->kind > ENCODE_REFINE)
		return "no such kind of picture";
	return job->qp < 0 || job->qp > MAX_QP ? "impossible quantiser" : NULL;
}

static const char *check_frame(const struct message_frame *frame, unsigned n_fds)
{
	if (!frame->n_planes || frame->n_planes > SPICE_ACCEL_MAX_PLANES ||
			frame->n_planes != n_fds)
		return "a frame without its descriptors";
	if (!check_size(frame->width, frame->height) || !frame_bytes_per_pixel(frame->fourcc))
		return "an impossible frame";
	if (!check_size(frame->backing_width, frame->backing_height) ||
			(uint64_t)frame->x + frame->width > frame->backing_width ||
			(uint64_t)frame->y + frame->height > frame->backing_height)
		return "a frame outside of its buffer";
	if (frame->y_flip > 1)
		return "a frame that is neither upside down nor not";
	return check_text(frame->render_node, sizeof frame->render_node) ? NULL :
			"the render node's path does not end";
}

static const char *check_tiles(const struct message_job *job)
{
	uint64_t pixels = 0;

	if (!job->n_tiles || job->n_tiles > OSVDI_TILES_MAX_RECTS)
		return "no or too many tiles";
	for (uint32_t i = 0; i < job->n_tiles; i++) {
		const struct osvdi_rect *r = &job->tiles[i];
		const struct spice_accel_rect rect = { r->x, r->y, r->width, r->height };

		if (!check_rect(&rect, job->frame.width, job->frame.height))
			return "a tile outside of the picture";
		pixels += (uint64_t)r->width * r->height;
	}
	return pixels > OSVDI_TILES_MAX_PIXELS ? "too many pixels in tiles" : NULL;
}

/* Which of a picture, tiles and a look, and from what. */
static const char *check_flags(const struct message_job *job)
{
	unsigned flags = job->flags;
	bool picture = !(flags & (MESSAGE_TILES | MESSAGE_LOOK));

	if (flags & ~(unsigned)MESSAGE_ALL_FLAGS)
		return "unknown flags";
	if (count(flags, MESSAGE_PICTURE | MESSAGE_FRAME) != 1 ||
			count(flags, MESSAGE_TILES | MESSAGE_LOOK) > 1)
		return "a job of two kinds, or of none";
	if (!picture && !(flags & MESSAGE_FRAME && job->pixels))
		return "tiles or a look without pixels";
	if (job->pixels && !(flags & MESSAGE_FRAME))
		return "pixels without a frame";
	return flags & MESSAGE_NEW_PICTURE && !(flags & MESSAGE_PICTURE) ?
			"a new picture that nobody encodes" : NULL;
}

static const char *check_damage(const struct message_job *job, bool frame)
{
	uint32_t width = frame ? job->frame.width : job->width;
	uint32_t height = frame ? job->frame.height : job->height;

	return check_rects(job->damage, job->n_damage, width, height) ? NULL :
			"damage outside of the picture";
}

const char *check_job(const void *bytes, size_t size, unsigned n_fds,
		const struct message_hello *hello)
{
	const struct message_job *job = bytes;
	bool frame, picture;
	const char *wrong;

	if (size != sizeof *job || job->type != MESSAGE_JOB)
		return "this is no job";
	wrong = check_flags(job);
	if (wrong)
		return wrong;
	frame = (job->flags & MESSAGE_FRAME) != 0;
	picture = !(job->flags & (MESSAGE_TILES | MESSAGE_LOOK));
	if (!check_text(job->render_node, sizeof job->render_node))
		return "the render node's path does not end";
	wrong = frame ? check_frame(&job->frame, n_fds) :
			n_fds == (job->flags & MESSAGE_NEW_PICTURE ? 1u : 0u) ? NULL :
			"another number of descriptors";
	if (!wrong && picture)
		wrong = check_config(job, hello);
	if (!wrong && picture && frame &&
			(job->width != job->frame.width || job->height != job->frame.height))
		wrong = "a frame of another size";
	if (!wrong && job->flags & MESSAGE_TILES)
		wrong = check_tiles(job);
	if (!wrong && job->flags & MESSAGE_LOOK && !job->n_damage)
		wrong = "a look at nothing";
	return wrong ? wrong : check_damage(job, frame);
}
