/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* spice-accel-serve: a SPICE server without a virtual machine. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <glib.h>
#include <glib-unix.h>

#include "host-glib.h"
#include "source.h"

static struct {
	char *address, *source, *size, *unix_path, *password_file, *marks, *config;
	char *tls_cert, *tls_key, *tls_ca;
	char **options;
	int port, tls_port, fps, heads, status_s;
	gboolean relative, verbose, version, whole;
} args = { .address = NULL, .port = -1, .tls_port = 0, .fps = 60, .heads = 1 };

struct server {
	SpiceServer *spice;
	struct spice_accel_server *accel;
	struct spice_accel_display *displays[16];
	struct spice_accel_frame *frame;
	struct source *source;
	struct source_picture picture;
	struct spice_accel_host_ops ops;
	GMainLoop *loop;
	bool extended; /* the scan code before was e0 */
	uint8_t leds;  /* SPICE_KEYBOARD_MODIFIER_FLAGS_* */
	uint32_t buttons;
};

static GOptionEntry entries[] = {
	{ "source", 's', 0, G_OPTION_ARG_STRING, &args.source,
		"pattern[:pan|noise|window|typing|idle], x11[:DISPLAY] or raw:FILE (default: "
		"pattern)", "SOURCE" },
	{ "size", 'S', 0, G_OPTION_ARG_STRING, &args.size,
		"size of pattern and raw pictures (default: 1920x1080)", "WxH" },
	{ "fps", 'f', 0, G_OPTION_ARG_INT, &args.fps,
		"pictures a second of the source (default: 60)", "N" },
	{ "heads", 0, 0, G_OPTION_ARG_INT, &args.heads, "displays that show it (default: 1)", "N" },
	{ "address", 'a', 0, G_OPTION_ARG_STRING, &args.address,
		"address to listen at (default: 127.0.0.1)", "ADDR" },
	{ "port", 'p', 0, G_OPTION_ARG_INT, &args.port, "port (default: 5930; 0: none)", "PORT" },
	{ "unix", 0, 0, G_OPTION_ARG_FILENAME, &args.unix_path, "listen at a Unix socket instead",
		"PATH" },
	{ "tls-port", 0, 0, G_OPTION_ARG_INT, &args.tls_port,
		"port for TLS (needs the three files)", "PORT" },
	{ "tls-cert", 0, 0, G_OPTION_ARG_FILENAME, &args.tls_cert, "certificate, PEM", "FILE" },
	{ "tls-key", 0, 0, G_OPTION_ARG_FILENAME, &args.tls_key, "its private key, PEM", "FILE" },
	{ "tls-ca", 0, 0, G_OPTION_ARG_FILENAME, &args.tls_ca, "certificate of its authority, PEM",
		"FILE" },
	{ "password-file", 0, 0, G_OPTION_ARG_FILENAME, &args.password_file,
		"viewers must give the first line of this file", "FILE" },
	{ "config", 'c', 0, G_OPTION_ARG_FILENAME, &args.config, "key file of settings", "FILE" },
	{ "option", 'o', 0, G_OPTION_ARG_STRING_ARRAY, &args.options,
		"a setting, as -o encoder=x264; -o help lists them", "NAME=VALUE" },
	{ "relative", 0, 0, G_OPTION_ARG_NONE, &args.relative,
		"take the pointer's motion instead of its position", NULL },
	{ "marks", 0, 0, G_OPTION_ARG_FILENAME, &args.marks,
		"write when each picture of the pattern was made (for latency meters)", "FILE" },
	{ "whole-frames", 0, 0, G_OPTION_ARG_NONE, &args.whole,
		"forget what part of a picture changed (to measure what that is worth)", NULL },
	{ "status", 0, 0, G_OPTION_ARG_INT, &args.status_s,
		"print the status every so many seconds, one JSON object a line, on standard "
		"output", "SECONDS" },
	{ "verbose", 'v', 0, G_OPTION_ARG_NONE, &args.verbose, "more log", NULL },
	{ "version", 0, 0, G_OPTION_ARG_NONE, &args.version, "print the version", NULL },
	{ NULL },
};

/* ---- picture ------------------------------------------------------------ */

static void on_picture(void *opaque, const struct source_picture *picture)
{
	struct server *s = opaque;
	struct spice_accel_frame *frame;
	int ret = source_picture_frame(&frame, picture);

	if (ret < 0) {
		g_printerr("spice-accel-serve: a picture of %ux%u: %s\n", picture->width,
				picture->height, g_strerror(-ret));
		return;
	}
	s->picture = *picture;
	for (int i = 0; i < args.heads; i++)
		if (s->displays[i])
			spice_accel_display_submit(s->displays[i], frame, NULL, 0, 0);
	spice_accel_frame_unref(s->frame);
	s->frame = frame;
}

static void on_damaged(void *opaque, const struct damage *damage, uint64_t capture_us)
{
	struct server *s = opaque;

	for (int i = 0; i < args.heads; i++)
		if (s->displays[i])
			spice_accel_display_submit(s->displays[i], s->frame,
					args.whole ? NULL : damage->rects,
					args.whole ? 0 : damage->n, capture_us);
}

static void on_cursor(void *opaque, uint32_t width, uint32_t height, uint32_t hot_x, uint32_t hot_y,
		const uint32_t *pixels)
{
	struct server *s = opaque;

	for (int i = 0; i < args.heads; i++)
		if (s->displays[i])
			spice_accel_display_cursor_set(s->displays[i], width, height, hot_x, hot_y,
					pixels);
}

/* ---- input -------------------------------------------------------------- */

static struct server *the_server; /* libspice-server's callbacks have no room for it */

static void on_pointer(void *host, unsigned head, uint32_t x, uint32_t y, uint32_t buttons)
{
	struct server *s = host;

	if (s->source->impl->pointer)
		s->source->impl->pointer(s->source, x, y, buttons);
	if (args.verbose)
		g_printerr("pointer %u: %u,%u buttons %x\n", head, x, y, buttons);
}

static void on_monitors(void *host, const struct spice_accel_monitor *monitors, unsigned n)
{
	struct server *s = host;

	if (n && monitors[0].width && s->source->impl->resize)
		s->source->impl->resize(s->source, monitors[0].width, monitors[0].height);
	for (unsigned i = 0; args.verbose && i < n; i++)
		g_printerr("monitor %u of %u: %ux%u\n", i, n, monitors[i].width,
				monitors[i].height);
}

static gboolean tell_leds(gpointer data)
{
	spice_server_kbd_leds(data, the_server->leds);
	return G_SOURCE_REMOVE;
}

/* Does what a guest's keyboard driver does: each press of a lock key toggles it. libspice-server
 * is told later, as by a guest, and counts presses itself until then. */
static void turn_lock(SpiceKbdInstance *sin, uint8_t code)
{
	struct server *s = the_server;

	if (code == 0x3a)
		s->leds ^= SPICE_KEYBOARD_MODIFIER_FLAGS_CAPS_LOCK;
	else if (code == 0x45)
		s->leds ^= SPICE_KEYBOARD_MODIFIER_FLAGS_NUM_LOCK;
	else
		return;
	g_idle_add(tell_leds, sin);
}

static void kbd_push(SpiceKbdInstance *sin, uint8_t code)
{
	struct server *s = the_server;

	if (code == 0xe0) {
		s->extended = true;
		return;
	}
	if (args.verbose)
		g_printerr("key %s%02x %s\n", s->extended ? "e0 " : "", code & 0x7f,
				code & 0x80 ? "up" : "down");
	if (s->source->impl->key)
		s->source->impl->key(s->source, (code & 0x7fu) | (s->extended ? 0x100u : 0u),
				!(code & 0x80));
	if (!s->extended)
		turn_lock(sin, code);
	s->extended = false;
}

static uint8_t kbd_leds(SpiceKbdInstance *sin)
{
	return the_server->leds;
}

/* libspice-server's own order here: left, right, middle. */
static uint32_t to_buttons(uint32_t buttons)
{
	return (buttons & 1 ? SPICE_ACCEL_BUTTON_LEFT : 0) |
			(buttons & 2 ? SPICE_ACCEL_BUTTON_RIGHT : 0) |
			(buttons & 4 ? SPICE_ACCEL_BUTTON_MIDDLE : 0);
}

static void mouse_motion(SpiceMouseInstance *sin, int dx, int dy, int dz, uint32_t buttons)
{
	struct server *s = the_server;

	s->buttons = to_buttons(buttons);
	if (dz)
		s->buttons |= dz < 0 ? SPICE_ACCEL_BUTTON_WHEEL_UP : SPICE_ACCEL_BUTTON_WHEEL_DOWN;
	if (s->source->impl->motion)
		s->source->impl->motion(s->source, dx, dy, s->buttons);
	if (args.verbose)
		g_printerr("motion %d,%d buttons %x\n", dx, dy, s->buttons);
}

static void mouse_buttons(SpiceMouseInstance *sin, uint32_t buttons)
{
	mouse_motion(sin, 0, 0, 0, buttons);
}

static const SpiceKbdInterface kbd_interface = {
	.base = { SPICE_INTERFACE_KEYBOARD, "keyboard", SPICE_INTERFACE_KEYBOARD_MAJOR,
		SPICE_INTERFACE_KEYBOARD_MINOR },
	.push_scan_freg = kbd_push,
	.get_leds = kbd_leds,
};
static SpiceKbdInstance kbd = { .base.sif = &kbd_interface.base };
static const SpiceMouseInterface mouse_interface = {
	.base = { SPICE_INTERFACE_MOUSE, "mouse", SPICE_INTERFACE_MOUSE_MAJOR,
		SPICE_INTERFACE_MOUSE_MINOR },
	.motion = mouse_motion,
	.buttons = mouse_buttons,
};
static SpiceMouseInstance mouse = { .base.sif = &mouse_interface.base };

/* ---- set-up ------------------------------------------------------------- */

static void print_options(void)
{
	for (size_t i = 0; i < spice_accel_option_count(); i++) {
		const struct spice_accel_option_info *o = spice_accel_option_info(i);

		g_print("  %-12s %s (%s; default: %s)\n", o->name, o->help, o->values, o->initial);
	}
}

static struct spice_accel_options *read_options(void)
{
	struct spice_accel_options *options = spice_accel_options_create();
	char *why = NULL;

	if (args.config && spice_accel_options_load(options, args.config, &why) < 0)
		goto fail;
	for (unsigned i = 0; args.options && args.options[i]; i++) {
		g_auto(GStrv) pair = g_strsplit(args.options[i], "=", 2);

		if (spice_accel_options_set(options, pair[0], pair[1] ? pair[1] : "", &why) < 0)
			goto fail;
	}
	return options;

fail:
	g_printerr("spice-accel-serve: %s (-o help lists the options)\n", why);
	free(why);
	spice_accel_options_destroy(options);
	return NULL;
}

static bool set_password(SpiceServer *spice, const char *path)
{
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;

	if (!g_file_get_contents(path, &text, NULL, &error)) {
		g_printerr("spice-accel-serve: %s\n", error->message);
		return false;
	}
	text[strcspn(text, "\r\n")] = 0;
	if (!text[0] || strlen(text) > 60) {
		g_printerr("spice-accel-serve: %s: the first line must have 1 to 60 characters\n",
				path);
		return false;
	}
	return spice_server_set_ticket(spice, text, 0, 0, 0) == 0;
}

static bool listen_at(SpiceServer *spice)
{
	if (args.unix_path) {
		spice_server_set_addr(spice, args.unix_path, SPICE_ADDR_FLAG_UNIX_ONLY);
	} else {
		spice_server_set_addr(spice, args.address ? args.address : "127.0.0.1", 0);
		if (args.port < 0)
			args.port = 5930;
		if (args.port)
			spice_server_set_port(spice, args.port);
	}
	if (args.tls_port && spice_server_set_tls(spice, args.tls_port, args.tls_ca, args.tls_cert,
			args.tls_key, NULL, NULL, NULL) < 0) {
		g_printerr("spice-accel-serve: --tls-port needs --tls-ca, --tls-cert and "
				"--tls-key\n");
		return false;
	}
	if (args.password_file)
		return set_password(spice, args.password_file);
	spice_server_set_noauth(spice);
	return true;
}

static bool start_spice(struct server *s)
{
	s->spice = spice_server_new();
	if (!listen_at(s->spice))
		return false;
	spice_server_set_name(s->spice, "spice-accel-serve");
	if (spice_server_init(s->spice, host_glib_core()) != 0) {
		g_printerr("spice-accel-serve: cannot listen at %s: is the port taken?\n",
				args.unix_path ? args.unix_path : args.address ? args.address :
				"127.0.0.1");
		return false;
	}
	spice_server_add_interface(s->spice, &kbd.base);
	spice_server_add_interface(s->spice, &mouse.base);
	return true;
}

static bool start_accel(struct server *s, const struct spice_accel_options *options)
{
	int ret;

	host_glib_fill_ops(&s->ops);
	s->ops.pointer = on_pointer;
	s->ops.monitors = on_monitors;
	ret = spice_accel_server_create(&s->accel, s->spice, options, &s->ops, s);
	if (ret < 0) {
		g_printerr("spice-accel-serve: no acceleration: %s\n", g_strerror(-ret));
		return false;
	}
	host_glib_attach(s->accel);
	spice_server_vm_start(s->spice);
	for (int i = 0; i < args.heads; i++) {
		ret = spice_accel_display_create(&s->displays[i], s->accel);
		if (ret < 0) {
			g_printerr("spice-accel-serve: display %d: %s\n", i, g_strerror(-ret));
			return false;
		}
	}
	if (args.relative)
		spice_accel_server_pointer_absolute(s->accel, false);
	return true;
}

static struct marks_table *map_marks(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	void *map = MAP_FAILED;

	if (fd >= 0 && ftruncate(fd, sizeof(struct marks_table)) == 0)
		map = mmap(NULL, sizeof(struct marks_table), PROT_READ | PROT_WRITE,
				MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		g_printerr("spice-accel-serve: %s: %s\n", path, g_strerror(errno));
	if (fd >= 0)
		close(fd);
	return map == MAP_FAILED ? NULL : map;
}

static bool start_source(struct server *s)
{
	struct source_params params = {
		.width = 1920,
		.height = 1080,
		.fps = (uint32_t)args.fps,
		.sink = { on_picture, on_damaged, on_cursor, s },
	};
	g_autoptr(GError) error = NULL;

	if (args.marks) {
		params.marks = map_marks(args.marks);
		if (!params.marks)
			return false;
	}
	s->source = source_create(args.source, args.size, &params, &error);
	if (!s->source)
		g_printerr("spice-accel-serve: %s\n", error->message);
	return s->source != NULL;
}

static gboolean on_status(gpointer data)
{
	struct server *s = data;
	char *text = spice_accel_server_status(s->accel, SPICE_ACCEL_STATUS_JSON);

	if (text)
		puts(text);
	fflush(stdout);
	free(text);
	return G_SOURCE_CONTINUE;
}

static gboolean on_signal(gpointer data)
{
	g_main_loop_quit(data);
	return G_SOURCE_CONTINUE;
}

static void stop(struct server *s)
{
	host_glib_attach(NULL);
	spice_accel_server_destroy(s->accel);
	if (s->source)
		s->source->impl->destroy(s->source);
	spice_accel_frame_unref(s->frame);
	if (s->spice)
		spice_server_destroy(s->spice);
	if (s->loop)
		g_main_loop_unref(s->loop);
	if (args.unix_path)
		unlink(args.unix_path);
}

static int run(struct server *s, const struct spice_accel_options *options)
{
	if (!start_spice(s) || !start_accel(s, options) || !start_source(s))
		return 1;
	s->loop = g_main_loop_new(NULL, FALSE);
	g_unix_signal_add(SIGINT, on_signal, s->loop);
	g_unix_signal_add(SIGTERM, on_signal, s->loop);
	if (args.status_s > 0)
		g_timeout_add_seconds((guint)args.status_s, on_status, s);
	if (args.unix_path)
		g_printerr("listening at spice+unix://%s\n", args.unix_path);
	else
		g_printerr("listening at spice://%s:%d\n",
				args.address ? args.address : "127.0.0.1", args.port);
	g_main_loop_run(s->loop);
	return 0;
}

int main(int argc, char **argv)
{
	g_autoptr(GOptionContext) context =
			g_option_context_new("- show a picture to SPICE viewers");
	g_autoptr(GError) error = NULL;
	struct spice_accel_options *options;
	struct server server = { 0 };
	int ret;

	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, &error) || argc > 1) {
		g_printerr("spice-accel-serve: %s\n",
				error ? error->message : "too many arguments (--help)");
		return 2;
	}
	if (args.version) {
		g_print("spice-accel-serve %s\n", spice_accel_version());
		return 0;
	}
	if (args.options && !strcmp(args.options[0], "help")) {
		print_options();
		return 0;
	}
	if (args.fps < 1 || args.fps > 240 || args.heads < 1 || args.heads > 16) {
		g_printerr("spice-accel-serve: --fps is 1 to 240, --heads 1 to 16\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	spice_accel_log_set(host_glib_log, NULL,
			args.verbose ? SPICE_ACCEL_LOG_DEBUG : SPICE_ACCEL_LOG_INFO);
	options = read_options();
	if (!options)
		return 2;
	the_server = &server;
	ret = run(&server, options);
	stop(&server);
	spice_accel_options_destroy(options);
	return ret;
}
