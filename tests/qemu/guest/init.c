/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The test guest: the first process of an initramfs. Loads the modules named
 * in /modules, then obeys commands on the serial line, one a line, each
 * answered by "ok ..." or "error ...".
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#include "agent.h"
#include "drm.h"
#include "events.h"

static FILE *serial;

static void load_modules(void)
{
	char name[256];
	FILE *list = fopen("/modules", "re");

	while (list && fgets(name, sizeof name, list)) {
		char path[300];
		int fd;

		name[strcspn(name, "\n")] = 0;
		snprintf(path, sizeof path, "/lib/modules/%s", name);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || syscall(SYS_finit_module, fd, "", 0) < 0)
			fprintf(stderr, "module %s: %s\n", name, strerror(errno));
		if (fd >= 0)
			close(fd);
	}
	if (list)
		fclose(list);
}

/* Devices appear a moment after their modules. */
static void wait_for(const char *path)
{
	for (int i = 0; i < 100 && access(path, F_OK) < 0; i++)
		usleep(50000);
}

/* spice-vdagentd wants the name that udev would give the port. */
static void link_ports(void)
{
	mkdir("/dev/virtio-ports", 0755);
	for (int i = 0; i < 8; i++) {
		char path[64], name[64] = "", target[96], dev[32];
		FILE *f;

		snprintf(path, sizeof path, "/sys/class/virtio-ports/vport%dp1/name", i);
		f = fopen(path, "re");
		if (!f)
			continue;
		if (fgets(name, sizeof name, f)) {
			name[strcspn(name, "\n")] = 0;
			snprintf(target, sizeof target, "/dev/virtio-ports/%s", name);
			snprintf(dev, sizeof dev, "/dev/vport%dp1", i);
			if (symlink(dev, target) < 0)
				perror(target);
		}
		fclose(f);
	}
}

static void fill(const struct head *h, uint32_t x0, uint32_t y0, uint32_t w, uint32_t height,
		uint32_t colour)
{
	for (uint32_t y = y0; y < y0 + height && y < h->height; y++) {
		uint32_t *row = (uint32_t *)(h->map + (size_t)y * h->stride);

		for (uint32_t x = x0; x < x0 + w && x < h->width; x++)
			row[x] = colour;
	}
}

/* Four quarters of a colour each, so that a mirrored, shifted or scaled
 * picture does not pass for a right one. */
static int show(unsigned i, uint32_t w, uint32_t h, const uint32_t colours[4])
{
	int rc = drm_show(i, w, h);

	if (rc)
		return rc;
	for (unsigned q = 0; q < 4; q++)
		fill(&heads[i], q % 2 ? w / 2 : 0, q / 2 ? h / 2 : 0, q % 2 ? w - w / 2 : w / 2,
			q / 2 ? h - h / 2 : h / 2, colours[q]);
	return drm_dirty(i, 0, 0, w, h);
}

static void answer(int rc)
{
	if (rc)
		fprintf(serial, "error %s\n", strerror(-rc));
	else
		fprintf(serial, "ok\n");
}

static void print_heads(void)
{
	int rc = drm_open();

	if (rc == 0)
		rc = drm_probe();
	for (unsigned i = 0; rc == 0 && i < n_heads; i++)
		fprintf(serial, "head %u %s %ux%u\n", i, heads[i].connected ? "on" : "off",
			heads[i].preferred_width, heads[i].preferred_height);
	answer(rc);
}

/* Animation: a bar moves across the head, one step a turn. */
static int animated = -1;

static void animate(void)
{
	static uint32_t step;
	struct head *h = &heads[animated];
	uint32_t x;

	if (!h->width)
		return;
	x = step % (h->width / 8) * 8;
	fill(h, x, 0, 8, h->height, step * 2654435761u);
	drm_dirty(animated, x, 0, 8, h->height);
	step++;
}

static int screen_command(const char *line)
{
	uint32_t n, w, h, x, y, c[4];
	int hx, hy;

	if (sscanf(line, "show %u %u %u %x %x %x %x", &n, &w, &h, &c[0], &c[1], &c[2], &c[3]) == 7)
		return drm_open() || n >= n_heads ? -ENODEV : show(n, w, h, c);
	if (sscanf(line, "fill %u %u %u %u %u %x", &n, &x, &y, &w, &h, &c[0]) == 6) {
		if (n >= n_heads || !heads[n].map)
			return -ENODEV;
		fill(&heads[n], x, y, w, h, c[0]);
		return drm_dirty(n, x, y, w, h);
	}
	if (sscanf(line, "off %u", &n) == 1)
		return n < n_heads ? drm_off(n) : -ENODEV;
	if (sscanf(line, "animate %d", &hx) == 1) {
		animated = hx;
		return hx < (int)n_heads ? 0 : -ENODEV;
	}
	if (sscanf(line, "cursor %u %u %d %d %x", &n, &w, &hx, &hy, &c[0]) == 5)
		return n < n_heads ? drm_cursor(n, w, hx, hy, c[0]) : -ENODEV;
	if (sscanf(line, "move %u %d %d", &n, &hx, &hy) == 3)
		return n < n_heads ? drm_cursor_move(n, hx, hy) : -ENODEV;
	if (!strcmp(line, "text")) {
		animated = -1;
		drm_close();
		return 0;
	}
	return 1;
}

static void command(const char *line)
{
	uint32_t w, h;
	int rc = screen_command(line);

	if (rc <= 0) {
		answer(rc);
	} else if (!strcmp(line, "heads")) {
		print_heads();
	} else if (!strcmp(line, "events")) {
		events_print(serial);
		fprintf(serial, "ok %u\n", events_open());
	} else if (sscanf(line, "agent %u %u", &w, &h) == 2) {
		answer(agent_start(w, h));
	} else if (!strcmp(line, "agent stop")) {
		agent_stop();
		answer(0);
	} else if (!strncmp(line, "say ", 4)) {
		FILE *tty = fopen("/dev/tty0", "we");

		if (tty) {
			fprintf(tty, "%s\n", line + 4);
			fclose(tty);
		}
		answer(tty ? 0 : -errno);
	} else if (!strcmp(line, "poweroff")) {
		answer(0);
		fflush(serial);
		reboot(RB_POWER_OFF);
	} else {
		fprintf(serial, "error unknown command: %s\n", line);
	}
	fflush(serial);
}

static int open_serial(void)
{
	int fd = open("/dev/ttyS0", O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios t;

	if (fd < 0 || tcgetattr(fd, &t) < 0)
		return -1;
	cfmakeraw(&t);
	tcsetattr(fd, TCSANOW, &t);
	serial = fdopen(fd, "r+e");
	return fd;
}

static void obey(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char line[256];
	size_t n = 0;

	for (;;) {
		char c;

		if (poll(&p, 1, animated >= 0 ? 16 : -1) == 0) {
			animate();
			continue;
		}
		if (read(fd, &c, 1) != 1)
			continue;
		if (c != '\n' && n < sizeof line - 1) {
			line[n++] = c;
			continue;
		}
		line[n] = 0;
		n = 0;
		if (*line)
			command(line);
	}
}

int main(void)
{
	int fd;

	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mkdir("/dev", 0755);
	mkdir("/run", 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	mount("tmpfs", "/run", "tmpfs", 0, NULL);
	symlink("/run", "/var/run");
	setenv("PATH", "/bin:/usr/bin:/sbin:/usr/sbin", 1);

	fd = open_serial();
	load_modules();
	wait_for("/dev/dri/card0");
	link_ports();
	if (fd < 0)
		return 1;
	fprintf(serial, "ready\n");
	fflush(serial);
	obey(fd);
	return 0;
}
