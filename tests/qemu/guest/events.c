/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The test guest's input devices.
 */
#include "events.h"

#include <fcntl.h>
#include <linux/input.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define MAX_DEVICES 32

static struct {
	int fd; /* 0: not open (stdin is another's) */
	char name[64];
} devices[MAX_DEVICES];

unsigned events_open(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < MAX_DEVICES; i++) {
		char path[32];

		if (devices[i].fd > 0 && ioctl(devices[i].fd, EVIOCGNAME(1), path) < 0) {
			close(devices[i].fd); /* gone */
			devices[i].fd = 0;
		}
		if (devices[i].fd <= 0) {
			snprintf(path, sizeof path, "/dev/input/event%u", i);
			devices[i].fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
			if (devices[i].fd < 0)
				continue;
			ioctl(devices[i].fd, EVIOCGNAME(sizeof devices[i].name), devices[i].name);
			for (char *c = devices[i].name; *c; c++)
				if (*c == ' ')
					*c = '_';
		}
		n++;
	}
	return n;
}

static void print_event(FILE *out, unsigned i, const struct input_event *e)
{
	struct input_absinfo info = { 0 };

	switch (e->type) {
	case EV_KEY:
		fprintf(out, "key %s %u %d\n", devices[i].name, e->code, e->value);
		break;
	case EV_ABS:
		if (e->code > ABS_Y)
			break;
		ioctl(devices[i].fd, EVIOCGABS(e->code), &info);
		fprintf(out, "abs %s %c %d %d\n", devices[i].name, e->code == ABS_X ? 'X' : 'Y',
			e->value, info.maximum);
		break;
	case EV_REL:
		if (e->code != REL_X && e->code != REL_Y && e->code != REL_WHEEL)
			break;
		fprintf(out, "rel %s %s %d\n", devices[i].name,
			e->code == REL_X ? "X" : e->code == REL_Y ? "Y" : "WHEEL", e->value);
		break;
	}
}

void events_print(FILE *out)
{
	struct input_event e;

	for (unsigned i = 0; i < MAX_DEVICES; i++)
		while (devices[i].fd > 0 && read(devices[i].fd, &e, sizeof e) == sizeof e)
			print_event(out, i, &e);
}
