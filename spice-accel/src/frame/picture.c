/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "frame/picture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define ALIGNMENT 64u /* a cache line, and what libyuv's widest loads like */

static size_t align(size_t n)
{
	return (n + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

/* Fills everything but the buffer and the planes. */
static int lay_out(struct picture *picture, enum picture_format format, uint32_t width,
		uint32_t height)
{
	size_t stride = align(width);
	size_t chroma = format == PICTURE_NV12 ? stride : align(width / 2);

	memset(picture, 0, sizeof *picture);
	if (!width || !height || width % 2 || height % 2)
		return -EINVAL;
	picture->format = format;
	picture->width = width;
	picture->height = height;
	picture->stride[0] = (int)stride;
	picture->stride[1] = (int)chroma;
	picture->stride[2] = format == PICTURE_J420 ? (int)chroma : 0;
	picture->size = align(stride * height + 2 * (chroma * (height / 2)));
	return 0;
}

static void set_planes(struct picture *picture, void *buffer)
{
	picture->buffer = buffer;
	picture->plane[0] = buffer;
	picture->plane[1] = picture->plane[0] + (size_t)picture->stride[0] * picture->height;
	if (picture->format == PICTURE_J420)
		picture->plane[2] = picture->plane[1] +
				(size_t)picture->stride[1] * (picture->height / 2);
}

static void blacken(struct picture *picture)
{
	size_t luma = (size_t)picture->stride[0] * picture->height;

	memset(picture->plane[0], picture->format == PICTURE_NV12 ? 16 : 0, luma);
	memset(picture->plane[1], 128, 2 * ((size_t)picture->stride[1] * (picture->height / 2)));
}

int picture_init(struct picture *picture, enum picture_format format, uint32_t width,
		uint32_t height)
{
	int ret = lay_out(picture, format, width, height);
	void *buffer = ret == 0 ? aligned_alloc(ALIGNMENT, picture->size) : NULL;

	if (ret < 0)
		return ret;
	if (!buffer)
		return -ENOMEM;
	set_planes(picture, buffer);
	blacken(picture);
	return 0;
}

/* A new memfd of the size, mapped, for others to read only. */
static void *make_shared(size_t size, int *out)
{
	const int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL;
	int fd = memfd_create("osvdi-picture", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	void *buffer = MAP_FAILED;

	if (fd < 0)
		return NULL;
	if (ftruncate(fd, (off_t)size) == 0)
		buffer = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (buffer != MAP_FAILED && fcntl(fd, F_ADD_SEALS, seals) == 0) {
		*out = fd;
		return buffer;
	}
	if (buffer != MAP_FAILED)
		munmap(buffer, size);
	close(fd);
	return NULL;
}

int picture_init_shared(struct picture *picture, enum picture_format format, uint32_t width,
		uint32_t height)
{
	static uint64_t serial;
	int ret = lay_out(picture, format, width, height);
	void *buffer = ret == 0 ? make_shared(picture->size, &picture->fd) : NULL;

	if (ret < 0)
		return ret;
	if (!buffer)
		return errno ? -errno : -ENOMEM;
	picture->shared = true;
	picture->serial = __atomic_add_fetch(&serial, 1, __ATOMIC_RELAXED);
	set_planes(picture, buffer);
	blacken(picture);
	return 0;
}

int picture_map(struct picture *picture, enum picture_format format, uint32_t width,
		uint32_t height, int fd)
{
	int ret = lay_out(picture, format, width, height), seals = fcntl(fd, F_GET_SEALS);
	struct stat status;
	void *buffer;

	if (ret < 0)
		return ret;
	/* A file that shrinks would end this process with SIGBUS. */
	if (seals < 0 || !(seals & F_SEAL_SHRINK) || fstat(fd, &status) < 0 ||
			status.st_size < (off_t)picture->size)
		return -EINVAL;
	buffer = mmap(NULL, picture->size, PROT_READ, MAP_SHARED, fd, 0);
	if (buffer == MAP_FAILED)
		return -ENOMEM;
	picture->shared = true;
	picture->fd = -1;
	set_planes(picture, buffer);
	return 0;
}

void picture_finish(struct picture *picture)
{
	if (!picture->shared)
		free(picture->buffer);
	else if (picture->buffer)
		munmap(picture->buffer, picture->size);
	if (picture->shared && picture->fd >= 0)
		close(picture->fd);
	memset(picture, 0, sizeof *picture);
}
