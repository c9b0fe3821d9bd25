/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* osvdi-encoder: encodes the pictures of one display of a guest, outside of QEMU. */
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include <spice-accel/log.h>
#include <spice-accel/version.h>

#include "guest.h"
#include "listen.h"
#include "remote/socket.h"
#include "sandbox.h"

#define MEMORY_MIB 8192
#define MAX_GUESTS 64

static struct {
	char *listen, *group, *node;
	int memory_mib, guests;
	gboolean version;
} args = { .memory_mib = MEMORY_MIB, .guests = MAX_GUESTS };

static const GOptionEntry entries[] = {
	{ "listen", 'l', 0, G_OPTION_ARG_FILENAME, &args.listen,
		"Listen at this socket, without systemd", "PATH" },
	{ "group", 'g', 0, G_OPTION_ARG_STRING, &args.group,
		"Members of this group may connect (with --listen)", "NAME" },
	{ "guests", 0, 0, G_OPTION_ARG_INT, &args.guests,
		"Displays that are served at once (with --listen; 64)", "NUMBER" },
	{ "render-node", 'r', 0, G_OPTION_ARG_FILENAME, &args.node,
		"A device that guests may use besides /dev/dri/renderD*", "PATH" },
	{ "memory", 'm', 0, G_OPTION_ARG_INT, &args.memory_mib,
		"Address space of one display at most, MiB (8192)", "NUMBER" },
	{ "version", 0, 0, G_OPTION_ARG_NONE, &args.version, "Print the version", NULL },
	{ NULL, 0, 0, 0, NULL, NULL, NULL }
};

static int guest_fd = -1; /* -1: there is no guest, and its log is ours alone */

/* Any thread. The guest's host shows the line too, if it reads. */
static void on_log(void *opaque, enum spice_accel_log_level level, const char *text)
{
	struct message_log line = { .type = MESSAGE_LOG, .level = level };

	fprintf(stderr, "osvdi-encoder: %s\n", text);
	if (guest_fd < 0)
		return;
	g_strlcpy(line.text, text, sizeof line.text);
	socket_send(guest_fd, &line, sizeof line, NULL, 0);
}

static int fail(const char *why)
{
	fprintf(stderr, "osvdi-encoder: %s\n", why);
	return 2;
}

static int serve(int fd)
{
	char why[256];

	guest_fd = fd;
	if (sandbox_enter(fd, args.node, (unsigned)args.memory_mib, why, sizeof why) < 0)
		return fail(why);
	return guest_serve(fd, args.node);
}

static int run(void)
{
	char why[256];
	int fd = args.listen ? listen_open(args.listen, args.group, why, sizeof why) :
			listen_inherited();

	if (fd < 0)
		return fail(args.listen ? why : "there is no socket: systemd passes one "
				"(osvdi-encoder.socket), or --listen names one");
	if (listen_is_open(fd))
		fd = listen_accept(fd, (unsigned)args.guests);
	return fd < 0 ? fail(strerror(-fd)) : serve(fd);
}

int main(int argc, char **argv)
{
	g_autoptr(GOptionContext) context =
			g_option_context_new("- encode the displays of guests outside of QEMU");
	g_autoptr(GError) error = NULL;

	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, &error))
		return fail(error->message);
	if (argc > 1 || args.memory_mib < 256 || args.guests < 1)
		return fail("wrong arguments; see osvdi-encoder --help");
	if (args.version) {
		printf("osvdi-encoder %s\n", SPICE_ACCEL_VERSION);
		return 0;
	}
	spice_accel_log_set(on_log, NULL, SPICE_ACCEL_LOG_INFO);
	return run();
}
