/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "remote/area.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "remote/message.h"

static int map(struct area *area, int fd)
{
	void *bytes = mmap(NULL, MESSAGE_AREA_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (bytes == MAP_FAILED)
		return -errno;
	area->bytes = bytes;
	return 0;
}

int area_create(struct area *area)
{
	int ret;

	memset(area, 0, sizeof *area);
	area->fd = memfd_create("osvdi-encoder", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (area->fd < 0)
		return -errno;
	if (ftruncate(area->fd, (off_t)MESSAGE_AREA_BYTES) < 0 ||
			fcntl(area->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
		ret = -errno;
	else
		ret = map(area, area->fd);
	if (ret < 0) {
		close(area->fd);
		memset(area, 0, sizeof *area);
	}
	return ret;
}

int area_map(struct area *area, int fd)
{
	int seals = fcntl(fd, F_GET_SEALS);
	struct stat status;

	memset(area, 0, sizeof *area);
	area->fd = -1;
	/* A file that shrinks would end this process with SIGBUS. */
	if (seals < 0 || !(seals & F_SEAL_SHRINK) || fstat(fd, &status) < 0 ||
			status.st_size != (off_t)MESSAGE_AREA_BYTES)
		return -EINVAL;
	return map(area, fd);
}

void area_finish(struct area *area)
{
	if (!area->bytes)
		return;
	munmap(area->bytes, MESSAGE_AREA_BYTES);
	if (area->fd >= 0)
		close(area->fd);
	memset(area, 0, sizeof *area);
}
