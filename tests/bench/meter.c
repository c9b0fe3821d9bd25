/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/*
 * osvdi-meter: how late is a picture? Reads the frame buffer of an Xvfb
 * (-fbdir: a file in X window dump format, XWDFile.h) without asking the X
 * server anything, finds the marks of spice-accel-serve in it, and prints a
 * line "number made_us seen_us" for each picture when its last row is there
 * (with "top" as the scene: when its upper mark is).
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "marks.h"

#define POLL_US 400
#define SEARCH_Y 120u /* a client's title bar at most */
#define WINDOW_PICTURES 60u
#define TYPING_X 400u /* source-pattern.c */
#define TYPING_Y 400u

struct screen {
	const uint8_t *pixels;
	size_t stride;
	uint32_t width, height;
	uint32_t x, y; /* where the guest's picture begins */
};

static uint32_t big_endian(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void *map_file(const char *path, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *map = MAP_FAILED;

	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0) {
		*size = (size_t)st.st_size;
		map = mmap(NULL, *size, PROT_READ, MAP_SHARED, fd, 0);
	}
	if (map == MAP_FAILED) {
		perror(path);
		exit(1);
	}
	close(fd);
	return map;
}

/* XWDFileHeader: header_size, ..., pixmap_width [4], height [5], bytes_per_line [12],
 * ncolors [19] */
static void open_screen(struct screen *s, const char *path)
{
	size_t size;
	const uint8_t *file = map_file(path, &size);

	s->width = big_endian(file + 16);
	s->height = big_endian(file + 20);
	s->stride = big_endian(file + 48);
	s->pixels = file + big_endian(file) + 12u * big_endian(file + 76);
	s->x = s->y = 0;
	if (big_endian(file + 44) != 32 || s->pixels + s->stride * s->height > file + size) {
		fprintf(stderr, "%s: not a frame buffer of 32 bits a pixel\n", path);
		exit(1);
	}
}

static int32_t read_top(const struct screen *s)
{
	return marks_read(s->pixels, s->stride, s->x, s->y + MARKS_TOP);
}

/* The one of the last so many pictures whose window is there, or -1. */
static int32_t read_window(const struct screen *s, const struct marks_table *t)
{
	uint32_t x, y;

	for (uint32_t i = 0; i < WINDOW_PICTURES && i < t->last; i++) {
		uint32_t n = t->last - i;

		marks_window(n, t->width, t->height, &x, &y);
		x += s->x + MARKS_WINDOW_X;
		y += s->y + MARKS_WINDOW_Y;
		if (x + MARKS_SQUARES * MARKS_WINDOW_EDGE <= s->width &&
				y + MARKS_WINDOW_EDGE <= s->height &&
				marks_read_at(s->pixels, s->stride, x, y, MARKS_WINDOW_EDGE) ==
				(int32_t)n)
			return (int32_t)n;
	}
	return -1;
}

static bool find_picture(struct screen *s, const struct marks_table *t, bool window)
{
	for (uint32_t y = 0; y < SEARCH_Y && y + t->height <= s->height + SEARCH_Y; y += 2)
		for (uint32_t x = 0; x < 8; x += 2) {
			s->x = x;
			s->y = y;
			int32_t n = window ? read_window(s, t) : read_top(s);

			if (n > 0 && (uint32_t)n <= t->last && (uint32_t)n + 600 > t->last)
				return true;
		}
	s->x = s->y = 0;
	return false;
}

/* The number of the picture that is wholly there, or -1. */
static int32_t read_marks(const struct screen *s, const struct marks_table *t, bool both)
{
	int32_t n = read_top(s);
	uint32_t y = s->y + t->height - MARKS_TOP - MARKS_EDGE;

	if (n < 0 || !both || y + MARKS_EDGE > s->height)
		return n;
	return marks_read(s->pixels, s->stride, s->x, y) == n ? n : -1;
}

/* The newest picture with this number modulo 16. */
static int32_t read_typing(const struct screen *s, const struct marks_table *t)
{
	uint32_t n = marks_read_small(s->pixels, s->stride, s->x + TYPING_X, s->y + TYPING_Y);
	uint32_t last = t->last;

	return (int32_t)(last - ((last - n) & 15));
}

int main(int argc, char **argv)
{
	struct screen screen;
	const struct marks_table *table;
	size_t size;
	uint64_t end;
	int32_t seen = -1;
	bool typing, both, window;

	if (argc != 5) {
		fprintf(stderr, "usage: osvdi-meter XVFB_SCREEN MARKS SCENE SECONDS\n");
		return 2;
	}
	open_screen(&screen, argv[1]);
	table = map_file(argv[2], &size);
	if (size < sizeof *table) {
		fprintf(stderr, "%s: not a file of marks\n", argv[2]);
		return 1;
	}
	typing = !strcmp(argv[3], "typing");
	both = !strcmp(argv[3], "pan") || !strcmp(argv[3], "noise");
	window = !strcmp(argv[3], "window") && marks_window_fits(table->width, table->height);
	end = clock_now_us() + (uint64_t)(atof(argv[4]) * 1e6);
	while (clock_now_us() < end) {
		int32_t n;

		if (!typing && (window ? read_window(&screen, table) : read_top(&screen)) < 0)
			find_picture(&screen, table, window);
		n = typing ? read_typing(&screen, table) : window ? read_window(&screen, table) :
				read_marks(&screen, table, both);
		if (n > 0 && n != seen) {
			if (seen >= 0)
				printf("%d %llu %llu\n", n,
						(unsigned long long)table->made_us[(uint32_t)n %
								MARKS_TABLE],
						(unsigned long long)clock_now_us());
			seen = n;
		}
		usleep(POLL_US);
	}
	return 0;
}
