/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "present/gl-held.h"

#include <epoxy/gl.h>

/* How long we wait for the GPU to read a buffer, in nanoseconds. */
#define WAIT_NS G_GUINT64_CONSTANT(1000000000)

struct reading {
	GLsync done;
	struct picture *picture;
};

void gl_held_add(struct gl_held *held, struct picture *picture)
{
	struct reading *reading = g_new(struct reading, 1);

	reading->done = glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0);
	reading->picture = picture_ref(picture);
	g_queue_push_tail(&held->queue, reading);
}

void gl_held_release(struct gl_held *held, guint left)
{
	struct reading *reading;

	while ((reading = g_queue_peek_head(&held->queue))) {
		GLuint64 wait = held->queue.length > left ? WAIT_NS : 0;
		GLenum found = glClientWaitSync(reading->done, GL_SYNC_FLUSH_COMMANDS_BIT, wait);

		if (found == GL_TIMEOUT_EXPIRED && !wait)
			return;
		glDeleteSync(reading->done);
		picture_unref(reading->picture);
		g_free(g_queue_pop_head(&held->queue));
	}
}
