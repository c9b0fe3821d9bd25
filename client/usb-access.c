/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What spice-gtk runs before it opens a USB device (SPICE_USB_ACL_BINARY). Its
 * own helper asks polkit each time, and refuses where polkit or its agent is
 * missing, although a udev rule lets the user open the device. This one asks
 * the other only about a device that the user may not open anyway.
 *
 * The protocol is the other's: "BUS DEVICE\n" comes in; "SUCCESS\n" or a
 * message goes out; the end of the input is the end.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const helpers[] = {
	"/usr/libexec/spice-client-glib-usb-acl-helper",
	"/usr/libexec/spice-gtk-" OSVDI_CPU "/spice-client-glib-usb-acl-helper",
	"/usr/lib/spice-client-glib-usb-acl-helper",
	"/usr/lib/spice-gtk/spice-client-glib-usb-acl-helper",
};

static const char *find_helper(void)
{
	size_t i;

	for (i = 0; i < sizeof(helpers) / sizeof(*helpers); i++)
		if (access(helpers[i], X_OK) == 0)
			return helpers[i];
	return NULL;
}

/* Reads a line without its newline. Reads byte by byte, because later bytes are not for us. */
static int read_line(char *line, size_t size)
{
	size_t n = 0;

	while (n + 1 < size && read(STDIN_FILENO, line + n, 1) == 1) {
		if (line[n] == '\n') {
			line[n] = 0;
			return 0;
		}
		n++;
	}
	return -1;
}

static void wait_for_end(void)
{
	char rest[64];

	while (read(STDIN_FILENO, rest, sizeof(rest)) > 0)
		;
}

/* Passes the question on to the other program, and relays between the two until the end. */
static int ask(const char *helper, unsigned int bus, unsigned int device)
{
	int in[2], status = 0;
	pid_t child;

	if (pipe(in) < 0)
		return EXIT_FAILURE;
	child = fork();
	if (child == 0) {
		dup2(in[0], STDIN_FILENO);
		close(in[0]);
		close(in[1]);
		execl(helper, helper, (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	if (child < 0 || dprintf(in[1], "%u %u\n", bus, device) < 0)
		return EXIT_FAILURE;
	/* The other program has our output now. It must not stay open when that program ends. */
	close(STDOUT_FILENO);
	wait_for_end();
	close(in[1]);
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}

int main(void)
{
	unsigned int bus, device;
	const char *helper;
	char line[32], node[64], end;

	if (read_line(line, sizeof(line)) < 0 ||
			sscanf(line, "%u %u%c", &bus, &device, &end) != 2 || bus > 999 ||
			device > 999) {
		puts("no bus and device number came");
		return EXIT_FAILURE;
	}
	snprintf(node, sizeof(node), "/dev/bus/usb/%03u/%03u", bus, device);
	if (access(node, R_OK | W_OK) == 0) {
		puts("SUCCESS");
		fflush(stdout);
		wait_for_end();
		return EXIT_SUCCESS;
	}
	helper = find_helper();
	if (helper)
		return ask(helper, bus, device);
	printf("permission denied for %s\n", node);
	return EXIT_FAILURE;
}
