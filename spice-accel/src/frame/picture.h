/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef PICTURE_H
#define PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 4:2:0 layouts that encoders take from memory. */
enum picture_format {
	PICTURE_NONE, /* the encoder takes DMA-BUF frames, no picture */
	PICTURE_NV12, /* Y, then CbCr interleaved; BT.601 limited range */
	PICTURE_J420, /* Y, Cb, Cr planes; BT.601 full range, as JFIF has it */
};

/**
 * A 4:2:0 picture in memory, of even width and height.
 *
 * Thread: one at a time; display.c hands it to the encode thread and back, or to a process that
 * maps it.
 */
struct picture {
	enum picture_format format;
	uint32_t width, height; /* pixels, even */
	uint8_t *plane[3];
	int stride[3]; /* bytes */
	void *buffer;
	size_t size;     /* of the buffer, bytes */
	bool shared;     /* the buffer is all of a memfd, which other processes may map */
	int fd;          /* shared: the memfd */
	uint64_t serial; /* shared: no other picture of this process has it */
};

/* Errors: 0; -EINVAL odd or zero size; -ENOMEM. Owner: picture_finish(). Content: black. */
int picture_init(struct picture *picture, enum picture_format format, uint32_t width,
		uint32_t height);
/* The same in a memfd that keeps its size, and that nobody else may ever write to. Errors: those
 * of memfd_create() too. */
int picture_init_shared(struct picture *picture, enum picture_format format, uint32_t width,
		uint32_t height);
/* A picture of another process, to be read only; the descriptor stays the caller's.
 * Errors: 0; -EINVAL bad size, or the memfd is too small or may shrink; -ENOMEM. */
int picture_map(struct picture *picture, enum picture_format format, uint32_t width,
		uint32_t height, int fd);
void picture_finish(struct picture *picture);

#endif
