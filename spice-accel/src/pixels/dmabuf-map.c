/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "pixels/dmabuf-map.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <drm_fourcc.h>
#include <linux/dma-buf.h>

#include "base/log.h"

static void sync_cpu(int fd, uint64_t flags)
{
	struct dma_buf_sync sync = { .flags = flags | DMA_BUF_SYNC_READ };

	/* In tests a memfd stands in for a DMA-BUF, and has no such call. */
	if (ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync) < 0 && errno != ENOTTY)
		log_debug("DMA_BUF_IOCTL_SYNC: %s", strerror(errno));
}

static int describe(struct dmabuf_map *map, const struct spice_accel_frame *frame)
{
	const struct spice_accel_dmabuf_params *d = &frame->dmabuf;
	const uint8_t *top = (const uint8_t *)map->address + d->offset[0] +
			(size_t)d->y * d->stride[0] +
			(size_t)d->x * frame_bytes_per_pixel(frame->fourcc);
	struct spice_accel_memory_params params = {
		.size = sizeof params,
		.width = frame->width,
		.height = frame->height,
		.fourcc = frame->fourcc,
		.data = top,
		.stride = (int32_t)d->stride[0],
	};

	if (d->y_flip) {
		params.data = top + (size_t)(frame->height - 1) * d->stride[0];
		params.stride = -params.stride;
	}
	return spice_accel_frame_create_memory(&map->memory, &params);
}

int dmabuf_map(struct dmabuf_map *map, const struct spice_accel_frame *frame)
{
	const struct spice_accel_dmabuf_params *d = &frame->dmabuf;
	size_t length = d->offset[0] + (size_t)d->stride[0] * d->backing_height;
	off_t have = lseek(d->fd[0], 0, SEEK_END);
	int ret;

	memset(map, 0, sizeof *map);
	/* A shorter buffer than its description would be a SIGBUS later. */
	if (have >= 0 && (uint64_t)have < length)
		return -EINVAL;
	if (d->modifier != DRM_FORMAT_MOD_LINEAR && d->modifier != SPICE_ACCEL_MODIFIER_UNKNOWN)
		return -ENODEV;
	map->address = mmap(NULL, length, PROT_READ, MAP_SHARED, d->fd[0], 0);
	if (map->address == MAP_FAILED)
		return -ENODEV;
	map->length = length;
	map->fd = d->fd[0];
	ret = describe(map, frame);
	if (ret < 0) {
		munmap(map->address, length);
		return ret;
	}
	sync_cpu(map->fd, DMA_BUF_SYNC_START);
	return 0;
}

void dmabuf_unmap(struct dmabuf_map *map)
{
	if (!map->memory)
		return;
	sync_cpu(map->fd, DMA_BUF_SYNC_END);
	munmap(map->address, map->length);
	spice_accel_frame_unref(map->memory);
	memset(map, 0, sizeof *map);
}
