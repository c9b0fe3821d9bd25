/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <drm_fourcc.h>
#include <linux/dma-buf.h>
#include <linux/udmabuf.h>

#include "bo.h"
#include "soft-va.h"

enum { PAGE = 4096 };

/* Replaces bo's memfd by a DMA-BUF over the same pages. */
static int make_udmabuf(struct bo *bo)
{
	struct udmabuf_create create = { .memfd = (uint32_t)bo->fd, .flags = UDMABUF_FLAGS_CLOEXEC,
		.size = bo->size };
	int device, fd;

	if (fcntl(bo->fd, F_ADD_SEALS, F_SEAL_SHRINK) < 0)
		return -errno;
	device = open("/dev/udmabuf", O_RDWR | O_CLOEXEC);
	if (device < 0)
		return -errno;
	fd = ioctl(device, UDMABUF_CREATE, &create);
	if (fd < 0)
		fd = -errno;
	close(device);
	if (fd < 0)
		return fd;
	close(bo->fd);
	bo->fd = fd;
	bo->is_dmabuf = 1;
	return 0;
}

static int map(struct bo *bo)
{
	void *p = mmap(NULL, bo->size, PROT_READ | PROT_WRITE, MAP_SHARED, bo->fd, 0);

	if (p == MAP_FAILED && (errno == EACCES || errno == EPERM))
		p = mmap(NULL, bo->size, PROT_READ, MAP_SHARED, bo->fd, 0);
	if (p == MAP_FAILED)
		return -errno;
	bo->map = p;
	return 0;
}

static struct bo *bo_new(void)
{
	struct bo *bo = calloc(1, sizeof(*bo));

	if (bo) {
		bo->fd = -1;
		atomic_init(&bo->refs, 1);
	}
	return bo;
}

int bo_create(struct bo **out, size_t size, int want_udmabuf)
{
	struct bo *bo = bo_new();
	int ret = 0;

	if (!bo)
		return -ENOMEM;
	bo->size = (size + PAGE - 1) / PAGE * PAGE;
	bo->fd = memfd_create("soft-va", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (bo->fd < 0 || ftruncate(bo->fd, (off_t)bo->size) < 0)
		ret = -errno;
	if (!ret && want_udmabuf)
		ret = make_udmabuf(bo);
	if (!ret)
		ret = map(bo);
	if (ret) {
		bo_unref(bo);
		return ret;
	}
	*out = bo;
	return 0;
}

int bo_import(struct bo **out, int fd, int node)
{
	struct bo *bo = bo_new();
	off_t size;
	int ret = 0;

	if (!bo)
		return -ENOMEM;
	bo->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (bo->fd < 0)
		ret = -errno;
	if (!ret) {
		size = lseek(bo->fd, 0, SEEK_END);
		if (size <= 0)
			ret = size < 0 ? -errno : -EINVAL;
		bo->size = (size_t)size;
	}
	if (!ret) {
		struct dma_buf_sync sync = { .flags = DMA_BUF_SYNC_READ | DMA_BUF_SYNC_END };

		bo->is_dmabuf = ioctl(bo->fd, DMA_BUF_IOCTL_SYNC, &sync) == 0;
		ret = map(bo);
		if (ret && bo->is_dmabuf && node >= 0)
			bo->map = bo_map_by_device(node, bo->fd, bo->size);
		if (bo->map)
			ret = 0;
	}
	if (ret) {
		bo_unref(bo);
		return ret;
	}
	*out = bo;
	return 0;
}

struct bo *bo_ref(struct bo *bo)
{
	atomic_fetch_add(&bo->refs, 1);
	return bo;
}

void bo_unref(struct bo *bo)
{
	if (!bo || atomic_fetch_sub(&bo->refs, 1) != 1)
		return;
	if (bo->map)
		munmap(bo->map, bo->size);
	if (bo->fd >= 0)
		close(bo->fd);
	free(bo);
}

static void access_ioctl(struct bo *bo, uint64_t edge)
{
	struct dma_buf_sync sync = { .flags = DMA_BUF_SYNC_RW | edge };

	if (!bo->is_dmabuf)
		return;
	while (ioctl(bo->fd, DMA_BUF_IOCTL_SYNC, &sync) < 0 && errno == EINTR)
		;
}

void bo_begin_access(struct bo *bo)
{
	access_ioctl(bo, DMA_BUF_SYNC_START);
}

void bo_end_access(struct bo *bo)
{
	access_ioctl(bo, DMA_BUF_SYNC_END);
}

/* The tilings that tests told, by the buffers' inodes. */
static struct tiling {
	struct tiling *next;
	dev_t dev;
	ino_t ino;
	uint64_t modifier;
} *tilings;
static pthread_mutex_t tilings_lock = PTHREAD_MUTEX_INITIALIZER;

static struct tiling *find_tiling(const struct stat *st)
{
	struct tiling *t = tilings;

	while (t && (t->dev != st->st_dev || t->ino != st->st_ino))
		t = t->next;
	return t;
}

int soft_va_set_bo_tiling(int fd, uint64_t modifier)
{
	struct tiling *t;
	struct stat st;
	int ret = 0;

	if (fstat(fd, &st) < 0)
		return -errno;
	pthread_mutex_lock(&tilings_lock);
	t = find_tiling(&st);
	if (!t) {
		t = calloc(1, sizeof(*t));
		if (t) {
			t->dev = st.st_dev;
			t->ino = st.st_ino;
			t->next = tilings;
			tilings = t;
		}
	}
	if (t)
		t->modifier = modifier;
	else
		ret = -ENOMEM;
	pthread_mutex_unlock(&tilings_lock);
	return ret;
}

uint64_t bo_tiling(int fd)
{
	uint64_t modifier = DRM_FORMAT_MOD_LINEAR;
	struct tiling *t;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return modifier;
	pthread_mutex_lock(&tilings_lock);
	t = find_tiling(&st);
	if (t)
		modifier = t->modifier;
	pthread_mutex_unlock(&tilings_lock);
	return modifier;
}

static void __attribute__((destructor)) free_tilings(void)
{
	while (tilings) {
		struct tiling *t = tilings;

		tilings = t->next;
		free(t);
	}
}
