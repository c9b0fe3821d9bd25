/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* Frames of a file, BGRx (DRM_FORMAT_XRGB8888) one after the other, in a loop. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "source.h"

struct raw {
	struct source base;
	struct source_params params;
	struct source_picture picture;
	const uint8_t *file;
	size_t file_size, frame_size, frames, next;
	guint timeout;
};

static void show_next(struct raw *r)
{
	memcpy(r->picture.pixels, r->file + r->next * r->frame_size, r->frame_size);
	r->next = (r->next + 1) % r->frames;
}

static gboolean on_tick(gpointer data)
{
	struct raw *r = data;
	struct damage damage = { 0 };

	show_next(r);
	damage_add_all(&damage, r->picture.width, r->picture.height);
	r->params.sink.damaged(r->params.sink.opaque, &damage, clock_now_us());
	return G_SOURCE_CONTINUE;
}

static void raw_destroy(struct source *base)
{
	struct raw *r = (struct raw *)base;

	if (r->timeout)
		g_source_remove(r->timeout);
	if (r->file)
		munmap((void *)r->file, r->file_size);
	g_free(r->picture.pixels);
	g_free(r);
}

static bool map_file(struct raw *r, GError **error)
{
	const char *path = r->params.argument;
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	struct stat st;
	void *map;

	if (fd < 0 || fstat(fd, &st) < 0) {
		g_set_error(error, SOURCE_ERROR, 0, "%s: %s", path ? path : "raw:FILE is needed",
				g_strerror(errno));
		if (fd >= 0)
			close(fd);
		return false;
	}
	r->file_size = (size_t)st.st_size;
	r->frames = r->file_size / r->frame_size;
	map = r->frames ? mmap(NULL, r->file_size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
	close(fd);
	if (map == MAP_FAILED) {
		g_set_error(error, SOURCE_ERROR, 0,
				"%s has not one frame of %ux%u BGRx pixels (%zu bytes)",
				path, r->picture.width, r->picture.height, r->frame_size);
		return false;
	}
	r->file = map;
	return true;
}

static struct source *raw_create(const struct source_params *params, GError **error)
{
	struct raw *r = g_new0(struct raw, 1);

	r->base.impl = &source_raw;
	r->params = *params;
	r->picture.width = params->width;
	r->picture.height = params->height;
	r->picture.stride = params->width * 4;
	r->frame_size = (size_t)r->picture.stride * params->height;
	r->picture.pixels = g_malloc(r->frame_size);
	if (!map_file(r, error)) {
		raw_destroy(&r->base);
		return NULL;
	}
	show_next(r);
	params->sink.picture(params->sink.opaque, &r->picture);
	if (r->frames > 1)
		r->timeout = g_timeout_add(1000 / params->fps, on_tick, r);
	return &r->base;
}

const struct source_impl source_raw = {
	.name = "raw",
	.create = raw_create,
	.destroy = raw_destroy,
};
